//! What is on a test cluster before Gimbal comes to it: mints, Pyth's price accounts, lending markets with borrowers, and a
//! swap pool. Nothing of Gimbal's but its programs.
//!
//! Every address follows from the seed, so that a set-up file can name them.

use serde::{Deserialize, Serialize, Serializer};
use solana_signer::Signer;

use super::pyth;
use crate::chain::{ChainError, EmbeddedChain, Mode};
use crate::instructions::lending::ReserveContext;
use crate::setup::{
    feeds::{self, EXPONENT},
    markets,
    pools::{self, Pool},
    tokens::{self, Mint},
    Actors, Asset, Plan,
};

/// Lending markets: the first two lend the base asset, the third the token.
pub const MARKETS: usize = 3;

/// What a test cluster began with.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// All keys follow from it.
    pub seed: u64,
    /// Who pays for what happens outside, issues the mints and runs the venues. The keys of Gimbal's own roles are derived
    /// with them, but hold nothing.
    pub actors: Actors,
    /// USDC with six decimals, the base asset.
    pub base: Mint,
    /// USDT with six decimals, the token of a swapped line.
    pub token: Mint,
    /// The lending markets' reserves: two of the base asset, one of the token.
    pub markets: Vec<ReserveContext>,
    /// The pool of base asset and token.
    pub pool: Pool,
    /// First prices in the order of [`Asset::ALL`], exponent −8.
    pub prices: [i64; 5],
}

impl Genesis {
    /// What follows from `seed`, without a chain.
    pub fn of(seed: u64) -> Self {
        let actors = Actors::new(seed, 0);
        let (base, token) = tokens::mints_of(seed, anchor_spl::token::ID);
        let plan = plan(seed);
        let markets = (1_u16..).zip(&plan.lines).map(|(number, line)| {
            let mint = if line.swapped { &token } else { &base };
            markets::reserve_of(&actors, number, mint)
        });
        Self {
            seed,
            base,
            token,
            markets: markets.collect(),
            pool: Pool::of(&actors, &base, &token),
            prices: plan.prices,
            actors,
        }
    }

    /// The mint whose ticker (USDC, USDT; in any case) or address is given.
    pub fn mint(&self, name: &str) -> Option<Mint> {
        let of_asset = |asset: Asset, mint: Mint| {
            (name.eq_ignore_ascii_case(asset.ticker()) || name == mint.key.to_string()).then_some(mint)
        };
        of_asset(Asset::Base, self.base).or_else(|| of_asset(Asset::Token, self.token))
    }

    /// The same in words, for people and set-up files.
    pub fn info(&self) -> Info {
        let mint = |asset: Asset, mint: &Mint| MintInfo {
            symbol: asset.ticker().to_owned(),
            mint: mint.key.to_string(),
            decimals: mint.decimals,
            token_program: mint.program.to_string(),
        };
        let feeds = Asset::ALL.into_iter().zip(self.prices).map(|(asset, price)| FeedInfo {
            asset: asset.ticker().to_owned(),
            feed_id: hex::encode(asset.feed_id()),
            price_account: asset.price_account().to_string(),
            price,
            exponent: EXPONENT,
        });
        let markets = self.markets.iter().map(|reserve| {
            let is_base = reserve.addresses.liquidity_mint == self.base.key;
            MarketInfo {
                symbol: if is_base { Asset::Base } else { Asset::Token }.ticker().to_owned(),
                market: reserve.addresses.market.to_string(),
                reserve: reserve.addresses.reserve.to_string(),
                collateral_mint: reserve.addresses.collateral_mint.to_string(),
            }
        });
        Info {
            seed: self.seed,
            payer: self.actors.payer.pubkey().to_string(),
            issuer: self.actors.issuer.pubkey().to_string(),
            venue_owner: self.actors.venue_owner.pubkey().to_string(),
            lending_program: lending_venue::ID.to_string(),
            swap_program: self.pool.program.to_string(),
            mints: vec![mint(Asset::Base, &self.base), mint(Asset::Token, &self.token)],
            feeds: feeds.collect(),
            markets: markets.collect(),
            pools: vec![PoolInfo {
                pool: self.pool.context.pool.to_string(),
                mint_a: self.pool.context.mints[0].to_string(),
                mint_b: self.pool.context.mints[1].to_string(),
            }],
        }
    }
}

impl Serialize for Genesis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.info().serialize(serializer)
    }
}

/// A [`Genesis`] in words: addresses in base58, prices in units of 10^`exponent` USD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    /// All keys follow from it.
    pub seed: u64,
    /// Pays for what happens outside.
    pub payer: String,
    /// Issues the mints.
    pub issuer: String,
    /// Runs the venues, and is their largest borrower.
    pub venue_owner: String,
    /// The lending venue's program.
    pub lending_program: String,
    /// The swap venue's program.
    pub swap_program: String,
    /// The mints.
    pub mints: Vec<MintInfo>,
    /// The price accounts.
    pub feeds: Vec<FeedInfo>,
    /// The lending markets.
    pub markets: Vec<MarketInfo>,
    /// The swap pools.
    pub pools: Vec<PoolInfo>,
}

/// A mint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MintInfo {
    /// Its ticker.
    pub symbol: String,
    /// Its address.
    pub mint: String,
    /// Digits after the point.
    pub decimals: u8,
    /// The token program that holds it.
    pub token_program: String,
}

/// A Pyth price account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedInfo {
    /// The asset's ticker.
    pub asset: String,
    /// Pyth's id, 64 hexadecimal digits.
    pub feed_id: String,
    /// The account.
    pub price_account: String,
    /// The price, in units of 10^`exponent` USD.
    pub price: i64,
    /// The power of ten.
    pub exponent: i32,
}

/// A lending market with its one reserve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarketInfo {
    /// Ticker of what it lends.
    pub symbol: String,
    /// The market.
    pub market: String,
    /// Its reserve.
    pub reserve: String,
    /// The mint of its receipt tokens.
    pub collateral_mint: String,
}

/// A swap pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolInfo {
    /// The pool.
    pub pool: String,
    /// Its mint A.
    pub mint_a: String,
    /// Its mint B.
    pub mint_b: String,
}

/// A test cluster that begins at the embedded chain's own time of origin.
///
/// # Errors
///
/// The chain's: in bytecode mode a program file that is missing.
pub fn build(seed: u64, mode: Mode) -> Result<(EmbeddedChain, Genesis), ChainError> {
    make(seed, EmbeddedChain::new(mode)?)
}

/// As [`build`], begun at `time`, Unix seconds; at the time of origin where that is later.
///
/// # Errors
///
/// As [`build`].
pub fn build_at(seed: u64, mode: Mode, time: i64) -> Result<(EmbeddedChain, Genesis), ChainError> {
    let mut chain = EmbeddedChain::new(mode)?;
    let ahead = time.saturating_sub(chain.svm().unix_time());
    if let Ok(seconds @ 1..) = u64::try_from(ahead) {
        crate::chain::Sandbox::warp(&mut chain, seconds)?;
    }
    make(seed, chain)
}

fn make(seed: u64, mut chain: EmbeddedChain) -> Result<(EmbeddedChain, Genesis), ChainError> {
    let genesis = Genesis::of(seed);
    let (actors, plan) = (&genesis.actors, plan(seed));
    pyth::install(&mut chain)?;
    actors.fund_outside(&mut chain)?;
    tokens::create_mints(&mut chain, actors, seed, genesis.base.program)?;
    for (asset, price) in Asset::ALL.into_iter().zip(genesis.prices) {
        feeds::post(&mut chain, asset, price, 0)?;
    }
    for (number, line) in (1_u16..).zip(&plan.lines) {
        let mint = if line.swapped { &genesis.token } else { &genesis.base };
        markets::open(&mut chain, actors, number, mint, line)?;
    }
    pools::open_at_feeds(&mut chain, actors, &genesis.base, &genesis.token, &plan)?;
    Ok((chain, genesis))
}

/// Markets, liquidity and first prices are those of the plan that tests and demo begin with; its lines are not made.
fn plan(seed: u64) -> Plan {
    Plan { seed, ..Plan::with_lines(MARKETS) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Chain;
    use crate::readers;
    use gimbal_venue_wire::klend::ReserveView;

    #[test]
    fn everything_outside_is_there_and_nothing_of_gimbals() {
        let (chain, genesis) = build(1, Mode::Native).unwrap();
        for mint in [genesis.base, genesis.token] {
            let account = readers::mint(&chain, &mint.key).unwrap();
            assert_eq!((account.decimals, account.mint_authority), (6, Some(genesis.actors.issuer.pubkey())));
        }
        for asset in Asset::ALL {
            assert!(chain.get_account(&asset.price_account()).unwrap().is_some(), "{}", asset.ticker());
        }
        let lent: Vec<_> = genesis.markets.iter().map(|market| market.addresses.liquidity_mint).collect();
        assert_eq!(lent, [genesis.base.key, genesis.base.key, genesis.token.key]);
        for market in &genesis.markets {
            let account = chain.require_account(&market.addresses.reserve).unwrap();
            let reserve = ReserveView::parse(&account.data).unwrap();
            // 5,000,000 deposited and the 0.1 that stay for ever, of which 3,500,000 are lent.
            assert_eq!(reserve.available_amount(), 1_500_000_100_000);
        }
        assert!(chain.get_account(&genesis.pool.context.pool).unwrap().is_some());
        for program in [vault::ID, strategy_router::ID, risk_oracle::ID] {
            assert!(chain.get_account(&program).unwrap().unwrap().executable);
            assert!(chain.program_accounts(&program, &[]).unwrap().is_empty());
        }
        assert!(chain.get_account(&genesis.actors.owner.pubkey()).unwrap().is_none());
    }

    #[test]
    fn addresses_follow_from_the_seed_and_the_time_from_the_caller() {
        let (chain, genesis) = build_at(7, Mode::Native, 1_800_000_000).unwrap();
        assert_eq!(chain.svm().unix_time(), 1_800_000_000);
        assert_eq!(genesis.info(), Genesis::of(7).info());
        assert_ne!(genesis.info().markets, Genesis::of(8).info().markets);
        let (early, _) = build_at(7, Mode::Native, 0).unwrap();
        assert_eq!(early.svm().unix_time(), gimbal_svm::clock::ORIGIN_TIME);
    }

    #[test]
    fn it_is_told_in_words() {
        let genesis = Genesis::of(1);
        let text = serde_json::to_string(&genesis).unwrap();
        assert_eq!(serde_json::from_str::<Info>(&text).unwrap(), genesis.info());
        assert!(text.contains(r#""symbol":"USDC","mint":""#) && text.contains(r#""priceAccount":""#));
        assert_eq!(genesis.mint("usdt"), Some(genesis.token));
        assert_eq!(genesis.mint(&genesis.base.key.to_string()), Some(genesis.base));
        assert_eq!(genesis.mint("EURC"), None);
    }
}

//! Price accounts and the oracle's feeds.

use anchor_lang::prelude::Pubkey;
use risk_oracle::{FeedParams, RegisterFeedArgs};
use solana_instruction::Instruction;
use solana_signer::Signer;

use super::Actors;
use crate::bundle::PostedFeed;
use crate::chain::{ChainError, PriceUpdate, Sandbox};
use crate::instructions::oracle;

/// Power of ten of the prices that a test chain posts, as Pyth publishes these assets.
pub const EXPONENT: i32 = -8;

/// Price units of one dollar at [`EXPONENT`].
pub const DOLLAR: i64 = 100_000_000;

/// What a deployment knows the price of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asset {
    /// The base asset, USDC.
    Base,
    /// The token of the swapped line, USDT.
    Token,
    /// Bitcoin.
    Btc,
    /// Ether.
    Eth,
    /// SOL.
    Sol,
}

impl Asset {
    /// Every asset, the stable ones first.
    pub const ALL: [Asset; 5] = [Asset::Base, Asset::Token, Asset::Btc, Asset::Eth, Asset::Sol];

    /// The usual ticker.
    pub fn ticker(self) -> &'static str {
        match self {
            Asset::Base => "USDC",
            Asset::Token => "USDT",
            Asset::Btc => "BTC",
            Asset::Eth => "ETH",
            Asset::Sol => "SOL",
        }
    }

    /// Pyth's id of the asset against the US dollar. Source: Pyth's published list of price feed ids.
    pub fn feed_id(self) -> [u8; 32] {
        let id = match self {
            Asset::Base => "eaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a",
            Asset::Token => "2b89b9dc8fdf9f34709a5b106b472f0f39bb6ca9ce04b0fd7f2e971688e2e53b",
            Asset::Btc => "e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43",
            Asset::Eth => "ff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace",
            Asset::Sol => "ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d",
        };
        let mut bytes = [0; 32];
        hex::decode_to_slice(id, &mut bytes).expect("the ids above are 64 hexadecimal digits");
        bytes
    }

    /// Whether the asset is meant to hold at one dollar.
    pub fn is_pegged(self) -> bool {
        matches!(self, Asset::Base | Asset::Token)
    }

    /// The Pyth account of its prices: the push oracle's, shard 0.
    pub fn price_account(self) -> Pubkey {
        price_account(&self.feed_id())
    }

    /// Its place in [`Asset::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// The Pyth account of a feed's prices: the push oracle's, shard 0.
pub fn price_account(feed_id: &[u8; 32]) -> Pubkey {
    gimbal_svm::pyth::price_feed_address(0, feed_id)
}

/// One asset's feed and the account that its prices are posted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The asset.
    pub asset: Asset,
    /// The oracle's feed.
    pub key: Pubkey,
    /// Pyth's id.
    pub id: [u8; 32],
    /// The Pyth account: the push oracle's, shard 0.
    pub price_account: Pubkey,
}

impl Feed {
    /// Posts a price with Pyth's exponent −8, published now. A confidence of 0 is one basis point of the price.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn post(&self, chain: &mut impl Sandbox, price: i64, confidence: u64) -> Result<(), ChainError> {
        post(chain, self.asset, price, confidence)
    }

    /// The feed as bundles know it.
    pub fn posted(&self) -> PostedFeed {
        PostedFeed { feed: self.key, price_account: self.price_account, second_price_account: None }
    }

    /// The instruction that brings the posted price to the feed.
    pub fn update(&self) -> Instruction {
        oracle::update_feed(&self.key, &self.price_account, None)
    }
}

/// All feeds of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feeds([Feed; 5]);

impl Feeds {
    /// The feed of `asset`.
    pub fn get(&self, asset: Asset) -> &Feed {
        &self.0[asset.index()]
    }

    /// Every feed, in the order of [`Asset::ALL`].
    pub fn all(&self) -> &[Feed] {
        &self.0
    }

    /// The feeds that `authority` registers, before they exist.
    pub fn of(authority: &Pubkey) -> Self {
        Self(Asset::ALL.map(|asset| {
            let id = asset.feed_id();
            Feed { asset, key: oracle::feed_address(authority, &id), id, price_account: asset.price_account() }
        }))
    }
}

/// Posts a price of `asset` with Pyth's exponent −8, published now. A confidence of 0 is one basis point of the price.
///
/// # Errors
///
/// The chain's.
pub fn post(chain: &mut impl Sandbox, asset: Asset, price: i64, confidence: u64) -> Result<(), ChainError> {
    let clock = chain.clock()?;
    let confidence = if confidence == 0 { usual_confidence(price) } else { confidence };
    let update = PriceUpdate::new(asset.feed_id(), price, confidence, EXPONENT, clock.unix_timestamp, clock.slot);
    chain.set_price(&asset.price_account(), &update)
}

/// The confidence of a price for which none is asked: a hundredth of a percent, rounded down.
pub fn usual_confidence(price: i64) -> u64 {
    price.unsigned_abs() / 10_000
}

/// Registers every feed with the owner's key, posts first prices (exponent −8, in the order of [`Asset::ALL`]) and
/// brings them in.
///
/// # Errors
///
/// The chain's.
pub fn register(
    chain: &mut impl Sandbox,
    actors: &Actors,
    params: &FeedParams,
    prices: &[i64; 5],
) -> Result<Feeds, ChainError> {
    let owner = actors.owner.pubkey();
    let feeds = Feeds::of(&owner);
    for (feed, price) in feeds.all().iter().zip(prices) {
        let peg = if feed.asset.is_pegged() { gimbal_math::Price::SCALE } else { 0 };
        let args = RegisterFeedArgs {
            feed_id: feed.id,
            second_feed_id: [0; 32],
            curator: actors.curator.pubkey(),
            guardian: actors.guardian.pubkey(),
            params: FeedParams { peg, ..*params },
        };
        feed.post(chain, *price, 0)?;
        let instructions = [oracle::register_feed(&owner, &actors.payer.pubkey(), args), feed.update()];
        chain.execute(&actors.payer, &instructions, &[&actors.owner], &[])?;
    }
    Ok(feeds)
}

//! All of it in order.

use anchor_lang::prelude::Pubkey;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;

use super::{
    feeds, lines, markets,
    pools::{self, Pool},
    tables,
    tokens::{self, Mint},
    vaults, Actors, Asset, Feeds, Line, Plan,
};
use crate::bundle::{with_budget, Suite};
use crate::chain::{ChainError, Receipt, Sandbox};
use crate::instructions::{router, token, vault::VaultContext};

/// A suite on a chain, with every key that it needs.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// What it was made from; the prices are those posted last.
    pub plan: Plan,
    /// Who signs.
    pub actors: Actors,
    /// The base asset, USDC with six decimals.
    pub base: Mint,
    /// The token of swapped lines, USDT with six decimals.
    pub token: Mint,
    /// Every asset's feed.
    pub feeds: Feeds,
    /// The vault.
    pub vault: VaultContext,
    /// The lines, in the order of the ledger.
    pub lines: Vec<Line>,
    /// The lookup table of all accounts that several transactions name.
    pub table: AddressLookupTableAccount,
}

impl Deployment {
    /// Sets everything up and leaves it fresh: prices posted, lines valued, nothing deposited.
    ///
    /// # Errors
    ///
    /// The chain's first refusal.
    pub fn create(chain: &mut impl Sandbox, plan: Plan) -> Result<Self, ChainError> {
        let actors = Actors::new(plan.seed, plan.keepers);
        actors.fund(chain)?;
        let (base, token) = tokens::create_mints(chain, &actors, plan.seed, plan.base_program)?;
        let feeds = feeds::register(chain, &actors, &plan.feed_params, &plan.prices)?;
        let vault = vaults::create(chain, &actors, &plan, &base, &feeds.get(Asset::Base).key)?;
        if plan.policy != 0 {
            let set = router::set_policy(&actors.owner.pubkey(), &vault.addresses.ledger, plan.policy);
            chain.execute(&actors.payer, &[set], &[&actors.owner], &[])?;
        }
        let table = tables::create(chain, &actors, &common_addresses(&actors, &feeds, &vault))?;
        let mut deployment = Self { plan, actors, base, token, feeds, vault, lines: Vec::new(), table };
        deployment.add_lines(chain)?;
        deployment.register_keepers(chain)?;
        deployment.post_prices(chain)?;
        deployment.refresh_all(chain)?;
        Ok(deployment)
    }

    fn add_lines(&mut self, chain: &mut impl Sandbox) -> Result<(), ChainError> {
        lines::define_issuer_risks(chain, &self.actors, &self.vault.addresses.book)?;
        let mut opened = None;
        for (place, plan) in self.plan.lines.iter().enumerate() {
            // Lines are numbered from 1; so are their markets.
            let id = u16::try_from(place + 1).unwrap_or(u16::MAX);
            let mint = if plan.swapped { &self.token } else { &self.base };
            let pool = match (plan.swapped, opened) {
                (false, _) => None,
                (true, Some(pool)) => Some(pool),
                (true, None) => Some(*opened.insert(self.open_pool(chain)?)),
            };
            let ground = lines::Ground {
                vault: &self.vault,
                mint,
                reserve: markets::open(chain, &self.actors, id, mint, plan)?,
                pool,
                token_feed: plan.swapped.then(|| self.feeds.get(Asset::Token).posted()),
            };
            let of_line = lines::table_addresses(id, &ground);
            tables::extend(chain, &self.actors, &mut self.table, of_line)?;
            let line = lines::add(chain, &self.actors, &self.table, id, plan, &ground)?;
            self.lines.push(line);
        }
        Ok(())
    }

    fn open_pool(&self, chain: &mut impl Sandbox) -> Result<Pool, ChainError> {
        pools::open_at_feeds(chain, &self.actors, &self.base, &self.token, &self.plan)
    }

    fn register_keepers(&self, chain: &mut impl Sandbox) -> Result<(), ChainError> {
        let (owner, payer) = (self.actors.owner.pubkey(), self.actors.payer.pubkey());
        for keeper in &self.actors.keepers {
            let key = keeper.pubkey();
            let register = router::register_keeper(&owner, &payer, &self.vault.addresses.ledger, &key);
            let account = token::create_associated(&payer, &key, &self.base.key, &self.base.program);
            chain.execute(&self.actors.payer, &[register, account], &[&self.actors.owner], &[])?;
        }
        Ok(())
    }

    /// Posts the plan's prices anew, published now, and brings them to their feeds.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn post_prices(&self, chain: &mut impl Sandbox) -> Result<(), ChainError> {
        let mut updates = Vec::with_capacity(self.plan.prices.len());
        for (feed, price) in self.feeds.all().iter().zip(self.plan.prices) {
            feed.post(chain, price, 0)?;
            updates.push(feed.update());
        }
        self.send(chain, &updates)?;
        Ok(())
    }

    /// Remembers a price of `asset`, exponent −8, for the next [`Deployment::post_prices`].
    pub fn set_price(&mut self, asset: Asset, price: i64) {
        self.plan.prices[asset.index()] = price;
    }

    /// Refreshes every venue and values every line; feeds must be fresh.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn refresh_all(&self, chain: &mut impl Sandbox) -> Result<(), ChainError> {
        for line in &self.lines {
            self.send(chain, &self.refresh_line(line))?;
        }
        Ok(())
    }

    /// A line's venue refresh and valuation.
    pub fn refresh_line(&self, line: &Line) -> [Instruction; 2] {
        [line.reserve.refresh(), router::refresh(&self.vault, &line.context)]
    }

    /// The deployment as bundles know it.
    pub fn suite(&self) -> Suite {
        Suite {
            vault: self.vault,
            lines: self.lines.iter().map(Line::suite_line).collect(),
            base_feed: self.feeds.get(Asset::Base).posted(),
        }
    }

    /// Sends instructions that nobody but the payer signs, with their compute budget.
    ///
    /// # Errors
    ///
    /// The chain's refusal.
    pub fn send(&self, chain: &mut impl Sandbox, instructions: &[Instruction]) -> Result<Receipt, ChainError> {
        chain.execute(&self.actors.payer, &with_budget(instructions), &[], std::slice::from_ref(&self.table))
    }
}

/// Every account that several transactions name, those of lines apart.
fn common_addresses(actors: &Actors, feeds: &Feeds, vault: &VaultContext) -> Vec<Pubkey> {
    let feeds = feeds.all().iter().map(|feed| (feed.key, feed.price_account));
    let keepers = actors.keepers.iter().map(Signer::pubkey);
    tables::common_addresses(vault, &[lending_venue::ID, swap_venue::ID], feeds, keepers)
}

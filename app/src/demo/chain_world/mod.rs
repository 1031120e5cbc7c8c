//! The demo's world on an embedded chain: a whole deployment, a purse for every depositor, and time.
//!
//! The chain's clock starts at a midnight of its own, later than any price file; day n of the prices is day n of the
//! chain, hour by hour, so that daily bars hold what they should.

mod adversaries;
mod peg;
mod plan;
mod recorder;
mod risk;
mod send;
mod state;

use anchor_lang::prelude::Pubkey;
use anyhow::{Context, Result};
use solana_keypair::Keypair;
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;

use super::population::Depositor;
use super::world::{
    Fault, Holding, Identity, KeeperAction, MarketAction, Outcome, Play, RiskState, RoleAction, UserAction, VaultState,
    VenueState, World,
};
use crate::chain::{Chain, ChainError, EmbeddedChain, Mode, Sandbox, Snapshot};
use crate::identities;
use crate::index::Indexer;
use crate::instructions::token;
use crate::prices::{Day, Prices, PRICE_SCALE};
use crate::setup::{keys::keypair, tables, tokens, Asset, Deployment};

/// Lamports that each depositor begins with, for fees and tickets: 100 SOL.
const LAMPORTS: u64 = 100_000_000_000;
/// What liquidators and borrowers hold to pay with, base units: more than any market here can owe.
const DEEP_POCKETS: u64 = 500_000_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// One depositor on the chain.
struct User {
    key: Keypair,
    /// Sequences of the tickets that are not known to be closed.
    tickets: Vec<u64>,
}

/// The world.
pub struct ChainWorld {
    chain: EmbeddedChain,
    deployment: Deployment,
    users: Vec<User>,
    tables: Vec<AddressLookupTableAccount>,
    /// Added to the prices' time to give the chain's.
    shift: i64,
    prices: Prices,
    /// The swapped line's token, and its price now, USD × 10^12. It starts at one dollar.
    peg: peg::Peg,
    token_price: u64,
    /// The price that the pool was last moved to.
    pool_price: u64,
    /// Number of the change that waits for a line to be opened again.
    reopening: Option<u64>,
    /// Rows of the network whose new scores wait, the numbers of their changes, and the losses named in them.
    renewals: Vec<(usize, u64, u16)>,
    /// What a fixed number of each venue's receipt tokens was worth at the start.
    first_rates: Vec<u64>,
    /// Where the vault's history is written, if anywhere.
    recorder: Option<recorder::Recorder>,
}

impl ChainWorld {
    /// Sets everything up, with the chain's clock at the eve of the first day.
    pub fn new(mode: Mode, seed: u64, population: &[Depositor], days: &[Day]) -> Result<Self> {
        Self::build(mode, seed, population, days, None)
    }

    /// As [`ChainWorld::new`], with all that happens written into an index, which must not know the seed's vault yet.
    pub fn indexed(mode: Mode, seed: u64, population: &[Depositor], days: &[Day], indexer: Indexer) -> Result<Self> {
        Self::build(mode, seed, population, days, Some(indexer))
    }

    fn build(mode: Mode, seed: u64, population: &[Depositor], days: &[Day], indexer: Option<Indexer>) -> Result<Self> {
        let mut chain = EmbeddedChain::new(mode)?;
        let first = days.first().context("the demo needs at least one day of prices")?;
        let prices = first.steps()[0];
        let mut recording = recorder::Recording::over(&mut chain);
        let deployment =
            Deployment::create(&mut recording, plan::plan(seed, days)).context("the deployment could not be set up")?;
        risk::set_up(&mut recording, &deployment).context("the book's risk engine could not be set up")?;
        let setup = recording.log;
        let vault = deployment.vault.addresses.vault;
        let recorder = indexer.map(|indexer| recorder::Recorder::new(indexer, vault, setup)).transpose()?;
        let tomorrow = (chain.clock()?.unix_timestamp / SECONDS_PER_DAY + 1) * SECONDS_PER_DAY;
        let mut world = Self {
            chain,
            deployment,
            users: Vec::with_capacity(population.len()),
            tables: Vec::new(),
            shift: tomorrow - first.date.start(),
            prices,
            peg: peg::Peg::new(seed, prices[0]),
            token_price: PRICE_SCALE,
            pool_price: PRICE_SCALE,
            reopening: None,
            renewals: Vec::new(),
            first_rates: Vec::new(),
            recorder,
        };
        world.fill_purses()?;
        world.settle(seed, population)?;
        world.make_tables()?;
        world.first_rates = world.read_rates()?;
        Ok(world)
    }

    /// All accounts and the clock as they are, for whoever looks at them afterwards.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of_embedded(&self.chain).for_vault(self.deployment.vault.addresses.vault)
    }

    /// The vault.
    pub fn vault_key(&self) -> Pubkey {
        self.deployment.vault.addresses.vault
    }

    /// The chain, to be read.
    pub fn chain(&self) -> &EmbeddedChain {
        &self.chain
    }

    /// Writes what happened since the last time, and gives the index back; none where there was none.
    pub fn finish_index(&mut self) -> Result<Option<Indexer>> {
        let Some(mut recorder) = self.recorder.take() else { return Ok(None) };
        recorder.write(&self.chain)?;
        Ok(Some(recorder.into_indexer()))
    }

    /// Gives borrowers and liquidators what they will need to pay debts and interest with.
    fn fill_purses(&mut self) -> Result<(), ChainError> {
        let Deployment { actors, base, token: other, lines, .. } = &self.deployment;
        for mint in [base, other] {
            tokens::issue(&mut self.chain, actors, mint, &actors.venue_owner.pubkey(), DEEP_POCKETS)?;
        }
        for line in lines {
            let addresses = line.reserve.addresses;
            let income = token::mint_to(
                &addresses.liquidity_mint,
                &addresses.borrowers_wallet,
                &actors.issuer.pubkey(),
                DEEP_POCKETS,
                &line.reserve.token_program,
            );
            self.chain.execute(&actors.payer, &[income], &[&actors.issuer], &[])?;
        }
        Ok(())
    }

    /// Gives every depositor a key, lamports, money, and an account for shares.
    fn settle(&mut self, seed: u64, population: &[Depositor]) -> Result<(), ChainError> {
        let Deployment { actors, base, vault, .. } = &self.deployment;
        for (index, depositor) in population.iter().enumerate() {
            let key = keypair(seed, "depositor", index as u64);
            let owner = key.pubkey();
            self.chain.fund(&owner, LAMPORTS)?;
            tokens::issue(&mut self.chain, actors, base, &owner, depositor.endowment)?;
            let account = vault.create_share_account(&actors.payer.pubkey(), &owner);
            self.chain.execute(&actors.payer, &[account], &[], &[])?;
            self.users.push(User { key, tickets: Vec::new() });
        }
        let account = vault.create_share_account(&actors.payer.pubkey(), &plan::fee_recipient(seed));
        self.chain.execute(&actors.payer, &[account], &[], &[])?;
        Ok(())
    }

    /// A second lookup table for the venues' side, which the suite's own table does not need to know.
    fn make_tables(&mut self) -> Result<(), ChainError> {
        let known = &self.deployment.table.addresses;
        let mut addresses: Vec<Pubkey> = vec![lending_venue::ID, self.deployment.actors.venue_owner.pubkey()];
        for line in &self.deployment.lines {
            let of = line.reserve.addresses;
            addresses.extend([
                of.market,
                of.authority,
                of.reserve,
                of.borrowers,
                of.liquidity_mint,
                of.supply_vault,
                of.borrowers_wallet,
                line.reserve.owner_account(),
            ]);
            if let Some(pool) = line.pool {
                addresses.extend([swap_venue::ID, pool.context.pool]);
                addresses.extend(pool.context.vaults());
            }
        }
        // The owner's account of the base asset, for the pool.
        addresses.push(self.deployment.base.account_of(&self.deployment.actors.venue_owner.pubkey()));
        addresses.retain(|address| !known.contains(address));
        let market = tables::create(&mut self.chain, &self.deployment.actors, &addresses)?;
        self.tables = vec![self.deployment.table.clone(), market];
        Ok(())
    }

    /// Posts the prices of every feed.
    fn post(&mut self) -> Result<(), ChainError> {
        let [btc, eth, sol] = self.prices;
        let posts = [
            (Asset::Base, PRICE_SCALE),
            (Asset::Token, self.token_price),
            (Asset::Btc, btc),
            (Asset::Eth, eth),
            (Asset::Sol, sol),
        ];
        for (asset, price) in posts {
            self.deployment.feeds.get(asset).post(&mut self.chain, plan::feed_price(price), 0)?;
        }
        Ok(())
    }
}

impl World for ChainWorld {
    fn venues(&self) -> Vec<String> {
        let name = |(place, line): (usize, &crate::setup::Line)| {
            let token = if line.token_feed.is_some() { "USDT" } else { "USDC" };
            format!("market {} ({token})", place + 1)
        };
        self.deployment.lines.iter().enumerate().map(name).collect()
    }

    fn advance(&mut self, time: i64, prices: &Prices) -> Result<(), Fault> {
        // Before the clock moves on, while the valuations are as fresh as they get.
        if let Some(recorder) = &mut self.recorder {
            recorder.write(&self.chain)?;
        }
        let now = self.chain.clock()?.unix_timestamp;
        let seconds = u64::try_from(time + self.shift - now).context("time went backwards in the demo")?;
        self.chain.warp(seconds)?;
        self.prices = *prices;
        self.token_price = self.peg.step(prices[0]);
        Ok(self.post()?)
    }

    fn market(&mut self, action: MarketAction) -> Result<Outcome, Fault> {
        Ok(self.send_market(action)?)
    }

    fn user(&mut self, depositor: usize, action: UserAction) -> Result<Outcome, Fault> {
        Ok(self.send_user(depositor, action)?)
    }

    fn keeper(&mut self, action: KeeperAction) -> Result<Outcome, Fault> {
        Ok(self.send_keeper(action)?)
    }

    fn role(&mut self, action: RoleAction) -> Result<Outcome, Fault> {
        Ok(self.send_role(action)?)
    }

    fn adversaries(&mut self, next: &Prices) -> Result<Vec<Play>, Fault> {
        Ok(self.play_adversaries(next)?)
    }

    fn vault(&self) -> Result<VaultState, Fault> {
        Ok(self.read_vault()?)
    }

    fn venue_states(&self) -> Result<Vec<VenueState>, Fault> {
        let states = self.deployment.lines.iter().enumerate().map(|(place, line)| self.read_venue(place, line));
        Ok(states.collect::<Result<_, _>>()?)
    }

    fn risk(&self) -> Result<RiskState, Fault> {
        Ok(self.read_risk()?)
    }

    fn holding(&self, depositor: usize) -> Result<Holding, Fault> {
        Ok(self.read_holding(depositor)?)
    }

    fn identities(&self) -> Result<Vec<Identity>, Fault> {
        let checked = identities::check(&self.chain, &self.deployment.vault.addresses.vault)?;
        let same = |one: identities::Identity| Identity { name: one.name, expected: one.expected, actual: one.actual };
        Ok(checked.into_iter().map(same).collect())
    }

    fn accounts_hash(&self) -> Result<String, Fault> {
        Ok(hex::encode(self.chain.accounts_hash()))
    }
}

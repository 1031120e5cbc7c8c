//! A vault as it will be once what is too old was refreshed, found by simulating exactly those refreshes.
//!
//! Nothing is sent. Each refresh is run by the chain's own simulation, which asks for no signature, and what it reports is
//! written into copies of the accounts by the program's own code: with these copies a preview equals what the flow will do
//! behind the same refreshes, to the unit, as long as the clock stands still.

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Action, Feed};
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_transaction::versioned::VersionedTransaction;
use strategy_router::{adapters::Quote, moves::store_revaluation};
use thiserror::Error;

use super::units::ticker;
use super::Facts;
use crate::bundle::{with_budget, PostedFeed, Suite, SuiteLine};
use crate::chain::{Chain, ChainError, Receipt};
use crate::decode::events::{Event, OracleEvent, RouterEvent};
use crate::preview::{Preview, PreviewError};
use crate::transaction;

/// Seconds that may pass between a simulation and the transaction: what ages beyond its limit in them counts as old.
const LANDING_SECONDS: i64 = 60;

/// Why a line cannot be valued whose venue is no venue any more.
const UNREADABLE: &str = "its venue's account cannot be read";

/// Why a vault cannot be made fresh.
#[derive(Debug, Error)]
pub enum FreshError {
    /// The chain could not be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A feed's price is too old and no newer one is posted, or the posted one is refused.
    #[error("the feed {feed} has no usable price and cannot be brought up to date: {reason}; post a newer Pyth price, then run `gimbal feed update {feed}`")]
    Feed {
        /// The feed.
        feed: Pubkey,
        /// What the oracle said.
        reason: String,
    },
    /// A line in use cannot be valued.
    #[error("NAV is stale (StaleNav): line {line} cannot be valued: {reason}; try `gimbal strategy refresh`, or leave by a ticket, which is paid without a fresh NAV after its first deadline")]
    Line {
        /// The line.
        line: u16,
        /// What the chain said.
        reason: String,
    },
}

/// What freshness is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Deposits and mints: NAV, and the base asset's feed without any flag.
    Entry,
    /// Withdrawals, redemptions and fills: NAV.
    Exit,
}

/// A vault with its ledger and feeds as they are behind the refreshes that are needed.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The accounts, the ledger and the feeds refreshed.
    pub facts: Facts,
    /// What must run in front, in the groups that must stay in one transaction; nothing where nothing is old.
    pub groups: Vec<Vec<Instruction>>,
    /// What these refresh, in words.
    pub refreshed: Vec<String>,
}

impl Fresh {
    /// Simulates what `purpose` needs. `payer` is the fee payer of the simulations: it must have lamports; nothing is paid.
    ///
    /// # Errors
    ///
    /// [`FreshError::Feed`] and [`FreshError::Line`] where a refresh that is needed fails; the chain's.
    pub fn simulate(
        chain: &(impl Chain + ?Sized),
        suite: &Suite,
        facts: &Facts,
        tables: &[AddressLookupTableAccount],
        payer: &Pubkey,
        purpose: Purpose,
    ) -> Result<Self, FreshError> {
        let mut fresh = Self { facts: facts.clone(), groups: Vec::new(), refreshed: Vec::new() };
        let runner = Runner { chain, tables, payer };
        let due = fresh.due(suite)?;
        let mut feeds: Vec<PostedFeed> = Vec::new();
        let mut want = |feed: PostedFeed| {
            if !feeds.contains(&feed) {
                feeds.push(feed);
            }
        };
        if purpose == Purpose::Entry {
            want(suite.base_feed);
        }
        for line in due.iter().filter(|line| line.token_feed.is_some()) {
            want(suite.base_feed);
            line.token_feed.into_iter().for_each(&mut want);
        }
        let mut updates = Vec::new();
        for feed in feeds {
            updates.extend(fresh.update(&runner, &feed)?);
        }
        for line in due {
            fresh.refresh(&runner, suite, line, &updates)?;
        }
        Ok(fresh)
    }

    /// Simulates the updates of `feeds` that are old or flagged, and values no line.
    ///
    /// # Errors
    ///
    /// [`FreshError::Feed`]; the chain's.
    pub fn update_feeds(
        chain: &(impl Chain + ?Sized),
        facts: &Facts,
        tables: &[AddressLookupTableAccount],
        payer: &Pubkey,
        feeds: &[PostedFeed],
    ) -> Result<Self, FreshError> {
        let mut fresh = Self { facts: facts.clone(), groups: Vec::new(), refreshed: Vec::new() };
        let runner = Runner { chain, tables, payer };
        for feed in feeds {
            fresh.update(&runner, feed)?;
        }
        Ok(fresh)
    }

    /// The vault ready to be asked what a flow gives.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Ledger`] where NAV is stale in spite of the refreshes.
    pub fn preview(&self) -> Result<Preview, PreviewError> {
        Preview::new(*self.facts.vault, *self.facts.ledger, self.facts.now)
    }

    /// The lines whose valuations are, or may be before long, too old for NAV.
    fn due<'a>(&self, suite: &'a Suite) -> Result<Vec<&'a SuiteLine>, FreshError> {
        let (ledger, now) = (&self.facts.ledger, self.facts.now);
        let max_age = ledger.limits.max_valuation_age;
        let due = ledger.lines.iter().filter(|row| row.is_valued() && is_due(row.valued_at, max_age, now));
        due.filter_map(|row| {
            let found = suite.lines.iter().find(|line| line.context.addresses.id == row.id);
            // Old enough to be valued soon, and not old enough to hold anybody up.
            let may_wait = now.saturating_sub(row.valued_at) <= i64::from(max_age);
            match found {
                Some(line) => Some(Ok(line)),
                None if may_wait => None,
                None => Some(Err(FreshError::Line { line: row.id, reason: UNREADABLE.to_owned() })),
            }
        })
        .collect()
    }

    /// Updates a feed whose price is old or flagged; its instruction, where one is needed.
    fn update(
        &mut self,
        runner: &Runner<'_, impl Chain + ?Sized>,
        posted: &PostedFeed,
    ) -> Result<Option<Instruction>, FreshError> {
        let now = self.facts.now;
        let stored = *self.facts.feed(&posted.feed).ok_or(ChainError::AccountNotFound(posted.feed))?;
        let sound = |feed: &Feed| feed.status(now).require(Action::Value).is_ok();
        let calm = stored.status(now).require(Action::Deposit).is_ok();
        if calm && !is_due(stored.publish_time, stored.max_age, now) {
            return Ok(None);
        }
        let update = posted.update();
        match runner.run(std::slice::from_ref(&update)) {
            Ok(receipt) => {
                let event = receipt.events().into_iter().find_map(|event| match event {
                    Event::Oracle(OracleEvent::FeedUpdated(event)) if event.feed == posted.feed => Some(event),
                    _ => None,
                });
                // Nothing newer is posted: the update would change nothing.
                let Some(event) = event else {
                    return match sound(&stored) {
                        true => Ok(None),
                        false => Err(feed_error(posted, "the posted price is the stored one".to_owned())),
                    };
                };
                let mut feed = stored;
                feed.price = event.price;
                feed.confidence = event.confidence;
                feed.publish_time = event.publish_time;
                feed.second_price = event.second_price;
                feed.second_confidence = event.second_confidence;
                feed.second_publish_time = event.second_publish_time;
                feed.stable_price = event.stable_price;
                feed.updates = event.updates;
                feed.flags = event.flags;
                feed.inputs_hash = event.inputs_hash;
                self.put_feed(&posted.feed, feed);
                self.groups.push(vec![update.clone()]);
                self.refreshed.push(match ticker(&stored.feed_id) {
                    Some(symbol) => format!("feed {symbol}"),
                    None => format!("feed {}", posted.feed),
                });
                Ok(Some(update))
            }
            // What is stored can still be used: whatever is posted is no better.
            Err(_) if sound(&stored) => Ok(None),
            Err(error) => Err(feed_error(posted, error.to_string())),
        }
    }

    /// Values a line in the ledger's copy.
    fn refresh(
        &mut self,
        runner: &Runner<'_, impl Chain + ?Sized>,
        suite: &Suite,
        line: &SuiteLine,
        updates: &[Instruction],
    ) -> Result<(), FreshError> {
        let id = line.context.addresses.id;
        let group = suite.refresh_line(line).to_vec();
        let wrong = |reason: String| FreshError::Line { line: id, reason };
        // Only a swapped line looks at feeds; each update is in front of the simulation, as it will be on the chain.
        let needed = if line.token_feed.is_some() { updates } else { &[] };
        let receipt = runner.run(&[needed, &group].concat()).map_err(|error| wrong(error.to_string()))?;
        let valued = receipt.events().into_iter().find_map(|event| match event {
            Event::Router(RouterEvent::Valued(event)) if event.line == id => Some(event),
            _ => None,
        });
        let event = valued.ok_or_else(|| wrong("the simulation reported no valuation".to_owned()))?;
        let ledger = &mut self.facts.ledger;
        let curve = ledger.line(id).map_err(|error| wrong(error.to_string()))?.curve;
        let quote =
            Quote { low: event.low, mid: event.mid, high: event.high, liquidity: event.liquidity, room: 0, curve };
        store_revaluation(ledger, id, &quote, event.slot, event.time).map_err(|error| wrong(error.to_string()))?;
        // A node may have run it a moment after it was asked for the clock.
        self.facts.now = self.facts.now.max(event.time);
        self.groups.push(group);
        self.refreshed.push(format!("line {id}"));
        Ok(())
    }

    fn put_feed(&mut self, key: &Pubkey, feed: Feed) {
        if *key == self.facts.vault.base_feed {
            *self.facts.base_feed = feed;
        }
        for (_, other) in self.facts.token_feeds.iter_mut().filter(|(other, _)| other == key) {
            *other = feed;
        }
    }
}

/// Simulations that nobody signs.
struct Runner<'a, C: Chain + ?Sized> {
    chain: &'a C,
    tables: &'a [AddressLookupTableAccount],
    payer: &'a Pubkey,
}

impl<C: Chain + ?Sized> Runner<'_, C> {
    fn run(&self, instructions: &[Instruction]) -> Result<Receipt, ChainError> {
        simulate(self.chain, self.payer, instructions, self.tables)
    }
}

/// Simulates instructions behind their compute budget, without a signature.
///
/// # Errors
///
/// The chain's refusal; [`ChainError::NotBuilt`] if they do not fit a transaction.
pub fn simulate(
    chain: &(impl Chain + ?Sized),
    payer: &Pubkey,
    instructions: &[Instruction],
    tables: &[AddressLookupTableAccount],
) -> Result<Receipt, ChainError> {
    let blockhash = chain.latest_blockhash()?;
    let message = transaction::compile(payer, &with_budget(instructions), tables, blockhash)?;
    let signatures = vec![Default::default(); usize::from(message.header().num_required_signatures)];
    chain.simulate(&VersionedTransaction { signatures, message })
}

/// Whether what was taken at `taken` and holds for `max_age` seconds can be too old before a transaction lands.
fn is_due(taken: i64, max_age: u32, now: i64) -> bool {
    let max_age = i64::from(max_age);
    let ahead = LANDING_SECONDS.min(max_age / 2);
    now.saturating_add(ahead).saturating_sub(taken) > max_age
}

fn feed_error(posted: &PostedFeed, reason: String) -> FreshError {
    FreshError::Feed { feed: posted.feed, reason }
}

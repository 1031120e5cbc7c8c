//! What has become of what is under way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use solana_transaction::Signature;

use super::{launch::names, queue::Queue, Executor, Flight, Pause, Trouble};
use crate::chain::{rpc::Status, Executed, Receipt};
use crate::decode::events::{Event, RouterEvent};
use crate::keeper::backoff;
use crate::keeper::journal::{JournalError, Outcome, Work};
use crate::keeper::step::Step;
use crate::pda::VaultAddresses;

/// Between two questions for the block height.
const HEIGHT_EVERY: Duration = Duration::from_secs(2);
/// A landed transaction of which the node has no record after so many looks is booked at its reserve.
const MOST_LOOKS: u32 = 50;

impl Executor<'_> {
    /// Looks everything up that is under way, writes what is settled, and hands the rest over again.
    pub(super) fn poll(&mut self, queue: &mut Queue) -> Result<(), Trouble> {
        if self.flights.is_empty() {
            return Ok(());
        }
        let signatures: Vec<Signature> = self.flights.iter().map(|flight| flight.recorded.signature()).collect();
        let statuses = self.chain.statuses(&signatures)?;
        let height = self.height()?;
        let mut open = Vec::with_capacity(self.flights.len());
        let mut flights = std::mem::take(&mut self.flights).into_iter().zip(statuses);
        let mut failed = None;
        for (mut flight, status) in flights.by_ref() {
            match self.look_at(&mut flight, status, height) {
                Ok(Some(outcome)) => {
                    if let Err(error) = self.settled(&flight, &outcome, queue) {
                        failed = Some(error.into());
                        open.push(flight);
                        break;
                    }
                }
                Ok(None) => open.push(flight),
                Err(error) => {
                    failed = Some(error);
                    open.push(flight);
                    break;
                }
            }
        }
        // Whatever went wrong, what is under way stays known.
        open.extend(flights.map(|(flight, _)| flight));
        self.flights = open;
        self.metrics.under_way(self.flights.len());
        failed.map_or(Ok(()), Err)
    }

    /// The block height, where it is time to ask for it.
    fn height(&mut self) -> Result<Option<u64>, Trouble> {
        if self.height_asked.is_some_and(|last| last.elapsed() < HEIGHT_EVERY) {
            return Ok(None);
        }
        self.height_asked = Some(Instant::now());
        Ok(Some(self.chain.block_height()?))
    }

    /// What became of one flight, if that is certain now.
    fn look_at(
        &self,
        flight: &mut Flight,
        status: Option<Status>,
        height: Option<u64>,
    ) -> Result<Option<Outcome>, Trouble> {
        let signature = flight.recorded.signature();
        match status {
            Some(status) if status.confirmed => match self.chain.transaction(&signature)? {
                Some(executed) => Ok(Some(outcome(&executed, &self.payer, &flight.works))),
                None if flight.without_record < MOST_LOOKS => {
                    flight.without_record += 1;
                    Ok(None)
                }
                None => Ok(Some(unrecorded(&status, flight.reserve))),
            },
            Some(_) => Ok(None),
            None => {
                let last = flight.recorded.last_valid_height();
                if height.is_some_and(|height| height > last) {
                    // A height alone is one node's word: all of them must have finalized past it without it.
                    return Ok(self.chain.is_lost(&signature, last).then_some(Outcome::Expired));
                }
                if flight.handed.is_none_or(|handed| handed.elapsed() >= self.settings.resend) {
                    self.hand_over(flight);
                }
                Ok(None)
            }
        }
    }

    /// Writes an outcome, and draws the consequences.
    fn settled(&mut self, flight: &Flight, outcome: &Outcome, queue: &mut Queue) -> Result<(), JournalError> {
        self.observe(Step::Seen);
        let signature = flight.recorded.signature();
        let now = self.now();
        let news = self.journal.settle(&signature, outcome, now)?;
        self.observe(Step::Settled);
        if let Some(place) = flight.place {
            match outcome {
                Outcome::Landed { .. } => queue.done(place),
                Outcome::Failed { .. } | Outcome::Expired => queue.void(place),
            }
        }
        if !news {
            return Ok(());
        }
        let actions = names(&flight.works);
        for work in &flight.works {
            self.metrics.settled(work.key.kind, outcome);
        }
        match outcome {
            Outcome::Landed { slot, lamports, pay } => {
                tracing::info!(%signature, actions, slot, lamports, pay = pay.iter().map(|(_, pay)| pay).sum::<u64>(), "landed");
                self.tally.landed += 1;
                self.metrics.paid(*lamports, pay);
                for work in &flight.works {
                    self.pauses.remove(&work.vault);
                    if work.completes && self.journal.park_of(&work.key)?.is_some() {
                        self.journal.unpark(&work.key)?;
                    }
                }
            }
            Outcome::Failed { slot, lamports, name } => {
                tracing::warn!(%signature, actions, slot, lamports, name, "landed, but was refused");
                self.tally.failed += 1;
                self.metrics.paid(*lamports, &[]);
                // Which of its actions was too late the next trial tells; the vault is left alone for a moment.
                let vaults: BTreeSet<Pubkey> = flight.works.iter().map(|work| work.vault).collect();
                vaults.into_iter().for_each(|vault| self.yield_to_others(vault));
            }
            Outcome::Expired => {
                tracing::warn!(%signature, actions, "expired: it is planned anew");
            }
        }
        Ok(())
    }

    /// Leaves a vault alone for a moment: what the trial let through was refused on the chain, so somebody was faster.
    fn yield_to_others(&mut self, vault: Pubkey) {
        let failures = self.pauses.get(&vault).map_or(1, |pause| pause.failures.saturating_add(1));
        let seconds = backoff::doubled(self.settings.backoff_seconds, self.settings.backoff_max_seconds, failures);
        let salt: [&[u8]; 4] =
            [self.payer.as_ref(), vault.as_ref(), &failures.to_le_bytes(), &self.cycle.to_le_bytes()];
        let jitter = backoff::jitter(self.settings.jitter_ms, &salt);
        let until = Instant::now() + Duration::from_secs(seconds) + Duration::from_millis(jitter);
        self.pauses.insert(vault, Pause { until, failures });
    }
}

/// What a transaction that is on the chain did and cost.
pub(super) fn outcome(executed: &Executed, payer: &Pubkey, works: &[Work]) -> Outcome {
    let Receipt { slot, fee, .. } = executed.receipt;
    // The fee is gone in any case; rent too where the payer has less by more. What it received is no saving.
    let lost = if executed.fee_payer == *payer { executed.payer_change.min(0).unsigned_abs() } else { 0 };
    let lamports = lost.max(fee);
    match &executed.failed {
        Some(name) => Outcome::Failed { slot, lamports, name: name.clone() },
        None => Outcome::Landed { slot, lamports, pay: pay(&executed.receipt, payer, works) },
    }
}

fn unrecorded(status: &Status, reserve: u64) -> Outcome {
    match &status.error {
        Some(error) => Outcome::Failed { slot: status.slot, lamports: reserve, name: format!("{error:?}") },
        None => Outcome::Landed { slot: status.slot, lamports: reserve, pay: Vec::new() },
    }
}

/// What the vaults promised this keeper for its moves.
fn pay(receipt: &Receipt, keeper: &Pubkey, works: &[Work]) -> Vec<(Pubkey, u64)> {
    let mut vaults: Vec<(Pubkey, Pubkey)> =
        works.iter().map(|work| (VaultAddresses::of(&work.vault).ledger, work.vault)).collect();
    vaults.dedup();
    let mut pay: Vec<(Pubkey, u64)> = Vec::new();
    for event in receipt.events() {
        let Event::Router(RouterEvent::Rebalanced(moved)) = event else { continue };
        let vault = vaults.iter().find(|(ledger, _)| *ledger == moved.ledger).map(|(_, vault)| *vault);
        if let (Some(vault), true) = (vault, moved.keeper == *keeper && moved.pay > 0) {
            match pay.iter_mut().find(|(known, _)| *known == vault) {
                Some((_, sum)) => *sum = sum.saturating_add(moved.pay),
                None => pay.push((vault, moved.pay)),
            }
        }
    }
    pay
}

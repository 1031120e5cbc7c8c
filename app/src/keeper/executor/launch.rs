//! From a package to bytes on the wire: trial, budget, intent, signature, journal, hand-over, in this order.

use std::time::{Duration, Instant};

use solana_message::Hash;
use solana_signer::Signer;

use super::{budget, queue::Queue, Executor, Flight, Trouble, SPENDING_WINDOW};
use crate::chain::ChainError;
use crate::keeper::journal::{Intent, Work};
use crate::keeper::planner::{Left, Package, Planner};
use crate::keeper::step::Step;
use crate::keeper::Action;
use crate::transaction::{self, BuildError};

/// How long a blockhash is used: what is signed with a fresh one can land for longest.
const BLOCKHASH_AGE: Duration = Duration::from_secs(1);

impl Executor<'_> {
    /// Tries a package out, and sends what the trial lets through.
    pub(super) fn begin(
        &mut self,
        planner: &mut dyn Planner,
        place: usize,
        package: Package,
        queue: &mut Queue,
    ) -> Result<(), Trouble> {
        let actions: Vec<Action> = package.actions().cloned().collect();
        let trial = match planner.trial(self.chain, package) {
            // The package's own fault must not end the cycle for everybody else.
            Err(error) if is_its_own_fault(&error) => {
                self.refuse_all(&actions, &error)?;
                queue.void(place);
                return Ok(());
            }
            trial => trial?,
        };
        self.observe(Step::Simulated);
        for left in &trial.left {
            self.refuse(left)?;
        }
        let mut sent = false;
        for (package, units) in trial.ready {
            sent |= self.launch(place, package, units)?;
        }
        if !sent {
            queue.void(place);
        }
        Ok(())
    }

    fn refuse_all(&mut self, actions: &[Action], error: &ChainError) -> Result<(), Trouble> {
        for action in actions {
            let left = Left { action: action.clone(), name: error.name(), reason: error.to_string() };
            self.refuse(&left)?;
        }
        Ok(())
    }

    /// Sends a package; whether it was sent.
    fn launch(&mut self, place: usize, package: Package, units: u64) -> Result<bool, Trouble> {
        match self.sign_and_send(place, &package, units) {
            Err(Trouble::Chain(error)) if is_its_own_fault(&error) => {
                let actions: Vec<Action> = package.actions().cloned().collect();
                self.refuse_all(&actions, &error)?;
                Ok(false)
            }
            sent => sent,
        }
    }

    fn sign_and_send(&mut self, place: usize, package: &Package, units: u64) -> Result<bool, Trouble> {
        let unit_price = self.bid(package)?;
        let (blockhash, last_valid_height) = self.fresh_blockhash()?;
        self.number = self.number.wrapping_add(1);
        let budget::Prepared { message, reserve } =
            budget::prepare(&self.payer, package, units, unit_price, blockhash, self.number)
                .map_err(ChainError::from)?;
        let at = self.now();
        let spent = self.journal.spending(at - SPENDING_WINDOW)?.total();
        if spent.saturating_add(reserve) > self.settings.max_lamports_per_hour {
            self.tally.put_off += package.completes.len() as u64;
            self.metrics.beyond_budget();
            tracing::warn!(
                spent,
                reserve,
                limit = self.settings.max_lamports_per_hour,
                "beyond the hour's budget: put off"
            );
            return Ok(false);
        }
        let works = works(package);
        let intent = Intent { cycle: self.cycle, works: &works, reserve, message: &message, at };
        let intent = self.journal.intend(&intent)?;
        self.observe(Step::Intended);
        let mut signers: Vec<&dyn Signer> = vec![self.signer];
        signers.extend(package.signers.iter().map(|signer| signer as &dyn Signer));
        let signed = match transaction::sign(message, &signers) {
            Err(error @ BuildError::NotSigned { .. }) => return Err(Trouble::NotSigned(error)),
            signed => signed.map_err(ChainError::from)?,
        };
        self.observe(Step::Signed);
        let recorded = self.journal.record(intent, signed, last_valid_height, at)?;
        self.observe(Step::Recorded);
        let mut flight = Flight { works, recorded, reserve, place: Some(place), handed: None, without_record: 0 };
        self.hand_over(&mut flight);
        self.observe(Step::Sent);
        tracing::info!(
            signature = %flight.recorded.signature(), actions = names(&flight.works), reserve, "sent"
        );
        self.flights.push(flight);
        Ok(true)
    }

    /// Hands the bytes over. Whatever the nodes answer, they may land: only the chain tells.
    pub(super) fn hand_over(&self, flight: &mut Flight) {
        if let Err(error) = self.chain.hand_over(&flight.recorded) {
            self.metrics.chain_error();
            tracing::warn!(signature = %flight.recorded.signature(), %error, "not handed over: it is tried again");
        }
        flight.handed = Some(Instant::now());
    }

    /// Micro-lamports per compute unit for a package: as configured, else what the last slots paid for its accounts.
    fn bid(&mut self, package: &Package) -> Result<u64, ChainError> {
        if let Some(price) = self.settings.compute_unit_price {
            return Ok(price.min(self.settings.max_compute_unit_price));
        }
        let Some(vault) = package.actions().next().map(|action| action.vault) else { return Ok(self.unit_price) };
        if let Some(price) = self.unit_prices.get(&vault) {
            return Ok(*price);
        }
        let mut writable: Vec<_> = package
            .instructions
            .iter()
            .flat_map(|instruction| &instruction.accounts)
            .filter(|account| account.is_writable)
            .map(|account| account.pubkey)
            .collect();
        writable.sort_unstable();
        writable.dedup();
        let price = self.chain.recent_priority_fee(&writable)?.min(self.settings.max_compute_unit_price);
        self.unit_prices.insert(vault, price);
        self.unit_price = price;
        Ok(price)
    }

    fn fresh_blockhash(&mut self) -> Result<(Hash, u64), ChainError> {
        if let Some((hash, height, asked)) = self.blockhash {
            if asked.elapsed() < BLOCKHASH_AGE {
                return Ok((hash, height));
            }
        }
        let (hash, height) = self.chain.blockhash_until()?;
        self.blockhash = Some((hash, height, Instant::now()));
        Ok((hash, height))
    }
}

/// Whether an error lies in what was asked for, not in who was asked.
fn is_its_own_fault(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::NotBuilt(_)
            | ChainError::Refused(_)
            | ChainError::AccountNotFound(_)
            | ChainError::WrongAccount { .. }
    )
}

fn works(package: &Package) -> Vec<Work> {
    let work = |action: &Action, completes| Work {
        key: action.key(),
        vault: action.vault,
        nonce: action.nonce,
        completes,
        expected_pay: if completes { action.expected_pay } else { 0 },
        reason: action.reason.clone(),
    };
    let completed = package.completes.iter().map(|action| work(action, true));
    completed.chain(package.prepares.iter().map(|action| work(action, false))).collect()
}

/// The actions' keys, for logs.
pub(super) fn names(works: &[Work]) -> String {
    works.iter().map(|work| work.key.to_string()).collect::<Vec<_>>().join(" ")
}

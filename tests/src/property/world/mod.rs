//! A deployment in which anything may happen, and the one door through which every transaction of it goes.

mod admins;
mod anybody;
mod calm;
mod changes;
mod engine;
mod faults;
mod hostile;
mod market;
mod setup;
mod users;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, OnceLock};

use anchor_lang::prelude::Pubkey;
use gimbal::chain::EmbeddedChain;
use gimbal::transaction;
use solana_account::AccountSharedData;
use solana_instruction::Instruction;
use solana_transaction::versioned::VersionedTransaction;
use vault::state::Ticket;

pub use faults::FAULTS;

use super::action::{Action, WHOLE};
use super::checks::{self, Call, Violation};
use super::plans;
use super::seen::{Seen, MAX_LINES};
use crate::hostile::Hostile;
use crate::{Chain, ChainError, Fixture, Signer, User, USDC};

/// Holders of shares.
pub const HOLDERS: usize = 5;
/// The holder who posts to the network as well.
pub const POSTER: usize = 2;
/// Who go round on copies of the world; they hold nothing in the world itself.
pub const ROUNDERS: usize = 2;
/// Whose place is that of the recipient of fees.
pub const MANAGER: usize = HOLDERS + ROUNDERS;
/// What each of them begins with, base units.
pub const PURSE: u64 = 4_000_000 * USDC;

/// How often each kind of action was tried and done, and why it was refused.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// By the action's word: transactions sent, transactions that succeeded.
    pub actions: BTreeMap<&'static str, (u64, u64)>,
    /// By the action's word and the error's name.
    pub refusals: BTreeMap<(&'static str, String), u64>,
    /// What took money out or risk down, by the regime that it found: calm, elevated, stressed, crisis.
    pub lowered: [u64; 4],
    /// Bounties that were paid.
    pub bounties: u64,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        for (word, (sent, done)) in &other.actions {
            let sum = self.actions.entry(word).or_default();
            *sum = (sum.0 + sent, sum.1 + done);
        }
        for (key, count) in &other.refusals {
            *self.refusals.entry(key.clone()).or_default() += count;
        }
        self.lowered.iter_mut().zip(other.lowered).for_each(|(sum, count)| *sum += count);
        self.bounties += other.bounties;
    }
}

/// A deployment, its people, and what the checks must remember of it.
#[derive(Clone)]
pub struct World {
    /// The chain and what is set up on it.
    pub fx: Fixture,
    /// [`HOLDERS`], then [`ROUNDERS`], then the manager.
    pub users: Vec<User>,
    /// Where each of them is paid in kind: by line, for its receipt tokens and its token.
    pub kind_accounts: Vec<[[Pubkey; 2]; MAX_LINES]>,
    /// The keepers' base accounts.
    pub keeper_accounts: Vec<Pubkey>,
    /// The venue that steals, in the world that has one.
    pub thief: Option<Hostile>,
    /// The network that the book follows, in the worlds that have one.
    pub network: Option<Pubkey>,
    /// How far the book's scales may have risen by now.
    pub scales: checks::risk::Scales,
    /// Lines whose worth changed by a jump that no valuation has seen yet.
    pub shocked: Vec<bool>,
    /// Instant exits and entries since the outflow limit was set: time, shares that left, shares there before.
    pub outflow: Vec<(i64, i128, u128)>,
    /// How many holders the list names that was set last.
    pub listed: u64,
    /// Changes that were proposed.
    pub changes: Vec<changes::Proposed>,
    /// What goes wrong in the next transaction that succeeds.
    fault: Option<u64>,
    /// Whether every transaction is printed.
    pub trace: bool,
    /// What was done.
    pub tally: Tally,
    /// The action that is being run.
    word: &'static str,
    ticket_keys: Vec<Pubkey>,
    seen: Option<Seen>,
}

impl World {
    /// The world with this number, as it begins. Each is set up once per process and copied from then on.
    ///
    /// # Panics
    ///
    /// If the deployment fails.
    pub fn new(number: u64) -> Self {
        static READY: OnceLock<Mutex<HashMap<u64, World>>> = OnceLock::new();
        let ready = READY.get_or_init(Mutex::default);
        let mut ready = ready.lock().unwrap_or_else(|poison| poison.into_inner());
        ready.entry(number % plans::COUNT).or_insert_with(|| Self::build(number % plans::COUNT)).clone()
    }

    /// Runs one action.
    ///
    /// # Errors
    ///
    /// What does not hold any longer.
    pub fn run(&mut self, action: &Action) -> Result<(), Violation> {
        self.word = action.word();
        let done = self.run_user(action)?;
        let done = done || self.run_anybody(action)? || self.run_engine(action)? || self.run_market(action)?;
        let done = done || self.run_admin(action)? || self.run_change(action)? || self.run_hostile(action)?;
        assert!(done, "no module runs {action}");
        Ok(())
    }

    /// Sends a transaction that nobody has signed, and checks what it did, or that it did nothing.
    ///
    /// # Errors
    ///
    /// What does not hold any longer.
    pub fn transact(&mut self, call: Call, instructions: &[Instruction]) -> Result<bool, Violation> {
        let chain = self.fx.chain.clone();
        let before = match self.seen.take() {
            Some(seen) => seen,
            None => Seen::of(self),
        };
        let promised = checks::preview(self, &call);
        let tried = self.send_unsigned(instructions);
        let count = self.tally.actions.entry(self.word).or_default();
        count.0 += 1;
        match tried {
            Ok(()) => {
                count.1 += 1;
                self.make_fault();
                let after = Seen::of(self);
                if self.trace {
                    let (nav, truth) = (after.nav, after.truth());
                    eprintln!(
                        "{} {}: {call:?}: {nav:?}, really {truth:?}, {} shares",
                        after.now,
                        after.slot,
                        after.pool_shares()
                    );
                }
                let lowers = checks::risk::lowers_risk(&call) && !matches!(call, Call::Value { .. });
                self.tally.lowered[usize::from(before.book.regime.level)] += u64::from(lowers);
                self.tally.bounties += u64::from(after.ledger.bounties_paid > before.ledger.bounties_paid);
                checks::value::follow_shocks(self, &call, &before, &after);
                checks::after(self, &call, promised, &before, &after)?;
                checks::outflow::note(self, &call, &before, &after)?;
                checks::risk::note_scales(self, &before, &after)?;
                self.seen = Some(after);
                Ok(true)
            }
            Err(error) => {
                checks::unchanged(&self.fx, &call, &chain, &error)?;
                checks::risk::sold_in_parts(&call, &before, &error.name())?;
                self.not_for_its_risk(&call, instructions, &before, &error)?;
                let name = error.name();
                if self.trace {
                    eprintln!("{}: {call:?}: {name}", before.now);
                }
                *self.tally.refusals.entry((self.word, name)).or_default() += 1;
                self.seen = Some(before);
                Ok(false)
            }
        }
    }

    fn send_unsigned(&mut self, instructions: &[Instruction]) -> Result<(), ChainError> {
        let deployment = &self.fx.deployment;
        let payer = deployment.actors.payer.pubkey();
        let hash = self.fx.chain.latest_blockhash().expect("a blockhash");
        let tables = std::slice::from_ref(&deployment.table);
        let message = transaction::compile(&payer, instructions, tables, hash)?;
        let signatures = vec![Default::default(); usize::from(message.header().num_required_signatures)];
        self.fx.chain.send(&VersionedTransaction { signatures, message }).map(drop)
    }

    /// Changes something that is no transaction.
    pub fn outside<T>(&mut self, change: impl FnOnce(&mut Fixture) -> T) -> T {
        self.seen = None;
        change(&mut self.fx)
    }

    /// The world's numbers now.
    pub fn look(&mut self) -> Seen {
        match &self.seen {
            Some(seen) => seen.clone(),
            None => {
                let seen = Seen::of(self);
                self.seen = Some(seen.clone());
                seen
            }
        }
    }

    /// Every ticket that exists below `tail`.
    pub fn tickets(&self, tail: u64) -> Vec<Ticket> {
        let chain = self.fx.chain.svm();
        let read = |sequence| {
            let data = chain.account_data(&self.ticket_key(sequence))?;
            let body = data.get(8..8 + core::mem::size_of::<Ticket>())?;
            Some(bytemuck::pod_read_unaligned::<Ticket>(body))
        };
        (0..tail).filter_map(read).collect()
    }

    /// The address of the ticket with this sequence number.
    pub fn ticket_key(&self, sequence: u64) -> Pubkey {
        let known = usize::try_from(sequence).ok().and_then(|place| self.ticket_keys.get(place)).copied();
        known.unwrap_or_else(|| self.fx.deployment.vault.ticket(sequence))
    }

    /// The place of a holder.
    pub(super) fn holder(number: u64) -> usize {
        (number % HOLDERS as u64) as usize
    }

    /// The place of a line.
    pub(super) fn place(&self, number: u64) -> usize {
        (number % self.fx.deployment.lines.len() as u64) as usize
    }

    /// A holder's key.
    pub(super) fn key(&self, user: usize) -> Pubkey {
        self.users[user].pubkey()
    }
}

/// A part of an amount, [`WHOLE`] for all of it.
pub(super) fn part_of(amount: u64, part: u64) -> u64 {
    let part = u128::from(part.min(WHOLE));
    u64::try_from(u128::from(amount) * part / u128::from(WHOLE)).unwrap_or(u64::MAX)
}

/// Every account but programs and sysvars.
pub(super) fn accounts(chain: &EmbeddedChain) -> Vec<(Pubkey, AccountSharedData)> {
    let all = std::cell::RefCell::new(Vec::new());
    // The hash visits all accounts that are state; nothing is left to be hashed.
    chain.svm().accounts_hash(|key: &Pubkey, account: &AccountSharedData| {
        all.borrow_mut().push((*key, account.clone()));
        true
    });
    let mut all = all.into_inner();
    all.sort_unstable_by_key(|(key, _)| *key);
    all
}

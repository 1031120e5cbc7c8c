//! What must hold after every transaction, by what it was.
//!
//! | module | what it holds |
//! |---|---|
//! | [`authority`] | nothing loosens at once, and nothing at all but by those in power |
//! | [`books`] | tracked amounts = token balances; sums, supply, claims; the queue's order |
//! | [`flows`] | every flow is the exact quotient rounded for the pool, and what its preview showed |
//! | [`outflow`] | no more leaves at once than the limit of a day |
//! | [`people`] | nobody loses or gains but who acted, and he exactly what the flow says |
//! | [`price`] | a share's price falls by nothing that somebody does |
//! | [`risk`] | the oracle moves no money; scales rise slowly; nothing goes in beyond them, and nothing is kept in by them |
//! | [`tickets`] | tickets are conserved, paid in order and exactly |
//! | [`value`] | low ≤ what the house really owns ≤ high; moves lose no more than their bounds; limits |

pub mod authority;
pub mod books;
pub mod flows;
pub mod outflow;
pub mod people;
pub mod price;
pub mod risk;
pub mod tickets;
pub mod value;

use std::fmt;

use gimbal::chain::EmbeddedChain;
use solana_account::ReadableAccount;

use super::seen::Seen;
use super::world::{accounts, World};
use crate::{ChainError, Fixture, Signer};

pub use flows::{preview, Promise};

/// What a transaction was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Call {
    /// Exactly `assets` in.
    Deposit { user: usize, assets: u64 },
    /// The same, and on into a line.
    DepositInto { user: usize, assets: u64, place: usize },
    /// Exactly `shares` bought.
    Mint { user: usize, shares: u64 },
    /// Exactly `assets` out.
    Withdraw { user: usize, assets: u64 },
    /// Exactly `shares` given.
    Redeem { user: usize, shares: u64 },
    /// Shares given, with what cash lacks recalled from a line.
    RedeemRecall { user: usize, shares: u64, place: usize },
    /// Shares into the queue, with a bound.
    Request { user: usize, shares: u64, bound: u64 },
    /// Tickets paid.
    Fill { count: u64 },
    /// A payment claimed.
    Claim { user: usize, sequence: u64 },
    /// A ticket taken back.
    Cancel { user: usize, sequence: u64 },
    /// A ticket handed on.
    Hand { sequence: u64, to: usize },
    /// A part of everything for a ticket; whether nothing of it was forgone.
    InKind { user: usize, sequence: u64, all: bool },
    /// Cash demanded for the head of the queue.
    Demand,
    /// Fees charged.
    Crystallise,
    /// Fee shares minted.
    CollectFees,
    /// Shares to another holder.
    Give { user: usize, to: usize, shares: u64 },
    /// Shares to the escrow, unasked.
    DonateShares { user: usize, shares: u64 },
    /// Shares burnt without the vault.
    Burn { user: usize, shares: u64 },
    /// Base asset to cash (0), claims (1) or a market (2), unasked.
    Donate { user: usize, place: u64, assets: u64 },
    /// Receipt tokens to a line, unasked.
    DonateReceipts { place: usize, tokens: u64 },
    /// A price brought to its feed.
    Price,
    /// A line valued.
    Value { place: usize },
    /// A keeper's move.
    Rebalance { place: usize },
    /// Money brought back.
    Recall { place: usize, by_stranger: bool },
    /// A forced reduction, for a bounty to a user; whether the book's network was shown.
    Derisk { place: usize, user: usize, shown: bool },
    /// What the oracle does by itself: observing, working out, solving, posting.
    Oracle,
    /// The ledger's report to its book.
    Report,
    /// A line's surplus adopted.
    Harvest { place: usize },
    /// Surplus cash adopted.
    HarvestCash,
    /// A keeper paid.
    CollectPay { keeper: usize },
    /// Parameters, roles, pauses and changes of them: no money moves. How long it had waited in the queue, seconds.
    Admin { waited: Option<i64> },
    /// Markets and pools: nothing of the house moves.
    Outside,
    /// An instruction with an account that does not belong there; the signer may lose, and somebody may be given.
    Foreign { signer: Option<usize> },
}

/// Something that should have held and did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which rule, in a few words: the same fault keeps its rule while a sequence is shrunk.
    pub rule: &'static str,
    /// With which numbers.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.detail)
    }
}

/// Returns a [`Violation`] of the rule unless the condition holds.
macro_rules! hold {
    ($rule:literal, $condition:expr, $($detail:tt)+) => {
        if !$condition {
            return Err($crate::property::checks::Violation { rule: $rule, detail: format!($($detail)+) });
        }
    };
}
pub(crate) use hold;

/// Everything that must hold after a transaction that succeeded.
///
/// # Errors
///
/// The first rule that is broken.
pub fn after(world: &World, call: &Call, promise: Promise, before: &Seen, after: &Seen) -> Result<(), Violation> {
    books::check(call, before, after)?;
    authority::check(call, before, after)?;
    flows::check(world, call, &promise, before, after)?;
    tickets::check(world, call, before, after)?;
    people::check(call, before, after)?;
    price::check(call, before, after)?;
    risk::check(world, call, before, after)?;
    value::check(world, call, before, after)
}

/// Errors that say that a program has caught itself at a fault.
const CONFESSIONS: [&str; 8] = [
    "InvariantBroken",
    "InvariantViolated",
    "AmountOverflow",
    "MathOverflow",
    "ProgramFailedToComplete",
    "UnbalancedInstruction",
    "LedgerBusy",
    "OutOfDomain",
];

/// A transaction that failed has changed nothing but its payer's lamports, and did not fail by the programs' own fault.
///
/// # Errors
///
/// The account that is different, or the error that confesses.
pub fn unchanged(fx: &Fixture, call: &Call, before: &EmbeddedChain, error: &ChainError) -> Result<(), Violation> {
    let program = error.refused().and_then(|refused| refused.program);
    let ours = program.is_some_and(|program| [vault::ID, strategy_router::ID, risk_oracle::ID].contains(&program));
    // What makes no sense, or is more than everything, may well be out of range.
    let honest =
        !matches!(call, Call::Foreign { .. } | Call::Withdraw { .. } | Call::Redeem { .. } | Call::RedeemRecall { .. });
    let confesses = ours && honest && CONFESSIONS.contains(&error.name().as_str());
    hold!("no program breaks its own invariants", !confesses, "{error}");
    let payer = fx.deployment.actors.payer.pubkey();
    let (was, is) = (accounts(before), accounts(&fx.chain));
    hold!(
        "a failed transaction changes nothing",
        was.len() == is.len(),
        "{error}: {} accounts, then {}",
        was.len(),
        is.len()
    );
    for ((key, old), (same, new)) in was.iter().zip(&is) {
        let data_same = key == same && old.data() == new.data() && old.owner() == new.owner();
        let lamports_same = *key == payer || old.lamports() == new.lamports();
        hold!(
            "a failed transaction changes nothing",
            data_same && lamports_same,
            "{error}: account {key} is different"
        );
    }
    Ok(())
}

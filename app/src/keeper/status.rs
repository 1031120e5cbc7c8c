//! How a keeper stands: what its journal says, and what the chain says.

use serde::Serialize;

use super::desk::named;
use super::executor::SPENDING_WINDOW;
use super::journal::{CycleRecord, JournalError, Records, Spending};
use super::plan::Plan;
use super::watch::{Watched, World};
use super::{Action, Urgency};
use crate::views::units::{Amount, When};

/// How a keeper stands.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The key that signs and pays.
    pub keeper: String,
    /// What it holds, lamports.
    pub wallet_lamports: u64,
    /// The chain's slot.
    pub slot: u64,
    /// The chain's time.
    pub now: When,
    /// What the journal says; none where there is no journal yet.
    pub journal: Option<JournalStatus>,
    /// The vaults that it keeps.
    pub vaults: Vec<VaultStatus>,
    /// What cannot be made sense of.
    pub problems: Vec<String>,
}

/// What the journal says.
#[derive(Clone, Debug, Serialize)]
pub struct JournalStatus {
    /// The file.
    pub path: String,
    /// The newest turn of the loop.
    pub last_cycle: Option<CycleRecord>,
    /// What was spent in the last hour, lamports.
    pub spent: Spending,
    /// What may be spent in an hour, lamports.
    pub limit_lamports: u64,
    /// Signatures whose outcome is not known.
    pub unsettled: Vec<UnsettledStatus>,
    /// Actions that are left alone for a while.
    pub parked: Vec<ParkedStatus>,
}

/// A signature whose outcome is not known.
#[derive(Clone, Debug, Serialize)]
pub struct UnsettledStatus {
    /// The signature.
    pub signature: String,
    /// What it does.
    pub actions: Vec<String>,
    /// When it was signed.
    pub signed: When,
    /// The last block height at which it can land.
    pub last_valid_height: u64,
}

/// An action that is left alone for a while.
#[derive(Clone, Debug, Serialize)]
pub struct ParkedStatus {
    /// Which action.
    pub action: String,
    /// The vault that it serves.
    pub vault: String,
    /// The last refusal's name.
    pub refusal: String,
    /// How often in a row it was refused.
    pub refusals: u32,
    /// When it is tried again.
    pub until: When,
}

/// One vault.
#[derive(Clone, Debug, Serialize)]
pub struct VaultStatus {
    /// Its address.
    pub vault: String,
    /// Whether the key is registered as its keeper and active: else it may do only what anybody may.
    pub registered: bool,
    /// Lines in use.
    pub lines: usize,
    /// Seconds since the line was valued that was valued longest ago; none where nothing is.
    pub oldest_valuation_seconds: Option<i64>,
    /// Beyond this age of a valuation nobody can enter or leave, seconds.
    pub valuation_limit_seconds: u32,
    /// Tickets that wait.
    pub tickets: u64,
    /// Pay promised to the key and not collected.
    pub owed: Amount,
    /// Pay that it has collected.
    pub paid: Amount,
    /// What it has lost in the vault's present epoch, of its budget.
    pub lost: Amount,
    /// What is due now.
    pub due: Vec<DueStatus>,
}

/// An action that is due.
#[derive(Clone, Debug, Serialize)]
pub struct DueStatus {
    /// Which action.
    pub action: String,
    /// How much it matters.
    pub urgency: Urgency,
    /// Why.
    pub reason: String,
}

impl Status {
    /// Puts together what was read.
    ///
    /// # Errors
    ///
    /// Those of the journal.
    pub fn new(
        world: &World,
        plan: &Plan,
        records: Option<&Records>,
        limit_lamports: u64,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            keeper: world.keeper.to_string(),
            wallet_lamports: world.lamports,
            slot: world.slot,
            now: When::new(world.now),
            journal: records.map(|records| JournalStatus::new(records, world.now, limit_lamports)).transpose()?,
            vaults: world.vaults.iter().map(|watched| VaultStatus::new(watched, world.now, &plan.actions)).collect(),
            problems: world.problems.iter().map(|(key, problem)| named(key, problem)).collect(),
        })
    }
}

impl JournalStatus {
    fn new(records: &Records, now: i64, limit_lamports: u64) -> Result<Self, JournalError> {
        let unsettled = records.unsettled()?.into_iter().map(|one| UnsettledStatus {
            signature: one.recorded.signature().to_string(),
            actions: one.works.iter().map(|work| work.key.to_string()).collect(),
            signed: When::new(one.signed_at),
            last_valid_height: one.recorded.last_valid_height(),
        });
        let parked = records.parked(now)?.into_iter().map(|park| ParkedStatus {
            action: park.key.to_string(),
            vault: park.vault.to_string(),
            refusal: park.name,
            refusals: park.refusals,
            until: When::new(park.until),
        });
        Ok(Self {
            path: records.path().display().to_string(),
            last_cycle: records.last_cycle()?,
            spent: records.spending(now - SPENDING_WINDOW)?,
            limit_lamports,
            unsettled: unsettled.collect(),
            parked: parked.collect(),
        })
    }
}

impl VaultStatus {
    fn new(watched: &Watched, now: i64, actions: &[Action]) -> Self {
        let ledger = &watched.ledger;
        let decimals = ledger.base_decimals;
        let keeper = watched.keeper.as_ref();
        let valued = ledger.lines.iter().filter(|line| line.is_valued()).map(|line| line.valued_at);
        let due = actions.iter().filter(|action| action.vault == watched.key()).map(|action| DueStatus {
            action: action.key().to_string(),
            urgency: action.urgency,
            reason: action.reason.clone(),
        });
        // A loss of an earlier epoch does not count any more.
        let this_epoch = keeper.filter(|keeper| keeper.epoch_start == ledger.epoch.start);
        Self {
            vault: watched.key().to_string(),
            registered: keeper.is_some_and(|keeper| keeper.active == 1),
            lines: ledger.lines.iter().filter(|line| line.is_used()).count(),
            oldest_valuation_seconds: valued.min().map(|oldest| now.saturating_sub(oldest).max(0)),
            valuation_limit_seconds: ledger.limits.max_valuation_age,
            tickets: watched.vault.ticket_tail.saturating_sub(watched.vault.ticket_head),
            owed: Amount::new(keeper.map_or(0, |keeper| keeper.owed), decimals),
            paid: Amount::new(keeper.map_or(0, |keeper| keeper.paid), decimals),
            lost: Amount::new(this_epoch.map_or(0, |keeper| keeper.loss_used), decimals),
            due: due.collect(),
        }
    }
}

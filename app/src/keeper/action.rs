//! What a keeper can do, and one thing that it means to do.

use std::fmt;
use std::str::FromStr;

use anchor_lang::prelude::Pubkey;
use serde::{Deserialize, Serialize};

/// What a keeper can do. The order is that in which actions of one vault run: what others build on comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Brings a newer price to a feed.
    UpdateFeed,
    /// Values a line.
    Refresh,
    /// Has a vault's book observe its feeds.
    Observe,
    /// Reports to a vault's book what lies where.
    Report,
    /// Revalues what was reported in the book's scenarios.
    Stress,
    /// Solves a contagion network that books follow.
    Solve,
    /// Has a vault's book take over the damages of the network that it follows.
    Sync,
    /// Takes down a line whose status, bounds, feed, venue or book call for it; may earn a bounty.
    Derisk,
    /// Moves a line as the policy says, for the vault's pay.
    Rebalance,
    /// Demands cash for the overdue ticket at the head of the queue.
    Demand,
    /// Brings money back for an overdue ticket.
    RecallOverdue,
    /// Brings money back that the ticket queue lacks.
    RecallForQueue,
    /// Pays tickets.
    Fill,
    /// Adopts what lies untracked in a line's accounts.
    Harvest,
    /// Adopts cash that lies untracked.
    HarvestCash,
    /// Charges fees.
    Crystallise,
    /// Mints accrued fee shares to their recipient.
    CollectFees,
    /// Collects the keeper's own pay.
    CollectPay,
    /// Closes a change of the queue that nothing can come of any more.
    CloseChange,
}

impl ActionKind {
    /// Every kind, in the order in which they run.
    pub const ALL: [Self; 19] = [
        Self::UpdateFeed,
        Self::Refresh,
        Self::Observe,
        Self::Report,
        Self::Stress,
        Self::Solve,
        Self::Sync,
        Self::Derisk,
        Self::Rebalance,
        Self::Demand,
        Self::RecallOverdue,
        Self::RecallForQueue,
        Self::Fill,
        Self::Harvest,
        Self::HarvestCash,
        Self::Crystallise,
        Self::CollectFees,
        Self::CollectPay,
        Self::CloseChange,
    ];

    /// The name in configurations, journals, metrics and logs, such as `recall-overdue`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UpdateFeed => "update-feed",
            Self::Refresh => "refresh",
            Self::Observe => "observe",
            Self::Report => "report",
            Self::Stress => "stress",
            Self::Solve => "solve",
            Self::Sync => "sync",
            Self::Derisk => "derisk",
            Self::Rebalance => "rebalance",
            Self::Demand => "demand",
            Self::RecallOverdue => "recall-overdue",
            Self::RecallForQueue => "recall-for-queue",
            Self::Fill => "fill",
            Self::Harvest => "harvest",
            Self::HarvestCash => "harvest-cash",
            Self::Crystallise => "crystallise",
            Self::CollectFees => "collect-fees",
            Self::CollectPay => "collect-pay",
            Self::CloseChange => "close-change",
        }
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for ActionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|kind| kind.name()).collect();
            format!("'{text}' is no keeper action: use one of {}", known.join(", "))
        })
    }
}

/// How much an action matters. Where lamports or time are short the greater goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Housekeeping: nobody waits for it.
    Idle,
    /// Useful now, and as useful in an hour.
    Routine,
    /// Somebody will be refused or wait before long.
    Soon,
    /// Somebody is refused or waits now, or value is at risk.
    Urgent,
    /// A deadline has passed.
    Overdue,
}

/// Which action: two with the same key are the same work, whoever does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionKey {
    /// What is done.
    pub kind: ActionKind,
    /// To what: the feed of [`ActionKind::UpdateFeed`], the network of [`ActionKind::Solve`], the change of
    /// [`ActionKind::CloseChange`], else the vault.
    pub subject: Pubkey,
    /// The line's id, for what concerns one line.
    pub line: Option<u16>,
}

impl fmt::Display for ActionKey {
    /// `kind:subject` or `kind:subject:line`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.kind, self.subject)?;
        match self.line {
            Some(line) => write!(formatter, ":{line}"),
            None => Ok(()),
        }
    }
}

/// One thing that a keeper means to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The vault that it serves. A feed or a network may serve several: then the first that needs it.
    pub vault: Pubkey,
    /// What is done.
    pub kind: ActionKind,
    /// The line's id, for what concerns one line.
    pub line: Option<u16>,
    /// The feed of [`ActionKind::UpdateFeed`], the network of [`ActionKind::Solve`], the change of
    /// [`ActionKind::CloseChange`], the ticket at the head of [`ActionKind::Demand`].
    pub account: Option<Pubkey>,
    /// Base units to recall; tickets to walk through of [`ActionKind::Fill`]; else zero.
    pub amount: u64,
    /// How much it matters.
    pub urgency: Urgency,
    /// What the keeper gets for it, base units: the pay that the vault promises, or that is collected.
    pub expected_pay: u64,
    /// What its own transaction would cost, lamports, rent that does not come back included. What runs in front of it
    /// ([`Action::needs`]) is counted there.
    pub expected_cost: u64,
    /// What is left of the pay after the cost of the action and of what it alone needs, lamports at the prices of the
    /// plan, rounded down.
    pub profit: i64,
    /// Whether it is done whatever it pays.
    pub obligatory: bool,
    /// The value on the chain that this action, or another keeper's like it, moves on: once it is another, the action
    /// is done or void, and planning anew says what is left. A replay is refused or changes nothing.
    pub nonce: u64,
    /// What must have run before, of the same plan.
    pub needs: Vec<ActionKey>,
    /// Why, for logs: one short sentence.
    pub reason: String,
}

impl Action {
    /// Which action this is.
    pub fn key(&self) -> ActionKey {
        let subject = match self.kind {
            ActionKind::UpdateFeed | ActionKind::Solve | ActionKind::CloseChange => self.account.unwrap_or(self.vault),
            _ => self.vault,
        };
        ActionKey { kind: self.kind, subject, line: self.line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_name_everywhere() {
        for kind in ActionKind::ALL {
            assert_eq!(kind.name().parse::<ActionKind>(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), serde_json::Value::from(kind.name()));
        }
        let refused = "refill".parse::<ActionKind>().unwrap_err();
        assert!(refused.starts_with("'refill' is no keeper action: use one of update-feed, refresh,"), "{refused}");
    }

    #[test]
    fn a_key_names_feed_network_change_or_vault_and_line() {
        let [vault, feed] = [Pubkey::new_from_array([1; 32]), Pubkey::new_from_array([2; 32])];
        let action = |kind, line, account| Action {
            vault,
            kind,
            line,
            account,
            amount: 0,
            urgency: Urgency::Routine,
            expected_pay: 0,
            expected_cost: 0,
            profit: 0,
            obligatory: false,
            nonce: 0,
            needs: Vec::new(),
            reason: String::new(),
        };
        assert_eq!(action(ActionKind::UpdateFeed, None, Some(feed)).key().to_string(), format!("update-feed:{feed}"));
        assert_eq!(action(ActionKind::Solve, None, Some(feed)).key().to_string(), format!("solve:{feed}"));
        assert_eq!(action(ActionKind::Demand, None, Some(feed)).key().to_string(), format!("demand:{vault}"));
        assert_eq!(action(ActionKind::Refresh, Some(3), None).key().to_string(), format!("refresh:{vault}:3"));
    }
}

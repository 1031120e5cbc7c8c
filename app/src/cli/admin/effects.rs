//! What the receipt of an administrative transaction says, in words.

use crate::chain::Receipt;
use crate::decode::events::{Event, OracleEvent, RouterEvent, VaultEvent};
use crate::table::{row, Row};
use crate::views::units::{damage_bps, percent, When};
use anchor_lang::prelude::Pubkey;
use risk_oracle::events::ContagionSolved;

/// Rows for every event of roles, pauses, keepers and the change queue; other events are told by the review.
pub fn read(receipt: &Receipt) -> Vec<Row> {
    receipt.events().iter().flat_map(of_event).collect()
}

fn of_event(event: &Event) -> Vec<Row> {
    match event {
        Event::Vault(event) => of_vault(event),
        Event::Router(event) => of_router(event),
        Event::Oracle(event) => of_oracle(event),
    }
}

fn of_vault(event: &VaultEvent) -> Vec<Row> {
    match event {
        VaultEvent::ChangeProposed(it) => proposed(it.nonce, &it.change, it.ready_at, it.expires_at),
        VaultEvent::ChangeVetoed(it) => vec![row("Vetoed", it.change)],
        VaultEvent::ChangeApplied(it) => vec![row("Applied", it.change)],
        VaultEvent::PauseChanged(it) => {
            let what = if it.direction == 0 { "Deposits" } else { "Instant exits" };
            vec![paused(what, it.until > it.time, Some(it.until))]
        }
        VaultEvent::RoleChanged(it) => {
            let role = ["Owner", "Proposed owner", "Curator", "Guardian"].get(usize::from(it.role)).unwrap_or(&"Role");
            vec![row(*role, who(&it.current))]
        }
        VaultEvent::FeesSet(_) => vec![row("Fees", "in force")],
        VaultEvent::VaultLimitsSet(_) => vec![row("Limits", "in force")],
        VaultEvent::GateSet(it) if it.root == [0; 32] => vec![row("Gate", "open to everybody")],
        VaultEvent::GateSet(it) => vec![row("Gate root", hex::encode(it.root))],
        VaultEvent::LookupTableSet(it) => vec![row("Lookup table", who(&it.table))],
        VaultEvent::FeesCrystallised(it) if it.shares > 0 => {
            vec![row("Fee shares made", format!("{} share units", it.shares))]
        }
        _ => Vec::new(),
    }
}

fn of_router(event: &RouterEvent) -> Vec<Row> {
    match event {
        RouterEvent::ChangeProposed(it) => proposed(it.nonce, &it.change, it.ready_at, it.expires_at),
        RouterEvent::ChangeVetoed(it) => vec![row("Vetoed", it.change)],
        RouterEvent::ChangeApplied(it) => vec![row("Applied", it.change)],
        RouterEvent::PauseChanged(it) => vec![paused("New money", it.paused, None)],
        RouterEvent::RoleChanged(it) => vec![
            row("Owner", who(&it.owner)),
            row("Proposed owner", who(&it.pending_owner)),
            row("Curator", who(&it.curator)),
            row("Guardian", who(&it.guardian)),
        ],
        RouterEvent::KeeperChanged(it) => {
            vec![row("Keeper", format!("{} {}", it.keeper, if it.active { "active" } else { "inactive" }))]
        }
        RouterEvent::LimitsSet(it) => {
            vec![row("Policy", policy(it.policy)), row("Limits", "in force")]
        }
        RouterEvent::BoundsSet(it) => vec![row("Bounds", format!("of line {} in force", it.line))],
        RouterEvent::StatusSet(it) => {
            vec![row("Line", format!("{} {}", it.line, super::fields::status(it.status.into())))]
        }
        RouterEvent::VenueApproved(it) => vec![row("Venue", format!("of line {} approved", it.line))],
        RouterEvent::StrategyRemoved(it) => vec![row("Line", format!("{} removed", it.line))],
        RouterEvent::WithdrawOrderSet(_) => vec![row("Withdraw order", "in force")],
        _ => Vec::new(),
    }
}

fn of_oracle(event: &OracleEvent) -> Vec<Row> {
    match event {
        OracleEvent::ChangeProposed(it) => proposed(it.nonce, &it.change, it.ready_at, it.expires_at),
        OracleEvent::ChangeVetoed(it) => vec![row("Vetoed", it.change)],
        OracleEvent::ChangeApplied(it) => vec![row("Applied", it.change)],
        OracleEvent::RoleChanged(it) => vec![row("Role", format!("{:?} {}", it.change, who(&it.key)))],
        OracleEvent::FeedParamsSet(_) => vec![row("Parameters", "in force")],
        OracleEvent::ModelSet(it) => vec![row("Model", format!("in force, refit {}", it.refits))],
        OracleEvent::RiskLimitSet(it) => vec![row("Risk", format!("{} in force", it.index))],
        OracleEvent::NetworkCreated(it) => vec![row("Network", it.network)],
        OracleEvent::NetworkParamsSet(_) => vec![row("Parameters", "in force")],
        OracleEvent::ProtocolSet(it) => vec![row("Protocol", format!("{} in force", it.index))],
        OracleEvent::EdgeCapSet(it) => {
            vec![row("Edge", format!("{} to {}, cap of {} bps in force", it.protocol, it.counterparty, it.cap_bps))]
        }
        OracleEvent::PosterSet(it) => vec![row("Poster", format!("{} {}", it.place, who(&it.key)))],
        OracleEvent::NetworkSet(it) if it.network == Pubkey::default() => vec![row("Network", "none")],
        OracleEvent::NetworkSet(it) => vec![row("Network", it.network)],
        OracleEvent::ContagionSolved(it) => solved(it),
        OracleEvent::LineRiskSet(it) => vec![row("Line", format!("{}'s risks and caps in force", it.line))],
        OracleEvent::AssetSet(it) => vec![row("Asset", format!("{} {}", it.index, who(&it.feed)))],
        OracleEvent::LineModelSet(it) => vec![row("Line", format!("{}'s model in force", it.line))],
        OracleEvent::RiskParamsSet(_) => vec![row("Risk limits", "in force")],
        OracleEvent::ScenarioSet(it) => vec![row("Scenario", format!("{} in force", it.index))],
        _ => Vec::new(),
    }
}

/// Every protocol's damage, by its row.
fn solved(event: &ContagionSolved) -> Vec<Row> {
    let part = |damage: &u32| percent(damage_bps(*damage));
    let damages = event.damage.iter().zip(&event.initial).enumerate();
    let told = damages.map(|(index, (all, own))| {
        row(format!("Protocol {index}"), format!("damage {}, by itself {}", part(all), part(own)))
    });
    let unproven =
        (!event.converged).then(|| row("Proof", "failed: all that a damaged protocol reaches counts as lost"));
    told.chain(unproven).collect()
}

fn proposed(number: u64, change: &Pubkey, ready_at: i64, expires_at: i64) -> Vec<Row> {
    vec![
        row("Change", number),
        row("Change address", change),
        row("Can be applied from", When::new(ready_at).utc),
        row("Can be applied until", When::new(expires_at).utc),
    ]
}

fn paused(what: &str, paused: bool, until: Option<i64>) -> Row {
    let until = until.map(|until| format!(" until {}", When::new(until).utc)).unwrap_or_default();
    row(what, if paused { format!("paused{until}") } else { "open".to_owned() })
}

/// An address, or nobody for the zero key.
pub fn who(key: &Pubkey) -> String {
    if *key == Pubkey::default() {
        "nobody".to_owned()
    } else {
        key.to_string()
    }
}

/// A policy by its number.
pub fn policy(number: u8) -> &'static str {
    match number {
        0 => "bands",
        1 => "water-filling",
        2 => "inverse-variance",
        _ => "unknown",
    }
}

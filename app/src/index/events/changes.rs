//! Events that tell what a role decided.

use anchor_lang::prelude::Pubkey;
use gimbal_control::Direction;
use serde_json::{json, Value};

use crate::decode::events::{Event, OracleEvent, RouterEvent, VaultEvent};
use crate::index::rows::{Change, Place};
use crate::views::units::label_text;

/// Who decided, where the event says, and what.
type Told = (Option<Pubkey>, Value);

pub(super) fn entry(event: &Event, place: &Place) -> Option<Change> {
    let (program, told) = match event {
        Event::Vault(event) => ("vault", of_vault(event)),
        Event::Router(event) => ("strategy-router", of_router(event)),
        Event::Oracle(event) => ("risk-oracle", of_oracle(event)),
    };
    let (authority, details) = told?;
    let (program, kind) = (program.to_owned(), event.name().to_owned());
    Some(Change { place: place.clone(), program, kind, authority, details: details.to_string() })
}

/// The same three events of every program's queue.
macro_rules! queued {
    (proposed $it:expr) => {
        Some((
            None,
            json!({
                "change": $it.change.to_string(),
                "nonce": $it.nonce,
                "ready_at": $it.ready_at,
                "expires_at": $it.expires_at,
                "data": hex::encode(&$it.data),
            }),
        ))
    };
    (vetoed $it:expr) => {
        Some((Some($it.by), json!({ "change": $it.change.to_string() })))
    };
    (applied $it:expr) => {
        Some((None, json!({ "change": $it.change.to_string() })))
    };
}

fn of_vault(event: &VaultEvent) -> Option<Told> {
    match event {
        VaultEvent::VaultInitialized(it) => Some((
            Some(it.creator),
            json!({ "index": it.index, "base_mint": it.base_mint.to_string(), "min_first_deposit": it.min_first_deposit }),
        )),
        VaultEvent::RoleChanged(it) => Some((
            None,
            json!({ "role": it.role, "previous": it.previous.to_string(), "current": it.current.to_string() }),
        )),
        VaultEvent::PauseChanged(it) => {
            Some((Some(it.authority), json!({ "direction": it.direction, "until": it.until })))
        }
        VaultEvent::FeesSet(it) => Some((
            None,
            json!({
                "recipient": it.fees.recipient.to_string(),
                "management_bps": it.fees.management_bps,
                "performance_bps": it.fees.performance_bps,
                "entry_bps": it.fees.entry_bps,
                "exit_bps": it.fees.exit_bps,
            }),
        )),
        VaultEvent::VaultLimitsSet(it) => Some((
            None,
            json!({
                "deposit_cap": it.limits.deposit_cap,
                "min_ticket": it.limits.min_ticket,
                "ticket_deadline": it.limits.ticket_deadline,
                "ticket_min_age": it.limits.ticket_min_age,
                "outflow_bps": it.limits.outflow_bps,
                "speed_up_bps": it.limits.speed_up_bps,
                "speed_down_bps": it.limits.speed_down_bps,
            }),
        )),
        VaultEvent::GateSet(it) => Some((Some(it.authority), json!({ "root": hex::encode(it.root) }))),
        VaultEvent::LookupTableSet(it) => Some((Some(it.authority), json!({ "table": it.table.to_string() }))),
        VaultEvent::Admitted(it) => Some((None, json!({ "wallet": it.wallet.to_string() }))),
        VaultEvent::ChangeProposed(it) => queued!(proposed it),
        VaultEvent::ChangeVetoed(it) => queued!(vetoed it),
        VaultEvent::ChangeApplied(it) => queued!(applied it),
        _ => None,
    }
}

fn of_router(event: &RouterEvent) -> Option<Told> {
    match event {
        RouterEvent::LedgerInitialized(it) => Some((Some(it.owner), json!({}))),
        RouterEvent::BookOpened(it) => Some((None, json!({ "book": it.book.to_string() }))),
        RouterEvent::LimitsSet(it) => Some((
            Some(it.by),
            json!({
                "policy": it.policy,
                "max_valuation_age": it.max_valuation_age,
                "epoch": it.epoch,
                "min_cash_bps": it.min_cash_bps,
                "loss_budget_bps": it.loss_budget_bps,
                "keeper_loss_budget_bps": it.keeper_loss_budget_bps,
                "keeper_pay": it.keeper_pay,
                "keeper_pay_budget": it.keeper_pay_budget,
                "target_volatility_bps": it.target_volatility_bps,
                "bounty_bps": it.bounty_bps,
                "bounty_budget": it.bounty_budget,
            }),
        )),
        RouterEvent::StrategyAdded(it) => Some((
            None,
            json!({ "line": it.line, "adapter": it.adapter, "swapped": it.swapped, "program": it.program.to_string() }),
        )),
        RouterEvent::BoundsSet(it) => Some((
            Some(it.by),
            json!({
                "line": it.line,
                "min_bps": it.min_bps,
                "target_bps": it.target_bps,
                "max_bps": it.max_bps,
                "band_bps": it.band_bps,
                "cooldown": it.cooldown,
                "cap": it.cap,
                "widen_rate": it.widen_rate,
                "max_slippage_bps": it.max_slippage_bps,
                "haircut_bps": it.haircut_bps,
                "max_venue_age": it.max_venue_age,
            }),
        )),
        RouterEvent::StatusSet(it) => Some((Some(it.by), json!({ "line": it.line, "status": it.status }))),
        RouterEvent::VenueApproved(it) => Some((
            None,
            json!({ "line": it.line, "slot": it.program_data_slot, "authority": it.upgrade_authority.to_string() }),
        )),
        RouterEvent::StrategyRemoved(it) => Some((None, json!({ "line": it.line }))),
        RouterEvent::KeeperChanged(it) => {
            Some((Some(it.by), json!({ "keeper": it.keeper.to_string(), "active": it.active })))
        }
        RouterEvent::RoleChanged(it) => Some((
            Some(it.by),
            json!({
                "owner": it.owner.to_string(),
                "pending_owner": it.pending_owner.to_string(),
                "curator": it.curator.to_string(),
                "guardian": it.guardian.to_string(),
            }),
        )),
        RouterEvent::PauseChanged(it) => {
            Some((Some(it.by), json!({ "direction": direction(it.direction), "paused": it.paused })))
        }
        RouterEvent::WithdrawOrderSet(it) => Some((Some(it.by), json!({ "lines": it.lines }))),
        RouterEvent::ChangeProposed(it) => queued!(proposed it),
        RouterEvent::ChangeVetoed(it) => queued!(vetoed it),
        RouterEvent::ChangeApplied(it) => queued!(applied it),
        _ => None,
    }
}

fn of_oracle(event: &OracleEvent) -> Option<Told> {
    match event {
        OracleEvent::RiskLimitSet(it) => {
            let label = label_text(&it.label);
            Some((Some(it.by), json!({ "index": it.index, "label": label, "cap_bps": it.cap_bps, "cap": it.cap })))
        }
        OracleEvent::LineRiskSet(it) => {
            Some((Some(it.by), json!({ "line": it.line, "risks": it.risks, "cap_bps": it.cap_bps, "cap": it.cap })))
        }
        OracleEvent::AssetSet(it) => Some((None, json!({ "index": it.index, "feed": it.feed.to_string() }))),
        OracleEvent::LineModelSet(it) => Some((
            Some(it.by),
            json!({ "line": it.line, "asset": it.asset, "protocol": it.protocol, "scaled": it.scaled }),
        )),
        OracleEvent::RiskParamsSet(it) => Some((Some(it.by), json!({ "params": format!("{:?}", it.params) }))),
        OracleEvent::ScenarioSet(it) => {
            let label = label_text(&it.scenario.label);
            let shocks = it.scenario.shocks_bps;
            Some((Some(it.by), json!({ "index": it.index, "label": label, "shocks_bps": shocks })))
        }
        OracleEvent::RegimeChanged(it) => Some((None, json!({ "from": it.from, "to": it.to, "reasons": it.reasons }))),
        OracleEvent::NetworkSet(it) => Some((None, json!({ "network": it.network.to_string() }))),
        OracleEvent::ProtocolSet(it) => {
            let label = label_text(&it.label);
            let scores = it.scores.stored();
            Some((Some(it.by), json!({ "index": it.index, "label": label, "scores": scores, "loss_bps": it.loss_bps })))
        }
        OracleEvent::EdgeCapSet(it) => Some((
            Some(it.by),
            json!({ "protocol": it.protocol, "counterparty": it.counterparty, "cap_bps": it.cap_bps }),
        )),
        OracleEvent::PosterSet(it) => Some((Some(it.by), json!({ "place": it.place, "key": it.key.to_string() }))),
        OracleEvent::RoleChanged(it) => Some((Some(it.by), json!({ "key": it.key.to_string() }))),
        OracleEvent::ChangeProposed(it) => queued!(proposed it),
        OracleEvent::ChangeVetoed(it) => queued!(vetoed it),
        OracleEvent::ChangeApplied(it) => queued!(applied it),
        _ => None,
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Deposits => "deposits",
        Direction::InstantExits => "instant exits",
        Direction::NewMoney => "new money",
    }
}

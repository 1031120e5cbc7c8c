//! What owner, curator and guardian do, or somebody in their place.

use gimbal::gate::List;
use gimbal::instructions::{oracle, router};
use gimbal_control::Direction;
use risk_oracle::{SetLineRiskArgs, NO_RISK};
use strategy_router::{LimitsArgs, LineParams};
use vault::FeesArgs;

use super::{World, HOLDERS};
use crate::property::action::Action;
use crate::property::checks::{Call, Violation};
use crate::Signer;

/// The direction with this number.
pub(super) fn direction(number: u64) -> Direction {
    match number % 3 {
        0 => Direction::Deposits,
        1 => Direction::InstantExits,
        _ => Direction::NewMoney,
    }
}

impl World {
    /// The list of the first `count` holders.
    pub(super) fn list(&self, count: u64) -> List {
        let wallets = self.users.iter().take(count.min(HOLDERS as u64) as usize).map(crate::User::pubkey);
        List::new(&self.fx.deployment.vault.addresses.vault, wallets)
    }

    /// Runs what those in power do; false for any other action.
    pub(super) fn run_admin(&mut self, action: &Action) -> Result<bool, Violation> {
        let deployment = &self.fx.deployment;
        let (vault, ledger) = (deployment.vault, deployment.vault.addresses.ledger);
        let instruction = match *action {
            Action::Bounds { line, target, by } => {
                let (place, seen) = (self.place(line), self.look());
                let row = seen.row(place);
                let target = (target % 10_001) as u16;
                let params = LineParams {
                    min_bps: row.min_bps.min(target),
                    target_bps: target,
                    max_bps: target.saturating_mul(2).min(10_000),
                    ..LineParams::of(row)
                };
                router::set_bounds(&self.role(by), &ledger, row.id, params)
            }
            Action::Status { line, status, by } => {
                let id = self.fx.deployment.lines[self.place(line)].addresses.id;
                router::set_status(&self.role(by), &ledger, id, (status % 5) as u8)
            }
            Action::Policy { policy, by } => router::set_policy(&self.role(by), &ledger, (policy % 3) as u8),
            Action::Limits { age, cash, by } => {
                let limits = LimitsArgs {
                    max_valuation_age: u32::try_from(age).unwrap_or(u32::MAX),
                    min_cash_bps: u16::try_from(cash).unwrap_or(u16::MAX),
                    ..deployment.plan.limits
                };
                router::set_limits(&self.role(by), &ledger, limits)
            }
            Action::Approve { line, by } => self.approve(self.place(line), &self.role(by)),
            Action::KeeperActive { keeper, active, by } => {
                let key = deployment.actors.keepers[self.keeper(keeper)].pubkey();
                router::set_keeper_active(&self.role(by), &ledger, &key, active % 2 == 1)
            }
            Action::LineRisk { line, cap, by } => {
                let id = deployment.lines[self.place(line)].addresses.id;
                let cap_bps = (cap % 10_001) as u16;
                let args = SetLineRiskArgs { line: id, risks: [NO_RISK; 4], cap_bps, cap: u64::MAX };
                oracle::set_line_risk(&self.role(by), &vault.addresses.book, args)
            }
            Action::RiskParams { value, by } => {
                // Odd ones as they are drawn, which mostly must wait; even ones only as far as they tighten.
                let drawn = super::engine::params_of(value >> 1);
                let params = match value % 2 {
                    0 => super::engine::tighter(&self.look().book.params, &drawn),
                    _ => drawn,
                };
                oracle::set_risk_params(&self.role(by), &vault.addresses.book, params)
            }
            Action::Pause { direction: number, by } => match direction(number) {
                Direction::NewMoney => router::pause(&self.role(by), &ledger, Direction::NewMoney),
                direction => vault.pause(&self.role(by), direction),
            },
            Action::Lift { direction: number, by } => match direction(number) {
                Direction::NewMoney => router::lift(&self.role(by), &ledger, Direction::NewMoney),
                direction => vault.lift(&self.role(by), direction),
            },
            Action::Order { first, by } => {
                let count = deployment.lines.len() as u64;
                let ids: Vec<u16> = (0..count).map(|place| ((first + place) % count + 1) as u16).collect();
                router::set_withdraw_order(&self.role(by), &ledger, &ids)
            }
            Action::Fees { value, by } => {
                // Odd ones as they are drawn, which mostly must wait; even ones only as far as they are lower.
                let (drawn, now) = (self.fees_of(value >> 1), self.look().vault.fees.args());
                let fees = match value % 2 {
                    0 => FeesArgs {
                        recipient: now.recipient,
                        management_bps: drawn.management_bps.min(now.management_bps),
                        performance_bps: drawn.performance_bps.min(now.performance_bps),
                        entry_bps: drawn.entry_bps.min(now.entry_bps),
                        exit_bps: drawn.exit_bps.min(now.exit_bps),
                    },
                    _ => drawn,
                };
                vault.set_fees(&self.role(by), fees)
            }
            Action::VaultLimits { value, by } => vault.set_limits(&self.role(by), self.limits_of(value)),
            Action::Gate { count, by } => {
                let root = self.list(count).root().unwrap_or_default();
                let set = vault.set_gate(&self.role(by), root);
                if self.transact(Call::Admin { waited: None }, &[set])? {
                    self.listed = count;
                }
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.transact(Call::Admin { waited: None }, &[instruction])?;
        Ok(true)
    }
}

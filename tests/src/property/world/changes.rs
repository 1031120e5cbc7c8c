//! What the owner can only do after a wait, and who can stop it.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::{oracle, router};
use risk_oracle::{SetLineRiskArgs, NO_RISK};
use solana_instruction::Instruction;
use strategy_router::{LimitsArgs, LineParams};
use vault::{FeesArgs, VaultLimitsArgs};

use super::World;
use crate::property::action::Action;
use crate::property::checks::{Call, Violation};
use crate::{Signer, DAY, USDC};

/// A proposed change.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// Whose queue it waits in.
    queue: Queue,
    nonce: u64,
    /// What waits.
    guarded: Instruction,
    /// Since when, Unix seconds.
    at: i64,
    /// How long it must wait, seconds.
    wait: i64,
}

impl World {
    /// Runs what concerns the queue of changes; false for any other action.
    pub(super) fn run_change(&mut self, action: &Action) -> Result<bool, Violation> {
        match *action {
            Action::Propose { kind, value, by } => self.propose(kind, value, by)?,
            Action::Apply { nth } => self.apply(nth)?,
            Action::Veto { nth, by } => self.veto(nth, by)?,
            Action::CloseChange { nth } => self.close_change(nth)?,
            _ => return Ok(false),
        };
        Ok(true)
    }

    /// Fees by the digits of a number.
    pub(super) fn fees_of(&self, value: u64) -> FeesArgs {
        let digit = |place: u32, most: u64| ((value >> (4 * place)) % 16 * most / 15) as u16;
        FeesArgs {
            recipient: self.users[super::MANAGER].pubkey(),
            management_bps: digit(0, 500),
            performance_bps: digit(1, 3_000),
            entry_bps: digit(2, 100),
            exit_bps: digit(3, 100),
        }
    }

    /// The vault's limits by the digits of a number.
    pub(super) fn limits_of(&self, value: u64) -> VaultLimitsArgs {
        let digit = |place: u32| (value >> (4 * place)) % 16;
        let or_none = |limit: u64, least: u16| if limit == 0 { 0 } else { least + (limit * 300) as u16 };
        VaultLimitsArgs {
            deposit_cap: digit(0) * 500_000 * USDC,
            min_ticket: digit(1) * USDC,
            ticket_deadline: 3_600 * (1 + digit(2) * 4) as u32,
            ticket_min_age: (digit(3) * 60) as u32,
            outflow_bps: or_none(digit(4), 500),
            speed_up_bps: or_none(digit(5), 50),
            speed_down_bps: or_none(digit(6), 50),
        }
    }

    /// What a change of a kind sets, and how long it must wait.
    fn guarded(&mut self, kind: u64, value: u64, by: u64) -> (Queue, Instruction, Vec<AccountMeta>, i64) {
        let (seen, signer, place) = (self.look(), self.role(by), self.place(value));
        let deployment = &self.fx.deployment;
        let addresses = deployment.vault.addresses;
        let (vault, ledger) = (Queue::Vault(addresses.vault), Queue::Ledger(addresses.ledger));
        let (line, row) = (&deployment.lines[place], seen.row(place));
        let usual = 2 * DAY as i64;
        let book = Queue::Oracle(addresses.book);
        let (queue, instruction, wait) = match kind % 12 {
            0 => {
                let wait = 2 * i64::from(seen.vault.limits.deadline()) + DAY as i64;
                (vault, deployment.vault.set_fees(&signer, self.fees_of(value)), wait.max(usual))
            }
            1 => (vault, deployment.vault.set_limits(&signer, self.limits_of(value)), usual),
            2 => {
                let limits = LimitsArgs {
                    max_valuation_age: 60 + (value % 7_200) as u32,
                    loss_budget_bps: (value % 500) as u16,
                    keeper_loss_budget_bps: (value % 500 / 2) as u16,
                    ..deployment.plan.limits
                };
                (ledger, router::set_limits(&signer, &addresses.ledger, limits), usual)
            }
            3 => {
                let params = LineParams { cap: row.cap.saturating_mul(2), ..LineParams::of(row) };
                (ledger, router::set_bounds(&signer, &addresses.ledger, row.id, params), usual)
            }
            4..=5 => (ledger, router::set_status(&signer, &addresses.ledger, row.id, 1), usual),
            6 => (ledger, self.approve(place, &signer), usual),
            7 => {
                let args = SetLineRiskArgs { line: row.id, risks: [NO_RISK; 4], cap_bps: 10_000, cap: u64::MAX };
                (book, oracle::set_line_risk(&signer, &addresses.book, args), usual)
            }
            9 => {
                let params = super::engine::params_of(value);
                (book, oracle::set_risk_params(&signer, &addresses.book, params), usual)
            }
            10 => {
                let args = super::engine::scenario_of(value);
                (book, oracle::set_scenario(&signer, &addresses.book, args), usual)
            }
            11 => {
                let args = super::engine::model_of(row, value);
                (book, oracle::set_line_model(&signer, &addresses.book, args), usual)
            }
            _ => (vault, deployment.vault.set_guardian(&signer, &self.key((value % 5) as usize)), usual),
        };
        let remaining = match kind % 12 {
            6 => vec![AccountMeta::new_readonly(line.addresses.venue, false)],
            _ => Vec::new(),
        };
        (queue, instruction, remaining, wait)
    }

    fn propose(&mut self, kind: u64, value: u64, by: u64) -> Result<bool, Violation> {
        let (queue, guarded, remaining, wait) = self.guarded(kind, value, by);
        let seen = self.look();
        let nonce = match queue {
            Queue::Vault(_) => seen.vault.change_nonce,
            Queue::Ledger(_) => seen.ledger.change_nonce,
            Queue::Oracle(book) => self.fx.read::<risk_oracle::Book>(&book).change_nonce,
        };
        let (signer, payer) = (self.role(by), self.fx.deployment.actors.payer.pubkey());
        let instruction = queue.propose(&signer, &payer, nonce, &guarded, remaining);
        let done = self.transact(Call::Admin { waited: None }, &[instruction])?;
        if done {
            self.changes.push(Proposed { queue, nonce, guarded, at: seen.now, wait });
        }
        Ok(done)
    }

    fn change(&self, nth: u64) -> Option<Proposed> {
        self.changes.get((nth % self.changes.len().max(1) as u64) as usize).cloned()
    }

    fn apply(&mut self, nth: u64) -> Result<bool, Violation> {
        let Some(change) = self.change(nth) else { return Ok(false) };
        let now = self.look().now;
        let instruction = presenting(change.guarded.clone(), &change.queue.change(change.nonce));
        // One that has not waited long enough may still tighten, or come before anybody's money depends on it.
        let waited = Some(now - change.at).filter(|waited| *waited >= change.wait);
        self.transact(Call::Admin { waited }, &[instruction])
    }

    fn veto(&mut self, nth: u64, by: u64) -> Result<bool, Violation> {
        let Some(change) = self.change(nth) else { return Ok(false) };
        let instruction = change.queue.veto(&self.role(by), change.nonce);
        self.transact(Call::Admin { waited: None }, &[instruction])
    }

    fn close_change(&mut self, nth: u64) -> Result<bool, Violation> {
        let Some(change) = self.change(nth) else { return Ok(false) };
        let payer = self.fx.deployment.actors.payer.pubkey();
        self.transact(Call::Admin { waited: None }, &[change.queue.close(&payer, change.nonce)])
    }

    /// The approval of what a line's venue runs now.
    pub(super) fn approve(&self, place: usize, signer: &Pubkey) -> Instruction {
        let deployment = &self.fx.deployment;
        let line = &deployment.lines[place].context;
        let slots = router::CodeSlots::read(&self.fx.chain, line).expect("programs keep their code");
        router::approve_venue(signer, &deployment.vault.addresses.ledger, line, slots)
    }
}

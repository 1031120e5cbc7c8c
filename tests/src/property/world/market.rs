//! What nobody in the house decides: time, prices, markets and what befalls them.

use gimbal::instructions::{lending, token};
use gimbal_venue_wire::klend::{layout, ReserveMut, ReserveView};
use hostile_venue::Trick;
use lending_venue::{state::Borrowers, Cap, ReserveConfig, SetMarketArgs, WriteOffArgs};
use solana_instruction::Instruction;

use super::{part_of, World};
use crate::property::action::{Action, WHOLE};
use crate::property::checks::{Call, Violation};
use crate::{Asset, Chain, Signer, DAY};

/// What the thief may do, fair play more often than not.
const TRICKS: [Trick; 16] = [
    Trick::Honest,
    Trick::Honest,
    Trick::Honest,
    Trick::Honest,
    Trick::Honest,
    Trick::KeepTheMoney,
    Trick::TakeMore,
    Trick::Approve,
    Trick::SetCloseAuthority,
    Trick::ApproveReceipts,
    Trick::ReEnter,
    Trick::KeepTheReceipts,
    Trick::Shave,
    Trick::Shave,
    Trick::SetOwner,
    Trick::ApproveSupply,
];

/// Price units of one dollar at exponent −8, per basis point of par.
const BASIS_POINT: i64 = 10_000;

impl World {
    /// Runs what happens outside the house; false for any other action.
    pub(in crate::property) fn run_market(&mut self, action: &Action) -> Result<bool, Violation> {
        match *action {
            Action::Warp { seconds } => self.outside(|fx| fx.warp(seconds)),
            Action::Slots { slots } => self.slots(slots),
            Action::Price { asset, bps } => drop(self.price(asset, bps)?),
            Action::Pool { bps } => drop(self.pool(bps)?),
            Action::Borrow { line, part } => drop(self.borrow(line, part)?),
            Action::Repay { line, part } => drop(self.repay(line, part)?),
            Action::WriteOff { line, part } => drop(self.write_off(line, part)?),
            Action::Emergency { line, on } => drop(self.emergency(line, on)?),
            Action::VenueCap { line, units } => drop(self.venue_cap(line, units)?),
            Action::Trick { number } => self.trick(number),
            Action::Upgrade { slot } => self.upgrade(slot),
            Action::DonateReceipts { line, tokens } => drop(self.donate_receipts(line, tokens)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(in crate::property) fn slots(&mut self, slots: u64) {
        self.outside(|fx| crate::Sandbox::advance_slots(&mut fx.chain, slots)).expect("a time that the clock holds");
    }

    fn price(&mut self, asset: u64, bps: u64) -> Result<bool, Violation> {
        let which = if asset.is_multiple_of(2) { Asset::Base } else { Asset::Token };
        let bps = i64::try_from(bps.clamp(9_500, 10_500)).expect("a small number");
        self.fx.deployment.set_price(which, bps * BASIS_POINT);
        self.update(asset)
    }

    fn pool(&mut self, bps: u64) -> Result<bool, Violation> {
        let deployment = &self.fx.deployment;
        let Some(pool) = deployment.lines.iter().find_map(|line| line.pool) else { return Ok(false) };
        let price = bps.clamp(9_000, 11_000);
        let sqrt_price = pool.context.sqrt_price(&deployment.token.key, price, WHOLE);
        self.transact(Call::Outside, &[pool.context.rebase(sqrt_price)])
    }

    fn play(
        &mut self,
        place: usize,
        move_loan: impl FnOnce(&lending::ReserveContext) -> Instruction,
    ) -> Result<bool, Violation> {
        let reserve = self.fx.deployment.lines[place].reserve;
        self.transact(Call::Outside, &[reserve.refresh(), move_loan(&reserve)])
    }

    fn reserve_amounts(&self, place: usize) -> (u64, u64) {
        let reserve = self.fx.deployment.lines[place].reserve.addresses.reserve;
        let data = self.fx.chain.svm().account_data(&reserve).expect("a reserve");
        let view = ReserveView::parse(data).expect("a reserve");
        let borrowed = view.borrowed_amount_sf() >> gimbal_venue_wire::klend::FRACTION_BITS;
        (view.available_amount(), u64::try_from(borrowed).unwrap_or(u64::MAX))
    }

    fn borrow(&mut self, line: u64, part: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let amount = part_of(self.reserve_amounts(place).0, part);
        self.play(place, |reserve| reserve.borrow(amount))
    }

    fn repay(&mut self, line: u64, part: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let amount = part_of(self.reserve_amounts(place).1, part);
        self.play(place, |reserve| reserve.repay(amount))
    }

    fn write_off(&mut self, line: u64, part: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let amount = part_of(self.reserve_amounts(place).1, part);
        self.play(place, |reserve| reserve.write_off(WriteOffArgs { borrower: Borrowers::OPERATOR, amount }))
    }

    fn emergency(&mut self, line: u64, on: u64) -> Result<bool, Violation> {
        let reserve = self.fx.deployment.lines[self.place(line)].reserve;
        let args = SetMarketArgs { emergency_mode: on % 2 == 1, borrowing_disabled: false };
        let instruction = lending::set_market(&reserve.owner, &reserve.addresses.market, args);
        self.transact(Call::Outside, &[instruction])
    }

    fn venue_cap(&mut self, line: u64, units: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let capacity = i64::try_from(units).unwrap_or(i64::MAX);
        let cap = if units == 0 { Cap::default() } else { Cap { capacity, interval_length: DAY } };
        let config = ReserveConfig {
            deposit_cap: cap,
            ..self.fx.deployment.plan.lines[place % self.fx.deployment.plan.lines.len()].reserve
        };
        let reserve = self.fx.deployment.lines[place].reserve;
        self.transact(Call::Outside, &[reserve.set_config(config)])
    }

    /// The thief's reserve takes up a trick, and looks fresh.
    fn trick(&mut self, number: u64) {
        let Some(thief) = self.thief else { return };
        let trick = TRICKS[(number % TRICKS.len() as u64) as usize];
        self.outside(|fx| fx.set_trick(&thief, trick));
        self.refresh_thief();
    }

    /// The thief's reserve looks refreshed in this slot.
    pub(in crate::property) fn refresh_thief(&mut self) {
        let Some(thief) = self.thief else { return };
        self.outside(|fx| {
            let slot = fx.chain.clock().expect("a clock").slot;
            let mut account = fx.chain.require_account(&thief.reserve).expect("the reserve");
            ReserveMut::parse(&mut account.data).expect("a reserve").set(layout::LAST_UPDATE_SLOT, slot);
            crate::Sandbox::set_account(&mut fx.chain, &thief.reserve, account).expect("an account");
        });
    }

    fn upgrade(&mut self, slot: u64) {
        self.outside(|fx| fx.chain.svm_mut().upgrade_program(&lending_venue::ID, slot, None)).expect("a program");
    }

    fn donate_receipts(&mut self, line: u64, tokens: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let line = &self.fx.deployment.lines[place];
        let (owner, mint) = (self.fx.deployment.actors.venue_owner.pubkey(), line.reserve.addresses.collateral_mint);
        let program = anchor_spl::token::ID;
        let from = token::associated(&owner, &mint, &program);
        let tokens = tokens.min(self.fx.balance(&from));
        let instruction = token::transfer(&from, &mint, &line.addresses.position, &owner, tokens, 6, &program);
        self.transact(Call::DonateReceipts { place, tokens }, &[instruction])
    }
}

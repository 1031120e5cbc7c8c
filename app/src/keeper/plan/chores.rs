//! What nobody waits for: gains to adopt, fees to charge and to mint, the keeper's own pay.

use gimbal_math::muldiv::mul_div_down;
use vault::math::is_due;

use super::round::{Draft, Round};
use crate::keeper::action::{ActionKind, Urgency};
use crate::keeper::sentence;
use crate::keeper::watch::LineSite;

/// Pay is collected once its costs are at most so much of it, percent.
const MOST_COST_PERCENT: u64 = 1;

impl Round<'_> {
    /// Plans to adopt what lies untracked in the lines' accounts and in cash.
    pub fn plan_harvests(&mut self) {
        for line in self.lines() {
            match self.surplus(line) {
                Ok(0) => (),
                Ok(gain) => {
                    let reason = format!("it holds {gain} base units that are not tracked");
                    let draft = Draft {
                        worth: Some(gain),
                        needs: self.feed_updates(line),
                        ..routine(ActionKind::Harvest, reason)
                    };
                    self.propose(draft.of_line(line.context.addresses.id));
                }
                Err(reason) => self.skip(ActionKind::Harvest, Some(line.context.addresses.id), reason),
            }
        }
        let surplus = self.watched.cash_held.saturating_sub(self.watched.ledger.cash_tracked);
        if surplus > 0 {
            let reason = format!("cash holds {surplus} base units that are not tracked");
            self.propose(Draft { worth: Some(surplus), ..routine(ActionKind::HarvestCash, reason) });
        }
    }

    /// What a harvest of the line would adopt, base units at mid.
    fn surplus(&self, line: &LineSite) -> Result<u64, String> {
        let Some(row) = self.watched.line(line.context.addresses.id) else { return Ok(0) };
        let (position, token) = self.valuer().held(line);
        if position <= row.position && token <= row.in_flight {
            return Ok(0);
        }
        let mut adopted = *row;
        adopted.position = row.position.max(position);
        adopted.in_flight = row.in_flight.max(token);
        let after = self.valuer().quote(&self.watched.ledger, line, &adopted)?;
        Ok(after.mid.saturating_sub(self.quote(line)?.mid))
    }

    /// Plans to charge fees and to mint those that were charged.
    pub fn plan_fees(&mut self) {
        let fees = self.watched.vault.fees;
        // A filling charges them itself.
        let charged = self.actions.iter().any(|action| action.kind == ActionKind::Fill);
        if !charged && fees.accrue() && self.watched.vault.shares > 0 && is_due(&fees, self.now()) {
            self.plan_crystallise();
        }
        if self.watched.vault.fee_shares > 0 && self.watched.has_fee_account {
            self.plan_collect_fees();
        }
    }

    fn plan_crystallise(&mut self) {
        let nav = match self.ledger.nav(self.now()) {
            Ok(nav) => nav,
            Err(error) => return self.skip(ActionKind::Crystallise, None, sentence(&error)),
        };
        let Ok(charged) = self.vault.clone().crystallise(self.now(), nav.low) else { return };
        let due = charged.due.management.0.saturating_add(charged.due.performance.0);
        if due > 0 {
            let reason = format!("fees of {due} base units are due");
            let needs = self.refreshes().collect();
            self.propose(Draft { worth: Some(due), needs, ..routine(ActionKind::Crystallise, reason) });
        }
    }

    fn plan_collect_fees(&mut self) {
        let (vault, ledger) = (&self.watched.vault, &self.watched.ledger);
        let shares = vault.fee_shares;
        let all = vault.shares.saturating_add(shares).max(1);
        // At the last known values: what is minted is shares, whatever they are worth.
        let assets = ledger.cash_tracked.saturating_add(ledger.totals.low).saturating_sub(ledger.keeper_owed);
        let worth = mul_div_down(assets, shares, all).unwrap_or(0);
        let reason = format!("{shares} shares of fees wait for their recipient");
        self.propose(Draft { worth: Some(worth), ..routine(ActionKind::CollectFees, reason) });
    }

    /// Plans to collect the keeper's pay, once that costs little of it.
    pub fn plan_collect_pay(&mut self) {
        let Some(keeper) = self.watched.keeper else { return };
        let pay = keeper.owed.min(self.watched.ledger.cash_tracked);
        if pay == 0 {
            return;
        }
        let rent = if self.watched.site.has_pay_account { 0 } else { self.ground.world.token_account_rent };
        let cost = self.ground.rates.cost_up(ActionKind::CollectPay).saturating_add(rent);
        let worth = self.lamports_down(pay);
        if cost.saturating_mul(100) > worth.saturating_mul(MOST_COST_PERCENT) {
            let reason =
                format!("the pay of {worth} lamports is collected once it is a hundred times its cost of {cost}");
            return self.skip(ActionKind::CollectPay, None, reason);
        }
        let reason = format!("{pay} base units of pay are owed");
        self.propose(Draft { pay, rent, ..routine(ActionKind::CollectPay, reason) });
    }
}

fn routine(kind: ActionKind, reason: String) -> Draft {
    Draft::new(kind, Urgency::Idle, reason)
}

//! Money into and out of a line: the one place where a venue is called and the books follow.
//!
//! Before a call the ledger is marked busy and its token accounts are read; after it they are read again, must still be
//! the ledger's alone, and the books take what really moved. Then the line is valued anew at the same prices.

use anchor_lang::prelude::*;

use crate::{
    adapters::Quote,
    error::RouterError,
    instructions::{LineAccounts, Opened},
    policy::{cut::scale_of, loss},
    risk,
    state::{Ledger, Line},
    venue::guard,
};

/// What a move did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Base units that went in or came out.
    pub moved: u64,
    /// What cash and line together are worth less at the same prices, base units.
    pub loss: u64,
    /// The line's mid value after.
    pub mid: u64,
}

/// Amounts in the ledger's own accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Balances {
    cash: u64,
    position: u64,
    token: u64,
}

/// Writes a valuation into the ledger and remakes the totals.
///
/// # Errors
/// [`RouterError::UnknownLine`], [`RouterError::MathOverflow`].
pub fn store_quote(ledger: &mut Ledger, id: u16, quote: &Quote, slot: u64, now: i64) -> Result<()> {
    let line = ledger.line_mut(id)?;
    line.low = quote.low;
    line.mid = quote.mid;
    line.high = quote.high;
    line.liquidity = quote.liquidity;
    line.curve = quote.curve;
    line.valued_slot = slot;
    line.valued_at = now;
    line.invariant()?;
    ledger.remake_totals()
}

/// As [`store_quote`], of a line whose accounts hold what they held at its last valuation: what a same-asset line is worth
/// less is a loss, which locked gains bear first. A swapped line follows its prices both ways.
///
/// # Errors
/// As [`store_quote`]; [`RouterError::OutOfDomain`].
pub fn store_revaluation(ledger: &mut Ledger, id: u16, quote: &Quote, slot: u64, now: i64) -> Result<()> {
    let line = ledger.line(id)?;
    if line.swapped == 0 {
        let loss = line.mid.saturating_sub(quote.mid);
        ledger.gains.absorb(loss, now)?;
    }
    store_quote(ledger, id, quote, slot, now)
}

impl<'info> Opened<'_, 'info> {
    /// Values the line as it stands and writes that into the ledger, so that NAV is of this moment.
    ///
    /// # Errors
    /// Those of the adapter.
    pub fn revalue(&mut self, accounts: &LineAccounts<'info>) -> Result<Quote> {
        let view = &self.call.view;
        let quote = self.adapter.value(view, &self.line)?;
        let mut ledger = accounts.ledger.load_mut()?;
        store_revaluation(&mut ledger, self.line.id, &quote, view.slot, view.now)?;
        self.line = *ledger.line(self.line.id)?;
        Ok(quote)
    }

    /// Takes note of what the book leaves of the line's caps, for the money that goes in next.
    ///
    /// # Errors
    /// Those of [`risk::book`].
    pub fn note_scale(&mut self, ledger: &Ledger, book: &AccountInfo) -> Result<()> {
        let book = risk::book(ledger, book)?;
        self.line.entry_scale_bps = scale_of(book.as_deref(), self.line.id);
        Ok(())
    }

    /// Cash → line, at most `amount`. The line must have been revalued before.
    ///
    /// # Errors
    /// Those of the adapter; [`RouterError::UnexpectedBalanceChange`], [`RouterError::VenueClosed`] when it took nothing.
    pub fn deploy(&mut self, accounts: &LineAccounts<'info>, amount: u64) -> Result<Outcome> {
        let before = self.begin(accounts)?;
        self.adapter.deploy(&self.call, &self.line, amount)?;
        let after = self.balances()?;
        let spent = before.cash.checked_sub(after.cash).ok_or(RouterError::UnexpectedBalanceChange)?;
        require!(spent <= amount, RouterError::UnexpectedBalanceChange);
        require!(spent > 0, RouterError::VenueClosed);
        let minted = after.position.checked_sub(before.position).ok_or(RouterError::UnexpectedBalanceChange)?;

        let mut line = self.line;
        line.position = add(line.position, minted)?;
        line.invested = add(line.invested, spent)?;
        line.fresh.lock(spent, self.call.view.now)?;
        self.finish(accounts, line, &before, &after, |ledger| {
            ledger.cash_tracked = ledger.cash_tracked.checked_sub(spent).ok_or(RouterError::InsufficientCash)?;
            ledger.invested = add(ledger.invested, spent)?;
            Ok(spent)
        })
    }

    /// Line → cash, about `amount` or what the venue has; all when `amount` reaches the line's value. The line must have
    /// been revalued before.
    ///
    /// # Errors
    /// Those of the adapter; [`RouterError::UnexpectedBalanceChange`], [`RouterError::VenueIlliquid`] when it paid nothing.
    pub fn recall(&mut self, accounts: &LineAccounts<'info>, amount: u64) -> Result<Outcome> {
        let before = self.begin(accounts)?;
        let asked = if amount >= self.line.mid { u64::MAX } else { amount };
        self.adapter.recall(&self.call, &self.line, asked)?;
        let after = self.balances()?;
        let received = after.cash.checked_sub(before.cash).ok_or(RouterError::UnexpectedBalanceChange)?;
        require!(received > 0, RouterError::VenueIlliquid);
        let burnt = before.position.checked_sub(after.position).ok_or(RouterError::UnexpectedBalanceChange)?;

        let mut line = self.line;
        // Receipt tokens that went missing are not tracked any longer.
        line.position = line.position.min(before.position).saturating_sub(burnt);
        line.returned = add(line.returned, received)?;
        self.finish(accounts, line, &before, &after, |ledger| {
            ledger.cash_tracked = add(ledger.cash_tracked, received)?;
            ledger.returned = add(ledger.returned, received)?;
            Ok(received)
        })
    }

    /// Charges what a move that anybody may set off has lost to the ledger's budget of the epoch. Rounding at an honest
    /// venue is free, so that the way out of lending depends on no budget and no fresh NAV; what a swap or a venue keeps
    /// beyond that is not, or money sent round and round would carry it away from those who stay.
    ///
    /// # Errors
    /// [`RouterError::LossBudgetExceeded`]; [`RouterError::StaleNav`].
    pub fn charge(&self, accounts: &LineAccounts<'info>, outcome: &Outcome) -> Result<()> {
        if outcome.loss <= loss::DUST {
            return Ok(());
        }
        let now = self.call.view.now;
        let mut ledger = accounts.ledger.load_mut()?;
        let (nav, limits) = (ledger.nav(now)?.mid, ledger.limits);
        ledger.epoch.roll(limits.epoch, now, nav);
        Ok(loss::charge_ledger(&mut ledger.epoch, &limits, outcome.loss, nav)?)
    }

    /// What of `amount` a recall that is charged may bring back without being refused for its loss: all of it without a
    /// swap, where there is no NAV that the budget could be a part of, and where none of the budget is left: a sale without a
    /// loss needs none.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`].
    pub fn affordable(&self, accounts: &LineAccounts<'info>, amount: u64) -> Result<u64> {
        let ledger = accounts.ledger.load()?;
        let now = self.call.view.now;
        let Some(nav) = ledger.nav(now).ok().filter(|_| self.line.swapped != 0) else { return Ok(amount) };
        let (mut epoch, limits) = (ledger.epoch, ledger.limits);
        epoch.roll(limits.epoch, now, nav.mid);
        Ok(match loss::sellable_down(&epoch, &limits, &self.line, amount, nav.mid)? {
            0 => amount,
            part => part,
        })
    }

    fn begin(&self, accounts: &LineAccounts<'info>) -> Result<Balances> {
        accounts.ledger.load_mut()?.busy = 1;
        self.balances()
    }

    fn finish(
        &mut self,
        accounts: &LineAccounts<'info>,
        mut line: Line,
        before: &Balances,
        after: &Balances,
        book: impl FnOnce(&mut Ledger) -> Result<u64>,
    ) -> Result<Outcome> {
        let view = self.call.view;
        let bought = after.token.saturating_sub(before.token);
        let sold = before.token.saturating_sub(after.token);
        line.in_flight = add(line.in_flight, bought)?.saturating_sub(sold);
        line.last_action_slot = view.slot;
        let quote = self.adapter.value(&view, &line)?;

        let mut ledger = accounts.ledger.load_mut()?;
        let (cash_before, mid_before) = (ledger.cash_tracked, self.line.mid);
        let moved = book(&mut ledger)?;
        ledger.busy = 0;
        ledger.actions = ledger.actions.saturating_add(1);
        *ledger.line_mut(line.id)? = line;
        store_quote(&mut ledger, line.id, &quote, view.slot, view.now)?;
        let loss = loss::of_move(cash_before, mid_before, ledger.cash_tracked, quote.mid);
        ledger.gains.absorb(loss, view.now)?;
        self.line = *ledger.line(line.id)?;
        Ok(Outcome { moved, loss, mid: quote.mid })
    }

    fn balances(&self) -> Result<Balances> {
        let ledger = self.call.ledger.key;
        let own = self.adapter.own_accounts(self.line.swapped != 0);
        let token = match own.token {
            Some(index) => guard::held_alone(self.call.view.account(index)?, ledger)?.amount,
            None => 0,
        };
        Ok(Balances {
            cash: guard::held_alone(self.call.cash, ledger)?.amount,
            position: guard::held_alone(self.call.view.account(own.position)?, ledger)?.amount,
            token,
        })
    }
}

fn add(a: u64, b: u64) -> Result<u64> {
    a.checked_add(b).ok_or_else(|| error!(RouterError::MathOverflow))
}

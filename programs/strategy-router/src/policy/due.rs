//! Which move is due: the whole decision of a rebalance, without accounts. Whoever wants to know beforehand runs this.

use anchor_lang::prelude::*;
use gimbal_math::muldiv::{mul_div_down, mul_div_up};
use risk_oracle::state::Book;

use crate::{
    error::RouterError,
    policy::{
        bands,
        cut::{price_risk, Cut},
        inverse_variance::{self, Part, WHOLE_BPS},
        step::{next, Move, Position, Spendable},
        water_fill::{self, Basin},
    },
    state::{Ledger, Line, LineStatus, Policy, LINES},
};

/// What is to be done, and on what terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Direction and amount, before venue, pool and oracle cut it.
    pub step: Move,
    /// Mid NAV that it was decided at, base units.
    pub nav: u64,
    /// Recalls for lacking cash are exempt from band and cooldown, and without a swap from the loss budget.
    pub for_cash: bool,
    /// The line's cooldown has passed, so that the action may be paid.
    pub cooled: bool,
}

/// What a decision is made of.
struct Case<'a> {
    ledger: &'a Ledger,
    book: Option<&'a Book>,
    nav: u64,
    cash: Spendable,
}

/// Direction and amount for `line`, a row of `ledger` that was valued at `now`, Unix seconds. `book` is the ledger's, where
/// it has one: whatever the policy, no line steers for more than regime and contagion leave of it.
///
/// # Errors
/// [`RouterError::InsideBand`] and [`RouterError::CoolingDown`] where nothing is due; [`RouterError::StaleNav`];
/// [`RouterError::BookNotOpened`] where the policy needs one; [`RouterError::UnknownStatus`],
/// [`RouterError::UnknownPolicy`], [`RouterError::MathOverflow`].
pub fn due(ledger: &Ledger, book: Option<&Book>, line: &Line, now: i64) -> Result<Due> {
    let nav = ledger.nav(now)?.mid;
    let cash = Spendable::of(ledger.free_cash(), ledger.reserved, ledger.limits.min_cash_bps, nav)?;
    let cooled = now >= line.last_action_at.saturating_add(i64::from(line.cooldown));
    if let Spendable::Short(short) = cash {
        let amount = short.min(line.mid);
        require!(amount > 0, RouterError::InsideBand);
        return Ok(Due { step: Move::Recall(amount), nav, for_cash: true, cooled });
    }
    let case = Case { ledger, book, nav, cash };
    let position = case.position(line)?;
    let target = match line.status()? {
        LineStatus::WindingDown => 0,
        // A frozen line only ever comes down.
        LineStatus::Frozen => case.target(line)?.min(line.mid),
        LineStatus::Active => case.target(line)?,
    };
    let position =
        if line.status()? == LineStatus::WindingDown { Position { min: 0, band: 0, ..position } } else { position };
    let step = next(&position, target, cash).ok_or(RouterError::InsideBand)?;
    require!(cooled, RouterError::CoolingDown);
    Ok(Due { step, nav, for_cash: false, cooled })
}

impl Case<'_> {
    /// The line's bounds, with what the book leaves of it.
    fn position(&self, line: &Line) -> Result<Position> {
        let cut = Cut::of(self.book, line.id, self.nav);
        Ok(Position::new(line.mid, self.nav, line)?.within(cut.cap))
    }

    /// What the policy wants the line to be worth, base units.
    fn target(&self, line: &Line) -> Result<u64> {
        let row = self.ledger.row_of(line.id)?;
        let unknown = || error!(RouterError::UnknownLine);
        match self.ledger.policy()? {
            Policy::Bands => Ok(bands::target_down(self.nav, line.target_bps)?),
            Policy::WaterFill => self.fill()?.get(row).copied().ok_or_else(unknown),
            Policy::InverseVariance => {
                let weight = self.weigh()?.get(row).copied().ok_or_else(unknown)?;
                Ok(bands::target_down(self.nav, weight)?)
            }
        }
    }

    /// The water-filling over all lending lines that do not wind down, and the free cash.
    #[inline(never)]
    fn fill(&self) -> Result<[u64; LINES]> {
        let mut basins: [Option<Basin>; LINES] = [None; LINES];
        let mut total = self.cash.free();
        for (basin, line) in basins.iter_mut().zip(&self.ledger.lines) {
            if line.is_used() && line.status()? != LineStatus::WindingDown && line.curve.points > 0 {
                let bounds = self.position(line)?;
                // What lies in a frozen line may stay, and may not grow.
                let max = if line.status()? == LineStatus::Frozen { bounds.max.min(line.mid) } else { bounds.max };
                *basin = Some(Basin { curve: &line.curve, value: line.mid, min: bounds.min, max });
                total = total.checked_add(line.mid).ok_or(RouterError::MathOverflow)?;
            }
        }
        Ok(water_fill::targets(total, &basins)?)
    }

    /// The inverse-variance weights of all lines that do not wind down, basis points of NAV.
    #[inline(never)]
    fn weigh(&self) -> Result<[u16; LINES]> {
        let book = self.book.ok_or(RouterError::BookNotOpened)?;
        let mut parts: [Option<Part>; LINES] = [None; LINES];
        let mut total = self.cash.free();
        for (part, line) in parts.iter_mut().zip(&self.ledger.lines) {
            if !line.is_used() || line.status()? == LineStatus::WindingDown {
                continue;
            }
            let bounds = self.position(line)?;
            let mut max_bps = self.weight(bounds.max, mul_div_down)?.min(line.max_bps);
            if line.status()? == LineStatus::Frozen {
                max_bps = max_bps.min(self.weight(line.mid, mul_div_up)?);
            }
            let risk = price_risk(book, line);
            *part = Some(Part { risk, target_bps: line.target_bps, min_bps: line.min_bps, max_bps });
            total = total.checked_add(line.mid).ok_or(RouterError::MathOverflow)?;
        }
        let whole = self.weight(total, mul_div_down)?;
        Ok(inverse_variance::weights(whole, self.ledger.limits.target_volatility_bps, &parts)?)
    }

    /// `amount` as a part of NAV, basis points, at most all; rounded by `divide`.
    fn weight(&self, amount: u64, divide: fn(u64, u64, u64) -> gimbal_math::Result<u64>) -> Result<u16> {
        if amount >= self.nav {
            return Ok(if self.nav == 0 { 0 } else { WHOLE_BPS });
        }
        let part = divide(amount, u64::from(WHOLE_BPS), self.nav).map_err(RouterError::from)?;
        Ok(u16::try_from(part).unwrap_or(WHOLE_BPS))
    }
}

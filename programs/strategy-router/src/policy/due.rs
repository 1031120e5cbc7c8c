//! Which move is due: the whole decision of a rebalance, without accounts. Whoever wants to know beforehand runs this.

use anchor_lang::prelude::*;

use crate::{
    error::RouterError,
    policy::{
        bands,
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

/// Direction and amount for `line`, a row of `ledger` that was valued at `now`, Unix seconds.
///
/// # Errors
/// [`RouterError::InsideBand`] and [`RouterError::CoolingDown`] where nothing is due; [`RouterError::StaleNav`];
/// [`RouterError::UnknownStatus`], [`RouterError::UnknownPolicy`], [`RouterError::MathOverflow`].
pub fn due(ledger: &Ledger, line: &Line, now: i64) -> Result<Due> {
    let nav = ledger.nav(now)?.mid;
    let cash = Spendable::of(ledger.free_cash(), ledger.reserved, ledger.limits.min_cash_bps, nav)?;
    let cooled = now >= line.last_action_at.saturating_add(i64::from(line.cooldown));
    if let Spendable::Short(short) = cash {
        let amount = short.min(line.mid);
        require!(amount > 0, RouterError::InsideBand);
        return Ok(Due { step: Move::Recall(amount), nav, for_cash: true, cooled });
    }
    let position = Position::new(line.mid, nav, line)?;
    let target = match (line.status()?, ledger.policy()?) {
        (LineStatus::WindingDown, _) => 0,
        // A frozen line only ever comes down.
        (LineStatus::Frozen, policy) => target(policy, ledger, line, nav, cash)?.min(line.mid),
        (LineStatus::Active, policy) => target(policy, ledger, line, nav, cash)?,
    };
    let position =
        if line.status()? == LineStatus::WindingDown { Position { min: 0, band: 0, ..position } } else { position };
    let step = next(&position, target, cash).ok_or(RouterError::InsideBand)?;
    require!(cooled, RouterError::CoolingDown);
    Ok(Due { step, nav, for_cash: false, cooled })
}

fn target(policy: Policy, ledger: &Ledger, line: &Line, nav: u64, cash: Spendable) -> Result<u64> {
    match policy {
        Policy::Bands => Ok(bands::target_down(nav, line.target_bps)?),
        Policy::WaterFill => {
            let row = ledger.row_of(line.id)?;
            let targets = fill(ledger, nav, cash)?;
            targets.get(row).copied().ok_or_else(|| error!(RouterError::UnknownLine))
        }
    }
}

/// The water-filling over all lending lines that do not wind down, and the free cash.
fn fill(ledger: &Ledger, nav: u64, cash: Spendable) -> Result<[u64; LINES]> {
    let mut basins: [Option<Basin>; LINES] = [None; LINES];
    let mut total = cash.free();
    for (basin, line) in basins.iter_mut().zip(&ledger.lines) {
        if line.is_used() && line.status()? != LineStatus::WindingDown && line.curve.points > 0 {
            let bounds = Position::new(line.mid, nav, line)?;
            // What lies in a frozen line may stay, and may not grow.
            let max = if line.status()? == LineStatus::Frozen { bounds.max.min(line.mid) } else { bounds.max };
            *basin = Some(Basin { curve: &line.curve, value: line.mid, min: bounds.min, max });
            total = total.checked_add(line.mid).ok_or(RouterError::MathOverflow)?;
        }
    }
    Ok(water_fill::targets(total, &basins)?)
}

//! What the ledger's book leaves of a line: the regime and the network's contagion scale its caps there, down at once and
//! up slowly. Nothing here asks whether new money fits; `assess` does.

use risk_oracle::state::{Book, LineScale, WHOLE_BPS};

use crate::{
    policy::{
        derisk::{Causes, Measures},
        inverse_variance::PriceRisk,
    },
    state::{Ledger, Line},
};

/// All of a line's caps, basis points.
pub const WHOLE_SCALE_BPS: u16 = 10_000;

/// What is left of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Most that the line may be worth, base units; `u64::MAX` where neither regime nor contagion cut anything: plain caps
    /// in the book bind new money only.
    pub cap: u64,
    /// Part of its caps that is left, basis points.
    pub scale_bps: u16,
    /// [`Causes::REGIME`], [`Causes::CONTAGION`] or both: what has cut.
    pub causes: u8,
}

impl Cut {
    /// Nothing is cut.
    pub const NONE: Self = Self { cap: u64::MAX, scale_bps: WHOLE_SCALE_BPS, causes: 0 };

    /// What `book` leaves of line `id`; [`Self::NONE`] without a book, and for a line that it does not know. `nav`: mid, base
    /// units.
    pub fn of(book: Option<&Book>, id: u16, nav: u64) -> Self {
        let Some((book, scale)) = book.and_then(|book| Some((book, book.line_scale(id)?))) else { return Self::NONE };
        let scale_bps = combined_down(scale);
        if scale_bps >= WHOLE_SCALE_BPS {
            return Self::NONE;
        }
        let (mut causes, cap) = (0, book.line_cap(id, nav));
        if scale.regime_bps < WHOLE_SCALE_BPS {
            causes |= Causes::REGIME;
        }
        if scale.contagion_bps < WHOLE_SCALE_BPS {
            causes |= Causes::CONTAGION;
        }
        Self { cap, scale_bps, causes }
    }
}

/// What a reduction of line `id` is measured by.
///
/// # Errors
/// As [`Ledger::nav`].
pub fn measures(ledger: &Ledger, book: Option<&Book>, id: u16, now: i64) -> anchor_lang::Result<Measures> {
    let nav = ledger.nav(now)?.mid;
    let cap_before = cap_of_others(book, id, nav.max(ledger.epoch.nav_at_start));
    Ok(Measures { nav, cut: Cut::of(book, id, nav), cap_before })
}

/// What `book` would leave of line `id` by what no stranger brings about: by the regime only as far as prices answer for it,
/// since anybody with enough money can empty a venue for a moment, twice. `u64::MAX` where that cuts nothing.
fn cap_of_others(book: Option<&Book>, id: u16, nav: u64) -> u64 {
    let Some((book, scale)) = book.and_then(|book| Some((book, book.line_scale(id)?))) else { return u64::MAX };
    let level = book.regime.level_of_prices();
    // A scale that has not come back yet is of a regime that is over.
    let regime_bps = if level > 0 && level == book.regime.level {
        scale.regime_bps
    } else {
        scale.regime_bps.max(book.params.scales_bps.get(usize::from(level)).copied().unwrap_or(WHOLE_BPS))
    };
    match (LineScale { regime_bps, ..scale }) {
        LineScale::WHOLE => u64::MAX,
        scale => book.line_cap_at(id, nav, scale),
    }
}

/// Part of a line's caps that regime and contagion leave together, basis points, rounded down.
fn combined_down(scale: LineScale) -> u16 {
    let whole = u32::from(WHOLE_SCALE_BPS);
    let product = u32::from(scale.regime_bps).saturating_mul(u32::from(scale.contagion_bps));
    product.checked_div(whole).and_then(|scale| u16::try_from(scale).ok()).unwrap_or(WHOLE_SCALE_BPS)
}

/// Part of line `id`'s caps that `book` leaves, basis points: all without a book, and of a line that it does not know.
pub fn scale_of(book: Option<&Book>, id: u16) -> u16 {
    book.and_then(|book| book.line_scale(id)).map_or(WHOLE_SCALE_BPS, combined_down)
}

/// How a line's value moves, as far as the book can tell. A swapped line that the book takes for one without price risk,
/// or does not know, is one whose risk is unknown.
pub fn price_risk(book: &Book, line: &Line) -> PriceRisk {
    use risk_oracle::state::PriceRisk as Told;
    match book.price_risk(line.id) {
        Told::None if line.swapped == 0 => PriceRisk::None,
        Told::None | Told::Unknown => PriceRisk::Unknown,
        Told::Known(variance) => PriceRisk::Variance(variance.0),
    }
}

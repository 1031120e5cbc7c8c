//! Why anybody may take a line down, and how far.

use gimbal_math::{muldiv::mul_div_down, Bps};
use risk_oracle::state::Status;

use crate::{
    error::RouterError,
    policy::cut::Cut,
    state::{Line, LineStatus},
};

/// Reasons, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Causes(pub u8);

impl Causes {
    /// The line is set to wind down.
    pub const WINDING_DOWN: u8 = 1;
    /// The line is over its greatest weight by more than its band.
    pub const OVER_MAX: u8 = 2;
    /// The line is over its cap.
    pub const OVER_CAP: u8 = 4;
    /// The token's feed is divergent or has lost its peg.
    pub const FEED: u8 = 8;
    /// The venue's code or its upgrade authority was changed.
    pub const VENUE_CHANGED: u8 = 16;
    /// The line is over what the book's regime leaves of its caps by more than its band.
    pub const REGIME: u8 = 32;
    /// The line is over what contagion leaves of its caps by more than its band.
    pub const CONTAGION: u8 = 64;

    /// Causes for which all of the line comes back.
    const ALL: u8 = Self::WINDING_DOWN | Self::FEED | Self::VENUE_CHANGED;

    /// Whether one of them calls for all of the line.
    pub fn are_grave(self) -> bool {
        self.0 & Self::ALL != 0
    }

    /// Whether nothing calls for a reduction.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Flags of the token's feed for which the line is taken down. Narrower than what forbids new money: a stale or a merely
/// uncertain price would make forced sales at a poor bound, and passes by itself. The base asset's feed is no reason:
/// selling a token for an asset that has lost its peg lowers no risk.
pub const FEED_CAUSES: Status = Status::DIVERGENT.union(Status::DEPEGGED);

/// What is known without NAV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// Flags of the token's feed; none for a same-asset line.
    pub feed: Status,
    /// Whether the venue is another than approved.
    pub venue_changed: bool,
}

/// What is known with NAV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Mid NAV, base units.
    pub nav: u64,
    /// What the book leaves of the line at that NAV.
    pub cut: Cut,
    /// What it would leave at the NAV of the epoch's start, where that was larger, by what no stranger brings about, base
    /// units.
    pub cap_before: u64,
}

/// A reduction that is called for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reduction {
    /// Why.
    pub causes: Causes,
    /// How much to recall at most, base units; `u64::MAX` for all of the line.
    pub amount: u64,
    /// The part of it that nobody without a role can have brought about, base units: what a bounty may be paid for.
    ///
    /// Anybody makes a line's weight larger by taking cash out, after having put money in with it; so neither what is over
    /// the greatest weight counts, nor what is over a scaled cap, except as far as the scale itself has fallen since money
    /// last went in and the line would be over it with the cash of the epoch's start as well. Anybody can empty a venue for a
    /// moment, too: what a regime takes that rests on no price does not count at all.
    pub rewarded: u64,
}

/// The causes, and how much to recall at most. `measures` are asked for only when nothing else calls for all.
///
/// # Errors
/// Those of `measures`; [`RouterError::MathOverflow`].
pub fn excess<E: From<RouterError>>(
    line: &Line,
    signs: &Signs,
    measures: impl FnOnce() -> Result<Measures, E>,
) -> Result<Reduction, E> {
    let mut causes = 0;
    if line.status == LineStatus::WindingDown as u8 {
        causes |= Causes::WINDING_DOWN;
    }
    if signs.feed.intersects(FEED_CAUSES) {
        causes |= Causes::FEED;
    }
    if signs.venue_changed {
        causes |= Causes::VENUE_CHANGED;
    }
    if causes & Causes::ALL != 0 {
        return Ok(Reduction { causes: Causes(causes), amount: u64::MAX, rewarded: u64::MAX });
    }
    let (mut keep, mut rewarded) = (line.mid, 0);
    if line.mid > line.cap {
        causes |= Causes::OVER_CAP;
        keep = line.cap;
        rewarded = line.mid.saturating_sub(line.cap);
    }
    let found =
        |causes, keep, rewarded| Reduction { causes: Causes(causes), amount: line.mid.saturating_sub(keep), rewarded };
    // A cap needs no NAV, so a stale one must not stand in its way.
    let Measures { nav, cut, cap_before } = match measures() {
        Ok(measures) => measures,
        Err(_) if causes != 0 => return Ok(found(causes, keep, rewarded)),
        Err(error) => return Err(error),
    };
    let bps_down = |bps: u16| Bps(bps).of_down(nav).map_err(|error| E::from(RouterError::from(error)));
    let (max, band) = (bps_down(line.max_bps)?, bps_down(line.band_bps)?);
    if line.mid > max.saturating_add(band) {
        causes |= Causes::OVER_MAX;
        keep = keep.min(max);
    }
    if line.mid > cut.cap.saturating_add(band) {
        causes |= cut.causes;
        keep = keep.min(cut.cap);
        let fallen = fallen_down(line, cut.scale_bps).map_err(E::from)?;
        rewarded = rewarded.max(fallen.min(line.mid.saturating_sub(cap_before)));
    }
    Ok(found(causes, keep, rewarded))
}

/// What the fall of the line's scale since money last went in takes out of a line that was at its cap then, base units,
/// rounded down.
fn fallen_down(line: &Line, scale_bps: u16) -> Result<u64, RouterError> {
    let fall = line.entry_scale_bps.saturating_sub(scale_bps);
    if fall == 0 {
        return Ok(0);
    }
    Ok(mul_div_down(line.mid, u64::from(fall), u64::from(line.entry_scale_bps))?)
}

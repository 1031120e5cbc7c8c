//! Why anybody may take a line down, and how far.

use gimbal_math::Bps;
use risk_oracle::state::Status;

use crate::{
    error::RouterError,
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

/// The causes, and how much to recall at most, base units. `nav` is asked for only when nothing else calls for all.
///
/// # Errors
/// Those of `nav`; [`RouterError::MathOverflow`].
pub fn excess<E: From<RouterError>>(
    line: &Line,
    signs: &Signs,
    nav: impl FnOnce() -> Result<u64, E>,
) -> Result<(Causes, u64), E> {
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
        return Ok((Causes(causes), u64::MAX));
    }
    let mut keep = line.mid;
    if line.mid > line.cap {
        causes |= Causes::OVER_CAP;
        keep = keep.min(line.cap);
    }
    // A cap needs no NAV, so a stale one must not stand in its way.
    let nav = match nav() {
        Ok(nav) => nav,
        Err(_) if causes != 0 => return Ok((Causes(causes), line.mid.saturating_sub(keep))),
        Err(error) => return Err(error),
    };
    let bps_down = |bps: u16| Bps(bps).of_down(nav).map_err(|error| E::from(RouterError::from(error)));
    let tolerated = bps_down(line.max_bps)?.saturating_add(bps_down(line.band_bps)?);
    if line.mid > tolerated {
        causes |= Causes::OVER_MAX;
        keep = keep.min(bps_down(line.max_bps)?);
    }
    Ok((Causes(causes), line.mid.saturating_sub(keep)))
}

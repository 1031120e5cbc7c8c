//! The router's accounts: zero-copy, layouts asserted.

mod change;
mod exits;
mod gains;
mod keeper;
mod ledger;
mod limits;
mod line;
mod line_venue;
mod nav;

pub use change::Change;
pub use exits::FADE_SECONDS;
pub use gains::{LockedGains, GAIN_UNLOCK_SECONDS};
pub use keeper::Keeper;
pub use ledger::{signer_seeds, Ledger, Policy, LINES};
pub use limits::{
    Epoch, Limits, LimitsArgs, MAX_BOUNTY_BPS, MAX_EPOCH, MAX_LOSS_BUDGET_BPS, MAX_VALUATION_AGE, MIN_EPOCH,
};
pub use line::{Curve, Line, LineStatus, CURVE_POINTS};
pub use line_venue::{LineVenue, VenueIdentity, MAX_VENUE_ACCOUNTS};
pub use nav::{Nav, Totals, WIDEN_SHIFT};

//! The accounts that this program owns.

mod bar;
mod book;
mod change;
mod feed;
mod params;
mod status;

pub use bar::{Bar, Bars, BARS, SECONDS_PER_DAY};
pub use book::{Book, LineRisk, RiskLimit, LINES, NO_LINE, NO_RISK, RISKS, RISKS_PER_LINE};
pub use change::Change;
pub use feed::{Bounds, Feed, Sample};
pub use params::FeedParams;
pub use status::{Action, Status};

/// Version written into new accounts.
pub const VERSION: u8 = 1;

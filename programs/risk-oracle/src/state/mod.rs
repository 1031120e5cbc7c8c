//! The accounts that this program owns.

mod asset_risk;
mod bar;
mod book;
mod change;
pub mod engine;
mod exposure;
mod feed;
mod figures;
mod label;
mod line_caps;
mod line_model;
mod model;
mod network;
mod network_params;
mod params;
mod protocol;
mod regime;
mod returns;
mod risk_params;
mod rules;
mod scenario;
mod signals;
mod status;
mod tested;

pub use asset_risk::{AssetRisk, ASSETS};
pub use bar::{Bar, Bars, BARS, SECONDS_PER_DAY};
pub use book::{Book, LineRisk, RiskLimit, LINES, NO_LINE, NO_RISK, RISKS, RISKS_PER_LINE};
pub use change::Change;
pub use engine::{Engine, TailRisk};
pub use exposure::{Exposure, PositionKind};
pub use feed::{Bounds, Closed, Feed, Sample, SAME_TIME};
pub use figures::Figures;
pub(crate) use label::is_label;
pub use line_caps::{cap_of_nav_down, scale_down, LineScale, PriceRisk};
pub use line_model::{LineModel, NO_ASSET, NO_LINE_PROTOCOL, WHOLE_BPS};
pub use model::ModelParams;
pub use network::{Edge, Network, Poster, ALL_LOST, NO_PROTOCOL, POSTERS, PROTOCOLS, UNKNOWN_CAP_BPS};
pub use network_params::NetworkParams;
pub use params::FeedParams;
pub use protocol::{Protocol, Scores};
pub use regime::{Regime, RegimeState, Signal, SIGNALS};
pub use returns::{ReturnRing, RETURN_DAYS, SEASON_DAYS};
pub use risk_params::{RiskParams, RAISED_LEVELS};
pub use scenario::{Scenario, SCENARIOS};
pub use status::{Action, Status};
pub use tested::{Tested, WINDOW};

/// Version written into new accounts.
pub const VERSION: u8 = 1;

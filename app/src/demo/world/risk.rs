//! What can be seen of risk: feeds' forecasts, the book's exposures and regime, the network's damages.

/// All of it at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskState {
    /// The feeds of risky assets, in the order of the price path.
    pub feeds: Vec<FeedState>,
    /// The book's regime, 0 calm to 3 crisis.
    pub regime: u8,
    /// Exposure by risk id at the last assessment, base units.
    pub exposures: Vec<(String, u64)>,
    /// The contagion network.
    pub network: NetworkState,
}

/// One feed's engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedState {
    /// The asset.
    pub asset: String,
    /// Forecast variance of the running day, units of 2^-56; none before there were enough bars.
    pub variance: Option<u64>,
    /// Quantile of falls for the running day, thousandths of a standard deviation.
    pub tail_milli: u32,
    /// The last closed bar.
    pub closed: Option<ClosedBar>,
    /// Days that the feed itself has tested its forecasts on.
    pub tested: u32,
    /// Of them, those on which the value at risk was exceeded.
    pub exceptions: u32,
}

/// A bar that a feed has closed, USD × 10^12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClosedBar {
    /// The UTC day.
    pub day: u32,
    /// Highest price.
    pub high: u64,
    /// Lowest price.
    pub low: u64,
    /// Last price.
    pub close: u64,
}

/// A contagion network as it was solved last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkState {
    /// The protocols, those of the lines first and in their order.
    pub protocols: Vec<ProtocolState>,
    /// Row i, column j: what i loses when j fails, basis points, as the last solution reckoned.
    pub edges_bps: Vec<Vec<u16>>,
}

/// A protocol of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProtocolState {
    /// Its name.
    pub label: String,
    /// Damage, units of 2^-30; 2^30 is all.
    pub damage: u32,
}

impl NetworkState {
    /// The damages of all protocols added up, units of 2^-30.
    pub fn total_damage(&self) -> u64 {
        self.protocols.iter().map(|protocol| u64::from(protocol.damage)).sum()
    }
}

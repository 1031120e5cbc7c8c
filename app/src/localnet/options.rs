//! What a test cluster is started with.

use std::path::PathBuf;
use std::time::Duration;

use crate::chain::Mode;
use crate::prices::PricePath;

/// The port that Solana's own test validator answers on.
pub const DEFAULT_PORT: u16 = 8899;
/// Host time that a slot takes, as on a cluster.
pub const SLOT: Duration = Duration::from_millis(400);
/// Host time between two prices.
pub const TICK: Duration = Duration::from_secs(5);
/// Volatility of the volatile assets' prices, per cent a year.
pub const VOLATILITY: u32 = 60;

/// How a test cluster runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of JSON-RPC on loopback; subscriptions are on the next one. 0 takes any two that are free.
    pub port: u16,
    /// All addresses and the walk of prices follow from it.
    pub seed: u64,
    /// How the programs run.
    pub mode: Mode,
    /// Where prices come from; a walk of the given volatility where there is no path. Each tick takes one step of the path
    /// (a day has four), and its last price stays.
    pub prices: Option<PricePath>,
    /// Whether every price is posted on the chain as it moves. Where not, prices only reach the chain when somebody posts
    /// what the Hermes-compatible endpoint signs.
    pub posts: bool,
    /// Per cent a year; 0 keeps prices where they are.
    pub volatility: u32,
    /// Host time between two prices.
    pub tick: Duration,
    /// Host time that a slot takes. On the chain it is always 400 ms, so that a shorter one makes its clock run faster.
    pub slot: Duration,
    /// Accounts and clock are loaded from it where it exists, and saved to it at the end.
    pub state: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            seed: 1,
            mode: Mode::Native,
            prices: None,
            posts: true,
            volatility: VOLATILITY,
            tick: TICK,
            slot: SLOT,
            state: None,
        }
    }
}

//! How the executor goes about it.

use std::time::Duration;

use crate::keeper::config::KeeperConfig;

/// How the executor goes about it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Lamports within any hour.
    pub max_lamports_per_hour: u64,
    /// Micro-lamports per compute unit; none: what the last slots paid.
    pub compute_unit_price: Option<u64>,
    /// Most of that.
    pub max_compute_unit_price: u64,
    /// First wait of a vault after another keeper was faster, seconds.
    pub backoff_seconds: u64,
    /// Longest such wait, seconds.
    pub backoff_max_seconds: u64,
    /// Most that a wait is lengthened by, milliseconds.
    pub jitter_ms: u64,
    /// Between two looks at what is under way.
    pub poll: Duration,
    /// After this long the same bytes are handed over again.
    pub resend: Duration,
    /// A cycle in which nothing moves ends after this long; the next one looks again.
    pub patience: Duration,
    /// Most transactions under way together.
    pub flights: usize,
}

impl Settings {
    /// What a configuration says, and what suits a cluster where it says nothing.
    pub fn of(config: &KeeperConfig) -> Self {
        Self {
            max_lamports_per_hour: config.limits.max_lamports_per_hour,
            compute_unit_price: config.limits.compute_unit_price,
            max_compute_unit_price: config.limits.max_compute_unit_price,
            backoff_seconds: config.intervals.backoff_seconds,
            backoff_max_seconds: config.intervals.backoff_max_seconds,
            jitter_ms: config.intervals.jitter_ms,
            poll: Duration::from_millis(400),
            resend: Duration::from_secs(2),
            patience: Duration::from_secs(20),
            flights: 64,
        }
    }
}

//! Pure arithmetic: no accounts, no clock, no token calls.

pub mod caps;
pub mod cohort;
pub mod lending;

/// The chain's clock, as far as a reserve needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Slot.
    pub slot: u64,
    /// Unix seconds.
    pub unix: u64,
}

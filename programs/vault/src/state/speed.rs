use anchor_lang::prelude::*;
use core::mem::size_of;

/// The window that the share price's speed is judged in. Prices are of NAV mid, base units per share unit × 2^40,
/// rounded down; zero: none yet.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Speed {
    /// Unix second at which the window began.
    pub start: i64,
    /// The price that it began with.
    pub price: u64,
    /// The price at the last flow.
    pub last_price: u64,
    /// Unix second of the last flow.
    pub last_at: i64,
}

const _: () = assert!(size_of::<Speed>() == 32 && core::mem::align_of::<Speed>() == 8);

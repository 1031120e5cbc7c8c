use anchor_lang::prelude::*;
use core::mem::size_of;

/// The pool at which somebody entered most cheaply in the second `at`. Who leaves in that same second is paid no more for a
/// share than that: see [`crate::math`].
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CheapestEntry {
    /// Unix second; nobody has entered in any later one.
    pub at: i64,
    /// NAV high then, base units.
    pub assets: u64,
    /// All shares before the entry, share units.
    pub shares: u64,
}

const _: () = assert!(size_of::<CheapestEntry>() == 24 && core::mem::align_of::<CheapestEntry>() == 8);

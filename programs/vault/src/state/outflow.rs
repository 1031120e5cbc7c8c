use anchor_lang::prelude::*;
use core::mem::size_of;

/// What has left by instant exits lately, net of what came in: a bucket that leaks. See [`crate::math`].
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outflow {
    /// In the bucket at `at`, share units; below zero where more came in.
    pub used: i64,
    /// Unix second up to which it has leaked.
    pub at: i64,
}

const _: () = assert!(size_of::<Outflow>() == 16 && core::mem::align_of::<Outflow>() == 8);

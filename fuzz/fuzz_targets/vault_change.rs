//! The account of a queued change of the vault.
#![no_main]

use gimbal_fuzz::{changes, Input};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| changes::check::<vault::state::Change>(&Input::new(data)));

//! The account of a queued change of the strategy router.
#![no_main]

use gimbal_fuzz::{changes, Input};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| changes::check::<strategy_router::Change>(&Input::new(data)));

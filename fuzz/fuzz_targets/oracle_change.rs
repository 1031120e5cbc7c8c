//! The account of a queued change of the risk oracle.
#![no_main]

use gimbal_fuzz::{changes, Input};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| changes::check::<risk_oracle::state::Change>(&Input::new(data)));

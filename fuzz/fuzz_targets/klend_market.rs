//! The little that is read of klend's market.
#![no_main]

use gimbal_fuzz::Input;
use gimbal_venue_wire::{
    field::Layout,
    klend::{is_market_halted, market::EMERGENCY_MODE, LendingMarket},
    WireError,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut base = vec![0; LendingMarket::LEN];
    base[..8].copy_from_slice(&LendingMarket::DISCRIMINATOR);
    let account = Input::new(data).account(&base);
    let expected = if account.len() < EMERGENCY_MODE.end() {
        Err(WireError::WrongLength)
    } else if !account.starts_with(&LendingMarket::DISCRIMINATOR) {
        Err(WireError::WrongDiscriminator)
    } else {
        Ok(account[EMERGENCY_MODE.offset()] != 0)
    };
    assert_eq!(is_market_halted(&account), expected);
});

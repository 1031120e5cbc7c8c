//! A keeper's registration: plain numbers, each where the layout says.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use strategy_router::Keeper;

fuzz_target!(|data: &[u8]| {
    let account = Input::new(data).account(&base_of::<Keeper>(|keeper| keeper.active = 1));
    load::<Keeper>(&account, |keeper| {
        let number = |offset: usize| u64::from_le_bytes(account[offset..offset + 8].try_into().expect("eight bytes"));
        assert_eq!((keeper.version, keeper.active), (account[8], account[10]));
        assert_eq!((keeper.ledger.to_bytes(), keeper.key.to_bytes()), (key(&account, 16), key(&account, 48)));
        let counts = [keeper.loss_used, keeper.actions, keeper.owed, keeper.paid];
        assert_eq!(counts, [number(88), number(96), number(104), number(112)]);
        assert_eq!((keeper.epoch_start as u64, keeper.last_action_at as u64), (number(80), number(120)));
    });
});

fn key(account: &[u8], offset: usize) -> [u8; 32] {
    account[offset..offset + 32].try_into().expect("32 bytes")
}

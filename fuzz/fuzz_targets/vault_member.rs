//! A membership: it admits one wallet of one vault under one list, and no other.
#![no_main]

use anchor_lang::prelude::Pubkey;
use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use vault::Member;

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    load::<Member>(&input.account(&base_of::<Member>(|_| {})), |member| {
        assert!(member.admits(&member.vault, &member.wallet, &member.root));
        let flipped = |bytes: [u8; 32]| {
            let mut other = bytes;
            other[input.numbers[0] as usize % 32] ^= 1 << (input.numbers[1] % 8);
            other
        };
        let key = |key: &Pubkey| Pubkey::new_from_array(flipped(key.to_bytes()));
        assert!(!member.admits(&key(&member.vault), &member.wallet, &member.root));
        assert!(!member.admits(&member.vault, &key(&member.wallet), &member.root));
        assert!(!member.admits(&member.vault, &member.wallet, &flipped(member.root)));
    });
});

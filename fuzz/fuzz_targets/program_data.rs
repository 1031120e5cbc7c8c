//! The upgradeable loader's accounts.
#![no_main]

use anchor_lang::prelude::Pubkey;
use gimbal_control::program_data::{
    named_by, program_data_address, ProgramData, RawAccount, IMMUTABLE_LOADERS, UPGRADEABLE_LOADER_ID,
};
use gimbal_fuzz::Input;
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let mut base = 3u32.to_le_bytes().to_vec();
    base.extend(input.numbers[0].to_le_bytes());
    base.push(1);
    base.extend([7; 32]);
    base.extend([0xeb; 19]);
    let account = input.account(&base);
    let parsed = ProgramData::parse(&account);
    if let Ok(ProgramData { slot, upgrade_authority }) = parsed {
        assert_eq!(account[..4], 3u32.to_le_bytes());
        assert_eq!(account[4..12], slot.to_le_bytes());
        assert_eq!(account[12], u8::from(upgrade_authority.is_some()));
        assert!(upgrade_authority.is_none_or(|key| account[13..45] == key.to_bytes()));
    }

    // A program's code is known by its own ProgramData and no other account.
    let key = Pubkey::new_from_array([3; 32]);
    // Deriving an address costs more than all the rest.
    static OWN: OnceLock<Pubkey> = OnceLock::new();
    let own = *OWN.get_or_init(|| program_data_address(&key));
    let program = Input::new(&data[data.len().min(40)..]).account(&[&2u32.to_le_bytes()[..], &own.to_bytes()].concat());
    let named = named_by(&program);
    assert!(named.is_err() || (program.len() >= 36 && program[..4] == 2u32.to_le_bytes()));
    let loaders = [UPGRADEABLE_LOADER_ID, UPGRADEABLE_LOADER_ID, IMMUTABLE_LOADERS[0], Pubkey::default()];
    let [_, choice, ..] = input.numbers.map(|number| number as usize);
    let (loader, executable) = (loaders[choice % 4], choice / 4 % 4 != 0);
    let data_key = [own, key, Pubkey::new_from_array([4; 32])][choice / 16 % 3];
    let data_owner = [UPGRADEABLE_LOADER_ID, Pubkey::default()][choice / 64 % 2];
    let code = RawAccount { key: &key, owner: &loader, executable, data: &program };
    let deployed = RawAccount { key: &data_key, owner: &data_owner, executable: false, data: &account };
    let Ok(known) = ProgramData::of(&code, &deployed) else { return };
    assert!(executable);
    if data_key == key && IMMUTABLE_LOADERS.contains(&loader) {
        assert_eq!(known, ProgramData::default());
        return;
    }
    assert_eq!((Ok(known), data_owner), (parsed, UPGRADEABLE_LOADER_ID));
    assert_eq!(if loader == UPGRADEABLE_LOADER_ID { named } else { Ok(own) }, Ok(data_key));
});

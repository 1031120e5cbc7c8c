//! Which code a program runs: the loaders' layouts, and accounts that are not what they are passed for.

use anchor_lang::prelude::Pubkey;
use gimbal_control::program_data::{
    named_by, program_data_address, CodeUnknown, ProgramData, RawAccount, IMMUTABLE_LOADERS, UPGRADEABLE_LOADER_ID,
};

fn key(n: u8) -> Pubkey {
    Pubkey::new_from_array([n; 32])
}

/// ProgramData of slot 12,345 under the key of sevens, then code.
fn header() -> Vec<u8> {
    let mut data = vec![3, 0, 0, 0, 0x39, 0x30, 0, 0, 0, 0, 0, 0, 1];
    data.extend([7; 32]);
    data.extend(b"\x7fELF");
    data
}

/// A Program account that names `data`.
fn program(data: &Pubkey) -> Vec<u8> {
    let mut bytes = vec![2, 0, 0, 0];
    bytes.extend(data.as_ref());
    bytes
}

#[test]
fn headers_follow_the_loader() {
    let mut data = header();
    assert_eq!(ProgramData::parse(&data), Ok(ProgramData { slot: 12_345, upgrade_authority: Some(key(7)) }));
    data[12] = 0;
    assert_eq!(ProgramData::parse(&data).unwrap().upgrade_authority, None, "old key bytes do not count");
    data[12] = 2;
    assert_eq!(ProgramData::parse(&data), Err(CodeUnknown::Malformed));
    data[12] = 1;
    data[0] = 2;
    assert_eq!(ProgramData::parse(&data), Err(CodeUnknown::Malformed), "a Program account");
    let data = header();
    for length in 0..45 {
        assert_eq!(ProgramData::parse(&data[..length]), Err(CodeUnknown::Malformed), "{length} bytes");
    }
    assert!(ProgramData::parse(&data[..45]).is_ok());
}

#[test]
fn a_program_names_its_data() {
    let bytes = program(&key(9));
    assert_eq!(named_by(&bytes), Ok(key(9)));
    assert_eq!(named_by(&bytes[..35]), Err(CodeUnknown::Malformed));
    assert_eq!(named_by(&header()), Err(CodeUnknown::Malformed));
    // Derived by hand with SHA-256 and the curve equation.
    let klend = Pubkey::from_str_const("KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD");
    assert_eq!(program_data_address(&klend), Pubkey::from_str_const("9uSbGW1y9H5Av6H5TKxQ1wnFApSq2t3oEpfF2YfjDQGA"));
}

#[test]
fn only_a_programs_own_data_speak_for_it() {
    let data_key = key(9);
    let (program_bytes, data_bytes) = (program(&data_key), header());
    let id = key(1);
    let loader = UPGRADEABLE_LOADER_ID;
    let of = |id: &Pubkey, owner: &Pubkey, executable: bool, data_key: &Pubkey, data_owner: &Pubkey| {
        let program = RawAccount { key: id, owner, executable, data: &program_bytes };
        let data = RawAccount { key: data_key, owner: data_owner, executable: false, data: &data_bytes };
        ProgramData::of(&program, &data)
    };
    assert_eq!(of(&id, &loader, true, &data_key, &loader).unwrap().slot, 12_345);
    assert_eq!(of(&id, &loader, false, &data_key, &loader), Err(CodeUnknown::NotItsOwn), "not a program");
    assert_eq!(of(&id, &loader, true, &key(8), &loader), Err(CodeUnknown::NotItsOwn), "another's data");
    assert_eq!(of(&id, &loader, true, &data_key, &key(3)), Err(CodeUnknown::NotItsOwn), "a copy of the data");

    // Code that can never be replaced stands for itself, and only under the loaders that are known for it.
    for immutable in &IMMUTABLE_LOADERS {
        assert_eq!(of(&id, immutable, true, &id, immutable), Ok(ProgramData { slot: 0, upgrade_authority: None }));
        assert_eq!(of(&id, immutable, true, &data_key, &loader), Err(CodeUnknown::NotItsOwn));
    }
    assert_eq!(of(&id, &key(4), true, &id, &key(4)), Err(CodeUnknown::NotItsOwn), "an unknown loader");
    // Host code: its data lie at the usual address.
    let usual = program_data_address(&id);
    assert_eq!(of(&id, &key(4), true, &usual, &loader).unwrap().upgrade_authority, Some(key(7)));
}

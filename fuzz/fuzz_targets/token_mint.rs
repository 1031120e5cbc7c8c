//! Mints and their extensions, against the token program's own reader.
#![no_main]

use anchor_spl::token_2022::spl_token_2022::{
    extension::{BaseStateWithExtensions, StateWithExtensions},
    state::Mint as TheirMint,
};
use gimbal_fuzz::Input;
use gimbal_venue_wire::{
    token::{Mint, ACCOUNT_LEN, MINT_LEN, SUPPORTED_EXTENSIONS},
    WireError,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    // A mint with a pointer to metadata, so that patches reach both the base and the extensions.
    let mut base = vec![1, 0, 0, 0];
    base.extend([7; 32]);
    base.extend(input.numbers[0].to_le_bytes());
    base.extend([6, 1]);
    base.resize(ACCOUNT_LEN, 0);
    base.extend([1, 18, 0, 64, 0]);
    base.resize(base.len() + 64 + 40, 0);
    if input.numbers[1] % 4 == 0 {
        base.truncate(MINT_LEN);
    }
    let account = input.account(&base);

    let theirs = StateWithExtensions::<TheirMint>::unpack(&account);
    let types = theirs.as_ref().ok().and_then(|mint| mint.get_extension_types().ok());
    let all_listed = |types: &[_]| types.iter().all(|kind| SUPPORTED_EXTENSIONS.contains(&u16::from(*kind)));
    match Mint::parse(&account) {
        Ok(mint) => {
            let theirs = theirs.expect("a mint is a mint to the token program").base;
            assert_eq!((theirs.supply, theirs.decimals), (mint.supply, mint.decimals));
            assert_eq!(Option::from(theirs.mint_authority), mint.mint_authority);
            assert_eq!(Option::from(theirs.freeze_authority), mint.freeze_authority);
            assert!(types.is_some_and(|types| all_listed(&types)), "nothing that is not on the list passes");
        }
        // Stricter than the token program only where bytes lie behind the last extension, which it does not read.
        Err(WireError::UnsupportedExtension) => {
            let hidden = types.is_some_and(|types| all_listed(&types));
            assert!(!hidden || account[ACCOUNT_LEN + 1..].iter().any(|byte| *byte != 0));
        }
        Err(_) => assert!(types.is_none(), "what the token program reads whole, we read or refuse by its extension"),
    }
});

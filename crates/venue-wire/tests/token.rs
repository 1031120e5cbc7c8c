//! Mints and token accounts, byte by byte as the token programs' interfaces lay them out.

use gimbal_venue_wire::{
    token::{Mint, TokenAccountView, ACCOUNT_LEN, MINT_LEN, MULTISIG_LEN, SUPPORTED_EXTENSIONS},
    WireError,
};
use solana_program::pubkey::Pubkey;

const AUTHORITY: Pubkey = Pubkey::new_from_array([7; 32]);

/// Mint authority 4 + 32, supply 8, decimals 1, initialised 1, freeze authority 4 + 32.
fn mint() -> Vec<u8> {
    let mut data = vec![1, 0, 0, 0];
    data.extend(AUTHORITY.to_bytes());
    data.extend(1_234_567_u64.to_le_bytes());
    data.extend([6, 1]);
    data.extend([0; 36]);
    data
}

/// A mint with these extensions: type, and bytes of the value.
fn extended(extensions: &[(u16, u16)]) -> Vec<u8> {
    let mut data = mint();
    data.resize(ACCOUNT_LEN, 0);
    data.push(1);
    for (kind, length) in extensions {
        data.extend(kind.to_le_bytes());
        data.extend(length.to_le_bytes());
        data.resize(data.len() + usize::from(*length), 0xaa);
    }
    data
}

/// Mint, owner, amount 8, delegate 4 + 32, state 1, native 4 + 8, delegated 8, close authority 4 + 32.
fn account() -> Vec<u8> {
    let mut data = [3; 32].to_vec();
    data.extend([5; 32]);
    data.extend(99_u64.to_le_bytes());
    data.extend([0; 36]);
    data.push(1);
    data.extend([0; 12 + 8 + 36]);
    data
}

#[test]
fn a_plain_mint_is_read() {
    assert_eq!(mint().len(), MINT_LEN);
    let expected = Mint { mint_authority: Some(AUTHORITY), supply: 1_234_567, decimals: 6, freeze_authority: None };
    assert_eq!(Mint::parse(&mint()), Ok(expected));
    let mut frozen = mint();
    frozen[46] = 1;
    frozen[50..82].copy_from_slice(&[9; 32]);
    let freeze_authority = Some(Pubkey::new_from_array([9; 32]));
    assert_eq!(Mint::parse(&frozen), Ok(Mint { freeze_authority, ..expected }), "a freeze authority is allowed");
}

#[test]
fn every_extension_on_the_list_is_taken_and_no_other_number_is() {
    let read = Mint::parse(&mint());
    for kind in 1..=u16::MAX {
        let expected = if SUPPORTED_EXTENSIONS.contains(&kind) { read } else { Err(WireError::UnsupportedExtension) };
        assert_eq!(Mint::parse(&extended(&[(kind, 64)])), expected, "extension {kind}");
    }
}

#[test]
fn an_unsupported_extension_does_not_hide_behind_others() {
    let all: Vec<_> = SUPPORTED_EXTENSIONS.iter().map(|kind| (*kind, 40)).collect();
    assert!(Mint::parse(&extended(&all)).is_ok());
    for place in 0..=all.len() {
        let mut with_fee = all.clone();
        with_fee.insert(place, (1, 108));
        assert_eq!(Mint::parse(&extended(&with_fee)), Err(WireError::UnsupportedExtension));
    }
    // Behind the end that the token program reads to.
    for hidden in [&[(18, 64), (0, 0), (1, 108)][..], &[(0, 4)]] {
        assert_eq!(Mint::parse(&extended(hidden)), Err(WireError::UnsupportedExtension));
    }
    let mut padded = extended(&[(18, 64)]);
    padded.resize(padded.len() + 37, 0);
    assert!(Mint::parse(&padded).is_ok(), "room that nothing was written to");
}

#[test]
fn what_is_no_mint_is_refused() {
    assert_eq!(Mint::parse(&mint()[..81]), Err(WireError::WrongLength));
    assert!(Mint::parse(&account()).is_err());
    let mut empty = mint();
    empty[45] = 0;
    assert_eq!(Mint::parse(&empty), Err(WireError::WrongDiscriminator));
    empty[45] = 2;
    assert_eq!(Mint::parse(&empty), Err(WireError::UnknownTag));
    for tag in [0, 46] {
        let mut odd = mint();
        odd[tag] = 2;
        assert_eq!(Mint::parse(&odd), Err(WireError::UnknownTag));
    }
    // Cut anywhere, an extended mint is none, or is refused for what is left of its extensions.
    let whole = extended(&[(18, 64)]);
    for length in MINT_LEN + 1..whole.len() {
        let type_only = length == ACCOUNT_LEN + 1;
        assert_eq!(Mint::parse(&whole[..length]).is_ok(), type_only, "{length} bytes");
    }
    for (place, byte) in [(MINT_LEN, 1), (ACCOUNT_LEN - 1, 1), (ACCOUNT_LEN, 0), (ACCOUNT_LEN, 2)] {
        let mut other = whole.clone();
        other[place] = byte;
        assert_eq!(Mint::parse(&other), Err(WireError::WrongDiscriminator));
    }
    assert_eq!(Mint::parse(&extended(&[(18, 185)])), Err(WireError::WrongLength), "a multisig's length");
    assert_eq!(extended(&[(18, 185)]).len(), MULTISIG_LEN);
}

#[test]
fn a_token_account_is_read() {
    assert_eq!(account().len(), ACCOUNT_LEN);
    let mut extended = account();
    // Account type, then an immutable owner.
    extended.extend([2, 7, 0, 0, 0]);
    for data in [account(), extended] {
        let token = TokenAccountView::parse(&data).unwrap();
        assert_eq!((token.mint(), token.owner()), (Pubkey::new_from_array([3; 32]), Pubkey::new_from_array([5; 32])));
        assert_eq!((token.amount(), token.has_delegate(), token.has_close_authority()), (99, false, false));
    }
    for byte in 72..76 {
        let mut data = account();
        data[byte] = 1;
        assert!(TokenAccountView::parse(&data).unwrap().has_delegate());
    }
    for byte in 129..133 {
        let mut data = account();
        data[byte] = 1;
        assert!(TokenAccountView::parse(&data).unwrap().has_close_authority());
    }
}

#[test]
fn what_is_no_token_account_is_refused() {
    let refused = |data: &[u8]| TokenAccountView::parse(data).map(|token| token.amount()).unwrap_err();
    assert_eq!(refused(&account()[..164]), WireError::WrongLength);
    assert_eq!(refused(&mint()), WireError::WrongLength);
    assert_eq!(refused(&extended(&[(18, 64)])), WireError::WrongDiscriminator);
    for state in [0, 2, 3, 255] {
        let mut data = account();
        data[108] = state;
        assert_eq!(refused(&data), WireError::UnknownTag);
    }
    // A multisig's signers are free: nothing else tells it from an account of somebody's choice.
    let mut multisig = account();
    multisig.push(2);
    multisig.resize(MULTISIG_LEN, 0);
    assert_eq!(refused(&multisig), WireError::WrongLength);
}

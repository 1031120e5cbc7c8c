//! The little that is read of a lending market.

use gimbal_venue_wire::{
    field::Layout,
    klend::{is_market_halted, LendingMarket},
    WireError,
};

/// A market as klend's program makes one: 4,656 bytes behind the first 8 of sha256("account:LendingMarket").
fn market() -> Vec<u8> {
    let mut data = vec![0; 4_664];
    data[..8].copy_from_slice(&[246, 114, 50, 98, 72, 157, 28, 120]);
    data
}

#[test]
fn only_the_emergency_mode_halts_it() {
    assert_eq!(is_market_halted(&market()), Ok(false));
    // version 8, bump 8, owner 32, cached owner 32, quote currency 32, referral fee 2, then the flag.
    let place = 8 + 8 + 8 + 3 * 32 + 2;
    for other in (8..4_664).filter(|other| *other != place) {
        let mut data = market();
        data[other] = 0xff;
        assert_eq!(is_market_halted(&data), Ok(false), "{other}");
    }
    for flag in [1, 0xff] {
        let mut data = market();
        data[place] = flag;
        assert_eq!(is_market_halted(&data), Ok(true));
    }
}

#[test]
fn what_is_no_market_is_refused() {
    assert_eq!(LendingMarket::LEN, market().len());
    assert_eq!(is_market_halted(&market()[..122]), Err(WireError::WrongLength));
    assert_eq!(is_market_halted(&market()[..123]), Ok(false));
    assert_eq!(is_market_halted(&[]), Err(WireError::WrongLength));
    let mut other = market();
    other[0] ^= 1;
    assert_eq!(is_market_halted(&other), Err(WireError::WrongDiscriminator));
}

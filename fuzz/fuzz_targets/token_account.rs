//! Token accounts as the router's guard reads them, against the token program's own reader.
#![no_main]

use anchor_lang::prelude::{AccountInfo, Pubkey};
use anchor_spl::token_2022::spl_token_2022::{
    extension::StateWithExtensions,
    state::{Account, AccountState},
};
use gimbal_fuzz::Input;
use gimbal_venue_wire::token::{TokenAccountView, ACCOUNT_LEN, MULTISIG_LEN, TOKEN_2022_ID, TOKEN_ID};
use libfuzzer_sys::fuzz_target;
use strategy_router::venue::guard;

const LEDGER: [u8; 32] = [5; 32];

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let mut base = [[3; 32], LEDGER].concat();
    base.extend(input.numbers[0].to_le_bytes());
    base.resize(ACCOUNT_LEN, 0);
    base[108] = AccountState::Initialized as u8;
    let mut account = input.account(&base);

    let theirs = StateWithExtensions::<Account>::unpack(&account).map(|state| state.base);
    let ours = TokenAccountView::parse(&account);
    match &ours {
        Err(_) => assert!(theirs.is_err() || theirs.is_ok_and(|token| token.state != AccountState::Initialized)),
        Ok(token) => {
            assert!(account.len() >= ACCOUNT_LEN && account.len() != MULTISIG_LEN);
            assert_eq!(account[64..72], token.amount().to_le_bytes());
            // We do not judge what no token program writes, and never overlook somebody's hand.
            if let Ok(theirs) = theirs {
                assert_eq!((theirs.mint, theirs.owner, theirs.amount), (token.mint(), token.owner(), token.amount()));
                assert_eq!(theirs.delegate.is_some(), token.has_delegate());
                assert_eq!(theirs.close_authority.is_some(), token.has_close_authority());
                assert_eq!(theirs.state, AccountState::Initialized);
            }
        }
    }

    // The guard says the same of an account of a token program, and nothing of another's.
    let expected = ours.map(|token| {
        let alone = token.owner() == LEDGER.into() && !token.has_delegate() && !token.has_close_authority();
        (guard::Holding { mint: token.mint(), amount: token.amount() }, alone)
    });
    let (key, ledger) = (Pubkey::new_from_array([9; 32]), Pubkey::new_from_array(LEDGER));
    for owner in [TOKEN_ID, TOKEN_2022_ID, Pubkey::default()] {
        let mut lamports = 1;
        let info = AccountInfo::new(&key, false, true, &mut lamports, &mut account, &owner, false);
        let known = owner != Pubkey::default();
        assert_eq!(guard::read(&info).ok(), expected.as_ref().ok().filter(|_| known).map(|(holding, _)| *holding));
        let alone = expected.as_ref().ok().filter(|(_, alone)| known && *alone).map(|(holding, _)| *holding);
        assert_eq!(guard::held_alone(&info, &ledger).ok(), alone);
    }
});

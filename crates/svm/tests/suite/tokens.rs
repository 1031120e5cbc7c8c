//! Mints and token accounts, judged by the real token programs.

use {
    crate::support::*,
    anchor_lang::prelude::Pubkey,
    gimbal_svm::{
        ids::{ASSOCIATED_TOKEN_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM},
        token::associated_token_address,
        ChainError, MintState, TokenAccountState,
    },
    solana_instruction::{AccountMeta, Instruction},
    solana_signer::Signer,
};

const MINT: Pubkey = Pubkey::new_from_array([0x60; 32]);

fn usdc(authority: Pubkey) -> MintState {
    MintState { mint_authority: Some(authority), supply: 0, decimals: 6, freeze_authority: Some(FOREIGN) }
}

/// SPL Token's transfer (3).
fn pay(from: Pubkey, to: Pubkey, owner: Pubkey, amount: u64) -> Instruction {
    Instruction::new_with_bytes(
        TOKEN_PROGRAM,
        &[&[3][..], &amount.to_le_bytes()].concat(),
        vec![w(from), w(to), AccountMeta::new_readonly(owner, true)],
    )
}

#[test]
fn credited_tokens_can_be_spent() {
    let mut bench = Bench::new();
    let payer = bench.payer.pubkey();
    bench.chain.set_mint(MINT, &usdc(payer)).unwrap();
    let from = bench.chain.credit_tokens(&payer, &MINT, 1_000).unwrap();
    let to = bench.chain.credit_tokens(&OWN, &MINT, 5).unwrap();
    assert_eq!(bench.chain.mint_supply(&MINT).unwrap(), 1_005);
    bench.send(&[pay(from, to, payer, 400)]).unwrap();
    assert_eq!(bench.chain.token_balance(&from).unwrap(), 600);
    assert_eq!(bench.chain.token_balance(&to).unwrap(), 405);
    // Error 1 of SPL Token: insufficient funds.
    let failure = bench.send(&[pay(from, to, payer, 601)]).unwrap_err();
    assert_eq!(failure.custom_code(), Some(1));
    assert_eq!(bench.chain.credit_tokens(&payer, &MINT, 1).unwrap(), from);
    assert_eq!(bench.chain.token_balance(&from).unwrap(), 601);
}

/// SPL Token's own initialisers (InitializeMint2 20, InitializeAccount3 18) write the same bytes.
#[test]
fn written_state_equals_what_the_program_writes() {
    let mut bench = Bench::new();
    let payer = bench.payer.pubkey();
    let (mint, account) = (key(5), key(6));
    let make = |key: Pubkey, bytes: u64, lamports: u64| create_account(payer, key, lamports, bytes, TOKEN_PROGRAM);
    let initialize_mint = Instruction::new_with_bytes(
        TOKEN_PROGRAM,
        &[&[20, 6][..], payer.as_ref(), &[1], FOREIGN.as_ref()].concat(),
        vec![w(mint.pubkey())],
    );
    let initialize_account = Instruction::new_with_bytes(
        TOKEN_PROGRAM,
        &[&[18][..], OWN.as_ref()].concat(),
        vec![w(account.pubkey()), r(mint.pubkey())],
    );
    let transaction = bench.sign(
        &[
            // The well-known rent of a mint and of a token account.
            make(mint.pubkey(), 82, 1_461_600),
            make(account.pubkey(), 165, 2_039_280),
            initialize_mint,
            initialize_account,
        ],
        &[&mint, &account],
    );
    bench.chain.send(transaction).unwrap();
    let made_mint = bench.chain.account(&mint.pubkey()).unwrap();
    let made_account = bench.chain.account(&account.pubkey()).unwrap();

    bench.chain.set_mint(MINT, &usdc(payer)).unwrap();
    let address = Pubkey::new_from_array([8; 32]);
    let state = TokenAccountState::new(mint.pubkey(), OWN, 0);
    bench.chain.set_token_account(address, &state).unwrap();
    assert_eq!(bench.chain.account(&MINT).unwrap(), made_mint);
    assert_eq!(bench.chain.account(&address).unwrap(), made_account);
}

#[test]
fn delegates_and_freezing_are_understood_by_the_program() {
    let mut bench = Bench::new();
    let payer = bench.payer.pubkey();
    bench.chain.set_mint(MINT, &usdc(payer)).unwrap();
    let (from, to) = (Pubkey::new_from_array([8; 32]), Pubkey::new_from_array([9; 32]));
    let mut state = TokenAccountState::new(MINT, OWN, 100);
    state.delegate = Some(payer);
    state.delegated_amount = 40;
    bench.chain.set_token_account(from, &state).unwrap();
    bench.chain.set_token_account(to, &TokenAccountState::new(MINT, OWN, 0)).unwrap();
    bench.send(&[pay(from, to, payer, 40)]).unwrap();
    assert_eq!(bench.chain.token_balance(&to).unwrap(), 40);
    // Error 4 of SPL Token: owner does not match. The delegate has used up its allowance.
    assert_eq!(bench.send(&[pay(from, to, payer, 1)]).unwrap_err().custom_code(), Some(4));
    state.frozen = true;
    bench.chain.set_token_account(from, &state).unwrap();
    // Error 17: account is frozen.
    assert_eq!(bench.send(&[pay(from, to, payer, 1)]).unwrap_err().custom_code(), Some(17));
}

#[test]
fn the_associated_address_is_the_one_that_the_program_makes() {
    for program in [TOKEN_PROGRAM, TOKEN_2022_PROGRAM] {
        let mut bench = Bench::new();
        let payer = bench.payer.pubkey();
        bench.chain.set_data(MINT, program, usdc(payer).pack()).unwrap();
        let address = associated_token_address(&OWN, &MINT, &program);
        let create = Instruction::new_with_bytes(
            ASSOCIATED_TOKEN_PROGRAM,
            &[1],
            vec![AccountMeta::new(payer, true), w(address), r(OWN), r(MINT), r(SYSTEM), r(program)],
        );
        bench.send(&[create]).unwrap();
        assert_eq!(bench.chain.account(&address).unwrap().owner, program);
        assert_eq!(bench.chain.token_balance(&address).unwrap(), 0);
        assert_eq!(bench.chain.credit_tokens(&OWN, &MINT, 3).unwrap(), address);
        assert_eq!(bench.chain.token_balance(&address).unwrap(), 3);
    }
}

#[test]
fn credits_beyond_64_bits_and_to_no_mint_are_refused() {
    let mut bench = Bench::new();
    let payer = bench.payer.pubkey();
    let error = bench.chain.credit_tokens(&payer, &OWN, 1).unwrap_err();
    assert!(matches!(error, ChainError::NotATokenAccount(OWN)));
    bench.chain.set_mint(MINT, &usdc(payer)).unwrap();
    bench.chain.credit_tokens(&payer, &MINT, u64::MAX).unwrap();
    let error = bench.chain.credit_tokens(&payer, &MINT, 1).unwrap_err();
    assert!(matches!(error, ChainError::BalanceOverflow(MINT)));
}

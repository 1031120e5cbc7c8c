//! Attacks 19 to 22: mints and token accounts with a hook for somebody else.

use super::*;
use anchor_lang::solana_program::system_instruction;
use anchor_spl::token::spl_token;
use anchor_spl::token_2022::{
    self,
    spl_token_2022::{
        extension::{default_account_state, metadata_pointer, transfer_fee, transfer_hook, ExtensionType},
        instruction as token_instruction,
        state::{AccountState, Mint},
    },
};
use gimbal::instructions::router;

/// A mint that the Token-2022 program itself has made, with one extension.
fn extended_mint(fx: &mut Fixture, extension: ExtensionType, enable: Instruction, mint: &Keypair) {
    let space = ExtensionType::try_calculate_account_len::<Mint>(&[extension]).unwrap();
    let lamports = fx.chain.minimum_balance(space).unwrap();
    let (payer, issuer) = (fx.deployment.actors.payer.pubkey(), fx.deployment.actors.issuer.pubkey());
    let key = mint.pubkey();
    let create = system_instruction::create_account(&payer, &key, lamports, space as u64, &token_2022::ID);
    let init = token_instruction::initialize_mint2(&token_2022::ID, &key, &issuer, Some(&issuer), 6).unwrap();
    fx.send(&[create, enable, init], &[mint]).unwrap();
}

/// The deployment's owner makes a vault over a mint of Token-2022.
fn vault_over(fx: &mut Fixture, mint: &Pubkey) -> Outcome {
    let (owner, payer) = (fx.deployment.actors.owner.insecure_clone(), fx.deployment.actors.payer.pubkey());
    let (feed, args) = (fx.deployment.vault.base_feed, second_args(fx));
    let make = make_vault(&owner.pubkey(), &payer, mint, &token_2022::ID, &feed, args);
    fx.send(&[make], &[&owner])
}

#[track_caller]
fn refuse(extension: ExtensionType, enable: impl FnOnce(&Pubkey, &Pubkey) -> Instruction) {
    let mut fx = Fixture::new();
    let mint = gimbal::setup::keys::keypair(9, "extended mint", 0);
    let enable = enable(&mint.pubkey(), &fx.deployment.actors.issuer.pubkey());
    extended_mint(&mut fx, extension, enable, &mint);
    fx.assert_refused("UnsupportedMintExtension", |fx| vault_over(fx, &mint.pubkey()));
}

/// Attack 19: a deposit over such a mint would be credited more than arrives.
#[test]
fn a_mint_with_a_transfer_fee_is_refused() {
    refuse(ExtensionType::TransferFeeConfig, |mint, issuer| {
        let init = transfer_fee::instruction::initialize_transfer_fee_config;
        init(&token_2022::ID, mint, Some(issuer), Some(issuer), 100, u64::MAX).unwrap()
    });
    // A fee of zero can be raised later.
    refuse(ExtensionType::TransferFeeConfig, |mint, issuer| {
        let init = transfer_fee::instruction::initialize_transfer_fee_config;
        init(&token_2022::ID, mint, Some(issuer), Some(issuer), 0, 0).unwrap()
    });
}

/// Attack 20.
#[test]
fn a_mint_with_a_transfer_hook_is_refused() {
    refuse(ExtensionType::TransferHook, |mint, issuer| {
        let hook = Some(hostile_venue::ID);
        transfer_hook::instruction::initialize(&token_2022::ID, mint, Some(*issuer), hook).unwrap()
    });
    // No hook yet, and an authority that can set one.
    refuse(ExtensionType::TransferHook, |mint, issuer| {
        transfer_hook::instruction::initialize(&token_2022::ID, mint, Some(*issuer), None).unwrap()
    });
}

/// Attack 20.
#[test]
fn a_mint_with_a_permanent_delegate_is_refused() {
    refuse(ExtensionType::PermanentDelegate, |mint, issuer| {
        token_instruction::initialize_permanent_delegate(&token_2022::ID, mint, issuer).unwrap()
    });
}

/// Attack 20.
#[test]
fn a_mint_of_frozen_accounts_is_refused() {
    refuse(ExtensionType::DefaultAccountState, |mint, _| {
        let frozen = &AccountState::Frozen;
        default_account_state::instruction::initialize_default_account_state(&token_2022::ID, mint, frozen).unwrap()
    });
}

/// The gate refuses what can move or stop balances, and not Token-2022 itself.
#[test]
fn a_mint_with_metadata_is_a_base_asset() {
    let mut fx = Fixture::new();
    let mint = gimbal::setup::keys::keypair(9, "extended mint", 0);
    let issuer = fx.deployment.actors.issuer.pubkey();
    let init = metadata_pointer::instruction::initialize;
    let enable = init(&token_2022::ID, &mint.pubkey(), Some(issuer), Some(mint.pubkey())).unwrap();
    extended_mint(&mut fx, ExtensionType::MetadataPointer, enable, &mint);
    vault_over(&mut fx, &mint.pubkey()).unwrap();
}

/// Changes a token account from outside.
fn set_token(fx: &mut Fixture, key: &Pubkey, change: impl FnOnce(&mut spl_token::state::Account)) {
    use anchor_lang::solana_program::program_pack::Pack;
    tamper(fx, key, |account| {
        let mut token = spl_token::state::Account::unpack(&account.data).unwrap();
        change(&mut token);
        spl_token::state::Account::pack(token, &mut account.data).unwrap();
    });
}

/// Attack 21: the accounts are made by the programs themselves, so that nobody can have been given a hand in them; had
/// somebody, nothing would be entrusted to them.
#[test]
fn a_cash_account_with_a_foreign_hand_in_it_is_refused() {
    let thief = Pubkey::new_from_array([7; 32]);
    let changes: [fn(&mut spl_token::state::Account, Pubkey); 3] = [
        |account, thief| {
            account.delegate = Some(thief).into();
            account.delegated_amount = 1;
        },
        |account, thief| account.close_authority = Some(thief).into(),
        |account, thief| account.owner = thief,
    ];
    for change in changes {
        let mut fx = Fixture::with_lines(1);
        let alice = fx.depositor(1_000 * USDC);
        fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
        let cash = fx.deployment.vault.addresses.cash;
        set_token(&mut fx, &cash, |account| change(account, thief));
        let name = "ForeignAuthorityOnTokenAccount";
        fx.assert_refused(name, |fx| fx.vault().deposit(&alice, USDC, 0));
        fx.assert_refused(name, |fx| fx.vault().redeem(&alice, USDC, 0));
        fx.assert_refused(name, |fx| fx.vault().deposit_and_allocate(&alice, USDC, 0, 0));
        fx.assert_refused(name, |fx| fx.router().rebalance(0));
        fx.assert_refused(name, |fx| fx.router().harvest_cash());
        fx.vault().request_redeem(&alice, USDC).unwrap();
        fx.assert_refused(name, |fx| fx.vault().fill_tickets(1));
    }
}

/// Attack 21, of a line's receipts.
#[test]
fn receipts_with_a_foreign_hand_in_them_are_refused() {
    let thief = Pubkey::new_from_array([7; 32]);
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    let position = fx.deployment.lines[0].addresses.position;
    set_token(&mut fx, &position, |account| account.delegate = Some(thief).into());
    let name = "ForeignAuthorityOnTokenAccount";
    fx.assert_refused(name, |fx| fx.router().recall(&guardian, 0, 100 * USDC));
    fx.assert_refused(name, |fx| fx.router().harvest(0));
    fx.assert_refused(name, |fx| fx.vault().deposit_and_allocate(&alice, 100 * USDC, 0, 0));
    // Cash is untouched by it.
    fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
}

/// Attack 22: the share mint is made by the vault at an address of its own; no other is taken.
#[test]
fn a_share_mint_of_somebody_else_is_refused() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let actors = fx.deployment.actors.clone();
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let (known, payer) = (fx.deployment.vault, actors.payer.pubkey());

    // The issuer's mint in the share mint's place, when the vault is made and when it is used.
    let foreign = fx.deployment.token.key;
    let args = second_args(&fx);
    let own = VaultAddresses::derive(&actors.owner.pubkey(), args.index);
    let owner = actors.owner.pubkey();
    let make = make_vault(&owner, &payer, &known.base_mint, &known.base_token_program, &known.base_feed, args);
    let mut with_foreign = make.clone();
    for meta in with_foreign.accounts.iter_mut().filter(|meta| meta.pubkey == own.share_mint) {
        meta.pubkey = foreign;
    }
    fx.assert_refused("ConstraintSeeds", |fx| fx.send(&[with_foreign], &[&actors.owner]));
    fx.assert_refused("WrongShareMint", |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.share_mint = foreign));
    fx.assert_refused("WrongShareMint", |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.share_mint = foreign));

    // A mint that somehow lies at the address already, with the thief's authorities.
    let mint = fx.chain.require_account(&foreign).unwrap();
    fx.chain.set_account(&own.share_mint, mint).unwrap();
    fx.assert_refused("AccountAlreadyInUse", |fx| fx.send(&[make], &[&actors.owner]));

    let shares = gimbal::readers::mint(&fx.chain, &known.addresses.share_mint).unwrap();
    assert_eq!((shares.mint_authority, shares.freeze_authority), (Some(known.addresses.vault), None));
    let thief = fx.depositor(0);
    let mint = gimbal::instructions::token::mint_to(
        &known.addresses.share_mint,
        &thief.shares,
        &thief.pubkey(),
        USDC,
        &anchor_spl::token::ID,
    );
    fx.assert_refused("OwnerMismatch", |fx| fx.send(&[mint], &[&thief.key]));
}

/// Beyond the list: whoever owns a line's receipts account at its making is the ledger.
#[test]
fn a_line_is_not_added_over_a_strangers_accounts() {
    let mut fx = Fixture::with_lines(1);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let thief = fx.depositor(USDC);
    let hostile = fx.hostile_reserve(thief.pubkey(), None);
    let line = fx.hostile_line(&hostile);
    for place in 0..line.pinned.len() {
        let mut changed: router::NewLine = line.clone();
        changed.pinned[place] = thief.base;
        fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &changed));
    }
    let mut short = line.clone();
    short.pinned.pop();
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &short));
    fx.assert_refused("NotOwner", |fx| fx.router().add_strategy(&thief.key, &line));
}

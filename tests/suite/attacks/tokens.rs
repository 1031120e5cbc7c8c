//! Attacks 21 and 22: token accounts and share mints with a hand of somebody else in them. [`super::mints`] has 19 and 20.

use super::*;
use anchor_spl::token::spl_token;
use gimbal::instructions::router;

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

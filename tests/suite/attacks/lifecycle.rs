//! Attacks 10 to 12: accounts made twice, made by strangers, or used after their end.

use super::*;
use anchor_lang::{solana_program::system_instruction, system_program};
use gimbal::instructions::{oracle, router};
use strategy_router::{accounts, instruction, RolesArgs};

/// Attack 10.
#[test]
fn nothing_is_initialised_twice() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let actors = fx.deployment.actors.clone();
    let (owner, payer) = (actors.owner.pubkey(), actors.payer.pubkey());
    let known = fx.deployment.vault;
    let own = known.addresses;

    let args = InitializeArgs { index: fx.deployment.plan.vault_index, ..second_args(&fx) };
    let again = make_vault(&owner, &payer, &known.base_mint, &known.base_token_program, &known.base_feed, args);
    fx.assert_refused("AccountAlreadyInUse", |fx| fx.send(&[again], &[&actors.owner]));
    let keeper = actors.keepers[0].pubkey();
    fx.assert_refused("AccountAlreadyInUse", |fx| fx.router().register_keeper(&actors.owner, &keeper));
    fx.assert_refused("BookAlreadyOpened", |fx| fx.send(&[router::open_book(&owner, &payer, &own)], &[&actors.owner]));
    let base = *fx.deployment.feeds.get(Asset::Base);
    let args = risk_oracle::RegisterFeedArgs {
        feed_id: base.id,
        second_feed_id: [0; 32],
        curator: Pubkey::default(),
        guardian: Pubkey::default(),
        params: fx.deployment.plan.feed_params,
    };
    let again = oracle::register_feed(&owner, &payer, args);
    fx.assert_refused("AccountAlreadyInUse", |fx| fx.send(&[again], &[&actors.owner]));

    // A ticket of the past cannot be requested again: its number is not the tail's.
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    let again = known.request_redeem(&alice.pubkey(), &payer, 0, 10 * USDC);
    fx.assert_refused("ConstraintSeeds", |fx| fx.send(&[again], &[&alice.key]));
}

/// Attack 11: the account is closed, given back its rent, and used again before the transaction ends.
#[test]
fn a_ticket_that_was_closed_is_not_revived() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let known = fx.deployment.vault;
    let claim = known.claim(&alice.pubkey(), 0);
    let refund = system_instruction::transfer(&alice.pubkey(), &known.ticket(0), 10_000_000);
    let twice = [claim.clone(), refund.clone(), claim.clone()];
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&twice, &[&alice.key]));
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&[claim.clone(), claim.clone()], &[&alice.key]));

    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let cancel = known.cancel(&alice.pubkey(), 1);
    let refund = system_instruction::transfer(&alice.pubkey(), &known.ticket(1), 10_000_000);
    let twice = [cancel.clone(), refund, cancel];
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&twice, &[&alice.key]));
}

/// Attack 11, of a line.
#[test]
fn a_line_that_was_removed_is_not_revived() {
    let mut fx = Fixture::new();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let line = fx.deployment.lines[1].clone();
    let ledger = fx.deployment.vault.addresses.ledger;
    let id = line.addresses.id;
    let remove = router::remove_strategy(&owner.pubkey(), &ledger, id, &owner.pubkey());
    let refund = system_instruction::transfer(&owner.pubkey(), &line.addresses.venue, 10_000_000);
    let refresh = router::refresh(&fx.deployment.vault, &line.context);
    let reuse = [remove.clone(), refund, refresh];
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&reuse, &[&owner]));
    // Nor is its number given again.
    fx.send(&[remove], &[&owner]).unwrap();
    let next = fx.ledger().next_line_id;
    assert!(next > id);
    let hostile = fx.hostile_reserve(owner.pubkey(), None);
    let mut again = fx.hostile_line(&hostile);
    again.args.id = id;
    again.pinned[1] = gimbal::pda::LineAddresses::of(&ledger, id).position;
    fx.assert_refused("UnknownLine", |fx| fx.router().add_strategy(&owner, &again));
    again.args.id = next + 1;
    again.pinned[1] = gimbal::pda::LineAddresses::of(&ledger, next + 1).position;
    fx.assert_refused("UnknownLine", |fx| fx.router().add_strategy(&owner, &again));
}

/// Attack 12.
#[test]
fn a_stranger_cannot_come_first() {
    let mut fx = Fixture::new();
    let thief = fx.depositor(0);
    let actors = fx.deployment.actors.clone();
    let (known, payer) = (fx.deployment.vault, actors.payer.pubkey());
    let args = second_args(&fx);
    let make = |creator: &Pubkey| {
        make_vault(creator, &payer, &known.base_mint, &known.base_token_program, &known.base_feed, args.clone())
    };
    let owners = VaultAddresses::derive(&actors.owner.pubkey(), args.index);
    let stolen = VaultAddresses::derive(&thief.pubkey(), args.index);

    // The owner's address is made from the owner's key.
    let mut first = make(&thief.pubkey());
    for meta in first.accounts.iter_mut().filter(|meta| meta.pubkey == stolen.vault) {
        meta.pubkey = owners.vault;
    }
    fx.assert_refused("ConstraintSeeds", |fx| fx.send(&[first], &[&thief.key]));
    let unsigned_make = unsigned(make(&actors.owner.pubkey()), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned_make], &[]));

    // The ledger of a vault that is still to come: only the vault itself opens it.
    let accounts = accounts::Initialize {
        vault: owners.vault,
        payer,
        ledger: owners.ledger,
        cash: owners.cash,
        base_mint: known.base_mint,
        base_feed: known.base_feed,
        base_token_program: known.base_token_program,
        system_program: system_program::ID,
        event_authority: gimbal::pda::event_authorities().router,
        program: strategy_router::ID,
    };
    let roles = RolesArgs { owner: thief.pubkey(), curator: thief.pubkey(), guardian: thief.pubkey() };
    let limits = fx.deployment.plan.limits;
    let open = gimbal::instructions::build(strategy_router::ID, accounts, instruction::Initialize { roles, limits });
    let unsigned_open = unsigned(open, 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned_open], &[]));

    // Lamports at its address do not keep the owner from making it.
    for address in [owners.vault, owners.share_mint, owners.escrow, owners.claims, owners.ledger, owners.cash] {
        let send = system_instruction::transfer(&thief.pubkey(), &address, 1_000_000);
        fx.send(&[send], &[&thief.key]).unwrap();
    }
    fx.send(&[make(&actors.owner.pubkey())], &[&actors.owner]).unwrap();
    let vault: ::vault::Vault = fx.read(&owners.vault);
    assert_eq!(vault.roles.owner, actors.owner.pubkey());
}

/// Beyond the list: the roles of another.
#[test]
fn a_stranger_takes_no_role() {
    let mut fx = Fixture::new();
    let thief = fx.depositor(0).key;
    let key = thief.pubkey();
    let (feed, book) = (fx.deployment.vault.base_feed, fx.deployment.vault.addresses.book);
    fx.assert_refused("NotOwner", |fx| fx.vault().propose_owner(&thief, &key));
    fx.assert_refused("NotPendingOwner", |fx| fx.vault().accept_owner(&thief));
    fx.assert_refused("NotOwner", |fx| fx.vault().set_curator(&thief, &key));
    fx.assert_refused("NotOwner", |fx| fx.router().propose_owner(&thief, &key));
    fx.assert_refused("NotPendingOwner", |fx| fx.router().accept_owner(&thief));
    fx.assert_refused("NotOwner", |fx| fx.router().set_guardian(&thief, &key));
    let limits = fx.deployment.plan.limits;
    fx.assert_refused("NotOwner", |fx| fx.router().set_limits(&thief, limits));
    for target in [feed, book] {
        fx.assert_refused("NotOwner", |fx| fx.oracle().propose_owner(&thief, &target, &key));
        fx.assert_refused("NotPendingOwner", |fx| fx.oracle().accept_owner(&thief, &target));
    }
    let params = fx.deployment.plan.feed_params;
    fx.assert_refused("NotOwner", |fx| fx.oracle().set_feed_params(&thief, &feed, params));
}

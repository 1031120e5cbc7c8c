//! `close_change`: anybody, once nothing can come of the change any more; the rent goes back to who paid it.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::{
    build,
    changes::{presenting, Queue},
    router,
};
use gimbal_control::{CHANGE_DELAY, CHANGE_WINDOW};
use strategy_router::{accounts, instruction, LimitsArgs};

/// A live ledger, looser limits, and their change, whose rent Alice has paid.
fn paid_by_alice() -> (Fixture, User, Instruction, Pubkey) {
    let (mut fx, alice) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let ledger = fx.deployment.vault.addresses.ledger;
    let limits = LimitsArgs { loss_budget_bps: 60, ..fx.deployment.plan.limits };
    let looser = router::set_limits(&owner.pubkey(), &ledger, limits);
    let change = fx.router().next_change();
    let propose = Queue::Ledger(ledger).propose(&owner.pubkey(), &alice.pubkey(), 0, &looser, []);
    fx.send(&[propose], &[&owner, &alice.key]).unwrap();
    (fx, alice, looser, change)
}

fn lamports(fx: &Fixture, key: &Pubkey) -> u64 {
    fx.chain.get_account(key).unwrap().map_or(0, |account| account.lamports)
}

#[test]
fn a_change_that_can_still_be_applied_is_not_closed() {
    let (mut fx, alice, _, _) = paid_by_alice();
    fx.assert_refused("ChangeNotOver", |fx| fx.router().close_change(&alice.pubkey(), 0));
    fx.warp((CHANGE_DELAY + CHANGE_WINDOW - 1) as u64);
    fx.assert_refused("ChangeNotOver", |fx| fx.router().close_change(&alice.pubkey(), 0));
}

#[test]
fn anybody_closes_what_is_over_and_the_payer_is_paid() {
    let (fx, alice, looser, change) = paid_by_alice();
    let cast = Cast::of(&fx);
    let applied = |fx: &mut Fixture| {
        fx.warp(CHANGE_DELAY as u64);
        fx.router().apply(&cast.owner, looser.clone(), &change).unwrap();
    };
    let vetoed = |fx: &mut Fixture| {
        fx.router().veto_change(&cast.guardian, 0).unwrap();
    };
    let expired = |fx: &mut Fixture| fx.warp((CHANGE_DELAY + CHANGE_WINDOW) as u64);
    let ends: [&dyn Fn(&mut Fixture); 3] = [&applied, &vetoed, &expired];
    for end in ends {
        let mut fx = fx.clone();
        end(&mut fx);
        let (rent, had) = (lamports(&fx, &change), lamports(&fx, &alice.pubkey()));
        assert!(rent > 0);
        for thief in [cast.stranger.pubkey(), cast.owner.pubkey()] {
            fx.assert_refused("NotChangePayer", |fx| fx.router().close_change(&thief, 0));
        }
        // Nobody but whoever pays the fee signs.
        fx.router().close_change(&alice.pubkey(), 0).unwrap();
        assert_eq!((lamports(&fx, &change), lamports(&fx, &alice.pubkey())), (0, had + rent));
        // Its number is not given again.
        fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.router().close_change(&alice.pubkey(), 0));
        assert_eq!(fx.ledger().change_nonce, 1);
        assert_ne!(fx.router().next_change(), change);
    }
}

#[test]
fn no_other_account_is_closed() {
    let (mut fx, alice, _, _) = paid_by_alice();
    let addresses = fx.deployment.vault.addresses;
    for (name, change) in
        [("AccountDiscriminatorMismatch", addresses.ledger), ("AccountOwnedByWrongProgram", addresses.vault)]
    {
        let accounts = accounts::CloseChange { change, payer: alice.pubkey() };
        let close = build(strategy_router::ID, accounts, instruction::CloseChange {});
        fx.assert_refused(name, |fx| fx.send(&[close], &[]));
    }
}

#[test]
fn a_change_that_was_closed_is_not_revived() {
    let (mut fx, alice, looser, change) = paid_by_alice();
    let cast = Cast::of(&fx);
    fx.router().veto_change(&cast.guardian, 0).unwrap();
    fx.warp(CHANGE_DELAY as u64);
    let close = fx.ledger_queue().close(&alice.pubkey(), 0);
    let refund = anchor_lang::solana_program::system_instruction::transfer(&alice.pubkey(), &change, 10_000_000);
    let apply = presenting(looser, &change);
    let refused = fx.assert_unchanged(|fx| fx.send(&[close, refund, apply], &[&alice.key, &cast.owner]));
    assert_error(refused, "AccountOwnedByWrongProgram");
}

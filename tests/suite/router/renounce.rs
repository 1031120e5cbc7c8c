//! `renounce`: a role is given up for ever, by whoever holds it.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::router;
use gimbal_control::Role;
use strategy_router::LimitsArgs;

const OWNER: Role = Role::Owner;
const CURATOR: Role = Role::Curator;
const GUARDIAN: Role = Role::Guardian;

#[test]
fn a_role_is_given_up_by_its_holder() {
    let fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let refused = [
        (OWNER, "NotOwner", vec![&cast.curator, &cast.guardian, &cast.stranger]),
        (CURATOR, "NotCurator", vec![&cast.guardian, &cast.stranger]),
        // The owner too: else it would be rid of whoever watches it, without a wait.
        (GUARDIAN, "NotGuardian", vec![&cast.owner, &cast.curator, &cast.stranger]),
    ];
    for (role, name, keys) in refused {
        for key in keys {
            fx.clone().assert_refused(name, |fx| fx.router().renounce(key, role));
        }
    }
    let give_up = router::renounce(&cast.owner.pubkey(), &fx.deployment.vault.addresses.ledger, OWNER);
    fx.clone().assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(give_up, 0)], &[]));
    let mut unknown = router::renounce(&cast.owner.pubkey(), &fx.deployment.vault.addresses.ledger, OWNER);
    for role in [3, u8::MAX] {
        unknown.data[8] = role;
        fx.clone().assert_refused("UnknownRole", |fx| fx.send(&[unknown.clone()], &[&cast.owner]));
    }
    for (role, key) in
        [(OWNER, &cast.owner), (CURATOR, &cast.curator), (CURATOR, &cast.owner), (GUARDIAN, &cast.guardian)]
    {
        let mut fx = fx.clone();
        let receipt = fx.router().renounce(key, role).unwrap();
        let RouterEvent::RoleChanged(event) = event(&receipt) else { panic!("a role was changed") };
        let told = [event.owner, event.curator, event.guardian];
        let mut left = [cast.owner.pubkey(), cast.curator.pubkey(), cast.guardian.pubkey()];
        left[usize::from(role.number())] = Pubkey::default();
        assert_eq!((told, event.by, event.time), (left, key.pubkey(), now(&fx)));
        fx.assert_identities();
    }
}

#[test]
fn nobody_is_given_a_renounced_role() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    fx.router().renounce(&cast.curator, CURATOR).unwrap();
    fx.router().renounce(&cast.guardian, GUARDIAN).unwrap();
    for next in [cast.stranger.pubkey(), Pubkey::default()] {
        fx.assert_refused("RoleRenounced", |fx| fx.router().set_curator(&cast.owner, &next));
        fx.assert_refused("RoleRenounced", |fx| fx.router().set_guardian(&cast.owner, &next));
    }
    fx.assert_refused("RoleRenounced", |fx| fx.router().renounce(&cast.owner, CURATOR));
    fx.assert_refused("RoleRenounced", |fx| fx.router().renounce(&cast.guardian, GUARDIAN));
    // The keys are nobody's now; the owner does their work.
    fx.assert_refused("NotCurator", |fx| fx.router().set_policy(&cast.curator, 1));
    fx.assert_refused("NotGuardian", |fx| fx.router().set_status(&cast.guardian, 0, FROZEN));
    fx.router().set_policy(&cast.owner, 1).unwrap();
    fx.router().set_status(&cast.owner, 0, FROZEN).unwrap();
}

#[test]
fn without_an_owner_nothing_is_loosened_again_and_everybody_gets_out() {
    let (mut fx, alice) = invested();
    let cast = Cast::of(&fx);
    let limits = LimitsArgs { loss_budget_bps: 60, ..fx.deployment.plan.limits };
    let looser = router::set_limits(&cast.owner.pubkey(), &fx.deployment.vault.addresses.ledger, limits);
    let change = fx.router().next_change();
    fx.router().propose_change(&cast.owner, &looser).unwrap();
    fx.router().propose_owner(&cast.owner, &cast.stranger.pubkey()).unwrap();
    fx.router().renounce(&cast.owner, OWNER).unwrap();

    // The proposal of a next owner is gone, and so is what waited.
    fx.assert_refused("RoleRenounced", |fx| fx.router().accept_owner(&cast.stranger));
    fx.assert_refused("RoleRenounced", |fx| fx.router().renounce(&cast.owner, OWNER));
    fx.pass(172_800);
    fx.assert_refused("NotOwner", |fx| fx.router().apply(&cast.owner, looser.clone(), &change));
    fx.assert_refused("NotOwner", |fx| fx.router().propose_change(&cast.owner, &looser));
    fx.assert_refused("NotOwner", |fx| fx.router().set_guardian(&cast.owner, &cast.owner.pubkey()));

    // Curator, guardian and depositors go on.
    fx.router().set_policy(&cast.curator, 1).unwrap();
    fx.router().recall(&cast.guardian, 0, u64::MAX).unwrap();
    let shares = fx.balance(&alice.shares);
    fx.vault().redeem(&alice, shares, 0).unwrap();
    assert_eq!(fx.ledger().cash_tracked + fx.balance(&alice.base), 2_000 * USDC);
    fx.assert_identities();
}

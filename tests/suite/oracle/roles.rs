//! `propose_owner`, `accept_owner`, `set_curator`, `set_guardian`, each on a feed and on a book.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::oracle::{accept_owner, propose_owner, set_curator, set_feed_params, set_guardian, set_risk};
use gimbal_control::Roles;
use risk_oracle::events::{RoleChange, RoleChanged};

use super::world::*;

fn both() -> [(World, Pubkey); 2] {
    let world = World::new();
    [(world.clone(), world.feed), (world.clone(), world.book)]
}

fn roles(world: &World, target: &Pubkey) -> Roles {
    if *target == world.feed {
        world.feed().roles
    } else {
        world.book().roles
    }
}

// Access

#[test]
fn only_the_owner_names_anybody() {
    for (mut world, target) in both() {
        for role in ["curator", "guardian", "stranger", "ledger"] {
            let (signer, named) = (pubkey(role), pubkey("stranger"));
            world.refuse("NotOwner", propose_owner(&signer, &target, &named), &[role]);
            world.refuse("NotOwner", set_curator(&signer, &target, &named), &[role]);
            world.refuse("NotOwner", set_guardian(&signer, &target, &named), &[role]);
        }
    }
}

#[test]
fn only_the_proposed_key_accepts() {
    for (mut world, target) in both() {
        world.refuse("NotPendingOwner", accept_owner(&pubkey("stranger"), &target), &["stranger"]);
        world.send(&[propose_owner(&pubkey("owner"), &target, &pubkey("heir"))], &["owner"]).unwrap();
        for role in ["stranger", "owner", "curator", "guardian"] {
            world.refuse("NotPendingOwner", accept_owner(&pubkey(role), &target), &[role]);
        }
        let mut unsigned = accept_owner(&pubkey("heir"), &target);
        unsigned.accounts[0].is_signer = false;
        world.refuse("AccountNotSigner", unsigned, &[]);
    }
}

#[test]
fn a_target_must_be_a_feed_or_a_book() {
    let mut world = World::priced();
    for target in [pubkey("nothing"), pubkey("stranger"), world.posted] {
        world.refuse("NotFeedOrBook", set_curator(&pubkey("owner"), &target, &pubkey("stranger")), &["owner"]);
    }
}

// The ordinary path

#[test]
fn ownership_moves_in_two_steps() {
    for (mut world, target) in both() {
        let (owner, heir) = (pubkey("owner"), pubkey("heir"));
        let receipt = world.send(&[propose_owner(&owner, &target, &heir)], &["owner"]).unwrap();
        assert_eq!((roles(&world, &target).owner, roles(&world, &target).pending_owner), (owner, heir));
        let told: RoleChanged = event(&receipt);
        assert_eq!((told.account, told.slot, told.time), (target, receipt.slot, world.now()));
        assert_eq!((told.by, told.change, told.key), (owner, RoleChange::OwnerProposed, heir));

        let receipt = world.send(&[accept_owner(&heir, &target)], &["heir"]).unwrap();
        assert_eq!((roles(&world, &target).owner, roles(&world, &target).pending_owner), (heir, Pubkey::default()));
        let told: RoleChanged = event(&receipt);
        assert_eq!((told.by, told.change, told.key), (heir, RoleChange::OwnerAccepted, heir));
        world.refuse("NotOwner", set_curator(&owner, &target, &owner), &["owner"]);
        world.refuse("NotPendingOwner", accept_owner(&heir, &target), &["heir"]);
    }
}

#[test]
fn a_proposal_can_be_withdrawn() {
    for (mut world, target) in both() {
        let owner = pubkey("owner");
        world.send(&[propose_owner(&owner, &target, &pubkey("heir"))], &["owner"]).unwrap();
        world.send(&[propose_owner(&owner, &target, &Pubkey::default())], &["owner"]).unwrap();
        world.refuse("NotPendingOwner", accept_owner(&pubkey("heir"), &target), &["heir"]);
    }
}

#[test]
fn curator_and_guardian_are_named_and_dismissed() {
    for (mut world, target) in both() {
        let owner = pubkey("owner");
        let receipt = world.send(&[set_curator(&owner, &target, &pubkey("heir"))], &["owner"]).unwrap();
        let told: RoleChanged = event(&receipt);
        assert_eq!((told.account, told.change, told.key), (target, RoleChange::CuratorSet, pubkey("heir")));
        let receipt = world.send(&[set_guardian(&owner, &target, &Pubkey::default())], &["owner"]).unwrap();
        let told: RoleChanged = event(&receipt);
        assert_eq!((told.account, told.change, told.key), (target, RoleChange::GuardianSet, Pubkey::default()));
        let roles = roles(&world, &target);
        assert_eq!((roles.curator, roles.guardian), (pubkey("heir"), Pubkey::default()));
    }
}

// Edges

#[test]
fn a_new_role_acts_and_an_old_one_does_not() {
    let mut world = World::new();
    let (owner, book, feed) = (pubkey("owner"), world.book, world.feed);
    world.send(&[set_risk(&owner, &book, risk(0, "asset:SOL", 100, 100))], &["owner"]).unwrap();
    world.send(&[set_guardian(&owner, &book, &pubkey("heir"))], &["owner"]).unwrap();
    let lower = |by: &str| set_risk(&pubkey(by), &book, risk(0, "asset:SOL", 50, 50));
    world.refuse("NotGuardian", lower("guardian"), &["guardian"]);
    world.send(&[lower("heir")], &["heir"]).unwrap();

    world.send(&[propose_owner(&owner, &feed, &pubkey("heir"))], &["owner"]).unwrap();
    world.refuse("NotOwner", set_feed_params(&pubkey("heir"), &feed, params()), &["heir"]);
    world.send(&[accept_owner(&pubkey("heir"), &feed)], &["heir"]).unwrap();
    world.send(&[set_feed_params(&pubkey("heir"), &feed, params())], &["heir"]).unwrap();
    assert_eq!(world.feed().authority, owner, "the address keeps its seed");
}

//! `renounce`: a role given up for ever.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::oracle::{
    accept_owner, propose_owner, renounce, set_curator, set_feed_params, set_guardian, set_risk,
};
use gimbal_control::Role;
use risk_oracle::events::{RoleChange, RoleChanged};
use risk_oracle::FeedParams;

use super::world::*;

#[test]
fn nobody_gives_up_anothers_role() {
    let mut world = World::live();
    for target in [world.feed, world.book] {
        for (by, role, error) in [
            ("curator", Role::Owner, "NotOwner"),
            ("guardian", Role::Owner, "NotOwner"),
            ("stranger", Role::Owner, "NotOwner"),
            ("guardian", Role::Curator, "NotCurator"),
            ("stranger", Role::Curator, "NotCurator"),
            // The owner cannot rid itself of who watches it.
            ("owner", Role::Guardian, "NotGuardian"),
            ("curator", Role::Guardian, "NotGuardian"),
            ("stranger", Role::Guardian, "NotGuardian"),
        ] {
            world.refuse(error, renounce(&pubkey(by), &target, role), &[by]);
        }
        let mut unsigned = renounce(&pubkey("guardian"), &target, Role::Guardian);
        unsigned.accounts[0].is_signer = false;
        world.refuse("AccountNotSigner", unsigned, &[]);
    }
}

#[test]
fn there_are_three_roles() {
    let mut world = World::live();
    let mut fourth = renounce(&pubkey("owner"), &world.feed, Role::Owner);
    *fourth.data.last_mut().unwrap() = 3;
    world.refuse("UnknownRole", fourth, &["owner"]);
}

#[test]
fn a_renounced_role_is_nobodys_for_ever() {
    let mut world = World::new();
    let (feed, owner) = (world.feed, pubkey("owner"));
    for (by, role, what) in [
        ("curator", Role::Curator, RoleChange::CuratorRenounced),
        ("guardian", Role::Guardian, RoleChange::GuardianRenounced),
    ] {
        let receipt = world.send(&[renounce(&pubkey(by), &feed, role)], &[by]).unwrap();
        let told: RoleChanged = event(&receipt);
        assert_eq!((told.account, told.slot, told.time), (feed, receipt.slot, world.now()));
        assert_eq!((told.by, told.change, told.key), (pubkey(by), what, Pubkey::default()));
        world.refuse("RoleRenounced", renounce(&pubkey(by), &feed, role), &[by]);
    }
    world.refuse("RoleRenounced", set_curator(&owner, &feed, &pubkey("curator")), &["owner"]);
    world.refuse("RoleRenounced", set_guardian(&owner, &feed, &pubkey("guardian")), &["owner"]);
    assert_eq!(world.feed().roles.renounced, 6);
}

#[test]
fn the_owner_may_abolish_the_curator() {
    let mut world = World::new();
    let (book, owner) = (world.book, pubkey("owner"));
    world.send(&[set_risk(&owner, &book, risk(0, "asset:SOL", 100, 100))], &["owner"]).unwrap();
    world.send(&[renounce(&owner, &book, Role::Curator)], &["owner"]).unwrap();
    world.refuse("NotGuardian", set_risk(&pubkey("curator"), &book, risk(0, "asset:SOL", 50, 50)), &["curator"]);
}

#[test]
fn without_an_owner_nothing_is_loosened_and_the_guardian_still_lowers() {
    let mut world = World::live();
    let (feed, book, owner) = (world.feed, world.book, pubkey("owner"));
    world.send(&[set_risk(&owner, &book, risk(0, "asset:SOL", 100, 100))], &["owner"]).unwrap();
    let looser = set_feed_params(&owner, &feed, FeedParams { max_age: 61, ..params() });
    world.propose(feed, &looser).unwrap();
    world.send(&[propose_owner(&owner, &feed, &pubkey("heir"))], &["owner"]).unwrap();
    for target in [feed, book] {
        let receipt = world.send(&[renounce(&owner, &target, Role::Owner)], &["owner"]).unwrap();
        assert_eq!(event::<RoleChanged>(&receipt).change, RoleChange::OwnerRenounced);
    }
    world.warp(2 * DAY);
    // What waited dies with who could have applied it, and so does the heir's claim.
    world.refuse("NotOwner", presenting(looser, &Queue::Oracle(feed).change(0)), &["owner"]);
    world.refuse("RoleRenounced", accept_owner(&pubkey("heir"), &feed), &["heir"]);
    world.refuse("NotOwner", set_feed_params(&owner, &feed, params()), &["owner"]);
    world.send(&[set_risk(&pubkey("guardian"), &book, risk(0, "asset:SOL", 50, 50))], &["guardian"]).unwrap();
}

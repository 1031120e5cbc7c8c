//! `veto_change`: the guardian stops what waits, but not its own removal.

use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::oracle::{set_curator, set_guardian};
use risk_oracle::events::ChangeVetoed;
use solana_instruction::Instruction;

use super::world::*;

/// A live book with a new curator proposed.
fn proposed() -> (World, Queue, Instruction) {
    let mut world = World::live();
    let (book, owner) = (world.book, pubkey("owner"));
    let guarded = set_curator(&owner, &book, &pubkey("heir"));
    world.propose(book, &guarded).unwrap();
    (world, Queue::Oracle(book), guarded)
}

// Access

#[test]
fn only_guardian_and_owner_veto() {
    let (mut world, queue, _) = proposed();
    for role in ["curator", "stranger", "ledger"] {
        world.refuse("NotVetoer", queue.veto(&pubkey(role), 0), &[role]);
    }
    let mut unsigned = queue.veto(&pubkey("guardian"), 0);
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn a_guardian_of_one_account_stops_nothing_of_another() {
    let (mut world, queue, _) = proposed();
    let mut crossed = queue.veto(&pubkey("guardian"), 0);
    crossed.accounts[1].pubkey = world.feed;
    world.refuse("ChangeMismatch", crossed, &["guardian"]);
    let mut nothing = queue.veto(&pubkey("guardian"), 0);
    nothing.accounts[1].pubkey = world.posted;
    world.refuse("NotFeedOrBook", nothing, &["guardian"]);
}

// The ordinary path

#[test]
fn a_vetoed_change_is_never_applied() {
    for by in ["guardian", "owner"] {
        let (mut world, queue, guarded) = proposed();
        let presented = presenting(guarded, &queue.change(0));
        world.warp(DAY);
        let receipt = world.send(&[queue.veto(&pubkey(by), 0)], &[by]).unwrap();
        assert_eq!(world.change(world.book, 0).state, 2);
        let told: ChangeVetoed = event(&receipt);
        assert_eq!((told.target, told.slot, told.time), (world.book, receipt.slot, world.now()));
        assert_eq!((told.change, told.by), (queue.change(0), pubkey(by)));
        for _ in 0..2 {
            world.refuse("ChangeVetoed", presented.clone(), &["owner"]);
            world.warp(DAY);
        }
        world.refuse("ChangeVetoed", queue.veto(&pubkey("guardian"), 0), &["guardian"]);
    }
}

#[test]
fn also_a_change_that_is_ready_can_be_stopped() {
    let (mut world, queue, guarded) = proposed();
    world.warp(9 * DAY - 1);
    world.send(&[queue.veto(&pubkey("guardian"), 0)], &["guardian"]).unwrap();
    world.refuse("ChangeVetoed", presenting(guarded, &queue.change(0)), &["owner"]);
}

// Edges

#[test]
fn the_guardian_does_not_keep_its_post_by_vetoing() {
    let mut world = World::live();
    let (book, owner) = (world.book, pubkey("owner"));
    let queue = Queue::Oracle(book);
    let replace = set_guardian(&owner, &book, &pubkey("heir"));
    world.propose(book, &replace).unwrap();
    assert_eq!(world.change(book, 0).guardian_may_veto, 0);
    world.refuse("NotVetoable", queue.veto(&pubkey("guardian"), 0), &["guardian"]);
    // The owner may change its mind.
    world.propose(book, &replace).unwrap();
    world.send(&[queue.veto(&owner, 1)], &["owner"]).unwrap();
    world.warp(2 * DAY);
    world.refuse("NotVetoable", queue.veto(&pubkey("guardian"), 0), &["guardian"]);
    world.send(&[presenting(replace, &queue.change(0))], &["owner"]).unwrap();
    assert_eq!(world.book().roles.guardian, pubkey("heir"));
}

/// A guardian that vetoes everything stands in the way for two days, not for ever.
#[test]
fn a_veto_loop_ends_with_the_guardians_removal() {
    let (mut world, queue, guarded) = proposed();
    let (book, owner) = (world.book, pubkey("owner"));
    for nonce in 0..5 {
        world.send(&[queue.veto(&pubkey("guardian"), nonce)], &["guardian"]).unwrap();
        world.propose(book, &guarded).unwrap();
        world.warp(DAY);
    }
    let removal = world.waited(book, set_guardian(&owner, &book, &pubkey("heir")));
    world.send(&[removal], &["owner"]).unwrap();
    world.refuse("NotVetoer", queue.veto(&pubkey("guardian"), 5), &["guardian"]);
    world.send(&[presenting(guarded, &queue.change(5))], &["owner"]).unwrap();
    assert_eq!(world.book().roles.curator, pubkey("heir"));
}

#[test]
fn what_is_over_cannot_be_vetoed() {
    let (mut world, queue, guarded) = proposed();
    let mut late = world.clone();
    late.warp(9 * DAY);
    late.refuse("ChangeExpired", queue.veto(&pubkey("guardian"), 0), &["guardian"]);
    world.warp(2 * DAY);
    world.send(&[presenting(guarded, &queue.change(0))], &["owner"]).unwrap();
    world.refuse("ChangeApplied", queue.veto(&pubkey("guardian"), 0), &["guardian"]);
}

//! `close_change`: nothing lies about for ever, and the rent goes back to who paid it.

use gimbal::chain::Chain;
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::oracle::set_curator;
use solana_instruction::Instruction;

use super::world::*;

/// A live feed with a new curator proposed; the stranger paid the rent.
fn proposed() -> (World, Queue, Instruction) {
    let mut world = World::live();
    let queue = Queue::Oracle(world.feed);
    let guarded = set_curator(&pubkey("owner"), &world.feed, &pubkey("heir"));
    let propose = queue.propose(&pubkey("owner"), &pubkey("stranger"), 0, &guarded, None);
    world.send(&[propose], &["owner", "stranger"]).unwrap();
    (world, queue, guarded)
}

fn lamports(world: &World, key: &anchor_lang::prelude::Pubkey) -> u64 {
    world.chain.get_account(key).unwrap().map_or(0, |account| account.lamports)
}

/// Closes the change with nobody's signature and asserts where the rent went.
#[track_caller]
fn assert_closes(world: &mut World, queue: &Queue) {
    let (payer, change) = (pubkey("stranger"), queue.change(0));
    let before = lamports(world, &payer);
    let rent = lamports(world, &change);
    assert!(rent > 0);
    world.send(&[queue.close(&payer, 0)], &[]).unwrap();
    assert_eq!((lamports(world, &payer), lamports(world, &change)), (before + rent, 0));
    assert!(world.chain.get_account(&change).unwrap().is_none_or(|account| account.data.is_empty()));
}

#[test]
fn a_change_that_can_still_be_applied_stays() {
    let (mut world, queue, _) = proposed();
    let close = queue.close(&pubkey("stranger"), 0);
    world.refuse("ChangeNotOver", close.clone(), &[]);
    world.warp(9 * DAY - 1);
    world.refuse("ChangeNotOver", close, &[]);
    world.warp(1);
    assert_closes(&mut world, &queue);
}

#[test]
fn the_rent_goes_to_nobody_else() {
    let (mut world, queue, _) = proposed();
    world.warp(9 * DAY);
    for other in ["owner", "guardian", "payer"] {
        world.refuse("NotChangePayer", queue.close(&pubkey(other), 0), &[]);
    }
    let mut own = queue.close(&pubkey("stranger"), 0);
    own.accounts[1].pubkey = queue.change(0);
    assert!(world.send(&[own], &[]).is_err(), "a change is not its own payer");
}

#[test]
fn applied_and_vetoed_changes_are_closed_at_once() {
    let (world, queue, guarded) = proposed();
    let mut vetoed = world.clone();
    vetoed.send(&[queue.veto(&pubkey("guardian"), 0)], &["guardian"]).unwrap();
    assert_closes(&mut vetoed, &queue);

    let mut applied = world;
    applied.warp(2 * DAY);
    applied.send(&[presenting(guarded, &queue.change(0))], &["owner"]).unwrap();
    assert_closes(&mut applied, &queue);
}

/// A closed change's number is not given again, so that it cannot come back with other contents.
#[test]
fn a_closed_change_does_not_come_back() {
    let (mut world, queue, guarded) = proposed();
    world.warp(2 * DAY);
    let presented = presenting(guarded.clone(), &queue.change(0));
    world.send(std::slice::from_ref(&presented), &["owner"]).unwrap();
    assert_closes(&mut world, &queue);
    world.send(&[set_curator(&pubkey("owner"), &world.feed, &pubkey("curator"))], &["owner"]).unwrap_err();
    world.refuse("AccountOwnedByWrongProgram", presented, &["owner"]);
    let again = queue.propose(&pubkey("owner"), &pubkey("stranger"), 0, &guarded, None);
    world.refuse("ConstraintSeeds", again, &["owner", "stranger"]);
    world.propose(world.feed, &guarded).unwrap();
    assert_eq!(world.feed().change_nonce, 2);
}

#[test]
fn only_changes_are_closed() {
    let (mut world, queue, _) = proposed();
    let mut feed = queue.close(&pubkey("stranger"), 0);
    feed.accounts[0].pubkey = world.feed;
    world.refuse("AccountDiscriminatorMismatch", feed, &[]);
}

//! Applying a change: in its window, once, as it was proposed, and by a living signature.

use gimbal::instructions::changes::{presenting, Queue, INSTRUCTIONS_SYSVAR};
use gimbal::instructions::oracle::{accept_owner, propose_owner, set_curator, set_feed_params};
use gimbal_tests::queue::DurableNonce;
use risk_oracle::events::{ChangeApplied, FeedParamsSet};
use risk_oracle::FeedParams;
use solana_instruction::Instruction;

use super::world::*;

/// Without a peg its band is not kept.
fn looser() -> FeedParams {
    FeedParams { max_age: 61, peg_band_bps: 0, ..params() }
}

fn loosen(world: &World) -> Instruction {
    set_feed_params(&pubkey("owner"), &world.feed, looser())
}

/// A live feed with a proposal to loosen it, and the instruction that presents it.
fn proposed() -> (World, Instruction) {
    let mut world = World::live();
    let guarded = loosen(&world);
    world.propose(world.feed, &guarded).unwrap();
    let presented = presenting(guarded, &Queue::Oracle(world.feed).change(0));
    (world, presented)
}

#[test]
fn a_change_is_applied_once_in_its_window() {
    let (mut world, presented) = proposed();
    world.refuse("ChangeTooEarly", presented.clone(), &["owner"]);
    world.warp(2 * DAY - 1);
    world.refuse("ChangeTooEarly", presented.clone(), &["owner"]);
    world.warp(1);
    let receipt = world.send(std::slice::from_ref(&presented), &["owner"]).unwrap();
    assert_eq!(world.feed().params(), looser());
    assert_eq!(world.change(world.feed, 0).state, 3);
    let told: ChangeApplied = event(&receipt);
    assert_eq!((told.target, told.slot, told.time), (world.feed, receipt.slot, world.now()));
    assert_eq!(told.change, Queue::Oracle(world.feed).change(0));
    assert_eq!(event::<FeedParamsSet>(&receipt).params, looser());

    // Back at once; and the same change does not carry the loosening again.
    world.send(&[set_feed_params(&pubkey("owner"), &world.feed, params())], &["owner"]).unwrap();
    world.refuse("ChangeApplied", presented, &["owner"]);
}

#[test]
fn a_change_expires_seven_days_after_it_is_ready() {
    let (world, presented) = proposed();
    let mut late = world.clone();
    late.warp(9 * DAY);
    late.refuse("ChangeExpired", presented.clone(), &["owner"]);
    let mut last = world;
    last.warp(9 * DAY - 1);
    last.send(&[presented], &["owner"]).unwrap();
}

#[test]
fn without_its_change_nothing_is_loosened() {
    let (mut world, presented) = proposed();
    world.warp(3 * DAY);
    let guarded = loosen(&world);
    world.refuse("ChangeRequired", guarded, &["owner"]);
    // The owner's signature is still asked for.
    for role in ["stranger", "curator", "guardian"] {
        let mut stolen = presented.clone();
        stolen.accounts[0].pubkey = pubkey(role);
        world.refuse("NotOwner", stolen, &[role]);
    }
    world.send(&[presented], &["owner"]).unwrap();
}

#[test]
fn the_sysvar_must_be_shown_and_must_be_the_sysvar() {
    let (mut world, presented) = proposed();
    world.warp(3 * DAY);
    let at = presented.accounts.iter().position(|meta| meta.pubkey == INSTRUCTIONS_SYSVAR).unwrap();
    for other in [risk_oracle::ID, pubkey("stranger"), world.posted] {
        let mut blind = presented.clone();
        blind.accounts[at].pubkey = other;
        world.refuse("NotInstructionsSysvar", blind, &["owner"]);
    }
}

#[test]
fn other_arguments_and_other_targets_do_not_pass() {
    let (mut world, presented) = proposed();
    let owner = pubkey("owner");
    world.warp(3 * DAY);
    let change = Queue::Oracle(world.feed).change(0);
    let bolder = set_feed_params(&owner, &world.feed, FeedParams { max_age: 62, ..params() });
    world.refuse("ChangeMismatch", presenting(bolder, &change), &["owner"]);
    let another = presenting(set_curator(&owner, &world.feed, &pubkey("heir")), &change);
    world.refuse("ChangeMismatch", another, &["owner"]);
    // A curator proposed for the feed is none for the book.
    let for_feed = set_curator(&owner, &world.feed, &pubkey("heir"));
    let (feed, book) = (world.feed, world.book);
    world.waited(feed, for_feed);
    let crossed = presenting(set_curator(&owner, &book, &pubkey("heir")), &Queue::Oracle(feed).change(1));
    world.refuse("ChangeMismatch", crossed, &["owner"]);
    // An account that is no change, and another program's.
    world.refuse("AccountDiscriminatorMismatch", presenting(loosen(&world), &book), &["owner"]);
    world.refuse("AccountOwnedByWrongProgram", presenting(loosen(&world), &world.posted), &["owner"]);
    world.send(&[presented], &["owner"]).unwrap();
}

#[test]
fn of_two_changes_of_the_same_values_only_one_counts() {
    let mut world = World::live();
    let (feed, owner) = (world.feed, pubkey("owner"));
    let first = set_feed_params(&owner, &feed, FeedParams { max_age: 100, ..params() });
    // Side by side it looks as small a step as the first; after it, it would be another one.
    let second = set_feed_params(&owner, &feed, FeedParams { max_age: 100, wide_confidence_bps: 200, ..params() });
    world.propose(feed, &first).unwrap();
    world.propose(feed, &second).unwrap();
    world.warp(2 * DAY);
    world.send(&[presenting(first, &Queue::Oracle(feed).change(0))], &["owner"]).unwrap();
    let second = presenting(second, &Queue::Oracle(feed).change(1));
    world.refuse("ChangeStale", second, &["owner"]);
    assert_eq!(world.feed().params(), FeedParams { max_age: 100, peg_band_bps: 0, ..params() });
}

#[test]
fn a_change_is_void_when_its_values_were_tightened_meanwhile() {
    let (mut world, presented) = proposed();
    let stricter = FeedParams { max_divergence_bps: 99, ..params() };
    world.send(&[set_feed_params(&pubkey("owner"), &world.feed, stricter)], &["owner"]).unwrap();
    world.warp(2 * DAY);
    world.refuse("ChangeStale", presented, &["owner"]);
}

#[test]
fn signatures_kept_by_a_durable_nonce_apply_nothing() {
    let (mut world, presented) = proposed();
    let nonce = DurableNonce::create(&mut world.chain, &key("payer"), &key("owner"));
    world.warp(3 * DAY);
    let before = world.accounts_hash();
    let outcome = nonce.send(&mut world.chain, &key("payer"), std::slice::from_ref(&presented), &[&key("owner")]);
    gimbal_tests::assert_error(outcome, "DurableNonce");
    // A failed transaction advances its nonce all the same; nothing else has moved.
    nonce.put_back(&mut world.chain);
    assert_eq!(before, world.accounts_hash());
    // The same with a living blockhash and the nonce advanced in front; behind, it keeps nothing valid.
    let advance = nonce.advance();
    let outcome = world.send(&[advance.clone(), presented.clone()], &["owner"]);
    gimbal_tests::assert_error(outcome, "DurableNonce");
    world.send(&[presented, advance], &["owner"]).unwrap();
    assert_eq!(world.feed().params(), looser());
}

#[test]
fn a_new_owner_is_bound_by_the_same_wait() {
    let (mut world, presented) = proposed();
    let feed = world.feed;
    world.send(&[propose_owner(&pubkey("owner"), &feed, &pubkey("heir"))], &["owner"]).unwrap();
    world.send(&[accept_owner(&pubkey("heir"), &feed)], &["heir"]).unwrap();
    let guarded = set_feed_params(&pubkey("heir"), &feed, looser());
    world.refuse("ChangeRequired", guarded.clone(), &["heir"]);
    world.warp(2 * DAY);
    world.refuse("NotOwner", presented, &["owner"]);
    world.send(&[presenting(guarded, &Queue::Oracle(feed).change(0))], &["heir"]).unwrap();
    assert_eq!(world.feed().params(), looser());
}

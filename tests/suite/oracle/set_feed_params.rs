use gimbal::instructions::oracle::set_feed_params;
use risk_oracle::events::FeedParamsSet;
use risk_oracle::{FeedParams, Status};

use super::world::*;

// Access

#[test]
fn only_the_owner_sets_parameters() {
    let mut world = World::new();
    for role in ["curator", "guardian", "stranger", "ledger"] {
        world.refuse("NotOwner", set_feed_params(&pubkey(role), &world.feed, params()), &[role]);
    }
    let mut unsigned = set_feed_params(&pubkey("owner"), &world.feed, params());
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn a_book_is_no_feed() {
    let mut world = World::new();
    world.refuse("AccountDiscriminatorMismatch", set_feed_params(&pubkey("owner"), &world.book, params()), &["owner"]);
}

#[test]
fn a_copy_of_a_feed_under_another_program_is_no_feed() {
    use gimbal::chain::{Chain, Sandbox};
    let mut world = World::new();
    let mut copy = world.chain.get_account(&world.feed).unwrap().unwrap();
    copy.owner = pubkey("another program");
    let address = pubkey("a copy");
    world.chain.set_account(&address, copy).unwrap();
    world.refuse("AccountOwnedByWrongProgram", set_feed_params(&pubkey("owner"), &address, params()), &["owner"]);
}

// The ordinary path

#[test]
fn new_parameters_are_stored_and_judge_the_price_at_once() {
    let mut world = World::priced();
    assert_eq!(world.feed().flags, Status::NONE.bits());
    // $0.15 of $150 is 10 basis points.
    let stricter = FeedParams { wide_confidence_bps: 9, peg: 140 * ONE, ..params() };
    let receipt = world.send(&[set_feed_params(&pubkey("owner"), &world.feed, stricter)], &["owner"]).unwrap();
    let feed = world.feed();
    assert_eq!(feed.params(), stricter);
    assert_eq!(feed.flags, Status::WIDE_CONFIDENCE.union(Status::DEPEGGED).bits());
    assert_eq!((feed.price, feed.updates), (150 * ONE, 1), "a price is not an update's business here");

    let told: FeedParamsSet = event(&receipt);
    assert_eq!((told.feed, told.slot, told.time), (world.feed, receipt.slot, world.now()));
    assert_eq!((told.params, told.flags), (stricter, feed.flags));

    let looser = set_feed_params(&pubkey("owner"), &world.feed, params());
    let waited = world.waited(world.feed, looser);
    world.send(&[waited], &["owner"]).unwrap();
    // After the wait nothing but its age speaks against the price.
    assert_eq!(world.feed().flags, Status::SECOND_STALE.bits());
}

#[test]
fn an_empty_feed_stays_empty() {
    let mut world = World::new();
    world.send(&[set_feed_params(&pubkey("owner"), &world.feed, params())], &["owner"]).unwrap();
    assert_eq!(world.feed().flags, Status::EMPTY.bits());
}

// Edges

#[test]
fn the_owner_cannot_leave_the_hard_ranges() {
    let mut world = World::priced();
    let cases = [
        (FeedParams { max_age: 172_801, ..params() }, "MaxAgeOutOfRange"),
        (FeedParams { max_confidence_bps: 0, ..params() }, "MaxConfidenceOutOfRange"),
        (FeedParams { wide_confidence_bps: 0, ..params() }, "WideConfidenceOutOfRange"),
        (FeedParams { max_divergence_bps: 0, ..params() }, "MaxDivergenceOutOfRange"),
        (FeedParams { max_stable_gap_bps: 0, ..params() }, "MaxStableGapOutOfRange"),
        (FeedParams { stable_bps_per_hour: 10_001, ..params() }, "StableSpeedOutOfRange"),
        (FeedParams { peg: ONE, peg_band_bps: 0, ..params() }, "PegBandOutOfRange"),
    ];
    for (params, error) in cases {
        world.refuse(error, set_feed_params(&pubkey("owner"), &world.feed, params), &["owner"]);
    }
}

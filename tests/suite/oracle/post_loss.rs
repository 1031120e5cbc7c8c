use gimbal::instructions::network::post_loss;
use risk_oracle::events::LossPosted;
use risk_oracle::PostLossArgs;
use solana_instruction::Instruction;

use super::graph::*;
use super::world::*;

fn by(role: &str, args: PostLossArgs) -> Instruction {
    post_loss(&pubkey(role), &address(), args)
}

// Access

#[test]
fn only_posters_post() {
    let mut world = live();
    for role in ["stranger", "guardian", "curator", "owner"] {
        world.refuse("NotPoster", by(role, loss(COIN, 100, world.now())), &[role]);
    }
    world.refuse("AccountNotSigner", unsigned(by("poster", loss(COIN, 100, world.now()))), &[]);
}

// The ordinary path

#[test]
fn a_loss_is_raised_at_once_and_spreads_with_the_next_solution() {
    let mut world = live();
    let now = world.now();
    let receipt = world.send(&[by("poster", loss(COIN, 10_000, now))], &["poster"]).unwrap();
    let posted = row(&world, COIN);
    assert_eq!((posted.loss_bps, posted.loss_at, posted.loss_observed_at), (10_000, now, now));
    assert_eq!((network(&world).moved, network(&world).damage(AGGREGATOR, now)), (1, ALL), "until it is solved");
    let told: LossPosted = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, now));
    assert_eq!((told.by, told.protocol, told.bps, told.observed_at), (pubkey("poster"), COIN, 10_000, now));

    world.send(&[solve()], &[]).unwrap();
    // 0.4 of all, and half of that, of 2^30, rounded up.
    assert_eq!(damages(&world), [214_748_365, 429_496_730, ALL]);
}

#[test]
fn a_loss_falls_by_a_hundredth_a_day_and_no_faster() {
    let mut world = live();
    world.send(&[by("poster", loss(COIN, 5_000, world.now()))], &["poster"]).unwrap();
    world.warp(1);
    world.refuse("RatchetOnly", by("poster", loss(COIN, 4_999, world.now())), &["poster"]);
    world.warp(DAY - 1);
    world.refuse("RatchetOnly", by("poster", loss(COIN, 4_899, world.now())), &["poster"]);
    world.send(&[solve()], &[]).unwrap();
    // 0.49.
    assert_eq!(row(&world, COIN).damage, 526_133_494);
    // Held where it stands, it falls from there.
    world.send(&[by("poster", loss(COIN, 4_900, world.now()))], &["poster"]).unwrap();
    world.warp(DAY);
    world.send(&[solve()], &[]).unwrap();
    // 0.48.
    assert_eq!(row(&world, COIN).damage, 515_396_076);
}

// Edges

#[test]
fn posts_are_newer_than_what_is_stored_and_not_of_the_future() {
    let mut world = live();
    let now = world.now();
    world.send(&[by("poster", loss(COIN, 100, now))], &["poster"]).unwrap();
    world.refuse("PostOlderThanStored", by("poster", loss(COIN, 100, now)), &["poster"]);
    world.refuse("PostOlderThanStored", by("poster", loss(COIN, 9_000, now - 1)), &["poster"]);
    world.refuse("PostFromFuture", by("poster", loss(COIN, 9_000, now + 1)), &["poster"]);
    world.warp(3 * DAY);
    world.refuse("PostTooOld", by("poster", loss(LENDER, 9_000, now - 1)), &["poster"]);
}

#[test]
fn a_loss_is_of_a_defined_protocol_and_at_most_all() {
    let mut world = live();
    world.refuse("LossOutOfRange", by("poster", loss(COIN, 10_001, world.now())), &["poster"]);
    world.refuse("ProtocolUndefined", by("poster", loss(3, 1, world.now())), &["poster"]);
    world.refuse("ProtocolUndefined", by("poster", loss(255, 1, world.now())), &["poster"]);
}

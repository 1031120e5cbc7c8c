use gimbal::instructions::oracle::{feed_address, register_feed};
use risk_oracle::events::FeedRegistered;
use risk_oracle::{Feed, FeedParams, RegisterFeedArgs, Status};

use super::world::*;

const ETH: [u8; 32] = [0xE7; 32];

fn register(args: RegisterFeedArgs) -> solana_instruction::Instruction {
    register_feed(&pubkey("owner"), &pubkey("payer"), args)
}

// Access

#[test]
fn the_authority_must_sign() {
    let mut world = World::new();
    let mut unsigned = register(registration(ETH, [0; 32]));
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn a_feed_stands_at_its_authoritys_address_only() {
    let mut world = World::new();
    let mut taken = register_feed(&pubkey("stranger"), &pubkey("payer"), registration(ETH, [0; 32]));
    taken.accounts[2].pubkey = feed_address(&pubkey("owner"), &ETH);
    world.refuse("ConstraintSeeds", taken, &["stranger"]);
}

#[test]
fn anybody_may_register_the_same_asset_at_an_address_of_his_own() {
    let mut world = World::new();
    let theirs = register_feed(&pubkey("stranger"), &pubkey("payer"), registration(SOL, [0; 32]));
    world.send(&[theirs], &["stranger"]).unwrap();
    assert_ne!(feed_address(&pubkey("stranger"), &SOL), world.feed);
    assert_eq!(world.feed().roles.owner, pubkey("owner"));
}

#[test]
fn a_feed_is_registered_once() {
    let mut world = World::priced();
    world.refuse("AccountAlreadyInUse", register(registration(SOL, [0; 32])), &["owner"]);
    assert_eq!(world.feed().price, 150 * ONE);
}

// The ordinary path

#[test]
fn a_new_feed_has_its_parameters_and_no_price() {
    let mut world = World::new();
    let args = registration(ETH, SOL_SECOND);
    let receipt = world.send(&[register(args)], &["owner"]).unwrap();
    let address = feed_address(&pubkey("owner"), &ETH);
    let feed: Feed = gimbal::readers::read(&world.chain, &address).unwrap();
    assert_eq!((feed.version, feed.feed_id, feed.second_feed_id), (1, ETH, SOL_SECOND));
    assert_eq!((feed.authority, feed.roles.owner), (pubkey("owner"), pubkey("owner")));
    assert_eq!((feed.roles.curator, feed.roles.guardian), (pubkey("curator"), pubkey("guardian")));
    assert_eq!(feed.params(), FeedParams { peg_band_bps: 0, ..params() }, "no band without a peg");
    assert!(feed.status(world.now()).contains(Status::EMPTY));
    assert_eq!((feed.price, feed.updates, feed.inputs_hash), (0, 0, [0; 32]));

    let told: FeedRegistered = event(&receipt);
    assert_eq!((told.feed, told.slot, told.time), (address, receipt.slot, world.now()));
    assert_eq!((told.authority, told.feed_id, told.second_feed_id), (pubkey("owner"), ETH, SOL_SECOND));
    assert_eq!(told.params, feed.params());
}

#[test]
fn a_pegged_feed_keeps_its_band() {
    let mut world = World::new();
    let args = RegisterFeedArgs { params: FeedParams { peg: ONE, ..params() }, ..registration(ETH, [0; 32]) };
    world.send(&[register(args)], &["owner"]).unwrap();
    let feed: Feed = gimbal::readers::read(&world.chain, &feed_address(&pubkey("owner"), &ETH)).unwrap();
    assert_eq!((feed.has_peg, feed.peg, feed.peg_band_bps), (1, ONE, 50));
}

// Edges

#[test]
fn ids_must_name_two_different_assets() {
    let mut world = World::new();
    world.refuse("ZeroFeedId", register(registration([0; 32], SOL)), &["owner"]);
    world.refuse("SecondFeedSame", register(registration(ETH, ETH)), &["owner"]);
}

#[test]
fn parameters_outside_their_hard_ranges_are_refused() {
    let mut world = World::new();
    let cases = [
        (FeedParams { max_age: 0, ..params() }, "MaxAgeOutOfRange"),
        (FeedParams { max_age: 172_801, ..params() }, "MaxAgeOutOfRange"),
        (FeedParams { max_future: 301, ..params() }, "MaxFutureOutOfRange"),
        (FeedParams { max_confidence_bps: 1_001, ..params() }, "MaxConfidenceOutOfRange"),
        (FeedParams { wide_confidence_bps: 201, ..params() }, "WideConfidenceOutOfRange"),
        (FeedParams { max_divergence_bps: 2_001, ..params() }, "MaxDivergenceOutOfRange"),
        (FeedParams { max_stable_gap_bps: 10_001, ..params() }, "MaxStableGapOutOfRange"),
        (FeedParams { stable_bps_per_hour: 0, ..params() }, "StableSpeedOutOfRange"),
        (FeedParams { peg: ONE, peg_band_bps: 5_001, ..params() }, "PegBandOutOfRange"),
    ];
    for (params, error) in cases {
        world.refuse(error, register(RegisterFeedArgs { params, ..registration(ETH, [0; 32]) }), &["owner"]);
    }
}

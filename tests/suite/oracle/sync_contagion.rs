use gimbal::instructions::network::{create_network, network_address, set_protocol, sync_contagion};
use risk_oracle::events::ContagionSynced;
use risk_oracle::Verdict;

use super::graph::*;
use super::world::*;

const HOUR: u64 = 3_600;

// Access

/// Anybody calls, and chooses nothing: neither the network nor a solution that suits him.
#[test]
fn only_the_followed_networks_own_solution_is_taken() {
    let mut world = with_lines();
    world.refuse("NoNetwork", sync(&world), &[]);
    let mut world = followed();
    let stranger = pubkey("stranger");
    let theirs = network_address(&stranger, ID);
    let create = create_network(&stranger, &pubkey("payer"), creation());
    let define = set_protocol(&stranger, &theirs, protocol(0, 0));
    let first = gimbal::instructions::network::solve_contagion(&theirs, Some(&stranger));
    world.send(&[create, define, first], &["stranger"]).unwrap();
    world.refuse("WrongNetwork", sync_contagion(&world.book, &theirs), &[]);
    world.refuse("AccountDiscriminatorMismatch", sync_contagion(&world.feed, &address()), &[]);
    world.refuse("AccountDiscriminatorMismatch", sync_contagion(&world.book, &world.feed), &[]);
}

#[test]
fn a_solution_that_inputs_or_time_have_overtaken_is_not_taken() {
    let mut world = followed();
    let raised = gimbal::instructions::network::set_edge_cap(&pubkey("guardian"), &address(), cap(0, 1, 10_000));
    world.send(&[raised], &["guardian"]).unwrap();
    world.refuse("NetworkUnsolved", sync(&world), &[]);
    world.send(&[solve(), sync(&world)], &[]).unwrap();
    world.warp(2 * DAY);
    world.send(&[sync(&world)], &[]).unwrap();
    world.warp(1);
    world.refuse("NetworkUnsolved", sync(&world), &[]);
}

// The ordinary path

/// The coin is gone; the lender had 0.4 of itself in it, the aggregator half of itself in the lender, and line 1 rests on
/// the aggregator.
#[test]
fn a_default_caps_the_line_two_hops_away() {
    let mut world = followed();
    let defaulted = lose(&world, COIN, 10_000);
    let receipt = world.send(&[defaulted, solve(), sync(&world)], &["poster"]).unwrap();
    let book = world.book();
    // Of 10,000 basis points less a fifth, rounded down from 7,999.99.
    assert_eq!((book.models[0].contagion_bps, book.models[1].contagion_bps), (7_999, 10_000));
    assert_eq!((book.contagion_at, book.contagion_max_age), (world.now(), 2 * 86_400));

    let told: ContagionSynced = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.network, told.solved_at), (address(), world.now()));
    assert_eq!((told.scales_bps.len(), told.scales_bps[0], told.scales_bps[1]), (16, 7_999, 10_000));
    assert_eq!(told.inputs_hash, book.inputs_hash);

    let refused = world.assess(question(1, 800));
    assert_eq!((refused.flags, refused.room), (Verdict::CONTAGION, 799));
    assert!(world.assess(question(1, 799)).allows());
    assert!(world.assess(question(2, 1_000)).allows());
    assert_eq!(book.line_cap(1, 1_000_000), 799);
}

#[test]
fn what_was_taken_comes_back_by_the_day() {
    let mut world = followed();
    let defaulted = lose(&world, COIN, 10_000);
    world.send(&[defaulted, solve(), sync(&world)], &["poster"]).unwrap();
    // The owner forgives the loss, which waits for two days.
    let forgive = set_protocol(&pubkey("owner"), &address(), protocol(COIN, 0));
    let forgive = world.waited(address(), forgive);
    world.send(&[forgive, solve(), sync(&world)], &["owner"]).unwrap();
    assert_eq!(damages(&world), [0; 3]);
    // 500 a day, and no more than a day's worth at once.
    let scale = |world: &World| world.book().models[0].contagion_bps;
    assert_eq!(scale(&world), 8_499);
    for _ in 0..3 {
        world.send(&[sync(&world)], &[]).unwrap();
    }
    assert_eq!(scale(&world), 8_499, "calls do not hasten it");
    // 20 and five sixths an hour: the part that was not paid for is kept.
    for (hour, expected) in [(1, 8_519), (2, 8_540), (3, 8_561)] {
        world.warp(HOUR);
        world.send(&[sync(&world)], &[]).unwrap();
        assert_eq!(scale(&world), expected, "hour {hour}");
    }
    for (day, expected) in [(1, 9_061), (2, 9_561), (3, 10_000)] {
        world.warp(DAY);
        world.send(&[solve(), sync(&world)], &[]).unwrap();
        assert_eq!(scale(&world), expected, "day {day}");
    }
    assert!(world.assess(question(1, 1_000)).allows());
}

// Edges

/// Silence stops new money and takes nothing for good.
#[test]
fn a_network_that_nobody_solves_counts_as_all_lost() {
    let mut world = followed();
    world.warp(2 * DAY);
    assert!(world.assess(question(1, 1_000)).allows());
    world.warp(1);
    let verdict = world.assess(question(1, 1));
    assert_eq!((verdict.flags, verdict.room), (Verdict::CONTAGION, 0));
    assert_eq!(world.book().line_cap(1, 1_000_000), 1_000, "nothing is sold for that");
    // The edges are observed again, so that they do not count as their caps.
    let now = world.now();
    let posts = [edge(AGGREGATOR, LENDER, 5_000, now), edge(LENDER, COIN, 4_000, now)];
    let posts = posts.map(|args| gimbal::instructions::network::post_edge(&pubkey("poster"), &address(), args));
    world.send(&posts, &["poster"]).unwrap();
    world.send(&[solve(), sync(&world)], &[]).unwrap();
    assert!(world.assess(question(1, 1_000)).allows());
}

/// A row that the network does not define is the worst.
#[test]
fn a_line_of_an_undefined_protocol_gets_nothing() {
    let mut world = with_lines();
    let model = risk_oracle::SetLineModelArgs { line: 2, asset: 255, protocol: 7, scaled: true };
    let set = gimbal::instructions::oracle::set_line_model(&pubkey("owner"), &world.book, model);
    let follow = gimbal::instructions::network::set_network(&pubkey("owner"), &world.book, &address());
    world.send(&[set, follow, sync(&world)], &["owner"]).unwrap();
    assert_eq!(world.book().models[1].contagion_bps, 0);
    let verdict = world.assess(question(2, 1));
    assert_eq!((verdict.flags, verdict.room), (Verdict::CONTAGION, 0));
    assert!(world.assess(question(1, 1_000)).allows());
}

/// A line that is given its protocol after the last sync waits for the next one.
#[test]
fn a_line_that_is_given_a_protocol_waits_for_its_damage() {
    let mut world = followed();
    let defaulted = lose(&world, COIN, 10_000);
    world.send(&[defaulted, solve(), sync(&world)], &["poster"]).unwrap();
    let model = risk_oracle::SetLineModelArgs { line: 2, asset: 255, protocol: COIN, scaled: true };
    let set = gimbal::instructions::oracle::set_line_model(&pubkey("guardian"), &world.book, model);
    world.send(&[set], &["guardian"]).unwrap();
    assert_eq!(world.assess(question(2, 1)).flags, Verdict::CONTAGION);
    world.send(&[sync(&world)], &[]).unwrap();
    assert_eq!((world.book().models[0].contagion_bps, world.book().models[1].contagion_bps), (7_999, 0));
    assert_eq!(world.assess(question(2, 1)).flags, Verdict::CONTAGION);
}

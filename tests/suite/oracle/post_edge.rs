use gimbal::instructions::network::{post_edge, set_protocol};
use risk_oracle::events::EdgePosted;
use risk_oracle::PostEdgeArgs;
use solana_instruction::Instruction;

use super::graph::*;
use super::world::*;

fn by(role: &str, args: PostEdgeArgs) -> Instruction {
    post_edge(&pubkey(role), &address(), args)
}

const HOUR: u64 = 3_600;

// Access

#[test]
fn only_posters_post() {
    let mut world = live();
    let now = world.now() + 1;
    world.warp(1);
    for role in ["stranger", "guardian", "curator", "owner"] {
        world.refuse("NotPoster", by(role, edge(0, 1, 6_000, now)), &[role]);
    }
    world.refuse("AccountNotSigner", unsigned(by("poster", edge(0, 1, 6_000, now))), &[]);
}

#[test]
fn a_poster_of_one_network_posts_to_no_other() {
    let mut world = live();
    let create = gimbal::instructions::network::create_network(&pubkey("stranger"), &pubkey("payer"), creation());
    world.send(&[create], &["stranger"]).unwrap();
    let mut crossed = by("poster", edge(0, 1, 6_000, world.now()));
    crossed.accounts[1].pubkey = gimbal::instructions::network::network_address(&pubkey("stranger"), ID);
    world.refuse("NotPoster", crossed, &["poster"]);
}

// The ordinary path

#[test]
fn a_higher_edge_is_taken_at_once() {
    let mut world = live();
    world.warp(1);
    let now = world.now();
    let receipt = world.send(&[by("poster", edge(AGGREGATOR, LENDER, 9_000, now))], &["poster"]).unwrap();
    let stored = network(&world);
    let posted = stored.edges[0][1];
    assert_eq!((posted.observed_bps, posted.cap_bps, posted.poster), (9_000, 10_000, 0));
    assert_eq!((posted.posted_at, posted.observed_at), (now, now));
    assert_eq!((stored.posts, stored.moved, stored.posters[0].posted_at), (3, 1, now));

    let told: EdgePosted = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, now));
    assert_eq!((told.by, told.protocol, told.counterparty), (pubkey("poster"), 0, 1));
    assert_eq!((told.bps, told.observed_at), (9_000, now));
}

#[test]
fn a_lower_edge_comes_by_the_hour() {
    let mut world = live();
    world.warp(HOUR - 1);
    world.refuse("PostTooSoon", by("poster", edge(0, 1, 4_999, world.now())), &["poster"]);
    world.warp(1);
    // 480 a day are 20 an hour.
    world.refuse("RatchetOnly", by("poster", edge(0, 1, 4_979, world.now())), &["poster"]);
    world.send(&[by("poster", edge(0, 1, 4_980, world.now()))], &["poster"]).unwrap();
    world.warp(2 * DAY);
    // However long nobody posted: a day's fall at once.
    world.refuse("RatchetOnly", by("poster", edge(0, 1, 4_499, world.now())), &["poster"]);
    world.send(&[by("poster", edge(0, 1, 4_500, world.now()))], &["poster"]).unwrap();
}

// Edges

#[test]
fn an_edge_that_has_gone_stale_comes_down_from_its_cap() {
    let mut world = live();
    world.warp(3 * DAY + 1);
    world.refuse("RatchetOnly", by("poster", edge(0, 1, 5_000, world.now())), &["poster"]);
    world.send(&[by("poster", edge(0, 1, 9_520, world.now()))], &["poster"]).unwrap();
    world.send(&[solve()], &[]).unwrap();
    assert_eq!((network(&world).in_force[0][1], network(&world).in_force[1][2]), (9_520, 10_000));
}

#[test]
fn posts_are_newer_than_what_is_stored_and_not_of_the_future() {
    let mut world = live();
    let first = world.now();
    world.warp(10);
    let now = world.now();
    world.refuse("PostOlderThanStored", by("poster", edge(0, 1, 6_000, first)), &["poster"]);
    world.refuse("PostOlderThanStored", by("poster", edge(0, 1, 6_000, i64::MIN)), &["poster"]);
    world.refuse("PostFromFuture", by("poster", edge(0, 1, 6_000, now + 1)), &["poster"]);
    world.refuse("PostFromFuture", by("poster", edge(0, 1, 6_000, i64::MAX)), &["poster"]);
    world.send(&[by("poster", edge(0, 1, 6_000, first + 1))], &["poster"]).unwrap();
    world.warp(3 * DAY);
    world.refuse("PostTooOld", by("poster", edge(0, 1, 7_000, first + 2)), &["poster"]);
}

#[test]
fn an_edge_joins_two_defined_protocols_within_its_cap() {
    let mut world = live();
    world.warp(1);
    let now = world.now();
    world.refuse("EdgeAboveCap", by("poster", edge(0, 1, 10_001, now)), &["poster"]);
    world.refuse("EdgeAboveCap", by("poster", edge(1, 0, 1, now)), &["poster"]);
    world.refuse("EdgeToSelf", by("poster", edge(1, 1, 0, now)), &["poster"]);
    world.refuse("ProtocolUndefined", by("poster", edge(0, 3, 0, now)), &["poster"]);
    world.refuse("ProtocolUndefined", by("poster", edge(3, 0, 0, now)), &["poster"]);
    world.refuse("ProtocolUndefined", by("poster", edge(0, 255, 0, now)), &["poster"]);
}

/// While the owner sets up, an edge may be posted as it is.
#[test]
fn a_drafts_edges_are_free() {
    let mut world = draft();
    world.warp(1);
    world.send(&[by("poster", edge(0, 1, 0, world.now()))], &["poster"]).unwrap();
    let define = set_protocol(&pubkey("owner"), &address(), protocol(3, 0));
    world.send(&[define, by("poster", edge(3, 0, 2, world.now()))], &["owner", "poster"]).unwrap();
    assert_eq!(network(&world).edges[3][0].observed_bps, 2);
}

//! Attacks 43 to 46 as far as they concern the contagion network: nobody posts a damage, and leaving out, replaying or
//! lowering an observation makes nothing look safer.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::network::{post_edge, post_loss, set_edge_cap, set_poster, sync_contagion};
use gimbal::setup::keys::keypair;
use risk_oracle::{PostEdgeArgs, PostLossArgs, SetPosterArgs};
use sha2::{Digest, Sha256};
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

use crate::oracle::graph::*;
use crate::oracle::world::*;

fn by(role: &str, args: PostEdgeArgs) -> Instruction {
    post_edge(&pubkey(role), &address(), args)
}

fn of_loss(role: &str, args: PostLossArgs) -> Instruction {
    post_loss(&pubkey(role), &address(), args)
}

/// Attack 43: what was posted once is not posted again, nor anything older, nor what is not yet.
#[test]
fn a_replayed_observation_is_refused() {
    let mut world = live();
    world.warp(60);
    let now = world.now();
    let (first, second) = (edge(AGGREGATOR, LENDER, 6_000, now - 30), edge(AGGREGATOR, LENDER, 7_000, now - 20));
    world.send(&[by("poster", first), by("poster", second)], &["poster"]).unwrap();
    for replayed in [first, second, edge(AGGREGATOR, LENDER, 10_000, now - 20)] {
        world.refuse("PostOlderThanStored", by("poster", replayed), &["poster"]);
    }
    let posted = loss(COIN, 3_000, now - 20);
    world.send(&[of_loss("poster", posted)], &["poster"]).unwrap();
    world.refuse("PostOlderThanStored", of_loss("poster", posted), &["poster"]);
    world.refuse("PostOlderThanStored", of_loss("poster", loss(COIN, 9_000, now - 21)), &["poster"]);
    world.refuse("PostFromFuture", of_loss("poster", loss(COIN, 9_000, now + 1)), &["poster"]);
    world.refuse("PostFromFuture", by("poster", edge(AGGREGATOR, LENDER, 9_000, now + 1)), &["poster"]);
    // What is too old to count is not told as news either.
    world.warp(3 * DAY);
    world.refuse("PostTooOld", by("poster", edge(AGGREGATOR, LENDER, 10_000, now - 19)), &["poster"]);
}

/// Attack 44: no post makes anything look safer at once, whoever takes turns and however often.
#[test]
fn a_post_loosens_nothing_at_once() {
    let mut world = draft();
    let second = SetPosterArgs { place: 1, key: pubkey("second poster") };
    world.send(&[set_poster(&pubkey("owner"), &address(), second)], &["owner"]).unwrap();
    let opened = gimbal::instructions::network::solve_contagion(&address(), Some(&pubkey("owner")));
    world.send(&[opened], &["owner"]).unwrap();
    world.warp(3_600);
    world.refuse("RatchetOnly", by("poster", edge(AGGREGATOR, LENDER, 0, world.now())), &["poster"]);
    let defaulted = lose(&world, COIN, 8_000);
    world.send(&[defaulted], &["poster"]).unwrap();
    world.warp(1);
    world.refuse("RatchetOnly", of_loss("poster", loss(COIN, 0, world.now())), &["poster"]);
    world.refuse("RatchetOnly", of_loss("second poster", loss(COIN, 7_999, world.now())), &["second poster"]);
    // Raising an edge to lower it from there, and two posters in turns, gain nothing over the hours that pass.
    let before = world.now();
    let raised = by("second poster", edge(AGGREGATOR, LENDER, 5_001, world.now()));
    world.send(&[raised], &["second poster"]).unwrap();
    world.warp(1);
    world.refuse("PostTooSoon", by("poster", edge(AGGREGATOR, LENDER, 5_000, world.now())), &["poster"]);
    let mut lowest = 5_001;
    for turn in 0..48 {
        let role = ["poster", "second poster"][turn % 2];
        world.warp(3_600);
        world.refuse("RatchetOnly", by(role, edge(AGGREGATOR, LENDER, lowest - 21, world.now())), &[role]);
        lowest -= 20;
        world.send(&[by(role, edge(AGGREGATOR, LENDER, lowest, world.now()))], &[role]).unwrap();
    }
    let days = (world.now() - before) as u64 / DAY;
    assert!(u64::from(5_001 - lowest) <= 480 * days, "{} in {days} days", 5_001 - lowest);
}

/// Attack 45: there is no instruction that takes damages from outside. The interface lists the instructions that write a
/// network; only one of them writes damages, and it has no arguments.
#[test]
fn no_instruction_posts_a_vector() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../idls/risk_oracle.json");
    let idl: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut writers = Vec::new();
    for instruction in idl["instructions"].as_array().unwrap() {
        let accounts = instruction["accounts"].as_array().unwrap();
        if accounts.iter().any(|account| account["name"] == "network" && account["writable"] == true) {
            let arguments = instruction["args"].as_array().unwrap().len();
            writers.push((instruction["name"].as_str().unwrap().to_owned(), arguments));
        }
    }
    writers.sort();
    let expected = [
        ("create_network", 1),
        ("post_edge", 1),
        ("post_loss", 1),
        ("set_edge_cap", 1),
        ("set_network_params", 1),
        ("set_poster", 1),
        ("set_protocol", 1),
        ("solve_contagion", 0),
    ];
    assert_eq!(writers, expected.map(|(name, arguments)| (name.to_owned(), arguments)));
    let types = idl["types"].as_array().unwrap();
    for name in
        ["CreateNetworkArgs", "PostEdgeArgs", "PostLossArgs", "SetEdgeCapArgs", "SetPosterArgs", "SetProtocolArgs"]
    {
        let fields = types.iter().find(|kind| kind["name"] == name).unwrap()["type"]["fields"].as_array().unwrap();
        for field in fields {
            assert!(field["name"] != "damage" && field["type"].get("vec").is_none(), "{name}: {field}");
            // The one list that anything takes is a name.
            assert!(field["type"].get("array").is_none() || field["name"] == "label", "{name}: {field}");
        }
    }

    // And really tried, with what such an instruction might be called.
    let mut world = live();
    let lost = lose(&world, COIN, 10_000);
    world.send(&[lost, solve()], &["poster"]).unwrap();
    let before = damages(&world);
    for name in ["post_damage", "post_contagion", "set_damage", "post_vector", "update_contagion"] {
        let discriminator = &Sha256::digest(format!("global:{name}"))[..8];
        let data = [discriminator, &[0; 64]].concat();
        let accounts = vec![
            AccountMeta::new_readonly(pubkey("poster"), true),
            AccountMeta::new(address(), false),
            AccountMeta::new_readonly(risk_oracle::seeds::event_authority(), false),
            AccountMeta::new_readonly(risk_oracle::ID, false),
        ];
        let posted = Instruction { program_id: risk_oracle::ID, accounts, data };
        world.refuse("InstructionFallbackNotFound", posted, &["poster"]);
    }
    assert_eq!(damages(&world), before);
}

/// Attack 45: what can be posted stays within the owner's caps, and comes from his posters.
#[test]
fn an_edge_beyond_its_cap_is_refused() {
    let mut world = live();
    world.warp(1);
    let now = world.now();
    world.refuse("EdgeAboveCap", by("poster", edge(AGGREGATOR, LENDER, 10_001, now)), &["poster"]);
    world.refuse("EdgeAboveCap", by("poster", edge(COIN, AGGREGATOR, 1, now)), &["poster"]);
    world.refuse("NotPoster", by("stranger", edge(AGGREGATOR, LENDER, 9_000, now)), &["stranger"]);
    world.refuse("NotPoster", of_loss("stranger", loss(AGGREGATOR, 10_000, now)), &["stranger"]);
    let mut forged = by("poster", edge(AGGREGATOR, LENDER, 9_000, now));
    forged.accounts[0] = AccountMeta::new_readonly(pubkey("poster"), false);
    world.refuse("AccountNotSigner", forged, &[]);
    world.refuse(
        "OnlyOwnerMayLoosen",
        set_edge_cap(&pubkey("guardian"), &address(), cap(AGGREGATOR, LENDER, 9_999)),
        &["guardian"],
    );
}

/// Attack 45: a book takes damages from the network that its owner pinned, and from no copy of it.
#[test]
fn a_forged_network_is_not_taken_over() {
    let mut world = followed();
    let lost = lose(&world, COIN, 10_000);
    let copy = keypair(9, "a copy of the network", 0).pubkey();
    let original = world.chain.require_account(&address()).unwrap();
    world.send(&[lost, solve(), sync(&world)], &["poster"]).unwrap();
    // The same bytes as before the loss, of the same program, somewhere else; and of another program.
    world.chain.set_account(&copy, original.clone()).unwrap();
    world.refuse("WrongNetwork", sync_contagion(&world.book, &copy), &[]);
    let mut foreign = original;
    foreign.owner = vault::ID;
    world.chain.set_account(&copy, foreign).unwrap();
    world.refuse("AccountOwnedByWrongProgram", sync_contagion(&world.book, &copy), &[]);
    assert_eq!(world.book().models[0].contagion_bps, 7_999);
}

/// Attack 46: an edge that is left out, or left to age, counts as its cap; one that the owner never set, as the worst.
#[test]
fn an_edge_left_out_counts_as_its_cap() {
    let mut posted = live();
    let mut silent = posted.clone();
    // Both lose the coin; only one looks at its edges again, after they have gone stale.
    for world in [&mut posted, &mut silent] {
        world.warp(3 * DAY + 1);
        let lost = lose(world, COIN, 10_000);
        world.send(&[lost], &["poster"]).unwrap();
    }
    let now = posted.now();
    let looked = [edge(AGGREGATOR, LENDER, 9_520, now), edge(LENDER, COIN, 9_520, now)];
    posted.send(&looked.map(|args| by("poster", args)), &["poster"]).unwrap();
    for world in [&mut posted, &mut silent] {
        world.send(&[solve()], &[]).unwrap();
    }
    assert_eq!(damages(&silent), [ALL; 3]);
    assert!(damages(&posted)[..2].iter().all(|damage| *damage < ALL));

    // A protocol that is defined without a word about its edges owes everything to everybody.
    let unknown = gimbal::instructions::network::set_protocol(&pubkey("owner"), &address(), protocol(3, 0));
    let waited = silent.waited(address(), unknown);
    silent.send(&[waited, solve()], &["owner"]).unwrap();
    assert_eq!((row(&silent, 3).initial, row(&silent, 3).damage), (0, ALL));
}

/// Attack 46: nor does silence altogether help: what nobody solves counts as all lost, and a solution of old inputs is
/// not taken over.
#[test]
fn silence_counts_as_the_worst() {
    let mut world = followed();
    let lost = lose(&world, COIN, 10_000);
    world.send(&[lost], &["poster"]).unwrap();
    world.refuse("NetworkUnsolved", sync(&world), &[]);
    assert_eq!(network(&world).damage(AGGREGATOR, world.now()), ALL);
    world.warp(2 * DAY + 1);
    let verdict = world.assess(question(1, 1));
    assert_eq!((verdict.flags, verdict.room), (risk_oracle::Verdict::CONTAGION, 0));
}

/// Beyond the list: a poster's stolen key stops lines, and no more than that; guardian and owner end it.
#[test]
fn a_stolen_posters_key_only_tightens_and_is_removed() {
    let mut world = followed();
    let posted = [lose(&world, AGGREGATOR, 10_000), solve(), sync(&world)];
    world.send(&posted, &["poster"]).unwrap();
    assert_eq!(world.book().models[0].contagion_bps, 0);
    let nobody = SetPosterArgs { place: 0, key: Pubkey::default() };
    world.send(&[set_poster(&pubkey("guardian"), &address(), nobody)], &["guardian"]).unwrap();
    world.refuse("NotPoster", of_loss("poster", loss(AGGREGATOR, 10_000, world.now())), &["poster"]);
    // The thief cannot void the forgiveness any more.
    let forgive = gimbal::instructions::network::set_protocol(&pubkey("owner"), &address(), protocol(AGGREGATOR, 0));
    let forgive = world.waited(address(), forgive);
    world.send(&[forgive, solve(), sync(&world)], &["owner"]).unwrap();
    assert_eq!(damages(&world)[0], 0);
    assert_eq!(world.book().models[0].contagion_bps, 500);
}

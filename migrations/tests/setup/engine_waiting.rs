//! An engine that comes when the book is in use: what must wait is proposed, and comes in order; and a live network.

use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::changes::Queue;
use gimbal::readers;
use risk_oracle::state::UNKNOWN_CAP_BPS;
use risk_oracle::{Book, Network, RiskParams};
use solana_signer::Signer;

use super::support::*;
use super::waiting::{live_of, WAIT};

/// What is told of a step that waits.
fn waits(printed: &str, step: &str) -> String {
    // The plan is told before, what is left behind the run.
    let told = printed.lines().rev().find_map(|line| line.strip_prefix(&format!("waits: {step}: ")));
    told.unwrap_or_else(|| panic!("{step} waits in\n{printed}")).to_owned()
}

#[test]
fn assets_then_models_then_limits() {
    let mut world = live_of(&without_engine());
    let config = with_engine();
    let printed = world.migrate(&config).unwrap();
    let setup = world.setup(&config);
    let key = setup.vault.addresses.book;
    assert!(waits(&printed, "asset USDT").starts_with(&format!("change 0 of {key}, since money depends on it")));
    assert!(waits(&printed, "asset SOL").starts_with("change 1 of"));
    assert_eq!(waits(&printed, "model of line 3"), "asset 0 comes first");
    assert_eq!(waits(&printed, "limits of the engine"), "asset 0 comes first");
    let book = |world: &World| readers::read::<Book>(&world.chain, &key).unwrap();
    // What only takes is at once: scenarios, a first protocol, a first network.
    let now = book(&world);
    assert_eq!(now.scenarios.iter().filter(|row| row.is_used()).count(), 2);
    assert_eq!((now.model(1).unwrap().protocol, now.model(3).unwrap().protocol), (0, 255));
    assert_eq!(Some(&now.network), setup.own_network());
    assert_eq!(now.params, RiskParams::NONE);

    let mut watched = Watched::new(&mut world.chain);
    migrate(&mut watched, &config, &world.files).unwrap();
    assert_eq!(watched.sent, 0, "nothing is proposed twice");

    world.chain.warp(WAIT).unwrap();
    let printed = world.migrate(&config).unwrap();
    assert_eq!(book(&world).used_assets().count(), 2);
    let told = waits(&printed, "model of line 3");
    assert!(told.starts_with("change 2 of"), "{told}");
    assert_eq!(waits(&printed, "limits of the engine"), "the model of line 3 comes first");

    world.chain.warp(WAIT).unwrap();
    world.migrate(&config).unwrap();
    let now = book(&world);
    assert_eq!((now.model(3).unwrap().asset, now.model(3).unwrap().protocol), (0, 0));
    assert_eq!(now.params.max_var_bps, 300);
    assert!(world.is_complete(&config));
}

/// Limits of which one loosens what a new book has, here the decay of the covariance, wait.
#[test]
fn limits_that_loosen_are_proposed() {
    let mut world = live_of(&without_engine());
    let config = format!("{}\n[engine.limits]\nmax_concentration_bps = 5000\ndecay_bps = 9800\n", without_engine());
    let printed = world.migrate(&config).unwrap();
    assert!(waits(&printed, "limits of the engine").starts_with("change 0 of"), "{printed}");
    let book = world.setup(&config).vault.addresses.book;
    let (owner, guardian) = (made_up("owner.json"), made_up("guardian.json"));
    let veto = Queue::Oracle(book).veto(&guardian.pubkey(), 0);
    world.chain.execute(&owner, &[veto], &[&guardian], &[]).unwrap();
    let refused = world.migrate(&config).unwrap_err();
    assert!(refused.to_string().contains("one step is blocked"), "{refused}");
    let close = Queue::Oracle(book).close(&owner.pubkey(), 0);
    world.chain.execute(&owner, &[close], &[], &[]).unwrap();
    world.migrate(&config).unwrap();
    world.chain.warp(WAIT).unwrap();
    world.migrate(&config).unwrap();
    let now: Book = readers::read(&world.chain, &book).unwrap();
    assert_eq!((now.params.decay_bps, now.params.max_concentration_bps), (9_800, 5_000));
    assert!(world.is_complete(&config));
}

/// A protocol, two caps and a poster that come to a network in use.
#[test]
fn a_live_network_grows_by_changes() {
    let mut world = World::new();
    world.migrate(&with_engine()).unwrap();
    let network = world.setup(&with_engine()).own_network().copied().unwrap();
    let config = with_engine()
        .replace("{ amm = 500 }", "{ amm = 500, bridge = 300 }")
        .replace("{ lending = 0 }", "{ lending = 0, bridge = 0 }")
        .replace("[\"poster.json\"]", "[\"poster.json\", \"second.json\"]")
        + "\n[[network.protocols]]\nlabel = \"bridge\"\naudits = 20\nloses_bps = { lending = 0, amm = 0 }\n";
    let printed = world.migrate(&config).unwrap();
    for step in ["protocol bridge", "what lending loses", "what amm loses", "what bridge loses", "poster 1"] {
        assert!(waits(&printed, step).starts_with("change "), "{printed}");
    }
    let there = |world: &World| readers::read::<Network>(&world.chain, &network).unwrap();
    // One each: the protocol, lending → bridge, amm → bridge, bridge → the two others, the poster.
    assert_eq!((there(&world).change_nonce, there(&world).count), (6, 2));
    let mut watched = Watched::new(&mut world.chain);
    migrate(&mut watched, &config, &world.files).unwrap();
    assert_eq!(watched.sent, 0, "nothing is proposed twice");

    world.chain.warp(WAIT).unwrap();
    let printed = world.migrate(&config).unwrap();
    assert!(!printed.contains("\nwaits: "), "{printed}");
    let now = there(&world);
    let caps =
        [(0, 2), (1, 2), (2, 0), (2, 1), (0, 3)].map(|(loser, fails): (usize, usize)| now.edges[loser][fails].cap_bps);
    assert_eq!(caps, [300, 0, 0, 0, UNKNOWN_CAP_BPS]);
    assert_eq!((now.count, now.posters[1].key), (3, made_up("second.json").pubkey()));
    assert!(world.is_complete(&config));
}

//! A vault that follows a contagion network: it holds, and what is changed behind the program's back is found.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::network::{
    create_network, network_address, post_edge, post_loss, set_edge_cap, set_network, set_poster, set_protocol,
    solve_contagion, sync_contagion,
};
use gimbal::instructions::oracle::set_line_model;
use risk_oracle::state::{Book, Network, NetworkParams, Scores};
use risk_oracle::{
    CreateNetworkArgs, PostEdgeArgs, PostLossArgs, SetEdgeCapArgs, SetLineModelArgs, SetPosterArgs, SetProtocolArgs,
};

const GOOD: Scores = Scores { audits: 10, age: 20, upgradeability: 40, incidents: 0, size: 5 };

fn address(fx: &Fixture) -> Pubkey {
    network_address(&fx.deployment.actors.owner.pubkey(), 0)
}

/// Three protocols in a chain and back, of which the last lost a half; the first line rests on the first.
fn followed() -> Fixture {
    let mut fx = Fixture::new();
    let alice = fx.depositor(200_000 * USDC);
    fx.vault().deposit(&alice, 100_000 * USDC, 0).unwrap();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, network, book) = (owner.pubkey(), address(&fx), fx.deployment.vault.addresses.book);
    let payer = fx.deployment.actors.payer.pubkey();
    let (none, params) = (Pubkey::default(), NetworkParams::DEFAULT);
    let observed_at = fx.chain.clock().unwrap().unix_timestamp;
    let mut setup = vec![
        create_network(&key, &payer, CreateNetworkArgs { id: 0, curator: none, guardian: none, params }),
        set_poster(&key, &network, SetPosterArgs { place: 0, key }),
    ];
    for (index, name) in
        (0..).zip([b"aggregator\0\0\0\0\0\0", b"lender\0\0\0\0\0\0\0\0\0\0", b"coin\0\0\0\0\0\0\0\0\0\0\0\0"])
    {
        let args = SetProtocolArgs { index, label: *name, program: none, scores: GOOD, loss_bps: 0 };
        setup.push(set_protocol(&key, &network, args));
    }
    for (protocol, counterparty, cap_bps) in
        [(0, 1, 6_000), (1, 2, 5_000), (2, 0, 1_000), (1, 0, 0), (2, 1, 0), (0, 2, 0)]
    {
        setup.push(set_edge_cap(&key, &network, SetEdgeCapArgs { protocol, counterparty, cap_bps }));
    }
    setup.push(post_edge(&key, &network, PostEdgeArgs { protocol: 0, counterparty: 1, bps: 4_000, observed_at }));
    setup.push(post_loss(&key, &network, PostLossArgs { protocol: 2, bps: 5_000, observed_at }));
    for instruction in setup {
        fx.send(&with_budget(&[instruction]), &[&owner]).unwrap();
    }
    // A solution in the second of a post could have been made before it.
    fx.pass(1);
    let model = SetLineModelArgs { line: 1, asset: 255, protocol: 0, scaled: true };
    let follow = [
        set_line_model(&key, &book, model),
        solve_contagion(&network, Some(&key)),
        set_network(&key, &book, &network),
        sync_contagion(&book, &network),
    ];
    for instruction in follow {
        fx.send(&with_budget(&[instruction]), &[&owner]).unwrap();
    }
    fx
}

fn alter_network(fx: &mut Fixture, change: impl FnOnce(&mut Network)) {
    let key = address(fx);
    alter(fx, &key, change);
}

/// What is broken after a change.
fn found(change: impl FnOnce(&mut Fixture)) -> Vec<String> {
    let mut fx = followed();
    change(&mut fx);
    broken(&fx)
}

#[test]
fn a_followed_network_holds() {
    let mut fx = followed();
    let report = report(&fx);
    assert!(report.holds, "{:#?}", report.ended(Status::Broken).collect::<Vec<_>>());
    for name in [
        "address",
        "current",
        "damage",
        "excess",
        "edges",
        "initial",
        "lines",
        "scales",
        "upgradeability",
        "settings",
        "times",
    ] {
        assert_eq!(named(&report, &format!("network.{name}")).status, Status::Holds, "{name}");
    }
    assert!(report.posts.iter().any(|post| post.account == "network"));
    let damages = fx.read::<Network>(&address(&fx)).protocols.map(|row| row.damage);
    assert!(damages[2] > damages[1] && damages[1] > damages[0] && damages[0] > 1 << 27, "{damages:?}");

    // What is queued for it is seen as well.
    let owner = fx.deployment.actors.owner.insecure_clone();
    let queue = gimbal::instructions::changes::Queue::Oracle(address(&fx));
    let lower = SetEdgeCapArgs { protocol: 0, counterparty: 1, cap_bps: 100 };
    let proposed = queue.propose(
        &owner.pubkey(),
        &fx.deployment.actors.payer.pubkey(),
        0,
        &set_edge_cap(&owner.pubkey(), &address(&fx), lower),
        None,
    );
    fx.send(&[proposed], &[&owner]).unwrap();
    let hash = named(&super::report(&fx), "change.network.0.hash");
    assert!(hash.status == Status::Holds && hash.expectation.contains("set_edge_cap"), "{hash:?}");
}

#[test]
fn an_old_solution_is_worth_a_look() {
    let mut fx = followed();
    fx.pass(2 * DAY + 1);
    assert_eq!(named(&report(&fx), "network.current").status, Status::Noted);
    assert_eq!(broken(&fx), [""; 0]);
}

#[test]
fn what_was_tampered_with_is_named() {
    let lowered = found(|fx| alter_network(fx, |network| network.protocols[0].damage -= 1_000));
    assert_eq!(lowered, ["network.damage"]);
    let scored = found(|fx| alter_network(fx, |network| network.protocols[1].scores.upgradeability = 0));
    assert_eq!(scored, ["network.initial"]);
    let forgiven = found(|fx| alter_network(fx, |network| network.protocols[2].loss_bps = 0));
    assert_eq!(forgiven, ["network.initial"]);
    let cut = found(|fx| alter_network(fx, |network| network.in_force[1][2] = 4_000));
    assert_eq!(cut, ["network.edges"]);
    let posted = found(|fx| alter_network(fx, |network| network.edges[0][1].observed_bps = 3_999));
    assert_eq!(posted, ["network.edges"]);
    let moved = found(|fx| alter_network(fx, |network| network.id = 1));
    assert_eq!(moved, ["network.address"]);
    let nameless = found(|fx| alter_network(fx, |network| network.protocols[1].label = [0; 16]));
    assert_eq!(nameless, ["network.settings"]);
    let doubled = found(|fx| alter_network(fx, |network| network.posters[1] = network.posters[0]));
    assert_eq!(doubled, ["network.settings"]);
    let tomorrow = found(|fx| alter_network(fx, |network| network.protocols[0].scored_at += 86_400));
    assert_eq!(tomorrow, ["network.times"]);
    let widened = found(|fx| {
        let book = fx.deployment.vault.addresses.book;
        alter(fx, &book, |book: &mut Book| book.models[0].contagion_bps = 10_000);
    });
    assert_eq!(widened, ["network.scales"]);
}

/// Posted, solved and solved again within a second: which of the solutions the book has taken over, no time tells.
#[test]
fn two_solutions_of_one_second_are_worth_a_look() {
    let mut fx = followed();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, network, book) = (owner.pubkey(), address(&fx), fx.deployment.vault.addresses.book);
    fx.pass(60);
    let observed_at = fx.chain.clock().unwrap().unix_timestamp;
    let worse = PostLossArgs { protocol: 0, bps: 9_000, observed_at };
    let solve = || solve_contagion(&network, None);
    for instruction in [solve(), sync_contagion(&book, &network), post_loss(&key, &network, worse), solve()] {
        fx.send(&with_budget(&[instruction]), &[&owner]).unwrap();
    }
    assert_eq!((broken(&fx), named(&report(&fx), "network.scales").status), (Vec::new(), Status::Noted));
    fx.send(&with_budget(&[sync_contagion(&book, &network)]), &[]).unwrap();
    assert_eq!(named(&report(&fx), "network.scales").status, Status::Holds);
}

#[test]
fn what_is_merely_worse_than_it_need_be_is_noted() {
    let mut fx = followed();
    alter_network(&mut fx, |network| {
        network.protocols.iter_mut().take(3).for_each(|row| row.damage = 1 << 30);
    });
    assert_eq!(named(&report(&fx), "network.excess").status, Status::Noted);
    // The first line's scale is then more than its protocol's damage leaves.
    assert_eq!(broken(&fx), ["network.scales"]);
}

//! A contagion network with all its protocols and edges, and a book that follows it.

use anchor_lang::prelude::Pubkey;
use gimbal::amount::grouped;
use gimbal::bundle::with_budget;
use gimbal::instructions::network::{
    create_network, network_address, post_edge, post_loss, set_edge_cap, set_network, set_poster, set_protocol,
    solve_contagion, sync_contagion,
};
use gimbal::instructions::oracle::set_line_model;
use risk_oracle::state::{NetworkParams, Scores};
use risk_oracle::{
    CreateNetworkArgs, PostEdgeArgs, PostLossArgs, SetEdgeCapArgs, SetLineModelArgs, SetPosterArgs, SetProtocolArgs,
};

use super::Meter;
use crate::measure::{is_metered, networks};
use crate::{Chain, Fixture, Signer};

/// Of a solution.
const SOLUTION: u64 = 100_000;
/// Of everything else.
const CEILING: u64 = 40_000;
/// Protocols of a network.
const COUNT: u8 = 16;

/// A network of sixteen protocols at 20 points each, each of which owes `bps` of itself to every other.
fn network(fx: &mut Fixture, id: u16, bps: u16) -> Pubkey {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, payer) = (owner.pubkey(), fx.deployment.actors.payer.pubkey());
    let network = network_address(&key, id);
    let none = Pubkey::default();
    let args = CreateNetworkArgs { id, curator: none, guardian: none, params: NetworkParams::DEFAULT };
    fx.send(&[create_network(&key, &payer, args)], &[&owner]).expect("a network");
    let poster = SetPosterArgs { place: 0, key };
    fx.send(&[set_poster(&key, &network, poster)], &[&owner]).expect("a poster");
    for index in 0..COUNT {
        let mut label = *b"protocol-\0\0\0\0\0\0\0";
        label[9] = b'a' + index;
        let scores = Scores { audits: 20, age: 20, upgradeability: 20, incidents: 20, size: 20 };
        let args = SetProtocolArgs { index, label, program: none, scores, loss_bps: 0 };
        let mut setup = vec![set_protocol(&key, &network, args)];
        for counterparty in (0..COUNT).filter(|other| *other != index) {
            let args = SetEdgeCapArgs { protocol: index, counterparty, cap_bps: bps };
            setup.push(set_edge_cap(&key, &network, args));
        }
        fx.send(&with_budget(&setup), &[&owner]).expect("a protocol and its edges");
    }
    network
}

/// Solutions, posts and what a book takes over.
pub fn contagion(meter: &mut Meter) {
    let mut fx = Fixture::with_lines(16);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, book) = (owner.pubkey(), fx.deployment.vault.addresses.book);
    for (line, protocol) in fx.deployment.lines.clone().iter().zip(0..) {
        let args = SetLineModelArgs { line: line.addresses.id, asset: 255, protocol, scaled: true };
        fx.send(&[set_line_model(&key, &book, args)], &[&owner]).expect("a line's protocol");
    }
    // Row sums of 0.3 and 0.9 settle, the latter slowly; of 1.05 all is lost.
    let names = ["row sums of 0.3", "row sums of 0.9", "row sums of 1.05: all is lost"];
    let mut last = None;
    for ((id, bps), name) in (0..).zip([200, 600, 700]).zip(names) {
        let network = network(&mut fx, id, bps);
        let solve = with_budget(&[solve_contagion(&network, Some(&key))]);
        meter.note(format!("`solve_contagion`, 16 protocols, {name}"), SOLUTION, fx.send(&solve, &[&owner]));
        last = Some(network);
    }
    if is_metered() {
        let (_, units) = networks::dearest();
        let (families, drawn, steps) = (networks::FAMILIES.len(), networks::DRAWN, grouped(networks::STEPS.into()));
        let name = format!(
            "`solve_contagion`, the dearest of {drawn} networks of each of {families} families varied {steps} times"
        );
        meter.add(name, SOLUTION, units);
    }
    let network = last.expect("three networks");
    fx.warp(3_600);
    let observed_at = fx.chain.clock().expect("a clock").unix_timestamp;
    let edge = PostEdgeArgs { protocol: 0, counterparty: 15, bps: 680, observed_at };
    meter.note("`post_edge`", CEILING, fx.send(&[post_edge(&key, &network, edge)], &[&owner]));
    let loss = PostLossArgs { protocol: 0, bps: 10_000, observed_at };
    meter.note("`post_loss`", CEILING, fx.send(&[post_loss(&key, &network, loss)], &[&owner]));
    fx.send(&with_budget(&[solve_contagion(&network, None)]), &[]).expect("a solution");
    meter.note("`set_network`", CEILING, fx.send(&[set_network(&key, &book, &network)], &[&owner]));
    meter.note("`sync_contagion`, 16 lines", CEILING, fx.send(&[sync_contagion(&book, &network)], &[]));
}

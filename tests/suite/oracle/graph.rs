//! A contagion network of three protocols on the world's chain: an aggregator that lives on a lender, which takes a coin
//! as collateral.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::network::{
    create_network, network_address, post_edge, post_loss, set_edge_cap, set_network, set_poster, set_protocol,
    solve_contagion, sync_contagion,
};
use gimbal::instructions::oracle::{set_line_model, set_line_risk};
use gimbal::readers;
use risk_oracle::state::{Network, NetworkParams, Protocol, Scores};
use risk_oracle::{
    AssessArgs, CreateNetworkArgs, PostEdgeArgs, PostLossArgs, SetEdgeCapArgs, SetLineModelArgs, SetPosterArgs,
    SetProtocolArgs,
};
use solana_instruction::Instruction;

use super::world::*;

/// Number of the owner's network.
pub const ID: u16 = 3;
/// Rows of the protocols.
pub const AGGREGATOR: u8 = 0;
pub const LENDER: u8 = 1;
pub const COIN: u8 = 2;
/// A whole damage, 2^30.
pub const ALL: u32 = 1_073_741_824;

pub fn address() -> Pubkey {
    network_address(&pubkey("owner"), ID)
}

/// Parameters that the tests' arithmetic is worked out for: posts lower an edge by 20 basis points an hour at most.
pub fn speeds() -> NetworkParams {
    NetworkParams {
        max_edge_age: 3 * 86_400,
        min_post_interval: 3_600,
        max_solution_age: 2 * 86_400,
        edge_fall_bps: 480,
        loss_fall_bps: 100,
    }
}

pub fn creation() -> CreateNetworkArgs {
    CreateNetworkArgs { id: ID, curator: pubkey("curator"), guardian: pubkey("guardian"), params: speeds() }
}

pub fn scores(all: u8) -> Scores {
    Scores { audits: all, age: all, upgradeability: all, incidents: all, size: all }
}

/// A protocol of the world's three with the same points in every score, and no loss.
pub fn protocol(index: u8, points: u8) -> SetProtocolArgs {
    let name = ["aggregator", "lender", "coin", "fourth"].into_iter().nth(index.into()).unwrap_or("another");
    let mut label = [0; 16];
    label[..name.len()].copy_from_slice(name.as_bytes());
    SetProtocolArgs { index, label, program: Pubkey::default(), scores: scores(points), loss_bps: 0 }
}

pub fn cap(protocol: u8, counterparty: u8, cap_bps: u16) -> SetEdgeCapArgs {
    SetEdgeCapArgs { protocol, counterparty, cap_bps }
}

pub fn edge(protocol: u8, counterparty: u8, bps: u16, observed_at: i64) -> PostEdgeArgs {
    PostEdgeArgs { protocol, counterparty, bps, observed_at }
}

pub fn loss(protocol: u8, bps: u16, observed_at: i64) -> PostLossArgs {
    PostLossArgs { protocol, bps, observed_at }
}

pub fn place(place: u8, role: &str) -> SetPosterArgs {
    SetPosterArgs { place, key: pubkey(role) }
}

/// A network that nobody has set up.
pub fn empty() -> World {
    let mut world = World::new();
    let create = create_network(&pubkey("owner"), &pubkey("payer"), creation());
    world.send(&[create], &["owner"]).expect("a network");
    world
}

/// Three protocols without points of risk. The aggregator's edge to the lender and the lender's to the coin are capped at
/// 10,000 and observed at 5,000 and 4,000; there is no other. The owner has not solved it.
pub fn draft() -> World {
    let mut world = empty();
    let (owner, network, now) = (pubkey("owner"), address(), world.now());
    let mut setup: Vec<Instruction> = (0..3).map(|index| set_protocol(&owner, &network, protocol(index, 0))).collect();
    for loser in 0..3 {
        for other in (0..3).filter(|other| *other != loser) {
            let bps = if other == loser + 1 { 10_000 } else { 0 };
            setup.push(set_edge_cap(&owner, &network, cap(loser, other, bps)));
        }
    }
    setup.push(set_poster(&owner, &network, place(0, "poster")));
    world.send(&setup[..5], &["owner"]).expect("protocols and caps");
    world.send(&setup[5..], &["owner"]).expect("caps and a poster");
    let posts = [edge(AGGREGATOR, LENDER, 5_000, now), edge(LENDER, COIN, 4_000, now)];
    let posts = posts.map(|args| post_edge(&pubkey("poster"), &network, args));
    world.send(&posts, &["poster"]).expect("observed edges");
    world
}

/// The same, solved by its owner: no damage anywhere.
pub fn live() -> World {
    let mut world = draft();
    world.send(&[solve_contagion(&address(), Some(&pubkey("owner")))], &["owner"]).expect("a first solution");
    world
}

pub fn network(world: &World) -> Network {
    readers::read(&world.chain, &address()).expect("the network")
}

pub fn row(world: &World, index: u8) -> Protocol {
    *network(world).protocol(index).expect("a protocol")
}

/// Damage of each of the three.
pub fn damages(world: &World) -> [u32; 3] {
    [AGGREGATOR, LENDER, COIN].map(|index| row(world, index).damage)
}

/// Anybody solves.
pub fn solve() -> Instruction {
    solve_contagion(&address(), None)
}

/// The poster posts a loss, now.
pub fn lose(world: &World, index: u8, bps: u16) -> Instruction {
    post_loss(&pubkey("poster"), &address(), loss(index, bps, world.now()))
}

/// The instruction without its first account's signature.
pub fn unsigned(mut instruction: Instruction) -> Instruction {
    instruction.accounts[0].is_signer = false;
    instruction
}

/// [`live`], and a book that has been asked: line 1 rests on the aggregator, line 2 on nothing; each may take 1,000.
pub fn with_lines() -> World {
    let mut world = live();
    let (owner, book) = (pubkey("owner"), world.book);
    let model = SetLineModelArgs { line: 1, asset: 255, protocol: AGGREGATOR, scaled: false };
    let setup = [
        set_line_risk(&owner, &book, line_risk(1, &[], 10_000, 1_000)),
        set_line_risk(&owner, &book, line_risk(2, &[], 10_000, 1_000)),
        set_line_model(&owner, &book, model),
    ];
    world.send(&setup, &["owner"]).expect("lines");
    assert!(world.assess(question(1, 1_000)).allows());
    world
}

/// [`with_lines`]; the book follows the network and has taken its damages over: there are none.
pub fn followed() -> World {
    let mut world = with_lines();
    let follow = set_network(&pubkey("owner"), &world.book, &address());
    let sync = sync(&world);
    world.send(&[follow, sync], &["owner"]).expect("a network");
    world
}

/// New money for a line of [`with_lines`]; NAV is a million and no line has any value.
pub fn question(line: u16, amount: u64) -> AssessArgs {
    let mut args =
        AssessArgs { nav: 1_000_000, line: 0, amount, values: [0; 16], line_ids: [0; 16], exposures: vec![] };
    args.line_ids[0] = line;
    args
}

/// Anybody takes the network's damages over into the world's book.
pub fn sync(world: &World) -> Instruction {
    sync_contagion(&world.book, &address())
}

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::network::{create_network, network_address};
use risk_oracle::events::NetworkCreated;
use risk_oracle::state::{Edge, Network, NetworkParams, UNKNOWN_CAP_BPS};
use risk_oracle::CreateNetworkArgs;

use super::graph::*;
use super::world::*;

fn create(args: CreateNetworkArgs) -> solana_instruction::Instruction {
    create_network(&pubkey("owner"), &pubkey("payer"), args)
}

// Access

#[test]
fn the_authority_must_sign() {
    let mut world = World::new();
    world.refuse("AccountNotSigner", unsigned(create(creation())), &[]);
}

#[test]
fn nobody_takes_anothers_address() {
    let mut world = World::new();
    let mut taken = create_network(&pubkey("stranger"), &pubkey("payer"), creation());
    taken.accounts[2].pubkey = address();
    world.refuse("ConstraintSeeds", taken, &["stranger"]);
}

#[test]
fn a_number_is_given_once_and_to_each_authority() {
    let mut world = empty();
    world.refuse("AccountAlreadyInUse", create(creation()), &["owner"]);
    world.send(&[create(CreateNetworkArgs { id: 4, ..creation() })], &["owner"]).unwrap();
    let theirs = create_network(&pubkey("stranger"), &pubkey("payer"), creation());
    world.send(&[theirs], &["stranger"]).unwrap();
    let other: Network = gimbal::readers::read(&world.chain, &network_address(&pubkey("stranger"), ID)).unwrap();
    assert_eq!((other.roles.owner, network(&world).roles.owner), (pubkey("stranger"), pubkey("owner")));
}

// The ordinary path

#[test]
fn a_new_network_knows_nothing_and_trusts_nobody() {
    let mut world = World::new();
    let receipt = world.send(&[create(creation())], &["owner"]).unwrap();
    let made = network(&world);
    assert_eq!((made.version, made.id, made.count, made.authority), (1, ID, 0, pubkey("owner")));
    assert_eq!((made.roles.owner, made.roles.pending_owner), (pubkey("owner"), Pubkey::default()));
    assert_eq!((made.roles.curator, made.roles.guardian), (pubkey("curator"), pubkey("guardian")));
    assert_eq!((made.params, made.solves, made.solved_at, made.posts), (speeds(), 0, 0, 0));
    assert!(made.posters.iter().all(|poster| poster.key == Pubkey::default()));
    assert!(made.protocols.iter().all(|row| row.used == 0 && row.damage == ALL));
    for (index, row) in made.edges.iter().enumerate() {
        for (column, edge) in row.iter().enumerate() {
            assert_eq!(edge.cap_bps, if index == column { 0 } else { UNKNOWN_CAP_BPS });
            assert_eq!(*edge, Edge { cap_bps: edge.cap_bps, ..Edge::UNKNOWN });
        }
    }
    assert!(!made.is_live() && !made.is_current(world.now()));
    assert_ne!(made.inputs_hash, [0; 32]);

    let told: NetworkCreated = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, world.now()));
    assert_eq!((told.authority, told.id, told.params), (pubkey("owner"), ID, speeds()));
    assert_eq!((told.curator, told.guardian), (pubkey("curator"), pubkey("guardian")));
}

// Edges

#[test]
fn parameters_outside_their_hard_ranges_are_refused() {
    let mut world = World::new();
    for (params, error) in [
        (NetworkParams { max_edge_age: 3_599, ..speeds() }, "EdgeAgeOutOfRange"),
        (NetworkParams { min_post_interval: 0, ..speeds() }, "PostIntervalOutOfRange"),
        (NetworkParams { max_solution_age: 604_801, ..speeds() }, "SolutionAgeOutOfRange"),
        (NetworkParams { edge_fall_bps: 2_501, ..speeds() }, "EdgeFallOutOfRange"),
        (NetworkParams { loss_fall_bps: 1_001, ..speeds() }, "LossFallOutOfRange"),
    ] {
        world.refuse(error, create(CreateNetworkArgs { params, ..creation() }), &["owner"]);
    }
}

use gimbal::instructions::changes::presenting;
use gimbal::instructions::network::set_network_params;
use risk_oracle::events::NetworkParamsSet;
use risk_oracle::state::NetworkParams;
use solana_instruction::Instruction;

use super::graph::*;
use super::world::*;

fn by(role: &str, params: NetworkParams) -> Instruction {
    set_network_params(&pubkey(role), &address(), params)
}

fn tighter() -> NetworkParams {
    NetworkParams { max_edge_age: 86_400, edge_fall_bps: 100, ..speeds() }
}

// Access

#[test]
fn only_the_owner_sets_parameters() {
    let mut world = live();
    for role in ["curator", "guardian", "stranger", "poster"] {
        world.refuse("NotOwner", by(role, tighter()), &[role]);
    }
    world.refuse("AccountNotSigner", unsigned(by("owner", tighter())), &[]);
}

// The ordinary path

#[test]
fn tightening_is_at_once_and_loosening_waits_on_a_live_network() {
    let mut world = live();
    let receipt = world.send(&[by("owner", tighter())], &["owner"]).unwrap();
    assert_eq!(network(&world).params, tighter());
    let told: NetworkParamsSet = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, world.now()));
    assert_eq!(told.params, tighter());

    world.refuse("ChangeRequired", by("owner", speeds()), &["owner"]);
    let waited = world.waited(address(), by("owner", speeds()));
    world.send(&[waited], &["owner"]).unwrap();
    assert_eq!(network(&world).params, speeds());
}

#[test]
fn a_draft_is_free() {
    let mut world = draft();
    let loose = NetworkParams { max_edge_age: 1_209_600, edge_fall_bps: 2_500, ..speeds() };
    world.send(&[by("owner", loose)], &["owner"]).unwrap();
    assert_eq!(network(&world).params, loose);
}

// Edges

#[test]
fn a_change_is_bound_to_the_parameters_that_it_replaces() {
    let mut world = live();
    let looser = NetworkParams { max_edge_age: 1_209_600, ..speeds() };
    world.propose(address(), &by("owner", looser)).unwrap();
    world.send(&[by("owner", tighter())], &["owner"]).unwrap();
    world.warp(2 * DAY);
    let queue = gimbal::instructions::changes::Queue::Oracle(address());
    world.refuse("ChangeStale", presenting(by("owner", looser), &queue.change(0)), &["owner"]);
}

#[test]
fn hard_ranges_hold_for_owners_and_for_proposals() {
    let mut world = live();
    let wild = NetworkParams { loss_fall_bps: 1_001, ..speeds() };
    world.refuse("LossFallOutOfRange", by("owner", wild), &["owner"]);
    gimbal_tests::assert_error(world.propose(address(), &by("owner", wild)), "LossFallOutOfRange");
}

use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::network::set_edge_cap;
use risk_oracle::events::EdgeCapSet;
use risk_oracle::SetEdgeCapArgs;
use solana_instruction::Instruction;

use super::graph::*;
use super::world::*;

fn by(role: &str, args: SetEdgeCapArgs) -> Instruction {
    set_edge_cap(&pubkey(role), &address(), args)
}

// Access

#[test]
fn strangers_and_posters_cap_nothing() {
    let mut world = live();
    for role in ["stranger", "poster"] {
        world.refuse("NotGuardian", by(role, cap(0, 1, 65_535)), &[role]);
    }
    world.refuse("AccountNotSigner", unsigned(by("owner", cap(0, 1, 65_535))), &[]);
}

#[test]
fn curator_and_guardian_only_raise() {
    for role in ["curator", "guardian"] {
        let mut world = draft();
        world.refuse("OnlyOwnerMayLoosen", by(role, cap(0, 1, 9_999)), &[role]);
        world.send(&[by(role, cap(0, 1, 20_000))], &[role]).unwrap();
        assert_eq!(network(&world).edges[0][1].cap_bps, 20_000);
    }
}

// The ordinary path

#[test]
fn raising_is_at_once_and_lowering_waits_on_a_live_network() {
    let mut world = live();
    let receipt = world.send(&[by("owner", cap(LENDER, COIN, 12_000))], &["owner"]).unwrap();
    assert_eq!(network(&world).edges[1][2].cap_bps, 12_000);
    let told: EdgeCapSet = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, world.now()));
    assert_eq!((told.by, told.protocol, told.counterparty, told.cap_bps), (pubkey("owner"), 1, 2, 12_000));

    world.refuse("ChangeRequired", by("owner", cap(LENDER, COIN, 11_999)), &["owner"]);
    // Also where no protocol is defined yet: it would be safer from its first second on.
    world.refuse("ChangeRequired", by("owner", cap(7, 9, 100)), &["owner"]);
    let waited = world.waited(address(), by("owner", cap(LENDER, COIN, 3_000)));
    world.send(&[waited, solve()], &["owner"]).unwrap();
    let network = network(&world);
    // What was observed above the cap counts as the cap.
    assert_eq!((network.edges[1][2].observed_bps, network.in_force[1][2]), (4_000, 3_000));
}

// Edges

#[test]
fn a_change_is_bound_to_the_cap_and_not_to_what_is_observed() {
    let mut world = live();
    let lower = by("owner", cap(LENDER, COIN, 9_000));
    let waited = world.waited(address(), lower.clone());
    let posted =
        gimbal::instructions::network::post_edge(&pubkey("poster"), &address(), edge(LENDER, COIN, 9_999, world.now()));
    world.send(&[posted, waited], &["poster", "owner"]).unwrap();
    assert_eq!(network(&world).edges[1][2].cap_bps, 9_000);

    world.propose(address(), &by("owner", cap(LENDER, COIN, 8_000))).unwrap();
    world.send(&[by("guardian", cap(LENDER, COIN, 9_500))], &["guardian"]).unwrap();
    world.warp(2 * DAY);
    let stale = presenting(by("owner", cap(LENDER, COIN, 8_000)), &Queue::Oracle(address()).change(1));
    world.refuse("ChangeStale", stale, &["owner"]);
}

#[test]
fn edges_join_two_different_rows() {
    let mut world = draft();
    world.refuse("EdgeToSelf", by("owner", cap(1, 1, 5)), &["owner"]);
    world.refuse("ProtocolOutOfRange", by("owner", cap(16, 1, 5)), &["owner"]);
    world.refuse("ProtocolOutOfRange", by("owner", cap(1, 16, 5)), &["owner"]);
    world.send(&[by("owner", cap(15, 14, 5))], &["owner"]).unwrap();
}

use gimbal::instructions::network::{set_protocol, solve_contagion};
use risk_oracle::events::ContagionSolved;
use risk_oracle::SetProtocolArgs;
use sha2::{Digest, Sha256};

use super::graph::*;
use super::world::*;

// Access

#[test]
fn the_first_solution_is_the_owners() {
    let mut world = draft();
    world.refuse("NetworkNotOpened", solve(), &[]);
    for role in ["stranger", "poster", "guardian", "curator"] {
        world.refuse("NetworkNotOpened", solve_contagion(&address(), Some(&pubkey(role))), &[role]);
    }
    let mut forged = solve_contagion(&address(), Some(&pubkey("owner")));
    forged.accounts[1].is_signer = false;
    world.refuse("AccountNotSigner", forged, &[]);
    world.send(&[solve_contagion(&address(), Some(&pubkey("owner")))], &["owner"]).unwrap();
    assert!(network(&world).is_live());
    // From then on anybody's.
    world.send(&[solve()], &[]).unwrap();
    assert_eq!(network(&world).solves, 2);
}

#[test]
fn nothing_is_solved_without_a_protocol() {
    let mut world = empty();
    world.refuse("ProtocolUndefined", solve_contagion(&address(), Some(&pubkey("owner"))), &["owner"]);
}

// The ordinary path

#[test]
fn damages_follow_from_the_accounts_own_inputs() {
    let mut world = live();
    let before = network(&world).inputs_hash;
    let scored = set_protocol(&pubkey("guardian"), &address(), protocol(COIN, 20));
    world.send(&[scored], &["guardian"]).unwrap();
    let scored = network(&world).inputs_hash;
    assert_ne!(before, scored);
    let receipt = world.send(&[solve()], &[]).unwrap();
    // 0.04 of 2^30 for five scores of 20; 0.4 of that; and half of that.
    assert_eq!(damages(&world), [8_589_935, 17_179_870, 42_949_673]);
    let stored = network(&world);
    assert_eq!((stored.solved_at, stored.solved_slot, stored.moved), (world.now(), receipt.slot, 0));
    assert_eq!((stored.converged, stored.in_force[0][1], stored.in_force[1][2]), (1, 5_000, 4_000));
    assert!(stored.is_current(world.now()));

    let told: ContagionSolved = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, world.now()));
    assert_eq!((told.converged, told.initial), (true, vec![0, 0, 42_949_673]));
    assert_eq!((told.damage, told.inputs_hash), (vec![8_589_935, 17_179_870, 42_949_673], stored.inputs_hash));

    // The hash is the one that the documents promise: previous, time, signer, data.
    let mut hasher = Sha256::new();
    hasher.update(scored);
    hasher.update(world.now().to_le_bytes());
    hasher.update([0; 32]);
    hasher.update(solve().data);
    assert_eq!(stored.inputs_hash, <[u8; 32]>::from(hasher.finalize()));
}

#[test]
fn time_alone_makes_things_worse() {
    let mut world = live();
    // Both edges are stale after three days, and count as their caps of 10,000.
    let scored = set_protocol(&pubkey("guardian"), &address(), protocol(COIN, 20));
    world.send(&[scored, solve()], &["guardian"]).unwrap();
    world.warp(3 * DAY + 1);
    assert_eq!(network(&world).damage(AGGREGATOR, world.now()), ALL, "not solved for two days");
    world.send(&[solve()], &[]).unwrap();
    assert_eq!(damages(&world), [42_949_673; 3]);
    // After two years nothing is known any more.
    world.warp(730 * DAY);
    world.send(&[solve()], &[]).unwrap();
    assert_eq!(damages(&world), [ALL; 3]);
}

// Edges

#[test]
fn what_feeds_itself_is_lost() {
    let mut world = live();
    let owner = pubkey("owner");
    let raise = |a, b| gimbal::instructions::network::set_edge_cap(&owner, &address(), cap(a, b, 20_000));
    world.send(&[raise(LENDER, AGGREGATOR)], &["owner"]).unwrap();
    world.send(&[solve()], &[]).unwrap();
    assert_eq!(damages(&world), [0; 3], "without any damage nothing spreads");
    let tiny = SetProtocolArgs { loss_bps: 1, ..protocol(LENDER, 0) };
    world.send(&[set_protocol(&owner, &address(), tiny), solve()], &["owner"]).unwrap();
    // The lender gets back all that it gives: a hundredth of a hundredth grows until nothing is left. Half of that is the
    // aggregator's.
    assert_eq!(damages(&world), [536_870_912, ALL, 0]);
}

#[test]
fn sixteen_protocols_are_solved() {
    let mut world = live();
    let owner = pubkey("owner");
    for index in 3..16 {
        let unknown = SetProtocolArgs { scores: risk_oracle::Scores::NOTHING_KNOWN, ..protocol(index, 0) };
        world.send(&[set_protocol(&owner, &address(), unknown)], &["owner"]).unwrap();
    }
    let receipt = world.send(&[solve()], &[]).unwrap();
    println!("solve_contagion, sixteen protocols: {} units", receipt.compute_units);
    let stored = network(&world);
    // Every edge to an unknown protocol is unknown as well.
    assert!(stored.protocols.iter().all(|row| row.damage == ALL));
    let told: ContagionSolved = event(&receipt);
    assert_eq!(told.damage, vec![ALL; 16]);
}

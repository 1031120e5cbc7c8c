//! Roles and the queue of a network: as those of a feed and a book.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::network::{set_edge_cap, set_protocol};
use gimbal::instructions::oracle::{accept_owner, propose_owner, renounce, set_curator, set_guardian};
use gimbal_control::Role;
use risk_oracle::events::RoleChanged;

use super::graph::*;
use super::world::*;

// Access

#[test]
fn nobody_but_the_owner_names_anybody() {
    let mut world = live();
    for role in ["stranger", "curator", "guardian", "poster"] {
        let (by, heir) = (pubkey(role), pubkey("heir"));
        world.refuse("NotOwner", propose_owner(&by, &address(), &heir), &[role]);
        world.refuse("NotOwner", set_curator(&by, &address(), &heir), &[role]);
        world.refuse("NotOwner", set_guardian(&by, &address(), &heir), &[role]);
        world.refuse("NotPendingOwner", accept_owner(&by, &address()), &[role]);
        world.refuse("NotOwner", renounce(&by, &address(), Role::Owner), &[role]);
    }
}

#[test]
fn only_guardian_and_owner_veto() {
    let mut world = live();
    let lower = set_edge_cap(&pubkey("owner"), &address(), cap(AGGREGATOR, LENDER, 1));
    world.propose(address(), &lower).unwrap();
    let queue = Queue::Oracle(address());
    for role in ["stranger", "curator", "poster"] {
        world.refuse("NotVetoer", queue.veto(&pubkey(role), 0), &[role]);
    }
    world.send(&[queue.veto(&pubkey("guardian"), 0)], &["guardian"]).unwrap();
    world.warp(2 * DAY);
    world.refuse("ChangeVetoed", presenting(lower, &queue.change(0)), &["owner"]);
}

// The ordinary path

#[test]
fn ownership_moves_in_two_steps() {
    let mut world = live();
    world.send(&[propose_owner(&pubkey("owner"), &address(), &pubkey("stranger"))], &["owner"]).unwrap();
    let receipt = world.send(&[accept_owner(&pubkey("stranger"), &address())], &["stranger"]).unwrap();
    assert_eq!(event::<RoleChanged>(&receipt).account, address());
    assert_eq!(network(&world).roles.owner, pubkey("stranger"));
    // The address stays the first owner's.
    assert_eq!(network(&world).authority, pubkey("owner"));
    world.refuse("NotGuardian", set_protocol(&pubkey("owner"), &address(), protocol(0, 100)), &["owner"]);
}

#[test]
fn posts_of_a_live_network_wait() {
    let mut world = live();
    let owner = pubkey("owner");
    world.refuse("ChangeRequired", set_curator(&owner, &address(), &pubkey("heir")), &["owner"]);
    world.refuse("ChangeRequired", set_guardian(&owner, &address(), &pubkey("heir")), &["owner"]);
    let waited = world.waited(address(), set_guardian(&owner, &address(), &pubkey("heir")));
    world.refuse("NotVetoable", Queue::Oracle(address()).veto(&pubkey("guardian"), 0), &["guardian"]);
    world.send(&[waited], &["owner"]).unwrap();
    assert_eq!(network(&world).roles.guardian, pubkey("heir"));
    world.send(&[set_curator(&owner, &address(), &Pubkey::default())], &["owner"]).unwrap();
    assert_eq!(network(&world).roles.curator, Pubkey::default());
}

#[test]
fn what_is_given_up_stays_given_up() {
    let mut world = live();
    let owner = pubkey("owner");
    world.send(&[renounce(&owner, &address(), Role::Curator)], &["owner"]).unwrap();
    world.refuse("RoleRenounced", set_curator(&owner, &address(), &Pubkey::default()), &["owner"]);
    gimbal_tests::assert_error(
        world.propose(address(), &set_curator(&owner, &address(), &pubkey("heir"))),
        "RoleRenounced",
    );
    world.refuse("NotGuardian", renounce(&owner, &address(), Role::Guardian), &["owner"]);
    world.send(&[renounce(&owner, &address(), Role::Owner)], &["owner"]).unwrap();
    world.refuse("NotGuardian", set_edge_cap(&owner, &address(), cap(0, 1, 65_535)), &["owner"]);
    // The guardian still tightens, and everybody still solves.
    let raised = set_edge_cap(&pubkey("guardian"), &address(), cap(0, 1, 65_535));
    world.send(&[raised, solve()], &["guardian"]).unwrap();
}

// Edges

#[test]
fn a_networks_queue_holds_its_own_instructions_only() {
    let mut world = live();
    let book = world.book;
    let of_book = gimbal::instructions::oracle::set_line_risk(&pubkey("owner"), &book, line_risk(1, &[], 1, 1));
    gimbal_tests::assert_error(world.propose(address(), &of_book), "NotQueueable");
    gimbal_tests::assert_error(world.propose(address(), &solve()), "NotQueueable");
    let of_network = set_edge_cap(&pubkey("owner"), &address(), cap(0, 1, 1));
    gimbal_tests::assert_error(world.propose(book, &of_network), "NotQueueable");
    // A change of another network is none of this one's.
    let owner = pubkey("owner");
    let other = gimbal::instructions::network::network_address(&owner, 4);
    let args = risk_oracle::CreateNetworkArgs { id: 4, ..creation() };
    let create = gimbal::instructions::network::create_network(&owner, &pubkey("payer"), args);
    world.send(&[create], &["owner"]).unwrap();
    let foreign = set_edge_cap(&owner, &other, cap(0, 1, 1));
    let foreign = world.waited(other, foreign);
    let mut crossed = foreign;
    crossed.accounts[1].pubkey = address();
    world.refuse("ChangeMismatch", crossed, &["owner"]);
}

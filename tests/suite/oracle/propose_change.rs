//! `propose_change`: who may queue what.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::changes::Queue;
use gimbal::instructions::oracle::{
    propose_owner, set_curator, set_feed_params, set_guardian, set_line_risk, set_risk, update_feed,
};
use gimbal_control::hash_fields;
use risk_oracle::events::ChangeProposed;
use risk_oracle::{FeedParams, SetRiskArgs};
use solana_instruction::Instruction;

use super::world::*;

fn propose(world: &World, target: Pubkey, by: &str, guarded: &Instruction) -> Instruction {
    let nonce = gimbal_tests::queue::next_nonce(&world.chain, &Queue::Oracle(target));
    Queue::Oracle(target).propose(&pubkey(by), &pubkey("payer"), nonce, guarded, None)
}

/// An instruction of the oracle with any data.
fn raw(data: Vec<u8>) -> Instruction {
    Instruction { program_id: risk_oracle::ID, accounts: Vec::new(), data }
}

// Access

#[test]
fn only_the_owner_proposes() {
    let mut world = World::live();
    for target in [world.feed, world.book] {
        let guarded = set_curator(&pubkey("owner"), &target, &pubkey("heir"));
        for role in ["curator", "guardian", "stranger", "ledger"] {
            let proposal = propose(&world, target, role, &guarded);
            world.refuse("NotOwner", proposal, &[role]);
        }
        let mut unsigned = propose(&world, target, "owner", &guarded);
        unsigned.accounts[0].is_signer = false;
        world.refuse("AccountNotSigner", unsigned, &[]);
    }
}

#[test]
fn a_target_must_be_a_feed_or_a_book() {
    let mut world = World::live();
    let guarded = set_curator(&pubkey("owner"), &world.feed, &pubkey("heir"));
    for target in [pubkey("nothing"), world.posted] {
        let proposal = Queue::Oracle(target).propose(&pubkey("owner"), &pubkey("payer"), 0, &guarded, None);
        world.refuse("NotFeedOrBook", proposal, &["owner"]);
    }
}

#[test]
fn the_change_lies_at_its_derived_address() {
    let mut world = World::live();
    let guarded = set_curator(&pubkey("owner"), &world.feed, &pubkey("heir"));
    // The next number but one, and another target's.
    for queue in [Queue::Oracle(world.feed).change(1), Queue::Oracle(world.book).change(0), pubkey("nowhere")] {
        let mut proposal = propose(&world, world.feed, "owner", &guarded);
        proposal.accounts[3].pubkey = queue;
        world.refuse("ConstraintSeeds", proposal, &["owner"]);
    }
}

// The ordinary path

#[test]
fn a_change_is_written_and_told() {
    let mut world = World::live();
    let looser = FeedParams { max_age: 61, ..params() };
    let guarded = set_feed_params(&pubkey("owner"), &world.feed, looser);
    let proposal = propose(&world, world.feed, "owner", &guarded);
    let receipt = world.send(&[proposal], &["owner"]).unwrap();

    let (feed, now) = (world.feed, world.now());
    let record = world.change(feed, 0);
    assert_eq!((record.version, record.state, record.guardian_may_veto, record.nonce), (1, 1, 1, 0));
    assert_eq!((record.target, record.payer), (feed, pubkey("payer")));
    assert_eq!((record.proposed_at, record.ready_at, record.expires_at), (now, now + 172_800, now + 777_600));
    assert_eq!(record.data(), guarded.data);
    // The parameters in the order of their fields: two u32, six u16, one u64.
    let mut stored = Vec::new();
    for seconds in [60u32, 10] {
        stored.extend(seconds.to_le_bytes());
    }
    for bps in [200u16, 100, 100, 500, 0, 100] {
        stored.extend(bps.to_le_bytes());
    }
    stored.extend(0u64.to_le_bytes());
    assert_eq!(record.fields_hash, hash_fields(&[b"params", &stored]));
    assert_eq!(world.feed().change_nonce, 1);
    assert_eq!(world.feed().max_age, 60, "nothing is set yet");

    let told: ChangeProposed = event(&receipt);
    assert_eq!((told.target, told.slot, told.time), (feed, receipt.slot, now));
    assert_eq!((told.change, told.nonce), (Queue::Oracle(feed).change(0), 0));
    assert_eq!((told.ready_at, told.expires_at, told.data), (now + 172_800, now + 777_600, guarded.data));
}

#[test]
fn each_change_has_its_own_number() {
    let mut world = World::live();
    for (target, number) in [(world.feed, 0), (world.feed, 1), (world.book, 0), (world.feed, 2)] {
        world.propose(target, &set_curator(&pubkey("owner"), &target, &pubkey("heir"))).unwrap();
        assert_eq!(world.change(target, number).nonce, number);
    }
    assert_eq!((world.feed().change_nonce, world.book().change_nonce), (3, 1));
}

#[test]
fn a_gift_of_lamports_does_not_block_a_proposal() {
    let mut world = World::live();
    let (feed, change) = (world.feed, Queue::Oracle(world.feed).change(0));
    world.chain.fund(&change, 1).unwrap();
    world.propose(feed, &set_curator(&pubkey("owner"), &feed, &pubkey("heir"))).unwrap();
    assert_eq!(world.change(feed, 0).target, feed);
    let rent = world.chain.minimum_balance(8 + 776).unwrap();
    assert_eq!(world.chain.get_account(&change).unwrap().unwrap().lamports, rent);
}

#[test]
fn a_change_may_be_proposed_before_anybody_depends_on_it() {
    let mut world = World::new();
    let feed = world.feed;
    world.propose(feed, &set_curator(&pubkey("owner"), &feed, &pubkey("heir"))).unwrap();
    assert_eq!(world.change(feed, 0).state, 1);
}

// Edges

#[test]
fn only_what_may_wait_is_queued() {
    let mut world = World::live();
    let (feed, book, owner) = (world.feed, world.book, pubkey("owner"));
    let curator = set_curator(&owner, &feed, &owner);
    let mut longer = curator.data.clone();
    longer.push(0);
    let cases = [
        (feed, update_feed(&feed, &world.posted, None)),
        (feed, propose_owner(&owner, &feed, &owner)),
        (feed, set_risk(&owner, &book, risk(0, "asset:SOL", 1, 1))),
        (feed, set_line_risk(&owner, &book, line_risk(1, &[], 1, 1))),
        (book, set_feed_params(&owner, &feed, params())),
        (feed, raw(Vec::new())),
        (feed, raw(curator.data[..7].to_vec())),
        (feed, raw(curator.data[..39].to_vec())),
        (feed, raw(longer)),
        (feed, raw(vec![7; 640])),
    ];
    for (target, guarded) in cases {
        let proposal = propose(&world, target, "owner", &guarded);
        world.refuse("NotQueueable", proposal, &["owner"]);
    }
}

#[test]
fn nothing_waits_that_could_never_be_applied() {
    let mut world = World::live();
    let (feed, book, owner) = (world.feed, world.book, pubkey("owner"));
    let cases = [
        (feed, set_feed_params(&owner, &feed, FeedParams { max_age: 172_801, ..params() }), "MaxAgeOutOfRange"),
        (book, set_risk(&owner, &book, risk(32, "asset:SOL", 1, 1)), "RiskOutOfRange"),
        (book, set_risk(&owner, &book, SetRiskArgs { label: [0; 16], ..risk(0, "x", 1, 1) }), "LabelInvalid"),
        (book, set_line_risk(&owner, &book, line_risk(0, &[], 1, 1)), "ZeroLineId"),
        (book, set_line_risk(&owner, &book, line_risk(1, &[], 10_001, 1)), "CapBpsOutOfRange"),
        (book, set_line_risk(&owner, &book, line_risk(1, &[0], 1, 1)), "RiskUndefined"),
    ];
    for (target, guarded, error) in cases {
        let proposal = propose(&world, target, "owner", &guarded);
        world.refuse(error, proposal, &["owner"]);
    }
    // A role that was renounced.
    for (role, number, guarded) in [
        ("curator", 1, set_curator(&owner, &feed, &pubkey("heir"))),
        ("guardian", 2, set_guardian(&owner, &feed, &pubkey("heir"))),
    ] {
        let role_number = gimbal_control::Role::from_number(number).unwrap();
        world.send(&[gimbal::instructions::oracle::renounce(&pubkey(role), &feed, role_number)], &[role]).unwrap();
        let proposal = propose(&world, feed, "owner", &guarded);
        world.refuse("RoleRenounced", proposal, &["owner"]);
    }
}

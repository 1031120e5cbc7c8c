use anchor_lang::prelude::Pubkey;
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::network::set_protocol;
use risk_oracle::events::ProtocolSet;
use risk_oracle::state::Scores;
use risk_oracle::SetProtocolArgs;
use solana_instruction::Instruction;

use super::graph::*;
use super::world::*;

fn by(role: &str, args: SetProtocolArgs) -> Instruction {
    set_protocol(&pubkey(role), &address(), args)
}

// Access

#[test]
fn strangers_and_posters_set_nothing() {
    let mut world = live();
    for role in ["stranger", "poster"] {
        world.refuse("NotGuardian", by(role, protocol(LENDER, 100)), &[role]);
    }
    world.refuse("AccountNotSigner", unsigned(by("owner", protocol(LENDER, 100))), &[]);
}

#[test]
fn curator_and_guardian_only_worsen() {
    for role in ["curator", "guardian"] {
        let mut world = draft();
        world.send(&[by("owner", SetProtocolArgs { loss_bps: 500, ..protocol(LENDER, 20) })], &["owner"]).unwrap();
        let worse = SetProtocolArgs { loss_bps: 500, ..protocol(LENDER, 30) };
        for better in [
            SetProtocolArgs { scores: Scores { age: 19, ..scores(30) }, ..worse },
            SetProtocolArgs { loss_bps: 499, ..worse },
            SetProtocolArgs { label: protocol(COIN, 0).label, ..worse },
            SetProtocolArgs { program: pubkey("stranger"), ..worse },
            // An undefined row counts as the worst already.
            protocol(3, 99),
        ] {
            world.refuse("OnlyOwnerMayLoosen", by(role, better), &[role]);
        }
        world.send(&[by(role, worse)], &[role]).unwrap();
        assert_eq!(row(&world, LENDER).scores, scores(30));
        let unknown = SetProtocolArgs { scores: Scores::NOTHING_KNOWN, loss_bps: 10_000, ..worse };
        world.send(&[by(role, unknown)], &[role]).unwrap();
        assert_eq!((row(&world, LENDER).scores, row(&world, LENDER).loss_bps), (Scores::NOTHING_KNOWN, 10_000));
    }
}

// The ordinary path

#[test]
fn the_owner_defines_in_order() {
    let mut world = empty();
    world.refuse("ProtocolOutOfRange", by("owner", protocol(1, 20)), &["owner"]);
    let args = SetProtocolArgs { program: pubkey("a program"), loss_bps: 7, ..protocol(0, 20) };
    let receipt = world.send(&[by("owner", args)], &["owner"]).unwrap();
    let made = row(&world, 0);
    assert_eq!((made.label, made.program, made.scores), (args.label, args.program, args.scores));
    assert_eq!((made.scored_at, made.loss_at, made.loss_bps), (world.now(), world.now(), 7));
    assert_eq!((network(&world).count, made.damage), (1, ALL), "not solved yet");

    let told: ProtocolSet = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, world.now()));
    assert_eq!((told.by, told.index, told.label), (pubkey("owner"), 0, args.label));
    assert_eq!((told.program, told.scores, told.loss_bps), (args.program, args.scores, 7));
    assert_eq!(told.scored_at, world.now());

    for index in 1..16 {
        world.send(&[by("owner", protocol(index, 0))], &["owner"]).unwrap();
    }
    assert_eq!(network(&world).count, 16);
    world.refuse("ProtocolOutOfRange", by("owner", protocol(16, 0)), &["owner"]);
}

#[test]
fn on_a_live_network_what_makes_a_protocol_look_safer_waits() {
    let mut world = live();
    let owner = &["owner"];
    // Worse is at once.
    world.send(&[by("owner", protocol(LENDER, 40))], owner).unwrap();
    for better in [
        protocol(LENDER, 39),
        protocol(3, 0),
        SetProtocolArgs { label: *b"lender2\0\0\0\0\0\0\0\0\0", ..protocol(LENDER, 40) },
    ] {
        world.refuse("ChangeRequired", by("owner", better), owner);
    }
    // A row of which nothing is known is no better than none.
    let unknown = SetProtocolArgs { scores: Scores::NOTHING_KNOWN, ..protocol(3, 0) };
    world.send(&[by("owner", unknown)], owner).unwrap();
    assert_eq!(network(&world).count, 4);

    let waited = world.waited(address(), by("owner", protocol(LENDER, 10)));
    world.send(&[waited], owner).unwrap();
    assert_eq!((row(&world, LENDER).scores, row(&world, LENDER).scored_at), (scores(10), world.now()));
}

/// Scores that are as they were are a statement of now only when they have waited; without a change they keep their age.
#[test]
fn a_renewal_of_old_scores_waits() {
    let mut world = live();
    let since = row(&world, LENDER).scored_at;
    let better = SetProtocolArgs { scores: Scores { age: 39, ..scores(40) }, ..protocol(LENDER, 40) };
    for days in [89, 1] {
        world.warp(days * DAY);
        world.send(&[by("owner", protocol(LENDER, 40))], &["owner"]).unwrap();
        world.send(&[by("guardian", protocol(LENDER, 40))], &["guardian"]).unwrap();
        assert_eq!(row(&world, LENDER).scored_at, since, "nobody renews by saying it again");
        world.refuse("ChangeRequired", by("owner", better), &["owner"]);
        world.refuse("OnlyOwnerMayLoosen", by("guardian", better), &["guardian"]);
    }
    let receipt = world.send(&[by("guardian", protocol(LENDER, 41))], &["guardian"]).unwrap();
    assert_eq!((row(&world, LENDER).scored_at, row(&world, LENDER).scores), (since, scores(41)));
    assert_eq!(event::<ProtocolSet>(&receipt).scored_at, since);

    let waited = world.waited(address(), by("owner", protocol(LENDER, 41)));
    world.send(std::slice::from_ref(&waited), &["owner"]).unwrap();
    assert_eq!(row(&world, LENDER).scored_at, world.now());
    world.warp(DAY);
    world.refuse("ChangeApplied", waited, &["owner"]);
    // Nor does a change let a lesser role renew.
    let forged = world.waited(address(), by("owner", protocol(COIN, 0)));
    let mut by_guardian = forged;
    by_guardian.accounts[0].pubkey = pubkey("guardian");
    let before = row(&world, COIN).scored_at;
    world.send(&[by_guardian], &["guardian"]).unwrap();
    assert_eq!(row(&world, COIN).scored_at, before);
    assert_eq!(world.change(address(), 1).state, 1, "the change is left alone");
}

// Edges

/// A loss that is posted while its forgiveness waits voids it.
#[test]
fn a_loss_is_not_forgiven_past_a_new_one() {
    let mut world = live();
    let defaulted = lose(&world, COIN, 6_000);
    world.send(&[defaulted], &["poster"]).unwrap();
    let forgiven = by("owner", protocol(COIN, 0));
    world.propose(address(), &forgiven).unwrap();
    world.warp(DAY);
    let again = lose(&world, COIN, 7_000);
    world.send(&[again], &["poster"]).unwrap();
    world.warp(DAY);
    let queue = Queue::Oracle(address());
    world.refuse("ChangeStale", presenting(forgiven.clone(), &queue.change(0)), &["owner"]);
    let waited = world.waited(address(), forgiven);
    world.send(&[waited, solve()], &["owner"]).unwrap();
    assert_eq!((row(&world, COIN).loss_bps, row(&world, COIN).damage), (0, 0));
}

#[test]
fn a_solution_voids_no_change() {
    let mut world = live();
    let better = SetProtocolArgs { program: pubkey("a program"), ..protocol(LENDER, 0) };
    let waited = world.waited(address(), by("owner", better));
    world.send(&[solve(), waited], &["owner"]).unwrap();
    assert_eq!(row(&world, LENDER).program, pubkey("a program"));
}

#[test]
fn arguments_stay_in_their_ranges() {
    let mut world = live();
    for (args, error) in [
        (SetProtocolArgs { label: [0; 16], ..protocol(0, 0) }, "LabelInvalid"),
        (SetProtocolArgs { label: *b"two words\0\0\0\0\0\0\0", ..protocol(0, 0) }, "LabelInvalid"),
        (SetProtocolArgs { scores: Scores { size: 101, ..scores(0) }, ..protocol(0, 0) }, "ScoreOutOfRange"),
        (SetProtocolArgs { loss_bps: 10_001, ..protocol(0, 0) }, "LossOutOfRange"),
        (protocol(4, 0), "ProtocolOutOfRange"),
        (protocol(255, 0), "ProtocolOutOfRange"),
    ] {
        world.refuse(error, by("owner", args), &["owner"]);
        gimbal_tests::assert_error(world.propose(address(), &by("owner", args)), error);
    }
    assert_eq!(row(&world, 0).program, Pubkey::default());
}

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::network::{post_edge, set_poster};
use risk_oracle::events::PosterSet;
use risk_oracle::SetPosterArgs;
use solana_instruction::Instruction;

use super::graph::*;
use super::world::*;

fn by(role: &str, args: SetPosterArgs) -> Instruction {
    set_poster(&pubkey(role), &address(), args)
}

fn nobody(place: u8) -> SetPosterArgs {
    SetPosterArgs { place, key: Pubkey::default() }
}

// Access

#[test]
fn strangers_and_posters_name_nobody() {
    let mut world = live();
    for role in ["stranger", "poster"] {
        world.refuse("NotGuardian", by(role, place(1, role)), &[role]);
        world.refuse("NotGuardian", by(role, nobody(0)), &[role]);
    }
    world.refuse("AccountNotSigner", unsigned(by("owner", nobody(0))), &[]);
}

#[test]
fn curator_and_guardian_only_empty_places() {
    for role in ["curator", "guardian"] {
        let mut world = live();
        world.refuse("OnlyOwnerMayLoosen", by(role, place(1, role)), &[role]);
        world.refuse("OnlyOwnerMayLoosen", by(role, place(0, "stranger")), &[role]);
        world.send(&[by(role, nobody(0))], &[role]).unwrap();
        let post = post_edge(&pubkey("poster"), &address(), edge(0, 1, 6_000, world.now()));
        world.refuse("NotPoster", post, &["poster"]);
    }
}

// The ordinary path

#[test]
fn a_new_poster_waits_on_a_live_network() {
    let mut world = live();
    world.refuse("ChangeRequired", by("owner", place(1, "another poster")), &["owner"]);
    let waited = world.waited(address(), by("owner", place(1, "another poster")));
    let receipt = world.send(&[waited], &["owner"]).unwrap();
    let told: PosterSet = event(&receipt);
    assert_eq!((told.network, told.slot, told.time), (address(), receipt.slot, world.now()));
    assert_eq!((told.by, told.place, told.key), (pubkey("owner"), 1, pubkey("another poster")));
    let post = post_edge(&pubkey("another poster"), &address(), edge(0, 1, 6_000, world.now()));
    world.send(&[post], &["another poster"]).unwrap();
    assert_eq!(network(&world).posters[1].posted_at, world.now());
    assert_eq!(network(&world).edges[0][1].poster, 1);
    // Whom the place has already may be named again.
    world.send(&[by("owner", place(1, "another poster"))], &["owner"]).unwrap();
    assert_eq!(network(&world).posters[1].posted_at, world.now());
}

// Edges

#[test]
fn four_places_and_one_for_each() {
    let mut world = draft();
    for (place_, role) in [(1, "a"), (2, "b"), (3, "c")] {
        world.send(&[by("owner", place(place_, role))], &["owner"]).unwrap();
    }
    world.refuse("PosterOutOfRange", by("owner", place(4, "d")), &["owner"]);
    world.refuse("PosterRepeated", by("owner", place(3, "poster")), &["owner"]);
    world.send(&[by("owner", nobody(1)), by("owner", nobody(2))], &["owner"]).unwrap();
    world.send(&[by("owner", nobody(0)), by("owner", place(3, "poster"))], &["owner"]).unwrap();
    assert_eq!(network(&world).poster(&pubkey("poster")).unwrap(), 3);
}

#[test]
fn who_has_posted_is_remembered() {
    let world = live();
    let (network, now) = (network(&world), world.now());
    assert!(network.posted_since(&pubkey("poster"), now) && network.posted_since(&pubkey("poster"), 0));
    assert!(!network.posted_since(&pubkey("poster"), now + 1) && !network.posted_since(&pubkey("stranger"), 0));
    assert!(!network.posted_since(&Pubkey::default(), 0));
}

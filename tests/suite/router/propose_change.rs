//! `propose_change`: the owner queues an instruction that may have to wait, and everybody can read it.

use super::*;

use anchor_lang::prelude::{AccountMeta, Pubkey};
use gimbal::instructions::{changes::Queue, router};
use gimbal_control::{ChangeState, Role};
use strategy_router::{Change, LimitsArgs, LineParams};

/// The least wait of a change, seconds.
pub const WAIT: u64 = 172_800;
/// How long it can be applied then, seconds.
pub const WINDOW: u64 = 604_800;

/// A live ledger with one line, its owner, and looser limits to propose.
pub fn live() -> (Fixture, Keypair, Instruction) {
    let (fx, _) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let looser = limits(&fx, 60);
    (fx, owner, looser)
}

/// The deployment's limits with another loss budget; 50 is its own.
pub fn limits(fx: &Fixture, loss_budget_bps: u16) -> Instruction {
    let limits = LimitsArgs { loss_budget_bps, ..fx.deployment.plan.limits };
    router::set_limits(&fx.deployment.actors.owner.pubkey(), &fx.deployment.vault.addresses.ledger, limits)
}

/// Proposes and returns the change.
#[track_caller]
pub fn propose(fx: &mut Fixture, owner: &Keypair, waiting: &Instruction) -> Pubkey {
    let change = fx.router().next_change();
    fx.router().propose_change(owner, waiting).unwrap();
    change
}

#[test]
fn only_the_owner_proposes() {
    let (mut fx, owner, looser) = live();
    let cast = Cast::of(&fx);
    for key in [&cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| fx.router().propose_change(key, &looser));
    }
    let (payer, ledger) = (fx.deployment.actors.payer.pubkey(), fx.deployment.vault.addresses.ledger);
    let propose = unsigned(Queue::Ledger(ledger).propose(&owner.pubkey(), &payer, 0, &looser, []), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[propose], &[]));
}

#[test]
fn a_change_is_stored_and_told() {
    let (mut fx, owner, looser) = live();
    let (ledger, change) = (fx.deployment.vault.addresses.ledger, fx.router().next_change());
    let receipt = fx.router().propose_change(&owner, &looser).unwrap();
    let record = fx.read::<Change>(&change).record;
    assert_eq!((record.version, record.state), (1, ChangeState::Waiting as u8));
    assert_eq!((record.target, record.payer, record.nonce), (ledger, fx.deployment.actors.payer.pubkey(), 0));
    let ready_at = now(&fx) + WAIT as i64;
    assert_eq!((record.proposed_at, record.ready_at), (now(&fx), ready_at));
    assert_eq!(record.expires_at, ready_at + WINDOW as i64);
    assert_eq!((record.data(), record.guardian_may_veto), (looser.data.as_slice(), 1));
    let RouterEvent::ChangeProposed(event) = event(&receipt) else { panic!("a change was proposed") };
    assert_eq!((event.ledger, event.change, event.nonce, event.time), (ledger, change, 0, now(&fx)));
    assert_eq!((event.ready_at, event.expires_at), (record.ready_at, record.expires_at));
    assert_eq!(event.data, looser.data);
    assert_eq!(fx.ledger().change_nonce, 1);
    fx.assert_identities();
}

#[test]
fn changes_are_numbered_and_each_has_its_own_address() {
    let (mut fx, owner, looser) = live();
    let (payer, ledger) = (fx.deployment.actors.payer.pubkey(), fx.deployment.vault.addresses.ledger);
    for nonce in [1, u64::MAX] {
        let wrong = Queue::Ledger(ledger).propose(&owner.pubkey(), &payer, nonce, &looser, []);
        fx.assert_refused("ConstraintSeeds", |fx| fx.send(&[wrong], &[&owner]));
    }
    // Lamports that lie at the next address keep nobody from using it.
    let next = fx.ledger_queue().change(0);
    fx.chain.fund(&next, 1).unwrap();
    let first = propose(&mut fx, &owner, &looser);
    let second = propose(&mut fx, &owner, &looser);
    assert_eq!((first, second), (fx.ledger_queue().change(0), fx.ledger_queue().change(1)));
    assert_eq!((fx.read::<Change>(&second).record.nonce, fx.ledger().change_nonce), (1, 2));
}

#[test]
fn only_what_may_have_to_wait_is_queued() {
    let (mut fx, owner, looser) = live();
    let ledger = fx.deployment.vault.addresses.ledger;
    let key = owner.pubkey();
    let line = fx.deployment.lines[0].context.clone();
    // What is at once, whoever signs it.
    let at_once = [
        router::set_policy(&key, &ledger, 1),
        router::propose_owner(&key, &ledger, &key),
        router::register_keeper(&key, &key, &ledger, &key),
        router::recall(&fx.deployment.vault, &line, &key, 1),
        Queue::Ledger(ledger).propose(&key, &key, 0, &looser, []),
        router::renounce(&key, &ledger, Role::Owner),
    ];
    for instruction in at_once {
        fx.assert_refused("NotQueueable", |fx| fx.router().propose_change(&owner, &instruction));
    }
    // And what does not decode: nothing, too little, too much.
    for data in [vec![], looser.data[..8].to_vec(), looser.data[..20].to_vec(), [&looser.data[..], &[0]].concat()] {
        let broken = Instruction { data, ..looser.clone() };
        fx.assert_refused("NotQueueable", |fx| fx.router().propose_change(&owner, &broken));
    }
}

#[test]
fn arguments_are_in_their_ranges_when_they_are_proposed() {
    let (mut fx, owner, _) = live();
    let (key, ledger) = (owner.pubkey(), fx.deployment.vault.addresses.ledger);
    let payer = fx.deployment.actors.payer.pubkey();
    let params = LineParams::of(&fx.line(0));
    let base = fx.deployment.base;
    let mut line = add_strategy::proposal_over(&mut fx, base);
    let add = |line: &router::NewLine| router::add_strategy(&key, &payer, &ledger, line);
    let (mut next, mut adapter) = (line.clone(), line.clone());
    (next.args.id, adapter.args.adapter, line.args.params.max_bps) = (3, 2, 10_001);
    let wrong = [
        ("InvalidLimits", limits(&fx, 501)),
        ("InvalidBounds", router::set_bounds(&key, &ledger, 1, LineParams { max_bps: 10_001, ..params })),
        ("InvalidLineParams", router::set_bounds(&key, &ledger, 1, LineParams { haircut_bps: 10_001, ..params })),
        ("UnknownLine", router::set_bounds(&key, &ledger, 2, params)),
        ("UnknownStatus", router::set_status(&key, &ledger, 1, 4)),
        ("UnknownLine", router::set_status(&key, &ledger, 2, ACTIVE)),
        ("UnknownLine", add(&next)),
        ("UnknownAdapter", add(&adapter)),
        ("InvalidBounds", add(&line)),
    ];
    for (name, instruction) in wrong {
        fx.assert_refused(name, |fx| fx.router().propose_change(&owner, &instruction));
    }
    fx.router().renounce(&owner, Role::Curator).unwrap();
    let curator = router::set_curator(&key, &ledger, &key);
    fx.assert_refused("RoleRenounced", |fx| fx.router().propose_change(&owner, &curator));
}

#[test]
fn an_approval_names_its_lines_own_venue_account() {
    let (mut fx, _) = funded(quiet(2), 1_000 * USDC);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, payer) = (owner.pubkey(), fx.deployment.actors.payer.pubkey());
    let ledger = fx.deployment.vault.addresses.ledger;
    let line = fx.deployment.lines[0].context.clone();
    let slots = router::CodeSlots::read(&fx.chain, &line).unwrap();
    let approve = router::approve_venue(&key, &ledger, &line, slots);
    let named = |venue: Option<&Pubkey>| venue.map(|key| AccountMeta::new_readonly(*key, false));
    let with = |venue: Option<&Pubkey>| Queue::Ledger(ledger).propose(&key, &payer, 0, &approve, named(venue));
    let other = fx.deployment.lines[1].addresses.venue;
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[with(None)], &[&owner]));
    fx.assert_refused("UnknownLine", |fx| fx.send(&[with(Some(&other))], &[&owner]));
    fx.assert_refused("AccountDiscriminatorMismatch", |fx| fx.send(&[with(Some(&ledger))], &[&owner]));
    // Another ledger cannot queue it.
    let saved = fx.deployment.clone();
    own::open(&mut fx);
    let foreign = fx.deployment.vault.addresses.ledger;
    let venue = saved.lines[0].addresses.venue;
    let propose = Queue::Ledger(foreign).propose(&key, &payer, 0, &approve, named(Some(&venue)));
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[propose], &[&owner]));
    fx.deployment = saved;
    fx.send(&[with(Some(&venue))], &[&owner]).unwrap();
}

//! The vault's change queue: what waits, and that nothing else gets past it.

use super::*;
use ::vault::{FeesArgs, VaultLimitsArgs};
use gimbal::instructions::changes::presenting;
use gimbal_control::hash_fields;
use gimbal_tests::queue::record;

/// A vault that somebody's money depends on, and a key for whoever is named.
pub(super) fn live() -> (Fixture, User) {
    let mut fx = Fixture::new();
    let heir = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&heir, 500 * USDC, 0).unwrap();
    (fx, heir)
}

pub(super) fn owner(fx: &Fixture) -> Keypair {
    fx.deployment.actors.owner.insecure_clone()
}

pub(super) fn guardian(fx: &Fixture) -> Keypair {
    fx.deployment.actors.guardian.insecure_clone()
}

pub(super) fn name_curator(fx: &Fixture, next: &Pubkey) -> Instruction {
    fx.deployment.vault.set_curator(&owner(fx).pubkey(), next)
}

pub(super) fn name_guardian(fx: &Fixture, next: &Pubkey) -> Instruction {
    fx.deployment.vault.set_guardian(&owner(fx).pubkey(), next)
}

/// A proposal of `guarded` by anybody, as change number 0.
fn proposal(fx: &Fixture, by: &Pubkey, guarded: &Instruction) -> Instruction {
    fx.vault_queue().propose(by, &fx.deployment.actors.payer.pubkey(), 0, guarded, None)
}

// Access

#[test]
fn only_the_owner_proposes() {
    let (mut fx, heir) = live();
    let guarded = name_curator(&fx, &heir.pubkey());
    let actors = &fx.deployment.actors;
    for key in [&actors.guardian, &actors.curator, &heir.key].map(|key| key.insecure_clone()) {
        let propose = proposal(&fx, &key.pubkey(), &guarded);
        fx.assert_refused("NotOwner", |fx| fx.send(&[propose], &[&key]));
    }
    let propose = proposal(&fx, &owner(&fx).pubkey(), &guarded);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(propose, 0)], &[]));
}

#[test]
fn only_guardian_and_owner_veto_and_only_their_vaults_changes() {
    let (mut fx, heir) = live();
    let queue = fx.vault_queue();
    let guarded = name_curator(&fx, &heir.pubkey());
    fx.propose(queue, &guarded).unwrap();
    let curator = fx.deployment.actors.curator.insecure_clone();
    for key in [curator, heir.key.insecure_clone()] {
        let veto = queue.veto(&key.pubkey(), 0);
        fx.assert_refused("NotVetoer", |fx| fx.send(&[veto], &[&key]));
    }
    let other = another_vault(&mut fx);
    let mut crossed = queue.veto(&owner(&fx).pubkey(), 0);
    crossed.accounts[1].pubkey = other.addresses.vault;
    let key = owner(&fx);
    fx.assert_refused("ChangeMismatch", |fx| fx.send(&[crossed], &[&key]));
}

// The ordinary path

#[test]
fn a_change_waits_two_days_and_is_applied_once() {
    let (mut fx, heir) = live();
    let (queue, key) = (fx.vault_queue(), owner(&fx));
    let guarded = name_curator(&fx, &heir.pubkey());
    fx.assert_refused("ChangeRequired", |fx| fx.send(std::slice::from_ref(&guarded), &[&key]));

    let receipt = fx.propose(queue, &guarded).unwrap();
    let now = fx.chain.clock().unwrap().unix_timestamp;
    let events = vault_events(&receipt);
    let [VaultEvent::ChangeProposed(told)] = events.as_slice() else { panic!("one proposal, not {events:?}") };
    assert_eq!((told.vault, told.slot, told.time), (queue.target(), receipt.slot, now));
    assert_eq!((told.change, told.nonce, &told.data), (queue.change(0), 0, &guarded.data));
    assert_eq!((told.ready_at, told.expires_at), (now + 172_800, now + 777_600));
    let written = record(&fx.chain, &queue, 0);
    assert_eq!((written.target, written.payer), (queue.target(), fx.deployment.actors.payer.pubkey()));
    assert_eq!((written.proposed_at, written.ready_at, written.expires_at), (now, now + 172_800, now + 777_600));
    let curator = fx.deployment.actors.curator.pubkey();
    assert_eq!(written.fields_hash, hash_fields(&[b"curator", curator.as_ref()]));
    assert_eq!(fx.vault_state().change_nonce, 1);

    let presented = presenting(guarded, &queue.change(0));
    fx.warp(2 * DAY - 1);
    fx.assert_refused("ChangeTooEarly", |fx| fx.send(std::slice::from_ref(&presented), &[&key]));
    fx.warp(1);
    let receipt = fx.send(std::slice::from_ref(&presented), &[&key]).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::ChangeApplied(told), VaultEvent::RoleChanged(role)] = events.as_slice() else {
        panic!("what was applied and what it set, not {events:?}")
    };
    assert_eq!((told.vault, told.slot, told.change), (queue.target(), receipt.slot, queue.change(0)));
    assert_eq!((role.role, role.previous, role.current), (2, curator, heir.pubkey()));
    // Whoever holds the post already is named again at once, without spending anything.
    fx.vault().set_curator(&key, &heir.pubkey()).unwrap();
    fx.vault().set_curator(&key, &Pubkey::default()).unwrap();
    fx.assert_refused("ChangeApplied", |fx| fx.send(&[presented], &[&key]));
}

#[test]
fn before_the_first_deposit_everything_is_at_once() {
    let mut fx = Fixture::new();
    let (key, heir) = (owner(&fx), fx.depositor(0));
    fx.vault().set_curator(&key, &heir.pubkey()).unwrap();
    fx.vault().set_guardian(&key, &heir.pubkey()).unwrap();
    let roles = fx.vault_state().roles;
    assert_eq!((roles.curator, roles.guardian), (heir.pubkey(), heir.pubkey()));
}

/// Money that left again does not make a vault new: its shares may be anywhere.
#[test]
fn an_emptied_vault_stays_live() {
    let (mut fx, heir) = live();
    fx.vault().redeem(&heir, 500 * USDC, 0).unwrap();
    assert_eq!(fx.vault_state().shares, 0);
    let key = owner(&fx);
    fx.assert_refused("ChangeRequired", |fx| fx.vault().set_curator(&key, &heir.pubkey()));
}

#[test]
fn leaving_a_post_empty_does_not_wait_unless_it_is_the_guardians() {
    let (mut fx, heir) = live();
    let key = owner(&fx);
    fx.vault().set_curator(&key, &Pubkey::default()).unwrap();
    fx.assert_refused("ChangeRequired", |fx| fx.vault().set_guardian(&key, &Pubkey::default()));
    fx.assert_refused("ChangeRequired", |fx| fx.vault().set_guardian(&key, &heir.pubkey()));
    let removal = name_guardian(&fx, &Pubkey::default());
    fx.through_queue(fx.vault_queue(), removal).unwrap();
    // The first one is named at once.
    fx.vault().set_guardian(&key, &heir.pubkey()).unwrap();
    assert_eq!(fx.vault_state().roles.guardian, heir.pubkey());
}

#[test]
fn a_vetoed_change_is_never_applied() {
    let (mut fx, heir) = live();
    let (queue, key, guardian) = (fx.vault_queue(), owner(&fx), guardian(&fx));
    let guarded = name_curator(&fx, &heir.pubkey());
    let waited = fx.waited(queue, guarded);
    let receipt = fx.send(&[queue.veto(&guardian.pubkey(), 0)], &[&guardian]).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::ChangeVetoed(told)] = events.as_slice() else { panic!("one veto, not {events:?}") };
    assert_eq!((told.vault, told.slot), (queue.target(), receipt.slot));
    assert_eq!((told.change, told.by), (queue.change(0), guardian.pubkey()));
    fx.assert_refused("ChangeVetoed", |fx| fx.send(&[waited], &[&key]));
    fx.assert_refused("ChangeVetoed", |fx| fx.send(&[queue.veto(&key.pubkey(), 0)], &[&key]));
}

#[test]
fn a_change_that_is_over_is_closed_by_anybody() {
    let (mut fx, heir) = live();
    let (queue, key) = (fx.vault_queue(), owner(&fx));
    let guarded = name_curator(&fx, &heir.pubkey());
    // The heir pays the rent.
    let propose = queue.propose(&key.pubkey(), &heir.pubkey(), 0, &guarded, None);
    fx.send(&[propose], &[&key, &heir.key]).unwrap();
    let close = queue.close(&heir.pubkey(), 0);
    fx.assert_refused("ChangeNotOver", |fx| fx.send(std::slice::from_ref(&close), &[]));
    fx.warp(9 * DAY);
    let theft = queue.close(&key.pubkey(), 0);
    fx.assert_refused("NotChangePayer", |fx| fx.send(&[theft], &[]));

    let lamports = |fx: &Fixture, key: &Pubkey| fx.chain.get_account(key).unwrap().map_or(0, |held| held.lamports);
    let (before, rent) = (lamports(&fx, &heir.pubkey()), lamports(&fx, &queue.change(0)));
    fx.send(&[close], &[]).unwrap();
    assert_eq!(lamports(&fx, &heir.pubkey()), before + rent);
    assert_eq!(lamports(&fx, &queue.change(0)), 0);
}

// Kinds

/// Whoever asks for a ticket on the day of the proposal is out, by force if need be, before the new rates are in force.
#[test]
fn higher_fees_wait_for_twice_the_tickets_deadline_and_a_day() {
    let (mut fx, heir) = live();
    let (queue, key, vault) = (fx.vault_queue(), owner(&fx), fx.deployment.vault);
    let now = fx.vault_state();
    assert_eq!(now.limits.deadline(), 604_800, "seven days");
    let rates = now.fees.args();
    for raised in [
        FeesArgs { recipient: heir.pubkey(), ..rates },
        FeesArgs { recipient: heir.pubkey(), management_bps: rates.management_bps + 1, ..rates },
        FeesArgs { entry_bps: rates.entry_bps + 1, ..rates },
        FeesArgs { exit_bps: rates.exit_bps + 1, ..rates },
    ] {
        let set = vault.set_fees(&key.pubkey(), raised);
        fx.assert_refused("ChangeRequired", |fx| fx.send(&[set], &[&key]));
    }
    let raised = FeesArgs { exit_bps: 100, ..rates };
    let guarded = vault.set_fees(&key.pubkey(), raised);
    fx.propose(queue, &guarded).unwrap();
    let written = record(&fx.chain, &queue, 0);
    assert_eq!(written.ready_at - written.proposed_at, 15 * 86_400);
    fx.pass(15 * DAY - 1);
    let presented = presenting(guarded, &queue.change(0));
    fx.assert_refused("ChangeTooEarly", |fx| fx.send(std::slice::from_ref(&presented), &[&key]));
    fx.pass(1);
    fx.send(&[presented], &[&key]).unwrap();
    assert_eq!(fx.vault_state().fees.exit_bps, 100);
    // A cut is in force at once, and voids what waited to raise it further.
    let cut = vault.set_fees(&key.pubkey(), FeesArgs { exit_bps: 50, ..rates });
    fx.send(&[cut], &[&key]).unwrap();
    assert_eq!(fx.vault_state().fees.exit_bps, 50);
    let beyond = vault.set_fees(&key.pubkey(), FeesArgs { exit_bps: 101, ..rates });
    fx.assert_refused("FeeOutOfRange", |fx| fx.propose(queue, &beyond));
}

#[test]
fn looser_limits_wait_and_a_lower_cap_or_a_faster_queue_does_not() {
    let (mut fx, _) = live();
    let (queue, key, vault) = (fx.vault_queue(), owner(&fx), fx.deployment.vault);
    let limits = fx.vault_state().limits.args();
    let tighter = VaultLimitsArgs { deposit_cap: 700 * USDC, ticket_deadline: 86_400, ..limits };
    fx.send(&[vault.set_limits(&key.pubkey(), tighter)], &[&key]).unwrap();
    for looser in [
        VaultLimitsArgs { deposit_cap: 0, ..tighter },
        VaultLimitsArgs { deposit_cap: 700 * USDC + 1, ..tighter },
        VaultLimitsArgs { ticket_deadline: 86_401, ..tighter },
        VaultLimitsArgs { ticket_min_age: tighter.ticket_min_age + 1, ..tighter },
        VaultLimitsArgs { min_ticket: tighter.min_ticket + 1, ..tighter },
    ] {
        let set = vault.set_limits(&key.pubkey(), looser);
        fx.assert_refused("ChangeRequired", |fx| fx.send(&[set], &[&key]));
    }
    let looser = VaultLimitsArgs { deposit_cap: 800 * USDC, ..tighter };
    let waited = fx.waited(queue, vault.set_limits(&key.pubkey(), looser));
    fx.send(&[waited], &[&key]).unwrap();
    assert_eq!(fx.vault_state().limits.args(), looser);
    let never = VaultLimitsArgs { ticket_deadline: 14 * 86_400 + 1, ..tighter };
    fx.assert_refused("DeadlineOutOfRange", |fx| fx.propose(queue, &vault.set_limits(&key.pubkey(), never)));
}

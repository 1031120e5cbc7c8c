//! The vault's change queue: what waits, and that nothing else gets past it.

use super::*;
use gimbal::instructions::changes::{presenting, Queue, INSTRUCTIONS_SYSVAR};
use gimbal_control::hash_fields;
use gimbal_tests::queue::{record, DurableNonce};
use outer_caller::{signer, wrap};

/// A vault that somebody's money depends on, and a key for whoever is named.
fn live() -> (Fixture, User) {
    let mut fx = Fixture::new();
    let heir = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&heir, 500 * USDC, 0).unwrap();
    (fx, heir)
}

fn owner(fx: &Fixture) -> Keypair {
    fx.deployment.actors.owner.insecure_clone()
}

fn guardian(fx: &Fixture) -> Keypair {
    fx.deployment.actors.guardian.insecure_clone()
}

fn name_curator(fx: &Fixture, next: &Pubkey) -> Instruction {
    fx.deployment.vault.set_curator(&owner(fx).pubkey(), next)
}

fn name_guardian(fx: &Fixture, next: &Pubkey) -> Instruction {
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

// Edges

#[test]
fn a_change_expires() {
    let (mut fx, heir) = live();
    let (queue, key) = (fx.vault_queue(), owner(&fx));
    let guarded = name_curator(&fx, &heir.pubkey());
    let waited = fx.waited(queue, guarded);
    fx.warp(7 * DAY - 1);
    fx.clone().send(std::slice::from_ref(&waited), &[&key]).unwrap();
    fx.warp(1);
    fx.assert_refused("ChangeExpired", |fx| fx.send(&[waited], &[&key]));
}

#[test]
fn a_change_carries_nothing_but_itself() {
    let (mut fx, heir) = live();
    let (queue, key) = (fx.vault_queue(), owner(&fx));
    let guarded = name_curator(&fx, &heir.pubkey());
    let waited = fx.waited(queue, guarded);
    let change = queue.change(0);

    let another_key = presenting(name_curator(&fx, &key.pubkey()), &change);
    fx.assert_refused("ChangeMismatch", |fx| fx.send(&[another_key], &[&key]));
    let another_kind = presenting(name_guardian(&fx, &heir.pubkey()), &change);
    fx.assert_refused("ChangeMismatch", |fx| fx.send(&[another_kind], &[&key]));
    // The same words for another vault of the same owner, once money depends on that.
    let other = another_vault(&mut fx);
    let payer = fx.deployment.actors.payer.pubkey();
    let share = other.create_share_account(&payer, &heir.pubkey());
    let deposit = other.deposit(&heir.pubkey(), 100 * USDC, 0);
    fx.send(&[share, deposit], &[&heir.key]).unwrap();
    let elsewhere = presenting(other.set_curator(&key.pubkey(), &heir.pubkey()), &change);
    fx.assert_refused("ChangeMismatch", |fx| fx.send(&[elsewhere], &[&key]));
    // Another program's change, with the same layout.
    let ledgers = fx.ledger_queue();
    let for_ledger = gimbal::instructions::router::set_curator(&key.pubkey(), &ledgers.target(), &heir.pubkey());
    fx.propose(ledgers, &for_ledger).unwrap();
    let foreign = presenting(name_curator(&fx, &heir.pubkey()), &ledgers.change(0));
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&[foreign], &[&key]));
    // And somebody else's signature under it.
    let mut stolen = waited.clone();
    stolen.accounts[0].pubkey = heir.pubkey();
    fx.assert_refused("NotOwner", |fx| fx.send(&[stolen], &[&heir.key]));
    fx.send(&[waited], &[&key]).unwrap();
}

#[test]
fn of_two_changes_of_one_post_the_second_is_void() {
    let (mut fx, heir) = live();
    let (queue, key) = (fx.vault_queue(), owner(&fx));
    let (first, second) = (name_curator(&fx, &heir.pubkey()), name_curator(&fx, &key.pubkey()));
    fx.propose(queue, &first).unwrap();
    fx.propose(queue, &second).unwrap();
    fx.wait_for(queue, 1);
    fx.send(&[presenting(first, &queue.change(0))], &[&key]).unwrap();
    let second = presenting(second, &queue.change(1));
    fx.assert_refused("ChangeStale", |fx| fx.send(&[second], &[&key]));
    assert_eq!(fx.vault_state().roles.curator, heir.pubkey());
}

#[test]
fn the_guardian_may_not_veto_its_own_removal() {
    let (mut fx, heir) = live();
    let (queue, key, old) = (fx.vault_queue(), owner(&fx), guardian(&fx));
    let replace = name_guardian(&fx, &heir.pubkey());
    let waited = fx.waited(queue, replace);
    let veto = queue.veto(&old.pubkey(), 0);
    fx.assert_refused("NotVetoable", |fx| fx.send(std::slice::from_ref(&veto), &[&old]));
    // The owner withdraws what it likes.
    fx.clone().send(&[queue.veto(&key.pubkey(), 0)], &[&key]).unwrap();
    fx.send(&[waited], &[&key]).unwrap();
    assert_eq!(fx.vault_state().roles.guardian, heir.pubkey());
    fx.assert_refused("NotVetoer", |fx| fx.send(&[veto], &[&old]));
}

#[test]
fn signatures_kept_by_a_durable_nonce_apply_nothing() {
    let (mut fx, heir) = live();
    let (queue, key) = (fx.vault_queue(), owner(&fx));
    let payer = fx.deployment.actors.payer.insecure_clone();
    let nonce = DurableNonce::create(&mut fx.chain, &payer, &key);
    let guarded = name_curator(&fx, &heir.pubkey());
    let waited = fx.waited(queue, guarded);

    let before = fx.accounts_hash();
    let outcome = nonce.send(&mut fx.chain, &payer, std::slice::from_ref(&waited), &[&key]);
    assert_error(outcome, "DurableNonce");
    // A failed transaction advances its nonce all the same; nothing else has moved.
    nonce.put_back(&mut fx.chain);
    assert!(before == fx.accounts_hash());
    // Without a change there is nothing to keep valid: a durable transaction may do all else.
    let pause = fx.deployment.vault.pause(&key.pubkey(), gimbal_control::Direction::Deposits);
    nonce.send(&mut fx.chain, &payer, &[pause], &[&key]).unwrap();
    fx.send(&[waited], &[&key]).unwrap();
}

#[test]
fn the_instructions_sysvar_must_be_shown() {
    let (mut fx, heir) = live();
    let (queue, key) = (fx.vault_queue(), owner(&fx));
    let guarded = name_curator(&fx, &heir.pubkey());
    let waited = fx.waited(queue, guarded);
    let at = waited.accounts.iter().position(|meta| meta.pubkey == INSTRUCTIONS_SYSVAR).unwrap();
    for other in [::vault::ID, heir.pubkey(), queue.change(0)] {
        let mut blind = waited.clone();
        blind.accounts[at].pubkey = other;
        fx.assert_refused("NotInstructionsSysvar", |fx| fx.send(&[blind], &[&key]));
    }
}

#[test]
fn only_what_may_wait_is_queued() {
    let (mut fx, heir) = live();
    let key = owner(&fx);
    let vault = fx.deployment.vault;
    let mut longer = name_curator(&fx, &heir.pubkey());
    longer.data.push(0);
    for guarded in [
        vault.pause(&key.pubkey(), gimbal_control::Direction::Deposits),
        vault.propose_owner(&key.pubkey(), &heir.pubkey()),
        vault.redeem(&heir.pubkey(), 1, 0),
        longer,
    ] {
        fx.assert_refused("NotQueueable", |fx| fx.propose(fx.vault_queue(), &guarded));
    }
}

// An owner that is a program: a multisig signs by CPI.

/// The vault after the multisig has taken its ownership.
fn owned_by_multisig() -> (Fixture, User, Pubkey) {
    let (mut fx, heir) = live();
    let (key, multisig) = (owner(&fx), signer());
    fx.vault().propose_owner(&key, &multisig).unwrap();
    let accept = fx.deployment.vault.accept_owner(&multisig);
    fx.send(&[wrap(&accept)], &[]).unwrap();
    assert_eq!(fx.vault_state().roles.owner, multisig);
    (fx, heir, multisig)
}

#[test]
fn a_multisig_owns_a_vault_under_the_same_waits() {
    let (mut fx, heir, multisig) = owned_by_multisig();
    let queue = fx.vault_queue();
    let payer = fx.deployment.actors.payer.insecure_clone();
    let guarded = fx.deployment.vault.set_curator(&multisig, &heir.pubkey());
    fx.assert_refused("ChangeRequired", |fx| fx.send(&[wrap(&guarded)], &[]));
    // The one who had it before has lost it.
    let key = owner(&fx);
    fx.assert_refused("NotOwner", |fx| fx.propose(fx.vault_queue(), &guarded));

    let propose = queue.propose(&multisig, &payer.pubkey(), 0, &guarded, None);
    fx.send(&[wrap(&propose)], &[&payer]).unwrap();
    let presented = wrap(&presenting(guarded, &queue.change(0)));
    fx.assert_refused("ChangeTooEarly", |fx| fx.send(std::slice::from_ref(&presented), &[]));
    fx.wait_for(queue, 0);
    // The nonce is seen from inside a call, too.
    let nonce = DurableNonce::create(&mut fx.chain, &payer, &key);
    let outcome = nonce.send(&mut fx.chain, &payer, std::slice::from_ref(&presented), &[&key]);
    assert_error(outcome, "DurableNonce");
    fx.send(&[presented], &[]).unwrap();
    assert_eq!(fx.vault_state().roles.curator, heir.pubkey());
    assert_eq!(queue, Queue::Vault(fx.deployment.vault.addresses.vault));
}

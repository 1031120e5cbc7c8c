//! What a change does not do: pass late, pass for another, outlive its values, keep a guardian in post, or be carried by a
//! signature from long ago.

use super::changes::*;
use super::*;
use gimbal::instructions::changes::{presenting, INSTRUCTIONS_SYSVAR};
use gimbal_tests::queue::DurableNonce;
use outer_caller::{signer, wrap};

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
}

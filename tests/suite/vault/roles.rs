//! `propose_owner`, `accept_owner`, `set_curator`, `set_guardian`.

use super::*;
use gimbal_control::Direction;

fn role_event(receipt: &Receipt) -> (u8, Pubkey, Pubkey) {
    let events = vault_events(receipt);
    let [VaultEvent::RoleChanged(event)] = events.as_slice() else { panic!("one change, not {events:?}") };
    (event.role, event.previous, event.current)
}

#[test]
fn only_the_owner_gives_roles() {
    let mut fx = Fixture::new();
    let stranger = fx.depositor(0);
    let next = stranger.pubkey();
    let actors = &fx.deployment.actors;
    let unable = [&actors.guardian, &actors.curator, &stranger.key].map(|key| key.insecure_clone());
    for key in &unable {
        fx.assert_refused("NotOwner", |fx| fx.vault().propose_owner(key, &next));
        fx.assert_refused("NotOwner", |fx| fx.vault().set_curator(key, &next));
        fx.assert_refused("NotOwner", |fx| fx.vault().set_guardian(key, &next));
    }
    let propose = fx.deployment.vault.propose_owner(&fx.deployment.actors.owner.pubkey(), &next);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(propose, 0)], &[]));
}

#[test]
fn ownership_moves_in_two_steps() {
    let mut fx = Fixture::new();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (next, stranger) = (fx.depositor(0), fx.depositor(0));
    fx.assert_refused("NotPendingOwner", |fx| fx.vault().accept_owner(&next.key));

    let receipt = fx.vault().propose_owner(&owner, &next.pubkey()).unwrap();
    assert_eq!(role_event(&receipt), (1, Pubkey::default(), next.pubkey()));
    assert_eq!(fx.vault_state().roles.owner, owner.pubkey());
    fx.assert_refused("NotPendingOwner", |fx| fx.vault().accept_owner(&stranger.key));

    let receipt = fx.vault().accept_owner(&next.key).unwrap();
    assert_eq!(role_event(&receipt), (0, owner.pubkey(), next.pubkey()));
    assert_eq!(fx.vault_state().roles.pending_owner, Pubkey::default());
    fx.assert_refused("NotOwner", |fx| fx.vault().set_guardian(&owner, &next.pubkey()));
    fx.vault().set_guardian(&next.key, &stranger.pubkey()).unwrap();
}

#[test]
fn a_proposal_can_be_withdrawn() {
    let mut fx = Fixture::new();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let next = fx.depositor(0);
    fx.vault().propose_owner(&owner, &next.pubkey()).unwrap();
    fx.vault().propose_owner(&owner, &Pubkey::default()).unwrap();
    fx.assert_refused("NotPendingOwner", |fx| fx.vault().accept_owner(&next.key));
}

#[test]
fn curator_and_guardian_are_named_and_removed() {
    let mut fx = Fixture::new();
    let actors = &fx.deployment.actors;
    let [owner, curator, guardian] = [&actors.owner, &actors.curator, &actors.guardian].map(|key| key.insecure_clone());
    let next = fx.depositor(0);

    let receipt = fx.vault().set_curator(&owner, &next.pubkey()).unwrap();
    assert_eq!(role_event(&receipt), (2, curator.pubkey(), next.pubkey()));
    fx.assert_refused("NotCurator", |fx| fx.vault().lift(&curator, Direction::Deposits));
    fx.vault().lift(&next.key, Direction::Deposits).unwrap();

    let receipt = fx.vault().set_guardian(&owner, &Pubkey::default()).unwrap();
    assert_eq!(role_event(&receipt), (3, guardian.pubkey(), Pubkey::default()));
    fx.assert_refused("NotGuardian", |fx| fx.vault().pause(&guardian, Direction::Deposits));
}

#[test]
fn a_role_of_one_vault_is_none_in_another() {
    let mut fx = Fixture::new();
    let other = another_vault(&mut fx);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let pause = other.pause(&guardian.pubkey(), Direction::Deposits);
    fx.assert_refused("NotGuardian", |fx| fx.send(&[pause], &[&guardian]));
}

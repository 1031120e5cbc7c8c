//! `renounce`: a role given up for ever.

use super::*;
use gimbal::instructions::changes::presenting;
use gimbal_control::{Direction, Role};

fn renounce(fx: &mut Fixture, key: &Keypair, role: Role) -> Outcome {
    let instruction = fx.deployment.vault.renounce(&key.pubkey(), role);
    fx.send(&[instruction], &[key])
}

fn told(receipt: &Receipt) -> (u8, Pubkey, Pubkey) {
    let events = vault_events(receipt);
    let [VaultEvent::RoleChanged(event)] = events.as_slice() else { panic!("one change, not {events:?}") };
    (event.role, event.previous, event.current)
}

/// Owner, curator, guardian, and somebody else.
fn cast() -> (Fixture, [Keypair; 4]) {
    let mut fx = Fixture::new();
    let stranger = fx.depositor(1_000 * USDC).key;
    let actors = &fx.deployment.actors;
    let keys = [&actors.owner, &actors.curator, &actors.guardian, &stranger].map(|key| key.insecure_clone());
    (fx, keys)
}

#[test]
fn nobody_gives_up_anothers_role() {
    let (mut fx, [owner, curator, guardian, stranger]) = cast();
    for (key, role, error) in [
        (&curator, Role::Owner, "NotOwner"),
        (&guardian, Role::Owner, "NotOwner"),
        (&stranger, Role::Owner, "NotOwner"),
        (&guardian, Role::Curator, "NotCurator"),
        (&stranger, Role::Curator, "NotCurator"),
        // The owner cannot rid itself of who watches it.
        (&owner, Role::Guardian, "NotGuardian"),
        (&curator, Role::Guardian, "NotGuardian"),
        (&stranger, Role::Guardian, "NotGuardian"),
    ] {
        fx.assert_refused(error, |fx| renounce(fx, key, role));
    }
    let instruction = fx.deployment.vault.renounce(&guardian.pubkey(), Role::Guardian);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(instruction, 0)], &[]));
    let mut fourth = fx.deployment.vault.renounce(&owner.pubkey(), Role::Owner);
    *fourth.data.last_mut().unwrap() = 3;
    fx.assert_refused("UnknownRole", |fx| fx.send(&[fourth], &[&owner]));
}

#[test]
fn a_renounced_role_is_nobodys_for_ever() {
    let (mut fx, [owner, curator, guardian, _]) = cast();
    let receipt = renounce(&mut fx, &curator, Role::Curator).unwrap();
    assert_eq!(told(&receipt), (2, curator.pubkey(), Pubkey::default()));
    let receipt = renounce(&mut fx, &guardian, Role::Guardian).unwrap();
    assert_eq!(told(&receipt), (3, guardian.pubkey(), Pubkey::default()));

    fx.assert_refused("RoleRenounced", |fx| renounce(fx, &guardian, Role::Guardian));
    fx.assert_refused("RoleRenounced", |fx| fx.vault().set_curator(&owner, &curator.pubkey()));
    fx.assert_refused("RoleRenounced", |fx| fx.vault().set_guardian(&owner, &guardian.pubkey()));
    fx.assert_refused("NotGuardian", |fx| fx.vault().pause(&guardian, Direction::Deposits));
    fx.assert_refused("NotCurator", |fx| fx.vault().lift(&curator, Direction::Deposits));
    fx.vault().pause(&owner, Direction::Deposits).unwrap();
    assert_eq!(fx.vault_state().roles.renounced, 6);
}

#[test]
fn the_owner_may_abolish_the_curator() {
    let (mut fx, [owner, curator, ..]) = cast();
    renounce(&mut fx, &owner, Role::Curator).unwrap();
    fx.assert_refused("NotGuardian", |fx| fx.vault().pause(&curator, Direction::Deposits));
}

/// The vault's rules are then those of its last day: users come and go, the guardian still stops deposits.
#[test]
fn a_vault_goes_on_without_its_owner() {
    let (mut fx, [owner, _, guardian, _]) = cast();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
    let queue = fx.vault_queue();
    let guarded = fx.deployment.vault.set_curator(&owner.pubkey(), &alice.pubkey());
    fx.propose(queue, &guarded).unwrap();
    fx.vault().propose_owner(&owner, &alice.pubkey()).unwrap();

    let receipt = renounce(&mut fx, &owner, Role::Owner).unwrap();
    assert_eq!(told(&receipt), (0, owner.pubkey(), Pubkey::default()));
    // What waited dies with who could have applied it, and so does the next owner's claim.
    fx.wait_for(queue, 0);
    let presented = presenting(guarded, &queue.change(0));
    fx.assert_refused("NotOwner", |fx| fx.send(&[presented], &[&owner]));
    fx.assert_refused("RoleRenounced", |fx| fx.vault().accept_owner(&alice.key));
    fx.assert_refused("NotGuardian", |fx| fx.vault().pause(&owner, Direction::Deposits));

    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.vault().redeem(&alice, 300 * USDC, 0).unwrap();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
    // Nobody lifts it; it ends by itself.
    fx.pass(14 * DAY);
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.assert_identities();
}

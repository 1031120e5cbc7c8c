//! Beyond the list: the venue's code or its upgrade authority changes under a line.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::router;
use gimbal_svm::program::program_data_address;

/// Money at work in the first line, more in cash, and the cooldown over.
fn invested() -> (Fixture, User) {
    let mut fx = Fixture::with_lines(2);
    let alice = fx.depositor(20_000 * USDC);
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    fx.warp(600);
    fx.refresh_all();
    (fx, alice)
}

fn upgrade(fx: &mut Fixture, slot: u64, authority: Option<Pubkey>) {
    fx.chain.svm_mut().upgrade_program(&lending_venue::ID, slot, authority).unwrap();
}

/// The tripwire: no new money, and everything comes back.
#[test]
fn an_upgraded_venue_gets_no_new_money_and_gives_all_back() {
    let slot = Fixture::with_lines(2).chain.clock().unwrap().slot;
    for (slot, authority) in [(slot + 1, None), (0, Some(Pubkey::new_from_array([7; 32])))] {
        let (mut fx, alice) = invested();
        let guardian = fx.deployment.actors.guardian.insecure_clone();
        let owner = fx.deployment.actors.owner.insecure_clone();
        upgrade(&mut fx, slot, authority);
        let invested = fx.line(0).invested;
        fx.assert_refused("VenueChanged", |fx| fx.router().rebalance(0));
        fx.assert_refused("VenueChanged", |fx| fx.router().rebalance(1));
        fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
        assert_eq!(fx.line(0).invested, invested, "the deposit stays in cash");

        fx.router().refresh(0).unwrap();
        fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
        fx.router().derisk(&alice.key, 0).unwrap();
        assert_eq!(fx.line(0).position, 0, "anybody brings the rest back");

        // Only the owner lets money in again, once everybody has had two days to leave.
        fx.assert_refused("NotOwner", |fx| fx.router().approve_venue(&guardian, 0));
        fx.assert_refused("ChangeRequired", |fx| fx.router().approve_venue(&owner, 0));
        fx.router().queued().approve_venue(&owner, 0).unwrap();
        fx.router().rebalance(0).unwrap();
        fx.assert_identities();
    }
}

/// A venue that was not changed is not taken down by whoever says so.
#[test]
fn nobody_takes_a_sound_line_down() {
    let (mut fx, alice) = invested();
    fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&alice.key, 0));
    // With a false witness in the ProgramData account's place.
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    for witness in [line.venue.0, program_data_address(&hostile_venue::ID), alice.base] {
        let mut derisk = router::derisk(&vault, &line, &alice.pubkey());
        for meta in derisk.accounts.iter_mut().filter(|meta| meta.pubkey == line.venue.1) {
            meta.pubkey = witness;
        }
        let refused = fx.assert_unchanged(|fx| fx.send(&with_budget(&[derisk]), &[&alice.key]));
        assert_error(refused, "VenueAccountMismatch");
    }
    let need = fx.ledger().queue_need();
    assert_eq!(need, 0);
    fx.assert_refused("BeyondQueueNeed", |fx| fx.router().recall(&alice.key, 0, USDC));
}

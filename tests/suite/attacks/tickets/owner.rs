//! Attacks on whose a ticket is, and on how often it pays.

use super::*;

/// The base mint's authority freezes an account: its owner is paid elsewhere, and nobody else notices.
#[test]
fn a_frozen_account_stops_nobody_else() {
    let (mut fx, alice, attacker) = two_holders();
    fx.vault().request_redeem(&attacker, 100 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    freeze(&mut fx, &attacker.base);
    fx.vault().fill_tickets(2).unwrap();
    fx.vault().claim(&alice, 1).unwrap();
    fx.assert_refused("AccountFrozen", |fx| fx.vault().claim(&attacker, 0));
    // To another account of his, or of anybody's.
    let vault = fx.deployment.vault;
    let mut claim = vault.claim_accounts(&attacker.pubkey(), 0);
    claim.destination = alice.base;
    fx.send(&[vault.instruction(claim, to_vault::Claim {})], &[&attacker.key]).unwrap();
    fx.assert_identities();
}

/// Whoever is not the owner signs for a ticket in every way there is; and after a transfer the old owner does.
#[test]
fn a_ticket_is_not_stolen() {
    let (mut fx, alice, attacker) = two_holders();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(IN_KIND);
    let steal = |fx: &mut Fixture, thief: &User| {
        fx.assert_refused("NotTicketOwner", |fx| fx.vault().transfer_ticket(thief, 1, &thief.pubkey()));
        fx.assert_refused("NotTicketOwner", |fx| fx.vault().claim(thief, 0));
        fx.assert_refused("NotTicketOwner", |fx| fx.vault().cancel(thief, 1));
        let redeem = fx.deployment.vault.redeem_in_kind(&thief.pubkey(), 1, &[]);
        fx.assert_refused("NotTicketOwner", |fx| fx.send(&[redeem], &[&thief.key]));
    };
    steal(&mut fx, &attacker);
    // Sold: from then on the seller is nobody, however quick he is before the next fill.
    fx.vault().transfer_ticket(&alice, 0, &attacker.pubkey()).unwrap();
    fx.vault().transfer_ticket(&alice, 1, &attacker.pubkey()).unwrap();
    steal(&mut fx, &alice);
    fx.refresh_all();
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_refused("NotTicketOwner", |fx| fx.vault().claim(&alice, 1));
    fx.vault().claim(&attacker, 1).unwrap();
    fx.vault().claim(&attacker, 0).unwrap();
    fx.assert_identities();
}

/// Cancel and claim, claim and cancel, fill and cancel in one transaction: nothing is paid twice.
#[test]
fn no_order_of_cancel_claim_and_fill_pays_twice() {
    let (fx, alice, _) = two_holders();
    let vault = fx.deployment.vault;
    let key = alice.pubkey();
    let [claim, cancel, fill] = [vault.claim(&key, 0), vault.cancel(&key, 0), vault.fill_tickets(0, 1)];
    let requested = {
        let mut fx = fx.clone();
        // 1,400 USDC of cash for 1,900 shares.
        fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
        fx
    };
    let base = fx.balance(&alice.base);
    let allowed = [[&fill, &cancel, &claim], [&fill, &claim, &cancel]];
    let refused = [
        ([&cancel, &claim, &fill], "AccountOwnedByWrongProgram"),
        ([&cancel, &cancel, &fill], "AccountOwnedByWrongProgram"),
        ([&fill, &claim, &claim], "AccountOwnedByWrongProgram"),
        ([&fill, &fill, &cancel], "NothingToFill"),
    ];
    for (order, name) in refused {
        let mut fx = requested.clone();
        let all = order.map(Clone::clone);
        fx.assert_refused(name, |fx| fx.send(&with_budget(&all), &[&alice.key]));
    }
    for order in allowed {
        let mut fx = requested.clone();
        let all = order.map(Clone::clone);
        let outcome = fx.send(&with_budget(&all), &[&alice.key]);
        // A whole fill leaves nothing to cancel.
        if let Err(error) = outcome {
            assert!(["TicketNotOpen", "AccountOwnedByWrongProgram"].contains(&error.name().as_str()), "{error}");
        }
        fx.assert_identities();
        assert!(fx.balance(&alice.base) <= base + 1_000 * USDC);
    }
}

/// Attack 24 in every state: what was redeemed, cancelled or claimed is gone.
#[test]
fn nothing_of_a_ticket_is_used_twice() {
    let (mut fx, alice, _) = two_holders();
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, u64::MAX).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert!(fx.ticket(0).unwrap().is_passed());
    fx.assert_refused("NothingToClaim", |fx| fx.vault().claim(&alice, 0));
    fx.vault().cancel(&alice, 0).unwrap();
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().cancel(&alice, 0));
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().claim(&alice, 0));
    assert_eq!(fx.balance(&alice.shares), 1_000 * USDC);
    fx.assert_identities();
}

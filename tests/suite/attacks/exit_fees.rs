//! Fees that stay belong to those who stay, not to whoever is there when somebody else leaves.

use super::*;

/// Alice stays with a tenth, Bob's ticket takes the rest; leaving costs 1%.
fn about_to_leave() -> (Fixture, User) {
    let mut plan = Plan::with_lines(0);
    plan.fees.exit_bps = 100;
    let mut fx = Fixture::from_plan(plan);
    let (alice, bob) = (fx.depositor(1_000 * USDC), fx.depositor(9_000 * USDC));
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.vault().deposit(&bob, 9_000 * USDC, 0).unwrap();
    fx.warp(1);
    fx.vault().request_redeem(&bob, 9_000 * USDC).unwrap();
    (fx, alice)
}

/// The robber comes in, has the ticket filled, and leaves: in one second, a moment later, and an hour later.
#[test]
fn filling_anothers_ticket_earns_no_part_of_its_fee() {
    for wait in [0, 1, 60, 3_600] {
        let (mut fx, alice) = about_to_leave();
        let robber = fx.depositor(2_000 * USDC);
        fx.vault().deposit(&robber, 2_000 * USDC, 0).unwrap();
        fx.vault().fill_tickets(1).unwrap();
        assert_eq!(fx.ticket(0).unwrap().filled_assets, 8_910 * USDC, "a fee of 90 is kept");
        fx.pass(wait);
        let shares = fx.balance(&robber.shares);
        fx.vault().redeem(&robber, shares, 0).unwrap();
        let left = fx.balance(&robber.base);
        // Of 90 USDC two thirds unlock over six hours for his shares; his own exit costs 20.
        let most = 60 * USDC * wait / (6 * 3_600);
        assert!(left <= 1_980 * USDC + most, "{wait} s: {left}");
        assert!(wait > 3_600 || left < 2_000 * USDC, "{wait} s: {left}");
        // Alice has all of it in the end: 110 were kept in all, less what the robber was there for.
        fx.pass(6 * 3_600);
        let shares = fx.balance(&alice.shares);
        fx.vault().redeem(&alice, shares, 0).unwrap();
        let hers = fx.balance(&alice.base);
        assert!(hers >= 1_109 * USDC - most, "{wait} s: {hers}");
        fx.assert_identities();
    }
}

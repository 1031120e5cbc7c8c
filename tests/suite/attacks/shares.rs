//! Attacks 16 to 18, 23 and 24: the price of a share, and who is paid.

use super::*;

/// Attack 16: the first depositor makes one share dear by a donation, so that the victim's shares round down to the
/// first depositor's gain.
#[test]
fn a_first_depositor_cannot_inflate_the_price() {
    let mut fx = Fixture::new();
    let thief = fx.depositor(20_000 * USDC);
    let victim = fx.depositor(5_000 * USDC);
    let least = least_first(&fx);
    fx.vault().deposit(&thief, least, 0).unwrap();
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&thief, &cash, 10_000 * USDC).unwrap();
    fx.router().harvest_cash().unwrap();

    // The victim asked for what the preview showed before the donation: one share for each unit.
    let shown = 5_000 * USDC;
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().deposit(&victim, 5_000 * USDC, shown));
    // And even a victim without a bound keeps its money: the virtual shares take the donation's half.
    fx.vault().deposit(&victim, 5_000 * USDC, 0).unwrap();
    fx.pass(7 * 3_600);
    assert!(wealth(&fx, &victim) >= 5_000 * USDC - USDC / 100, "{}", wealth(&fx, &victim));
    let left = wealth(&fx, &thief);
    // Of 10,000 donated, the virtual million shares own as much as the thief's million: about half is lost for ever.
    assert!(left < 20_000 * USDC - 3_000 * USDC, "the thief is left with {left}");
    fx.assert_identities();
}

/// The smallest first deposit.
fn least_first(fx: &Fixture) -> u64 {
    fx.deployment.plan.min_first_deposit
}

/// Attack 16, with dust: there is no first deposit below the minimum.
#[test]
fn a_first_deposit_of_dust_is_refused() {
    let mut fx = Fixture::new();
    let thief = fx.depositor(20_000 * USDC);
    let least = least_first(&fx);
    fx.assert_refused("FirstDepositTooSmall", |fx| fx.vault().deposit(&thief, 1, 0));
    fx.assert_refused("FirstDepositTooSmall", |fx| fx.vault().deposit(&thief, least - 1, 0));
    fx.assert_refused("FirstDepositTooSmall", |fx| fx.vault().mint(&thief, 1, u64::MAX));
}

/// A share is worth more than two units: 300 were deposited and 400 given.
fn dear_shares() -> (Fixture, User) {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 300 * USDC, 0).unwrap();
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&alice, &cash, 400 * USDC).unwrap();
    fx.router().harvest_cash().unwrap();
    fx.pass(7 * 3_600);
    (fx, alice)
}

/// Attack 17.
#[test]
fn a_unit_that_buys_no_share_is_refused() {
    let (mut fx, alice) = dear_shares();
    let thief = fx.depositor(100);
    // (300 + 1) / (700 + 1) of a unit.
    fx.assert_refused("ZeroShares", |fx| fx.vault().deposit(&thief, 1, 0));
    fx.assert_refused("ZeroShares", |fx| fx.vault().deposit(&thief, 2, 0));
    fx.vault().deposit(&thief, 3, 1).unwrap();
    assert_eq!(fx.balance(&thief.shares), 1);
    fx.assert_refused("ZeroAssets", |fx| fx.vault().deposit(&thief, 0, 0));
    fx.assert_refused("ZeroShares", |fx| fx.vault().mint(&thief, 0, 0));
    fx.assert_refused("ZeroShares", |fx| fx.vault().redeem(&alice, 0, 0));
    fx.assert_refused("ZeroAssets", |fx| fx.vault().withdraw(&alice, 0, u64::MAX));
    fx.assert_refused("ZeroShares", |fx| fx.vault().request_redeem(&alice, 0));
}

/// Attack 18: amounts chosen so that every rounding is as large as it can be, by every pair of entry and exit.
#[test]
fn loops_of_deposit_and_withdrawal_never_profit() {
    let (mut fx, alice) = dear_shares();
    let thief = fx.depositor(1_000_000);
    let before = wealth(&fx, &alice);
    for round in 0_u64..24 {
        let start = fx.balance(&thief.base);
        let amount = 3 + 7 * round * round;
        match round % 2 {
            0 => fx.vault().deposit(&thief, amount, 0).unwrap(),
            _ => fx.vault().mint(&thief, amount, u64::MAX).unwrap(),
        };
        let held = fx.balance(&thief.shares);
        match round % 3 {
            0 => fx.vault().redeem(&thief, held, 0).unwrap(),
            1 => {
                let vault = fx.deployment.vault.addresses.vault;
                let all = gimbal::preview::Preview::read(&fx.chain, &vault).unwrap().redeem(held).unwrap().assets.0;
                fx.vault().withdraw(&thief, all, held).unwrap()
            }
            // Unit by unit: each is worth two and a third.
            _ => {
                for _ in 0..held.min(5) {
                    fx.vault().redeem(&thief, 1, 0).unwrap();
                }
                let rest = fx.balance(&thief.shares);
                if rest > 0 {
                    fx.vault().redeem(&thief, rest, 0).unwrap();
                }
                continue;
            }
        };
        assert!(fx.balance(&thief.base) <= start, "round {round} made {} of {start}", fx.balance(&thief.base));
    }
    assert!(wealth(&fx, &thief) <= 1_000_000);
    assert!(wealth(&fx, &alice) >= before, "who stays never loses by rounding");
    fx.assert_identities();
}

/// Attack 23.
#[test]
fn an_instant_exit_beyond_the_free_cash_names_the_queue() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000 * USDC);
    let bob = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.vault().deposit(&bob, 600 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    let ledger = fx.ledger();
    let free = ledger.cash_tracked - ledger.keeper_owed;
    fx.assert_refused("InsufficientCash", |fx| fx.vault().withdraw(&alice, free + 1, u64::MAX));
    fx.assert_refused("InsufficientCash", |fx| fx.vault().redeem(&alice, 400 * USDC, 0));
    // What the queue is owed is not free either.
    fx.vault().request_redeem(&bob, 20 * USDC).unwrap();
    fx.assert_refused("InsufficientCash", |fx| fx.vault().withdraw(&alice, free - USDC, u64::MAX));
    fx.vault().withdraw(&alice, free - 25 * USDC, u64::MAX).unwrap();
    fx.assert_identities();
}

/// Attack 24.
#[test]
fn a_ticket_is_claimed_once() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000 * USDC);
    let bob = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.vault().deposit(&bob, 600 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().claim(&alice, 0));
    fx.vault().request_redeem(&alice, 400 * USDC).unwrap();
    fx.assert_refused("NothingToClaim", |fx| fx.vault().claim(&alice, 0));

    // Filled in part: what was paid goes out once, and the rest waits.
    fx.vault().fill_tickets(1).unwrap();
    let paid = fx.ticket(0).unwrap().claimable;
    assert!(paid > 0 && fx.ticket(0).unwrap().shares_left > 0);
    let before = fx.balance(&alice.base);
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base), before + paid);
    fx.assert_refused("NothingToClaim", |fx| fx.vault().claim(&alice, 0));

    // Filled in full: the ticket is gone after its last claim, and so is its place in the queue.
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.refresh_all();
    fx.router().recall(&guardian, 0, u64::MAX).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().claim(&alice, 0));
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().cancel(&alice, 0));
    fx.assert_refused("NothingToFill", |fx| fx.vault().fill_tickets(1));
    fx.assert_identities();
}

/// Beyond the list: a ticket that was paid is not cancelled for its shares as well.
#[test]
fn a_paid_ticket_gives_no_shares_back() {
    let (mut fx, alice) = dear_shares();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_refused("TicketNotOpen", |fx| fx.vault().cancel(&alice, 0));
    let thief = fx.depositor(0);
    fx.assert_refused("NotTicketOwner", |fx| fx.vault().claim(&thief, 0));
}

//! Fees in the four flows: what they cost, where they go, and who does not pay them.

use super::terms::*;
use super::*;
use ::vault::{FeesArgs, VaultLimitsArgs};
use gimbal::preview::Preview;

/// What is kept as a fee is a gain, and locked for so long, seconds.
const UNLOCK: u64 = 6 * 3_600;

fn no_limits() -> VaultLimitsArgs {
    VaultLimitsArgs::default()
}

/// Entry and exit cost 1%; Alice holds 1,000 shares and pays for none of it in what follows.
fn tolled() -> (Fixture, User, User) {
    let (mut fx, _, alice) = vault_with(paid_to_first_user(0, 0, 100, 100), no_limits(), false);
    let bob = fx.depositor(1_000 * USDC);
    // The first entry pays its fee to nobody but itself and the virtual share: 990 shares for 1,000 USDC.
    fx.vault().deposit(&alice, 1_000 * USDC, 990 * USDC).unwrap();
    assert_eq!(fx.balance(&alice.shares), 990 * USDC);
    // Her fee is locked for six hours.
    fx.pass(UNLOCK);
    (fx, alice, bob)
}

/// Worked by hand: 1,001 for 991.
#[test]
fn entry_fees_stay_with_those_who_are_there() {
    let (mut fx, _, bob) = tolled();
    let receipt = fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    // 99 · 991 / 1,001 = 98.010989…
    assert_eq!(fx.balance(&bob.shares), 98_010_989);
    let events = vault_events(&receipt);
    let [VaultEvent::Deposited(event)] = events.as_slice() else { panic!("one deposit, not {events:?}") };
    assert_eq!((event.assets, event.shares, event.fee), (100 * USDC, 98_010_989, USDC));
    assert_eq!((event.nav, event.supply), (1_000 * USDC, 990 * USDC));
    assert_eq!(fx.ledger().cash_tracked, 1_100 * USDC, "all of it is in the pool");

    let before = fx.balance(&bob.base);
    let receipt = fx.vault().mint(&bob, 10 * USDC, u64::MAX).unwrap();
    // Net 10 · 1,101 / 1,089.010989 = 10.110090…, rounded up; over 0.99 = 10.212213…, rounded up.
    let events = vault_events(&receipt);
    let [VaultEvent::Deposited(event)] = events.as_slice() else { panic!("one mint, not {events:?}") };
    assert_eq!((event.assets, event.fee), (10_212_214, 10_212_214 - 10_110_091));
    assert_eq!(before - fx.balance(&bob.base), 10_212_214);
    fx.assert_identities();
}

#[test]
fn exit_fees_stay_with_those_who_stay() {
    let (mut fx, alice, _) = tolled();
    // 99.1 shares are worth 100.1 at 1,001 for 991.
    let receipt = fx.vault().redeem(&alice, 99_100_000, 99_099_000).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::Redeemed(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.assets, event.fee), (99_099_000, 1_001_000));
    assert_eq!(fx.balance(&alice.base), 1_000 * USDC + 99_099_000);

    // At once the fee is nobody's: 899.9 and 890.9 are left at the low NAV, as 900.9 to 891.9 with the virtual ones, the
    // price of before.
    let nav = fx.ledger().nav(fx.chain.clock().unwrap().unix_timestamp).unwrap();
    assert_eq!((nav.low, nav.high), (899_900_000, 900_901_000));
    fx.pass(UNLOCK);
    // 900.901 and 890.9 are left, 901.901 for 891.9 with the virtual ones. 99 net are 100 gross:
    // 100 · 891.9 / 901.901 = 98.891119…, rounded up.
    let receipt = fx.vault().withdraw(&alice, 99 * USDC, u64::MAX).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::Redeemed(event)] = events.as_slice() else { panic!("one withdrawal, not {events:?}") };
    assert_eq!((event.assets, event.shares, event.fee), (99 * USDC, 98_891_120, USDC));
    fx.assert_identities();
}

#[test]
fn the_last_to_leave_pays_no_exit_fee() {
    let (mut fx, alice, _) = tolled();
    let mut but_one = fx.clone();
    // All 990 shares: 990 · 1,001 / 991 = 999.989909…
    fx.vault().redeem(&alice, 990 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&alice.base), 1_999_989_909);
    // All but one share unit: 1% of it stays with that one.
    but_one.vault().redeem(&alice, 990 * USDC - 1, 0).unwrap();
    assert_eq!(but_one.balance(&alice.base), 1_989_990_008);
    fx.assert_identities();
}

#[test]
fn coming_and_going_costs_both_fees() {
    let (mut fx, alice, bob) = tolled();
    let hers = fx.balance(&alice.shares);
    let before = Preview::read(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap().redeem(hers).unwrap().assets;
    fx.vault().deposit(&bob, 500 * USDC, 0).unwrap();
    let shares = fx.balance(&bob.shares);
    // In the second of an entry nobody is paid more than it cost: no part of his own fees comes back.
    let mut at_once = fx.clone();
    at_once.vault().redeem(&bob, shares, 0).unwrap();
    fx.pass(UNLOCK);
    fx.vault().redeem(&bob, shares, 0).unwrap();
    assert!(at_once.balance(&bob.base) < fx.balance(&bob.base));
    let lost = 1_000 * USDC - fx.balance(&bob.base);
    assert!(lost > 6 * USDC && lost < 10 * USDC, "about 2%, of which a third comes back: {lost}");
    fx.pass(UNLOCK);
    let after = Preview::read(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap().redeem(hers).unwrap().assets;
    assert!(after.0 > before.0 + 6 * USDC);
    fx.assert_identities();
}

#[test]
fn previews_equal_the_flows_at_any_time_of_day() {
    let fees = paid_to_first_user(500, 3_000, 37, 83);
    let terms = VaultLimitsArgs { outflow_bps: 9_000, speed_up_bps: 500, speed_down_bps: 500, ..no_limits() };
    let (mut fx, _, alice) = vault_with(fees, terms, false);
    let bob = fx.depositor(10_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    for (round, wait) in [1, 3_600, DAY / 2, DAY - 1, DAY, 3 * DAY, 1].into_iter().enumerate() {
        if round % 2 == 1 {
            give(&mut fx, 7_654_321);
        }
        fx.pass(wait);
        let preview = |fx: &Fixture| Preview::read(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap();
        let shown = preview(&fx).deposit(123_456_789).unwrap();
        let (base, shares) = (fx.balance(&bob.base), fx.balance(&bob.shares));
        fx.vault().deposit(&bob, 123_456_789, shown.shares.0).unwrap();
        assert_eq!(fx.balance(&bob.shares) - shares, shown.shares.0);
        assert_eq!(base - fx.balance(&bob.base), shown.assets.0);

        let shown = preview(&fx).mint(11_111_111).unwrap();
        let base = fx.balance(&bob.base);
        fx.vault().mint(&bob, 11_111_111, shown.assets.0).unwrap();
        assert_eq!(base - fx.balance(&bob.base), shown.assets.0);

        let shown = preview(&fx).redeem(50_000_001).unwrap();
        let base = fx.balance(&bob.base);
        fx.vault().redeem(&bob, 50_000_001, shown.assets.0).unwrap();
        assert_eq!(fx.balance(&bob.base) - base, shown.assets.0);

        let shown = preview(&fx).withdraw(33_333_333).unwrap();
        let shares = fx.balance(&bob.shares);
        fx.vault().withdraw(&bob, 33_333_333, shown.shares.0).unwrap();
        assert_eq!(shares - fx.balance(&bob.shares), shown.shares.0);
        fx.assert_identities();
    }
}

/// Worked by hand: at noon half of a day's 0.01% is due on 1,000 USDC. 50,000 · 1,001 / (1,001 − 0.05) = 50,002.49… shares,
/// counted as 50,003; 100 shares are paid 100 · 1,001 / 1,001.050003 = 99.995004…
#[test]
fn who_leaves_pays_for_the_running_day() {
    let (mut fx, _, alice) = vault_with(paid_to_first_user(365, 0, 0, 0), no_limits(), true);
    fx.pass(DAY / 2);
    let receipt = fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&alice.base), 1_099_995_004);
    let events = vault_events(&receipt);
    let [VaultEvent::Redeemed(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.supply, event.fee), (1_000_050_003, 0));
    assert_eq!(fx.vault_state().fee_shares, 0, "nothing was charged");
}

/// Somebody comes just before fees are charged and leaves just after, and just before the day is over, in one slot or not.
#[test]
fn being_there_for_a_moment_around_a_charge_pays_nobody() {
    let (mut fx, _, _) = vault_with(paid_to_first_user(500, 3_000, 0, 0), no_limits(), true);
    let bob = fx.depositor(10_000 * USDC);
    give(&mut fx, 50 * USDC);
    fx.pass(DAY - 1);
    for wait in [0, 1, 2, DAY - 2, 1, 1] {
        if wait > 0 {
            fx.pass(wait);
        }
        let mut there = fx.clone();
        there.vault().deposit(&bob, 5_000 * USDC, 0).unwrap();
        // Charged in between, if it is due.
        let _ = there.vault().crystallise();
        let shares = there.balance(&bob.shares);
        there.vault().redeem(&bob, shares, 0).unwrap();
        assert!(there.balance(&bob.base) <= 10_000 * USDC, "{wait}");
        there.assert_identities();
    }
}

#[test]
fn collected_fees_leave_like_anybodys_shares() {
    let (mut fx, recipient, alice) = vault_with(paid_to_first_user(500, 0, 0, 100), no_limits(), true);
    fx.pass(365 * DAY);
    fx.vault().crystallise().unwrap();
    fx.vault().collect_fees(&recipient.pubkey()).unwrap();
    let fee_shares = fx.balance(&recipient.shares);
    fx.vault().redeem(&alice, 1_000 * USDC, 0).unwrap();
    fx.pass(UNLOCK);
    fx.vault().redeem(&recipient, fee_shares, 0).unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.fee_shares), (0, 0));
    // 5% of 1,000, and the 1% that she left; the virtual share keeps its thousandth.
    let paid = fx.balance(&recipient.base);
    assert!(paid > 58 * USDC && paid < 60 * USDC, "{paid}");
    fx.assert_identities();
}

#[test]
fn zero_fees_are_as_if_there_were_none() {
    let (mut fx, _, alice) = vault_with(FeesArgs::default(), no_limits(), true);
    fx.pass(400 * DAY);
    fx.vault().redeem(&alice, 1_000 * USDC, 1_000 * USDC).unwrap();
    assert_eq!((fx.balance(&alice.base), fx.vault_state().fee_shares_made), (2_000 * USDC, 0));
}

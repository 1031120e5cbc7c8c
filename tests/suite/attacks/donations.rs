//! Donations in many small pieces, harvested over time: they neither hold a gain back, nor take from anybody, nor bring
//! their giver anything.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::{router, token};
use strategy_router::state::GAIN_UNLOCK_SECONDS;

/// Hours in which a locked gain becomes the holders'.
const UNLOCK: u64 = GAIN_UNLOCK_SECONDS.unsigned_abs();

/// Gives `amount` and harvests it, `pairs` times in one transaction.
fn drip(fx: &mut Fixture, giver: &User, amount: u64, pairs: usize) -> Outcome {
    let (base, vault) = (fx.deployment.base, fx.deployment.vault);
    let give = token::transfer(
        &giver.base,
        &base.key,
        &vault.addresses.cash,
        &giver.pubkey(),
        amount,
        base.decimals,
        &base.program,
    );
    let pair = [give, router::harvest_cash(&vault)];
    fx.send(&with_budget(&pair.iter().cycle().take(2 * pairs).cloned().collect::<Vec<_>>()), &[&giver.key])
}

/// 1,000 USDC of Alice's, and 500 that were given to the vault and begin to unlock now.
fn with_a_locked_gain() -> (Fixture, User) {
    let mut fx = Fixture::with_lines(0);
    let alice = fx.depositor(1_000 * USDC);
    let patron = fx.depositor(500 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    drip(&mut fx, &patron, 500 * USDC, 1).unwrap();
    (fx, alice)
}

/// Each unit given and harvested used to move the end of what was locked by a second, so that a few a second held any gain
/// back for ever.
#[test]
fn a_drip_of_dust_does_not_hold_a_gain_back() {
    let (mut fx, alice) = with_a_locked_gain();
    let thief = fx.depositor(USDC);
    let (start, end) = (wealth(&fx, &alice), fx.ledger().gains.end);
    assert!(start <= 1_000 * USDC);
    for _ in 0..36 {
        fx.warp(UNLOCK / 36);
        // At the last step the old gain is unlocked, and dust by itself may lock for its own six hours.
        let over = fx.chain.clock().unwrap().unix_timestamp >= end;
        drip(&mut fx, &thief, 1, 6).unwrap();
        assert!(over || fx.ledger().gains.end <= end, "the end moved by {}", fx.ledger().gains.end - end);
    }
    let given = 36 * 6;
    assert_eq!(fx.balance(&thief.base), USDC - given);
    // By hand: 1,500 and dust, of which the virtual shares own 1 part in 1,001.
    let left = wealth(&fx, &alice);
    assert!((1_499 * USDC..=1_500 * USDC).contains(&left), "{left}");
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    fx.vault().redeem(&alice, 1_000 * USDC, 1_499 * USDC).unwrap();
    fx.assert_identities();
}

/// Gains that follow one another unlock in their own time: none begins again with the next.
#[test]
fn a_steady_drip_unlocks_as_fast_as_it_comes() {
    let mut fx = Fixture::with_lines(0);
    let alice = fx.depositor(1_000 * USDC);
    let giver = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    for _ in 0..96 {
        fx.warp(UNLOCK / 12);
        drip(&mut fx, &giver, 10 * USDC, 1).unwrap();
    }
    // Two days of 20 an hour: what came in the last six hours, 120, is locked at most, and less than all of it is.
    let now = fx.chain.clock().unwrap().unix_timestamp;
    let locked = fx.ledger().gains.locked_up(now).unwrap();
    assert!(locked < 120 * USDC, "{locked}");
    assert!(wealth(&fx, &alice) > (1_000 + 960 - 120 - 2) * USDC, "{}", wealth(&fx, &alice));
    fx.assert_identities();
}

/// The giver owns nine tenths of the vault and gives it 480 in drips: others and the virtual shares have their part of
/// each, and nobody's deposit between two drips is worth less for it.
#[test]
fn a_slow_drip_brings_its_giver_nothing_and_takes_from_nobody() {
    let mut fx = Fixture::with_lines(1);
    let thief = fx.depositor(10_000 * USDC);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.vault().deposit(&thief, 9_000 * USDC, 0).unwrap();
    let mut before = wealth(&fx, &alice);
    let mut others = Vec::new();
    for hour in 0..48 {
        fx.pass(3_600);
        drip(&mut fx, &thief, 10 * USDC, 1).unwrap();
        assert!(wealth(&fx, &alice) >= before, "hour {hour}: who stays never loses by a gift");
        before = wealth(&fx, &alice);
        if hour % 12 == 5 {
            // Somebody enters just after a drip, for whatever shares it brings.
            let bob = fx.depositor(500 * USDC);
            fx.vault().deposit(&bob, 500 * USDC, 0).unwrap();
            others.push(bob);
        }
    }
    fx.pass(UNLOCK);
    for bob in &others {
        // He paid for what was locked, and has it now: but for its part of one unit and the virtual shares' of a gain.
        assert!(wealth(&fx, bob) >= 500 * USDC - USDC / 100, "{}", wealth(&fx, bob));
    }
    // Of 480 given, a tenth and more is the others'.
    assert!(wealth(&fx, &thief) <= 10_000 * USDC - 40 * USDC, "{}", wealth(&fx, &thief));
    fx.assert_identities();
}

/// In before a drip's harvest and out after it, time and again: what is locked is paid for and left behind.
#[test]
fn a_drip_cannot_be_skimmed() {
    let mut fx = Fixture::with_lines(0);
    let alice = fx.depositor(1_000 * USDC);
    let (thief, giver) = (fx.depositor(50_000 * USDC), fx.depositor(1_000 * USDC));
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    let vault = fx.deployment.vault;
    let (base, cash) = (fx.deployment.base, vault.addresses.cash);
    for hour in 0..24 {
        fx.pass(3_600);
        let before = wealth(&fx, &alice);
        let give =
            token::transfer(&giver.base, &base.key, &cash, &giver.pubkey(), 20 * USDC, base.decimals, &base.program);
        let skim = [
            vault.mint(&thief.pubkey(), 1_000 * USDC, u64::MAX),
            give,
            router::harvest_cash(&vault),
            vault.redeem(&thief.pubkey(), 1_000 * USDC, 0),
        ];
        fx.send(&with_budget(&skim), &[&thief.key, &giver.key]).unwrap();
        assert_eq!(fx.balance(&thief.shares), 0);
        assert!(fx.balance(&thief.base) <= 50_000 * USDC, "hour {hour}");
        assert!(wealth(&fx, &alice) >= before);
    }
    fx.assert_identities();
}

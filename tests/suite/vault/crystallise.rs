//! `crystallise`: who may, how often, and what it charges.

use super::terms::*;
use super::*;
use ::vault::{accounts, instruction, VaultLimitsArgs};

/// One share unit at one base unit.
const ONE: u64 = 1 << 40;

fn charging(management_bps: u16, performance_bps: u16) -> (Fixture, User, User) {
    vault_with(paid_to_first_user(management_bps, performance_bps, 0, 0), VaultLimitsArgs::default(), true)
}

#[test]
fn anybody_may_for_the_vaults_own_ledger() {
    let (mut fx, ..) = charging(365, 0);
    let other = another_vault(&mut fx);
    fx.pass(DAY);
    let (vault, own) = (fx.deployment.vault, fx.deployment.vault.addresses);
    for (name, ledger) in [("WrongLedger", other.addresses.ledger), ("AccountOwnedByWrongProgram", own.vault)] {
        let accounts = accounts::Crystallise {
            vault: own.vault,
            ledger,
            event_authority: gimbal::pda::event_authorities().vault,
            program: ::vault::ID,
        };
        let crystallise = vault.instruction(accounts, instruction::Crystallise {});
        fx.assert_refused(name, |fx| fx.send(&[crystallise], &[]));
    }
    // Nobody but the payer of the transaction signs.
    fx.vault().crystallise().unwrap();
}

#[test]
fn once_a_day() {
    let (mut fx, ..) = charging(365, 0);
    fx.pass(DAY - 1);
    fx.assert_refused("CrystallisedRecently", |fx| fx.vault().crystallise());
    fx.pass(1);
    fx.vault().crystallise().unwrap();
    fx.assert_refused("CrystallisedRecently", |fx| fx.vault().crystallise());
    fx.pass(DAY - 1);
    fx.assert_refused("CrystallisedRecently", |fx| fx.vault().crystallise());
}

/// Worked by hand: 3.65% a year are 0.01% a day, 0.1 USDC of 1,000. With the virtual amounts
/// 100,000 · 1,001,000,000 / (1,001,000,000 − 100,000) = 100,009.99… shares.
#[test]
fn a_day_of_management() {
    let (mut fx, ..) = charging(365, 0);
    let began = fx.vault_state().fees.crystallised_at;
    fx.pass(DAY);
    let receipt = fx.vault().crystallise().unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(event)] = events.as_slice() else { panic!("one charge, not {events:?}") };
    assert_eq!((event.vault, event.slot), (fx.deployment.vault.addresses.vault, receipt.slot));
    assert_eq!((event.management, event.performance, event.shares), (100_000, 0, 100_009));
    assert_eq!((event.nav, event.supply, event.mark), (1_000 * USDC, 1_000 * USDC, ONE));
    assert_eq!(event.time - began, 86_400);

    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.fee_shares, vault.fee_shares_made), (1_000 * USDC, 100_009, 100_009));
    assert_eq!((vault.fees.crystallised_at, vault.fees.mark), (event.time, ONE));
    // Nothing was minted yet.
    let mint = gimbal::readers::mint(&fx.chain, &fx.deployment.vault.addresses.share_mint).unwrap();
    assert_eq!(mint.supply, 1_000 * USDC);
    fx.assert_identities();
}

/// Worked by hand: 500 USDC and 400 shares with a virtual one on both sides: a share rose from 1 to 501/401. 400 shares
/// gained 400 · 100/401 = 99.7506… USDC; 20% are 19.950124; shares for that 19.950124 · 401 / (501 − 19.950124) = 16.630291.
#[test]
fn a_gain_is_charged_once() {
    let (mut fx, _, alice) = vault_with(paid_to_first_user(0, 2_000, 0, 0), VaultLimitsArgs::default(), false);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    give(&mut fx, 100 * USDC);
    fx.pass(DAY);
    let receipt = fx.vault().crystallise().unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(event)] = events.as_slice() else { panic!("one charge, not {events:?}") };
    assert_eq!((event.management, event.performance, event.shares), (0, 19_950_124, 16_630_291));
    assert_eq!((event.nav, event.supply), (500 * USDC, 400 * USDC));
    // 501 / 417.630291 · 2^40, rounded up
    assert_eq!(event.mark, 1_319_002_326_668);

    fx.pass(DAY);
    fx.vault().crystallise().unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.fee_shares, vault.fees.mark), (16_630_291, 1_319_002_326_668));
    fx.assert_identities();
}

#[test]
fn locked_gains_are_not_charged() {
    let (mut fx, ..) = charging(0, 2_000);
    fx.pass(DAY);
    give(&mut fx, 100 * USDC);
    let receipt = fx.vault().crystallise().unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(event)] = events.as_slice() else { panic!("one charge, not {events:?}") };
    assert_eq!((event.nav, event.performance), (1_000 * USDC, 0));
}

#[test]
fn a_recovery_is_not_charged_again() {
    let (mut fx, _, alice) = vault_with(paid_to_first_user(0, 3_000, 0, 0), VaultLimitsArgs::default(), false);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.pass(DAY);
    fx.vault().crystallise().unwrap();
    let charged = fx.vault_state();
    // The market under the line loses a tenth.
    fx.lending().write_off(0, lending_venue::WriteOffArgs { borrower: u8::MAX, amount: 500_000 * USDC }).unwrap();
    fx.pass(DAY);
    let fallen = fx.ledger().nav(now(&fx)).unwrap().low;
    assert!(fallen < 950 * USDC, "{fallen}");
    fx.vault().crystallise().unwrap();
    assert_eq!(fx.vault_state().fees.mark, charged.fees.mark, "the mark does not fall");
    // Back to just below where it was: no fee. Above it: on what is above alone.
    give(&mut fx, 995 * USDC - fallen);
    fx.pass(DAY);
    fx.vault().crystallise().unwrap();
    assert_eq!(fx.vault_state().fee_shares, charged.fee_shares);
    give(&mut fx, 105 * USDC);
    fx.pass(DAY);
    let receipt = fx.vault().crystallise().unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(event)] = events.as_slice() else { panic!("one charge, not {events:?}") };
    // 30% of what the shares gained above the mark, the virtual one's part of it apart.
    let [nav, supply, mark] = [event.nav, event.supply, charged.fees.mark].map(u128::from);
    let above = nav + V - ((mark * (supply + V)) >> 40);
    let expected = above * supply / (supply + V) * 3 / 10;
    assert!(u128::from(event.performance).abs_diff(expected) <= 2, "{} for {expected}", event.performance);
    assert!(event.performance > 29 * USDC && event.performance < 31 * USDC, "{}", event.performance);
    fx.assert_identities();
}

#[test]
fn a_stale_nav_charges_nothing() {
    let mut fx = Fixture::from_plan(Plan { fees: paid_to_first_user(100, 0, 0, 0), ..Plan::default() });
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.warp(DAY);
    fx.assert_refused("StaleNav", |fx| fx.vault().crystallise());
    fx.refresh_all();
    fx.vault().crystallise().unwrap();
}

#[test]
fn a_flow_after_a_day_does_it_first() {
    let (mut fx, _, alice) = charging(365, 0);
    fx.pass(DAY - 1);
    let receipt = fx.vault().deposit(&alice, 10 * USDC, 0).unwrap();
    assert_eq!(vault_events(&receipt).len(), 1);
    fx.pass(1);
    let receipt = fx.vault().deposit(&alice, 10 * USDC, 0).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(charge), VaultEvent::Deposited(deposit)] = events.as_slice() else {
        panic!("a charge and a deposit, not {events:?}")
    };
    // 0.01% of 1,010.
    assert_eq!((charge.management, charge.nav), (101_000, 1_010 * USDC));
    assert_eq!(deposit.supply, charge.supply + charge.shares);
    fx.pass(DAY);
    let receipt = fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(charge), VaultEvent::Redeemed(exit)] = events.as_slice() else {
        panic!("a charge and a redemption, not {events:?}")
    };
    assert_eq!(exit.supply, charge.supply + charge.shares);
    fx.assert_identities();
}

#[test]
fn nobody_is_charged_for_the_time_before_the_first_deposit() {
    let (mut fx, _, alice) = vault_with(paid_to_first_user(500, 3_000, 0, 0), VaultLimitsArgs::default(), false);
    fx.pass(300 * DAY);
    fx.vault().deposit(&alice, 1_000 * USDC, 1_000 * USDC).unwrap();
    assert_eq!(fx.vault_state().fees.crystallised_at, now(&fx));
    fx.pass(DAY);
    fx.vault().crystallise().unwrap();
    // 5% / 365 of 1,000: 0.136986
    assert_eq!(fx.vault_state().fee_shares, 137_004);
}

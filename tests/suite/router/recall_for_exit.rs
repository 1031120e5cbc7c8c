//! `recall_for_exit`: what the vault brings back for who leaves, from the line whose turn it is. The vault is a key here.

use super::*;

use gimbal::instructions::{build_with, router};
use lending_venue::SetMarketArgs;
use strategy_router::instruction;

/// Two lines with 300 USDC each and 400 in cash.
fn two_lines() -> (Fixture, Keypair) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let vault = own::with_lines(&mut fx, &quiet(2).lines);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    for place in 0..2 {
        own::allocate_to(&mut fx, &vault, place, 300 * USDC).unwrap();
    }
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).mid, fx.line(1).mid), (400 * USDC, 300 * USDC, 300 * USDC));
    (fx, vault)
}

#[test]
fn nobody_but_the_vault_calls_it() {
    let (mut fx, vault) = two_lines();
    let cast = Cast::of(&fx);
    let keeper = fx.router().keeper(0);
    for key in [&cast.owner, &cast.curator, &cast.guardian, &cast.stranger, &keeper] {
        fx.assert_refused("ForeignAccount", |fx| own::recall_for_exit(fx, key, 0, USDC));
    }
    let line = fx.deployment.lines[0].context.clone();
    let accounts = router::recall_for_exit_accounts(&fx.deployment.vault, &line);
    let arguments = instruction::RecallForExit { line: 1, amount: USDC };
    let forged = build_with(strategy_router::ID, accounts, arguments, line.call_accounts());
    assert_eq!(forged.accounts[0].pubkey, vault.pubkey());
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(forged, 0)], &[]));
}

#[test]
fn what_is_missing_comes_back() {
    let (mut fx, vault) = two_lines();
    let receipt = own::recall_for_exit(&mut fx, &vault, 0, 120 * USDC).unwrap();
    let (ledger, line) = (fx.ledger(), fx.line(0));
    assert_eq!((ledger.cash_tracked, ledger.returned, line.position), (520 * USDC, 120 * USDC, 180 * USDC));
    assert_eq!(fx.balance(&ledger.cash), 520 * USDC);
    let RouterEvent::Recalled(event) = event(&receipt) else { panic!("money was recalled") };
    assert_eq!((event.line, event.by, event.amount, event.mid), (1, vault.pubkey(), 120 * USDC, 180 * USDC));
    // From the line's value on all of it.
    own::recall_for_exit(&mut fx, &vault, 0, 181 * USDC).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (700 * USDC, 0));
    fx.assert_refused("ZeroAmount", |fx| own::recall_for_exit(fx, &vault, 1, 0));
}

#[test]
fn only_the_line_whose_turn_it_is() {
    let (mut fx, vault) = two_lines();
    let curator = Cast::of(&fx).curator;
    fx.assert_refused("NotNextToWithdraw", |fx| own::recall_for_exit(fx, &vault, 1, USDC));
    fx.router().set_withdraw_order(&curator, &[2]).unwrap();
    fx.assert_refused("NotNextToWithdraw", |fx| own::recall_for_exit(fx, &vault, 0, USDC));
    own::recall_for_exit(&mut fx, &vault, 1, 300 * USDC).unwrap();
    // The second is empty now.
    own::recall_for_exit(&mut fx, &vault, 0, 300 * USDC).unwrap();
    for place in 0..2 {
        fx.assert_refused("NotNextToWithdraw", |fx| own::recall_for_exit(fx, &vault, place, USDC));
    }
    let line = fx.deployment.lines[0].context.clone();
    let mut accounts = router::recall_for_exit_accounts(&fx.deployment.vault, &line);
    accounts.vault = vault.pubkey();
    let unknown = instruction::RecallForExit { line: 9, amount: USDC };
    let unknown = build_with(strategy_router::ID, accounts, unknown, line.call_accounts());
    fx.assert_refused("UnknownLine", |fx| fx.send(&[unknown], &[&vault]));
}

#[test]
fn a_venue_that_has_lent_everything_is_passed_over_once_that_is_known() {
    let (mut fx, vault) = two_lines();
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.assert_refused("VenueIlliquid", |fx| own::recall_for_exit(fx, &vault, 0, 100 * USDC));
    fx.assert_refused("NotNextToWithdraw", |fx| own::recall_for_exit(fx, &vault, 1, 100 * USDC));
    // Anybody may value it.
    fx.router().refresh(0).unwrap();
    own::recall_for_exit(&mut fx, &vault, 1, 100 * USDC).unwrap();
    assert_eq!((fx.line(0).position, fx.line(1).position), (300 * USDC, 200 * USDC));
    // What it has, when it has something.
    fx.lending().repay(0, 70 * USDC).unwrap();
    fx.router().refresh(0).unwrap();
    own::recall_for_exit(&mut fx, &vault, 0, 100 * USDC).unwrap();
    assert_eq!((fx.line(0).position, fx.ledger().cash_tracked), (230 * USDC, 570 * USDC));
}

#[test]
fn a_swapped_line_is_never_sold_for_an_exit() {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let mut lines = swapped::plan().lines;
    lines.extend(quiet(2).lines.drain(..1));
    let vault = own::with_lines(&mut fx, &lines);
    own::register_keeper(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    assert!(fx.line(0).position > 0 && fx.line(0).liquidity > 0);
    let curator = Cast::of(&fx).curator;
    fx.router().set_withdraw_order(&curator, &[1, 2]).unwrap();
    fx.assert_refused("NotNextToWithdraw", |fx| own::recall_for_exit(fx, &vault, 0, USDC));
    // It does not keep the others waiting either.
    own::allocate_to(&mut fx, &vault, 1, 200 * USDC).unwrap();
    own::recall_for_exit(&mut fx, &vault, 1, 50 * USDC).unwrap();
    assert_eq!(fx.line(1).position, 150 * USDC);
}

#[test]
fn no_status_no_pause_and_no_age_stands_in_the_way() {
    let (mut fx, vault) = two_lines();
    let guardian = Cast::of(&fx).guardian;
    fx.router().set_status(&guardian, 0, FROZEN).unwrap();
    fx.router().pause(&guardian, gimbal_control::Direction::NewMoney).unwrap();
    fx.warp(90 * DAY);
    assert!(fx.ledger().nav(now(&fx)).is_err());
    own::recall_for_exit(&mut fx, &vault, 0, 100 * USDC).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 500 * USDC);
    let halted = SetMarketArgs { emergency_mode: true, borrowing_disabled: false };
    fx.lending().set_market(0, halted).unwrap();
    fx.assert_refused("GlobalEmergencyMode", |fx| own::recall_for_exit(fx, &vault, 0, 100 * USDC));
}

#[test]
fn the_accounts_are_the_lines_own() {
    let (mut fx, vault) = two_lines();
    let [one, two] = [0, 1].map(|place: usize| fx.deployment.lines[place].context.clone());
    let mut other_position = one.clone();
    other_position.pinned[1] = two.pinned[1];
    let mut short = one.clone();
    short.pinned.pop();
    for line in [other_position, short] {
        fx.deployment.lines[0].context = line;
        fx.assert_refused("VenueAccountMismatch", |fx| own::recall_for_exit(fx, &vault, 0, USDC));
    }
    fx.deployment.lines[0].context = one;
    fx.deployment.lines[0].context.addresses.venue = two.addresses.venue;
    fx.assert_refused("UnknownLine", |fx| own::recall_for_exit(fx, &vault, 0, USDC));
}

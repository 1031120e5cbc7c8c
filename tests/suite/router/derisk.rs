//! `derisk`: anybody, but only when the line's status, its bounds, its feeds or its venue call for it. Feeds are tried
//! with the swapped lines.

use super::*;

use gimbal::instructions::router;
use strategy_router::{policy::derisk::Causes, LineParams};

/// The line's parameters changed by the guardian or the owner.
fn set(fx: &mut Fixture, signer: &Keypair, change: impl FnOnce(&mut LineParams)) {
    let mut params = LineParams::of(&fx.line(0));
    change(&mut params);
    fx.router().set_bounds(signer, 0, params).unwrap();
}

/// Asserts that a stranger's derisk brings `amount` back for exactly these causes.
#[track_caller]
fn assert_brings(fx: &mut Fixture, causes: u8, amount: u64) {
    let stranger = fx.depositor(0).key;
    let (cash, mid) = (fx.ledger().cash_tracked, fx.line(0).mid);
    let receipt = fx.router().derisk(&stranger, 0).unwrap();
    assert_eq!((fx.ledger().cash_tracked - cash, mid - fx.line(0).mid), (amount, amount));
    let RouterEvent::Derisked(event) = event(&receipt) else { panic!("a line was taken down") };
    assert_eq!((event.line, event.by, event.causes), (1, stranger.pubkey(), causes));
    assert_eq!((event.amount, event.mid, event.time), (amount, mid - amount, now(fx)));
    fx.assert_identities();
}

/// Asserts that nothing calls for a reduction.
#[track_caller]
fn assert_nothing_to_do(fx: &mut Fixture) {
    let stranger = fx.depositor(0).key;
    fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&stranger, 0));
}

#[test]
fn a_sound_line_is_left_alone_by_everybody() {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    for key in [&cast.owner, &cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(key, 0));
    }
    let line = fx.deployment.lines[0].context.clone();
    let derisk = unsigned(router::derisk(&fx.deployment.vault, &line, &cast.owner.pubkey()), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[derisk], &[]));
    // A frozen line takes no money and keeps what it has.
    fx.router().set_status(&cast.guardian, 0, FROZEN).unwrap();
    assert_nothing_to_do(&mut fx);
}

#[test]
fn a_line_that_winds_down_is_emptied() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().set_status(&guardian, 0, WINDING_DOWN).unwrap();
    assert_brings(&mut fx, Causes::WINDING_DOWN, 900 * USDC);
    assert_eq!(fx.line(0).position, 0);
    assert_nothing_to_do(&mut fx);
}

#[test]
fn it_goes_as_far_as_the_venue_can_pay() {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.lending().repay(0, 50 * USDC).unwrap();
    fx.router().set_status(&cast.guardian, 0, WINDING_DOWN).unwrap();
    assert_brings(&mut fx, Causes::WINDING_DOWN, 50 * USDC);
    fx.assert_refused("VenueIlliquid", |fx| fx.router().derisk(&cast.stranger, 0));
}

#[test]
fn what_is_over_the_cap_comes_back() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    set(&mut fx, &guardian, |params| params.cap = 900 * USDC);
    assert_nothing_to_do(&mut fx);
    set(&mut fx, &guardian, |params| params.cap = 500 * USDC);
    assert_brings(&mut fx, Causes::OVER_CAP, 400 * USDC);
    assert_nothing_to_do(&mut fx);
    set(&mut fx, &guardian, |params| params.cap = 0);
    assert_brings(&mut fx, Causes::OVER_CAP, 500 * USDC);
}

#[test]
fn what_is_over_the_greatest_weight_and_its_band_comes_back_to_the_weight() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    // 89% and 1% of the 1,000 are the 900 that there are.
    set(&mut fx, &guardian, |params| (params.target_bps, params.max_bps) = (8_900, 8_900));
    assert_nothing_to_do(&mut fx);
    set(&mut fx, &guardian, |params| (params.target_bps, params.max_bps) = (8_899, 8_899));
    assert_brings(&mut fx, Causes::OVER_MAX, 10_100_000);
    assert_nothing_to_do(&mut fx);
}

#[test]
fn of_two_bounds_the_lower_holds() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    set(&mut fx, &guardian, |params| {
        (params.target_bps, params.max_bps, params.cap) = (5_000, 5_000, 300 * USDC);
    });
    assert_brings(&mut fx, Causes::OVER_CAP | Causes::OVER_MAX, 600 * USDC);
}

#[test]
fn changed_code_loses_all_of_the_line() {
    let (mut fx, _) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    fx.chain.svm_mut().upgrade_program(&lending_venue::ID, 9, None).unwrap();
    let mut approved = fx.clone();
    assert_brings(&mut fx, Causes::VENUE_CHANGED, 900 * USDC);
    approved.router().queued().approve_venue(&owner, 0).unwrap();
    assert_nothing_to_do(&mut approved);
}

#[test]
fn a_cap_asks_for_no_nav_and_a_weight_does() {
    let (mut fx, _) = funded(quiet(2), 1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().rebalance(0).unwrap();
    fx.router().rebalance(1).unwrap();
    assert_eq!((fx.line(0).mid, fx.line(1).mid), (450 * USDC, 450 * USDC));
    // The other line's valuation is too old for a NAV.
    fx.warp(601);
    let stranger = fx.depositor(0).key;
    set(&mut fx, &guardian, |params| (params.target_bps, params.max_bps) = (1_000, 1_000));
    fx.assert_refused("StaleNav", |fx| fx.router().derisk(&stranger, 0));
    set(&mut fx, &guardian, |params| params.cap = 400 * USDC);
    assert_brings(&mut fx, Causes::OVER_CAP, 50 * USDC);
    fx.refresh_all();
    assert_brings(&mut fx, Causes::OVER_MAX, 300 * USDC);
}

#[test]
fn a_stopped_market_and_an_old_one_are_left_all_the_same() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().pause(&guardian, gimbal_control::Direction::NewMoney).unwrap();
    fx.lending().set_status(0, 1).unwrap();
    fx.warp(30 * DAY);
    fx.router().set_status(&guardian, 0, WINDING_DOWN).unwrap();
    assert_brings(&mut fx, Causes::WINDING_DOWN, 900 * USDC);
}

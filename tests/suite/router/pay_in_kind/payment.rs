//! What a part of the whole is, in cash and lines, and that nothing but a busy ledger stands in its way.

use super::*;
use lending_venue::SetMarketArgs;

#[test]
fn a_quarter_of_everything_leaves() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let receipt = bob.take(&mut fx, &vault, (1, 4)).unwrap();
    // 400 in cash, 300 in each line.
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (100 * USDC, vec![75 * USDC; 2]));
    let ledger = fx.ledger();
    assert_eq!((ledger.cash_tracked, ledger.paid, ledger.credited), (300 * USDC, 100 * USDC, 1_000 * USDC));
    assert_eq!(fx.balance(&ledger.cash), 300 * USDC);
    for place in 0..2 {
        assert_eq!(values(&fx, place), [225 * USDC; 4]);
        assert_eq!(fx.balance(&fx.deployment.lines[place].addresses.position), 225 * USDC);
        assert_eq!(fx.line(place).last_action_slot, fx.chain.clock().unwrap().slot);
    }
    assert_eq!(ledger.nav(now(&fx)).unwrap().low, 750 * USDC);
    let RouterEvent::PaidInKind(event) = event(&receipt) else { panic!("a part was paid") };
    assert_eq!((event.part, event.whole, event.cash, event.time), (1, 4, 100 * USDC, now(&fx)));
    let lines: Vec<_> = event.lines.iter().map(|paid| (paid.line, paid.position, paid.token)).collect();
    assert_eq!(lines, [(1, 75 * USDC, 0), (2, 75 * USDC, 0)]);
    // A valuation finds what the books say.
    fx.router().refresh(0).unwrap();
    assert_eq!(values(&fx, 0), [225 * USDC; 4]);
}

#[test]
fn all_of_it_leaves_nothing() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (7, 7)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (400 * USDC, vec![300 * USDC; 2]));
    let ledger = fx.ledger();
    assert_eq!((ledger.cash_tracked, ledger.totals.high, ledger.totals.oldest_at), (0, 0, i64::MAX));
    assert!((0..2).all(|place| fx.line(place).is_empty()));
    // Nothing tracks anything now.
    take(&mut fx, &vault, Some(bob.base), &[], (1, 1)).unwrap();
    fx.assert_refused("VenueAccountMismatch", |fx| bob.take(fx, &vault, (1, 1)));
}

#[test]
fn roundings_are_for_those_who_stay() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (2, 7)).unwrap();
    // 700 · 2/7 = 200 and 300 · 2/7 = 85.714285…
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (200 * USDC, vec![85_714_285]));
    assert_eq!(values(&fx, 0), [214_285_715; 4]);
    // A part too small for one unit of anything.
    bob.take(&mut fx, &vault, (1, u64::MAX)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (200 * USDC, vec![85_714_285]));
    assert_eq!((fx.ledger().cash_tracked, values(&fx, 0)), (500 * USDC, [214_285_715; 4]));
}

#[test]
fn a_part_is_above_zero_and_at_most_the_whole() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    for share in [(0, 4), (5, 4), (0, 0), (1, 0), (u64::MAX, 1)] {
        fx.assert_refused("InvalidPart", |fx| bob.take(fx, &vault, share));
    }
}

#[test]
fn no_venue_no_pause_no_status_and_no_age_stands_in_the_way() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let guardian = Cast::of(&fx).guardian;
    fx.router().pause(&guardian, gimbal_control::Direction::NewMoney).unwrap();
    fx.router().set_status(&guardian, 0, FROZEN).unwrap();
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.lending().set_market(0, SetMarketArgs { emergency_mode: true, borrowing_disabled: true }).unwrap();
    fx.chain.svm_mut().upgrade_program(&lending_venue::ID, 9, None).unwrap();
    fx.warp(400 * DAY);
    assert!(fx.ledger().nav(now(&fx)).is_err());
    bob.take(&mut fx, &vault, (1, 2)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (350 * USDC, vec![150 * USDC]));
}

#[test]
fn keepers_pay_is_not_shared() {
    let mut fx = Fixture::from_plan(Plan { limits: Plan::with_lines(1).limits, ..quiet(1) });
    let alice = fx.depositor(1_000 * USDC);
    let vault = own::with_lines(&mut fx, &quiet(1).lines);
    own::register_keeper(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    // A hundredth of a dollar is owed; 900 were deployed.
    assert_eq!((fx.ledger().keeper_owed, fx.ledger().cash_tracked), (10_000, 100 * USDC));
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (1, 1)).unwrap();
    assert_eq!((fx.balance(&bob.base), fx.ledger().cash_tracked), (99_990_000, 10_000));
}

#[test]
fn locked_gains_shrink_with_the_rest() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    harvest::donate_receipts(&mut fx, 0, 60 * USDC);
    fx.router().harvest(0).unwrap();
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (1, 3)).unwrap();
    assert_eq!((fx.line(0).position, fx.ledger().gains.amount), (240 * USDC, 40 * USDC));
    let nav = fx.ledger().nav(now(&fx)).unwrap();
    // 700 and 360 less a third each; the gains are locked still.
    let cash = 700 * USDC - 233_333_333;
    assert_eq!((nav.low, nav.high), (cash + 200 * USDC, cash + 240 * USDC));
}

#[test]
fn donations_are_not_paid_and_what_is_missing_is_missed() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    harvest::donate_receipts(&mut fx, 0, 50 * USDC);
    let bob = Leaver::bob(&mut fx);
    // A third of the second line's tokens went missing after its last valuation.
    tamper(&mut fx, &bob.sources[1].source, 64, &(200 * USDC).to_le_bytes());
    bob.take(&mut fx, &vault, (1, 4)).unwrap();
    assert_eq!(bob.received(&fx), [75 * USDC, 50 * USDC]);
    assert_eq!(values(&fx, 0), [225 * USDC; 4]);
    // 150 are left of 300 valued; high as if the 200 had been valued.
    assert_eq!(values(&fx, 1), [150 * USDC, 150 * USDC, 150 * USDC, 225 * USDC]);
    fx.router().refresh(1).unwrap();
    assert_eq!(values(&fx, 1), [150 * USDC; 4]);
    assert_eq!(fx.balance(&bob.sources[0].source), 275 * USDC);
}

#[test]
fn a_busy_ledger_pays_nothing() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let ledger = fx.deployment.vault.addresses.ledger;
    let busy = 8 + core::mem::offset_of!(strategy_router::Ledger, busy);
    tamper(&mut fx, &ledger, busy, &[1]);
    fx.assert_refused("LedgerBusy", |fx| bob.take(fx, &vault, (1, 4)));
}

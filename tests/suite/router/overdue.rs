//! Tickets that are overdue: what they are paid at without a fresh NAV, and what is recalled for them at any cost within
//! the line's bound. The vault is a key here.

use super::*;

use strategy_router::LimitsArgs;

/// Seconds over which a stale valuation fades.
const FADE: u64 = 14 * DAY;

/// A swapped line that holds half of 1,000 USDC, over a ledger that may lose nothing.
fn swapped_without_budget() -> (Fixture, Keypair) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let vault = own::with_lines(&mut fx, &swapped::plan().lines);
    own::register_keeper(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 500 * USDC);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let limits = LimitsArgs { loss_budget_bps: 0, keeper_loss_budget_bps: 0, ..fx.deployment.plan.limits };
    fx.router().set_limits(&owner, limits).unwrap();
    (fx, vault)
}

#[test]
fn what_is_overdue_is_the_vaults_to_tell() {
    let (mut fx, vault) = swapped_without_budget();
    own::reserve_overdue(&mut fx, &vault, 700 * USDC, 600 * USDC).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.reserved, ledger.overdue), (700 * USDC, 600 * USDC));
    assert_eq!((ledger.queue_need(), ledger.overdue_need()), (200 * USDC, 100 * USDC));
    let cast = Cast::of(&fx);
    for key in [&cast.owner, &cast.guardian, &cast.stranger] {
        fx.assert_refused("ForeignAccount", |fx| own::reserve_overdue(fx, key, USDC, USDC));
    }
    own::reserve(&mut fx, &vault, 700 * USDC).unwrap();
    assert_eq!((fx.ledger().overdue, fx.ledger().overdue_need()), (0, 0));
}

#[test]
fn what_overdue_tickets_lack_is_recalled_whatever_the_budget() {
    let (mut fx, vault) = swapped_without_budget();
    let stranger = fx.depositor(0).key;
    own::reserve(&mut fx, &vault, 700 * USDC).unwrap();
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(&stranger, 0, 100 * USDC));
    own::reserve_overdue(&mut fx, &vault, 700 * USDC, 600 * USDC).unwrap();
    // A unit more than is overdue, and all of it counts against the budget.
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(&stranger, 0, 100 * USDC + 1));
    fx.router().recall(&stranger, 0, 100 * USDC).unwrap();
    let (ledger, line) = (fx.ledger(), fx.line(0));
    // The pool takes a hundredth of a percent.
    assert!((599_980_000..600 * USDC).contains(&ledger.cash_tracked), "{}", ledger.cash_tracked);
    assert_eq!(line.position + line.in_flight, line.mid);
    // What little is still missing may be asked for again, and then no more.
    let rest = ledger.overdue_need();
    assert!(rest > 0 && rest < 20_000, "{rest}");
    fx.router().recall(&stranger, 0, rest).unwrap();
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(&stranger, 0, 50 * USDC));
    fx.assert_refused("BeyondQueueNeed", |fx| fx.router().recall(&stranger, 0, 101 * USDC));
}

#[test]
fn the_bound_of_the_line_holds_all_the_same() {
    let (mut fx, vault) = swapped_without_budget();
    let stranger = fx.depositor(0).key;
    own::reserve_overdue(&mut fx, &vault, 700 * USDC, 600 * USDC).unwrap();
    // Two percent below the feeds; the line allows one.
    swapped::rebase(&mut fx, 9_800);
    fx.assert_refused("AmountOutBelowMinimum", |fx| fx.router().recall(&stranger, 0, 100 * USDC));
    swapped::rebase(&mut fx, 9_950);
    fx.router().recall(&stranger, 0, 100 * USDC).unwrap();
}

#[test]
fn no_other_line_needs_to_be_valued_for_it() {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let mut lines = swapped::plan().lines;
    lines.extend(quiet(2).lines.drain(..1));
    let vault = own::with_lines(&mut fx, &lines);
    own::register_keeper(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    own::allocate_to(&mut fx, &vault, 1, 200 * USDC).unwrap();
    let cash = fx.ledger().cash_tracked;
    fx.warp(DAY);
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    let stranger = fx.depositor(0).key;
    own::reserve(&mut fx, &vault, cash + 100 * USDC).unwrap();
    fx.assert_refused("StaleNav", |fx| fx.router().recall(&stranger, 0, 100 * USDC));
    own::reserve_overdue(&mut fx, &vault, cash + 100 * USDC, cash + 100 * USDC).unwrap();
    fx.router().recall(&stranger, 0, 100 * USDC).unwrap();
    assert!(fx.ledger().cash_tracked > cash + 99 * USDC);
}

#[test]
fn a_stale_line_counts_with_less_and_less() {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let mut plan = quiet(1).lines.remove(0);
    plan.params.widen_rate = 0;
    let vault = own::with_line(&mut fx, &plan);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    own::allocate(&mut fx, &vault, 600 * USDC).unwrap();
    let valued = now(&fx);
    let max_age = i64::from(fx.deployment.plan.limits.max_valuation_age);
    let fade = i64::try_from(FADE).unwrap();
    let ledger = fx.ledger();
    for (age, nav) in [
        (0, 1_000 * USDC),
        (max_age, 1_000 * USDC),
        (max_age + fade / 2, 700 * USDC),
        (max_age + fade / 4 * 3, 550 * USDC),
        (max_age + fade, 400 * USDC),
    ] {
        assert_eq!(ledger.nav_overdue(valued + age).unwrap(), nav, "{age}");
    }
    // A valuation brings all of it back.
    fx.warp(FADE);
    assert!(fx.ledger().nav(now(&fx)).is_err());
    assert!(fx.ledger().nav_overdue(now(&fx)).unwrap() < 401 * USDC);
    fx.lending().refresh(0).unwrap();
    fx.router().refresh(0).unwrap();
    assert_eq!(fx.ledger().nav_overdue(now(&fx)).unwrap(), 1_000 * USDC);
}

//! Money spread over three markets, one of them in another token, through keepers, pay and water-filling.

use gimbal::decode::events::{Event, RouterEvent, VaultEvent};
use gimbal_tests::*;

#[test]
fn keepers_spread_money_over_all_lines_and_are_paid() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(300_000 * USDC);
    fx.vault().deposit(&alice, 300_000 * USDC, 0).unwrap();
    for place in 0..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    for place in 0..3 {
        // A third of 90% each, within a band of 1% of NAV.
        let line = fx.line(place);
        assert!((87_000 * USDC..=90_000 * USDC).contains(&line.mid), "line {place}: {}", line.mid);
        assert!(line.low <= line.mid && line.mid <= line.high);
    }
    assert_eq!(fx.line(2).swapped, 1);
    fx.assert_identities();

    let keeper = fx.router().keeper(0);
    let owed = fx.ledger().keeper_owed;
    assert_eq!(owed, 3 * fx.ledger().limits.keeper_pay);
    fx.router().collect_pay(&keeper).unwrap();
    assert_eq!(fx.balance(&fx.deployment.vault.base_account(&keeper.pubkey())), owed);
    assert_eq!(fx.ledger().keeper_owed, 0);
    fx.assert_identities();
}

#[test]
fn water_filling_sends_money_where_it_earns_most() {
    let mut plan = Plan::with_lines(2);
    plan.policy = 1;
    // The second market pays three times as much.
    for point in &mut plan.lines[1].reserve.curve {
        point.borrow_rate_bps *= 3;
    }
    for line in &mut plan.lines {
        line.params.max_bps = 9_000;
    }
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(100_000 * USDC);
    fx.vault().deposit(&alice, 100_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(1).unwrap();
    assert!(fx.line(1).mid > 80_000 * USDC, "{}", fx.line(1).mid);
    fx.assert_identities();
}

#[test]
fn a_deposit_can_go_on_into_a_lending_line_at_once() {
    let mut fx = Fixture::new();
    let user = fx.depositor(10_000 * USDC);
    let receipt = fx.vault().deposit_and_allocate(&user, 10_000 * USDC, 0, 0).unwrap();
    let events = receipt.events();
    let names: Vec<&str> = events.iter().map(Event::name).collect();
    assert_eq!(names, ["Deposited", "Allocated"]);
    let Some(Event::Vault(VaultEvent::Deposited(deposited))) = events.first() else { panic!("{events:?}") };
    let Some(Event::Router(RouterEvent::Allocated(allocated))) = events.last() else { panic!("{events:?}") };
    assert_eq!(deposited.assets, 10_000 * USDC);
    assert_eq!(deposited.depositor, user.pubkey());
    // The line's greatest weight is 60%.
    assert_eq!(allocated.amount, 6_000 * USDC);
    assert_eq!(fx.line(0).invested, allocated.amount);
    fx.assert_identities();
}

#[test]
fn a_deposit_never_goes_on_through_a_swap() {
    let mut fx = Fixture::new();
    let user = fx.depositor(10_000 * USDC);
    let receipt = fx.vault().deposit_and_allocate(&user, 10_000 * USDC, 0, 2).unwrap();
    let names: Vec<&str> = receipt.events().iter().map(Event::name).collect();
    assert_eq!(names, ["Deposited"]);
    assert_eq!(fx.ledger().cash_tracked, 10_000 * USDC);
    fx.assert_identities();
}

#[test]
fn bad_debt_lowers_the_price_of_a_share_for_everybody() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&alice, 1_000_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.refresh_all();
    let before = fx.line(0).mid;

    let all =
        lending_venue::WriteOffArgs { borrower: lending_venue::state::Borrowers::OPERATOR, amount: 600_000 * USDC };
    fx.lending().write_off(0, all).unwrap();
    fx.refresh_all();
    // The line holds 900,000 of 5,900,000, so it bears 15.25% of the loss.
    let loss = before - fx.line(0).mid;
    assert!((91_000 * USDC..92_000 * USDC).contains(&loss), "{loss}");
    fx.assert_identities();
}

#[test]
fn a_lent_out_market_queues_exits_until_borrowers_repay() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&alice, 1_000_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.lending().borrow(0, u64::MAX).unwrap();

    let shares = fx.balance(&alice.shares);
    fx.vault().request_redeem(&alice, shares).unwrap();
    fx.refresh_all();
    // What cash covers is paid now; the rest of the ticket waits.
    fx.vault().fill_tickets(1).unwrap();
    let left = fx.ticket(0).unwrap().shares_left;
    assert!(left > 0 && left < shares);
    let need = fx.ledger().queue_need();
    assert!(fx.router().recall(&alice.key, 0, need).is_err(), "nothing is there to recall");
    fx.assert_identities();

    fx.lending().repay(0, 2_000_000 * USDC).unwrap();
    fx.refresh_all();
    let need = fx.ledger().queue_need();
    fx.router().recall(&alice.key, 0, need).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    // The part in cash was paid at a low that takes 1% off what the market could not pay: 9,000 of 900,000.
    let paid = fx.balance(&alice.base);
    assert!((990_000 * USDC..992_000 * USDC).contains(&paid), "{paid}");
    fx.assert_identities();
}

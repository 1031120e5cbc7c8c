//! One depositor's money goes in, works in a lending market, earns, and comes out.

use gimbal::preview::Preview;
use gimbal_tests::*;

#[test]
fn a_deposit_works_earns_and_comes_back() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(10_000 * USDC);

    // In: the first shares cost one base unit each.
    fx.vault().deposit(&alice, 10_000 * USDC, 10_000 * USDC).unwrap();
    assert_eq!(fx.balance(&alice.shares), 10_000 * USDC);
    assert_eq!(fx.ledger().cash_tracked, 10_000 * USDC);
    fx.assert_identities();

    // To work: the target is 90% of NAV.
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    let ledger = fx.ledger();
    let line = fx.line(0);
    assert!(line.invested >= 8_900 * USDC && line.invested <= 9_000 * USDC, "{}", line.invested);
    assert_eq!(ledger.cash_tracked + line.invested, 10_000 * USDC);
    fx.assert_identities();

    // Interest for ten days, valued each day.
    for _ in 0..10 {
        fx.pass(DAY);
    }
    assert!(fx.line(0).mid > line.invested, "interest was earned");
    fx.assert_identities();

    // Out: what the preview says, from cash; the rest is queued, recalled, filled and claimed.
    let vault = fx.deployment.vault.addresses.vault;
    let cash_shares = 500 * USDC;
    let shown = Preview::read(&fx.chain, &vault).unwrap().redeem(cash_shares).unwrap();
    fx.vault().redeem(&alice, cash_shares, shown.assets.0).unwrap();
    assert_eq!(fx.balance(&alice.base), shown.assets.0);

    let rest = fx.balance(&alice.shares);
    fx.assert_refused("InsufficientCash", |fx| fx.vault().redeem(&alice, rest, 0));
    fx.vault().request_redeem(&alice, rest).unwrap();
    fx.refresh_all();
    let anybody = fx.depositor(0);
    let lacking = fx.ledger().queue_need();
    fx.router().recall(&anybody.key, 0, lacking).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let ticket = fx.ticket(0).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base), shown.assets.0 + ticket.filled_assets);
    fx.assert_identities();
}

//! A bundle makes everything fresh that a flow needs, in as few transactions as fit.

use gimbal::bundle::Suite;
use gimbal_tests::*;

#[test]
fn a_bundle_carries_a_deposit_through_a_stale_vault() {
    for lines in [1, 3, 16] {
        let mut fx = Fixture::with_lines(lines);
        let alice = fx.depositor(2_000 * USDC);
        fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
        fx.refresh_all();
        fx.router().rebalance(0).unwrap();

        // Two hours later both the feeds and the valuations are too old for a bare deposit.
        fx.warp(7_200);
        fx.assert_refused("FeedStale", |fx| fx.vault().deposit(&alice, 1_000 * USDC, 0));
        let Deployment { plan, feeds, vault, table, actors, .. } = fx.deployment.clone();
        for feed in feeds.all() {
            feed.post(&mut fx.chain, plan.price(feed.asset), 0).unwrap();
        }
        let suite = Suite::read(&fx.chain, &vault.addresses.vault).unwrap();
        let flow = [vault.deposit(&alice.pubkey(), 1_000 * USDC, 0)];
        let receipts =
            suite.execute(&mut fx.chain, &actors.payer, &flow, &[&alice.key], std::slice::from_ref(&table)).unwrap();
        assert!(receipts.len() <= 1 + lines / 3, "{lines} lines took {} transactions", receipts.len());
        assert_eq!(fx.balance(&alice.base), 0);
        fx.assert_identities();
    }
}

#[test]
fn a_suite_read_from_the_chain_is_the_one_that_was_deployed() {
    let fx = Fixture::new();
    let read = Suite::read(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap();
    let known = fx.deployment.suite();
    assert_eq!(read.vault, known.vault);
    assert_eq!(read.base_feed, known.base_feed);
    assert_eq!(read.lines.len(), 3);
    for (read, known) in read.lines.iter().zip(&known.lines) {
        assert_eq!(read.context, known.context);
        assert_eq!(read.venue_refresh, known.venue_refresh);
        assert_eq!(read.token_feed, known.token_feed);
    }
}

//! Prices that have to be brought, and those that need not be.

use gimbal::keeper::{ActionKind, Urgency};
use gimbal::setup::Asset;
use risk_oracle::state::Feed;

use super::bench::*;

fn feed(bench: &Bench, asset: Asset) -> Feed {
    gimbal::readers::read(&bench.chain, &bench.deployment.feeds.get(asset).key).expect("a feed")
}

fn updates(bench: &Bench) -> usize {
    bench.planned().iter().filter(|(kind, _)| *kind == ActionKind::UpdateFeed).count()
}

#[test]
fn a_price_is_renewed_when_three_quarters_of_its_age_are_over() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    // The feeds take prices of up to 600 seconds: due from 450 on.
    bench.pass(449);
    assert_eq!(updates(&bench), 0);
    bench.pass(1);
    let action = bench.action(ActionKind::UpdateFeed);
    assert_eq!(action.account, Some(bench.deployment.feeds.get(Asset::Base).key));
    assert_eq!((action.urgency, action.reason.as_str()), (Urgency::Soon, "its price is 450 s old of at most 600"));
    let (before, other) = (feed(&bench, Asset::Base), feed(&bench, Asset::Sol).updates);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    let after = feed(&bench, Asset::Base);
    assert_eq!(after.updates, before.updates + 1);
    assert_eq!(after.publish_time, before.publish_time + 450);
    // Only what the vault depends on: two lines of the base asset need no other price.
    assert_eq!(feed(&bench, Asset::Sol).updates, other);
    bench.rest();
    assert_eq!(updates(&bench), 0);
}

#[test]
fn nobody_is_served_by_the_prices_of_an_empty_vault() {
    let mut bench = Bench::new(gimbal::setup::Plan::with_lines(2));
    bench.pass(599);
    assert_eq!(bench.planned(), []);
}

#[test]
fn a_price_that_nobody_posts_cannot_be_brought() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    // What is posted is as old as what is stored.
    gimbal::chain::Sandbox::warp(&mut bench.chain, 500).unwrap();
    assert_eq!(updates(&bench), 0);
}

#[test]
fn a_price_that_changes_what_a_feed_forbids_is_brought_at_once() {
    let (mut bench, _) = Bench::with(3, 1_000 * USDC);
    bench.pass(30);
    assert_eq!(updates(&bench), 0);
    // A fall of 3 % below the peg, whose band is 2 %.
    bench.deployment.set_price(Asset::Token, 97_000_000);
    bench.post();
    let action = bench.action(ActionKind::UpdateFeed);
    assert_eq!(action.account, Some(bench.deployment.feeds.get(Asset::Token).key));
    // 32 is the flag of a lost peg.
    assert_eq!((action.urgency, action.reason.as_str()), (Urgency::Urgent, "its flags go from 0 to 32"));
    bench.turn(0);
    assert_eq!(feed(&bench, Asset::Token).flags, 32);
    bench.rest();
    assert_eq!(updates(&bench), 0);
}

#[test]
fn a_new_day_closes_the_bar_of_the_day_before() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    let stored = feed(&bench, Asset::Base).publish_time;
    let until_midnight = u64::try_from(86_400 - stored.rem_euclid(86_400)).unwrap();
    bench.pass(until_midnight - 200);
    bench.turn(0);
    let closed = feed(&bench, Asset::Base).bars.count;
    bench.pass(199);
    assert_eq!(updates(&bench), 0, "a second before midnight");
    bench.pass(2);
    let action = bench.action(ActionKind::UpdateFeed);
    assert_eq!(action.urgency, Urgency::Routine);
    assert!(action.reason.starts_with("a new day closes the bar of day "), "{}", action.reason);
    bench.config.freshness.close_bars = false;
    assert_eq!(updates(&bench), 0, "where that is not wanted");
    bench.config.freshness.close_bars = true;
    bench.turn(0);
    assert_eq!(feed(&bench, Asset::Base).bars.count, closed + 1);
    bench.rest();
    assert_eq!(updates(&bench), 0);
}

#[test]
fn a_price_that_has_moved_is_brought_where_that_is_wanted() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    bench.pass(20);
    // Half a percent, within the peg's band of 2 %.
    bench.deployment.set_price(Asset::Base, 100_500_000);
    bench.post();
    assert_eq!(updates(&bench), 0);
    bench.config.freshness.deviation_bps = 50;
    assert_eq!(updates(&bench), 0, "not by more than that");
    bench.config.freshness.deviation_bps = 49;
    assert_eq!(bench.action(ActionKind::UpdateFeed).reason, "its price has moved by more than 49 basis points");
}

#[test]
fn somebody_elses_update_of_a_moment_ago_is_not_repeated() {
    let (mut bench, _) = Bench::with(2, 1_000 * USDC);
    bench.config.profit.min_profit_lamports = u64::MAX;
    bench.pass(460);
    let (roster, world) = (bench.roster(0), bench.world(0));
    let actions = bench.plan_of(0).actions;
    assert_eq!(actions.len(), 1);
    // Another keeper is faster between plan and trial: the trial sees it, and nothing is sent.
    bench.turn(1);
    let turn = bench.carry_out(0, &roster, &world, actions);
    assert!(turn.done.is_empty() && turn.receipts.is_empty());
    assert_eq!(turn.left.len(), 1);
    assert_eq!(turn.left[0].name, "NothingNew");
    // And a newer price of the same moment is left alone for two slots.
    bench.deployment.set_price(Asset::Base, 97_000_000);
    bench.post();
    assert_eq!(updates(&bench), 0);
    bench.rest();
    bench.post();
    assert_eq!(updates(&bench), 1);
}

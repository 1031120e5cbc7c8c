//! What a line over another token is held to: the loss budgets, both feeds, the approved code of the pool.

use super::swapped::{assert_near, bought, plan, rebase};
use super::*;

use gimbal_control::Direction;
use strategy_router::{policy::derisk::Causes, LimitsArgs, LineParams};

/// Posts another price of an asset and values the line by it.
fn reprice(fx: &mut Fixture, asset: Asset, price: i64) {
    fx.warp(1);
    fx.deployment.set_price(asset, price);
    fx.refresh_all();
}

fn set_limits(fx: &mut Fixture, loss_budget_bps: u16, keeper_loss_budget_bps: u16) {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let limits = LimitsArgs { loss_budget_bps, keeper_loss_budget_bps, ..fx.deployment.plan.limits };
    fx.router().set_limits(&owner, limits).unwrap();
}

fn steer(fx: &mut Fixture, target_bps: u16) {
    let curator = fx.deployment.actors.curator.insecure_clone();
    let params = LineParams { target_bps, ..LineParams::of(&fx.line(0)) };
    fx.router().set_bounds(&curator, 0, params).unwrap();
}

#[test]
fn a_poor_price_is_charged_to_the_keepers_budget() {
    // 0.3% of 1,000 are a keeper's to lose: 3. At 0.7% it would be 3.5, at 0.5% it is 2.5.
    let (mut fx, _) = funded(plan(), 1_000 * USDC);
    rebase(&mut fx, 10_070);
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().rebalance(0));
    rebase(&mut fx, 10_050);
    fx.router().rebalance(0).unwrap();
    let lost = fx.ledger().epoch.loss_used;
    assert!((2_480_000..=2_600_000).contains(&lost), "{lost}");
    // The same again is over the first keeper's budget and within the ledger's, which is half a percent.
    rebase(&mut fx, 9_950);
    steer(&mut fx, 1_000);
    fx.pass(600);
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().rebalance(0));
    let second = fx.router().keeper(1);
    fx.router().rebalance_by(&second, 0).unwrap();
    let used = fx.ledger().epoch.loss_used;
    assert!(used > lost + 1_900_000 && used <= 5 * USDC, "{used}");
    // A gain gives nothing back.
    rebase(&mut fx, 9_950);
    steer(&mut fx, 2_000);
    fx.pass(600);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.ledger().epoch.loss_used, used);
}

#[test]
fn a_new_epoch_has_a_new_loss_budget() {
    let (mut fx, _) = bought();
    let lost = fx.ledger().epoch.loss_used;
    // A hundredth of a percent is 0.1; a trade of 500 costs 0.055, there and back 0.11.
    set_limits(&mut fx, 1, 1);
    steer(&mut fx, 0);
    fx.pass(DAY - 1);
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().rebalance(0));
    fx.pass(1);
    fx.router().rebalance(0).unwrap();
    let epoch = fx.ledger().epoch;
    assert_eq!((epoch.start, epoch.nav_at_start), (now(&fx), 1_000 * USDC - lost));
    assert_near(epoch.loss_used + lost, 1_000 * USDC - fx.ledger().cash_tracked);
}

#[test]
fn a_shortage_is_no_excuse_for_a_poor_price() {
    let (mut fx, alice) = bought();
    let cast = Cast::of(&fx);
    fx.vault().request_redeem(&alice, 600 * USDC).unwrap();
    let mut generous = fx.clone();
    set_limits(&mut fx, 0, 0);
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().rebalance(0));
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(&cast.stranger, 0, 90 * USDC));
    // A role is no licence to sell over and over, but frozen, the line is sold at what it brings.
    fx.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(&cast.guardian, 0, 90 * USDC));
    let mut frozen = fx.clone();
    frozen.router().set_status(&cast.guardian, 0, FROZEN).unwrap();
    frozen.router().recall(&cast.guardian, 0, 90 * USDC).unwrap();
    assert_eq!(frozen.ledger().epoch, fx.ledger().epoch);
    frozen.assert_refused("LossBudgetExceeded", |fx| fx.router().recall(&cast.stranger, 0, USDC));
    // Half a percent lets it, at what it costs.
    for key in [&cast.stranger, &cast.guardian, &cast.curator, &cast.owner] {
        let used = generous.ledger().epoch.loss_used;
        generous.router().recall(key, 0, 5 * USDC).unwrap();
        assert!(generous.ledger().epoch.loss_used > used);
    }
}

#[test]
fn an_unsound_feed_stops_new_money_by_its_name() {
    let (mut fx, _) = funded(plan(), 1_000 * USDC);
    for asset in [Asset::Token, Asset::Base] {
        let mut fx = fx.clone();
        // More than 2% off its peg.
        reprice(&mut fx, asset, 97_900_000);
        fx.assert_refused("FeedDepegged", |fx| fx.router().rebalance(0));
        fx.warp(601);
        fx.lending().refresh(0).unwrap();
        fx.assert_refused("FeedUnusable", |fx| fx.router().rebalance(0));
    }
    // A confidence of 3% of the price values and buys nothing.
    fx.warp(1);
    let token = *fx.deployment.feeds.get(Asset::Token);
    token.post(&mut fx.chain, 100_000_000, 3_000_000).unwrap();
    fx.send(&[token.update()], &[]).unwrap();
    fx.assert_refused("FeedConfidenceWide", |fx| fx.router().rebalance(0));
}

#[test]
fn a_token_that_lost_its_peg_is_sold_by_anybody() {
    let (mut fx, _) = bought();
    let stranger = Cast::of(&fx).stranger;
    fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&stranger, 0));
    reprice(&mut fx, Asset::Token, 97_900_000);
    // At the price that the feed says, not at the peg: the pool must agree with it.
    rebase(&mut fx, 9_790);
    // No budget holds a forced sale up.
    set_limits(&mut fx, 0, 0);
    let receipt = fx.router().derisk(&stranger, 0).unwrap();
    let RouterEvent::Derisked(event) = event(&receipt) else { panic!("a line was taken down") };
    assert_eq!((event.causes, event.mid, fx.line(0).position), (Causes::FEED, 0, 0));
    // 499.945 at 0.979, less the fee of 0.049.
    assert!((489_350_000..=489_450_000).contains(&event.amount), "{}", event.amount);
    assert_eq!(fx.ledger().cash_tracked, 500 * USDC + event.amount);
}

#[test]
fn a_base_asset_that_lost_its_peg_is_no_reason_to_sell_for_it() {
    let (mut fx, _) = bought();
    let stranger = Cast::of(&fx).stranger;
    reprice(&mut fx, Asset::Base, 97_900_000);
    // The line is worth more of it, and by that above its target, but far below its greatest weight.
    fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&stranger, 0));
}

#[test]
fn a_swap_for_mere_excess_is_charged() {
    let (mut fx, _) = bought();
    let cast = Cast::of(&fx);
    let lower = LineParams { cap: 300 * USDC, ..LineParams::of(&fx.line(0)) };
    fx.router().set_bounds(&cast.guardian, 0, lower).unwrap();
    let mut none = fx.clone();
    set_limits(&mut none, 0, 0);
    none.assert_refused("LossBudgetExceeded", |fx| fx.router().derisk(&cast.stranger, 0));
    let used = fx.ledger().epoch.loss_used;
    fx.router().derisk(&cast.stranger, 0).unwrap();
    assert!(fx.ledger().epoch.loss_used > used);
    assert_near(fx.line(0).mid, 300 * USDC);
}

#[test]
fn a_pause_and_new_code_of_the_pool_stop_new_money() {
    let (mut fx, _) = funded(plan(), 1_000 * USDC);
    let cast = Cast::of(&fx);
    fx.router().pause(&cast.guardian, Direction::NewMoney).unwrap();
    fx.assert_refused("NewMoneyPaused", |fx| fx.router().rebalance(0));
    fx.router().lift(&cast.owner, Direction::NewMoney).unwrap();
    fx.chain.svm_mut().upgrade_program(&swap_venue::ID, 3, None).unwrap();
    fx.assert_refused("VenueChanged", |fx| fx.router().rebalance(0));
    fx.router().queued().approve_venue(&cast.owner, 0).unwrap();
    fx.router().rebalance(0).unwrap();
}

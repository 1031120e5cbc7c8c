//! `rebalance` by inverse variance: two lines over a token whose variance the book knows, and lines without price risk.
//!
//! The book's snapshot of the token's variance is written as a test needs it; how it comes about is the oracle's part.

use super::*;

use anchor_lang::{prelude::Pubkey, Discriminator};
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::oracle::{set_asset, set_line_model};
use risk_oracle::{Book, SetAssetArgs, SetLineModelArgs};
use strategy_router::LineParams;

/// No asset, or no protocol.
const NONE: u8 = 255;
/// Daily variances of 2% and of 4%, units of 2^-56.
const TWO: u64 = 28_823_037_615_171;
const FOUR: u64 = 115_292_150_460_685;

/// A same-asset line of at most 80% and a line over the token of at most 60%, both without a band; the volatility target
/// is 20% a year, and 5% of NAV stay cash.
fn plan() -> Plan {
    let mut plan = quiet(2);
    plan.policy = 2;
    plan.limits.target_volatility_bps = 2_000;
    plan.limits.loss_budget_bps = 500;
    plan.limits.keeper_loss_budget_bps = 500;
    plan.lines[1] = LinePlan { borrowed: 0, ..LinePlan::new(2, 0) };
    for (line, max_bps) in plan.lines.iter_mut().zip([8_000, 6_000]) {
        (line.params.target_bps, line.params.max_bps, line.params.band_bps) = (1_000, max_bps, 0);
        (line.params.max_slippage_bps, line.params.cooldown) = (100, 0);
    }
    plan
}

/// 1,000 USDC of Alice's in cash; the book follows the token's feed, and line 2 moves with it.
fn modelled() -> Fixture {
    let mut fx = Fixture::from_plan(plan());
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, book) = (owner.pubkey(), fx.deployment.vault.addresses.book);
    let feed = fx.deployment.feeds.get(Asset::Token).key;
    let model = SetLineModelArgs { line: 2, asset: 0, protocol: NONE, scaled: true };
    let setup = [set_asset(&key, &book, SetAssetArgs { index: 0, feed }), set_line_model(&key, &book, model)];
    fx.send(&setup, &[&owner]).unwrap();
    let alice = fx.depositor(2_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx
}

/// Changes the book as the oracle would have.
fn tell(fx: &mut Fixture, change: impl FnOnce(&mut Book)) {
    let key: Pubkey = fx.deployment.vault.addresses.book;
    let mut book: Book = fx.read(&key);
    change(&mut book);
    book.invariant().expect("a book that the oracle could have made");
    let mut account = fx.chain.require_account(&key).unwrap();
    account.data = [Book::DISCRIMINATOR, bytemuck::bytes_of(&book)].concat();
    fx.chain.set_account(&key, account).unwrap();
}

fn forecast(fx: &mut Fixture, variance: u64) {
    tell(fx, |book| book.assets[0].variance = variance);
}

/// Rebalances both lines and asserts their weights, basis points of NAV.
#[track_caller]
fn assert_weights(fx: &mut Fixture, expected: [u64; 2]) {
    for _ in 0..2 {
        for place in [1, 0] {
            fx.pass(1);
            match fx.router().rebalance(place) {
                Ok(_) => (),
                Err(error) => assert_eq!(error.name(), "InsideBand", "line {place}: {error}"),
            }
        }
    }
    let nav = fx.ledger().nav(now(fx)).unwrap().mid;
    for (place, expected) in expected.into_iter().enumerate() {
        let mid = fx.line(place).mid;
        // What a swap costs, and one basis point of rounding.
        assert!(
            mid.abs_diff(nav / 10_000 * expected) <= nav / 5_000,
            "line {place}: {mid} of {nav}, not {expected} bps"
        );
    }
    fx.assert_identities();
}

#[test]
fn the_target_bounds_what_moves_and_the_rest_lends_the_base_asset() {
    let mut fx = modelled();
    // 20% a year are 1.0468% a day: of 2% 52.34% of NAV, and 95% less that for the other line.
    forecast(&mut fx, TWO);
    assert_weights(&mut fx, [4_266, 5_234]);
    // Twice the volatility, half the weight.
    forecast(&mut fx, FOUR);
    assert_weights(&mut fx, [6_883, 2_617]);
    forecast(&mut fx, TWO);
    assert_weights(&mut fx, [4_266, 5_234]);
}

#[test]
fn bounds_hold_and_what_no_line_may_take_stays_cash() {
    let mut fx = modelled();
    let curator = fx.deployment.actors.curator.insecure_clone();
    // A hundredth of a percent a day: as much as its greatest weight.
    forecast(&mut fx, TWO / 40_000);
    assert_weights(&mut fx, [3_500, 6_000]);
    for (place, max_bps) in [(0, 2_000), (1, 3_000)] {
        let params = LineParams { max_bps, ..LineParams::of(&fx.line(place)) };
        fx.router().set_bounds(&curator, place, params).unwrap();
    }
    assert_weights(&mut fx, [2_000, 3_000]);
    // The least weight comes before the target.
    let params = LineParams { min_bps: 1_000, ..LineParams::of(&fx.line(1)) };
    fx.router().set_bounds(&curator, 1, params).unwrap();
    forecast(&mut fx, u64::MAX);
    assert_weights(&mut fx, [2_000, 1_000]);
}

#[test]
fn a_forecast_that_nobody_has_is_no_calm() {
    let mut fx = modelled();
    // The feed has had no thirty days yet.
    let book: Book = fx.read(&fx.deployment.vault.addresses.book);
    assert_eq!(book.assets[0].variance, 0);
    assert_weights(&mut fx, [8_000, 0]);
    // Nor is a line over a token that the book takes for one that no price moves.
    forecast(&mut fx, TWO);
    tell(&mut fx, |book| {
        let place = book.place_of(2).unwrap();
        book.models[place].asset = NONE;
    });
    assert_weights(&mut fx, [8_000, 0]);
}

#[test]
fn a_frozen_line_stays_and_a_dying_one_is_left_out() {
    let mut fx = modelled();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    forecast(&mut fx, FOUR);
    assert_weights(&mut fx, [6_883, 2_617]);
    fx.router().set_status(&guardian, 1, FROZEN).unwrap();
    // It could hold twice as much now, and takes nothing.
    forecast(&mut fx, TWO);
    assert_weights(&mut fx, [6_883, 2_617]);
    // It comes down where it must.
    forecast(&mut fx, 4 * FOUR);
    assert_weights(&mut fx, [8_000, 1_308]);
    fx.router().set_status(&guardian, 1, WINDING_DOWN).unwrap();
    assert_weights(&mut fx, [8_000, 0]);
}

#[test]
fn no_line_steers_for_more_than_the_book_leaves_of_it() {
    let mut fx = modelled();
    forecast(&mut fx, TWO);
    assert_weights(&mut fx, [4_266, 5_234]);
    // Half of the book's caps is left: the book caps the second line at all of NAV, so at 50% now.
    tell(&mut fx, |book| {
        (book.regime.level, book.regime.scale_bps) = (2, 5_000);
        book.params.scales_bps = [10_000, 7_500, 5_000, 2_500];
    });
    assert_weights(&mut fx, [4_500, 5_000]);
    // And so do the other policies.
    let curator = fx.deployment.actors.curator.insecure_clone();
    fx.router().set_policy(&curator, 0).unwrap();
    let params = LineParams { target_bps: 5_500, ..LineParams::of(&fx.line(1)) };
    fx.router().set_bounds(&curator, 1, params).unwrap();
    assert_weights(&mut fx, [1_000, 5_000]);
}

#[test]
fn a_forged_book_is_not_read() {
    let mut fx = modelled();
    forecast(&mut fx, FOUR);
    assert_weights(&mut fx, [6_883, 2_617]);
    // A copy that knows a calmer token, at another address, and the feed's account.
    let copy = Keypair::new().pubkey();
    let account = fx.chain.require_account(&fx.deployment.vault.addresses.book).unwrap();
    fx.chain.set_account(&copy, account).unwrap();
    let (vault, line, keeper) = (fx.deployment.vault, fx.deployment.lines[1].context.clone(), fx.router().keeper(0));
    for forged in [copy, fx.deployment.feeds.get(Asset::Token).key] {
        let mut rebalance = gimbal::instructions::router::rebalance(&vault, &line, &keeper.pubkey());
        let book = rebalance.accounts.iter_mut().find(|account| account.pubkey == vault.addresses.book).unwrap();
        book.pubkey = forged;
        let refused = gimbal::bundle::with_budget(&[rebalance]);
        fx.assert_refused("ForeignAccount", |fx| fx.send(&refused, &[&keeper]));
    }
}

/// In a raised regime as well, an excess of one's own making earns nothing: who brings money in under the scale that is in
/// force, and takes cash out again, is over the scaled cap by it.
#[test]
fn a_scaled_cap_cannot_be_milked() {
    let mut plan = quiet(1);
    plan.limits.bounty_bps = 50;
    plan.limits.bounty_budget = 100 * USDC;
    (plan.lines[0].params.target_bps, plan.lines[0].params.max_bps) = (4_000, 10_000);
    plan.lines[0].risk_cap_bps = 4_000;
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let book = fx.deployment.vault.addresses.book;
    let scaled = SetLineModelArgs { line: 1, asset: NONE, protocol: NONE, scaled: true };
    fx.send(&[set_line_model(&owner.pubkey(), &book, scaled)], &[&owner]).unwrap();
    tell(&mut fx, |book| {
        (book.regime.level, book.regime.scale_bps) = (2, 5_000);
        book.regime.reasons = risk_oracle::state::Signal::Drawdown.bit();
        book.params.scales_bps = [10_000, 7_500, 5_000, 2_500];
    });
    // Half of 40% is the line's.
    fx.router().rebalance(0).unwrap();
    assert_eq!((fx.line(0).mid, fx.line(0).entry_scale_bps), (200 * USDC, 5_000));
    fx.pass(DAY);
    let thief = fx.depositor(100_000 * USDC);
    let paid_to = gimbal::instructions::router::Bounty { destination: Some(thief.base), network: None };
    for _ in 0..3 {
        fx.vault().deposit_and_allocate(&thief, 10_000 * USDC, 0, 0).unwrap();
        // Six hours later it is old money; then most of the cash leaves.
        fx.pass(DAY);
        fx.vault().withdraw(&thief, 8_000 * USDC, u64::MAX).unwrap();
        let before = fx.line(0).mid;
        let receipt = fx.router().derisk_for(&thief.key, 0, paid_to).unwrap();
        let RouterEvent::Derisked(event) = event(&receipt) else { panic!("a line was taken down") };
        assert_eq!((event.causes, event.bounty), (strategy_router::policy::derisk::Causes::REGIME, 0));
        assert!(event.amount > 500 * USDC && fx.line(0).mid < before);
    }
    // When the regime itself falls, whoever takes the line down is paid for what that took.
    tell(&mut fx, |book| (book.regime.level, book.regime.scale_bps) = (3, 2_500));
    fx.refresh_all();
    let receipt = fx.router().derisk_for(&thief.key, 0, paid_to).unwrap();
    let RouterEvent::Derisked(event) = event(&receipt) else { panic!("a line was taken down") };
    assert_eq!(event.bounty, event.amount / 200);
    assert_eq!(fx.ledger().bounties_paid, event.bounty);
    fx.assert_identities();
}

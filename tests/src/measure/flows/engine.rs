//! The full risk engine: sixteen lines, half of them over a token, eight assets, every limit set.

use anchor_lang::{prelude::Pubkey, Discriminator};
use gimbal::bundle::with_budget;
use gimbal::chain::{PriceUpdate, Sandbox};
use gimbal::instructions::{
    oracle,
    router::{self, Bounty},
};
use gimbal::setup::feeds::price_account;
use risk_oracle::state::{Book, RiskParams, Scenario, ASSETS, SCENARIOS};
use risk_oracle::{RegisterFeedArgs, SetAssetArgs, SetLineModelArgs, SetScenarioArgs};

use super::Meter;
use crate::season::season;
use crate::{Chain, Fixture, LinePlan, Outcome, Plan, Signer, DAY, USDC};

/// A keeper's move with everything that the book asks.
const MOVE: u64 = 300_000;
/// A report of sixteen lines, with the call of the router around an assessment of at most 150,000.
const REPORT: u64 = 200_000;
/// An observation of eight feeds that adds a day.
const OBSERVATION: u64 = 150_000;
/// A third of the scenarios; all eight may take three times as much.
const STRESS: u64 = 200_000;
/// Lines, of which every other is over the token.
const LINES: usize = 16;

fn plan() -> Plan {
    let mut plan = Plan::with_lines(0);
    plan.policy = 2;
    plan.limits.target_volatility_bps = u16::MAX;
    (plan.limits.loss_budget_bps, plan.limits.keeper_loss_budget_bps) = (500, 500);
    (plan.limits.bounty_bps, plan.limits.bounty_budget) = (10, 100 * USDC);
    for place in 0..LINES {
        let swapped = place % 2 == 1;
        // The third of a plan is its swapped one.
        let mut line = LinePlan::new(if swapped { 2 } else { 0 }, 500);
        (line.params.max_bps, line.params.band_bps, line.params.cooldown) = (1_000, 10, 0);
        line.params.max_venue_age = 1_000;
        plan.lines.push(line);
    }
    plan
}

/// Every limit is set, and none is in the way.
pub(in crate::measure) fn params() -> RiskParams {
    RiskParams {
        max_var_bps: 9_999,
        max_shortfall_bps: 9_999,
        max_stress_bps: 9_999,
        max_concentration_bps: 9_999,
        max_exit_days: 9_999,
        max_liquidity_share_bps: 9_999,
        horizon_days: 10,
        max_sample_age: 30 * 86_400,
        ..RiskParams::CAUTIOUS
    }
}

/// Eight seasoned feeds: the deployment's, and as many more as are missing, at a dollar.
pub(in crate::measure) fn feeds(fx: &mut Fixture) -> Vec<Pubkey> {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let mut feeds: Vec<Pubkey> = fx.deployment.feeds.all().iter().map(|feed| feed.key).collect();
    for number in feeds.len()..ASSETS {
        let id = [u8::try_from(number).expect("few feeds"); 32];
        let args = RegisterFeedArgs {
            feed_id: id,
            second_feed_id: [0; 32],
            curator: owner.pubkey(),
            guardian: owner.pubkey(),
            params: fx.deployment.plan.feed_params,
        };
        let clock = fx.chain.clock().expect("a clock");
        let update = PriceUpdate::new(id, 100_000_000, 10_000, -8, clock.unix_timestamp, clock.slot);
        fx.chain.set_price(&price_account(&id), &update).expect("a price");
        fx.oracle().register_feed(&owner, args).expect("a feed");
        let key = oracle::feed_address(&owner.pubkey(), &id);
        fx.oracle().update_feed(&key, &price_account(&id), None).expect("a first price");
        feeds.push(key);
    }
    feeds.iter().for_each(|feed| season(&mut fx.chain, feed, 120));
    feeds
}

/// Changes a book as the oracle's own instructions would in time.
pub(in crate::measure) fn tell(fx: &mut Fixture, key: Pubkey, change: impl FnOnce(&mut Book)) {
    let mut book: Book = fx.read(&key);
    change(&mut book);
    book.invariant().expect("a book that the oracle could have made");
    let mut account = fx.chain.require_account(&key).expect("the book");
    account.data = [Book::DISCRIMINATOR, bytemuck::bytes_of(&book)].concat();
    fx.chain.set_account(&key, account).expect("the book");
}

/// Rows of residuals for every day that the book keeps but the newest, which the observation adds.
pub(in crate::measure) fn remember(fx: &mut Fixture, key: Pubkey) {
    tell(fx, key, |book| {
        for day in 1..=64_u32 {
            let row = std::array::from_fn(|asset| {
                let number = i32::try_from(day).expect("few days") * 37 + asset as i32 * 101;
                (number * number % 4_001 - 2_000) as i16
            });
            book.returns.append(day, &row, 9_700).expect("a row");
        }
    });
}

/// A keeper's move, with the venue's refresh in front as keepers send it.
fn rebalance(fx: &mut Fixture, place: usize) -> Outcome {
    let keeper = fx.router().keeper(0);
    let line = &fx.deployment.lines[place];
    let rebalance = router::rebalance(&fx.deployment.vault, &line.context, &keeper.pubkey());
    let instructions = with_budget(&[line.reserve.refresh(), rebalance]);
    fx.send(&instructions, &[&keeper])
}

/// Observing, reporting, stressing, and moves by the policy.
pub fn engine(meter: &mut Meter) {
    let mut fx = Fixture::from_plan(plan());
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, book) = (owner.pubkey(), fx.deployment.vault.addresses.book);
    let feeds = feeds(&mut fx);
    for (index, feed) in (0..).zip(&feeds) {
        let args = SetAssetArgs { index, feed: *feed };
        fx.send(&[oracle::set_asset(&key, &book, args)], &[&owner]).expect("an asset");
    }
    for (place, line) in fx.deployment.lines.clone().iter().enumerate() {
        let asset = if place % 2 == 1 { (place / 2 % ASSETS) as u8 } else { 255 };
        let args = SetLineModelArgs { line: line.addresses.id, asset, protocol: 255, scaled: true };
        fx.send(&[oracle::set_line_model(&key, &book, args)], &[&owner]).expect("a line's model");
    }
    for index in 0..SCENARIOS as u8 {
        let mut scenario =
            Scenario { shocks_bps: [-1_000 * i32::from(index + 1); ASSETS], used: 1, ..Scenario::default() };
        scenario.label[..6].copy_from_slice(b"fall-0");
        scenario.label[5] = b'0' + index;
        let set = oracle::set_scenario(&key, &book, SetScenarioArgs { index, scenario });
        fx.send(&[set], &[&owner]).expect("a scenario");
    }
    fx.send(&[oracle::set_risk_params(&key, &book, params())], &[&owner]).expect("limits");
    remember(&mut fx, book);
    let founder = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");

    let observe = with_budget(&[oracle::observe(&book, &feeds)]);
    meter.note("`observe` of 8 feeds, adding a day", OBSERVATION, fx.send(&observe, &[]));
    meter.note("`observe` of 8 feeds, the same day", OBSERVATION, fx.send(&observe, &[]));
    let stress = |fx: &mut Fixture, from, count| fx.send(&with_budget(&[oracle::stress(&book, from, count)]), &[]);
    fx.router().report().expect("a report");
    for (from, count) in [(0, 3), (3, 3), (6, 2)] {
        stress(&mut fx, from, count).expect("stresses");
    }
    // All but the last pair of lines take their part.
    for place in 0..LINES - 2 {
        fx.refresh_all();
        rebalance(&mut fx, place).expect("a move by the policy");
        fx.router().report().expect("a report");
        for (from, count) in [(0, 3), (3, 3), (6, 2)] {
            stress(&mut fx, from, count).expect("stresses");
        }
    }
    fx.refresh_all();
    let [plain, swapped] = [LINES - 2, LINES - 1];
    meter.note("`rebalance` by inverse variance, full engine", MOVE, rebalance(&mut fx, plain));
    fx.refresh_all();
    meter.note("`rebalance` by inverse variance through a swap, full engine", MOVE, rebalance(&mut fx, swapped));
    fx.refresh_all();
    meter.note("`report`, 16 lines and 8 assets", REPORT, fx.router().report());
    meter.note("`stress`, 3 scenarios over 16 lines", STRESS, stress(&mut fx, 0, 3));

    fx.pass(DAY);
    tell(&mut fx, book, |book| {
        (book.regime.level, book.regime.peak, book.regime.scale_bps) = (3, 3, 50);
        book.regime.reasons = risk_oracle::state::Signal::Drawdown.bit();
    });
    let stranger = fx.depositor(0);
    let bounty = Bounty { destination: Some(stranger.base), network: None };
    meter.note("`derisk` for the regime, with a bounty", MOVE, fx.router().derisk_for(&stranger.key, 0, bounty));
    let paid = fx.balance(&stranger.base);
    assert!(paid > 0, "a bounty");
    let swap = fx.router().derisk_for(&stranger.key, 1, bounty);
    meter.note("`derisk` for the regime through a swap, with a bounty", MOVE, swap);
}

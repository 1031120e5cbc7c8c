//! Ceilings of what the hot instructions cost. On bytecode they measure the program; natively only a nominal charge.

use gimbal::instructions::oracle::{set_line_risk, set_risk};
use gimbal_tests::season::season;
use risk_oracle::state::engine::RESIDUALS;
use risk_oracle::AssessArgs;

use super::world::*;

/// What one `assess` may cost, compute units.
const CEILING: u64 = 25_000;
/// What one `update_feed` may cost.
const UPDATE: u64 = 30_000;
/// What one may cost that closes a bar.
const CLOSING: u64 = 90_000;

/// Updates with both sources after `seconds`, and what that cost.
fn update(world: &mut World, seconds: u64, price: i64) -> u64 {
    world.warp(seconds);
    let (price, second) = (world.price(price * DOLLAR), world.second_price(price * DOLLAR));
    world.post(&price, &second);
    world.send(&[world.update_both()], &[]).unwrap().compute_units
}

#[test]
fn updates_of_both_sources_stay_below_their_ceilings() {
    let mut world = World::priced();
    let feed = world.feed;
    season(&mut world.chain, &feed, 520);
    assert_eq!((world.feed().engine.bars, usize::from(world.feed().engine.residual_count)), (520, RESIDUALS));
    let units = update(&mut world, 60, 151);
    println!("update_feed, two sources: {units} units");
    assert!(units <= UPDATE, "{units}");
    // A fall by a tenth: the branch of an exception and of a jump, and the longest way into the buffer of the worst.
    let units = update(&mut world, DAY, 135);
    println!("update_feed, two sources and a closed bar: {units} units");
    assert!(units <= CLOSING, "{units}");
    let units = update(&mut world, DAY, 136);
    println!("update_feed, closing a bar with a jump: {units} units");
    assert!(units <= CLOSING, "{units}");
    let engine = world.feed().engine;
    assert_eq!((engine.bars, engine.jumps, engine.tested.days), (522, 1, 492));
}

#[test]
fn an_assessment_of_sixteen_full_lines_stays_below_its_ceiling() {
    let mut world = World::new();
    let (owner, book) = (pubkey("owner"), world.book);
    for index in 0..32 {
        world
            .send(&[set_risk(&owner, &book, risk(index, &format!("risk:{index}"), 10_000, u64::MAX))], &["owner"])
            .unwrap();
    }
    // Each line carries four risks, and the book's order is the reverse of the ledger's: the longest search.
    for id in (1..=16u16).rev() {
        let first = (id as u8 - 1) * 2;
        let risks = [first, first + 1, (first + 2) % 32, (first + 3) % 32];
        world.send(&[set_line_risk(&owner, &book, line_risk(id, &risks, 10_000, u64::MAX))], &["owner"]).unwrap();
    }
    let mut args =
        AssessArgs { nav: 16_000, line: 15, amount: 1, values: [1_000; 16], line_ids: [0; 16], exposures: vec![] };
    args.line_ids.iter_mut().zip(1..).for_each(|(id, next)| *id = next);
    let receipt = world.send(&[assess("ledger", book, args)], &["ledger"]).unwrap();
    // Each risk is carried by two lines of 1,000.
    assert!(world.book().risks.iter().all(|risk| risk.exposure == 2_000));
    println!("assess, sixteen lines of four risks: {} units", receipt.compute_units);
    assert!(receipt.compute_units <= CEILING, "{}", receipt.compute_units);
}

/// What one `assess` of sixteen lines and eight assets may cost.
const ENGINE: u64 = 150_000;

#[test]
fn an_assessment_of_sixteen_lines_and_eight_assets_stays_below_its_ceiling() {
    use gimbal::chain::Sandbox;
    use risk_oracle::{AssetRisk, Book, Exposure, RiskParams, Verdict};

    let mut world = World::new();
    let (owner, book) = (pubkey("owner"), world.book);
    for id in 1..=16u16 {
        world.send(&[set_line_risk(&owner, &book, line_risk(id, &[], 10_000, u64::MAX))], &["owner"]).unwrap();
    }
    // Eight assets that were observed for 64 days, and every limit set: written into the account, since the way there is not
    // what is measured.
    let now = world.now();
    let mut state = world.book();
    state.params = RiskParams {
        max_var_bps: 1_000,
        max_shortfall_bps: 1_000,
        max_stress_bps: 2_000,
        max_concentration_bps: 9_000,
        max_exit_days: 100,
        max_liquidity_share_bps: 9_000,
        max_leverage_bps: 50_000,
        ..RiskParams::CAUTIOUS
    };
    for (row, asset) in state.assets.iter_mut().enumerate() {
        *asset = AssetRisk {
            feed: anchor_lang::prelude::Pubkey::new_from_array([row as u8 + 1; 32]),
            variance: 115_292_150_460_685 + row as u64,
            long_run: 115_292_150_460_685,
            publish_time: now,
            ..AssetRisk::default()
        };
        state.models[row].asset = row as u8;
        state.scenarios[row].used = 1;
        state.stressed_at[row] = now;
    }
    for model in &mut state.models {
        (model.stress_bps, model.stressed) = ([3_000; 8], 0xFF);
        model.exposure.kind = 1;
    }
    let mut random = 7u64;
    for day in 1..=64 {
        let row = [0i16; 8].map(|_| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((random >> 40) % 4_001) as i16 - 2_000
        });
        state.returns.append(day, &row, state.params.decay_bps).unwrap();
    }
    state.invariant().unwrap();
    let mut account = gimbal::chain::Chain::require_account(&world.chain, &book).unwrap();
    account.data = [<Book as anchor_lang::Discriminator>::DISCRIMINATOR, bytemuck::bytes_of(&state)].concat();
    world.chain.set_account(&book, account).unwrap();

    // Only half of the exposures fit a transaction of a test; the router's call carries all, most of which cost little.
    let held = Exposure {
        delta: 1_000,
        delta_bps: 10_000,
        liquidity: 1_000_000,
        debt: 10,
        debt_bps: 100,
        liquidation_bps: 9_000,
        kind: 1,
        ..Exposure::none()
    };
    let mut args = AssessArgs {
        nav: 32_000,
        line: 7,
        amount: 10,
        values: [1_000; 16],
        line_ids: [0; 16],
        exposures: vec![held; 8],
    };
    args.line_ids.iter_mut().zip(1..).for_each(|(id, next)| *id = next);
    let mut priced = args.clone();
    priced.amount = 100_000;
    for (args, allowed) in [(args, true), (priced, false)] {
        let receipt = world.send(&[assess("ledger", book, args)], &["ledger"]).unwrap();
        let state = world.book();
        assert!(state.figures.value_at_risk > 0 && state.figures.components.iter().all(|part| *part != 0));
        let bounded = Verdict::VAR | Verdict::SHORTFALL | Verdict::STRESS;
        assert_eq!((state.last_flags == 0, state.last_flags & bounded == bounded), (allowed, !allowed));
        println!("assess, sixteen lines and eight assets: {} units", receipt.compute_units);
        assert!(receipt.compute_units <= ENGINE, "{}", receipt.compute_units);
    }
}

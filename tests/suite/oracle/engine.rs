//! A book with two assets, SOL and BTC, whose feeds have a past; and one line for each, and one without.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::oracle;
use gimbal::readers;
use gimbal_tests::season::season;
use risk_oracle::state::Scenario;
use risk_oracle::{AssessArgs, Exposure, Feed, RiskParams, SetAssetArgs, SetLineModelArgs, SetScenarioArgs, NO_ROW};
use solana_instruction::Instruction;

use super::world::*;

/// Pyth's id of BTC/USD.
pub const BTC: [u8; 32] = [0xBC; 32];
/// NAV of the questions.
pub const NAV: u64 = 1_000_000_000;

/// SOL at $150 and BTC at $90,000, both with forty closed bars. The book is empty.
pub fn with_feeds() -> World {
    let mut world = World::priced();
    let register = oracle::register_feed(&pubkey("owner"), &pubkey("payer"), registration(BTC, [0; 32]));
    world.send(&[register], &["owner"]).expect("a second feed");
    update(&mut world, 150 * DOLLAR, 90_000 * DOLLAR);
    for feed in feeds() {
        season(&mut world.chain, &feed, 40);
    }
    world
}

/// With SOL and BTC as assets 0 and 1; lines 1 and 2 move with them, line 3 with nothing. Nothing is limited.
pub fn with_assets() -> World {
    let mut world = with_feeds();
    let (owner, book) = (pubkey("owner"), world.book);
    let mut instructions: Vec<Instruction> = (0..).zip(feeds()).map(|(index, feed)| set_asset(index, feed)).collect();
    instructions
        .extend((1..=3).map(|line| oracle::set_line_risk(&owner, &book, line_risk(line, &[], 10_000, u64::MAX))));
    instructions.extend([model(1, 0), model(2, 1)].map(|args| oracle::set_line_model(&owner, &book, args)));
    for instruction in instructions {
        world.send(&[instruction], &["owner"]).expect("a book with assets");
    }
    world.send(&[observe(&world)], &[]).expect("a first observation");
    world
}

/// Both feeds, in the order of the assets.
pub fn feeds() -> [Pubkey; 2] {
    [SOL, BTC].map(|id| oracle::feed_address(&pubkey("owner"), &id))
}

pub fn feed(world: &World, index: usize) -> Feed {
    readers::read(&world.chain, &feeds()[index]).expect("a feed")
}

pub fn observe(world: &World) -> Instruction {
    oracle::observe(&world.book, &feeds())
}

pub fn set_asset(index: u8, feed: Pubkey) -> Instruction {
    oracle::set_asset(&pubkey("owner"), &book(), SetAssetArgs { index, feed })
}

/// The book's address.
pub fn book() -> Pubkey {
    risk_oracle::seeds::find_book(&pubkey("ledger")).0
}

pub fn model(line: u16, asset: u8) -> SetLineModelArgs {
    SetLineModelArgs { line, asset, protocol: 255, scaled: true }
}

pub fn set_params(role: &str, params: RiskParams) -> Instruction {
    oracle::set_risk_params(&pubkey(role), &book(), params)
}

/// Sets parameters as the owner, before anybody depends on the book.
pub fn limit(world: &mut World, change: impl FnOnce(&mut RiskParams)) {
    let mut params = world.book().params;
    change(&mut params);
    world.send(&[set_params("owner", params)], &["owner"]).expect("parameters");
}

pub fn scenario(index: u8, label: &str, shocks: [i32; 2]) -> SetScenarioArgs {
    let mut scenario = Scenario { used: 1, ..Scenario::default() };
    scenario.label[..label.len()].copy_from_slice(label.as_bytes());
    scenario.shocks_bps[..2].copy_from_slice(&shocks);
    SetScenarioArgs { index, scenario }
}

/// Brings prices to both feeds, published now; SOL's second source says the same.
pub fn update(world: &mut World, sol: i64, btc: i64) {
    let (first, second) = (world.price(sol), world.second_price(sol));
    world.post(&first, &second);
    world.send(&[world.update_both()], &[]).expect("a price of SOL");
    update_btc(world, btc);
}

pub fn update_btc(world: &mut World, btc: i64) {
    let posted = pubkey("posted bitcoin");
    let price = gimbal::chain::PriceUpdate { feed_id: BTC, ..world.price(btc) };
    gimbal::chain::Sandbox::set_price(&mut world.chain, &posted, &price).expect("a posted price");
    world.send(&[oracle::update_feed(&feeds()[1], &posted, None)], &[]).expect("a price of BTC");
}

/// A token bought outright.
pub fn outright(value: u64) -> Exposure {
    Exposure { delta: value as i64, delta_bps: 10_000, kind: 1, ..Exposure::none() }
}

/// `amount` for row `row`; rows 0, 1 and 2 hold lines 1, 2 and 3.
pub fn ask(row: u8, amount: u64, values: [u64; 3], exposures: [Exposure; 3]) -> AssessArgs {
    let mut args =
        AssessArgs { nav: NAV, line: row, amount, values: [0; 16], line_ids: [0; 16], exposures: exposures.to_vec() };
    args.line_ids[..3].copy_from_slice(&[1, 2, 3]);
    args.values[..3].copy_from_slice(&values);
    args
}

/// A report: a tenth of NAV in SOL, the rest in cash.
pub fn report() -> AssessArgs {
    let held = NAV / 10;
    AssessArgs { line: NO_ROW, ..ask(0, 0, [held, 0, 0], [outright(held), outright(0), Exposure::none()]) }
}

/// New money for SOL on top of [`report`].
pub fn more(amount: u64) -> AssessArgs {
    AssessArgs { line: 0, amount, ..report() }
}

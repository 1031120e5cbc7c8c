//! Each instruction once, in its ordinary case, and what it may cost at the most.

use gimbal::setup::Asset;

use super::last_instruction;
use crate::{Fixture, Outcome, Plan, DAY, USDC};

/// One measured instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// What was done.
    pub name: &'static str,
    /// What it used.
    pub units: u64,
    /// What it may use; none where nothing was promised.
    pub ceiling: Option<u64>,
}

/// Collects flows.
#[derive(Default)]
struct Meter(Vec<Flow>);

impl Meter {
    fn note(&mut self, name: &'static str, ceiling: Option<u64>, outcome: Outcome) {
        let receipt = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        self.0.push(Flow { name, units: last_instruction(&receipt.logs), ceiling });
    }
}

/// Price of a dollar as feeds are given it, exponent −8.
const DOLLAR: i64 = 100_000_000;

/// A vault whose `count` lines all hold money.
fn invested(count: usize, policy: u8) -> Fixture {
    let mut fx = Fixture::from_plan(Plan { policy, ..Plan::with_lines(count) });
    let founder = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");
    fx.refresh_all();
    for place in 0..count {
        if policy == 0 {
            fx.router().rebalance(place).expect("money for every line");
        } else {
            // Water-filling may leave a line empty.
            let _ = fx.router().rebalance(place);
        }
        fx.refresh_all();
    }
    fx
}

/// Measures everything. Meaningful on bytecode only.
///
/// # Panics
///
/// If an instruction is refused.
pub fn measure() -> Vec<Flow> {
    let mut meter = Meter::default();
    depositors(&mut meter);
    oracle(&mut meter);
    router(&mut meter);
    meter.0
}

fn depositors(meter: &mut Meter) {
    for (count, name) in [(1, "`deposit`, 1 line"), (16, "`deposit`, 16 lines")] {
        let mut fx = invested(count, 0);
        let alice = fx.depositor(10_000 * USDC);
        meter.note(name, Some(60_000), fx.vault().deposit(&alice, 1_000 * USDC, 0));
    }
    let mut fx = invested(3, 0);
    let alice = fx.depositor(100_000 * USDC);
    meter.note("`mint`", Some(60_000), fx.vault().mint(&alice, 1_000 * USDC, 2_000 * USDC));
    meter.note("`redeem` from cash", Some(60_000), fx.vault().redeem(&alice, 100 * USDC, 0));
    meter.note("`withdraw` from cash", Some(60_000), fx.vault().withdraw(&alice, 100 * USDC, 200 * USDC));
    let allocate = fx.vault().deposit_and_allocate(&alice, 10_000 * USDC, 0, 0);
    meter.note("`deposit_and_allocate`", Some(160_000), allocate);
    fx.refresh_all();
    meter.note("`request_redeem`", None, fx.vault().request_redeem(&alice, 500 * USDC));
    meter.note("`fill_tickets`, 1 ticket", None, fx.vault().fill_tickets(1));
    meter.note("`claim`", None, fx.vault().claim(&alice, 0));
    fx.vault().request_redeem(&alice, 500 * USDC).expect("a ticket");
    meter.note("`cancel`", None, fx.vault().cancel(&alice, 1));
}

fn oracle(meter: &mut Meter) {
    let mut fx = Fixture::with_lines(1);
    fx.warp(60);
    meter.note("`update_feed`", Some(25_000), fx.set_price(Asset::Btc, 60_100 * DOLLAR));
    fx.warp(DAY);
    meter.note("`update_feed`, closing a bar", Some(25_000), fx.set_price(Asset::Btc, 60_200 * DOLLAR));
}

fn router(meter: &mut Meter) {
    let mut fx = Fixture::with_lines(3);
    let founder = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");
    fx.refresh_all();
    meter.note("`rebalance`, deploying, with `assess`", Some(160_000), fx.router().rebalance(0));
    fx.refresh_all();
    meter.note("`rebalance`, deploying through a swap", None, fx.router().rebalance(2));
    fx.refresh_all();
    meter.note("`refresh` of a lending line", Some(25_000), fx.router().refresh(0));
    meter.note("`refresh` of a swapped line", None, fx.router().refresh(2));
    let curator = fx.deployment.actors.curator.insecure_clone();
    meter.note("`recall`", None, fx.router().recall(&curator, 0, 1_000 * USDC));
    meter.note("`recall` through a swap", None, fx.router().recall(&curator, 2, 1_000 * USDC));

    let mut fx = Fixture::from_plan(Plan { policy: 1, ..Plan::with_lines(16) });
    let founder = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");
    fx.refresh_all();
    meter.note("`rebalance`, water-filling 16 lines, with `assess`", Some(160_000), fx.router().rebalance(0));
}

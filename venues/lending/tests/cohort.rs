//! One cohort's step, worked by hand: 10 BTC at 60,000 USD against USDC.

use lending_venue::{
    math::cohort::{step, Conditions, Move, PRICE_SCALE},
    state::Cohort,
    LendingError,
};
use proptest::prelude::*;

const USDC: u64 = 1_000_000;

fn usd(price: u64) -> u64 {
    price * PRICE_SCALE as u64
}

/// Wants 50 %, is liquidated from 80 % with 5 % bonus, half at a time.
fn btc() -> Cohort {
    Cohort {
        symbol: *b"BTC\0\0\0\0\0",
        collateral: 10_000_000,
        home_collateral: 10_000_000,
        slow_price: usd(60_000),
        target_ltv_bps: 5_000,
        liquidation_ltv_bps: 8_000,
        bonus_bps: 500,
        close_factor_bps: 5_000,
        choke_rate_bps: 2_000,
        speed_bps: 10_000,
        refill_bps: 0,
        slow_bps: 0,
        ..Cohort::default()
    }
}

fn calm(debt: u64) -> Conditions {
    Conditions {
        price: usd(60_000),
        loan_price: usd(1),
        loan_decimals: 6,
        debt,
        borrow_rate_bps: 0,
        room: u64::MAX,
        wallet: u64::MAX,
        liquidators: u64::MAX,
    }
}

#[test]
fn borrows_up_to_its_target_and_repays_down_to_it() {
    // Half of 600,000.
    assert_eq!(step(&mut btc(), &calm(0)), Ok(Move { borrow: 300_000 * USDC, ..Move::default() }));
    assert_eq!(step(&mut btc(), &calm(300_000 * USDC)), Ok(Move::default()));
    assert_eq!(step(&mut btc(), &calm(340_000 * USDC)), Ok(Move { repay: 40_000 * USDC, ..Move::default() }));
    let mut slow = Cohort { speed_bps: 1_000, ..btc() };
    assert_eq!(step(&mut slow, &calm(0)).unwrap().borrow, 30_000 * USDC);
}

#[test]
fn dear_money_and_falling_prices_shrink_what_it_wants() {
    // At half the choke rate it wants half; at the choke rate nothing.
    let at = |bps| Conditions { borrow_rate_bps: bps, ..calm(0) };
    assert_eq!(step(&mut btc(), &at(1_000)).unwrap().borrow, 150_000 * USDC);
    assert_eq!(step(&mut btc(), &at(2_000)).unwrap().borrow, 0);
    assert_eq!(step(&mut btc(), &at(9_000)).unwrap().borrow, 0);
    // Price 10 % below its slow average: 540,000 × 50 % × 0.9.
    let mut falling = btc();
    let step_down = Conditions { price: usd(54_000), ..calm(0) };
    assert_eq!(step(&mut falling, &step_down).unwrap().borrow, 243_000 * USDC);
    // 40 % above: 840,000 × 70 %; the trend counts at most 1.5 times, and 3 points below the threshold.
    let rising = |price| Conditions { price: usd(price), ..calm(0) };
    assert_eq!(step(&mut btc(), &rising(84_000)).unwrap().borrow, 588_000 * USDC);
    assert_eq!(step(&mut btc(), &rising(120_000)).unwrap().borrow, 900_000 * USDC);
    let mut greedy = Cohort { target_ltv_bps: 7_900, ..btc() };
    assert_eq!(step(&mut greedy, &calm(0)).unwrap().borrow, 462_000 * USDC, "600,000 × 77 %");
}

#[test]
fn a_loan_at_the_threshold_is_liquidated_by_half_with_a_bonus() {
    let mut cohort = btc();
    // 480,000 on 600,000 is 80 %: 240,000 repaid for 252,000 of BTC at 60,000 = 4.2 BTC.
    let action = step(&mut cohort, &calm(480_000 * USDC)).unwrap();
    assert_eq!(action, Move { liquidate: 240_000 * USDC, ..Move::default() });
    assert_eq!(cohort.collateral, 5_800_000);
    assert_eq!(cohort.liquidated, 240_000 * USDC);
    assert_eq!(step(&mut btc(), &calm(479_999 * USDC)).unwrap().liquidate, 0, "just below");
}

#[test]
fn debt_that_the_collateral_no_longer_covers_defaults() {
    let mut cohort = btc();
    // 420,000 of collateral covers 420,000 / 1.05 = 400,000 of the 480,000 owed.
    let crash = Conditions { price: usd(42_000), ..calm(480_000 * USDC) };
    let action = step(&mut cohort, &crash).unwrap();
    assert_eq!(action, Move { liquidate: 400_000 * USDC, default_on_rest: true, ..Move::default() });
    assert_eq!(cohort.collateral, 0);
}

#[test]
fn liquidators_without_money_repay_what_they_have_and_nothing_defaults_yet() {
    let mut cohort = btc();
    let poor = Conditions { price: usd(42_000), liquidators: 100_000 * USDC, ..calm(480_000 * USDC) };
    let action = step(&mut cohort, &poor).unwrap();
    assert_eq!(action, Move { liquidate: 100_000 * USDC, ..Move::default() });
    // 105,000 of BTC at 42,000 = 2.5 BTC.
    assert_eq!(cohort.collateral, 7_500_000);
}

#[test]
fn keeps_to_the_room_the_wallet_and_the_debt() {
    let small = Conditions { room: 7, ..calm(0) };
    assert_eq!(step(&mut btc(), &small).unwrap().borrow, 7);
    let broke = Conditions { wallet: 9, ..calm(400_000 * USDC) };
    assert_eq!(step(&mut btc(), &broke).unwrap().repay, 9);
}

#[test]
fn rebuilds_its_collateral_and_follows_the_price_slowly() {
    let mut cohort = Cohort { collateral: 2_000_000, refill_bps: 1_000, slow_bps: 2_000, ..btc() };
    step(&mut cohort, &Conditions { price: usd(70_000), ..calm(0) }).unwrap();
    assert_eq!(cohort.collateral, 2_800_000, "a tenth of the missing 8");
    assert_eq!(cohort.slow_price, usd(62_000), "a fifth of the way");
    let mut fresh = Cohort { slow_price: 0, ..btc() };
    step(&mut fresh, &calm(0)).unwrap();
    assert_eq!(fresh.slow_price, usd(60_000));
}

#[test]
fn a_loan_asset_with_nine_decimals_counts_in_its_own_units() {
    // Half of 600,000 USD in SOL at 150 is 2,000 SOL.
    let sol = Conditions { loan_price: usd(150), loan_decimals: 9, ..calm(0) };
    assert_eq!(step(&mut btc(), &sol).unwrap().borrow, 2_000_000_000_000);
}

#[test]
fn prices_of_zero_are_refused() {
    assert_eq!(step(&mut btc(), &Conditions { price: 0, ..calm(0) }), Err(LendingError::ZeroPrice));
    assert_eq!(step(&mut btc(), &Conditions { loan_price: 0, ..calm(0) }), Err(LendingError::ZeroPrice));
}

proptest! {
    #[test]
    fn never_moves_more_than_there_is(
        collateral in any::<u64>(), price in 1u64.., loan_price in 1u64.., decimals in 0u32..12,
        debt in any::<u64>(), rate in any::<u32>(), room in any::<u64>(), wallet in any::<u64>(), liquidators in any::<u64>(),
    ) {
        let mut cohort = Cohort { collateral, ..btc() };
        let now = Conditions {
            price, loan_price, loan_decimals: decimals, debt, borrow_rate_bps: rate, room, wallet, liquidators,
        };
        if let Ok(action) = step(&mut cohort, &now) {
            prop_assert!(action.borrow <= room);
            prop_assert!(action.repay <= wallet.min(debt));
            prop_assert!(action.liquidate <= liquidators.min(debt));
            let kinds = [action.borrow, action.repay, action.liquidate].iter().filter(|part| **part > 0).count();
            prop_assert!(kinds <= 1);
            prop_assert!(cohort.collateral <= collateral || cohort.collateral <= cohort.home_collateral);
            if action.default_on_rest {
                prop_assert_eq!(cohort.collateral, 0);
                prop_assert!(action.liquidate < debt);
            }
        }
    }
}

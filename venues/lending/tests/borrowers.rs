//! The market's side on a chain: loans by hand, losses, and the simulated borrowers.

mod common;

use common::{code, config, Fixture, SEED, USDC};
use gimbal_venue_wire::klend::{error_code, FRACTION_ONE};
use lending_venue::{
    math::cohort::PRICE_SCALE, state::Loan, Cap, CohortParams, LendingError, ReserveConfig, SetMarketArgs,
    SimulateBorrowersArgs, WriteOffArgs,
};

fn usd(price: u64) -> u64 {
    price * PRICE_SCALE as u64
}

fn cohort(symbol: &[u8; 3], whole_tokens: u64) -> CohortParams {
    let [a, b, c] = *symbol;
    CohortParams {
        symbol: [a, b, c, 0, 0, 0, 0, 0],
        collateral: whole_tokens * 1_000_000,
        target_ltv_bps: 5_000,
        liquidation_ltv_bps: 8_000,
        bonus_bps: 500,
        close_factor_bps: 5_000,
        choke_rate_bps: 5_000,
        speed_bps: 10_000,
        refill_bps: 0,
        slow_bps: 10_000,
    }
}

fn prices(btc: u64, eth: u64, sol: u64) -> SimulateBorrowersArgs {
    SimulateBorrowersArgs { collateral_prices: [usd(btc), usd(eth), usd(sol)], loan_price: usd(1) }
}

/// 10,000 USDC deposited; 0.1 BTC, 1 ETH and 10 SOL pledged: 6,000, 3,000 and 1,500 USD.
fn lively_market() -> Fixture {
    let mut f = Fixture::new();
    f.deposit(10_000 * USDC - SEED).unwrap();
    let mut btc = cohort(b"BTC", 0);
    btc.collateral = 100_000;
    let cohorts = f.client.set_cohorts(vec![btc, cohort(b"ETH", 1), cohort(b"SOL", 10)]);
    f.as_owner(&[cohorts]).unwrap();
    f
}

/// Debt at its last touch, whole units.
fn owed(loan: &Loan) -> u64 {
    let [low, high] = loan.debt_sf;
    (high << 4) | (low >> 60)
}

fn simulate(f: &mut Fixture, args: SimulateBorrowersArgs) {
    let step = f.client.simulate_borrowers(f.owner_usdc, args);
    f.as_owner(&[step]).unwrap();
    f.assert_conserved();
}

#[test]
fn loans_need_a_refresh_in_the_same_slot() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    let borrow = f.client.borrow(f.owner_usdc, USDC);
    assert_eq!(code(f.as_owner(std::slice::from_ref(&borrow))), Some(error_code::RESERVE_STALE));
    f.refreshed(borrow).unwrap();
    let repay = f.client.repay(f.owner_usdc, USDC);
    assert_eq!(code(f.as_owner(std::slice::from_ref(&repay))), Some(error_code::RESERVE_STALE));
}

#[test]
fn loans_keep_to_klends_limits() {
    let limits = ReserveConfig {
        borrow_limit: 80 * USDC,
        utilization_limit_pct: 60,
        debt_cap: Cap { capacity: 50 * USDC as i64, interval_length: 60 },
        ..config()
    };
    let mut f = Fixture::with_config(limits);
    f.deposit(100 * USDC - SEED).unwrap();
    let borrow = |f: &Fixture, amount| f.client.borrow(f.owner_usdc, amount);
    let cases = [
        (0, error_code::INVALID_AMOUNT),
        (81 * USDC, error_code::BORROW_LIMIT_EXCEEDED),
        (51 * USDC, error_code::WITHDRAWAL_CAP_REACHED),
    ];
    for (amount, number) in cases {
        let ix = borrow(&f, amount);
        assert_eq!(code(f.refreshed(ix)), Some(number), "{amount}");
    }
    let ix = borrow(&f, 50 * USDC);
    f.refreshed(ix).unwrap();
    f.chain.warp(60).unwrap();
    let ix = borrow(&f, 11 * USDC);
    assert_eq!(code(f.refreshed(ix)), Some(error_code::BORROWING_ABOVE_UTILIZATION_RATE_DISABLED));
    let ix = borrow(&f, 9 * USDC);
    f.refreshed(ix).unwrap();
    let stop = f.client.set_market(SetMarketArgs { emergency_mode: false, borrowing_disabled: true });
    f.as_owner(&[stop]).unwrap();
    let ix = borrow(&f, 1);
    assert_eq!(code(f.refreshed(ix)), Some(error_code::BORROWING_DISABLED));
    f.assert_conserved();
}

#[test]
fn beyond_the_vault_a_loan_is_refused_as_illiquid() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC - SEED).unwrap();
    let ix = f.client.borrow(f.owner_usdc, 100 * USDC + 1);
    assert_eq!(code(f.refreshed(ix)), Some(error_code::INSUFFICIENT_LIQUIDITY));
}

#[test]
fn a_repayment_takes_at_most_the_debt_rounded_up() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    let ix = f.client.borrow(f.owner_usdc, 40 * USDC);
    f.refreshed(ix).unwrap();
    f.chain.warp(86_400).unwrap();
    let before = f.balance(&f.owner_usdc);
    let ix = f.client.repay(f.owner_usdc, u64::MAX / 2);
    f.refreshed(ix).unwrap();
    let paid = before - f.balance(&f.owner_usdc);
    // 40 % utilisation on the way to 80 %: 5 % a year; a day of slots of 0.4 s against klend's of 0.5 s:
    // 216,000 of 63,072,000, which is 6,850 units of interest.
    assert!((40_006_800..40_006_900).contains(&paid), "{paid}");
    assert!(f.books(|books| books.borrowed_amount_sf()) < FRACTION_ONE, "less than a unit is left");
    let ix = f.client.repay(f.owner_usdc, 5);
    assert_eq!(code(f.refreshed(ix)), Some(u32::from(LendingError::RepayTooSmall)));
    f.assert_conserved();
}

#[test]
fn a_loss_is_borne_by_the_holders_of_ctokens() {
    let mut f = Fixture::new();
    f.deposit(1_000 * USDC - SEED).unwrap();
    let ix = f.client.borrow(f.owner_usdc, 400 * USDC);
    f.refreshed(ix).unwrap();
    let ix = f.client.write_off(WriteOffArgs { borrower: 255, amount: 100 * USDC });
    f.refreshed(ix).unwrap();
    // 900 for 1,000 cTokens.
    let before = f.balance(&f.alice_usdc);
    f.redeem(100 * USDC).unwrap();
    let paid = f.balance(&f.alice_usdc) - before;
    assert!((90 * USDC..=90 * USDC + 10).contains(&paid), "{paid}");
    assert_eq!(f.borrowers().written_off, 100 * USDC);
    let nobody = f.client.write_off(WriteOffArgs { borrower: 2, amount: 1 });
    assert_eq!(code(f.refreshed(nobody)), Some(u32::from(LendingError::UnknownBorrower)));
    f.assert_conserved();
}

#[test]
fn only_the_owner_plays_the_market() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    let mut client = f.client;
    client.owner = solana_signer::Signer::pubkey(&f.alice);
    let instructions = [
        client.borrow(f.alice_usdc, 1),
        client.repay(f.alice_usdc, 1),
        client.write_off(WriteOffArgs { borrower: 255, amount: 1 }),
        client.set_config(config()),
        client.set_status(1),
        client.set_price([1, 0]),
        client.set_cohorts(vec![]),
        client.set_market(SetMarketArgs::default()),
        client.simulate_borrowers(f.alice_usdc, prices(1, 1, 1)),
    ];
    for ix in instructions {
        assert_eq!(code(f.as_alice(&[client.refresh(None), ix])), Some(u32::from(LendingError::InvalidMarketOwner)));
    }
}

#[test]
fn configurations_that_klend_refuses_are_refused() {
    let mut f = Fixture::new();
    let curve = |points: &[(u32, u32)]| ReserveConfig::open(points);
    for bad in [
        curve(&[(1, 0), (10_000, 5)]),
        curve(&[(0, 0), (9_999, 5)]),
        curve(&[(0, 10), (10_000, 5)]),
        curve(&[(0, 0), (5_000, 1), (5_000, 2), (10_000, 5)]),
    ] {
        let ix = f.client.set_config(bad);
        assert_eq!(code(f.as_owner(&[ix])), Some(6060));
    }
    let ix = f.client.set_config(ReserveConfig { protocol_take_rate_pct: 101, ..config() });
    assert_eq!(code(f.as_owner(&[ix])), Some(error_code::INVALID_CONFIG));
}

#[test]
fn calm_prices_draw_loans_until_the_rate_stops_them() {
    let mut f = lively_market();
    simulate(&mut f, prices(60_000, 3_000, 150));
    // The first cohort meets free money: half of 6,000.
    let borrowers = f.borrowers();
    assert_eq!(owed(&borrowers.cohorts[0].loan), 3_000 * USDC);
    assert_eq!(f.balance(&f.reserve.borrowers_wallet), borrowers.borrowed);
    // 30 % utilisation costs 3.75 %, so the second wants 1,500 × (1 − 375/5,000) = 1,387.50.
    assert_eq!(owed(&borrowers.cohorts[1].loan), 1_387_500_000);
    for _ in 0..20 {
        f.chain.advance_slots(10).unwrap();
        simulate(&mut f, prices(60_000, 3_000, 150));
    }
    let before = f.books(|books| books.borrowed_amount_sf());
    f.chain.advance_slots(10).unwrap();
    simulate(&mut f, prices(60_000, 3_000, 150));
    let after = f.books(|books| books.borrowed_amount_sf());
    assert!(before.abs_diff(after) < before / 20, "the market has settled");
}

#[test]
fn a_crash_liquidates_defaults_and_lowers_the_rate() {
    let mut f = lively_market();
    simulate(&mut f, prices(60_000, 3_000, 150));
    let rate_before = f.books(|books| books.total_supply_sf()).unwrap();
    let liquidator_before = f.balance(&f.owner_usdc);
    f.chain.advance_slots(5).unwrap();
    // BTC to 25,000: 2,500 of collateral for 3,000 of debt; 2,500 / 1.05 = 2,380.95 is repaid, the rest lost.
    simulate(&mut f, prices(25_000, 3_000, 150));
    let borrowers = f.borrowers();
    assert_eq!(borrowers.cohorts[0].collateral, 0);
    assert_eq!(borrowers.cohorts[0].liquidated, 2_380_952_380);
    let defaulted = borrowers.cohorts[0].defaulted;
    assert!((619_047_620..619_060_000).contains(&defaulted), "{defaulted}");
    assert_eq!(liquidator_before - f.balance(&f.owner_usdc), borrowers.liquidated);
    let rate_after = f.books(|books| books.total_supply_sf()).unwrap();
    let lost = ((rate_before - rate_after) >> 60) as u64;
    assert!((619_000_000..=619_047_620).contains(&lost), "the depositors lost it, less the interest: {lost}");
}

#[test]
fn a_rally_drains_the_vault_and_redemptions_wait_for_repayments() {
    let mut f = lively_market();
    let steep = f.client.set_config(ReserveConfig::open(&[(0, 0), (10_000, 100)]));
    f.as_owner(&[steep]).unwrap();
    simulate(&mut f, prices(60_000, 3_000, 150));
    for step in 1..=6 {
        f.chain.advance_slots(5).unwrap();
        simulate(&mut f, prices(60_000 + step * 40_000, 3_000 + step * 1_000, 150));
    }
    assert!(f.books(|books| books.available_amount()) < USDC, "lent but for dust");
    assert_eq!(code(f.redeem(USDC)), Some(error_code::INSUFFICIENT_LIQUIDITY));
    f.chain.advance_slots(5).unwrap();
    simulate(&mut f, prices(250_000, 8_500, 145));
    f.redeem(USDC).unwrap();
    f.assert_conserved();
}

#[test]
fn cohorts_are_checked_and_not_swapped_under_their_debt() {
    let mut f = lively_market();
    let four = f.client.set_cohorts(vec![cohort(b"BTC", 1); 4]);
    assert_eq!(code(f.as_owner(&[four])), Some(u32::from(LendingError::TooManyCohorts)));
    let reckless = CohortParams { target_ltv_bps: 8_000, ..cohort(b"BTC", 1) };
    let ix = f.client.set_cohorts(vec![reckless]);
    assert_eq!(code(f.as_owner(&[ix])), Some(error_code::INVALID_CONFIG));
    simulate(&mut f, prices(60_000, 3_000, 150));
    let swap = f.client.set_cohorts(vec![]);
    assert_eq!(code(f.as_owner(&[swap])), Some(u32::from(LendingError::CohortHasDebt)));
    let unpriced = f.client.simulate_borrowers(f.owner_usdc, prices(0, 3_000, 150));
    assert_eq!(code(f.as_owner(&[unpriced])), Some(u32::from(LendingError::ZeroPrice)));
}

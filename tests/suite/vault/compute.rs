//! Ceilings of what a user's instructions may cost, all calls included. They bite on bytecode; native figures are nominal.

use super::*;

const CEILING: u64 = 60_000;

#[track_caller]
fn assert_below(receipt: &Receipt, ceiling: u64) {
    let used = receipt.compute_units;
    assert!(used > 0 && used <= ceiling, "{used} compute units, over {ceiling}");
}

#[test]
fn a_flow_costs_the_same_whatever_the_number_of_lines() {
    for lines in [0, 16] {
        let mut fx = Fixture::with_lines(lines);
        let alice = fx.depositor(1_000 * USDC);
        let deposit = fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
        assert_below(&deposit, CEILING);
        let mint = fx.vault().mint(&alice, 100 * USDC, u64::MAX).unwrap();
        assert_below(&mint, CEILING);
        let redeem = fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
        assert_below(&redeem, CEILING);
        let withdraw = fx.vault().withdraw(&alice, 100 * USDC, u64::MAX).unwrap();
        assert_below(&withdraw, CEILING);
    }
}

#[test]
fn the_queue_fits_its_transactions() {
    let (mut fx, alice) = gained();
    for _ in 0..8 {
        let request = fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
        assert_below(&request, 50_000);
    }
    let fill = fx.vault().fill_tickets(8).unwrap();
    assert_below(&fill, 100_000);
    let claim = fx.vault().claim(&alice, 0).unwrap();
    assert_below(&claim, CEILING);
}

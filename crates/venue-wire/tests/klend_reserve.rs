//! The reserve's layout and the cToken rate, on mainnet's USDC reserve of November 2025.
//!
//! Expected figures were computed from the account's bytes and the IDL with unbounded integers,
//! outside this crate.

mod common;

use common::{key, real_account};
use gimbal_venue_wire::{
    klend::{self, layout as at, CurvePoint, Exchange, ReserveMut, ReserveStatus, ReserveView, WithdrawalCap},
    WireError,
};
use proptest::prelude::*;

const AVAILABLE: u64 = 129_639_221_256_987;
const BORROWED_SF: u128 = 528_226_314_842_391_338_395_768_829_705_943;
const PROTOCOL_FEES_SF: u128 = 336_456_479_477_979_253_467_185_780_074;
const COLLATERAL: u64 = 505_501_704_354_504;
const TOTAL_SUPPLY_SF: u128 = 677_353_704_390_578_751_081_547_123_747_181;

fn usdc_exchange() -> Exchange {
    Exchange::new(TOTAL_SUPPLY_SF, COLLATERAL)
}

#[test]
fn reads_every_field_of_the_real_usdc_reserve() {
    let Some(account) = real_account("klend-reserve-usdc.json") else { return };
    assert_eq!(account.owner, klend::PROGRAM_ID);
    assert_eq!(account.key, key("D6q6wuQSrifJKZYpR1M8R4YawnLDtDsMmWM1NbBmgJ59"));
    let reserve = ReserveView::parse(&account.data).expect("a reserve");

    assert_eq!(reserve.version(), 1);
    assert_eq!(reserve.last_update_slot(), 377_723_091);
    assert!(reserve.is_marked_stale());
    assert_eq!(reserve.price_status(), at::PRICE_STATUS_ALL);
    assert_eq!(reserve.lending_market(), key("7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF"));
    assert_eq!(reserve.liquidity_mint(), key("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"));
    assert_eq!(reserve.supply_vault(), key("Bgq7trRgVMeq33yt235zM2onQ4bRDBsY5EWiTetF4qw6"));
    assert_eq!(reserve.fee_vault(), key("BbDUrk1bVtSixgQsPLBJFZEF7mwGstnD5joA1WzYvYFX"));
    assert_eq!(reserve.available_amount(), AVAILABLE);
    assert_eq!(reserve.borrowed_amount_sf(), BORROWED_SF);
    assert_eq!(reserve.market_price_sf(), 1_152_795_282_760_522_618);
    assert_eq!(reserve.market_price_last_updated_ts(), 1_762_201_837);
    assert_eq!(reserve.mint_decimals(), 6);
    assert_eq!((reserve.deposit_limit_crossed_ts(), reserve.borrow_limit_crossed_ts()), (0, 0));
    assert_eq!(reserve.accumulated_protocol_fees_sf(), PROTOCOL_FEES_SF);
    assert_eq!((reserve.accumulated_referrer_fees_sf(), reserve.pending_referrer_fees_sf()), (0, 0));
    assert_eq!(reserve.liquidity_token_program(), key("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"));
    assert_eq!(reserve.collateral_mint(), key("B8V6WVjPxW1UGwVDfxH2d2r8SyT4cqn7dQRK6XneVa7D"));
    assert_eq!(reserve.collateral_mint_total_supply(), COLLATERAL);
    assert_eq!(reserve.collateral_supply_vault(), key("3DzjXRfxRm6iejfyyMynR4tScddaanrePJ1NJU2XnPPL"));
    assert_eq!(reserve.status(), Ok(ReserveStatus::Active));
    assert_eq!(reserve.protocol_take_rate_pct(), 10);
    assert_eq!(reserve.host_fixed_interest_rate_bps(), 0);
    assert!(!reserve.is_ctoken_usage_blocked() && !reserve.is_in_emergency_mode());
    assert_eq!((reserve.get(at::LOAN_TO_VALUE_PCT), reserve.get(at::LIQUIDATION_THRESHOLD_PCT)), (80, 90));
    let bonuses = [at::MIN_LIQUIDATION_BONUS_BPS, at::MAX_LIQUIDATION_BONUS_BPS, at::BAD_DEBT_LIQUIDATION_BONUS_BPS];
    assert_eq!(bonuses.map(|field| reserve.get(field)), [100, 1_000, 99]);
    assert_eq!(reserve.curve()[..3], [point(0, 0), point(9_500, 475), point(10_000, 3_000)]);
    assert!(reserve.curve()[3..].iter().all(|p| *p == point(10_000, 3_000)));
    assert_eq!(reserve.curve_point(11), None);
    assert_eq!((reserve.deposit_limit(), reserve.borrow_limit()), (1_000_000_000_000_000, 700_000_000_000_000));
    assert_eq!(reserve.get(at::TOKEN_NAME)[..5], *b"USDC\0");
    assert_eq!(reserve.get(at::MAX_AGE_PRICE_SECONDS), 180);
    assert_eq!(reserve.get(at::SCOPE_PRICE_FEED), key("3t4JZcueEzTbVP6kLxXrL3VpWx45jDer4eqysweBchNH"));
    let cap = |current_total, interval_start| WithdrawalCap {
        capacity: 200_000_000_000_000,
        current_total,
        interval_start,
        interval_length: 86_400,
    };
    assert_eq!(reserve.deposit_withdrawal_cap(), cap(-354_446_203_304, 1_762_174_085));
    assert_eq!(reserve.debt_withdrawal_cap(), cap(-1_965_724_470_554, 1_762_188_246));
    assert_eq!(reserve.utilization_limit_pct(), 0);
    assert_eq!(reserve.queued_collateral_amount(), 0);

    assert_eq!(reserve.total_supply_sf(), Ok(TOTAL_SUPPLY_SF));
    assert_eq!(reserve.exchange(), Ok(usdc_exchange()));
    assert_eq!(reserve.freely_available(), Ok(AVAILABLE));
    let (authority, _) = klend::lending_market_authority(&reserve.lending_market(), &klend::PROGRAM_ID);
    assert_eq!(authority, key("9DrvZvyWh1HuAoZxvYWMvkf2XCzryCpGgHqrMjyDWpmo"));
}

#[test]
fn total_supply_and_rate_are_those_of_the_real_reserve() {
    // 587,510,686,273,095.716 units over 505,501,704,354,504 cTokens: 1.16223284948824 a cToken.
    assert_eq!(TOTAL_SUPPLY_SF >> klend::FRACTION_BITS, 587_510_686_273_095);
    let exchange = usdc_exchange();
    assert_eq!(exchange.liquidity_for_collateral_down(100_000_000_000_000), Ok(116_223_284_948_823));
    assert_eq!(exchange.liquidity_for_collateral_up(100_000_000_000_000), Ok(116_223_284_948_824));
    // All cTokens together are worth the whole supply, less its fraction of a unit.
    assert_eq!(exchange.redeem(COLLATERAL), Ok(587_510_686_273_095));
}

#[test]
fn deposits_mint_rounded_down_and_take_only_what_that_is_worth() {
    let exchange = usdc_exchange();
    // (offered, minted, taken, paid back for all of the minted)
    for (offered, minted, taken, back) in [
        (1, 0, 0, 0),
        (2, 1, 2, 1),
        (1_000_000, 860_412, 1_000_000, 999_999),
        (123_456_789_012, 106_223_799_358, 123_456_789_012, 123_456_789_011),
        (1_000_000_000_000_000, 860_412_782_550_697, 1_000_000_000_000_000, 999_999_999_999_999),
    ] {
        let quote = exchange.deposit(offered).unwrap();
        assert_eq!((quote.collateral, quote.liquidity), (minted, taken), "offered {offered}");
        assert_eq!(exchange.redeem(minted), Ok(back), "offered {offered}");
    }
}

#[test]
fn an_empty_reserve_trades_one_for_one() {
    for exchange in [Exchange::new(0, 0), Exchange::new(5 << 60, 0), Exchange::new(0, 5)] {
        assert_eq!(exchange.deposit(77).map(|q| (q.liquidity, q.collateral)), Ok((77, 77)));
        assert_eq!(exchange.redeem(77), Ok(77));
    }
}

#[test]
fn refuses_other_lengths_and_other_accounts() {
    let mut data = vec![0; 8_624];
    assert_eq!(ReserveView::parse(&data).err(), Some(WireError::WrongDiscriminator));
    ReserveMut::init(&mut data).unwrap();
    assert!(ReserveView::parse(&data).is_ok());
    assert_eq!(ReserveView::parse(&data[..8_623]).err(), Some(WireError::WrongLength));
    data.push(0);
    assert_eq!(ReserveView::parse(&data).err(), Some(WireError::WrongLength));
    assert_eq!(ReserveMut::parse(&mut data).err(), Some(WireError::WrongLength));
}

#[test]
fn fees_beyond_the_assets_are_an_error_and_not_a_huge_supply() {
    let mut data = vec![0; 8_624];
    let mut reserve = ReserveMut::init(&mut data).unwrap();
    reserve.set(at::AVAILABLE_AMOUNT, 5);
    reserve.set(at::PENDING_REFERRER_FEES_SF, (5 << 60) + 1);
    assert_eq!(reserve.view().total_supply_sf(), Err(WireError::FeesExceedAssets));
}

#[test]
fn queued_withdrawals_are_not_free_liquidity() {
    let mut data = vec![0; 8_624];
    let mut reserve = ReserveMut::init(&mut data).unwrap();
    reserve.set(at::AVAILABLE_AMOUNT, 1_000);
    reserve.set(at::BORROWED_AMOUNT_SF, 1_000 << 60);
    reserve.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, 1_000);
    reserve.set(at::QUEUED_COLLATERAL_AMOUNT, 150);
    // Each cToken is worth 2, so the queue is owed 300.
    assert_eq!(reserve.view().freely_available(), Ok(700));
    reserve.set(at::QUEUED_COLLATERAL_AMOUNT, 900);
    assert_eq!(reserve.view().freely_available(), Ok(0));
}

#[test]
fn a_cap_counts_net_outflow_within_its_interval() {
    let cap = WithdrawalCap { capacity: 100, current_total: 30, interval_start: 1_000, interval_length: 60 };
    assert_eq!(cap.room(1_000), 70);
    assert_eq!(cap.room(1_059), 70);
    assert_eq!(cap.room(1_060), 100, "a new interval starts empty");
    assert_eq!(cap.room(999), 0, "the clock lies before the interval");
    assert_eq!(WithdrawalCap { current_total: -30, ..cap }.room(1_001), 130, "net deposits add room");
    assert_eq!(WithdrawalCap { current_total: 101, ..cap }.room(1_001), 0);
    assert_eq!(WithdrawalCap { capacity: -1, ..cap }.room(1_060), 0);
    assert_eq!(WithdrawalCap { interval_length: 0, ..cap }.room(1_001), u64::MAX);
}

/// Offsets summed by hand from the IDL's nested types, apart from the crate's own list.
#[test]
fn writes_land_where_the_idl_says() {
    let mut data = vec![0u8; 8_624];
    let mut reserve = ReserveMut::init(&mut data).unwrap();
    let marker = |n: u8| solana_program::pubkey::Pubkey::new_from_array([n; 32]);
    reserve.set(at::LAST_UPDATE_SLOT, 0x1111);
    reserve.set(at::LAST_UPDATE_STALE, 1);
    reserve.set(at::LAST_UPDATE_PRICE_STATUS, 63);
    reserve.set(at::LENDING_MARKET, marker(1));
    reserve.set(at::LIQUIDITY_MINT, marker(2));
    reserve.set(at::LIQUIDITY_SUPPLY_VAULT, marker(3));
    reserve.set(at::LIQUIDITY_FEE_VAULT, marker(4));
    reserve.set(at::AVAILABLE_AMOUNT, 0x2222);
    reserve.set(at::BORROWED_AMOUNT_SF, 0x3333 << 80);
    reserve.set(at::LIQUIDITY_TOKEN_PROGRAM, marker(5));
    reserve.set(at::COLLATERAL_MINT, marker(6));
    reserve.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, 0x4444);
    reserve.set(at::COLLATERAL_SUPPLY_VAULT, marker(7));
    reserve.set(at::STATUS, 2);
    reserve.set(at::PROTOCOL_TAKE_RATE_PCT, 12);
    reserve.set_curve(&std::array::from_fn(|i| point(i as u32 * 1_000, 7 + i as u32)));
    reserve.set(at::DEPOSIT_LIMIT, 0x5555);
    reserve.set(at::BORROW_LIMIT, 0x6666);
    reserve.set(at::QUEUED_COLLATERAL_AMOUNT, 0x7777);

    let last_update = 8 + 8;
    let liquidity = last_update + 16 + 3 * 32;
    let collateral = liquidity + (3 * 32 + 8 + 2 * 16 + 4 * 8 + 48 + 4 * 16 + 32 + 8 + 50 * 8 + 32 * 16) + 150 * 8;
    let config = collateral + (32 + 8 + 32 + 64 * 16) + 150 * 8;
    let curve = config + 24 + 2 * 8 + 24;
    let limits = curve + 11 * 8 + 8;
    let token_info = limits + 16;
    let caps = token_info + 32 + 6 * 8 + (32 + 16) + 64 + 32 + 8 + 19 * 8;
    let queue = caps + 64 + 20 + 4 + 8 + 32 * 8 + 4 * 8 + 113 * 8 + 8 + 32 * 8;
    assert_eq!(queue + 3 * 8 + 204 * 8, 8_624);

    let u64_at = |at: usize| u64::from_le_bytes(data[at..at + 8].try_into().unwrap());
    assert_eq!(u64_at(8), 1);
    assert_eq!(u64_at(last_update), 0x1111);
    assert_eq!(data[last_update + 8..last_update + 10], [1, 63]);
    assert_eq!(data[last_update + 16..last_update + 48], [1; 32]);
    assert_eq!(data[liquidity..liquidity + 32], [2; 32]);
    assert_eq!(data[liquidity + 32..liquidity + 64], [3; 32]);
    assert_eq!(data[liquidity + 64..liquidity + 96], [4; 32]);
    assert_eq!(u64_at(liquidity + 96), 0x2222);
    assert_eq!(u64_at(liquidity + 104 + 8), 0x3333 << 16);
    assert_eq!(data[liquidity + 280..liquidity + 312], [5; 32]);
    assert_eq!(data[collateral..collateral + 32], [6; 32]);
    assert_eq!(u64_at(collateral + 32), 0x4444);
    assert_eq!(data[collateral + 40..collateral + 72], [7; 32]);
    assert_eq!((data[config], data[config + 14]), (2, 12));
    assert_eq!(data[curve + 3 * 8..curve + 4 * 8], [0xb8, 0x0b, 0, 0, 10, 0, 0, 0]);
    assert_eq!((u64_at(limits), u64_at(limits + 8)), (0x5555, 0x6666));
    assert_eq!(u64_at(queue), 0x7777);
}

fn point(utilization_bps: u32, borrow_rate_bps: u32) -> CurvePoint {
    CurvePoint { utilization_bps, borrow_rate_bps }
}

proptest! {
    #[test]
    fn a_round_trip_never_gains_and_loses_at_most_one_unit(
        supply in 1u64..u64::MAX / 8, fraction in 0u64..1 << 60, collateral in 1u64..u64::MAX / 8, offered in 0u64..1 << 50,
    ) {
        let exchange = Exchange::new((u128::from(supply) << 60) | u128::from(fraction), collateral);
        if let Ok(quote) = exchange.deposit(offered) {
            prop_assert!(quote.liquidity <= offered);
            let back = exchange.redeem(quote.collateral).unwrap();
            prop_assert!(back <= quote.liquidity && quote.liquidity - back <= 1);
        }
    }

    #[test]
    fn the_collateral_for_a_payment_is_enough_and_the_least(
        supply in 1u64..1 << 55, fraction in 0u64..1 << 60, collateral in 1u64..1 << 55, wanted in 0u64..1 << 50,
    ) {
        let exchange = Exchange::new((u128::from(supply) << 60) | u128::from(fraction), collateral);
        if let Ok(burnt) = exchange.collateral_for_redemption_up(wanted) {
            if let Ok(paid) = exchange.redeem(burnt) {
                prop_assert!(paid >= wanted);
            }
            if burnt > 0 {
                prop_assert!(exchange.redeem(burnt - 1).unwrap() < wanted);
            }
        }
    }
}

//! Interest, against figures computed with unbounded integers outside this crate.

use gimbal_venue_wire::{
    klend::{
        accrual::{borrow_rate_down, compounded_down},
        fraction, layout as at, CurvePoint, ReserveMut, FRACTION_ONE,
    },
    WireError,
};

const CURVE: [CurvePoint; 11] = {
    let last = CurvePoint { utilization_bps: 10_000, borrow_rate_bps: 3_000 };
    let mut points = [last; 11];
    points[0] = CurvePoint { utilization_bps: 0, borrow_rate_bps: 0 };
    points[1] = CurvePoint { utilization_bps: 9_500, borrow_rate_bps: 475 };
    points
};

/// Mainnet's USDC reserve of November 2025, its slot moved to 1,000.
fn usdc_reserve(data: &mut [u8]) -> ReserveMut<'_> {
    let mut reserve = ReserveMut::init(data).unwrap();
    reserve.set(at::LAST_UPDATE_SLOT, 1_000);
    reserve.set(at::AVAILABLE_AMOUNT, 129_639_221_256_987);
    reserve.set(at::BORROWED_AMOUNT_SF, 528_226_314_842_391_338_395_768_829_705_943);
    reserve.set(at::ACCUMULATED_PROTOCOL_FEES_SF, 336_456_479_477_979_253_467_185_780_074);
    reserve.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, 505_501_704_354_504);
    reserve.set(at::PROTOCOL_TAKE_RATE_PCT, 10);
    reserve.set_curve(&CURVE);
    reserve
}

#[test]
fn interest_of_the_real_reserve_over_one_to_many_slots() {
    let mut data = vec![0; 8_624];
    let reserve = usdc_reserve(&mut data);
    let view = reserve.view();
    assert_eq!(view.utilization_down(), Ok(899_092_267_058_531_581));
    assert_eq!(view.borrow_rate_down(), Ok(44_954_613_352_926_579), "3.899 %");
    for (slots, growth, borrowed, fees, supply, minted_for_a_million) in [
        (
            0,
            1_152_921_504_606_846_976u128,
            528_226_314_842_391_338_395_768_829_705_943u128,
            336_456_479_477_979_253_467_185_780_074u128,
            677_353_704_390_578_751_081_547_123_747_181u128,
            860_412_782_550u64,
        ),
        (
            1,
            1_152_921_505_319_597_695,
            528_226_315_168_947_555_964_996_461_177_957,
            336_456_512_133_601_010_389_948_757_329,
            677_353_704_684_479_346_893_851_992_241_940,
            860_412_782_177,
        ),
        (
            2,
            1_152_921_506_032_348_414,
            528_226_315_495_503_773_534_224_092_649_971,
            336_456_544_789_222_767_312_711_734_585,
            677_353_704_978_379_942_706_156_860_736_698,
            860_412_781_804,
        ),
        (
            3,
            1_152_921_506_745_099_133,
            528_226_315_822_059_991_103_451_724_121_986,
            336_456_577_444_844_524_235_474_711_842,
            677_353_705_272_280_538_518_461_729_231_456,
            860_412_781_430,
        ),
        (
            4,
            1_152_921_507_457_849_853,
            528_226_316_148_616_209_130_842_650_086_907,
            336_456_610_100_466_326_974_567_138_388,
            677_353_705_566_181_134_743_113_562_769_831,
            860_412_781_057,
        ),
        (
            5,
            1_152_921_508_170_600_571,
            528_226_316_475_172_426_241_906_987_066_015,
            336_456_642_756_088_038_081_000_666_354,
            677_353_705_860_081_730_143_071_466_220_973,
            860_412_780_684,
        ),
        (
            1_000,
            1_152_922_217_357_565_976,
            528_226_641_398_608_907_623_400_301_720_434,
            336_489_135_099_736_176_230_163_036_102,
            677_353_998_291_174_563_386_415_618_505_644,
            860_412_409_221,
        ),
        (
            216_000,
            1_153_075_458_762_150_976,
            528_296_850_985_386_291_564_166_784_836_044,
            343_510_093_777_474_570_270_273_082_136,
            677_417_186_919_274_208_933_141_991_575_220,
            860_332_151_028,
        ),
    ] {
        let accrued = view.accrue(1_000 + slots, 0).unwrap();
        assert_eq!(accrued.growth_sf, growth, "{slots} slots");
        assert_eq!(accrued.borrowed_amount_sf, borrowed, "{slots} slots");
        assert_eq!(accrued.accumulated_protocol_fees_sf, fees, "{slots} slots");
        assert_eq!(accrued.pending_referrer_fees_sf, 0, "{slots} slots");
        assert_eq!(view.total_supply_at(1_000 + slots), Ok(supply), "{slots} slots");
        let minted = view.exchange_at(1_000 + slots).unwrap().deposit(1_000_000_000_000).unwrap().collateral;
        assert_eq!(minted, minted_for_a_million, "{slots} slots");
    }
    assert_eq!(view.accrue(999, 0), Err(WireError::SlotBeforeUpdate));
}

#[test]
fn host_rate_and_referrers_share_the_interest_as_klend_splits_it() {
    let mut data = vec![0; 8_624];
    let mut reserve = usdc_reserve(&mut data);
    reserve.set(at::PROTOCOL_TAKE_RATE_PCT, 15);
    reserve.set(at::HOST_FIXED_INTEREST_RATE_BPS, 50);
    reserve.set(at::PENDING_REFERRER_FEES_SF, 7 << 60);
    reserve.set(at::ACCUMULATED_REFERRER_FEES_SF, 11 << 60);
    let accrued = reserve.view().accrue(1_777, 2_000).unwrap();
    assert_eq!(accrued.growth_sf, 1_152_922_129_429_820_443);
    assert_eq!(accrued.borrowed_amount_sf, 528_226_601_113_343_336_890_204_041_803_939);
    assert_eq!(accrued.accumulated_protocol_fees_sf, 336_519_464_350_652_612_817_076_163_922);
    assert_eq!(accrued.pending_referrer_fees_sf, 7_612_033_501_989_228_275_919_280);
    assert_eq!(
        reserve.view().total_supply_at(1_777),
        Ok(677_353_920_064_611_892_090_853_494_225_313),
        "the split between protocol and referrers does not touch the depositors"
    );
}

#[test]
fn booking_interest_writes_debt_fees_index_and_slot() {
    let mut data = vec![0; 8_624];
    let mut reserve = usdc_reserve(&mut data);
    let supply = reserve.view().total_supply_at(2_000).unwrap();
    let accrued = reserve.accrue(2_000, 0).unwrap();
    assert_eq!(reserve.view().last_update_slot(), 2_000);
    assert_eq!(reserve.view().total_supply_sf(), Ok(supply));
    assert_eq!(reserve.view().accrue(2_000, 0).unwrap().borrowed_amount_sf, accrued.borrowed_amount_sf);
    // The index began at one, so after one step it is the step.
    let index = reserve.get(at::CUMULATIVE_BORROW_RATE_BSF);
    assert_eq!(index[..16], accrued.growth_sf.to_le_bytes());
    assert_eq!(index[16..], [0; 16]);
}

#[test]
fn the_curve_is_linear_between_its_points_and_flat_beyond() {
    for (utilization, rate) in [
        (0, 0),
        (FRACTION_ONE / 2, 28_823_037_615_171_174),
        (FRACTION_ONE * 95 / 100, 54_763_771_468_825_231),
        (FRACTION_ONE * 97 / 100, 171_208_843_434_116_772),
        (FRACTION_ONE, 345_876_451_382_054_092),
        (FRACTION_ONE * 2, 345_876_451_382_054_092),
        (u128::MAX, 345_876_451_382_054_092),
    ] {
        assert_eq!(borrow_rate_down(&CURVE, utilization), Ok(rate), "at {utilization}");
    }
    assert_eq!(borrow_rate_down(&[CurvePoint::default(); 11], FRACTION_ONE), Err(WireError::InvalidCurve));
    let mut falling = CURVE;
    falling[2].borrow_rate_bps = 1;
    assert_eq!(borrow_rate_down(&falling, FRACTION_ONE * 97 / 100), Err(WireError::InvalidCurve));
}

#[test]
fn a_day_at_one_hundred_percent() {
    // (1 + 1/63,072,000)^172,800 = 1.00274348253; klend's polynomial gives 1.00274346845.
    assert_eq!(compounded_down(FRACTION_ONE, 172_800), Ok(1_156_084_508_382_414_976));
    assert_eq!(compounded_down(u128::MAX, 5), Err(WireError::AmountOverflow));
    assert_eq!(compounded_down(fraction::from_bps_down(10_000), u64::MAX), Err(WireError::AmountOverflow));
}

#[test]
fn a_depositor_sees_the_rate_after_its_own_impact() {
    let mut data = vec![0; 8_624];
    let reserve = usdc_reserve(&mut data);
    let view = reserve.view();
    let supply = view.total_supply_sf().unwrap();
    assert_eq!(view.supply_rate_down(supply), Ok(31_551_593_552_073_476), "2.737 %");
    // 100 million USDC more, and the same loans: 1.998 %.
    assert_eq!(view.supply_rate_down(supply + (100_000_000_000_000 << 60)), Ok(23_040_607_918_283_783));
}

#[test]
fn fractions_round_the_way_their_names_say() {
    assert_eq!(fraction::from_bps_down(1), 115_292_150_460_684, "2^60 / 10^4");
    assert_eq!(fraction::from_pct_down(100), FRACTION_ONE);
    assert_eq!(fraction::to_units_down(fraction::from_units(7) + 1), Some(7));
    assert_eq!(fraction::to_units_up(fraction::from_units(7) + 1), Some(8));
    assert_eq!(fraction::to_units_up(fraction::from_units(7)), Some(7));
    assert_eq!(fraction::to_units_up(fraction::from_units(u64::MAX) + 1), None);
    assert_eq!(fraction::mul_down(FRACTION_ONE / 2, 3), Some(1));
    assert_eq!(fraction::div_down(1, 2), Some(FRACTION_ONE / 2));
    assert_eq!(fraction::div_down(1, 0), None);
}

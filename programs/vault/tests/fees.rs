//! What is charged: worked examples, an independent model of arbitrary precision, and what no order of charging changes.

use anchor_lang::prelude::Pubkey;
use gimbal_math::{Assets, Pool, Shares};
use num_bigint::BigUint;
use proptest::prelude::*;
use vault::math::{self, Due, PRICE_ONE, YEAR};
use vault::state::Fees;
use vault::{FeesArgs, VaultError};

const V: u64 = 1_000_000;
const YEAR_SECONDS: i64 = 31_536_000;

fn pool(assets: u64, shares: u64) -> Pool {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

fn fees(management_bps: u16, performance_bps: u16, mark: u64) -> Fees {
    Fees {
        recipient: Pubkey::new_from_array([7; 32]),
        management_bps,
        performance_bps,
        entry_bps: 0,
        exit_bps: 0,
        mark,
        crystallised_at: 0,
        minted: 0,
    }
}

#[test]
fn a_year_has_365_days() {
    assert_eq!(YEAR, 365 * 86_400);
}

/// Worked by hand: 2% of 1,000 USDC for a year are 20 USDC. S + V = 1,001 millions; 20 · 1,001 / (1,001 − 20) =
/// 20.407747… millions of shares.
#[test]
fn a_year_of_management() {
    let pool = pool(1_000_000_000, 1_000_000_000);
    let due = math::due(&fees(200, 0, PRICE_ONE), pool, YEAR_SECONDS);
    assert_eq!(due, Due { management: Assets(20_000_000), performance: Assets(0), shares: Shares(20_407_747) });
    assert_eq!(due.shares_up(), Shares(20_407_748));
    // The rest of everybody's shares is worth 2% less, the virtual amount's part apart.
    let after = math::share_price_down(Pool { shares: Shares(1_020_407_747), ..pool });
    assert_eq!((u128::from(after) * 1_000_000) >> 40, 980_019, "981 / 1,001");
}

/// Worked by hand: assets of 1,200 and 1,000 shares, both with a virtual one: a share is worth 1,201 / 1,001. Above a mark of
/// one it gained 200/1,001, so 1,000 shares gained 199.800199… USDC, of which 20% are 39.960039…
#[test]
fn a_gain_above_the_mark() {
    let pool = pool(1_200_000_000, 1_000_000_000);
    let due = math::due(&fees(0, 2_000, PRICE_ONE), pool, YEAR_SECONDS);
    assert_eq!((due.management, due.performance), (Assets(0), Assets(39_960_039)));
    // 39.960039 · 1,001 / (1,201 − 39.960039) = 34.451871… millions
    assert_eq!(due.shares, Shares(34_451_871));
    let mark = math::mark_up(PRICE_ONE, pool, due.shares);
    // 1,201,000,000 / 1,035,451,871 of 2^40
    assert_eq!(mark, 1_275_301_635_878);
    assert_eq!(
        math::due(&fees(0, 2_000, mark), Pool { shares: Shares(1_034_451_871), ..pool }, YEAR_SECONDS).shares,
        Shares(0)
    );
}

#[test]
fn what_management_takes_is_no_gain() {
    // One share unit is worth one base unit and 10%, and 5% of NAV are taken for the year: 5% remain as gain.
    let pool = pool(1_100_000_000, 1_000_000_000);
    let due = math::due(&fees(500, 2_000, PRICE_ONE), pool, YEAR_SECONDS);
    assert_eq!(due.management, Assets(55_000_000));
    // (1,045 + 1 − 1,001) / 1,001 · 1,000 · 20% = 8.991008…
    assert_eq!(due.performance, Assets(8_991_008));
}

#[test]
fn nobody_is_charged_where_nobody_holds_a_share() {
    assert_eq!(math::due(&fees(500, 3_000, 0), pool(1_000_000_000, 0), 10 * YEAR_SECONDS), Due::default());
}

#[test]
fn management_takes_half_at_most_and_time_does_not_run_backwards() {
    assert_eq!(math::management_down(Assets(1_001), 500, 10 * YEAR_SECONDS), Assets(500));
    assert_eq!(math::management_down(Assets(1_001), 500, i64::MAX), Assets(500));
    assert_eq!(math::management_down(Assets(u64::MAX), u16::MAX, i64::MAX), Assets(u64::MAX / 2));
    assert_eq!(math::management_down(Assets(u64::MAX), 500, -1), Assets(0));
    assert_eq!(math::management_down(Assets(u64::MAX), 500, i64::MIN), Assets(0));
}

/// A share that was charged for at 1.2, fell to 1 and rose to 1.2 again is not charged a second time; nor is a newcomer who
/// came at 1 and left at 1.2. See `math/fees.rs` for why.
#[test]
fn a_recovery_is_not_charged() {
    let shares = 1_000_000_000;
    let at = |assets: u64| pool(assets, shares);
    let mark = math::mark_up(0, at(1_200_000_000), Shares(0));
    for assets in [1_000_000_000, 1_100_000_000, 1_199_999_999, 1_200_000_000] {
        assert_eq!(math::due(&fees(0, 3_000, mark), at(assets), 0).performance, Assets(0));
        assert_eq!(math::mark_up(mark, at(assets), Shares(0)), mark, "the mark does not fall");
    }
    assert!(math::due(&fees(0, 3_000, mark), at(1_200_000_100), 0).performance > Assets(0));
}

#[test]
fn caps_hold_for_every_owner() {
    let recipient = Pubkey::new_from_array([7; 32]);
    let most = FeesArgs { recipient, management_bps: 500, performance_bps: 3_000, entry_bps: 100, exit_bps: 100 };
    assert_eq!(most.validate(), Ok(()));
    for beyond in [
        FeesArgs { management_bps: 501, ..most },
        FeesArgs { performance_bps: 3_001, ..most },
        FeesArgs { entry_bps: 101, ..most },
        FeesArgs { exit_bps: 101, ..most },
    ] {
        assert_eq!(beyond.validate(), Err(VaultError::FeeOutOfRange));
    }
    let nobody = FeesArgs { recipient: Pubkey::default(), ..most };
    assert_eq!(nobody.validate(), Err(VaultError::FeeRecipientMissing));
    assert_eq!(FeesArgs { management_bps: 0, performance_bps: 0, ..nobody }.validate(), Ok(()));
    assert_eq!(FeesArgs::default().validate(), Ok(()));
}

#[test]
fn a_rise_is_any_rate_that_rises_or_another_recipient() {
    let now = fees(100, 1_000, 0);
    let same = now.args();
    assert!(!same.raises(&now));
    assert!(FeesArgs { management_bps: 101, ..same }.raises(&now));
    assert!(FeesArgs { performance_bps: 1_001, ..same }.raises(&now));
    assert!(FeesArgs { entry_bps: 1, ..same }.raises(&now));
    assert!(FeesArgs { exit_bps: 1, ..same }.raises(&now));
    assert!(FeesArgs { recipient: Pubkey::new_from_array([8; 32]), ..same }.raises(&now));
    assert!(!FeesArgs { management_bps: 0, performance_bps: 999, ..same }.raises(&now));
    let mixed = FeesArgs { management_bps: 0, performance_bps: 0, exit_bps: 1, ..same };
    assert!(mixed.raises(&now), "a cut elsewhere buys no rise");
}

/// What the documentation says, in numbers of any length.
mod model {
    use super::*;

    pub fn big(value: u64) -> BigUint {
        BigUint::from(value)
    }

    fn minus(a: BigUint, b: BigUint) -> BigUint {
        if a > b {
            a - b
        } else {
            BigUint::from(0u8)
        }
    }

    /// (management, performance, shares).
    pub fn due(fees: &Fees, pool: Pool, seconds: u64) -> (BigUint, BigUint, BigUint) {
        let (low, shares) = (big(pool.assets.0), big(pool.shares.0));
        let year = big(31_536_000) * 10_000u16;
        let management = (&low * fees.management_bps * seconds / year).min(&low / 2u8);
        let price: BigUint = (&low - &management + V) << 40u8;
        let price = (price / (&shares + V)).min(big(u64::MAX));
        let gain = (minus(price, big(fees.mark)) * &shares) >> 40u8;
        let performance = gain * fees.performance_bps / 10_000u16;
        let fee = &management + &performance;
        let made = &fee * (&shares + V) / (&low + V - &fee);
        (management, performance, made)
    }
}

/// A pool with shares, from dust to what needs 128 bits; prices from a millionth to a million.
fn pools() -> impl Strategy<Value = Pool> {
    let amount = prop_oneof![1..10_000u64, 1..10_000_000_000u64, 1..1_000_000_000_000_000_000u64];
    (amount.clone(), amount).prop_map(|(assets, shares)| pool(assets, shares))
}

/// A mark between nothing and twice the price.
fn mark_at(pool: Pool, part: u16) -> u64 {
    let price = u128::from(math::share_price_down(pool)) * u128::from(part) / 10_000;
    u64::try_from(price).unwrap_or(u64::MAX)
}

/// price of `b` ≥ price of `a`, exactly.
fn dearer_or_equal(a: Pool, b: Pool) -> bool {
    let priced = |amount: u64| u128::from(amount) + u128::from(V);
    priced(b.assets.0) * priced(a.shares.0) >= priced(a.assets.0) * priced(b.shares.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_due_equals_the_model(
        pool in pools(), management in 0..=500u16, performance in 0..=3_000u16, part in 0..20_000u16,
        seconds in prop_oneof![0..200_000u32, 0..u32::MAX],
    ) {
        let fees = fees(management, performance, mark_at(pool, part));
        let due = math::due(&fees, pool, i64::from(seconds));
        let (management, performance, shares) = model::due(&fees, pool, u64::from(seconds));
        prop_assert_eq!(model::big(due.management.0), management);
        prop_assert_eq!(model::big(due.performance.0), performance);
        prop_assert_eq!(model::big(due.shares.0), shares);
    }

    /// Fee shares are worth at most the fee; one more would be worth more, or the recipient would lose more than dust.
    #[test]
    fn fee_shares_are_worth_the_fee_rounded_down(
        pool in pools(), management in 0..=500u16, performance in 0..=3_000u16, part in 0..20_000u16,
        seconds in 0..u32::MAX,
    ) {
        let due = math::due(&fees(management, performance, mark_at(pool, part)), pool, i64::from(seconds));
        let fee = u128::from(due.management.0 + due.performance.0);
        let worth = |shares: u64| {
            let all = u128::from(pool.shares.0) + u128::from(V) + u128::from(shares);
            (u128::from(shares) * (u128::from(pool.assets.0) + u128::from(V)), all)
        };
        let (now, all) = worth(due.shares.0);
        prop_assert!(now <= fee * all);
        let (more, all) = worth(due.shares.0 + 1);
        prop_assert!(more > fee * all);
    }

    /// Twice at one time: the second charges nothing, in a year too short to change the price by a unit.
    #[test]
    fn nothing_is_charged_twice(
        pool in pools(), management in 0..=500u16, performance in 0..=3_000u16, part in 0..20_000u16,
        seconds in 0..u32::MAX,
    ) {
        let now = i64::from(seconds);
        let mut fees = fees(management, performance, mark_at(pool, part));
        let due = math::due(&fees, pool, now);
        fees.mark = math::mark_up(fees.mark, pool, due.shares);
        fees.crystallised_at = now;
        let then = Pool { shares: Shares(pool.shares.0 + due.shares.0), ..pool };
        prop_assert_eq!(math::due(&fees, then, now), Due::default());
        prop_assert_eq!(math::mark_up(fees.mark, then, Shares(0)), fees.mark);
        // Nor once more at any lower price.
        let fallen = Pool { assets: Assets(then.assets.0 / 2), ..then };
        prop_assert_eq!(math::due(&fees, fallen, now), Due::default());
        prop_assert_eq!(math::mark_up(fees.mark, fallen, Shares(0)), fees.mark);
    }

    /// Charging often never takes more performance fee than charging once, on a rise in two steps without management.
    #[test]
    fn steps_take_no_more_than_the_whole_rise(
        start in 1_000_000u64..1_000_000_000_000,
        first in 0u64..1_000_000_000,
        second in 0u64..1_000_000_000,
        shares in 1_000_000u64..1_000_000_000_000,
        performance in 1..=3_000u16,
    ) {
        let begin = math::share_price_up(pool(start, shares));
        let (middle, end) = (pool(start + first, shares), pool(start + first + second, shares));
        let once = math::due(&fees(0, performance, begin), end, 0);
        let whole = u128::from(once.performance.0);

        let one = math::due(&fees(0, performance, begin), middle, 0);
        let mark = math::mark_up(begin, middle, one.shares);
        let grown = Pool { shares: Shares(shares + one.shares.0), ..end };
        let two = math::due(&fees(0, performance, mark), grown, 0);
        // The recipient's first shares gain and are charged like everybody's, which is the recipient's own money.
        let own = u128::from(one.shares.0) * (u128::from(two.performance.0) + 1) / u128::from(shares) + 1;
        let in_steps = u128::from(one.performance.0) + u128::from(two.performance.0);
        prop_assert!(in_steps <= whole + own + 2, "{in_steps} in steps, {whole} at once");
    }

    /// Who holds a share keeps, after the fee, at least its part of L − F.
    #[test]
    fn holders_keep_the_rest(
        pool in pools(), management in 0..=500u16, performance in 0..=3_000u16, part in 0..20_000u16,
        seconds in 0..u32::MAX,
    ) {
        let due = math::due(&fees(management, performance, mark_at(pool, part)), pool, i64::from(seconds));
        let after = Pool { shares: Shares(pool.shares.0 + due.shares.0), ..pool };
        // (L + V − F) / (S + V) ≤ (L + V) / (S + V + made). The virtual assets bear their part, so that F may exceed L.
        let [held, before, then] = [pool.assets.0, pool.shares.0, after.shares.0].map(|amount| u128::from(amount) + u128::from(V));
        let rest = held - u128::from(due.management.0) - u128::from(due.performance.0);
        prop_assert!(rest * then <= held * before);
        // And who leaves before is not better off than who leaves after.
        let leaving = Pool { shares: Shares(pool.shares.0 + due.shares_up().0), ..pool };
        prop_assert!(dearer_or_equal(leaving, after));
    }

    /// No argument makes any of it fail.
    #[test]
    fn nothing_fails(
        assets in any::<u64>(), shares in any::<u64>(), mark in any::<u64>(), management in 0..=500u16,
        performance in 0..=3_000u16, then in any::<i64>(), now in any::<i64>(),
    ) {
        let mut fees = fees(management, performance, mark);
        fees.crystallised_at = then;
        let pool = pool(assets, shares);
        let due = math::due(&fees, pool, now);
        prop_assert!(due.management.0 <= assets / 2);
        prop_assert!(shares.checked_add(due.shares.0).is_some());
        prop_assert!(math::mark_up(mark, pool, due.shares) >= mark);
        let _ = (due.shares_up(), math::is_due(&fees, now));
    }
}

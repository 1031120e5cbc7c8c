//! The deposit cap, the bucket of instant exits, the speed of the share price, and the ranges of all limits.

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use gimbal_math::{Assets, Shares};
use proptest::prelude::*;
use strategy_router::state::Nav;
use vault::math::{self, PRICE_ONE};
use vault::state::{Moment, Outflow, Speed, VaultLimits, VaultLimitsArgs};
use vault::{preview, FeesArgs, Vault, VaultError};

const DAY: i64 = 86_400;
const UNIT: u64 = 1_000_000;

fn at(now: i64, nav: u64) -> Moment {
    Moment { now, nav: Nav { low: nav, mid: nav, high: nav } }
}

/// A vault with as many shares as it was paid, charged up to second zero.
fn holding(shares: u64) -> Vault {
    let mut vault = Vault::zeroed();
    vault.fees.mark = PRICE_ONE;
    vault.shares = shares;
    vault.deposited = shares;
    vault
}

fn with_fees(mut vault: Vault, management_bps: u16, performance_bps: u16, entry_bps: u16, exit_bps: u16) -> Vault {
    let recipient = Pubkey::new_from_array([7; 32]);
    vault.fees.set(&FeesArgs { recipient, management_bps, performance_bps, entry_bps, exit_bps });
    vault
}

fn with_limits(mut vault: Vault, limits: VaultLimitsArgs) -> Vault {
    assert_eq!(limits.validate(), Ok(()));
    vault.limits.set(&limits);
    vault
}

#[test]
fn the_deposit_cap_bounds_nav_high() {
    let limits = VaultLimitsArgs { deposit_cap: 1_500 * UNIT, ..Default::default() };
    let vault = with_limits(holding(1_000 * UNIT), limits);
    let wide = Moment { now: 1, nav: Nav { low: 900 * UNIT, mid: 1_000 * UNIT, high: 1_100 * UNIT } };
    let deposit = |assets| preview::deposit(&vault, &wide.nav, wide.now, assets);
    assert_eq!(deposit(400 * UNIT + 1), Err(VaultError::DepositCapExceeded));
    assert_eq!(deposit(400 * UNIT).unwrap().assets, Assets(400 * UNIT));
    // A fee that stays in the pool counts: it is there.
    let charged = with_fees(vault, 0, 0, 100, 0);
    assert_eq!(preview::deposit(&charged, &wide.nav, 1, 400 * UNIT + 1), Err(VaultError::DepositCapExceeded));
    assert_eq!(deposit(u64::MAX), Err(VaultError::AmountOverflow));
    let open = with_limits(vault, VaultLimitsArgs::default());
    assert!(preview::deposit(&open, &wide.nav, 1, 400 * UNIT + 1).is_ok());
}

/// Worked by hand: 10% of 1,000 shares a day.
#[test]
fn instant_exits_fill_a_bucket_that_leaks_within_a_day() {
    let limits = VaultLimitsArgs { outflow_bps: 1_000, ..Default::default() };
    let mut vault = with_limits(holding(1_000 * UNIT), limits);
    let mut nav = 1_000 * UNIT;
    let mut leave = |vault: &mut Vault, now, shares| {
        let out = vault.redeem(&at(now, nav), shares)?.flow.assets.0;
        nav -= out;
        Ok::<_, VaultError>(out)
    };
    let mut copy = vault;
    assert_eq!(leave(&mut copy, 0, 100 * UNIT + 1), Err(VaultError::OutflowLimitReached));
    leave(&mut vault, 0, 60 * UNIT).unwrap();
    // In pieces as much as whole: the limit is of what there was before.
    let mut copy = vault;
    assert_eq!(leave(&mut copy, 0, 40 * UNIT + 1), Err(VaultError::OutflowLimitReached));
    leave(&mut vault, 0, 40 * UNIT).unwrap();
    assert_eq!(vault.outflow, Outflow { used: 100 * UNIT as i64, at: 0 });
    // Half a day later half has leaked.
    let mut copy = vault;
    assert_eq!(leave(&mut copy, DAY / 2, 45 * UNIT + 1), Err(VaultError::OutflowLimitReached));
    // The limit is 10% of 900 and the 50 that are still in the bucket: 95, of which 50 are used.
    leave(&mut vault, DAY / 2, 45 * UNIT).unwrap();
    assert_eq!(vault.outflow, Outflow { used: 95 * UNIT as i64, at: DAY / 2 });
}

/// Whatever was brought may leave again, and not a unit more or less than without it.
#[test]
fn entries_make_room_and_a_flash_makes_and_takes_none() {
    let limits = VaultLimitsArgs { outflow_bps: 1_000, ..Default::default() };
    for gone in [0, 40 * UNIT, 100 * UNIT] {
        let mut before = with_limits(holding(1_000 * UNIT), limits);
        if gone > 0 {
            before.redeem(&at(0, 1_000 * UNIT), gone).unwrap();
        }
        let nav = 1_000 * UNIT - gone;
        let room = 100 * UNIT - gone;
        for flash in [1, UNIT, 50 * UNIT, 100 * UNIT, 5_000 * UNIT] {
            let mut vault = before;
            vault.deposit(&at(0, nav), flash).unwrap();
            let mut tried = vault;
            let more = tried.redeem(&at(0, nav + flash), flash + room + 1);
            assert_eq!(more.map(|_| ()), Err(VaultError::OutflowLimitReached));
            assert!(vault.redeem(&at(0, nav + flash), flash + room).is_ok());
            let mut cycled = tried;
            cycled.redeem(&at(0, nav + flash), flash).unwrap();
            assert_eq!(cycled.outflow, Outflow { used: gone as i64, at: 0 }, "there and back changes nothing");
        }
    }
}

/// Credit fades within a day, in proportion.
#[test]
fn an_inflow_is_credit_for_a_day() {
    let limits = VaultLimitsArgs { outflow_bps: 1_000, ..Default::default() };
    let mut vault = with_limits(holding(1_000 * UNIT), limits);
    vault.deposit(&at(0, 1_000 * UNIT), 200 * UNIT).unwrap();
    assert_eq!(vault.outflow, Outflow { used: -200 * UNIT as i64, at: 0 });
    // After half a day 100 of credit are left, and the shares before it are 1,100: 110 beyond the credit.
    let mut half = vault;
    assert_eq!(
        half.redeem(&at(DAY / 2, 1_200 * UNIT), 210 * UNIT + 1).map(|_| ()),
        Err(VaultError::OutflowLimitReached)
    );
    half.redeem(&at(DAY / 2, 1_200 * UNIT), 210 * UNIT).unwrap();
    // After a day there is none: a tenth of 1,200.
    let mut full = vault;
    assert_eq!(full.redeem(&at(DAY, 1_200 * UNIT), 120 * UNIT + 1).map(|_| ()), Err(VaultError::OutflowLimitReached));
    full.redeem(&at(DAY, 1_200 * UNIT), 120 * UNIT).unwrap();
}

#[test]
fn a_limit_that_is_off_counts_nothing() {
    let mut vault = holding(1_000 * UNIT);
    vault.redeem(&at(5, 1_000 * UNIT), 900 * UNIT).unwrap();
    assert_eq!((vault.outflow, vault.speed), (Outflow::default(), Speed::default()));
}

fn speedy() -> VaultLimitsArgs {
    VaultLimitsArgs { speed_up_bps: 100, speed_down_bps: 200, ..Default::default() }
}

#[test]
fn entries_wait_while_the_price_falls_fast() {
    // 999 and V: a price of one.
    let mut vault = with_limits(holding(999 * UNIT), speedy());
    vault.deposit(&at(0, 999 * UNIT), UNIT).unwrap();
    let enter =
        |vault: &Vault, now, nav: u64| preview::deposit(vault, &at(now, nav).nav, now, UNIT).map(|flow| flow.shares.0);
    // 2% of 1,001 are 20.02; prices are rounded down, so that exactly there is below it.
    let low = 1_000 * UNIT - 20_020_000;
    assert!(enter(&vault, 10, low + 1).is_ok());
    assert_eq!(enter(&vault, 10, low), Err(VaultError::NavFallingFast));
    let mint = preview::mint(&vault, &at(10, low).nav, 10, UNIT);
    assert_eq!(mint, Err(VaultError::NavFallingFast));
    // Exits are open, at the price of the moment.
    let out = preview::redeem(&vault, &at(10, 500 * UNIT).nav, 10, 100 * UNIT).unwrap();
    assert_eq!(out.assets, Assets(50_049_950), "100 · 501 / 1,001");
    // A refused entry leaves no trace; it is the exit, or a crystallisation, that moves the window on.
    let mut seen = vault;
    seen.redeem(&at(10, 500 * UNIT), UNIT).unwrap();
    let nav = 500 * UNIT - 500_499;
    assert_eq!(enter(&seen, DAY - 1, nav), Err(VaultError::NavFallingFast));
    assert!(enter(&seen, DAY, nav).is_ok(), "the next window begins at the fallen price");
    // And with nobody at all for two days, the price is what it is.
    assert_eq!(enter(&vault, 2 * DAY - 1, 500 * UNIT), Err(VaultError::NavFallingFast));
    assert!(enter(&vault, 2 * DAY, 500 * UNIT).is_ok());
}

#[test]
fn instant_exits_are_paid_at_the_windows_start_while_the_price_rises_fast() {
    let mut vault = with_limits(holding(999 * UNIT), speedy());
    vault.deposit(&at(0, 999 * UNIT), UNIT).unwrap();
    let leave =
        |vault: &Vault, now, nav: u64| preview::redeem(vault, &at(now, nav).nav, now, 100 * UNIT).unwrap().assets.0;
    // 1% of 1,001 are 10.01: up to there the price of the moment, 101.
    assert_eq!(leave(&vault, 10, 1_010_010_000), 101 * UNIT);
    // Beyond, the price of the window's start.
    assert_eq!(leave(&vault, 10, 1_010_020_000), 100 * UNIT);
    assert_eq!(leave(&vault, 10, 5_000 * UNIT), 100 * UNIT);
    // Never more than NAV low.
    let jumped = Nav { low: 900 * UNIT, mid: 5_000 * UNIT, high: 9_000 * UNIT };
    assert_eq!(preview::redeem(&vault, &jumped, 10, 100 * UNIT).unwrap().assets.0, 90_009_990, "100 · 901 / 1,001");
    // What is not paid stays: those who wait are paid the price of the moment a day later.
    let mut seen = vault;
    seen.redeem(&at(10, 2_001 * UNIT), UNIT).unwrap();
    assert_eq!(leave(&seen, DAY, 2_000 * UNIT), 200_100_000);
    // Tickets are not bounded.
    assert_eq!(vault.leaving(10, 5_000 * UNIT).unwrap().pool.assets, Assets(5_000 * UNIT));
}

#[test]
fn limits_stay_within_their_ranges() {
    let with = |change: fn(&mut VaultLimitsArgs)| {
        let mut limits = VaultLimitsArgs::default();
        change(&mut limits);
        limits.validate()
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|limits| limits.ticket_deadline = 3_599), Err(VaultError::DeadlineOutOfRange));
    assert_eq!(with(|limits| limits.ticket_deadline = 3_600), Ok(()));
    assert_eq!(with(|limits| limits.ticket_deadline = 14 * 86_400), Ok(()));
    assert_eq!(with(|limits| limits.ticket_deadline = 14 * 86_400 + 1), Err(VaultError::DeadlineOutOfRange));
    assert_eq!(with(|limits| limits.ticket_min_age = 86_400), Ok(()));
    assert_eq!(with(|limits| limits.ticket_min_age = 86_401), Err(VaultError::MinAgeOutOfRange));
    let hasty = VaultLimitsArgs { ticket_deadline: 3_600, ticket_min_age: 3_600, ..Default::default() };
    assert_eq!(hasty.validate(), Err(VaultError::MinAgeOutOfRange));
    assert_eq!(with(|limits| limits.outflow_bps = 499), Err(VaultError::OutflowOutOfRange));
    assert_eq!(with(|limits| limits.outflow_bps = 500), Ok(()));
    assert_eq!(with(|limits| limits.outflow_bps = 10_000), Ok(()));
    assert_eq!(with(|limits| limits.outflow_bps = 10_001), Err(VaultError::OutflowOutOfRange));
    assert_eq!(with(|limits| limits.speed_up_bps = 49), Err(VaultError::SpeedOutOfRange));
    assert_eq!(with(|limits| limits.speed_down_bps = 49), Err(VaultError::SpeedOutOfRange));
    assert_eq!(with(|limits| limits.speed_down_bps = 10_001), Err(VaultError::SpeedOutOfRange));
    assert_eq!(with(|limits| limits.speed_up_bps = 10_000), Ok(()));
}

#[test]
fn only_a_lower_cap_and_a_faster_queue_are_no_rise() {
    let mut now = VaultLimits::zeroed();
    let set = VaultLimitsArgs { deposit_cap: 100, min_ticket: 5, ticket_min_age: 60, ..Default::default() };
    now.set(&set);
    assert!(!set.raises(&now));
    for harmless in [
        VaultLimitsArgs { deposit_cap: 99, ..set },
        VaultLimitsArgs { ticket_deadline: set.ticket_deadline - 1, ..set },
        VaultLimitsArgs { ticket_min_age: 59, ..set },
    ] {
        assert!(!harmless.raises(&now), "{harmless:?}");
    }
    for rise in [
        VaultLimitsArgs { deposit_cap: 101, ..set },
        VaultLimitsArgs { deposit_cap: 0, ..set },
        VaultLimitsArgs { min_ticket: 4, ..set },
        VaultLimitsArgs { min_ticket: 6, ..set },
        VaultLimitsArgs { ticket_deadline: set.ticket_deadline + 1, ..set },
        VaultLimitsArgs { ticket_min_age: 61, ..set },
        VaultLimitsArgs { outflow_bps: 10_000, ..set },
        VaultLimitsArgs { speed_up_bps: 50, ..set },
        VaultLimitsArgs { speed_down_bps: 50, ..set },
    ] {
        assert!(rise.raises(&now), "{rise:?}");
    }
    now.deposit_cap = 0;
    assert!(!VaultLimitsArgs { deposit_cap: u64::MAX, ..set }.raises(&now), "no cap is the highest");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Within any day, net of entries, at most the limit leaves, however it is cut into pieces: what is in the bucket at
    /// the start leaks, and so does what comes in between; two buckets in 24 hours are the most of any leaky bucket.
    #[test]
    fn the_bucket_bounds_every_day(
        pieces in prop::collection::vec((1..400 * UNIT, 0..DAY / 4), 1..30),
        outflow_bps in 500..=9_999u16,
    ) {
        let limits = VaultLimitsArgs { outflow_bps, ..Default::default() };
        let mut vault = with_limits(holding(1_000_000 * UNIT), limits);
        let (mut now, mut left) = (0i64, Vec::new());
        for (shares, wait) in pieces {
            now += wait;
            let nav = vault.shares;
            let shares = shares * u64::from(outflow_bps) / 10;
            let before = vault;
            match vault.redeem(&at(now, nav), shares) {
                Ok(out) => left.push((now, out.flow.shares.0)),
                Err(error) => {
                    // The last pieces may ask for more than is left of all shares.
                    let expected = match shares > before.shares {
                        true => VaultError::InsufficientShares,
                        false => VaultError::OutflowLimitReached,
                    };
                    prop_assert_eq!(error, expected);
                    vault = before;
                }
            }
            let within: u64 = left.iter().filter(|(at, _)| now - at < DAY).map(|(_, shares)| shares).sum();
            let most = 1_000_000 * UNIT / 10_000 * u64::from(outflow_bps) * 2;
            prop_assert!(within <= most);
            let limit = math::outflow_limit_down(outflow_bps, Shares(vault.shares), vault.outflow.used);
            prop_assert!(i128::from(vault.outflow.used) <= i128::from(limit));
        }
    }
}

//! Random lives of a vault with random fees and limits: what holds after every step, and that no moment pays.

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use proptest::prelude::*;
use strategy_router::state::Nav;
use vault::math::PRICE_ONE;
use vault::state::{Moment, VaultLimitsArgs};
use vault::{preview, FeesArgs, Vault};

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

fn with_limits(mut vault: Vault, limits: VaultLimitsArgs) -> Vault {
    assert_eq!(limits.validate(), Ok(()));
    vault.limits.set(&limits);
    vault
}

/// One step of a random life.
#[derive(Clone, Copy, Debug)]
enum Action {
    Deposit(u64),
    Mint(u64),
    Withdraw(u64),
    Redeem(u64),
    Crystallise,
    Collect,
    /// NAV times so many ten-thousandths.
    Move(u64),
    Wait(i64),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let amount = || prop_oneof![1..1_000u64, 1..2_000 * UNIT];
    let action = prop_oneof![
        amount().prop_map(Action::Deposit),
        amount().prop_map(Action::Mint),
        amount().prop_map(Action::Withdraw),
        amount().prop_map(Action::Redeem),
        Just(Action::Crystallise),
        Just(Action::Collect),
        (9_500..10_600u64).prop_map(Action::Move),
        (0..3 * DAY).prop_map(Action::Wait),
    ];
    prop::collection::vec(action, 1..60)
}

fn any_fees() -> impl Strategy<Value = FeesArgs> {
    (0..=500u16, 0..=3_000u16, 0..=100u16, 0..=100u16).prop_map(
        |(management_bps, performance_bps, entry_bps, exit_bps)| {
            let recipient = Pubkey::new_from_array([7; 32]);
            FeesArgs { recipient, management_bps, performance_bps, entry_bps, exit_bps }
        },
    )
}

fn any_limits() -> impl Strategy<Value = VaultLimitsArgs> {
    let off_or = |least: u16| prop_oneof![Just(0u16), least..=10_000];
    (off_or(500), off_or(50), off_or(50)).prop_map(|(outflow_bps, speed_up_bps, speed_down_bps)| VaultLimitsArgs {
        outflow_bps,
        speed_up_bps,
        speed_down_bps,
        ..Default::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: previews are what happens, refusals change nothing, the counts agree, the price
    /// of a share falls by nothing but NAV and fees, the mark never falls while anybody holds a share, and who is last paid
    /// out is paid from what is there.
    #[test]
    fn a_vaults_life(fees in any_fees(), limits in any_limits(), actions in actions()) {
        let mut vault = with_limits(Vault::zeroed(), limits);
        vault.fees.set(&fees);
        let (mut now, mut nav) = (1_700_000_000i64, 0u64);
        vault.fees.crystallised_at = now;
        for action in actions {
            let moment = at(now, nav);
            let before = vault;
            let pool = before.pool(nav).unwrap();
            match action {
                Action::Deposit(assets) => {
                    let preview = preview::deposit(&vault, &moment.nav, now, assets);
                    let happened = vault.deposit(&moment, assets);
                    prop_assert_eq!(preview, happened.map(|priced| priced.flow));
                    nav += happened.map_or(0, |priced| priced.flow.assets.0);
                    if happened.is_err() { vault = before; }
                }
                Action::Mint(shares) => {
                    let preview = preview::mint(&vault, &moment.nav, now, shares);
                    let happened = vault.mint(&moment, shares);
                    prop_assert_eq!(preview, happened.map(|priced| priced.flow));
                    nav += happened.map_or(0, |priced| priced.flow.assets.0);
                    if happened.is_err() { vault = before; }
                }
                Action::Withdraw(assets) | Action::Redeem(assets) => {
                    let (preview, happened) = match action {
                        Action::Withdraw(assets) => {
                            (preview::withdraw(&vault, &moment.nav, now, assets), vault.withdraw(&moment, assets))
                        }
                        _ => (preview::redeem(&vault, &moment.nav, now, assets), vault.redeem(&moment, assets)),
                    };
                    prop_assert_eq!(preview, happened.map(|priced| priced.flow));
                    // The program refuses what cash does not cover.
                    match happened {
                        Ok(priced) if priced.flow.assets.0 <= nav => nav -= priced.flow.assets.0,
                        _ => vault = before,
                    }
                }
                Action::Crystallise => {
                    let charged = vault.crystallise_if_due(now, nav).unwrap();
                    prop_assert_eq!(charged.is_some(), now - before.fees.crystallised_at >= DAY);
                    prop_assert_eq!(vault.crystallise_if_due(now, nav).unwrap(), None);
                    vault.touch_speed(&moment).unwrap();
                }
                Action::Collect => {
                    let waiting = vault.fee_shares;
                    prop_assert_eq!(vault.collect_fees().is_ok(), waiting > 0);
                    prop_assert_eq!(vault.pool(nav).unwrap(), pool);
                }
                Action::Move(part) => nav = nav * part / 10_000,
                Action::Wait(seconds) => now += seconds,
            }
            prop_assert_eq!(vault.invariant(), Ok(()));
            prop_assert_eq!(vault.fee_shares_made, vault.fee_shares + vault.fees.minted);
            if pool.shares.0 > 0 {
                prop_assert!(vault.fees.mark >= before.fees.mark);
            }
            if !matches!(action, Action::Move(_)) {
                // Charging makes shares, and how many is bounded in `fees.rs`; beside that nobody's share falls.
                let made = vault.fee_shares_made - before.fee_shares_made;
                let after = vault.pool(nav).unwrap();
                let priced = |amount: u64| u128::from(amount) + u128::from(UNIT);
                prop_assert!(
                    priced(after.assets.0) * priced(pool.shares.0 + made) >= priced(pool.assets.0) * priced(after.shares.0),
                    "{pool:?} became {after:?}, {made} made"
                );
            }
        }
    }

    /// Nobody gains by coming for a moment, with any fees, at any time of day, on either side of a crystallisation; nor two
    /// who work together, where one comes while the other leaves.
    #[test]
    fn no_moment_pays(
        fees in any_fees(), limits in any_limits(), gain in 9_000..11_500u64, seconds in 0..3 * DAY,
        brought in 1..100_000 * UNIT, early in any::<bool>(),
    ) {
        let mut vault = with_limits(holding(1_000 * UNIT), limits);
        vault.fees.set(&fees);
        vault.touch_speed(&at(0, 1_000 * UNIT)).unwrap();
        let nav = 1_000 * UNIT * gain / 10_000;
        let other = vault;
        if early {
            vault.crystallise_if_due(seconds, nav).unwrap();
        }
        // Alone.
        if let Ok(inward) = vault.deposit(&at(seconds, nav), brought) {
            let mut then = vault;
            then.crystallise_if_due(seconds, nav + brought).unwrap();
            if let Ok(out) = then.redeem(&at(seconds, nav + brought), inward.flow.shares.0) {
                prop_assert!(out.flow.assets.0 <= brought);
            }
        }
        // The accomplice holds a tenth of all from before; together they have no more than without the round trip.
        let tenth = 100 * UNIT;
        let alone = preview::redeem(&other, &at(seconds, nav).nav, seconds, tenth).map_or(0, |out| out.assets.0);
        let mut both = other;
        if let Ok(inward) = both.deposit(&at(seconds, nav), brought) {
            let held = nav + brought;
            if let Ok(first) = both.redeem(&at(seconds, held), inward.flow.shares.0) {
                let held = held - first.flow.assets.0;
                if let Ok(second) = both.redeem(&at(seconds, held), tenth) {
                    // What the visitor loses is shared by all who stay; a tenth of it and the fee's rest at most come back.
                    prop_assert!(first.flow.assets.0 + second.flow.assets.0 <= alone + brought + 1);
                }
            }
        }
    }
}

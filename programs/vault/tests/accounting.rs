//! What a flow does to the vault's counts, and in which order: fees first.

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use gimbal_math::{Assets, Shares};
use strategy_router::state::Nav;
use vault::math::PRICE_ONE;
use vault::state::Moment;
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

#[test]
fn time_and_gains_begin_with_the_first_entry() {
    let mut vault = with_fees(Vault::zeroed(), 500, 3_000, 0, 0);
    // Something was left behind: a share costs 2 from the start, for which nobody is to be charged.
    let first = vault.deposit(&at(400 * DAY, UNIT), 1_000 * UNIT).unwrap();
    assert_eq!(first.flow.shares, Shares(500 * UNIT));
    assert_eq!((vault.fees.mark, vault.fees.crystallised_at), (2 * PRICE_ONE, 400 * DAY));
    assert_eq!(vault.fee_shares, 0);
    let charged = vault.crystallise_if_due(401 * DAY, 1_001 * UNIT).unwrap().unwrap();
    // 5% of 1,001 for a day: 0.137123; no gain.
    assert_eq!((charged.due.management, charged.due.performance), (Assets(137_123), Assets(0)));
}

#[test]
fn a_mark_is_reset_only_where_nobody_holds_a_share() {
    let mut vault = with_fees(holding(1_000 * UNIT), 0, 2_000, 0, 0);
    vault.crystallise(1, 2_000 * UNIT).unwrap();
    let (mark, waiting) = (vault.fees.mark, vault.fee_shares);
    assert!(mark > PRICE_ONE && waiting > 0);
    // All that was issued leaves; what waits for the recipient stays, and so does the mark.
    let paid = vault.redeem(&at(2, 2_000 * UNIT), 1_000 * UNIT).unwrap().flow.assets.0;
    assert_eq!(vault.shares, 0);
    vault.deposit(&at(3, 2_000 * UNIT - paid), 10 * UNIT).unwrap();
    assert_eq!(vault.fees.mark, mark);
    // With that collected and gone as well, the next entry sets it, here lower.
    vault.collect_fees().unwrap();
    let left = 2_010 * UNIT - paid;
    let all = vault.shares;
    let paid = vault.redeem(&at(4, left / 2), all).unwrap().flow.assets.0;
    assert_eq!(vault.shares + vault.fee_shares, 0);
    vault.deposit(&at(5, left / 2 - paid), 10 * UNIT).unwrap();
    assert!(vault.fees.mark < mark);
}

/// Worked by hand: 1,000 shares at 1, management 3.65% a year = 0.01% a day, half of it due at noon.
#[test]
fn who_leaves_pays_the_running_day_and_who_enters_does_not_share_it() {
    let vault = with_fees(holding(1_000 * UNIT), 365, 0, 0, 0);
    let noon = at(DAY / 2, 1_000 * UNIT);
    // Half of 0.1 USDC is due: 50,000 · 1,001 / (1,001 − 0.05) = 50,002.497…, counted as 50,003.
    let exit = vault.leaving(noon.now, noon.nav.low).unwrap();
    assert_eq!((exit.pool.shares, exit.supply), (Shares(1_000_050_003), Shares(1_000_000_000)));
    let out = preview::redeem(&vault, &noon.nav, noon.now, 100 * UNIT).unwrap();
    // 100 · 1,001 / 1,001.050003 = 99.995004…
    assert_eq!(out.assets, Assets(99_995_004));
    let inward = preview::deposit(&vault, &noon.nav, noon.now, 100 * UNIT).unwrap();
    assert_eq!(inward.shares, Shares(100 * UNIT));
}

#[test]
fn a_flow_after_a_day_is_charged_first() {
    let mut vault = with_fees(holding(1_000 * UNIT), 365, 0, 0, 0);
    let priced = vault.redeem(&at(DAY - 1, 1_000 * UNIT), UNIT).unwrap();
    assert_eq!(priced.crystallised, None);
    let mut vault = with_fees(holding(1_000 * UNIT), 365, 0, 0, 0);
    let priced = vault.redeem(&at(DAY, 1_000 * UNIT), UNIT).unwrap();
    let charged = priced.crystallised.unwrap();
    // 0.1 USDC: 100,000 · 1,001 / (1,001 − 0.1) = 100,009.99…
    assert_eq!((charged.due.management, charged.due.shares), (Assets(100_000), Shares(100_009)));
    // Nothing is due again: the exit is priced at exactly the shares that there are.
    assert_eq!(priced.pool.shares, Shares(1_000_100_009));
    assert_eq!((vault.fee_shares, vault.fee_shares_made, vault.fees.crystallised_at), (100_009, 100_009, DAY));
    assert_eq!(vault.invariant(), Ok(()));
}

/// A crystallisation between two flows of one slot moves no money between them: entering before or after it buys the same
/// part of what is left, within the fee of the time since the last one.
#[test]
fn being_on_either_side_of_a_crystallisation_gains_nothing() {
    let now = DAY;
    let start = with_fees(holding(1_000 * UNIT), 500, 3_000, 0, 0);
    let nav = 1_010 * UNIT;
    // Entering at once crystallises first, whoever sends what in which order.
    let (mut before, mut after) = (start, start);
    before.deposit(&at(now, nav), 500 * UNIT).unwrap();
    after.crystallise_if_due(now, nav).unwrap();
    after.deposit(&at(now, nav), 500 * UNIT).unwrap();
    assert_eq!((before.shares, before.fee_shares), (after.shares, after.fee_shares));
    // Nobody who came for the moment leaves with more than he brought.
    for mut vault in [before, after] {
        let bought = vault.shares - 1_000 * UNIT;
        let out = vault.redeem(&at(now, nav + 500 * UNIT), bought).unwrap().flow.assets.0;
        assert!(out <= 500 * UNIT, "{out}");
    }
    // And one second before it is due, he even leaves without the day's fee.
    let mut early = start;
    let bought = early.deposit(&at(now - 1, nav), 500 * UNIT).unwrap().flow.shares.0;
    let out = early.redeem(&at(now - 1, nav + 500 * UNIT), bought).unwrap().flow.assets.0;
    assert!(out < 499 * UNIT, "his part of the fee on a gain of 1% stays: {out}");
}

#[test]
fn fees_are_collected_once() {
    let mut vault = with_fees(holding(1_000 * UNIT), 500, 0, 0, 0);
    assert_eq!(vault.collect_fees(), Err(VaultError::NothingToCollect));
    vault.crystallise(DAY, 1_000 * UNIT).unwrap();
    let made = vault.fee_shares;
    let pool = vault.pool(1_000 * UNIT).unwrap();
    assert_eq!(vault.collect_fees(), Ok(Shares(made)));
    assert_eq!((vault.fee_shares, vault.fees.minted, vault.shares), (0, made, 1_000 * UNIT + made));
    assert_eq!(vault.pool(1_000 * UNIT).unwrap(), pool, "nobody's share changes");
    assert_eq!(vault.collect_fees(), Err(VaultError::NothingToCollect));
    assert_eq!(vault.invariant(), Ok(()));
    vault.fees.recipient = Pubkey::default();
    assert_eq!(vault.collect_fees(), Err(VaultError::FeeRecipientMissing));
}

//! Who enters below the mark: worked by hand, what it costs the recipient of fees, and that it costs nobody else anything.
//! `math/fees.rs` says why it is so.

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use gimbal_math::{Assets, Shares};
use strategy_router::state::Nav;
use vault::math::{self, PRICE_ONE};
use vault::state::Moment;
use vault::{FeesArgs, Vault};

const UNIT: u64 = 1_000_000;
const DAY: i64 = 86_400;
/// Of gains, basis points: a fifth.
const PERFORMANCE: u16 = 2_000;

fn at(now: i64, nav: u64) -> Moment {
    Moment { now, nav: Nav { low: nav, mid: nav, high: nav } }
}

/// A vault with `shares`, charged for up to the price of `nav` at second zero.
fn charged_at(shares: u64, nav: u64) -> Vault {
    let mut vault = Vault::zeroed();
    vault.shares = shares;
    vault.deposited = shares;
    // First, so that the gain up to here is the past of all.
    vault.crystallise(0, nav).unwrap();
    let recipient = Pubkey::new_from_array([7; 32]);
    let fees = FeesArgs { recipient, performance_bps: PERFORMANCE, ..FeesArgs::default() };
    assert_eq!(fees.validate(), Ok(()));
    vault.fees.set(&fees);
    vault
}

/// What `shares` are worth at a NAV, before exit fees.
fn worth(vault: &Vault, nav: u64, shares: u64) -> u64 {
    let pool = vault.pool(nav).unwrap();
    gimbal_math::shares::assets_for_redeem_down(Shares(shares), pool).unwrap().0
}

/// 999 shares and a virtual one. At 1,199 USDC a share is worth 1.2: the mark. It falls to 1, where a newcomer buys 500
/// shares for 500 USDC, and rises to 1.2 again: 1,800 for 1,500.
#[test]
fn a_recovery_is_free_for_the_newcomer_and_dear_for_nobody_but_the_recipient() {
    let start = charged_at(999 * UNIT, 1_199 * UNIT);
    let mark = start.fees.mark;
    // 1.2 · 2^40, rounded up.
    assert_eq!(mark, 1_319_413_953_332);

    let (mut with, mut without) = (start, start);
    let bought = with.deposit(&at(1, 999 * UNIT), 500 * UNIT).unwrap().flow.shares.0;
    assert_eq!(bought, 500 * UNIT);
    assert_eq!(with.fees.mark, mark, "the mark does not move for a newcomer");

    // Recovered, a day later.
    let (recovered, alone) = (1_799 * UNIT, 1_199 * UNIT);
    let charge = with.crystallise(DAY, recovered).unwrap();
    assert_eq!((charge.due.performance, charge.due.shares), (Assets(0), Shares(0)));
    assert_eq!(without.crystallise(DAY, alone).unwrap().due.shares, Shares(0));

    // The newcomer has all of his gain; those who were there have what they would have without him.
    assert_eq!(worth(&with, recovered, bought), 600 * UNIT);
    assert_eq!(worth(&with, recovered, 999 * UNIT), worth(&without, alone, 999 * UNIT));

    // A mark of his own would have charged him performance_bps · (mark − entry) · shares: a fifth of 0.2 · 500.
    let entry = PRICE_ONE;
    let forgone = u128::from(PERFORMANCE) * ((u128::from(mark - entry) * u128::from(bought)) >> 40) / 10_000;
    assert_eq!(forgone, 20 * u128::from(UNIT));

    // Above the mark all are charged alike. 1.5 for a share: 2,250 for 1,500.
    let (above, alone) = (2_249 * UNIT, 1_499 * UNIT);
    let charge = with.crystallise(2 * DAY, above).unwrap();
    assert_eq!(charge.due.performance, Assets(89_939_999), "a fifth of 0.3 · 1,499, rounded down");
    let charge = without.crystallise(2 * DAY, alone).unwrap();
    assert_eq!(charge.due.performance, Assets(59_939_999), "a fifth of 0.3 · 999, rounded down");
    // 0.3 less a fifth of it for each share. The virtual share bears its part: of 1,500, or alone of 1,000.
    assert_eq!(worth(&with, above, 999 * UNIT), 1_438_599_961);
    assert_eq!(worth(&without, alone, 999 * UNIT), 1_438_619_942);
}

/// Nor does it matter who comes and goes on the way: below the mark no share is made, so that nobody's is diluted.
#[test]
fn no_share_is_made_below_the_mark_whoever_comes_and_goes() {
    let mut vault = charged_at(999 * UNIT, 1_199 * UNIT);
    let (mark, mut nav, mut held) = (vault.fees.mark, 999 * UNIT, 0);
    for (day, (rise, come, go)) in
        [(10, 300, 0), (-50, 0, 100), (100, 700, 0), (60, 1, 400), (-20, 50, 1)].iter().enumerate()
    {
        let now = DAY * (day as i64 + 1);
        nav = nav.checked_add_signed(rise * UNIT as i64).unwrap();
        if *come > 0 {
            let flow = vault.deposit(&at(now, nav), come * UNIT).unwrap().flow;
            (nav, held) = (nav + flow.assets.0, held + flow.shares.0);
        }
        if *go > 0 {
            let flow = vault.redeem(&at(now, nav), go * UNIT).unwrap().flow;
            (nav, held) = (nav - flow.assets.0, held - flow.shares.0);
        }
        assert!(math::share_price_up(vault.pool(nav).unwrap()) < mark);
        assert_eq!((vault.fee_shares, vault.fees.mark), (0, mark));
    }
    assert_eq!(vault.shares, 999 * UNIT + held);
}

//! At the ends of the range every function returns or names its error; fees never fail at all.

use super::*;
use vault::math::{
    deposit, due, fee_shares_down, fill, management_down, mark_up, mint, performance_down, queue_value_up, redeem,
    share_price_down, share_price_up, withdraw, Exit, Waiting,
};
use vault::state::Fees;

const V: u64 = gimbal_math::shares::VIRTUAL;
const ENDS: [u64; 16] = [
    0,
    1,
    2,
    V - 1,
    V,
    V + 1,
    u32::MAX as u64,
    1 << 40,
    (1 << 63) - 1,
    1 << 63,
    u64::MAX - V - 1,
    u64::MAX - V,
    u64::MAX - V + 1,
    u64::MAX - 2,
    u64::MAX - 1,
    u64::MAX,
];
const TIMES: [i64; 7] = [i64::MIN, -1, 0, 1, 86_400, 1 << 40, i64::MAX];

fn ends() -> impl Iterator<Item = Pool> {
    ENDS.into_iter().flat_map(|assets| ENDS.map(|shares| pool(assets, shares)))
}

#[test]
fn fees_never_fail_and_stay_within_their_bounds() {
    for pool in ends() {
        assert!(share_price_up(pool) >= share_price_down(pool));
        for mark in [0, 1, 1 << 40, u64::MAX] {
            for bps in [0, 1, 3_000] {
                let fee = performance_down(pool, mark, bps).0;
                assert!(u128::from(fee) * 10_000 <= (u128::from(pool.assets.0) + u128::from(V)) * u128::from(bps));
                let made = fee_shares_down(Assets(fee), pool);
                assert!(pool.shares.0.saturating_add(V).checked_add(made.0).is_some(), "all shares fit 64 bits");
                assert!(mark_up(mark, pool, made) >= mark);
            }
            for now in TIMES {
                for at in TIMES {
                    let fees = Fees {
                        recipient: [1; 32].into(),
                        management_bps: 500,
                        performance_bps: 3_000,
                        entry_bps: 0,
                        exit_bps: 0,
                        mark,
                        crystallised_at: at,
                        minted: 0,
                    };
                    let due = due(&fees, pool, now);
                    assert!(due.management.0 <= pool.assets.0 / 2 && due.shares_up() >= due.shares);
                    assert!(!pool.shares.is_zero() || due.shares.is_zero());
                    assert_eq!(management_down(pool.assets, 0, now.saturating_sub(at)), Assets::ZERO);
                }
            }
        }
    }
}

#[test]
fn flows_and_fills_return_or_name_their_error() {
    for pool in ends() {
        for amount in ENDS {
            for bps in [0, 100, 9_999] {
                let exit = Exit { pool, supply: pool.shares, fee_bps: bps };
                for entry in [deposit(Assets(amount), bps, pool), mint(Shares(amount), bps, pool)].into_iter().flatten()
                {
                    assert!(entry.fee <= entry.assets && !entry.shares.is_zero());
                }
                for flow in [withdraw(Assets(amount), &exit), redeem(Shares(amount), &exit)].into_iter().flatten() {
                    assert!(!flow.assets.is_zero() && !flow.shares.is_zero());
                }
                if let Ok(flow) = redeem(Shares(amount), &exit) {
                    assert!(flow.assets.0.checked_add(flow.fee.0).is_some_and(|gross| gross <= pool.assets.0));
                }
                if let Ok(kept) = queue_value_up(Shares(amount), pool) {
                    assert!(kept <= pool.assets);
                }
                for cash in [0, 1, V, u64::MAX] {
                    let waiting = Waiting {
                        shares: Shares(amount),
                        left: Shares(amount),
                        min_assets: Assets(cash),
                        fee_bps: bps,
                        is_overdue: false,
                        is_due_in_kind: false,
                    };
                    // Nobody queues more than there is.
                    if let (Ok(fill), true) = (fill(&waiting, Assets(cash), &exit), amount <= pool.shares.0) {
                        assert!(fill.assets.0 <= cash && fill.shares.0 <= amount && fill.assets <= pool.assets);
                    }
                }
            }
        }
    }
}

//! An exhaustive small-width model of fees, flows with fees, and the queue: the functions that the program runs, on *all*
//! small inputs. `crates/math/tests/exhaustive` does the same for shares without fees.
//!
//! # What is proven
//!
//! By enumeration, and so without exception in the range, with virtual amounts `V` of 1 to 3 so that small pools are not
//! drowned by a million of them:
//!
//! - *fees*: every product is rounded against the recipient and by less than the stated dust; management takes at most half
//!   of NAV, performance at most its rate of the gain above the mark; fee shares are worth at most the fee and one more
//!   would be worth more; a second crystallisation at the same moment charges nothing; the mark never falls and is never
//!   below the price that was charged for; over any path of NAV the performance fee is at most its rate of the highest gain;
//!   leaving before a crystallisation never pays more than leaving after it;
//! - *flows*: entry and exit fees are rounded for the pool and optimal; a withdrawal burns the fewest shares that pay it,
//!   a mint costs the least that buys it; no round trip profits, with any fees; splitting an exit never pays more than the
//!   shares were worth before the fee;
//! - *queue*: a payment is within the cash and the ticket; filling a ticket in any pieces of cash never pays more than one
//!   whole fill would (with an exit fee: than the shares were worth); the price for those behind never falls; several
//!   tickets are paid in order, each what it would be paid alone at the pool that the one before has left;
//! - *speed and outflow*: an exit is never priced above the pool, bounds hold to the unit, what leaves within a day is
//!   within the limit however it is split, and cycling money through the vault leaves no trace in it;
//! - *one second*: whatever a pool jumps to between an entry and an exit of the same second, nobody is paid more than the
//!   cheapest entry of that second cost.
//!
//! At the ends of the range, next to `u64::MAX` and zero, every function returns or names its error: fees never fail at all.
//!
//! # What is not
//!
//! A fault that only appears between wide numbers is for the property tests with arbitrary precision (`tests/flows.rs`,
//! `tests/fees.rs`, `tests/queue`), and what instructions do with these results for the suites.

mod edges;
mod fees;
mod flows;
mod limits;
mod queue;

use gimbal_math::{Assets, Pool, Shares};

fn pool<const V: u64>(assets: u64, shares: u64) -> Pool<V> {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

/// Every pool of at most `most` by `most`.
fn pools<const V: u64>(most: u64) -> impl Iterator<Item = Pool<V>> {
    (0..=most).flat_map(move |assets| (0..=most).map(move |shares| pool(assets, shares)))
}

/// Assets and shares as both are priced, wide enough to multiply.
fn priced<const V: u64>(pool: Pool<V>) -> (u128, u128) {
    (u128::from(pool.assets.0) + u128::from(V), u128::from(pool.shares.0) + u128::from(V))
}

/// Whether a share is worth at least as much in `after` as in `before`.
fn is_worth_at_least<const V: u64>(after: Pool<V>, before: Pool<V>) -> bool {
    let ((a, s), (b, t)) = (priced(after), priced(before));
    a * t >= b * s
}

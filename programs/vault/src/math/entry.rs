//! In and out in one second.
//!
//! An entry is priced at NAV high and an exit at NAV low, each at the latest valuations. A valuation between the two may
//! lie above both: prices jump, and whoever posts the new one can enter before it and leave after it in one transaction,
//! with capital that was lent for as long. So nobody is paid more for a share than what the cheapest entry of the same
//! second cost. Who leaves in that second without having come in loses nothing that he had before the jump: he is paid as
//! if he had left before it, and one second later nothing of this is left.

use gimbal_math::muldiv::mul_div_down;
use gimbal_math::{Assets, Pool};

use crate::state::CheapestEntry;

/// What to remember after an entry at `pool`: it, unless one of the same second was cheaper.
pub fn cheapest<const V: u64>(known: CheapestEntry, pool: Pool<V>, now: i64) -> CheapestEntry {
    let cost = |assets: u64, shares: u64| {
        u128::from(assets.saturating_add(V)).saturating_mul(u128::from(shares.saturating_add(V)))
    };
    // known.assets / known.shares against pool.assets / pool.shares, each with V.
    if known.at == now && cost(known.assets, pool.shares.0) <= cost(pool.assets.0, known.shares) {
        return known;
    }
    CheapestEntry { at: now, assets: pool.assets.0, shares: pool.shares.0 }
}

/// What `pool` is worth to who leaves at `now`: at most what it would hold at the price of that second's cheapest entry,
/// (assets + V) · (S + V) / (shares + V) − V, rounded down.
pub fn held_to_entry_down<const V: u64>(known: &CheapestEntry, pool: Pool<V>, now: i64) -> Assets {
    if known.at != now {
        return pool.assets;
    }
    let [assets, shares, all] = [known.assets, known.shares, pool.shares.0].map(|side| side.saturating_add(V));
    match mul_div_down(assets, all, shares) {
        Ok(priced) => pool.assets.min(Assets(priced.saturating_sub(V))),
        // More than 64 bits hold is no bound.
        Err(_) => pool.assets,
    }
}

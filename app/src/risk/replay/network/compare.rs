//! Where two states of a contagion network differ.

use risk_oracle::state::Network;

use crate::risk::replay::compare::{differ, Difference};

/// Every field, row, edge and poster in which they differ. What is named nowhere below is told apart by its bytes.
pub fn differences(derived: &Network, stored: &Network) -> Vec<Difference> {
    if bytemuck::bytes_of(derived) == bytemuck::bytes_of(stored) {
        return Vec::new();
    }
    let mut all = Vec::new();
    macro_rules! compare {
        ($left:expr, $right:expr, $prefix:expr; $($field:ident),* $(,)?) => {$(
            let name = || format!("{}{}", $prefix, stringify!($field).replace('_', " "));
            differ(&mut all, name, &$left.$field, &$right.$field);
        )*};
    }
    compare!(derived, stored, ""; version, bump, count, converged, id, moved, roles, authority, params, solved_at,
        solved_slot, solves, posts, inputs_hash, change_nonce);
    for (place, (left, right)) in derived.posters.iter().zip(&stored.posters).enumerate() {
        differ(&mut all, || format!("poster {place}"), left, right);
    }
    for (row, (left, right)) in derived.protocols.iter().zip(&stored.protocols).enumerate() {
        let of = format!("protocol {row}'s ");
        compare!(left, right, of; label, program, scores, used, loss_bps, scored_at, loss_at, loss_observed_at, initial,
            damage);
    }
    for (row, (left, right)) in derived.edges.iter().zip(&stored.edges).enumerate() {
        for (column, (left, right)) in left.iter().zip(right).enumerate() {
            differ(&mut all, || format!("edge from {row} to {column}"), left, right);
        }
    }
    for (row, (left, right)) in derived.in_force.iter().zip(&stored.in_force).enumerate() {
        for (column, (left, right)) in left.iter().zip(right).enumerate() {
            differ(&mut all, || format!("edge in force from {row} to {column}"), left, right);
        }
    }
    if all.is_empty() {
        all.push(("bytes without a name".to_owned(), "others".to_owned(), "these".to_owned()));
    }
    all
}

//! Where two states of a contagion network differ.

use risk_oracle::state::Network;

use crate::risk::replay::compare::{compare, differ, told_apart, Difference};

/// Every field, row, edge and poster in which they differ. What is named nowhere below is told apart by its bytes.
pub fn differences(derived: &Network, stored: &Network) -> Vec<Difference> {
    told_apart(derived, stored, |all| {
        compare!(all, derived, stored, ""; version, bump, count, converged, id, moved, roles, authority, params, solved_at,
            solved_slot, solves, posts, inputs_hash, change_nonce);
        for (place, (left, right)) in derived.posters.iter().zip(&stored.posters).enumerate() {
            differ(all, || format!("poster {place}"), left, right);
        }
        for (row, (left, right)) in derived.protocols.iter().zip(&stored.protocols).enumerate() {
            let of = format!("protocol {row}'s ");
            compare!(all, left, right, of; label, program, scores, used, loss_bps, scored_at, loss_at, loss_observed_at, initial,
                damage);
        }
        for (row, (left, right)) in derived.edges.iter().zip(&stored.edges).enumerate() {
            for (column, (left, right)) in left.iter().zip(right).enumerate() {
                differ(all, || format!("edge from {row} to {column}"), left, right);
            }
        }
        for (row, (left, right)) in derived.in_force.iter().zip(&stored.in_force).enumerate() {
            for (column, (left, right)) in left.iter().zip(right).enumerate() {
                differ(all, || format!("edge in force from {row} to {column}"), left, right);
            }
        }
    })
}

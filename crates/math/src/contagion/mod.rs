//! How losses spread through a network of protocols: DebtRank, solved.
//!
//! The damage h of a protocol is the part of its equity that is lost, from 0 to 1. With initial damages h₀ and the matrix
//! Λ, whose entry Λ_ij is the part of i's equity that is lost when j fails, the damage is the *least* solution of
//!
//! ```text
//! h = Φ(h) = min(1, h₀ + Λh)
//! ```
//!
//! which is where the rounds of Battiston et al. (DebtRank, Scientific Reports 2, 2012), in the form of Bardoscia et al.
//! (DebtRank: a microscopic foundation for shock propagation, PLOS ONE 10, 2015), come to rest.
//!
//! # Why it is solved and not checked
//!
//! That h = Φ(h) is no proof: where the spectral radius of Λ is one or more, several h pass (all is lost, say), and below
//! it a small residual ε bounds the error only by ε/(1 − ρ). What proves something is an inequality: by Tarski's theorem
//! every h with h ≥ Φ(h) lies on or above the least solution. So [`solve`] never answers with less than the exact damage:
//! its answer has passed that test, in arithmetic that rounds Φ up, or is the worst there is.

mod elimination;

use elimination::{eliminate, Elimination};

/// The most protocols of a network.
pub const PROTOCOLS: usize = 16;

/// All is lost, in units of 2^-30.
pub const ONE: u32 = 1 << 30;

/// Passes of [`solve`] after which the rest is left to elimination.
pub const ITERATIONS: u32 = 3;

/// Passes that prove a solution, and lower it further.
const PROVING: u32 = 3;
/// Eliminations: the second one knows which protocols the first had wrongly given up.
const ROUNDS: u32 = 2;

/// Λ = 1, in basis points.
const BPS: u64 = 10_000;

/// The damage of each protocol, in units of 2^-30.
pub type Damage = [u32; PROTOCOLS];

/// Row i, column j: the part of i's equity that is lost when j fails, in basis points. The diagonal is not read.
pub type Edges = [[u16; PROTOCOLS]; PROTOCOLS];

/// What [`solve`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solution {
    /// At least the exact damage of each protocol, in units of 2^-30; at most [`ONE`].
    pub damage: Damage,
    /// Whether `damage` was proven by h ≥ Φ(h). Otherwise every protocol that damage can reach has lost all.
    pub converged: bool,
}

/// The least solution of h = min(1, h₀ + Λh) for the first `count` protocols, from above. The others are not damaged.
///
/// 1. From h₀, `iterations` passes raise each protocol in turn to Φ, rounded up to a unit of 2^-30. Such an h never
///    exceeds the least solution of the rounded equation, and is that solution once a pass changes nothing.
/// 2. Otherwise the protocols that have lost all by then stay so, and the linear equations of the others that damage can
///    reach are solved by elimination, every step rounded up.
/// 3. Three passes without a floor follow. The result is taken if one of them raised nothing, for then h ≥ Φ(h); the
///    others only lower it. Where the elimination had to give up a protocol for lost, a second one follows from there.
/// 4. If none does, every protocol that damage can reach has lost all, for which h ≥ Φ(h) always.
///
/// The answer exceeds the exact one by less than 10^-6/(1 − m) where the rows' sums are at most m < 1. Initial damages
/// above [`ONE`] count as [`ONE`], a `count` above [`PROTOCOLS`] as that.
pub fn solve(initial: &Damage, edges: &Edges, count: usize, iterations: u32) -> Solution {
    let count = count.min(PROTOCOLS);
    let network = Network { initial, edges, count };
    let mut damage = [0; PROTOCOLS];
    for (damage, initial) in damage.iter_mut().zip(initial).take(count) {
        *damage = (*initial).min(ONE);
    }
    for _ in 0..iterations {
        if !network.pass(&mut damage).raised {
            return Solution { damage, converged: true };
        }
    }
    let reached = network.reached(&damage);
    let mut converged = false;
    for _ in 0..ROUNDS {
        let Elimination { damage: mut proven, given_up } = eliminate(&network, &damage, reached);
        if !network.prove(&mut proven) {
            break;
        }
        for (damage, proven) in damage.iter_mut().zip(proven) {
            // The lesser of two that are proven is so too: Φ of it is at most either's.
            *damage = if converged { proven.min(*damage) } else { proven };
        }
        converged = true;
        if !given_up {
            break;
        }
    }
    if !converged {
        for (i, damage) in damage.iter_mut().enumerate() {
            *damage = if reached & bit(i) == 0 { 0 } else { ONE };
        }
    }
    Solution { damage, converged }
}

/// A damage of so many basis points, of 10,000; rounded up.
pub fn from_bps_up(bps: u16) -> u32 {
    // Below 2^46, and the quotient at most 2^30.
    u64::from(bps.min(BPS as u16)).wrapping_mul(u64::from(ONE)).div_ceil(BPS) as u32
}

/// What a damage leaves, in basis points, rounded down: the factor by which it cuts a cap.
pub fn remaining_bps_down(damage: u32) -> u16 {
    // Below 2^44 before the shift, and at most 10,000 after it.
    (u64::from(ONE.saturating_sub(damage)).wrapping_mul(BPS) >> 30) as u16
}

/// What a pass did.
struct Pass {
    /// Whether it raised a protocol's damage.
    raised: bool,
    /// Whether it lowered one.
    lowered: bool,
}

struct Network<'a> {
    initial: &'a Damage,
    edges: &'a Edges,
    count: usize,
}

impl Network<'_> {
    /// Sets each protocol in turn to Φ of what the others are by then, rounded up.
    fn pass(&self, damage: &mut Damage) -> Pass {
        let mut done = Pass { raised: false, lowered: false };
        for (i, (row, initial)) in self.edges.iter().zip(self.initial).enumerate().take(self.count) {
            // 16 · 2^16 · 2^30 is below 2^64.
            let (edges, damages) = (row.chunks_exact(4), damage.chunks_exact(4));
            // By fours, all sixteen, so that the loop is unrolled: beyond the count there is no damage.
            let mut lost = 0u64;
            for (edges, damages) in edges.zip(damages) {
                if let ([a, b, c, d], [w, x, y, z]) = (edges, damages) {
                    let part = |edge: u16, damage: u32| u64::from(edge).wrapping_mul(u64::from(damage));
                    let (first, last) =
                        (part(*a, *w).wrapping_add(part(*b, *x)), part(*c, *y).wrapping_add(part(*d, *z)));
                    lost = lost.wrapping_add(first).wrapping_add(last);
                }
            }
            let (Some(edge), Some(own)) = (row.get(i), damage.get_mut(i)) else { break };
            lost = lost.wrapping_sub(u64::from(*edge).wrapping_mul(u64::from(*own)));
            // As `div_ceil`, without its second division.
            let next = lost.wrapping_add(BPS - 1).checked_div(BPS).unwrap_or(u64::MAX);
            let next = next.saturating_add(u64::from(*initial)).min(u64::from(ONE)) as u32;
            done.raised |= next > *own;
            done.lowered |= next < *own;
            *own = next;
        }
        done
    }

    /// Lowers `damage` as far as [`PROVING`] passes do; whether one of them proved that it is not below the solution.
    fn prove(&self, damage: &mut Damage) -> bool {
        let mut proven = false;
        for _ in 0..PROVING {
            let Pass { raised, lowered } = self.pass(damage);
            proven |= !raised;
            if proven && !lowered {
                break;
            }
        }
        proven
    }

    /// The protocols that damage can reach, as a set of bits. Those that have some after the passes are.
    fn reached(&self, damage: &Damage) -> u32 {
        let mut reached = 0;
        for (i, damage) in damage.iter().enumerate().take(self.count) {
            reached |= if *damage > 0 { bit(i) } else { 0 };
        }
        if reached == bit(self.count).wrapping_sub(1) {
            return reached;
        }
        let mut touched = [0u32; PROTOCOLS];
        for (touched, row) in touched.iter_mut().zip(self.edges).take(self.count) {
            for (j, edge) in row.iter().enumerate().take(self.count) {
                *touched |= if *edge > 0 { bit(j) } else { 0 };
            }
        }
        // Each round reaches at least one more, or is the last.
        for _ in 0..self.count {
            let before = reached;
            for (i, touched) in touched.iter().enumerate() {
                reached |= if touched & reached != 0 { bit(i) } else { 0 };
            }
            if reached == before {
                break;
            }
        }
        reached
    }
}

/// The protocol's bit in a set.
const fn bit(i: usize) -> u32 {
    1u32.wrapping_shl(i as u32)
}

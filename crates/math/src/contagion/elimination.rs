//! The linear equations of a network, solved by elimination. Everything is rounded up: with non-negative coefficients that
//! can only make the solution larger.

use super::{bit, Damage, Network, BPS, ONE, PROTOCOLS};

/// An edge of one basis point, in the units of factors: so edges are exact, and a factor's rounding is below 5·10^-8.
const FINE: u64 = 1 << 11;
/// Λ = 1, then.
const UNIT: u64 = BPS * FINE;
/// An edge of one basis point in the units of a product of two factors.
const EDGE: u64 = UNIT * FINE;
/// Factors stay below so many bits (Λ < 52), so that sixteen products of two of them fit 64.
const BITS: u32 = 30;

/// What [`eliminate`] found.
pub(super) struct Elimination {
    /// The solution.
    pub(super) damage: Damage,
    /// Whether it counts a protocol as lost that was not so before.
    pub(super) given_up: bool,
}

/// The solution of h = h₀ + Λh for the protocols that are reached and have not lost all, those that have staying so;
/// cut to one where it is more, and rounded up throughout. With non-negative coefficients a number too large, or an
/// equation replaced by h = 1, only makes it larger.
pub(super) fn eliminate(network: &Network, damage: &Damage, reached: u32) -> Elimination {
    let mut equations = [Equation::ZERO; PROTOCOLS];
    let mut weights = [0; PROTOCOLS];
    for (j, weight) in weights.iter_mut().enumerate() {
        *weight = if reached & bit(j) != 0 { EDGE } else { 0 };
    }
    let mut given_up = false;
    let given = damage.iter().zip(network.edges.iter().zip(network.initial));
    for (i, (damage, (edges, initial))) in given.enumerate().take(network.count) {
        let Some((solved, [equation, ..])) = equations.split_at_mut_checked(i) else { break };
        if *damage >= ONE {
            *equation = Equation::LOST;
        } else if reached & bit(i) != 0 {
            let row = Row::new(edges, *initial, i, &weights);
            if row.solve_into(equation, i, solved).is_none() {
                *equation = Equation::LOST;
                given_up = true;
            }
        }
    }
    let mut solution = [0; PROTOCOLS];
    for (k, equation) in equations.iter().enumerate().take(network.count).rev() {
        let value = equation.value(&solution);
        given_up |= value >= ONE && damage.get(k).is_some_and(|damage| *damage < ONE);
        if let Some(place) = solution.get_mut(k) {
            *place = value;
        }
    }
    Elimination { damage: solution, given_up }
}

/// h_k = constant + Σ factors · h over the later protocols.
struct Equation {
    /// In units of 1/[`UNIT`], below 2^[`BITS`]; zero up to k.
    factors: [u32; PROTOCOLS],
    /// In units of 2^-30; at most [`ONE`].
    constant: u32,
    /// Whether any factor is not zero.
    depends: bool,
}

impl Equation {
    /// h_k = 0.
    const ZERO: Self = Self { factors: [0; PROTOCOLS], constant: 0, depends: false };
    /// h_k = 1.
    const LOST: Self = Self { constant: ONE, ..Self::ZERO };

    /// h_k from the later ones, rounded up, at most one.
    fn value(&self, later: &Damage) -> u32 {
        if !self.depends {
            return self.constant;
        }
        // Below 15 · 2^60.
        let (mut sum, mut hs) = (0u64, later.chunks_exact(4));
        for factors in self.factors.chunks_exact(4) {
            if let ([a, b, c, d], Some([w, x, y, z])) = (factors, hs.next()) {
                sum = sum.wrapping_add(times(*a, *w)).wrapping_add(times(*b, *x));
                sum = sum.wrapping_add(times(*c, *y)).wrapping_add(times(*d, *z));
            }
        }
        let value = quotient_up(sum, UNIT).wrapping_add(self.constant.into());
        value.min(ONE.into()) as u32
    }
}

/// One protocol's equation while earlier ones are put into it: h = constant + Σ sums · h.
struct Row {
    /// In units of 1/[`UNIT`]²; below 2^64 − 2^60, with fifteen products of two factors.
    sums: [u64; PROTOCOLS],
    /// In units of 2^-30/[`UNIT`].
    constant: u64,
}

impl Row {
    fn new(edges: &[u16; PROTOCOLS], initial: u32, own: usize, weights: &[u64; PROTOCOLS]) -> Self {
        let mut sums = [0; PROTOCOLS];
        for (sum, (edge, weight)) in sums.iter_mut().zip(edges.iter().zip(weights)) {
            // Below 2^52.
            *sum = u64::from(*edge).wrapping_mul(*weight);
        }
        if let Some(own) = sums.get_mut(own) {
            *own = 0;
        }
        // At most 2^55.
        Self { sums, constant: u64::from(initial.min(ONE)).wrapping_mul(UNIT) }
    }

    /// Sets `solved` to h_i by the later ones alone; none where that has no solution, or one beyond its type.
    #[inline(always)]
    fn solve_into(mut self, solved: &mut Equation, i: usize, earlier: &[Equation]) -> Option<()> {
        for (k, equation) in earlier.iter().enumerate() {
            let factor = quotient_up(*self.sums.get(k)?, UNIT);
            if factor != 0 {
                self.put(k, factor, equation)?;
            }
        }
        let own = quotient_up(*self.sums.get(i)?, UNIT);
        let divisor = UNIT.checked_sub(own).filter(|divisor| *divisor > 0)?;
        let constant = quotient_up(self.constant, divisor);
        let mut all = 0;
        let after = i.wrapping_add(1);
        for (factor, sum) in solved.factors.get_mut(after..)?.iter_mut().zip(self.sums.get(after..)?) {
            let quotient = quotient_up(*sum, divisor);
            all |= quotient;
            *factor = quotient as u32;
        }
        solved.constant = constant as u32;
        solved.depends = all != 0;
        (constant <= ONE.into() && all >> BITS == 0).then_some(())
    }

    /// Replaces h_k by what `equation` says of it; none if the factor is beyond its type. The solution for k is rounded up to a
    /// unit of damage later: one more is added here, so that the rounding does not make this protocol's damage fail its
    /// proof.
    #[inline(always)]
    fn put(&mut self, k: usize, factor: u64, equation: &Equation) -> Option<()> {
        if factor >> BITS != 0 {
            return None;
        }
        let constant = u64::from(equation.constant).wrapping_add(1);
        self.constant = self.constant.wrapping_add(factor.wrapping_mul(constant));
        if equation.depends {
            // By fours, so that the loop is unrolled: up to k the factors are zero.
            let from = k.wrapping_add(1) & !3;
            let (sums, factors) = (self.sums.get_mut(from..)?, equation.factors.get(from..)?);
            for (sums, factors) in sums.chunks_exact_mut(4).zip(factors.chunks_exact(4)) {
                if let ([a, b, c, d], [w, x, y, z]) = (sums, factors) {
                    *a = a.wrapping_add(factor.wrapping_mul((*w).into()));
                    *b = b.wrapping_add(factor.wrapping_mul((*x).into()));
                    *c = c.wrapping_add(factor.wrapping_mul((*y).into()));
                    *d = d.wrapping_add(factor.wrapping_mul((*z).into()));
                }
            }
        }
        Some(())
    }
}

fn times(a: u32, b: u32) -> u64 {
    u64::from(a).wrapping_mul(b.into())
}

/// The quotient, rounded up. Dividends are below 2^64 − 2^60.
fn quotient_up(dividend: u64, divisor: u64) -> u64 {
    dividend.wrapping_add(divisor.wrapping_sub(1)).checked_div(divisor).unwrap_or(u64::MAX)
}

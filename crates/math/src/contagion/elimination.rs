//! The linear equations of a network, solved by elimination. Everything is rounded up: with non-negative coefficients that
//! can only make the solution larger.

use super::{bit, Damage, Network, BPS, ONE, PROTOCOLS};

/// Fractional bits of the equations' factors.
const BITS: u32 = 24;
/// Λ = 1, then.
const UNIT: u64 = 1 << BITS;

/// The equations are resolved in units finer by this than a damage's, so that roundings do not add up on the way.
const FINE: u64 = 1 << FINE_BITS;
const FINE_BITS: u32 = 12;
/// All is lost, then.
const FINE_ONE: u64 = FINE * ONE as u64;

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
    let mut rows = [Equation::ZERO; PROTOCOLS];
    let given = rows.iter_mut().zip(damage.iter().zip(network.edges.iter().zip(network.initial)));
    for (i, (equation, (damage_i, (edges, initial)))) in given.enumerate().take(network.count) {
        if *damage_i >= ONE {
            *equation = Equation::LOST;
        } else if reached & bit(i) != 0 {
            // That the solution is rounded to units must not make it fail its proof: a unit for each protocol's own
            // rounding and Λ units for its neighbours'.
            let mut rounding = BPS;
            for (j, (factor, edge)) in equation.factors.iter_mut().zip(edges).enumerate().take(network.count) {
                if i != j && reached & bit(j) != 0 {
                    // Below 2^27.
                    *factor = u64::from(*edge).wrapping_mul(UNIT).div_ceil(BPS) as u32;
                    rounding = rounding.saturating_add((*edge).into());
                }
            }
            // At most 99.
            equation.constant = initial.saturating_add(rounding.div_ceil(BPS) as u32);
        }
    }
    let mut given_up = false;
    for k in 0..network.count {
        let Some((solved, rest)) = rows.split_at_mut_checked(k.wrapping_add(1)) else { break };
        let Some(equation) = solved.last_mut() else { break };
        given_up |= !equation.solve_for(k);
        for other in rest.iter_mut() {
            given_up |= !other.substitute(k, equation);
        }
    }
    let mut solution = [0u64; PROTOCOLS];
    for (k, equation) in rows.iter().enumerate().take(network.count).rev() {
        let value = equation.value(k, &solution);
        given_up |= value >= FINE_ONE && damage.get(k).is_some_and(|damage| *damage < ONE);
        if let Some(place) = solution.get_mut(k) {
            *place = value;
        }
    }
    // At most 2^30.
    Elimination { damage: solution.map(|fine| fine.div_ceil(FINE) as u32), given_up }
}

/// h_k = constant + Σ factors · h.
#[derive(Clone, Copy)]
struct Equation {
    /// In units of 2^-24.
    factors: [u32; PROTOCOLS],
    /// In units of 2^-30; at most [`ONE`].
    constant: u32,
}

impl Equation {
    const ZERO: Self = Self { factors: [0; PROTOCOLS], constant: 0 };
    /// h_k = 1.
    const LOST: Self = Self { factors: [0; PROTOCOLS], constant: ONE };

    /// Brings what the protocol loses by its own loss to the left side. An equation that has no solution then, or one
    /// beyond its type, becomes h_k = 1, and the answer false.
    fn solve_for(&mut self, k: usize) -> bool {
        let own = self.factors.get(k).copied().unwrap_or(0);
        if own == 0 || self.divide(k, UNIT.saturating_sub(own.into())) {
            return true;
        }
        *self = Self::LOST;
        false
    }

    /// Divides the constant and the factors after `k` by `divisor`; whether all fit.
    fn divide(&mut self, k: usize, divisor: u64) -> bool {
        let quotient = |number: u32, most: u32| {
            // Below 2^57.
            let number = u64::from(number).wrapping_mul(UNIT).saturating_add(divisor.saturating_sub(1));
            let quotient = number.checked_div(divisor)?;
            u32::try_from(quotient).ok().filter(|quotient| *quotient <= most)
        };
        let Some(constant) = quotient(self.constant, ONE) else { return false };
        self.constant = constant;
        for factor in self.factors.iter_mut().skip(k.wrapping_add(1)).filter(|factor| **factor != 0) {
            let Some(divided) = quotient(*factor, u32::MAX) else { return false };
            *factor = divided;
        }
        true
    }

    /// Replaces h_k by what `of` says of it, which has factors only after `k`. What no longer fits becomes h = 1, and the
    /// answer false.
    fn substitute(&mut self, k: usize, of: &Self) -> bool {
        let times = u64::from(self.factors.get(k).copied().unwrap_or(0));
        if times == 0 {
            return true;
        }
        // (2^32 − 1)² + 2^24 is below 2^64.
        let part = |number: u32| times.wrapping_mul(number.into()).wrapping_add(UNIT - 1) >> BITS;
        let constant = part(of.constant).saturating_add(self.constant.into());
        if constant > u64::from(ONE) {
            *self = Self::LOST;
            return false;
        }
        self.constant = constant as u32;
        let after = k.wrapping_add(1);
        let (Some(factors), Some(by)) = (self.factors.get_mut(after..), of.factors.get(after..)) else { return true };
        let mut all = 0;
        for (factor, by) in factors.iter_mut().zip(by) {
            // Below 2^41; what is cut off is seen below.
            let sum = part(*by).wrapping_add((*factor).into());
            *factor = sum as u32;
            all |= sum;
        }
        if all >> 32 != 0 {
            *self = Self::LOST;
        }
        all >> 32 == 0
    }

    /// h_k from the later ones, at most one, in units of 2^-42 as they are.
    fn value(&self, k: usize, later: &[u64; PROTOCOLS]) -> u64 {
        // In two parts, whose products are below 2^62 and 2^44.
        let (mut high, mut low) = (0u128, 0u64);
        for (factor, h) in self.factors.iter().zip(later).skip(k.wrapping_add(1)) {
            let factor = u64::from(*factor);
            high = high.wrapping_add(factor.wrapping_mul(h >> FINE_BITS).into());
            low = low.wrapping_add(factor.wrapping_mul(h & (FINE - 1)));
        }
        let sum = (high << FINE_BITS).wrapping_add(low.into()).wrapping_add((UNIT - 1).into()) >> BITS;
        let sum = u64::try_from(sum).unwrap_or(FINE_ONE);
        sum.saturating_add(u64::from(self.constant).wrapping_mul(FINE)).min(FINE_ONE)
    }
}

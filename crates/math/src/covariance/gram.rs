//! Weighted residuals and their Gram matrix.

use bytemuck::{Pod, Zeroable};

use crate::error::{MathError, Result};
use crate::muldiv::{div_u128_down, isqrt_u128_down, isqrt_u64_up, wide_mul};

/// The most assets.
pub const ASSETS: usize = 8;
/// The most rows.
pub const MAX_ROWS: usize = 64;

/// The least root mean square of an asset's residuals, in thousandths, from which its correlations are believed.
/// Smaller ones are mostly the rounding of the residuals themselves.
pub const LEAST_RESIDUAL: u64 = 10;

/// The weight of the newest row.
const NEWEST: u64 = 1 << 20;
const BPS: u64 = 10_000;
/// Entries of the lower triangle with its diagonal.
const ENTRIES: usize = 36;

/// The rows of residuals that are kept: a ring, of which `next` is the place that the next row will take.
#[derive(Clone, Copy, Debug)]
pub struct Returns<'a> {
    /// At most [`MAX_ROWS`] rows of residuals, in thousandths of a standard deviation.
    pub rows: &'a [[i16; ASSETS]],
    /// One place after the newest row.
    pub next: usize,
    /// How many rows are in use, counted back from the newest.
    pub count: usize,
    /// λ, what a row's weight is of its successor's: 0 to 10,000.
    pub decay_bps: u16,
}

impl Returns<'_> {
    /// Sets `gram` to the Gram matrix of the rows, exactly. The newest row weighs 2^20, each older one λ times its
    /// successor, rounded down.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] if there are more than [`MAX_ROWS`] rows, `count` or `next` lies beyond them, or λ exceeds one; `gram` is
    /// then unchanged.
    pub fn gram(&self, gram: &mut Gram) -> Result<()> {
        let places = self.rows.len();
        if places > MAX_ROWS || self.count > places || self.next > places || u64::from(self.decay_bps) > BPS {
            return Err(MathError::Domain);
        }
        *gram = Gram::zeroed();
        let (newer, older) = self.rows.split_at_checked(self.next).ok_or(MathError::Domain)?;
        let mut weight = NEWEST;
        for row in newer.iter().rev().chain(older.iter().rev()).take(self.count) {
            gram.add(row, weight);
            // Below 2^34.
            weight =
                weight.wrapping_mul(u64::from(self.decay_bps)).checked_div(BPS).ok_or(MathError::DivisionByZero)?;
        }
        Ok(())
    }
}

/// The sums Σ_t w_t z_ti z_tj, exact, with the sum of the weights. Its default is that of no rows.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[allow(unsafe_code)] // the derives of Pod and Zeroable expand to unsafe impls
pub struct Gram {
    /// Σ_t w_t: at most 2^26.
    weight: u64,
    /// The lower triangle by rows: (0, 0), (1, 0), (1, 1), (2, 0), …; at most 2^56 in size.
    entries: [i64; ENTRIES],
}

impl Default for Gram {
    fn default() -> Self {
        Self::zeroed()
    }
}

impl Gram {
    /// Σ_t w_t.
    pub const fn weight(&self) -> u64 {
        self.weight
    }

    /// Σ_t w_t z_ti z_tj, zero for an index beyond the assets.
    pub fn entry(&self, i: usize, j: usize) -> i64 {
        let (row, column) = if i < j { (j, i) } else { (i, j) };
        if row >= ASSETS {
            return 0;
        }
        // The rows above have 1 + 2 + … + row entries.
        let above = row.wrapping_mul(row.wrapping_add(1)) >> 1;
        self.entries.get(above.wrapping_add(column)).copied().unwrap_or(0)
    }

    /// Whether the asset's residuals tell a correlation: their root mean square is at least [`LEAST_RESIDUAL`].
    pub fn is_known(&self, asset: usize) -> bool {
        self.norm(asset).is_some()
    }

    /// The correlation of two assets in basis points, −10,000 to 10,000, rounded towards zero; none where one of them is
    /// not known.
    pub fn correlation_bps(&self, i: usize, j: usize) -> Option<i32> {
        let (a, b) = (self.norm(i)?, self.norm(j)?);
        let entry = self.entry(i, j);
        // √(ab) is at least |entry|, by Cauchy and Schwarz, and rounding it down leaves that so.
        let norm = isqrt_u128_down(wide_mul(a, b));
        let size = div_u128_down(wide_mul(entry.unsigned_abs(), BPS), norm).ok()?;
        let size = i32::try_from(size).ok()?;
        Some(if entry < 0 { size.wrapping_neg() } else { size })
    }

    /// Σ_t w_t z_ti², none where the asset is not known.
    pub(super) fn norm(&self, asset: usize) -> Option<u64> {
        const LEAST_SQUARE: u64 = LEAST_RESIDUAL * LEAST_RESIDUAL;
        let norm = self.entry(asset, asset).unsigned_abs();
        (norm > 0 && norm >= self.weight.saturating_mul(LEAST_SQUARE)).then_some(norm)
    }

    /// The root mean square of a known asset's residuals, in thousandths, rounded up.
    pub(super) fn deviation_up(&self, norm: u64) -> u64 {
        isqrt_u64_up(norm.checked_div(self.weight).unwrap_or(norm).saturating_add(1))
    }

    /// Σ_j G_ij a_j for every i, exactly. The sizes of `a` must be at most 2^31.
    pub(super) fn times(&self, a: &[i64; ASSETS]) -> [i128; ASSETS] {
        /// Entries are multiplied in two parts, so that every product and sum stays within 64 bits.
        const LOW_BITS: u32 = 28;
        const LOW: i64 = (1 << LOW_BITS) - 1;
        let mut high = [0i64; ASSETS];
        let mut low = [0i64; ASSETS];
        let mut entries = self.entries.iter();
        for (i, a_i) in a.iter().enumerate() {
            let (mut high_i, mut low_i) = (0i64, 0i64);
            let others = a.iter().zip(high.iter_mut().zip(low.iter_mut())).take(i);
            for ((a_j, (high_j, low_j)), entry) in others.zip(entries.by_ref()) {
                let (above, below) = (entry >> LOW_BITS, entry & LOW);
                high_i = high_i.wrapping_add(above.wrapping_mul(*a_j));
                low_i = low_i.wrapping_add(below.wrapping_mul(*a_j));
                *high_j = high_j.wrapping_add(above.wrapping_mul(*a_i));
                *low_j = low_j.wrapping_add(below.wrapping_mul(*a_i));
            }
            let own = entries.next().copied().unwrap_or(0);
            if let (Some(high), Some(low)) = (high.get_mut(i), low.get_mut(i)) {
                *high = high.wrapping_add(high_i).wrapping_add((own >> LOW_BITS).wrapping_mul(*a_i));
                *low = low.wrapping_add(low_i).wrapping_add((own & LOW).wrapping_mul(*a_i));
            }
        }
        let mut sums = [0i128; ASSETS];
        for (sum, (high, low)) in sums.iter_mut().zip(high.iter().zip(&low)) {
            *sum = (i128::from(*high) << LOW_BITS).wrapping_add(i128::from(*low));
        }
        sums
    }

    /// Adds a row. All sizes are at most 2^15 · 2^20 · 2^15, sixty-four times.
    fn add(&mut self, row: &[i16; ASSETS], weight: u64) {
        self.weight = self.weight.wrapping_add(weight);
        let row = row.map(i64::from);
        let mut entries = self.entries.iter_mut();
        for (i, z_i) in row.iter().enumerate() {
            let weighted = z_i.wrapping_mul(weight as i64);
            for (z_j, entry) in row.iter().take(i.wrapping_add(1)).zip(entries.by_ref()) {
                *entry = entry.wrapping_add(weighted.wrapping_mul(*z_j));
            }
        }
    }
}

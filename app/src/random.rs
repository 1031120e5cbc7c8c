//! A seeded, integer-only generator: the same seed gives the same run on every machine.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
///
/// Chosen because it is tiny, has no state that could be mis-seeded, and streams split by name stay
/// independent. It is not for secrets.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A stream of its own for one subject (`name`, `index`), so that drawing more in one place never
    /// shifts the numbers drawn in another.
    pub fn stream(seed: u64, name: &str, index: u64) -> Self {
        let mut state = Self { state: seed }.next();
        for byte in name.bytes() {
            state = Self { state: state ^ u64::from(byte) }.next();
        }
        Self { state: Self { state: state ^ index }.next() }
    }

    /// The next 64 uniform bits.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `0..bound`; 0 for a bound of 0. The bias of the multiplication method is below bound / 2^64.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// Uniform in `low..=high` (`low` when the range is empty).
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// True in `numerator` of `denominator` draws.
    pub fn chance(&mut self, numerator: u64, denominator: u64) -> bool {
        self.below(denominator) < numerator
    }

    /// Nearly normal with mean 0 and the given standard deviation (any unit): the sum of twelve uniforms
    /// less its mean (Irwin–Hall), so never beyond six deviations.
    pub fn normal(&mut self, deviation: u64) -> i64 {
        const UNIT: i64 = 1 << 20;
        let sum: i64 = (0..12).map(|_| self.below(UNIT as u64) as i64).sum();
        let centred = i128::from(sum - 6 * UNIT);
        (centred * i128::from(deviation) / i128::from(UNIT)) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_sequence() {
        // First outputs of SplitMix64 for seed 1234567, as listed by Rosetta Code ("Pseudo-random numbers/Splitmix64").
        let mut random = Random::new(1_234_567);
        let first: Vec<u64> = (0..5).map(|_| random.next()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    #[test]
    fn stays_within_bounds() {
        let mut random = Random::new(9);
        assert!((0..10_000).all(|_| (3..=7).contains(&random.between(3, 7))));
        assert!((0..1_000).all(|_| random.below(0) == 0));
        assert!((0..10_000).all(|_| random.normal(1_000).abs() <= 6_000));
    }

    #[test]
    fn normal_has_the_asked_mean_and_deviation() {
        let mut random = Random::new(5);
        let draws: Vec<i64> = (0..100_000).map(|_| random.normal(10_000)).collect();
        let mean = draws.iter().sum::<i64>() / 100_000;
        let variance = draws.iter().map(|d| d * d).sum::<i64>() / 100_000;
        // Standard error of the mean is 10,000 / √100,000 ≈ 32; of the variance about 0.45 %.
        assert!(mean.abs() < 130, "mean {mean}");
        assert!((98_000_000..102_000_000).contains(&variance), "variance {variance}");
    }

    #[test]
    fn streams_differ_by_name_and_index() {
        let draws = [
            Random::stream(1, "a", 0).next(),
            Random::stream(1, "a", 1).next(),
            Random::stream(1, "b", 0).next(),
            Random::stream(2, "a", 0).next(),
        ];
        for (i, one) in draws.iter().enumerate() {
            assert!(draws.iter().skip(i + 1).all(|other| other != one));
        }
    }
}

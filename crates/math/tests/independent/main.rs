//! Numbers that others worked out: tables of the literature, and Python 3 (mpmath 1.3 at 40 digits and more, exact fractions, SciPy
//! 1.17) from the definitions, in other forms than the library's wherever there is another.

#[path = "../reference/mod.rs"]
mod reference;

mod backtests;
mod borrowing;
mod mixture;
mod networks;
mod options;
mod portfolio;
mod ranges;

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers here and in Python.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[test]
fn the_generator_is_the_published_one() {
    let mut generator = SplitMix(1_234_567);
    assert_eq!(generator.next(), 6_457_827_717_110_365_317);
    assert_eq!(generator.next(), 3_203_168_211_198_807_973);
}

//! How one day's bar is brought to a feed: four prices, so that the feed's own bar of that day is the same.
//!
//! The open comes one second after midnight; low and high in the morning and afternoon, first the one that is nearer to the
//! open; the close in the day's last second. A daily bar does not say which extreme came first; the nearer one is the
//! likelier, and the feed's bar is the same either way.

use super::Bar;

/// Seconds of a UTC day.
pub const SECONDS: i64 = 86_400;
/// Seconds after midnight of the four prices: 00:00:01, 08:00:00, 16:00:00, 23:59:59.
pub const MOMENTS: [i64; 4] = [1, 28_800, 57_600, SECONDS - 1];

/// The day's prices in the order in which they are brought, each with its second after midnight; USD × 10^12.
pub fn prices(bar: &Bar) -> [(i64, u64); 4] {
    let low_first = bar.open.saturating_sub(bar.low) <= bar.high.saturating_sub(bar.open);
    let (second, third) = if low_first { (bar.low, bar.high) } else { (bar.high, bar.low) };
    let [open, morning, afternoon, close] = MOMENTS;
    [(open, bar.open), (morning, second), (afternoon, third), (close, bar.close)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_extreme_comes_first() {
        let order = |open, high, low, close| prices(&Bar { open, high, low, close }).map(|(_, price)| price);
        assert_eq!(order(100, 130, 90, 95), [100, 90, 130, 95]);
        assert_eq!(order(100, 105, 90, 95), [100, 105, 90, 95]);
        assert_eq!(order(100, 110, 90, 95), [100, 90, 110, 95]);
        assert_eq!(order(7, 7, 7, 7), [7; 4]);
    }

    #[test]
    fn moments_lie_within_the_day_in_order() {
        assert!(MOMENTS.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(MOMENTS[0] >= 0 && MOMENTS[3] < SECONDS);
        assert_eq!(prices(&Bar { open: 1, high: 1, low: 1, close: 1 }).map(|(moment, _)| moment), MOMENTS);
    }
}

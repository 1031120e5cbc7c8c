//! How long to wait: twice as long each time, and never in step with other keepers.

use sha2::{Digest, Sha256};

/// First wait for a target that was refused, seconds.
const FIRST_PARK: u64 = 10;
/// Longest wait for a target that keeps being refused, seconds.
const LONGEST_PARK: u64 = 3_600;

/// `first`, doubled with each failure after the first, at most `longest`.
pub fn doubled(first: u64, longest: u64, failures: u32) -> u64 {
    let factor = 1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX);
    first.saturating_mul(factor).min(longest)
}

/// A number from 0 to `most` that differs from keeper to keeper and from time to time: from a hash of `salt`, in which
/// the keeper's key belongs.
pub fn jitter(most: u64, salt: &[&[u8]]) -> u64 {
    let mut hasher = Sha256::new();
    for part in salt {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    // Of 64 bits, the remainder's bias towards small numbers is nothing at the sizes of waits.
    u64::from_le_bytes(bytes) % most.saturating_add(1).max(1)
}

/// How long a target is left alone after its n-th refusal in a row, seconds: ten, doubled up to an hour, and up to a
/// quarter more.
pub fn park_seconds(refusals: u32, salt: &[&[u8]]) -> u64 {
    let wait = doubled(FIRST_PARK, LONGEST_PARK, refusals);
    wait.saturating_add(jitter(wait / 4, salt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u64> = (0..8).map(|failures| doubled(2, 60, failures)).collect();
        assert_eq!(waits, [2, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(doubled(2, 60, u32::MAX), 60);
        assert_eq!(doubled(u64::MAX, u64::MAX, 3), u64::MAX);
    }

    #[test]
    fn jitter_stays_in_range_and_differs_between_keepers() {
        let of = |keeper: u8, time: u8| jitter(1_000, &[&[keeper; 32], &[time]]);
        let numbers: Vec<u64> = (0..50).flat_map(|keeper| (0..4).map(move |time| of(keeper, time))).collect();
        assert!(numbers.iter().all(|number| *number <= 1_000));
        let mut different = numbers.clone();
        different.sort_unstable();
        different.dedup();
        assert!(different.len() > 150, "200 numbers of 1,001 are mostly different: {}", different.len());
        assert_eq!(of(1, 1), of(1, 1));
        assert_eq!((jitter(0, &[&[1]]), jitter(0, &[])), (0, 0));
        assert_ne!(jitter(u64::MAX, &[b"ab", b"c"]), jitter(u64::MAX, &[b"a", b"bc"]));
    }

    #[test]
    fn a_parked_target_waits_ten_seconds_to_an_hour_and_a_quarter() {
        for (refusals, least) in [(1, 10), (2, 20), (5, 160), (9, 2_560), (10, 3_600), (99, 3_600)] {
            let wait = park_seconds(refusals, &[b"keeper"]);
            assert!((least..=least + least / 4).contains(&wait), "{refusals}: {wait}");
        }
    }
}

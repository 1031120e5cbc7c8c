//! Slots and time.

use {
    crate::support::Bench,
    gimbal_svm::{
        clock::{ORIGIN_SLOT, ORIGIN_TIME},
        ChainError,
    },
};

#[test]
fn a_second_is_two_and_a_half_slots() {
    let mut bench = Bench::new();
    assert_eq!((bench.chain.slot(), bench.chain.unix_time()), (ORIGIN_SLOT, ORIGIN_TIME));
    bench.chain.warp(1).unwrap();
    assert_eq!((bench.chain.slot(), bench.chain.unix_time()), (ORIGIN_SLOT + 2, ORIGIN_TIME + 1));
    bench.chain.warp(1).unwrap();
    assert_eq!((bench.chain.slot(), bench.chain.unix_time()), (ORIGIN_SLOT + 5, ORIGIN_TIME + 2));
}

#[test]
fn slots_carry_time_with_them() {
    let mut bench = Bench::new();
    for _ in 0..5 {
        bench.chain.advance_slots(1).unwrap();
    }
    assert_eq!((bench.chain.slot(), bench.chain.unix_time()), (ORIGIN_SLOT + 5, ORIGIN_TIME + 2));
}

#[test]
fn time_never_goes_back() {
    let mut bench = Bench::new();
    bench.chain.set_time(ORIGIN_TIME + 86_400).unwrap();
    assert_eq!(bench.chain.slot(), ORIGIN_SLOT + 216_000);
    let error = bench.chain.set_time(ORIGIN_TIME + 86_399).unwrap_err();
    assert!(matches!(error, ChainError::TimeGoesBackwards { .. }));
    bench.chain.set_time(ORIGIN_TIME + 86_400).unwrap();
    assert_eq!(bench.chain.slot(), ORIGIN_SLOT + 216_000);
    assert!(matches!(bench.chain.warp(u64::MAX), Err(ChainError::TimeOutOfRange)));
    assert_eq!(bench.chain.unix_time(), ORIGIN_TIME + 86_400);
}

#[test]
fn an_epoch_is_432_000_slots() {
    let mut bench = Bench::new();
    assert_eq!(bench.chain.epoch(), 1_200);
    assert_eq!(bench.chain.clock().epoch_start_timestamp, ORIGIN_TIME);
    bench.chain.advance_slots(431_999).unwrap();
    assert_eq!(bench.chain.epoch(), 1_200);
    bench.chain.advance_slots(1).unwrap();
    let clock = bench.chain.clock();
    assert_eq!((clock.epoch, clock.leader_schedule_epoch), (1_201, 1_202));
    // 432,000 slots of 400 ms are two days.
    assert_eq!(clock.epoch_start_timestamp, ORIGIN_TIME + 172_800);
}

#[test]
fn a_clock_can_be_brought_to_where_another_stood() {
    let mut chain = Bench::new().chain;
    chain.advance_slots(7).unwrap();
    // 2.8 s: slot 7 and second 2. A slot of 1.2 s later is slot 10 at second 4.
    let (slot, time) = (chain.slot(), chain.unix_time());
    for (slots, seconds) in [(3, 2), (2, 2), (3, 0), (0, 2)] {
        let mut other = chain.clone();
        other.advance_to(slot + slots, time + seconds).unwrap();
        assert_eq!((other.slot(), other.unix_time()), (slot + 3, time + 2), "{slots} {seconds}");
    }
    chain.advance_to(0, i64::MIN).unwrap();
    assert_eq!((chain.slot(), chain.unix_time()), (slot, time));
    assert!(chain.advance_to(u64::MAX, 0).is_err());
    assert_eq!((chain.slot(), chain.unix_time()), (slot, time));
}

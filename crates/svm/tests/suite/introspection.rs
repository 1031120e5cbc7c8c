//! What a native program learns about the machine and the transaction around it.

use {
    crate::{probe::*, support::*},
    anchor_lang::prelude::pubkey,
    gimbal_svm::clock::{ORIGIN_SLOT, ORIGIN_TIME},
    solana_instruction::Instruction,
};

fn u64_at(data: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(data[offset..offset + 8].try_into().unwrap())
}

#[test]
fn the_clock_is_the_chains() {
    let mut bench = Bench::new();
    bench.chain.warp(3_600).unwrap();
    bench.probe(&[READ_CLOCK], vec![w(OWN)]).unwrap();
    let data = bench.data(&OWN);
    assert_eq!(u64_at(&data, 0), ORIGIN_SLOT + 9_000);
    assert_eq!(u64_at(&data, 8), ORIGIN_TIME as u64 + 3_600);
    assert_eq!(u64_at(&data, 16), 1_200);
}

#[test]
fn rent_and_epoch_schedule_are_mainnets() {
    let mut bench = Bench::new();
    bench.probe(&[READ_RENT], vec![w(OWN)]).unwrap();
    let data = bench.data(&OWN);
    // The well-known price of a token account, and mainnet's epoch length.
    assert_eq!(u64_at(&data, 0), 2_039_280);
    assert_eq!(u64_at(&data, 8), 432_000);
}

#[test]
fn stack_height_counts_calls() {
    let mut bench = Bench::new();
    bench.probe(&[STACK_HEIGHT], vec![w(OWN)]).unwrap();
    assert_eq!(bench.data(&OWN)[0], 1);
    bench.probe(&[FORWARD, STACK_HEIGHT], vec![r(OTHER), w(FOREIGN)]).unwrap();
    assert_eq!(bench.data(&FOREIGN)[0], 2);
}

#[test]
fn the_instructions_sysvar_gives_the_current_index() {
    let mut bench = Bench::new();
    let sysvar = pubkey!("Sysvar1nstructions1111111111111111111111111");
    let tell = Instruction::new_with_bytes(PROBE, &[CURRENT_INDEX], vec![w(OWN), r(sysvar)]);
    let other = Instruction::new_with_bytes(PROBE, &[RETURN], vec![]);
    bench.send(&[other.clone(), other, tell]).unwrap();
    assert_eq!(bench.data(&OWN)[0], 2);
}

#[test]
fn the_instruction_before_is_known() {
    let mut bench = Bench::new();
    let tell = Instruction::new_with_bytes(PROBE, &[SIBLING], vec![w(OWN)]);
    bench.send(std::slice::from_ref(&tell)).unwrap();
    assert_eq!(bench.data(&OWN)[0], 255);
    let before = Instruction::new_with_bytes(OTHER, &[RETURN], vec![]);
    bench.send(&[before, tell]).unwrap();
    assert_eq!(bench.data(&OWN)[0], RETURN);
}

#[test]
fn any_sysvar_can_be_read_in_part() {
    let mut bench = Bench::new();
    bench.probe(&[SLOT_HASHES], vec![w(OWN)]).unwrap();
    let data = bench.data(&OWN);
    assert_eq!((u64_at(&data, 0), u64_at(&data, 8)), (1, ORIGIN_SLOT - 1));
    bench.chain.warp(2).unwrap();
    bench.probe(&[SLOT_HASHES], vec![w(OWN)]).unwrap();
    let data = bench.data(&OWN);
    assert_eq!((u64_at(&data, 0), u64_at(&data, 8)), (2, ORIGIN_SLOT + 4));
}

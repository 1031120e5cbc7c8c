//! What receipts and failures tell.

use {
    crate::{probe::*, support::*},
    solana_instruction::Instruction,
    solana_signer::Signer,
};

#[test]
fn a_receipt_tells_what_happened() {
    let mut bench = Bench::new();
    let payer = bench.payer.pubkey();
    let slot = bench.chain.slot();
    let transaction = bench.sign(
        &[transfer(payer, OWN, 1), Instruction::new_with_bytes(PROBE, &[FORWARD, RETURN, 4], vec![r(OTHER)])],
        &[],
    );
    let signature = transaction.signatures[0];
    let before = bench.chain.balance(&payer);
    let receipt = bench.chain.send(transaction).unwrap();
    assert_eq!(receipt.signature, signature);
    assert_eq!(receipt.slot, slot);
    assert_eq!(receipt.fee, 5_000);
    assert_eq!(bench.chain.balance(&payer), before - 5_000 - 1);
    // Two native instructions and the system program's 150, plus the call itself.
    assert!(receipt.compute_units > 10_150, "{}", receipt.compute_units);
    assert_eq!(receipt.return_data, Some((OTHER, vec![4])));
    let calls = &receipt.inner_instructions;
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].top_level_index, calls[0].stack_height), (1, 2));
    assert_eq!((calls[0].program_id, &calls[0].data), (OTHER, &vec![RETURN, 4]));
    let invoked = receipt.logs.iter().filter(|line| line.contains(" invoke [")).count();
    let succeeded = receipt.logs.iter().filter(|line| line.ends_with(" success")).count();
    assert_eq!((invoked, succeeded), (3, 3));
}

#[test]
fn a_failure_names_the_instruction_and_the_code() {
    let mut bench = Bench::new();
    let good = Instruction::new_with_bytes(PROBE, &[WRITE, 9], vec![w(OWN)]);
    let data = [&[FAIL][..], &6_003u32.to_le_bytes()].concat();
    let bad = Instruction::new_with_bytes(PROBE, &data, vec![]);
    let failure = bench.send(&[good, bad]).unwrap_err();
    assert_eq!(failure.instruction_index(), Some(1));
    assert_eq!(failure.custom_code(), Some(6_003));
    assert_eq!(failure.receipt.fee, 5_000);
    assert!(failure.to_string().contains("custom program error: 0x1773"));
    // The first instruction's write is gone with the rest.
    assert_eq!(bench.data(&OWN), DATA);
}

#[test]
fn events_are_the_programs_calls_to_itself() {
    let mut bench = Bench::new();
    // Anchor's tag of an event instruction, little-endian, then a discriminator and a body.
    let mut event = 0x1d9a_cb51_2ea5_45e4u64.to_le_bytes().to_vec();
    event.extend_from_slice(b"8 bytes!body");
    let fail_free = [&[FORWARD][..], &event].concat();
    // The probe knows no such deed, so the call fails; the failure still shows the event.
    let failure = bench.probe(&fail_free, vec![r(PROBE)]).unwrap_err();
    let events: Vec<&[u8]> = failure.receipt.events(&PROBE).collect();
    assert_eq!(events, [b"8 bytes!body"]);
    assert_eq!(failure.receipt.events(&OTHER).count(), 0);
}

#[test]
fn a_simulation_changes_nothing() {
    let bench = Bench::new();
    let call = Instruction::new_with_bytes(PROBE, &[WRITE, 9], vec![w(OWN)]);
    let before = bench.chain.accounts_hash(|_, _| false);
    let receipt = bench.chain.simulate(bench.sign(&[call], &[])).unwrap();
    assert_eq!(receipt.fee, 5_000);
    assert!(receipt.compute_units > 0);
    assert_eq!(bench.chain.accounts_hash(|_, _| false), before);
}

//! The client against a whole chain: what it tells is what the chain did.

use gimbal::{
    chain::{Chain, History},
    instructions::token,
    transaction,
};
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

use crate::bench::{Bench, AMOUNT, RECEIVER};

#[test]
fn a_receipt_is_the_embedded_chains() {
    let bench = Bench::start();
    let mut chain = bench.direct();
    let transaction = bench.signed(&chain);
    let mut embedded = bench.server.chain().chain().clone();
    let trial = chain.simulate(&transaction).unwrap();
    let receipt = chain.send(&transaction).unwrap();
    let expected = embedded.send(&transaction).unwrap();
    assert_eq!(receipt.signature, expected.signature);
    assert_eq!((receipt.compute_units, receipt.fee), (expected.compute_units, expected.fee));
    assert_eq!(receipt.logs, expected.logs);
    assert_eq!(receipt.inner, expected.inner);
    assert!(!receipt.inner.is_empty(), "the associated account was made by calls");
    assert_eq!(receipt.return_data, expected.return_data);
    assert_eq!((trial.compute_units, trial.fee, trial.logs), (expected.compute_units, expected.fee, expected.logs));
    bench.once(&receipt);

    let executed = chain.transaction(&receipt.signature).unwrap().unwrap();
    assert_eq!((executed.failed, executed.fee_payer), (None, bench.issuer.pubkey()));
    let account = chain.require_account(&bench.mint.account_of(&RECEIVER)).unwrap();
    assert_eq!(
        Some(account.clone()),
        bench.server.chain().chain().get_account(&bench.mint.account_of(&RECEIVER)).unwrap()
    );
    assert_eq!(executed.payer_change, -i64::try_from(account.lamports + receipt.fee).unwrap(), "rent and fee");
}

#[test]
fn a_refusal_is_the_embedded_chains() {
    let bench = Bench::start();
    let mut chain = bench.direct();
    // Anchor's own refusal of an instruction that the program does not have, and the token program's of a wrong signer.
    let unknown = Instruction {
        program_id: vault::ID,
        accounts: vec![AccountMeta::new_readonly(bench.issuer.pubkey(), true)],
        data: vec![9; 8],
    };
    let stranger = token::mint_to(&bench.mint.key, &bench.mint.key, &RECEIVER, 1, &bench.mint.program);
    let stranger = Instruction {
        accounts: stranger.accounts.into_iter().map(|meta| AccountMeta { is_signer: false, ..meta }).collect(),
        ..stranger
    };
    for instruction in [unknown, stranger] {
        let blockhash = chain.latest_blockhash().unwrap();
        let transaction = transaction::build(&bench.issuer, &[instruction], &[], &[], blockhash).unwrap();
        let mut embedded = bench.server.chain().chain().clone();
        let expected = embedded.send(&transaction).unwrap_err();
        let expected = expected.refused().unwrap();
        for refusal in [chain.simulate(&transaction).unwrap_err(), chain.send(&transaction).unwrap_err()] {
            let refused = refusal.refused().unwrap();
            assert_eq!(refused.error, expected.error);
            assert_eq!((refused.name(), refused.program), (expected.name(), expected.program));
            assert_eq!((&refused.logs, refused.compute_units), (&expected.logs, expected.compute_units));
            assert_eq!(refusal.to_string(), expected.to_string());
        }
        assert_eq!(chain.transaction(&transaction.signatures[0]).unwrap().map(|it| it.time), None, "it was never sent");
    }
    assert_eq!(bench.minted(), 0);
}

#[test]
fn accounts_after_a_trial_are_the_embedded_chains() {
    let bench = Bench::start();
    let chain = bench.direct();
    let transaction = bench.signed(&chain);
    let keys = [bench.mint.account_of(&RECEIVER), vault::ID, bench.mint.key, RECEIVER];
    let (_, accounts) = chain.simulate_reading(&transaction, &keys).unwrap();
    let embedded = bench.server.chain().chain().clone();
    let (_, expected) = embedded.simulate_reading(&transaction, &keys).unwrap();
    assert_eq!(accounts, expected);
    let credited = accounts[0].clone().unwrap();
    assert_eq!(credited.data[64..72], AMOUNT.to_le_bytes(), "the amount of a token account");
    assert_eq!((accounts[1].is_some(), accounts[3].is_none()), (true, true));
    assert_eq!(bench.minted(), 0);
}

#[test]
fn the_clock_and_fees_are_the_embedded_chains() {
    let bench = Bench::start();
    let chain = bench.direct();
    let before = bench.server.chain().chain().clock().unwrap();
    let clock = chain.clock().unwrap();
    assert!((before.slot..before.slot + 1_000).contains(&clock.slot));
    assert_eq!(clock.epoch, before.epoch);
    assert_eq!(chain.minimum_balance(165).unwrap(), 2_039_280, "as on every public cluster");
    assert_eq!(chain.recent_priority_fee(&[bench.mint.key]).unwrap(), 0);
    assert_eq!(chain.genesis_hash().unwrap(), bench.server.chain().genesis_hash());
    let found = chain.program_accounts(&bench.mint.program, &[]).unwrap();
    let expected = bench.server.chain().chain().program_accounts(&bench.mint.program, &[]).unwrap();
    assert_eq!(found, expected);
}

//! Equal runs give equal chains, and a chain can be put back.

use {
    crate::{probe::*, support::*},
    gimbal_svm::{ids::TOKEN_PROGRAM, MintState},
    solana_instruction::{AccountMeta, Instruction},
    solana_signer::Signer,
};

/// A few hundred transactions of all kinds.
fn run() -> Bench {
    let mut bench = Bench::new();
    let payer = bench.payer.pubkey();
    let mint = key(20).pubkey();
    let state = MintState { mint_authority: None, supply: 0, decimals: 6, freeze_authority: None };
    bench.chain.set_mint(mint, &state).unwrap();
    let from = bench.chain.credit_tokens(&payer, &mint, 1_000_000).unwrap();
    let to = bench.chain.credit_tokens(&OWN, &mint, 0).unwrap();
    for step in 0..200u8 {
        let amount = u64::from(step);
        let pay = Instruction::new_with_bytes(
            TOKEN_PROGRAM,
            &[&[3][..], &amount.to_le_bytes()].concat(),
            vec![w(from), w(to), AccountMeta::new_readonly(payer, true)],
        );
        let write = Instruction::new_with_bytes(PROBE, &[WRITE, step], vec![w(OWN)]);
        bench.send(&[pay, write]).unwrap();
        bench.probe(&[FAIL], vec![]).unwrap_err();
        bench.chain.warp(7).unwrap();
    }
    bench
}

#[test]
fn equal_runs_give_equal_chains() {
    let (first, second) = (run(), run());
    let all = |bench: &Bench| bench.chain.accounts_hash(|_, _| false);
    assert_eq!(all(&first), all(&second));
    assert_eq!(first.chain.latest_blockhash(), second.chain.latest_blockhash());
    assert_eq!(first.chain.clock(), second.chain.clock());
    // 0 + 1 + … + 199 tokens and 400 fees have moved.
    let payer = first.payer.pubkey();
    assert_eq!(first.chain.balance(&payer), 1_000_000_000_000 - 400 * 5_000);
    let mint = key(20).pubkey();
    let to = gimbal_svm::token::associated_token_address(&OWN, &mint, &TOKEN_PROGRAM);
    assert_eq!(first.chain.token_balance(&to).unwrap(), 19_900);
}

#[test]
fn the_hash_sees_every_change_and_skips_what_it_is_told_to() {
    let mut bench = Bench::new();
    let before = bench.chain.accounts_hash(|_, _| false);
    let without = bench.chain.accounts_hash(|address, _| *address == OWN);
    assert_ne!(before, without);
    bench.chain.airdrop(&OWN, 1).unwrap();
    assert_ne!(bench.chain.accounts_hash(|_, _| false), before);
    assert_eq!(bench.chain.accounts_hash(|address, _| *address == OWN), without);
    // Time alone moves only sysvars.
    let after = bench.chain.accounts_hash(|_, _| false);
    bench.chain.warp(1_000).unwrap();
    assert_eq!(bench.chain.accounts_hash(|_, _| false), after);
}

#[test]
fn a_snapshot_brings_everything_back() {
    let mut bench = Bench::new();
    bench.probe(&[WRITE, 1], vec![w(OWN)]).unwrap();
    let snapshot = bench.chain.snapshot();
    let hash = bench.chain.accounts_hash(|_, _| false);
    let (clock, blockhash) = (bench.chain.clock(), bench.chain.latest_blockhash());
    let pending = bench.sign(&[Instruction::new_with_bytes(PROBE, &[WRITE, 2], vec![w(OWN)])], &[]);

    for _ in 0..2 {
        bench.chain.send(pending.clone()).unwrap();
        bench.chain.warp(100_000).unwrap();
        bench.chain.upgrade_program(&OTHER, 5, None).unwrap();
        assert_eq!(bench.data(&OWN)[0], 2);

        bench.chain.restore(&snapshot);
        assert_eq!(bench.chain.accounts_hash(|_, _| false), hash);
        assert_eq!(bench.chain.clock(), clock);
        assert_eq!(bench.chain.latest_blockhash(), blockhash);
        assert_eq!(bench.chain.program_deployment(&OTHER).unwrap(), (0, Some(OWN)));
        assert_eq!(bench.data(&OWN)[0], 1);
    }
}

#[test]
fn program_accounts_come_in_order() {
    let mut bench = Bench::new();
    for seed in [9u8, 3, 7, 1] {
        let address = anchor_lang::prelude::Pubkey::new_from_array([seed; 32]);
        bench.chain.set_data(address, PROBE, vec![seed]).unwrap();
    }
    let found = bench.chain.program_accounts(&PROBE);
    assert_eq!(found.len(), 5);
    assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(found.iter().any(|(address, _)| *address == OWN));
}

#[test]
fn a_chain_can_move_between_threads() {
    let mut bench = Bench::new();
    let bench = std::thread::spawn(move || {
        bench.probe(&[WRITE, 3], vec![w(OWN)]).unwrap();
        bench
    })
    .join()
    .unwrap();
    assert_eq!(bench.data(&OWN)[0], 3);
}

/// Native programs of several chains run at once, each against its own machine.
#[test]
fn chains_on_several_threads_do_not_mix() {
    let threads: Vec<_> = (1..=4u8)
        .map(|byte| {
            std::thread::spawn(move || {
                let mut bench = Bench::new();
                for _ in 0..50 {
                    bench.probe(&[FORWARD, WRITE, byte], vec![r(OTHER), w(FOREIGN)]).unwrap();
                }
                (byte, bench.data(&FOREIGN)[0])
            })
        })
        .collect();
    for thread in threads {
        let (sent, kept) = thread.join().unwrap();
        assert_eq!(sent, kept);
    }
}

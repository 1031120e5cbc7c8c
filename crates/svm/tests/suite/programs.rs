//! Programs in both modes. The bytecode is the memo program's, which the chain carries.

use {
    crate::{probe::*, support::*},
    anchor_lang::prelude::{pubkey, AccountInfo, Pubkey},
    anchor_lang::solana_program::entrypoint::ProgramResult,
    gimbal_svm::{
        ids::UPGRADEABLE_LOADER, native, program::program_data_address, ChainError, EmbeddedChain, Mode, ProgramSpec,
    },
    solana_instruction::Instruction,
    solana_signer::Signer,
    std::path::PathBuf,
};

const MEMO: Pubkey = pubkey!("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const COPY: Pubkey = Pubkey::new_from_array([0x50; 32]);

/// The memo program's effect on accounts: none.
fn memo(_: &Pubkey, _: &[AccountInfo], data: &[u8]) -> ProgramResult {
    assert!(std::str::from_utf8(data).is_ok());
    Ok(())
}

fn spec() -> ProgramSpec {
    ProgramSpec { name: "memo-copy", id: COPY, native: native!(memo), upgrade_authority: Some(OWN) }
}

/// A directory with the memo program's bytecode under the copy's name.
fn deploy_dir(test: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("gimbal-svm-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("memo_copy.so"), elf()).unwrap();
    dir
}

fn elf() -> Vec<u8> {
    Bench::new().data(&MEMO)
}

fn bench(mode: Mode) -> Bench {
    let mut chain = EmbeddedChain::new(mode, &[spec()]).unwrap();
    let payer = key(1);
    chain.airdrop(&payer.pubkey(), 1_000_000_000).unwrap();
    Bench { chain, payer }
}

#[test]
fn both_modes_show_the_same_program_data_header() {
    let dir = deploy_dir("header");
    let native = bench(Mode::Native);
    let bytecode = bench(Mode::Bytecode { deploy_dir: dir.clone() });
    let address = program_data_address(&COPY);
    // Tag 3, slot 0, an authority.
    let header = [&[3, 0, 0, 0][..], &[0; 8], &[1], OWN.as_ref()].concat();
    for (bench, elf) in [(&native, vec![]), (&bytecode, elf())] {
        let account = bench.chain.account(&address).unwrap();
        assert_eq!(account.owner, UPGRADEABLE_LOADER);
        assert_eq!(account.data[..45], header);
        assert_eq!(account.data[45..], elf);
        assert_eq!(bench.chain.program_deployment(&COPY).unwrap(), (0, Some(OWN)));
        assert!(bench.chain.account(&COPY).unwrap().executable);
    }
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_simulated_upgrade_changes_the_header_only() {
    let dir = deploy_dir("upgrade");
    for mode in [Mode::Native, Mode::Bytecode { deploy_dir: dir.clone() }] {
        let mut bench = bench(mode);
        let address = program_data_address(&COPY);
        let before = bench.data(&address);
        bench.chain.upgrade_program(&COPY, 77, Some(FOREIGN)).unwrap();
        assert_eq!(bench.chain.program_deployment(&COPY).unwrap(), (77, Some(FOREIGN)));
        bench.chain.upgrade_program(&COPY, 78, None).unwrap();
        assert_eq!(bench.chain.program_deployment(&COPY).unwrap(), (78, None));
        assert_eq!(bench.data(&address)[13..45], [0; 32]);
        assert_eq!(bench.data(&address)[45..], before[45..]);
        bench.send(&[Instruction::new_with_bytes(COPY, b"still here", vec![])]).unwrap();
    }
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn equal_histories_hash_equal_in_both_modes() {
    let dir = deploy_dir("equal");
    let hashes = [Mode::Native, Mode::Bytecode { deploy_dir: dir.clone() }].map(|mode| {
        let mut bench = bench(mode);
        let pay = transfer(bench.payer.pubkey(), OWN, 12_345_678);
        for _ in 0..3 {
            bench.send(&[pay.clone(), Instruction::new_with_bytes(COPY, b"hello", vec![])]).unwrap();
            bench.chain.warp(60).unwrap();
        }
        bench.chain.accounts_hash(|_, _| false)
    });
    assert_eq!(hashes[0], hashes[1]);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn missing_bytecode_names_the_file_and_the_command() {
    let dir = std::env::temp_dir().join("gimbal-svm-no-such-directory");
    let mode = Mode::Bytecode { deploy_dir: dir.clone() };
    let error = EmbeddedChain::new(mode, &[spec()]).unwrap_err();
    let path = dir.join("memo_copy.so");
    assert!(matches!(&error, ChainError::MissingBytecode { name: "memo-copy", path: at } if *at == path));
    let text = error.to_string();
    assert!(text.contains("cargo build-sbf") && text.contains(&path.display().to_string()), "{text}");
}

#[test]
fn broken_bytecode_is_refused() {
    let dir = deploy_dir("broken");
    std::fs::write(dir.join("memo_copy.so"), b"not an ELF").unwrap();
    let mode = Mode::Bytecode { deploy_dir: dir.clone() };
    let error = EmbeddedChain::new(mode, &[spec()]).unwrap_err();
    assert!(matches!(error, ChainError::InvalidBytecode { name: "memo-copy", .. }));
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn the_mode_follows_what_is_built() {
    let dir = deploy_dir("detect");
    let built = Mode::detect(&dir, &[spec()]);
    assert_eq!(built, Mode::Bytecode { deploy_dir: dir.clone() });
    assert_eq!(Mode::detect(&dir, &probes()), Mode::Native);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn an_address_is_given_once() {
    let mut bench = Bench::new();
    let mut twice = spec();
    twice.id = PROBE;
    let error = bench.chain.add_program(&twice).unwrap_err();
    assert!(matches!(error, ChainError::DuplicateProgram(PROBE)));
}

#[test]
fn only_programs_can_be_upgraded() {
    let mut bench = Bench::new();
    let error = bench.chain.upgrade_program(&OWN, 1, None).unwrap_err();
    assert!(matches!(error, ChainError::NotUpgradeable(OWN)));
    assert_eq!(bench.chain.program_deployment(&PROBE).unwrap(), (0, None));
    assert_eq!(bench.chain.program_deployment(&OTHER).unwrap(), (0, Some(OWN)));
}

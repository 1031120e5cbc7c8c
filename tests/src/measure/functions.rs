//! `gimbal-math` on bytecode, function by function.

use gimbal::chain::{Chain, EmbeddedChain, Sandbox};
use gimbal_svm::{native, ProgramSpec};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::last_instruction;

/// Runs in the longer of the two measurements.
const LONG: u32 = 17;

/// Name and compute units of each function, the call itself included.
///
/// # Panics
///
/// If the chain does not start or a function fails.
pub fn measure() -> Vec<(&'static str, u64)> {
    let mode = EmbeddedChain::mode_from_environment().expect("the mode's variable is native or bytecode");
    let bench = ProgramSpec {
        name: "math-bench",
        id: math_bench::ID,
        native: native!(math_bench::process_instruction),
        upgrade_authority: None,
    };
    let mut chain = EmbeddedChain::with_programs(mode, &[bench]).expect("the programs load");
    let payer = Keypair::new_from_array([7; 32]);
    chain.fund(&payer.pubkey(), 1_000_000_000).expect("lamports");
    let mut units = |index: u8, times: u32| {
        let mut data = vec![index];
        data.extend_from_slice(&times.to_le_bytes());
        let call = Instruction { program_id: math_bench::ID, accounts: vec![], data };
        let receipt = chain.execute(&payer, &[call], &[], &[]).unwrap_or_else(|error| panic!("{error}"));
        last_instruction(&receipt.logs)
    };
    math_bench::FUNCTIONS
        .iter()
        .zip(0..)
        .map(|((name, _), index)| {
            let (long, short) = (units(index, LONG), units(index, 1));
            (*name, (long - short) / u64::from(LONG - 1))
        })
        .collect()
}

//! `gimbal-math` on bytecode, function by function.

use gimbal::chain::{Chain, EmbeddedChain, Sandbox};
use gimbal_svm::{native, ProgramSpec};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{last_instruction, whole_budget, MOST_UNITS};

/// Runs in the longer of the two measurements, unless they need more than half a transaction.
const LONG: u64 = 17;

/// A chain with the program that runs single functions.
pub struct Meter {
    chain: EmbeddedChain,
    payer: Keypair,
}

impl Meter {
    /// Starts the chain.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start() -> Self {
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
        Self { chain, payer }
    }

    /// Compute units of one run of a function, by its index.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn one_run(&mut self, index: u8) -> u64 {
        let short = self.runs(index, 1);
        let times = (u64::from(MOST_UNITS) / 2 / (short + 1)).clamp(2, LONG);
        (self.runs(index, times) - short) / (times - 1)
    }

    /// Compute units of an instruction of so many runs.
    fn runs(&mut self, index: u8, times: u64) -> u64 {
        let mut data = vec![index];
        data.extend_from_slice(&(times as u32).to_le_bytes());
        let call = Instruction { program_id: math_bench::ID, accounts: vec![], data };
        let all = [whole_budget(), call];
        let receipt = self.chain.execute(&self.payer, &all, &[], &[]).unwrap_or_else(|error| panic!("{error}"));
        last_instruction(&receipt.logs)
    }
}

/// Name and compute units of each function, the call itself included.
///
/// # Panics
///
/// If the chain does not start or a function fails.
pub fn measure() -> Vec<(&'static str, u64)> {
    let mut meter = Meter::start();
    math_bench::FUNCTIONS.iter().zip(0..).map(|((name, _), index)| (*name, meter.one_run(index))).collect()
}

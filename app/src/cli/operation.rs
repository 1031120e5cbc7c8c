//! What a command wants done, and what came of it: the bridge between the commands and [`super::submit`].

use super::signers;
use crate::chain::Receipt;
use crate::table::Row;
use anchor_lang::prelude::Pubkey;
use clap::Args;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, Hash};
use solana_transaction::Signature;

/// How a transaction is made, signed and sent. Part of every command that changes something.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Transaction options")]
pub struct TransactionArgs {
    /// Show what would happen, sign nothing, send nothing
    #[arg(long, conflicts_with_all = ["sign_only", "multisig", "yes"])]
    pub dry_run: bool,

    /// Send without asking
    #[arg(short = 'y', long)]
    pub yes: bool,

    /// Sign with the keys that are here, print the signatures, send nothing; needs --blockhash
    #[arg(long, requires = "blockhash", conflicts_with = "multisig")]
    pub sign_only: bool,

    /// The blockhash to sign with, as `gimbal blockhash` prints it; it holds for about a minute
    ///
    /// With it the message is fixed: --compute-unit-limit and --compute-unit-price are as given, and absent otherwise, so
    /// that everybody who signs signs the same bytes.
    #[arg(long, value_name = "HASH", value_parser = blockhash)]
    pub blockhash: Option<Hash>,

    /// A signature made elsewhere with --sign-only. Can be given several times
    #[arg(long, value_name = "PUBKEY=SIGNATURE", value_parser = signers::presigned, requires = "blockhash")]
    pub signer: Vec<(Pubkey, Signature)>,

    /// With --sign-only, print the message as well, in base64
    #[arg(long, requires = "sign_only")]
    pub dump_transaction_message: bool,

    /// Print the unsigned message in base58, for a multisig to import; --keypair is then the address of its vault
    #[arg(long)]
    pub multisig: bool,

    /// Price of a compute unit, micro-lamports [default: the 75th percentile of the last slots]
    #[arg(long, value_name = "MICROLAMPORTS")]
    pub compute_unit_price: Option<u64>,

    /// Compute units to ask for [default: what the simulation used, 15 % and 30000 more]
    #[arg(long, value_name = "UNITS", value_parser = clap::value_parser!(u32).range(1..=1_400_000))]
    pub compute_unit_limit: Option<u32>,
}

impl TransactionArgs {
    /// Whether everybody must come to the same bytes: nothing is then taken from the state of the chain.
    pub fn fixed(&self) -> bool {
        self.blockhash.is_some()
    }
}

fn blockhash(text: &str) -> Result<Hash, String> {
    text.parse().map_err(|_| "give a blockhash in base58, 32 bytes".to_owned())
}

/// What a receipt, simulated or real, says about what moved.
pub type Effects = Box<dyn Fn(&Receipt) -> Vec<Row>>;

/// One thing that the user asked for, ready to review.
pub struct Operation {
    /// What it is, in a few words that begin a sentence: "Deposit 100 USDC".
    pub title: String,
    /// The vault that it touches.
    pub vault: Option<Pubkey>,
    /// Crank transactions that must run before, each of instructions that need nobody's signature but the fee payer's.
    pub before: Vec<Vec<Instruction>>,
    /// The instructions of the transaction itself, without a compute budget.
    pub instructions: Vec<Instruction>,
    /// Whose right it takes.
    pub authority: Pubkey,
    /// Keys made for this one transaction.
    pub extra: Vec<Keypair>,
    /// Lookup tables to compile against.
    pub tables: Vec<AddressLookupTableAccount>,
    /// What moves, what it costs, the bound: as the client computed it.
    pub review: Vec<Row>,
    /// What the receipt says moved.
    pub effects: Effects,
}

impl Operation {
    /// An operation of instructions that the authority signs, with nothing before and nothing to show yet.
    pub fn new(title: impl Into<String>, authority: Pubkey, instructions: Vec<Instruction>) -> Self {
        Self {
            title: title.into(),
            vault: None,
            before: Vec::new(),
            instructions,
            authority,
            extra: Vec::new(),
            tables: Vec::new(),
            review: Vec::new(),
            effects: Box::new(|_| Vec::new()),
        }
    }

    /// With the vault that it touches.
    pub fn of_vault(mut self, vault: &Pubkey) -> Self {
        self.vault = Some(*vault);
        self
    }

    /// With one more line of the review.
    pub fn shows(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.review.push((label.into(), value.into()));
        self
    }

    /// With what reads the receipt.
    pub fn reads(mut self, effects: impl Fn(&Receipt) -> Vec<Row> + 'static) -> Self {
        self.effects = Box::new(effects);
        self
    }
}

/// What came of an operation.
#[derive(Debug)]
pub enum Outcome {
    /// The chain ran it.
    Sent {
        /// The transaction's receipt.
        receipt: Receipt,
        /// What moved.
        effects: Vec<Row>,
    },
    /// It was looked at only.
    Simulated {
        /// What the simulation said; none where crank transactions would have to run before.
        receipt: Option<Receipt>,
        /// What would move.
        effects: Vec<Row>,
    },
    /// It was signed and not sent.
    Signed(super::submit::Signatures),
    /// It was printed for a multisig.
    Message(String),
}

impl Outcome {
    /// The receipt of what the chain ran.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Sent { receipt, .. } => Some(receipt),
            _ => None,
        }
    }
}

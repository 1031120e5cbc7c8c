//! Gimbal's embedded chain: a whole Solana ledger inside the process.
//!
//! [`EmbeddedChain`] is LiteSVM with the programs inside, either as host code under the strict
//! native runner ([`native!`]) or as bytecode, and with the checks that LiteSVM leaves out: the
//! packet size, the account locks, the life of a blockhash. It knows no program by name; callers
//! hand theirs in as [`ProgramSpec`]s.
//!
//! Everything is deterministic. Two chains that get the same calls hold the same accounts, byte
//! for byte ([`EmbeddedChain::accounts_hash`]), and a native chain the same as one on bytecode.
//!
//! | module | subject |
//! |---|---|
//! | [`native`] | host code as an on-chain program, under the machine's own privilege checks |
//! | [`chain`] | the chain: sending and simulating transactions |
//! | [`program`] | programs, their ProgramData accounts, simulated upgrades |
//! | [`clock`] | slots and time |
//! | [`limits`], [`blockhash`] | what a cluster refuses before it executes anything |
//! | [`receipt`] | what a transaction did, or why it failed |
//! | [`accounts`], [`token`], [`lookup`], [`pyth`] | reading accounts and writing them directly |
//! | [`snapshot`] | saving and restoring the whole chain |

pub mod accounts;
pub mod blockhash;
pub mod chain;
pub mod clock;
pub mod error;
pub mod ids;
pub mod limits;
pub mod lookup;
pub mod native;
pub mod program;
pub mod pyth;
pub mod receipt;
pub mod snapshot;
pub mod token;

pub use {
    chain::{EmbeddedChain, Simulation},
    error::ChainError,
    limits::{MAX_ACCOUNT_LOCKS, PACKET_BYTES},
    native::BuiltinFunctionRegisterer,
    program::{Mode, ProgramSpec},
    pyth::{PriceUpdate, Verification},
    receipt::{Failure, FailureReason, InnerInstruction, Receipt},
    snapshot::Snapshot,
    solana_account::Account,
    solana_message::{AddressLookupTableAccount, Hash},
    token::{MintState, TokenAccountState},
};

//! What can go wrong while setting up or adjusting a chain (not while running transactions).

use {anchor_lang::prelude::Pubkey, std::path::PathBuf, thiserror::Error};

/// An error of the embedded chain's own functions.
#[derive(Debug, Error)]
pub enum ChainError {
    /// Bytecode mode found no shared object for a program.
    #[error(
        "The bytecode of program `{name}` is not at {}. Build it with `cargo build-sbf` (or \
         `anchor build`) and point to its target/deploy directory, or run the chain in native mode.",
        path.display()
    )]
    MissingBytecode {
        /// The program's name, as in its crate.
        name: &'static str,
        /// Where the chain looked.
        path: PathBuf,
    },
    /// A shared object exists but cannot be read.
    #[error("The bytecode at {} cannot be read: {source}", path.display())]
    UnreadableBytecode {
        /// The file.
        path: PathBuf,
        /// Why reading failed.
        source: std::io::Error,
    },
    /// The machine refuses a shared object.
    #[error("The bytecode of program `{name}` does not load: {reason}. Rebuild it.")]
    InvalidBytecode {
        /// The program's name, as in its crate.
        name: &'static str,
        /// The loader's words.
        reason: String,
    },
    /// Two programs share an address.
    #[error("Program address {0} is given twice. Give each program an address of its own.")]
    DuplicateProgram(Pubkey),
    /// A simulated upgrade of a program that has no ProgramData account.
    #[error("Program {0} has no ProgramData account, so it cannot be upgraded.")]
    NotUpgradeable(Pubkey),
    /// A clock change into the past.
    #[error("The chain's time is {now}; it cannot go back to {wanted}. Only later times are possible.")]
    TimeGoesBackwards {
        /// Unix seconds now.
        now: i64,
        /// Unix seconds asked for.
        wanted: i64,
    },
    /// A clock change beyond what the clock can hold.
    #[error("The clock cannot be moved that far.")]
    TimeOutOfRange,
    /// More addresses than a lookup table holds.
    #[error("A lookup table holds at most 256 addresses, not {0}. Split them over several tables.")]
    TooManyAddresses(usize),
    /// The machine refuses an account's content.
    #[error("The account {address} cannot be set: {reason}.")]
    InvalidAccount {
        /// The account.
        address: Pubkey,
        /// The machine's words.
        reason: String,
    },
    /// A token function met an account that is no token account or mint.
    #[error("The account {0} is not a mint or token account of a token program.")]
    NotATokenAccount(Pubkey),
    /// A balance or supply would exceed 64 bits.
    #[error("The balance of {0} would exceed what 64 bits hold.")]
    BalanceOverflow(Pubkey),
}

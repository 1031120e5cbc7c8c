//! The arguments that every command shares.

use anchor_lang::prelude::Pubkey;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

use crate::chain::Commitment;

/// What every command understands, before or after its name.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Configuration file of the Solana tools [default: ~/.config/solana/cli/config.yml]
    #[arg(short = 'C', long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Node to talk to: an address, or m(ainnet-beta), t(estnet), d(evnet), l(ocalhost) [default: of the configuration]
    ///
    /// Given several times, reads are taken from nodes that agree with the majority about the newest slot, and
    /// transactions go to all.
    #[arg(short = 'u', long = "url", global = true, value_name = "URL_OR_MONIKER")]
    pub url: Vec<String>,

    /// Who signs: a keypair file, prompt://, usb://ledger?key=0, stdin: or - for standard input, or an address
    ///
    /// An address stands for a signature that is made elsewhere: see --sign-only, --signer and --multisig.
    /// [default: the keypair of the configuration]
    #[arg(short = 'k', long, global = true, value_name = "SOURCE")]
    pub keypair: Option<String>,

    /// Who pays the network's fees and rent, given as for --keypair [default: who signs]
    #[arg(long, global = true, value_name = "SOURCE")]
    pub fee_payer: Option<String>,

    /// How to print
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value = "text")]
    pub output: Output,

    /// Say more: logs, events and where settings come from
    #[arg(short = 'v', long, global = true)]
    pub verbose: bool,

    /// How settled what is read and sent must be [default: of the configuration, else confirmed]
    #[arg(long, global = true, value_enum, value_name = "LEVEL")]
    pub commitment: Option<Level>,
}

/// Forms of what is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Tables for people
    #[default]
    Text,
    /// One object with stable keys
    Json,
    /// The same on one line
    JsonCompact,
}

impl Output {
    /// Whether a machine reads it.
    pub fn is_json(self) -> bool {
        self != Self::Text
    }
}

/// How settled a slot is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// The node has run it
    Processed,
    /// Two thirds of the stake voted for it
    #[default]
    Confirmed,
    /// It cannot be undone
    Finalized,
}

impl From<Level> for Commitment {
    fn from(level: Level) -> Self {
        match level {
            Level::Processed => Self::Processed,
            Level::Confirmed => Self::Confirmed,
            Level::Finalized => Self::Finalized,
        }
    }
}

/// Reads an address.
///
/// # Errors
///
/// If it is not base58 of 32 bytes.
pub fn address(text: &str) -> Result<Pubkey, String> {
    text.parse().map_err(|_| "give an address in base58, 32 bytes".to_owned())
}

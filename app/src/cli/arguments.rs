//! The arguments that every command shares, and the list of command families.

use anchor_lang::prelude::Pubkey;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

use super::{
    admin, blockhash, completions, demo, feed, history, keeper, localnet, position, risk, statement, strategy, vault,
    verify,
};
use crate::chain::Commitment;

/// Gimbal keeps a portfolio level while markets move: an on-chain asset manager for Solana.
#[derive(Debug, Parser)]
#[command(name = "gimbal", version, about, disable_help_subcommand = true)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The command families, one line each. What each does is written at its arguments, where its help comes from.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::Demo),
    Localnet(localnet::Localnet),
    Vault(vault::Vault),
    Strategy(strategy::Strategy),
    Feed(feed::Feed),
    Position(position::Position),
    Risk(risk::Risk),
    History(history::History),
    Statement(statement::Statement),
    Admin(admin::Admin),
    Blockhash(blockhash::Blockhash),
    Keeper(keeper::Keeper),
    Verify(verify::Verify),
    Completions(completions::Completions),
    HelpMarkdown(completions::HelpMarkdown),
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_every_command_understands_goes_before_or_after_its_name() {
        let vault = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";
        let before = ["gimbal", "-u", "l", "-k", "id.json", "--output", "json", "verify", vault];
        let after = ["gimbal", "verify", vault, "-u", "l", "-k", "id.json", "--output", "json"];
        for line in [before, after] {
            let global = Arguments::try_parse_from(line).expect("valid").global;
            assert_eq!((global.url, global.keypair.as_deref()), (vec!["l".to_owned()], Some("id.json")));
            assert_eq!((global.output, global.verbose, global.commitment), (Output::Json, false, None));
        }
        let twice = Arguments::try_parse_from(["gimbal", "verify", vault, "-u", "l", "-u", "d"]).expect("valid");
        assert_eq!(twice.global.url, ["l", "d"]);
    }
}

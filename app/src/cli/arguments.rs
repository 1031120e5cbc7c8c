//! The arguments and their help.

use anchor_lang::prelude::Pubkey;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The longest run, in days.
const MAX_DAYS: u32 = 10_000;
/// The largest crowd.
const MAX_DEPOSITORS: u32 = 5_000;

/// Gimbal keeps a portfolio level while markets move: an on-chain asset manager for Solana.
#[derive(Debug, Parser)]
#[command(name = "gimbal", version, about, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole suite on an embedded chain while prices move, and report
    ///
    /// Sets up a USDC vault over three lending lines (one of them in another token, valued through a price feed) on a
    /// chain inside this process. Depositors enter, leave and queue, borrowers default, a venue runs dry for a week,
    /// keepers turn the crank. Every instruction is a real transaction against the real programs. At the end it prints
    /// NAV, share price, performance against each single venue, refusals by name, compute units, and the accounting
    /// identities, whose residuals must all be zero.
    ///
    /// Nothing is read but the price file, and nothing is written but the report that you ask for. The same seed and
    /// prices give the same accounts, byte for byte.
    Demo(Demo),
    /// Recompute a vault from raw accounts and compare it with what the programs have stored
    ///
    /// Reads the vault's accounts, those of its ledger, lines, feeds, tickets and queued changes, and the lending reserves
    /// under the lines; sums every amount anew, values every line from its reserve's bytes, derives every address, and
    /// holds fees, limits, deadlines and pinned lists to what they must be. It prints who may replace the three programs,
    /// and fails where that is a single key.
    ///
    /// Exit code: 0 all holds, 1 something is broken, 2 it could not be verified.
    Verify(Verify),
}

/// Options of the demo.
#[derive(Args, Debug)]
pub struct Demo {
    /// Daily prices to run on: date,asset,open,high,low,close with BTC, ETH and SOL for every day
    ///
    /// Without it, prices are generated from the seed, and the report says so.
    #[arg(long, value_name = "CSV")]
    pub prices: Option<PathBuf>,

    /// Days to run [default: all of the file; 365 of generated prices]
    #[arg(long, value_name = "N", value_parser = days, allow_negative_numbers = true)]
    pub days: Option<u32>,

    /// Depositors
    #[arg(long, value_name = "N", default_value = "50", value_parser = depositors, allow_negative_numbers = true)]
    pub depositors: u32,

    /// Seed of the crowd, of all keys, and of generated prices
    #[arg(long, value_name = "N", default_value = "1", value_parser = seed, allow_negative_numbers = true)]
    pub seed: u64,

    /// Run the programs as on-chain bytecode (target/deploy/*.so, made by `cargo build-sbf`)
    #[arg(long, conflicts_with = "native", action = ArgAction::SetTrue)]
    pub bytecode: bool,

    /// Run the programs as native code [default]
    #[arg(long, action = ArgAction::SetTrue)]
    pub native: bool,

    /// How to print the report
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub output: Output,

    /// Also write the report with charts as index.html into this folder (made if missing)
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,

    /// Also save all accounts and the clock at the end into this file, for `gimbal verify`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}

/// Options of the verification.
#[derive(Args, Debug)]
pub struct Verify {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,

    /// Verify the accounts saved in this file by `gimbal demo --save`
    #[arg(long, value_name = "FILE", required_unless_present = "url", conflicts_with = "url")]
    pub snapshot: Option<PathBuf>,

    /// Verify the accounts of a cluster: the address of a node, or m(ainnet-beta), t(estnet), d(evnet), l(ocalhost)
    ///
    /// Only reads, at the commitment `finalized`.
    #[arg(short = 'u', long, value_name = "URL_OR_MONIKER")]
    pub url: Option<String>,

    /// A single key that may hold the programs' upgrade authority: that of a localnet. Can be given several times
    #[arg(long, value_name = "KEY", value_parser = address)]
    pub allow_upgrade_key: Vec<Pubkey>,

    /// How to print what was found
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub output: VerifyOutput,
}

/// Forms of the printed verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerifyOutput {
    /// Tables for people
    Text,
    /// One object with stable keys
    Json,
    /// The same on one line
    JsonCompact,
}

/// Forms of the printed report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Tables for people
    Text,
    /// One object with stable keys
    Json,
}

fn address(text: &str) -> Result<Pubkey, String> {
    text.parse().map_err(|_| "give an address in base58, 32 bytes".to_owned())
}

fn days(text: &str) -> Result<u32, String> {
    within(text, "days", MAX_DAYS)
}

fn depositors(text: &str) -> Result<u32, String> {
    within(text, "depositors", MAX_DEPOSITORS)
}

fn within(text: &str, what: &str, most: u32) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("give a whole number of {what} from 1 to {most}")),
    }
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "give a whole number from 0 to 18446744073709551615".to_owned())
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
    fn defaults() {
        let Command::Demo(demo) = Arguments::try_parse_from(["gimbal", "demo"]).expect("valid").command else {
            panic!("another command");
        };
        assert_eq!((demo.prices, demo.days, demo.depositors, demo.seed), (None, None, 50, 1));
        assert_eq!((demo.bytecode, demo.native, demo.output, demo.report), (false, false, Output::Text, None));
        assert_eq!(demo.save, None);
    }

    #[test]
    fn a_verification_needs_a_vault_and_one_source() {
        let vault = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";
        let parse = |more: &[&str]| Arguments::try_parse_from([&["gimbal", "verify"], more].concat());
        for wrong in [&[][..], &[vault], &["nowhere", "-u", "l"], &[vault, "-u", "l", "--snapshot", "x"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        let Ok(Command::Verify(verify)) =
            parse(&[vault, "-u", "l", "--allow-upgrade-key", vault]).map(|all| all.command)
        else {
            panic!("another command");
        };
        assert_eq!((verify.vault.to_string(), verify.url.as_deref()), (vault.to_owned(), Some("l")));
        assert_eq!((verify.allow_upgrade_key, verify.output), (vec![verify.vault], VerifyOutput::Text));
    }
}

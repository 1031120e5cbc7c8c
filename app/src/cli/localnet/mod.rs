//! `gimbal localnet`: a test cluster in this process, and the commands that play its outside world from another one.

mod play;
mod run;
mod wallet;

use super::arguments::{address, Global};
use super::config::{node, Resolved};
use super::parse;
use super::session::Session;
use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

use crate::localnet::options::{DEFAULT_PORT, TICK, VOLATILITY};

/// The longest jump of the clock: ten years.
const MOST_DAYS: u64 = 3_652;

/// Run a test cluster on this machine, or change prices, time and money on one that runs
///
/// Without a command it runs: Solana's JSON-RPC on 127.0.0.1 and the port, subscriptions on the next port. Gimbal's
/// programs are there, with test USDC and USDT, Pyth price accounts that move, three lending markets and a swap pool; vaults
/// are not. Any Solana tool can talk to it. Its keys follow from the seed: nothing of worth must ever be on it.
///
/// The other commands talk to the cluster at --url, which is the one on this machine unless it is given.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Localnet {
    /// What to do; without it, the cluster runs
    #[command(subcommand)]
    pub command: Option<LocalnetCommand>,
    /// How it runs
    #[command(flatten)]
    pub run: Run,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum LocalnetCommand {
    /// Run a test cluster until Ctrl-C
    Run(Run),
    /// Show what is on the cluster: mints, prices, markets, the clock
    Info,
    /// Set the price of an asset, from which it moves on
    Price(Price),
    /// Let time pass at once
    Warp(Warp),
    /// Make a keypair file for a test wallet
    Wallet(Wallet),
    /// Give SOL
    Airdrop(Airdrop),
    /// Give test USDC or USDT
    Mint(Mint),
    /// Let something happen to a lending market
    Venue(Venue),
}

/// Options of a cluster.
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// Port of JSON-RPC on 127.0.0.1; subscriptions are on the next one. 0 takes any two that are free
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_PORT)]
    pub port: u16,

    /// Seed of all keys and of the walk of prices
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Run the programs as on-chain bytecode (target/deploy/*.so, made by `cargo build-sbf`), not as native code
    #[arg(long)]
    pub bytecode: bool,

    /// Take the prices of BTC, ETH and SOL from a file as `gimbal demo` reads it: four a day, one each tick, the last stays
    #[arg(long, value_name = "CSV")]
    pub prices: Option<PathBuf>,

    /// Volatility of the walk of prices, per cent a year; 0 keeps them where they are
    #[arg(long, value_name = "PERCENT", default_value_t = VOLATILITY, value_parser = clap::value_parser!(u32).range(..=1_000))]
    pub volatility: u32,

    /// Seconds between two prices
    #[arg(long, value_name = "SECONDS", default_value_t = TICK.as_secs(), value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub tick: u64,

    /// Post no prices: whoever wants them on the chain fetches them signed from /v2/updates/price/latest, as from Hermes
    #[arg(long)]
    pub hermes_only: bool,

    /// Resume from this file where it exists, and save accounts and clock to it at the end
    ///
    /// `gimbal verify --snapshot` reads it as well. Transactions of before are not kept.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,

    /// Print no line for each transaction
    #[arg(long)]
    pub quiet: bool,
}

/// Options of `price`.
#[derive(Args, Debug)]
pub struct Price {
    /// USDC, USDT, BTC, ETH, SOL, or the 64 hexadecimal digits of another Pyth feed
    #[arg(value_name = "ASSET")]
    pub asset: String,

    /// Dollars, up to eight digits after the point
    #[arg(value_name = "DOLLARS")]
    pub price: String,

    /// Confidence interval in dollars [default: one basis point of the price]
    #[arg(long, value_name = "DOLLARS")]
    pub conf: Option<String>,
}

/// Options of `warp`.
#[derive(Args, Debug)]
pub struct Warp {
    /// How long, such as 45s, 90m, 12h, 2d, 1w or 1d12h; a number alone is seconds
    #[arg(value_name = "DURATION", value_parser = jump)]
    pub seconds: u64,
}

/// Make a keypair file for a test wallet
///
/// The key follows from the file's name, so that an example gives the same addresses each time. Whoever knows the name has
/// the key: nothing of worth must ever be on it. A file that is there is never written over.
#[derive(Args, Debug)]
pub struct Wallet {
    /// The file to make, such as alice.json
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Options of `airdrop`.
#[derive(Args, Debug)]
pub struct Airdrop {
    /// To whom
    #[arg(value_name = "ADDRESS", value_parser = address)]
    pub to: Pubkey,

    /// How many SOL
    #[arg(value_name = "SOL")]
    pub amount: String,
}

/// Options of `mint`.
#[derive(Args, Debug)]
pub struct Mint {
    /// USDC, USDT, or the address of either
    #[arg(value_name = "MINT")]
    pub mint: String,

    /// How much, in whole tokens
    #[arg(value_name = "AMOUNT")]
    pub amount: String,

    /// To whom, into the associated token account, which is made if missing [default: the address of --keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub to: Option<Pubkey>,
}

/// Options of `venue`.
#[derive(Args, Debug)]
pub struct Venue {
    /// The market: its number in `info`, or the address of market or reserve
    #[arg(value_name = "MARKET")]
    pub market: String,

    /// What happens
    #[arg(value_enum, value_name = "ACTION")]
    pub action: VenueAction,

    /// How much, in whole tokens; for borrow, repay and write-off
    #[arg(value_name = "AMOUNT")]
    pub amount: Option<String>,
}

/// What can happen to a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VenueAction {
    /// All that lies ready is borrowed
    Drain,
    /// Loans are repaid until as much lies ready as at the beginning
    Fill,
    /// Borrow an amount
    Borrow,
    /// Repay an amount, or all
    Repay,
    /// Give up an amount of the debt, or all: depositors bear it
    WriteOff,
    /// The market halts: nothing goes in or out
    Fail,
    /// The market goes on
    Heal,
}

impl VenueAction {
    /// Its name on the wire.
    fn name(self) -> &'static str {
        match self {
            Self::Drain => "drain",
            Self::Fill => "fill",
            Self::Borrow => "borrow",
            Self::Repay => "repay",
            Self::WriteOff => "writeOff",
            Self::Fail => "fail",
            Self::Heal => "heal",
        }
    }
}

/// Seconds of a jump.
fn jump(text: &str) -> Result<u64, String> {
    let seconds = u64::from(parse::seconds(text)?);
    match (1..=MOST_DAYS * 86_400).contains(&seconds) {
        true => Ok(seconds),
        false => Err(format!("give at least one second and at most {MOST_DAYS} days")),
    }
}

/// Runs a cluster, or plays the outside world of one.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(options: &Localnet, global: &Global) -> Result<()> {
    match &options.command {
        None => run::run(&options.run, global.output),
        Some(LocalnetCommand::Run(options)) => run::run(options, global.output),
        Some(LocalnetCommand::Wallet(options)) => wallet::make(options, global.output),
        Some(command) => {
            let mut config = Resolved::resolve(global)?;
            if global.url.is_empty() {
                // Whatever cluster the configuration names for everything else, the outside world is played here.
                config.urls = vec![node("l")?];
            }
            play::play(&mut Session::new(config), command)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::families::{Arguments, Command};
    use clap::Parser;

    fn parse(line: &[&str]) -> Option<Localnet> {
        match Arguments::try_parse_from([&["gimbal", "localnet"], line].concat()).ok()?.command {
            Command::Localnet(localnet) => Some(localnet),
            _ => None,
        }
    }

    #[test]
    fn running_is_what_it_does_by_itself() {
        let plain = parse(&["--port", "0", "--quiet"]).expect("valid");
        assert!(plain.command.is_none() && plain.run.quiet);
        assert_eq!((plain.run.port, plain.run.seed, plain.run.tick, plain.run.volatility), (0, 1, 5, 60));
        let Some(LocalnetCommand::Run(run)) = parse(&["run", "--seed", "7"]).expect("valid").command else {
            panic!("another command");
        };
        assert_eq!((run.seed, run.port), (7, 8_899));
        let price = parse(&["price", "SOL", "140.5", "-u", "http://127.0.0.1:1"]).expect("valid");
        assert!(matches!(price.command, Some(LocalnetCommand::Price(price)) if price.price == "140.5"));
        for wrong in
            [&["--port", "65536"][..], &["--tick", "0"], &["price", "SOL"], &["warp", "2y"], &["venue", "1", "x"]]
        {
            assert!(parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn a_jump_goes_forwards_and_not_too_far() {
        assert_eq!(jump("2d"), Ok(172_800));
        assert_eq!(jump("3652d"), Ok(315_532_800));
        for text in ["0", "3653d", "-1", "2y"] {
            assert!(jump(text).is_err(), "{text}");
        }
    }
}

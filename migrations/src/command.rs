//! The command line: one file, one cluster or none, and what may be signed.

use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use clap::Parser;
use gimbal::chain::{RpcChain, RpcOptions};
use gimbal::cli::terminal::{consent, Terminal};

use crate::cluster::{refuse_mainnet, refuse_public, Cluster};
use crate::config::Config;
use crate::keys::{KeyFiles, Signers};
use crate::plan::Plan;
use crate::rehearsal::Rehearsal;
use crate::report;
use crate::run::{self, Done};
use crate::setup::Setup;

/// Lamports that the payer of a rehearsal has: 100 SOL.
const REHEARSAL_LAMPORTS: u64 = 100_000_000_000;

/// Sets up a vault with its feeds, ledger, book, lines, lookup table and keepers from one file: shows a plan, then makes what
/// is missing. Without --url it rehearses on an embedded chain and sends nothing.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "migrations", version)]
pub struct Args {
    /// The set-up file
    #[arg(short = 'c', long, value_name = "FILE")]
    pub config: PathBuf,

    /// Node to talk to: an address, or m(ainnet-beta), t(estnet), d(evnet), l(ocalhost); several must agree
    #[arg(short = 'u', long, value_name = "URL_OR_MONIKER")]
    pub url: Vec<String>,

    /// A key that signs beside those that the file names: a keypair file, prompt://, usb://ledger; any number of them
    #[arg(short = 'k', long, value_name = "SOURCE")]
    pub keypair: Vec<String>,

    /// Who pays fees and rent [default: the file's payer, else its owner]
    #[arg(long, value_name = "SOURCE")]
    pub fee_payer: Option<String>,

    /// Where the keypair files are that the file names [default: where the file is]
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,

    /// As --keys, and makes those that are missing; never over one that is there
    #[arg(long, value_name = "DIR", conflicts_with = "keys")]
    pub create_keys: Option<PathBuf>,

    /// Make missing keys from the seed instead of by chance, the same ones each time: whoever knows the seed has them, so only
    /// for a test cluster of one's own
    #[arg(long, requires = "create_keys")]
    pub test_keys: bool,

    /// Show the plan and send nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Do not ask before sending
    #[arg(short = 'y', long)]
    pub yes: bool,

    /// Work on mainnet-beta, where everything costs real money
    #[arg(long)]
    pub yes_mainnet: bool,

    /// Micro-lamports per compute unit [default: what is usual of late]
    #[arg(long, value_name = "MICROLAMPORTS")]
    pub compute_unit_price: Option<u64>,

    /// Seed of the rehearsal's chain, and of keys that are made up
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
}

/// Runs the command.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn main(args: &Args, terminal: &mut dyn Terminal) -> Result<()> {
    let config = Config::load(&args.config)?;
    let directory = match (&args.create_keys, &args.keys) {
        (Some(named), _) | (None, Some(named)) => named.clone(),
        (None, None) => args.config.parent().unwrap_or(Path::new(".")).to_owned(),
    };
    let mut chain = None;
    if !args.url.is_empty() {
        let connected = RpcChain::connect(&RpcOptions { urls: args.url.clone(), ..RpcOptions::default() })?;
        let cluster = connected.genesis_hash()?;
        refuse_mainnet(&cluster, args.yes_mainnet)?;
        if args.test_keys {
            refuse_public(&cluster)?;
        }
        chain = Some(connected);
    }
    if args.create_keys.is_some() {
        let seed = args.test_keys.then_some(args.seed);
        for (path, key) in KeyFiles::of(&directory).create_missing(&config, seed)? {
            terminal.tell(&format!("made {}: {key}", path.display()));
        }
    }
    match &mut chain {
        Some(chain) => migrate(chain, args, &config, &KeyFiles::of(&directory), terminal),
        None => rehearse(args, &config, &directory, terminal),
    }
}

/// The same on the embedded chain, with what a test cluster has before Gimbal.
fn rehearse(args: &Args, config: &Config, directory: &Path, terminal: &mut dyn Terminal) -> Result<()> {
    let files = KeyFiles::rehearsed(directory, args.seed);
    let signers = Signers::gather(config, &files, &args.keypair, args.fee_payer.as_deref())?;
    let mut chain = Rehearsal::new(args.seed, &signers.payer().pubkey(), REHEARSAL_LAMPORTS)?;
    terminal.tell("rehearsal on the embedded chain: nothing is sent; keys that have no file are made up");
    let yes = Args { yes: true, ..args.clone() };
    migrate(&mut chain, &yes, config, &files, terminal)
}

/// Looks, shows the plan, asks, does what is missing, and says what it did.
///
/// # Errors
///
/// Each a sentence with a next step; what was done stays.
pub fn migrate<C: Cluster>(
    chain: &mut C,
    args: &Args,
    config: &Config,
    files: &KeyFiles,
    terminal: &mut dyn Terminal,
) -> Result<()> {
    let signers = Signers::gather(config, files, &args.keypair, args.fee_payer.as_deref())?;
    let payer = signers.payer().pubkey();
    let setup = Setup::resolve(config, files, payer, chain)
        .with_context(|| format!("{} does not fit this cluster", args.config.display()))?;
    let plan = Plan::of(&setup, chain, &signers)?;
    terminal.print(&report::plan(&plan))?;
    let missing = plan.missing().count();
    if missing == 0 {
        terminal.print(&nothing_to_do(args, &plan))?;
        return finish(&plan);
    }
    let (rent, name) = (report::sol(plan.rent(chain)?), args.config.display());
    terminal.print(&format!("\n{missing} steps to do; {payer} pays {rent} SOL of rent, and fees\n"))?;
    if args.dry_run {
        terminal.print("dry run: nothing was sent\n")?;
        return Ok(());
    }
    plan.check_funds(chain, &payer)?;
    consent(terminal, &format!("set up what {name} says and is missing?"), args.yes)?;
    drop(plan);

    let mut told = |done: &Done| {
        let signatures: Vec<String> = done.signatures.iter().map(ToString::to_string).collect();
        terminal.tell(&format!("{}: {}", done.name, signatures.join(", ")));
    };
    let outcome = run::run(chain, &setup, &signers, args.compute_unit_price, &mut told)?;
    terminal.print(&format!("\n{}", report::outcome(chain, &setup, &outcome)?))?;
    let plan = Plan::of(&setup, chain, &signers)?;
    terminal.print(&report::open(&plan))?;
    terminal.print(&report::next(&setup, &args.url))?;
    finish(&plan)
}

fn nothing_to_do(args: &Args, plan: &Plan) -> String {
    let name = args.config.display();
    match plan.differences().is_empty() && plan.waiting().is_empty() && plan.blocked().is_empty() {
        true => format!("\nnothing to do: everything is as {name} says\n"),
        false => "\nnothing to do now but what is told above\n".to_owned(),
    }
}

/// What could not be done is no success.
fn finish(plan: &Plan) -> Result<()> {
    match plan.blocked().len() {
        0 => Ok(()),
        1 => bail!("one step is blocked: see above what it needs"),
        several => bail!("{several} steps are blocked: see above what each needs"),
    }
}

//! A chain with what is there before Gimbal, the file of the README, and a terminal that remembers.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use gimbal::chain::{Chain, ChainError, EmbeddedChain, Mode, Receipt, Sandbox};
use gimbal::cli::terminal::{Scripted, Shared};
use gimbal::localnet::genesis::{self, Genesis};
use gimbal::setup::keys::keypair;
use migrations::cluster::Cluster;
use migrations::command::{self, Args};
use migrations::config::Config;
use migrations::keys::{KeyFiles, Signers};
use migrations::plan::Plan;
use migrations::setup::Setup;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

/// One SOL.
pub const SOL: u64 = 1_000_000_000;
/// One USDC.
pub const USDC: u64 = 1_000_000;

/// The file that the README shows.
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("localnet.toml")
}

/// Its text.
pub fn text() -> String {
    std::fs::read_to_string(file()).unwrap()
}

/// Its text with one place replaced, which must be there once.
pub fn edited(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "'{from}' is once in the file");
        text.replace(from, to)
    })
}

/// The README's file with a router that pays bounties and aims at a volatility.
pub fn without_engine() -> String {
    let budget = "keeper_pay_budget = \"100\"";
    let more = "target_volatility_bps = 1500\nbounty_bps = 20\nbounty_budget = \"25\"";
    edited(&[(budget, &format!("{budget}\n{more}"))])
}

/// The same with the engine of this crate's README, and what each line is to it.
pub fn with_engine() -> String {
    let readme = include_str!("../../README.md");
    let blocks: Vec<&str> = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let engine = blocks.iter().find(|block| block.starts_with("[engine]")).expect("the README shows an engine");
    let mut config = without_engine();
    for name in ["usdc-1", "usdc-2", "usdt"] {
        let line = format!("[[lines]]\nname = \"{name}\"\n");
        assert_eq!(config.matches(&line).count(), 1);
        let asset = if name == "usdt" { "asset = \"USDT\"\n" } else { "" };
        config = config.replace(&line, &format!("{line}{asset}protocol = \"lending\"\n"));
    }
    format!("{config}\n{engine}")
}

/// A chain before Gimbal, with an owner who can pay.
pub struct World {
    pub chain: EmbeddedChain,
    pub genesis: Genesis,
    pub files: KeyFiles,
}

/// The key that a rehearsal makes up for a file.
pub fn made_up(file: &str) -> Keypair {
    keypair(1, file.trim_end_matches(".json"), 0)
}

impl World {
    pub fn new() -> Self {
        let (mut chain, genesis) = genesis::build(1, Mode::Native).unwrap();
        chain.fund(&made_up("owner.json").pubkey(), 100 * SOL).unwrap();
        // No such directory: every key is made up.
        Self { chain, genesis, files: KeyFiles::rehearsed(Path::new("/nowhere/at/all"), 1) }
    }

    /// Sets up by `config`; what was printed.
    pub fn migrate(&mut self, config: &str) -> anyhow::Result<String> {
        migrate(&mut self.chain, config, &self.files)
    }

    /// The set-up of `config`.
    pub fn setup(&self, config: &str) -> Setup {
        let config = Config::parse(config).unwrap();
        Setup::resolve(&config, &self.files, made_up("owner.json").pubkey(), &self.chain).unwrap()
    }

    /// Whether every step of `config` finds what the file says.
    pub fn is_complete(&self, config: &str) -> bool {
        let setup = self.setup(config);
        let signers = Signers::gather(&Config::parse(config).unwrap(), &self.files, &[], None).unwrap();
        let plan = Plan::of(&setup, &self.chain, &signers).unwrap();
        plan.steps.iter().all(|planned| planned.state == migrations::steps::State::Present)
    }
}

/// The arguments of a run that asks nothing.
pub fn unasked() -> Args {
    Args { config: file(), yes: true, ..Args::default() }
}

/// Sets up by `config` on any chain; what was printed.
pub fn migrate<C: Cluster>(chain: &mut C, config: &str, files: &KeyFiles) -> anyhow::Result<String> {
    let mut terminal = Shared::default();
    command::migrate(chain, &unasked(), &Config::parse(config)?, files, &mut terminal)?;
    let printed = std::mem::take(&mut terminal.borrow_mut().printed);
    Ok(printed)
}

/// Runs the program as a process: what it printed and told, or what it told where it failed.
pub fn program(arguments: &[&str]) -> Result<(String, String), String> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_migrations")).args(arguments).output().unwrap();
    let [out, told] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    match output.status.success() {
        true => Ok((out, told)),
        false => Err(told),
    }
}

/// A terminal at which nobody sits.
pub fn terminal() -> Shared {
    Shared::new(Scripted::default().into())
}

/// When a chain breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Before the transaction arrives.
    Before,
    /// After it landed, without telling.
    After,
}

/// A chain that breaks off at a transaction, and counts them.
pub struct Watched<'a> {
    pub inner: &'a mut EmbeddedChain,
    /// Transactions that were sent.
    pub sent: usize,
    /// At which it breaks off.
    pub breaks: Option<(usize, Breaks)>,
}

impl<'a> Watched<'a> {
    pub fn new(inner: &'a mut EmbeddedChain) -> Self {
        Self { inner, sent: 0, breaks: None }
    }
}

impl Cluster for Watched<'_> {
    fn next_slot(&mut self) -> Result<(), ChainError> {
        self.inner.advance_slots(1)
    }
}

impl Chain for Watched<'_> {
    gimbal::forward! {
        [inner]
        get_account get_multiple program_accounts latest_blockhash clock minimum_balance
        recent_priority_fee simulate simulate_reading
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let lost = || ChainError::Backend("the line went dead".to_owned());
        let number = self.sent;
        self.sent += 1;
        match self.breaks {
            Some((at, Breaks::Before)) if at == number => Err(lost()),
            Some((at, Breaks::After)) if at == number => {
                self.inner.send(transaction)?;
                Err(lost())
            }
            _ => self.inner.send(transaction),
        }
    }
}

/// A directory that is gone when the test is over.
pub struct Directory(pub PathBuf);

impl Directory {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("gimbal-migrations-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

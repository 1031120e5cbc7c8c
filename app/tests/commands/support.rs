//! A suite on an embedded chain, and commands run against it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Mutex, OnceLock};

use anchor_lang::prelude::Pubkey;
use clap::Parser;
use gimbal::bundle::with_budget;
use gimbal::chain::{Chain, ChainError, EmbeddedChain, Receipt, Sandbox};
use gimbal::cli::config::Resolved;
use gimbal::cli::families::Arguments;
use gimbal::cli::session::Session;
use gimbal::cli::terminal::{Scripted, Shared};
use gimbal::setup::{tokens, Deployment, Plan};
use solana_instruction::Instruction;
use solana_keypair::{write_keypair_file, Keypair};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::process::Folder;

/// Base units of one USDC.
pub const USDC: u64 = 1_000_000;
/// Lamports of one SOL.
pub const SOL: u64 = 1_000_000_000;

/// An embedded chain that the test can look at while a session holds it.
#[derive(Clone)]
pub struct SharedChain(pub Rc<RefCell<EmbeddedChain>>);

impl Chain for SharedChain {
    gimbal::forward! {
        [0.borrow()]
        get_account get_multiple program_accounts latest_blockhash clock minimum_balance
        recent_priority_fee simulate simulate_reading
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        self.0.borrow_mut().send(transaction)
    }
}

impl Folder {
    /// A keypair file; its path.
    pub fn keypair(&self, keypair: &Keypair) -> String {
        let path = self.path(&format!("{}.json", keypair.pubkey()));
        write_keypair_file(keypair, &path).expect("a keypair file");
        path
    }
}

/// A suite of three lines on a chain of its own, and a terminal in front of it.
pub struct Bench {
    pub chain: SharedChain,
    pub deployment: Deployment,
    pub terminal: Shared,
    pub folder: Folder,
}

/// What the words of a command came to.
pub struct Said {
    /// Standard output.
    pub printed: String,
    /// Standard error.
    pub told: String,
}

impl Said {
    /// The printed JSON object.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.printed).unwrap_or_else(|error| panic!("{error}: {}", self.printed))
    }
}

impl Bench {
    /// Nothing is deposited yet. The deployment is made once and copied.
    pub fn new() -> Self {
        static MADE: OnceLock<Mutex<(EmbeddedChain, Deployment)>> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let mut chain = EmbeddedChain::new(gimbal::chain::Mode::Native).expect("a chain");
            let deployment = Deployment::create(&mut chain, Plan::default()).expect("a deployment");
            Mutex::new((chain, deployment))
        });
        let (chain, deployment) = made.lock().expect("no test panics while it copies").clone();
        Self {
            chain: SharedChain(Rc::new(RefCell::new(chain))),
            deployment,
            terminal: Rc::new(RefCell::new(Scripted::default())),
            folder: Folder::new("commands"),
        }
    }

    /// The vault's address as text.
    pub fn vault(&self) -> String {
        self.deployment.vault.addresses.vault.to_string()
    }

    /// A wallet with 10 SOL.
    pub fn wallet(&self, number: u64) -> Keypair {
        let wallet = gimbal::setup::keys::keypair(7, "a test's wallet", number);
        self.chain.0.borrow_mut().fund(&wallet.pubkey(), 10 * SOL).expect("funded");
        wallet
    }

    /// Gives a wallet base units of USDC.
    pub fn issue(&self, owner: &Pubkey, amount: u64) {
        let chain = &mut *self.chain.0.borrow_mut();
        tokens::issue(chain, &self.deployment.actors, &self.deployment.base, owner, amount).expect("issued");
    }

    /// Sends instructions that a wallet signs, with the deployment's table.
    pub fn execute(&self, signer: &Keypair, instructions: &[Instruction]) -> Receipt {
        let tables = std::slice::from_ref(&self.deployment.table);
        let chain = &mut *self.chain.0.borrow_mut();
        let sent = chain.execute(&self.deployment.actors.payer, &with_budget(instructions), &[signer], tables);
        sent.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Lets time pass and brings prices and valuations up to date.
    pub fn pass(&self, seconds: u64) {
        self.chain.0.borrow_mut().warp(seconds).expect("time passes");
        self.refresh();
    }

    /// Brings prices and valuations up to date.
    pub fn refresh(&self) {
        let chain = &mut *self.chain.0.borrow_mut();
        self.deployment.post_prices(chain).expect("prices");
        self.deployment.refresh_all(chain).expect("valuations");
    }

    /// A depositor's 10,000 USDC make the vault and its ledger live; 1,000 of them are put into the first line, which makes
    /// its book live.
    pub fn live(&self) -> Keypair {
        let depositor = self.wallet(0);
        self.issue(&depositor.pubkey(), 20_000 * USDC);
        let (vault, key) = (&self.deployment.vault, depositor.pubkey());
        let account = vault.create_share_account(&self.deployment.actors.payer.pubkey(), &key);
        self.execute(&depositor, &[account, vault.deposit(&key, 9_000 * USDC, 1)]);
        let line = &self.deployment.lines[0];
        let into = vault.deposit_and_allocate(&key, 1_000 * USDC, 1, &line.context);
        self.execute(&depositor, &[line.reserve.refresh(), into]);
        depositor
    }

    /// Runs a command as the owner of a keypair, with whatever else its words say.
    pub fn try_run(&self, signer: &Keypair, words: &[&str]) -> Result<Said, String> {
        self.try_run_with(&self.folder.keypair(signer), words)
    }

    /// Runs a command with a signer source.
    pub fn try_run_with(&self, source: &str, words: &[&str]) -> Result<Said, String> {
        let (mut session, arguments) = self.session(source, words)?;
        let done = gimbal::cli::run_in(&mut session, &arguments.command);
        let done = done.map_err(|error| session.explain(error));
        let inner = self.terminal.borrow();
        match done {
            Ok(()) => Ok(Said { printed: inner.printed.clone(), told: inner.told.clone() }),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    /// A session with a signer source and the options among `words`, and what the words ask for.
    pub fn session(&self, source: &str, words: &[&str]) -> Result<(Session, Arguments), String> {
        let fixed = ["gimbal", "-C", &self.config(), "-k", source].map(str::to_owned);
        let line = fixed.into_iter().chain(words.iter().map(|word| (*word).to_owned()));
        let arguments = Arguments::try_parse_from(line).map_err(|error| error.to_string())?;
        let config = Resolved::resolve(&arguments.global).map_err(|error| format!("{error:#}"))?;
        let answers = std::mem::take(&mut self.terminal.borrow_mut().answers);
        *self.terminal.borrow_mut() = Scripted { answers, ..Default::default() };
        let session = Session::with_chain(config, Box::new(self.chain.clone()), Box::new(self.terminal.clone()));
        Ok((session, arguments))
    }

    /// Runs a command without asking, which must do.
    pub fn run(&self, signer: &Keypair, words: &[&str]) -> Said {
        match self.try_run(signer, words) {
            Ok(said) => said,
            Err(error) => panic!("{words:?}: {error}"),
        }
    }

    /// Runs a command that must be refused, in one line, with nothing changed and nothing printed.
    pub fn refused(&self, signer: &Keypair, words: &[&str]) -> String {
        let before = self.chain.0.borrow().accounts_hash();
        let error = match self.try_run(signer, words) {
            Ok(said) => panic!("{words:?} was not refused: {}", said.printed),
            Err(error) => error,
        };
        assert_eq!(self.chain.0.borrow().accounts_hash(), before, "{words:?} changed something: {error}");
        assert!(self.terminal.borrow().printed.is_empty(), "{words:?} printed {:?}", self.terminal.borrow().printed);
        assert_eq!(error.lines().count(), 1, "{words:?}: {error}");
        error
    }

    /// A configuration file that names a localnet.
    fn config(&self) -> String {
        let text = "json_rpc_url: http://127.0.0.1:18900\nwebsocket_url: ''\nkeypair_path: /nowhere/id.json\naddress_labels: {}\ncommitment: confirmed\n";
        self.folder.file("config.yml", text)
    }
}

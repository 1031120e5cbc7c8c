//! A plan whose work shows when it is done twice: each account is paid a fixed sum, again and again, until it holds a
//! target. Nothing on the chain refuses a repetition, unlike the suite's own instructions: what keeps it from happening
//! is the keeper's loop alone.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError, RpcChain, RpcOptions, Sandbox};
use gimbal::keeper::executor::{Executor, Settings, Trouble};
use gimbal::keeper::journal::{Identity, Journal, Outcome, Records};
use gimbal::keeper::metrics::Metrics;
use gimbal::keeper::plan::Purse;
use gimbal::keeper::planner::{Left, Package, Packed, Planner, Round, Trial};
use gimbal::keeper::stop::Stop;
use gimbal::keeper::wire::Wire;
use gimbal::keeper::{Action, ActionKind, KeeperConfig, Urgency};
use gimbal::localnet::{Handle, Options, Server};
use gimbal::transaction;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::{versioned::VersionedTransaction, Signature};

pub use crate::process::Folder;

/// What an account holds at first: enough to exist.
pub const FIRST: u64 = 1_000_000;
/// What each payment moves.
pub const EACH: u64 = 10_000;
/// What a signature costs.
pub const FEE: u64 = 5_000;
/// What a keeper's key holds at first.
pub const WALLET: u64 = 10_000_000_000;
/// How long a test waits for what must come.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Pays accounts up to a target.
pub struct Transfers {
    pub payer: Pubkey,
    pub accounts: Vec<Pubkey>,
    /// Payments that each account has received in the end.
    pub payments: u64,
    /// Accounts whose payments the trial refuses.
    pub refuses: Vec<Pubkey>,
}

impl Transfers {
    fn transfer(&self, to: &Pubkey) -> Instruction {
        let data = [&2_u32.to_le_bytes()[..], &EACH.to_le_bytes()].concat();
        let accounts = vec![AccountMeta::new(self.payer, true), AccountMeta::new(*to, false)];
        Instruction { program_id: anchor_lang::system_program::ID, accounts, data }
    }
}

impl Planner for Transfers {
    fn round(&mut self, chain: &dyn Wire, _: &Purse) -> Result<Round, ChainError> {
        let clock = chain.clock()?;
        let held = chain.get_multiple(&self.accounts)?;
        let due = self.accounts.iter().zip(held).filter_map(|(key, account)| {
            let held = account.map_or(0, |account| account.lamports);
            (held < FIRST + self.payments * EACH).then(|| Action {
                vault: *key,
                kind: ActionKind::Rebalance,
                line: Some(1),
                account: None,
                amount: 0,
                urgency: Urgency::Routine,
                expected_pay: 0,
                expected_cost: EACH,
                profit: 0,
                obligatory: true,
                nonce: held,
                needs: Vec::new(),
                reason: "it holds too little".to_owned(),
            })
        });
        Ok(Round { clock, wallet: 0, vaults: self.accounts.len(), actions: due.collect(), notes: Vec::new() })
    }

    fn pack(&mut self, _: &dyn Wire, actions: Vec<Action>) -> Result<Packed, ChainError> {
        let package = |action: Action| Package {
            instructions: vec![self.transfer(&action.vault)],
            completes: vec![action],
            ..Package::default()
        };
        Ok(Packed { packages: actions.into_iter().map(package).collect(), left: Vec::new() })
    }

    fn trial(&mut self, chain: &dyn Wire, package: Package) -> Result<Trial, ChainError> {
        if self.refuses.contains(&package.completes[0].vault) {
            let action = package.completes[0].clone();
            let left = Left { action, name: "StaleVenue".to_owned(), reason: "the venue is stale".to_owned() };
            return Ok(Trial { ready: Vec::new(), left: vec![left] });
        }
        let message = transaction::compile(&self.payer, &package.instructions, &[], chain.latest_blockhash()?)?;
        let unsigned = VersionedTransaction { signatures: vec![Signature::default()], message };
        let units = chain.simulate(&unsigned)?.compute_units;
        Ok(Trial { ready: vec![(package, units)], left: Vec::new() })
    }
}

impl Folder {
    pub fn journal(&self) -> PathBuf {
        self.0.join("keeper.sqlite")
    }
}

/// A cluster whose slots take this long here, and 400 ms on its own clock.
pub fn cluster(slot: Duration) -> Handle {
    let never = Duration::from_secs(86_400);
    Server::start(Options { port: 0, volatility: 0, tick: never, slot, ..Options::default() }).unwrap()
}

/// The account at a place of those that a keeper pays.
pub fn account(seed: u8, place: usize) -> Pubkey {
    let mut bytes = [seed; 32];
    bytes[..8].copy_from_slice(&place.to_le_bytes());
    Pubkey::new_from_array(bytes)
}

/// A keeper's key with 10 SOL, and accounts to pay.
pub fn funded(cluster: &Handle, seed: u8, accounts: usize) -> (Keypair, Vec<Pubkey>) {
    let keypair = Keypair::new_from_array([seed; 32]);
    let keys: Vec<Pubkey> = (0..accounts).map(|place| account(seed, place)).collect();
    let mut node = cluster.chain();
    node.chain_mut().fund(&keypair.pubkey(), WALLET).unwrap();
    for key in &keys {
        node.chain_mut().fund(key, FIRST).unwrap();
    }
    (keypair, keys)
}

/// A connection.
pub fn connect(urls: &[&str]) -> RpcChain {
    connect_for(urls, Duration::from_secs(10))
}

/// A connection that waits this long for an answer.
pub fn connect_for(urls: &[&str], timeout: Duration) -> RpcChain {
    let urls = urls.iter().map(|url| (*url).to_owned()).collect();
    RpcChain::connect(&RpcOptions { urls, timeout, ..RpcOptions::default() }).unwrap()
}

/// As a test wants it: little waiting.
pub fn settings() -> Settings {
    Settings {
        poll: Duration::from_millis(15),
        resend: Duration::from_millis(300),
        patience: Duration::from_secs(3),
        compute_unit_price: Some(0),
        backoff_seconds: 1,
        jitter_ms: 10,
        ..Settings::of(&KeeperConfig::new("unused"))
    }
}

/// The keeper's journal in a folder.
pub fn open_journal(folder: &Path, chain: &RpcChain, keypair: &Keypair) -> Journal {
    let identity = Identity { genesis: chain.genesis_hash().unwrap(), keeper: keypair.pubkey() };
    Journal::open(&folder.join("keeper.sqlite"), &identity).unwrap()
}

pub fn journal(folder: &Folder, chain: &RpcChain, keypair: &Keypair) -> Journal {
    open_journal(&folder.0, chain, keypair)
}

pub fn executor<'a>(chain: &'a RpcChain, keypair: &'a Keypair, journal: Journal, settings: Settings) -> Executor<'a> {
    Executor::new(chain, keypair, journal, settings, Metrics::new(), Stop::default()).unwrap()
}

/// Turns until nothing is due and nothing under way. Trouble is passed over: the next turn goes on.
pub fn until_done(executor: &mut Executor<'_>, planner: &mut Transfers) -> Vec<Trouble> {
    let (begun, mut troubles) = (Instant::now(), Vec::new());
    loop {
        match executor.cycle(planner) {
            Ok(end) if end.planned == 0 && executor.under_way() == 0 => return troubles,
            Ok(_) => {}
            Err(trouble) => {
                troubles.push(trouble);
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        assert!(begun.elapsed() < LIMIT, "not done; the last troubles: {troubles:?}");
    }
}

/// Everything that the key has paid for, by the chain: what succeeded, and lamports lost.
pub fn on_chain(cluster: &Handle, payer: &Pubkey) -> (Vec<Signature>, u64) {
    let past = connect(&[&cluster.rpc_url]).signatures_since(payer, 0).unwrap();
    let signatures = past.into_iter().filter(|past| !past.failed).map(|past| past.signature);
    let held = cluster.chain().chain().get_account(payer).unwrap().map_or(0, |account| account.lamports);
    (signatures.collect(), WALLET - held)
}

/// Nothing lost, nothing done twice: every account holds exactly its payments, and chain and journal tell the same.
pub fn assert_exact(cluster: &Handle, folder: &Folder, planner: &Transfers) {
    for account in &planner.accounts {
        let held = cluster.chain().chain().get_account(account).unwrap().unwrap().lamports;
        assert_eq!(held, FIRST + planner.payments * EACH, "{account}");
    }
    let expected = planner.payments * planner.accounts.len() as u64;
    let (signatures, lost) = on_chain(cluster, &planner.payer);
    assert_eq!(signatures.len() as u64, expected, "as many transactions as payments");
    assert_eq!(lost, expected * (EACH + FEE));

    let records = Records::open(&folder.journal()).unwrap();
    assert!(records.unsettled().unwrap().is_empty());
    for signature in &signatures {
        let attempt = records.attempt(signature).unwrap().expect("every signature on the chain is in the journal");
        assert!(
            matches!(attempt.outcome, Some(Outcome::Landed { lamports, .. }) if lamports == EACH + FEE),
            "{attempt:?}"
        );
    }
    let attempts = records.recent(usize::MAX >> 1).unwrap();
    let landed = attempts.iter().filter(|attempt| matches!(attempt.outcome, Some(Outcome::Landed { .. })));
    assert_eq!(landed.count() as u64, expected, "and no other is said to have landed");
    assert_eq!(records.spending(0).unwrap().total(), lost, "what the journal counts is what the key has lost");
}

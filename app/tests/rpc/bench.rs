//! A whole cluster for one test, and a transaction whose every landing can be counted.

use std::{
    thread,
    time::{Duration, Instant},
};

use anchor_lang::prelude::Pubkey;
use gimbal::{
    chain::{Chain, ChainError, History, Receipt, RpcChain, RpcOptions, Sandbox},
    instructions::token,
    localnet::{Handle, Options, Server},
    setup::tokens::Mint,
    transaction,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::{faults::Proxy, script};

/// What each transaction of these tests mints.
pub const AMOUNT: u64 = 1_000;
/// Who gets it.
pub const RECEIVER: Pubkey = Pubkey::new_from_array([44; 32]);
/// How long anything may take before a test gives up.
const LIMIT: Duration = Duration::from_secs(120);
/// A time that no test takes.
const NEVER: Duration = Duration::from_secs(86_400);

pub struct Bench {
    pub server: Handle,
    pub mint: Mint,
    pub issuer: Keypair,
    before: u64,
}

impl Bench {
    pub fn start() -> Self {
        Self::with_slot(Duration::from_millis(400))
    }

    pub fn with_slot(slot: Duration) -> Self {
        let options = Options { port: 0, volatility: 0, tick: NEVER, slot, ..Options::default() };
        let server = Server::start(options).expect("the cluster starts");
        let (mint, issuer) = {
            let mut node = server.chain();
            let genesis = node.genesis();
            let (mint, issuer) = (genesis.base, genesis.actors.issuer.insecure_clone());
            node.chain_mut().fund(&issuer.pubkey(), 10_000_000_000).unwrap();
            (mint, issuer)
        };
        let mut bench = Self { server, mint, issuer, before: 0 };
        bench.before = bench.supply();
        bench
    }

    fn supply(&self) -> u64 {
        self.server.chain().chain().svm().mint_supply(&self.mint.key).unwrap()
    }

    /// How much was minted since the start, on the chain itself.
    pub fn minted(&self) -> u64 {
        self.supply() - self.before
    }

    fn credit(&self) -> Vec<Instruction> {
        let (issuer, mint) = (self.issuer.pubkey(), &self.mint);
        vec![
            token::create_associated(&issuer, &RECEIVER, &mint.key, &mint.program),
            token::mint_to(&mint.key, &mint.account_of(&RECEIVER), &issuer, AMOUNT, &mint.program),
        ]
    }

    pub fn execute(&self, chain: &mut RpcChain) -> Result<Receipt, ChainError> {
        chain.execute(&self.issuer, &self.credit(), &[], &[])
    }

    pub fn signed(&self, chain: &RpcChain) -> VersionedTransaction {
        let blockhash = chain.latest_blockhash().unwrap();
        transaction::build(&self.issuer, &self.credit(), &[], &[], blockhash).unwrap()
    }

    pub fn proxy(&self) -> Proxy {
        Proxy::start(&self.server.rpc_url)
    }

    pub fn direct(&self) -> RpcChain {
        RpcChain::connect(&script::options(&[&self.server.rpc_url])).unwrap()
    }

    /// That the receiver has what one transaction mints, and the ledger knows just that one.
    pub fn once(&self, receipt: &Receipt) {
        assert_eq!(self.minted(), AMOUNT);
        let chain = self.direct();
        let past = chain.signatures(&self.mint.account_of(&RECEIVER), None, usize::MAX).unwrap();
        assert_eq!(past.iter().map(|past| past.signature).collect::<Vec<_>>(), [receipt.signature]);
        assert_eq!(past[0].slot, receipt.slot);
    }
}

pub fn connect(proxies: &[&Proxy]) -> RpcChain {
    let urls: Vec<&str> = proxies.iter().map(|proxy| proxy.url()).collect();
    let options = RpcOptions { timeout: Duration::from_secs(5), ..script::options(&urls) };
    RpcChain::connect(&options).unwrap()
}

pub fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < LIMIT, "{what} did not happen");
        thread::sleep(Duration::from_millis(5));
    }
}

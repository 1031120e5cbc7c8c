//! A real vault on a cluster, its registered keepers, and time and money that give them work.

use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, EmbeddedChain, History, RpcChain};
use gimbal::decode::events::{Event, RouterEvent};
use gimbal::keeper::desk::Desk;
use gimbal::keeper::executor::Executor;
use gimbal::keeper::journal::{Outcome, Records};
use gimbal::keeper::{ActionKind, KeeperConfig};
use gimbal::localnet::{Handle, Options, Server};
use gimbal::pda::router_seeds::keeper_address;
use gimbal::readers;
use gimbal::setup::{tokens, Deployment, Plan};
use gimbal::verify::{verify, Options as Allowed};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Signature;
use strategy_router::events::Rebalanced;
use strategy_router::state::Keeper;

use crate::transfers::{connect, LIMIT};

/// Base units of a whole USDC.
pub const USDC: u64 = 1_000_000;
/// Lamports that each keeper begins with.
pub const WALLET: u64 = 1_000_000_000_000;

/// A cluster with one vault over three lines.
pub struct World {
    pub server: Handle,
    pub deployment: Deployment,
    depositor: Keypair,
}

/// A keeper that keeps what it is registered for.
pub fn config() -> KeeperConfig {
    KeeperConfig::new("unused")
}

impl World {
    /// With slots of this length here, 400 ms each on the chain.
    pub fn start(slot: Duration) -> Self {
        let never = Duration::from_secs(86_400);
        let options = Options { port: 0, volatility: 0, tick: never, slot, ..Options::default() };
        let server = Server::start(options).expect("the cluster starts");
        let depositor = Keypair::new_from_array([99; 32]);
        let deployment = {
            let mut node = server.chain();
            let chain = node.chain_mut();
            chain.svm_mut().set_blockhash_per_transaction(true);
            let deployment = Deployment::create(chain, Plan { seed: 77, ..Plan::default() }).expect("a deployment");
            let owner = &deployment.actors.owner;
            let name = deployment.vault.set_lookup_table(&owner.pubkey(), &deployment.table.key);
            chain.execute(owner, &[name], &[], &[]).expect("the table is named");
            let money = 10_000_000 * USDC;
            tokens::issue(chain, &deployment.actors, &deployment.base, &depositor.pubkey(), money).expect("issued");
            chain.svm_mut().set_blockhash_per_transaction(false);
            deployment
        };
        Self { server, deployment, depositor }
    }

    /// The keeper of this number, registered with the vault.
    pub fn keeper(&self, number: usize) -> &Keypair {
        &self.deployment.actors.keepers[number]
    }

    /// Does something on the chain at once, beside all slots.
    pub fn on_chain<T>(&self, act: impl FnOnce(&mut EmbeddedChain, &Deployment) -> T) -> T {
        let mut node = self.server.chain();
        let chain = node.chain_mut();
        chain.svm_mut().set_blockhash_per_transaction(true);
        let done = act(chain, &self.deployment);
        chain.svm_mut().set_blockhash_per_transaction(false);
        done
    }

    /// Lets time pass, with prices posted anew: valuations and prices are old then.
    pub fn pass(&self, seconds: u64) {
        self.server.chain().warp(seconds).unwrap();
        self.on_chain(|chain, deployment| {
            for (feed, price) in deployment.feeds.all().iter().zip(deployment.plan.prices) {
                feed.post(chain, price, 0).unwrap();
            }
        });
    }

    /// Pays in, so that every line is below its weight.
    pub fn deposit(&self, assets: u64) {
        self.on_chain(|chain, deployment| {
            let payer = &deployment.actors.payer;
            let depositor = self.depositor.pubkey();
            let account = deployment.vault.create_share_account(&payer.pubkey(), &depositor);
            chain.execute(payer, &[account], &[], &[]).unwrap();
            let deposit = deployment.vault.deposit(&depositor, assets, 0);
            let tables = [deployment.table.clone()];
            deployment.suite().execute(chain, payer, &[deposit], &[&self.depositor], &tables).unwrap();
        });
    }

    /// Every move that a keeper was credited with, by the chain's own events, oldest first.
    pub fn moves(&self, keeper: &Pubkey) -> Vec<(Signature, Rebalanced)> {
        let chain = self.connect();
        let mut moves = Vec::new();
        for past in chain.signatures_since(keeper, 0).unwrap() {
            let executed = chain.transaction(&past.signature).unwrap().unwrap();
            for event in executed.receipt.events() {
                if let Event::Router(RouterEvent::Rebalanced(moved)) = event {
                    assert_eq!(moved.keeper, *keeper);
                    moves.push((past.signature, moved));
                }
            }
        }
        moves
    }

    pub fn connect(&self) -> RpcChain {
        connect(&[&self.server.rpc_url])
    }

    /// Nothing lost, nothing done twice: a keeper's journal, the chain's events and the router's own count tell the same.
    pub fn assert_exact(&self, keeper: &Pubkey, records: &Records) -> Vec<(Signature, Rebalanced)> {
        assert!(records.unsettled().unwrap().is_empty());
        let moves = self.moves(keeper);
        let mut journalled: Vec<(Signature, u16)> = Vec::new();
        for attempt in records.recent(usize::MAX >> 1).unwrap() {
            let Some(Outcome::Landed { .. }) = attempt.outcome else { continue };
            let works = attempt.works.iter().filter(|work| work.key.kind == ActionKind::Rebalance);
            journalled.extend(works.map(|work| (attempt.signature, work.key.line.unwrap())));
        }
        let mut on_chain: Vec<(Signature, u16)> =
            moves.iter().map(|(signature, moved)| (*signature, moved.line)).collect();
        journalled.sort_unstable();
        on_chain.sort_unstable();
        assert_eq!(journalled, on_chain, "each move on the chain is one in the journal");

        let vault = self.deployment.vault.addresses;
        let chain = self.connect();
        let registration: Keeper = readers::read(&chain, &keeper_address(&vault.ledger, keeper).0).unwrap();
        let promised: u64 = moves.iter().map(|(_, moved)| moved.pay).sum();
        assert_eq!((registration.actions, registration.owed + registration.paid), (moves.len() as u64, promised));
        let earned = records.pay_earned(0).unwrap();
        assert_eq!(earned, if promised > 0 { vec![(vault.vault, promised)] } else { Vec::new() });
        let held = chain.get_account(keeper).unwrap().unwrap().lamports;
        assert_eq!(records.spending(0).unwrap().total(), WALLET - held, "every lamport is accounted for");
        moves
    }

    /// The vault itself is in order.
    pub fn assert_sound(&self) {
        let vault = self.deployment.vault.addresses.vault;
        let node = self.server.chain();
        let report = verify(node.chain(), &vault, &Allowed { allowed_upgrade_keys: Vec::new() }).unwrap();
        assert!(report.holds, "{}", report.verdict());
    }
}

/// Turns until nothing is due and nothing under way.
pub fn until_done(executor: &mut Executor<'_>, desk: &mut Desk) {
    let begun = Instant::now();
    loop {
        let end = executor.cycle(desk).unwrap();
        if end.planned == 0 && executor.under_way() == 0 {
            return;
        }
        assert!(begun.elapsed() < LIMIT, "not done: {end:?}");
    }
}

//! A real vault's book on a test cluster, with assets, scenarios and a network, and what happens to it.

use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::chain::{Chain, ChainError, Receipt, RpcChain, RpcOptions, Sandbox, Snapshot};
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::{network, oracle, router};
use gimbal::localnet::{Handle, Options, Server};
use gimbal::readers;
use gimbal::risk::replay::book::{gather, Gathered, Saved};
use gimbal::setup::{keys::keypair, tokens, Asset, Deployment, Plan};
use risk_oracle::state::{Book, RiskParams, Scenario};
use risk_oracle::{PostLossArgs, SetAssetArgs, SetLineModelArgs, SetPosterArgs, SetRiskArgs, SetScenarioArgs};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::direct::Direct;
use crate::replay_network::{cap, create, protocol};

/// A time that no test takes.
const NEVER: Duration = Duration::from_secs(86_400);
const DAY: u64 = 86_400;
const USDC: u64 = 1_000_000;
/// The book's assets, in order.
const ASSETS: [Asset; 3] = [Asset::Sol, Asset::Btc, Asset::Token];

pub struct World {
    pub server: Handle,
    pub deployment: Deployment,
    owner: Keypair,
    guardian: Keypair,
    depositor: Keypair,
    /// The network.
    pub web: Pubkey,
}

fn label(text: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}

impl World {
    /// Three assets, the first line moved by SOL and the third by USDT, two scenarios, cautious limits, and a network of two
    /// protocols that the third line rests on. The vault has 10,000 USDC, 1,000 of them in its first line.
    pub fn new() -> Self {
        let options = Options { port: 0, volatility: 0, tick: NEVER, slot: NEVER, ..Options::default() };
        let server = Server::start(options).expect("the cluster starts");
        let mut chain = Direct(&server);
        let deployment = Deployment::create(&mut chain, Plan { seed: 5, ..Plan::default() }).expect("a deployment");
        let [owner, guardian] = [&deployment.actors.owner, &deployment.actors.guardian].map(Keypair::insecure_clone);
        let depositor = keypair(5, "a depositor", 0);
        for one in [&owner, &guardian, &depositor] {
            chain.fund(&one.pubkey(), 1_000_000_000_000).expect("lamports");
        }
        tokens::issue(&mut chain, &deployment.actors, &deployment.base, &depositor.pubkey(), 20_000 * USDC)
            .expect("issued");
        let web = network::network_address(&owner.pubkey(), 7);
        let world = Self { server, deployment, owner, guardian, depositor, web };
        world.set_up();
        world.open();
        world
    }

    pub fn book(&self) -> Pubkey {
        self.deployment.vault.addresses.book
    }

    pub fn guardian(&self) -> Pubkey {
        self.guardian.pubkey()
    }

    pub fn feeds(&self) -> [Pubkey; 3] {
        ASSETS.map(|asset| self.deployment.feeds.get(asset).key)
    }

    pub fn stored(&self) -> Book {
        readers::read(&Direct(&self.server), &self.book()).expect("the book")
    }

    fn now(&self) -> i64 {
        Direct(&self.server).clock().expect("a clock").unix_timestamp
    }

    /// Sends one transaction.
    fn send(&self, signers: &[&Keypair], instructions: &[Instruction]) {
        self.try_send(signers, instructions).expect("accepted");
    }

    fn try_send(&self, signers: &[&Keypair], instructions: &[Instruction]) -> Result<Receipt, ChainError> {
        let signers: Vec<&dyn Signer> = signers.iter().map(|signer| *signer as &dyn Signer).collect();
        let tables = std::slice::from_ref(&self.deployment.table);
        let payer = &self.deployment.actors.payer;
        Direct(&self.server).execute(payer, &with_budget(instructions), &signers, tables)
    }

    fn owner(&self, instructions: &[Instruction]) {
        self.send(&[&self.owner], instructions);
    }

    fn observe(&self) -> Instruction {
        oracle::observe(&self.book(), &self.feeds())
    }

    fn set_up(&self) {
        let (key, book, web) = (self.owner.pubkey(), self.book(), self.web);
        let assets = (0u8..).zip(self.feeds()).map(|(index, feed)| {
            let args = SetAssetArgs { index, feed };
            oracle::set_asset(&key, &book, args)
        });
        self.owner(&assets.collect::<Vec<_>>());
        let model = |line, asset, protocol| {
            oracle::set_line_model(&key, &book, SetLineModelArgs { line, asset, protocol, scaled: true })
        };
        let scenario = |index, name, shocks_bps| {
            let scenario = Scenario { label: label(name), shocks_bps, volatility_bps: 0, used: 1 };
            oracle::set_scenario(&key, &book, SetScenarioArgs { index, scenario })
        };
        self.owner(&[
            model(1, 0, 255),
            model(3, 2, 1),
            oracle::set_risk_params(&key, &book, RiskParams::CAUTIOUS),
            scenario(2, "usdt-depeg", [0, 0, -2_000, 0, 0, 0, 0, 0]),
            scenario(5, "all-fall", [-5_000, -3_000, -100, 0, 0, 0, 0, 0]),
        ]);
        let payer = self.deployment.actors.payer.pubkey();
        self.owner(&[network::create_network(&key, &payer, create(self.guardian.pubkey()))]);
        self.owner(&[
            network::set_protocol(&key, &web, protocol(0, 20, 1_000)),
            network::set_protocol(&key, &web, protocol(1, 40, 0)),
            network::set_edge_cap(&key, &web, cap(1, 0, 4_000)),
            network::set_edge_cap(&key, &web, cap(0, 1, 0)),
            network::set_poster(&key, &web, SetPosterArgs { place: 0, key: self.guardian.pubkey() }),
            network::solve_contagion(&web, Some(&key)),
        ]);
        self.owner(&[
            network::set_network(&key, &book, &web),
            network::sync_contagion(&book, &web),
            self.observe(),
            oracle::stress(&book, 0, 8),
        ]);
    }

    fn open(&self) {
        let (vault, key) = (&self.deployment.vault, self.depositor.pubkey());
        let account = vault.create_share_account(&self.deployment.actors.payer.pubkey(), &key);
        self.send(&[&self.depositor], &[account, vault.deposit(&key, 9_000 * USDC, 1)]);
        let line = &self.deployment.lines[0];
        let into = vault.deposit_and_allocate(&key, 1_000 * USDC, 1, &line.context);
        self.send(&[&self.depositor], &[line.reserve.refresh(), into]);
    }

    /// A day passes; SOL then costs this many dollars, and everything is valued.
    fn day(&mut self, sol: i64) {
        Direct(&self.server).warp(DAY).expect("a day passes");
        self.deployment.set_price(Asset::Sol, sol * 100_000_000);
        self.deployment.post_prices(&mut Direct(&self.server)).expect("prices");
        self.deployment.refresh_all(&mut Direct(&self.server)).expect("valuations");
    }

    /// What a book can live through: observations, also two in one transaction with prices in between; a crash; losses that
    /// spread; reports; limits set at once and out of the queue; another owner.
    pub fn live(&mut self) {
        let (book, web) = (self.book(), self.web);
        let (key, guardian) = (self.owner.pubkey(), self.guardian.pubkey());
        self.day(140);
        self.owner(&[self.observe(), router::report(&self.deployment.vault)]);
        // The first observation of this transaction reads the prices of before, the second those behind it.
        let mut chain = Direct(&self.server);
        chain.warp(DAY).expect("a day passes");
        let mut instructions = vec![self.observe()];
        for (asset, price) in ASSETS.into_iter().zip([70 * 100_000_000, 61_000 * 100_000_000, 99_900_000]) {
            let feed = self.deployment.feeds.get(asset);
            feed.post(&mut chain, price, 0).expect("posted");
            instructions.push(feed.update());
        }
        instructions.push(self.observe());
        self.owner(&instructions);
        self.deployment.set_price(Asset::Sol, 70 * 100_000_000);
        // The lender fails; solved and taken over in the same transaction.
        let loss = PostLossArgs { protocol: 0, bps: 6_000, observed_at: self.now() };
        let losses = [
            network::post_loss(&guardian, &web, loss),
            network::solve_contagion(&web, None),
            network::sync_contagion(&book, &web),
        ];
        self.send(&[&self.guardian], &losses);
        // Whoever calls may leave bytes behind the arguments, which nobody reads.
        let mut stress = oracle::stress(&book, 0, 8);
        stress.data.extend([7; 5]);
        self.owner(&[stress]);
        let lower = |cap| SetRiskArgs { index: 1, label: self.stored().risks[1].label, cap_bps: 4_000, cap };
        self.send(&[&self.guardian], &[oracle::set_risk(&guardian, &book, lower(1_000_000 * USDC))]);
        let queue = Queue::Oracle(book);
        let raise = oracle::set_risk(&key, &book, lower(2_000_000 * USDC));
        self.owner(&[queue.propose(&key, &key, 0, &raise, [])]);
        // Another one is vetoed, which writes nothing in the book.
        self.owner(&[queue.propose(&key, &key, 1, &oracle::set_risk(&key, &book, lower(u64::MAX)), [])]);
        self.send(&[&self.guardian], &[queue.veto(&guardian, 1)]);
        self.day(80);
        self.day(78);
        self.owner(&[self.observe()]);
        Direct(&self.server).warp(60).expect("a minute passes");
        self.owner(&[presenting(raise, &queue.change(0))]);
        let line = SetLineModelArgs { line: 2, asset: 255, protocol: 0, scaled: true };
        self.send(&[&self.guardian], &[oracle::set_line_model(&guardian, &book, line)]);
        self.owner(&[oracle::propose_owner(&key, &book, &guardian)]);
        self.send(&[&self.guardian], &[oracle::accept_owner(&guardian, &book)]);
        self.owner(&[router::report(&self.deployment.vault)]);
    }

    /// Days on which the assets' prices move by up to so many percent, up and down: keepers observe, work the scenarios out,
    /// report and move money; now and then nobody solves the network, or the observation comes before the prices.
    pub fn days(&mut self, days: u64, percent: u64) {
        let (book, web) = (self.book(), self.web);
        let keeper = self.deployment.actors.keepers[0].insecure_clone();
        let mut state: u64 = 12_345;
        // Knuth's linear congruential generator; its upper bits.
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for day in 0..days {
            Direct(&self.server).warp(DAY).expect("a day passes");
            if day % 5 == 4 {
                self.owner(&[self.observe()]);
            }
            for asset in [Asset::Sol, Asset::Btc] {
                let price = self.deployment.plan.price(asset);
                let moved = price * (10_000 - 100 * percent as i64 + draw(200 * percent + 1) as i64) / 10_000;
                self.deployment.set_price(asset, moved);
            }
            self.deployment.set_price(Asset::Token, 99_800_000 + draw(400_001) as i64);
            self.deployment.post_prices(&mut Direct(&self.server)).expect("prices");
            self.deployment.refresh_all(&mut Direct(&self.server)).expect("valuations");
            if draw(4) > 0 {
                self.owner(&[network::solve_contagion(&web, None), network::sync_contagion(&book, &web)]);
            }
            self.owner(&[self.observe(), oracle::stress(&book, 0, 4), oracle::stress(&book, 4, 4)]);
            let line = &self.deployment.lines[draw(3) as usize];
            let rebalance = router::rebalance(&self.deployment.vault, &line.context, &keeper.pubkey());
            // Whatever the router says to that.
            let _ = self.try_send(&[&keeper], &[line.reserve.refresh(), rebalance]);
            self.owner(&[router::report(&self.deployment.vault)]);
        }
    }

    /// Everything as it stands, to begin at later.
    pub fn save(&self) -> Snapshot {
        let saved = Snapshot::of_embedded(self.server.chain().chain());
        // What comes is of a later slot.
        self.server.chain().advance(1).expect("a slot");
        saved
    }

    /// The book's history as a node tells it.
    pub fn gathered(&self, saved: Option<&Snapshot>) -> Gathered {
        let chain = RpcChain::connect(&RpcOptions::of(&self.server.rpc_url)).expect("the node");
        let saved = saved.map(|accounts| Saved { accounts, slot: accounts.clock().expect("a clock").slot });
        let mut read = 0;
        let gathered = gather(&chain, &self.book(), saved, &mut |_, _| read += 1).expect("the history");
        assert!(read > 0, "progress is told");
        gathered
    }
}

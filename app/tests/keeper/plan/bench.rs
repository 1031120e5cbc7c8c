//! A deployment on an embedded chain, people in it, and keepers that plan and act.

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::chain::{Chain, EmbeddedChain, Mode, Receipt, Sandbox};
use gimbal::keeper::act;
use gimbal::keeper::config::{KeeperConfig, Vaults};
use gimbal::keeper::plan::{plan, Plan, Purse};
use gimbal::keeper::planner::Left;
use gimbal::keeper::source::Posted;
use gimbal::keeper::watch::{Roster, World};
use gimbal::keeper::{Action, ActionKey, ActionKind};
use gimbal::readers;
use gimbal::setup::{self, tokens, Deployment, Line};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use strategy_router::state::{Keeper, Ledger};
use vault::state::{Ticket, Vault};

/// Base units of one USDC.
pub const USDC: u64 = 1_000_000;

/// What became of one turn of a keeper.
#[derive(Debug, Default)]
pub struct Turn {
    /// Actions that landed.
    pub done: Vec<Action>,
    /// Transactions that landed.
    pub receipts: Vec<Receipt>,
    /// Actions that a trial refused.
    pub left: Vec<Left>,
}

impl Turn {
    /// The kinds that landed, with their lines, in order.
    pub fn kinds(&self) -> Vec<(ActionKind, Option<u16>)> {
        self.done.iter().map(|action| (action.kind, action.line)).collect()
    }
}

/// A chain with a vault on it.
pub struct Bench {
    pub chain: EmbeddedChain,
    pub deployment: Deployment,
    pub config: KeeperConfig,
    pub purse: Purse,
    people: u8,
}

impl Bench {
    /// The vault of a plan, fresh and empty, kept by the first of its keepers at a configuration that wants everything.
    pub fn new(plan: setup::Plan) -> Self {
        let mut chain = EmbeddedChain::new(Mode::Native).expect("a chain");
        let deployment = Deployment::create(&mut chain, plan).expect("a deployment");
        let mut config = KeeperConfig::new("unused");
        config.profit.obligatory = ActionKind::ALL
            .into_iter()
            .filter(|kind| !matches!(kind, ActionKind::Rebalance | ActionKind::CollectPay))
            .collect();
        config.tables = vec![gimbal::keeper::config::Address(deployment.table.key)];
        config.vaults = Vaults::Registered;
        let purse = Purse { lamports_left: u64::MAX, compute_unit_price: 0 };
        Self { chain, deployment, config, purse, people: 0 }
    }

    /// A vault with `count` lines and a first depositor.
    pub fn with(count: usize, assets: u64) -> (Self, Keypair) {
        let mut bench = Self::new(setup::Plan::with_lines(count));
        let holder = bench.depositor(assets);
        (bench, holder)
    }

    pub fn keeper(&self, place: usize) -> Keypair {
        self.deployment.actors.keepers[place].insecure_clone()
    }

    pub fn line(&self, place: usize) -> &Line {
        &self.deployment.lines[place]
    }

    pub fn vault_key(&self) -> Pubkey {
        self.deployment.vault.addresses.vault
    }

    pub fn vault(&self) -> Vault {
        readers::read(&self.chain, &self.vault_key()).expect("the vault")
    }

    pub fn ledger(&self) -> Ledger {
        readers::read(&self.chain, &self.deployment.vault.addresses.ledger).expect("the ledger")
    }

    pub fn registration(&self, place: usize) -> Keeper {
        let ledger = self.deployment.vault.addresses.ledger;
        let key = strategy_router::seeds::keeper_address(&ledger, &self.keeper(place).pubkey()).0;
        readers::read(&self.chain, &key).expect("a keeper")
    }

    pub fn ticket(&self, sequence: u64) -> Option<Ticket> {
        readers::read_if_exists(&self.chain, &self.deployment.vault.ticket(sequence)).expect("a ticket")
    }

    /// Sends instructions that the payer and `signers` sign.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&dyn Signer]) -> Receipt {
        let actors = self.deployment.actors.clone();
        let tables = std::slice::from_ref(&self.deployment.table);
        let sent = self.chain.execute(&actors.payer, &with_budget(instructions), signers, tables);
        sent.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Somebody new who deposits.
    pub fn depositor(&mut self, assets: u64) -> Keypair {
        self.people += 1;
        let holder = Keypair::new_from_array([self.people; 32]);
        let key = holder.pubkey();
        let (actors, base) = (self.deployment.actors.clone(), self.deployment.base);
        self.chain.fund(&key, 1_000_000_000).expect("lamports");
        tokens::issue(&mut self.chain, &actors, &base, &key, assets).expect("base units");
        let vault = self.deployment.vault;
        let account = vault.create_share_account(&actors.payer.pubkey(), &key);
        self.send(&[account, vault.deposit(&key, assets, 0)], &[&holder]);
        holder
    }

    /// Queues `shares` of the holder for at least `min_assets`; returns the ticket's place.
    pub fn request(&mut self, holder: &Keypair, shares: u64, min_assets: u64) -> u64 {
        let sequence = self.vault().ticket_tail;
        let payer = self.deployment.actors.payer.pubkey();
        let vault = self.deployment.vault;
        let request = vault.request_redeem_at_least(&holder.pubkey(), &payer, sequence, shares, min_assets);
        self.send(&[request], &[holder]);
        sequence
    }

    /// Lets time pass and posts the prices anew, without bringing them to the feeds.
    pub fn pass(&mut self, seconds: u64) {
        self.chain.warp(seconds).expect("time");
        self.post();
    }

    /// Posts the deployment's prices, published now.
    pub fn post(&mut self) {
        for (feed, price) in self.deployment.feeds.all().iter().zip(self.deployment.plan.prices) {
            feed.post(&mut self.chain, price, 0).expect("a price");
        }
    }

    /// Brings prices and valuations up to date, as another keeper would.
    pub fn refresh(&mut self) {
        self.deployment.post_prices(&mut self.chain).expect("prices");
        self.deployment.refresh_all(&mut self.chain).expect("valuations");
    }

    /// Lets a few slots pass, so that nothing counts as done a moment ago.
    pub fn rest(&mut self) {
        self.chain.advance_slots(10).expect("slots");
    }

    pub fn roster(&self, keeper: usize) -> Roster {
        Roster::discover(&self.chain, &self.config, &self.keeper(keeper).pubkey()).expect("a roster")
    }

    pub fn world(&self, keeper: usize) -> World {
        World::read(&self.chain, &self.roster(keeper), &mut Posted::default()).expect("a world")
    }

    /// What the keeper would do.
    pub fn plan_of(&self, keeper: usize) -> Plan {
        plan(&self.world(keeper), &self.config, &self.purse)
    }

    /// The planned kinds of the first keeper, with their lines.
    pub fn planned(&self) -> Vec<(ActionKind, Option<u16>)> {
        self.plan_of(0).actions.iter().map(|action| (action.kind, action.line)).collect()
    }

    /// Whether the first keeper plans this.
    pub fn plans(&self, kind: ActionKind, line: Option<u16>) -> bool {
        self.planned().contains(&(kind, line))
    }

    /// The planned action of a kind.
    pub fn action(&self, kind: ActionKind) -> Action {
        let plan = self.plan_of(0);
        let found = plan.actions.iter().find(|action| action.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind} in {plan:#?}")).clone()
    }

    /// Why the first keeper leaves a kind alone.
    pub fn reason(&self, kind: ActionKind, line: Option<u16>) -> String {
        let plan = self.plan_of(0);
        assert!(!plan.actions.iter().any(|action| action.kind == kind && action.line == line), "{plan:#?}");
        let found = plan.skipped.iter().find(|skipped| skipped.kind == kind && skipped.line == line);
        found.unwrap_or_else(|| panic!("{kind} was not looked at: {plan:#?}")).reason.clone()
    }

    /// Plans, packs, tries and sends, as a keeper's loop does, until the plan is carried out.
    pub fn turn(&mut self, place: usize) -> Turn {
        let (roster, world) = (self.roster(place), self.world(place));
        let actions = plan(&world, &self.config, &self.purse).actions;
        self.carry_out(place, &roster, &world, actions)
    }

    /// Packs, tries and sends planned actions.
    pub fn carry_out(&mut self, place: usize, roster: &Roster, world: &World, actions: Vec<Action>) -> Turn {
        let keeper = self.keeper(place);
        let packed = act::pack(&self.chain, world, roster, &mut Posted::default(), actions).expect("packages");
        let mut turn = Turn { left: packed.left, ..Turn::default() };
        for package in packed.packages {
            let trial = act::trial(&self.chain, &keeper.pubkey(), package).expect("a trial");
            turn.left.extend(trial.left);
            for (package, units) in trial.ready {
                assert!(units > 0);
                let instructions = with_budget(&package.instructions);
                let receipt = self.chain.execute(&keeper, &instructions, &[], &package.tables);
                turn.receipts.push(receipt.unwrap_or_else(|error| panic!("a trial passed it: {error}")));
                turn.done.extend(package.completes);
            }
        }
        turn
    }

    /// Takes turns until there is nothing left to do; returns all of it.
    pub fn settle(&mut self, place: usize) -> Turn {
        let mut all = Turn::default();
        for _ in 0..20 {
            let turn = self.turn(place);
            self.rest();
            if turn.done.is_empty() {
                all.left.extend(turn.left);
                return all;
            }
            all.done.extend(turn.done);
            all.receipts.extend(turn.receipts);
        }
        panic!("it does not come to an end: {:?}", all.kinds());
    }
}

/// The key of an action on the bench's vault.
pub fn key(bench: &Bench, kind: ActionKind, line: Option<u16>) -> ActionKey {
    ActionKey { kind, subject: bench.vault_key(), line }
}

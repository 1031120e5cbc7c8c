//! A vault in which everything happens that can happen to a holder.

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::chain::{Chain, Receipt, Sandbox};
use gimbal::index::{Database, Indexer};
use gimbal::instructions::{router, token};
use gimbal::readers;
use gimbal::setup::keys::keypair;
use gimbal::setup::{tokens, Deployment, Plan};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use vault::FeesArgs;

use crate::witness::Witness;

/// Base units of one USDC, and share units of one share.
pub const USDC: u64 = 1_000_000;
pub const DAY: u64 = 86_400;
/// What everybody begins with.
pub const PURSE: u64 = 10_000 * USDC;
/// Who the tests' index belongs to.
pub const CLUSTER: &str = "test";

pub struct Scenario {
    pub chain: Witness,
    pub deployment: Deployment,
    pub people: [Keypair; 3],
    pub recipient: Keypair,
}

/// One per cent a year, a tenth of the gains, 20 basis points at entries, 10 at exits.
fn fees(recipient: &Keypair) -> FeesArgs {
    FeesArgs { recipient: recipient.pubkey(), management_bps: 100, performance_bps: 1_000, entry_bps: 20, exit_bps: 10 }
}

impl Scenario {
    /// A vault with fees that nobody has paid into, and three people with money.
    pub fn new() -> Self {
        Self::with_fees(fees)
    }

    /// As [`Scenario::new`], with these fees.
    pub fn with_fees(fees: fn(&Keypair) -> FeesArgs) -> Self {
        let mut chain = Witness::new();
        let recipient = keypair(7, "fee recipient", 0);
        let plan = Plan { fees: fees(&recipient), ..Plan::default() };
        let deployment = Deployment::create(&mut chain, plan).expect("a deployment");
        let people = [0, 1, 2].map(|index| keypair(7, "person", index));
        for owner in people.iter().map(Signer::pubkey).chain([recipient.pubkey()]) {
            chain.fund(&owner, 10_000_000_000).expect("lamports");
            tokens::issue(&mut chain, &deployment.actors, &deployment.base, &owner, PURSE).expect("money");
            let account = deployment.vault.create_share_account(&deployment.actors.payer.pubkey(), &owner);
            chain.execute(&deployment.actors.payer, &[account], &[], &[]).expect("an account");
        }
        Self { chain, deployment, people, recipient }
    }

    pub fn vault(&self) -> Pubkey {
        self.deployment.vault.addresses.vault
    }

    pub fn key(&self, person: usize) -> Pubkey {
        self.people[person].pubkey()
    }

    /// Sends what somebody signs.
    pub fn send(&mut self, person: usize, instruction: Instruction) -> Receipt {
        let table = std::slice::from_ref(&self.deployment.table);
        let signer = self.people[person].insecure_clone();
        self.chain.execute(&signer, &with_budget(&[instruction]), &[], table).expect("accepted")
    }

    /// Sends what anybody may.
    pub fn crank(&mut self, instruction: Instruction) {
        let keeper = self.deployment.actors.keepers[0].insecure_clone();
        let table = std::slice::from_ref(&self.deployment.table);
        self.chain.execute(&keeper, &with_budget(&[instruction]), &[], table).expect("accepted");
    }

    pub fn deposit(&mut self, person: usize, assets: u64) {
        let instruction = self.deployment.vault.deposit(&self.key(person), assets, 0);
        self.send(person, instruction);
    }

    pub fn redeem(&mut self, person: usize, shares: u64) {
        let instruction = self.deployment.vault.redeem(&self.key(person), shares, 0);
        self.send(person, instruction);
    }

    /// Queues shares; the ticket's number.
    pub fn request(&mut self, person: usize, shares: u64) -> u64 {
        let vault: vault::state::Vault = readers::read(&self.chain, &self.vault()).expect("the vault");
        let key = self.key(person);
        let instruction = self.deployment.vault.request_redeem(&key, &key, vault.ticket_tail, shares);
        self.send(person, instruction);
        vault.ticket_tail
    }

    /// Pays the tickets at the head.
    pub fn fill(&mut self, count: u8) {
        let vault: vault::state::Vault = readers::read(&self.chain, &self.vault()).expect("the vault");
        self.crank(self.deployment.vault.fill_tickets(vault.ticket_head, count));
    }

    pub fn claim(&mut self, person: usize, ticket: u64) {
        let instruction = self.deployment.vault.claim(&self.key(person), ticket);
        self.send(person, instruction);
    }

    /// Time passes, then everything is priced and valued anew.
    pub fn wait(&mut self, seconds: u64) {
        self.chain.warp(seconds).expect("time");
        self.deployment.post_prices(&mut self.chain).expect("prices");
        self.deployment.refresh_all(&mut self.chain).expect("valuations");
    }

    /// A keeper moves a line towards its target.
    pub fn rebalance(&mut self, line: usize) {
        let context = self.deployment.lines[line].context.clone();
        let keeper = self.deployment.actors.keepers[0].pubkey();
        self.crank(router::rebalance(&self.deployment.vault, &context, &keeper));
    }

    /// Somebody gives the vault cash for nothing, and a keeper adopts it.
    pub fn gain(&mut self, person: usize, amount: u64) {
        let base = self.deployment.base;
        let (from, cash) = (base.account_of(&self.key(person)), self.deployment.vault.addresses.cash);
        let gift = token::transfer(&from, &base.key, &cash, &self.key(person), amount, base.decimals, &base.program);
        self.send(person, gift);
        self.crank(router::harvest_cash(&self.deployment.vault));
    }

    /// What somebody has left of the base asset.
    pub fn purse(&self, person: usize) -> u64 {
        readers::balance(&self.chain, &self.deployment.base.account_of(&self.key(person))).expect("a balance")
    }

    /// What somebody has in shares.
    pub fn shares(&self, person: usize) -> u64 {
        readers::balance(&self.chain, &self.deployment.vault.share_account(&self.key(person))).expect("a balance")
    }

    /// Everything that can happen, but transfers of shares.
    pub fn live(&mut self) {
        self.deposit(0, 4_000 * USDC);
        self.deposit(1, 2_000 * USDC);
        for line in 0..2 {
            self.rebalance(line);
        }
        self.wait(DAY + 60);
        self.gain(2, 90 * USDC);
        self.wait(6 * 3_600);
        self.redeem(1, 100 * USDC);
        let first = self.request(0, 300 * USDC);
        let second = self.request(1, 200 * USDC);
        // A ticket changes hands while it waits.
        let hand_on = self.deployment.vault.transfer_ticket(&self.key(1), second, &self.key(2));
        self.send(1, hand_on);
        self.fill(8);
        self.claim(0, first);
        // And the other one is claimed only later, a third is taken back.
        let third = self.request(0, 50 * USDC);
        let cancel = self.deployment.vault.cancel(&self.key(0), third);
        self.send(0, cancel);
        self.wait(DAY + 60);
        self.crank(self.deployment.vault.crystallise());
        let collect = self.deployment.vault.collect_fees(&self.recipient.pubkey());
        self.crank(collect);
        self.claim(2, second);
        self.deposit(2, 500 * USDC);
        let keeper = self.deployment.actors.keepers[0].pubkey();
        self.crank(router::collect_pay(&self.deployment.vault, &keeper));
    }

    /// Somebody queues `shares`, waits for the second deadline and takes his part of everything.
    pub fn leave_in_kind(&mut self, person: usize, shares: u64) {
        let ticket = self.request(person, shares);
        self.wait(14 * DAY + 60);
        let key = self.key(person);
        let ledger_key = self.deployment.vault.addresses.ledger;
        let ledger: strategy_router::state::Ledger = readers::read(&self.chain, &ledger_key).expect("the ledger");
        let sources = router::kind_sources(&self.chain, &ledger_key, &ledger).expect("sources");
        let mut paid = Vec::new();
        for source in sources {
            let account = token::create_associated(&key, &key, &source.mint, &source.token_program);
            self.send(person, account);
            let receiver = token::associated(&key, &source.mint, &source.token_program);
            paid.push((source, Some(receiver)));
        }
        let instruction = self.deployment.vault.redeem_in_kind(&key, ticket, &paid);
        self.send(person, instruction);
    }
}

/// An index in memory.
pub fn indexer() -> Indexer {
    Indexer::open("sqlite::memory:", CLUSTER).expect("an index")
}

/// Everything in the index, table by table, in an order of its own.
pub fn dump(database: &mut Database) -> Vec<(String, Vec<String>)> {
    let tables = [
        ("vaults", "vault"),
        ("cursors", "vault, address"),
        ("transactions", "vault, slot, ordinal"),
        ("flows", "vault, slot, ordinal, position, signature"),
        ("tickets", "vault, ticket"),
        ("fees", "vault, slot, ordinal, position"),
        ("prices", "vault, id"),
        ("keeper_actions", "vault, slot, ordinal, position"),
        ("changes", "vault, slot, ordinal, position"),
    ];
    let all = |(table, order): (&str, &str)| {
        let rows = database.query(&format!("SELECT * FROM {table} ORDER BY {order}"), &[]).expect("a table");
        (table.to_owned(), rows.iter().map(|row| format!("{:?}", row.values())).collect())
    };
    tables.into_iter().map(all).collect()
}

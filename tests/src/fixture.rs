//! A deployment on a fresh chain, ready to be used and attacked.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use anchor_lang::prelude::Pubkey;
use gimbal::{
    chain::{Chain, EmbeddedChain, Mode, Sandbox},
    identities,
    instructions::token,
    readers,
    setup::{tokens, Asset, Deployment, Plan},
};
use gimbal_svm::{native, ProgramSpec};
use risk_oracle::Feed;
use solana_instruction::Instruction;
use solana_signer::Signer;
use strategy_router::state::{Ledger, Line};
use vault::state::{Ticket, Vault};

use crate::{clients, Outcome, User};

/// A chain with a deployment on it.
#[derive(Clone)]
pub struct Fixture {
    /// The chain.
    pub chain: EmbeddedChain,
    /// What was set up on it.
    pub deployment: Deployment,
    users: u64,
}

/// Programs that exist for tests only.
fn test_programs() -> [ProgramSpec; 2] {
    [
        ProgramSpec {
            name: "outer-caller",
            id: outer_caller::ID,
            native: native!(outer_caller::process_instruction),
            upgrade_authority: None,
        },
        ProgramSpec {
            name: "hostile-venue",
            id: hostile_venue::ID,
            native: native!(hostile_venue::process_instruction),
            upgrade_authority: None,
        },
    ]
}

impl Default for Fixture {
    fn default() -> Self {
        Self::new()
    }
}

impl Fixture {
    /// The default plan: three lending lines, the third of them swapped into another token and priced by its feed.
    pub fn new() -> Self {
        Self::from_plan(Plan::default())
    }

    /// `count` lines: up to two are plain, the third is swapped, and more are plain again; at most 16.
    pub fn with_lines(count: usize) -> Self {
        Self::from_plan(Plan::with_lines(count))
    }

    /// A deployment by any plan. Equal plans are set up once per process and copied from then on.
    ///
    /// # Panics
    ///
    /// If the deployment fails: every test would.
    pub fn from_plan(plan: Plan) -> Self {
        static READY: OnceLock<Mutex<HashMap<String, Fixture>>> = OnceLock::new();
        let ready = READY.get_or_init(Mutex::default);
        let key = format!("{plan:?}");
        if let Some(fixture) = ready.lock().unwrap_or_else(|poison| poison.into_inner()).get(&key) {
            return fixture.clone();
        }
        let fixture = Self::build(plan);
        ready.lock().unwrap_or_else(|poison| poison.into_inner()).insert(key, fixture.clone());
        fixture
    }

    fn build(plan: Plan) -> Self {
        Self::fresh(EmbeddedChain::mode_from_environment().expect("the mode's variable is native or bytecode"), plan)
    }

    /// A deployment that is really made, on a chain of its own in any mode.
    ///
    /// # Panics
    ///
    /// As [`Fixture::from_plan`].
    pub fn fresh(mode: Mode, plan: Plan) -> Self {
        let mut chain = EmbeddedChain::with_programs(mode, &test_programs()).expect("the programs load");
        let deployment = match Deployment::create(&mut chain, plan) {
            Ok(deployment) => deployment,
            Err(error) => {
                let logs = error.refused().map(|refused| refused.logs.join("\n")).unwrap_or_default();
                panic!("the deployment failed: {error}\n{logs}");
            }
        };
        Self { chain, deployment, users: 0 }
    }

    /// A new user with `amount` base units, an empty share account and lamports.
    ///
    /// # Panics
    ///
    /// If the chain refuses to make the accounts.
    pub fn depositor(&mut self, amount: u64) -> User {
        let key = gimbal::setup::keys::keypair(self.deployment.plan.seed, "test user", self.users);
        self.users += 1;
        let owner = key.pubkey();
        self.chain.fund(&owner, 1_000_000_000).expect("lamports");
        let Deployment { actors, base, vault, .. } = &self.deployment;
        let account = tokens::issue(&mut self.chain, actors, base, &owner, amount).expect("a funded base account");
        // Some tests stand in for the vault with a key of their own, which has no shares.
        if self.chain.get_account(&vault.addresses.share_mint).expect("a readable chain").is_some() {
            let create = vault.create_share_account(&actors.payer.pubkey(), &owner);
            self.chain.execute(&actors.payer, &[create], &[], &[]).expect("a share account");
        }
        User { base: account, shares: vault.share_account(&owner), key }
    }

    /// Sends instructions; the deployment's payer pays, the vault's lookup table is used.
    ///
    /// # Errors
    ///
    /// The chain's refusal.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&dyn Signer]) -> Outcome {
        let Deployment { actors, table, .. } = &self.deployment;
        self.chain.execute(&actors.payer, instructions, signers, std::slice::from_ref(table))
    }

    /// The vault's client.
    pub fn vault(&mut self) -> clients::VaultClient<'_> {
        clients::VaultClient { fx: self }
    }

    /// The strategy router's client.
    pub fn router(&mut self) -> clients::RouterClient<'_> {
        clients::RouterClient { fx: self, queued: false }
    }

    /// The risk oracle's client.
    pub fn oracle(&mut self) -> clients::OracleClient<'_> {
        clients::OracleClient { fx: self }
    }

    /// The reference lending market's client.
    pub fn lending(&mut self) -> clients::LendingClient<'_> {
        clients::LendingClient { fx: self }
    }

    /// Lets time pass and leaves feeds and valuations to age.
    ///
    /// # Panics
    ///
    /// Beyond what the clock holds.
    pub fn warp(&mut self, seconds: u64) {
        self.chain.warp(seconds).expect("a time that the clock holds");
    }

    /// Posts the present prices anew and refreshes every venue and line.
    ///
    /// # Panics
    ///
    /// If a refresh is refused.
    pub fn refresh_all(&mut self) {
        self.deployment.post_prices(&mut self.chain).expect("prices");
        self.deployment.refresh_all(&mut self.chain).expect("a refresh of everything");
    }

    /// [`Fixture::warp`], then [`Fixture::refresh_all`].
    ///
    /// # Panics
    ///
    /// As these two.
    pub fn pass(&mut self, seconds: u64) {
        self.warp(seconds);
        self.refresh_all();
    }

    /// Posts a price of `asset` (exponent −8) and brings it to its feed.
    ///
    /// # Errors
    ///
    /// The oracle's refusal.
    pub fn set_price(&mut self, asset: Asset, price: i64) -> Outcome {
        self.deployment.set_price(asset, price);
        let feed = *self.deployment.feeds.get(asset);
        feed.post(&mut self.chain, price, 0)?;
        self.send(&[feed.update()], &[])
    }

    /// The vault's account.
    pub fn vault_state(&self) -> Vault {
        self.read(&self.deployment.vault.addresses.vault)
    }

    /// The ledger's account.
    pub fn ledger(&self) -> Ledger {
        self.read(&self.deployment.vault.addresses.ledger)
    }

    /// The ledger's row of the line with this place in the deployment, from 0.
    pub fn line(&self, place: usize) -> Line {
        let id = self.deployment.lines[place].addresses.id;
        *self.ledger().line(id).expect("the line is in the ledger")
    }

    /// The feed of `asset`.
    pub fn feed(&self, asset: Asset) -> Feed {
        self.read(&self.deployment.feeds.get(asset).key)
    }

    /// The ticket with this sequence number; none where it was closed.
    pub fn ticket(&self, sequence: u64) -> Option<Ticket> {
        readers::read_if_exists(&self.chain, &self.deployment.vault.ticket(sequence)).expect("a ticket or nothing")
    }

    /// Any account of the suite.
    ///
    /// # Panics
    ///
    /// If there is none of this type.
    pub fn read<T: anchor_lang::ZeroCopy + anchor_lang::Owner>(&self, key: &Pubkey) -> T {
        match readers::read(&self.chain, key) {
            Ok(account) => account,
            Err(error) => panic!("{error}"),
        }
    }

    /// Base or share units in a token account; 0 where there is none.
    ///
    /// # Panics
    ///
    /// If the account is no token account.
    pub fn balance(&self, account: &Pubkey) -> u64 {
        readers::balance(&self.chain, account).expect("a token account or nothing")
    }

    /// Sends `amount` of the base asset from `user` to any token account: a donation.
    ///
    /// # Errors
    ///
    /// The token program's refusal.
    pub fn donate(&mut self, user: &User, destination: &Pubkey, amount: u64) -> Outcome {
        let base = self.deployment.base;
        let transfer =
            token::transfer(&user.base, &base.key, destination, &user.pubkey(), amount, base.decimals, &base.program);
        self.send(&[transfer], &[&user.key])
    }

    /// Asserts every accounting identity.
    ///
    /// # Panics
    ///
    /// With the identities that do not hold.
    #[track_caller]
    pub fn assert_identities(&self) {
        let all = identities::check(&self.chain, &self.deployment.vault.addresses.vault).expect("readable accounts");
        let broken: Vec<_> = all.iter().filter(|identity| !identity.holds()).collect();
        assert!(broken.is_empty(), "{broken:#?}");
    }
}

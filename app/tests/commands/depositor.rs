//! What tests of a depositor's commands need besides [`Bench`].

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::{router, token::associated};
use gimbal::readers;
use gimbal_control::Direction;
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;
use vault::state::{Ticket, Vault};
use vault::{FeesArgs, VaultLimitsArgs};

use crate::support::{Bench, USDC};

/// Seconds of a day.
pub const DAY: u64 = 86_400;

impl Bench {
    /// Base units in a wallet's associated account of the base asset.
    pub fn assets(&self, owner: &Pubkey) -> u64 {
        readers::balance(&self.chain, &self.deployment.vault.base_account(owner)).expect("a token account")
    }

    /// Share units in a wallet's associated account.
    pub fn shares(&self, owner: &Pubkey) -> u64 {
        readers::balance(&self.chain, &self.deployment.vault.share_account(owner)).expect("a token account")
    }

    /// Units of any mint in a wallet's associated account under SPL Token.
    pub fn units(&self, owner: &Pubkey, mint: &Pubkey) -> u64 {
        let account = associated(owner, mint, &anchor_spl::token::ID);
        readers::balance(&self.chain, &account).expect("a token account")
    }

    /// The vault as it is stored.
    pub fn state(&self) -> Vault {
        readers::read(&self.chain, &self.deployment.vault.addresses.vault).expect("a vault")
    }

    /// A ticket as it is stored.
    pub fn ticket(&self, sequence: u64) -> Ticket {
        readers::read(&self.chain, &self.deployment.vault.ticket(sequence)).expect("a ticket")
    }

    /// The chain's time.
    pub fn now(&self) -> i64 {
        self.chain.clock().expect("a clock").unix_timestamp
    }

    /// Lets time pass; nothing is brought up to date.
    pub fn wait(&self, seconds: u64) {
        self.chain.0.borrow_mut().warp(seconds).expect("time passes");
    }

    /// Posts the plan's prices anew; feeds and lines stay as they are.
    pub fn post(&self) {
        for (feed, price) in self.deployment.feeds.all().iter().zip(self.deployment.plan.prices) {
            feed.post(&mut *self.chain.0.borrow_mut(), price, 0).expect("posted");
        }
    }

    /// Pauses a direction by the guardian.
    pub fn pause(&self, direction: Direction) {
        let guardian = &self.deployment.actors.guardian;
        self.execute(guardian, &[self.deployment.vault.pause(&guardian.pubkey(), direction)]);
    }

    /// Puts fees in force; at once only while nothing was deposited.
    pub fn set_fees(&self, fees: FeesArgs) {
        let owner = &self.deployment.actors.owner;
        self.execute(owner, &[self.deployment.vault.set_fees(&owner.pubkey(), fees)]);
    }

    /// Puts limits in force; at once only while nothing was deposited.
    pub fn set_limits(&self, limits: VaultLimitsArgs) {
        let owner = &self.deployment.actors.owner;
        self.execute(owner, &[self.deployment.vault.set_limits(&owner.pubkey(), limits)]);
    }

    /// Has the vault name the deployment's lookup table.
    pub fn name_table(&self) {
        let owner = &self.deployment.actors.owner;
        let set = self.deployment.vault.set_lookup_table(&owner.pubkey(), &self.deployment.table.key);
        self.execute(owner, &[set]);
    }

    /// Has a keeper put the money to work: every line towards its target.
    pub fn deploy(&self) {
        let keeper = &self.deployment.actors.keepers[0];
        for line in &self.deployment.lines {
            let rebalance = router::rebalance(&self.deployment.vault, &line.context, &keeper.pubkey());
            self.execute(keeper, &[line.reserve.refresh(), rebalance]);
        }
    }

    /// Borrows all that the market under a line has.
    pub fn drain(&self, place: usize) {
        let reserve = &self.deployment.lines[place].reserve;
        let owner = &self.deployment.actors.venue_owner;
        self.execute(owner, &[reserve.refresh(), reserve.borrow(u64::MAX)]);
    }

    /// Pays a market back by so much.
    pub fn repay(&self, place: usize, amount: u64) {
        let reserve = &self.deployment.lines[place].reserve;
        let owner = &self.deployment.actors.venue_owner;
        self.execute(owner, &[reserve.refresh(), reserve.repay(amount)]);
    }

    /// Makes the market under a line unreadable.
    pub fn halt(&self, place: usize) {
        let key = self.deployment.lines[place].reserve.addresses.reserve;
        let mut broken = self.chain.require_account(&key).expect("a reserve");
        broken.data[0] ^= 1;
        self.chain.0.borrow_mut().set_account(&key, broken).expect("written");
    }

    /// A wallet with so many whole USDC, and nothing else but SOL.
    pub fn rich(&self, number: u64, usdc: u64) -> Keypair {
        let wallet = self.wallet(number);
        self.issue(&wallet.pubkey(), usdc * USDC);
        wallet
    }
}

/// A text at a path of keys in printed JSON.
pub fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {path}: {value:#}"))
}

/// A whole number at a path of keys in printed JSON.
pub fn units(value: &Value, path: &str) -> u64 {
    value.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("no number at {path}: {value:#}"))
}

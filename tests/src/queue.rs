//! Instructions that must have waited: proposing one, letting it wait, and presenting its change.
//!
//! ```
//! # use gimbal_tests::*;
//! # use gimbal::instructions::changes::Queue;
//! let mut fx = Fixture::new();
//! let alice = fx.depositor(500 * USDC);
//! fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
//! let owner = fx.deployment.actors.owner.insecure_clone();
//! let set = fx.deployment.vault.set_curator(&owner.pubkey(), &alice.pubkey());
//! fx.assert_refused("ChangeRequired", |fx| fx.send(&[set.clone()], &[&owner]));
//! let waited = fx.waited(fx.vault_queue(), set);
//! fx.send(&[waited], &[&owner]).unwrap();
//! ```

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    solana_program::system_instruction,
    AnchorDeserialize, Discriminator,
};
use gimbal::chain::{EmbeddedChain, Sandbox};
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::pda::router_seeds;
use gimbal::readers;
use gimbal_control::ChangeRecord;
use risk_oracle::{Book, Feed, Network};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use strategy_router::instruction::ApproveVenue;

use crate::{Asset, Chain, Fixture, Outcome, Signer};

/// The number that `queue`'s next change will have.
///
/// # Panics
///
/// If the target is none of the suite's accounts that keep a queue.
pub fn next_nonce(chain: &impl Chain, queue: &Queue) -> u64 {
    let target = queue.target();
    let read = match queue {
        Queue::Vault(_) => readers::read::<vault::Vault>(chain, &target).map(|vault| vault.change_nonce),
        Queue::Ledger(_) => {
            readers::read::<strategy_router::state::Ledger>(chain, &target).map(|ledger| ledger.change_nonce)
        }
        Queue::Oracle(_) => readers::read::<Feed>(chain, &target)
            .map(|feed| feed.change_nonce)
            .or_else(|_| readers::read::<Book>(chain, &target).map(|book| book.change_nonce))
            .or_else(|_| readers::read::<Network>(chain, &target).map(|network| network.change_nonce)),
    };
    read.expect("a vault, a ledger, a feed, a book or a network")
}

/// The record of `queue`'s change number `nonce`.
///
/// # Panics
///
/// If there is no such change.
pub fn record(chain: &impl Chain, queue: &Queue, nonce: u64) -> Box<ChangeRecord> {
    let key = queue.change(nonce);
    let read = match queue {
        Queue::Vault(_) => readers::read::<vault::state::Change>(chain, &key).map(|change| change.record),
        Queue::Ledger(_) => readers::read::<strategy_router::state::Change>(chain, &key).map(|change| change.record),
        Queue::Oracle(_) => readers::read::<risk_oracle::Change>(chain, &key).map(|change| change.record),
    };
    Box::new(read.expect("a change"))
}

/// The accounts that a proposal of `guarded` takes after its own.
///
/// # Panics
///
/// If the arguments of an approval do not decode.
pub fn remaining(queue: &Queue, guarded: &Instruction) -> Option<AccountMeta> {
    let arguments = guarded.data.strip_prefix(ApproveVenue::DISCRIMINATOR)?;
    let approve = ApproveVenue::try_from_slice(arguments).expect("the arguments of approve_venue");
    let venue = router_seeds::line_address(&queue.target(), approve.line).0;
    Some(AccountMeta::new_readonly(venue, false))
}

impl Fixture {
    /// The vault's queue.
    pub fn vault_queue(&self) -> Queue {
        Queue::Vault(self.deployment.vault.addresses.vault)
    }

    /// The ledger's queue.
    pub fn ledger_queue(&self) -> Queue {
        Queue::Ledger(self.deployment.vault.addresses.ledger)
    }

    /// The book's queue.
    pub fn book_queue(&self) -> Queue {
        Queue::Oracle(self.deployment.vault.addresses.book)
    }

    /// The queue of an asset's feed.
    pub fn feed_queue(&self, asset: Asset) -> Queue {
        Queue::Oracle(self.deployment.feeds.get(asset).key)
    }

    /// Proposes `guarded` as the deployment's owner. Its number is [`next_nonce`] before.
    ///
    /// # Errors
    ///
    /// The program's refusal.
    pub fn propose(&mut self, queue: Queue, guarded: &Instruction) -> Outcome {
        let actors = &self.deployment.actors;
        let (owner, payer) = (actors.owner.insecure_clone(), actors.payer.pubkey());
        let nonce = next_nonce(&self.chain, &queue);
        let propose = queue.propose(&owner.pubkey(), &payer, nonce, guarded, remaining(&queue, guarded));
        self.send(&[propose], &[&owner])
    }

    /// Lets change number `nonce` wait until it can be applied; then prices, venues and lines are fresh.
    ///
    /// # Panics
    ///
    /// If there is no such change, or a refresh is refused.
    pub fn wait_for(&mut self, queue: Queue, nonce: u64) {
        let ready = record(&self.chain, &queue, nonce).ready_at;
        let now = self.chain.clock().expect("a clock").unix_timestamp;
        self.pass(u64::try_from(ready.saturating_sub(now)).unwrap_or_default());
    }

    /// Proposes `guarded`, lets it wait, and returns it presenting its change.
    ///
    /// # Panics
    ///
    /// If the proposal is refused.
    #[track_caller]
    pub fn waited(&mut self, queue: Queue, guarded: Instruction) -> Instruction {
        let nonce = next_nonce(&self.chain, &queue);
        if let Err(error) = self.propose(queue, &guarded) {
            let logs = error.refused().map(|refused| refused.logs.join("\n")).unwrap_or_default();
            panic!("the proposal was refused: {error}\n{logs}");
        }
        self.wait_for(queue, nonce);
        presenting(guarded, &queue.change(nonce))
    }

    /// Proposes `guarded` as the deployment's owner, lets it wait, and sends it as the owner.
    ///
    /// # Errors
    ///
    /// The program's refusal of the instruction itself.
    ///
    /// # Panics
    ///
    /// As [`Fixture::waited`].
    #[track_caller]
    pub fn through_queue(&mut self, queue: Queue, guarded: Instruction) -> Outcome {
        let waited = self.waited(queue, guarded);
        let owner = self.deployment.actors.owner.insecure_clone();
        self.send(&gimbal::bundle::with_budget(&[waited]), &[&owner])
    }
}

/// An account whose stored value stands in for a blockhash: transactions signed with it stay valid until it is advanced.
pub struct DurableNonce {
    key: Pubkey,
    authority: Pubkey,
    stored: Account,
}

impl DurableNonce {
    /// Makes one that `authority` advances.
    ///
    /// # Panics
    ///
    /// If the chain refuses to make it.
    pub fn create(chain: &mut EmbeddedChain, payer: &Keypair, authority: &Keypair) -> Self {
        let nonce = Keypair::new_from_array([77; 32]);
        let (key, authority) = (nonce.pubkey(), authority.pubkey());
        let create = system_instruction::create_nonce_account(&payer.pubkey(), &key, &authority, 10_000_000);
        chain.execute(payer, &create, &[&nonce], &[]).expect("a nonce account");
        let stored = chain.require_account(&key).expect("the nonce account");
        // A nonce is advanced only after a later blockhash than its own.
        chain.advance_slots(1).expect("a slot");
        Self { key, authority, stored }
    }

    /// What makes a transaction durable when it comes first.
    pub fn advance(&self) -> Instruction {
        system_instruction::advance_nonce_account(&self.key, &self.authority)
    }

    /// Sends `instructions` behind the advance, signed with the stored value instead of a blockhash.
    ///
    /// # Errors
    ///
    /// The chain's refusal.
    ///
    /// # Panics
    ///
    /// If a signature is missing.
    pub fn send(
        &self,
        chain: &mut EmbeddedChain,
        payer: &Keypair,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
    ) -> Outcome {
        let mut all = vec![self.advance()];
        all.extend_from_slice(instructions);
        let value: [u8; 32] = self.stored.data[40..72].try_into().expect("32 bytes");
        let transaction =
            gimbal::transaction::build(payer, &all, signers, &[], gimbal_svm::Hash::new_from_array(value));
        chain.send(&transaction.expect("all signatures"))
    }

    /// Gives the account the contents that it had when it was made.
    ///
    /// # Panics
    ///
    /// Never, on an embedded chain.
    pub fn put_back(&self, chain: &mut EmbeddedChain) {
        chain.set_account(&self.key, self.stored.clone()).expect("an account");
    }
}

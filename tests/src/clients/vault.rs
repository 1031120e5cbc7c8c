//! The vault's instructions as a test sends them.

use anchor_lang::prelude::Pubkey;
use gimbal::{bundle::with_budget, instructions::vault::VaultContext};
use gimbal_control::Direction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{Fixture, Outcome, User};

/// Sends the vault's instructions. Nothing is bundled in front of them: what is stale stays stale.
pub struct VaultClient<'a> {
    /// The fixture.
    pub fx: &'a mut Fixture,
}

impl VaultClient<'_> {
    fn context(&self) -> VaultContext {
        self.fx.deployment.vault
    }

    fn payer(&self) -> Pubkey {
        self.fx.deployment.actors.payer.pubkey()
    }

    /// Pays exactly `assets` for at least `min_shares`.
    pub fn deposit(&mut self, user: &User, assets: u64, min_shares: u64) -> Outcome {
        let instruction = self.context().deposit(&user.pubkey(), assets, min_shares);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Pays at most `max_assets` for exactly `shares`.
    pub fn mint(&mut self, user: &User, shares: u64, max_assets: u64) -> Outcome {
        let instruction = self.context().mint(&user.pubkey(), shares, max_assets);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Pays exactly `assets` for at least `min_shares`, and puts what fits into the line at `place`.
    pub fn deposit_and_allocate(&mut self, user: &User, assets: u64, min_shares: u64, place: usize) -> Outcome {
        let line = &self.fx.deployment.lines[place].context;
        let instruction = self.context().deposit_and_allocate(&user.pubkey(), assets, min_shares, line);
        self.fx.send(&with_budget(&[instruction]), &[&user.key])
    }

    /// Burns at most `max_shares` for exactly `assets`.
    pub fn withdraw(&mut self, user: &User, assets: u64, max_shares: u64) -> Outcome {
        let instruction = self.context().withdraw(&user.pubkey(), assets, max_shares);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Burns exactly `shares` for at least `min_assets`.
    pub fn redeem(&mut self, user: &User, shares: u64, min_assets: u64) -> Outcome {
        let instruction = self.context().redeem(&user.pubkey(), shares, min_assets);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Queues `shares` at the tail; the ticket's sequence number is the vault's `ticket_tail` before.
    pub fn request_redeem(&mut self, user: &User, shares: u64) -> Outcome {
        let tail = self.fx.vault_state().ticket_tail;
        let instruction = self.context().request_redeem(&user.pubkey(), &self.payer(), tail, shares);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Fills up to `n` tickets from the head.
    pub fn fill_tickets(&mut self, n: u8) -> Outcome {
        let head = self.fx.vault_state().ticket_head;
        let instruction = self.context().fill_tickets(head, n);
        self.fx.send(&[instruction], &[])
    }

    /// Takes what the ticket was paid.
    pub fn claim(&mut self, user: &User, sequence: u64) -> Outcome {
        let instruction = self.context().claim(&user.pubkey(), sequence);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Takes the unpaid shares of a ticket back.
    pub fn cancel(&mut self, user: &User, sequence: u64) -> Outcome {
        let instruction = self.context().cancel(&user.pubkey(), sequence);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Pauses a direction.
    pub fn pause(&mut self, signer: &Keypair, direction: Direction) -> Outcome {
        let instruction = self.context().pause(&signer.pubkey(), direction);
        self.fx.send(&[instruction], &[signer])
    }

    /// Ends a pause.
    pub fn lift(&mut self, signer: &Keypair, direction: Direction) -> Outcome {
        let instruction = self.context().lift(&signer.pubkey(), direction);
        self.fx.send(&[instruction], &[signer])
    }

    /// Proposes the next owner.
    pub fn propose_owner(&mut self, signer: &Keypair, next: &Pubkey) -> Outcome {
        let instruction = self.context().propose_owner(&signer.pubkey(), next);
        self.fx.send(&[instruction], &[signer])
    }

    /// Accepts the ownership.
    pub fn accept_owner(&mut self, signer: &Keypair) -> Outcome {
        let instruction = self.context().accept_owner(&signer.pubkey());
        self.fx.send(&[instruction], &[signer])
    }

    /// Names the curator.
    pub fn set_curator(&mut self, signer: &Keypair, curator: &Pubkey) -> Outcome {
        let instruction = self.context().set_curator(&signer.pubkey(), curator);
        self.fx.send(&[instruction], &[signer])
    }

    /// Names the guardian.
    pub fn set_guardian(&mut self, signer: &Keypair, guardian: &Pubkey) -> Outcome {
        let instruction = self.context().set_guardian(&signer.pubkey(), guardian);
        self.fx.send(&[instruction], &[signer])
    }
}

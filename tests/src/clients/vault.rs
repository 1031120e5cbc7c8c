//! The vault's instructions as a test sends them.

use anchor_lang::prelude::Pubkey;
use gimbal::{
    bundle::with_budget,
    chain::Chain,
    instructions::{
        router::{kind_sources, KindSource},
        token,
        vault::VaultContext,
    },
};
use gimbal_control::Direction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use vault::{FeesArgs, VaultLimitsArgs};

use crate::{Fixture, Outcome, User};

/// Token accounts that one transaction makes.
const MADE_AT_ONCE: usize = 5;

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

    /// Burns exactly `shares` for at least `min_assets`, and draws what free cash lacks from the line at `place`.
    pub fn redeem_and_recall(&mut self, user: &User, shares: u64, min_assets: u64, place: usize) -> Outcome {
        let line = &self.fx.deployment.lines[place].context;
        let instruction = self.context().redeem_and_recall(&user.pubkey(), shares, min_assets, line);
        self.fx.send(&with_budget(&[instruction]), &[&user.key])
    }

    /// Queues `shares` at the tail at any price; the ticket's sequence number is the vault's `ticket_tail` before.
    pub fn request_redeem(&mut self, user: &User, shares: u64) -> Outcome {
        self.request_redeem_at_least(user, shares, 0)
    }

    /// Queues `shares` at the tail for at least `min_assets`.
    pub fn request_redeem_at_least(&mut self, user: &User, shares: u64, min_assets: u64) -> Outcome {
        let tail = self.fx.vault_state().ticket_tail;
        let payer = self.payer();
        let instruction = self.context().request_redeem_at_least(&user.pubkey(), &payer, tail, shares, min_assets);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Hands a ticket on.
    pub fn transfer_ticket(&mut self, user: &User, sequence: u64, new_owner: &Pubkey) -> Outcome {
        let instruction = self.context().transfer_ticket(&user.pubkey(), sequence, new_owner);
        self.fx.send(&[instruction], &[&user.key])
    }

    /// Demands cash for the ticket at the head.
    pub fn demand(&mut self) -> Outcome {
        let head = self.fx.vault_state().ticket_head;
        let instruction = self.context().demand(head);
        self.fx.send(&[instruction], &[])
    }

    /// Takes a ticket's part of everything to the user's associated accounts, which are made where they are missing.
    pub fn redeem_in_kind(&mut self, user: &User, sequence: u64) -> Outcome {
        let sources = self.kind_sources();
        let mut instructions = Vec::new();
        let mut receivers = Vec::new();
        for source in sources {
            let KindSource { mint, token_program, .. } = source;
            instructions.push(token::create_associated(&self.payer(), &user.pubkey(), &mint, &token_program));
            receivers.push((source, Some(token::associated(&user.pubkey(), &mint, &token_program))));
        }
        instructions.push(self.context().redeem_in_kind(&user.pubkey(), sequence, &receivers));
        self.fx.send(&with_budget(&instructions), &[&user.key])
    }

    /// What pays a part in kind now, each with the user's associated account, which is made where it is missing.
    pub fn kind_receivers(&mut self, user: &User) -> Vec<(KindSource, Pubkey)> {
        let receiver = |source: &KindSource| token::associated(&user.pubkey(), &source.mint, &source.token_program);
        let paid: Vec<_> = self.kind_sources().into_iter().map(|source| (source, receiver(&source))).collect();
        let is_missing = |account: &Pubkey| self.fx.chain.get_account(account).expect("an answer").is_none();
        let make: Vec<_> = paid
            .iter()
            .filter(|(_, account)| is_missing(account))
            .map(|(source, _)| {
                token::create_associated(&self.payer(), &user.pubkey(), &source.mint, &source.token_program)
            })
            .collect();
        for some in make.chunks(MADE_AT_ONCE) {
            self.fx.send(&with_budget(some), &[]).expect("accounts that receive");
        }
        paid
    }

    /// What pays a part in kind now.
    pub fn kind_sources(&self) -> Vec<KindSource> {
        let ledger = self.fx.ledger();
        kind_sources(&self.fx.chain, &self.context().addresses.ledger, &ledger).expect("the lines' token accounts")
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

    /// Charges fees up to now.
    pub fn crystallise(&mut self) -> Outcome {
        let instruction = self.context().crystallise();
        self.fx.send(&[instruction], &[])
    }

    /// Mints accrued fee shares to the wallet's associated share account.
    pub fn collect_fees(&mut self, wallet: &Pubkey) -> Outcome {
        let instruction = self.context().collect_fees(wallet);
        self.fx.send(&[instruction], &[])
    }

    /// Puts fees in force, without a change that has waited.
    pub fn set_fees(&mut self, signer: &Keypair, fees: FeesArgs) -> Outcome {
        let instruction = self.context().set_fees(&signer.pubkey(), fees);
        self.fx.send(&[instruction], &[signer])
    }

    /// Puts limits in force, without a change that has waited.
    pub fn set_limits(&mut self, signer: &Keypair, limits: VaultLimitsArgs) -> Outcome {
        let instruction = self.context().set_limits(&signer.pubkey(), limits);
        self.fx.send(&[instruction], &[signer])
    }

    /// Sets the root of the list of who may pay in.
    pub fn set_gate(&mut self, signer: &Keypair, root: [u8; 32]) -> Outcome {
        let instruction = self.context().set_gate(&signer.pubkey(), root);
        self.fx.send(&[instruction], &[signer])
    }

    /// Names the lookup table that clients use.
    pub fn set_lookup_table(&mut self, signer: &Keypair, table: &Pubkey) -> Outcome {
        let instruction = self.context().set_lookup_table(&signer.pubkey(), table);
        self.fx.send(&[instruction], &[signer])
    }

    /// Admits a wallet by its proof.
    pub fn admit(&mut self, wallet: &Pubkey, proof: Vec<[u8; 32]>) -> Outcome {
        let instruction = self.context().admit(&self.payer(), wallet, proof);
        self.fx.send(&[instruction], &[])
    }
}

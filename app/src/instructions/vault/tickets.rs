//! The queue: request, fill, claim, cancel.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use anchor_spl::token;
use solana_instruction::Instruction;
use vault::{accounts, instruction, ID};

use super::VaultContext;
use crate::instructions::build_with;
use crate::pda::{event_authorities, vault_seeds};

impl VaultContext {
    /// The address of the ticket at a place of the queue.
    pub fn ticket(&self, sequence: u64) -> Pubkey {
        vault_seeds::ticket(&self.addresses.vault, sequence).0
    }

    /// The accounts of `request_redeem`; `sequence` is the vault's present `ticket_tail`.
    pub fn request_redeem_accounts(&self, holder: &Pubkey, payer: &Pubkey, sequence: u64) -> accounts::RequestRedeem {
        let addresses = self.addresses;
        accounts::RequestRedeem {
            holder: *holder,
            payer: *payer,
            vault: addresses.vault,
            ledger: addresses.ledger,
            shares: self.share_account(holder),
            escrow: addresses.escrow,
            ticket: self.ticket(sequence),
            router_program: strategy_router::ID,
            share_token_program: token::ID,
            system_program: anchor_lang::system_program::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Queues `shares` behind the ticket `sequence - 1`.
    pub fn request_redeem(&self, holder: &Pubkey, payer: &Pubkey, sequence: u64, shares: u64) -> Instruction {
        let accounts = self.request_redeem_accounts(holder, payer, sequence);
        self.instruction(accounts, instruction::RequestRedeem { shares })
    }

    /// The accounts of `fill_tickets`, the tickets themselves apart.
    pub fn fill_tickets_accounts(&self) -> accounts::FillTickets {
        let VaultContext { addresses, base_mint, base_token_program, .. } = *self;
        accounts::FillTickets {
            vault: addresses.vault,
            ledger: addresses.ledger,
            base_mint,
            share_mint: addresses.share_mint,
            escrow: addresses.escrow,
            claims: addresses.claims,
            cash: addresses.cash,
            router_program: strategy_router::ID,
            base_token_program,
            share_token_program: token::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Pays up to `n` tickets in order; `head` is the vault's present `ticket_head`.
    pub fn fill_tickets(&self, head: u64, n: u8) -> Instruction {
        let tickets = (0..u64::from(n)).map(|place| AccountMeta::new(self.ticket(head + place), false));
        build_with(ID, self.fill_tickets_accounts(), instruction::FillTickets { n }, tickets)
    }

    /// The accounts of `claim`.
    pub fn claim_accounts(&self, owner: &Pubkey, sequence: u64) -> accounts::Claim {
        let VaultContext { addresses, base_mint, base_token_program, .. } = *self;
        accounts::Claim {
            owner: *owner,
            vault: addresses.vault,
            ticket: self.ticket(sequence),
            base_mint,
            claims: addresses.claims,
            destination: self.base_account(owner),
            base_token_program,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Takes what the ticket was paid.
    pub fn claim(&self, owner: &Pubkey, sequence: u64) -> Instruction {
        self.instruction(self.claim_accounts(owner, sequence), instruction::Claim {})
    }

    /// The accounts of `cancel`.
    pub fn cancel_accounts(&self, owner: &Pubkey, sequence: u64) -> accounts::Cancel {
        let addresses = self.addresses;
        accounts::Cancel {
            owner: *owner,
            vault: addresses.vault,
            ledger: addresses.ledger,
            ticket: self.ticket(sequence),
            escrow: addresses.escrow,
            recipient: self.share_account(owner),
            router_program: strategy_router::ID,
            share_token_program: token::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Takes the unpaid shares back and leaves the queue.
    pub fn cancel(&self, owner: &Pubkey, sequence: u64) -> Instruction {
        self.instruction(self.cancel_accounts(owner, sequence), instruction::Cancel {})
    }
}

//! The queue: request, transfer, fill, demand, claim, cancel, and the redemption in kind.

use std::collections::HashSet;

use anchor_lang::prelude::{AccountMeta, Pubkey};
use anchor_spl::token;
use solana_instruction::Instruction;
use vault::{accounts, instruction, ID};

use super::VaultContext;
use crate::instructions::{build_with, router::KindSource};
use crate::pda::{event_authorities, vault_seeds};
use crate::transaction::MAX_LOCKS;

/// Keys of a transaction beside those of its one instruction: who pays for it, and the compute budget's program.
const KEYS_BESIDE: usize = 2;

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

    /// Queues `shares` behind the ticket `sequence - 1`, at any price.
    pub fn request_redeem(&self, holder: &Pubkey, payer: &Pubkey, sequence: u64, shares: u64) -> Instruction {
        self.request_redeem_at_least(holder, payer, sequence, shares, 0)
    }

    /// Queues `shares` behind the ticket `sequence - 1`, for at least `min_assets`, pro rata for parts; worth less when its
    /// turn comes, it is passed and keeps its shares.
    pub fn request_redeem_at_least(
        &self,
        holder: &Pubkey,
        payer: &Pubkey,
        sequence: u64,
        shares: u64,
        min_assets: u64,
    ) -> Instruction {
        let accounts = self.request_redeem_accounts(holder, payer, sequence);
        self.instruction(accounts, instruction::RequestRedeem { shares, min_assets })
    }

    /// The accounts of `transfer_ticket`.
    pub fn transfer_ticket_accounts(&self, owner: &Pubkey, sequence: u64) -> accounts::TransferTicket {
        accounts::TransferTicket {
            owner: *owner,
            vault: self.addresses.vault,
            ticket: self.ticket(sequence),
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Hands a ticket on with all that it will be paid.
    pub fn transfer_ticket(&self, owner: &Pubkey, sequence: u64, new_owner: &Pubkey) -> Instruction {
        let accounts = self.transfer_ticket_accounts(owner, sequence);
        self.instruction(accounts, instruction::TransferTicket { new_owner: *new_owner })
    }

    /// The accounts of `demand`.
    pub fn demand_accounts(&self, sequence: u64) -> accounts::Demand {
        accounts::Demand {
            vault: self.addresses.vault,
            ledger: self.addresses.ledger,
            ticket: self.ticket(sequence),
            router_program: strategy_router::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Demands cash for an overdue ticket at the head of the queue; nobody needs to sign.
    pub fn demand(&self, head: u64) -> Instruction {
        self.instruction(self.demand_accounts(head), instruction::Demand {})
    }

    /// The accounts of `redeem_in_kind`, the lines' apart; the cash goes to the owner's associated account.
    pub fn redeem_in_kind_accounts(&self, owner: &Pubkey, sequence: u64) -> accounts::RedeemInKind {
        let VaultContext { addresses, base_mint, base_token_program, .. } = *self;
        accounts::RedeemInKind {
            owner: *owner,
            vault: addresses.vault,
            ledger: addresses.ledger,
            ticket: self.ticket(sequence),
            base_mint,
            share_mint: addresses.share_mint,
            escrow: addresses.escrow,
            cash: addresses.cash,
            destination: Some(self.base_account(owner)),
            router_program: strategy_router::ID,
            router_event_authority: event_authorities().router,
            base_token_program,
            share_token_program: token::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Takes a ticket's part of everything as it lies. `sources` are all of the ledger's, as
    /// [`kind_sources`](crate::instructions::router::kind_sources) reads them, each with the account that is paid, or none
    /// to forgo what lies there. What is forgone is named as long as a transaction has room for it.
    pub fn redeem_in_kind(
        &self,
        owner: &Pubkey,
        sequence: u64,
        sources: &[(KindSource, Option<Pubkey>)],
    ) -> Instruction {
        let build = |forgone: fn(&KindSource) -> Vec<AccountMeta>| {
            let groups = sources.iter().flat_map(|(source, receiver)| match receiver {
                Some(receiver) => source.paid_to(receiver).to_vec(),
                None => forgone(source),
            });
            build_with(ID, self.redeem_in_kind_accounts(owner, sequence), instruction::RedeemInKind {}, groups)
        };
        let named = build(|source| source.forgone().to_vec());
        let keys: HashSet<Pubkey> = named.accounts.iter().map(|meta| meta.pubkey).collect();
        if keys.len() + KEYS_BESIDE <= MAX_LOCKS {
            named
        } else {
            build(|_| vec![KindSource::left_out()])
        }
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

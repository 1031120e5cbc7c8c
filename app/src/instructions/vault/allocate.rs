//! The deposit that goes on into a line, and the redemption that draws on one.

use anchor_lang::prelude::Pubkey;
use solana_instruction::Instruction;
use vault::{accounts, instruction, ID};

use super::VaultContext;
use crate::instructions::{build_with, router::LineContext};
use crate::pda::event_authorities;

impl VaultContext {
    /// The accounts of `deposit_and_allocate`, the venue's apart.
    pub fn deposit_and_allocate_accounts(
        &self,
        depositor: &Pubkey,
        line: &LineContext,
    ) -> accounts::DepositAndAllocate {
        accounts::DepositAndAllocate {
            deposit: self.deposit_accounts(depositor),
            line_venue: line.addresses.venue,
            token_feed: line.token_feed,
            book: self.addresses.book,
            oracle_program: risk_oracle::ID,
            router_event_authority: event_authorities().router,
        }
    }

    /// Pays exactly `assets` for at least `min_shares`, and puts what fits into a line.
    pub fn deposit_and_allocate(
        &self,
        depositor: &Pubkey,
        assets: u64,
        min_shares: u64,
        line: &LineContext,
    ) -> Instruction {
        let accounts = self.deposit_and_allocate_accounts(depositor, line);
        let arguments = instruction::DepositAndAllocate { assets, min_shares, line: line.addresses.id };
        build_with(ID, accounts, arguments, line.call_accounts())
    }

    /// The accounts of `redeem_and_recall`, the venue's apart.
    pub fn redeem_and_recall_accounts(&self, holder: &Pubkey, line: &LineContext) -> accounts::RedeemAndRecall {
        accounts::RedeemAndRecall {
            redeem: self.redeem_accounts(holder),
            line_venue: line.addresses.venue,
            router_event_authority: event_authorities().router,
        }
    }

    /// Burns exactly `shares` for at least `min_assets`, and draws what free cash lacks from a line.
    pub fn redeem_and_recall(&self, holder: &Pubkey, shares: u64, min_assets: u64, line: &LineContext) -> Instruction {
        let accounts = self.redeem_and_recall_accounts(holder, line);
        let arguments = instruction::RedeemAndRecall { shares, min_assets, line: line.addresses.id };
        build_with(ID, accounts, arguments, line.call_accounts())
    }
}

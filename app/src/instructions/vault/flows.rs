//! The four flows, and the deposit that goes on into a line.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use solana_instruction::Instruction;
use vault::{accounts, instruction, ID};

use super::VaultContext;
use crate::pda::event_authorities;

impl VaultContext {
    /// The accounts of `deposit` and `mint`.
    pub fn deposit_accounts(&self, depositor: &Pubkey) -> accounts::Deposit {
        let VaultContext { addresses, base_mint, base_token_program, base_feed } = *self;
        accounts::Deposit {
            depositor: *depositor,
            vault: addresses.vault,
            ledger: addresses.ledger,
            base_feed,
            base_mint,
            share_mint: addresses.share_mint,
            source: self.base_account(depositor),
            cash: addresses.cash,
            recipient: self.share_account(depositor),
            router_program: strategy_router::ID,
            base_token_program,
            share_token_program: token::ID,
            member: None,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Pays exactly `assets` for at least `min_shares`.
    pub fn deposit(&self, depositor: &Pubkey, assets: u64, min_shares: u64) -> Instruction {
        self.instruction(self.deposit_accounts(depositor), instruction::Deposit { assets, min_shares })
    }

    /// Pays at most `max_assets` for exactly `shares`.
    pub fn mint(&self, depositor: &Pubkey, shares: u64, max_assets: u64) -> Instruction {
        self.instruction(self.deposit_accounts(depositor), instruction::Mint { shares, max_assets })
    }

    /// The accounts of `redeem` and `withdraw`.
    pub fn redeem_accounts(&self, holder: &Pubkey) -> accounts::Redeem {
        let VaultContext { addresses, base_mint, base_token_program, .. } = *self;
        accounts::Redeem {
            holder: *holder,
            vault: addresses.vault,
            ledger: addresses.ledger,
            base_mint,
            share_mint: addresses.share_mint,
            shares: self.share_account(holder),
            cash: addresses.cash,
            destination: self.base_account(holder),
            router_program: strategy_router::ID,
            base_token_program,
            share_token_program: token::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Burns exactly `shares` for at least `min_assets` from free cash.
    pub fn redeem(&self, holder: &Pubkey, shares: u64, min_assets: u64) -> Instruction {
        self.instruction(self.redeem_accounts(holder), instruction::Redeem { shares, min_assets })
    }

    /// Burns at most `max_shares` for exactly `assets` from free cash.
    pub fn withdraw(&self, holder: &Pubkey, assets: u64, max_shares: u64) -> Instruction {
        self.instruction(self.redeem_accounts(holder), instruction::Withdraw { assets, max_shares })
    }
}

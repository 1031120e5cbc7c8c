//! Keepers and their pay.

use anchor_lang::{prelude::Pubkey, system_program};
use solana_instruction::Instruction;
use strategy_router::{accounts, instruction, ID};

use super::events;
use crate::instructions::{build, vault::VaultContext};
use crate::pda::router_seeds::keeper_address;

/// Registers a keeper; the owner and `payer` sign.
pub fn register_keeper(owner: &Pubkey, payer: &Pubkey, ledger: &Pubkey, key: &Pubkey) -> Instruction {
    let accounts = accounts::RegisterKeeper {
        owner: *owner,
        payer: *payer,
        ledger: *ledger,
        keeper: keeper_address(ledger, key).0,
        system_program: system_program::ID,
        event_authority: events(),
        program: ID,
    };
    build(ID, accounts, instruction::RegisterKeeper { key: *key })
}

/// Lets a keeper act or stops it; the owner signs, and to stop it the guardian may.
pub fn set_keeper_active(authority: &Pubkey, ledger: &Pubkey, key: &Pubkey, active: bool) -> Instruction {
    let accounts = accounts::SetKeeperActive {
        authority: *authority,
        ledger: *ledger,
        keeper: keeper_address(ledger, key).0,
        event_authority: events(),
        program: ID,
    };
    build(ID, accounts, instruction::SetKeeperActive { active })
}

/// The accounts of `collect_pay`.
pub fn collect_pay_accounts(vault: &VaultContext, keeper: &Pubkey) -> accounts::CollectPay {
    accounts::CollectPay {
        authority: *keeper,
        keeper: keeper_address(&vault.addresses.ledger, keeper).0,
        ledger: vault.addresses.ledger,
        cash: vault.addresses.cash,
        destination: vault.base_account(keeper),
        base_mint: vault.base_mint,
        base_token_program: vault.base_token_program,
        event_authority: events(),
        program: ID,
    }
}

/// Pays a keeper what it has earned, to its associated account; the keeper signs.
pub fn collect_pay(vault: &VaultContext, keeper: &Pubkey) -> Instruction {
    build(ID, collect_pay_accounts(vault, keeper), instruction::CollectPay {})
}

//! Valuations, and money in and out of lines.

use anchor_lang::prelude::Pubkey;
use solana_instruction::Instruction;
use strategy_router::{accounts, instruction, ID};

use super::{events, LineContext};
use crate::instructions::{build, build_with, vault::VaultContext};
use crate::pda::router_seeds::keeper_address;

/// The base feed, which only a swapped line's instructions take.
fn base_feed(vault: &VaultContext, line: &LineContext) -> Option<Pubkey> {
    line.token_feed.map(|_| vault.base_feed)
}

/// The accounts that every move of a line's money takes.
pub fn line_accounts(vault: &VaultContext, line: &LineContext) -> accounts::LineAccounts {
    accounts::LineAccounts {
        ledger: vault.addresses.ledger,
        line_venue: line.addresses.venue,
        cash: vault.addresses.cash,
        base_mint: vault.base_mint,
        base_token_program: vault.base_token_program,
        base_feed: base_feed(vault, line),
        token_feed: line.token_feed,
    }
}

/// Values a line; nobody needs to sign. Its venue and feeds must be fresh.
pub fn refresh(vault: &VaultContext, line: &LineContext) -> Instruction {
    let accounts = accounts::Refresh {
        ledger: vault.addresses.ledger,
        line_venue: line.addresses.venue,
        base_feed: base_feed(vault, line),
        token_feed: line.token_feed,
        event_authority: events(),
        program: ID,
    };
    build_with(ID, accounts, instruction::Refresh { line: line.addresses.id }, line.value_accounts())
}

/// The accounts of `rebalance`, the venue's apart.
pub fn rebalance_accounts(vault: &VaultContext, line: &LineContext, keeper: &Pubkey) -> accounts::Rebalance {
    accounts::Rebalance {
        authority: *keeper,
        keeper: keeper_address(&vault.addresses.ledger, keeper).0,
        line: line_accounts(vault, line),
        book: vault.addresses.book,
        risk_oracle: risk_oracle::ID,
        event_authority: events(),
        program: ID,
    }
}

/// Moves a line towards what its policy wants; the keeper signs.
pub fn rebalance(vault: &VaultContext, line: &LineContext, keeper: &Pubkey) -> Instruction {
    let accounts = rebalance_accounts(vault, line, keeper);
    build_with(ID, accounts, instruction::Rebalance { line: line.addresses.id }, line.call_accounts())
}

/// Brings money back: any amount for guardian, curator and owner; for anybody what the ticket queue lacks.
pub fn recall(vault: &VaultContext, line: &LineContext, authority: &Pubkey, amount: u64) -> Instruction {
    let accounts = accounts::Recall {
        authority: *authority,
        line: line_accounts(vault, line),
        event_authority: events(),
        program: ID,
    };
    build_with(ID, accounts, instruction::Recall { line: line.addresses.id, amount }, line.call_accounts())
}

/// Brings back what a line's status, bounds, feeds, venue or book say is too much; anybody signs, and is not paid.
pub fn derisk(vault: &VaultContext, line: &LineContext, authority: &Pubkey) -> Instruction {
    derisk_for(vault, line, authority, Bounty::default())
}

/// What a bounty takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounty {
    /// Where it goes: an account of the base asset. None for no bounty.
    pub destination: Option<Pubkey>,
    /// The contagion network that the book follows, where it follows one.
    pub network: Option<Pubkey>,
}

/// As [`derisk`], for a bounty.
pub fn derisk_for(vault: &VaultContext, line: &LineContext, authority: &Pubkey, bounty: Bounty) -> Instruction {
    let accounts = accounts::Derisk {
        authority: *authority,
        line: line_accounts(vault, line),
        book: Some(vault.addresses.book),
        network: bounty.network,
        bounty: bounty.destination,
        event_authority: events(),
        program: ID,
    };
    build_with(ID, accounts, instruction::Derisk { line: line.addresses.id }, line.call_accounts())
}

/// Tells the risk oracle what lies where; nobody needs to sign. The valuations must be fresh.
pub fn report(vault: &VaultContext) -> Instruction {
    let accounts = accounts::Report {
        ledger: vault.addresses.ledger,
        book: vault.addresses.book,
        risk_oracle: risk_oracle::ID,
        event_authority: events(),
        program: ID,
    };
    build(ID, accounts, instruction::Report {})
}

/// Adopts what a line's accounts hold beyond what is tracked; nobody needs to sign.
pub fn harvest(vault: &VaultContext, line: &LineContext) -> Instruction {
    let accounts = accounts::Harvest { line: line_accounts(vault, line), event_authority: events(), program: ID };
    build_with(ID, accounts, instruction::Harvest { line: line.addresses.id }, line.call_accounts())
}

/// Adopts what cash holds beyond what is tracked; nobody needs to sign.
pub fn harvest_cash(vault: &VaultContext) -> Instruction {
    let accounts = accounts::HarvestCash {
        ledger: vault.addresses.ledger,
        cash: vault.addresses.cash,
        event_authority: events(),
        program: ID,
    };
    build(ID, accounts, instruction::HarvestCash {})
}

//! The ledger as a whole: book, limits, policy, roles, pauses.

use anchor_lang::{prelude::Pubkey, system_program};
use gimbal_control::{Direction, Role};
use solana_instruction::Instruction;
use strategy_router::{accounts, instruction, state::LimitsArgs, ID};

use super::events;
use crate::instructions::build;
use crate::pda::{event_authorities, VaultAddresses};

/// Opens the ledger's book at the risk oracle; the owner and `payer` sign.
pub fn open_book(owner: &Pubkey, payer: &Pubkey, vault: &VaultAddresses) -> Instruction {
    let accounts = accounts::OpenBook {
        owner: *owner,
        payer: *payer,
        ledger: vault.ledger,
        book: vault.book,
        risk_oracle: risk_oracle::ID,
        risk_oracle_event_authority: event_authorities().oracle,
        system_program: system_program::ID,
        event_authority: events(),
        program: ID,
    };
    build(ID, accounts, instruction::OpenBook {})
}

fn configure(authority: &Pubkey, ledger: &Pubkey) -> accounts::Configure {
    accounts::Configure {
        authority: *authority,
        ledger: *ledger,
        change: None,
        instructions: None,
        event_authority: events(),
        program: ID,
    }
}

/// Sets the limits; the owner signs.
pub fn set_limits(owner: &Pubkey, ledger: &Pubkey, limits: LimitsArgs) -> Instruction {
    build(ID, configure(owner, ledger), instruction::SetLimits { limits })
}

/// Sets the policy, 0 bands, 1 water-filling or 2 inverse variance; the curator or the owner signs.
pub fn set_policy(curator: &Pubkey, ledger: &Pubkey, policy: u8) -> Instruction {
    build(ID, configure(curator, ledger), instruction::SetPolicy { policy })
}

fn change_role(authority: &Pubkey, ledger: &Pubkey) -> accounts::ChangeRole {
    accounts::ChangeRole {
        authority: *authority,
        ledger: *ledger,
        change: None,
        instructions: None,
        event_authority: events(),
        program: ID,
    }
}

/// Proposes the next owner; the owner signs.
pub fn propose_owner(owner: &Pubkey, ledger: &Pubkey, next: &Pubkey) -> Instruction {
    build(ID, change_role(owner, ledger), instruction::ProposeOwner { owner: *next })
}

/// Accepts the ownership; the proposed owner signs.
pub fn accept_owner(next: &Pubkey, ledger: &Pubkey) -> Instruction {
    build(ID, change_role(next, ledger), instruction::AcceptOwner {})
}

/// Names the curator; the owner signs.
pub fn set_curator(owner: &Pubkey, ledger: &Pubkey, curator: &Pubkey) -> Instruction {
    build(ID, change_role(owner, ledger), instruction::SetCurator { curator: *curator })
}

/// Names the guardian; the owner signs.
pub fn set_guardian(owner: &Pubkey, ledger: &Pubkey, guardian: &Pubkey) -> Instruction {
    build(ID, change_role(owner, ledger), instruction::SetGuardian { guardian: *guardian })
}

/// Gives a role up for ever; who holds it signs, for the curator's also the owner.
pub fn renounce(authority: &Pubkey, ledger: &Pubkey, role: Role) -> Instruction {
    build(ID, change_role(authority, ledger), instruction::Renounce { role: role.number() })
}

fn set_pause(authority: &Pubkey, ledger: &Pubkey) -> accounts::SetPause {
    accounts::SetPause { authority: *authority, ledger: *ledger, event_authority: events(), program: ID }
}

/// Pauses new money; the guardian, the curator or the owner signs.
pub fn pause(authority: &Pubkey, ledger: &Pubkey, direction: Direction) -> Instruction {
    build(ID, set_pause(authority, ledger), instruction::Pause { direction })
}

/// Ends a pause; the curator or the owner signs.
pub fn lift(authority: &Pubkey, ledger: &Pubkey, direction: Direction) -> Instruction {
    build(ID, set_pause(authority, ledger), instruction::Lift { direction })
}

//! Making a vault, and its roles and pauses.

use anchor_lang::{prelude::Pubkey, system_program};
use anchor_spl::token;
use gimbal_control::{Direction, Role};
use solana_instruction::Instruction;
use vault::{accounts, instruction, InitializeArgs, ID};

use super::VaultContext;
use crate::instructions::build;
use crate::pda::{event_authorities, VaultAddresses};

/// Makes a vault and its ledger; `creator` and `payer` sign.
pub fn initialize(
    creator: &Pubkey,
    payer: &Pubkey,
    base_mint: &Pubkey,
    base_token_program: &Pubkey,
    base_feed: &Pubkey,
    args: InitializeArgs,
) -> Instruction {
    let addresses = VaultAddresses::derive(creator, args.index);
    let accounts = accounts::Initialize {
        creator: *creator,
        payer: *payer,
        vault: addresses.vault,
        base_mint: *base_mint,
        share_mint: addresses.share_mint,
        escrow: addresses.escrow,
        claims: addresses.claims,
        ledger: addresses.ledger,
        cash: addresses.cash,
        base_feed: *base_feed,
        base_token_program: *base_token_program,
        share_token_program: token::ID,
        router_program: strategy_router::ID,
        router_event_authority: event_authorities().router,
        system_program: system_program::ID,
        event_authority: event_authorities().vault,
        program: ID,
    };
    build(ID, accounts, instruction::Initialize { args })
}

impl VaultContext {
    fn change_pause(&self, authority: &Pubkey) -> accounts::ChangePause {
        accounts::ChangePause {
            authority: *authority,
            vault: self.addresses.vault,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Pauses a direction; the guardian, the curator or the owner signs.
    pub fn pause(&self, authority: &Pubkey, direction: Direction) -> Instruction {
        self.instruction(self.change_pause(authority), instruction::Pause { direction })
    }

    /// Ends a pause; the curator or the owner signs.
    pub fn lift(&self, authority: &Pubkey, direction: Direction) -> Instruction {
        self.instruction(self.change_pause(authority), instruction::Lift { direction })
    }

    /// Names the lookup table that clients use, the zero key for none; the curator or the owner signs.
    pub fn set_lookup_table(&self, authority: &Pubkey, table: &Pubkey) -> Instruction {
        let accounts = accounts::SetLookupTable {
            authority: *authority,
            vault: self.addresses.vault,
            event_authority: event_authorities().vault,
            program: ID,
        };
        self.instruction(accounts, instruction::SetLookupTable { table: *table })
    }

    fn change_role(&self, authority: &Pubkey) -> accounts::ChangeRole {
        accounts::ChangeRole {
            authority: *authority,
            vault: self.addresses.vault,
            change: None,
            instructions: None,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Proposes the next owner; the owner signs.
    pub fn propose_owner(&self, owner: &Pubkey, next: &Pubkey) -> Instruction {
        self.instruction(self.change_role(owner), instruction::ProposeOwner { next: *next })
    }

    /// Accepts the ownership; the proposed owner signs.
    pub fn accept_owner(&self, next: &Pubkey) -> Instruction {
        self.instruction(self.change_role(next), instruction::AcceptOwner {})
    }

    /// Names the curator; the owner signs.
    pub fn set_curator(&self, owner: &Pubkey, curator: &Pubkey) -> Instruction {
        self.instruction(self.change_role(owner), instruction::SetCurator { curator: *curator })
    }

    /// Names the guardian; the owner signs.
    pub fn set_guardian(&self, owner: &Pubkey, guardian: &Pubkey) -> Instruction {
        self.instruction(self.change_role(owner), instruction::SetGuardian { guardian: *guardian })
    }

    /// Gives a role up for ever; who holds it signs, for the curator's also the owner.
    pub fn renounce(&self, signer: &Pubkey, role: Role) -> Instruction {
        self.instruction(self.change_role(signer), instruction::Renounce { role: role.number() })
    }
}

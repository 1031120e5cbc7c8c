//! Instructions of the risk oracle. Those that may have to wait are presented with their change by [`super::changes`].

use anchor_lang::{prelude::Pubkey, system_program};
use gimbal_control::Role;
use risk_oracle::{accounts, instruction, FeedParams, RegisterFeedArgs, SetLineRiskArgs, SetRiskArgs, ID};
use solana_instruction::Instruction;

use super::build;
use crate::pda::{event_authorities, oracle_seeds};

/// The address of the feed that `authority` registers for a Pyth feed id.
pub fn feed_address(authority: &Pubkey, feed_id: &[u8; 32]) -> Pubkey {
    oracle_seeds::find_feed(authority, feed_id).0
}

/// Registers a feed; `authority` signs and becomes its owner.
pub fn register_feed(authority: &Pubkey, payer: &Pubkey, args: RegisterFeedArgs) -> Instruction {
    let accounts = accounts::RegisterFeed {
        authority: *authority,
        payer: *payer,
        feed: feed_address(authority, &args.feed_id),
        system_program: system_program::ID,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::RegisterFeed { args })
}

/// Sets a feed's parameters; its owner signs.
pub fn set_feed_params(owner: &Pubkey, feed: &Pubkey, params: FeedParams) -> Instruction {
    let accounts = accounts::SetFeedParams {
        owner: *owner,
        feed: *feed,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetFeedParams { params })
}

/// Brings posted prices to a feed; nobody needs to sign.
pub fn update_feed(feed: &Pubkey, price_update: &Pubkey, second_price_update: Option<&Pubkey>) -> Instruction {
    let accounts = accounts::UpdateFeed {
        feed: *feed,
        price_update: *price_update,
        second_price_update: second_price_update.copied(),
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::UpdateFeed {})
}

/// Defines a risk of a book or sets its caps; the owner signs, or a lesser role that only lowers.
pub fn set_risk(signer: &Pubkey, book: &Pubkey, args: SetRiskArgs) -> Instruction {
    let accounts = accounts::SetRisk {
        signer: *signer,
        book: *book,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetRisk { args })
}

/// Registers a line's risks or sets its caps; the owner signs, or a lesser role that only lowers.
pub fn set_line_risk(signer: &Pubkey, book: &Pubkey, args: SetLineRiskArgs) -> Instruction {
    let accounts = accounts::SetLineRisk {
        signer: *signer,
        book: *book,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetLineRisk { args })
}

fn change_role(signer: &Pubkey, target: &Pubkey) -> accounts::ChangeRole {
    accounts::ChangeRole {
        signer: *signer,
        target: *target,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    }
}

/// Proposes the next owner of a feed or a book; the owner signs.
pub fn propose_owner(owner: &Pubkey, target: &Pubkey, next: &Pubkey) -> Instruction {
    build(ID, change_role(owner, target), instruction::ProposeOwner { owner: *next })
}

/// Accepts the ownership of a feed or a book; the proposed owner signs.
pub fn accept_owner(next: &Pubkey, target: &Pubkey) -> Instruction {
    build(ID, change_role(next, target), instruction::AcceptOwner {})
}

/// Names the curator of a feed or a book; the owner signs.
pub fn set_curator(owner: &Pubkey, target: &Pubkey, curator: &Pubkey) -> Instruction {
    build(ID, change_role(owner, target), instruction::SetCurator { curator: *curator })
}

/// Names the guardian of a feed or a book; the owner signs.
pub fn set_guardian(owner: &Pubkey, target: &Pubkey, guardian: &Pubkey) -> Instruction {
    build(ID, change_role(owner, target), instruction::SetGuardian { guardian: *guardian })
}

/// Gives a role of a feed or a book up for ever; who holds it signs, for the curator's also the owner.
pub fn renounce(signer: &Pubkey, target: &Pubkey, role: Role) -> Instruction {
    build(ID, change_role(signer, target), instruction::Renounce { role: role.number() })
}

//! Instructions of the risk oracle. Those that may have to wait are presented with their change by [`super::changes`].

use anchor_lang::{prelude::Pubkey, system_program};
use gimbal_control::Role;
use risk_oracle::{
    accounts, instruction, FeedParams, ModelParams, RegisterFeedArgs, RiskParams, SetAssetArgs, SetLineModelArgs,
    SetLineRiskArgs, SetRiskArgs, SetScenarioArgs, ID,
};
use solana_instruction::{AccountMeta, Instruction};

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

/// Sets the coefficients of a feed's volatility models; its owner signs.
pub fn set_model(owner: &Pubkey, feed: &Pubkey, params: ModelParams) -> Instruction {
    let accounts = accounts::SetModel {
        owner: *owner,
        feed: *feed,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetModel { params })
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

/// Names the feed of an asset of a book, or frees its row by the zero key; the owner signs.
pub fn set_asset(owner: &Pubkey, book: &Pubkey, args: SetAssetArgs) -> Instruction {
    let accounts = accounts::SetAsset {
        owner: *owner,
        book: *book,
        feed: (args.feed != Pubkey::default()).then_some(args.feed),
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetAsset { args })
}

/// Says what moves a line; the owner signs, or a lesser role that only tightens.
pub fn set_line_model(signer: &Pubkey, book: &Pubkey, args: SetLineModelArgs) -> Instruction {
    let accounts = accounts::SetLineModel {
        signer: *signer,
        book: *book,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetLineModel { args })
}

/// Sets a book's limits and coefficients; the owner signs, or a lesser role that only tightens.
pub fn set_risk_params(signer: &Pubkey, book: &Pubkey, params: RiskParams) -> Instruction {
    let accounts = accounts::SetRiskParams {
        signer: *signer,
        book: *book,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetRiskParams { params })
}

/// Defines, changes or frees a scenario; the owner signs, or a lesser role that adds one.
pub fn set_scenario(signer: &Pubkey, book: &Pubkey, args: SetScenarioArgs) -> Instruction {
    let accounts = accounts::SetScenario {
        signer: *signer,
        book: *book,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetScenario { args })
}

/// Has a book read the feeds of its assets, in the order of their rows; nobody needs to sign.
pub fn observe(book: &Pubkey, feeds: &[Pubkey]) -> Instruction {
    let accounts = accounts::Observe { book: *book, event_authority: event_authorities().oracle, program: ID };
    let mut instruction = build(ID, accounts, instruction::Observe {});
    instruction.accounts.extend(feeds.iter().map(|feed| AccountMeta::new_readonly(*feed, false)));
    instruction
}

/// Revalues a book's lines in `count` scenarios from row `from` on; nobody needs to sign.
pub fn stress(book: &Pubkey, from: u8, count: u8) -> Instruction {
    let accounts = accounts::Stress { book: *book, event_authority: event_authorities().oracle, program: ID };
    build(ID, accounts, instruction::Stress { from, count })
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

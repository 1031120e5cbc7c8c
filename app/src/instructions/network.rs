//! Instructions of contagion networks. Those that may have to wait are presented with their change by
//! [`super::changes`].

use anchor_lang::{prelude::Pubkey, system_program};
use risk_oracle::state::NetworkParams;
use risk_oracle::{
    accounts, instruction, CreateNetworkArgs, PostEdgeArgs, PostLossArgs, SetEdgeCapArgs, SetPosterArgs,
    SetProtocolArgs, ID,
};
use solana_instruction::Instruction;

use super::build;
use crate::pda::{event_authorities, oracle_seeds};

/// The address of the network that `authority` creates with a number.
pub fn network_address(authority: &Pubkey, id: u16) -> Pubkey {
    oracle_seeds::find_network(authority, id).0
}

/// Creates a network; `authority` signs and becomes its owner.
pub fn create_network(authority: &Pubkey, payer: &Pubkey, args: CreateNetworkArgs) -> Instruction {
    let accounts = accounts::CreateNetwork {
        authority: *authority,
        payer: *payer,
        network: network_address(authority, args.id),
        system_program: system_program::ID,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::CreateNetwork { args })
}

/// Sets a network's ages and speeds; the owner signs.
pub fn set_network_params(owner: &Pubkey, network: &Pubkey, params: NetworkParams) -> Instruction {
    let accounts = accounts::SetNetworkParams {
        owner: *owner,
        network: *network,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetNetworkParams { params })
}

/// Defines a protocol or scores it anew; the owner signs, or a lesser role that only worsens it.
pub fn set_protocol(signer: &Pubkey, network: &Pubkey, args: SetProtocolArgs) -> Instruction {
    let accounts = accounts::SetProtocol {
        signer: *signer,
        network: *network,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetProtocol { args })
}

/// Caps an edge; the owner signs, or a lesser role that only raises the cap.
pub fn set_edge_cap(signer: &Pubkey, network: &Pubkey, args: SetEdgeCapArgs) -> Instruction {
    let accounts = accounts::SetEdgeCap {
        signer: *signer,
        network: *network,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetEdgeCap { args })
}

/// Names a poster or empties its place; the owner signs, or a lesser role that only empties it.
pub fn set_poster(signer: &Pubkey, network: &Pubkey, args: SetPosterArgs) -> Instruction {
    let accounts = accounts::SetPoster {
        signer: *signer,
        network: *network,
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetPoster { args })
}

fn post(poster: &Pubkey, network: &Pubkey) -> accounts::Post {
    accounts::Post { poster: *poster, network: *network, event_authority: event_authorities().oracle, program: ID }
}

/// Posts an observed edge; a poster signs.
pub fn post_edge(poster: &Pubkey, network: &Pubkey, args: PostEdgeArgs) -> Instruction {
    build(ID, post(poster, network), instruction::PostEdge { args })
}

/// Posts an observed loss; a poster signs.
pub fn post_loss(poster: &Pubkey, network: &Pubkey, args: PostLossArgs) -> Instruction {
    build(ID, post(poster, network), instruction::PostLoss { args })
}

/// Computes every damage anew; nobody needs to sign. `owner` is named for the first solution, which is his.
pub fn solve_contagion(network: &Pubkey, owner: Option<&Pubkey>) -> Instruction {
    let accounts = accounts::SolveContagion {
        network: *network,
        owner: owner.copied(),
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SolveContagion {})
}

/// Names the network that a book follows, or none with the zero key; the book's owner signs.
pub fn set_network(owner: &Pubkey, book: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::SetNetwork {
        owner: *owner,
        book: *book,
        network: (*network != Pubkey::default()).then_some(*network),
        change: None,
        instructions: None,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SetNetwork { network: *network })
}

/// Takes a network's damages over into a book that follows it; nobody needs to sign.
pub fn sync_contagion(book: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::SyncContagion {
        book: *book,
        network: *network,
        event_authority: event_authorities().oracle,
        program: ID,
    };
    build(ID, accounts, instruction::SyncContagion {})
}

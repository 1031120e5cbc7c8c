//! `gimbal admin network`: who falls with whom, and what keepers and posters say of it.

mod observe;
mod options;
mod settings;
mod show;

use super::super::operation::Operation;
use super::super::session::Session;
use super::super::submit;
use super::effects;
use crate::instructions::network as instructions;
use crate::readers;
use crate::table::row;
use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use clap::Subcommand;
use risk_oracle::state::Network as State;

pub use options::{Create, EdgeCap, Follow, One, Params, PostEdge, PostLoss, Poster, Protocol, Solve, Speeds, Sync};

/// Contagion networks: protocols, what one loses when another fails, and who may say so
///
/// A vault follows the network that its book's owner names with `follow`. Damages are computed by the chain with `solve`,
/// never posted.
#[derive(Debug, Subcommand)]
pub enum Network {
    /// Show a network: protocols with their scores and damages, edges, posters
    Show(One),
    /// Create a network; the signer becomes its owner
    Create(Create),
    /// Set ages and speeds; what is not given stays; the owner signs
    Params(Params),
    /// Define a protocol or score it anew; the owner signs, or a lesser role that only worsens it
    ///
    /// What is not given stays. On a live network what looks safer waits; what does not is at once, and all scores keep their
    /// age. To renew scores that have aged, add --propose: applied, they are of that day. A new protocol of which nothing is
    /// given counts as the worst.
    Protocol(Protocol),
    /// Cap what one protocol loses when another fails; the owner signs, or a lesser role that only raises the cap
    EdgeCap(EdgeCap),
    /// Name a poster or empty its place; the owner signs, or a lesser role that only empties it
    Poster(Poster),
    /// Post what one protocol loses when another fails, as observed; a poster signs
    PostEdge(PostEdge),
    /// Post a loss that was observed; it is only raised; a poster signs
    PostLoss(PostLoss),
    /// Compute all damages anew; anybody, but the first time the owner, which ends the set-up
    Solve(Solve),
    /// Let a vault's book follow a network, or none; the owner of the book signs
    Follow(Follow),
    /// Take the damages over into a vault's book; anybody
    Sync(Sync),
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Network) -> Result<()> {
    match command {
        Network::Show(options) => show::show(session, options),
        Network::Create(options) => create(session, options),
        Network::Params(options) => settings::params(session, options),
        Network::Protocol(options) => settings::protocol(session, options),
        Network::EdgeCap(options) => settings::edge_cap(session, options),
        Network::Poster(options) => settings::poster(session, options),
        Network::PostEdge(options) => observe::post_edge(session, options),
        Network::PostLoss(options) => observe::post_loss(session, options),
        Network::Solve(options) => observe::solve(session, options),
        Network::Follow(options) => settings::follow(session, options),
        Network::Sync(options) => observe::sync(session, options),
    }
}

fn read(session: &mut Session, network: &Pubkey) -> Result<State> {
    Ok(readers::read(session.chain()?, network)?)
}

fn create(session: &mut Session, options: &Create) -> Result<()> {
    let owner = session.owner_key()?;
    let payer = submit::payer(session, &options.transaction, &owner)?;
    let params = settings::over(&options.speeds, &risk_oracle::state::NetworkParams::DEFAULT)?;
    let args =
        risk_oracle::CreateNetworkArgs { id: options.id, curator: options.curator, guardian: options.guardian, params };
    let instruction = instructions::create_network(&owner, &payer, args);
    let mut operation = Operation::new("Create a contagion network", owner, vec![instruction]).reads(effects::read);
    operation.review.push(row("Network", instructions::network_address(&owner, options.id)));
    operation.review.push(row("Curator", effects::who(&options.curator)));
    operation.review.push(row("Guardian", effects::who(&options.guardian)));
    submit::submit(session, &options.transaction, operation).map(drop)
}

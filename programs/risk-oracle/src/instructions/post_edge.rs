use anchor_lang::{prelude::*, InstructionData};

use crate::events::EdgePosted;
use crate::instruction;
use crate::policy::contagion::check_edge;
use crate::state::Network;

/// An edge as a poster observed it.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostEdgeArgs {
    /// Row of the protocol that loses.
    pub protocol: u8,
    /// Row of the protocol that fails.
    pub counterparty: u8,
    /// Part of the loser's equity that is lost if the other fails altogether, basis points; at most the edge's cap.
    pub bps: u16,
    /// When it was observed, Unix seconds.
    pub observed_at: i64,
}

/// Accounts of `post_edge` and `post_loss`.
#[event_cpi]
#[derive(Accounts)]
pub struct Post<'info> {
    /// One of the network's posters.
    pub poster: Signer<'info>,
    /// The network.
    #[account(mut)]
    pub network: AccountLoader<'info, Network>,
}

impl<'info> Post<'info> {
    /// - Only a poster, between two defined protocols, within the owner's cap.
    /// - Newer than the stored observation, so that nothing is replayed, and not of the future.
    /// - A higher edge counts from the next solution on. A lower one is taken after the interval only, and on a live
    ///   network no lower than what the fall of a day leaves.
    pub fn edge(ctx: Context<'info, Self>, args: PostEdgeArgs) -> Result<()> {
        let clock = Clock::get()?;
        let (now, poster) = (clock.unix_timestamp, ctx.accounts.poster.key());
        let mut network = ctx.accounts.network.load_mut()?;
        let place = network.poster(&poster)?;
        network.protocol(args.protocol)?;
        network.protocol(args.counterparty)?;
        let (params, is_live) = (network.params, network.is_live());
        let edge = network.edge_mut(args.protocol, args.counterparty)?;
        check_edge(edge, args.bps, args.observed_at, &params, is_live, now)?;
        edge.observed_bps = args.bps;
        edge.poster = place;
        edge.posted_at = now;
        edge.observed_at = args.observed_at;
        edge.validate()?;
        network.take_post(place, now, &poster, &instruction::PostEdge { args }.data())?;
        network.invariant()?;
        drop(network);
        emit_cpi!(EdgePosted {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: now,
            by: poster,
            protocol: args.protocol,
            counterparty: args.counterparty,
            bps: args.bps,
            observed_at: args.observed_at,
        });
        Ok(())
    }
}

use anchor_lang::{prelude::*, InstructionData};

use super::post_edge::Post;
use crate::error::OracleError;
use crate::events::LossPosted;
use crate::instruction;
use crate::policy::contagion::{check_time, loss_now};
use crate::state::WHOLE_BPS;

/// A loss as a poster observed it.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostLossArgs {
    /// Row of the protocol.
    pub protocol: u8,
    /// Part of depositors' claims that is lost, basis points, 0 to 10,000.
    pub bps: u16,
    /// When it was observed, Unix seconds.
    pub observed_at: i64,
}

impl<'info> Post<'info> {
    /// - Only a poster, of a defined protocol.
    /// - Newer than the stored observation, and not of the future.
    /// - A loss is only raised, or held: it falls by itself with time, and the owner forgives it by a change.
    pub fn loss(ctx: Context<'info, Self>, args: PostLossArgs) -> Result<()> {
        let clock = Clock::get()?;
        let (now, poster) = (clock.unix_timestamp, ctx.accounts.poster.key());
        let mut network = ctx.accounts.network.load_mut()?;
        let place = network.poster(&poster)?;
        let row = network.protocol(args.protocol)?;
        require!(args.bps <= WHOLE_BPS, OracleError::LossOutOfRange);
        check_time(args.observed_at, row.loss_observed_at, &network.params, now)?;
        require!(args.bps >= loss_now(row, &network.params, now), OracleError::RatchetOnly);
        let row = network.protocols.get_mut(usize::from(args.protocol)).ok_or(OracleError::ProtocolUndefined)?;
        row.loss_bps = args.bps;
        row.loss_at = now;
        row.loss_observed_at = args.observed_at;
        network.take_post(place, now, &poster, &instruction::PostLoss { args }.data())?;
        network.invariant()?;
        drop(network);
        emit_cpi!(LossPosted {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: now,
            by: poster,
            protocol: args.protocol,
            bps: args.bps,
            observed_at: args.observed_at,
        });
        Ok(())
    }
}

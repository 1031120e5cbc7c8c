use anchor_lang::{prelude::*, InstructionData};

use crate::error::OracleError;
use crate::events::ContagionSolved;
use crate::instruction;
use crate::policy::contagion;
use crate::state::Network;

/// Accounts of `solve_contagion`.
#[event_cpi]
#[derive(Accounts)]
pub struct SolveContagion<'info> {
    /// The network.
    #[account(mut)]
    pub network: AccountLoader<'info, Network>,
    /// The owner, for the first solution only: it ends the set-up.
    pub owner: Option<Signer<'info>>,
}

impl<'info> SolveContagion<'info> {
    /// - The first solution is the owner's, and there is a protocol; every other one is anybody's.
    /// - Damages follow from what the account holds and from the clock: the caller chooses nothing but when.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let mut network = ctx.accounts.network.load_mut()?;
        let mut signer = Pubkey::default();
        if !network.is_live() {
            signer = ctx.accounts.owner.as_ref().map(|owner| owner.key()).unwrap_or_default();
            network.roles.require_owner(&signer).map_err(|_| OracleError::NetworkNotOpened)?;
            require!(network.count > 0, OracleError::ProtocolUndefined);
        }
        contagion::solve(&mut network, now);
        network.absorb(now, &signer, &instruction::SolveContagion {}.data());
        network.moved = 0;
        network.solved_at = now;
        network.solved_slot = clock.slot;
        network.solves = network.solves.checked_add(1).ok_or(OracleError::MathOverflow)?;
        network.invariant()?;
        let defined = || network.protocols.iter().filter(|row| row.is_used());
        let event = ContagionSolved {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: now,
            converged: network.converged == 1,
            initial: defined().map(|row| row.initial).collect(),
            damage: defined().map(|row| row.damage).collect(),
            inputs_hash: network.inputs_hash,
        };
        drop(network);
        emit_cpi!(event);
        Ok(())
    }
}

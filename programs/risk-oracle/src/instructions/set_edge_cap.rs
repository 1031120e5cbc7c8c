use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, EdgeCapSet};
use crate::instruction;
use crate::state::{Change, Network};

/// The cap of one edge.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetEdgeCapArgs {
    /// Row of the protocol that loses, 0 to 15.
    pub protocol: u8,
    /// Row of the protocol that fails, 0 to 15.
    pub counterparty: u8,
    /// The largest part of the loser's equity that is lost, basis points; more than 10,000 where the exposure exceeds it.
    pub cap_bps: u16,
}

/// Accounts of `set_edge_cap`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetEdgeCap<'info> {
    /// The network's owner; its curator or guardian to raise.
    pub signer: Signer<'info>,
    /// The network.
    #[account(mut)]
    pub network: AccountLoader<'info, Network>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetEdgeCap<'info> {
    fn validate(&self, args: &SetEdgeCapArgs) -> Result<()> {
        let network = self.network.load()?;
        network.roles.require_guardian(self.signer.key).map_err(OracleError::from)?;
        let edge = network.edge(args.protocol, args.counterparty)?;
        let owner = network.roles.require_owner(self.signer.key).is_ok();
        require!(owner || args.cap_bps >= edge.cap_bps, OracleError::OnlyOwnerMayLoosen);
        Ok(())
    }

    /// - A cap may be set before its protocols are defined.
    /// - Raising a cap is at once, and curator and guardian may; on a live network lowering one must have waited.
    /// - An observation above a lowered cap counts as the cap.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetEdgeCapArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetEdgeCap { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        let mut network = ctx.accounts.network.load_mut()?;
        network.edge_mut(args.protocol, args.counterparty)?.cap_bps = args.cap_bps;
        network.absorb(clock.unix_timestamp, ctx.accounts.signer.key, &call.data());
        network.validate()?;
        drop(network);
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(EdgeCapSet {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            protocol: args.protocol,
            counterparty: args.counterparty,
            cap_bps: args.cap_bps,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetEdgeCap, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let network = self.network.load()?;
        let SetEdgeCapArgs { protocol, counterparty, cap_bps } = call.args;
        let waits = network.is_live() && cap_bps < network.edge(protocol, counterparty)?.cap_bps;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_edge_cap(&network, protocol, counterparty)?;
        change::require(waits, &self.network.key(), presented, call, &terms, clock)
    }
}

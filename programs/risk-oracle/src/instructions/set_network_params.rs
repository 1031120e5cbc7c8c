use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, NetworkParamsSet};
use crate::instruction;
use crate::state::{Change, Network, NetworkParams};

/// Accounts of `set_network_params`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetNetworkParams<'info> {
    /// The network's owner.
    pub owner: Signer<'info>,
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

impl<'info> SetNetworkParams<'info> {
    fn validate(&self, params: &NetworkParams) -> Result<()> {
        self.network.load()?.roles.require_owner(self.owner.key).map_err(OracleError::from)?;
        params.validate()
    }

    /// - Only the owner, within the hard ranges.
    /// - On a live network whatever loosens must have waited.
    #[access_control(ctx.accounts.validate(&params))]
    pub fn handler(ctx: Context<'info, Self>, params: NetworkParams) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetNetworkParams { params };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        let mut network = ctx.accounts.network.load_mut()?;
        network.params = params;
        network.absorb(clock.unix_timestamp, ctx.accounts.owner.key, &call.data());
        network.validate()?;
        drop(network);
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(NetworkParamsSet {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            params,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetNetworkParams, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let network = self.network.load()?;
        let waits = network.is_live() && call.params.loosens(&network.params);
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_network_params(&network)?;
        change::require(waits, &self.network.key(), presented, call, &terms, clock)
    }
}

use anchor_lang::prelude::*;

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, NetworkSet};
use crate::instruction;
use crate::policy::inputs;
use crate::state::{Book, Change, Network};

/// Accounts of `set_network`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetNetwork<'info> {
    /// The book's owner.
    pub owner: Signer<'info>,
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    /// The network that is named; none with the zero key.
    pub network: Option<AccountLoader<'info, Network>>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetNetwork<'info> {
    fn validate(&self, key: &Pubkey) -> Result<()> {
        self.book.load()?.roles.require_owner(self.owner.key).map_err(OracleError::from)?;
        match &self.network {
            Some(network) => {
                require_keys_eq!(network.key(), *key, OracleError::WrongNetwork);
                require!(network.load()?.is_live(), OracleError::NetworkNotOpened);
            }
            None => require_keys_eq!(*key, Pubkey::default(), OracleError::WrongNetwork),
        }
        Ok(())
    }

    /// - Only the owner, and only a network whose own owner has ended its set-up.
    /// - The first one is at once: it only takes. On a live book another one, or none, must have waited.
    /// - Until `sync_contagion` has taken the damages over, lines with a protocol get no new money.
    #[access_control(ctx.accounts.validate(&network))]
    pub fn handler(ctx: Context<'info, Self>, network: Pubkey) -> Result<()> {
        let clock = Clock::get()?;
        let applied = ctx.accounts.spend_change(network, &clock)?;
        let max_age = match &ctx.accounts.network {
            Some(network) => network.load()?.params.max_solution_age,
            None => 0,
        };
        inputs::set_network(&mut *ctx.accounts.book.load_mut()?, network, max_age, clock.unix_timestamp)?;
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        let book = ctx.accounts.book.key();
        emit_cpi!(NetworkSet { book, slot: clock.slot, time: clock.unix_timestamp, network });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, network: Pubkey, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let waits = inputs::network_waits(&book, &network);
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let call = instruction::SetNetwork { network };
        change::require(waits, &self.book.key(), presented, &call, &change::terms_of_followed(&book), clock)
    }
}

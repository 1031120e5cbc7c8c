use anchor_lang::prelude::*;

use crate::{error::LendingError, state::Market};

/// A market's switches.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetMarketArgs {
    /// Halts deposits and redemptions (klend's global emergency mode).
    pub emergency_mode: bool,
    /// Stops new loans.
    pub borrowing_disabled: bool,
}

/// Accounts of `set_market`.
#[derive(Accounts)]
pub struct SetMarket<'info> {
    /// The market's owner.
    pub owner: Signer<'info>,
    /// The market.
    #[account(mut, has_one = owner @ LendingError::InvalidMarketOwner)]
    pub market: AccountLoader<'info, Market>,
}

impl<'info> SetMarket<'info> {
    /// - Both switches take the given positions.
    pub fn handler(ctx: Context<'info, Self>, args: SetMarketArgs) -> Result<()> {
        let mut market = ctx.accounts.market.load_mut()?;
        market.emergency_mode = args.emergency_mode.into();
        market.borrowing_disabled = args.borrowing_disabled.into();
        Ok(())
    }
}

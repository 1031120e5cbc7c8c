use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::{fraction, layout as at};

use super::now;
use crate::{
    error::LendingError,
    math::lending,
    state::{reserve, Borrowers, Market},
};

/// Debt to give up.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOffArgs {
    /// Index of a cohort, or [`Borrowers::OPERATOR`] for the owner's own loan.
    pub borrower: u8,
    /// Units; at most the debt. `u64::MAX` for all of it.
    pub amount: u64,
}

/// Accounts of `write_off`.
#[derive(Accounts)]
pub struct WriteOff<'info> {
    /// The market's owner.
    pub owner: Signer<'info>,
    /// The market.
    #[account(has_one = owner @ LendingError::InvalidMarketOwner)]
    pub market: AccountLoader<'info, Market>,
    /// Its reserve.
    /// CHECK: owner, length and discriminator are checked on every access.
    #[account(
        mut,
        constraint = reserve::field(&reserve, at::LENDING_MARKET)? == market.key() @ ErrorCode::ConstraintHasOne,
    )]
    pub reserve: UncheckedAccount<'info>,
    /// The reserve's borrowers.
    #[account(mut, has_one = reserve)]
    pub borrowers: AccountLoader<'info, Borrowers>,
}

impl<'info> WriteOff<'info> {
    /// - The reserve must have been refreshed in this slot.
    /// - The borrowed amount falls, no token moves: each cToken is worth less from here on.
    pub fn handler(ctx: Context<'info, Self>, args: WriteOffArgs) -> Result<()> {
        require!(args.amount > 0, LendingError::InvalidAmount);
        let accounts = ctx.accounts;
        let now = now()?;
        reserve::write(&accounts.reserve, |books| {
            let index = books.view().debt_index_sf().map_err(LendingError::from)?;
            let mut borrowers = accounts.borrowers.load_mut()?;
            let loan = borrowers.loan_mut(args.borrower)?;
            let debt = loan.debt_at_down(index)?;
            let given_up = fraction::from_units(args.amount).min(debt);
            let units = fraction::to_units_up(given_up).ok_or(LendingError::MathOverflow)?;
            require!(units > 0, LendingError::RepayTooSmall);
            loan.set(debt.saturating_sub(given_up), index);
            lending::forgive(books, now, given_up)?;
            if let Some(cohort) = borrowers.cohorts.get_mut(usize::from(args.borrower)) {
                cohort.defaulted = cohort.defaulted.checked_add(units).ok_or(LendingError::MathOverflow)?;
            }
            borrowers.written_off = borrowers.written_off.checked_add(units).ok_or(LendingError::MathOverflow)?;
            Ok(())
        })
    }
}

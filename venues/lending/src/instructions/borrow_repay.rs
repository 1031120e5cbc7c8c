use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use gimbal_venue_wire::klend::{fraction, layout as at};

use super::{
    now,
    tokens::{Asset, MarketSigner},
    VaultState,
};
use crate::{
    error::LendingError,
    math::lending,
    seeds::LENDING_MARKET_AUTHORITY_SEED,
    state::{reserve, Borrowers, Market},
};

/// Accounts of `borrow` and `repay`.
#[derive(Accounts)]
pub struct MoveLoan<'info> {
    /// The market's owner, who borrows without collateral.
    pub owner: Signer<'info>,
    /// The market.
    #[account(has_one = owner @ LendingError::InvalidMarketOwner)]
    pub market: AccountLoader<'info, Market>,
    /// The market's authority.
    /// CHECK: only its address matters.
    #[account(
        seeds = [LENDING_MARKET_AUTHORITY_SEED, market.key().as_ref()],
        bump = market.load()?.authority_bump,
    )]
    pub market_authority: UncheckedAccount<'info>,
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
    /// Mint of the asset.
    #[account(
        address = reserve::field(&reserve, at::LIQUIDITY_MINT)?,
        mint::token_program = liquidity_token_program,
    )]
    pub liquidity_mint: Box<InterfaceAccount<'info, Mint>>,
    /// The reserve's vault.
    #[account(mut, address = reserve::field(&reserve, at::LIQUIDITY_SUPPLY_VAULT)?)]
    pub supply_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Where a loan goes to, or a repayment comes from.
    #[account(
        mut,
        dup,
        token::mint = liquidity_mint,
        token::token_program = liquidity_token_program,
        constraint = user_liquidity.key() != supply_vault.key() @ LendingError::InvalidAccountInput,
    )]
    pub user_liquidity: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Token program of the asset.
    pub liquidity_token_program: Interface<'info, TokenInterface>,
}

impl<'info> MoveLoan<'info> {
    fn validate_borrow(&self) -> Result<()> {
        let market = self.market.load()?;
        market.require_running()?;
        require!(market.borrowing_disabled == 0, LendingError::BorrowingDisabled);
        reserve::read(&self.reserve, |books| Ok(lending::require_open(books)?))
    }

    fn validate_repay(&self) -> Result<()> {
        self.market.load()?.require_running()?;
        reserve::read(&self.reserve, |books| Ok(lending::require_current(books)?))
    }

    /// - The reserve must have been refreshed in this slot.
    /// - klend's limits hold; its check of collateral does not exist here.
    /// - `u64::MAX` takes all that the reserve would lend.
    #[access_control(ctx.accounts.validate_borrow())]
    pub fn borrow(ctx: Context<'info, Self>, amount: u64) -> Result<()> {
        let accounts = ctx.accounts;
        let now = now()?;
        let before = accounts.vault_state()?;
        let amount = reserve::write(&accounts.reserve, |books| {
            let most = lending::borrowable(&books.view(), now)?;
            let amount = if amount == u64::MAX { most } else { amount };
            lending::borrow(books, now, amount)?;
            let index = books.view().debt_index_sf().map_err(LendingError::from)?;
            let mut borrowers = accounts.borrowers.load_mut()?;
            let debt = borrowers.operator.debt_at_down(index)?;
            let debt = debt.checked_add(fraction::from_units(amount)).ok_or(LendingError::MathOverflow)?;
            borrowers.operator.set(debt, index);
            borrowers.borrowed = borrowers.borrowed.checked_add(amount).ok_or(LendingError::MathOverflow)?;
            Ok(amount)
        })?;
        let signer = MarketSigner { market: accounts.market.key(), bump: accounts.market.load()?.authority_bump };
        let asset = Asset { mint: &accounts.liquidity_mint, program: accounts.liquidity_token_program.key() };
        asset.push(
            &accounts.supply_vault,
            &accounts.user_liquidity,
            accounts.market_authority.to_account_info(),
            &signer,
            amount,
        )?;
        accounts.supply_vault.reload()?;
        accounts.vault_state()?.require_fallen_by(before, amount)
    }

    /// - The reserve must have been refreshed in this slot.
    /// - Takes at most the owner's debt, rounded up.
    #[access_control(ctx.accounts.validate_repay())]
    pub fn repay(ctx: Context<'info, Self>, amount: u64) -> Result<()> {
        let accounts = ctx.accounts;
        let now = now()?;
        let before = accounts.vault_state()?;
        let units = reserve::write(&accounts.reserve, |books| {
            let index = books.view().debt_index_sf().map_err(LendingError::from)?;
            let mut borrowers = accounts.borrowers.load_mut()?;
            let debt = borrowers.operator.debt_at_down(index)?;
            let repayment = lending::repay(books, now, amount, debt)?;
            borrowers.operator.set(debt.saturating_sub(repayment.settled_sf), index);
            borrowers.repaid = borrowers.repaid.checked_add(repayment.units).ok_or(LendingError::MathOverflow)?;
            Ok(repayment.units)
        })?;
        let asset = Asset { mint: &accounts.liquidity_mint, program: accounts.liquidity_token_program.key() };
        asset.pull(&accounts.user_liquidity, &accounts.supply_vault, accounts.owner.to_account_info(), units)?;
        accounts.supply_vault.reload()?;
        accounts.vault_state()?.require_grown_by(before, units)
    }

    fn vault_state(&self) -> Result<VaultState> {
        Ok(VaultState {
            balance: self.supply_vault.amount,
            available: reserve::field(&self.reserve, at::AVAILABLE_AMOUNT)?,
        })
    }
}

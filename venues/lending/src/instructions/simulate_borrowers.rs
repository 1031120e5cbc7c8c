use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use gimbal_venue_wire::klend::{fraction, layout as at, ReserveMut};

use super::{
    now,
    tokens::{Asset, MarketSigner},
    VaultState,
};
use crate::{
    error::LendingError,
    math::{
        cohort::{self, Conditions, Move},
        lending, Now,
    },
    seeds::LENDING_MARKET_AUTHORITY_SEED,
    state::{reserve, Borrowers, Market, MAX_COHORTS},
};

/// The prices of one step, USD a whole token × 10^12.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimulateBorrowersArgs {
    /// Of each cohort's collateral, in the cohorts' order.
    pub collateral_prices: [u64; MAX_COHORTS],
    /// Of the reserve's asset.
    pub loan_price: u64,
}

/// Accounts of `simulate_borrowers`.
#[derive(Accounts)]
pub struct SimulateBorrowers<'info> {
    /// The market's owner, who vouches for the prices and pays as the liquidator.
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
    /// What the cohorts borrowed and repay from.
    #[account(
        mut,
        seeds = [crate::seeds::BORROWERS_WALLET_SEED, reserve.key().as_ref()],
        bump = borrowers.load()?.wallet_bump,
    )]
    pub borrowers_wallet: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The owner's account that liquidations are paid from.
    #[account(
        mut,
        token::mint = liquidity_mint,
        token::authority = owner,
        token::token_program = liquidity_token_program,
    )]
    pub liquidator: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Token program of the asset.
    pub liquidity_token_program: Interface<'info, TokenInterface>,
}

/// What one step moves in all, units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Totals {
    borrowed: u64,
    repaid: u64,
    liquidated: u64,
    written_off: u64,
}

impl Totals {
    fn add(sum: &mut u64, amount: u64) -> Result<()> {
        *sum = sum.checked_add(amount).ok_or(LendingError::MathOverflow)?;
        Ok(())
    }
}

impl<'info> SimulateBorrowers<'info> {
    fn validate(&self, args: &SimulateBorrowersArgs) -> Result<()> {
        self.market.load()?.require_running()?;
        require!(args.loan_price > 0, LendingError::ZeroPrice);
        reserve::read(&self.reserve, |books| Ok(lending::require_current(books)?))
    }

    /// - Interest is booked first; then each cohort acts once, in order, on what the ones before it left.
    /// - Loans keep to the reserve's limits; repayments to the wallet; liquidations to the liquidator's account.
    /// - What defaults lowers the borrowed amount, and with it what each cToken is worth.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SimulateBorrowersArgs) -> Result<()> {
        let accounts = ctx.accounts;
        let now = now()?;
        let before = accounts.vault_state()?;
        let totals = accounts.step_all(&args, now)?;
        accounts.move_tokens(&totals)?;
        accounts.supply_vault.reload()?;
        let inflow = totals.repaid.checked_add(totals.liquidated).ok_or(LendingError::MathOverflow)?;
        let after = accounts.vault_state()?;
        match inflow.checked_sub(totals.borrowed) {
            Some(grown) => after.require_grown_by(before, grown),
            None => after.require_fallen_by(before, totals.borrowed.saturating_sub(inflow)),
        }
    }

    fn step_all(&self, args: &SimulateBorrowersArgs, now: Now) -> Result<Totals> {
        let (referral_fee_bps, lending_open) = {
            let market = self.market.load()?;
            (market.referral_fee_bps, market.borrowing_disabled == 0)
        };
        let loan_decimals = u32::from(self.liquidity_mint.decimals);
        let mut wallet = self.borrowers_wallet.amount;
        let mut liquidators = self.liquidator.amount;
        let mut totals = Totals::default();
        reserve::write(&self.reserve, |books| {
            lending::refresh(books, now, referral_fee_bps)?;
            let mut borrowers = self.borrowers.load_mut()?;
            let count = usize::from(borrowers.cohort_count);
            for (cohort, price) in borrowers.cohorts.iter_mut().take(count).zip(args.collateral_prices) {
                let index = books.view().debt_index_sf().map_err(LendingError::from)?;
                let debt = cohort.loan.debt_at_down(index)?;
                let room = if lending_open { lending::borrowable(&books.view(), now)? } else { 0 };
                let conditions = Conditions {
                    price,
                    loan_price: args.loan_price,
                    loan_decimals,
                    debt: fraction::to_units_up(debt).ok_or(LendingError::MathOverflow)?,
                    borrow_rate_bps: borrow_rate_bps_up(books)?,
                    room,
                    wallet,
                    liquidators,
                };
                let action = cohort::step(cohort, &conditions)?;
                let (debt, defaulted) = apply(books, now, debt, &action)?;
                cohort.loan.set(debt, index);
                Totals::add(&mut cohort.defaulted, defaulted)?;
                wallet = wallet.saturating_sub(action.repay);
                liquidators = liquidators.saturating_sub(action.liquidate);
                Totals::add(&mut totals.borrowed, action.borrow)?;
                Totals::add(&mut totals.repaid, action.repay)?;
                Totals::add(&mut totals.liquidated, action.liquidate)?;
                Totals::add(&mut totals.written_off, defaulted)?;
            }
            Totals::add(&mut borrowers.steps, 1)?;
            borrowers.last_step_slot = now.slot;
            Totals::add(&mut borrowers.borrowed, totals.borrowed)?;
            Totals::add(&mut borrowers.repaid, totals.repaid)?;
            Totals::add(&mut borrowers.liquidated, totals.liquidated)?;
            Totals::add(&mut borrowers.written_off, totals.written_off)?;
            Ok(lending::note_crossed_limits(books, now)?)
        })?;
        Ok(totals)
    }

    fn move_tokens(&self, totals: &Totals) -> Result<()> {
        let asset = Asset { mint: &self.liquidity_mint, program: self.liquidity_token_program.key() };
        let signer = MarketSigner { market: self.market.key(), bump: self.market.load()?.authority_bump };
        let authority = self.market_authority.to_account_info();
        if totals.liquidated > 0 {
            asset.pull(&self.liquidator, &self.supply_vault, self.owner.to_account_info(), totals.liquidated)?;
        }
        if totals.repaid > 0 {
            asset.push(&self.borrowers_wallet, &self.supply_vault, authority.clone(), &signer, totals.repaid)?;
        }
        if totals.borrowed > 0 {
            asset.push(&self.supply_vault, &self.borrowers_wallet, authority, &signer, totals.borrowed)?;
        }
        Ok(())
    }

    fn vault_state(&self) -> Result<VaultState> {
        Ok(VaultState {
            balance: self.supply_vault.amount,
            available: reserve::field(&self.reserve, at::AVAILABLE_AMOUNT)?,
        })
    }
}

fn borrow_rate_bps_up(books: &ReserveMut) -> Result<u32> {
    let rate = books.view().borrow_rate_down().map_err(LendingError::from)?;
    let bps = rate.checked_mul(10_000).and_then(fraction::to_units_up).ok_or(LendingError::MathOverflow)?;
    Ok(u32::try_from(bps).unwrap_or(u32::MAX))
}

/// Books one cohort's move on a debt of `debt`; returns its new debt and what defaulted, units rounded up.
fn apply(books: &mut ReserveMut, now: Now, mut debt: u128, action: &Move) -> Result<(u128, u64)> {
    // Every booking marks the reserve stale, and each needs it fresh: it is, within one instruction.
    for paid in [action.liquidate, action.repay] {
        if paid > 0 {
            books.set(at::LAST_UPDATE_STALE, 0);
            let repayment = lending::repay(books, now, paid, debt)?;
            require!(repayment.units == paid, LendingError::ReserveAccountingMismatch);
            debt = debt.saturating_sub(repayment.settled_sf);
        }
    }
    if action.borrow > 0 {
        books.set(at::LAST_UPDATE_STALE, 0);
        lending::borrow(books, now, action.borrow)?;
        debt = debt.checked_add(fraction::from_units(action.borrow)).ok_or(LendingError::MathOverflow)?;
    }
    let mut defaulted = 0;
    if action.default_on_rest {
        books.set(at::LAST_UPDATE_STALE, 0);
        lending::forgive(books, now, debt)?;
        defaulted = fraction::to_units_up(debt).ok_or(LendingError::MathOverflow)?;
        debt = 0;
    }
    books.set(at::LAST_UPDATE_STALE, 0);
    Ok((debt, defaulted))
}

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenInterface};

use crate::{
    error::RouterError,
    events::KeeperPaid,
    instructions::pay::Payment,
    state::{Keeper, Ledger},
};

/// Accounts of `collect_pay`.
#[event_cpi]
#[derive(Accounts)]
pub struct CollectPay<'info> {
    /// The keeper; one that was deactivated keeps what it has earned.
    pub authority: Signer<'info>,
    /// Its registration.
    #[account(
        mut,
        has_one = ledger @ RouterError::ForeignAccount,
        constraint = keeper.load()?.key == authority.key() @ RouterError::ForeignAccount,
    )]
    pub keeper: AccountLoader<'info, Keeper>,
    /// The ledger.
    #[account(
        mut,
        has_one = cash @ RouterError::ForeignAccount,
        has_one = base_mint @ RouterError::ForeignAccount,
        has_one = base_token_program @ RouterError::ForeignAccount,
    )]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The ledger's cash account.
    /// CHECK: pinned in the ledger; its bytes are checked before and after.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// Any account of the base asset, except cash itself.
    /// CHECK: the token program checks its mint; never the cash account.
    #[account(mut, constraint = destination.key() != cash.key() @ RouterError::SameAccount)]
    pub destination: UncheckedAccount<'info>,
    /// Mint of the base asset.
    pub base_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Token program of the base mint.
    pub base_token_program: Interface<'info, TokenInterface>,
}

impl<'info> CollectPay<'info> {
    /// - At most what is owed, at most the cash there is; the rest stays owed.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (amount, vault, bump) = {
            let mut ledger = accounts.ledger.load_mut()?;
            ledger.require_idle()?;
            let mut keeper = accounts.keeper.load_mut()?;
            let amount = keeper.owed.min(ledger.cash_tracked);
            require!(amount > 0, RouterError::NothingToCollect);
            let sub = |a: u64, b: u64| a.checked_sub(b).ok_or(RouterError::InvariantViolated);
            let add = |a: u64, b: u64| a.checked_add(b).ok_or(RouterError::MathOverflow);
            keeper.owed = sub(keeper.owed, amount)?;
            keeper.paid = add(keeper.paid, amount)?;
            ledger.keeper_owed = sub(ledger.keeper_owed, amount)?;
            ledger.cash_tracked = sub(ledger.cash_tracked, amount)?;
            ledger.keeper_paid = add(ledger.keeper_paid, amount)?;
            (amount, ledger.vault, [ledger.bump])
        };
        let payment = Payment {
            ledger: accounts.ledger.to_account_info(),
            source: accounts.cash.to_account_info(),
            destination: accounts.destination.to_account_info(),
            mint: accounts.base_mint.to_account_info(),
            decimals: accounts.base_mint.decimals,
            token_program: accounts.base_token_program.key(),
        };
        payment.send(amount, &vault, &bump)?;
        let clock = Clock::get()?;
        emit_cpi!(KeeperPaid {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            keeper: accounts.authority.key(),
            amount,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }
}

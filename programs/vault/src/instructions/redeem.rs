use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_control::Direction;
use strategy_router::cpi::accounts::Pay;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::{require_at_least, VaultError};
use crate::events::{FeesCrystallised, Redeemed, Scope};
use crate::state::{Moment, Priced, Vault};
use crate::{preview, router, token};

/// Accounts of `redeem` and `withdraw`.
#[event_cpi]
#[derive(Accounts)]
pub struct Redeem<'info> {
    /// Who gives shares: owner or delegate of `shares`.
    pub holder: Signer<'info>,
    /// The vault.
    #[account(
        mut,
        has_one = ledger @ VaultError::WrongLedger,
        has_one = base_mint @ VaultError::WrongBaseMint,
        has_one = base_token_program @ VaultError::WrongTokenProgram,
        has_one = share_mint @ VaultError::WrongShareMint,
    )]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// Mint of the base asset.
    /// CHECK: pinned in the vault.
    pub base_mint: UncheckedAccount<'info>,
    /// The vault's share mint.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub share_mint: UncheckedAccount<'info>,
    /// Share account that gives.
    /// CHECK: the token program checks mint and authority.
    #[account(mut)]
    pub shares: UncheckedAccount<'info>,
    /// The ledger's cash account.
    /// CHECK: the router checks that it is its ledger's.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// Base token account that receives; anybody's, except the ledger's cash and the vault's claims.
    /// CHECK: the token program checks its mint.
    #[account(mut, constraint = destination.key() != cash.key() @ VaultError::DuplicateTokenAccount)]
    pub destination: UncheckedAccount<'info>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
    /// Token program of the base mint.
    /// CHECK: pinned in the vault.
    pub base_token_program: UncheckedAccount<'info>,
    /// The SPL Token program, which the shares belong to.
    pub share_token_program: Program<'info, Token>,
}

impl<'info> Redeem<'info> {
    pub(super) fn validate(&self) -> Result<()> {
        let vault = self.vault.load()?;
        vault.require_open(Direction::InstantExits, Clock::get()?.unix_timestamp)?;
        require_keys_neq!(self.destination.key(), vault.claims, VaultError::DuplicateTokenAccount);
        Ok(())
    }

    /// - Instant exits are open.
    /// - The price is NAV low with the fee of the running day, or the window's start where it rose too fast; assets out,
    ///   after the exit fee, are rounded down and at least `min_assets`.
    /// - The shares are within the daily limit of instant exits, the assets within the cash that neither keepers nor the
    ///   queue are owed.
    /// - Fees that are due for more than a day are charged before.
    /// - No feed is asked.
    #[access_control(ctx.accounts.validate())]
    pub fn redeem(ctx: Context<'info, Self>, shares: u64, min_assets: u64) -> Result<()> {
        ctx.accounts.redeem_at_least(shares, min_assets)
    }

    pub(super) fn redeem_at_least(&self, shares: u64, min_assets: u64) -> Result<()> {
        self.pay_out(|vault, at| {
            let priced = vault.redeem(at, shares)?;
            require_at_least("assets", priced.flow.assets.0, min_assets)?;
            Ok(priced)
        })
    }

    /// What every instant exit does around `count`, which prices it and counts it.
    pub(super) fn pay_out(&self, count: impl FnOnce(&mut Vault, &Moment) -> Result<Priced>) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let (moment, cash, keeper_owed) = {
            let ledger = self.ledger.load()?;
            (Moment { now, nav: ledger.nav(now)? }, ledger.cash_tracked, ledger.keeper_owed)
        };
        let (Priced { flow, pool, crystallised }, signer) = {
            let mut vault = self.vault.load_mut()?;
            let free = preview::free_cash(&vault, moment.nav.low, cash, keeper_owed)?;
            let priced = count(&mut vault, &moment)?;
            require_gte!(free, priced.flow.assets.0, VaultError::InsufficientCash);
            (priced, vault.signer())
        };

        token::burn_shares(&self.share_mint, &self.shares, self.holder.as_ref(), flow.shares.0)?;
        let accounts = Pay {
            vault: self.vault.to_account_info(),
            ledger: self.ledger.to_account_info(),
            cash: self.cash.to_account_info(),
            destination: self.destination.to_account_info(),
            base_mint: self.base_mint.to_account_info(),
            base_token_program: self.base_token_program.to_account_info(),
        };
        router::pay(accounts, &signer, flow.assets.0, flow.fee.0)?;

        let ctx = Scope { accounts: self };
        if let Some(charged) = crystallised {
            emit_cpi!(FeesCrystallised::new(&self.vault.key(), &clock, &charged));
        }
        emit_cpi!(Redeemed {
            vault: self.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            holder: self.holder.key(),
            destination: self.destination.key(),
            assets: flow.assets.0,
            shares: flow.shares.0,
            nav: pool.assets.0,
            supply: pool.shares.0,
            fee: flow.fee.0,
        });
        Ok(self.vault.load()?.invariant()?)
    }
}

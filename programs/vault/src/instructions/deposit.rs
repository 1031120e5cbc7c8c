use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_control::Direction;
use risk_oracle::{Action, Feed};
use strategy_router::cpi::accounts::Credit;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::{require_at_least, VaultError};
use crate::events::{Deposited, Scope};
use crate::math::Flow;
use crate::state::Vault;
use crate::{preview, router, token};

/// Accounts of `deposit` and `mint`.
#[event_cpi]
#[derive(Accounts)]
pub struct Deposit<'info> {
    /// Who pays: owner or delegate of `source`.
    pub depositor: Signer<'info>,
    /// The vault.
    #[account(
        mut,
        has_one = ledger @ VaultError::WrongLedger,
        has_one = base_feed @ VaultError::WrongFeed,
        has_one = base_mint @ VaultError::WrongBaseMint,
        has_one = base_token_program @ VaultError::WrongTokenProgram,
        has_one = share_mint @ VaultError::WrongShareMint,
    )]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The feed that the vault pinned for its base asset.
    pub base_feed: AccountLoader<'info, Feed>,
    /// Mint of the base asset.
    /// CHECK: pinned in the vault.
    pub base_mint: UncheckedAccount<'info>,
    /// The vault's share mint.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub share_mint: UncheckedAccount<'info>,
    /// Token account that pays.
    /// CHECK: the token program checks mint and authority; never the ledger's cash account.
    #[account(mut, constraint = source.key() != cash.key() @ VaultError::DuplicateTokenAccount)]
    pub source: UncheckedAccount<'info>,
    /// The ledger's cash account.
    /// CHECK: the router checks that it is its ledger's.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// Share account that receives; anybody's, except the vault's escrow.
    /// CHECK: the token program checks its mint.
    #[account(mut)]
    pub recipient: UncheckedAccount<'info>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
    /// Token program of the base mint.
    /// CHECK: pinned in the vault.
    pub base_token_program: UncheckedAccount<'info>,
    /// The SPL Token program, which the shares belong to.
    pub share_token_program: Program<'info, Token>,
}

impl<'info> Deposit<'info> {
    pub(super) fn validate(&self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        {
            let vault = self.vault.load()?;
            vault.require_open(Direction::Deposits, now)?;
            require_keys_neq!(self.recipient.key(), vault.escrow, VaultError::DuplicateTokenAccount);
        }
        self.base_feed.load()?.require(Action::Deposit, now)
    }

    /// - The vault accepts deposits and nothing is wrong with the base asset's feed.
    /// - The price is NAV high; shares out are rounded down and at least `min_shares`.
    /// - Cash grows by exactly `assets`.
    #[access_control(ctx.accounts.validate())]
    pub fn deposit(ctx: Context<'info, Self>, assets: u64, min_shares: u64) -> Result<()> {
        ctx.accounts.deposit_at_least(assets, min_shares)
    }

    pub(super) fn deposit_at_least(&self, assets: u64, min_shares: u64) -> Result<()> {
        self.take_in(|vault, nav_high| {
            let flow = preview::deposit(vault, nav_high, assets)?;
            require_at_least("shares", flow.shares.0, min_shares)?;
            Ok(flow)
        })
    }

    /// What every entry does once `decide` has said what moves, given the vault and its NAV high.
    pub(super) fn take_in(&self, decide: impl FnOnce(&Vault, u64) -> Result<Flow>) -> Result<()> {
        let clock = Clock::get()?;
        let nav = self.ledger.load()?.nav(clock.unix_timestamp)?.high;
        let (flow, supply, signer) = {
            let mut vault = self.vault.load_mut()?;
            let flow = decide(&vault, nav)?;
            let supply = vault.pool(nav)?.shares.0;
            vault.enter(flow)?;
            (flow, supply, vault.signer())
        };

        let accounts = Credit {
            vault: self.vault.to_account_info(),
            ledger: self.ledger.to_account_info(),
            depositor: self.depositor.to_account_info(),
            source: self.source.to_account_info(),
            cash: self.cash.to_account_info(),
            base_mint: self.base_mint.to_account_info(),
            base_token_program: self.base_token_program.to_account_info(),
        };
        router::credit(accounts, &signer, flow.assets.0)?;
        token::mint_shares(&self.share_mint, &self.recipient, self.vault.as_ref(), &signer, flow.shares.0)?;

        let ctx = Scope { accounts: self };
        emit_cpi!(Deposited {
            vault: self.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            depositor: self.depositor.key(),
            recipient: self.recipient.key(),
            assets: flow.assets.0,
            shares: flow.shares.0,
            nav,
            supply,
        });
        Ok(self.vault.load()?.invariant()?)
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use gimbal_control::Direction;
use risk_oracle::{Action, Feed};
use strategy_router::cpi::accounts::Credit;
use strategy_router::program::StrategyRouter;
use strategy_router::state::Ledger;

use crate::error::{require_at_least, VaultError};
use crate::events::{Deposited, FeesCrystallised, Scope};
use crate::state::{Member, Moment, Priced, Vault};
use crate::{router, token};

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
    /// Proof that the depositor is on the vault's list; only where there is one.
    pub member: Option<AccountLoader<'info, Member>>,
}

impl<'info> Deposit<'info> {
    pub(super) fn validate(&self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        {
            let vault = self.vault.load()?;
            vault.require_open(Direction::Deposits, now)?;
            require_keys_neq!(self.recipient.key(), vault.escrow, VaultError::DuplicateTokenAccount);
            self.require_admitted(&vault.gate_root)?;
        }
        self.base_feed.load()?.require(Action::Deposit, now)
    }

    /// A list lets nobody pay in who is not on it; where the shares go is the depositor's affair.
    fn require_admitted(&self, root: &[u8; 32]) -> Result<()> {
        if *root == [0; 32] {
            return Ok(());
        }
        let member = self.member.as_ref().ok_or(VaultError::NotAdmitted)?.load()?;
        require!(member.admits(&self.vault.key(), self.depositor.key, root), VaultError::NotAdmitted);
        Ok(())
    }

    /// - The vault accepts deposits and nothing is wrong with the base asset's feed.
    /// - The depositor is on the vault's list, where there is one; the share price has not fallen too fast.
    /// - The price is NAV high; shares out are rounded down, after the entry fee, and at least `min_shares`.
    /// - Cash grows by exactly `assets`, and NAV high not above the deposit cap.
    /// - Fees that are due for more than a day are charged before.
    #[access_control(ctx.accounts.validate())]
    pub fn deposit(ctx: Context<'info, Self>, assets: u64, min_shares: u64) -> Result<()> {
        ctx.accounts.deposit_at_least(assets, min_shares)
    }

    pub(super) fn deposit_at_least(&self, assets: u64, min_shares: u64) -> Result<()> {
        self.take_in(|vault, at| {
            let priced = vault.deposit(at, assets)?;
            require_at_least("shares", priced.flow.shares.0, min_shares)?;
            Ok(priced)
        })
    }

    /// What every entry does around `count`, which prices it and counts it.
    pub(super) fn take_in(&self, count: impl FnOnce(&mut Vault, &Moment) -> Result<Priced>) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let moment = Moment { now, nav: self.ledger.load()?.nav(now)? };
        let (Priced { flow, pool, crystallised }, signer) = {
            let mut vault = self.vault.load_mut()?;
            (count(&mut vault, &moment)?, vault.signer())
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
        router::credit(accounts, &signer, flow.assets.0, flow.fee.0)?;
        token::mint_shares(&self.share_mint, &self.recipient, self.vault.as_ref(), &signer, flow.shares.0)?;

        let ctx = Scope { accounts: self };
        if let Some(charged) = crystallised {
            emit_cpi!(FeesCrystallised::new(&self.vault.key(), &clock, &charged));
        }
        emit_cpi!(Deposited {
            vault: self.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            depositor: self.depositor.key(),
            recipient: self.recipient.key(),
            assets: flow.assets.0,
            shares: flow.shares.0,
            nav: pool.assets.0,
            supply: pool.shares.0,
            fee: flow.fee.0,
        });
        Ok(self.vault.load()?.invariant()?)
    }
}

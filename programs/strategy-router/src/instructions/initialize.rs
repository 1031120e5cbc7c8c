use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use gimbal_control::Roles;
use risk_oracle::state::Feed;

use crate::{
    error::RouterError,
    events::LedgerInitialized,
    seeds::{CASH_SEED, LEDGER_SEED},
    state::{Ledger, Limits, LimitsArgs, Totals},
};

/// Who gets which role.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct RolesArgs {
    /// May change everything; not the zero key.
    pub owner: Pubkey,
    /// May move bounds inside the owner's limits; zero for nobody.
    pub curator: Pubkey,
    /// May only reduce risk, at once; zero for nobody.
    pub guardian: Pubkey,
}

/// Accounts of `initialize`.
#[event_cpi]
#[derive(Accounts)]
pub struct Initialize<'info> {
    /// The vault, which proves by its signature that it wants this ledger: nobody can open one in its place.
    pub vault: Signer<'info>,
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The ledger.
    #[account(init, payer = payer, space = Ledger::SPACE, seeds = [LEDGER_SEED, vault.key().as_ref()], bump)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The one cash account, held by the ledger.
    #[account(
        init,
        payer = payer,
        seeds = [CASH_SEED, ledger.key().as_ref()],
        bump,
        token::mint = base_mint,
        token::authority = ledger,
        token::token_program = base_token_program,
    )]
    pub cash: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Mint of the base asset. The vault has refused unsafe extensions.
    #[account(mint::token_program = base_token_program)]
    pub base_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Feed of the base asset.
    pub base_feed: AccountLoader<'info, Feed>,
    /// Token program of the base mint.
    pub base_token_program: Interface<'info, TokenInterface>,
    /// Creates the accounts.
    pub system_program: Program<'info, System>,
}

impl<'info> Initialize<'info> {
    /// - Only the vault itself can open its ledger, and only once.
    /// - The limits are within their hard ranges.
    pub fn handler(ctx: Context<'info, Self>, roles: RolesArgs, limits: LimitsArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let roles = Roles::new(roles.owner, roles.curator, roles.guardian).map_err(RouterError::from)?;
        let limits = Limits::try_from(limits)?;
        // Loading checks that the account is a feed of the oracle.
        accounts.base_feed.load()?;

        let clock = Clock::get()?;
        {
            let mut ledger = accounts.ledger.load_init()?;
            ledger.version = Ledger::VERSION;
            ledger.bump = ctx.bumps.ledger;
            ledger.cash_bump = ctx.bumps.cash;
            ledger.base_decimals = accounts.base_mint.decimals;
            ledger.roles = roles;
            ledger.vault = accounts.vault.key();
            ledger.base_mint = accounts.base_mint.key();
            ledger.base_token_program = accounts.base_token_program.key();
            ledger.cash = accounts.cash.key();
            ledger.base_feed = accounts.base_feed.key();
            ledger.totals = Totals::EMPTY;
            ledger.limits = limits;
            // The risk oracle's books keep zero for a free row.
            ledger.next_line_id = 1;
            ledger.invariant()?;
        }
        emit_cpi!(LedgerInitialized {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            vault: accounts.vault.key(),
            base_mint: accounts.base_mint.key(),
            owner: roles.owner,
        });
        Ok(())
    }
}

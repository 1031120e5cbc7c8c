use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenInterface};
use gimbal_control::{Creator, Roles};
use risk_oracle::state::Feed;

use crate::{
    error::RouterError,
    events::LedgerInitialized,
    seeds::{CASH_SEED, LEDGER_SEED},
    state::{Ledger, Limits, LimitsArgs, Totals},
    venue::guard,
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
    /// CHECK: its address is checked; it is made here.
    #[account(mut, seeds = [LEDGER_SEED, vault.key().as_ref()], bump)]
    pub ledger: UncheckedAccount<'info>,
    /// The one cash account, held by the ledger.
    /// CHECK: its address is checked; it is made here.
    #[account(mut, seeds = [CASH_SEED, ledger.key().as_ref()], bump)]
    pub cash: UncheckedAccount<'info>,
    /// Mint of the base asset, without extensions but those on the list.
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
        guard::require_plain_mint(accounts.base_mint.as_ref().as_ref())?;
        // Loading checks that the account is a feed of the oracle.
        accounts.base_feed.load()?;

        let clock = Clock::get()?;
        let funds = Creator { payer: accounts.payer.as_ref(), system_program: accounts.system_program.as_ref() };
        {
            let (vault, bump) = (accounts.vault.key(), [ctx.bumps.ledger]);
            let mut ledger = funds.state::<Ledger>(&accounts.ledger, &[LEDGER_SEED, vault.as_ref(), &bump])?;
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
        let (ledger, bump) = (accounts.ledger.key(), [ctx.bumps.cash]);
        let seeds: [&[u8]; 3] = [CASH_SEED, ledger.as_ref(), &bump];
        funds.token_account(&accounts.cash, &seeds, accounts.base_mint.as_ref().as_ref(), &ledger)?;
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

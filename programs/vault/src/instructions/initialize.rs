use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use anchor_spl::token_interface::TokenInterface;
use gimbal_control::{Creator, Roles};
use risk_oracle::Feed;
use strategy_router::cpi;
use strategy_router::cpi::accounts::Initialize as InitializeLedger;
use strategy_router::program::StrategyRouter;
use strategy_router::state::{Ledger, LimitsArgs};
use strategy_router::RolesArgs;

use crate::error::VaultError;
use crate::events::{FeesSet, VaultInitialized, VaultLimitsSet};
use crate::seeds::{self, VaultSigner};
use crate::state::{FeesArgs, Vault, VaultLimitsArgs, LAYOUT_VERSION};
use crate::token;

/// What a new vault is made with.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct InitializeArgs {
    /// Number among the creator's vaults; a seed of the address.
    pub index: u16,
    /// May move bounds inside the owner's limits; zero for nobody.
    pub curator: Pubkey,
    /// May only reduce risk, at once; zero for nobody.
    pub guardian: Pubkey,
    /// Smallest deposit while no shares are in issue, base units.
    pub min_first_deposit: u64,
    /// The first limits of the ledger.
    pub limits: LimitsArgs,
    /// The first fees.
    pub fees: FeesArgs,
    /// The vault's own first limits.
    pub terms: VaultLimitsArgs,
}

/// Accounts of `initialize`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: InitializeArgs)]
pub struct Initialize<'info> {
    /// Makes the vault and becomes its owner, and the ledger's; a seed of the address, so that nobody can come first.
    pub creator: Signer<'info>,
    /// Pays the rent of every account made here.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The new vault.
    /// CHECK: made here, at its derived address.
    #[account(mut, seeds = [seeds::VAULT, creator.key().as_ref(), &args.index.to_le_bytes()], bump)]
    pub vault: UncheckedAccount<'info>,
    /// Mint of the base asset.
    /// CHECK: owned by the token program that is passed; parsed here, and its extensions checked.
    #[account(owner = base_token_program.key() @ VaultError::WrongTokenProgram)]
    pub base_mint: UncheckedAccount<'info>,
    /// The new share mint.
    /// CHECK: made here, at its derived address.
    #[account(mut, seeds = [seeds::SHARES, vault.key().as_ref()], bump)]
    pub share_mint: UncheckedAccount<'info>,
    /// The new token account of queued shares.
    /// CHECK: made here, at its derived address.
    #[account(mut, seeds = [seeds::ESCROW, vault.key().as_ref()], bump)]
    pub escrow: UncheckedAccount<'info>,
    /// The new token account of what filled tickets may claim.
    /// CHECK: made here, at its derived address.
    #[account(mut, seeds = [seeds::CLAIMS, vault.key().as_ref()], bump)]
    pub claims: UncheckedAccount<'info>,
    /// The new ledger.
    /// CHECK: made by the router, at its derived address.
    #[account(mut)]
    pub ledger: UncheckedAccount<'info>,
    /// The ledger's new cash account.
    /// CHECK: made by the router, at its derived address.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// The feed whose status will gate deposits.
    pub base_feed: AccountLoader<'info, Feed>,
    /// Token program of the base mint.
    pub base_token_program: Interface<'info, TokenInterface>,
    /// The SPL Token program, which the shares will belong to.
    pub share_token_program: Program<'info, Token>,
    /// The strategy router.
    pub router_program: Program<'info, StrategyRouter>,
    /// The router's event authority.
    /// CHECK: the router checks its address.
    pub router_event_authority: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> Initialize<'info> {
    /// - The creator signs; nobody else can make this vault.
    /// - The base mint has supported extensions only.
    /// - The share mint, both token accounts and the ledger are new, and the vault's alone.
    /// - Fees and limits are within the ranges that hold for every owner.
    pub fn handler(ctx: Context<'info, Self>, args: InitializeArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        args.fees.validate()?;
        args.terms.validate()?;
        let base_decimals = token::base_decimals(&accounts.base_mint)?;
        let signer = VaultSigner::new(accounts.creator.key(), args.index, ctx.bumps.vault);

        let clock = Clock::get()?;
        accounts.make_vault(&args, &ctx.bumps, base_decimals, &signer, clock.unix_timestamp)?;
        accounts.make_tokens(&ctx.bumps, base_decimals)?;
        accounts.make_ledger(&args, &signer)?;

        let (vault, slot, time) = (accounts.vault.key(), clock.slot, clock.unix_timestamp);
        emit_cpi!(VaultInitialized {
            vault,
            slot,
            time,
            creator: accounts.creator.key(),
            index: args.index,
            base_mint: accounts.base_mint.key(),
            share_mint: accounts.share_mint.key(),
            ledger: accounts.ledger.key(),
            base_feed: accounts.base_feed.key(),
            min_first_deposit: args.min_first_deposit,
        });
        emit_cpi!(FeesSet { vault, slot, time, fees: args.fees });
        emit_cpi!(VaultLimitsSet { vault, slot, time, limits: args.terms });
        Ok(())
    }

    fn funds(&self) -> Creator<'_, 'info> {
        Creator { payer: self.payer.as_ref(), system_program: self.system_program.as_ref() }
    }

    #[inline(never)]
    fn make_vault(
        &self,
        args: &InitializeArgs,
        bumps: &InitializeBumps,
        base_decimals: u8,
        signer: &VaultSigner,
        now: i64,
    ) -> Result<()> {
        let roles = Roles::new(self.creator.key(), args.curator, args.guardian).map_err(VaultError::from)?;
        let mut vault = self.funds().state::<Vault>(&self.vault, &signer.seeds())?;
        vault.version = LAYOUT_VERSION;
        vault.bump = bumps.vault;
        vault.share_bump = bumps.share_mint;
        vault.escrow_bump = bumps.escrow;
        vault.claims_bump = bumps.claims;
        vault.base_decimals = base_decimals;
        vault.index = args.index;
        vault.roles = roles;
        vault.creator = self.creator.key();
        vault.base_mint = self.base_mint.key();
        vault.base_token_program = self.base_token_program.key();
        vault.share_mint = self.share_mint.key();
        vault.escrow = self.escrow.key();
        vault.claims = self.claims.key();
        vault.ledger = self.ledger.key();
        vault.base_feed = self.base_feed.key();
        vault.min_first_deposit = args.min_first_deposit;
        vault.fees.set(&args.fees);
        vault.fees.crystallised_at = now;
        vault.limits.set(&args.terms);
        Ok(vault.invariant()?)
    }

    #[inline(never)]
    fn make_tokens(&self, bumps: &InitializeBumps, base_decimals: u8) -> Result<()> {
        let vault = self.vault.key();
        let seed = vault.as_ref();
        let funds = self.funds();
        funds.mint(&self.share_mint, &[seeds::SHARES, seed, &[bumps.share_mint]], &vault, base_decimals)?;
        funds.token_account(&self.escrow, &[seeds::ESCROW, seed, &[bumps.escrow]], &self.share_mint, &vault)?;
        funds.token_account(&self.claims, &[seeds::CLAIMS, seed, &[bumps.claims]], &self.base_mint, &vault)
    }

    #[inline(never)]
    fn make_ledger(&self, args: &InitializeArgs, signer: &VaultSigner) -> Result<()> {
        let accounts = InitializeLedger {
            vault: self.vault.to_account_info(),
            payer: self.payer.to_account_info(),
            ledger: self.ledger.to_account_info(),
            cash: self.cash.to_account_info(),
            base_mint: self.base_mint.to_account_info(),
            base_feed: self.base_feed.to_account_info(),
            base_token_program: self.base_token_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
            event_authority: self.router_event_authority.to_account_info(),
            program: self.router_program.to_account_info(),
        };
        let roles = RolesArgs { owner: self.creator.key(), curator: args.curator, guardian: args.guardian };
        let seeds = [&signer.seeds()[..]];
        let context = CpiContext::new_with_signer(strategy_router::ID, accounts, &seeds);
        cpi::initialize(context, roles, args.limits)?;

        // The router derives the ledger from the vault that signs; read it back all the same.
        let ledger = self.ledger.try_borrow_data()?;
        let vault = bytemuck::try_from_bytes::<Ledger>(ledger.get(8..Ledger::SPACE).unwrap_or_default())
            .map_err(|_| VaultError::WrongLedger)?
            .vault;
        require_keys_eq!(vault, self.vault.key(), VaultError::WrongLedger);
        require_keys_eq!(*self.ledger.owner, strategy_router::ID, VaultError::WrongLedger);
        Ok(())
    }
}

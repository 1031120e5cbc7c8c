use anchor_lang::prelude::*;
use anchor_spl::token_interface::{transfer_checked, Mint, TokenInterface, TransferChecked};

use crate::{
    error::RouterError,
    state::{signer_seeds, Ledger},
    venue::guard,
};

/// Accounts of `pay`.
#[derive(Accounts)]
pub struct Pay<'info> {
    /// The vault that pays its users.
    pub vault: Signer<'info>,
    /// The vault's ledger.
    #[account(
        mut,
        has_one = vault @ RouterError::ForeignAccount,
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

impl<'info> Pay<'info> {
    fn validate(&self, assets: u64) -> Result<()> {
        require!(assets > 0, RouterError::ZeroAmount);
        let ledger = self.ledger.load()?;
        ledger.require_idle()?;
        require!(assets <= ledger.free_cash(), RouterError::InsufficientCash);
        Ok(())
    }

    /// - At most the cash that is nobody's pay leaves.
    /// - Cash falls by exactly `assets`, else nothing happens.
    /// - What was kept of it as a fee is a gain of those who stay, and locked as gains are.
    /// - No feed, no valuation and no pause stands in the way.
    #[access_control(ctx.accounts.validate(assets))]
    pub fn handler(ctx: Context<'info, Self>, assets: u64, kept: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let (vault, bump) = {
            let mut ledger = accounts.ledger.load_mut()?;
            ledger.book_payment(assets)?;
            ledger.gains.lock(kept, Clock::get()?.unix_timestamp)?;
            (ledger.vault, [ledger.bump])
        };
        let payment = Payment {
            ledger: accounts.ledger.to_account_info(),
            source: accounts.cash.to_account_info(),
            destination: accounts.destination.to_account_info(),
            mint: accounts.base_mint.to_account_info(),
            decimals: accounts.base_mint.decimals,
            token_program: accounts.base_token_program.key(),
        };
        payment.send(assets, &vault, &bump)?;
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }
}

/// A transfer out of one of the ledger's own token accounts.
pub(crate) struct Payment<'info> {
    /// The ledger, which signs.
    pub ledger: AccountInfo<'info>,
    /// The ledger's account.
    pub source: AccountInfo<'info>,
    /// Where to.
    pub destination: AccountInfo<'info>,
    /// Mint of both.
    pub mint: AccountInfo<'info>,
    /// Its decimals.
    pub decimals: u8,
    /// Its token program.
    pub token_program: Pubkey,
}

impl<'info> Payment<'info> {
    /// Sends exactly `amount`. The ledger's books must have been written before, and must not be borrowed.
    pub fn send(self, amount: u64, vault: &Pubkey, bump: &[u8; 1]) -> Result<()> {
        let Self { ledger, source, destination, mint, decimals, token_program } = self;
        let ledger_key = ledger.key();
        let before = guard::held_alone(&source, &ledger_key)?.amount;
        let transfer = TransferChecked { from: source.clone(), mint, to: destination, authority: ledger };
        let seeds = signer_seeds(vault, bump);
        let signer = [seeds.as_slice()];
        transfer_checked(CpiContext::new_with_signer(token_program, transfer, &signer), amount, decimals)?;
        let after = guard::held_alone(&source, &ledger_key)?.amount;
        guard::require_fallen(before, after, amount)
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use gimbal_venue_wire::whirlpool::{layout as at, WhirlpoolMut, MAX_SQRT_PRICE, MIN_SQRT_PRICE};

use super::tokens::{pull, PoolSigner};
use crate::{error::SwapError, math};

/// Accounts of `rebase`.
#[derive(Accounts)]
pub struct Rebase<'info> {
    /// The pool's owner, who stands for all outside traders.
    pub owner: Signer<'info>,
    /// The pool.
    /// CHECK: owner program here, layout in the handler.
    #[account(mut, owner = crate::ID @ SwapError::MalformedPool)]
    pub pool: UncheckedAccount<'info>,
    /// The pool's account of A.
    #[account(mut)]
    pub vault_a: Box<Account<'info, TokenAccount>>,
    /// The pool's account of B.
    #[account(mut)]
    pub vault_b: Box<Account<'info, TokenAccount>>,
    /// The owner's account of A.
    #[account(mut)]
    pub owner_a: Box<Account<'info, TokenAccount>>,
    /// The owner's account of B.
    #[account(mut)]
    pub owner_b: Box<Account<'info, TokenAccount>>,
    /// The SPL Token program.
    pub token_program: Program<'info, Token>,
}

impl<'info> Rebase<'info> {
    /// - The signer owns the pool.
    /// - What comes in is rounded up and what goes out down, without a fee.
    pub fn handler(ctx: Context<'info, Self>, sqrt_price: u128) -> Result<()> {
        let accounts = &ctx.accounts;
        require!(sqrt_price > MIN_SQRT_PRICE && sqrt_price < MAX_SQRT_PRICE, SwapError::SqrtPriceOutOfBounds);
        let (liquidity, before, signer) = {
            let mut data = accounts.pool.try_borrow_mut_data()?;
            let mut pool = WhirlpoolMut::parse(&mut data).map_err(|_| SwapError::MalformedPool)?;
            require_keys_eq!(pool.get(at::WHIRLPOOLS_CONFIG), accounts.owner.key(), SwapError::NotPoolOwner);
            require_keys_eq!(pool.get(at::TOKEN_VAULT_A), accounts.vault_a.key(), SwapError::ForeignAccount);
            require_keys_eq!(pool.get(at::TOKEN_VAULT_B), accounts.vault_b.key(), SwapError::ForeignAccount);
            let before = pool.get(at::SQRT_PRICE);
            pool.set(at::SQRT_PRICE, sqrt_price);
            let mints = [pool.get(at::TOKEN_MINT_A), pool.get(at::TOKEN_MINT_B)];
            let signer = PoolSigner { owner: accounts.owner.key(), mints, bump: pool.get(at::BUMP) };
            (pool.get(at::LIQUIDITY), before, signer)
        };
        let token = accounts.token_program.to_account_info();
        let owner = accounts.owner.to_account_info();
        let pool = accounts.pool.to_account_info();
        let [vault_a, vault_b] = [accounts.vault_a.to_account_info(), accounts.vault_b.to_account_info()];
        let [owner_a, owner_b] = [accounts.owner_a.to_account_info(), accounts.owner_b.to_account_info()];
        if sqrt_price > before {
            pull(&token, owner_b, vault_b, owner, math::amount_b_up(liquidity, before, sqrt_price)?)?;
            signer.push(&token, vault_a, owner_a, pool, math::amount_a_down(liquidity, before, sqrt_price)?)?;
        } else if sqrt_price < before {
            pull(&token, owner_a, vault_a, owner, math::amount_a_up(liquidity, sqrt_price, before)?)?;
            signer.push(&token, vault_b, owner_b, pool, math::amount_b_down(liquidity, sqrt_price, before)?)?;
        }
        Ok(())
    }
}

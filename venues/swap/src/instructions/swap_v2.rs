use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use gimbal_math::muldiv::mul_div_down;
use gimbal_venue_wire::whirlpool::{
    layout as at, oracle_address, WhirlpoolMut, WhirlpoolView, MEMO_PROGRAM_ID, PROTOCOL_FEE_RATE_DENOMINATOR,
};

use super::{
    init_tick_array::{TICK_ARRAY_DISCRIMINATOR, TICK_ARRAY_LEN},
    tokens::{pull, PoolSigner},
};
use crate::{
    error::SwapError,
    math::{self, Swap},
};

/// The arguments of `swap_v2`.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// What is given exactly, units.
    pub amount: u64,
    /// The least that is taken for it, units.
    pub other_amount_threshold: u64,
    /// √price at which the swap stops; 0 for none.
    pub sqrt_price_limit: u128,
    /// Must be true here.
    pub amount_specified_is_input: bool,
    /// Whether A is given for B.
    pub a_to_b: bool,
}

/// Accounts of `swap_v2`, in Whirlpools' order.
#[derive(Accounts)]
pub struct SwapV2<'info> {
    /// Token program of A.
    pub token_program_a: Program<'info, Token>,
    /// Token program of B.
    pub token_program_b: Program<'info, Token>,
    /// The memo program.
    /// CHECK: its address.
    #[account(address = MEMO_PROGRAM_ID)]
    pub memo_program: UncheckedAccount<'info>,
    /// Signs for the input.
    pub token_authority: Signer<'info>,
    /// The pool.
    /// CHECK: owner program here, layout in the handler.
    #[account(mut, owner = crate::ID @ SwapError::MalformedPool)]
    pub whirlpool: UncheckedAccount<'info>,
    /// Mint A.
    /// CHECK: compared with the pool's.
    pub token_mint_a: UncheckedAccount<'info>,
    /// Mint B.
    /// CHECK: compared with the pool's.
    pub token_mint_b: UncheckedAccount<'info>,
    /// The trader's account of A; anybody's, as in Whirlpools.
    #[account(mut)]
    pub token_owner_account_a: Box<Account<'info, TokenAccount>>,
    /// The pool's account of A.
    #[account(mut)]
    pub token_vault_a: Box<Account<'info, TokenAccount>>,
    /// The trader's account of B; anybody's, as in Whirlpools.
    #[account(mut)]
    pub token_owner_account_b: Box<Account<'info, TokenAccount>>,
    /// The pool's account of B.
    #[account(mut)]
    pub token_vault_b: Box<Account<'info, TokenAccount>>,
    /// Tick array of the price.
    /// CHECK: no tick is crossed here.
    #[account(mut, owner = crate::ID @ SwapError::ForeignAccount)]
    pub tick_array_0: UncheckedAccount<'info>,
    /// Next tick array.
    /// CHECK: no tick is crossed here.
    #[account(mut, owner = crate::ID @ SwapError::ForeignAccount)]
    pub tick_array_1: UncheckedAccount<'info>,
    /// Tick array after that.
    /// CHECK: no tick is crossed here.
    #[account(mut, owner = crate::ID @ SwapError::ForeignAccount)]
    pub tick_array_2: UncheckedAccount<'info>,
    /// Account of volatility-dependent fees, unused.
    /// CHECK: its address.
    #[account(mut)]
    pub oracle: UncheckedAccount<'info>,
}

impl<'info> SwapV2<'info> {
    fn validate(&self, order: &Order, extra_accounts: bool) -> Result<()> {
        require!(order.amount_specified_is_input, SwapError::ExactOutputNotModelled);
        require!(!extra_accounts, SwapError::RemainingAccountsInvalidSlice);
        let data = self.whirlpool.try_borrow_data()?;
        let pool = WhirlpoolView::parse(&data).map_err(|_| SwapError::MalformedPool)?;
        let pairs = [
            (pool.token_mint_a(), self.token_mint_a.key()),
            (pool.token_mint_b(), self.token_mint_b.key()),
            (pool.token_vault_a(), self.token_vault_a.key()),
            (pool.token_vault_b(), self.token_vault_b.key()),
            (oracle_address(self.whirlpool.key, &crate::ID), self.oracle.key()),
        ];
        for (expected, given) in pairs {
            require_keys_eq!(expected, given, SwapError::ForeignAccount);
        }
        for array in [&self.tick_array_0, &self.tick_array_1, &self.tick_array_2] {
            require_tick_array_of(&array.try_borrow_data()?, self.whirlpool.key)?;
        }
        Ok(())
    }

    /// - Exact input, the pool's own accounts.
    /// - At least `other_amount_threshold` comes out.
    #[access_control(ctx.accounts.validate(order, extra_accounts))]
    pub fn handler(ctx: Context<'info, Self>, order: &Order, extra_accounts: bool) -> Result<()> {
        let accounts = &ctx.accounts;
        let (swap, signer) = {
            let mut data = accounts.whirlpool.try_borrow_mut_data()?;
            let mut pool = WhirlpoolMut::parse(&mut data).map_err(|_| SwapError::MalformedPool)?;
            let swap = math::swap_exact_in(
                pool.get(at::LIQUIDITY),
                pool.get(at::SQRT_PRICE),
                pool.get(at::FEE_RATE),
                order.amount,
                order.sqrt_price_limit,
                order.a_to_b,
            )?;
            require!(swap.amount_out >= order.other_amount_threshold, SwapError::AmountOutBelowMinimum);
            book(&mut pool, &swap, order.a_to_b)?;
            let mints = [pool.get(at::TOKEN_MINT_A), pool.get(at::TOKEN_MINT_B)];
            (swap, PoolSigner { owner: pool.get(at::WHIRLPOOLS_CONFIG), mints, bump: pool.get(at::BUMP) })
        };
        let a = (accounts.token_owner_account_a.to_account_info(), accounts.token_vault_a.to_account_info());
        let b = (accounts.token_owner_account_b.to_account_info(), accounts.token_vault_b.to_account_info());
        let ((source, vault_in), (destination, vault_out)) = if order.a_to_b { (a, b) } else { (b, a) };
        let token = accounts.token_program_a.to_account_info();
        pull(&token, source, vault_in, accounts.token_authority.to_account_info(), swap.amount_in)?;
        signer.push(&token, vault_out, destination, accounts.whirlpool.to_account_info(), swap.amount_out)
    }
}

/// The account is a tick array, and this pool's: its last field names the pool.
fn require_tick_array_of(data: &[u8], pool: &Pubkey) -> Result<()> {
    require!(
        data.len() == TICK_ARRAY_LEN && data.starts_with(&TICK_ARRAY_DISCRIMINATOR) && data.ends_with(pool.as_ref()),
        SwapError::ForeignAccount
    );
    Ok(())
}

/// Price, the protocol's fee, and the liquidity's fee growth.
fn book(pool: &mut WhirlpoolMut, swap: &Swap, a_to_b: bool) -> Result<()> {
    let share = u64::from(pool.get(at::PROTOCOL_FEE_RATE));
    let protocol = mul_div_down(swap.fee, share, u64::from(PROTOCOL_FEE_RATE_DENOMINATOR)).map_err(SwapError::from)?;
    let earned = u128::from(swap.fee.checked_sub(protocol).ok_or(SwapError::AmountCalcOverflow)?);
    let growth =
        gimbal_math::muldiv::mul_div_u128_down(earned, 1 << 64, pool.get(at::LIQUIDITY)).map_err(SwapError::from)?;
    let (owed_at, growth_at) = if a_to_b {
        (at::PROTOCOL_FEE_OWED_A, at::FEE_GROWTH_GLOBAL_A)
    } else {
        (at::PROTOCOL_FEE_OWED_B, at::FEE_GROWTH_GLOBAL_B)
    };
    let owed = pool.get(owed_at).checked_add(protocol).ok_or(SwapError::AmountCalcOverflow)?;
    pool.set(owed_at, owed);
    // Whirlpools lets the growth wrap: positions read differences.
    let grown = pool.get(growth_at).wrapping_add(growth);
    pool.set(growth_at, grown);
    pool.set(at::SQRT_PRICE, swap.sqrt_price);
    Ok(())
}

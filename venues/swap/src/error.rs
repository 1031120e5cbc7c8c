//! What the venue refuses.

use anchor_lang::prelude::*;
use gimbal_math::MathError;

/// Errors. Up to 6899 the numbers are Whirlpools' own for the same refusal; from 6900 on the venue's.
#[error_code]
#[derive(PartialEq, Eq)]
pub enum SwapError {
    /// 6011.
    #[msg("The price lies outside the range of all pools: use a price between its bounds.")]
    SqrtPriceOutOfBounds = 11,
    /// 6012.
    #[msg("The pool has no liquidity: give it some.")]
    LiquidityZero = 12,
    /// 6024.
    #[msg("Mint A must sort before mint B: exchange them.")]
    InvalidTokenMintOrder = 24,
    /// 6028.
    #[msg("The fee rate exceeds its maximum: use a smaller one.")]
    FeeRateMaxExceeded = 28,
    /// 6029.
    #[msg("The protocol's share of the fee exceeds its maximum: use a smaller one.")]
    ProtocolFeeRateMaxExceeded = 29,
    /// 6034.
    #[msg("The price limit lies on the wrong side of the pool's price: correct it, or give 0 for none.")]
    InvalidSqrtPriceLimitDirection = 34,
    /// 6035.
    #[msg("The amount is zero: trade at least one unit.")]
    ZeroTradableAmount = 35,
    /// 6036.
    #[msg("The swap would pay less than demanded: accept less, or wait for a better price.")]
    AmountOutBelowMinimum = 36,
    /// 6039.
    #[msg("An amount leaves its range: trade less.")]
    AmountCalcOverflow = 39,
    /// 6048.
    #[msg("Extra accounts are not taken: leave them out.")]
    RemainingAccountsInvalidSlice = 48,

    /// 6900.
    #[msg("This reference pool takes exact input only: set amount_specified_is_input.")]
    ExactOutputNotModelled = 900,
    /// 6901.
    #[msg("This account does not belong to the pool: pass the pool's own.")]
    ForeignAccount = 901,
    /// 6902.
    #[msg("The signer does not own the pool: sign with the key that opened it.")]
    NotPoolOwner = 902,
    /// 6903.
    #[msg("The account is not a pool.")]
    MalformedPool = 903,
}

impl From<MathError> for SwapError {
    fn from(_: MathError) -> Self {
        Self::AmountCalcOverflow
    }
}

//! Whirlpools' error numbers, as the IDL lists them.

/// The √price limit lies outside all pools' range.
pub const SQRT_PRICE_OUT_OF_BOUNDS: u32 = 6011;
/// The pool has no liquidity.
pub const LIQUIDITY_ZERO: u32 = 6012;
/// Mint A must sort before mint B.
pub const INVALID_TOKEN_MINT_ORDER: u32 = 6024;
/// The fee rate exceeds its maximum.
pub const FEE_RATE_MAX_EXCEEDED: u32 = 6028;
/// The protocol's share exceeds its maximum.
pub const PROTOCOL_FEE_RATE_MAX_EXCEEDED: u32 = 6029;
/// The √price limit lies on the wrong side of the pool's price.
pub const INVALID_SQRT_PRICE_LIMIT_DIRECTION: u32 = 6034;
/// The amount is zero.
pub const ZERO_TRADABLE_AMOUNT: u32 = 6035;
/// The swap would pay less than the trader demands.
pub const AMOUNT_OUT_BELOW_MINIMUM: u32 = 6036;
/// The swap would take more than the trader allows.
pub const AMOUNT_IN_ABOVE_MAXIMUM: u32 = 6037;
/// An amount does not fit its type.
pub const AMOUNT_CALC_OVERFLOW: u32 = 6039;
/// What is left of the amount does not fit its type.
pub const AMOUNT_REMAINING_OVERFLOW: u32 = 6040;
/// The mint has an extension Whirlpools does not take.
pub const UNSUPPORTED_TOKEN_MINT: u32 = 6047;
/// The extra accounts are not those the slices announce.
pub const REMAINING_ACCOUNTS_INVALID_SLICE: u32 = 6048;
/// An exact-output swap without a price limit was filled in part only.
pub const PARTIAL_FILL_ERROR: u32 = 6057;

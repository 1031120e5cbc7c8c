//! klend's error numbers, as the IDL lists them: what a failed call means.

/// The amount is zero.
pub const INVALID_AMOUNT: u32 = 6003;
/// A configuration value is outside its domain.
pub const INVALID_CONFIG: u32 = 6004;
/// The signer may not do this.
pub const INVALID_SIGNER: u32 = 6005;
/// An account is not the one the reserve names.
pub const INVALID_ACCOUNT_INPUT: u32 = 6006;
/// Arithmetic left the range of its type.
pub const MATH_OVERFLOW: u32 = 6007;
/// The reserve has lent out what is asked for.
pub const INSUFFICIENT_LIQUIDITY: u32 = 6008;
/// The reserve was not refreshed in this slot.
pub const RESERVE_STALE: u32 = 6009;
/// Deposits and withdrawals of this interval have used up the cap.
pub const WITHDRAWAL_CAP_REACHED: u32 = 6064;
/// The cap's interval begins after the chain's clock.
pub const LAST_TIMESTAMP_GREATER_THAN_CURRENT: u32 = 6065;
/// The reserve's version is not the program's.
pub const RESERVE_DEPRECATED: u32 = 6073;
/// The instruction may not be called by another program.
pub const CPI_DISABLED: u32 = 6080;
/// The reserve takes no more deposits for good.
pub const RESERVE_OBSOLETE: u32 = 6082;
/// The market lends no more.
pub const BORROWING_DISABLED: u32 = 6088;
/// The reserve has lent as much as it may.
pub const BORROW_LIMIT_EXCEEDED: u32 = 6089;
/// The reserve holds as much as it may.
pub const DEPOSIT_LIMIT_EXCEEDED: u32 = 6090;
/// The vault's balance and the reserve's own figure moved apart.
pub const RESERVE_TOKEN_BALANCE_MISMATCH: u32 = 6095;
/// The vault's balance moved by another amount than the call's.
pub const RESERVE_VAULT_BALANCE_MISMATCH: u32 = 6096;
/// The reserve's own figure moved by another amount than the call's.
pub const RESERVE_ACCOUNTING_MISMATCH: u32 = 6097;
/// The reserve lends no more above this utilisation.
pub const BORROWING_ABOVE_UTILIZATION_RATE_DISABLED: u32 = 6098;
/// cTokens of this reserve can be neither minted nor moved by these calls.
pub const CTOKEN_USAGE_BLOCKED: u32 = 6132;
/// The reserve is halted.
pub const RESERVE_EMERGENCY_MODE: u32 = 6175;
/// The market is halted.
pub const GLOBAL_EMERGENCY_MODE: u32 = 6042;

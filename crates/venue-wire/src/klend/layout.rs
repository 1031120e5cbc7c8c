//! The `Reserve` account, field by field.
//!
//! Offsets count from the start of the account's data, discriminator included. They are the sums of
//! the IDL's field sizes; the tests prove them on a real account and against an independent list.

use super::super::field::{Field, Layout};
use solana_program::pubkey::Pubkey;

/// Marker of klend's `Reserve`: 8,616 bytes behind an 8-byte discriminator.
pub enum Reserve {}

impl Layout for Reserve {
    const LEN: usize = 8_624;
    const DISCRIMINATOR: [u8; 8] = [0x2b, 0xf2, 0xcc, 0xca, 0x1a, 0xf7, 0x3b, 0x7f];
}

/// A field of the reserve.
pub type At<T> = Field<Reserve, T>;

/// Version of the account; klend refuses any but [`PROGRAM_VERSION`].
pub const VERSION: At<u64> = Field::at(8);
/// The version klend requires.
pub const PROGRAM_VERSION: u64 = 1;

/// Slot up to which interest is accrued.
pub const LAST_UPDATE_SLOT: At<u64> = Field::at(16);
/// 1 after any movement since the last refresh, else 0.
pub const LAST_UPDATE_STALE: At<u8> = Field::at(24);
/// One bit for each price check passed at the last refresh; [`PRICE_STATUS_ALL`] is all of them.
pub const LAST_UPDATE_PRICE_STATUS: At<u8> = Field::at(25);
/// All price checks passed.
pub const PRICE_STATUS_ALL: u8 = 0b0011_1111;

/// The market the reserve belongs to.
pub const LENDING_MARKET: At<Pubkey> = Field::at(32);

/// Mint of the asset.
pub const LIQUIDITY_MINT: At<Pubkey> = Field::at(128);
/// Token account that holds the asset.
pub const LIQUIDITY_SUPPLY_VAULT: At<Pubkey> = Field::at(160);
/// Token account of the fees taken.
pub const LIQUIDITY_FEE_VAULT: At<Pubkey> = Field::at(192);
/// The asset in the vault that is not lent, in its smallest unit.
pub const AVAILABLE_AMOUNT: At<u64> = Field::at(224);
/// The asset lent with interest accrued, U68F60 of its smallest unit.
pub const BORROWED_AMOUNT_SF: At<u128> = Field::at(232);
/// Price of one whole token in the market's quote currency, U68F60.
pub const MARKET_PRICE_SF: At<u128> = Field::at(248);
/// Unix time of that price, seconds.
pub const MARKET_PRICE_LAST_UPDATED_TS: At<u64> = Field::at(264);
/// Decimals of the asset's mint.
pub const MINT_DECIMALS: At<u64> = Field::at(272);
/// Unix time at which deposits first exceeded their limit, 0 while they do not.
pub const DEPOSIT_LIMIT_CROSSED_TS: At<u64> = Field::at(280);
/// Unix time at which borrowings first exceeded their limit, 0 while they do not.
pub const BORROW_LIMIT_CROSSED_TS: At<u64> = Field::at(288);
/// Growth of one unit of debt since the reserve began: 256 bits, 60 of them after the point.
pub const CUMULATIVE_BORROW_RATE_BSF: At<[u8; 32]> = Field::at(296);
/// The protocol's interest share not yet taken out, U68F60 units.
pub const ACCUMULATED_PROTOCOL_FEES_SF: At<u128> = Field::at(344);
/// Referrers' share assigned and not yet taken out, U68F60 units.
pub const ACCUMULATED_REFERRER_FEES_SF: At<u128> = Field::at(360);
/// Referrers' share not yet assigned, U68F60 units.
pub const PENDING_REFERRER_FEES_SF: At<u128> = Field::at(376);
/// Share of the interest that goes to referrers, U68F60.
pub const ABSOLUTE_REFERRAL_RATE_SF: At<u128> = Field::at(392);
/// Token program of the asset's mint.
pub const LIQUIDITY_TOKEN_PROGRAM: At<Pubkey> = Field::at(408);
/// Rewards still to be handed to depositors, smallest units; not part of the total supply.
pub const REWARDS_AMOUNT_AVAILABLE: At<u64> = Field::at(440);

/// Mint of the cToken.
pub const COLLATERAL_MINT: At<Pubkey> = Field::at(2_560);
/// cTokens in existence, smallest units.
pub const COLLATERAL_MINT_TOTAL_SUPPLY: At<u64> = Field::at(2_592);
/// Token account of the cTokens pledged in obligations.
pub const COLLATERAL_SUPPLY_VAULT: At<Pubkey> = Field::at(2_600);

/// 0 active, 1 obsolete, 2 hidden.
pub const STATUS: At<u8> = Field::at(4_856);
/// Yearly rate charged on top of the curve for the host, basis points.
pub const HOST_FIXED_INTEREST_RATE_BPS: At<u16> = Field::at(4_858);
/// Non-zero: no cToken may be minted by a plain deposit.
pub const BLOCK_CTOKEN_USAGE: At<u8> = Field::at(4_862);
/// Non-zero: the reserve is halted.
pub const EMERGENCY_MODE: At<u8> = Field::at(4_864);
/// The protocol's share of the curve's interest, percent.
pub const PROTOCOL_TAKE_RATE_PCT: At<u8> = Field::at(4_870);
/// Greatest loan against this reserve's cTokens, percent of their value.
pub const LOAN_TO_VALUE_PCT: At<u8> = Field::at(4_872);
/// Loan to value from which a borrower is liquidated, percent.
pub const LIQUIDATION_THRESHOLD_PCT: At<u8> = Field::at(4_873);
/// Least bonus of a liquidator, basis points.
pub const MIN_LIQUIDATION_BONUS_BPS: At<u16> = Field::at(4_874);
/// Greatest bonus of a liquidator, basis points.
pub const MAX_LIQUIDATION_BONUS_BPS: At<u16> = Field::at(4_876);
/// Bonus of a liquidator of a borrower whose debt exceeds the collateral, basis points.
pub const BAD_DEBT_LIQUIDATION_BONUS_BPS: At<u16> = Field::at(4_878);
/// Fee of a new loan, U68F60 in 64 bits.
pub const ORIGINATION_FEE_SF: At<u64> = Field::at(4_896);

/// The borrow rate curve: [`CURVE_POINTS`] pairs of u32, utilisation then yearly rate, basis points.
pub const BORROW_RATE_CURVE: At<[u8; 88]> = Field::at(4_920);
/// Points of the borrow rate curve.
pub const CURVE_POINTS: usize = 11;

/// Deposits end here: greatest total supply, smallest units.
pub const DEPOSIT_LIMIT: At<u64> = Field::at(5_016);
/// Loans end here: greatest amount lent, smallest units.
pub const BORROW_LIMIT: At<u64> = Field::at(5_024);
/// Name of the asset, ASCII, zero padded.
pub const TOKEN_NAME: At<[u8; 32]> = Field::at(5_032);
/// Seconds after which a price is stale.
pub const MAX_AGE_PRICE_SECONDS: At<u64> = Field::at(5_096);
/// Scope price feed, or the default key.
pub const SCOPE_PRICE_FEED: At<Pubkey> = Field::at(5_112);
/// Switchboard price feed, or the default key.
pub const SWITCHBOARD_PRICE: At<Pubkey> = Field::at(5_160);
/// Switchboard average feed, or the default key.
pub const SWITCHBOARD_TWAP: At<Pubkey> = Field::at(5_192);
/// Pyth price feed, or the default key.
pub const PYTH_PRICE: At<Pubkey> = Field::at(5_224);

/// Net withdrawals of depositors an interval may see, smallest units; negative: none at all.
pub const DEPOSIT_CAP_CAPACITY: At<i64> = Field::at(5_416);
/// Net withdrawals of depositors so far in the interval; negative: net deposits.
pub const DEPOSIT_CAP_CURRENT_TOTAL: At<i64> = Field::at(5_424);
/// Unix time at which the interval began.
pub const DEPOSIT_CAP_INTERVAL_START: At<u64> = Field::at(5_432);
/// Length of the interval, seconds; 0: no cap.
pub const DEPOSIT_CAP_INTERVAL_LENGTH: At<u64> = Field::at(5_440);
/// Net new loans an interval may see, smallest units.
pub const DEBT_CAP_CAPACITY: At<i64> = Field::at(5_448);
/// Net new loans so far in the interval.
pub const DEBT_CAP_CURRENT_TOTAL: At<i64> = Field::at(5_456);
/// Unix time at which the interval began.
pub const DEBT_CAP_INTERVAL_START: At<u64> = Field::at(5_464);
/// Length of the interval, seconds; 0: no cap.
pub const DEBT_CAP_INTERVAL_LENGTH: At<u64> = Field::at(5_472);
/// No loan may raise utilisation above this, percent; 0: no such limit.
pub const UTILIZATION_LIMIT_PCT: At<u8> = Field::at(5_501);
/// Rewards handed to depositors, smallest units a slot.
pub const REWARDS_AMOUNT_PER_SLOT: At<u64> = Field::at(5_792);

/// cTokens waiting in the withdraw queue; the liquidity behind them is not free for others.
pub const QUEUED_COLLATERAL_AMOUNT: At<u64> = Field::at(6_968);

/// Start of the padding at the account's end.
pub const TAIL_PADDING: usize = 6_992;

// The IDL's nested structs are adjacent: each begins where the one before it ends.
const _: () = {
    assert!(LENDING_MARKET.offset() == LAST_UPDATE_SLOT.offset() + 16);
    assert!(LIQUIDITY_MINT.offset() == LENDING_MARKET.end() + 2 * 32);
    // ReserveLiquidity: 320 bytes of fields, 50 u64 and 32 u128 of padding, then 150 u64 outside.
    assert!(REWARDS_AMOUNT_AVAILABLE.end() - LIQUIDITY_MINT.offset() == 320);
    assert!(COLLATERAL_MINT.offset() == REWARDS_AMOUNT_AVAILABLE.end() + 50 * 8 + 32 * 16 + 150 * 8);
    // ReserveCollateral: 72 bytes of fields, 64 u128 of padding, then 150 u64 outside.
    assert!(STATUS.offset() == COLLATERAL_SUPPLY_VAULT.end() + 64 * 16 + 150 * 8);
    assert!(BORROW_RATE_CURVE.end() - BORROW_RATE_CURVE.offset() == CURVE_POINTS * 8);
    assert!(DEBT_CAP_CAPACITY.offset() == DEPOSIT_CAP_INTERVAL_LENGTH.end());
    // 113 u64 of padding, one u64 and 32 u64 of elevation groups.
    assert!(QUEUED_COLLATERAL_AMOUNT.offset() == REWARDS_AMOUNT_PER_SLOT.end() + (113 + 1 + 32) * 8);
    assert!(TAIL_PADDING == QUEUED_COLLATERAL_AMOUNT.end() + 2 * 8);
    assert!(TAIL_PADDING + 204 * 8 == Reserve::LEN);
};

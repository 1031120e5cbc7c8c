//! What the venue refuses.

use anchor_lang::prelude::*;
use gimbal_venue_wire::WireError;

/// Errors. Up to 6899 the numbers are klend's own for the same refusal; from 6900 on the venue's.
#[error_code]
#[derive(PartialEq, Eq)]
pub enum LendingError {
    /// 6001.
    #[msg("The signer does not own this market: sign with the key that opened it.")]
    InvalidMarketOwner = 1,
    /// 6003.
    #[msg("The amount is zero: give an amount of at least one unit.")]
    InvalidAmount = 3,
    /// 6004.
    #[msg("A configuration value is outside its range: check percentages, basis points and caps.")]
    InvalidConfig = 4,
    /// 6006.
    #[msg("The reserve's own vault cannot be the caller's account: pass the caller's own token account.")]
    InvalidAccountInput = 6,
    /// 6007.
    #[msg("The amount leaves the range of the reserve's numbers: use a smaller amount.")]
    MathOverflow = 7,
    /// 6008.
    #[msg("The reserve has lent out what is asked for: redeem less, or wait for borrowers to repay.")]
    InsufficientLiquidity = 8,
    /// 6009.
    #[msg("The reserve was not refreshed in this slot: call refresh_reserve in the same transaction.")]
    ReserveStale = 9,
    /// 6014.
    #[msg("Nothing is owed: there is no debt to repay.")]
    RepayTooSmall = 14,
    /// 6042.
    #[msg("The market is halted: wait until its owner lifts the emergency mode.")]
    GlobalEmergencyMode = 42,
    /// 6049.
    #[msg("The amount does not fit the withdrawal cap's counter: use a smaller amount.")]
    IntegerOverflow = 49,
    /// 6054.
    #[msg("The price account is not the one the reserve names: pass the configured Pyth account.")]
    InvalidPythPriceAccount = 54,
    /// 6060.
    #[msg("The borrow rate curve must rise from 0 % to 100 % utilisation: correct its points.")]
    InvalidBorrowRateCurvePoint = 60,
    /// 6064.
    #[msg("The reserve's cap for this interval is used up: wait for the next interval or take less.")]
    WithdrawalCapReached = 64,
    /// 6065.
    #[msg("The cap's interval begins after the chain's clock: wait until the clock has passed it.")]
    LastTimestampGreaterThanCurrent = 65,
    /// 6073.
    #[msg("The reserve's version is not the program's: use a reserve of this version.")]
    ReserveDeprecated = 73,
    /// 6082.
    #[msg("The reserve is obsolete: it takes no deposits and lends no more.")]
    ReserveObsolete = 82,
    /// 6088.
    #[msg("The market lends no more: wait until its owner opens borrowing.")]
    BorrowingDisabled = 88,
    /// 6089.
    #[msg("The reserve has lent as much as it may: borrow less.")]
    BorrowLimitExceeded = 89,
    /// 6090.
    #[msg("The reserve holds as much as it may: deposit less.")]
    DepositLimitExceeded = 90,
    /// 6095.
    #[msg("The vault's balance and the reserve's books moved apart: the token program did something unexpected.")]
    ReserveTokenBalanceMismatch = 95,
    /// 6096.
    #[msg("The vault's balance moved by another amount than the call's: the token program did something unexpected.")]
    ReserveVaultBalanceMismatch = 96,
    /// 6097.
    #[msg("The reserve's books moved by another amount than the call's: this is a fault of the program.")]
    ReserveAccountingMismatch = 97,
    /// 6098.
    #[msg("The reserve lends no more above its utilisation limit: borrow less.")]
    BorrowingAboveUtilizationRateDisabled = 98,
    /// 6108.
    #[msg("The mint has Token-2022 extensions, which the reserve does not support: use a plain mint.")]
    UnsupportedTokenExtension = 108,
    /// 6131.
    #[msg("A reserve needs a first deposit that nobody can redeem: give the least amount or more.")]
    ReserveHasNotReceivedInitialDeposit = 131,
    /// 6132.
    #[msg("The reserve's cTokens cannot be minted by a plain deposit: use another reserve.")]
    CTokenUsageBlocked = 132,
    /// 6175.
    #[msg("The reserve is halted: wait until its owner lifts the emergency mode.")]
    ReserveEmergencyMode = 175,

    /// 6900.
    #[msg("A reserve has at most three cohorts: define no more.")]
    TooManyCohorts = 900,
    /// 6901.
    #[msg("No such borrower: name a defined cohort, or the owner's loan.")]
    UnknownBorrower = 901,
    /// 6902.
    #[msg("A price is zero: give the price of every defined cohort's collateral and of the loan asset.")]
    ZeroPrice = 902,
    /// 6903.
    #[msg("A cohort with debt cannot be redefined: write its debt off or let it repay first.")]
    CohortHasDebt = 903,
}

impl From<WireError> for LendingError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::InvalidCurve => Self::InvalidBorrowRateCurvePoint,
            WireError::WrongLength
            | WireError::WrongDiscriminator
            | WireError::UnknownTag
            | WireError::UnsupportedExtension => Self::ReserveDeprecated,
            WireError::FeesExceedAssets | WireError::AmountOverflow | WireError::SlotBeforeUpdate => Self::MathOverflow,
        }
    }
}

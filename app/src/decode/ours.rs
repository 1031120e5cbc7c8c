//! Errors of the suite's programs and its reference venues.

use anchor_lang::prelude::Pubkey;
use lending_venue::LendingError;
use risk_oracle::OracleError;
use strategy_router::RouterError;
use swap_venue::SwapError;
use vault::VaultError;

use super::errors::{anchor_errors, Entry};
use crate::chain::program_name;

anchor_errors! {
    /// Name and message of an error of the vault.
    fn vault for VaultError {
        ZeroAssets,
        ZeroShares,
        SlippageExceeded,
        FirstDepositTooSmall,
        InsufficientCash,
        DepositsPaused,
        InstantExitsPaused,
        TicketOutOfOrder,
        TicketNotOpen,
        NothingToClaim,
        NothingToFill,
        UnsupportedMintExtension,
        WrongLedger,
        WrongShareMint,
        WrongBaseMint,
        WrongFeed,
        WrongEscrow,
        WrongClaims,
        WrongTokenProgram,
        WrongVault,
        NotTicketOwner,
        DuplicateTokenAccount,
        FillCountOutOfRange,
        UnknownDirection,
        NotOwner,
        NotCurator,
        NotGuardian,
        NotPendingOwner,
        RoleRenounced,
        PauseCoolingDown,
        ZeroKey,
        AmountOverflow,
        InvariantBroken,
        MalformedTokenAccount,
        FeeOutOfRange,
        FeeRecipientMissing,
        FeeRecipientMismatch,
        NothingToCollect,
        CrystallisedRecently,
        DeadlineOutOfRange,
        MinAgeOutOfRange,
        OutflowOutOfRange,
        SpeedOutOfRange,
        DepositCapExceeded,
        NavFallingFast,
        OutflowLimitReached,
        NotAdmitted,
        GateIsOpen,
        ProofTooLong,
        TicketTooSmall,
        TicketTooYoung,
        RefreshFirst,
        TicketNotOverdue,
        TooEarlyInKind,
        ChangeTooEarly,
        ChangeExpired,
        ChangeVetoed,
        ChangeApplied,
        ChangeStale,
        ChangeMismatch,
        ChangeRequired,
        ChangeTooLong,
        NotVetoable,
        DurableNonce,
        NotInstructionsSysvar,
        ChangeNotOver,
        NotQueueable,
        NotVetoer,
        NotChangePayer,
        UnknownRole,
        InsufficientShares,
    }
}

anchor_errors! {
    /// Name and message of an error of the strategy router.
    fn router for RouterError {
        NotOwner,
        NotCurator,
        NotGuardian,
        NotPendingOwner,
        RoleRenounced,
        PauseCoolingDown,
        ZeroKey,
        DirectionNotUsed,
        NewMoneyPaused,
        MathOverflow,
        DivisionByZero,
        OutOfDomain,
        LedgerBusy,
        StaleNav,
        ZeroAmount,
        InsufficientCash,
        UnexpectedBalanceChange,
        ForeignAuthorityOnTokenAccount,
        SameAccount,
        ForeignAccount,
        FeedMismatch,
        FeedMissing,
        FeedUnusable,
        InvalidLimits,
        UnknownPolicy,
        LedgerFull,
        UnknownAdapter,
        UnknownLine,
        InvalidBounds,
        BoundsBeyondRole,
        UnknownStatus,
        LineFrozen,
        LineCapExceeded,
        LineNotEmpty,
        VenueAccountMismatch,
        VenueIlliquid,
        VenueChanged,
        StaleVenue,
        VenueClosed,
        MalformedVenueAccount,
        InsideBand,
        CoolingDown,
        LossBudgetExceeded,
        RiskLimit,
        VerdictMissing,
        BookNotOpened,
        BookAlreadyOpened,
        SlippageExceeded,
        BeyondQueueNeed,
        NothingToDerisk,
        NothingToCollect,
        KeeperInactive,
        InvariantViolated,
        PoolMismatch,
        MintMismatch,
        InvalidLineParams,
        UnsupportedMint,
        InvalidPart,
        NotNextToWithdraw,
        InvalidWithdrawOrder,
        ChangeTooEarly,
        ChangeExpired,
        ChangeVetoed,
        ChangeApplied,
        ChangeStale,
        ChangeMismatch,
        ChangeRequired,
        ChangeTooLong,
        NotVetoable,
        DurableNonce,
        NotInstructionsSysvar,
        ChangeNotOver,
        NotQueueable,
        NotVetoer,
        NotChangePayer,
        UnknownRole,
    }
}

anchor_errors! {
    /// Name and message of an error of the risk oracle.
    fn oracle for OracleError {
        NotOwner,
        NotCurator,
        NotGuardian,
        NotPendingOwner,
        RoleRenounced,
        ZeroKey,
        OnlyOwnerMayRaise,
        WrongLedger,
        NotFeedOrBook,
        ZeroFeedId,
        SecondFeedSame,
        MaxAgeOutOfRange,
        MaxFutureOutOfRange,
        MaxConfidenceOutOfRange,
        WideConfidenceOutOfRange,
        MaxDivergenceOutOfRange,
        MaxStableGapOutOfRange,
        StableSpeedOutOfRange,
        PegBandOutOfRange,
        WrongPriceOwner,
        MalformedPrice,
        PriceNotFullyVerified,
        FeedIdMismatch,
        PriceNotPositive,
        ExponentOutOfRange,
        PriceOutOfRange,
        PriceFromFuture,
        PriceTooOld,
        PriceOlderThanStored,
        ConfidenceTooWide,
        NoSecondSource,
        FeedEmpty,
        FeedStale,
        FeedConfidenceWide,
        FeedDivergent,
        FeedSecondStale,
        FeedStableGap,
        FeedDepegged,
        ConfidenceExceedsPrice,
        LineTableFull,
        ZeroLineId,
        LineOutOfRange,
        RiskOutOfRange,
        RiskUndefined,
        RiskRepeated,
        LabelInvalid,
        CapBpsOutOfRange,
        MathOverflow,
        InvariantViolated,
        ChangeTooEarly,
        ChangeExpired,
        ChangeVetoed,
        ChangeApplied,
        ChangeStale,
        ChangeMismatch,
        ChangeRequired,
        ChangeTooLong,
        NotVetoable,
        DurableNonce,
        NotInstructionsSysvar,
        ChangeNotOver,
        NotQueueable,
        NotVetoer,
        NotChangePayer,
        UnknownRole,
    }
}

anchor_errors! {
    /// Name and message of an error of the reference lending market, whose numbers are klend's.
    fn lending for LendingError {
        InvalidMarketOwner,
        InvalidAmount,
        InvalidConfig,
        InvalidAccountInput,
        MathOverflow,
        InsufficientLiquidity,
        ReserveStale,
        RepayTooSmall,
        GlobalEmergencyMode,
        IntegerOverflow,
        InvalidPythPriceAccount,
        InvalidBorrowRateCurvePoint,
        WithdrawalCapReached,
        LastTimestampGreaterThanCurrent,
        ReserveDeprecated,
        ReserveObsolete,
        BorrowingDisabled,
        BorrowLimitExceeded,
        DepositLimitExceeded,
        ReserveTokenBalanceMismatch,
        ReserveVaultBalanceMismatch,
        ReserveAccountingMismatch,
        BorrowingAboveUtilizationRateDisabled,
        UnsupportedTokenExtension,
        ReserveHasNotReceivedInitialDeposit,
        CTokenUsageBlocked,
        ReserveEmergencyMode,
        TooManyCohorts,
        UnknownBorrower,
        ZeroPrice,
        CohortHasDebt,
    }
}

anchor_errors! {
    /// Name and message of an error of the reference pool, whose numbers are Whirlpools'.
    fn swap for SwapError {
        SqrtPriceOutOfBounds,
        LiquidityZero,
        InvalidTokenMintOrder,
        FeeRateMaxExceeded,
        ProtocolFeeRateMaxExceeded,
        InvalidSqrtPriceLimitDirection,
        ZeroTradableAmount,
        AmountOutBelowMinimum,
        AmountCalcOverflow,
        RemainingAccountsInvalidSlice,
        ExactOutputNotModelled,
        ForeignAccount,
        NotPoolOwner,
        MalformedPool,
    }
}

/// The name of one of our programs.
pub(super) fn name(program: &Pubkey) -> Option<&'static str> {
    program_name(program)
}

/// Name and message of a code that `program` raises.
///
/// The vault and the router read ledgers and feeds without a call, and then raise the other program's error as their
/// own; no two of the three share a number, so each is asked.
pub(super) fn lookup(program: &Pubkey, code: u32) -> Option<Entry> {
    if *program == lending_venue::ID {
        return lending(code);
    }
    if *program == swap_venue::ID {
        return swap(code);
    }
    vault(code).or_else(|| router(code)).or_else(|| oracle(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_programs_of_the_suite_share_a_number() {
        let tables: [fn(u32) -> Option<Entry>; 3] = [vault, router, oracle];
        for code in 6_000..10_000 {
            let named: Vec<Entry> = tables.iter().filter_map(|table| table(code)).collect();
            assert!(named.len() <= 1, "{code}: {named:?}");
        }
    }
}

//! Errors of the suite's programs and its reference venues.

use anchor_lang::prelude::Pubkey;
use risk_oracle::error::OracleError;
use strategy_router::error::RouterError;
use vault::error::VaultError;

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
    }
}

/// The name of one of our programs.
pub(super) fn name(program: &Pubkey) -> Option<&'static str> {
    program_name(program)
}

/// Name and message of a code that `program` raises.
///
/// The router and the vault read feeds and ledgers without a call, and then raise the other program's error as their
/// own; hence all tables are asked, the program's own first.
pub(super) fn lookup(program: &Pubkey, code: u32) -> Option<Entry> {
    let own: fn(u32) -> Option<Entry> = match program {
        id if *id == vault::ID => vault,
        id if *id == strategy_router::ID => router,
        id if *id == risk_oracle::ID => oracle,
        _ => return None,
    };
    own(code).or_else(|| vault(code)).or_else(|| router(code)).or_else(|| oracle(code))
}

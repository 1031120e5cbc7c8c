use anchor_lang::prelude::*;
use gimbal_control::Refusal;
use gimbal_math::MathError;

/// Everything that this program refuses. The codes begin at 7000, so that a code tells which program of the suite
/// spoke, also when the router or the vault reads a feed without a call. Append only.
#[error_code(offset = 7000)]
#[derive(PartialEq, Eq)]
pub enum OracleError {
    // Authority
    #[msg("Only the owner may do this: sign with the owner's key")]
    NotOwner,
    #[msg("Only the curator or the owner may do this: sign with one of their keys")]
    NotCurator,
    #[msg("Only the guardian, the curator or the owner may do this: sign with one of their keys")]
    NotGuardian,
    #[msg("Only the proposed owner may accept: sign with the key that the owner proposed")]
    NotPendingOwner,
    #[msg("This role was renounced for ever: it cannot be given to anybody")]
    RoleRenounced,
    #[msg("The zero key cannot hold this role: name a key that can sign")]
    ZeroKey,
    #[msg("Guardian and curator may only lower limits: ask the owner to raise or to define one")]
    OnlyOwnerMayRaise,
    #[msg("This book belongs to another ledger: pass the book derived from the signing ledger")]
    WrongLedger,
    #[msg("Roles belong to a feed or a book of this program: pass one of these")]
    NotFeedOrBook,
    // Parameters of a feed
    #[msg("The zero feed id names no asset: pass the Pyth feed id")]
    ZeroFeedId,
    #[msg("The second source must be another feed: pass a different feed id, or zero for none")]
    SecondFeedSame,
    #[msg("max_age must be from 1 to 172800 seconds")]
    MaxAgeOutOfRange,
    #[msg("max_future must be at most 300 seconds")]
    MaxFutureOutOfRange,
    #[msg("max_confidence_bps must be from 1 to 1000")]
    MaxConfidenceOutOfRange,
    #[msg("wide_confidence_bps must be from 1 to max_confidence_bps")]
    WideConfidenceOutOfRange,
    #[msg("max_divergence_bps must be from 1 to 2000")]
    MaxDivergenceOutOfRange,
    #[msg("max_stable_gap_bps must be from 1 to 10000")]
    MaxStableGapOutOfRange,
    #[msg("stable_bps_per_hour must be from 1 to 10000")]
    StableSpeedOutOfRange,
    #[msg("peg_band_bps of a pegged feed must be from 1 to 5000")]
    PegBandOutOfRange,
    // A price update
    #[msg("The price account belongs to no Pyth receiver: pass a PriceUpdateV2 account that a receiver posted")]
    WrongPriceOwner,
    #[msg("The price account is not a PriceUpdateV2: pass one that the Pyth receiver wrote")]
    MalformedPrice,
    #[msg("Too few guardian signatures were checked: post the update with full verification")]
    PriceNotFullyVerified,
    #[msg("The price is of another asset: pass the update of this feed's id")]
    FeedIdMismatch,
    #[msg("The price is zero or negative: wait for the publishers to recover")]
    PriceNotPositive,
    #[msg("The price's exponent is outside -20 to 12: this asset cannot be priced here")]
    ExponentOutOfRange,
    #[msg("The price or its confidence does not fit a u64 of 10^-12 dollars: this asset cannot be priced here")]
    PriceOutOfRange,
    #[msg("The price was published ahead of the clock by more than max_future: wait and try again")]
    PriceFromFuture,
    #[msg("The price is older than max_age: post a fresh update first")]
    PriceTooOld,
    #[msg("The feed holds a newer price already: post a fresh update first")]
    PriceOlderThanStored,
    #[msg("The confidence interval is wider than max_confidence_bps: wait for the publishers to agree")]
    ConfidenceTooWide,
    #[msg("This feed has no second source: leave the second price account out")]
    NoSecondSource,
    // What a feed's status forbids
    #[msg("The feed has no price yet: update it")]
    FeedEmpty,
    #[msg("The feed's price is older than max_age: update it")]
    FeedStale,
    #[msg("The feed's confidence interval is wide: only lowering risk is allowed until it narrows")]
    FeedConfidenceWide,
    #[msg("The feed's two sources disagree: only lowering risk is allowed until they agree")]
    FeedDivergent,
    #[msg("The feed's second source is older than max_age: update the feed with both sources")]
    FeedSecondStale,
    #[msg("The price is far from its slow stable price: only lowering risk is allowed until they meet")]
    FeedStableGap,
    #[msg("The price is outside its peg's band: only lowering risk is allowed until it returns")]
    FeedDepegged,
    #[msg("The confidence interval reaches down to zero: no lower bound exists until it narrows")]
    ConfidenceExceedsPrice,
    // A book
    #[msg("The book's line table holds 16 lines: free one by giving it no risks and caps of zero")]
    LineTableFull,
    #[msg("Line id 0 names no line: ids begin at 1")]
    ZeroLineId,
    #[msg("The ledger has 16 rows: pass a row from 0 to 15")]
    LineOutOfRange,
    #[msg("The risk table has 32 rows: pass an index from 0 to 31")]
    RiskOutOfRange,
    #[msg("The line names a risk that the table does not define: define it with set_risk first")]
    RiskUndefined,
    #[msg("The line names one risk twice: its value would count twice")]
    RiskRepeated,
    #[msg("A risk's label must be 1 to 16 printable ASCII characters, padded with zeros at the end")]
    LabelInvalid,
    #[msg("A cap in basis points of NAV must be at most 10000")]
    CapBpsOutOfRange,
    // Should never be seen
    #[msg("A calculation overflowed: report this with the transaction's signature")]
    MathOverflow,
    #[msg("The account's data contradict themselves: report this with the transaction's signature")]
    InvariantViolated,
    // Changes that wait
    #[msg("The change still waits: wait until its ready_at")]
    ChangeTooEarly,
    #[msg("The change was not applied in time and has expired: propose it again")]
    ChangeExpired,
    #[msg("The change was vetoed: settle the reason with whoever vetoed and propose it again")]
    ChangeVetoed,
    #[msg("The change was applied before: propose a new one to change it again")]
    ChangeApplied,
    #[msg("What the change sets has moved since it was proposed: propose it again from the present values")]
    ChangeStale,
    #[msg("The change is of another account, instruction or arguments: pass the change that was proposed for exactly this, or propose this one")]
    ChangeMismatch,
    #[msg("This raises risk on a live account: queue it with propose_change, wait, then send it with the change and the instructions sysvar")]
    ChangeRequired,
    #[msg("A change holds at most 640 bytes of instruction data: propose a shorter instruction")]
    ChangeTooLong,
    #[msg("The guardian may not veto its own removal: ask the owner to withdraw it")]
    NotVetoable,
    #[msg("A queued change may not be applied in a transaction with a durable nonce: sign with a recent blockhash")]
    DurableNonce,
    #[msg("The instructions sysvar is missing: pass Sysvar1nstructions1111111111111111111111111")]
    NotInstructionsSysvar,
    #[msg("The change can still be applied: close it when it was applied or vetoed or has expired")]
    ChangeNotOver,
    #[msg("This is no instruction that waits, or its arguments do not decode: send it directly, or encode it as the program's interface says")]
    NotQueueable,
    #[msg("Only the guardian or the owner may veto: sign with one of their keys")]
    NotVetoer,
    #[msg("The rent goes back to who paid it: pass the payer that the change names")]
    NotChangePayer,
    #[msg("There is no such role: 0 is the owner, 1 the curator, 2 the guardian")]
    UnknownRole,
}

impl From<Refusal> for OracleError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotOwner => Self::NotOwner,
            Refusal::NotCurator => Self::NotCurator,
            Refusal::NotGuardian => Self::NotGuardian,
            Refusal::NotPendingOwner => Self::NotPendingOwner,
            Refusal::RoleRenounced => Self::RoleRenounced,
            Refusal::ZeroKey => Self::ZeroKey,
            Refusal::ChangeTooEarly => Self::ChangeTooEarly,
            Refusal::ChangeExpired => Self::ChangeExpired,
            Refusal::ChangeVetoed => Self::ChangeVetoed,
            Refusal::ChangeApplied => Self::ChangeApplied,
            Refusal::ChangeStale => Self::ChangeStale,
            Refusal::ChangeMismatch => Self::ChangeMismatch,
            Refusal::ChangeRequired => Self::ChangeRequired,
            Refusal::ChangeTooLong => Self::ChangeTooLong,
            Refusal::NotVetoable => Self::NotVetoable,
            Refusal::DurableNonce => Self::DurableNonce,
            Refusal::NotInstructionsSysvar => Self::NotInstructionsSysvar,
            Refusal::ChangeNotOver => Self::ChangeNotOver,
            Refusal::NotQueueable => Self::NotQueueable,
            Refusal::NotVetoer => Self::NotVetoer,
            Refusal::NotChangePayer => Self::NotChangePayer,
            Refusal::UnknownRole => Self::UnknownRole,
            // This program pauses nothing.
            Refusal::PauseCoolingDown => Self::InvariantViolated,
        }
    }
}

impl From<MathError> for OracleError {
    fn from(_: MathError) -> Self {
        Self::MathOverflow
    }
}

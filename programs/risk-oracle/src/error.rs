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
    #[msg("Roles belong to a feed, a book or a network of this program: pass one of these")]
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
    #[msg("The feed's price is uncertain: wide, or its two sources apart at different times; update both, or wait")]
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

    // Volatility models.
    #[msg("ewma_bps must be from 8000 to 9900")]
    EwmaOutOfRange,
    #[msg("garch_bps must have alpha from 100 to 5000, and alpha and beta together from 5000 to 9990")]
    GarchOutOfRange,
    #[msg("har_bps must together be from 8000 to 15000")]
    HarOutOfRange,
    #[msg("range_bps must have alpha from 100 to 5000, and alpha and beta together from 5000 to 9990")]
    RangeModelOutOfRange,
    #[msg("prior_bps must together be 10000")]
    PriorWeightsOutOfRange,
    #[msg("long_run_bars must be from 30 to 2000")]
    LongRunOutOfRange,
    #[msg("clamp_tenths must be from 30 to 100")]
    ClampOutOfRange,
    #[msg("learning_bps must be at most 5000")]
    LearningOutOfRange,
    #[msg("discount_bps must be from 9000 to 9999")]
    DiscountOutOfRange,
    #[msg("tail_level_bps must be from 10 to 500")]
    TailLevelOutOfRange,
    #[msg("tail_prior_milli must be from 1000 to 10000, and tail_prior_weight from 50 to 5000")]
    TailPriorOutOfRange,
    #[msg("thin_samples must be from 2 to 24")]
    ThinBarOutOfRange,

    // Book.
    #[msg("A book knows eight assets: pass a row from 0 to 7")]
    AssetOutOfRange,
    #[msg("The book has no such asset: name its feed with set_asset first")]
    AssetUndefined,
    #[msg("Another row has this feed already: an asset would count twice")]
    AssetRepeated,
    #[msg("A line is moved by this asset: give the line another with set_line_model first")]
    AssetInUse,
    #[msg("Pass the feeds of the book's assets in the order of their rows, each once and no other")]
    AssetFeedMismatch,
    #[msg("The book does not know this line: register it with set_line_risk first")]
    LineUnknown,
    #[msg("A book holds eight scenarios: pass rows from 0 to 7, at least one of them")]
    ScenarioOutOfRange,
    #[msg("A shock must be from -10000 to 100000 basis points, and a defined scenario must have used = 1")]
    ShockOutOfRange,
    #[msg("max_leverage_bps must be at least 10000")]
    MaxLeverageOutOfRange,
    #[msg("max_sample_age must be at least 60 seconds")]
    SampleAgeOutOfRange,
    #[msg("venue_confirm_seconds must be at most 86400")]
    VenueConfirmOutOfRange,
    #[msg("decay_bps must be from 9000 to 10000")]
    DecayOutOfRange,
    #[msg("max_exit_days must be at least 1, and exit_share_bps from 1 to 10000")]
    ExitTermsOutOfRange,
    #[msg("horizon_days must be from 1 to 30")]
    HorizonOutOfRange,
    #[msg("calm_days must be from 1 to 365")]
    CalmDaysOutOfRange,
    #[msg("loosen_bps_per_day must be from 1 to 2500")]
    LoosenRateOutOfRange,
    #[msg("margin_floor_bps must be from 1 to 10000, and impact_bps at most 10000")]
    MarginTermsOutOfRange,
    #[msg("scales_bps must be 10000 for calm and must not rise from one regime to the next")]
    ScalesOutOfRange,
    #[msg("A signal's thresholds must not be zero and must not fall from one regime to the next")]
    ThresholdsOutOfRange,

    // Contagion.
    #[msg("Guardian and curator may only tighten: ask the owner to loosen or to define")]
    OnlyOwnerMayLoosen,
    #[msg("Only a poster of this network may post: sign with a poster's key, or ask the owner to name yours")]
    NotPoster,
    #[msg("A network has four posters: pass a place from 0 to 3")]
    PosterOutOfRange,
    #[msg("The key has another poster's place already: empty that one first")]
    PosterRepeated,
    #[msg("A network holds 16 protocols, defined in order: pass the row of a defined one, or the next up to 15")]
    ProtocolOutOfRange,
    #[msg("The network has no such protocol: define it with set_protocol first")]
    ProtocolUndefined,
    #[msg("A score is from 0 (least risk) to 100 (most), or 255 for unknown")]
    ScoreOutOfRange,
    #[msg("A loss must be at most 10000 basis points")]
    LossOutOfRange,
    #[msg("A protocol has no edge to itself: pass two different rows")]
    EdgeToSelf,
    #[msg("The edge is larger than the owner's cap: ask the owner, the curator or the guardian to raise the cap")]
    EdgeAboveCap,
    #[msg("The observation is ahead of the clock: use the chain's time")]
    PostFromFuture,
    #[msg("The network holds this observation or a newer one: observe anew")]
    PostOlderThanStored,
    #[msg("The observation is older than max_edge_age: observe anew")]
    PostTooOld,
    #[msg("The edge was posted less than min_post_interval ago: wait before lowering it, raising is always possible")]
    PostTooSoon,
    #[msg("A post loosens no faster than the network allows: post a higher value, or wait")]
    RatchetOnly,
    #[msg("max_edge_age must be from 3600 to 1209600 seconds")]
    EdgeAgeOutOfRange,
    #[msg("min_post_interval must be from 1 to 86400 seconds")]
    PostIntervalOutOfRange,
    #[msg("max_solution_age must be from 3600 to 604800 seconds")]
    SolutionAgeOutOfRange,
    #[msg("edge_fall_bps must be from 1 to 2500")]
    EdgeFallOutOfRange,
    #[msg("loss_fall_bps must be from 1 to 1000")]
    LossFallOutOfRange,
    #[msg("The network is still being set up: its owner signs the first solve_contagion")]
    NetworkNotOpened,
    #[msg("The network has moved since it was solved, or that is too long ago: send solve_contagion first")]
    NetworkUnsolved,
    #[msg("This is not the network meant: pass the one that the book follows, or that is to be followed")]
    WrongNetwork,
    #[msg("The book follows no network: its owner pins one with set_network")]
    NoNetwork,
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

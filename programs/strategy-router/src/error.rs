//! Everything the router refuses, and what to do about it. Append only: numbers are part of the interface.

use anchor_lang::prelude::*;
use gimbal_control::Refusal;
use gimbal_math::MathError;
use gimbal_venue_wire::WireError;

/// The router's errors. The codes begin at 8000, so that a code tells which program of the suite spoke, also when the
/// vault reads a ledger without a call.
#[error_code(offset = 8000)]
#[derive(PartialEq, Eq)]
pub enum RouterError {
    /// The signer is not the owner.
    #[msg("Only the ledger's owner may do this: sign with the owner's key.")]
    NotOwner,
    /// The signer is neither curator nor owner.
    #[msg("Only the ledger's curator or owner may do this: sign with one of their keys.")]
    NotCurator,
    /// The signer is neither guardian, curator nor owner.
    #[msg("Only the ledger's guardian, curator or owner may do this: sign with one of their keys.")]
    NotGuardian,
    /// The signer was not proposed as owner.
    #[msg("Only the proposed owner may accept: have the owner propose this key first.")]
    NotPendingOwner,
    /// The role was given up for ever.
    #[msg("This role was renounced for ever and cannot be given again.")]
    RoleRenounced,
    /// Exits were paused too recently.
    #[msg("This direction was paused recently: wait until its cooldown has passed.")]
    PauseCoolingDown,
    /// The zero key cannot act.
    #[msg("The zero key cannot hold this role: name a key that can sign.")]
    ZeroKey,
    /// The router knows only one of the pause directions.
    #[msg("The router pauses new money only: pause deposits and exits on the vault.")]
    DirectionNotUsed,
    /// New money stands still.
    #[msg("New money into lines is paused: wait until the pause is lifted.")]
    NewMoneyPaused,
    /// A calculation left the range of its type.
    #[msg("A calculation left the range of its type: use smaller amounts.")]
    MathOverflow,
    /// A divisor was zero.
    #[msg("A divisor was zero: check that the feeds have a price and the venue is not empty.")]
    DivisionByZero,
    /// An argument is outside a function's domain.
    #[msg("A number is outside the range on which the calculation is defined: check decimals, prices and times.")]
    OutOfDomain,
    /// A venue call is in progress.
    #[msg("The ledger is in the middle of a venue call: read it again after this instruction has ended.")]
    LedgerBusy,
    /// A valuation is too old to price with.
    #[msg("A line's valuation is older than the limits allow: call refresh for every line in use first.")]
    StaleNav,
    /// An amount of zero moves nothing.
    #[msg("The amount is zero: name an amount above zero.")]
    ZeroAmount,
    /// The router holds less cash than asked for.
    #[msg("Cash is short of this amount: recall from a line first, or ask for less.")]
    InsufficientCash,
    /// A token balance moved otherwise than it had to.
    #[msg("A token balance moved by another amount than expected: check the mint's extensions and the venue.")]
    UnexpectedBalanceChange,
    /// A token account of the router is not solely the router's any more.
    #[msg("A token account of the ledger has another owner, a delegate or a close authority: nothing may be moved through it.")]
    ForeignAuthorityOnTokenAccount,
    /// Money was to be sent to where it came from.
    #[msg("Source and destination are the same account: name another destination.")]
    SameAccount,
    /// The account belongs to another ledger or vault.
    #[msg("This account belongs to another ledger: supply the accounts of one ledger together.")]
    ForeignAccount,
    /// The feed account is not the pinned one.
    #[msg("This is not the feed that was pinned: supply the ledger's and the line's own feeds.")]
    FeedMismatch,
    /// A swapped line was called without its feeds.
    #[msg("A swapped line needs its token feed and the base feed: supply both.")]
    FeedMissing,
    /// A feed is stale or empty and prices nothing.
    #[msg("A feed has no usable price: update it first.")]
    FeedUnusable,
    /// Limits outside their hard ranges.
    #[msg("A limit is outside its hard range: see the ranges documented at Limits.")]
    InvalidLimits,
    /// No such policy.
    #[msg("There is no such policy: 0 keeps fixed targets in bands, 1 fills lending lines by marginal rate, 2 weighs by inverse variance.")]
    UnknownPolicy,
    /// All rows of the ledger are taken.
    #[msg("All sixteen rows of the ledger are taken: remove an empty line first.")]
    LedgerFull,
    /// No such adapter.
    #[msg("There is no such adapter: 1 is lending.")]
    UnknownAdapter,
    /// No such line.
    #[msg("The ledger has no line with this id: read the ledger for the lines it has.")]
    UnknownLine,
    /// Bounds that contradict each other.
    #[msg("The bounds contradict each other: keep min <= target <= max <= 10,000 and the sums of all lines within 10,000.")]
    InvalidBounds,
    /// A change of bounds beyond the signer's power.
    #[msg("Only the owner may raise a cap or change a line's valuation parameters; the guardian may only lower.")]
    BoundsBeyondRole,
    /// Status outside 1 to 3.
    #[msg("There is no such status: 1 is active, 2 frozen, 3 winding down.")]
    UnknownStatus,
    /// The line takes no new money.
    #[msg("The line is frozen or winding down and takes no new money: the owner may set it active again.")]
    LineFrozen,
    /// The line is at its cap or its maximum weight.
    #[msg("The line is at its cap or maximum weight: raise the bound or choose another line.")]
    LineCapExceeded,
    /// The line still holds something.
    #[msg("The line still holds a position: recall all of it first.")]
    LineNotEmpty,
    /// The accounts supplied are not the pinned list.
    #[msg("A venue account is missing, repeated or out of order: supply the line's pinned list exactly.")]
    VenueAccountMismatch,
    /// The venue holds too little to pay now.
    #[msg("The venue has nothing available to pay out: try again when borrowers have repaid.")]
    VenueIlliquid,
    /// The venue's code or its upgrade authority is another than approved.
    #[msg("The venue's program was changed since it was approved: the owner must review it and call approve_venue.")]
    VenueChanged,
    /// The venue's state is too old to value.
    #[msg("The venue's own state is too old: call the venue's refresh instruction first.")]
    StaleVenue,
    /// The venue does not take money now.
    #[msg("The venue takes no deposits now: choose another line.")]
    VenueClosed,
    /// A venue account does not parse.
    #[msg("A venue account does not have the layout of its type: check the account and the venue's version.")]
    MalformedVenueAccount,
    /// Nothing to do: the line is where the policy wants it.
    #[msg("The line is inside its band: there is nothing to rebalance.")]
    InsideBand,
    /// The line was moved too recently.
    #[msg("The line was moved too recently: wait for its cooldown.")]
    CoolingDown,
    /// The keeper's or the ledger's loss budget is used up.
    #[msg("This move would lose more than the epoch's loss budget leaves: wait for the next epoch.")]
    LossBudgetExceeded,
    /// The risk oracle refuses the move.
    #[msg("The risk oracle's limits leave no room for this move: read the verdict's flags in the book.")]
    RiskLimit,
    /// The oracle's answer is missing or malformed.
    #[msg("The risk oracle's answer is missing: check that the program supplied is the risk oracle.")]
    VerdictMissing,
    /// No book was opened.
    #[msg("The ledger has no risk book: the owner must call open_book before money is deployed.")]
    BookNotOpened,
    /// A book was opened before.
    #[msg("The ledger has its risk book already.")]
    BookAlreadyOpened,
    /// The venue gave less than it had to.
    #[msg("The venue gave less than the bound from prices and slippage: try again when the market has settled.")]
    SlippageExceeded,
    /// The recall is larger than the queue's need.
    #[msg("Without a role you may recall only what the ticket queue lacks in cash: ask for less.")]
    BeyondQueueNeed,
    /// Nothing justifies a derisk.
    #[msg("Nothing calls for reducing this line: it is active, within its bounds, and its feeds and venue are sound.")]
    NothingToDerisk,
    /// Nothing to adopt or to collect.
    #[msg("There is nothing to adopt or to collect.")]
    NothingToCollect,
    /// The keeper is switched off.
    #[msg("This keeper is not active: ask the owner to activate it.")]
    KeeperInactive,
    /// The identities of the ledger do not hold.
    #[msg("The ledger's identities do not hold: stop and report this as a defect.")]
    InvariantViolated,
    /// The pool does not trade the line's tokens.
    #[msg("The pool does not trade the base asset against the line's token: choose the right pool.")]
    PoolMismatch,
    /// The token account of a line has the wrong mint or program.
    #[msg("A mint or token program is not the one the venue names: supply the venue's own.")]
    MintMismatch,
    /// Parameters of a line outside their hard ranges.
    #[msg("A parameter of the line is outside its hard range: see the ranges documented at LineParams.")]
    InvalidLineParams,
    /// A Token-2022 mint with an extension that is not on the list.
    #[msg("The mint has an extension that can change amounts or hands: choose a token with none but metadata.")]
    UnsupportedMint,
    /// A part is zero or more than the whole.
    #[msg("The part is zero or more than the whole: name a part above zero, at most the whole.")]
    InvalidPart,
    /// Exits draw on another line first.
    #[msg(
        "Exits draw on another line first: recall from the first same-asset line of the withdraw order that has money."
    )]
    NotNextToWithdraw,
    /// A withdraw order names a line twice or too many lines.
    #[msg("The withdraw order names a line twice, or more lines than the ledger has: name each line once at most.")]
    InvalidWithdrawOrder,
    /// A queued change still waits.
    #[msg("The change still waits: wait until its ready_at.")]
    ChangeTooEarly,
    /// A queued change was not applied within its window.
    #[msg("The change was not applied in time and has expired: propose it again.")]
    ChangeExpired,
    /// A queued change was vetoed.
    #[msg("The change was vetoed: settle the reason with whoever vetoed and propose it again.")]
    ChangeVetoed,
    /// A queued change was applied before.
    #[msg("The change was applied before: propose a new one to change it again.")]
    ChangeApplied,
    /// What a queued change sets has moved since it was proposed.
    #[msg("What the change sets has moved since it was proposed: propose it again from the present values.")]
    ChangeStale,
    /// A queued change is of something else.
    #[msg("The change is of another account, instruction or arguments: pass the change that was proposed for exactly this, or propose this one.")]
    ChangeMismatch,
    /// The instruction needs a change that has waited.
    #[msg("This raises risk on a live account: queue it with propose_change, wait, then send it with the change and the instructions sysvar.")]
    ChangeRequired,
    /// More instruction data than a change holds.
    #[msg("A change holds at most 640 bytes of instruction data: propose a shorter instruction.")]
    ChangeTooLong,
    /// The guardian may not veto its own removal.
    #[msg("The guardian may not veto its own removal: ask the owner to withdraw it.")]
    NotVetoable,
    /// The transaction begins with a durable nonce.
    #[msg("A queued change may not be applied in a transaction with a durable nonce: sign with a recent blockhash.")]
    DurableNonce,
    /// The account is not the instructions sysvar.
    #[msg("The instructions sysvar is missing: pass Sysvar1nstructions1111111111111111111111111.")]
    NotInstructionsSysvar,
    /// A queued change can still be applied.
    #[msg("The change can still be applied: close it when it was applied or vetoed or has expired.")]
    ChangeNotOver,
    /// The data are not those of an instruction that waits.
    #[msg("This is no instruction that waits, or its arguments do not decode: send it directly, or encode it as the program's interface says.")]
    NotQueueable,
    /// The signer is neither the guardian nor the owner.
    #[msg("Only the guardian or the owner may veto: sign with one of their keys.")]
    NotVetoer,
    /// The account did not pay for the change.
    #[msg("The rent goes back to who paid it: pass the payer that the change names.")]
    NotChangePayer,
    /// No role has this number.
    #[msg("There is no such role: 0 is the owner, 1 the curator, 2 the guardian.")]
    UnknownRole,
    /// A report before the first deposit.
    #[msg("No money has come in yet, so there is nothing to report: report after the first deposit.")]
    NothingToReport,
}

impl From<Refusal> for RouterError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotOwner => Self::NotOwner,
            Refusal::NotCurator => Self::NotCurator,
            Refusal::NotGuardian => Self::NotGuardian,
            Refusal::NotPendingOwner => Self::NotPendingOwner,
            Refusal::RoleRenounced => Self::RoleRenounced,
            Refusal::PauseCoolingDown => Self::PauseCoolingDown,
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
        }
    }
}

impl From<MathError> for RouterError {
    fn from(error: MathError) -> Self {
        match error {
            MathError::Overflow => Self::MathOverflow,
            MathError::DivisionByZero => Self::DivisionByZero,
            MathError::Domain => Self::OutOfDomain,
        }
    }
}

impl From<WireError> for RouterError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::AmountOverflow => Self::MathOverflow,
            _ => Self::MalformedVenueAccount,
        }
    }
}

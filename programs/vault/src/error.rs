//! What the vault refuses, and what a person can do about it. Append only: the numbers are part of the interface.

use anchor_lang::prelude::*;
use gimbal_control::Refusal;
use gimbal_math::MathError;

/// Errors of the vault.
#[error_code]
#[derive(PartialEq, Eq)]
pub enum VaultError {
    /// The amount of base asset is zero, or the shares are worth less than one unit of it.
    #[msg("The amount comes to zero base units; use a larger amount")]
    ZeroAssets,
    /// The amount of shares is zero, or the deposit buys less than one unit of them.
    #[msg("The amount comes to zero shares; use a larger amount")]
    ZeroShares,
    /// The result is worse than the caller's bound; the log names both.
    #[msg("The result is beyond your bound: the log names both; ask for a new preview or widen the bound")]
    SlippageExceeded,
    /// The first deposit into an empty vault is below its minimum.
    #[msg("The first deposit into an empty vault must be larger; see the vault's min_first_deposit")]
    FirstDepositTooSmall,
    /// Cash that is not owed to the queue does not cover an instant exit.
    #[msg("The vault has too little free cash for an instant exit; queue it with request_redeem, or take less")]
    InsufficientCash,
    /// Deposits and mints are paused.
    #[msg("Deposits are paused; exits are open. Try again when the guardian has lifted the pause")]
    DepositsPaused,
    /// Instant exits are paused.
    #[msg("Instant exits are paused for at most three days; request_redeem stays open")]
    InstantExitsPaused,
    /// A ticket account is not the next in the queue.
    #[msg("Pass the ticket accounts in sequence from the vault's ticket_head; somebody may have filled some: read it again")]
    TicketOutOfOrder,
    /// The ticket has no shares left in the queue.
    #[msg("This ticket has no shares left in the queue; claim what it was paid")]
    TicketNotOpen,
    /// The ticket was paid nothing yet.
    #[msg("This ticket has nothing to claim yet; it is paid in its turn by fill_tickets")]
    NothingToClaim,
    /// No ticket can be filled now.
    #[msg("No ticket can be filled: the queue is empty or there is no cash; recall some from a line first")]
    NothingToFill,
    /// The base mint carries an extension that the vault cannot account for.
    #[msg("This mint has a Token-2022 extension that can change balances or block transfers; only metadata and group extensions are supported")]
    UnsupportedMintExtension,
    /// The ledger is not the one that serves this vault.
    #[msg("This ledger does not serve this vault; pass the vault's own ledger")]
    WrongLedger,
    /// The share mint is not this vault's.
    #[msg("This share mint belongs to another vault; pass the vault's own share mint")]
    WrongShareMint,
    /// The base mint is not this vault's.
    #[msg("This mint is not the vault's base asset; pass the vault's base_mint")]
    WrongBaseMint,
    /// The feed is not the one that this vault pinned.
    #[msg("This feed is not the one the vault pinned; pass the vault's base_feed")]
    WrongFeed,
    /// The escrow is not this vault's.
    #[msg("This is not the vault's escrow; pass the vault's own escrow account")]
    WrongEscrow,
    /// The claims account is not this vault's.
    #[msg("This is not the vault's claims account; pass the vault's own claims account")]
    WrongClaims,
    /// The token program is not the one that owns the base mint.
    #[msg("This token program does not own the vault's base mint; pass the vault's base_token_program")]
    WrongTokenProgram,
    /// The ticket belongs to another vault.
    #[msg("This ticket belongs to another vault; pass a ticket of this vault")]
    WrongVault,
    /// The signer does not own the ticket.
    #[msg("Only the ticket's owner may do this; sign with the key that requested it")]
    NotTicketOwner,
    /// A token account of the vault or ledger where one of the caller's is needed.
    #[msg("The same token account cannot be source and destination, nor be one of the vault's own; pass one of yours")]
    DuplicateTokenAccount,
    /// More tickets than one instruction may fill.
    #[msg("Fill between 1 and 8 tickets in one instruction")]
    FillCountOutOfRange,
    /// The vault has no such pause.
    #[msg("The vault pauses deposits and instant exits only; pause new money on the router's ledger")]
    UnknownDirection,
    /// The signer is not the owner.
    #[msg("Only the owner may do this; sign with the vault's owner")]
    NotOwner,
    /// The signer is neither the curator nor the owner.
    #[msg("Only the curator or the owner may do this; sign with one of them")]
    NotCurator,
    /// The signer is neither the guardian, the curator nor the owner.
    #[msg("Only the guardian, the curator or the owner may do this; sign with one of them")]
    NotGuardian,
    /// The signer is not the proposed owner.
    #[msg("Only the proposed owner may accept; ask the owner to propose your key")]
    NotPendingOwner,
    /// The role was given up for ever.
    #[msg("This role was renounced for ever and cannot be given again")]
    RoleRenounced,
    /// Instant exits were paused too recently.
    #[msg("Instant exits were paused recently; wait until three days after the last pause has ended")]
    PauseCoolingDown,
    /// The zero key where somebody must be able to act.
    #[msg("The zero key cannot hold this role; name a key that can sign")]
    ZeroKey,
    /// A calculation left its range.
    #[msg("The amounts are too large to be priced; use a smaller amount")]
    AmountOverflow,
    /// The vault's own counts disagree; nothing was changed.
    #[msg("The vault's counts would disagree after this instruction, so it was undone; please report it")]
    InvariantBroken,
    /// A token account of the vault is malformed.
    #[msg("This account is not a token account of the expected size; pass the account the vault names")]
    MalformedTokenAccount,
    /// A fee above the caps in code.
    #[msg("Fees are at most 500 bps a year for management, 3,000 bps of gains, and 100 bps on entry and on exit")]
    FeeOutOfRange,
    /// A fee accrues and nobody would receive it, or nobody can be paid.
    #[msg("Management and performance fees need a recipient; name the wallet that owns the share account to be paid")]
    FeeRecipientMissing,
    /// The share account belongs to somebody else than the fee recipient.
    #[msg(
        "This share account is not the fee recipient's; pass a share account of this vault that fees.recipient owns"
    )]
    FeeRecipientMismatch,
    /// No fee shares wait to be minted.
    #[msg("No fee shares wait to be collected; crystallise first, at most once a day")]
    NothingToCollect,
    /// Less than a day since fees were crystallised.
    #[msg("Fees are crystallised at most once a day; try again a day after the vault's fees.crystallised_at")]
    CrystallisedRecently,
    /// A ticket deadline outside its range.
    #[msg("A ticket's deadline is between one hour and 14 days")]
    DeadlineOutOfRange,
    /// A least age of tickets outside its range.
    #[msg("A ticket's least age is at most one day, and less than its deadline")]
    MinAgeOutOfRange,
    /// A limit of instant exits outside its range.
    #[msg("The limit of instant exits is zero for none, or between 500 and 10,000 bps of all shares a day")]
    OutflowOutOfRange,
    /// A limit of the share price's speed outside its range.
    #[msg("A limit of the share price's speed is zero for none, or between 50 and 10,000 bps a day")]
    SpeedOutOfRange,
    /// The entry would lift NAV over the deposit cap.
    #[msg("This would lift the vault over its deposit cap; pay in less, or wait for others to leave")]
    DepositCapExceeded,
    /// The share price has fallen faster than its limit.
    #[msg("The share price has fallen faster than the vault's limit, so entries wait a day; exits are open")]
    NavFallingFast,
    /// Instant exits have used up what may leave within a day.
    #[msg("Instant exits have reached the vault's daily limit; queue with request_redeem, or take less")]
    OutflowLimitReached,
    /// The vault has a list of who may pay in, and the depositor was not found on it.
    #[msg("This vault admits only wallets on its list; call admit with the proof for your wallet, then pass its member account")]
    NotAdmitted,
    /// Somebody asks to be admitted where everybody is.
    #[msg("This vault is open to everybody; pay in without a member account")]
    GateIsOpen,
    /// A proof longer than any list needs.
    #[msg("A proof has at most 32 hashes; make it anew from the vault's list")]
    ProofTooLong,
    /// A ticket below the least size that leaves shares with its holder.
    #[msg("The ticket is smaller than the vault's min_ticket; queue more, or all that the share account holds")]
    TicketTooSmall,
    /// The next ticket was requested too recently.
    #[msg("The next ticket is younger than the vault's ticket_min_age; fill it when it is old enough")]
    TicketTooYoung,
    /// The next ticket's bound would hold at the last known values and fails only because they are old.
    #[msg("The next ticket's bound fails only because valuations are old; refresh the lines, then fill")]
    RefreshFirst,
    /// The ticket's deadline has not passed.
    #[msg("This ticket is not overdue yet; see its overdue_at")]
    TicketNotOverdue,
    /// The ticket's second deadline has not passed.
    #[msg("This ticket cannot be redeemed in kind yet; see its in_kind_at")]
    TooEarlyInKind,
    /// A queued change still waits.
    #[msg("The change still waits; wait until its ready_at")]
    ChangeTooEarly,
    /// A queued change was not applied within its window.
    #[msg("The change was not applied in time and has expired; propose it again")]
    ChangeExpired,
    /// A queued change was vetoed.
    #[msg("The change was vetoed; settle the reason with whoever vetoed and propose it again")]
    ChangeVetoed,
    /// A queued change was applied before.
    #[msg("The change was applied before; propose a new one to change it again")]
    ChangeApplied,
    /// What a queued change sets has moved since it was proposed.
    #[msg("What the change sets has moved since it was proposed; propose it again from the present values")]
    ChangeStale,
    /// A queued change is of something else.
    #[msg("The change is of another account, instruction or arguments; pass the change that was proposed for exactly this, or propose this one")]
    ChangeMismatch,
    /// The instruction needs a change that has waited.
    #[msg("This raises risk on a live account; queue it with propose_change, wait, then send it with the change and the instructions sysvar")]
    ChangeRequired,
    /// More instruction data than a change holds.
    #[msg("A change holds at most 640 bytes of instruction data; propose a shorter instruction")]
    ChangeTooLong,
    /// The guardian may not veto its own removal.
    #[msg("The guardian may not veto its own removal; ask the owner to withdraw it")]
    NotVetoable,
    /// The transaction begins with a durable nonce.
    #[msg("A queued change may not be applied in a transaction with a durable nonce; sign with a recent blockhash")]
    DurableNonce,
    /// The account is not the instructions sysvar.
    #[msg("The instructions sysvar is missing; pass Sysvar1nstructions1111111111111111111111111")]
    NotInstructionsSysvar,
    /// A queued change can still be applied.
    #[msg("The change can still be applied; close it when it was applied or vetoed or has expired")]
    ChangeNotOver,
    /// The data are not those of an instruction that waits.
    #[msg("This is no instruction that waits, or its arguments do not decode; send it directly, or encode it as the program's interface says")]
    NotQueueable,
    /// The signer is neither the guardian nor the owner.
    #[msg("Only the guardian or the owner may veto; sign with one of their keys")]
    NotVetoer,
    /// The account did not pay for the change.
    #[msg("The rent goes back to who paid it; pass the payer that the change names")]
    NotChangePayer,
    /// No role has this number.
    #[msg("There is no such role; 0 is the owner, 1 the curator, 2 the guardian")]
    UnknownRole,
    /// More shares would leave than there are.
    #[msg("That is more than all shares of the vault; redeem what your share account holds")]
    InsufficientShares,
}

impl From<MathError> for VaultError {
    fn from(_: MathError) -> Self {
        // Virtual amounts keep every divisor above zero, so that only the range can fail.
        Self::AmountOverflow
    }
}

impl From<Refusal> for VaultError {
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

/// Refuses a result below the caller's bound, and names both.
///
/// # Errors
/// [`VaultError::SlippageExceeded`].
pub fn require_at_least(what: &str, result: u64, bound: u64) -> Result<()> {
    if result < bound {
        msg!("{} {} is less than the bound {}", what, result, bound);
        return Err(error!(VaultError::SlippageExceeded).with_values((result, bound)));
    }
    Ok(())
}

/// Refuses a result above the caller's bound, and names both.
///
/// # Errors
/// [`VaultError::SlippageExceeded`].
pub fn require_at_most(what: &str, result: u64, bound: u64) -> Result<()> {
    if result > bound {
        msg!("{} {} is more than the bound {}", what, result, bound);
        return Err(error!(VaultError::SlippageExceeded).with_values((result, bound)));
    }
    Ok(())
}

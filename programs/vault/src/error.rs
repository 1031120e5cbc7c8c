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

/// Why an authority check or a pause was refused. Each program maps these to its own named errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The signer is not the owner.
    NotOwner,
    /// The signer is neither the curator nor the owner.
    NotCurator,
    /// The signer is neither the guardian, the curator nor the owner.
    NotGuardian,
    /// The signer is not the key that the owner proposed.
    NotPendingOwner,
    /// The role was renounced for ever.
    RoleRenounced,
    /// Instant exits were paused too recently to be paused again.
    PauseCoolingDown,
    /// The zero key cannot hold a role that must be able to act.
    ZeroKey,
    /// The change still waits.
    ChangeTooEarly,
    /// The change was not applied within its window.
    ChangeExpired,
    /// The change was vetoed.
    ChangeVetoed,
    /// The change was applied before.
    ChangeApplied,
    /// What the change sets has moved since it was proposed.
    ChangeStale,
    /// The change is of another account, or of another instruction or other arguments.
    ChangeMismatch,
    /// The instruction raises risk and needs a change that has waited.
    ChangeRequired,
    /// More instruction data than a change holds.
    ChangeTooLong,
    /// The guardian may not veto its own removal.
    NotVetoable,
    /// The transaction begins with a durable nonce.
    DurableNonce,
    /// The account is not the instructions sysvar.
    NotInstructionsSysvar,
    /// The change still waits or can still be applied.
    ChangeNotOver,
    /// The instruction cannot be queued: it is immediate, or unknown.
    NotQueueable,
    /// The signer is neither the guardian nor the owner.
    NotVetoer,
    /// The account is not the one that paid for the change.
    NotChangePayer,
    /// There is no role of this number.
    UnknownRole,
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Refusal::NotOwner => "only the owner may do this",
            Refusal::NotCurator => "only the curator or the owner may do this",
            Refusal::NotGuardian => "only the guardian, the curator or the owner may do this",
            Refusal::NotPendingOwner => "only the proposed owner may accept",
            Refusal::RoleRenounced => "this role was renounced for ever",
            Refusal::PauseCoolingDown => "instant exits were paused recently; wait for the cooldown",
            Refusal::ZeroKey => "the zero key cannot hold this role",
            Refusal::ChangeTooEarly => "the change still waits",
            Refusal::ChangeExpired => "the change was not applied in time; propose it again",
            Refusal::ChangeVetoed => "the change was vetoed",
            Refusal::ChangeApplied => "the change was applied before",
            Refusal::ChangeStale => "what the change sets has moved since; propose it again",
            Refusal::ChangeMismatch => "the change is of another account or of other arguments",
            Refusal::ChangeRequired => "this raises risk: propose it and wait",
            Refusal::ChangeTooLong => "the instruction's data is longer than a change holds",
            Refusal::NotVetoable => "the guardian may not veto its own removal",
            Refusal::DurableNonce => "a queued change may not be applied under a durable nonce",
            Refusal::NotInstructionsSysvar => "pass the instructions sysvar",
            Refusal::ChangeNotOver => "the change can still be applied",
            Refusal::NotQueueable => "this instruction is not one that waits",
            Refusal::NotVetoer => "only the guardian or the owner may veto",
            Refusal::NotChangePayer => "the rent goes back to who paid it",
            Refusal::UnknownRole => "there is no such role",
        })
    }
}

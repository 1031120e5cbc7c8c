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
        })
    }
}

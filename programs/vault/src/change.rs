//! The vault's change queue: which instructions may wait in it, what each is bound to, and when one must have waited.
//!
//! LIVE. Before the first deposit nobody's money depends on the vault: everything is at once. From then on what raises
//! risk or price must be presented with a change that has waited. What lowers either never waits.

use anchor_lang::{prelude::*, InstructionData};
use gimbal_control::{change::decode, queue::apply, Terms};

use crate::error::VaultError;
use crate::events::ChangeApplied;
use crate::instruction::{SetCurator, SetFees, SetGuardian, SetLimits};
use crate::state::{Change, Vault};

/// A day, seconds.
const DAY: i64 = 86_400;

/// Whether somebody's money depends on the vault.
pub fn is_live(vault: &Vault) -> bool {
    vault.deposited > 0
}

/// Terms of `set_fees`. Whoever queues a ticket on the day of the proposal is out, by force if need be, before new rates
/// are in force: the wait is twice the tickets' deadline and a day.
///
/// # Errors
/// Never: the rates always serialise.
pub fn terms_of_fees(vault: &Vault) -> Result<Terms> {
    let mut rates = Vec::with_capacity(64);
    vault.fees.args().serialize(&mut rates)?;
    let deadlines = i64::from(vault.limits.deadline()).saturating_mul(2);
    Ok(Terms { wait: deadlines.saturating_add(DAY), ..Terms::usual(&[b"fees", &rates]) })
}

/// Terms of `set_limits`.
///
/// # Errors
/// Never: the limits always serialise.
pub fn terms_of_limits(vault: &Vault) -> Result<Terms> {
    let mut limits = Vec::with_capacity(64);
    vault.limits.args().serialize(&mut limits)?;
    Ok(Terms::usual(&[b"limits", &limits]))
}

/// How the instruction whose data this is waits. Its arguments are held to their ranges now, so that nothing waits that
/// could never be applied.
///
/// # Errors
/// [`VaultError::NotQueueable`] for any other instruction; those of the instruction's own arguments.
#[inline(never)]
pub fn terms_of(data: &[u8], vault: &Vault) -> Result<Terms> {
    if let Some(SetFees { fees }) = decode(data).map_err(VaultError::from)? {
        fees.validate()?;
        return terms_of_fees(vault);
    }
    if let Some(SetLimits { limits }) = decode(data).map_err(VaultError::from)? {
        limits.validate()?;
        return terms_of_limits(vault);
    }
    let roles = &vault.roles;
    if let Some(SetCurator { curator }) = decode(data).map_err(VaultError::from)? {
        { *roles }.set_curator(&roles.owner, curator).map_err(VaultError::from)?;
        return Ok(Terms::of_curator(roles));
    }
    if let Some(SetGuardian { guardian }) = decode(data).map_err(VaultError::from)? {
        { *roles }.set_guardian(&roles.owner, guardian).map_err(VaultError::from)?;
        return Ok(Terms::of_guardian(roles));
    }
    err!(VaultError::NotQueueable)
}

/// The two accounts that an instruction which may have to wait takes besides its own.
pub struct Presented<'a, 'info> {
    /// The change.
    pub change: &'a Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar.
    pub instructions: &'a Option<UncheckedAccount<'info>>,
}

/// Spends the change presented when the instruction must have waited; the caller emits what comes back.
///
/// `waits`: whether the instruction raises risk and the vault is live. `call`: the instruction as it was sent.
///
/// # Errors
/// As [`gimbal_control::queue::apply`].
#[inline(never)]
pub fn require(
    waits: bool,
    vault: &Pubkey,
    presented: Presented,
    call: &impl InstructionData,
    terms: &Terms,
    clock: &Clock,
) -> Result<Option<ChangeApplied>> {
    if !waits {
        return Ok(None);
    }
    let Presented { change, instructions } = presented;
    let change = apply(change, instructions, vault, &call.data(), &terms.fields_hash, clock.unix_timestamp)?;
    Ok(Some(ChangeApplied { vault: *vault, slot: clock.slot, time: clock.unix_timestamp, change }))
}

//! The queue's instructions, as far as they are the same in every program.

use anchor_lang::prelude::*;
use anchor_lang::{Owner, ZeroCopy};

use crate::change::{ChangeRecord, NewChange, Terms, CHANGE_SEED};
use crate::create::Creator;
use crate::nonce::require_no_durable_nonce;
use crate::{Refusal, Roles};

/// A program's account of one queued change.
pub trait Queued: ZeroCopy + Owner {
    /// The program's own errors.
    type Error: From<Refusal> + Into<Error>;

    /// The record.
    fn record(&self) -> &ChangeRecord;

    /// The record.
    fn record_mut(&mut self) -> &mut ChangeRecord;
}

/// A change that was proposed, for the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// From when it can be applied, Unix seconds.
    pub ready_at: i64,
    /// From when it cannot be applied any more, Unix seconds.
    pub expires_at: i64,
}

/// Address and bump of `target`'s change number `nonce` in a program.
pub fn find_change(target: &Pubkey, nonce: u64, program_id: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[CHANGE_SEED, target.as_ref(), &nonce.to_le_bytes()], program_id)
}

/// Makes the account of `target`'s change number `nonce` and writes the record. The caller has checked the signer and the
/// data, and moves its target's number on.
///
/// # Errors
/// `ConstraintSeeds` when `change` is not the change's address; [`Refusal::ChangeTooLong`]; the system program's.
#[inline(never)]
pub fn propose<'info, T: Queued>(
    creator: &Creator<'_, 'info>,
    change: &AccountInfo<'info>,
    (target, nonce): (Pubkey, u64),
    data: &[u8],
    terms: &Terms,
    now: i64,
) -> Result<Proposed> {
    let (address, bump) = find_change(&target, nonce, &T::owner());
    require_keys_eq!(*change.key, address, ErrorCode::ConstraintSeeds);
    let seeds: &[&[u8]] = &[CHANGE_SEED, target.as_ref(), &nonce.to_le_bytes(), &[bump]];
    let mut state = creator.state::<T>(change, seeds)?;
    let new = NewChange { bump, target, payer: *creator.payer.key, nonce, data, terms: *terms };
    let record = state.record_mut();
    record.propose(&new, now).map_err(refused::<T>)?;
    Ok(Proposed { ready_at: record.ready_at, expires_at: record.expires_at })
}

/// Spends the change that an instruction which raises risk must present. `data` is the instruction's own, `fields_hash` over
/// what it replaces, as that stands now. Returns the change's address.
///
/// # Errors
/// [`Refusal::ChangeRequired`] without a change; [`Refusal::NotInstructionsSysvar`], [`Refusal::DurableNonce`]; as
/// [`ChangeRecord::apply`].
#[inline(never)]
pub fn apply<'info, T: Queued>(
    change: &Option<AccountLoader<'info, T>>,
    instructions: &Option<UncheckedAccount<'info>>,
    target: &Pubkey,
    data: &[u8],
    fields_hash: &[u8; 32],
    now: i64,
) -> Result<Pubkey> {
    let change = change.as_ref().ok_or(Refusal::ChangeRequired).map_err(refused::<T>)?;
    let instructions = instructions.as_ref().ok_or(Refusal::NotInstructionsSysvar).map_err(refused::<T>)?;
    require_no_durable_nonce(instructions.as_ref()).map_err(refused::<T>)?;
    change.load_mut()?.record_mut().apply(target, data, fields_hash, now).map_err(refused::<T>)?;
    Ok(change.key())
}

/// Vetoes a change of `target`, whose roles are `roles`.
///
/// # Errors
/// [`Refusal::ChangeMismatch`] for another target's change; as [`ChangeRecord::veto`].
pub fn veto<T: Queued>(
    change: &AccountLoader<'_, T>,
    target: &Pubkey,
    roles: &Roles,
    signer: &Pubkey,
    now: i64,
) -> Result<()> {
    let mut change = change.load_mut()?;
    let record = change.record_mut();
    if record.target != *target {
        return Err(refused::<T>(Refusal::ChangeMismatch));
    }
    record.veto(roles, signer, now).map_err(refused::<T>)
}

/// Whether a change's account may be closed, its rent going to `payer`. Returns its target and number.
///
/// # Errors
/// [`Refusal::NotChangePayer`], [`Refusal::ChangeNotOver`].
pub fn require_closable<T: Queued>(change: &AccountLoader<'_, T>, payer: &Pubkey, now: i64) -> Result<(Pubkey, u64)> {
    let change = change.load()?;
    let record = change.record();
    if record.payer != *payer {
        return Err(refused::<T>(Refusal::NotChangePayer));
    }
    if !record.is_over(now) {
        return Err(refused::<T>(Refusal::ChangeNotOver));
    }
    Ok((record.target, record.nonce))
}

fn refused<T: Queued>(refusal: Refusal) -> Error {
    T::Error::from(refusal).into()
}

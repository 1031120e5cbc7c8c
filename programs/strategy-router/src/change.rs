//! The ledger's change queue: which instructions may wait in it, what each is bound to, and when one must have waited.
//!
//! LIVE. Before the first deposit was credited nobody's money depends on the ledger: everything is at once. From then on
//! what raises risk must be presented with a change that has waited. What lowers risk never waits.

use anchor_lang::{prelude::*, InstructionData};
use gimbal_control::{change::decode, queue::apply, Terms};

use crate::{
    adapters::adapter,
    error::RouterError,
    events::ChangeApplied,
    instruction::{AddStrategy, ApproveVenue, SetBounds, SetCurator, SetGuardian, SetLimits, SetStatus},
    policy::bounds::LineParams,
    state::{Change, Ledger, Limits, Line, LineStatus, LineVenue},
};

/// Terms of `set_limits`.
pub fn terms_of_limits(ledger: &Ledger) -> Terms {
    Terms::usual(&[b"limits", bytemuck::bytes_of(&ledger.limits)])
}

/// Terms of `add_strategy`: of two lines proposed under one number only one is added.
pub fn terms_of_new_line(ledger: &Ledger) -> Terms {
    Terms::usual(&[b"line", &ledger.next_line_id.to_le_bytes()])
}

/// Terms of `approve_venue`.
pub fn terms_of_venue(venue: &LineVenue) -> Terms {
    Terms::usual(&[
        b"venue",
        &venue.id.to_le_bytes(),
        bytemuck::bytes_of(&venue.venue),
        bytemuck::bytes_of(&venue.swap),
    ])
}

/// Terms of `set_bounds`: any setting of the line that moves in the meantime, a lowering too, voids the change.
///
/// # Errors
/// Never: the parameters always serialise.
pub fn terms_of_bounds(line: &Line) -> Result<Terms> {
    let mut params = Vec::with_capacity(64);
    LineParams::of(line).serialize(&mut params)?;
    Ok(Terms::usual(&[b"bounds", &line.id.to_le_bytes(), &params]))
}

/// Terms of `set_status`.
pub fn terms_of_status(line: &Line) -> Terms {
    Terms::usual(&[b"status", &line.id.to_le_bytes(), &[line.status]])
}

/// How the instruction whose data this is waits. Its arguments are held to their ranges now, so that nothing waits that
/// could never be applied. `venue` is that of the line, for `approve_venue`.
///
/// # Errors
/// [`RouterError::NotQueueable`] for any other instruction; those of the instruction's own arguments.
#[inline(never)]
pub fn terms_of(data: &[u8], ledger: &Ledger, venue: Option<&AccountLoader<LineVenue>>) -> Result<Terms> {
    if let Some(SetLimits { limits }) = decode(data).map_err(RouterError::from)? {
        Limits::try_from(limits)?;
        return Ok(terms_of_limits(ledger));
    }
    if let Some(AddStrategy { args }) = decode(data).map_err(RouterError::from)? {
        args.params.validate()?;
        adapter(args.adapter)?;
        require!(args.id == ledger.next_line_id, RouterError::UnknownLine);
        return Ok(terms_of_new_line(ledger));
    }
    if let Some(ApproveVenue { line, .. }) = decode(data).map_err(RouterError::from)? {
        let venue = venue.ok_or(RouterError::VenueAccountMismatch)?.load()?;
        require!(venue.id == line, RouterError::UnknownLine);
        return Ok(terms_of_venue(&venue));
    }
    if let Some(SetBounds { line, params }) = decode(data).map_err(RouterError::from)? {
        params.validate()?;
        return terms_of_bounds(ledger.line(line)?);
    }
    if let Some(SetStatus { line, status }) = decode(data).map_err(RouterError::from)? {
        LineStatus::try_from(status)?;
        return Ok(terms_of_status(ledger.line(line)?));
    }
    // Naming is tried on a copy.
    let (roles, mut tried) = (&ledger.roles, ledger.roles);
    if let Some(SetCurator { curator }) = decode(data).map_err(RouterError::from)? {
        tried.set_curator(&roles.owner, curator).map_err(RouterError::from)?;
        return Ok(Terms::of_curator(roles));
    }
    if let Some(SetGuardian { guardian }) = decode(data).map_err(RouterError::from)? {
        tried.set_guardian(&roles.owner, guardian).map_err(RouterError::from)?;
        return Ok(Terms::of_guardian(roles));
    }
    err!(RouterError::NotQueueable)
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
/// `waits`: whether the instruction raises risk and the ledger is live. `call`: the instruction as it was sent.
///
/// # Errors
/// As [`gimbal_control::queue::apply`].
#[inline(never)]
pub fn require(
    waits: bool,
    ledger: &Pubkey,
    presented: Presented,
    call: &impl InstructionData,
    terms: &Terms,
    clock: &Clock,
) -> Result<Option<ChangeApplied>> {
    if !waits {
        return Ok(None);
    }
    let Presented { change, instructions } = presented;
    let change = apply(change, instructions, ledger, &call.data(), &terms.fields_hash, clock.unix_timestamp)?;
    Ok(Some(ChangeApplied { ledger: *ledger, slot: clock.slot, time: clock.unix_timestamp, change }))
}

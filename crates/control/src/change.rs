//! Changes that wait.
//!
//! A queued change is the data of an instruction: its discriminator and arguments. Once it has waited, the very same
//! instruction is sent with the change's account and does what it says; so whoever can read the program's instructions can
//! read what is about to happen. A change is bound to the values that it replaces: when they move, it is void, and two
//! changes proposed side by side cannot add up.

use anchor_lang::prelude::*;
use solana_program::hash::hashv;

use crate::{Refusal, Roles};

/// First seed of a change's address; then the account it concerns and its number, u64 LE.
pub const CHANGE_SEED: &[u8] = b"change";
/// Least wait of a change, seconds: two days.
pub const CHANGE_DELAY: i64 = 2 * 86_400;
/// How long a change can be applied once it has waited, seconds: seven days. Then it has expired.
pub const CHANGE_WINDOW: i64 = 7 * 86_400;
/// Most bytes of instruction data in a change.
pub const CHANGE_DATA: usize = 640;

/// Layout of the records that this code writes.
const VERSION: u8 = 1;

/// Where a change stands; expiry is judged by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ChangeState {
    /// May be applied when its time has come.
    Waiting = 1,
    /// Was vetoed.
    Vetoed = 2,
    /// Was applied.
    Applied = 3,
}

/// A queued change.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct ChangeRecord {
    /// Layout version: 1.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// A [`ChangeState`].
    pub state: u8,
    /// 0 when the change removes the guardian, who then may not veto it; else 1.
    pub guardian_may_veto: u8,
    /// Bytes of `data` in use.
    pub data_len: u16,
    /// Aligns what follows.
    pub _pad: [u8; 2],
    /// The account that the change concerns.
    pub target: Pubkey,
    /// Who paid the rent and gets it back.
    pub payer: Pubkey,
    /// Number of the change among its target's, from 0; part of the address.
    pub nonce: u64,
    /// When it was proposed, Unix seconds.
    pub proposed_at: i64,
    /// From when it can be applied, Unix seconds.
    pub ready_at: i64,
    /// From when it cannot be applied any more, Unix seconds.
    pub expires_at: i64,
    /// [`hash_fields`] over the values that the change replaces, as they were when it was proposed.
    pub fields_hash: [u8; 32],
    /// The instruction's data: discriminator and arguments; zeros after `data_len`.
    pub data: [u8; CHANGE_DATA],
}

const _: () = assert!(core::mem::size_of::<ChangeRecord>() == 8 + 64 + 32 + 32 + CHANGE_DATA);

/// What a change is made of.
#[derive(Clone, Copy, Debug)]
pub struct NewChange<'a> {
    /// Bump of the account's address.
    pub bump: u8,
    /// The account that the change concerns.
    pub target: Pubkey,
    /// Who pays the rent.
    pub payer: Pubkey,
    /// Number of the change among its target's.
    pub nonce: u64,
    /// The instruction's data.
    pub data: &'a [u8],
    /// How it waits and what it is bound to.
    pub terms: Terms,
}

/// How a kind of change waits, and what it is bound to. The program that queues it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Wait, seconds; [`CHANGE_DELAY`] at least, whatever is given.
    pub wait: i64,
    /// [`hash_fields`] over the values that the change replaces.
    pub fields_hash: [u8; 32],
    /// Whether the guardian may veto: not its own removal.
    pub guardian_may_veto: bool,
}

impl Terms {
    /// The ordinary terms: two days, and the guardian may veto.
    pub fn usual(fields: &[&[u8]]) -> Self {
        Self { wait: CHANGE_DELAY, fields_hash: hash_fields(fields), guardian_may_veto: true }
    }

    /// Terms of naming another curator.
    pub fn of_curator(roles: &Roles) -> Self {
        Self::usual(&[b"curator", roles.curator.as_ref()])
    }

    /// Terms of naming another guardian. The one in post has no say: else a thief of its key could never be removed.
    pub fn of_guardian(roles: &Roles) -> Self {
        Self { guardian_may_veto: false, ..Self::usual(&[b"guardian", roles.guardian.as_ref()]) }
    }
}

impl ChangeRecord {
    /// Writes a new record. Who may propose is the caller's check, as is what the data asks for.
    ///
    /// # Errors
    /// [`Refusal::ChangeTooLong`] above [`CHANGE_DATA`] bytes.
    pub fn propose(&mut self, new: &NewChange, now: i64) -> core::result::Result<(), Refusal> {
        let data_len = u16::try_from(new.data.len()).map_err(|_| Refusal::ChangeTooLong)?;
        self.data.get_mut(..new.data.len()).ok_or(Refusal::ChangeTooLong)?.copy_from_slice(new.data);
        self.version = VERSION;
        self.bump = new.bump;
        self.state = ChangeState::Waiting as u8;
        self.guardian_may_veto = u8::from(new.terms.guardian_may_veto);
        self.data_len = data_len;
        self.target = new.target;
        self.payer = new.payer;
        self.nonce = new.nonce;
        self.proposed_at = now;
        self.ready_at = now.saturating_add(new.terms.wait.max(CHANGE_DELAY));
        self.expires_at = self.ready_at.saturating_add(CHANGE_WINDOW);
        self.fields_hash = new.terms.fields_hash;
        Ok(())
    }

    /// The instruction's data.
    pub fn data(&self) -> &[u8] {
        self.data.get(..usize::from(self.data_len)).unwrap_or_default()
    }

    /// Marks the change as applied, if it is the one that is being executed and its time has come.
    ///
    /// # Errors
    /// In this order: [`Refusal::ChangeMismatch`] for another target or other data; [`Refusal::ChangeVetoed`],
    /// [`Refusal::ChangeApplied`]; [`Refusal::ChangeTooEarly`]; [`Refusal::ChangeExpired`]; [`Refusal::ChangeStale`] when the
    /// values that it replaces have moved.
    pub fn apply(
        &mut self,
        target: &Pubkey,
        data: &[u8],
        fields_hash: &[u8; 32],
        now: i64,
    ) -> core::result::Result<(), Refusal> {
        if self.target != *target || self.data() != data {
            return Err(Refusal::ChangeMismatch);
        }
        self.require_waiting()?;
        if now < self.ready_at {
            return Err(Refusal::ChangeTooEarly);
        }
        if now >= self.expires_at {
            return Err(Refusal::ChangeExpired);
        }
        if self.fields_hash != *fields_hash {
            return Err(Refusal::ChangeStale);
        }
        self.state = ChangeState::Applied as u8;
        Ok(())
    }

    /// Stops the change for good. `roles` are its target's.
    ///
    /// # Errors
    /// [`Refusal::NotVetoer`] for anybody but guardian and owner; [`Refusal::ChangeVetoed`], [`Refusal::ChangeApplied`] and
    /// [`Refusal::ChangeExpired`] when there is nothing to stop; [`Refusal::NotVetoable`] for the guardian's own removal,
    /// which the owner alone withdraws.
    pub fn veto(&mut self, roles: &Roles, signer: &Pubkey, now: i64) -> core::result::Result<(), Refusal> {
        roles.require_vetoer(signer)?;
        self.require_waiting()?;
        if now >= self.expires_at {
            return Err(Refusal::ChangeExpired);
        }
        if self.guardian_may_veto == 0 && roles.require_owner(signer).is_err() {
            return Err(Refusal::NotVetoable);
        }
        self.state = ChangeState::Vetoed as u8;
        Ok(())
    }

    /// Whether nothing can come of it any more: applied, vetoed or expired.
    pub fn is_over(&self, now: i64) -> bool {
        self.state != ChangeState::Waiting as u8 || now >= self.expires_at
    }

    fn require_waiting(&self) -> core::result::Result<(), Refusal> {
        if self.state == ChangeState::Vetoed as u8 {
            return Err(Refusal::ChangeVetoed);
        }
        if self.state != ChangeState::Waiting as u8 {
            return Err(Refusal::ChangeApplied);
        }
        Ok(())
    }
}

/// Binds values: sha256 over each part's length, u64 LE, and bytes, so that no two lists of parts are confused.
pub fn hash_fields(parts: &[&[u8]]) -> [u8; 32] {
    let mut bytes =
        Vec::with_capacity(parts.iter().map(|part| part.len().saturating_add(8)).fold(0, usize::saturating_add));
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    hashv(&[&bytes]).to_bytes()
}

/// The arguments of instruction `T`, when `data` is that instruction's; `None` when it is another's.
///
/// # Errors
/// [`Refusal::NotQueueable`] when the arguments do not decode, or bytes are left over.
pub fn decode<T: AnchorDeserialize + Discriminator>(data: &[u8]) -> core::result::Result<Option<T>, Refusal> {
    match data.strip_prefix(T::DISCRIMINATOR) {
        None => Ok(None),
        Some(args) => T::try_from_slice(args).map(Some).map_err(|_| Refusal::NotQueueable),
    }
}

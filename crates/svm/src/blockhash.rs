//! Recent blockhashes: how long a signed transaction can be sent, and that it counts once.

use {
    anchor_lang::prelude::Pubkey,
    sha2::{Digest, Sha256},
    solana_account::{AccountSharedData, ReadableAccount},
    solana_message::{Hash, VersionedMessage},
    solana_transaction::Signature,
    std::collections::{HashSet, VecDeque},
};

use crate::ids::SYSTEM_PROGRAM;

/// How many slots a transaction's blockhash stays good for.
pub const MAX_BLOCKHASH_AGE: u64 = 150;

/// How many blockhashes are kept, however slowly the clock moves: bounds the memory of a run that
/// sends thousands of transactions in one slot.
pub const MAX_BLOCKHASHES: usize = 4_096;

#[derive(Clone, Debug)]
struct Entry {
    hash: Hash,
    slot: u64,
    /// The transactions that used this blockhash.
    used: HashSet<Signature>,
}

/// The blockhashes that transactions may still name, oldest first.
///
/// Each is the SHA-256 of the one before and its slot, so that equal runs give equal chains. A
/// new one arises with every transaction and every step of the clock.
#[derive(Clone, Debug)]
pub(crate) struct Blockhashes {
    latest: Hash,
    entries: VecDeque<Entry>,
}

impl Blockhashes {
    pub(crate) fn new(slot: u64) -> Self {
        let mut blockhashes = Self {
            latest: Hash::new_from_array(Sha256::digest(b"gimbal embedded chain").into()),
            entries: VecDeque::new(),
        };
        blockhashes.advance(slot);
        blockhashes
    }

    pub(crate) fn latest(&self) -> Hash {
        self.latest
    }

    /// Makes a new blockhash at `slot` and drops those too old.
    pub(crate) fn advance(&mut self, slot: u64) {
        let mut hasher = Sha256::new();
        hasher.update(self.latest.as_ref());
        hasher.update(slot.to_le_bytes());
        self.latest = Hash::new_from_array(hasher.finalize().into());
        self.entries.push_back(Entry { hash: self.latest, slot, used: HashSet::new() });
        while self.entries.len() > MAX_BLOCKHASHES
            || self.entries.front().is_some_and(|oldest| oldest.slot.saturating_add(MAX_BLOCKHASH_AGE) < slot)
        {
            self.entries.pop_front();
        }
    }

    /// The newest are the likeliest, so the search starts there.
    fn find(&self, hash: &Hash) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.hash == *hash)
    }

    /// Whether a transaction may name this blockhash.
    pub(crate) fn is_recent(&self, hash: &Hash) -> bool {
        self.find(hash).is_some()
    }

    /// The last slot in which a transaction may name this blockhash.
    pub(crate) fn last_valid_slot(&self, hash: &Hash) -> Option<u64> {
        self.find(hash).map(|entry| entry.slot.saturating_add(MAX_BLOCKHASH_AGE))
    }

    /// Whether this transaction was already executed.
    pub(crate) fn was_used(&self, hash: &Hash, signature: &Signature) -> bool {
        self.find(hash).is_some_and(|entry| entry.used.contains(signature))
    }

    /// Remembers an executed transaction for as long as its blockhash lives.
    pub(crate) fn record(&mut self, hash: &Hash, signature: Signature) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.hash == *hash) {
            entry.used.insert(signature);
        }
    }
}

/// The system program's `AdvanceNonceAccount` tag, and the parts of a nonce account (version and
/// state tags, both 1 when current and initialised; authority; durable nonce), as
/// `solana-nonce` lays them out.
const ADVANCE_NONCE_TAG: [u8; 4] = 4u32.to_le_bytes();
const NONCE_TAGS: [u8; 8] = [1, 0, 0, 0, 1, 0, 0, 0];
const NONCE_ACCOUNT_BYTES: usize = 80;

/// Whether a message names a durable nonce in place of a blockhash: its first instruction
/// advances a nonce account that stores the named value, signed by that account's authority.
pub(crate) fn names_durable_nonce<'a>(
    message: &VersionedMessage,
    find: impl FnOnce(&Pubkey) -> Option<&'a AccountSharedData>,
) -> bool {
    let keys = message.static_account_keys();
    let check = || {
        let first = message.instructions().first()?;
        if keys.get(usize::from(first.program_id_index))? != &SYSTEM_PROGRAM
            || !first.data.starts_with(&ADVANCE_NONCE_TAG)
        {
            return None;
        }
        let nonce = find(keys.get(usize::from(*first.accounts.first()?))?)?;
        let data = nonce.data();
        if nonce.owner() != &SYSTEM_PROGRAM || data.len() != NONCE_ACCOUNT_BYTES {
            return None;
        }
        let signed = first.accounts.iter().any(|index| {
            let index = usize::from(*index);
            message.is_signer(index) && keys.get(index).map(Pubkey::as_ref) == data.get(8..40)
        });
        let named = data.get(40..72)? == message.recent_blockhash().as_ref();
        Some(signed && named && data.starts_with(&NONCE_TAGS))
    };
    check().unwrap_or(false)
}

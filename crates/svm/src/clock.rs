//! Slots and time, which move together and only forwards.

use {
    crate::{chain::EmbeddedChain, ids::SLOT_HASHES_SYSVAR, ids::SYSVAR_OWNER, ChainError},
    solana_account::Account,
    solana_message::Hash,
    solana_sysvar::{clock::Clock, epoch_schedule::EpochSchedule},
    std::collections::VecDeque,
};

/// Length of a slot in milliseconds, the cluster's target.
pub const SLOT_MILLISECONDS: u64 = 400;

/// The slot a new chain starts at: the first of epoch 1,200, after every feature that LiteSVM
/// counts as active on mainnet.
pub const ORIGIN_SLOT: u64 = 518_400_000;
const _: () = assert!(ORIGIN_SLOT > litesvm::MAINNET_DEFAULT_SLOT);

/// The Unix time a new chain starts at: 2026-01-01 00:00:00 UTC, a midnight, so that daily bars
/// start whole.
pub const ORIGIN_TIME: i64 = 1_767_225_600;

/// Entries of the SlotHashes sysvar, and its account's length in bytes.
const SLOT_HASH_ENTRIES: usize = 512;
const SLOT_HASHES_BYTES: usize = 8 + SLOT_HASH_ENTRIES * 40;

/// The chain's time as one number, from which slot and Unix time both follow, so that they never
/// drift apart whatever the sequence of steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChainTime {
    elapsed_milliseconds: u64,
}

impl ChainTime {
    fn slot(&self) -> u64 {
        ORIGIN_SLOT.saturating_add(self.elapsed_milliseconds / SLOT_MILLISECONDS)
    }

    fn unix(&self) -> i64 {
        ORIGIN_TIME.saturating_add_unsigned(self.elapsed_milliseconds / 1000)
    }

    fn advance(&mut self, milliseconds: Option<u64>) -> Result<(), ChainError> {
        // A bound far below any overflow of slots or seconds: about 30,000 years.
        const END: u64 = 1_000_000_000_000_000;
        self.elapsed_milliseconds = milliseconds
            .and_then(|step| self.elapsed_milliseconds.checked_add(step))
            .filter(|elapsed| *elapsed <= END)
            .ok_or(ChainError::TimeOutOfRange)?;
        Ok(())
    }

    /// The Clock sysvar at this time, by mainnet's epoch schedule (432,000 slots, no warm-up).
    fn clock(&self) -> Clock {
        let schedule = EpochSchedule::without_warmup();
        let slot = self.slot();
        let epoch = schedule.get_epoch(slot);
        let first_slot = schedule.get_first_slot_in_epoch(epoch);
        let since_start = first_slot.saturating_sub(ORIGIN_SLOT).saturating_mul(SLOT_MILLISECONDS);
        Clock {
            slot,
            epoch_start_timestamp: ORIGIN_TIME.saturating_add_unsigned(since_start / 1000),
            epoch,
            leader_schedule_epoch: schedule.get_leader_schedule_epoch(slot),
            unix_timestamp: self.unix(),
        }
    }
}

/// Past slots with their hashes, newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct SlotHashes(VecDeque<(u64, Hash)>);

impl SlotHashes {
    fn push(&mut self, slot: u64, hash: Hash) {
        if self.0.front().is_none_or(|(newest, _)| *newest < slot) {
            self.0.push_front((slot, hash));
            self.0.truncate(SLOT_HASH_ENTRIES);
        }
    }

    /// The sysvar account: a `u64` count, then slot and hash of each entry, zero-padded.
    fn account(&self) -> Account {
        let mut data = Vec::with_capacity(SLOT_HASHES_BYTES);
        data.extend_from_slice(&(self.0.len() as u64).to_le_bytes());
        for (slot, hash) in &self.0 {
            data.extend_from_slice(&slot.to_le_bytes());
            data.extend_from_slice(hash.as_ref());
        }
        data.resize(SLOT_HASHES_BYTES, 0);
        Account { lamports: 1, data, owner: SYSVAR_OWNER, executable: false, rent_epoch: u64::MAX }
    }
}

impl EmbeddedChain {
    /// The Clock sysvar.
    pub fn clock(&self) -> Clock {
        self.time.clock()
    }

    /// The chain's time, Unix seconds.
    pub fn unix_time(&self) -> i64 {
        self.time.unix()
    }

    /// The current slot.
    pub fn slot(&self) -> u64 {
        self.time.slot()
    }

    /// The newest slot in the SlotHashes sysvar: what creating a lookup table by transaction
    /// takes as its recent slot.
    pub fn recent_slot(&self) -> u64 {
        self.slot().saturating_sub(1)
    }

    /// The current epoch.
    pub fn epoch(&self) -> u64 {
        self.clock().epoch
    }

    /// Lets `seconds` pass, with two and a half slots each.
    ///
    /// # Errors
    /// `TimeOutOfRange` beyond what the clock holds.
    pub fn warp(&mut self, seconds: u64) -> Result<(), ChainError> {
        self.time.advance(seconds.checked_mul(1000))?;
        self.apply_time()
    }

    /// Lets `slots` pass, with 400 ms each.
    ///
    /// # Errors
    /// `TimeOutOfRange` beyond what the clock holds.
    pub fn advance_slots(&mut self, slots: u64) -> Result<(), ChainError> {
        self.time.advance(slots.checked_mul(SLOT_MILLISECONDS))?;
        self.apply_time()
    }

    /// Moves the time to `unix` seconds, with the slots that fit between.
    ///
    /// # Errors
    /// `TimeGoesBackwards` for a time before now, `TimeOutOfRange` beyond what the clock holds.
    pub fn set_time(&mut self, unix: i64) -> Result<(), ChainError> {
        let now = self.time.unix();
        if unix < now {
            return Err(ChainError::TimeGoesBackwards { now, wanted: unix });
        }
        // Whole seconds: a fraction that slots have left is kept, so that time never goes back.
        self.warp(unix.abs_diff(now))
    }

    /// Moves the time to the first moment that is in `slot` or later and at `unix` seconds or later: to where the clock of
    /// another chain stood. A moment that has passed leaves it where it is.
    ///
    /// # Errors
    /// `TimeOutOfRange` beyond what the clock holds.
    pub fn advance_to(&mut self, slot: u64, unix: i64) -> Result<(), ChainError> {
        let by_slot = slot.saturating_sub(ORIGIN_SLOT).saturating_mul(SLOT_MILLISECONDS);
        let by_time = u64::try_from(unix.saturating_sub(ORIGIN_TIME)).unwrap_or(0).saturating_mul(1000);
        self.time.advance(Some(by_slot.max(by_time).saturating_sub(self.time.elapsed_milliseconds)))?;
        self.apply_time()
    }

    /// Writes the time into the sysvars and lets blockhashes age.
    pub(crate) fn apply_time(&mut self) -> Result<(), ChainError> {
        let clock = self.time.clock();
        let hash = self.blockhashes.latest();
        self.slot_hashes.push(self.recent_slot(), hash);
        self.set_account(SLOT_HASHES_SYSVAR, self.slot_hashes.account())?;
        self.svm.set_sysvar(&clock);
        self.blockhashes.advance(clock.slot);
        Ok(())
    }
}

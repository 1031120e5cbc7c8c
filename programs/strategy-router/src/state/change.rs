use anchor_lang::prelude::*;
use gimbal_control::{ChangeRecord, Queued};

use crate::error::RouterError;

/// A queued change of a ledger.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Change {
    /// What waits, since when and until when.
    pub record: ChangeRecord,
}

const _: () = assert!(core::mem::size_of::<Change>() == core::mem::size_of::<ChangeRecord>());
const _: () = assert!(core::mem::size_of::<Change>() == 776);
const _: () = assert!(core::mem::align_of::<Change>() == 8);

impl Queued for Change {
    type Error = RouterError;

    fn record(&self) -> &ChangeRecord {
        &self.record
    }

    fn record_mut(&mut self) -> &mut ChangeRecord {
        &mut self.record
    }
}

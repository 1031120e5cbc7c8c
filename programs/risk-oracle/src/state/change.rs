use anchor_lang::prelude::*;
use gimbal_control::{ChangeRecord, Queued};

use crate::error::OracleError;

/// A queued change of a feed or a book. Address: `["change", target, nonce]`.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Change {
    /// What waits, since when and until when.
    pub record: ChangeRecord,
}

const _: () = assert!(core::mem::size_of::<Change>() == 776 && core::mem::align_of::<Change>() == 8);

impl Queued for Change {
    type Error = OracleError;

    fn record(&self) -> &ChangeRecord {
        &self.record
    }

    fn record_mut(&mut self) -> &mut ChangeRecord {
        &mut self.record
    }
}

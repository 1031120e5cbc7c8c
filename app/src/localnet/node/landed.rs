//! A transaction that is on the chain, and what it did.

use std::collections::HashSet;

use anchor_lang::prelude::Pubkey;
use gimbal_svm::InnerInstruction;
use solana_message::VersionedMessage;
use solana_transaction::{versioned::VersionedTransaction, Signature, TransactionError};
use solana_transaction_status_client_types::UiTransactionTokenBalance;

use crate::transaction::size;

/// The compute budget program, and the tag of its `SetComputeUnitPrice`.
const COMPUTE_BUDGET: Pubkey = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
const SET_COMPUTE_UNIT_PRICE: u8 = 3;

/// A transaction that was executed, whether it succeeded or failed for its fee.
#[derive(Clone, Debug)]
pub struct Landed {
    /// As it was sent.
    pub transaction: VersionedTransaction,
    /// The slot it landed in.
    pub slot: u64,
    /// The chain's time then, Unix seconds.
    pub time: i64,
    /// Its place in the slot's block.
    pub index: u32,
    /// Why it failed, if it did.
    pub error: Option<TransactionError>,
    /// Lamports taken from the fee payer.
    pub fee: u64,
    /// Compute units used.
    pub compute_units: u64,
    /// Its log.
    pub logs: Vec<String>,
    /// Every cross-program call, in order.
    pub inner: Vec<InnerInstruction>,
    /// What was returned last, and by which program.
    pub return_data: Option<(Pubkey, Vec<u8>)>,
    /// The addresses that it loaded through lookup tables.
    pub loaded: Vec<Pubkey>,
    /// Lamports and tokens of its accounts before it.
    pub before: Balances,
    /// The same after it.
    pub after: Balances,
}

/// What a transaction's accounts hold.
#[derive(Clone, Debug, Default)]
pub struct Balances {
    /// Lamports, in the order of the transaction's accounts.
    pub lamports: Vec<u64>,
    /// Those that are token accounts.
    pub tokens: Vec<UiTransactionTokenBalance>,
}

impl Landed {
    /// The first signature, which names it.
    pub fn signature(&self) -> Signature {
        self.transaction.signatures.first().copied().unwrap_or_default()
    }

    /// All its addresses, those of lookup tables last.
    pub fn keys(&self) -> impl Iterator<Item = &Pubkey> {
        self.transaction.message.static_account_keys().iter().chain(&self.loaded)
    }

    /// Micro-lamports that it offered for a compute unit.
    pub fn unit_price(&self) -> u64 {
        let keys = self.transaction.message.static_account_keys();
        let instructions = self.transaction.message.instructions().iter();
        let price = instructions
            .filter(|instruction| keys.get(usize::from(instruction.program_id_index)) == Some(&COMPUTE_BUDGET))
            .find_map(|instruction| match instruction.data.split_first() {
                Some((&SET_COMPUTE_UNIT_PRICE, price)) => price.first_chunk().copied().map(u64::from_le_bytes),
                _ => None,
            });
        price.unwrap_or(0)
    }

    /// Bytes that it takes in memory, about.
    pub fn weight(&self) -> usize {
        let logs: usize = self.logs.iter().map(|line| line.len() + size_of::<String>()).sum();
        let calls: usize = self
            .inner
            .iter()
            .map(|call| call.data.len() + call.accounts.len() * size_of::<Pubkey>() + size_of::<InnerInstruction>())
            .sum();
        // Two lists of lamports and an entry in the index for each account; some 500 bytes for a token balance.
        let accounts = self.before.lamports.len() * 64;
        let tokens = (self.before.tokens.len() + self.after.tokens.len()) * 500;
        size_of::<Self>() + 2 * size(&self.transaction) + logs + calls + accounts + tokens
    }
}

/// Whether the account at `place` may be written by a message that loads addresses of which the first ones are writable.
pub fn is_writable(message: &VersionedMessage, place: usize) -> bool {
    let own = message.static_account_keys().len();
    if place < own {
        return message.is_maybe_writable_with_reserved_addresses(place, None::<&HashSet<Pubkey>>);
    }
    let lookups = message.address_table_lookups().unwrap_or_default();
    place - own < lookups.iter().map(|lookup| lookup.writable_indexes.len()).sum::<usize>()
}

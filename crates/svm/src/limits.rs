//! What a cluster refuses before it executes anything, and LiteSVM lets pass.

use {
    crate::receipt::FailureReason, solana_message::VersionedMessage,
    solana_transaction::versioned::VersionedTransaction, solana_transaction_error::TransactionError,
};

/// The largest serialised transaction, in bytes: an IPv6 minimum MTU less its headers.
pub const PACKET_BYTES: usize = 1_232;

/// The most accounts that a transaction may lock, those loaded through lookup tables included.
pub const MAX_ACCOUNT_LOCKS: usize = 64;

/// The serialised length of a transaction: a length prefix and 64 bytes per signature, then the
/// message.
pub fn serialized_bytes(transaction: &VersionedTransaction) -> usize {
    let signatures = transaction.signatures.len();
    // The prefix carries seven bits per byte.
    let prefix = match signatures {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        _ => 3,
    };
    signatures.saturating_mul(64).saturating_add(prefix).saturating_add(transaction.message.serialize().len())
}

/// The number of accounts that a transaction locks.
pub fn account_locks(message: &VersionedMessage) -> usize {
    let loaded: usize = message
        .address_table_lookups()
        .unwrap_or_default()
        .iter()
        .map(|lookup| lookup.writable_indexes.len() + lookup.readonly_indexes.len())
        .sum();
    message.static_account_keys().len() + loaded
}

/// Checks a transaction's form.
///
/// # Errors
/// `PacketTooLarge` or `TooManyAccountLocks`; `UnsupportedVersion` for a message newer than v0.
pub fn check(transaction: &VersionedTransaction) -> Result<(), FailureReason> {
    if matches!(transaction.message, VersionedMessage::V1(_)) {
        return Err(TransactionError::UnsupportedVersion.into());
    }
    let bytes = serialized_bytes(transaction);
    if bytes > PACKET_BYTES {
        return Err(FailureReason::PacketTooLarge { bytes });
    }
    let locks = account_locks(&transaction.message);
    if locks > MAX_ACCOUNT_LOCKS {
        return Err(FailureReason::TooManyAccountLocks { locks });
    }
    Ok(())
}

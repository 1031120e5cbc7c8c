//! Signed transactions as bytes.

use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::{EncodedTransaction, TransactionBinaryEncoding};

/// The bytes that go over the wire: how many signatures there are, the signatures, the message.
pub(super) fn write(transaction: &VersionedTransaction) -> Vec<u8> {
    // The count is a compact u16, one byte up to 127; a packet holds at most 19 signatures.
    let mut bytes = vec![u8::try_from(transaction.signatures.len()).unwrap_or(u8::MAX)];
    for signature in &transaction.signatures {
        bytes.extend_from_slice(signature.as_ref());
    }
    bytes.extend(transaction.message.serialize());
    bytes
}

/// Reads them back; none if they are no transaction.
pub(super) fn read(bytes: &[u8]) -> Option<VersionedTransaction> {
    EncodedTransaction::Binary(BASE64.encode(bytes), TransactionBinaryEncoding::Base64).decode()
}

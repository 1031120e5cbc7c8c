//! Transactions as bytes.

use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use solana_message::VersionedMessage;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::{EncodedTransaction, TransactionBinaryEncoding};

use crate::localnet::error::RpcError;
use crate::transaction::MAX_BYTES;

/// Characters that [`MAX_BYTES`] take in base58 and base64.
const MOST_BASE58: usize = 1_683;
const MOST_BASE64: usize = 1_644;

/// A transaction as a client sent it.
///
/// # Errors
///
/// Too long, not in the encoding, or no sound transaction.
pub fn decode(text: &str, encoding: TransactionBinaryEncoding) -> Result<VersionedTransaction, RpcError> {
    let (name, most) = match encoding {
        TransactionBinaryEncoding::Base58 => ("base58", MOST_BASE58),
        TransactionBinaryEncoding::Base64 => ("base64", MOST_BASE64),
    };
    if text.len() > most {
        return Err(RpcError::invalid_params(format!(
            "{name} encoded transaction too large: {} bytes (max: encoded/raw {most}/{MAX_BYTES})",
            text.len()
        )));
    }
    let bytes = match encoding {
        TransactionBinaryEncoding::Base58 => bs58::decode(text).into_vec().map_err(|error| error.to_string()),
        TransactionBinaryEncoding::Base64 => BASE64.decode(text).map_err(|error| error.to_string()),
    };
    let bytes = bytes.map_err(|error| RpcError::invalid_params(format!("invalid {name} encoding: {error}")))?;
    if bytes.len() > MAX_BYTES {
        return Err(RpcError::invalid_params(format!(
            "decoded transaction too large: {} bytes (max: {MAX_BYTES} bytes)",
            bytes.len()
        )));
    }
    let transaction = EncodedTransaction::Binary(BASE64.encode(&bytes), TransactionBinaryEncoding::Base64).decode();
    // A reader that stops early would take bytes behind the transaction for nothing.
    transaction.filter(|transaction| self::bytes(transaction) == bytes).ok_or_else(|| {
        RpcError::invalid_params("invalid transaction: Transaction failed to sanitize accounts offsets correctly")
    })
}

/// A message in base64, without its signatures.
///
/// # Errors
///
/// Not base64, or no sound message.
pub fn decode_message(text: &str) -> Result<VersionedMessage, RpcError> {
    if text.len() > MOST_BASE64 {
        return Err(RpcError::invalid_params(format!("base64 encoded message too large: {} bytes", text.len())));
    }
    let message =
        BASE64.decode(text).map_err(|error| RpcError::invalid_params(format!("invalid base64 encoding: {error}")))?;
    let malformed = || RpcError::invalid_params("invalid message: it cannot be read");
    // The first byte of a legacy message counts its signers; a version, marked by the highest bit, comes before that.
    let signers = match message.first().ok_or_else(malformed)? {
        version if version & 0x80 != 0 => *message.get(1).ok_or_else(malformed)?,
        signers => *signers,
    };
    let mut wire = compact(usize::from(signers));
    wire.resize(wire.len() + usize::from(signers) * 64, 0);
    wire.extend_from_slice(&message);
    let transaction = EncodedTransaction::Binary(BASE64.encode(wire), TransactionBinaryEncoding::Base64).decode();
    transaction.map(|transaction| transaction.message).ok_or_else(malformed)
}

/// The bytes of a transaction as they travel.
pub fn bytes(transaction: &VersionedTransaction) -> Vec<u8> {
    let mut bytes = compact(transaction.signatures.len());
    for signature in &transaction.signatures {
        bytes.extend_from_slice(signature.as_ref());
    }
    bytes.extend_from_slice(&transaction.message.serialize());
    bytes
}

/// A count as a compact u16 of up to 14 bits: no transaction has more signatures than a byte counts.
fn compact(count: usize) -> Vec<u8> {
    match count {
        0..0x80 => vec![count as u8],
        _ => vec![(count & 0x7f) as u8 | 0x80, (count >> 7) as u8],
    }
}

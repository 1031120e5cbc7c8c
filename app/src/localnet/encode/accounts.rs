//! Accounts in the encodings of JSON-RPC.

use anchor_lang::prelude::Pubkey;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_account_decoder::parse_account_data::AccountAdditionalDataV3;
use solana_account_decoder::{encode_ui_account, UiAccount, UiAccountEncoding, UiDataSliceConfig, MAX_BASE58_BYTES};

use super::tokens;
use crate::chain::EmbeddedChain;
use crate::localnet::error::RpcError;

/// Encodes an account, reading its mint from `chain` where the parsed form asks for it.
///
/// # Errors
///
/// More data than base58 is used for.
pub fn encode(
    chain: &EmbeddedChain,
    key: &Pubkey,
    account: &AccountSharedData,
    encoding: UiAccountEncoding,
    slice: Option<UiDataSliceConfig>,
) -> Result<UiAccount, RpcError> {
    let additional = match encoding {
        UiAccountEncoding::JsonParsed => tokens::additional(chain, account),
        _ => None,
    };
    encode_with(key, account, encoding, slice, additional)
}

/// As [`encode`], with what the parsed form needs already at hand.
///
/// # Errors
///
/// More data than base58 is used for.
pub fn encode_with(
    key: &Pubkey,
    account: &AccountSharedData,
    encoding: UiAccountEncoding,
    slice: Option<UiDataSliceConfig>,
    additional: Option<AccountAdditionalDataV3>,
) -> Result<UiAccount, RpcError> {
    let held = account.data().len();
    let shown = slice.map_or(held, |slice| held.saturating_sub(slice.offset).min(slice.length));
    if matches!(encoding, UiAccountEncoding::Binary | UiAccountEncoding::Base58) && shown > MAX_BASE58_BYTES {
        return Err(RpcError::invalid_request(
            "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.",
        ));
    }
    Ok(encode_ui_account(key, account, encoding, additional, slice))
}

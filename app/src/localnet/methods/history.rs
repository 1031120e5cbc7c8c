//! What became of transactions.

use std::collections::BTreeMap;

use serde_json::Value;
use solana_rpc_client_api::config::{
    RpcContextConfig, RpcEncodingConfigWrapper, RpcSignatureStatusConfig, RpcSignaturesForAddressConfig,
    RpcTransactionConfig,
};
use solana_rpc_client_api::request::{
    MAX_GET_CONFIRMED_SIGNATURES_FOR_ADDRESS2_LIMIT as MOST_SIGNATURES,
    MAX_GET_SIGNATURE_STATUSES_QUERY_ITEMS as MOST_STATUSES,
};
use solana_rpc_client_api::response::{RpcConfirmedTransactionStatusWithSignature, RpcPrioritizationFee};
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, TransactionConfirmationStatus, TransactionDetails, TransactionStatus,
    UiTransactionEncoding,
};

use super::{answer, of_slot, Answer};
use crate::localnet::encode::transactions::encode;
use crate::localnet::error::RpcError;
use crate::localnet::node::landed::{is_writable, Landed};
use crate::localnet::node::Node;
use crate::localnet::params::{address, signature, Params};

/// Slots that recent fees are told of, and addresses that can be asked for.
const FEE_SLOTS: u64 = 150;
const MOST_FEE_ADDRESSES: usize = 128;

/// How far a slot is settled.
pub fn status_at(node: &Node, slot: u64) -> TransactionConfirmationStatus {
    match slot <= node.root() {
        true => TransactionConfirmationStatus::Finalized,
        false => TransactionConfirmationStatus::Confirmed,
    }
}

pub fn statuses(node: &Node, params: &Params) -> Answer {
    let names: Vec<String> = params.required(0)?;
    // Everything that is remembered is searched in any case.
    params.optional::<RpcSignatureStatusConfig>(1)?;
    if names.len() > MOST_STATUSES {
        return Err(RpcError::invalid_params(format!("Too many inputs provided; max {MOST_STATUSES}")));
    }
    let status = |landed: &Landed| {
        let confirmation = status_at(node, landed.slot);
        let final_ = confirmation == TransactionConfirmationStatus::Finalized;
        TransactionStatus {
            slot: landed.slot,
            confirmations: (!final_).then(|| usize::try_from(node.slot().saturating_sub(landed.slot)).unwrap_or(0)),
            status: landed.error.clone().map_or(Ok(()), Err),
            err: landed.error.clone(),
            confirmation_status: Some(confirmation),
        }
    };
    let found = names.iter().map(|name| Ok(node.history.transaction(&signature(name)?).map(|landed| status(landed))));
    of_slot(node.slot(), found.collect::<Result<Vec<_>, RpcError>>()?)
}

pub fn of_address(node: &Node, params: &Params) -> Answer {
    let key = params.address(0)?;
    let config: RpcSignaturesForAddressConfig = params.or_default(1)?;
    let limit = config.limit.unwrap_or(MOST_SIGNATURES);
    if limit == 0 || limit > MOST_SIGNATURES {
        return Err(RpcError::invalid_params(format!("Invalid limit; max {MOST_SIGNATURES}")));
    }
    node.context(config.min_context_slot)?;
    let before = config.before.as_deref().map(signature).transpose()?;
    let until = config.until.as_deref().map(signature).transpose()?;
    let last = node.slot_at(config.commitment);
    // What was asked to come before is not known: there is nothing before it.
    let known = before.is_none_or(|before| node.history.transaction(&before).is_some());
    let mut past_before = before.is_none();
    let found = node
        .history
        .of_address(&key)
        .filter(|_| known)
        .take_while(|landed| until != Some(landed.signature()))
        .filter(|landed| {
            let shown = past_before;
            past_before |= before == Some(landed.signature());
            shown && landed.slot <= last
        })
        .take(limit)
        .map(|landed| RpcConfirmedTransactionStatusWithSignature {
            signature: landed.signature().to_string(),
            slot: landed.slot,
            err: landed.error.clone().map(Into::into),
            memo: None,
            block_time: Some(landed.time),
            confirmation_status: Some(status_at(node, landed.slot)),
            transaction_index: Some(landed.index),
        });
    answer(found.collect::<Vec<_>>())
}

pub fn transaction(node: &Node, params: &Params) -> Answer {
    let signature = signature(&params.required::<String>(0)?)?;
    let config = match params.optional::<RpcEncodingConfigWrapper<RpcTransactionConfig>>(1)? {
        Some(config) => config.convert_to_current(),
        None => RpcTransactionConfig::default(),
    };
    if config.commitment.is_some_and(|config| config.is_processed()) {
        return Err(RpcError::invalid_params("Method does not support commitment below `confirmed`"));
    }
    let last = node.slot_at(config.commitment);
    let Some(landed) = node.history.transaction(&signature).filter(|landed| landed.slot <= last) else {
        return Ok(Value::Null);
    };
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Json);
    let transaction = encode(landed, encoding, TransactionDetails::Full, config.max_supported_transaction_version)?;
    answer(EncodedConfirmedTransactionWithStatusMeta {
        slot: landed.slot,
        transaction,
        block_time: Some(landed.time),
        transaction_index: Some(landed.index),
    })
}

pub fn count(node: &Node, params: &Params) -> Answer {
    let config: RpcContextConfig = params.optional(0)?.unwrap_or_default();
    node.context(config.min_context_slot)?;
    answer(node.history.count())
}

/// The least price of a compute unit in each recent slot among the transactions that write what is asked for.
pub fn recent_fees(node: &Node, params: &Params) -> Answer {
    let names: Vec<String> = params.or_default(0)?;
    if names.len() > MOST_FEE_ADDRESSES {
        return Err(RpcError::invalid_params(format!("Too many inputs provided; max {MOST_FEE_ADDRESSES}")));
    }
    let keys = names.iter().map(|name| address(name)).collect::<Result<Vec<_>, _>>()?;
    let since = node.slot().saturating_sub(FEE_SLOTS);
    let blocks = node.history.blocks_from(since.saturating_add(1));
    let mut fees: BTreeMap<u64, Option<u64>> = blocks.map(|block| (block.slot, None)).collect();
    for landed in node.history.since(since) {
        let message = &landed.transaction.message;
        let written: Vec<_> = landed.keys().enumerate().filter(|(place, _)| is_writable(message, *place)).collect();
        if keys.iter().all(|key| written.iter().any(|(_, written)| *written == key)) {
            if let Some(fee) = fees.get_mut(&landed.slot) {
                let price = landed.unit_price();
                *fee = Some(fee.map_or(price, |least| least.min(price)));
            }
        }
    }
    let told = fees.into_iter().map(|(slot, fee)| RpcPrioritizationFee { slot, prioritization_fee: fee.unwrap_or(0) });
    answer(told.collect::<Vec<_>>())
}

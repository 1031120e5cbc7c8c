//! Blocks.

use serde_json::{json, Value};
use solana_rpc_client_api::config::{
    RpcBlockConfig, RpcBlocksConfigWrapper, RpcContextConfig, RpcEncodingConfigWrapper,
};
use solana_rpc_client_api::request::MAX_GET_CONFIRMED_BLOCKS_RANGE as MOST_SLOTS;
use solana_rpc_client_api::response::RpcPerfSample;
use solana_transaction_status_client_types::{TransactionDetails, UiConfirmedBlock, UiTransactionEncoding};

use super::{answer, Answer};
use crate::localnet::encode::transactions::encode;
use crate::localnet::error::RpcError;
use crate::localnet::node::history::Block;
use crate::localnet::node::Node;
use crate::localnet::params::Params;

/// Slots of a performance sample (a minute), and how many samples are told.
const SAMPLE_SLOTS: u64 = 150;
const SAMPLE_SECONDS: u16 = 60;
const MOST_SAMPLES: usize = 720;
/// Blocks that one answer lists.
const MOST_LISTED: usize = 500_000;

fn find(node: &Node, slot: u64, last: u64) -> Result<&Block, RpcError> {
    let first = node.history.first_block();
    if slot > last {
        return Err(RpcError::block_not_available(slot));
    }
    if slot < first {
        return Err(RpcError::block_cleaned_up(slot, first));
    }
    node.history.block(slot).ok_or_else(|| RpcError::slot_skipped(slot))
}

pub fn block(node: &Node, params: &Params) -> Answer {
    let slot: u64 = params.required(0)?;
    let config = match params.optional::<RpcEncodingConfigWrapper<RpcBlockConfig>>(1)? {
        Some(config) => config.convert_to_current(),
        None => RpcBlockConfig::default(),
    };
    if config.commitment.is_some_and(|config| config.is_processed()) {
        return Err(RpcError::invalid_params("Method does not support commitment below `confirmed`"));
    }
    let block = find(node, slot, node.slot_at(config.commitment))?;
    let landed = node
        .history
        .transactions_of(block)
        .ok_or_else(|| RpcError::block_cleaned_up(slot, node.history.first_block()))?;
    let details = config.transaction_details.unwrap_or_default();
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Json);
    let (transactions, signatures) = match details {
        TransactionDetails::None => (None, None),
        TransactionDetails::Signatures => {
            (None, Some(landed.iter().map(|landed| landed.signature().to_string()).collect()))
        }
        TransactionDetails::Full | TransactionDetails::Accounts => {
            let version = config.max_supported_transaction_version;
            let encoded = landed.iter().map(|landed| encode(landed, encoding, details, version));
            (Some(encoded.collect::<Result<Vec<_>, RpcError>>()?), None)
        }
    };
    answer(UiConfirmedBlock {
        previous_blockhash: block.previous.to_string(),
        blockhash: block.hash.to_string(),
        parent_slot: block.parent,
        transactions,
        signatures,
        rewards: config.rewards.unwrap_or(true).then(Vec::new),
        num_reward_partitions: None,
        block_time: Some(block.time),
        block_height: Some(Node::height(block.slot)),
    })
}

pub fn blocks(node: &Node, params: &Params) -> Answer {
    let start: u64 = params.required(0)?;
    let (end, config) = match params.is_object(1) {
        true => (None, params.optional(1)?),
        false => match params.optional::<RpcBlocksConfigWrapper>(1)? {
            Some(wrapper) => (wrapper.unzip().0, params.optional::<RpcContextConfig>(2)?),
            None => (None, params.optional::<RpcContextConfig>(2)?),
        },
    };
    let last = node.slot_at(config.unwrap_or_default().commitment);
    let end = end.unwrap_or(last).min(last);
    if end.saturating_sub(start) > MOST_SLOTS {
        return Err(RpcError::invalid_params(format!("Slot range too large; max {MOST_SLOTS}")));
    }
    list(node, start, end, MOST_LISTED)
}

pub fn blocks_with_limit(node: &Node, params: &Params) -> Answer {
    let start: u64 = params.required(0)?;
    let limit: usize = params.required(1)?;
    let config: RpcContextConfig = params.optional(2)?.unwrap_or_default();
    if limit > MOST_LISTED {
        return Err(RpcError::invalid_params(format!("Limit too large; max {MOST_LISTED}")));
    }
    list(node, start, node.slot_at(config.commitment), limit)
}

fn list(node: &Node, start: u64, end: u64, limit: usize) -> Answer {
    let slots = node.history.blocks_from(start).map(|block| block.slot);
    answer(slots.take_while(|slot| *slot <= end).take(limit).collect::<Vec<u64>>())
}

pub fn time(node: &Node, params: &Params) -> Answer {
    let slot: u64 = params.required(0)?;
    answer(find(node, slot, node.slot())?.time)
}

/// Nobody votes here.
pub fn commitment() -> Answer {
    Ok(json!({ "commitment": null, "totalStake": 0 }))
}

pub fn production(node: &Node) -> Answer {
    let (first, last) = (node.history.first_block(), node.slot());
    let made = node.history.blocks_from(first).count();
    let value = json!({
        "byIdentity": { node.identity().to_string(): [made, made] },
        "range": { "firstSlot": first, "lastSlot": last },
    });
    Ok(json!({ "context": { "slot": last }, "value": value }))
}

pub fn samples(node: &Node, params: &Params) -> Answer {
    let limit: usize = params.optional(0)?.unwrap_or(MOST_SAMPLES);
    if limit > MOST_SAMPLES {
        return Err(RpcError::invalid_params(format!("Invalid limit; max {MOST_SAMPLES}")));
    }
    // Whole minutes of slots, counted back from the newest block; a jump of the clock ends them.
    let newest = node.slot();
    let sample = |number: usize| {
        let back = SAMPLE_SLOTS.checked_mul(u64::try_from(number).ok()?)?;
        let end = newest.checked_sub(back)?;
        let start = end.checked_sub(SAMPLE_SLOTS)?;
        node.history.block(start)?;
        let within = node.history.blocks_from(start + 1).take_while(|block| block.slot <= end);
        let transactions = within.map(|block| node.history.transactions_in(block) as u64).sum();
        Some(RpcPerfSample {
            slot: end,
            num_transactions: transactions,
            num_non_vote_transactions: Some(transactions),
            num_slots: SAMPLE_SLOTS,
            sample_period_secs: SAMPLE_SECONDS,
        })
    };
    let samples: Vec<Value> = (0..limit).map_while(sample).map(answer).collect::<Result<_, RpcError>>()?;
    answer(samples)
}

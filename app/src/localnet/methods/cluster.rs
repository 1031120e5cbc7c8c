//! What a node says of itself and its cluster.

use serde_json::json;
use solana_rpc_client_api::config::{RpcContextConfig, RpcEpochConfig};
use solana_rpc_client_api::request::MAX_GET_SLOT_LEADERS;
use solana_rpc_client_api::response::{
    RpcApiVersion, RpcContactInfo, RpcIdentity, RpcInflationGovernor, RpcInflationRate, RpcVersionInfo,
    RpcVoteAccountStatus,
};

use super::{answer, of_slot, Answer};
use crate::localnet::error::RpcError;
use crate::localnet::node::Node;
use crate::localnet::params::{address, Params};

/// Slots of an epoch, as on mainnet; epochs have had this length from the first on.
const EPOCH_SLOTS: u64 = 432_000;
/// Tells this node's set of features from a validator's, of which it is none.
const FEATURE_SET: u32 = 0x6769_6d62;
/// The least that can be staked: 1 SOL.
const LEAST_STAKE: u64 = 1_000_000_000;

fn slot_asked(node: &Node, params: &Params) -> Result<u64, RpcError> {
    let config: RpcContextConfig = params.optional(0)?.unwrap_or_default();
    Node::reached(node.slot_at(config.commitment), config.min_context_slot)
}

pub fn slot(node: &Node, params: &Params) -> Answer {
    answer(slot_asked(node, params)?)
}

pub fn height(node: &Node, params: &Params) -> Answer {
    answer(Node::height(slot_asked(node, params)?))
}

pub fn epoch_info(node: &Node, params: &Params) -> Answer {
    let slot = slot_asked(node, params)?;
    Ok(json!({
        "absoluteSlot": slot,
        "blockHeight": Node::height(slot),
        "epoch": slot / EPOCH_SLOTS,
        "slotIndex": slot % EPOCH_SLOTS,
        "slotsInEpoch": EPOCH_SLOTS,
        "transactionCount": node.history.count(),
    }))
}

pub fn epoch_schedule(_: &Node) -> Answer {
    Ok(json!({
        "slotsPerEpoch": EPOCH_SLOTS,
        "leaderScheduleSlotOffset": EPOCH_SLOTS,
        "warmup": false,
        "firstNormalEpoch": 0,
        "firstNormalSlot": 0,
    }))
}

pub fn version() -> Answer {
    answer(RpcVersionInfo { solana_core: RpcApiVersion::default().to_string(), feature_set: Some(FEATURE_SET) })
}

pub fn identity(node: &Node) -> Answer {
    answer(RpcIdentity { identity: node.identity().to_string() })
}

pub fn slot_leaders(node: &Node, params: &Params) -> Answer {
    params.required::<u64>(0)?;
    let limit: usize = params.required(1)?;
    if limit > MAX_GET_SLOT_LEADERS {
        return Err(RpcError::invalid_params(format!("Invalid limit; max {MAX_GET_SLOT_LEADERS}")));
    }
    answer(vec![node.identity().to_string(); limit])
}

/// There is no schedule: one node makes all blocks.
pub fn leader_schedule() -> Answer {
    Ok(json!(null))
}

pub fn nodes(node: &Node) -> Answer {
    answer([RpcContactInfo {
        pubkey: node.identity().to_string(),
        gossip: None,
        tvu: None,
        tpu: None,
        tpu_quic: None,
        tpu_forwards: None,
        tpu_forwards_quic: None,
        tpu_vote: None,
        serve_repair: None,
        rpc: None,
        pubsub: None,
        version: Some(RpcApiVersion::default().to_string()),
        client_id: None,
        feature_set: Some(FEATURE_SET),
        shred_version: Some(0),
    }])
}

/// Nobody votes here.
pub fn vote_accounts() -> Answer {
    answer(RpcVoteAccountStatus { current: Vec::new(), delinquent: Vec::new() })
}

/// Nothing is issued.
pub fn inflation_governor() -> Answer {
    answer(RpcInflationGovernor { initial: 0.0, terminal: 0.0, taper: 0.0, foundation: 0.0, foundation_term: 0.0 })
}

pub fn inflation_rate(node: &Node) -> Answer {
    answer(RpcInflationRate { total: 0.0, validator: 0.0, foundation: 0.0, epoch: node.slot() / EPOCH_SLOTS })
}

pub fn inflation_reward(params: &Params) -> Answer {
    let names: Vec<String> = params.required(0)?;
    params.optional::<RpcEpochConfig>(1)?;
    let none = names.iter().map(|name| address(name).map(|_| None::<u64>));
    answer(none.collect::<Result<Vec<_>, RpcError>>()?)
}

pub fn stake_minimum(node: &Node) -> Answer {
    of_slot(node.slot(), LEAST_STAKE)
}

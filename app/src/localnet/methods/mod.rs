//! The methods of JSON-RPC, one file per family.

mod accounts;
mod blocks;
mod cluster;
mod gimbal;
mod history;
mod tokens;
mod transactions;
mod venues;

use serde::Serialize;
use serde_json::Value;
use solana_rpc_client_api::response::{Response, RpcResponseContext};

use super::error::RpcError;
use super::node::Node;
use super::params::Params;

pub use gimbal::ClusterInfo;

/// What a method gives.
pub type Answer = Result<Value, RpcError>;

/// Calls a method.
///
/// # Errors
///
/// The method's, or that there is none of this name.
pub fn call(node: &mut Node, method: &str, params: &Params) -> Answer {
    match method {
        "getAccountInfo" => accounts::account_info(node, params),
        "getMultipleAccounts" => accounts::multiple(node, params),
        "getProgramAccounts" => accounts::of_program(node, params),
        "getBalance" => accounts::balance(node, params),
        "getMinimumBalanceForRentExemption" => accounts::minimum_balance(node, params),
        "getLargestAccounts" => accounts::largest(node, params),
        "getSupply" => accounts::supply(node, params),

        "getTokenAccountBalance" => tokens::balance(node, params),
        "getTokenSupply" => tokens::supply(node, params),
        "getTokenAccountsByOwner" => tokens::by_owner(node, params),
        "getTokenAccountsByDelegate" => tokens::by_delegate(node, params),
        "getTokenLargestAccounts" => tokens::largest(node, params),

        "getLatestBlockhash" => transactions::latest_blockhash(node, params),
        "isBlockhashValid" => transactions::is_blockhash_valid(node, params),
        "getFeeForMessage" => transactions::fee_for_message(node, params),
        "sendTransaction" => transactions::send(node, params),
        "simulateTransaction" => transactions::simulate(node, params),
        "requestAirdrop" => transactions::airdrop(node, params),

        "getSignatureStatuses" => history::statuses(node, params),
        "getSignaturesForAddress" => history::of_address(node, params),
        "getTransaction" => history::transaction(node, params),
        "getTransactionCount" => history::count(node, params),
        "getRecentPrioritizationFees" => history::recent_fees(node, params),

        "getBlock" => blocks::block(node, params),
        "getBlocks" => blocks::blocks(node, params),
        "getBlocksWithLimit" => blocks::blocks_with_limit(node, params),
        "getBlockTime" => blocks::time(node, params),
        "getFirstAvailableBlock" | "minimumLedgerSlot" => answer(node.history.first_block()),
        "getBlockCommitment" => blocks::commitment(),
        "getBlockProduction" => blocks::production(node),
        "getRecentPerformanceSamples" => blocks::samples(node, params),

        "getSlot" => cluster::slot(node, params),
        "getBlockHeight" => cluster::height(node, params),
        "getEpochInfo" => cluster::epoch_info(node, params),
        "getEpochSchedule" => cluster::epoch_schedule(node),
        "getHealth" => answer("ok"),
        "getVersion" => cluster::version(),
        "getGenesisHash" => answer(node.genesis_hash().to_string()),
        "getIdentity" => cluster::identity(node),
        "getSlotLeader" => answer(node.identity().to_string()),
        "getSlotLeaders" => cluster::slot_leaders(node, params),
        "getLeaderSchedule" => cluster::leader_schedule(),
        "getClusterNodes" => cluster::nodes(node),
        "getVoteAccounts" => cluster::vote_accounts(),
        "getInflationGovernor" => cluster::inflation_governor(),
        "getInflationRate" => cluster::inflation_rate(node),
        "getInflationReward" => cluster::inflation_reward(params),
        "getStakeMinimumDelegation" => cluster::stake_minimum(node),
        "getMaxRetransmitSlot" | "getMaxShredInsertSlot" => answer(node.slot()),
        "getHighestSnapshotSlot" => Err(RpcError::no_snapshot()),

        "gimbal_info" => gimbal::info(node),
        "gimbal_setPrice" => gimbal::set_price(node, params),
        "gimbal_warp" => gimbal::warp(node, params),
        "gimbal_mint" => gimbal::mint(node, params),
        "gimbal_venue" => venues::venue(node, params),

        other => Err(RpcError::method_not_found(other)),
    }
}

/// A value as JSON.
fn answer(value: impl Serialize) -> Answer {
    serde_json::to_value(value).map_err(|error| RpcError::internal(format!("cannot write the answer: {error}")))
}

/// A value with the slot that it is of.
fn of_slot(slot: u64, value: impl Serialize) -> Answer {
    answer(Response { context: RpcResponseContext::new(slot), value })
}

//! Accounts and lamports.

use anchor_lang::prelude::Pubkey;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_account_decoder::{UiAccount, UiAccountEncoding};
use solana_rpc_client_api::config::{
    RpcAccountInfoConfig, RpcContextConfig, RpcLargestAccountsConfig, RpcProgramAccountsConfig, RpcSupplyConfig,
};
use solana_rpc_client_api::request::{MAX_MULTIPLE_ACCOUNTS, NUM_LARGEST_ACCOUNTS};
use solana_rpc_client_api::response::{RpcAccountBalance, RpcKeyedAccount, RpcSupply};

use super::{answer, of_slot, Answer};
use crate::localnet::encode::accounts::encode;
use crate::localnet::error::RpcError;
use crate::localnet::filters::Filters;
use crate::localnet::node::Node;
use crate::localnet::params::{address, Params};

/// The longest account that there can be.
const MOST_DATA: usize = 10 << 20;

fn encoded(
    node: &Node,
    key: &Pubkey,
    account: &AccountSharedData,
    config: &RpcAccountInfoConfig,
    otherwise: UiAccountEncoding,
) -> Result<UiAccount, RpcError> {
    encode(&node.chain, key, account, config.encoding.unwrap_or(otherwise), config.data_slice)
}

/// Accounts with their addresses, as lists of accounts are answered.
pub fn keyed(
    node: &Node,
    accounts: &[(Pubkey, AccountSharedData)],
    config: &RpcAccountInfoConfig,
) -> Result<Vec<RpcKeyedAccount>, RpcError> {
    let keyed = accounts.iter().map(|(key, account)| {
        let account = encoded(node, key, account, config, UiAccountEncoding::Binary)?;
        Ok(RpcKeyedAccount { pubkey: key.to_string(), account })
    });
    keyed.collect()
}

pub fn account_info(node: &Node, params: &Params) -> Answer {
    let key = params.address(0)?;
    let config: RpcAccountInfoConfig = params.or_default(1)?;
    let slot = node.context(config.min_context_slot)?;
    let account = node.chain.svm().shared_account(&key);
    let account =
        account.map(|account| encoded(node, &key, &account, &config, UiAccountEncoding::Binary)).transpose()?;
    of_slot(slot, account)
}

pub fn multiple(node: &Node, params: &Params) -> Answer {
    let names: Vec<String> = params.required(0)?;
    if names.len() > MAX_MULTIPLE_ACCOUNTS {
        return Err(RpcError::invalid_params(format!("Too many inputs provided; max {MAX_MULTIPLE_ACCOUNTS}")));
    }
    let config: RpcAccountInfoConfig = params.or_default(1)?;
    let slot = node.context(config.min_context_slot)?;
    let accounts = names.iter().map(|name| {
        let key = address(name)?;
        let account = node.chain.svm().shared_account(&key);
        account.map(|account| encoded(node, &key, &account, &config, UiAccountEncoding::Base64)).transpose()
    });
    of_slot(slot, accounts.collect::<Result<Vec<_>, RpcError>>()?)
}

pub fn of_program(node: &Node, params: &Params) -> Answer {
    let program = params.address(0)?;
    let config: RpcProgramAccountsConfig = params.or_default(1)?;
    let slot = node.context(config.account_config.min_context_slot)?;
    let filters = Filters::new(config.filters)?;
    let wanted = |key: &Pubkey, account: &AccountSharedData| *account.owner() == program && filters.pass(key, account);
    let found = keyed(node, &node.chain.svm().accounts_where(wanted), &config.account_config)?;
    match config.with_context.unwrap_or(false) {
        true => of_slot(slot, found),
        false => answer(found),
    }
}

pub fn balance(node: &Node, params: &Params) -> Answer {
    let key = params.address(0)?;
    let config: RpcContextConfig = params.optional(1)?.unwrap_or_default();
    of_slot(node.context(config.min_context_slot)?, node.chain.svm().balance(&key))
}

pub fn minimum_balance(node: &Node, params: &Params) -> Answer {
    let bytes: usize = params.required(0)?;
    if bytes > MOST_DATA {
        return Err(RpcError::invalid_params(format!("Invalid param: an account holds at most {MOST_DATA} bytes")));
    }
    answer(node.minimum_balance(bytes))
}

pub fn largest(node: &Node, params: &Params) -> Answer {
    let _: RpcLargestAccountsConfig = params.or_default(0)?;
    let mut accounts = node.chain.svm().accounts_where(|_, account| account.lamports() > 0);
    accounts.sort_by_key(|(_, account)| std::cmp::Reverse(account.lamports()));
    let largest = accounts.iter().take(NUM_LARGEST_ACCOUNTS);
    let balances: Vec<RpcAccountBalance> = largest
        .map(|(key, account)| RpcAccountBalance { address: key.to_string(), lamports: account.lamports() })
        .collect();
    of_slot(node.slot(), balances)
}

pub fn supply(node: &Node, params: &Params) -> Answer {
    let _: RpcSupplyConfig = params.or_default(0)?;
    let accounts = node.chain.svm().accounts_where(|_, _| true);
    let total = accounts.iter().fold(0_u64, |sum, (_, account)| sum.saturating_add(account.lamports()));
    let supply = RpcSupply { total, circulating: total, non_circulating: 0, non_circulating_accounts: Vec::new() };
    of_slot(node.slot(), supply)
}

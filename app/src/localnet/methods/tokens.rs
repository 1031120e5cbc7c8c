//! Token accounts and mints.

use anchor_lang::prelude::Pubkey;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_account_decoder::parse_token::{is_known_spl_token_id, spl_token_ids};
use solana_rpc_client_api::config::{RpcAccountInfoConfig, RpcTokenAccountsFilter};
use solana_rpc_client_api::request::NUM_LARGEST_ACCOUNTS;
use solana_rpc_client_api::response::RpcTokenAccountBalance;

use super::accounts::keyed;
use super::{of_slot, Answer};
use crate::localnet::encode::tokens;
use crate::localnet::error::RpcError;
use crate::localnet::node::Node;
use crate::localnet::params::{address, Params};
use crate::readers::{self, TokenAccount};

fn invalid(reason: &str) -> RpcError {
    RpcError::invalid_params(format!("Invalid param: {reason}"))
}

pub fn balance(node: &Node, params: &Params) -> Answer {
    let key = params.address(0)?;
    let account = node.chain.svm().shared_account(&key).ok_or_else(|| invalid("could not find account"))?;
    let token = tokens::account(&key, &account).ok_or_else(|| invalid("not a Token account"))?;
    let decimals = tokens::decimals(&node.chain, &token.mint).ok_or_else(|| invalid("could not find mint"))?;
    of_slot(node.slot(), tokens::amount(token.amount, decimals))
}

pub fn supply(node: &Node, params: &Params) -> Answer {
    let key = params.address(0)?;
    let mint = readers::mint(&node.chain, &key).map_err(|_| invalid("not a Token mint"))?;
    of_slot(node.slot(), tokens::amount(mint.supply, mint.decimals))
}

pub fn by_owner(node: &Node, params: &Params) -> Answer {
    let owner = params.address(0)?;
    of_whom(node, params, |token| token.owner == owner)
}

pub fn by_delegate(node: &Node, params: &Params) -> Answer {
    let delegate = params.address(0)?;
    of_whom(node, params, |token| token.delegate == Some(delegate))
}

/// The token accounts of one mint or one token program that `wanted` picks.
fn of_whom(node: &Node, params: &Params, wanted: impl Fn(&TokenAccount) -> bool) -> Answer {
    let (program, mint) = match params.required::<RpcTokenAccountsFilter>(1)? {
        RpcTokenAccountsFilter::Mint(mint) => {
            let mint = address(&mint)?;
            let program = readers::mint(&node.chain, &mint).map_err(|_| invalid("could not find mint"))?.token_program;
            (program, Some(mint))
        }
        RpcTokenAccountsFilter::ProgramId(program) => {
            let program = address(&program)?;
            if !is_known_spl_token_id(&program) {
                return Err(invalid("unrecognized Token program id"));
            }
            (program, None)
        }
    };
    let config: RpcAccountInfoConfig = params.or_default(2)?;
    let slot = node.context(config.min_context_slot)?;
    let picked = |key: &Pubkey, account: &AccountSharedData| {
        *account.owner() == program
            && tokens::account(key, account)
                .is_some_and(|token| mint.is_none_or(|mint| token.mint == mint) && wanted(&token))
    };
    of_slot(slot, keyed(node, &node.chain.svm().accounts_where(picked), &config)?)
}

pub fn largest(node: &Node, params: &Params) -> Answer {
    let key = params.address(0)?;
    let decimals = tokens::decimals(&node.chain, &key).ok_or_else(|| invalid("not a Token mint"))?;
    let programs = spl_token_ids();
    let accounts = node.chain.svm().accounts_where(|_, account| programs.contains(account.owner()));
    let mut held: Vec<(Pubkey, u64)> = accounts
        .iter()
        .filter_map(|(address, account)| tokens::account(address, account).map(|token| (*address, token)))
        .filter(|(_, token)| token.mint == key)
        .map(|(address, token)| (address, token.amount))
        .collect();
    held.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    let largest = held.into_iter().take(NUM_LARGEST_ACCOUNTS).map(|(address, amount)| RpcTokenAccountBalance {
        address: address.to_string(),
        amount: tokens::amount(amount, decimals),
    });
    of_slot(node.slot(), largest.collect::<Vec<_>>())
}

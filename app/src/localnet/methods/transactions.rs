//! Blockhashes, sending and simulating.

use anchor_lang::solana_program::system_instruction;
use gimbal_svm::{Failure, Receipt};
use solana_account::AccountSharedData;
use solana_account_decoder::{UiAccount, UiAccountEncoding};
use solana_rpc_client_api::config::{
    RpcContextConfig, RpcRequestAirdropConfig, RpcSendTransactionConfig, RpcSimulateTransactionConfig,
    UiTransactionEncoding,
};
use solana_rpc_client_api::response::{RpcBlockhash, RpcSimulateTransactionResult};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::TransactionBinaryEncoding;

use super::{answer, of_slot, Answer};
use crate::localnet::encode::{accounts, transactions, wire};
use crate::localnet::error::RpcError;
use crate::localnet::node::{transaction_error, Node};
use crate::localnet::params::{address, blockhash, Params};

/// Accounts that a simulation shows at most.
const MOST_SHOWN: usize = 64;

/// The newest blockhash and the last block that may hold a transaction with it.
fn newest(node: &Node) -> RpcBlockhash {
    let svm = node.chain.svm();
    let hash = svm.latest_blockhash();
    let last = svm.last_valid_slot(&hash).unwrap_or_else(|| node.slot());
    RpcBlockhash { blockhash: hash.to_string(), last_valid_block_height: Node::height(last) }
}

pub fn latest_blockhash(node: &Node, params: &Params) -> Answer {
    let config: RpcContextConfig = params.optional(0)?.unwrap_or_default();
    of_slot(node.context(config.min_context_slot)?, newest(node))
}

pub fn is_blockhash_valid(node: &Node, params: &Params) -> Answer {
    let hash = blockhash(&params.required::<String>(0)?)?;
    let config: RpcContextConfig = params.optional(1)?.unwrap_or_default();
    of_slot(node.context(config.min_context_slot)?, node.chain.svm().last_valid_slot(&hash).is_some())
}

pub fn fee_for_message(node: &Node, params: &Params) -> Answer {
    let message = wire::decode_message(&params.required::<String>(0)?)?;
    let config: RpcContextConfig = params.optional(1)?.unwrap_or_default();
    let slot = node.context(config.min_context_slot)?;
    let known = node.chain.svm().last_valid_slot(message.recent_blockhash()).is_some();
    let signatures = vec![Default::default(); usize::from(message.header().num_required_signatures)];
    let fee = known.then(|| node.chain.svm().fee(VersionedTransaction { signatures, message }));
    of_slot(slot, fee)
}

fn binary(encoding: Option<UiTransactionEncoding>) -> Result<TransactionBinaryEncoding, RpcError> {
    let encoding = encoding.unwrap_or(UiTransactionEncoding::Base58);
    encoding.into_binary_encoding().ok_or_else(|| {
        RpcError::invalid_params(format!("unsupported encoding: {encoding}. Supported encodings: base58, base64"))
    })
}

pub fn send(node: &mut Node, params: &Params) -> Answer {
    let config: RpcSendTransactionConfig = params.or_default(1)?;
    let transaction = wire::decode(&params.required::<String>(0)?, binary(config.encoding)?)?;
    let slot = node.context(config.min_context_slot)?;
    let signature = transaction.signatures.first().copied().unwrap_or_default();
    if !config.skip_preflight {
        let svm = node.chain.svm();
        svm.verify(&transaction).map_err(|_| RpcError::signature_verification())?;
        let simulated = match svm.check_age(&transaction) {
            Ok(()) => svm.simulate(transaction.clone()),
            Err(reason) => Err(Failure { reason, receipt: Box::new(nothing(slot)) }),
        };
        if let Err(failure) = simulated {
            let error = transaction_error(&failure.reason);
            let message = format!("Transaction simulation failed: {error}");
            return Err(RpcError::preflight(message, &simulated_result(&Err(failure), None)));
        }
    }
    // As on a cluster, what is handed in without a simulation and never lands is found out by asking for its status.
    let _ = node.execute(transaction);
    answer(signature.to_string())
}

/// What is known of a transaction that was not run.
fn nothing(slot: u64) -> Receipt {
    Receipt {
        signature: Default::default(),
        slot,
        fee: 0,
        compute_units: 0,
        logs: Vec::new(),
        inner_instructions: Vec::new(),
        return_data: None,
    }
}

/// The form of a simulation's answer, with what every caller gets.
fn simulated_result(
    result: &Result<Receipt, Failure>,
    accounts: Option<Vec<Option<UiAccount>>>,
) -> RpcSimulateTransactionResult {
    let (receipt, error) = match result {
        Ok(receipt) => (receipt, None),
        Err(failure) => (&*failure.receipt, Some(transaction_error(&failure.reason).into())),
    };
    RpcSimulateTransactionResult {
        err: error,
        logs: Some(receipt.logs.clone()),
        accounts,
        units_consumed: Some(receipt.compute_units),
        loaded_accounts_data_size: None,
        return_data: transactions::returned(receipt.return_data.as_ref()),
        inner_instructions: None,
        replacement_blockhash: None,
        fee: None,
        pre_balances: None,
        post_balances: None,
        pre_token_balances: None,
        post_token_balances: None,
        loaded_addresses: None,
    }
}

pub fn simulate(node: &Node, params: &Params) -> Answer {
    let config: RpcSimulateTransactionConfig = params.or_default(1)?;
    let mut transaction = wire::decode(&params.required::<String>(0)?, binary(config.encoding)?)?;
    let slot = node.context(config.min_context_slot)?;
    let svm = node.chain.svm();
    let mut replacement = None;
    if config.replace_recent_blockhash {
        if config.sig_verify {
            return Err(RpcError::invalid_params("sigVerify may not be used with replaceRecentBlockhash"));
        }
        transaction.message.set_recent_blockhash(svm.latest_blockhash());
        replacement = Some(newest(node));
    }
    if config.sig_verify {
        svm.verify(&transaction).map_err(|_| RpcError::signature_verification())?;
    }
    let message = transaction.message.clone();
    let loaded = svm.loaded_addresses(&message);
    let keys: Vec<_> = message.static_account_keys().iter().chain(&loaded).copied().collect();
    let age = match config.replace_recent_blockhash {
        true => Ok(()),
        false => svm.check_age(&transaction),
    };
    let (result, changed) = match age {
        Ok(()) => {
            let simulation = svm.simulate_accounts(transaction);
            let changed = simulation.accounts.into_iter();
            (simulation.result, changed.map(|(key, account)| (key, AccountSharedData::from(account))).collect())
        }
        Err(reason) => (Err(Failure { reason, receipt: Box::new(nothing(slot)) }), Vec::new()),
    };
    let after = |key: &_| match changed.iter().find(|(changed, _)| changed == key) {
        Some((_, account)) => Some(account.clone()),
        None => svm.shared_account(key),
    };

    let accounts = match config.accounts {
        None => None,
        Some(asked) => {
            let encoding = asked.encoding.unwrap_or(UiAccountEncoding::Base64);
            if matches!(encoding, UiAccountEncoding::Binary | UiAccountEncoding::Base58) {
                return Err(RpcError::invalid_params("base58 encoding not supported"));
            }
            if asked.addresses.len() > MOST_SHOWN {
                return Err(RpcError::invalid_params(format!("Too many accounts provided; max {MOST_SHOWN}")));
            }
            let shown = asked.addresses.iter().map(|name| {
                let key = address(name)?;
                let account = if result.is_ok() { after(&key) } else { None };
                account.map(|account| accounts::encode(&node.chain, &key, &account, encoding, None)).transpose()
            });
            Some(shown.collect::<Result<Vec<_>, RpcError>>()?)
        }
    };

    let mut value = simulated_result(&result, accounts);
    let stored: Vec<_> = keys.iter().map(|key| svm.shared_account(key)).collect();
    let before = node.balances(&keys, &stored);
    let receipt = result.as_ref().unwrap_or_else(|failure| &failure.receipt);
    value.fee = Some(receipt.fee);
    value.replacement_blockhash = replacement;
    value.loaded_addresses = Some(transactions::loaded(&message, &loaded));
    if result.is_ok() {
        let left: Vec<_> = keys.iter().map(after).collect();
        let after = node.balances(&keys, &left);
        (value.post_balances, value.post_token_balances) = (Some(after.lamports), Some(after.tokens));
        (value.pre_balances, value.pre_token_balances) = (Some(before.lamports), Some(before.tokens));
    }
    if config.inner_instructions {
        value.inner_instructions = Some(transactions::inner(&receipt.inner_instructions, &keys, false));
    }
    of_slot(slot, value)
}

pub fn airdrop(node: &mut Node, params: &Params) -> Answer {
    let to = params.address(0)?;
    let lamports: u64 = params.required(1)?;
    // Which blockhash the faucet signs with and what commitment is waited for make no difference on one node.
    params.optional::<RpcRequestAirdropConfig>(2)?;
    let faucet = node.faucet();
    let transfer = system_instruction::transfer(&faucet.pubkey(), &to, lamports);
    let landed = node.run(&faucet, &[transfer], &[]);
    let landed = landed.map_err(|error| RpcError::invalid_params(format!("the faucet cannot give that: {error}")))?;
    answer(landed.signature().to_string())
}

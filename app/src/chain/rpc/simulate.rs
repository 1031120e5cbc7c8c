//! Trying a transaction out.

use std::collections::HashMap;

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use serde_json::json;
use solana_account::Account;
use solana_account_decoder::UiAccountEncoding;
use solana_address_lookup_table_interface::state::AddressLookupTable;
use solana_message::VersionedMessage;
use solana_rpc_client_api::{
    config::{RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig, UiTransactionEncoding},
    request::RpcRequest,
    response::{Response, RpcSimulateTransactionResult},
};
use solana_transaction::{versioned::VersionedTransaction, Signature, TransactionError};

use super::{
    accounts::decode,
    receipt::{all_keys, inner_calls, refused, return_data, unreadable},
    RpcChain,
};
use crate::{
    chain::{ChainError, Receipt, Refused},
    transaction,
};

impl RpcChain {
    /// Signatures are not looked at. A transaction that lacks one is tried with the node's own blockhash, since its own
    /// will be chosen when it is signed.
    pub(super) fn rehearse(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Ok(self.rehearse_reading(transaction, &[])?.0)
    }

    /// As [`rehearse`](Self::rehearse), with the accounts at `keys` as they would be afterwards. Nodes tell only of as
    /// many accounts as the transaction has, so those that it does not name are read instead.
    pub(super) fn rehearse_reading(
        &self,
        transaction: &VersionedTransaction,
        keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        transaction::check_limits(transaction)?;
        let mut named = if keys.is_empty() { Vec::new() } else { self.look_up(&transaction.message)? };
        named.retain(|key| keys.contains(key));
        let elsewhere: Vec<Pubkey> = keys.iter().filter(|key| !named.contains(key)).copied().collect();
        let unsigned = transaction.signatures.iter().any(|signature| *signature == Signature::default());
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: unsigned,
            commitment: Some(self.commitment()),
            encoding: Some(UiTransactionEncoding::Base64),
            accounts: (!named.is_empty()).then(|| RpcSimulateTransactionAccountsConfig {
                encoding: Some(UiAccountEncoding::Base64),
                addresses: named.iter().map(Pubkey::to_string).collect(),
            }),
            min_context_slot: self.floor(),
            inner_instructions: true,
        };
        // A node that does not know the blockhash yet is behind the one that gave it: another may know it.
        let knows = |answer: &Response<RpcSimulateTransactionResult>| {
            let error = answer.value.err.clone().map(TransactionError::from);
            error != Some(TransactionError::BlockhashNotFound)
        };
        let answer =
            self.ask_until(knows, |client| client.simulate_transaction_with_config(transaction, config.clone()))?;
        self.seen(answer.context.slot);
        let mut told = answer.value;
        let after = told.accounts.take().unwrap_or_default();
        let receipt = self.simulated(transaction, answer.context.slot, told)?;
        if after.len() != named.len() {
            return Err(unreadable(&receipt.signature, "accounts"));
        }
        let mut accounts = HashMap::new();
        for (key, account) in named.iter().zip(after) {
            let account = account.map(|account| decode(key, &account)).transpose()?;
            // A closed account may be told as one without a balance.
            accounts.insert(*key, account.filter(|account| account.lamports > 0));
        }
        let read = self.multiple(&elsewhere, None)?;
        accounts.extend(elsewhere.into_iter().zip(read));
        let in_order = keys.iter().map(|key| accounts.get(key).cloned().flatten());
        Ok((receipt, in_order.collect()))
    }

    fn simulated(
        &self,
        transaction: &VersionedTransaction,
        slot: u64,
        told: RpcSimulateTransactionResult,
    ) -> Result<Receipt, ChainError> {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        if let Some(refused) = refusal(&transaction.message, &told) {
            return Err(ChainError::Refused(Box::new(refused)));
        }
        let groups = told.inner_instructions.unwrap_or_default();
        let keys = match (&told.loaded_addresses, groups.is_empty()) {
            (loaded @ Some(_), _) => all_keys(&transaction.message, loaded.as_ref()),
            (None, true) => Some(Vec::new()),
            (None, false) => Some(self.look_up(&transaction.message)?),
        };
        let keys = keys.ok_or_else(|| unreadable(&signature, "addresses"))?;
        let fee = match told.fee {
            Some(fee) => fee,
            None => self.fee_of(&transaction.message)?,
        };
        Ok(Receipt {
            signature,
            slot,
            compute_units: told.units_consumed.unwrap_or_default(),
            fee,
            logs: told.logs.unwrap_or_default(),
            own: Vec::new(),
            inner: inner_calls(groups, &keys).ok_or_else(|| unreadable(&signature, "inner instructions"))?,
            return_data: told.return_data.and_then(return_data),
        })
    }

    /// Older nodes do not tell it with a simulation.
    fn fee_of(&self, message: &VersionedMessage) -> Result<u64, ChainError> {
        // A blockhash that the node has replaced or forgotten has no fee there; the cluster's fee a signature is then
        // the part that is sure.
        let signatures = u64::from(message.header().num_required_signatures);
        let question = json!([BASE64.encode(message.serialize()), self.commitment()]);
        let told: Response<Option<u64>> =
            self.ask(|client| client.send(RpcRequest::GetFeeForMessage, question.clone()))?;
        Ok(told.value.unwrap_or(transaction::network_fee(signatures, 0, 0)))
    }

    /// The message's accounts, by its lookup tables as they are now.
    fn look_up(&self, message: &VersionedMessage) -> Result<Vec<Pubkey>, ChainError> {
        let lookups = message.address_table_lookups().unwrap_or_default();
        if lookups.is_empty() {
            return Ok(message.static_account_keys().to_vec());
        }
        let tables: Vec<Pubkey> = lookups.iter().map(|lookup| lookup.account_key).collect();
        let (mut writable, mut readonly) = (Vec::new(), Vec::new());
        for (lookup, account) in lookups.iter().zip(self.multiple(&tables, None)?) {
            let account = account.ok_or(ChainError::AccountNotFound(lookup.account_key))?;
            let wrong = |reason: String| ChainError::WrongAccount {
                key: lookup.account_key,
                expected: "a lookup table",
                reason,
            };
            let table = AddressLookupTable::deserialize(&account.data).map_err(|error| wrong(error.to_string()))?;
            for (indexes, keys) in
                [(&lookup.writable_indexes, &mut writable), (&lookup.readonly_indexes, &mut readonly)]
            {
                for index in indexes {
                    let key = table.addresses.get(usize::from(*index));
                    keys.push(*key.ok_or_else(|| wrong(format!("it has no address number {index}")))?);
                }
            }
        }
        Ok([message.static_account_keys().to_vec(), writable, readonly].concat())
    }
}

/// Why a simulation failed, if it did.
pub(super) fn refusal(message: &VersionedMessage, told: &RpcSimulateTransactionResult) -> Option<Refused> {
    let error = TransactionError::from(told.err.clone()?);
    let logs = told.logs.clone().unwrap_or_default();
    Some(refused(error, message, logs, told.units_consumed.unwrap_or_default()))
}

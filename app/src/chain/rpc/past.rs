//! [`History`] by `getSignaturesForAddress` and `getTransaction`.

use std::collections::{HashSet, VecDeque};

use anchor_lang::prelude::Pubkey;
use serde_json::json;
use solana_rpc_client_api::{
    config::{RpcSignaturesForAddressConfig, RpcTransactionConfig, UiTransactionEncoding},
    request::{RpcRequest, MAX_GET_CONFIRMED_SIGNATURES_FOR_ADDRESS2_LIMIT},
    response::RpcConfirmedTransactionStatusWithSignature,
};
use solana_transaction::Signature;
use solana_transaction_status_client_types::EncodedConfirmedTransactionWithStatusMeta;

use super::{
    receipt::{landed, Landed},
    RpcChain,
};
use crate::chain::{ChainError, Executed, History, Past};

impl RpcChain {
    /// The ledger's entry of a transaction, asked of each node that is believed until one has it.
    pub(super) fn lookup(&self, signature: &Signature) -> Result<Option<Landed>, ChainError> {
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.settled()),
            max_supported_transaction_version: Some(0),
        };
        let question = json!([signature.to_string(), config]);
        let told: Option<EncodedConfirmedTransactionWithStatusMeta> =
            self.ask_until(Option::is_some, |client| client.send(RpcRequest::GetTransaction, question.clone()))?;
        let Some(told) = told else { return Ok(None) };
        let time = |slot| self.ask(|client| client.get_block_time(slot));
        let landed = landed(signature, told, time)?;
        self.seen(landed.executed.receipt.slot);
        Ok(Some(landed))
    }

    fn page(
        &self,
        address: &Pubkey,
        before: Option<Signature>,
        until: Option<Signature>,
    ) -> Result<Vec<Past>, ChainError> {
        let config = RpcSignaturesForAddressConfig {
            before: before.map(|signature| signature.to_string()),
            until: until.map(|signature| signature.to_string()),
            limit: Some(MAX_GET_CONFIRMED_SIGNATURES_FOR_ADDRESS2_LIMIT),
            commitment: Some(self.settled()),
            min_context_slot: self.floor(),
        };
        let question = json!([address.to_string(), config]);
        let told: Vec<RpcConfirmedTransactionStatusWithSignature> =
            self.ask(|client| client.send(RpcRequest::GetSignaturesForAddress, question.clone()))?;
        told.into_iter()
            .map(|one| {
                let signature = one.signature.parse().map_err(|_| {
                    ChainError::Backend(format!("the node named '{}', which is no signature", one.signature))
                })?;
                Ok(Past { signature, slot: one.slot, time: one.block_time, failed: one.err.is_some() })
            })
            .collect()
    }
}

impl RpcChain {
    /// The transactions that named `address` at or after `since` (Unix seconds), the oldest first. One whose time the
    /// node does not know counts as new.
    ///
    /// # Errors
    ///
    /// The node's.
    pub fn signatures_since(&self, address: &Pubkey, since: i64) -> Result<Vec<Past>, ChainError> {
        let old = |past: &Past| past.time.is_some_and(|time| time < since);
        let mut newer = self.walk(address, None, usize::MAX, old)?;
        newer.retain(|past| !old(past));
        Ok(newer)
    }

    /// From the newest back to `until`, or to the page that holds one that is `far` enough; the oldest `most` of those,
    /// oldest first.
    fn walk(
        &self,
        address: &Pubkey,
        until: Option<Signature>,
        most: usize,
        far: impl Fn(&Past) -> bool,
    ) -> Result<Vec<Past>, ChainError> {
        let mut oldest: VecDeque<Past> = VecDeque::new();
        let mut known = HashSet::new();
        let mut before = None;
        loop {
            let page = self.page(address, before, until)?;
            let full = page.len() >= MAX_GET_CONFIRMED_SIGNATURES_FOR_ADDRESS2_LIMIT;
            let size = known.len();
            let end = page.iter().any(&far);
            for past in page {
                before = Some(past.signature);
                if known.insert(past.signature) {
                    oldest.push_front(past);
                    oldest.truncate(most);
                }
            }
            // A page that brings nothing new would bring itself again for ever.
            if !full || end || known.len() == size {
                return Ok(oldest.into());
            }
        }
    }
}

impl History for RpcChain {
    fn signatures(&self, address: &Pubkey, until: Option<Signature>, most: usize) -> Result<Vec<Past>, ChainError> {
        self.walk(address, until, most, |_| false)
    }

    fn transaction(&self, signature: &Signature) -> Result<Option<Executed>, ChainError> {
        Ok(self.lookup(signature)?.map(|landed| landed.executed))
    }
}

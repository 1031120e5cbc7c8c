//! What one subscriber wants to hear of.

use anchor_lang::prelude::Pubkey;
use serde_json::{json, Value};
use solana_account::ReadableAccount;
use solana_account_decoder::{UiAccountEncoding, UiDataSliceConfig};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client_api::config::{
    RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSignatureSubscribeConfig, RpcTransactionLogsConfig,
    RpcTransactionLogsFilter,
};
use solana_rpc_client_api::response::{
    ProcessedSignatureResult, Response, RpcKeyedAccount, RpcLogsResponse, RpcResponseContext, SlotInfo,
};
use solana_transaction::Signature;

use crate::localnet::encode::accounts::encode_with;
use crate::localnet::error::RpcError;
use crate::localnet::filters::Filters;
use crate::localnet::node::events::{Changed, Event, Notice, Stage};
use crate::localnet::node::landed::Landed;
use crate::localnet::node::Node;
use crate::localnet::params::{address, signature, Params};

/// A subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    kind: Kind,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Kind {
    Account { key: Pubkey, form: Form },
    Program { program: Pubkey, filters: Filters, form: Form },
    Logs { mentioned: Option<Pubkey> },
    Signature { signature: Signature, received: bool },
    Slot,
    Root,
}

/// How accounts are written.
#[derive(Clone, Copy, Debug)]
struct Form {
    encoding: UiAccountEncoding,
    slice: Option<UiDataSliceConfig>,
}

impl Form {
    fn of(config: &RpcAccountInfoConfig) -> Self {
        Self { encoding: config.encoding.unwrap_or(UiAccountEncoding::Binary), slice: config.data_slice }
    }
}

/// Final where nothing is said, as on a cluster.
fn stage(commitment: Option<CommitmentConfig>) -> Stage {
    match commitment.unwrap_or_default().is_finalized() {
        true => Stage::Finalized,
        false => Stage::Confirmed,
    }
}

/// What a subscriber is told.
#[derive(Debug, PartialEq)]
pub struct Told {
    /// The notification's method.
    pub method: &'static str,
    /// Its result.
    pub result: Value,
    /// Whether the subscription ends with it.
    pub last: bool,
}

impl Subscription {
    /// What a method that subscribes asks for; none if it is another method.
    ///
    /// # Errors
    ///
    /// Parameters that do not fit.
    pub fn ask(method: &str, params: &Params) -> Result<Option<Self>, RpcError> {
        let (kind, stage) = match method {
            "accountSubscribe" => {
                let config: RpcAccountInfoConfig = params.or_default(1)?;
                (Kind::Account { key: params.address(0)?, form: Form::of(&config) }, stage(config.commitment))
            }
            "programSubscribe" => {
                let config: RpcProgramAccountsConfig = params.or_default(1)?;
                let form = Form::of(&config.account_config);
                let filters = Filters::new(config.filters)?;
                let stage = stage(config.account_config.commitment);
                (Kind::Program { program: params.address(0)?, filters, form }, stage)
            }
            "logsSubscribe" => {
                let mentioned = match params.required::<RpcTransactionLogsFilter>(0)? {
                    RpcTransactionLogsFilter::All | RpcTransactionLogsFilter::AllWithVotes => None,
                    RpcTransactionLogsFilter::Mentions(names) => match names.as_slice() {
                        [name] => Some(address(name)?),
                        _ => return Err(RpcError::invalid_params("Invalid Request: Only 1 address supported")),
                    },
                };
                let config: Option<RpcTransactionLogsConfig> = params.optional(1)?;
                (Kind::Logs { mentioned }, stage(config.and_then(|config| config.commitment)))
            }
            "signatureSubscribe" => {
                let config: RpcSignatureSubscribeConfig = params.or_default(1)?;
                let received = config.enable_received_notification.unwrap_or(false);
                let signature = signature(&params.required::<String>(0)?)?;
                (Kind::Signature { signature, received }, stage(config.commitment))
            }
            "slotSubscribe" => (Kind::Slot, Stage::Confirmed),
            "rootSubscribe" => (Kind::Root, Stage::Confirmed),
            _ => return Ok(None),
        };
        Ok(Some(Self { kind, stage }))
    }

    /// What it is told at once: of a transaction that is on the chain already.
    pub fn at_once(&self, node: &Node) -> Option<Told> {
        let Kind::Signature { signature, .. } = &self.kind else { return None };
        let landed = node.history.transaction(signature)?;
        (self.stage == Stage::Confirmed || landed.slot <= node.root()).then(|| processed(landed, node.slot()))
    }

    /// What it is told of an event, perhaps of several accounts.
    pub fn hear(&self, notice: &Notice) -> Vec<Told> {
        match (&self.kind, &*notice.event) {
            (Kind::Slot, Event::Slot { slot, parent, root }) => {
                one(told("slotNotification", SlotInfo { slot: *slot, parent: *parent, root: *root }))
            }
            (Kind::Root, Event::Slot { root, .. }) => one(told("rootNotification", root)),
            (Kind::Signature { signature, received: true }, Event::Transaction(landed))
                if self.stage == Stage::Finalized
                    && notice.stage == Stage::Confirmed
                    && landed.signature() == *signature =>
            {
                one(told("signatureNotification", of_slot(landed.slot, json!("receivedSignature"))))
            }
            _ if notice.stage != self.stage => Vec::new(),
            (Kind::Signature { signature, .. }, Event::Transaction(landed)) if landed.signature() == *signature => {
                vec![processed(landed, landed.slot)]
            }
            (Kind::Logs { mentioned }, Event::Transaction(landed)) => {
                let concerns = mentioned.is_none_or(|key| landed.keys().any(|named| *named == key));
                let logs = concerns.then(|| RpcLogsResponse {
                    signature: landed.signature().to_string(),
                    err: landed.error.clone().map(Into::into),
                    logs: landed.logs.clone(),
                });
                logs.into_iter().filter_map(|logs| told("logsNotification", of_slot(landed.slot, logs))).collect()
            }
            (Kind::Account { key, form }, Event::Accounts { slot, changed }) => {
                let mine = changed.iter().filter(|change| change.key == *key);
                mine.filter_map(|change| told("accountNotification", of_slot(*slot, account(change, form)?))).collect()
            }
            (Kind::Program { program, filters, form }, Event::Accounts { slot, changed }) => {
                let mine = changed
                    .iter()
                    .filter(|change| change.account.owner() == program && filters.pass(&change.key, &change.account));
                let keyed = |change: &Changed| {
                    Some(RpcKeyedAccount { pubkey: change.key.to_string(), account: account(change, form)? })
                };
                mine.filter_map(|change| told("programNotification", of_slot(*slot, keyed(change)?))).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn one(told: Option<Told>) -> Vec<Told> {
    told.into_iter().collect()
}

fn told(method: &'static str, result: impl serde::Serialize) -> Option<Told> {
    Some(Told { method, result: serde_json::to_value(result).ok()?, last: false })
}

fn of_slot<T>(slot: u64, value: T) -> Response<T> {
    Response { context: RpcResponseContext::new(slot), value }
}

/// An account as it is written; none where the form cannot hold it.
fn account(change: &Changed, form: &Form) -> Option<solana_account_decoder::UiAccount> {
    encode_with(&change.key, &change.account, form.encoding, form.slice, change.additional).ok()
}

fn processed(landed: &Landed, slot: u64) -> Told {
    let value = ProcessedSignatureResult { err: landed.error.clone().map(Into::into) };
    let result = serde_json::to_value(of_slot(slot, value)).unwrap_or_default();
    Told { method: "signatureNotification", result, last: true }
}

//! A scripted cluster of known facts, and nodes that tell of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::{
    chain::{Commitment, RpcChain, RpcOptions},
    transaction,
};
use serde_json::{json, Value};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::Hash;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::faults::{Call, Reply, Server};

/// Blocks during which a blockhash is good.
pub const LIFE: u64 = 150;
/// Slots are so much higher than block heights, as on a cluster where some slots are skipped.
pub const SKIPPED: u64 = 1_000;

/// A cluster in a few numbers.
#[derive(Debug)]
pub struct Cluster {
    /// The height of the newest block, which is final at once.
    pub height: u64,
    /// Blocks that pass whenever somebody asks where the chain is.
    pub pace: u64,
    /// A transaction lands when it was sent so many times; never if none.
    pub lands_after: Option<usize>,
    /// Slots by which a node's bank is behind what it says of the epoch.
    pub status_lag: u64,
    /// How a transaction that lands ends.
    pub error: Value,
    /// How a trial ends.
    pub trial_error: Value,
    /// The log of trials and transactions.
    pub logs: Vec<String>,
    /// Whether blockhashes from elsewhere are good.
    pub foreign_valid: bool,
    /// What was sent, in base64.
    pub sent: Vec<String>,
    /// How many blockhashes were given out.
    pub blockhashes: u8,
    /// What landed, by name: the bytes in base64 and the slot.
    pub landed: HashMap<String, (String, u64)>,
    /// The first block's hash, each byte of it.
    pub genesis: u8,
    /// Balances by address.
    pub balances: HashMap<Pubkey, u64>,
}

impl Default for Cluster {
    fn default() -> Self {
        Self {
            height: 10_000,
            pace: 1,
            lands_after: Some(1),
            status_lag: 0,
            error: Value::Null,
            trial_error: Value::Null,
            logs: vec!["Program log: hello".to_owned()],
            foreign_valid: false,
            sent: Vec::new(),
            blockhashes: 0,
            landed: HashMap::new(),
            genesis: 1,
            balances: HashMap::new(),
        }
    }
}

/// The name of the transaction in base64.
pub fn signature_of(text: &str) -> String {
    bs58::encode(&BASE64.decode(text).unwrap()[1..65]).into_string()
}

impl Cluster {
    pub fn slot(&self) -> u64 {
        self.height + SKIPPED
    }

    fn context(&self) -> Value {
        json!({ "slot": self.slot() })
    }

    fn account(&self, key: &Value) -> Value {
        let key: Pubkey = key.as_str().unwrap().parse().unwrap();
        match self.balances.get(&key) {
            None => Value::Null,
            Some(lamports) => json!({
                "lamports": lamports, "data": [BASE64.encode(lamports.to_le_bytes()), "base64"],
                "owner": Pubkey::default().to_string(), "executable": false, "rentEpoch": u64::MAX, "space": 8,
            }),
        }
    }

    fn status(&self, signature: &Value) -> Value {
        match self.landed.get(signature.as_str().unwrap()) {
            None => Value::Null,
            Some((_, slot)) => json!({
                "slot": slot, "confirmations": null, "err": self.error, "status": { "Ok": null },
                "confirmationStatus": "finalized",
            }),
        }
    }

    fn ledger(&self, signature: &Value) -> Value {
        let Some((bytes, slot)) = self.landed.get(signature.as_str().unwrap()) else { return Value::Null };
        let status = if self.error.is_null() { json!({ "Ok": null }) } else { json!({ "Err": self.error }) };
        json!({
            "slot": slot, "blockTime": 1_700_000_000, "version": 0, "transaction": [bytes, "base64"],
            "meta": {
                "err": self.error, "status": status, "fee": 5_000, "computeUnitsConsumed": 1_234,
                "preBalances": [1_000_000, 1], "postBalances": [990_000, 1],
                "innerInstructions": [], "logMessages": self.logs, "loadedAddresses": { "writable": [], "readonly": [] },
            },
        })
    }

    /// What a truthful node answers.
    pub fn answer(&mut self, call: &Call) -> Reply {
        let first = &call.params[0];
        let context = self.context();
        Reply::Result(match call.method.as_str() {
            "getEpochInfo" => {
                self.height += self.pace;
                json!({
                    "absoluteSlot": self.slot(), "blockHeight": self.height, "epoch": 0, "slotIndex": 0,
                    "slotsInEpoch": 432_000, "transactionCount": null,
                })
            }
            "getLatestBlockhash" => {
                self.blockhashes += 1;
                let hash = bs58::encode([self.blockhashes; 32]).into_string();
                json!({ "context": context, "value": { "blockhash": hash, "lastValidBlockHeight": self.height + LIFE } })
            }
            "isBlockhashValid" => json!({ "context": context, "value": self.foreign_valid }),
            "getMultipleAccounts" => {
                let accounts: Vec<Value> = first.as_array().unwrap().iter().map(|key| self.account(key)).collect();
                json!({ "context": context, "value": accounts })
            }
            "simulateTransaction" => json!({ "context": context, "value": {
                "err": self.trial_error, "logs": self.logs, "unitsConsumed": 777, "fee": 5_000, "accounts": null,
                "innerInstructions": [], "loadedAddresses": { "writable": [], "readonly": [] },
            } }),
            "sendTransaction" => {
                let bytes = first.as_str().unwrap().to_owned();
                let name = signature_of(&bytes);
                self.sent.push(bytes.clone());
                let times = self.sent.iter().filter(|sent| **sent == bytes).count();
                if self.lands_after.is_some_and(|enough| times >= enough) {
                    let slot = self.slot() + 1;
                    self.landed.entry(name.clone()).or_insert((bytes, slot));
                }
                json!(name)
            }
            "getSignatureStatuses" => {
                let told: Vec<Value> = first.as_array().unwrap().iter().map(|name| self.status(name)).collect();
                json!({ "context": { "slot": self.slot() - self.status_lag }, "value": told })
            }
            "getTransaction" => self.ledger(first),
            "getGenesisHash" => json!(bs58::encode([self.genesis; 32]).into_string()),
            other => return Reply::error(-32601, &format!("Method not found: {other}")),
        })
    }
}

/// A cluster shared by its nodes.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Cluster>>);

impl Shared {
    pub fn with(change: impl FnOnce(&mut Cluster)) -> Self {
        let shared = Self::default();
        change(&mut shared.get());
        shared
    }

    pub fn get(&self) -> MutexGuard<'_, Cluster> {
        self.0.lock().unwrap()
    }

    /// A node that tells the truth.
    pub fn node(&self) -> Server {
        self.node_but(|_, _| None)
    }

    /// A node that tells the truth, but where `otherwise` answers in its place.
    pub fn node_but(&self, otherwise: impl Fn(&Call, &Cluster) -> Option<Reply> + Send + Sync + 'static) -> Server {
        let shared = self.clone();
        Server::start(move |call| {
            let mut cluster = shared.get();
            match otherwise(call, &cluster) {
                Some(reply) => reply,
                None => cluster.answer(call),
            }
        })
    }
}

/// Options that make tests short: nothing waits longer than the fault under test asks.
pub fn options(urls: &[&str]) -> RpcOptions {
    RpcOptions {
        urls: urls.iter().map(|url| (*url).to_owned()).collect(),
        commitment: Commitment::Confirmed,
        timeout: Duration::from_secs(20),
        max_slot_lag: 50,
        resend_every: Duration::from_millis(10),
        deadline: Duration::from_secs(120),
    }
}

pub fn connect(nodes: &[&Server]) -> RpcChain {
    let urls: Vec<&str> = nodes.iter().map(|node| node.url.as_str()).collect();
    RpcChain::connect(&options(&urls)).unwrap()
}

/// The wallet that pays in these tests.
pub fn payer() -> Keypair {
    Keypair::new_from_array([9; 32])
}

/// One instruction of no meaning to a program of no meaning.
pub fn instruction() -> Instruction {
    Instruction { program_id: PROGRAM, accounts: vec![AccountMeta::new(payer().pubkey(), true)], data: vec![1, 2, 3] }
}

/// The program of [`instruction`].
pub const PROGRAM: Pubkey = Pubkey::new_from_array([77; 32]);

/// A signed transaction that names `blockhash`.
pub fn signed(blockhash: Hash) -> VersionedTransaction {
    transaction::build(&payer(), &[instruction()], &[], &[], blockhash).unwrap()
}

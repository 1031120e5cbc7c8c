//! A cluster for one test.

use anchor_lang::prelude::Pubkey;
use gimbal::localnet::{Handle, Options, Server};
use serde_json::{json, Value};
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A running cluster and a client of it.
pub struct World {
    /// The cluster.
    pub server: Handle,
    /// A client at the commitment `confirmed`.
    pub client: RpcClient,
}

/// A time that no test takes.
const NEVER: Duration = Duration::from_secs(86_400);

/// Options of a cluster on free ports, whose clock and prices stand still unless they are moved.
pub fn options() -> Options {
    Options { port: 0, volatility: 0, tick: NEVER, slot: NEVER, ..Options::default() }
}

impl World {
    /// A cluster of [`options`].
    pub fn start() -> Self {
        Self::with(options())
    }

    /// A cluster of these options.
    pub fn with(options: Options) -> Self {
        let server = Server::start(options).expect("the cluster starts");
        let client = RpcClient::new_with_commitment(server.rpc_url.clone(), CommitmentConfig::confirmed());
        Self { server, client }
    }

    /// A key with 10 SOL.
    pub fn funded(&self) -> Keypair {
        let key = Keypair::new();
        let signature = self.client.request_airdrop(&key.pubkey(), 10_000_000_000).expect("an airdrop");
        assert!(self.client.confirm_transaction(&signature).expect("its status"));
        key
    }

    /// Calls a method and gives the whole answer.
    pub fn call(&self, method: &str, params: Value) -> Value {
        self.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string())
    }

    /// Calls a method that succeeds.
    pub fn result(&self, method: &str, params: Value) -> Value {
        let mut answer = self.call(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Calls a method that fails, and gives number and message.
    pub fn error(&self, method: &str, params: Value) -> (i64, String) {
        let answer = self.call(method, params);
        let error = &answer["error"];
        (error["code"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}")), error["message"].to_string())
    }

    /// Posts any body.
    pub fn post(&self, body: &str) -> Value {
        let answer = reqwest::blocking::Client::new().post(&self.server.rpc_url).body(body.to_owned()).send();
        let text = answer.and_then(|answer| answer.text()).expect("an answer");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Test dollars into the associated account of `to`, which it gives.
    pub fn mint(&self, mint: &str, to: &Pubkey, amount: u64) -> Pubkey {
        let given = self.result("gimbal_mint", json!({ "mint": mint, "to": to.to_string(), "amount": amount }));
        given["account"].as_str().and_then(|text| text.parse().ok()).expect("the account")
    }
}

/// Asks until there is an answer.
pub fn poll<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

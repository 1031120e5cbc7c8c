//! The same verification over JSON-RPC, against a node of a few lines; and accounts that move while they are read.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use anchor_lang::prelude::Clock;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal::chain::RpcChain;
use serde_json::{json, Value};
use solana_account::Account;
use solana_transaction::versioned::VersionedTransaction;

use super::*;

const CLOCK: &str = "SysvarC1ock11111111111111111111111111111111";

/// A node that answers from saved accounts.
struct Node {
    url: String,
    /// Methods that it was asked, in order.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Node {
    fn start(accounts: Snapshot) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (accounts, log) = (Arc::new(accounts), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (accounts, log) = (accounts.clone(), log.clone());
                std::thread::spawn(move || serve(stream, &accounts, &log));
            }
        });
        Self { url, asked }
    }
}

/// One connection, question after question, until the other side hangs up.
fn serve(mut stream: TcpStream, accounts: &Snapshot, log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let question: Value = serde_json::from_slice(&body).unwrap();
        let method = question["method"].as_str().unwrap().to_owned();
        let answer = match answer(accounts, &method, &question["params"]) {
            Some(result) => json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }),
            None => {
                json!({ "jsonrpc": "2.0", "id": question["id"], "error": { "code": -32601, "message": "unknown" } })
            }
        };
        log.lock().unwrap().push(method);
        let answer = answer.to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", answer.len());
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(answer.as_bytes())).unwrap();
    }
}

fn answer(accounts: &Snapshot, method: &str, parameters: &Value) -> Option<Value> {
    let how = &parameters[1];
    let context = json!({ "slot": accounts.clock().unwrap().slot });
    match method {
        "getMultipleAccounts" => {
            assert_eq!((&how["encoding"], &how["commitment"]), (&json!("base64"), &json!("finalized")));
            let keys = parameters[0].as_array().unwrap();
            assert!(keys.len() <= 100, "nodes refuse more");
            let of = |key: &Value| account(accounts, key.as_str().unwrap(), &how["dataSlice"]);
            Some(json!({ "context": context, "value": keys.iter().map(of).collect::<Vec<_>>() }))
        }
        "getProgramAccounts" => {
            let memcmp = &how["filters"][0]["memcmp"];
            assert_eq!((&memcmp["offset"], &memcmp["encoding"]), (&json!(0), &json!("base64")));
            let prefix = BASE64.decode(memcmp["bytes"].as_str().unwrap()).unwrap();
            let program: Pubkey = parameters[0].as_str().unwrap().parse().unwrap();
            let found = accounts.program_accounts(&program, &prefix).unwrap();
            // Nodes give them in no order.
            let keyed = |(key, account): &(Pubkey, Account)| json!({ "pubkey": key.to_string(), "account": shown(account, account.data.len()) });
            Some(found.iter().rev().map(keyed).collect())
        }
        "getMinimumBalanceForRentExemption" => {
            let bytes = usize::try_from(parameters[0].as_u64().unwrap()).unwrap();
            Some(accounts.minimum_balance(bytes).unwrap().into())
        }
        _ => None,
    }
}

fn account(accounts: &Snapshot, key: &str, slice: &Value) -> Value {
    if key == CLOCK {
        let Clock { slot, epoch_start_timestamp, epoch, leader_schedule_epoch, unix_timestamp } =
            accounts.clock().unwrap();
        let mut data = slot.to_le_bytes().to_vec();
        data.extend(epoch_start_timestamp.to_le_bytes());
        data.extend(epoch.to_le_bytes());
        data.extend(leader_schedule_epoch.to_le_bytes());
        data.extend(unix_timestamp.to_le_bytes());
        let clock = Account { lamports: 1, data, ..Account::default() };
        return shown(&clock, usize::MAX);
    }
    match accounts.get_account(&key.parse().unwrap()).unwrap() {
        Some(account) => shown(&account, slice["length"].as_u64().map_or(usize::MAX, |length| length as usize)),
        None => Value::Null,
    }
}

fn shown(account: &Account, length: usize) -> Value {
    let data = &account.data[..length.min(account.data.len())];
    json!({
        "lamports": account.lamports,
        "owner": account.owner.to_string(),
        "executable": account.executable,
        "rentEpoch": u64::MAX,
        "space": account.data.len(),
        "data": [BASE64.encode(data), "base64"],
    })
}

#[test]
fn a_node_gives_the_same_report() {
    let Busy { fx, .. } = busy();
    let node = Node::start(snapshot(&fx));
    let chain = RpcChain::new(&node.url).unwrap();
    let over_rpc = verify(&chain, &key(&fx), &Options::default()).unwrap();
    assert_eq!(over_rpc, report(&fx));
    assert!(over_rpc.holds);
    let asked = node.asked.lock().unwrap().clone();
    assert!(asked.len() < 30, "a node that counts questions is not worn out: {asked:?}");
    assert!(asked.contains(&"getProgramAccounts".to_owned()) && asked.contains(&"getMultipleAccounts".to_owned()));
}

#[test]
fn a_node_is_read_account_by_account() {
    let fx = Fixture::new();
    let (saved, ledger) = (snapshot(&fx), fx.deployment.vault.addresses.ledger);
    let node = Node::start(saved.clone());
    let chain = RpcChain::new(&node.url).unwrap();
    let nobody = Pubkey::new_from_array([1; 32]);
    assert_eq!(chain.get_account(&ledger).unwrap().unwrap().data, saved.get_account(&ledger).unwrap().unwrap().data);
    assert_eq!(chain.get_account(&nobody).unwrap(), None);
    assert_eq!(chain.clock().unwrap(), saved.clock().unwrap());
    assert_eq!(chain.get_prefix(&ledger, 8).unwrap().unwrap().data.len(), 8);
    assert_eq!(chain.minimum_balance(100).unwrap(), saved.minimum_balance(100).unwrap());
    // More than one answer holds.
    let keys: Vec<Pubkey> = (0..230).map(|place| if place == 205 { ledger } else { nobody }).collect();
    let accounts = chain.get_multiple(&keys).unwrap();
    assert_eq!(
        accounts.iter().map(Option::is_some).collect::<Vec<_>>(),
        (0..230).map(|n| n == 205).collect::<Vec<_>>()
    );
    let prefix = <strategy_router::state::LineVenue as anchor_lang::Discriminator>::DISCRIMINATOR;
    let lines = chain.program_accounts(&strategy_router::ID, prefix).unwrap();
    assert_eq!(lines.len(), 3);
    assert!(lines.windows(2).all(|pair| pair[0].0 < pair[1].0), "by address");
}

#[test]
fn a_nodes_failures_are_told() {
    let node = Node::start(Snapshot::default());
    let mut chain = RpcChain::new(&node.url).unwrap();
    let transaction = VersionedTransaction::default();
    // The node knows three methods: of others it says so.
    let told = |failure: ChainError, asked: &str| {
        let expected = format!("the node at {} refuses the question: to {asked} it said 'unknown' (-32601)", node.url);
        assert!(failure.to_string().starts_with(&expected), "{failure}");
    };
    told(chain.send(&transaction).unwrap_err(), "simulateTransaction");
    told(chain.simulate(&transaction).unwrap_err(), "simulateTransaction");
    told(chain.latest_blockhash().unwrap_err(), "getLatestBlockhash");

    let missing = verify(&chain, &Pubkey::new_from_array([1; 32]), &Options::default()).unwrap_err();
    assert_eq!(missing.name(), "AccountNotFound");
    // A port that nobody listens on.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable = RpcChain::new(&format!("http://{free}")).unwrap().clock().unwrap_err();
    assert!(unreachable.to_string().contains("gives no answer"), "{unreachable}");
    for wrong in ["mainnet", "ftp://x", ""] {
        assert!(RpcChain::new(wrong).err().unwrap().to_string().contains("not the address of a node"), "{wrong}");
    }
    for moniker in ["m", "t", "d", "l", "localhost"] {
        assert!(RpcChain::new(moniker).is_ok());
    }
}

/// Accounts of which the vault's changes with each of the first questions.
struct Restless {
    accounts: Snapshot,
    vault: Pubkey,
    left: Cell<u32>,
}

impl Chain for Restless {
    gimbal::forward! {
        [accounts]
        get_account program_accounts latest_blockhash clock minimum_balance recent_priority_fee
        send simulate simulate_reading
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        let mut accounts = self.accounts.get_multiple(keys)?;
        if keys.first() == Some(&self.vault) && self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
            for account in accounts.iter_mut().take(1).flatten() {
                // A byte of the room at the end.
                let last = account.data.len() - 1;
                account.data[last] = self.left.get() as u8;
            }
        }
        Ok(accounts)
    }
}

#[test]
fn a_vault_that_moves_while_it_is_read_is_read_again() {
    let Busy { fx, .. } = busy();
    let restless = |left| Restless { accounts: snapshot(&fx), vault: key(&fx), left: Cell::new(left) };
    let settled = verify(&restless(3), &key(&fx), &Options::default()).unwrap();
    assert_eq!(settled, report(&fx));
    let error = verify(&restless(1_000), &key(&fx), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("changed each time"), "{error}");
}

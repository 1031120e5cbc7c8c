//! A node by JSON-RPC, read only.
//!
//! Everything is asked at the commitment `finalized`: what was read can not be undone by a fork.

use std::time::Duration;

use anchor_lang::prelude::{Clock, Pubkey};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use serde::{de::DeserializeOwned, Deserialize};
use serde_json::{json, Value};
use solana_account::Account;
use solana_message::Hash;
use solana_rpc_client::{api::request::RpcRequest, rpc_client::RpcClient};
use solana_transaction::versioned::VersionedTransaction;

use super::{Chain, ChainError, Receipt};

/// Most accounts that nodes give in one answer.
const MOST_ACCOUNTS: usize = 100;
/// How long an answer may take; a scan of a program's accounts is slow.
const TIMEOUT: Duration = Duration::from_secs(60);
const COMMITMENT: &str = "finalized";
/// The Clock sysvar.
const CLOCK: Pubkey = Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// Bytes of the Clock sysvar: five numbers of eight.
const CLOCK_LEN: usize = 40;

/// A node that is asked for accounts.
pub struct RpcChain {
    client: RpcClient,
}

/// An answer that says of which slot it is.
#[derive(Deserialize)]
struct Answer<T> {
    value: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeAccount {
    lamports: u64,
    /// The bytes, and how they are written.
    data: (String, String),
    owner: String,
    executable: bool,
    #[serde(default)]
    rent_epoch: u64,
}

#[derive(Deserialize)]
struct KeyedAccount {
    pubkey: String,
    account: NodeAccount,
}

impl RpcChain {
    /// The node at `url`, or at the cluster that a moniker names: `m`ainnet-beta, `t`estnet, `d`evnet, `l`ocalhost.
    ///
    /// # Errors
    ///
    /// [`ChainError::Backend`] if it is neither a moniker nor an http address.
    pub fn new(url: &str) -> Result<Self, ChainError> {
        let url = match url {
            "m" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
            "t" | "testnet" => "https://api.testnet.solana.com",
            "d" | "devnet" => "https://api.devnet.solana.com",
            "l" | "localhost" => "http://localhost:8899",
            url if url.starts_with("http://") || url.starts_with("https://") => url,
            other => {
                return Err(ChainError::Backend(format!(
                    "'{other}' is not the address of a node: give an http(s) address, or m, t, d or l"
                )))
            }
        };
        Ok(Self { client: RpcClient::new_with_timeout(url, TIMEOUT) })
    }

    fn ask<T: DeserializeOwned>(&self, request: RpcRequest, parameters: Value) -> Result<T, ChainError> {
        let asked = format!("{request}");
        self.client.send(request, parameters).map_err(|error| {
            ChainError::Backend(format!("the node did not answer {asked}: {error}; check --url, or try another node"))
        })
    }

    fn multiple(&self, keys: &[Pubkey], most_bytes: Option<usize>) -> Result<Vec<Option<Account>>, ChainError> {
        let mut accounts = Vec::with_capacity(keys.len());
        for part in keys.chunks(MOST_ACCOUNTS) {
            let names: Vec<String> = part.iter().map(Pubkey::to_string).collect();
            let mut how = json!({ "encoding": "base64", "commitment": COMMITMENT });
            if let Some(length) = most_bytes {
                how["dataSlice"] = json!({ "offset": 0, "length": length });
            }
            let answer: Answer<Vec<Option<NodeAccount>>> =
                self.ask(RpcRequest::GetMultipleAccounts, json!([names, how]))?;
            if answer.value.len() != part.len() {
                return Err(ChainError::Backend(format!(
                    "the node gave {} accounts for {} addresses: try another node",
                    answer.value.len(),
                    part.len()
                )));
            }
            for (key, account) in part.iter().zip(answer.value) {
                accounts.push(account.map(|account| account.decode(key)).transpose()?);
            }
        }
        Ok(accounts)
    }
}

impl NodeAccount {
    fn decode(self, key: &Pubkey) -> Result<Account, ChainError> {
        let unreadable = |what| ChainError::Backend(format!("the node's answer for {key} has no readable {what}"));
        let (text, encoding) = self.data;
        if encoding != "base64" {
            return Err(unreadable("data"));
        }
        Ok(Account {
            lamports: self.lamports,
            data: BASE64.decode(text).map_err(|_| unreadable("data"))?,
            owner: self.owner.parse().map_err(|_| unreadable("owner"))?,
            executable: self.executable,
            rent_epoch: self.rent_epoch,
        })
    }
}

fn read_only() -> ChainError {
    ChainError::Backend("this connection to the node is read only: nothing can be sent over it".to_owned())
}

impl Chain for RpcChain {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        Ok(self.multiple(&[*key], None)?.pop().flatten())
    }

    /// Of one slot up to 100 addresses; beyond that by several questions.
    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        self.multiple(keys, None)
    }

    fn get_prefix(&self, key: &Pubkey, length: usize) -> Result<Option<Account>, ChainError> {
        Ok(self.multiple(&[*key], Some(length))?.pop().flatten())
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        let mut how = json!({ "encoding": "base64", "commitment": COMMITMENT });
        if !prefix.is_empty() {
            let bytes = BASE64.encode(prefix);
            how["filters"] = json!([{ "memcmp": { "offset": 0, "bytes": bytes, "encoding": "base64" } }]);
        }
        let found: Vec<KeyedAccount> = self.ask(RpcRequest::GetProgramAccounts, json!([program.to_string(), how]))?;
        let mut accounts = Vec::with_capacity(found.len());
        for KeyedAccount { pubkey, account } in found {
            let key = pubkey
                .parse()
                .map_err(|_| ChainError::Backend(format!("the node named '{pubkey}', which is no address")))?;
            accounts.push((key, account.decode(&key)?));
        }
        accounts.sort_unstable_by_key(|(key, _)| *key);
        Ok(accounts)
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        Err(read_only())
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        let account = self.require_account(&CLOCK)?;
        let bytes: &[u8; CLOCK_LEN] = account.data.first_chunk().ok_or_else(|| ChainError::WrongAccount {
            key: CLOCK,
            expected: "the clock",
            reason: format!("it holds {} bytes instead of {CLOCK_LEN}", account.data.len()),
        })?;
        let [slot, epoch_start, epoch, leader_schedule_epoch, unix] = core::array::from_fn(|place| {
            let mut number = [0; 8];
            number.copy_from_slice(&bytes[8 * place..8 * place + 8]);
            number
        });
        Ok(Clock {
            slot: u64::from_le_bytes(slot),
            epoch_start_timestamp: i64::from_le_bytes(epoch_start),
            epoch: u64::from_le_bytes(epoch),
            leader_schedule_epoch: u64::from_le_bytes(leader_schedule_epoch),
            unix_timestamp: i64::from_le_bytes(unix),
        })
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        self.ask(RpcRequest::GetMinimumBalanceForRentExemption, json!([bytes]))
    }

    fn send(&mut self, _: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(read_only())
    }

    fn simulate(&self, _: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(read_only())
    }
}

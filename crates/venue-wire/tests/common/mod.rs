//! Real accounts, read from the directory that `GIMBAL_REAL_ACCOUNTS` names.
#![allow(dead_code)]

use base64::Engine;
use serde_json::Value;
use solana_program::pubkey::Pubkey;
use std::{path::PathBuf, str::FromStr};

/// An account as an RPC node returns it.
pub struct RealAccount {
    pub key: Pubkey,
    pub owner: Pubkey,
    pub data: Vec<u8>,
}

/// The account in `file`, or `None` with a line on standard output when no directory is named.
pub fn real_account(file: &str) -> Option<RealAccount> {
    let Some(directory) = std::env::var_os("GIMBAL_REAL_ACCOUNTS") else {
        println!("skipped: {file}: GIMBAL_REAL_ACCOUNTS names no directory of real accounts");
        return None;
    };
    let path = PathBuf::from(directory).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let json: Value = serde_json::from_str(&text).expect("the file holds JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    Some(RealAccount {
        key: key(&text(&json["pubkey"])),
        owner: key(&text(&json["account"]["owner"])),
        data: base64::engine::general_purpose::STANDARD.decode(text(&json["account"]["data"][0])).expect("base64"),
    })
}

/// A key from its base58 text.
pub fn key(text: &str) -> Pubkey {
    Pubkey::from_str(text).expect("a base58 key")
}

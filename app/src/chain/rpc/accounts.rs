//! Reading accounts, the clock and fees.

use anchor_lang::prelude::{Clock, Pubkey};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use serde_json::json;
use solana_account::Account;
use solana_account_decoder::{UiAccount, UiAccountEncoding, UiDataSliceConfig};
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, MemcmpEncodedBytes, RpcFilterType},
    request::{RpcRequest, MAX_MULTIPLE_ACCOUNTS},
    response::{OptionalContext, RpcKeyedAccount},
};

use super::RpcChain;
use crate::chain::{Chain, ChainError};

/// The Clock sysvar.
const CLOCK: Pubkey = Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// Bytes of the Clock sysvar: five numbers of eight.
const CLOCK_LEN: usize = 40;
/// Most accounts that one question about fees may name.
const MOST_FEE_ACCOUNTS: usize = 128;

impl RpcChain {
    fn account_config(&self, most_bytes: Option<usize>) -> RpcAccountInfoConfig {
        RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: most_bytes.map(|length| UiDataSliceConfig { offset: 0, length }),
            commitment: Some(self.commitment()),
            min_context_slot: self.floor(),
        }
    }

    /// In parts of 100 addresses, each part of one slot.
    pub(super) fn multiple(
        &self,
        keys: &[Pubkey],
        most_bytes: Option<usize>,
    ) -> Result<Vec<Option<Account>>, ChainError> {
        let mut accounts = Vec::with_capacity(keys.len());
        for part in keys.chunks(MAX_MULTIPLE_ACCOUNTS) {
            let config = self.account_config(most_bytes);
            let answer = self.ask(|client| client.get_multiple_ui_accounts_with_config(part, config.clone()))?;
            if answer.value.len() != part.len() {
                return Err(ChainError::Backend(format!(
                    "the node gave {} accounts for {} addresses: try another node",
                    answer.value.len(),
                    part.len()
                )));
            }
            self.seen(answer.context.slot);
            for (key, account) in part.iter().zip(answer.value) {
                accounts.push(account.map(|account| decode(key, &account)).transpose()?);
            }
        }
        Ok(accounts)
    }

    pub(super) fn accounts_of(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        let bytes = MemcmpEncodedBytes::Base64(BASE64.encode(prefix));
        let config = RpcProgramAccountsConfig {
            filters: (!prefix.is_empty()).then(|| vec![RpcFilterType::Memcmp(Memcmp::new(0, bytes))]),
            account_config: self.account_config(None),
            with_context: Some(true),
            sort_results: None,
        };
        let question = json!([program.to_string(), config]);
        let answer: OptionalContext<Vec<RpcKeyedAccount>> =
            self.ask(|client| client.send(RpcRequest::GetProgramAccounts, question.clone()))?;
        if let OptionalContext::Context(answer) = &answer {
            self.seen(answer.context.slot);
        }
        let mut accounts = Vec::new();
        for RpcKeyedAccount { pubkey, account } in answer.parse_value() {
            let key = pubkey
                .parse()
                .map_err(|_| ChainError::Backend(format!("the node named '{pubkey}', which is no address")))?;
            accounts.push((key, decode(&key, &account)?));
        }
        accounts.sort_unstable_by_key(|(key, _)| *key);
        Ok(accounts)
    }

    pub(super) fn read_clock(&self) -> Result<Clock, ChainError> {
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

    /// Of what landed in the last slots and wrote to one of `writable`; in parts of 128, the highest part counting.
    pub(super) fn priority_fee(&self, writable: &[Pubkey]) -> Result<u64, ChainError> {
        let parts: Vec<&[Pubkey]> = match writable {
            [] => vec![&[]],
            keys => keys.chunks(MOST_FEE_ACCOUNTS).collect(),
        };
        let mut highest = 0;
        for part in parts {
            let fees = self.ask(|client| client.get_recent_prioritization_fees(part))?;
            highest = highest.max(upper_quartile(fees.into_iter().map(|fee| fee.prioritization_fee).collect()));
        }
        Ok(highest)
    }
}

/// The number that three quarters of `numbers` do not exceed (nearest rank); zero of none.
fn upper_quartile(mut numbers: Vec<u64>) -> u64 {
    numbers.sort_unstable();
    let rank = (numbers.len() * 3).div_ceil(4);
    rank.checked_sub(1).and_then(|place| numbers.get(place).copied()).unwrap_or_default()
}

pub(super) fn decode(key: &Pubkey, account: &UiAccount) -> Result<Account, ChainError> {
    let unreadable = |what| ChainError::Backend(format!("the node's answer for {key} has no readable {what}"));
    Ok(Account {
        lamports: account.lamports,
        data: account.data.decode().ok_or_else(|| unreadable("data"))?,
        owner: account.owner.parse().map_err(|_| unreadable("owner"))?,
        executable: account.executable,
        rent_epoch: account.rent_epoch,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_priority_fee_is_what_three_quarters_pay_at_most() {
        assert_eq!(upper_quartile(vec![]), 0);
        assert_eq!(upper_quartile(vec![7]), 7);
        assert_eq!(upper_quartile(vec![40, 10, 30, 20]), 30);
        assert_eq!(upper_quartile((1..=150).rev().collect()), 113, "the rank is 112.5, rounded up");
        assert_eq!(upper_quartile(vec![0, 0, 0, 1_000_000]), 0);
    }
}

//! Which accounts of a program are asked for.

use anchor_lang::prelude::Pubkey;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_rpc_client_api::filter::RpcFilterType;
use solana_rpc_client_api::request::MAX_GET_PROGRAM_ACCOUNT_FILTERS;

use super::encode::tokens;
use super::error::RpcError;

/// Filters that were checked, with their bytes decoded once.
#[derive(Clone, Debug, Default)]
pub struct Filters(Vec<RpcFilterType>);

impl Filters {
    /// Checks filters as they came.
    ///
    /// # Errors
    ///
    /// More than four, or bytes that are malformed or too many.
    pub fn new(filters: Option<Vec<RpcFilterType>>) -> Result<Self, RpcError> {
        let mut filters = filters.unwrap_or_default();
        if filters.len() > MAX_GET_PROGRAM_ACCOUNT_FILTERS {
            return Err(RpcError::invalid_params(format!(
                "Too many filters provided; max {MAX_GET_PROGRAM_ACCOUNT_FILTERS}"
            )));
        }
        for filter in &mut filters {
            let invalid = |error| RpcError::invalid_params(format!("Invalid param: {error}"));
            filter.verify().map_err(invalid)?;
            if let RpcFilterType::Memcmp(compare) = filter {
                compare.convert_to_raw_bytes().map_err(invalid)?;
            }
        }
        Ok(Self(filters))
    }

    /// Whether an account passes all of them.
    pub fn pass(&self, key: &Pubkey, account: &AccountSharedData) -> bool {
        self.0.iter().all(|filter| match filter {
            RpcFilterType::DataSize(size) => account.data().len() as u64 == *size,
            RpcFilterType::Memcmp(compare) => compare.bytes_match(account.data()),
            RpcFilterType::TokenAccountState => tokens::account(key, account).is_some(),
        })
    }
}

//! The parameters of a request, read by place.

use std::str::FromStr;

use anchor_lang::prelude::Pubkey;
use serde::de::DeserializeOwned;
use serde_json::Value;
use solana_message::Hash;
use solana_transaction::Signature;

use super::error::RpcError;

/// Parameters by place. One object alone counts as the first of them.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<Value>);

impl Params {
    /// The parameters of a request; none where it has none.
    ///
    /// # Errors
    ///
    /// A value that is neither a list nor an object.
    pub fn new(value: Option<Value>) -> Result<Self, RpcError> {
        match value {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Array(list)) => Ok(Self(list)),
            Some(object @ Value::Object(_)) => Ok(Self(vec![object])),
            Some(_) => Err(RpcError::invalid_params("Invalid params: expected a list")),
        }
    }

    /// The parameter at `place`, or none where it is absent or null.
    ///
    /// # Errors
    ///
    /// One that is not of the type.
    pub fn optional<T: DeserializeOwned>(&self, place: usize) -> Result<Option<T>, RpcError> {
        match self.0.get(place) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|error| RpcError::invalid_params(format!("Invalid params: {error}."))),
        }
    }

    /// The parameter at `place`, or its type's default.
    ///
    /// # Errors
    ///
    /// One that is not of the type.
    pub fn or_default<T: DeserializeOwned + Default>(&self, place: usize) -> Result<T, RpcError> {
        Ok(self.optional(place)?.unwrap_or_default())
    }

    /// The parameter at `place`, which must be there.
    ///
    /// # Errors
    ///
    /// None there, or one that is not of the type.
    pub fn required<T: DeserializeOwned>(&self, place: usize) -> Result<T, RpcError> {
        self.optional(place)?.ok_or_else(|| {
            RpcError::invalid_params(format!("`params` should have at least {} argument(s)", place.saturating_add(1)))
        })
    }

    /// The address at `place`.
    ///
    /// # Errors
    ///
    /// None there, or none that is an address.
    pub fn address(&self, place: usize) -> Result<Pubkey, RpcError> {
        address(&self.required::<String>(place)?)
    }

    /// Whether the parameter at `place` is an object: some methods take a number or a configuration at one place.
    pub fn is_object(&self, place: usize) -> bool {
        self.0.get(place).is_some_and(Value::is_object)
    }
}

fn parsed<T: FromStr>(text: &str, what: &str) -> Result<T, RpcError> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(100).collect();
        RpcError::invalid_params(format!("Invalid param: '{shown}' is not {what}"))
    })
}

/// An address in base58.
///
/// # Errors
///
/// Any other text.
pub fn address(text: &str) -> Result<Pubkey, RpcError> {
    parsed(text, "an address in base58")
}

/// A signature in base58.
///
/// # Errors
///
/// Any other text.
pub fn signature(text: &str) -> Result<Signature, RpcError> {
    parsed(text, "a signature in base58")
}

/// A blockhash in base58.
///
/// # Errors
///
/// Any other text.
pub fn blockhash(text: &str) -> Result<Hash, RpcError> {
    parsed(text, "a blockhash in base58")
}

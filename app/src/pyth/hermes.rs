//! The client of a Hermes service: `GET /v2/updates/price/latest`.
//!
//! Source: Pyth's Hermes API, version 2. What it answers is believed only as far as the chain checks it: the receiver
//! verifies signatures and proofs, the oracle the price itself.

use std::time::Duration;

use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use reqwest::blocking::Client;
use serde::Deserialize;
use thiserror::Error;

use super::{SignedPrices, UpdateError};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Feeds that one question names: more make its address longer than servers take.
const MOST_FEEDS: usize = 50;
/// Most bytes of an answer that are read.
const MOST_BYTES: u64 = 4 << 20;

/// Why no update came.
#[derive(Debug, Error)]
pub enum HermesError {
    /// The address is none.
    #[error("'{0}' is not the address of a Hermes service: give an http(s) address")]
    Address(String),
    /// Nobody answered.
    #[error("the Hermes service {url} did not answer ({reason}): check the address, or use another service")]
    Unreachable {
        /// Its address.
        url: String,
        /// What failed.
        reason: String,
    },
    /// It refused.
    #[error("the Hermes service {url} answered {status}: {reason}")]
    Refused {
        /// Its address.
        url: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        reason: String,
    },
    /// It answered something else.
    #[error("the Hermes service {url} answered what is no update: {reason}")]
    Malformed {
        /// Its address.
        url: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
struct Answer {
    binary: Binary,
}

#[derive(Deserialize)]
struct Binary {
    encoding: String,
    data: Vec<String>,
}

/// A Hermes service.
#[derive(Clone, Debug)]
pub struct Hermes {
    url: String,
    client: Client,
}

impl Hermes {
    /// The service at `url`, such as `https://hermes.pyth.network`.
    ///
    /// # Errors
    ///
    /// [`HermesError::Address`] for anything but an http address.
    pub fn new(url: &str) -> Result<Self, HermesError> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(HermesError::Address(url.to_owned()));
        }
        let client = Client::builder()
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| HermesError::Unreachable { url: url.to_owned(), reason: error.to_string() })?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), client })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The newest signed prices of `feeds`. Prices that were signed together come together.
    ///
    /// # Errors
    ///
    /// [`HermesError`] where nothing can be had; a feed that the service does not know makes it refuse.
    pub fn latest(&self, feeds: &[[u8; 32]]) -> Result<Vec<SignedPrices>, HermesError> {
        let mut updates = Vec::new();
        for part in feeds.chunks(MOST_FEEDS) {
            for text in self.ask(part)? {
                let bytes = BASE64.decode(text).map_err(|error| self.malformed(error))?;
                updates.push(SignedPrices::parse(&bytes).map_err(|error: UpdateError| self.malformed(error))?);
            }
        }
        Ok(updates)
    }

    fn ask(&self, feeds: &[[u8; 32]]) -> Result<Vec<String>, HermesError> {
        let mut address = format!("{}/v2/updates/price/latest?encoding=base64&parsed=false", self.url);
        for id in feeds {
            address.push_str("&ids[]=");
            address.push_str(&hex::encode(id));
        }
        let unreachable = |error: reqwest::Error| HermesError::Unreachable {
            url: self.url.clone(),
            reason: error.without_url().to_string(),
        };
        let answer = self.client.get(address).send().map_err(unreachable)?;
        let status = answer.status();
        let mut body = String::new();
        std::io::Read::read_to_string(&mut std::io::Read::take(answer, MOST_BYTES), &mut body)
            .map_err(|error| HermesError::Unreachable { url: self.url.clone(), reason: error.to_string() })?;
        if !status.is_success() {
            let reason = body.lines().next().unwrap_or_default().chars().take(200).collect();
            return Err(HermesError::Refused { url: self.url.clone(), status: status.as_u16(), reason });
        }
        let answer: Answer = serde_json::from_str(&body).map_err(|error| self.malformed(error))?;
        if answer.binary.encoding != "base64" {
            return Err(self.malformed(format!("its encoding is {}", answer.binary.encoding)));
        }
        Ok(answer.binary.data)
    }

    fn malformed(&self, reason: impl ToString) -> HermesError {
        HermesError::Malformed { url: self.url.clone(), reason: reason.to_string() }
    }
}

//! Which nodes are asked, and how patiently.

use std::time::Duration;

use reqwest::Url;

use crate::chain::ChainError;

/// How settled a block must be before it counts: `processed`, `confirmed` or `finalized`.
pub use solana_commitment_config::CommitmentLevel as Commitment;

/// How nodes are asked. `..RpcOptions::default()` fills in what does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcOptions {
    /// The nodes: http(s) addresses or Solana's monikers (`m`, `t`, `d`, `l` and their long names). One or more.
    pub urls: Vec<String>,
    /// What is read, and what a sent transaction must reach. A transaction is waited for until `confirmed` at least.
    pub commitment: Commitment,
    /// How long one answer may take. Only scans, trials and questions about the past get more than ten seconds of it.
    pub timeout: Duration,
    /// Slots that a node may differ from the highest slot that a majority reaches before it is left aside.
    pub max_slot_lag: u64,
    /// After how long an unconfirmed transaction is sent again, the same bytes.
    pub resend_every: Duration,
    /// How long a send is followed at most. A blockhash expires long before that on a chain that moves.
    pub deadline: Duration,
}

impl Default for RpcOptions {
    fn default() -> Self {
        Self {
            urls: vec!["localhost".to_owned()],
            commitment: Commitment::Confirmed,
            timeout: Duration::from_secs(30),
            max_slot_lag: 50,
            resend_every: Duration::from_secs(2),
            deadline: Duration::from_secs(300),
        }
    }
}

impl RpcOptions {
    /// The usual options for one node.
    pub fn of(url: &str) -> Self {
        Self { urls: vec![url.to_owned()], ..Self::default() }
    }
}

/// The address behind a moniker of Solana's command line, or `url` itself.
pub fn expand_moniker(url: &str) -> &str {
    match url {
        "m" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
        "t" | "testnet" => "https://api.testnet.solana.com",
        "d" | "devnet" => "https://api.devnet.solana.com",
        "l" | "localhost" => "http://localhost:8899",
        url => url,
    }
}

/// The address of a node, and how errors call it: scheme and host only, since keys of providers are in the rest.
pub(super) fn address(url: &str) -> Result<(Url, String), ChainError> {
    let given = expand_moniker(url.trim());
    let parsed = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(parsed) = parsed else {
        return Err(ChainError::Backend(format!(
            "'{url}' is not the address of a node: give an http(s) address, or m, t, d or l"
        )));
    };
    let name = parsed.origin().ascii_serialization();
    Ok((parsed, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monikers_are_those_of_solana() {
        for (short, long, address) in [
            ("m", "mainnet-beta", "https://api.mainnet-beta.solana.com"),
            ("t", "testnet", "https://api.testnet.solana.com"),
            ("d", "devnet", "https://api.devnet.solana.com"),
            ("l", "localhost", "http://localhost:8899"),
        ] {
            assert_eq!(expand_moniker(short), address);
            assert_eq!(expand_moniker(long), address);
        }
        assert_eq!(expand_moniker("http://10.0.0.1:8899"), "http://10.0.0.1:8899");
    }

    #[test]
    fn errors_never_show_a_providers_key() {
        let (url, name) = address("https://user:secret@node.example:8443/v2/secret?api-key=secret").unwrap();
        assert_eq!(name, "https://node.example:8443");
        assert_eq!(url.query(), Some("api-key=secret"), "the node itself is asked with it");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in ["", "x", "ftp://node.example", "/tmp/ledger", "http://", "ws://localhost:8900"] {
            let refusal = address(wrong).unwrap_err().to_string();
            assert!(refusal.contains(&format!("'{wrong}' is not the address of a node")), "{refusal}");
        }
    }
}

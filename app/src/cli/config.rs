//! Where a command talks to and who signs: the arguments, else the Solana tools' configuration file, else its defaults.

use super::arguments::{Global, Output};
use crate::chain::Commitment;
use anyhow::{anyhow, bail, Context, Result};
use reqwest::Url;
use solana_clap_v3_utils::input_validators::normalize_to_url_if_moniker;
use solana_cli_config::{Config, CONFIG_FILE};
use std::path::{Path, PathBuf};

/// Clusters by the address of their public nodes.
const CLUSTERS: [(&str, &str); 3] = [
    ("https://api.mainnet-beta.solana.com", "mainnet-beta"),
    ("https://api.testnet.solana.com", "testnet"),
    ("https://api.devnet.solana.com", "devnet"),
];

/// Settings with every question answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Addresses of nodes, at least one; the first names the cluster.
    pub urls: Vec<String>,
    /// How settled what is read and sent must be.
    pub commitment: Commitment,
    /// Who signs, as a signer source.
    pub keypair: String,
    /// Who pays fees and rent, where it is not who signs.
    pub fee_payer: Option<String>,
    /// How to print.
    pub output: Output,
    /// Say more.
    pub verbose: bool,
    /// The configuration file that was read; none where there is none.
    pub file: Option<PathBuf>,
}

impl Resolved {
    /// Answers every question from the arguments, else from the configuration file, else with the Solana tools' defaults.
    ///
    /// # Errors
    ///
    /// A file that was named and cannot be read, one that cannot be understood, or an address that is none.
    pub fn resolve(global: &Global) -> Result<Self> {
        let (config, file) = load(global.config.as_deref())?;
        let asked = if global.url.is_empty() { vec![config.json_rpc_url] } else { global.url.clone() };
        Ok(Self {
            urls: asked.iter().map(|url| node(url)).collect::<Result<_>>()?,
            commitment: match global.commitment {
                Some(level) => level.into(),
                None => commitment(&config.commitment)?,
            },
            keypair: global.keypair.clone().unwrap_or(config.keypair_path),
            fee_payer: global.fee_payer.clone(),
            output: global.output,
            verbose: global.verbose,
            file,
        })
    }

    /// Where the settings come from and what they are, in one line.
    pub fn settings(&self) -> String {
        let file = match &self.file {
            Some(file) => format!("settings of {} and the command line", file.display()),
            None => "settings of the command line, else the Solana tools' defaults".to_owned(),
        };
        let payer = self.fee_payer.as_deref().unwrap_or("who signs");
        format!("{file}: {}, {}, keypair {}, fee payer {payer}", self.cluster(), self.commitment, self.keypair)
    }

    /// The cluster in words, for reviews: its name where the node is a public one, and where the node is.
    pub fn cluster(&self) -> String {
        let url = self.urls.first().map(String::as_str).unwrap_or_default();
        let more = match self.urls.len() {
            0 | 1 => String::new(),
            several => format!(" and {} more", several - 1),
        };
        format!("{} ({}{more})", cluster_name(url), origin(url))
    }
}

/// The name of the cluster behind an address, as far as the address tells.
pub fn cluster_name(url: &str) -> &'static str {
    let url = url.trim_end_matches('/');
    if let Some((_, name)) = CLUSTERS.iter().find(|(public, _)| *public == url) {
        return name;
    }
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    match host == "localhost" || host == "[::1]" || host.starts_with("127.") {
        true => "localnet",
        false => "an unnamed cluster",
    }
}

/// Scheme, host and port: what follows them may be a key of its provider's.
fn origin(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.origin().ascii_serialization())
}

/// A node's address, with monikers spelled out.
///
/// # Errors
///
/// If it is neither a moniker nor an http address.
pub fn node(url: &str) -> Result<String> {
    let address = normalize_to_url_if_moniker(url);
    match Url::parse(&address) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => Ok(address),
        _ => bail!("'{url}' is not the address of a node: give an http(s) address, or m, t, d or l"),
    }
}

/// The file that was named, which must exist; else the Solana tools' own, or their defaults where there is none.
fn load(named: Option<&Path>) -> Result<(Config, Option<PathBuf>)> {
    let path = match (named, CONFIG_FILE.as_deref()) {
        (Some(named), _) => named.to_owned(),
        (None, Some(standard)) if Path::new(standard).exists() => PathBuf::from(standard),
        (None, Some(_)) => return Ok((Config::default(), None)),
        (None, None) => {
            bail!("there is no home directory to look for Solana's configuration in: give one with -C FILE")
        }
    };
    let shown = path.display();
    if !path.is_file() {
        bail!(
            "there is no configuration file {shown}: write one with `solana config set -C {shown} --url …`, or leave -C \
             out"
        );
    }
    let text =
        path.to_str().ok_or_else(|| anyhow!("the name {shown} is not UTF-8: give -C a file with another name"))?;
    let config = Config::load(text).with_context(|| {
        format!(
            "cannot understand {shown}, the configuration of the Solana tools: write it anew with `solana config set`, or \
             name another with -C"
        )
    })?;
    Ok((config, Some(path)))
}

fn commitment(level: &str) -> Result<Commitment> {
    Ok(match level {
        "" | "confirmed" => Commitment::Confirmed,
        "processed" => Commitment::Processed,
        "finalized" => Commitment::Finalized,
        other => bail!(
            "the configuration asks for the commitment '{other}': give --commitment processed, confirmed or finalized"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_have_names() {
        for (url, name) in [
            ("https://api.mainnet-beta.solana.com", "mainnet-beta"),
            ("https://api.devnet.solana.com/", "devnet"),
            ("http://localhost:8899", "localnet"),
            ("http://127.0.0.1:18900", "localnet"),
            ("http://[::1]:8899", "localnet"),
            ("https://localhost.example.org", "an unnamed cluster"),
            ("https://rpc.example.org/key", "an unnamed cluster"),
        ] {
            assert_eq!(cluster_name(url), name, "{url}");
        }
    }

    #[test]
    fn keys_of_providers_are_not_shown() {
        assert_eq!(origin("https://rpc.example.org:8080/v2/secret?api-key=secret"), "https://rpc.example.org:8080");
    }

    #[test]
    fn monikers_are_spelled_out_and_anything_else_must_be_http() {
        for (moniker, url) in [
            ("m", "https://api.mainnet-beta.solana.com"),
            ("t", "https://api.testnet.solana.com"),
            ("devnet", "https://api.devnet.solana.com"),
            ("l", "http://localhost:8899"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ] {
            assert_eq!(node(moniker).unwrap(), url);
        }
        assert!(node("nowhere").unwrap_err().to_string().contains("'nowhere' is not the address of a node"));
    }
}

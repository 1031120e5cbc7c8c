//! What an operator sets: one TOML file.
//!
//! Everything but `keypair` has a default; a key that is not known is refused, so that a misspelt limit does not pass
//! for a set one.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::action::ActionKind;

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the keeper's configuration {path} cannot be read ({reason}): check the path given to --config")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is no configuration.
    #[error("the keeper's configuration cannot be understood: {0}")]
    Malformed(String),
    /// A value is outside its range.
    #[error("{key} is {found}: set it to {range}")]
    OutOfRange {
        /// Its place, such as `freshness.feed_age_percent`.
        key: &'static str,
        /// What it is.
        found: String,
        /// What it may be.
        range: &'static str,
    },
}

/// A keeper's configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeeperConfig {
    /// Endpoints, or Solana's monikers (`m`, `t`, `d`, `l`); several are asked as a quorum.
    #[serde(default = "default_urls")]
    pub urls: Vec<String>,
    /// Signer source of the key that signs and pays: a file, `usb://…`, `prompt://`.
    pub keypair: String,
    /// Which vaults are kept.
    #[serde(default)]
    pub vaults: Vaults,
    /// Lookup tables that shorten transactions, beside those that the vaults name.
    #[serde(default)]
    pub tables: Vec<Address>,
    /// The write-ahead journal's file.
    #[serde(default = "default_journal")]
    pub journal: PathBuf,
    /// Where metrics and health are served; nowhere if absent.
    #[serde(default)]
    pub metrics: Option<SocketAddr>,
    /// When what is looked at.
    #[serde(default)]
    pub intervals: Intervals,
    /// What is worth doing.
    #[serde(default)]
    pub profit: Profit,
    /// What may be spent.
    #[serde(default)]
    pub limits: SpendingLimits,
    /// How fresh prices and valuations are kept.
    #[serde(default)]
    pub freshness: Freshness,
    /// Where prices come from.
    #[serde(default)]
    pub source: SourceConfig,
}

/// Which vaults a keeper keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vaults {
    /// Every vault whose ledger has the key registered as a keeper.
    #[default]
    Registered,
    /// Every vault of the program.
    All,
    /// Every vault that this key owns.
    Owner(Address),
    /// These.
    List(Vec<Address>),
}

/// When what is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Intervals {
    /// Between two rounds, seconds, 1 to 3,600.
    pub poll_seconds: u64,
    /// Between two searches for new vaults, lines and changes, seconds, at least one poll.
    pub discover_seconds: u64,
    /// Most that each wait is lengthened by at random, milliseconds, so that keepers do not act in step.
    pub jitter_ms: u64,
    /// First wait after another keeper was faster, seconds; it doubles each time.
    pub backoff_seconds: u64,
    /// Longest such wait, seconds.
    pub backoff_max_seconds: u64,
}

/// What is worth doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profit {
    /// Least that is left of an action's pay after its costs, lamports.
    pub min_profit_lamports: u64,
    /// Kinds that are done whatever they pay. Only `rebalance`, `derisk` and `collect-pay` can pay: every other kind that
    /// is not named here is not done, but for `close-change` where the rent comes back to this key.
    pub obligatory: Vec<ActionKind>,
    /// What one SOL is worth, millionths of a US dollar, where `sol_feed` gives no price.
    pub micro_usd_per_sol: u64,
    /// A feed of the risk oracle that prices SOL.
    pub sol_feed: Option<Address>,
}

/// What may be spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpendingLimits {
    /// Fees and rent within any hour, lamports.
    pub max_lamports_per_hour: u64,
    /// Micro-lamports per compute unit; absent: what the chain's last slots paid.
    pub compute_unit_price: Option<u64>,
    /// Most micro-lamports per compute unit, whatever the last slots paid.
    pub max_compute_unit_price: u64,
    /// After somebody acted on a line or a feed it is left alone for so many slots, 0 to 150: the same accounts may
    /// be seen half old.
    pub yield_slots: u64,
}

/// How fresh prices and valuations are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Freshness {
    /// A valuation is renewed at this part of the greatest age, percent, 1 to 100.
    pub valuation_age_percent: u8,
    /// A price is renewed at this part of the greatest age, percent, 1 to 100.
    pub feed_age_percent: u8,
    /// A price is also renewed when it has moved by so many basis points; 0: not.
    pub deviation_bps: u16,
    /// Whether a feed gets its first price of each UTC day at once, which closes the bar of the day before.
    pub close_bars: bool,
    /// Oldest observation of its feeds that a book with a risk engine is left with, seconds; a day that all of them have
    /// closed is observed at once.
    pub observe_seconds: u32,
    /// Oldest report of what lies where that such a book is left with, seconds; stresses are renewed as often.
    pub report_seconds: u32,
}

/// Where prices come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceConfig {
    /// Which kind.
    pub kind: SourceKind,
    /// Shard of the push oracle's accounts.
    pub shard: u16,
    /// Address of the price service.
    pub url: Option<String>,
}

/// A kind of price source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Accounts that somebody else posts.
    #[default]
    Posted,
    /// A Hermes-compatible service; the keeper posts.
    Hermes,
}

/// An address, in base58.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(pub Pubkey);

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| serde::de::Error::custom(format!("'{text}' is no address in base58")))
    }
}

impl Default for Intervals {
    fn default() -> Self {
        Self { poll_seconds: 5, discover_seconds: 600, jitter_ms: 1_000, backoff_seconds: 2, backoff_max_seconds: 60 }
    }
}

impl Default for Profit {
    fn default() -> Self {
        use ActionKind::*;
        Self {
            min_profit_lamports: 0,
            obligatory: vec![
                UpdateFeed,
                Refresh,
                Observe,
                Report,
                Stress,
                Solve,
                Sync,
                Derisk,
                Demand,
                RecallOverdue,
                RecallForQueue,
                Fill,
            ],
            micro_usd_per_sol: 150_000_000,
            sol_feed: None,
        }
    }
}

impl Default for SpendingLimits {
    fn default() -> Self {
        Self {
            max_lamports_per_hour: 50_000_000,
            compute_unit_price: None,
            max_compute_unit_price: 100_000,
            yield_slots: 2,
        }
    }
}

impl Default for Freshness {
    fn default() -> Self {
        Self {
            valuation_age_percent: 75,
            feed_age_percent: 75,
            deviation_bps: 0,
            close_bars: true,
            observe_seconds: 3_600,
            report_seconds: 3_600,
        }
    }
}

impl Default for SourceConfig {
    fn default() -> Self {
        Self { kind: SourceKind::Posted, shard: 0, url: None }
    }
}

fn default_urls() -> Vec<String> {
    vec!["l".to_owned()]
}

fn default_journal() -> PathBuf {
    "keeper.sqlite".into()
}

impl KeeperConfig {
    /// The defaults, with this signer source.
    pub fn new(keypair: impl Into<String>) -> Self {
        Self {
            urls: default_urls(),
            keypair: keypair.into(),
            vaults: Vaults::default(),
            tables: Vec::new(),
            journal: default_journal(),
            metrics: None,
            intervals: Intervals::default(),
            profit: Profit::default(),
            limits: SpendingLimits::default(),
            freshness: Freshness::default(),
            source: SourceConfig::default(),
        }
    }

    /// Reads and checks a file. A journal's relative path is taken from the file's folder.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        let mut config = Self::from_toml(&text)?;
        if let Some(folder) = path.parent() {
            config.journal = folder.join(&config.journal);
        }
        Ok(config)
    }

    /// Reads and checks a configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Malformed`] names the place, [`ConfigError::OutOfRange`] the key.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::Malformed(error.to_string().trim_end().to_owned()))?;
        config.validate()?;
        Ok(config)
    }

    /// Whether `kind` is done whatever it pays.
    pub fn is_obligatory(&self, kind: ActionKind) -> bool {
        self.profit.obligatory.contains(&kind)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let check = |holds: bool, key: &'static str, found: String, range: &'static str| match holds {
            true => Ok(()),
            false => Err(ConfigError::OutOfRange { key, found, range }),
        };
        let percent = |value: u8, key| check((1..=100).contains(&value), key, value.to_string(), "1 to 100");
        let Intervals { poll_seconds, discover_seconds, .. } = self.intervals;
        check(!self.urls.is_empty(), "urls", "empty".to_owned(), "at least one endpoint or moniker")?;
        check(!self.keypair.is_empty(), "keypair", "empty".to_owned(), "a signer source, such as a key file")?;
        let seconds = "1 to 3600 seconds";
        check((1..=3_600).contains(&poll_seconds), "intervals.poll_seconds", poll_seconds.to_string(), seconds)?;
        check(
            discover_seconds >= poll_seconds,
            "intervals.discover_seconds",
            discover_seconds.to_string(),
            "at least intervals.poll_seconds",
        )?;
        percent(self.freshness.valuation_age_percent, "freshness.valuation_age_percent")?;
        percent(self.freshness.feed_age_percent, "freshness.feed_age_percent")?;
        let micro_usd = self.profit.micro_usd_per_sol;
        check(micro_usd > 0, "profit.micro_usd_per_sol", micro_usd.to_string(), "above zero")?;
        let slots = self.limits.yield_slots;
        check(slots <= 150, "limits.yield_slots", slots.to_string(), "0 to 150 slots")?;
        let has_url = self.source.kind != SourceKind::Hermes || self.source.url.is_some();
        check(has_url, "source.url", "absent".to_owned(), "the address of a Hermes-compatible service")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";

    #[test]
    fn only_the_key_is_needed() {
        let config = KeeperConfig::from_toml("keypair = \"keeper.json\"").unwrap();
        assert_eq!(config, KeeperConfig::new("keeper.json"));
        assert!(config.is_obligatory(ActionKind::Fill) && !config.is_obligatory(ActionKind::Rebalance));
    }

    #[test]
    fn vaults_are_named_in_four_ways() {
        let vaults = |text: &str| KeeperConfig::from_toml(&format!("keypair = \"k\"\n{text}")).unwrap().vaults;
        let owner = Address(OWNER.parse().unwrap());
        assert_eq!(vaults("vaults = \"registered\""), Vaults::Registered);
        assert_eq!(vaults("vaults = \"all\""), Vaults::All);
        assert_eq!(vaults(&format!("vaults = {{ owner = \"{OWNER}\" }}")), Vaults::Owner(owner));
        assert_eq!(vaults(&format!("vaults = {{ list = [\"{OWNER}\"] }}")), Vaults::List(vec![owner]));
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut config = KeeperConfig::new("usb://ledger");
        config.vaults = Vaults::List(vec![Address(Pubkey::new_from_array([7; 32]))]);
        config.metrics = Some(([127, 0, 0, 1], 9_464).into());
        config.profit.obligatory = vec![ActionKind::RecallOverdue];
        config.source = SourceConfig { kind: SourceKind::Hermes, shard: 0, url: Some("http://127.0.0.1:1".into()) };
        let text = toml::to_string(&config).unwrap();
        assert_eq!(KeeperConfig::from_toml(&text).unwrap(), config);
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        let refusal = |text: &str| KeeperConfig::from_toml(text).unwrap_err().to_string();
        let with = |text: &str| refusal(&format!("keypair = \"k\"\n{text}"));
        assert!(refusal("").contains("keypair"));
        assert!(with("[limits]\nmax_lamports = 1").contains("max_lamports"));
        assert!(with("vaults = { list = [\"no\"] }").contains("'no' is no address in base58"));
        assert!(with("[profit]\nobligatory = [\"refill\"]").contains("refill"));
        let expected = "freshness.feed_age_percent is 0: set it to 1 to 100";
        assert_eq!(with("[freshness]\nfeed_age_percent = 0"), expected);
        let expected = "source.url is absent: set it to the address of a Hermes-compatible service";
        assert_eq!(with("[source]\nkind = \"hermes\""), expected);
        let expected = "intervals.discover_seconds is 4: set it to at least intervals.poll_seconds";
        assert_eq!(with("[intervals]\ndiscover_seconds = 4"), expected);
    }
}

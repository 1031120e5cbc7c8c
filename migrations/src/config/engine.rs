//! `[engine]` and `[network]`: what the book's risk engine follows and limits, and who falls with whom.

use std::collections::BTreeMap;

use anyhow::{bail, Context, Result};
use risk_oracle::state::{Scenario as Shocks, ASSETS, POSTERS, PROTOCOLS, SCENARIOS};
use serde::Deserialize;

use super::check::{at_most, find, label, unique};
use super::{Address, Config, Party, Points};

/// `[engine]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// Names of the feeds that the book's assets follow, in the order of its rows; at most eight.
    #[serde(default)]
    pub assets: Vec<String>,
    /// `[engine.limits]`: `preset`, "none" unless given, and what is to be other than it; see [`crate::limits`].
    #[serde(default)]
    pub limits: toml::Table,
    /// What is worked out as a stress, in the order of the book's rows; at most eight.
    #[serde(default)]
    pub scenarios: Vec<Scenario>,
}

/// `[[engine.scenarios]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, at most 16 characters, such as "crash-2020".
    pub label: String,
    /// Move of each asset's price by its name, basis points: −10,000 to 100,000; what is not named does not move.
    #[serde(default)]
    pub shocks_bps: BTreeMap<String, i32>,
    /// Move of the volatility that options are priced with, basis points of it; none unless given.
    #[serde(default)]
    pub volatility_bps: i32,
}

/// `[network]`: either `address`, of a network that somebody else keeps, or the owner's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// A network that is there already, which the book follows as it is.
    pub address: Option<Address>,
    /// Number among the owner's networks; 0 unless given.
    pub id: Option<u16>,
    /// An edge observed longer ago counts as its cap, seconds; three days unless given.
    pub max_edge_age: Option<u32>,
    /// Least time before an edge is posted lower, seconds; an hour unless given.
    pub min_post_interval: Option<u32>,
    /// A solution older than this counts as all lost, seconds; two days unless given.
    pub max_solution_age: Option<u32>,
    /// Most that posts lower an edge by in a day, basis points; 500 unless given.
    pub edge_fall_bps: Option<u16>,
    /// What a loss falls by in a day by itself, basis points; 100 unless given.
    pub loss_fall_bps: Option<u16>,
    /// Keys that may post what they observe; at most four.
    #[serde(default)]
    pub posters: Vec<Party>,
    /// The protocols, in the order of their rows; at most sixteen.
    #[serde(default)]
    pub protocols: Vec<Protocol>,
}

/// `[[network.protocols]]`: points of risk are 0 (least) to 100 (most); what is not given is unknown and counts as the most.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Its name, at most 16 characters, such as "klend-main".
    pub label: String,
    /// Its program; none where it is none of this chain.
    pub program: Option<Address>,
    /// Points for audits and verification of the code in use.
    #[serde(default)]
    pub audits: Points,
    /// Points for how long that code has held funds.
    #[serde(default)]
    pub age: Points,
    /// Points for who can replace the code, and how fast.
    #[serde(default)]
    pub upgradeability: Points,
    /// Points for what has happened to it.
    #[serde(default)]
    pub incidents: Points,
    /// Points for the funds that it holds.
    #[serde(default)]
    pub size: Points,
    /// The most of this protocol's equity that is lost when another one fails, by that one's name, basis points; may exceed
    /// 10,000. One that is not named counts as 65,535.
    #[serde(default)]
    pub loses_bps: BTreeMap<String, u16>,
}

impl Engine {
    /// The place of an asset by its feed's name; `key` is who names it.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn asset(&self, key: &str, name: &str) -> Result<u8> {
        let place = self.assets.iter().position(|known| known == name);
        place.and_then(|place| u8::try_from(place).ok()).with_context(|| match self.assets.is_empty() {
            true => format!("{key}: '{name}' is not among engine.assets, which names none"),
            false => format!("{key}: '{name}' is not among engine.assets, which are {}", self.assets.join(", ")),
        })
    }
}

impl Network {
    /// The row of a protocol by its label; `key` is who names it.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn protocol(&self, key: &str, label: &str) -> Result<u8> {
        let labels = self.protocols.iter().map(|protocol| &protocol.label);
        let place = find(key, "[[network.protocols]]", label, labels)?;
        u8::try_from(place).with_context(|| key.to_owned())
    }
}

impl Config {
    /// The engine's names, numbers of rows, and moves; its limits.
    pub(super) fn check_engine(&self) -> Result<()> {
        let Some(engine) = &self.engine else {
            if self.network.is_some() {
                bail!("network: a book follows one by its risk engine; add [engine], which may be empty");
            }
            for line in &self.lines {
                let given = [
                    ("asset", line.asset.is_some()),
                    ("protocol", line.protocol.is_some()),
                    ("scaled", line.scaled.is_some()),
                ];
                if let Some((key, _)) = given.into_iter().find(|(_, given)| *given) {
                    bail!("lines.{}.{key}: there is no [engine] in this file; add one", line.name);
                }
            }
            return Ok(());
        };
        at_most("engine.assets", ASSETS, engine.assets.len())?;
        unique("engine.assets", engine.assets.iter())?;
        for name in &engine.assets {
            self.feed("engine.assets", name)?;
        }
        let params = crate::limits::read(&engine.limits)?;
        engine.check_scenarios()?;
        for line in &self.lines {
            let key = |name: &str| format!("lines.{}.{name}", line.name);
            match &line.asset {
                Some(name) => engine.asset(&key("asset"), name).map(drop)?,
                None if line.pool.is_some() && params.needs_models() => {
                    bail!("{}: a price moves a line with a pool, and engine.limits bounds what may be lost: name its asset", key("asset"))
                }
                None => {}
            }
            match (&line.protocol, &self.network) {
                (Some(_), None) => bail!("{}: there is no [network] in this file; add one", key("protocol")),
                (Some(label), Some(network)) if network.address.is_none() => {
                    network.protocol(&key("protocol"), label).map(drop)?;
                }
                _ => {}
            }
        }
        self.network.as_ref().map_or(Ok(()), Network::check)
    }
}

impl Engine {
    fn check_scenarios(&self) -> Result<()> {
        at_most("engine.scenarios", SCENARIOS, self.scenarios.len())?;
        unique("engine.scenarios", self.scenarios.iter().map(|scenario| &scenario.label))?;
        for scenario in &self.scenarios {
            label("engine.scenarios.label", &scenario.label)?;
            let key = |name: &str| format!("engine.scenarios.{}.{name}", scenario.label);
            let moves = scenario.shocks_bps.iter().map(|(asset, bps)| (format!("shocks_bps.{asset}"), bps));
            for (name, bps) in moves.chain([("volatility_bps".to_owned(), &scenario.volatility_bps)]) {
                if !Shocks::MOVES.contains(bps) {
                    bail!("{}: {bps} is no move: give -10000 to 100000 basis points", key(&name));
                }
            }
            for name in scenario.shocks_bps.keys() {
                self.asset(&key("shocks_bps"), name)?;
            }
        }
        Ok(())
    }
}

impl Network {
    fn check(&self) -> Result<()> {
        if self.address.is_some() {
            let own = [
                ("id", self.id.is_some()),
                ("max_edge_age", self.max_edge_age.is_some()),
                ("min_post_interval", self.min_post_interval.is_some()),
                ("max_solution_age", self.max_solution_age.is_some()),
                ("edge_fall_bps", self.edge_fall_bps.is_some()),
                ("loss_fall_bps", self.loss_fall_bps.is_some()),
                ("posters", !self.posters.is_empty()),
                ("protocols", !self.protocols.is_empty()),
            ];
            return match own.into_iter().find(|(_, given)| *given) {
                Some((key, _)) => {
                    bail!("network.{key}: the network at network.address is as its owner set it; remove one of the two")
                }
                None => Ok(()),
            };
        }
        if self.protocols.is_empty() {
            bail!("network.protocols: name at least one, or network.address of a network that is there already");
        }
        at_most("network.protocols", PROTOCOLS, self.protocols.len())?;
        at_most("network.posters", POSTERS, self.posters.len())?;
        unique("network.protocols", self.protocols.iter().map(|protocol| &protocol.label))?;
        for protocol in &self.protocols {
            label("network.protocols.label", &protocol.label)?;
            let key = format!("network.protocols.{}.loses_bps", protocol.label);
            for failing in protocol.loses_bps.keys() {
                self.protocol(&key, failing)?;
                if *failing == protocol.label {
                    bail!("{key}: '{failing}' is itself; name the others");
                }
            }
        }
        Ok(())
    }
}

//! The book's risk engine and its contagion network: rows, labels and keys in place of names.

use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Context, Result};
use gimbal::chain::Chain;
use gimbal::instructions::network::network_address;
use gimbal::readers;
use gimbal::setup::lines::label;
use gimbal::views::units::label_text;
use risk_oracle::state::{NO_ASSET, NO_LINE_PROTOCOL};
use risk_oracle::{
    CreateNetworkArgs, NetworkParams, RiskParams, Scenario, Scores, SetEdgeCapArgs, SetLineModelArgs, SetProtocolArgs,
};

use super::{sentence, Line};
use crate::config::{self, Config};
use crate::keys::KeyFiles;

/// The book's risk engine.
#[derive(Clone, Debug)]
pub struct Engine {
    /// What the file calls the assets, and their feeds, in the order of their rows.
    pub assets: Vec<(String, Pubkey)>,
    /// How each line is seen, in the order of the lines.
    pub models: Vec<SetLineModelArgs>,
    /// The limits.
    pub params: RiskParams,
    /// The scenarios, in the order of their rows.
    pub scenarios: Vec<Scenario>,
    /// The network that the book follows.
    pub network: Option<Network>,
}

/// A contagion network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its address.
    pub key: Pubkey,
    /// How it is made, where it is the owner's own.
    pub own: Option<OwnNetwork>,
}

/// How a network is made.
#[derive(Clone, Debug)]
pub struct OwnNetwork {
    /// The network.
    pub args: CreateNetworkArgs,
    /// The protocols, in the order of their rows.
    pub protocols: Vec<SetProtocolArgs>,
    /// For each protocol the caps of what it loses when others fail.
    pub caps: Vec<Vec<SetEdgeCapArgs>>,
    /// Who may post, in the order of their places.
    pub posters: Vec<Pubkey>,
}

/// What is known by now.
pub(super) struct Known<'a> {
    pub files: &'a KeyFiles,
    pub owner: Pubkey,
    pub curator: Pubkey,
    pub guardian: Pubkey,
    pub lines: &'a [Line],
    pub feed: &'a dyn Fn(&str, &str) -> Result<Pubkey>,
}

pub(super) fn resolve(config: &Config, known: &Known<'_>, chain: &dyn Chain) -> Result<Option<Engine>> {
    let Some(engine) = &config.engine else { return Ok(None) };
    let mut assets: Vec<(String, Pubkey)> = Vec::new();
    for name in &engine.assets {
        let key = (known.feed)("engine.assets", name)?;
        if let Some((other, _)) = assets.iter().find(|(_, other)| *other == key) {
            bail!("engine.assets: '{other}' and '{name}' are one feed, which would count twice; name it once");
        }
        assets.push((name.clone(), key));
    }
    let network = config.network.as_ref().map(|network| resolve_network(network, known)).transpose()?;
    let mut models = Vec::new();
    for (line, there) in config.lines.iter().zip(known.lines) {
        let key = |name: &str| format!("lines.{}.{name}", line.name);
        let asset = line.asset.as_ref().map(|name| engine.asset(&key("asset"), name)).transpose()?;
        let protocol = match (&line.protocol, &config.network) {
            (Some(label), Some(network)) => Some(protocol(network, &key("protocol"), label, chain)?),
            _ => None,
        };
        models.push(SetLineModelArgs {
            line: there.addresses.id,
            asset: asset.unwrap_or(NO_ASSET),
            protocol: protocol.unwrap_or(NO_LINE_PROTOCOL),
            scaled: line.scaled.unwrap_or(true),
        });
    }
    let scenarios = engine.scenarios.iter().map(|scenario| resolve_scenario(engine, scenario));
    let scenarios = scenarios.collect::<Result<_>>()?;
    Ok(Some(Engine { assets, models, params: crate::limits::read(&engine.limits)?, scenarios, network }))
}

fn resolve_scenario(engine: &config::Engine, scenario: &config::Scenario) -> Result<Scenario> {
    let key = format!("engine.scenarios.{}", scenario.label);
    let mut row = Scenario { label: label(&scenario.label), used: 1, ..Scenario::default() };
    for (name, bps) in &scenario.shocks_bps {
        let place = usize::from(engine.asset(&format!("{key}.shocks_bps"), name)?);
        row.shocks_bps[place] = *bps;
    }
    row.volatility_bps = scenario.volatility_bps;
    row.validate().map_err(|error| anyhow!("{key}: {}", sentence(error)))?;
    Ok(row)
}

/// The row of a protocol: by the file, or by the network itself where that is somebody else's.
fn protocol(network: &config::Network, key: &str, name: &str, chain: &dyn Chain) -> Result<u8> {
    let Some(address) = network.address else { return network.protocol(key, name) };
    let there: risk_oracle::Network = readers::read(chain, &address.0).context("network.address")?;
    let used = || there.protocols.iter().take(usize::from(there.count));
    let place = used().position(|row| row.label == label(name));
    place.and_then(|place| u8::try_from(place).ok()).with_context(|| {
        let known: Vec<String> = used().map(|row| label_text(&row.label)).collect();
        format!("{key}: the network {} has no protocol '{name}'; it has {}", address.0, known.join(", "))
    })
}

fn resolve_network(network: &config::Network, known: &Known<'_>) -> Result<Network> {
    if let Some(address) = network.address {
        return Ok(Network { key: address.0, own: None });
    }
    let usual = NetworkParams::DEFAULT;
    let params = NetworkParams {
        max_edge_age: network.max_edge_age.unwrap_or(usual.max_edge_age),
        min_post_interval: network.min_post_interval.unwrap_or(usual.min_post_interval),
        max_solution_age: network.max_solution_age.unwrap_or(usual.max_solution_age),
        edge_fall_bps: network.edge_fall_bps.unwrap_or(usual.edge_fall_bps),
        loss_fall_bps: network.loss_fall_bps.unwrap_or(usual.loss_fall_bps),
    };
    params.validate().map_err(|error| anyhow!("network: {}", sentence(error)))?;
    let id = network.id.unwrap_or_default();
    let args = CreateNetworkArgs { id, curator: known.curator, guardian: known.guardian, params };
    let posters = network.posters.iter().enumerate();
    let posters = posters.map(|(place, party)| known.files.address(&format!("network.posters[{place}]"), party));
    let posters: Vec<Pubkey> = posters.collect::<Result<_>>()?;
    for (place, key) in posters.iter().enumerate() {
        if posters[..place].contains(key) {
            bail!("network.posters: {key} is there twice; name it once");
        }
    }
    let (mut protocols, mut caps) = (Vec::new(), Vec::new());
    for (index, row) in (0_u8..).zip(&network.protocols) {
        protocols.push(SetProtocolArgs {
            index,
            label: label(&row.label),
            program: row.program.map(|program| program.0).unwrap_or_default(),
            scores: Scores {
                audits: row.audits.0,
                age: row.age.0,
                upgradeability: row.upgradeability.0,
                incidents: row.incidents.0,
                size: row.size.0,
            },
            loss_bps: 0,
        });
        let key = format!("network.protocols.{}.loses_bps", row.label);
        let edge = |(failing, cap_bps): (&String, &u16)| {
            let counterparty = network.protocol(&key, failing)?;
            Ok(SetEdgeCapArgs { protocol: index, counterparty, cap_bps: *cap_bps })
        };
        caps.push(row.loses_bps.iter().map(edge).collect::<Result<Vec<_>>>()?);
    }
    let key = network_address(&known.owner, id);
    Ok(Network { key, own: Some(OwnNetwork { args, protocols, caps, posters }) })
}

//! The risk engine: its set-up in the worlds that have one, and what anybody and the network's posters do with it.

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::instructions::{network, oracle, router};
use gimbal::setup::lines::label;
use risk_oracle::state::{NetworkParams, Scores, ASSETS, SCENARIOS};
use risk_oracle::{
    CreateNetworkArgs, PostEdgeArgs, PostLossArgs, RiskParams, Scenario, SetAssetArgs, SetEdgeCapArgs,
    SetLineModelArgs, SetPosterArgs, SetProtocolArgs, SetScenarioArgs,
};
use solana_instruction::Instruction;
use strategy_router::state::Line;

use super::{World, POSTER};
use crate::property::action::Action;
use crate::property::checks::{Call, Violation};
use crate::season::season;
use crate::{Asset, Chain, Fixture, Signer};

/// Number of the owner's network.
const ID: u16 = 1;
/// Protocols of the network: one for each line, and one that all of them owe something.
const PROTOCOLS: u8 = 4;
/// Days that the feeds have behind them: enough for a forecast, and for most of a ring of bars.
const PAST: u32 = 40;
/// Row of the token among the book's assets; the base asset is in row 0.
const TOKEN_ROW: u8 = 1;
/// No asset, or no protocol.
const NONE: u8 = u8::MAX;

/// The digit at a place of a number, 0 to 15.
fn digit(value: u64, place: u32) -> u16 {
    ((value >> (4 * place)) % 16) as u16
}

/// Limits and thresholds by the digits of a number: each limit may be off, and thresholds begin where a world of small
/// moves reaches them.
pub(super) fn params_of(value: u64) -> RiskParams {
    let digit = |place| digit(value, place);
    let limit = |place, unit: u16| if digit(place) == 15 { u16::MAX } else { (digit(place) + 1) * unit };
    let rising = |first: u16, step: u16| [first, first + step, first + 2 * step];
    let (cut, unease) = (digit(3) * 200, digit(4) + 1);
    RiskParams {
        max_var_bps: limit(0, 20),
        max_shortfall_bps: limit(0, 30),
        max_stress_bps: limit(1, 150),
        max_concentration_bps: limit(2, 500),
        max_exit_days: limit(2, 1),
        max_liquidity_share_bps: limit(1, 400),
        max_sample_age: if digit(5) == 15 { u32::MAX } else { 3_600 * (1 + u32::from(digit(5))) },
        venue_confirm_seconds: u32::from(digit(5)) * 60,
        scales_bps: [10_000, 10_000 - cut, 10_000 - 2 * cut, 10_000 - 3 * cut],
        move_milli: rising(400 * unease, 400),
        drawdown_bps: rising(60 * unease, 120),
        utilisation_bps: rising(6_000 + 200 * unease, 300),
        depth_drop_bps: rising(500 * unease, 600),
        jumps: rising(unease, 1),
        calm_days: 1 + digit(6) % 5,
        loosen_bps_per_day: 100 + 150 * digit(6),
        ..RiskParams::CAUTIOUS
    }
}

/// The tighter of two sets of limits and thresholds in everything that [`params_of`] draws.
pub(super) fn tighter(one: &RiskParams, other: &RiskParams) -> RiskParams {
    let least = |of: fn(&RiskParams) -> u16| of(one).min(of(other));
    fn each<T: Copy + Ord, const N: usize>(one: [T; N], other: [T; N]) -> [T; N] {
        core::array::from_fn(|place| one[place].min(other[place]))
    }
    RiskParams {
        max_var_bps: least(|params| params.max_var_bps),
        max_shortfall_bps: least(|params| params.max_shortfall_bps),
        max_stress_bps: least(|params| params.max_stress_bps),
        max_concentration_bps: least(|params| params.max_concentration_bps),
        max_exit_days: least(|params| params.max_exit_days),
        max_liquidity_share_bps: least(|params| params.max_liquidity_share_bps),
        max_sample_age: one.max_sample_age.min(other.max_sample_age),
        venue_confirm_seconds: one.venue_confirm_seconds.min(other.venue_confirm_seconds),
        scales_bps: each(one.scales_bps, other.scales_bps),
        move_milli: each(one.move_milli, other.move_milli),
        drawdown_bps: each(one.drawdown_bps, other.drawdown_bps),
        utilisation_bps: each(one.utilisation_bps, other.utilisation_bps),
        depth_drop_bps: each(one.depth_drop_bps, other.depth_drop_bps),
        jumps: each(one.jumps, other.jumps),
        calm_days: one.calm_days.max(other.calm_days),
        loosen_bps_per_day: least(|params| params.loosen_bps_per_day),
        ..*one
    }
}

/// A scenario by the digits of a number, in one of the first rows; now and then the row is freed.
pub(super) fn scenario_of(value: u64) -> SetScenarioArgs {
    let index = (digit(value, 0) % 3) as u8;
    if digit(value, 1) == 0 {
        return SetScenarioArgs { index, scenario: Scenario::default() };
    }
    let mut shocks_bps = [0; ASSETS];
    shocks_bps[usize::from(TOKEN_ROW)] = 800 - 400 * i32::from(digit(value, 2));
    let scenario = Scenario { label: label("drawn"), shocks_bps, volatility_bps: 5_000, used: 1 };
    SetScenarioArgs { index, scenario }
}

/// Another model of a line: with its asset or without, of any protocol or none, scaled or not.
pub(super) fn model_of(row: &Line, value: u64) -> SetLineModelArgs {
    let asset = if row.swapped == 1 && digit(value, 1) > 0 { TOKEN_ROW } else { NONE };
    let protocol = if digit(value, 2) == 0 { NONE } else { (digit(value, 2) % u16::from(PROTOCOLS)) as u8 };
    SetLineModelArgs { line: row.id, asset, protocol, scaled: digit(value, 3) > 3 }
}

/// Gives the book seasoned assets, models of its lines, limits, a scenario and a network that `poster` may post to;
/// returns the network. Nobody's money depends on anything yet.
pub(super) fn set_up(fx: &mut Fixture, poster: Pubkey) -> Pubkey {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, book) = (owner.pubkey(), fx.deployment.vault.addresses.book);
    let feeds = [Asset::Base, Asset::Token].map(|asset| fx.deployment.feeds.get(asset).key);
    fx.deployment.post_prices(&mut fx.chain).expect("prices");
    for feed in &feeds {
        season(&mut fx.chain, feed, PAST);
    }
    let network = create_network(fx, poster);
    let mut all: Vec<Instruction> =
        (0u8..).zip(feeds).map(|(index, feed)| oracle::set_asset(&key, &book, SetAssetArgs { index, feed })).collect();
    // Generous limits: what is drawn later tightens them.
    all.push(oracle::set_risk_params(&key, &book, params_of(0x0329_c8ee)));
    all.push(oracle::set_scenario(&key, &book, scenario_of(0x0000_0a10)));
    all.push(network::set_network(&key, &book, &network));
    for place in 0..fx.deployment.lines.len() {
        let row = fx.line(place);
        let model = SetLineModelArgs { protocol: place as u8, scaled: true, ..model_of(&row, 0x1110) };
        all.push(oracle::set_line_model(&key, &book, model));
    }
    all.push(network::sync_contagion(&book, &network));
    all.push(oracle::observe(&book, &feeds));
    for instruction in all {
        fx.send(&with_budget(&[instruction]), &[&owner]).expect("an engine");
    }
    network
}

/// A solved network: every line's protocol loses half of its equity with the last one.
fn create_network(fx: &mut Fixture, poster: Pubkey) -> Pubkey {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (key, payer, none) = (owner.pubkey(), fx.deployment.actors.payer.pubkey(), Pubkey::default());
    let address = network::network_address(&key, ID);
    let args = CreateNetworkArgs { id: ID, curator: none, guardian: none, params: NetworkParams::DEFAULT };
    let mut all = vec![network::create_network(&key, &payer, args)];
    for (index, name) in (0..PROTOCOLS).zip(["first", "second", "third", "common"]) {
        let scores = Scores { audits: 0, age: 10, upgradeability: 20, incidents: 0, size: 10 };
        let args = SetProtocolArgs { index, label: label(name), program: none, scores, loss_bps: 0 };
        all.push(network::set_protocol(&key, &address, args));
    }
    for protocol in 0..PROTOCOLS {
        for counterparty in (0..PROTOCOLS).filter(|other| *other != protocol) {
            let cap_bps = if counterparty == PROTOCOLS - 1 { 5_000 } else { 500 };
            all.push(network::set_edge_cap(&key, &address, SetEdgeCapArgs { protocol, counterparty, cap_bps }));
        }
    }
    all.push(network::set_poster(&key, &address, SetPosterArgs { place: 0, key: poster }));
    all.push(network::solve_contagion(&address, Some(&key)));
    for instruction in all {
        fx.send(&with_budget(&[instruction]), &[&owner]).expect("a network");
    }
    address
}

impl World {
    /// Runs what concerns the risk engine; false for any other action.
    pub(super) fn run_engine(&mut self, action: &Action) -> Result<bool, Violation> {
        match *action {
            Action::Report {} => {
                let instruction = router::report(&self.fx.deployment.vault);
                self.transact(Call::Report, &[instruction])?;
            }
            Action::Observe {} => {
                let feeds: Vec<Pubkey> = self.look().book.used_assets().map(|(_, asset)| asset.feed).collect();
                self.ask_oracle(oracle::observe(&self.fx.deployment.vault.addresses.book, &feeds))?;
            }
            Action::Stress { from, count } => {
                let most = SCENARIOS as u64 + 1;
                let instruction =
                    oracle::stress(&self.fx.deployment.vault.addresses.book, (from % most) as u8, (count % most) as u8);
                self.ask_oracle(instruction)?;
            }
            Action::Post { what, protocol, bps } => self.post(what, protocol, bps)?,
            Action::Solve {} => {
                if let Some(network) = self.network {
                    self.ask_oracle(network::solve_contagion(&network, None))?;
                }
            }
            Action::Sync {} => {
                if let Some(network) = self.network {
                    let book = self.fx.deployment.vault.addresses.book;
                    self.ask_oracle(network::sync_contagion(&book, &network))?;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn ask_oracle(&mut self, instruction: Instruction) -> Result<bool, Violation> {
        self.transact(Call::Oracle, &with_budget(&[instruction]))
    }

    fn post(&mut self, what: u64, protocol: u64, bps: u64) -> Result<(), Violation> {
        let Some(network) = self.network else { return Ok(()) };
        let observed_at = self.fx.chain.clock().expect("a clock").unix_timestamp;
        let (key, bps) = (self.key(POSTER), u16::try_from(bps).unwrap_or(u16::MAX));
        let protocol = (protocol % u64::from(PROTOCOLS)) as u8;
        let instruction = if what.is_multiple_of(4) {
            network::post_loss(&key, &network, PostLossArgs { protocol, bps, observed_at })
        } else {
            let counterparty = ((u64::from(protocol) + what % 4) % u64::from(PROTOCOLS)) as u8;
            network::post_edge(&key, &network, PostEdgeArgs { protocol, counterparty, bps, observed_at })
        };
        self.ask_oracle(instruction)?;
        Ok(())
    }
}

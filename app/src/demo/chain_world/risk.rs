//! The book's assets, models and thresholds, and a contagion network of the demo's venues: set-up, cranks, and what can be
//! seen of them.

use anchor_lang::prelude::Pubkey;
use risk_oracle::policy::contagion::loss_now;
use risk_oracle::state::{Book, Feed, Network, Scores, NO_ASSET};
use risk_oracle::{
    CreateNetworkArgs, NetworkParams, PostLossArgs, RiskParams, SetAssetArgs, SetEdgeCapArgs, SetLineModelArgs,
    SetPosterArgs, SetProtocolArgs,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::send::Named;
use super::ChainWorld;
use crate::chain::{Chain, ChainError};
use crate::demo::world::{ClosedBar, FeedState, NetworkState, Outcome, ProtocolState, RiskState};
use crate::instructions::changes::{presenting, Queue};
use crate::instructions::{network, oracle, router};
use crate::readers;
use crate::setup::{lines::label, Asset, Deployment};
use crate::views::units::label_text;

/// The book's assets: what moves markets, and the token of the swapped line.
const ASSETS: [Asset; 4] = [Asset::Btc, Asset::Eth, Asset::Sol, Asset::Token];
/// Number of the owner's network.
const NETWORK: u16 = 0;
/// What a market may lose when the issuer of its token fails.
const ON_ISSUER_BPS: u16 = 9_000;
/// What the pool may lose when either issuer fails: half of it is the other's token.
const POOL_ON_ISSUER_BPS: u16 = 5_000;
/// What a market may lose when another one fails: they share borrowers and collateral.
const ON_MARKET_BPS: u16 = 400;
/// What a market behind the pool may lose when the pool fails: the way out.
const ON_POOL_BPS: u16 = 500;
/// The reference market's program: verified, nobody can replace it, long in use; of middling size.
const MARKET_SCORES: Scores = Scores { audits: 20, age: 0, upgradeability: 0, incidents: 0, size: 20 };
/// An issuer: a large one, whose owner can freeze.
const ISSUER_SCORES: Scores = Scores { audits: 0, age: 0, upgradeability: 20, incidents: 0, size: 0 };

/// Instructions per transaction of the set-up.
const BATCH: usize = 6;

/// A node of the network: its name, program and scores.
struct Node {
    name: String,
    program: Pubkey,
    scores: Scores,
}

/// Thresholds of the regime as a cautious vault has them; no limits, so that what is refused is the venues' and prices' doing.
/// No regime leaves less than a half, which is more than any line steers for.
fn risk_params() -> RiskParams {
    let RiskParams {
        volatility_bps,
        confidence_bps,
        move_milli,
        drawdown_bps,
        jumps,
        utilisation_bps,
        depth_drop_bps,
        ..
    } = RiskParams::CAUTIOUS;
    RiskParams {
        volatility_bps,
        confidence_bps,
        move_milli,
        drawdown_bps,
        jumps,
        utilisation_bps,
        depth_drop_bps,
        scales_bps: [10_000, 9_000, 7_500, 5_000],
        ..RiskParams::NONE
    }
}

/// Gives the book its assets and models, and makes the network that it follows. Nothing was assessed yet, so nothing waits.
///
/// # Errors
///
/// The chain's.
pub(super) fn set_up(chain: &mut impl Chain, deployment: &Deployment) -> Result<(), ChainError> {
    let (owner, book) = (deployment.actors.owner.pubkey(), deployment.vault.addresses.book);
    let mut all: Vec<Instruction> = Vec::new();
    for (index, asset) in (0u8..).zip(ASSETS) {
        all.push(oracle::set_asset(&owner, &book, SetAssetArgs { index, feed: deployment.feeds.get(asset).key }));
    }
    let token = ASSETS.iter().zip(0u8..).find(|(asset, _)| **asset == Asset::Token).map_or(NO_ASSET, |(_, row)| row);
    for (protocol, line) in (0u8..).zip(&deployment.lines) {
        let asset = if line.token_feed.is_some() { token } else { NO_ASSET };
        let args = SetLineModelArgs { line: line.addresses.id, asset, protocol, scaled: true };
        all.push(oracle::set_line_model(&owner, &book, args));
    }
    all.push(oracle::set_risk_params(&owner, &book, risk_params()));

    let key = network_of(deployment);
    let actors = &deployment.actors;
    let args = CreateNetworkArgs {
        id: NETWORK,
        curator: actors.curator.pubkey(),
        guardian: actors.guardian.pubkey(),
        params: NetworkParams::DEFAULT,
    };
    all.push(network::create_network(&owner, &actors.payer.pubkey(), args));
    let nodes = nodes(deployment);
    for (index, node) in (0u8..).zip(&nodes) {
        all.push(network::set_protocol(&owner, &key, protocol_args(index, node, 0)));
    }
    for protocol in 0..nodes.len() {
        for counterparty in (0..nodes.len()).filter(|counterparty| *counterparty != protocol) {
            let cap_bps = cap_bps(deployment, protocol, counterparty);
            let (protocol, counterparty) = (protocol as u8, counterparty as u8);
            all.push(network::set_edge_cap(&owner, &key, SetEdgeCapArgs { protocol, counterparty, cap_bps }));
        }
    }
    let poster = poster(deployment).pubkey();
    all.push(network::set_poster(&owner, &key, SetPosterArgs { place: 0, key: poster }));
    all.push(network::solve_contagion(&key, Some(&owner)));
    all.push(network::set_network(&owner, &book, &key));
    all.push(network::sync_contagion(&book, &key));
    for batch in all.chunks(BATCH) {
        chain.execute(&actors.payer, batch, &[&actors.owner], std::slice::from_ref(&deployment.table))?;
    }
    Ok(())
}

fn network_of(deployment: &Deployment) -> Pubkey {
    network::network_address(&deployment.actors.owner.pubkey(), NETWORK)
}

/// Who posts: the first keeper.
fn poster(deployment: &Deployment) -> &Keypair {
    deployment.actors.keepers.first().unwrap_or(&deployment.actors.payer)
}

/// Whether the line's money passes the pool.
fn is_swapped(deployment: &Deployment, line: usize) -> bool {
    deployment.lines.get(line).is_some_and(|line| line.token_feed.is_some())
}

/// The markets in the order of the lines, then the pool and the two issuers.
fn nodes(deployment: &Deployment) -> Vec<Node> {
    let node = |name: &str, program, scores| Node { name: name.to_owned(), program, scores };
    let market = |line: usize| node(&format!("market-{}", line + 1), lending_venue::ID, MARKET_SCORES);
    let mut nodes: Vec<Node> = (0..deployment.lines.len()).map(market).collect();
    nodes.push(node("pool", swap_venue::ID, MARKET_SCORES));
    nodes.push(node("issuer:Circle", Pubkey::default(), ISSUER_SCORES));
    nodes.push(node("issuer:Tether", Pubkey::default(), ISSUER_SCORES));
    nodes
}

/// What `protocol` may lose when `counterparty` fails, basis points.
fn cap_bps(deployment: &Deployment, protocol: usize, counterparty: usize) -> u16 {
    let markets = deployment.lines.len();
    let [pool, circle, tether] = [markets, markets + 1, markets + 2];
    if protocol == pool && (counterparty == circle || counterparty == tether) {
        return POOL_ON_ISSUER_BPS;
    }
    if protocol >= markets {
        return 0;
    }
    let issuer = if is_swapped(deployment, protocol) { tether } else { circle };
    match counterparty {
        other if other < markets => ON_MARKET_BPS,
        other if other == pool && is_swapped(deployment, protocol) => ON_POOL_BPS,
        other if other == issuer => ON_ISSUER_BPS,
        _ => 0,
    }
}

fn protocol_args(index: u8, node: &Node, loss_bps: u16) -> SetProtocolArgs {
    SetProtocolArgs { index, label: label(&node.name), program: node.program, scores: node.scores, loss_bps }
}

impl ChainWorld {
    /// What the book reads and is told: the feeds, and the ledger once money has come.
    pub(super) fn observation(&self) -> Result<Named, ChainError> {
        let vault = &self.deployment.vault;
        let feeds = ASSETS.map(|asset| self.deployment.feeds.get(asset).key);
        let mut named: Named = vec![("observe", oracle::observe(&vault.addresses.book, &feeds))];
        let ledger: strategy_router::Ledger = readers::read(&self.chain, &vault.addresses.ledger)?;
        if ledger.is_live() {
            named.push(("report", router::report(vault)));
        }
        Ok(named)
    }

    /// A solution of the network, and the book's copy of it.
    pub(super) fn contagion(&self) -> Named {
        let (key, book) = (network_of(&self.deployment), self.deployment.vault.addresses.book);
        vec![
            ("solve_contagion", network::solve_contagion(&key, None)),
            ("sync_contagion", network::sync_contagion(&book, &key)),
        ]
    }

    /// The poster posts a venue's loss on top of what still stands of earlier ones.
    pub(super) fn post_loss(&mut self, venue: usize, bps: u16) -> Result<Outcome, ChainError> {
        let key = network_of(&self.deployment);
        let state: Network = readers::read(&self.chain, &key)?;
        let now = self.chain.clock()?.unix_timestamp;
        let standing = state.protocols.get(venue).map_or(0, |row| loss_now(row, &state.params, now));
        let protocol = u8::try_from(venue).unwrap_or(u8::MAX);
        let args = PostLossArgs { protocol, bps: standing.saturating_add(bps).min(10_000), observed_at: now };
        let poster = poster(&self.deployment).insecure_clone();
        let post = network::post_loss(&poster.pubkey(), &key, args);
        self.send(&poster, &[], vec![("post_loss", post)])
    }

    /// The owner queues new scores of a protocol: the same as at first, for he has looked again.
    pub(super) fn propose_scores(&mut self, row: usize) -> Result<Outcome, ChainError> {
        let owner = self.deployment.actors.owner.insecure_clone();
        let key = network_of(&self.deployment);
        let state: Network = readers::read(&self.chain, &key)?;
        let now = self.chain.clock()?.unix_timestamp;
        let loss_bps = state.protocols.get(row).map_or(0, |protocol| loss_now(protocol, &state.params, now));
        let scores = self.scores(row, loss_bps)?;
        let queue = Queue::Oracle(key);
        let propose = queue.propose(&owner.pubkey(), &owner.pubkey(), state.change_nonce, &scores, []);
        self.renewals.retain(|(waiting, ..)| *waiting != row);
        self.renewals.push((row, state.change_nonce, loss_bps));
        self.send(&owner, &[], vec![("propose_change", propose)])
    }

    /// Applies them, and closes the change for its rent.
    pub(super) fn renew_scores(&mut self, row: usize) -> Result<Outcome, ChainError> {
        let owner = self.deployment.actors.owner.insecure_clone();
        let queue = Queue::Oracle(network_of(&self.deployment));
        let waiting = self.renewals.iter().position(|(waiting, ..)| *waiting == row);
        let Some((_, nonce, loss_bps)) = waiting.map(|place| self.renewals.remove(place)) else {
            return Ok(Outcome::Refused("NothingProposed".to_owned()));
        };
        let scores = self.scores(row, loss_bps)?;
        let named = vec![
            ("set_protocol", presenting(scores, &queue.change(nonce))),
            ("close_change", queue.close(&owner.pubkey(), nonce)),
        ];
        self.send(&owner, &[], named)
    }

    fn scores(&self, row: usize, loss_bps: u16) -> Result<Instruction, ChainError> {
        let nodes = nodes(&self.deployment);
        let node = nodes
            .get(row)
            .ok_or_else(|| ChainError::Backend(format!("the network has no row {row}: this is a fault of the demo")))?;
        let args = protocol_args(u8::try_from(row).unwrap_or(u8::MAX), node, loss_bps);
        Ok(network::set_protocol(&self.deployment.actors.owner.pubkey(), &network_of(&self.deployment), args))
    }

    pub(super) fn read_risk(&self) -> Result<RiskState, ChainError> {
        let book: Book = readers::read(&self.chain, &self.deployment.vault.addresses.book)?;
        let feed = |asset: &Asset| -> Result<FeedState, ChainError> {
            let feed: Feed = readers::read(&self.chain, &self.deployment.feeds.get(*asset).key)?;
            let closed = feed.bars.closed_bar(0);
            Ok(FeedState {
                asset: asset.ticker().to_owned(),
                variance: feed.forecast().map(|variance| variance.0),
                tail_milli: feed.engine.tail_low.quantile_milli,
                closed: closed.map(|bar| ClosedBar { day: bar.day, high: bar.high, low: bar.low, close: bar.close }),
                tested: feed.engine.tested.days,
                exceptions: feed.engine.tested.exceptions,
            })
        };
        let risks = book.risks.iter().filter(|risk| risk.used == 1);
        Ok(RiskState {
            feeds: [Asset::Btc, Asset::Eth, Asset::Sol].iter().map(feed).collect::<Result<_, _>>()?,
            regime: book.regime.level,
            exposures: risks.map(|risk| (label_text(&risk.label), risk.exposure)).collect(),
            network: network_state(&readers::read(&self.chain, &network_of(&self.deployment))?),
        })
    }
}

fn network_state(state: &Network) -> NetworkState {
    let count = usize::from(state.count);
    let protocol = |row: &risk_oracle::Protocol| ProtocolState { label: label_text(&row.label), damage: row.damage };
    NetworkState {
        protocols: state.protocols.iter().take(count).map(protocol).collect(),
        edges_bps: state.in_force.iter().take(count).map(|row| row[..count].to_vec()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Mode;
    use crate::demo::engine;
    use crate::prices::generate;

    #[test]
    fn the_record_agrees_with_the_feeds_own_counts_and_the_book_follows_the_network() {
        let path = generate(1, 110);
        let population = engine::depositors(1, 6);
        let mut world = ChainWorld::new(Mode::Native, 1, &population, &path.days).expect("a world");
        let record = engine::run(&mut world, &path, 1, 6, &mut |_| {}).expect("a run");
        let last = record.risk.days.last().expect("days");
        for (asset, feed) in last.feeds.iter().enumerate() {
            let course = record.risk.course(asset);
            let forecast = course.iter().filter(|day| day.forecast.is_some()).count();
            // Of 110 days the last has no closed bar, and a forecast takes thirty: that of the eve and those of 29 days.
            assert_eq!((forecast, feed.tested), (80, 80), "{}", feed.asset);
            let exceeded = course.iter().filter(|day| day.exceeds()).count();
            assert_eq!(exceeded, feed.exceptions as usize, "{}", feed.asset);
        }
        assert!(record.risk.days.iter().any(|day| day.regime > 0), "a crash raises the regime");
        let labels: Vec<&str> = last.exposures.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["issuer:Circle", "venue:lending-1", "venue:lending-2", "venue:lending-3", "issuer:Tether"]);
        let by_issuer = last.exposures[0].1 + last.exposures[4].1;
        assert!(by_issuer > 0 && by_issuer == last.exposures[1..4].iter().map(|(_, value)| value).sum::<u64>());

        let book: Book = readers::read(&world.chain, &world.deployment.vault.addresses.book).expect("a book");
        assert_eq!(book.network, network_of(&world.deployment));
        let now = world.chain.clock().expect("a clock").unix_timestamp;
        for (model, damage) in book.models.iter().zip(&world.read_risk().expect("risk").network.protocols).take(3) {
            assert!(model.contagion_bps < 10_000 && damage.damage > 0, "what may fail costs caps");
            assert!(book.contagion_scale(model, now) > 0, "solved this morning");
        }
        let done = &record.tally.role.done;
        assert_eq!(done.get("set_protocol"), Some(&6), "every score was renewed once: {:?}", record.tally.refusals);
        // The venue that ran dry, or lost, stands out on the worst day.
        let (_, worst) = record.risk.worst.expect("a network");
        assert!(worst.protocols[..3].iter().any(|market| market.damage > (1 << 30) / 25), "{worst:?}");
    }
}

//! The contagion network that a book follows.

use gimbal_math::contagion::ONE;
use risk_oracle::state::{Book, Network};
use serde::Serialize;

use crate::risk::backtest::measure::rounded;
use crate::views::units::{damage_bps, label_text, named, When};

/// A protocol of the network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProtocolView {
    /// Its row.
    pub row: usize,
    /// Its label.
    pub protocol: String,
    /// Its program; none where it is none of this chain.
    pub program: Option<String>,
    /// Damage by its own scores or losses at the last solution, of 1.
    pub initial: f64,
    /// Damage with what it suffers from others, of 1.
    pub damage: f64,
    /// The former in basis points, rounded up.
    pub initial_bps: i64,
    /// The latter in basis points, rounded up.
    pub damage_bps: i64,
    /// Observed loss that was posted last, basis points.
    pub loss_bps: u16,
    /// The lines of the vault that touch it.
    pub lines: Vec<u16>,
}

/// What one protocol loses when another fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EdgeView {
    /// Who loses.
    pub protocol: usize,
    /// Who fails.
    pub counterparty: usize,
    /// What the last solution was computed with, basis points.
    pub bps: u16,
}

/// The network of a book.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContagionView {
    /// Its address.
    pub network: String,
    /// When the damages that the lines' scales are of were computed; none for never.
    pub solved: Option<When>,
    /// Whether that is too old for new money.
    pub stale: bool,
    /// Whether the network itself has a solution of all its inputs that is not too old.
    pub current: bool,
    /// Its protocols; none where the account cannot be read.
    pub protocols: Vec<ProtocolView>,
    /// Its edges above zero.
    pub edges: Vec<EdgeView>,
}

impl ContagionView {
    /// What a book and its network say at `now`.
    pub fn new(book: &Book, network: Option<&Network>, now: i64) -> Self {
        let age = now.saturating_sub(book.contagion_at);
        Self {
            network: book.network.to_string(),
            solved: (book.contagion_at != 0).then(|| When::new(book.contagion_at)),
            stale: age > i64::from(book.contagion_max_age),
            current: network.is_some_and(|network| network.is_current(now)),
            protocols: network.map(|network| protocols(book, network)).unwrap_or_default(),
            edges: network.map(edges).unwrap_or_default(),
        }
    }
}

fn protocols(book: &Book, network: &Network) -> Vec<ProtocolView> {
    let part = |damage: u32| rounded(f64::from(damage) / f64::from(ONE));
    let lines = |row: usize| {
        let touched = book.lines.iter().zip(&book.models).filter(|(_, model)| usize::from(model.protocol) == row);
        touched.map(|(line, _)| line.line_id).filter(|id| *id != risk_oracle::NO_LINE).collect()
    };
    let defined = network.protocols.iter().enumerate().filter(|(_, protocol)| protocol.is_used());
    defined
        .map(|(row, protocol)| ProtocolView {
            row,
            protocol: label_text(&protocol.label),
            program: named(&protocol.program),
            initial: part(protocol.initial),
            damage: part(protocol.damage),
            initial_bps: damage_bps(protocol.initial),
            damage_bps: damage_bps(protocol.damage),
            loss_bps: protocol.loss_bps,
            lines: lines(row),
        })
        .collect()
}

fn edges(network: &Network) -> Vec<EdgeView> {
    let count = usize::from(network.count);
    let rows = network.in_force.iter().enumerate().take(count);
    rows.flat_map(|(protocol, row)| {
        let others = row.iter().enumerate().take(count);
        others.map(move |(counterparty, bps)| EdgeView { protocol, counterparty, bps: *bps })
    })
    .filter(|edge| edge.bps > 0 && edge.protocol != edge.counterparty)
    .collect()
}

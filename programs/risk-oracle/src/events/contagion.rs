//! Events of contagion networks, and of books that follow one.

use anchor_lang::prelude::*;

use crate::state::{Book, NetworkParams, Scores};

/// A network was created.
#[event]
pub struct NetworkCreated {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// First owner, part of the address.
    pub authority: Pubkey,
    /// Number among its authority's networks.
    pub id: u16,
    /// Curator; zero for none.
    pub curator: Pubkey,
    /// Guardian; zero for none.
    pub guardian: Pubkey,
    /// Ages and speeds.
    pub params: NetworkParams,
}

/// A network's ages and speeds were set.
#[event]
pub struct NetworkParamsSet {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Ages and speeds as stored.
    pub params: NetworkParams,
}

/// A protocol was defined, or scored anew.
#[event]
pub struct ProtocolSet {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who set it.
    pub by: Pubkey,
    /// Row of the protocol.
    pub index: u8,
    /// Its name.
    pub label: [u8; 16],
    /// Its program; zero for none of this chain.
    pub program: Pubkey,
    /// Points of risk.
    pub scores: Scores,
    /// From when they age, Unix seconds.
    pub scored_at: i64,
    /// Loss that stands, basis points.
    pub loss_bps: u16,
}

/// The cap of an edge was set.
#[event]
pub struct EdgeCapSet {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who set it.
    pub by: Pubkey,
    /// Row of the protocol that loses.
    pub protocol: u8,
    /// Row of the protocol that fails.
    pub counterparty: u8,
    /// The cap, basis points of the loser's equity.
    pub cap_bps: u16,
}

/// A key was given a poster's place, or a place was emptied.
#[event]
pub struct PosterSet {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who set it.
    pub by: Pubkey,
    /// The place.
    pub place: u8,
    /// The key; zero for nobody.
    pub key: Pubkey,
}

/// A poster posted an edge that it observed.
#[event]
pub struct EdgePosted {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The poster.
    pub by: Pubkey,
    /// Row of the protocol that loses.
    pub protocol: u8,
    /// Row of the protocol that fails.
    pub counterparty: u8,
    /// What was observed, basis points of the loser's equity.
    pub bps: u16,
    /// When, Unix seconds.
    pub observed_at: i64,
}

/// A poster posted a loss that it observed.
#[event]
pub struct LossPosted {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The poster.
    pub by: Pubkey,
    /// Row of the protocol.
    pub protocol: u8,
    /// Lost part of depositors' claims, basis points.
    pub bps: u16,
    /// When it was observed, Unix seconds.
    pub observed_at: i64,
}

/// Damages were computed anew.
#[event]
pub struct ContagionSolved {
    /// The network.
    pub network: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Whether they settled; else what can be reached from a damaged protocol was set to all lost.
    pub converged: bool,
    /// Damage of each protocol without its neighbours, Q2.30, in the order of the rows.
    pub initial: Vec<u32>,
    /// Damage of each protocol, Q2.30.
    pub damage: Vec<u32>,
    /// Hash of all inputs so far.
    pub inputs_hash: [u8; 32],
}

/// A book was told which network to follow; zero: none.
#[event]
pub struct NetworkSet {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The network.
    pub network: Pubkey,
}

/// A book took the damages of its network over.
#[event]
pub struct ContagionSynced {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The network.
    pub network: Pubkey,
    /// When its damages were computed, Unix seconds.
    pub solved_at: i64,
    /// What contagion leaves of each line's caps, basis points, in the order of the book's lines.
    pub scales_bps: Vec<u16>,
    /// Hash of all inputs so far.
    pub inputs_hash: [u8; 32],
}

impl ContagionSynced {
    /// The event of a book that has just taken its network's damages over.
    pub fn of(key: Pubkey, clock: &Clock, book: &Book) -> Self {
        Self {
            book: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            network: book.network,
            solved_at: book.contagion_at,
            scales_bps: book.models.iter().map(|model| model.contagion_bps).collect(),
            inputs_hash: book.inputs_hash,
        }
    }
}

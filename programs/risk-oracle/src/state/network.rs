//! Who falls with whom: protocols, and how much of one is lost when another fails.
//!
//! EDGES. The edge from protocol i to protocol j says which part of i's equity is lost when j fails altogether, in basis
//! points; more than 10,000 where i's exposure exceeds its equity. The owner caps every edge. Posters post what they
//! observe, never more than the cap. An edge that nobody has posted, or that was observed too long ago, counts as its cap,
//! and the cap of an edge that the owner has not set is the largest number there is: leaving an edge out makes nothing
//! look safer.
//!
//! SOLUTION. Nobody posts damages. `solve_contagion` computes them from scores, losses and edges; the network holds its
//! inputs and the result, and `in_force` the very edges that it was computed with.
//!
//! LIVE. The owner's first solution ends the set-up. Books pin live networks only, and from then on whatever could make a
//! damage smaller waits in a change, or falls at a limited speed.

use anchor_lang::prelude::*;
use gimbal_control::Roles;
use solana_program::hash::hashv;

use crate::error::OracleError;
use crate::state::{NetworkParams, Protocol};

/// Protocols of one network.
pub const PROTOCOLS: usize = 16;
/// Keys that may post to one network.
pub const POSTERS: usize = 4;
/// A line, or an edge, that names no protocol or poster.
pub const NO_PROTOCOL: u8 = 255;
/// The cap of an edge that the owner has not set, basis points: whatever is exposed is exposed beyond its equity.
pub const UNKNOWN_CAP_BPS: u16 = u16::MAX;
/// All of a protocol is lost, Q2.30.
pub const ALL_LOST: u32 = 1 << 30;

/// A key that may post edges and losses.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Poster {
    /// The key; zero for a free place.
    pub key: Pubkey,
    /// When it posted last, Unix seconds; 0 for never.
    pub posted_at: i64,
}

/// How much of one protocol is lost when another fails.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Edge {
    /// The owner's cap, basis points.
    pub cap_bps: u16,
    /// What was observed last, basis points.
    pub observed_bps: u16,
    /// Place of the poster; [`NO_PROTOCOL`] until there was one.
    pub poster: u8,
    /// Aligns `posted_at`.
    pub _pad: [u8; 3],
    /// When it was posted last, Unix seconds; 0 for never.
    pub posted_at: i64,
    /// When that was observed, as the poster says, Unix seconds.
    pub observed_at: i64,
}

impl Edge {
    /// Nobody has looked.
    pub const UNKNOWN: Self = Self {
        cap_bps: UNKNOWN_CAP_BPS,
        observed_bps: 0,
        poster: NO_PROTOCOL,
        _pad: [0; 3],
        posted_at: 0,
        observed_at: 0,
    };
    /// From a protocol to itself.
    pub const TO_SELF: Self = Self { cap_bps: 0, ..Self::UNKNOWN };

    /// What was observed has a poster and a time, and an edge that nobody has posted neither. What was observed may
    /// exceed the cap: that was lowered since.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`].
    pub fn validate(&self) -> Result<()> {
        let posted = self.posted_at != 0;
        let place = if posted { usize::from(self.poster) < POSTERS } else { self.poster == NO_PROTOCOL };
        let nothing = self.observed_bps == 0 && self.observed_at == 0;
        require!(place && (posted || nothing), OracleError::InvariantViolated);
        Ok(())
    }
}

/// Protocols and edges, what was observed of them, and the damages that follow. Address: `["network", authority, id]`.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Network {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Defined protocols: the first rows.
    pub count: u8,
    /// 1 when the last solution was found within its iterations; 0 when what can be reached was set to all lost.
    pub converged: u8,
    /// Number among its authority's networks; a seed of the address.
    pub id: u16,
    /// 1 when an input has moved since the last solution.
    pub moved: u8,
    /// Aligns `roles`.
    pub _pad: [u8; 1],
    /// Who may set protocols, caps and posters.
    pub roles: Roles,
    /// Who created the network; a seed of the address.
    pub authority: Pubkey,
    /// Ages and speeds.
    pub params: NetworkParams,
    /// Who may post.
    pub posters: [Poster; POSTERS],
    /// Protocols, the defined ones first.
    pub protocols: [Protocol; PROTOCOLS],
    /// Row i, column j: what i loses when j fails.
    pub edges: [[Edge; PROTOCOLS]; PROTOCOLS],
    /// The edges that the last solution was computed with, basis points.
    pub in_force: [[u16; PROTOCOLS]; PROTOCOLS],
    /// When the damages were computed, Unix seconds; 0 for never.
    pub solved_at: i64,
    /// Slot in which they were.
    pub solved_slot: u64,
    /// Solutions so far.
    pub solves: u64,
    /// Posts taken so far.
    pub posts: u64,
    /// SHA-256 of the previous hash and each input: see [`Network::absorb`].
    pub inputs_hash: [u8; 32],
    /// Next nonce of a queued change.
    pub change_nonce: u64,
}

const _: () = {
    use core::mem::{align_of, size_of};
    assert!(size_of::<NetworkParams>() == 16 && align_of::<NetworkParams>() == 4);
    assert!(size_of::<Poster>() == 40 && size_of::<Edge>() == 24);
    let head = 4 + 2 + 2 + size_of::<Roles>() + 32 + size_of::<NetworkParams>() + POSTERS * size_of::<Poster>();
    let graph = PROTOCOLS * size_of::<Protocol>() + PROTOCOLS * PROTOCOLS * (size_of::<Edge>() + 2);
    assert!(size_of::<Network>() == head + graph + 4 * 8 + 32 + 8);
    assert!(size_of::<Network>() == 8488);
    assert!(align_of::<Network>() == 8 && size_of::<Network>().is_multiple_of(8));
};

impl Network {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Whether books may depend on it: its owner has solved it once.
    pub fn is_live(&self) -> bool {
        self.solves > 0
    }

    /// A defined protocol.
    ///
    /// # Errors
    /// [`OracleError::ProtocolUndefined`].
    pub fn protocol(&self, index: u8) -> Result<&Protocol> {
        let row = self.protocols.get(usize::from(index)).filter(|row| row.is_used());
        Ok(row.ok_or(OracleError::ProtocolUndefined)?)
    }

    /// The edge between two different rows, whether they are defined or not.
    ///
    /// # Errors
    /// [`OracleError::ProtocolOutOfRange`], [`OracleError::EdgeToSelf`].
    pub fn edge(&self, protocol: u8, counterparty: u8) -> Result<&Edge> {
        require!(protocol != counterparty, OracleError::EdgeToSelf);
        let row = self.edges.get(usize::from(protocol)).ok_or(OracleError::ProtocolOutOfRange)?;
        Ok(row.get(usize::from(counterparty)).ok_or(OracleError::ProtocolOutOfRange)?)
    }

    /// As [`Self::edge`], to be changed.
    ///
    /// # Errors
    /// As [`Self::edge`].
    pub fn edge_mut(&mut self, protocol: u8, counterparty: u8) -> Result<&mut Edge> {
        require!(protocol != counterparty, OracleError::EdgeToSelf);
        let row = self.edges.get_mut(usize::from(protocol)).ok_or(OracleError::ProtocolOutOfRange)?;
        Ok(row.get_mut(usize::from(counterparty)).ok_or(OracleError::ProtocolOutOfRange)?)
    }

    /// The place of a key that may post.
    ///
    /// # Errors
    /// [`OracleError::NotPoster`].
    pub fn poster(&self, key: &Pubkey) -> Result<u8> {
        let place = self.posters.iter().position(|poster| *key != Pubkey::default() && poster.key == *key);
        Ok(place.and_then(|place| u8::try_from(place).ok()).ok_or(OracleError::NotPoster)?)
    }

    /// Whether another place than `place` is held by `key`; nobody holds none.
    pub fn posts_elsewhere(&self, place: usize, key: &Pubkey) -> bool {
        let mut others = self.posters.iter().enumerate().filter(|(other, _)| *other != place);
        *key != Pubkey::default() && others.any(|(_, poster)| poster.key == *key)
    }

    /// Whether the key is a poster that has posted at or after `since` (Unix seconds): such a one is paid nothing for what
    /// its own posts may have caused.
    pub fn posted_since(&self, key: &Pubkey, since: i64) -> bool {
        self.posters.iter().any(|poster| poster.key == *key && poster.posted_at != 0 && poster.posted_at >= since)
    }

    /// Whether the solution can be used at `now`: of all inputs, and not older than allowed.
    pub fn is_current(&self, now: i64) -> bool {
        let age = now.saturating_sub(self.solved_at);
        self.is_live() && self.moved == 0 && age <= i64::from(self.params.max_solution_age)
    }

    /// Damage of a protocol, Q2.30: all lost where it is not defined, or the solution is not current at `now`.
    pub fn damage(&self, index: u8, now: i64) -> u32 {
        let row = self.protocols.get(usize::from(index)).filter(|row| row.is_used() && self.is_current(now));
        row.map_or(ALL_LOST, |row| row.damage)
    }

    /// Notes an input: the hash becomes SHA-256 of the previous one, the time (Unix seconds, i64 LE), the signer (zero for
    /// none) and the instruction's data, so that whoever holds the transactions can derive the account anew. Until the
    /// next solution the present one is not of all inputs.
    pub fn absorb(&mut self, now: i64, signer: &Pubkey, data: &[u8]) {
        self.inputs_hash = hashv(&[&self.inputs_hash, &now.to_le_bytes(), signer.as_ref(), data]).to_bytes();
        self.moved = 1;
    }

    /// Notes a post of the poster at `place`.
    ///
    /// # Errors
    /// [`OracleError::MathOverflow`] after 2^64 posts.
    pub fn take_post(&mut self, place: u8, now: i64, poster: &Pubkey, data: &[u8]) -> Result<()> {
        self.posters.get_mut(usize::from(place)).ok_or(OracleError::NotPoster)?.posted_at = now;
        self.posts = self.posts.checked_add(1).ok_or(OracleError::MathOverflow)?;
        self.absorb(now, poster, data);
        Ok(())
    }
}

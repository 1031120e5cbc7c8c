//! From scores, losses and edges to damages, and from damages to what a line may still take. No accounts.
//!
//! DAMAGE is the part of a protocol's equity that is lost or must be reckoned with, Q2.30. What a protocol has by itself
//! (h₀) is the larger of two: its observed loss, and the weighted mean of its squared points of risk. The square keeps
//! one bad attribute from being averaged away: one key that can replace the code is 0.30 by itself, whatever the rest;
//! five attributes at 20 are 0.04; nothing known is 1.
//!
//! SPREAD. h = min(1, h₀ + Λh), the least solution, every step rounded up (DebtRank: Battiston et al. 2012, in the form of
//! Bardoscia et al. 2015): `gimbal_math::contagion`.
//!
//! WHAT IT CANNOT SEE. A protocol that is in no row; a poster's honest mistake below the cap; that two protocols fail for
//! one reason without owing each other anything, unless their edges say so.

use anchor_lang::prelude::*;
use gimbal_math::contagion;

use crate::error::OracleError;
use crate::state::{
    Book, Edge, Network, NetworkParams, Protocol, Scores, ALL_LOST, PROTOCOLS, SECONDS_PER_DAY, WHOLE_BPS,
};

/// Weights of the scores in the order of [`Scores::stored`], in hundredths.
pub const WEIGHTS: [u32; 5] = [20, 15, 30, 20, 15];
/// For so long after the scoring a score stays as it is, seconds: 90 days.
pub const SCORE_GRACE: i64 = 90 * 86_400;
/// So long after the scoring nothing of it is left, seconds: two years of 365 days.
pub const SCORE_LIFE: i64 = 730 * 86_400;

const _: () = assert!(WEIGHTS[0] + WEIGHTS[1] + WEIGHTS[2] + WEIGHTS[3] + WEIGHTS[4] == 100);

/// A score `age` seconds after it was set: as it was for [`SCORE_GRACE`], then in a straight line to the worst at
/// [`SCORE_LIFE`]. Whole points, rounded up.
pub fn decayed_up(points: u8, age: i64) -> u8 {
    // Unsigned: the on-chain machine has no signed division.
    let missing = u64::from(Scores::WORST.saturating_sub(points));
    let span = SCORE_LIFE.abs_diff(SCORE_GRACE);
    let spent = age.saturating_sub(SCORE_GRACE).max(0).unsigned_abs().min(span);
    // At most 100 · 640 days in seconds.
    let lost =
        missing.saturating_mul(spent).saturating_add(span.saturating_sub(1)).checked_div(span).unwrap_or(missing);
    points.saturating_add(u8::try_from(lost).unwrap_or(Scores::WORST)).min(Scores::WORST)
}

/// The points in force at `now`, in the order of [`Scores::stored`].
pub fn points_now(protocol: &Protocol, now: i64) -> [u8; 5] {
    let age = now.saturating_sub(protocol.scored_at);
    protocol.scores.points().map(|points| decayed_up(points, age))
}

/// Damage of points of risk: Σ weight · points² / 10^6, Q2.30, rounded up.
pub fn score_damage_up(points: [u8; 5]) -> u32 {
    let millionths = WEIGHTS.into_iter().zip(points).fold(0u32, |sum, (weight, points)| {
        let points = u32::from(points.min(Scores::WORST));
        sum.saturating_add(weight.saturating_mul(points).saturating_mul(points))
    });
    let scaled = u64::from(millionths).saturating_mul(u64::from(ALL_LOST)).div_ceil(1_000_000);
    u32::try_from(scaled).unwrap_or(ALL_LOST).min(ALL_LOST)
}

/// An observed loss as it stands at `now`, basis points: it falls by whole basis points with time.
pub fn loss_now(protocol: &Protocol, params: &NetworkParams, now: i64) -> u16 {
    let elapsed = now.saturating_sub(protocol.loss_at).max(0).unsigned_abs();
    let day = SECONDS_PER_DAY.unsigned_abs();
    let fallen = elapsed.saturating_mul(u64::from(params.loss_fall_bps)).checked_div(day).unwrap_or_default();
    protocol.loss_bps.saturating_sub(u16::try_from(fallen).unwrap_or(u16::MAX))
}

/// Damage of an observed loss in basis points, Q2.30, rounded up.
pub fn loss_damage_up(bps: u16) -> u32 {
    contagion::from_bps_up(bps.min(WHOLE_BPS))
}

/// Damage of a protocol without any neighbour, Q2.30.
pub fn initial_up(protocol: &Protocol, params: &NetworkParams, now: i64) -> u32 {
    score_damage_up(points_now(protocol, now)).max(loss_damage_up(loss_now(protocol, params, now)))
}

/// The edge that counts at `now`, basis points: what was observed where that is recent enough and within the cap; else the
/// cap.
pub fn edge_in_force(edge: &Edge, params: &NetworkParams, now: i64) -> u16 {
    in_force_since(edge, oldest(params, now))
}

/// The time before which an observation no longer counts at `now`.
fn oldest(params: &NetworkParams, now: i64) -> i64 {
    now.saturating_sub(i64::from(params.max_edge_age))
}

/// As [`edge_in_force`], for observations not older than `oldest`.
fn in_force_since(edge: &Edge, oldest: i64) -> u16 {
    if edge.posted_at == 0 || edge.observed_at < oldest {
        return edge.cap_bps;
    }
    edge.observed_bps.min(edge.cap_bps)
}

/// The least that a post may lower an edge to at `now`, basis points: what counts now, less the fall of the time since
/// the last post, at most a day's.
pub fn least_edge(edge: &Edge, params: &NetworkParams, now: i64) -> u16 {
    let day = SECONDS_PER_DAY.unsigned_abs();
    let elapsed = now.saturating_sub(edge.posted_at).max(0).unsigned_abs().min(day);
    let fall = elapsed.saturating_mul(u64::from(params.edge_fall_bps)).checked_div(day).unwrap_or_default();
    edge_in_force(edge, params, now).saturating_sub(u16::try_from(fall).unwrap_or(u16::MAX))
}

/// Whether a post may stand in time: not of the future, newer than the stored observation, not too old to count.
///
/// # Errors
/// [`OracleError::PostFromFuture`], [`OracleError::PostOlderThanStored`], [`OracleError::PostTooOld`].
pub fn check_time(observed_at: i64, stored: i64, params: &NetworkParams, now: i64) -> Result<()> {
    require!(observed_at <= now, OracleError::PostFromFuture);
    require!(observed_at > stored, OracleError::PostOlderThanStored);
    let age = now.saturating_sub(observed_at);
    require!(age <= i64::from(params.max_edge_age), OracleError::PostTooOld);
    Ok(())
}

/// Whether an edge may be posted: within its cap; a lower one than counts now only after the interval, and on a live
/// network no lower than [`least_edge`]. A higher one may always be.
///
/// # Errors
/// [`OracleError::EdgeAboveCap`]; as [`check_time`]; [`OracleError::PostTooSoon`], [`OracleError::RatchetOnly`].
pub fn check_edge(
    edge: &Edge,
    bps: u16,
    observed_at: i64,
    params: &NetworkParams,
    is_live: bool,
    now: i64,
) -> Result<()> {
    require!(bps <= edge.cap_bps, OracleError::EdgeAboveCap);
    check_time(observed_at, edge.observed_at, params, now)?;
    if is_live && bps < edge_in_force(edge, params, now) {
        let waited = now.saturating_sub(edge.posted_at);
        require!(waited >= i64::from(params.min_post_interval), OracleError::PostTooSoon);
        require!(bps >= least_edge(edge, params, now), OracleError::RatchetOnly);
    }
    Ok(())
}

/// Computes every damage anew, from scores, losses and edges as they stand at `now`.
pub fn solve(network: &mut Network, now: i64) {
    let Network { protocols, edges, in_force, params, count, converged, .. } = network;
    let count = usize::from(*count).min(PROTOCOLS);
    let mut initial = [0; PROTOCOLS];
    for (place, protocol) in initial.iter_mut().zip(protocols.iter()).take(count) {
        *place = initial_up(protocol, params, now);
    }
    let oldest = oldest(params, now);
    for (row, counted) in edges.iter().zip(in_force.iter_mut()).take(count) {
        for (edge, bps) in row.iter().zip(counted.iter_mut()).take(count) {
            *bps = in_force_since(edge, oldest);
        }
    }
    let solution = contagion::solve(&initial, in_force, count, contagion::ITERATIONS);
    *converged = u8::from(solution.converged);
    let results = initial.into_iter().zip(solution.damage);
    for (protocol, (initial, damage)) in protocols.iter_mut().zip(results).take(count) {
        protocol.initial = initial;
        protocol.damage = damage;
    }
}

/// Makes a book follow a network, or none (the zero key). Nothing of it is known until [`sync`]. The first network finds
/// the lines whole; another one finds what the last one left.
pub fn follow(book: &mut Book, network: Pubkey, max_age: u32) {
    if !book.follows_network() {
        for model in &mut book.models {
            (model.contagion_bps, model.contagion_since) = (WHOLE_BPS, 0);
        }
    }
    if book.network != network {
        (book.network, book.contagion_at) = (network, 0);
    }
    book.contagion_max_age = max_age;
}

/// Takes a network's damages over into the book's lines; returns them by row. A row that is not defined counts as all
/// lost, and so does every row of a network that is not current at `now`.
pub fn sync(book: &mut Book, network: &Network, now: i64) -> [u32; PROTOCOLS] {
    let mut damages = [ALL_LOST; PROTOCOLS];
    for (row, damage) in (0u8..).zip(damages.iter_mut()) {
        *damage = network.damage(row, now);
        book.follow_contagion(row, contagion::remaining_bps_down(*damage), now);
    }
    book.contagion_at = network.solved_at;
    book.contagion_max_age = network.params.max_solution_age;
    damages
}

//! The contagion network that the book follows: its damages computed anew from what it stores, and what the book has
//! taken over of them.
//!
//! The formulas are written here a second time, in wide integers: nothing is asked of the program's own code.

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Book, Network, Protocol};

use super::programs::code_of;
use super::report::Check;
use super::Facts;
use crate::pda::oracle_seeds;
use crate::views::units::label_text;

const ALL: u128 = 1 << 30;
const DAY: i64 = 86_400;
/// No row of a network.
const NONE: u8 = u8::MAX;
/// Weights of audits, age, upgradeability, incidents and size, in hundredths.
const WEIGHTS: [u128; 5] = [20, 15, 30, 20, 15];
/// Passes after which the least solution is known well enough to compare with, and by how much a damage may exceed it
/// before that is worth a word: a thousandth.
const PASSES: usize = 20_000;
const WORTH_A_WORD: u128 = ALL / 1_000;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let Some(book) = facts.book.as_deref().filter(|book| book.network != Pubkey::default()) else { return Vec::new() };
    let network = match &facts.network {
        Some(Ok(network)) => network,
        Some(Err(why)) => {
            return vec![Check::unreadable("network", "the network that the book follows is readable", why)]
        }
        None => return Vec::new(),
    };
    let mut checks = vec![
        address(book, network),
        current(network, facts.now()),
        solution(network),
        excess(network),
        lines(book, network),
        scales(book, network),
        authorities(facts, network),
    ];
    checks.extend(inputs(network));
    checks
}

fn used(network: &Network) -> usize {
    usize::from(network.count).min(network.protocols.len())
}

fn name(row: &Protocol) -> String {
    label_text(&row.label)
}

fn address(book: &Book, network: &Network) -> Check {
    let derived = oracle_seeds::find_network(&network.authority, network.id).0;
    let rule = "the network lies at the address of its authority and number";
    Check::equal("network.address", rule, &book.network, &derived)
}

/// Whether its damages count.
fn current(network: &Network, now: i64) -> Check {
    let age = now.saturating_sub(network.solved_at);
    let mut broken = Vec::new();
    if network.moved != 0 {
        broken.push("an input has moved since".to_owned());
    }
    if age > i64::from(network.params.max_solution_age) {
        broken.push(format!("it is {age} seconds old"));
    }
    Check::all("network.current", "the network's solution is of all its inputs, and recent", 2, &broken).excused(
        "anybody may solve it and take it over with `gimbal admin network sync`; lines with a protocol get no new money while \
         the book's copy is too old",
    )
}

/// What the solution began with: edges in force, and damages without neighbours. Inputs that have moved since cannot be
/// compared.
fn inputs(network: &Network) -> Vec<Check> {
    let rule_of_edges = "an edge counts as observed where that is recent and within the cap, else as its cap";
    let rule_of_rows = "the damage of a protocol by itself = the worse of its scores, as old as they are, and its loss";
    if network.moved != 0 {
        return Vec::new();
    }
    let (at, count, params) = (network.solved_at, used(network), &network.params);
    let (mut edges, mut rows) = (Vec::new(), Vec::new());
    for (i, row) in network.edges.iter().take(count).enumerate() {
        for (j, edge) in row.iter().take(count).enumerate() {
            let recent = edge.posted_at != 0 && at.saturating_sub(edge.observed_at) <= i64::from(params.max_edge_age);
            let counts = if recent { edge.observed_bps.min(edge.cap_bps) } else { edge.cap_bps };
            if network.in_force[i][j] != counts {
                edges.push(format!("{i} to {j}: {} instead of {counts}", network.in_force[i][j]));
            }
        }
    }
    for row in network.protocols.iter().take(count) {
        let own = alone(row, network, at);
        if u128::from(row.initial) != own {
            rows.push(format!("{}: {} instead of {own}", name(row), row.initial));
        }
    }
    vec![
        Check::all("network.edges", rule_of_edges, count * count, &edges),
        Check::all("network.initial", rule_of_rows, count, &rows),
    ]
}

/// The damage of a protocol by itself.
fn alone(row: &Protocol, network: &Network, at: i64) -> u128 {
    let spent = at.saturating_sub(row.scored_at).saturating_sub(90 * DAY).clamp(0, 640 * DAY) as u128;
    let span = (640 * DAY) as u128;
    let scores = row.scores.stored().map(|score| u128::from(score.min(100)));
    let points = scores.map(|score| score + ((100 - score) * spent).div_ceil(span));
    let of_scores = WEIGHTS.iter().zip(points).map(|(weight, points)| weight * points * points).sum::<u128>();
    let fallen = at.saturating_sub(row.loss_at).max(0) as u128 * u128::from(network.params.loss_fall_bps) / DAY as u128;
    let lost = u128::from(row.loss_bps).saturating_sub(fallen);
    (of_scores * ALL).div_ceil(1_000_000).max((lost * ALL).div_ceil(10_000))
}

/// Φ of the stored damages does not exceed them: then no damage is below the least solution (Tarski).
fn solution(network: &Network) -> Check {
    let count = used(network);
    let mut broken = Vec::new();
    for (i, row) in network.protocols.iter().take(count).enumerate() {
        let spread: u128 = (0..count)
            .filter(|j| *j != i)
            .map(|j| u128::from(network.in_force[i][j]) * u128::from(network.protocols[j].damage))
            .sum();
        let needed = (u128::from(row.initial) * 10_000 + spread).min(ALL * 10_000);
        if u128::from(row.damage) * 10_000 < needed {
            broken.push(format!("{}: {} is less than {}", name(row), row.damage, needed.div_ceil(10_000)));
        }
    }
    let rule = "no damage is less than what scores, losses and neighbours make of it";
    Check::all("network.damage", rule, count, &broken)
        .explained("the network understates a damage: a line may be given more money than it should")
}

/// How far damages lie above the least solution.
fn excess(network: &Network) -> Check {
    let count = used(network);
    // In units of 2^-60, rounded down: never above the least solution.
    let mut least: Vec<u128> = network.protocols.iter().take(count).map(|row| u128::from(row.initial) << 30).collect();
    for _ in 0..PASSES {
        let before = least.clone();
        for i in 0..count {
            let spread: u128 =
                (0..count).filter(|j| *j != i).map(|j| u128::from(network.in_force[i][j]) * least[j]).sum();
            least[i] = ((u128::from(network.protocols[i].initial) << 30) + spread / 10_000).min(ALL << 30);
        }
        if least == before {
            break;
        }
    }
    let broken: Vec<String> = network
        .protocols
        .iter()
        .zip(&least)
        // A protocol that was defined since counts as all lost until it is solved.
        .filter(|(row, least)| network.moved == 0 && u128::from(row.damage) > (**least >> 30) + WORTH_A_WORD)
        .map(|(row, least)| format!("{}: {} above {}", name(row), row.damage, least >> 30))
        .collect();
    Check::all("network.excess", "no damage is above the least solution by more than a thousandth", count, &broken)
        .excused(
            "the edges feed each other so much that damages did not settle: what can be reached counts as all lost",
        )
}

/// Lines name protocols that are there.
fn lines(book: &Book, network: &Network) -> Check {
    let named: Vec<_> = book
        .lines
        .iter()
        .zip(&book.models)
        .filter(|(line, model)| line.line_id != 0 && model.protocol != NONE)
        .collect();
    let broken: Vec<String> = named
        .iter()
        .filter(|(_, model)| usize::from(model.protocol) >= used(network))
        .map(|(line, model)| format!("line {} names row {}", line.line_id, model.protocol))
        .collect();
    let rule = "lines name protocols that the network defines";
    Check::all("network.lines", rule, named.len(), &broken).excused("a row that is not defined counts as all lost")
}

/// What the book has taken over leaves no more of a line than its protocol's damage does.
fn scales(book: &Book, network: &Network) -> Check {
    let rule = "contagion leaves no more of a line's caps than its protocol's damage does";
    let same = network.moved == 0 && book.contagion_at == network.solved_at;
    let mut broken = Vec::new();
    let mut count = 0;
    for (line, model) in book.lines.iter().zip(&book.models).filter(|(line, _)| same && line.line_id != 0) {
        let Some(row) = network.protocols.get(usize::from(model.protocol)).filter(|row| row.used == 1) else {
            continue;
        };
        count += 1;
        let left = (ALL - u128::from(row.damage).min(ALL)) * 10_000 / ALL;
        if u128::from(model.contagion_bps) > left {
            broken.push(format!("line {}: {} bps instead of {left}", line.line_id, model.contagion_bps));
        }
    }
    let check = Check::all("network.scales", rule, count, &broken);
    if !posted_in_its_second(network) {
        return check;
    }
    check.excused(
        "an input was posted in the second of the solution, which may be a later one than the book has: take it over",
    )
}

/// Whether an input came in the very second of the solution, so that no time tells which of the two was first.
fn posted_in_its_second(network: &Network) -> bool {
    let of_edges = network.edges.iter().flatten().map(|edge| edge.posted_at);
    let of_rows = network.protocols.iter().flat_map(|row| [row.scored_at, row.loss_at]);
    of_edges.chain(of_rows).any(|at| at == network.solved_at)
}

/// A protocol whose code one key can replace has the worst score for it.
fn authorities(facts: &Facts, network: &Network) -> Check {
    let rule = "a protocol whose code a single key can replace is scored so";
    let rows = network.protocols.iter().take(used(network)).filter(|row| row.program != Pubkey::default());
    let rows: Vec<_> = rows.collect();
    let mut broken = Vec::new();
    for row in &rows {
        // What no account of this chain tells is the owner's word.
        let Ok((_, code)) = code_of(&facts.chain, &row.program) else { continue };
        let single = code.upgrade_authority.is_some_and(|key| key.is_on_curve());
        if single && row.scores.upgradeability < 100 {
            broken.push(format!("{}: {} points", name(row), row.scores.upgradeability));
        }
    }
    Check::all("network.upgradeability", rule, rows.len(), &broken)
        .excused("the owner's score is better than the chain says: ask for another, or read the damage as understated")
}

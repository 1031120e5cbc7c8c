//! Families of networks, by what could make their solution long.

use gimbal::random::Random;
use gimbal_math::contagion::PROTOCOLS;

use super::{scaled, Network};

/// Draws a network of a family.
type Draw = fn(&mut Random) -> Network;

/// Name of each family, and how a network of it is drawn.
pub const FAMILIES: [(&str, Draw); 12] = [
    ("dense", dense),
    ("sparse", sparse),
    ("of every strength", any),
    ("amplifying", amplifying),
    ("nearly critical", critical),
    ("critical to a basis point", exact),
    ("chains", chains),
    ("stars", stars),
    ("cycles", cycles),
    ("blocks that amplify and blocks that do not", blocks),
    ("a core that is lost late", core),
    ("triangles", triangles),
];

/// One edge of every pair, drawn by its two ends.
fn edges(random: &mut Random, mut edge: impl FnMut(&mut Random, usize, usize) -> u64) -> Network {
    let mut network = Network::NONE;
    for (i, row) in network.edges.iter_mut().enumerate() {
        for (j, place) in row.iter_mut().enumerate().filter(|(j, _)| i != *j) {
            *place = u16::try_from(edge(random, i, j)).unwrap_or(u16::MAX);
        }
    }
    losses(random, &mut network);
    network
}

/// All lose, or a few, or one.
fn losses(random: &mut Random, network: &mut Network) {
    let all = random.below(3);
    let most = 1 << random.between(0, 12);
    for loss in &mut network.losses {
        if all == 0 || random.chance(1, 1 + 4 * all) {
            *loss = random.between(1, most) as u16;
        }
    }
    if network.losses == [0; PROTOCOLS] {
        network.losses[random.below(PROTOCOLS as u64) as usize] = random.between(1, most) as u16;
    }
}

/// Makes every row add up to about `sum`, basis points.
fn normalise(network: &mut Network, mut sum: impl FnMut(usize) -> u64) {
    for (i, row) in network.edges.iter_mut().enumerate() {
        let is: u64 = row.iter().map(|edge| u64::from(*edge)).sum();
        let factor = sum(i) * 10_000 / is.max(1);
        row.iter_mut().for_each(|edge| *edge = scaled(*edge, factor));
    }
}

fn dense(random: &mut Random) -> Network {
    let most = random.between(10, 3_000);
    edges(random, |random, _, _| random.between(1, most))
}

fn sparse(random: &mut Random) -> Network {
    let (share, most) = (random.between(2, 12), random.between(100, 65_535));
    edges(random, |random, _, _| if random.chance(1, share) { random.between(1, most) } else { 0 })
}

fn any(random: &mut Random) -> Network {
    edges(random, |random, _, _| match random.below(8) {
        0..=2 => 0,
        3..=5 => random.below(1_500),
        6 => random.below(10_001),
        _ => random.below(1 << 16),
    })
}

fn amplifying(random: &mut Random) -> Network {
    let most = random.between(100, 1 << 13);
    let mut network = edges(random, |random, _, _| random.between(1, most));
    let sum = random.between(10_001, 30_000);
    normalise(&mut network, |_| sum);
    network
}

fn critical(random: &mut Random) -> Network {
    let mut network = edges(random, |random, _, _| random.between(1, 2_000));
    let sum = random.between(9_000, 11_000);
    normalise(&mut network, |_| sum);
    network
}

/// Rows of 10,000 but for a few basis points, with losses so small that passes do not show where they lead.
fn exact(random: &mut Random) -> Network {
    let mut network = edges(random, |random, _, _| random.between(1, 1_300));
    let slack = random.between(0, 60);
    for (i, row) in network.edges.iter_mut().enumerate() {
        let is: u64 = row.iter().map(|edge| u64::from(*edge)).sum();
        row.iter_mut().for_each(|edge| *edge = scaled(*edge, 100_000_000 / is.max(1)));
        let is: u64 = row.iter().map(|edge| u64::from(*edge)).sum();
        let (other, missing) = ((i + 1) % PROTOCOLS, (9_970 + slack).saturating_sub(is));
        row[other] = row[other].saturating_add(missing as u16);
    }
    network.losses = [0; PROTOCOLS];
    network.losses[random.below(PROTOCOLS as u64) as usize] = random.between(1, 20) as u16;
    network
}

/// One after the other, backwards or forwards, with or without weak edges beside.
fn chains(random: &mut Random) -> Network {
    let (backwards, beside, strength) = (random.chance(1, 2), random.below(200), random.between(5_000, 20_000));
    let mut network = edges(random, |random, i, j| {
        let follows = if backwards { j + 1 == i } else { i + 1 == j };
        if follows {
            strength
        } else {
            random.below(beside + 1)
        }
    });
    network.losses = [0; PROTOCOLS];
    network.losses[if backwards { 0 } else { PROTOCOLS - 1 }] = random.between(1, 5_000) as u16;
    network
}

/// All owe to one or to a few, and these to all.
fn stars(random: &mut Random) -> Network {
    let (hubs, strength, beside) = (random.between(1, 4) as usize, random.between(100, 12_000), random.below(100));
    edges(random, |random, i, j| match (i < hubs, j < hubs) {
        (true, false) => random.between(1, strength / 4 + 1),
        (false, true) => random.between(1, strength),
        _ => random.below(beside + 1),
    })
}

/// A ring of any length with a gain near one, and a tail that hangs on it.
fn cycles(random: &mut Random) -> Network {
    let (length, gain) = (random.between(2, PROTOCOLS as u64) as usize, random.between(9_900, 10_100));
    let beside = random.below(300);
    edges(random, |random, i, j| {
        let next = if i < length { (i + 1) % length } else { i - 1 };
        if j == next {
            gain
        } else {
            random.below(beside + 1)
        }
    })
}

/// Protocols that lose all among themselves and others that do not, which lose by them.
fn blocks(random: &mut Random) -> Network {
    let (size, inside, across) = (random.between(1, 15) as usize, random.between(0, 3_000), random.between(1, 700));
    let mut network = edges(random, |random, i, j| match (i < size, j < size) {
        (true, true) => random.between(inside / 2, inside),
        (false, false) => random.between(1, 600),
        _ => random.between(1, across),
    });
    let sum = random.between(9_500, 14_000);
    normalise(&mut network, |i| if i < size { sum } else { 7_000 });
    network
}

/// Some cross one only after the passes, so that the first elimination counts them as lost where others are not, or all.
fn core(random: &mut Random) -> Network {
    let size = random.between(2, 14) as usize;
    let weak = random.between(4_000, 9_990);
    let mut network = edges(random, |random, _, _| random.between(1, 1_000));
    let sum = random.between(10_000, 16_000);
    normalise(&mut network, |i| if i < size { sum } else { weak });
    network.losses = [0; PROTOCOLS];
    network.losses[random.below(PROTOCOLS as u64) as usize] = random.between(1, 3_000) as u16;
    network
}

/// Every protocol loses by those after it, or by those before it, and a little by the others.
fn triangles(random: &mut Random) -> Network {
    let (upper, strong, weak) = (random.chance(1, 2), random.between(100, 3_000), random.between(0, 60));
    edges(random, |random, i, j| random.below(1 + if (i < j) == upper { strong } else { weak }))
}

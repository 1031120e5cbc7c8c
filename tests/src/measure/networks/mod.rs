//! The dearest network to solve: drawn from families that could make a solution long, solved on bytecode, and made dearer
//! step by step.

mod bench;
mod families;

pub use bench::Bench;
pub use families::FAMILIES;

use gimbal::random::Random;
use gimbal_math::contagion::{Edges, PROTOCOLS};

use super::climb;

/// A network as a solution meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Row i, column j: what i loses when j fails, basis points. The diagonal is zero.
    pub edges: Edges,
    /// What each protocol has lost already, basis points.
    pub losses: [u16; PROTOCOLS],
}

impl Network {
    /// Nobody owes anybody, nobody has lost anything.
    pub const NONE: Self = Self { edges: [[0; PROTOCOLS]; PROTOCOLS], losses: [0; PROTOCOLS] };

    /// The network of a family with this number; the same on every run.
    pub fn drawn(family: usize, number: u64) -> Self {
        let (name, draw) = FAMILIES[family % FAMILIES.len()];
        let mut network = draw(&mut Random::stream(45, name, number));
        (0..PROTOCOLS).for_each(|place| network.edges[place][place] = 0);
        network.losses.iter_mut().for_each(|loss| *loss = (*loss).min(10_000));
        network
    }

    /// A neighbour in the space of networks: some edges or losses moved, by much or by little.
    pub fn varied(&self, random: &mut Random) -> Self {
        let mut next = self.clone();
        let place = |random: &mut Random| random.below(PROTOCOLS as u64) as usize;
        match random.below(8) {
            // All edges by the same factor.
            0 => next.scale(random.between(9_000, 11_200)),
            1 => next.scale(random.between(9_990, 10_012)),
            2 => {
                let (from, to) = (place(random), place(random));
                next.edges.swap(from, to);
                next.losses.swap(from, to);
                next.edges.iter_mut().for_each(|row| row.swap(from, to));
            }
            3 => {
                let row = place(random);
                let factor = random.between(5_000, 20_000);
                next.edges[row].iter_mut().for_each(|edge| *edge = scaled(*edge, factor));
            }
            4 => {
                let most = 1 << random.between(0, 13);
                next.losses[place(random)] = random.below(most) as u16;
            }
            _ => {
                for _ in 0..random.between(1, 12) {
                    let (row, column) = (place(random), place(random));
                    next.edges[row][column] = match random.below(4) {
                        0 => 0,
                        1 => random.below(1 << 16) as u16,
                        2 => random.below(1_500) as u16,
                        _ => scaled(next.edges[row][column], random.between(8_000, 12_500)),
                    };
                }
            }
        }
        (0..PROTOCOLS).for_each(|place| next.edges[place][place] = 0);
        next
    }

    fn scale(&mut self, factor: u64) {
        self.edges.iter_mut().flatten().for_each(|edge| *edge = scaled(*edge, factor));
    }
}

/// `edge` times `factor` of 10,000, cut at the largest edge there is.
fn scaled(edge: u16, factor: u64) -> u16 {
    u16::try_from(u64::from(edge) * factor / 10_000).unwrap_or(u16::MAX)
}

/// Networks that are drawn of each family.
pub const DRAWN: u64 = 250;
/// Variations of the dearest of them.
pub const STEPS: u64 = 3_000;

/// The dearest network that is found, and the units of its solution.
///
/// # Panics
///
/// If a solution is refused.
pub fn dearest() -> (Network, u64) {
    let mut bench = Bench::start();
    let drawn = (0..FAMILIES.len()).flat_map(|family| (0..DRAWN).map(move |number| Network::drawn(family, number)));
    climb::dearest(drawn, STEPS, Network::varied, |network| bench.units(network))
}

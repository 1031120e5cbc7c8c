//! DebtRank on random networks: Φ iterated in Python's integers with 60 decimals until nothing above the 32nd moves.

use gimbal_math::contagion::{solve, Damage, Edges, ITERATIONS, ONE, PROTOCOLS};

use super::SplitMix;

struct Case {
    seed: u64,
    protocols: usize,
    /// Per cent of edges that exist.
    density: u64,
    /// Greatest edge, basis points.
    most: u64,
    damage: &'static [f64],
}

/// Spectral radii by NumPy: 0.2537, 0.3983, 0.6932, 0.8348, 1.0086, 0.8054, 1.0647, 1.3722 and 3.4328.
#[rustfmt::skip]
const CASES: [Case; 9] = [
    Case { seed: 1, protocols: 3, density: 100, most: 3_000, damage: &[0.0702613348849577, 0.069575997266206, 0.243862312656578] },
    Case { seed: 2, protocols: 5, density: 60, most: 5_000, damage: &[0.137558458771771, 0.127249276933623, 0.316830852155507,
        0.0675248762007288, 0.134277497806231] },
    Case { seed: 3, protocols: 8, density: 40, most: 4_000, damage: &[0.0787317587767596, 0.24555574057944, 0.0487440530861821,
        0.107575269183309, 0.0361969080116064, 0.0423658710215545, 0.197339750975495, 0.108543586501743] },
    Case { seed: 4, protocols: 12, density: 30, most: 6_000, damage: &[0.0692633242946892, 0.0278014478052403, 0.0322556064369918,
        0.105506735945383, 0.0694540836135538, 0.173750288905744, 0.0594968274380422, 0.02169419698345, 0.058910218105526,
        0.0399988159285752, 0.0397073477664764, 0.0183258836735888] },
    Case { seed: 5, protocols: 16, density: 25, most: 5_000, damage: &[1.0, 0.343268009017693, 1.0, 1.0, 0.716705738623421,
        0.341072169824904, 0.86522181133453, 0.435072961627657, 1.0, 1.0, 0.601968042172417, 1.0, 1.0, 0.725533411630266,
        0.4554219667645, 0.300499900870249] },
    Case { seed: 6, protocols: 16, density: 100, most: 1_100, damage: &[0.12085808330204, 0.12026261082059, 0.214399514263647,
        0.0981501875988988, 0.103402005327449, 0.117163030431571, 0.112133722750886, 0.287802661716014, 0.099891052657935,
        0.0775147279607764, 0.292995951088545, 0.101243070244329, 0.129321369417171, 0.131926772308719, 0.0691590402662045,
        0.14085377608153] },
    Case { seed: 7, protocols: 16, density: 60, most: 2_500, damage: &[0.744260038153037, 1.0, 0.527922656960915, 0.815834968993784,
        1.0, 1.0, 0.721076717864069, 0.868463433480977, 0.776505282653682, 1.0, 1.0, 1.0, 1.0, 0.979511013504637,
        0.88138951452052, 1.0] },
    Case { seed: 8, protocols: 16, density: 15, most: 20_000, damage: &[1.0, 0.3735, 1.0, 1.0, 1.0, 0.0, 0.964744409844279, 1.0, 0.0,
        1.0, 0.6309162, 0.0, 1.0, 0.3455, 0.614957116581655, 1.0] },
    Case { seed: 9, protocols: 10, density: 50, most: 12_000, damage: &[1.0; 10] },
];

/// Row by row two numbers for each edge, whether it exists and how large it is; then two for each protocol's own damage.
fn network(case: &Case) -> (Damage, Edges) {
    let mut numbers = SplitMix(case.seed);
    let (mut initial, mut edges) = ([0; PROTOCOLS], [[0; PROTOCOLS]; PROTOCOLS]);
    for (i, row) in edges.iter_mut().enumerate().take(case.protocols) {
        for (j, edge) in row.iter_mut().enumerate().take(case.protocols) {
            let (exists, size) = (numbers.next() % 100 < case.density, numbers.next() % (case.most + 1));
            if i != j && exists {
                *edge = size as u16;
            }
        }
    }
    for damage in initial.iter_mut().take(case.protocols) {
        let (hit, size) = (numbers.next().is_multiple_of(3), numbers.next() % u64::from(ONE / 4));
        *damage = if hit { size as u32 } else { 0 };
    }
    (initial, edges)
}

#[test]
fn damages_by_long_iteration() {
    for case in &CASES {
        let (initial, edges) = network(case);
        let solution = solve(&initial, &edges, case.protocols, ITERATIONS);
        assert!(solution.converged, "seed {}", case.seed);
        for (found, exact) in solution.damage.iter().zip(case.damage) {
            let found = f64::from(*found) / f64::from(ONE);
            // Never below, but for the fifteen digits that were written down; above by a millionth at most.
            assert!((-1e-14..1e-6).contains(&(found - exact)), "seed {}: {found} for {exact}", case.seed);
        }
        assert!(solution.damage[case.protocols..].iter().all(|damage| *damage == 0));
    }
}

//! Scores, losses, edges and their damages; and the scale that they leave. Numbers are worked out by hand: a whole damage is
//! 2^30 = 1,073,741,824.

use bytemuck::Zeroable;
use proptest::prelude::*;
use risk_oracle::policy::contagion::{
    check_edge, check_time, decayed_up, edge_in_force, initial_up, least_edge, loss_damage_up, loss_now, points_now,
    score_damage_up, solve, SCORE_GRACE, SCORE_LIFE, WEIGHTS,
};
use risk_oracle::policy::ratchet::ratchet;
use risk_oracle::state::{Edge, Network, NetworkParams, Protocol, Scores, ALL_LOST, PROTOCOLS, UNKNOWN_CAP_BPS};
use risk_oracle::OracleError;

const NOW: i64 = 1_767_225_600;
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
const PARAMS: NetworkParams = NetworkParams {
    max_edge_age: 3 * 86_400,
    min_post_interval: 3_600,
    max_solution_age: 2 * 86_400,
    edge_fall_bps: 480,
    loss_fall_bps: 100,
};

fn scores(all: u8) -> Scores {
    Scores { audits: all, age: all, upgradeability: all, incidents: all, size: all }
}

fn protocol(scores: Scores, loss_bps: u16) -> Protocol {
    Protocol { scores, used: 1, loss_bps, scored_at: NOW, loss_at: NOW, ..Protocol::zeroed() }
}

/// Protocols without any risk of their own, and no edge between them.
fn network(count: u8) -> Network {
    let mut network = Network::zeroed();
    network.count = count;
    network.params = PARAMS;
    for index in 0..PROTOCOLS {
        network.edges[index] = [Edge { cap_bps: 0, ..Edge::UNKNOWN }; PROTOCOLS];
        network.edges[index][index] = Edge::TO_SELF;
    }
    for row in network.protocols.iter_mut().take(count.into()) {
        *row = protocol(scores(0), 0);
    }
    network.invariant().unwrap();
    network
}

fn observed(cap_bps: u16, observed_bps: u16, at: i64) -> Edge {
    Edge { cap_bps, observed_bps, poster: 0, posted_at: at, observed_at: at, ..Edge::UNKNOWN }
}

#[track_caller]
fn refused(result: anchor_lang::Result<()>, name: OracleError) {
    assert_eq!(result.unwrap_err(), name.into());
}

// Scores

#[test]
fn scores_count_by_their_squares() {
    // 100 · 20² = 40,000 of 1,000,000; 0.04 · 2^30 = 42,949,672.96.
    assert_eq!(score_damage_up([20; 5]), 42_949_673);
    // One key that can replace the code: 30 · 100² = 300,000; 0.3 · 2^30 = 322,122,547.2.
    assert_eq!(score_damage_up([0, 0, 100, 0, 0]), 322_122_548);
    // 20·10² + 15·20² + 30·40² + 20·0 + 15·5² = 2,000 + 6,000 + 48,000 + 375 = 56,375; · 2^30 / 10^6 = 60,532,195.3.
    assert_eq!(score_damage_up([10, 20, 40, 0, 5]), 60_532_196);
    assert_eq!(score_damage_up([0; 5]), 0);
    assert_eq!(score_damage_up([100; 5]), ALL_LOST);
    assert_eq!(WEIGHTS.iter().sum::<u32>(), 100);
}

#[test]
fn what_nobody_knows_is_the_worst() {
    assert_eq!(Scores::NOTHING_KNOWN.points(), [100; 5]);
    assert_eq!(initial_up(&protocol(Scores::NOTHING_KNOWN, 0), &PARAMS, NOW), ALL_LOST);
    let unknown_authority = Scores { upgradeability: Scores::UNKNOWN, ..scores(0) };
    assert_eq!(initial_up(&protocol(unknown_authority, 0), &PARAMS, NOW), 322_122_548);
    // A row that was never written is no exception.
    assert_eq!(initial_up(&Protocol { scored_at: 0, ..protocol(scores(0), 0) }, &PARAMS, NOW), ALL_LOST);
    for bad in [101, 254] {
        refused(Scores { size: bad, ..scores(0) }.validate(), OracleError::ScoreOutOfRange);
    }
    Scores { size: 100, age: 255, ..scores(0) }.validate().unwrap();
}

#[test]
fn scores_decay_to_the_worst_in_two_years() {
    for (points, age, expected) in [
        (20, 0, 20),
        (20, SCORE_GRACE, 20),
        (20, SCORE_GRACE + 1, 21),
        // Half of the 640 days: half of the missing 80.
        (20, 410 * DAY, 60),
        (0, 90 * DAY + 64 * DAY, 10),
        (99, 91 * DAY, 100),
        (0, SCORE_LIFE - 1, 100),
        (0, SCORE_LIFE, 100),
        (20, i64::MAX, 100),
        (100, 0, 100),
        // A clock before the scoring.
        (20, -1, 20),
        (20, i64::MIN, 20),
    ] {
        assert_eq!(decayed_up(points, age), expected, "{points} after {age} seconds");
    }
    let row = protocol(scores(20), 0);
    assert_eq!(points_now(&row, NOW + 410 * DAY), [60; 5]);
    // 0.36.
    assert_eq!(initial_up(&row, &PARAMS, NOW + 410 * DAY), 386_547_057);
}

// Losses

#[test]
fn an_observed_loss_falls_by_whole_basis_points() {
    let row = protocol(scores(0), 5_000);
    for (elapsed, expected) in
        [(-DAY, 5_000), (0, 5_000), (863, 5_000), (864, 4_999), (DAY / 2, 4_950), (DAY, 4_900), (50 * DAY, 0)]
    {
        assert_eq!(loss_now(&row, &PARAMS, NOW + elapsed), expected, "after {elapsed} seconds");
    }
    assert_eq!(loss_now(&row, &PARAMS, i64::MAX), 0);
    // 0.4999 · 2^30 = 536,763,537.8.
    assert_eq!(loss_damage_up(4_999), 536_763_538);
    assert_eq!((loss_damage_up(0), loss_damage_up(10_000), loss_damage_up(u16::MAX)), (0, ALL_LOST, ALL_LOST));
}

#[test]
fn the_worse_of_score_and_loss_counts() {
    // 0.04 by the scores, 0.03 and 0.05 by the loss.
    assert_eq!(initial_up(&protocol(scores(20), 300), &PARAMS, NOW), 42_949_673);
    assert_eq!(initial_up(&protocol(scores(20), 500), &PARAMS, NOW), 53_687_092);
}

// Edges

#[test]
fn an_edge_that_nobody_observed_lately_counts_as_its_cap() {
    assert_eq!(edge_in_force(&Edge::UNKNOWN, &PARAMS, NOW), UNKNOWN_CAP_BPS);
    let edge = observed(5_000, 1_000, NOW);
    assert_eq!(edge_in_force(&edge, &PARAMS, NOW), 1_000);
    assert_eq!(edge_in_force(&edge, &PARAMS, NOW + 3 * DAY), 1_000);
    assert_eq!(edge_in_force(&edge, &PARAMS, NOW + 3 * DAY + 1), 5_000);
    // What counts is when it was looked at, not when that was told.
    let late = Edge { observed_at: NOW - 3 * DAY, ..edge };
    assert_eq!(edge_in_force(&late, &PARAMS, NOW), 1_000);
    assert_eq!(edge_in_force(&late, &PARAMS, NOW + 1), 5_000);
    // A cap that was lowered later holds at once.
    assert_eq!(edge_in_force(&Edge { cap_bps: 600, ..edge }, &PARAMS, NOW), 600);
}

#[test]
fn posts_lower_an_edge_by_at_most_a_days_fall() {
    let edge = observed(5_000, 1_000, NOW);
    // 480 a day are 20 an hour.
    for (elapsed, least) in [(0, 1_000), (HOUR, 980), (HOUR + 179, 980), (HOUR + 180, 979), (DAY, 520), (3 * DAY, 520)]
    {
        assert_eq!(least_edge(&edge, &PARAMS, NOW + elapsed), least, "after {elapsed} seconds");
    }
    // Once it is stale it comes down from the cap; so does one that nobody ever posted.
    assert_eq!(least_edge(&edge, &PARAMS, NOW + 30 * DAY), 4_520);
    assert_eq!(least_edge(&Edge { cap_bps: 5_000, ..Edge::UNKNOWN }, &PARAMS, NOW), 4_520);
    assert_eq!(least_edge(&Edge { cap_bps: 100, ..Edge::UNKNOWN }, &PARAMS, NOW), 0);
}

#[test]
fn a_post_is_held_to_cap_time_interval_and_fall() {
    let edge = observed(5_000, 1_000, NOW);
    let check = |bps, observed_at, is_live, now| check_edge(&edge, bps, observed_at, &PARAMS, is_live, now);
    refused(check(5_001, NOW + 1, true, NOW + 1), OracleError::EdgeAboveCap);
    refused(check(2_000, NOW + 2, true, NOW + 1), OracleError::PostFromFuture);
    refused(check(2_000, NOW, true, NOW + 1), OracleError::PostOlderThanStored);
    refused(check(2_000, NOW - 1, true, NOW + 1), OracleError::PostOlderThanStored);
    refused(check(2_000, NOW + 1, true, NOW + 3 * DAY + 2), OracleError::PostTooOld);
    // Raising and holding: at once.
    check(5_000, NOW + 1, true, NOW + 1).unwrap();
    check(1_000, NOW + 1, true, NOW + 1).unwrap();
    // Lowering: after the interval, by its fall.
    refused(check(999, NOW + 1, true, NOW + HOUR - 1), OracleError::PostTooSoon);
    refused(check(979, NOW + 1, true, NOW + HOUR), OracleError::RatchetOnly);
    check(980, NOW + 1, true, NOW + HOUR).unwrap();
    // While the owner sets up, nothing rests on it.
    check(0, NOW + 1, false, NOW + 1).unwrap();
    check_time(NOW, NOW - 1, &PARAMS, NOW).unwrap();
}

// Solutions

/// Protocol 0 owes half of itself to 1, which owes 0.4 of itself to 2, which is gone.
#[test]
fn a_default_reaches_two_hops() {
    let mut network = network(3);
    network.edges[0][1] = observed(10_000, 5_000, NOW);
    network.edges[1][2] = observed(10_000, 4_000, NOW);
    network.protocols[2].loss_bps = 10_000;
    solve(&mut network, NOW);
    assert_eq!(network.converged, 1);
    let of = |index: usize| (network.protocols[index].initial, network.protocols[index].damage);
    // 0.4 · 2^30 = 429,496,729.6, and half of that.
    assert_eq!([of(0), of(1), of(2)], [(0, 214_748_365), (0, 429_496_730), (ALL_LOST, ALL_LOST)]);
    assert_eq!(network.in_force[0][1], 5_000);
    network.invariant().unwrap();
}

/// The same, with the second edge left to age: it counts as its cap of 10,000.
#[test]
fn an_edge_left_out_makes_nothing_safer() {
    let mut network = network(3);
    network.edges[0][1] = observed(10_000, 5_000, NOW);
    network.edges[1][2] = observed(10_000, 4_000, NOW - 3 * DAY - 1);
    network.protocols[2].loss_bps = 10_000;
    solve(&mut network, NOW);
    let damages = [0, 1, 2].map(|index: usize| network.protocols[index].damage);
    assert_eq!(damages, [536_870_912, ALL_LOST, ALL_LOST]);
    assert_eq!(network.in_force[1][2], 10_000);
}

/// Two that owe half of themselves to each other, one of which lost a quarter: h = 1/4 + k/2, k = h/2, so h = 1/3 and
/// k = 1/6.
#[test]
fn a_circle_settles_at_its_fixed_point_or_above() {
    let mut network = network(2);
    network.edges[0][1] = observed(5_000, 5_000, NOW);
    network.edges[1][0] = observed(5_000, 5_000, NOW);
    network.protocols[0].loss_bps = 2_500;
    solve(&mut network, NOW);
    let [h, k] = [0, 1].map(|index: usize| network.protocols[index].damage);
    // 2^30/3 = 357,913,941.3 and 2^30/6 = 178,956,970.7.
    assert!((357_913_942..=357_913_944).contains(&h) && (178_956_971..=178_956_973).contains(&k), "{h} {k}");
}

#[test]
fn rows_that_are_not_defined_stay_out() {
    let mut network = network(2);
    network.edges[0][5] = Edge::UNKNOWN;
    network.protocols[5].loss_bps = 10_000;
    solve(&mut network, NOW);
    assert_eq!((network.protocols[0].damage, network.in_force[0][5]), (0, 0));
}

// What others may rely on

#[test]
fn damage_is_all_until_a_solution_is_current() {
    let mut network = network(2);
    assert_eq!(network.damage(0, NOW), ALL_LOST, "never solved");
    (network.solves, network.solved_at) = (1, NOW);
    network.protocols[0].damage = 7;
    assert_eq!((network.damage(0, NOW), network.damage(2, NOW), network.damage(255, NOW)), (7, ALL_LOST, ALL_LOST));
    assert_eq!((network.damage(0, NOW + 2 * DAY), network.damage(0, NOW + 2 * DAY + 1)), (7, ALL_LOST));
    network.absorb(NOW, &Default::default(), b"a post");
    assert_eq!(network.damage(0, NOW), ALL_LOST, "an input has moved");
}

#[test]
fn parameters_have_hard_ranges() {
    NetworkParams::DEFAULT.validate().unwrap();
    for (params, error) in [
        (NetworkParams { max_edge_age: 3_599, ..PARAMS }, OracleError::EdgeAgeOutOfRange),
        (NetworkParams { max_edge_age: 1_209_601, ..PARAMS }, OracleError::EdgeAgeOutOfRange),
        (NetworkParams { min_post_interval: 0, ..PARAMS }, OracleError::PostIntervalOutOfRange),
        (NetworkParams { min_post_interval: 86_401, ..PARAMS }, OracleError::PostIntervalOutOfRange),
        (NetworkParams { max_solution_age: 3_599, ..PARAMS }, OracleError::SolutionAgeOutOfRange),
        (NetworkParams { max_solution_age: 604_801, ..PARAMS }, OracleError::SolutionAgeOutOfRange),
        (NetworkParams { edge_fall_bps: 0, ..PARAMS }, OracleError::EdgeFallOutOfRange),
        (NetworkParams { edge_fall_bps: 2_501, ..PARAMS }, OracleError::EdgeFallOutOfRange),
        (NetworkParams { loss_fall_bps: 0, ..PARAMS }, OracleError::LossFallOutOfRange),
        (NetworkParams { loss_fall_bps: 1_001, ..PARAMS }, OracleError::LossFallOutOfRange),
    ] {
        refused(params.validate(), error);
    }
    assert!(!PARAMS.loosens(&PARAMS));
    assert!(NetworkParams { max_edge_age: PARAMS.max_edge_age + 1, ..PARAMS }.loosens(&PARAMS));
    assert!(NetworkParams { min_post_interval: 1, ..PARAMS }.loosens(&PARAMS));
    assert!(NetworkParams { max_solution_age: PARAMS.max_solution_age + 1, ..PARAMS }.loosens(&PARAMS));
    assert!(NetworkParams { edge_fall_bps: 481, ..PARAMS }.loosens(&PARAMS));
    assert!(NetworkParams { loss_fall_bps: 101, ..PARAMS }.loosens(&PARAMS));
    let tighter = NetworkParams { max_edge_age: 3_600, min_post_interval: 86_400, edge_fall_bps: 1, ..PARAMS };
    assert!(!tighter.loosens(&PARAMS));
}

// The ratchet

#[test]
fn a_scale_tightens_at_once_and_loosens_by_the_day() {
    // At most 100 a day: one in 864 seconds.
    for (scale, since, target, now, expected) in [
        (10_000, NOW, 2_000, NOW, (2_000, NOW)),
        (2_000, NOW, 2_000, NOW + DAY, (2_000, NOW + DAY)),
        (2_000, NOW, 9_000, NOW, (2_000, NOW)),
        (2_000, NOW, 9_000, NOW + 863, (2_000, NOW)),
        (2_000, NOW, 9_000, NOW + 864, (2_001, NOW + 864)),
        (2_000, NOW, 9_000, NOW + 1_000, (2_001, NOW + 864)),
        (2_000, NOW, 9_000, NOW + DAY, (2_100, NOW + DAY)),
        // A day at the most, however long nobody called.
        (2_000, NOW, 9_000, NOW + 30 * DAY, (2_100, NOW + 30 * DAY)),
        (2_000, 0, 9_000, NOW, (2_100, NOW)),
        (8_950, NOW, 9_000, NOW + DAY, (9_000, NOW + DAY)),
        // A clock that went back earns nothing.
        (2_000, NOW, 9_000, NOW - 5, (2_000, NOW)),
    ] {
        assert_eq!(ratchet(scale, since, target, 100, now), expected, "{scale} to {target} at {now}");
    }
    assert_eq!(ratchet(2_000, NOW, 9_000, 0, NOW + DAY), (2_000, NOW));
}

proptest! {
    /// Calls at any times: a scale gains at most the rate for the time that passed; and no less but for the rounding of
    /// seconds when somebody calls twice a day.
    #[test]
    fn no_calls_hasten_or_stop_a_scale(steps in prop::collection::vec(1i64..DAY / 2, 1..200), rate in 2u16..2_500) {
        let (mut scale, mut since, mut now) = (0u16, NOW, NOW);
        for step in steps {
            now += step;
            (scale, since) = ratchet(scale, since, 10_000, rate, now);
            prop_assert!(since <= now);
            let earned = (now - NOW) as u128 * u128::from(rate) / DAY as u128;
            prop_assert!(u128::from(scale) <= earned);
        }
        let earned = (now - NOW) as u128 * u128::from(rate) / DAY as u128;
        // Rounding the time of each whole point up costs less than a second a call.
        let lost = 200 * u128::from(rate) / DAY as u128 + 1;
        prop_assert!(u128::from(scale) + lost >= earned.min(10_000));
    }

    /// Worse inputs never make a smaller damage.
    #[test]
    fn damage_grows_with_every_input(
        edges in prop::collection::vec(0u16..12_000, 16),
        losses in prop::collection::vec(0u16..=10_000, 4),
        at in (0usize..4, 0usize..4),
        more in 1u16..4_000,
    ) {
        let mut base = network(4);
        for (place, bps) in edges.iter().enumerate().filter(|(place, _)| place / 4 != place % 4) {
            base.edges[place / 4][place % 4] = observed(u16::MAX, *bps, NOW);
        }
        for (row, loss) in base.protocols.iter_mut().zip(&losses) {
            row.loss_bps = *loss;
        }
        let mut worse = base;
        if at.0 == at.1 {
            worse.protocols[at.0].loss_bps = (losses[at.0] + more).min(10_000);
        } else {
            worse.edges[at.0][at.1].observed_bps += more;
        }
        solve(&mut base, NOW);
        solve(&mut worse, NOW);
        // Solutions of guesses may lie a little above the least one: by less than a thousandth here.
        for (worse, base) in worse.protocols.iter().zip(&base.protocols) {
            prop_assert!(worse.damage + (1 << 20) >= base.damage, "{} < {}", worse.damage, base.damage);
            prop_assert!(base.damage >= base.initial && base.damage <= ALL_LOST);
        }
    }
}

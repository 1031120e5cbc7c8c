//! Random sequences: weights, and the few habits without which nothing would happen (somebody deposits first, keepers
//! follow when time has passed).

use gimbal::random::Random;

use super::action::{Action, Sequence, WHOLE};
use super::plans;
use crate::{DAY, USDC};

/// Actions of one sequence.
pub const LENGTH: usize = 200;

/// The sequence with this number of a run's seed.
pub fn sequence(seed: u64, number: u64) -> Sequence {
    let mut random = Random::stream(seed, "property", number);
    let world = number % plans::COUNT;
    let mut actions = opening(&mut random);
    let mood = random.below(4);
    while actions.len() < LENGTH {
        let action = one(&mut random, mood);
        if matches!(action, Action::Propose { .. }) && random.chance(2, 3) {
            // Most of what is proposed is meant.
            actions.extend([action, Action::Warp { seconds: 16 * DAY / 7 + random.below(DAY) }, Action::Crank {}]);
            actions.push(Action::Apply { nth: random.below(8) });
            continue;
        }
        if matches!(action, Action::Request { .. }) && random.chance(1, 12) {
            actions.extend([action, Action::Warp { seconds: random.between(DAY, 14 * DAY) }]);
            actions.extend([Action::Demand {}, Action::Recall { line: random.below(4), part: WHOLE, by: 0 }]);
            actions.extend([Action::Fill { count: 8 }, Action::InKind { user: random.below(8), nth: 0, forgone: 0 }]);
            continue;
        }
        if let Action::Gate { count, .. } = action {
            actions.push(action);
            actions.extend((0..count.min(3)).map(|user| Action::Admit { user }));
            continue;
        }
        let time_passed = matches!(action, Action::Warp { seconds } if seconds > 300);
        let inputs_moved = matches!(action, Action::Post { .. });
        actions.push(action);
        if time_passed && random.chance(3, 4) {
            actions.push(Action::Crank {});
            if random.chance(1, 2) {
                actions.push(Action::Observe {});
            }
        }
        if inputs_moved && random.chance(2, 3) {
            actions.extend([Action::Solve {}, Action::Sync {}, Action::Derisk { line: random.below(4), by: 0 }]);
        }
    }
    actions.truncate(LENGTH - 1);
    actions.push(Action::Leave { way: random.below(6) });
    Sequence { world, actions }
}

/// Money comes in and goes to work.
fn opening(random: &mut Random) -> Vec<Action> {
    let mut actions = vec![Action::Crank {}];
    for user in 0..random.between(1, 3) {
        actions.push(Action::Deposit { user, assets: random.between(USDC, 1_000_000 * USDC) });
    }
    for line in 0..random.below(4) {
        actions.push(Action::Rebalance { keeper: 0, line });
    }
    actions
}

/// An amount of base units, from one unit to a million dollars, small and great ones equally often.
fn amount(random: &mut Random) -> u64 {
    let bits = random.between(1, 40);
    random.between(1, 1 << bits)
}

/// A part: often all, sometimes very little.
fn part(random: &mut Random) -> u64 {
    match random.below(4) {
        0 => WHOLE,
        1 => random.between(0, 10),
        _ => random.between(1, WHOLE),
    }
}

fn one(random: &mut Random, mood: u64) -> Action {
    let kinds: [u64; 7] = match mood {
        // Users, keepers, time and prices, misfortune, power, risk, hostility.
        0 => [50, 25, 14, 2, 4, 8, 5],
        1 => [40, 22, 12, 12, 6, 12, 8],
        2 => [35, 22, 12, 4, 20, 10, 7],
        _ => [45, 20, 10, 4, 3, 6, 18],
    };
    let mut draw = random.below(kinds.iter().sum());
    for (kind, weight) in kinds.into_iter().enumerate() {
        if draw < weight {
            return match kind {
                0 => of_users(random),
                1 => of_keepers(random),
                2 => of_time(random),
                3 => of_misfortune(random),
                4 => of_power(random),
                5 => of_risk(random),
                _ => of_hostility(random),
            };
        }
        draw -= weight;
    }
    Action::Crank {}
}

fn of_users(random: &mut Random) -> Action {
    let user = random.below(8);
    match random.below(42) {
        0..=6 => Action::Deposit { user, assets: amount(random) },
        7..=8 => Action::DepositInto { user, assets: amount(random), line: random.below(4) },
        9..=11 => Action::Mint { user, shares: amount(random) },
        12..=14 => Action::Withdraw { user, part: part(random) },
        15..=18 => Action::Redeem { user, part: part(random) },
        19..=23 => Action::Request { user, part: part(random), bound: random.below(4) },
        24..=28 => Action::Fill { count: random.between(1, 8) },
        29..=32 => Action::Claim { user, nth: random.below(4) },
        33..=34 => Action::Cancel { user, nth: random.below(4) },
        35 if random.chance(1, 2) => Action::Hand { user, nth: random.below(4), to: random.below(8) },
        36 if random.chance(1, 2) => {
            Action::InKind { user, nth: random.below(4), forgone: random.below(16).saturating_sub(8) }
        }
        37 if random.chance(1, 2) => Action::Admit { user },
        38 => Action::RedeemRecall { user, part: part(random), line: random.below(4) },
        35 => Action::Give { user, to: random.below(8), part: part(random) },
        36 => Action::Burn { user, part: random.below(200) },
        37 => Action::DonateShares { user, part: random.below(200) },
        _ => Action::Donate { user, place: random.below(3), assets: amount(random) >> random.below(12) },
    }
}

fn of_keepers(random: &mut Random) -> Action {
    let line = random.below(4);
    match random.below(24) {
        20 => Action::Demand {},
        21 => Action::Crystallise {},
        22..=23 => Action::CollectFees {},
        0..=4 => Action::Crank {},
        5..=6 => Action::Refresh { line },
        7 => Action::Value { line },
        8..=13 => Action::Rebalance { keeper: random.below(2), line },
        14 => Action::CollectPay { keeper: random.below(2) },
        15..=16 => Action::Recall { line, part: part(random), by: random.below(4) },
        17 => Action::Derisk { line, by: 0 },
        18 => Action::Harvest { line },
        _ => Action::HarvestCash {},
    }
}

fn of_time(random: &mut Random) -> Action {
    match random.below(10) {
        0..=3 => Action::Warp { seconds: random.between(1, 400) },
        4 => {
            let most = DAY << random.below(5);
            Action::Warp { seconds: random.between(400, most) }
        }
        5..=6 => Action::Slots { slots: random.between(1, 200) },
        7 => Action::Price { asset: random.below(2), bps: random.between(9_970, 10_030) },
        8 if random.chance(1, 2) => Action::Update { asset: random.below(2) },
        8 => Action::Price { asset: random.below(2), bps: random.between(9_500, 10_500) },
        _ => Action::Pool { bps: random.between(9_900, 10_100) },
    }
}

fn of_misfortune(random: &mut Random) -> Action {
    let line = random.below(4);
    match random.below(10) {
        0..=1 => Action::Borrow { line, part: part(random) },
        2..=3 => Action::Repay { line, part: part(random) },
        4 if random.chance(2, 3) => Action::Trick { number: random.below(16) },
        6 if random.chance(1, 2) => Action::Trick { number: random.below(16) },
        4 => Action::WriteOff { line, part: random.between(1, 300) },
        5 => Action::WriteOff { line, part: part(random) },
        6 => Action::Emergency { line, on: random.below(3) },
        7 => Action::VenueCap { line, units: if random.chance(1, 2) { 0 } else { amount(random) } },
        8 => Action::DonateReceipts { line, tokens: amount(random) },
        _ => Action::Upgrade { slot: random.below(2) },
    }
}

fn of_power(random: &mut Random) -> Action {
    let (line, by) = (random.below(4), random.below(4));
    match random.below(30) {
        16..=20 => Action::Propose { kind: random.below(12), value: random.below(1 << 28), by: 3 },
        21 => Action::Propose { kind: random.below(12), value: random.below(1 << 28), by },
        22..=23 => Action::Apply { nth: random.below(8) },
        24 => Action::Veto { nth: random.below(8), by },
        25 => Action::CloseChange { nth: random.below(8) },
        26 => Action::Fees { value: random.below(1 << 16), by },
        27 => Action::VaultLimits { value: random.below(1 << 28), by },
        28 => Action::Gate { count: random.below(6), by },
        29 => Action::Order { first: random.below(4), by },
        0..=3 => Action::Bounds { line, target: random.below(5_000), by },
        4 => Action::Status { line, status: random.between(1, 4), by },
        5..=6 => Action::Status { line, status: 1, by: 3 },
        7 => Action::Policy { policy: random.below(3), by },
        8 => Action::Limits { age: random.between(60, 7_200), cash: random.below(3_000), by },
        9..=10 => Action::Approve { line, by: 3 },
        11 => Action::KeeperActive { keeper: random.below(2), active: random.below(2), by },
        12 => Action::LineRisk { line, cap: random.below(10_001), by },
        13 => Action::Pause { direction: random.below(3), by },
        _ => Action::Lift { direction: random.below(3), by },
    }
}

fn of_risk(random: &mut Random) -> Action {
    let line = random.below(4);
    match random.below(20) {
        0..=2 => Action::Report {},
        3..=6 => Action::Observe {},
        7..=8 => Action::Stress { from: random.below(3), count: random.between(1, 3) },
        9 => Action::Post { what: 0, protocol: random.below(4), bps: random.below(10_001) },
        10 => Action::Post { what: random.between(1, 3), protocol: random.below(4), bps: random.below(12_000) },
        11..=12 => Action::Solve {},
        13..=14 => Action::Sync {},
        15..=17 => Action::Derisk { line, by: random.below(3) },
        18 => Action::RiskParams { value: random.below(1 << 32), by: random.below(4) },
        _ => Action::RiskParams { value: random.below(1 << 32), by: 3 },
    }
}

fn of_hostility(random: &mut Random) -> Action {
    match random.below(10) {
        0..=1 => Action::Steal { way: random.below(48), thief: random.below(5), victim: random.below(5) },
        2..=7 => Action::Twist {
            flow: random.below(48),
            user: random.below(5),
            place: random.below(64),
            other: random.below(256),
        },
        _ => Action::RoundTrip { seed: random.below(1 << 32), slots: random.below(3) * random.below(100) },
    }
}

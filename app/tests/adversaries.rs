//! Adversaries in the demo: they play, they lose, and the run does not notice them.

use gimbal::chain::Mode;
use gimbal::demo::{
    chain_world::ChainWorld,
    engine,
    world::{Adversary, World},
};
use gimbal::prices::generate;

const DAYS: u32 = 60;
const PEOPLE: usize = 16;

fn world(seed: u64) -> ChainWorld {
    let path = generate(seed, DAYS);
    ChainWorld::new(Mode::Native, seed, &engine::depositors(seed, PEOPLE), &path.days).expect("a world")
}

#[test]
fn no_round_of_any_adversary_gains() {
    for seed in [3, 4] {
        let path = generate(seed, DAYS);
        let record = engine::run(&mut world(seed), &path, seed, PEOPLE, &mut |_| {}).expect("a run");
        let played: Vec<Adversary> = record.adversaries.iter().map(|account| account.adversary).collect();
        assert_eq!(played, Adversary::ALL);
        for account in &record.adversaries {
            let name = account.adversary.name();
            assert!(account.rounds >= 10, "{name}: {} rounds", account.rounds);
            assert!(account.attempts > account.refused, "{name} was refused everything, which shows nothing");
            assert!(account.best <= 0, "{name} gained {} in one round", account.best);
            assert!(account.gained <= account.best, "{name}");
        }
    }
}

#[test]
fn the_run_does_not_notice_them() {
    let path = generate(5, DAYS);
    let mut world = world(5);
    let [open, next, ..] = path.days[0].steps();
    world.advance(path.days[0].date.start() + 60, &open).expect("time");
    let before = world.accounts_hash().expect("a hash");
    let plays = world.adversaries(&next).expect("plays");
    assert_eq!(plays.len(), Adversary::ALL.len());
    assert_eq!(world.accounts_hash().expect("a hash"), before);
}

//! A real vault: a keeper that is killed at every step, two keepers in each other's way, a venue that fails.

use std::cell::Cell;
use std::time::{Duration, Instant};

use gimbal::chain::Chain;
use gimbal::instructions::lending::set_market;
use gimbal::keeper::desk::Desk;
use gimbal::keeper::executor::Executor;
use gimbal::keeper::journal::{Outcome, Records};
use gimbal::keeper::metrics::Metrics;
use gimbal::keeper::step::Step;
use gimbal::keeper::stop::Stop;
use lending_venue::SetMarketArgs;
use solana_signer::Signer;

use crate::child::{obey, Order, Work, DONE, KILLED};
use crate::liar::Liar;
use crate::transfers::{executor, journal, settings, Folder, LIMIT};
use crate::vaults::{config, until_done, World, USDC};

const SLOT: Duration = Duration::from_millis(25);
/// Times that each step is died at.
const TIMES: u32 = 10;
/// Longer than the cooldown of a line and the age of a valuation, seconds.
const LONG: u64 = 700;

#[test]
fn killed_at_every_step_a_keeper_of_a_vault_does_each_move_once() {
    obey();
    const NAME: &str = "rivals::killed_at_every_step_a_keeper_of_a_vault_does_each_move_once";
    let world = World::start(SLOT);
    let folder = Folder::new("vault");
    let keeper = world.keeper(0);
    let order = || Order {
        url: world.server.rpc_url.clone(),
        folder: folder.0.to_owned(),
        secret: *keeper.secret_bytes(),
        work: Work::Vaults,
        limit: u64::MAX >> 1,
        death: None,
        cycles: 300,
    };
    world.deposit(100_000 * USDC);
    for time in 0..TIMES {
        for step in Step::ALL {
            world.pass(LONG);
            world.deposit(20_000 * USDC);
            // A plan here is one or two transactions: a second one need not come.
            let occurrence = 1 + time % 2;
            let ended = order().dying_at(step, occurrence).run(NAME);
            assert!(ended == KILLED || (occurrence == 2 && ended == DONE), "{} {time}: {ended:?}", step.name());
        }
    }
    world.pass(LONG);
    assert_eq!(order().run(NAME), DONE);
    let records = Records::open(&folder.journal()).unwrap();
    let moves = world.assert_exact(&keeper.pubkey(), &records);
    for line in 1..=3 {
        let times: Vec<i64> =
            moves.iter().filter(|(_, moved)| moved.line == line).map(|(_, moved)| moved.time).collect();
        // 110 payments of 20,000 each bring a line 6,000 below its weight; its band is 1 % of at most 2,300,000.
        assert!(times.len() >= 110 / 4, "line {line} was moved {} times", times.len());
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 600), "never twice within the cooldown: {times:?}");
    }
    world.assert_sound();
}

#[test]
fn two_keepers_of_one_vault_share_the_work_and_waste_little() {
    let world = World::start(SLOT);
    world.deposit(100_000 * USDC);
    let folders = [Folder::new("rival"), Folder::new("rival")];
    for _ in 0..6 {
        world.pass(LONG);
        world.deposit(20_000 * USDC);
        std::thread::scope(|scope| {
            for (number, folder) in folders.iter().enumerate() {
                let world = &world;
                scope.spawn(move || {
                    let (keypair, chain) = (world.keeper(number), world.connect());
                    let journal = journal(folder, &chain, keypair);
                    let mut executor = executor(&chain, keypair, journal, settings());
                    until_done(&mut executor, &mut Desk::new(config(), keypair.pubkey()).unwrap());
                });
            }
        });
    }
    let records = folders.each_ref().map(|folder| Records::open(&folder.journal()).unwrap());
    let mut all = Vec::new();
    for (number, records) in records.iter().enumerate() {
        all.extend(world.assert_exact(&world.keeper(number).pubkey(), records));
    }
    all.sort_unstable_by_key(|(_, moved)| (moved.line, moved.slot));
    for pair in all.windows(2).filter(|pair| pair[0].1.line == pair[1].1.line) {
        assert!(pair[1].1.time - pair[0].1.time >= 600, "no move was made by both");
    }
    assert_eq!(all.len(), 6 * 3, "and none was left out");
    // Who comes too late pays a fee at most once a round, and yields.
    let spent: u64 = records.iter().map(|records| records.spending(0).unwrap().total()).sum();
    assert!(spent <= 6 * 2 * 4 * 5_000, "{spent} lamports");
    world.assert_sound();
}

#[test]
fn a_venue_that_fails_is_parked_and_the_other_lines_go_on() {
    let world = World::start(SLOT);
    let (folder, keypair, chain) = (Folder::new("halt"), world.keeper(0), world.connect());
    let halt = |emergency_mode| {
        world.on_chain(|chain, deployment| {
            let owner = &deployment.actors.venue_owner;
            let args = SetMarketArgs { emergency_mode, borrowing_disabled: false };
            let set = set_market(&owner.pubkey(), &deployment.lines[0].reserve.addresses.market, args);
            chain.execute(owner, &[set], &[], &[]).unwrap();
        });
    };
    world.deposit(100_000 * USDC);
    halt(true);
    world.pass(LONG);
    let mut desk = Desk::new(config(), keypair.pubkey()).unwrap();
    let mut executor = executor(&chain, keypair, journal(&folder, &chain, keypair), settings());
    for _ in 0..4 {
        executor.cycle(&mut desk).unwrap();
    }
    let lines: Vec<u16> = world.moves(&keypair.pubkey()).iter().map(|(_, moved)| moved.line).collect();
    assert!(lines.contains(&2) && lines.contains(&3) && !lines.contains(&1), "{lines:?}");
    let parked = executor.journal().parked(0).unwrap();
    assert!(parked.iter().all(|park| park.key.line == Some(1)), "nothing else is held up: {parked:?}");

    halt(false);
    world.pass(LONG);
    for _ in 0..20 {
        executor.cycle(&mut desk).unwrap();
    }
    let lines: Vec<u16> = world.moves(&keypair.pubkey()).iter().map(|(_, moved)| moved.line).collect();
    assert!(lines.contains(&1), "it resumes: {lines:?}");
    assert!(executor
        .journal()
        .parked(executor.journal().last_cycle().unwrap().unwrap().started_at)
        .unwrap()
        .is_empty());
    until_done(&mut executor, &mut desk);
    drop(executor);
    world.assert_exact(&keypair.pubkey(), &Records::open(&folder.journal()).unwrap());
    world.assert_sound();
}

#[test]
fn what_a_wrong_word_has_signed_again_the_chain_refuses_to_repeat() {
    let world = World::start(SLOT);
    world.deposit(100_000 * USDC);
    let (folder, keypair) = (Folder::new("liar"), world.keeper(0));
    let liar = Liar { chain: world.connect(), lies: Cell::new(true) };
    let journal = journal(&folder, &liar.chain, keypair);
    let mut executor = Executor::new(&liar, keypair, journal, settings(), Metrics::new(), Stop::default()).unwrap();
    let mut desk = Desk::new(config(), keypair.pubkey()).unwrap();
    let begun = Instant::now();
    while world.moves(&keypair.pubkey()).len() < 3 {
        executor.cycle(&mut desk).unwrap();
        assert!(begun.elapsed() < LIMIT);
    }
    executor.cycle(&mut desk).unwrap();
    let attempts = executor.journal().recent(999).unwrap();
    assert!(attempts.iter().all(|attempt| attempt.outcome == Some(Outcome::Expired)), "it believed every word");

    // The truth comes with the next process at the latest: what it had taken for expired is booked as it was.
    drop(executor);
    liar.lies.set(false);
    let journal = crate::transfers::journal(&folder, &liar.chain, keypair);
    let mut executor = Executor::new(&liar, keypair, journal, settings(), Metrics::new(), Stop::default()).unwrap();
    until_done(&mut executor, &mut desk);
    drop(executor);
    let moves = world.assert_exact(&keypair.pubkey(), &Records::open(&folder.journal()).unwrap());
    assert_eq!(moves.len(), 3, "each line once");
    world.assert_sound();
}

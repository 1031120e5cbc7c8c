//! A journal without room, a refused venue, a second process.

use std::time::Duration;

use gimbal::keeper::daemon::{Daemon, Pace};
use gimbal::keeper::executor::Trouble;
use gimbal::keeper::health::{Condition, HealthState};
use gimbal::keeper::journal::{Identity, Journal, JournalError};
use gimbal::keeper::metrics::Metrics;
use gimbal::keeper::stop::Stop;
use gimbal::localnet::{Options, Server};
use solana_signer::Signer;

use crate::transfers::*;

const SLOT: Duration = Duration::from_millis(25);

#[test]
fn while_the_journal_has_no_room_nothing_is_sent_and_then_it_resumes() {
    let cluster = cluster(SLOT);
    let (keypair, accounts) = funded(&cluster, 51, 3);
    let mut planner = Transfers { payer: keypair.pubkey(), accounts, payments: 2, refuses: Vec::new() };
    let folder = Folder::new("disk");
    let chain = connect(&[&cluster.rpc_url]);
    let executor = executor(&chain, &keypair, journal(&folder, &chain, &keypair), settings());
    let health = HealthState::new(Duration::from_secs(600));
    let pace = Pace { pause: Duration::from_millis(10), jitter_ms: 0 };
    let metrics = Metrics::new();
    let mut daemon = Daemon::new(executor, &mut planner, pace, metrics.clone(), health.clone(), Stop::default());

    daemon.executor().journal_mut().limit(1).unwrap();
    let mut sent = 0;
    let full = loop {
        match daemon.turn() {
            Err(Trouble::Journal(full)) => break full,
            other => assert!(other.is_ok(), "{other:?}"),
        }
        sent = on_chain(&cluster, &keypair.pubkey()).0.len();
    };
    assert!(matches!(full, JournalError::Full { .. }), "{full}");
    // What the last broken-off turn had recorded may land; beyond it nothing is sent however often it tries.
    let bound = sent + daemon.executor().under_way();
    for _ in 0..5 {
        assert!(matches!(daemon.turn(), Err(Trouble::Journal(JournalError::Full { .. }))));
    }
    assert!(on_chain(&cluster, &keypair.pubkey()).0.len() <= bound);
    let told = health.now();
    assert_eq!((told.status, told.journal, told.chain), (Condition::Degraded, false, true));
    assert!(told.problem.unwrap().contains("free space on its disk; nothing is sent until then"));
    assert!(metrics.text().contains("gimbal_keeper_journal_errors_total 6"));

    daemon.executor().journal_mut().limit(1 << 30).unwrap();
    daemon.turn().unwrap();
    assert_eq!(health.now().status, Condition::Ok);
    while daemon.turn().unwrap().planned > 0 || daemon.executor().under_way() > 0 {}
    drop(daemon);
    assert_exact(&cluster, &folder, &planner);
}

#[test]
fn what_keeps_being_refused_is_parked_and_does_not_hold_up_the_rest() {
    let cluster = cluster(SLOT);
    let (keypair, accounts) = funded(&cluster, 52, 3);
    let stuck = accounts[1];
    let mut planner = Transfers { payer: keypair.pubkey(), accounts, payments: 2, refuses: vec![stuck] };
    let folder = Folder::new("venue");
    let chain = connect(&[&cluster.rpc_url]);
    let mut executor = executor(&chain, &keypair, journal(&folder, &chain, &keypair), settings());

    let first = executor.cycle(&mut planner).unwrap();
    assert_eq!((first.landed, first.refused), (2, 1), "the others are served");
    let parked = executor.journal().parked(0).unwrap();
    assert_eq!((parked.len(), parked[0].vault, parked[0].refusals), (1, stuck, 1));
    assert_eq!(parked[0].name, "StaleVenue");
    let wait = parked[0].until - parked[0].since;
    assert!((10..=12).contains(&wait), "ten seconds and up to a quarter more: {wait}");
    let second = executor.cycle(&mut planner).unwrap();
    assert_eq!((second.landed, second.refused, second.put_off), (2, 0, 1), "it is not even tried");

    // Each time it waits longer, by the chain's clock.
    for refusals in 2..=4 {
        cluster.chain().warp(3_601 + 900).unwrap();
        assert_eq!(executor.cycle(&mut planner).unwrap().refused, 1);
        let parked = executor.journal().parked(0).unwrap();
        assert_eq!(parked[0].refusals, refusals);
    }
    // Healed, it is done as soon as its time has come, and forgotten.
    planner.refuses.clear();
    assert_eq!(executor.cycle(&mut planner).unwrap().put_off, 1);
    cluster.chain().warp(3_601 + 900).unwrap();
    until_done(&mut executor, &mut planner);
    assert!(executor.journal().parked(0).unwrap().is_empty());
    drop(executor);
    assert_exact(&cluster, &folder, &planner);
}

#[test]
fn only_the_chains_clock_counts() {
    let cluster = cluster(SLOT);
    let (keypair, accounts) = funded(&cluster, 54, 2);
    let refuses = vec![accounts[0]];
    let mut planner = Transfers { payer: keypair.pubkey(), accounts, payments: 1, refuses };
    let folder = Folder::new("clock");
    let chain = connect(&[&cluster.rpc_url]);
    let mut executor = executor(&chain, &keypair, journal(&folder, &chain, &keypair), settings());
    // The cluster is 400 days ahead of this machine.
    cluster.chain().warp(400 * 86_400).unwrap();
    let host = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let first = executor.cycle(&mut planner).unwrap();
    assert_eq!((first.landed, first.refused), (1, 1));
    let records = executor.journal();
    let begun = records.last_cycle().unwrap().unwrap().started_at;
    assert!(begun - host > 399 * 86_400, "{begun} here, {host} there");
    let [parked] = &records.parked(begun).unwrap()[..] else { panic!("one action is parked") };
    let attempt = &records.recent(1).unwrap()[0];
    assert!((begun..begun + 60).contains(&parked.since) && (begun..begun + 60).contains(&attempt.signed_at));
    assert_eq!(records.spending(begun).unwrap().settled, EACH + FEE, "spent in this hour of the chain");

    // What the chain's clock lets pass has passed, however little time it was here.
    cluster.chain().warp(3_601).unwrap();
    planner.refuses.clear();
    until_done(&mut executor, &mut planner);
    let begun = executor.journal().last_cycle().unwrap().unwrap().started_at;
    assert_eq!(executor.journal().spending(begun - 3_600).unwrap().settled, EACH + FEE, "the first is out of the hour");
    drop(executor);
    assert_exact(&cluster, &folder, &planner);
}

#[test]
fn one_process_a_journal_and_one_key_and_chain() {
    let cluster = cluster(SLOT);
    let (keypair, _) = funded(&cluster, 53, 1);
    let folder = Folder::new("lock");
    let chain = connect(&[&cluster.rpc_url]);
    let held = journal(&folder, &chain, &keypair);
    let identity = Identity { genesis: chain.genesis_hash().unwrap(), keeper: keypair.pubkey() };
    assert!(matches!(Journal::open(&folder.journal(), &identity), Err(JournalError::Locked { .. })));
    drop(held);

    // Another cluster has other blocks: its signatures are not these.
    let never = Duration::from_secs(86_400);
    let options = Options { port: 0, seed: 2, volatility: 0, tick: never, slot: SLOT, ..Options::default() };
    let other = Server::start(options).unwrap();
    let genesis = connect(&[&other.rpc_url]).genesis_hash().unwrap();
    let refused = Journal::open(&folder.journal(), &Identity { genesis, ..identity });
    assert!(matches!(refused, Err(JournalError::OtherIdentity { .. })), "{refused:?}");
    assert!(Journal::open(&folder.journal(), &identity).is_ok());
}

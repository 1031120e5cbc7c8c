//! Nodes that stall, lie, drop, repeat and refuse.

use std::time::Duration;

use gimbal::chain::ChainError;
use gimbal::keeper::executor::{Settings, Trouble};
use gimbal::localnet::Handle;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::faults::Proxy;
use crate::transfers::*;

const SLOT: Duration = Duration::from_millis(25);

/// A keeper behind a proxy, with work to do.
struct Bench {
    cluster: Handle,
    proxy: Proxy,
    keypair: Keypair,
    planner: Transfers,
    folder: Folder,
}

impl Bench {
    fn new(seed: u8) -> Self {
        Self::with(seed, SLOT)
    }

    fn with(seed: u8, slot: Duration) -> Self {
        let cluster = cluster(slot);
        let proxy = Proxy::start(&cluster.rpc_url);
        let (keypair, accounts) = funded(&cluster, seed, 3);
        let planner = Transfers { payer: keypair.pubkey(), accounts, payments: 3, refuses: Vec::new() };
        Self { cluster, proxy, keypair, planner, folder: Folder::new("nodes") }
    }

    /// Works until all is done, and holds chain and journal against each other.
    fn finish(&mut self, urls: &[&str]) -> Vec<Trouble> {
        let chain = connect(urls);
        let journal = journal(&self.folder, &connect(&[&self.cluster.rpc_url]), &self.keypair);
        let mut executor = executor(&chain, &self.keypair, journal, settings());
        let troubles = until_done(&mut executor, &mut self.planner);
        assert_exact(&self.cluster, &self.folder, &self.planner);
        troubles
    }
}

#[test]
fn lost_repeated_and_unanswered_sends_change_nothing() {
    let mut bench = Bench::new(41);
    let url = bench.proxy.url().to_owned();
    bench.proxy.faults().drop_sends = 4;
    assert!(bench.finish(&[&url]).is_empty());

    bench.planner.payments += 2;
    bench.proxy.faults().duplicate_sends = true;
    assert!(bench.finish(&[&url]).is_empty());

    bench.planner.payments += 2;
    bench.proxy.heal();
    bench.proxy.faults().hang_up_after_send = 4;
    bench.finish(&[&url]);
}

#[test]
fn a_node_that_stalls_or_is_gone_breaks_a_cycle_off_and_nothing_else() {
    let mut bench = Bench::new(42);
    let chain = connect_for(&[bench.proxy.url()], Duration::from_secs(1));
    let journal = journal(&bench.folder, &chain, &bench.keypair);
    let mut executor = executor(&chain, &bench.keypair, journal, settings());
    for fault in ["down", "getMultipleAccounts", "getSignatureStatuses", "sendTransaction"] {
        bench.planner.payments += 1;
        match fault {
            "down" => bench.proxy.faults().down = true,
            method => drop(bench.proxy.faults().stall.insert(method)),
        }
        let ended = executor.cycle(&mut bench.planner);
        match fault {
            // What was handed over to nobody stays under way; the cycle went on.
            "sendTransaction" => {}
            _ => assert!(matches!(ended, Err(Trouble::Chain(ChainError::Unreachable { .. }))), "{fault}: {ended:?}"),
        }
        bench.proxy.heal();
        until_done(&mut executor, &mut bench.planner);
    }
    drop(executor);
    assert_exact(&bench.cluster, &bench.folder, &bench.planner);
}

#[test]
fn a_node_that_is_too_busy_is_asked_again() {
    let mut bench = Bench::new(43);
    let url = bench.proxy.url().to_owned();
    {
        let mut faults = bench.proxy.faults();
        (faults.too_many, faults.unhealthy) = (3, 1);
    }
    bench.finish(&[&url]);
}

#[test]
fn one_node_of_three_that_lies_about_slots_does_not_have_anything_signed_twice() {
    for (seed, lie) in [(44, "ahead"), (45, "frozen")] {
        let mut bench = Bench::new(seed);
        let others = [Proxy::start(&bench.cluster.rpc_url), Proxy::start(&bench.cluster.rpc_url)];
        {
            let slot = bench.cluster.chain().slot();
            let mut faults = bench.proxy.faults();
            match lie {
                "ahead" => faults.ahead = 5_000,
                _ => faults.frozen = Some((slot, slot)),
            }
        }
        // Sends are lost, so that a wrong height has time to be believed.
        bench.proxy.faults().drop_sends = 3;
        for other in &others {
            other.faults().drop_sends = 3;
        }
        let urls = [bench.proxy.url().to_owned(), others[0].url().to_owned(), others[1].url().to_owned()];
        bench.finish(&[&urls[0], &urls[1], &urls[2]]);
    }
}

#[test]
fn what_a_node_does_not_tell_of_is_not_repeated_while_it_may_land() {
    // A blockhash takes 36 seconds to run out for good.
    let mut bench = Bench::with(46, Duration::from_millis(200));
    let chain = connect(&[bench.proxy.url()]);
    let journal = journal(&bench.folder, &chain, &bench.keypair);
    let settings = Settings { patience: Duration::from_millis(400), ..settings() };
    let mut executor = executor(&chain, &bench.keypair, journal, settings);
    bench.planner.payments = 1;
    bench.proxy.faults().forget = true;
    // A cycle that waits in vain, and one that finds its work done on the chain, with the outcome still unknown.
    for _ in 0..2 {
        executor.cycle(&mut bench.planner).unwrap();
        assert_eq!((executor.under_way(), executor.journal().recent(99).unwrap().len()), (3, 3));
    }
    bench.proxy.heal();
    until_done(&mut executor, &mut bench.planner);
    drop(executor);
    assert_exact(&bench.cluster, &bench.folder, &bench.planner);
}

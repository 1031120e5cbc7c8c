//! A keeper that is killed at every step of its loop, ten times over.

use std::time::Duration;

use gimbal::keeper::journal::Records;
use gimbal::keeper::step::Step;
use gimbal::localnet::Handle;
use solana_signer::Signer;

use crate::child::{obey, Order, Work, DONE, KILLED, UNFINISHED};
use crate::transfers::*;

/// Times that each step is died at.
const TIMES: u32 = 10;
/// Accounts that are paid.
const ACCOUNTS: usize = 3;
/// A slot of the test's cluster.
const SLOT: Duration = Duration::from_millis(25);

/// A keeper that pays accounts, and dies when it is told to.
struct Mortal<'a> {
    cluster: &'a Handle,
    folder: Folder,
    planner: Transfers,
    seed: u8,
}

impl<'a> Mortal<'a> {
    fn new(cluster: &'a Handle, seed: u8) -> Self {
        let (keypair, accounts) = funded(cluster, seed, ACCOUNTS);
        let planner = Transfers { payer: keypair.pubkey(), accounts, payments: 0, refuses: Vec::new() };
        Self { cluster, folder: Folder::new("kill"), planner, seed }
    }

    fn order(&self, limit: u64, cycles: u32) -> Order {
        Order {
            url: self.cluster.rpc_url.clone(),
            folder: self.folder.0.to_owned(),
            secret: [self.seed; 32],
            work: Work::Transfers { seed: self.seed, accounts: ACCOUNTS, payments: self.planner.payments },
            limit,
            death: None,
            cycles,
        }
    }
}

#[test]
fn killed_at_every_step_it_loses_nothing_and_does_nothing_twice() {
    obey();
    const NAME: &str = "kill::killed_at_every_step_it_loses_nothing_and_does_nothing_twice";
    let cluster = cluster(SLOT);
    // Two keepers at a time, each with its own key, journal and accounts.
    let halves = [&Step::ALL[..5], &Step::ALL[5..]];
    std::thread::scope(|scope| {
        for (seed, steps) in (21..).zip(halves) {
            let cluster = &cluster;
            scope.spawn(move || {
                let mut mortal = Mortal::new(cluster, seed);
                for time in 0..TIMES {
                    for step in steps {
                        mortal.planner.payments += 1;
                        // At the first or the second occurrence: at the beginning, and in the middle of work.
                        let order = mortal.order(u64::MAX >> 1, 100).dying_at(*step, 1 + time % 2);
                        assert_eq!(order.run(NAME), KILLED, "{} {time}", step.name());
                    }
                }
                assert_eq!(mortal.order(u64::MAX >> 1, 10_000).run(NAME), DONE, "it goes on and ends its work");
                assert_exact(cluster, &mortal.folder, &mortal.planner);
            });
        }
    });
}

#[test]
fn a_keeper_that_is_killed_again_and_again_does_not_forget_what_it_spent() {
    obey();
    const NAME: &str = "kill::a_keeper_that_is_killed_again_and_again_does_not_forget_what_it_spent";
    let cluster = cluster(SLOT);
    let mut mortal = Mortal::new(&cluster, 31);
    // Each payment costs EACH and FEE. Before it is sent, EACH and twice FEE must be left: 20 payments, not 21.
    let limit = 20 * (EACH + FEE) + FEE;
    mortal.planner.payments = 40;
    for step in [Step::Signed, Step::Recorded, Step::Sent, Step::Seen, Step::Settled] {
        for times in [1, 2, 3] {
            let ended = mortal.order(limit, 12).dying_at(step, times).run(NAME);
            assert!([KILLED, UNFINISHED].contains(&ended), "{} {times}: {ended:?}", step.name());
        }
    }
    assert_eq!(mortal.order(limit, 30).run(NAME), UNFINISHED, "it has work left and no budget for it");
    let (signatures, lost) = on_chain(&cluster, &mortal.planner.payer);
    assert_eq!((signatures.len(), lost), (20, 20 * (EACH + FEE)));

    // Without its file the chain still knows the fees: there is room for one payment.
    for name in ["keeper.sqlite", "keeper.sqlite-wal", "keeper.sqlite-shm"] {
        let _ = std::fs::remove_file(mortal.folder.0.join(name));
    }
    assert_eq!(mortal.order(20 * FEE + EACH + 2 * FEE, 30).run(NAME), UNFINISHED);
    let records = Records::open(&mortal.folder.journal()).unwrap();
    let spent = records.spending(0).unwrap();
    assert_eq!((spent.outside, spent.settled, spent.reserved), (20 * FEE, EACH + FEE, 0));

    // An hour later by the chain's clock there is a new budget, whatever the host's clock says.
    cluster.chain().warp(3_601).unwrap();
    assert_eq!(mortal.order(limit, 30).run(NAME), UNFINISHED);
    let (signatures, _) = on_chain(&cluster, &mortal.planner.payer);
    assert_eq!(signatures.len(), 41);
    assert!(records.last_cycle().unwrap().unwrap().put_off > 0);
}

//! Every fault between the client and a whole chain: the result is right and nothing is done twice.

use std::{collections::HashSet, thread, time::Duration};

use gimbal::chain::{Chain, ChainError, History, RpcChain, RpcOptions};
use solana_transaction::TransactionError;

use crate::{
    bench::{connect, wait_for, Bench, AMOUNT, RECEIVER},
    faults::Faults,
    script,
};

#[test]
fn one_node_with_faults_is_enough() {
    let seconds = |n| Faults { too_many: 4, retry_after: n, ..Faults::default() };
    let cases = [
        ("lost sends", Faults { drop_sends: 3, ..Faults::default() }),
        ("doubled sends", Faults { duplicate_sends: true, ..Faults::default() }),
        ("lost, then doubled", Faults { drop_sends: 2, duplicate_sends: true, ..Faults::default() }),
        ("hung up after the send", Faults { hang_up_after_send: 1, ..Faults::default() }),
        ("hung up after many sends", Faults { hang_up_after_send: 3, drop_sends: 1, ..Faults::default() }),
        ("too many at once", seconds(0)),
        ("too many for a second", seconds(1)),
        ("unwell", Faults { unhealthy: 3, ..Faults::default() }),
        ("far ahead of itself", Faults { ahead: 1_000, ..Faults::default() }),
    ];
    for (name, faults) in cases {
        let bench = Bench::start();
        let proxy = bench.proxy();
        *proxy.faults() = faults.clone();
        let mut chain = connect(&[&proxy]);
        let receipt = match (faults.ahead, bench.execute(&mut chain)) {
            (0, done) => done.unwrap_or_else(|error| panic!("{name}: {error}")),
            // It then refuses its own slot; nothing was sent, and after that complaint it works.
            (_, refused) => {
                assert_eq!(refused.unwrap_err().name(), "Unreachable", "{name}");
                assert_eq!(bench.minted(), 0, "{name}");
                proxy.heal();
                bench.execute(&mut chain).unwrap_or_else(|error| panic!("{name}: {error}"))
            }
        };
        bench.once(&receipt);
        let sends = proxy.server.count("sendTransaction");
        assert!(sends <= 60, "{name}: {sends} sends");
    }
}

#[test]
fn a_stalled_send_is_repeated_once_the_node_answers_again() {
    let bench = Bench::start();
    let proxy = bench.proxy();
    proxy.faults().stall.insert("sendTransaction");
    let options = RpcOptions { timeout: Duration::from_millis(500), ..script::options(&[proxy.url()]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let receipt = thread::scope(|scope| {
        let running = scope.spawn(|| bench.execute(&mut chain));
        wait_for("a second send", || proxy.server.count("sendTransaction") >= 2);
        assert_eq!(bench.minted(), 0);
        proxy.heal();
        running.join().unwrap()
    });
    bench.once(&receipt.unwrap());
}

#[test]
fn a_node_that_goes_away_after_the_send_and_comes_back_tells_the_end() {
    let bench = Bench::start();
    let proxy = bench.proxy();
    let mut chain = connect(&[&proxy]);
    let receipt = thread::scope(|scope| {
        proxy.faults().hang_up_after_send = usize::MAX;
        proxy.faults().forget = true;
        let running = scope.spawn(|| bench.execute(&mut chain));
        wait_for("the landing", || bench.minted() > 0);
        proxy.faults().down = true;
        let asked = proxy.server.calls().len();
        wait_for("questions to a node that is down", || proxy.server.calls().len() >= asked + 3);
        proxy.heal();
        running.join().unwrap()
    });
    bench.once(&receipt.unwrap());
}

#[test]
fn two_sound_nodes_of_three_are_enough() {
    let stalled = Faults { stall: HashSet::from(["*"]), ..Faults::default() };
    let cases = [
        ("far ahead", Faults { ahead: 9_000_000, ..Faults::default() }),
        ("stuck", Faults { frozen: Some((1, 1)), ..Faults::default() }),
        ("stalled", stalled),
        ("down", Faults { down: true, ..Faults::default() }),
        ("forgetful", Faults { forget: true, ..Faults::default() }),
        ("swallows sends", Faults { drop_sends: usize::MAX, ..Faults::default() }),
        ("busy", Faults { too_many: usize::MAX, retry_after: 3_600, ..Faults::default() }),
    ];
    for (name, faults) in cases {
        let bench = Bench::start();
        let proxies = [bench.proxy(), bench.proxy(), bench.proxy()];
        *proxies[0].faults() = faults.clone();
        let mut chain = connect(&[&proxies[0], &proxies[1], &proxies[2]]);
        let receipt = bench.execute(&mut chain).unwrap_or_else(|error| panic!("{name}: {error}"));
        bench.once(&receipt);
        let account = chain.require_account(&bench.mint.account_of(&RECEIVER)).unwrap();
        assert_eq!(account.data[64..72], AMOUNT.to_le_bytes(), "{name}");
        if faults.ahead > 0 || faults.frozen.is_some() {
            assert_eq!(proxies[0].server.count("getMultipleAccounts"), 0, "{name}: it is not read from");
            assert_eq!(proxies[0].server.count("getLatestBlockhash"), 0, "{name}");
        }
    }
}

#[test]
fn what_cannot_be_learnt_is_unknown_and_found_later() {
    let bench = Bench::start();
    let proxy = bench.proxy();
    proxy.faults().forget = true;
    let options = RpcOptions { deadline: Duration::from_secs(3), ..script::options(&[proxy.url()]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let Err(ChainError::Unknown { signature }) = bench.execute(&mut chain) else { panic!("it cannot be known") };
    assert_eq!(bench.minted(), AMOUNT, "it landed, once");
    assert_eq!(chain.transaction(&signature).unwrap().map(|it| it.time), None);
    proxy.heal();
    let executed = chain.transaction(&signature).unwrap().unwrap();
    assert_eq!(executed.failed, None);
    bench.once(&executed.receipt);
}

#[test]
fn what_never_arrives_expires_and_is_signed_anew_only_then() {
    // Slots as short as the machine allows, so that a life of 150 of them is short.
    let bench = Bench::with_slot(Duration::from_millis(10));
    let proxy = bench.proxy();
    proxy.faults().drop_sends = usize::MAX;
    let mut chain = connect(&[&proxy]);
    let transaction = bench.signed(&chain);
    let refusal = chain.send(&transaction).unwrap_err();
    assert!(matches!(refusal, ChainError::Expired), "{refusal:?}");
    assert_eq!(bench.minted(), 0);
    let late = bench.server.chain().chain_mut().send(&transaction).unwrap_err();
    assert_eq!(late.refused().unwrap().error, TransactionError::BlockhashNotFound, "it can never land");

    let sent = || -> Vec<String> {
        let calls = proxy.server.calls().into_iter().filter(|call| call.method == "sendTransaction");
        let mut bytes: Vec<String> = calls.map(|call| call.params[0].as_str().unwrap().to_owned()).collect();
        bytes.dedup();
        bytes
    };
    let receipt = thread::scope(|scope| {
        let running = scope.spawn(|| bench.execute(&mut chain));
        wait_for("a second signature", || sent().len() >= 3);
        proxy.heal();
        running.join().unwrap()
    });
    bench.once(&receipt.unwrap());
    let (sent, names) = (sent(), sent().into_iter().collect::<HashSet<_>>());
    assert_eq!(sent.len(), names.len(), "each transaction goes on until its end, and none comes back");
}

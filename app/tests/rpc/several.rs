//! Which node is read from, and how old an answer may be.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use gimbal::chain::{RpcChain, RpcOptions};
use serde_json::json;

use crate::{
    faults::Reply,
    reads::{balance, rich},
    script::{connect, options},
};

#[test]
fn another_node_takes_over_whatever_is_wrong_with_the_first() {
    let faults: Vec<fn() -> Reply> = vec![
        || Reply::Silence,
        || Reply::HangUp,
        || Reply::too_many(3_600),
        || Reply::error(-32601, "Method not found"),
        || Reply::error(-32603, "Internal error"),
        || Reply::Body(json!(null)),
        || Reply::Http { status: "403 Forbidden", headers: Vec::new() },
        || Reply::Http { status: "502 Bad Gateway", headers: Vec::new() },
    ];
    for fault in faults {
        let shared = rich(5);
        let (bad, good) = (shared.node_but(move |_, _| Some(fault())), shared.node());
        let options = RpcOptions { timeout: Duration::from_secs(2), ..options(&[&bad.url, &good.url]) };
        let chain = RpcChain::connect(&options).unwrap();
        assert_eq!(balance(&chain).unwrap(), 5, "{:?}", fault());
        let asked = bad.calls().len();
        assert_eq!(balance(&chain).unwrap(), 5);
        assert!(bad.calls().len() <= asked + 1, "the good node is asked first from then on");
    }
}

#[test]
fn a_node_that_is_far_ahead_or_behind_is_not_read_from() {
    for shift in [9_000_000_i64, -51] {
        let shared = rich(5);
        let liar = shared.node_but(move |call, cluster| {
            let slot = cluster.slot().saturating_add_signed(shift);
            match call.method.as_str() {
                "getEpochInfo" => Some(Reply::Result(json!({ "absoluteSlot": slot, "blockHeight": slot, "epoch": 0,
                    "slotIndex": 0, "slotsInEpoch": 432_000 }))),
                _ => Some(Reply::Result(json!({ "context": { "slot": slot }, "value": [null] }))),
            }
        });
        shared.get().pace = 0;
        let (one, two) = (shared.node(), shared.node());
        let chain = connect(&[&liar, &one, &two]);
        for _ in 0..3 {
            assert_eq!(balance(&chain).unwrap(), 5);
        }
        assert_eq!(liar.count("getMultipleAccounts"), 0, "shift {shift}");
        assert!(liar.count("getEpochInfo") > 0, "it was asked where it is");
    }
}

#[test]
fn a_node_that_does_not_say_where_it_is_keeps_nobody_waiting() {
    let shared = rich(5);
    shared.get().pace = 0;
    let mute = shared.node_but(|call, _| (call.method == "getEpochInfo").then_some(Reply::Silence));
    let (one, two) = (shared.node(), shared.node());
    let started = Instant::now();
    assert_eq!(balance(&connect(&[&mute, &one, &two])).unwrap(), 5);
    assert!(started.elapsed() < Duration::from_secs(9), "its own time limit is 10 s: {:?}", started.elapsed());
    assert_eq!(mute.count("getMultipleAccounts"), 0);
}

#[test]
fn nodes_of_different_clusters_are_refused() {
    let other = rich(7);
    other.get().genesis = 2;
    let (one, two) = (rich(5).node(), other.node());
    let chain = connect(&[&one, &two]);
    assert_eq!(
        balance(&chain).unwrap_err().to_string(),
        format!("the nodes at {} and {} belong to different clusters: name nodes of one cluster", one.url, two.url)
    );
    assert_eq!(one.count("getMultipleAccounts") + two.count("getMultipleAccounts"), 0);
}

#[test]
fn a_node_named_twice_has_one_voice() {
    let node = rich(5).node();
    let slash = format!("{}/", node.url);
    let chain = RpcChain::connect(&options(&[&node.url, &slash, &node.url])).unwrap();
    assert_eq!(chain.nodes().collect::<Vec<_>>(), [node.url.as_str()]);
}

#[test]
fn a_node_behind_what_was_read_is_waited_for() {
    let shared = rich(5);
    let behind = AtomicUsize::new(0);
    let node = shared.node_but(move |call, cluster| {
        let least = call.params[1]["minContextSlot"].as_u64()?;
        assert_eq!(least, cluster.slot());
        (behind.fetch_add(1, Ordering::SeqCst) < 2)
            .then(|| Reply::error(-32016, "Minimum context slot has not been reached"))
    });
    shared.get().pace = 0;
    let chain = connect(&[&node]);
    assert_eq!(balance(&chain).unwrap(), 5);
    assert_eq!(node.calls().len(), 1, "nothing was read before");
    assert_eq!(balance(&chain).unwrap(), 5);
    assert_eq!(node.calls().len(), 4, "two refusals, then the answer");
}

#[test]
fn a_cluster_that_starts_anew_is_complained_of_once() {
    let shared = rich(5);
    let node = shared.node_but(|call, cluster| {
        let least = call.params[1]["minContextSlot"].as_u64()?;
        (least > cluster.slot()).then(|| Reply::error(-32016, "Minimum context slot has not been reached"))
    });
    let options = RpcOptions { timeout: Duration::from_secs(1), ..options(&[&node.url]) };
    let chain = RpcChain::connect(&options).unwrap();
    assert_eq!(balance(&chain).unwrap(), 5);
    shared.get().height = 3;
    let refusal = balance(&chain).unwrap_err();
    assert!(refusal.to_string().contains("it is behind what was already read"), "{refusal}");
    assert_eq!(balance(&chain).unwrap(), 5);
}

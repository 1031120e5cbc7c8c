//! When a transaction that does not land is given up: never while it still can.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use gimbal::chain::{Chain, ChainError, RpcChain, RpcOptions};
use serde_json::{json, Value};
use solana_message::Hash;

use crate::{
    faults::{Call, Reply},
    script::{connect, instruction, options, payer, signature_of, signed, Cluster, Shared, LIFE, SKIPPED},
};

/// A cluster on which nothing lands and ten blocks pass at each look.
fn deaf() -> Shared {
    Shared::with(|cluster| {
        cluster.lands_after = None;
        cluster.pace = 10;
    })
}

/// Where the chain is, by a node that says it is `higher` blocks further.
fn further(call: &Call, cluster: &Cluster, higher: u64) -> Option<Reply> {
    let told = json!({ "absoluteSlot": cluster.slot() + higher, "blockHeight": cluster.height + higher, "epoch": 0,
        "slotIndex": 0, "slotsInEpoch": 432_000 });
    (call.method == "getEpochInfo").then_some(Reply::Result(told))
}

#[test]
fn after_the_last_block_that_could_hold_it_it_has_expired() {
    let shared = deaf();
    let node = shared.node();
    let mut chain = connect(&[&node]);
    let (hash, last_valid) = chain.blockhash_until().unwrap();
    assert_eq!(last_valid, 10_000 + LIFE);
    let refusal = chain.send(&signed(hash)).unwrap_err();
    assert!(matches!(refusal, ChainError::Expired), "{refusal:?}");
    assert!(shared.get().height > last_valid);
    let heights = node.count("getEpochInfo");
    assert_eq!(heights, 16, "10 blocks at a look: the 16th look is the first above 10,150");
}

#[test]
fn it_is_signed_anew_three_times_at_most_and_only_after_the_end_of_the_one_before() {
    let shared = deaf();
    let node = shared.node();
    let refusal = connect(&[&node]).execute(&payer(), &[instruction()], &[], &[]).unwrap_err();
    assert!(matches!(refusal, ChainError::Expired), "{refusal:?}");
    let mut order: Vec<String> = shared.get().sent.iter().map(|bytes| signature_of(bytes)).collect();
    order.dedup();
    assert_eq!(order.len(), 3, "each goes on until its end, and none comes back");
    assert_eq!(order.iter().collect::<HashSet<_>>().len(), 3);
    assert_eq!(shared.get().blockhashes, 3);
    assert!(shared.get().height > 10_000 + 3 * LIFE, "three lives have passed");
}

#[test]
fn a_node_that_is_too_far_ahead_ends_nothing() {
    let shared = Shared::with(|cluster| cluster.lands_after = Some(9));
    shared.get().pace = 0;
    let liar = shared.node_but(|call, cluster| further(call, cluster, 1_000_000));
    let (one, two) = (shared.node(), shared.node());
    let mut chain = connect(&[&liar, &one, &two]);
    let receipt = chain.execute(&payer(), &[instruction()], &[], &[]).unwrap();
    let different: HashSet<String> = shared.get().sent.iter().cloned().collect();
    assert_eq!(
        (different.len(), shared.get().blockhashes),
        (1, 1),
        "signed once: only one node claims that it is over"
    );
    assert_eq!(shared.get().landed[&receipt.signature.to_string()].1, receipt.slot);
}

#[test]
fn a_blockhash_whose_node_names_too_early_an_end_is_held_good_for_its_whole_life() {
    let shared = Shared::with(|cluster| cluster.pace = 0);
    let early = shared.node_but(|call, cluster| {
        let told = json!({ "context": { "slot": cluster.slot() },
            "value": { "blockhash": bs58::encode([1; 32]).into_string(), "lastValidBlockHeight": 3 } });
        (call.method == "getLatestBlockhash").then_some(Reply::Result(told))
    });
    let late = shared.node_but(|call, cluster| {
        let told = json!({ "context": { "slot": cluster.slot() },
            "value": { "blockhash": bs58::encode([2; 32]).into_string(), "lastValidBlockHeight": u64::MAX } });
        (call.method == "getLatestBlockhash").then_some(Reply::Result(told))
    });
    let (one, two) = (shared.node(), shared.node());
    assert_eq!(connect(&[&early, &one, &two]).blockhash_until().unwrap().1, 10_000 + LIFE);
    assert_eq!(connect(&[&late, &one, &two]).blockhash_until().unwrap().1, 10_000 + LIFE + 50);
}

#[test]
fn it_has_not_expired_while_any_node_knows_it() {
    let shared = deaf();
    let looks = AtomicUsize::new(0);
    // In a block, but not yet confirmed: for 40 looks, then it is.
    let knows = shared.node_but(move |call, cluster| {
        let (bytes, name) = match cluster.sent.first() {
            Some(bytes) => (bytes.clone(), signature_of(bytes)),
            None => return None,
        };
        match call.method.as_str() {
            "getSignatureStatuses" => {
                let settled = looks.fetch_add(1, Ordering::SeqCst) >= 40;
                let status = json!({ "slot": 11_005, "confirmations": 0, "err": null,
                    "confirmationStatus": if settled { "confirmed" } else { "processed" } });
                Some(Reply::Result(json!({ "context": { "slot": cluster.slot() }, "value": [status] })))
            }
            "getTransaction" if looks.load(Ordering::SeqCst) > 40 => {
                assert_eq!(call.params[0], json!(name));
                Some(Reply::Result(json!({
                    "slot": 11_005, "blockTime": 5, "version": 0, "transaction": [bytes, "base64"],
                    "meta": { "err": null, "status": { "Ok": null }, "fee": 5_000, "preBalances": [9], "postBalances": [4] },
                })))
            }
            _ => None,
        }
    });
    let node = shared.node();
    let options = RpcOptions { max_slot_lag: 1_000_000, ..options(&[&knows.url, &node.url]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let (hash, last_valid) = chain.blockhash_until().unwrap();
    let transaction = signed(hash);
    shared.get().height += 1_000;
    assert!(chain.is_lost(&transaction.signatures[0], last_valid), "before it is sent nobody knows it");
    let receipt = chain.send(&transaction).unwrap();
    assert_eq!(receipt.slot, 11_005, "though its life was over long before");
    assert!(!chain.is_lost(&transaction.signatures[0], last_valid));
}

#[test]
fn an_answer_from_an_older_state_does_not_count_as_proof() {
    // Behind one address, one node tells the height and another, far behind, of transactions.
    let shared = deaf();
    shared.get().status_lag = 5;
    let node = shared.node();
    let options = RpcOptions { deadline: Duration::from_secs(2), ..options(&[&node.url]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let transaction = signed(chain.latest_blockhash().unwrap());
    let refusal = chain.send(&transaction).unwrap_err();
    assert!(
        matches!(refusal, ChainError::Unknown { signature } if signature == transaction.signatures[0]),
        "{refusal:?}"
    );
    assert!(!chain.is_lost(&transaction.signatures[0], 10_000 + LIFE));
    shared.get().status_lag = 0;
    assert!(chain.is_lost(&transaction.signatures[0], 10_000 + LIFE));
    assert!(!chain.is_lost(&transaction.signatures[0], 1_000_000_000), "its life is not over");
}

#[test]
fn one_of_two_nodes_is_no_majority_for_an_end() {
    let shared = deaf();
    let (up, down) = (shared.node(), shared.node_but(|_, _| Some(Reply::HangUp)));
    let options = RpcOptions { deadline: Duration::from_secs(2), ..options(&[&up.url, &down.url]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let refusal = chain.execute(&payer(), &[instruction()], &[], &[]).unwrap_err();
    assert!(matches!(refusal, ChainError::Unknown { .. }), "{refusal:?}");
    assert_eq!(shared.get().blockhashes, 1, "never signed anew");
    assert_eq!(shared.get().sent.iter().collect::<HashSet<_>>().len(), 1);
}

#[test]
fn where_nothing_can_be_learnt_the_outcome_is_unknown_and_named() {
    let shared = Shared::with(|cluster| {
        cluster.lands_after = None;
        cluster.pace = 0;
    });
    let node = shared.node();
    let options = RpcOptions { deadline: Duration::from_secs(1), ..options(&[&node.url]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let transaction = signed(chain.latest_blockhash().unwrap());
    let refusal = chain.send(&transaction).unwrap_err();
    let name = transaction.signatures[0].to_string();
    assert_eq!(
        refusal.to_string(),
        format!(
            "it is not known whether the transaction {name} landed: look it up with `solana confirm -v {name}` before \
             you send anything again"
        )
    );
    assert_eq!(shared.get().sent.iter().collect::<HashSet<_>>().len(), 1);
}

#[test]
fn a_node_that_falls_silent_after_the_send_leaves_the_outcome_unknown() {
    let shared = Shared::default();
    let node = shared.node_but(|call, cluster| {
        let gone = !cluster.sent.is_empty() && call.method != "sendTransaction";
        gone.then_some(Reply::HangUp)
    });
    let options = RpcOptions { deadline: Duration::from_secs(1), ..options(&[&node.url]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let refusal = chain.execute(&payer(), &[instruction()], &[], &[]).unwrap_err();
    assert!(matches!(refusal, ChainError::Unknown { .. }), "{refusal:?}");
    assert_eq!(shared.get().blockhashes, 1, "it has landed: a second signature would have done it twice");
    assert_eq!(shared.get().landed.len(), 1);
}

#[test]
fn where_no_node_takes_it_it_was_not_sent() {
    let node = Shared::default().node_but(|call, _| (call.method == "sendTransaction").then(|| Reply::too_many(0)));
    let options = RpcOptions { deadline: Duration::from_secs(1), ..options(&[&node.url]) };
    let mut chain = RpcChain::connect(&options).unwrap();
    let refusal = chain.execute(&payer(), &[instruction()], &[], &[]).unwrap_err();
    assert!(matches!(refusal, ChainError::Unreachable { .. }), "{refusal:?}");
    assert!(refusal.to_string().contains("nothing was sent"), "{refusal}");
    assert!(node.count("sendTransaction") >= 1);
}

#[test]
fn a_blockhash_from_elsewhere_is_followed_to_its_end() {
    let foreign = Hash::new_from_array([200; 32]);
    // Old already: it ends once the nodes had time to learn of it, were it new.
    let shared = deaf();
    shared.get().trial_error = json!("BlockhashNotFound");
    let node = shared.node();
    let refusal = connect(&[&node]).send(&signed(foreign)).unwrap_err();
    assert!(matches!(refusal, ChainError::Expired), "{refusal:?}");
    let old = shared.get().height;
    assert!((10_033..10_100).contains(&old), "{old}");

    // Good for as long as the node says.
    let shared = deaf();
    let node = shared.node_but(|call, cluster| {
        let told = json!({ "context": { "slot": cluster.height + SKIPPED }, "value": cluster.height < 11_000 });
        (call.method == "isBlockhashValid").then_some(Reply::Result(told))
    });
    let refusal = connect(&[&node]).send(&signed(foreign)).unwrap_err();
    assert!(matches!(refusal, ChainError::Expired), "{refusal:?}");
    assert!(shared.get().height > 11_000, "{}", shared.get().height);
    let different: HashSet<String> = shared.get().sent.iter().cloned().collect();
    assert_eq!(different.len(), 1);
}

#[test]
fn the_height_is_the_majoritys() {
    let shared = Shared::with(|cluster| cluster.pace = 0);
    let nodes = [
        shared.node(),
        shared.node_but(|call, cluster| further(call, cluster, 7)),
        shared.node_but(|call, cluster| further(call, cluster, 1 << 40)),
    ];
    assert_eq!(connect(&[&nodes[0], &nodes[1], &nodes[2]]).block_height().unwrap(), 10_007);
    assert_eq!(connect(&[&nodes[0]]).block_height().unwrap(), 10_000);
    let mute = || shared.node_but(|_, _| Some(Reply::Result(Value::Null)));
    assert_eq!(connect(&[&mute(), &mute()]).block_height().unwrap_err().name(), "Unreachable");
}

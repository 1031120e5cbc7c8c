//! Transactions on their way: what is sent, how often, and what is told of it.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use gimbal::chain::{Chain, ChainError, Receipt, RpcChain};
use serde_json::json;
use solana_transaction::TransactionError;

use crate::{
    faults::{Proxy, Reply, Server},
    script::{connect, instruction, payer, signed, Shared, PROGRAM},
};

fn execute(chain: &mut RpcChain) -> Result<Receipt, ChainError> {
    chain.execute(&payer(), &[instruction()], &[], &[])
}

/// That all bytes that were ever sent are those of one transaction.
fn one_transaction(shared: &Shared) {
    let different: HashSet<String> = shared.get().sent.iter().cloned().collect();
    assert_eq!(different.len(), 1, "{different:?}");
}

#[test]
fn a_transaction_that_lands_gives_the_ledgers_receipt() {
    let shared = Shared::default();
    let node = shared.node();
    let mut chain = connect(&[&node]);
    let receipt = execute(&mut chain).unwrap();
    let cluster = shared.get();
    let (name, (_, slot)) = cluster.landed.iter().next().unwrap();
    assert_eq!((receipt.signature.to_string(), receipt.slot), (name.clone(), *slot));
    assert_eq!((receipt.compute_units, receipt.fee), (1_234, 5_000));
    assert_eq!(receipt.logs, ["Program log: hello"]);
    assert_eq!(cluster.sent.len(), 1, "once was enough");
    drop(cluster);
    let calls = node.calls();
    let trial = calls.iter().find(|call| call.method == "simulateTransaction").unwrap();
    assert_eq!(
        (&trial.params[1]["sigVerify"], &trial.params[1]["replaceRecentBlockhash"]),
        (&json!(false), &json!(false))
    );
    let sent = calls.iter().find(|call| call.method == "sendTransaction").unwrap();
    assert_eq!((&sent.params[1]["skipPreflight"], &sent.params[1]["maxRetries"]), (&json!(true), &json!(0)));
    assert_eq!(sent.params[1]["encoding"], json!("base64"));
    // What comes after is never of an older slot.
    chain.get_account(&PROGRAM).unwrap();
    let last = node.calls().pop().unwrap();
    assert_eq!(last.params[1]["minContextSlot"], json!(receipt.slot));
}

#[test]
fn dropped_transactions_are_sent_again_with_the_same_bytes() {
    let shared = Shared::with(|cluster| cluster.lands_after = Some(4));
    let node = shared.node();
    execute(&mut connect(&[&node])).unwrap();
    one_transaction(&shared);
    assert_eq!(shared.get().sent.len(), 4);
    assert_eq!(shared.get().blockhashes, 1, "signed once");
}

#[test]
fn a_connection_that_breaks_after_the_send_does_not_matter() {
    let shared = Shared::default();
    let node = shared.node();
    let proxy = Proxy::start(&node.url);
    proxy.faults().hang_up_after_send = 1;
    execute(&mut connect(&[&proxy.server])).unwrap();
    one_transaction(&shared);
    assert_eq!(shared.get().landed.len(), 1);
}

#[test]
fn lost_and_doubled_deliveries_end_in_one_transaction() {
    let shared = Shared::with(|cluster| cluster.lands_after = Some(2));
    let node = shared.node();
    let proxy = Proxy::start(&node.url);
    *proxy.faults() = crate::faults::Faults { drop_sends: 3, duplicate_sends: true, ..Default::default() };
    execute(&mut connect(&[&proxy.server])).unwrap();
    one_transaction(&shared);
    assert_eq!(shared.get().sent.len(), 2, "three were lost before the node, the fourth came twice");
    assert_eq!(proxy.server.count("sendTransaction"), 4);
}

#[test]
fn a_send_that_is_refused_for_haste_is_sent_later() {
    let shared = Shared::default();
    let refused = AtomicUsize::new(0);
    let node = shared.node_but(move |call, _| {
        let haste = call.method == "sendTransaction" && refused.fetch_add(1, Ordering::SeqCst) < 2;
        haste.then(|| Reply::too_many(0))
    });
    execute(&mut connect(&[&node])).unwrap();
    assert_eq!(shared.get().sent.len(), 1);
    assert_eq!(node.count("sendTransaction"), 3);
}

#[test]
fn all_nodes_get_the_transaction() {
    let shared = Shared::with(|cluster| {
        cluster.lands_after = Some(3);
        cluster.pace = 0;
    });
    let nodes = [shared.node(), shared.node(), shared.node()];
    execute(&mut connect(&[&nodes[0], &nodes[1], &nodes[2]])).unwrap();
    for node in &nodes {
        assert_eq!(node.count("sendTransaction"), 1);
    }
}

#[test]
fn what_fails_the_trial_is_never_sent() {
    let shared = Shared::with(|cluster| {
        cluster.trial_error = json!({ "InstructionError": [0, { "Custom": 6_000 }] });
        cluster.logs =
            vec![format!("Program {PROGRAM} invoke [1]"), format!("Program {PROGRAM} failed: custom program error")];
    });
    let node = shared.node();
    let refusal = execute(&mut connect(&[&node])).unwrap_err();
    let refused = refusal.refused().expect("a refusal");
    assert_eq!((refused.program, refused.compute_units, refused.logs.len()), (Some(PROGRAM), 777, 2));
    assert_eq!(shared.get().sent.len(), 0);
}

#[test]
fn what_fails_on_the_chain_is_told_by_the_ledger() {
    let shared = Shared::with(|cluster| {
        cluster.error = json!({ "InstructionError": [0, { "Custom": 1 }] });
        cluster.logs = vec!["Program log: too late".to_owned()];
    });
    let node = shared.node();
    let refusal = execute(&mut connect(&[&node])).unwrap_err();
    let refused = refusal.refused().expect("a refusal");
    assert_eq!((refused.compute_units, refused.logs.as_slice()), (1_234, &["Program log: too late".to_owned()][..]));
    assert_eq!(refused.program, Some(PROGRAM), "the instruction that failed was sent to it");
    assert_eq!(shared.get().sent.len(), 1, "it is not tried again");
    assert_eq!(shared.get().blockhashes, 1);
}

#[test]
fn what_no_node_passes_on_ends_at_once() {
    let node = Shared::default().node_but(|call, _| {
        (call.method == "sendTransaction").then(|| Reply::error(-32602, "invalid transaction: bad"))
    });
    let refusal = execute(&mut connect(&[&node])).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        format!(
            "the node at {} does not pass the transaction on: to sendTransaction it said 'invalid transaction: bad' \
             (-32602); try another node",
            node.url
        )
    );
    assert_eq!(node.count("sendTransaction"), 1);
}

#[test]
fn a_node_that_tries_it_out_itself_and_refuses_is_decoded() {
    let node = Shared::default().node_but(|call, _| {
        let data = json!({ "err": "AccountNotFound", "logs": [], "unitsConsumed": 0 });
        let error = Reply::Error { code: -32002, message: "Transaction simulation failed".to_owned(), data };
        (call.method == "sendTransaction").then_some(error)
    });
    let refusal = execute(&mut connect(&[&node])).unwrap_err();
    assert_eq!(refusal.refused().unwrap().error, TransactionError::AccountNotFound);
}

#[test]
fn one_that_has_landed_already_is_only_looked_up() {
    let shared = Shared::default();
    let node = shared.node();
    let mut chain = connect(&[&node]);
    let transaction = signed(chain.latest_blockhash().unwrap());
    let first = chain.send(&transaction).unwrap();
    // What it has done may be the very reason why it can not be done again.
    for trial in [json!("AlreadyProcessed"), json!({ "InstructionError": [0, { "Custom": 1 }] })] {
        shared.get().trial_error = trial;
        let again = chain.send(&transaction).unwrap();
        assert_eq!((again.signature, again.slot), (first.signature, first.slot));
    }
    assert_eq!(shared.get().landed.len(), 1);
}

#[test]
fn a_node_that_claims_a_landing_which_the_ledger_lacks_does_not_stop_the_sending() {
    let shared = Shared::with(|cluster| cluster.lands_after = Some(5));
    let claims = AtomicBool::new(false);
    let liar = shared.node_but(move |call, cluster| match call.method.as_str() {
        "sendTransaction" => {
            claims.store(true, Ordering::SeqCst);
            None
        }
        "getSignatureStatuses" if claims.load(Ordering::SeqCst) => Some(Reply::Result(json!({
            "context": { "slot": cluster.slot() },
            "value": [{ "slot": 5, "confirmations": null, "err": null, "confirmationStatus": "finalized" }],
        }))),
        _ => None,
    });
    let receipt = execute(&mut connect(&[&liar])).unwrap();
    assert!(receipt.slot > 5, "the ledger's slot, not the liar's");
    assert_eq!(shared.get().sent.len(), 5);
    one_transaction(&shared);
}

#[test]
fn bytes_are_handed_over_once_to_each_node_without_waiting() {
    let shared = Shared::with(|cluster| cluster.lands_after = None);
    let nodes = [shared.node(), shared.node()];
    let chain = connect(&[&nodes[0], &nodes[1]]);
    let transaction = signed(chain.latest_blockhash().unwrap());
    chain.broadcast(&transaction).unwrap();
    assert_eq!(shared.get().sent.len(), 2);
    assert_eq!(nodes[0].count("getSignatureStatuses") + nodes[1].count("getSignatureStatuses"), 0);

    let known = |text: &'static str| {
        Server::start(move |_| Reply::error(-32002, &format!("Transaction simulation failed: {text}")))
    };
    let known_already = known("This transaction has already been processed");
    connect(&[&known_already]).broadcast(&transaction).unwrap();
    let busy = Server::start(|_| Reply::too_many(60));
    let refusal = connect(&[&busy]).broadcast(&transaction).unwrap_err();
    assert_eq!(refusal.name(), "Unreachable");
}

#[test]
fn statuses_are_asked_in_parts_and_the_furthest_counts() {
    let shared = Shared::default();
    let (behind, ahead) = (
        shared.node_but(|call, cluster| {
            let asked = call.params[0].as_array()?.len();
            let told = json!({ "context": { "slot": cluster.slot() }, "value": vec![json!(null); asked] });
            (call.method == "getSignatureStatuses").then_some(Reply::Result(told))
        }),
        shared.node(),
    );
    let chain = connect(&[&behind, &ahead]);
    let transaction = signed(chain.latest_blockhash().unwrap());
    chain.broadcast(&transaction).unwrap();
    let mut signatures = vec![solana_transaction::Signature::from([3; 64]); 299];
    signatures.push(transaction.signatures[0]);
    let statuses = chain.statuses(&signatures).unwrap();
    assert_eq!(statuses.len(), 300);
    assert!(statuses[..299].iter().all(Option::is_none));
    let status = statuses[299].clone().unwrap();
    assert_eq!((status.error, status.confirmed), (None, true));
    let sizes: Vec<usize> = ahead
        .calls()
        .iter()
        .filter(|call| call.method == "getSignatureStatuses")
        .map(|call| call.params[0].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [256, 44]);
}

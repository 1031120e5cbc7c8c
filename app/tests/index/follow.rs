//! Catching up: complete, once, from wherever it was stopped.

use gimbal::chain::{Chain, Snapshot};
use gimbal::index::{follow, read, watched, IndexError, Indexer};
use gimbal::statement::{reconcile, Period};

use crate::scenario::{dump, indexer, Scenario, CLUSTER};

/// A scenario that has run to its end, with an exit in kind.
fn lived() -> Scenario {
    let mut scenario = Scenario::new();
    scenario.live();
    let shares = scenario.shares(1) / 2;
    scenario.leave_in_kind(1, shares);
    scenario
}

#[test]
fn any_page_gives_the_same_index() {
    let scenario = lived();
    let vault = scenario.vault();
    let mut whole = indexer();
    let new = follow(&scenario.chain, &mut whole, &vault, 10_000).unwrap();
    let expected = dump(whole.database());
    let (all, failed) = read::transactions(whole.database(), &vault).unwrap();
    assert_eq!((usize::try_from(all).unwrap(), failed), (new, 0));
    assert!(new > 40, "{new}");
    for page in [1, 3, 7] {
        let mut other = indexer();
        assert_eq!(follow(&scenario.chain, &mut other, &vault, page).unwrap(), new);
        assert_eq!(dump(other.database()), expected, "pages of {page}");
        // And once more changes nothing.
        assert_eq!(follow(&scenario.chain, &mut other, &vault, page).unwrap(), 0);
        assert_eq!(dump(other.database()), expected);
    }
}

#[test]
fn feeding_transactions_directly_gives_the_same_facts() {
    let scenario = lived();
    let vault = scenario.vault();
    let mut followed = indexer();
    follow(&scenario.chain, &mut followed, &vault, 5).unwrap();
    let mut fed = indexer();
    fed.watch(&scenario.chain, &vault).unwrap();
    let all = scenario.chain.all();
    assert!(fed.record_all(&scenario.chain, &all).unwrap() > 0);
    let facts = |indexer: &mut Indexer| -> Vec<_> {
        // Transactions without events are followed, but not fed: places within a slot may differ, facts may not.
        let database = indexer.database();
        let until = Period::EVER.until;
        let flows = read::flows(database, &vault, until).unwrap();
        let flows = flows
            .into_iter()
            .map(|it| (it.place.signature.clone(), it.place.position, it.kind, it.owner, it.shares, it.assets));
        let charges = read::charges(database, &vault, until).unwrap().len();
        let actions = read::keeper_actions(database, &vault, 0).unwrap().len();
        let changes = read::changes(database, &vault, 0).unwrap().len();
        let prices = read::prices(database, &vault, until).unwrap();
        let prices = prices.into_iter().map(|it| format!("{:?}", (it.source, it.low, it.mid, it.high, it.supply)));
        flows.map(|flow| format!("{flow:?}")).chain(prices).chain([format!("{charges} {actions} {changes}")]).collect()
    };
    assert_eq!(facts(&mut fed), facts(&mut followed));
    let books = |indexer: &mut Indexer| watched(indexer.database(), &vault).unwrap().unwrap().books;
    assert_eq!(books(&mut fed), books(&mut followed));
    // Again, in one piece and one by one: nothing changes.
    let before = dump(fed.database());
    assert_eq!(fed.record_all(&scenario.chain, &all).unwrap(), 0);
    for executed in &all {
        assert_eq!(fed.record(&scenario.chain, executed).unwrap(), 0);
    }
    assert_eq!(dump(fed.database()), before);
}

#[test]
fn a_node_that_goes_away_at_any_moment_loses_nothing() {
    let scenario = lived();
    let vault = scenario.vault();
    let mut whole = indexer();
    let new = follow(&scenario.chain, &mut whole, &vault, 4).unwrap();
    let expected = dump(whole.database());
    let mut broken = indexer();
    let mut recorded = 0;
    let mut attempts = 0_usize;
    while recorded < new {
        // A different number of answers each time, at first too few for a page.
        scenario.chain.answers.set(attempts % 9);
        attempts += 1;
        assert!(attempts < 1_000, "it does not come on");
        let outcome = follow(&scenario.chain, &mut broken, &vault, 4);
        assert!(matches!(outcome, Ok(_) | Err(IndexError::Chain(_))), "{outcome:?}");
        recorded = usize::try_from(read::transactions(broken.database(), &vault).unwrap().0).unwrap();
    }
    assert!(attempts > 10, "{attempts}");
    assert_eq!(dump(broken.database()), expected);
}

#[test]
fn two_indexers_share_a_database() {
    let scenario = lived();
    let vault = scenario.vault();
    let mut alone = indexer();
    follow(&scenario.chain, &mut alone, &vault, 3).unwrap();
    let expected = dump(alone.database());

    let folder = std::env::temp_dir().join(format!("gimbal-index-two-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite:{}", folder.join("index.sqlite").display());
    let all = scenario.chain.all();
    // Each has its own chain to ask, and both write at once.
    let run = |page: usize| {
        let url = url.clone();
        let chain = Snapshot::of_embedded(&scenario.chain.chain);
        let all = all.clone();
        std::thread::spawn(move || {
            let mut indexer = Indexer::open(&url, CLUSTER).unwrap();
            indexer.watch(&chain, &vault).unwrap();
            for part in all.chunks(page) {
                indexer.record_all(&chain, part).unwrap();
            }
        })
    };
    let running = [run(1), run(2), run(5)];
    for one in running {
        one.join().expect("an indexer");
    }
    let mut shared = Indexer::open(&url, CLUSTER).unwrap();
    // What is not told by an event, and the cursors, come by following.
    follow(&scenario.chain, &mut shared, &vault, 3).unwrap();
    let tables = |dump: Vec<(String, Vec<String>)>| -> Vec<(String, usize)> {
        dump.into_iter().map(|(table, rows)| (table, rows.len())).collect()
    };
    assert_eq!(tables(dump(shared.database())), tables(expected));
    let checks = reconcile(&scenario.chain, shared.database(), &vault, true).unwrap();
    assert!(checks.iter().all(|check| check.holds()), "{checks:#?}");
    drop(shared);
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_hole_is_noticed() {
    let scenario = lived();
    let vault = scenario.vault();
    let mut all = scenario.chain.all();
    // The first deposit is lost.
    let lost = all.iter().position(|it| it.receipt.events().iter().any(|event| event.name() == "Deposited")).unwrap();
    all.remove(lost);
    let mut holed = indexer();
    holed.watch(&scenario.chain, &vault).unwrap();
    let outcome = holed.record_all(&scenario.chain, &all);
    let Err(IndexError::Gap { what, .. }) = outcome else { panic!("{outcome:?}") };
    assert!(what.contains("shares before a deposit"), "{what}");
    assert_eq!(read::transactions(holed.database(), &vault).unwrap().0, 0, "all or nothing");
}

#[test]
fn a_node_without_the_whole_history_is_refused() {
    let mut scenario = lived();
    let vault = scenario.vault();
    let listed =
        scenario.chain.all().iter().rev().find(|it| !it.receipt.events().is_empty()).unwrap().receipt.signature;
    scenario.chain.forgotten.set(Some(listed));
    assert!(matches!(follow(&scenario.chain, &mut indexer(), &vault, 50), Err(IndexError::Pruned(it)) if it == listed));
    scenario.chain.forgotten.set(None);

    let creation = scenario
        .chain
        .all()
        .iter()
        .position(|it| it.receipt.events().iter().any(|event| event.name() == "VaultInitialized"));
    scenario.chain.prune(creation.unwrap() + 1);
    let outcome = follow(&scenario.chain, &mut indexer(), &vault, 50);
    assert!(matches!(outcome, Err(IndexError::Beheaded(it)) if it == vault), "{outcome:?}");
}

#[test]
fn another_cluster_is_another_history() {
    let scenario = lived();
    let vault = scenario.vault();
    let file = std::env::temp_dir().join(format!("gimbal-index-cluster-{}.sqlite", std::process::id()));
    let url = format!("sqlite:{}", file.display());
    follow(&scenario.chain, &mut Indexer::open(&url, CLUSTER).unwrap(), &vault, 50).unwrap();
    let outcome = follow(&scenario.chain, &mut Indexer::open(&url, "other").unwrap(), &vault, 50);
    assert!(matches!(outcome, Err(IndexError::OtherCluster { .. })), "{outcome:?}");
    let _ = std::fs::remove_file(&file);
}

#[test]
fn what_failed_is_counted_and_nothing_else() {
    let mut scenario = Scenario::new();
    scenario.deposit(0, 100 * crate::scenario::USDC);
    let vault = scenario.vault();
    let mut known = indexer();
    follow(&scenario.chain, &mut known, &vault, 50).unwrap();
    let (before, flows) = (
        read::transactions(known.database(), &vault).unwrap(),
        read::flows(known.database(), &vault, i64::MAX).unwrap(),
    );
    // More than he has.
    let key = scenario.key(0);
    let signer = scenario.people[0].insecure_clone();
    let wrong = scenario.deployment.vault.redeem(&key, u64::MAX / 2, 0);
    assert!(scenario.chain.execute(&signer, &[wrong], &[], &[]).is_err());
    assert_eq!(follow(&scenario.chain, &mut known, &vault, 50).unwrap(), 1);
    assert_eq!(read::transactions(known.database(), &vault).unwrap(), (before.0 + 1, before.1 + 1));
    assert_eq!(read::flows(known.database(), &vault, i64::MAX).unwrap(), flows);
}

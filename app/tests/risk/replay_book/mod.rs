//! A book derived anew from its instructions, over RPC against a test cluster.

mod world;

pub use world::World;

use anchor_lang::prelude::Pubkey;
use gimbal::decode::events::OracleEvent;
use gimbal::risk::replay::book::{derive, BookReplay, Call, Gathered};
use gimbal::risk::replay::{Hole, ReplayError};
use risk_oracle::state::Book;

/// Derives and holds the report, which has a beginning and no hole in a feed.
fn replay(world: &World, gathered: &Gathered) -> BookReplay {
    derive(&world.book(), gathered).expect("it can be derived")
}

/// What differs, without its values.
fn differences(report: &BookReplay) -> Vec<(Option<String>, String)> {
    report.divergences.iter().map(|one| (one.transaction.clone(), one.what.clone())).collect()
}

/// Places of the inputs of a kind.
fn places(gathered: &Gathered, name: &str) -> Vec<usize> {
    (0..gathered.inputs.len()).filter(|place| gathered.inputs[*place].call.name() == name).collect()
}

fn signature(gathered: &Gathered, place: usize) -> Option<String> {
    Some(gathered.inputs[place].signature.to_string())
}

fn lived() -> (World, Gathered) {
    let mut world = World::new();
    world.live();
    let gathered = world.gathered(None);
    (world, gathered)
}

#[test]
fn the_whole_account_is_derived_from_what_ran() {
    let (world, gathered) = lived();
    let stored = world.stored();
    let report = replay(&world, &gathered);
    assert_eq!((differences(&report), report.holes.as_slice()), (vec![], [].as_slice()));
    assert!(report.same && report.agrees());
    assert_eq!((report.start, report.inputs_hash), ("creation", hex::encode(stored.inputs_hash)));
    // Assessments come through the router alone: the deposit that was put into a line, and two reports.
    let count = |name: &str| report.kinds.get(name).copied().unwrap_or(0);
    assert_eq!((count("assess"), stored.assessments), (3, 3));
    assert_eq!((count("observe"), stored.observations), (5, 5));
    assert_eq!(["create_book", "set_asset", "set_scenario", "set_risk_params"].map(count), [1, 3, 2, 1]);
    assert_eq!(["stress", "sync_contagion", "set_network", "set_line_model"].map(count), [2, 2, 1, 3]);
    assert_eq!(["propose_change", "propose_owner", "accept_owner", "unknown"].map(count), [2, 1, 1, 0]);
    assert_eq!(report.inputs, report.kinds.values().sum::<u64>());
    // Every price of the three feeds leads to their hashes.
    let mut feeds = world.feeds().map(|key| key.to_string());
    feeds.sort();
    let mut read: Vec<&str> = report.feeds.iter().map(|feed| feed.feed.as_str()).collect();
    read.sort_unstable();
    assert_eq!(read, feeds);
    assert!(report.feeds.iter().all(|feed| feed.proven == feed.updates && feed.proven > 3 && feed.unproven == 0));
    let network = &report.networks[0];
    assert_eq!((network.network.as_str(), network.solutions), (world.web.to_string().as_str(), 2));
    assert!(network.holes.is_empty() && network.divergences.is_empty());
    // It was a life in which everything moved.
    assert!(stored.regime.level > 0 && stored.regime.scale_bps < 10_000, "{:?}", stored.regime);
    assert!(stored.models[2].contagion_bps < 10_000, "what failed reaches the third line");
    assert_eq!(stored.models[2].stress_bps[2], 2_000, "all of the third line's new money falls with USDT");
    assert_eq!((stored.change_nonce, stored.roles.owner), (2, world.guardian()));
    assert!(stored.returns.count > 1, "days of residuals: {}", stored.returns.count);
}

/// Seventy days of a vault whose keepers do their work: forecasts, tails, residuals and regimes are all in it.
#[test]
fn the_book_of_a_vault_at_work_is_derived_whole() {
    let mut world = World::new();
    world.days(35, 9);
    let saved = world.save();
    world.days(35, 3);
    let (gathered, stored) = (world.gathered(None), world.stored());
    let report = replay(&world, &gathered);
    assert_eq!((differences(&report), report.agrees()), (vec![], true));
    let count = |name: &str| report.kinds.get(name).copied().unwrap_or(0);
    assert_eq!((count("assess"), count("observe")), (stored.assessments, stored.observations));
    assert_eq!((count("observe"), count("stress")), (1 + 70 + 14, 1 + 2 * 70));
    assert!(count("assess") > 71, "reports, and moves that were judged: {}", count("assess"));
    let told: Vec<_> = gathered.inputs.iter().flat_map(|input| &input.told).collect();
    let changed = told.iter().filter(|event| matches!(event, OracleEvent::RegimeChanged(_))).count();
    assert!(changed > 1, "the regime rose and fell: {changed}");
    assert!(stored.assets[0].variance > 0 && stored.returns.count > 30, "{:?}", stored.assets[0]);
    let report = replay(&world, &world.gathered(Some(&saved)));
    assert_eq!((differences(&report), report.agrees(), report.start), (vec![], true, "snapshot"));
}

/// The trick of two observations in one transaction: each reads the feeds as they were when it ran.
#[test]
fn an_observation_reads_what_ran_before_it_and_nothing_later() {
    let (world, gathered) = lived();
    let observed = places(&gathered, "observe");
    let [first, second] = [observed[2], observed[3]].map(|place| &gathered.inputs[place]);
    assert_eq!(first.signature, second.signature);
    assert!(first.place < second.place);
    // With the two the other way round the hash of neither is what was told.
    let mut swapped = gathered;
    let [one, other] = [observed[2], observed[3]];
    let place = swapped.inputs[one].place;
    swapped.inputs[one].place = swapped.inputs[other].place;
    swapped.inputs[other].place = place;
    let report = replay(&world, &swapped);
    assert!(!report.holes.is_empty() && !report.agrees());
}

#[test]
fn saved_accounts_are_a_beginning() {
    let mut world = World::new();
    let saved = world.save();
    world.live();
    let gathered = world.gathered(Some(&saved));
    let report = replay(&world, &gathered);
    assert_eq!((differences(&report), report.agrees()), (vec![], true));
    assert_eq!(report.start, "snapshot");
    let count = |name: &str| report.kinds.get(name).copied().unwrap_or(0);
    assert_eq!((count("create_book"), count("observe"), count("assess")), (0, 4, 2));
    assert!(report.feeds.iter().all(|feed| feed.start == "snapshot"));
    assert_eq!((report.networks[0].start, report.networks[0].solutions), ("snapshot", 1));
    // A saved state that was not so gives another end.
    let mut forged = world.gathered(Some(&saved));
    forged.start.as_mut().expect("a beginning").0.models[0].depth_mean += 1;
    assert!(!replay(&world, &forged).same);
    let mut forged = world.gathered(Some(&saved));
    let feed = forged.feeds.get_mut(&world.feeds()[0]).expect("the feed of SOL");
    feed.start.as_mut().expect("a beginning").0.engine.jump_window ^= 1;
    let report = replay(&world, &forged);
    assert!(!report.agrees(), "what a feed was is in what the book observed");
}

#[test]
fn a_byte_changed_in_the_account_is_named() {
    let (world, mut gathered) = lived();
    let honest = gathered.stored;
    let mut differs = |forge: &dyn Fn(&mut Book)| {
        gathered.stored = honest;
        forge(&mut gathered.stored);
        let report = replay(&world, &gathered);
        assert!(!report.same && !report.agrees());
        assert_eq!(report.holes, [], "nothing is missing");
        differences(&report)
    };
    let one = |what: &str| vec![(None, what.to_owned())];
    assert_eq!(differs(&|book| book.nav += 1), one("nav"));
    assert_eq!(differs(&|book| book.models[0].depth_days ^= 1), one("model 0's depth days"));
    assert_eq!(differs(&|book| book.assessed_slot += 1), one("assessed slot"));
    assert_eq!(differs(&|book| book.lines[0].exposure ^= 1), one("line 0's exposure"));
    assert_eq!(differs(&|book| book.risks[1].cap -= 1), one("risk 1's cap"));
    assert_eq!(differs(&|book| book.models[0].depth_mean += 1), one("model 0's depth mean"));
    assert_eq!(differs(&|book| book.assets[1].drawdown_bps ^= 1), one("asset 1's drawdown bps"));
    assert_eq!(differs(&|book| book.scenarios[2].shocks_bps[2] += 1), one("scenario 2"));
    assert_eq!(differs(&|book| book.stressed_at[5] += 1), one("stressed at"));
    assert_eq!(differs(&|book| book.regime.venue_since[0] += 1), one("regime's venue since"));
    assert_eq!(differs(&|book| book.figures.value_at_risk += 1), one("figures' value at risk"));
    assert_eq!(differs(&|book| book.returns.rows[0][0] += 1), one("residuals' rows"));
    assert_eq!(differs(&|book| book.params.max_var_bps += 1), one("params"));
    assert_eq!(differs(&|book| book.roles.curator = Pubkey::new_from_array([1; 32])), one("roles"));
    assert_eq!(differs(&|book| book.change_nonce += 1), one("change nonce"));
    assert_eq!(differs(&|book| book.inputs_hash[31] ^= 1), one("inputs hash"));
    assert_eq!(differs(&|book| book._pad[0] = 1), one("bytes without a name"));
}

#[test]
fn a_missing_transaction_is_named_with_its_neighbours() {
    let (world, mut gathered) = lived();
    let observed = places(&gathered, "observe");
    let hole = |gathered: &mut Gathered, place: usize| {
        let input = gathered.inputs.remove(place);
        let report = replay(&world, gathered);
        gathered.inputs.insert(place, input);
        assert!(!report.agrees());
        report
    };
    // The first assessment, which no event tells of: between the scenarios that were worked out last and the next
    // observation.
    let first = places(&gathered, "assess")[0];
    let stressed = places(&gathered, "stress");
    let (after, before) = (signature(&gathered, stressed[0]), signature(&gathered, observed[1]));
    let report = hole(&mut gathered, first);
    assert_eq!(report.holes[0], Hole { after, before });
    // What it was is told as well: the assessments that the account has counted.
    let counted = report.divergences.iter().find(|one| one.what == "assessments").expect("it differs");
    assert_eq!((counted.derived.as_str(), counted.stored.as_str()), ("2", "3"));
    // An asset that was never set: the observation behind it cannot be repeated either.
    let asset = places(&gathered, "set_asset")[1];
    let report = hole(&mut gathered, asset);
    assert!(differences(&report).contains(&(signature(&gathered, observed[0]), "observe".to_owned())));
    assert_eq!(report.holes[0].after, signature(&gathered, 0));
    // The last input of all, behind which nothing tells the hash but the account.
    let last = *places(&gathered, "assess").last().expect("a report");
    let report = hole(&mut gathered, last);
    let after = signature(&gathered, *observed.last().expect("an observation"));
    assert_eq!(report.holes, [Hole { after, before: None }]);
}

#[test]
fn an_event_that_tells_something_else_than_happened_is_noticed() {
    let (world, _) = lived();
    let lies = |name: &str, lie: &dyn Fn(&mut OracleEvent)| {
        let mut gathered = world.gathered(None);
        let place = *places(&gathered, name).last().expect("one of this kind");
        gathered.inputs[place].told.iter_mut().for_each(lie);
        let report = replay(&world, &gathered);
        assert!(report.same && !report.agrees(), "{name}: the account is what it is");
        let differences = differences(&report);
        assert_eq!(differences.len(), 1, "{differences:?}");
        assert_eq!(differences[0].0, signature(&gathered, place));
        differences[0].1.clone()
    };
    let observed = lies("observe", &|event| {
        if let OracleEvent::BookObserved(event) = event {
            event.regime ^= 1;
        }
    });
    assert_eq!(observed, "observation");
    let stressed = lies("stress", &|event| {
        if let OracleEvent::BookStressed(event) = event {
            event.losses[5] -= 1;
        }
    });
    assert_eq!(stressed, "losses of scenarios");
    let synced = lies("sync_contagion", &|event| {
        if let OracleEvent::ContagionSynced(event) = event {
            event.scales_bps[2] += 1;
        }
    });
    assert_eq!(synced, "what contagion leaves");
    // A regime that was told without having changed, and one that changed untold.
    let mut gathered = world.gathered(None);
    let changed = |event: &OracleEvent| matches!(event, OracleEvent::RegimeChanged(_));
    let place = gathered.inputs.iter().position(|input| input.told.iter().any(changed)).expect("it changed");
    gathered.inputs[place].told.retain(|event| !changed(event));
    assert_eq!(differences(&replay(&world, &gathered)), [(signature(&gathered, place), "regime".to_owned())]);
    // A verdict that was not given, a change that was not spent, and somebody who did not sign.
    let mut gathered = world.gathered(None);
    let place = places(&gathered, "assess")[0];
    gathered.inputs[place].returned = Some(vec![1; 12]);
    let raised = *places(&gathered, "set_risk").last().expect("a limit");
    gathered.inputs[raised].told.clear();
    let lowered = places(&gathered, "set_line_model")[2];
    gathered.inputs[lowered].accounts[0] = Pubkey::new_from_array([9; 32]);
    let report = replay(&world, &gathered);
    let names = [(place, "verdict"), (raised, "set_risk"), (lowered, "set_line_model")];
    assert_eq!(differences(&report), names.map(|(place, what)| (signature(&gathered, place), what.to_owned())));
    assert!(report.divergences[1].derived.contains("ChangeRequired"), "{:?}", report.divergences[1]);
    assert!(report.divergences[2].derived.contains("NotGuardian"), "{:?}", report.divergences[2]);
}

#[test]
fn what_the_book_read_must_be_there() {
    let (world, mut gathered) = lived();
    let feed = world.feeds()[0];
    // An update of the feed of SOL in between.
    let steps = &mut gathered.feeds.get_mut(&feed).expect("the feed of SOL").told.steps;
    let update = |event: &OracleEvent| matches!(event, OracleEvent::FeedUpdated(event) if event.updates == 2);
    let place = steps.iter().position(|step| update(&step.event)).expect("the second update");
    let step = steps.remove(place);
    let error = derive(&world.book(), &gathered).expect_err("a hole");
    assert!(matches!(error, ReplayError::Gap { missing: 2, .. }), "{error}");
    assert!(error.to_string().contains(&feed.to_string()) && error.to_string().contains("ask a node"), "{error}");
    let steps = &mut gathered.feeds.get_mut(&feed).expect("the feed of SOL").told.steps;
    steps.insert(place, step);
    // The transaction of an observation is not among the feed's.
    let observed = gathered.inputs[places(&gathered, "observe")[1]].signature;
    let before = &mut gathered.feeds.get_mut(&feed).expect("the feed of SOL").told.before;
    let mark = before.remove(&observed).expect("it is there");
    let error = derive(&world.book(), &gathered).expect_err("a hole").to_string();
    assert!(error.contains(&feed.to_string()) && error.contains(&observed.to_string()), "{error}");
    gathered.feeds.get_mut(&feed).expect("the feed of SOL").told.before.insert(observed, mark);
    // An update of another price than was posted.
    let steps = &mut gathered.feeds.get_mut(&feed).expect("the feed of SOL").told.steps;
    let mut told: Vec<u64> = Vec::new();
    for step in steps.iter_mut() {
        if let OracleEvent::FeedUpdated(event) = &mut step.event {
            told.push(event.price);
            event.price += u64::from(event.updates == 2);
        }
    }
    let report = replay(&world, &gathered);
    let part = report.feeds.iter().find(|part| part.feed == feed.to_string()).expect("the feed of SOL");
    assert_eq!((part.unproven, part.first_unproven), (1, Some(2)));
    assert!(!report.holes.is_empty(), "the book observed another price");
    let steps = &mut gathered.feeds.get_mut(&feed).expect("the feed of SOL").told.steps;
    let mut prices = told.into_iter();
    for step in steps.iter_mut() {
        if let OracleEvent::FeedUpdated(event) = &mut step.event {
            event.price = prices.next().expect("a price");
        }
    }
    // A loss that the network's history does not tell.
    let steps = &mut gathered.networks.get_mut(&world.web).expect("the network").told.steps;
    steps.retain(|step| !matches!(step.event, OracleEvent::LossPosted(_)));
    let report = replay(&world, &gathered);
    assert!(!report.networks[0].holes.is_empty() && !report.holes.is_empty(), "the network's hole, and what it did");
    // An instruction of a later version of the program.
    let last = gathered.inputs.last_mut().expect("a report");
    let call = std::mem::replace(&mut last.call, Call::Unknown);
    let report = replay(&world, &gathered);
    let unknown = report.divergences.iter().find(|one| one.what == "instruction").expect("it is named");
    assert!(unknown.derived.contains("update gimbal") && !report.same, "{unknown:?}");
    assert_eq!(report.kinds["unknown"], 1);
    gathered.inputs.last_mut().expect("a report").call = call;
    // No beginning.
    gathered.inputs.remove(0);
    let error = derive(&world.book(), &gathered).expect_err("no beginning");
    assert!(matches!(error, ReplayError::NoBeginning(key) if key == world.book()), "{error}");
    assert!(error.to_string().contains("--snapshot"), "{error}");
    assert!(!gathered.inputs.iter().any(|input| matches!(input.call, Call::CreateBook(_))));
}

//! A hundred vaults of sixteen lines: nothing is asked for twice, and all that is due is planned.

use std::collections::BTreeMap;

use gimbal::keeper::act;
use gimbal::keeper::plan::{plan, Purse};
use gimbal::keeper::source::Posted;
use gimbal::keeper::watch::{Roster, World};
use gimbal::keeper::{ActionKind, KeeperConfig};

use super::fleet::{Fleet, LINES};

fn config() -> KeeperConfig {
    let mut config = KeeperConfig::new("unused");
    config.profit.obligatory.push(ActionKind::HarvestCash);
    config
}

const PURSE: Purse = Purse { lamports_left: u64::MAX, compute_unit_price: 0 };

#[test]
fn one_call_reads_a_hundred_accounts_whatever_the_number_of_vaults() {
    for vaults in [1_u16, 13, 100] {
        let fleet = Fleet::new(vaults);
        let roster = Roster::discover(&fleet, &config(), &fleet.keeper).unwrap();
        assert!(roster.problems.is_empty(), "{:?}", roster.problems);
        assert_eq!(roster.line_count(), usize::from(vaults) * usize::from(LINES));
        // Registrations, and the changes of three programs.
        assert_eq!(fleet.scans.get(), 4);

        fleet.batches.borrow_mut().clear();
        fleet.single.set(0);
        fleet.scans.set(0);
        let world = World::read(&fleet, &roster, &mut Posted::default()).unwrap();
        assert!(world.problems.is_empty() && !world.outdated, "{:?}", world.problems);
        let (first, then) = (fleet.first_accounts(), fleet.then_accounts());
        let batches = fleet.batches.borrow();
        assert_eq!(batches.iter().sum::<usize>(), first + then, "each account once");
        assert_eq!(batches.len(), first.div_ceil(100) + then.div_ceil(100));
        assert_eq!(world.batches, batches.len());
        assert!(batches.iter().all(|accounts| *accounts <= 100));
        // The heads of the two venues' code, and nothing else.
        assert_eq!((fleet.single.get(), fleet.scans.get()), (2, 0));
    }
}

#[test]
fn all_that_is_due_is_planned_and_nothing_else() {
    let fleet = Fleet::new(100);
    let roster = Roster::discover(&fleet, &config(), &fleet.keeper).unwrap();
    let world = World::read(&fleet, &roster, &mut Posted::default()).unwrap();
    let planned = plan(&world, &config(), &PURSE);
    let mut counts: BTreeMap<ActionKind, usize> = BTreeMap::new();
    for action in &planned.actions {
        *counts.entry(action.kind).or_default() += 1;
    }
    assert!(planned.skipped.is_empty(), "{:?}", planned.skipped);
    assert_eq!(counts, fleet.due());
    let expected = [
        (ActionKind::Refresh, 10 * 16),
        (ActionKind::Rebalance, 10 + 10),
        (ActionKind::Fill, 10),
        (ActionKind::HarvestCash, 10),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    // What is most urgent comes first: tickets wait.
    assert!(planned.actions[..10].iter().all(|action| action.kind == ActionKind::Fill));
    // No two actions are the same work.
    let keys: std::collections::BTreeSet<_> = planned.actions.iter().map(|action| action.key()).collect();
    assert_eq!(keys.len(), planned.actions.len());
}

#[test]
fn every_action_is_in_one_transaction_that_fits() {
    let fleet = Fleet::new(100);
    let roster = Roster::discover(&fleet, &config(), &fleet.keeper).unwrap();
    let world = World::read(&fleet, &roster, &mut Posted::default()).unwrap();
    let actions = plan(&world, &config(), &PURSE).actions;
    let keys: Vec<_> = actions.iter().map(|action| action.key()).collect();
    let packed = act::pack(&fleet, &world, &roster, &mut Posted::default(), actions).unwrap();
    assert!(packed.left.is_empty(), "{:?}", packed.left);
    let done: Vec<_> =
        packed.packages.iter().flat_map(|package| &package.completes).map(|action| action.key()).collect();
    assert_eq!(done, keys, "each once, in the plan's order");
    for package in &packed.packages {
        assert_eq!(package.parts.iter().sum::<usize>(), package.instructions.len());
        let message = gimbal::transaction::compile(
            &fleet.keeper,
            &gimbal::bundle::with_budget(&package.instructions),
            &package.tables,
            Default::default(),
        );
        let signed = solana_transaction::versioned::VersionedTransaction {
            signatures: vec![Default::default()],
            message: message.unwrap(),
        };
        gimbal::transaction::check_limits(&signed).unwrap();
    }
    // Two valuations of a line's venue and the line fit easily; sixteen lines do not take sixteen transactions.
    let refreshing = packed.packages.iter().filter(|package| package.completes[0].kind == ActionKind::Refresh).count();
    assert!(refreshing <= 10 * 16 / 2, "{refreshing}");
}

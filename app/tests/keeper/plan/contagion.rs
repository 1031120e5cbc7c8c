//! The network that books follow: solved once for all of them, then taken over by each.

use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use gimbal::chain::Chain;
use gimbal::instructions::{network, oracle};
use gimbal::keeper::plan::{plan, Plan};
use gimbal::keeper::watch::{nonce, VaultSite, World};
use gimbal::keeper::{ActionKey, ActionKind, KeeperConfig, Urgency};
use gimbal::readers;
use gimbal::setup::lines::label;
use risk_oracle::state::{Network, NetworkParams, Scores};
use risk_oracle::{CreateNetworkArgs, PostLossArgs, SetLineModelArgs, SetPosterArgs, SetProtocolArgs};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::bench::*;
use super::risk::{book, modelled, NONE};

/// Half of the age at which a solution counts as all lost: two days.
const HALF: u64 = 86_400;

fn solution(bench: &Bench, at: &Pubkey) -> Network {
    readers::read(&bench.chain, at).expect("the network")
}

fn poster() -> Keypair {
    Keypair::new_from_array([77; 32])
}

/// Says that a line lies in the network's protocol.
fn place(bench: &mut Bench, line: u16) {
    let owner = bench.deployment.actors.owner.insecure_clone();
    let of = bench.deployment.vault.addresses.book;
    let model = SetLineModelArgs { line, asset: NONE, protocol: 0, scaled: true };
    bench.send(&[oracle::set_line_model(&owner.pubkey(), &of, model)], &[&owner]);
}

/// A book that follows a solved network of one protocol without a known risk; line 1 lies there.
fn following() -> (Bench, Pubkey) {
    let mut bench = modelled();
    let (owner, payer) = (bench.deployment.actors.owner.insecure_clone(), bench.deployment.actors.payer.pubkey());
    let (key, of) = (owner.pubkey(), bench.deployment.vault.addresses.book);
    let at = network::network_address(&key, 1);
    let none = Pubkey::default();
    let create = CreateNetworkArgs { id: 1, curator: none, guardian: none, params: NetworkParams::DEFAULT };
    let scores = Scores { audits: 0, age: 0, upgradeability: 0, incidents: 0, size: 0 };
    let lender = SetProtocolArgs { index: 0, label: label("lender"), program: none, scores, loss_bps: 0 };
    let setup = [
        network::create_network(&key, &payer, create),
        network::set_protocol(&key, &at, lender),
        network::set_poster(&key, &at, SetPosterArgs { place: 0, key: poster().pubkey() }),
        network::solve_contagion(&at, Some(&key)),
        network::set_network(&key, &of, &at),
    ];
    for instruction in setup {
        bench.send(&[instruction], &[&owner]);
    }
    place(&mut bench, 1);
    (bench, at)
}

/// Lets time pass until the network's solution is `age` seconds old.
fn age(bench: &mut Bench, at: &Pubkey, age: u64) {
    let now = bench.chain.clock().unwrap().unix_timestamp;
    let since = u64::try_from(now - solution(bench, at).solved_at).unwrap();
    bench.pass(age - since);
}

/// Two vaults of the same network, the second a copy of the first under another address.
fn twice(world: &World) -> World {
    let mut world = world.clone();
    let mut other = world.vaults[0].clone();
    let mut site: VaultSite = (*other.site).clone();
    site.context.addresses.vault = Pubkey::new_from_array([9; 32]);
    other.site = Arc::new(site);
    world.vaults.push(other);
    world
}

fn of_kind(plan: &Plan, kind: ActionKind) -> Vec<ActionKey> {
    plan.actions.iter().filter(|action| action.kind == kind).map(|action| action.key()).collect()
}

#[test]
fn both_are_obligatory_where_the_operator_says_nothing() {
    let config = KeeperConfig::new("unused");
    assert!(config.is_obligatory(ActionKind::Solve) && config.is_obligatory(ActionKind::Sync));
}

#[test]
fn without_a_network_nothing_is_read_or_due() {
    let bench = modelled();
    let world = bench.world(0);
    assert!(world.networks.is_empty() && world.vaults[0].network().is_none());
    assert!(!bench.plans(ActionKind::Solve, None) && !bench.plans(ActionKind::Sync, None));
}

#[test]
fn the_network_is_one_account_more_of_the_same_batch() {
    let (bench, at) = following();
    let world = bench.world(0);
    assert!(world.problems.is_empty() && !world.outdated, "{:?}", world.problems);
    assert_eq!(world.networks.keys().collect::<Vec<_>>(), [&at]);
    assert_eq!(world.batches, 1);
    // A roster from before the book followed it is made anew.
    let mut roster = bench.roster(0);
    let mut site = (*roster.vaults[0]).clone();
    site.network = None;
    roster.vaults[0] = Arc::new(site);
    let world = World::read(&bench.chain, &roster, &mut gimbal::keeper::source::Posted::default()).unwrap();
    assert!(world.outdated && world.networks.is_empty());
    let skipped = plan(&world, &bench.config, &bench.purse).skipped;
    let reason = skipped.iter().find(|skipped| skipped.kind == ActionKind::Sync).map(|skipped| &skipped.reason);
    assert_eq!(reason, Some(&format!("its network {at} could not be read")));
}

#[test]
fn a_solution_that_stands_is_only_taken_over() {
    let (mut bench, at) = following();
    assert_eq!(book(&bench).contagion_at, 0);
    assert!(!bench.plans(ActionKind::Solve, None));
    let sync = bench.action(ActionKind::Sync);
    assert_eq!((sync.urgency, sync.needs.len(), sync.obligatory), (Urgency::Soon, 0, true));
    assert_eq!(sync.reason, format!("its network {at} was solved after what the book knows"));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(book(&bench).contagion_at, solution(&bench, &at).solved_at);
    let moved = nonce(&bench.world(0), &sync.key()).unwrap();
    assert_eq!(moved, solution(&bench, &at).solved_at.unsigned_abs());
    assert_ne!(moved, sync.nonce);
    bench.rest();
    assert!(!bench.plans(ActionKind::Solve, None) && !bench.plans(ActionKind::Sync, None));
}

#[test]
fn a_solution_is_renewed_when_it_is_older_than_half_of_what_it_counts_for() {
    let (mut bench, at) = following();
    bench.settle(0);
    age(&mut bench, &at, HALF);
    assert!(!bench.plans(ActionKind::Solve, None) && !bench.plans(ActionKind::Sync, None));
    bench.pass(1);
    let (solve, sync) = (bench.action(ActionKind::Solve), bench.action(ActionKind::Sync));
    assert_eq!((solve.urgency, sync.urgency), (Urgency::Routine, Urgency::Routine));
    assert_eq!(solve.reason, "it was solved 86401 s ago of at most 172800");
    assert_eq!(solve.key(), ActionKey { kind: ActionKind::Solve, subject: at, line: None });
    assert_eq!((solve.nonce, solve.vault, &sync.needs), (1, bench.vault_key(), &vec![solve.key()]));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    let (solved, now) = (solution(&bench, &at), bench.world(0).now);
    assert_eq!((solved.solves, solved.solved_at, book(&bench).contagion_at), (2, now, now));
    assert_eq!(nonce(&bench.world(0), &solve.key()), Some(2));
    bench.settle(0);
    assert!(!bench.plans(ActionKind::Solve, None) && !bench.plans(ActionKind::Sync, None));
}

#[test]
fn one_that_counts_no_more_is_renewed_soon() {
    let (mut bench, at) = following();
    bench.settle(0);
    age(&mut bench, &at, 2 * HALF + 1);
    let solve = bench.action(ActionKind::Solve);
    assert_eq!(
        (solve.urgency, solve.reason.as_str()),
        (Urgency::Soon, "it was solved 172801 s ago and counts for 172800")
    );
}

#[test]
fn an_input_that_has_moved_is_solved_at_once_and_cuts_the_line() {
    let (mut bench, at) = following();
    bench.settle(0);
    assert_eq!(book(&bench).models[0].contagion_bps, 10_000);
    bench.pass(60);
    let observed_at = bench.world(0).now;
    let loss = PostLossArgs { protocol: 0, bps: 5_000, observed_at };
    bench.send(&[network::post_loss(&poster().pubkey(), &at, loss)], &[&poster()]);
    let solve = bench.action(ActionKind::Solve);
    assert_eq!(solve.urgency, Urgency::Soon);
    assert_eq!(solve.reason, "its inputs have moved since it was solved");
    assert_eq!(bench.action(ActionKind::Sync).needs, [solve.key()]);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    // Half of it is lost: half of the caps is left.
    assert_eq!(book(&bench).models[0].contagion_bps, 5_000);
    assert_eq!(book(&bench).contagion_at, bench.world(0).now);
    bench.rest();
    assert!(!bench.plans(ActionKind::Solve, None) && !bench.plans(ActionKind::Sync, None));
}

#[test]
fn vaults_that_share_a_network_have_it_solved_once() {
    let (mut bench, at) = following();
    bench.settle(0);
    age(&mut bench, &at, HALF + 1);
    let world = twice(&bench.world(0));
    let planned = plan(&world, &bench.config, &bench.purse);
    let solve = ActionKey { kind: ActionKind::Solve, subject: at, line: None };
    assert_eq!(of_kind(&planned, ActionKind::Solve), [solve]);
    let syncs = of_kind(&planned, ActionKind::Sync);
    assert_eq!(syncs.len(), 2);
    assert_ne!(syncs[0].subject, syncs[1].subject);
    let places = |kind| planned.actions.iter().enumerate().filter(move |(_, action)| action.kind == kind);
    let solved = places(ActionKind::Solve).map(|(place, _)| place).max().unwrap();
    for (place, sync) in places(ActionKind::Sync) {
        assert!(place > solved && sync.needs == [solve]);
    }
}

#[test]
fn who_does_not_want_to_sync_does_not_solve_and_who_does_pays_for_both() {
    let (mut bench, at) = following();
    bench.settle(0);
    age(&mut bench, &at, HALF + 1);
    bench.config.profit.obligatory.retain(|kind| *kind != ActionKind::Solve);
    assert!(bench.plans(ActionKind::Solve, None) && bench.plans(ActionKind::Sync, None));
    bench.config.profit.obligatory.retain(|kind| *kind != ActionKind::Sync);
    assert!(!bench.plans(ActionKind::Solve, None) && !bench.plans(ActionKind::Sync, None));
}

#[test]
fn a_book_that_is_set_back_is_new_work() {
    let (mut bench, _) = following();
    let first = bench.action(ActionKind::Sync).nonce;
    bench.settle(0);
    assert!(!bench.plans(ActionKind::Sync, None));
    // Another line lies there too: what it may take is not known, whatever was taken over before.
    place(&mut bench, 2);
    assert_eq!(book(&bench).contagion_at, 0);
    // A journal that has the first one as done must not take this one for it.
    assert_ne!(bench.action(ActionKind::Sync).nonce, first);
    bench.settle(0);
    assert!(book(&bench).contagion_at > 0 && !bench.plans(ActionKind::Sync, None));
}

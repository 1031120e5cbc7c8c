//! `gimbal verify`: a vault with everything on holds, and whatever is changed behind the programs' back is found and named.

use anchor_lang::{prelude::Pubkey, Owner, ZeroCopy};
use gimbal::chain::Snapshot;
use gimbal::instructions::router;
use gimbal::setup::keys::keypair;
use gimbal::verify::{verify, Check, Options, Report, Status};
use gimbal_tests::*;
use strategy_router::state::Ledger;
use vault::state::{FeesArgs, Vault, VaultLimitsArgs};

mod book;
mod budgets;
mod corruptions;
mod engines;
mod holds;
mod keys;
mod network;
mod pins;
mod random;
mod rpc;

/// A vault in the middle of its life.
struct Busy {
    fx: Fixture,
    alice: User,
    bob: User,
}

/// Three lines, fees, limits, keepers' pay, queued changes, and a ticket in each state:
///
/// | ticket | whose | state |
/// |---|---|---|
/// | 0 | bob | filled, not claimed |
/// | 1 | carol | paid in part, then cancelled, not claimed |
/// | 2 | alice | passed |
/// | 3, 4 | bob, alice | open |
fn busy() -> Busy {
    let mut plan = Plan::default();
    // The first user of a fixture is who the fees are for.
    let manager = keypair(plan.seed, "test user", 0).pubkey();
    plan.fees =
        FeesArgs { recipient: manager, management_bps: 100, performance_bps: 1_000, entry_bps: 10, exit_bps: 5 };
    plan.terms = VaultLimitsArgs {
        outflow_bps: 2_000,
        speed_up_bps: 1_000,
        speed_down_bps: 1_000,
        ticket_deadline: 3 * 86_400,
        ..VaultLimitsArgs::default()
    };
    let mut fx = Fixture::from_plan(plan);
    assert_eq!(fx.depositor(0).pubkey(), manager);
    let [alice, bob, carol] = [0; 3].map(|_| fx.depositor(200_000 * USDC));
    for user in [&alice, &bob, &carol] {
        fx.vault().deposit(user, 100_000 * USDC, 0).unwrap();
    }
    for place in 0..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    let keeper = fx.router().keeper(0);
    fx.router().collect_pay(&keeper).unwrap();
    fx.pass(2 * DAY);
    fx.vault().crystallise().unwrap();
    fx.vault().collect_fees(&manager).unwrap();
    fx.pass(DAY);
    fx.vault().crystallise().unwrap();
    fx.vault().redeem(&alice, 5_000 * USDC, 0).unwrap();

    fx.vault().request_redeem(&bob, 3_000 * USDC).unwrap();
    fx.pass(30);
    fx.vault().request_redeem(&carol, 80_000 * USDC).unwrap();
    fx.pass(30);
    fx.vault().request_redeem_at_least(&alice, 10_000 * USDC, 20_000 * USDC).unwrap();
    fx.pass(30);
    fx.vault().request_redeem(&bob, 2_000 * USDC).unwrap();
    fx.vault().fill_tickets(2).unwrap();
    fx.vault().cancel(&carol, 1).unwrap();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().recall(&guardian, 0, 1_000 * USDC).unwrap();
    fx.vault().fill_tickets(2).unwrap();
    fx.pass(30);
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();

    queue_changes(&mut fx);
    fx.pass(600);
    Busy { fx, alice, bob }
}

/// Changes of the vault (one waits, one was vetoed), the ledger (two), the book and a feed.
fn queue_changes(fx: &mut Fixture) {
    let deployment = fx.deployment.clone();
    let (owner, guardian) = (deployment.actors.owner.pubkey(), deployment.actors.guardian.insecure_clone());
    let (vault, ledger) = (deployment.vault, deployment.vault.addresses.ledger);
    let (vaults, ledgers) = (fx.vault_queue(), fx.ledger_queue());

    let fees = FeesArgs { management_bps: 200, ..deployment.plan.fees };
    fx.propose(vaults, &vault.set_fees(&owner, fees)).unwrap();
    fx.propose(vaults, &vault.set_curator(&owner, &vault.addresses.vault)).unwrap();
    fx.send(&[vaults.veto(&guardian.pubkey(), 1)], &[&guardian]).unwrap();

    let mut limits = deployment.plan.limits;
    limits.max_valuation_age += 1;
    fx.propose(ledgers, &router::set_limits(&owner, &ledger, limits)).unwrap();
    let swapped = &deployment.lines[2].context;
    let slots = router::CodeSlots::read(&fx.chain, swapped).unwrap();
    let approve = router::approve_venue(&owner, &ledger, swapped, slots);
    fx.propose(ledgers, &approve).unwrap();

    let book = fx.book_queue();
    let raise = risk_oracle::SetLineRiskArgs { line: 1, risks: [0, 1, 255, 255], cap_bps: 10_000, cap: u64::MAX };
    fx.propose(book, &gimbal::instructions::oracle::set_line_risk(&owner, &vault.addresses.book, raise)).unwrap();
    let base = deployment.feeds.get(Asset::Base).key;
    let mut params = fx.feed(Asset::Base).params();
    params.max_age += 1;
    let loosen = gimbal::instructions::oracle::set_feed_params(&owner, &base, params);
    fx.propose(fx.feed_queue(Asset::Base), &loosen).unwrap();
}

fn key(fx: &Fixture) -> Pubkey {
    fx.deployment.vault.addresses.vault
}

fn report(fx: &Fixture) -> Report {
    verify(&fx.chain, &key(fx), &Options::default()).unwrap()
}

/// Short names of the broken checks.
fn broken(fx: &Fixture) -> Vec<String> {
    report(fx).ended(Status::Broken).map(|check| check.name.clone()).collect()
}

/// Short names of the checks worth a look.
fn noted(fx: &Fixture) -> Vec<String> {
    report(fx).ended(Status::Noted).map(|check| check.name.clone()).collect()
}

/// The check of this name.
fn named(report: &Report, name: &str) -> Check {
    let found = report.checks.iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("no check {name} among {:#?}", report.checks)).clone()
}

/// Changes an account of the suite behind the programs' back.
fn alter<T: ZeroCopy + Owner>(fx: &mut Fixture, key: &Pubkey, change: impl FnOnce(&mut T)) {
    let mut state: T = fx.read(key);
    change(&mut state);
    let mut account = fx.chain.require_account(key).unwrap();
    let body = account.data.len() - core::mem::size_of::<T>();
    account.data[body..].copy_from_slice(bytemuck::bytes_of(&state));
    fx.chain.set_account(key, account).unwrap();
}

fn alter_vault(fx: &mut Fixture, change: impl FnOnce(&mut Vault)) {
    let key = key(fx);
    alter(fx, &key, change);
}

fn alter_ledger(fx: &mut Fixture, change: impl FnOnce(&mut Ledger)) {
    let key = fx.deployment.vault.addresses.ledger;
    alter(fx, &key, change);
}

/// Changes the bytes of any account.
fn alter_bytes(fx: &mut Fixture, key: &Pubkey, change: impl FnOnce(&mut Vec<u8>)) {
    let mut account = fx.chain.require_account(key).unwrap();
    change(&mut account.data);
    fx.chain.set_account(key, account).unwrap();
}

fn snapshot(fx: &Fixture) -> Snapshot {
    Snapshot::of_embedded(&fx.chain).for_vault(key(fx))
}

//! The demo's whole history: the statements of everybody agree with the chain, with the run's own record, and with what
//! lies in every wallet.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::Mode;
use gimbal::demo::{chain_world::ChainWorld, engine, engine::Record};
use gimbal::identities;
use gimbal::index::{read, Indexer};
use gimbal::prices::generate;
use gimbal::readers;
use gimbal::setup::keys::keypair;
use gimbal::statement::{self, history, reconcile, Period, Statement};
use gimbal::verify::{verify, Options, Status};
use solana_signer::Signer;

const SEED: u64 = 5;
const DAYS: u32 = 365;
const PEOPLE: usize = 20;

/// A year with twenty people, indexed while it ran.
fn year() -> (ChainWorld, Record, Indexer) {
    let path = generate(SEED, DAYS);
    let people = engine::depositors(SEED, PEOPLE);
    let indexer = Indexer::open("sqlite::memory:", "demo").expect("an index");
    let mut world = ChainWorld::indexed(Mode::Native, SEED, &people, &path.days, indexer).expect("a world");
    let record = engine::run(&mut world, &path, SEED, PEOPLE, &mut |_| {}).expect("a run");
    let indexer = world.finish_index().expect("written").expect("an index");
    (world, record, indexer)
}

#[test]
fn a_years_statements_reconcile_to_the_unit() {
    let (world, record, mut indexer) = year();
    let vault = world.vault_key();
    let database = indexer.database();

    let checks = reconcile(world.chain(), database, &vault, true).expect("compared");
    assert!(checks.len() >= 25 && checks.iter().all(|check| check.holds()), "{checks:#?}");
    // The accounts that these were compared with are sound themselves.
    assert!(identities::check(world.chain(), &vault).unwrap().iter().all(|identity| identity.holds()));
    let report = verify(world.chain(), &vault, &Options::default()).expect("verified");
    assert!(!report.checks.iter().any(|check| check.status == Status::Broken && !check.name.starts_with("programs")));

    let statements = statement::all(database, &vault, &Period::EVER).expect("statements");
    let owner = |index: usize| keypair(SEED, "depositor", index as u64).pubkey();
    let of = |key: &Pubkey| statements.iter().find(|it| it.owner == key.to_string());
    let people = engine::depositors(SEED, PEOPLE);
    let mut with_flows = 0;
    for (index, (account, person)) in record.depositors.iter().zip(&people).enumerate() {
        let key = owner(index);
        let wallet = world_balance(&world, &key);
        let Some(statement) = of(&key) else {
            assert_eq!((account.deposited, wallet), (0, person.endowment));
            continue;
        };
        with_flows += 1;
        // What the run counted for itself, action by action.
        let totals = &statement.totals;
        assert_eq!(totals.deposited.base_units, account.deposited, "depositor {index}");
        let out = totals.redeemed.base_units + totals.claimed.base_units;
        assert_eq!(out, account.withdrawn, "depositor {index}");
        let shares = statement.closing.shares.base_units + statement.closing.escrowed.base_units;
        assert_eq!(shares, account.shares, "depositor {index}");
        // And what lies in the wallet.
        assert_eq!(wallet, person.endowment + out - account.deposited, "depositor {index}");
        // The run divides NAV by shares, the statement by the share formula with its virtual million: less than a
        // millionth of the value lies between them where the pool is large.
        let difference = statement.closing.value_mid.base_units.abs_diff(account.value);
        assert!(difference <= account.value / 100_000 + 2, "depositor {index}: {difference} of {}", account.value);
    }
    assert!(with_flows >= PEOPLE / 2);
    fees_are_borne(&statements, database, &vault);
    days_are_told(&record, database, &vault);
    mids_agree(database, &vault);
}

fn world_balance(world: &ChainWorld, key: &Pubkey) -> u64 {
    let vault: vault::state::Vault = readers::read(world.chain(), &world.vault_key()).expect("the vault");
    let account = gimbal::instructions::token::associated(key, &vault.base_mint, &vault.base_token_program);
    readers::balance(world.chain(), &account).expect("a balance")
}

/// Everybody bears something of the management fee, and the recipient gets shares for it.
fn fees_are_borne(statements: &[Statement], database: &mut gimbal::index::Database, vault: &Pubkey) {
    let charged: u64 = read::charges(database, vault, i64::MAX).unwrap().iter().map(|it| it.management).sum();
    let borne: u64 = statements.iter().map(|it| it.fees.management.base_units).sum();
    // What fell on accrued fee shares is small, and nobody's.
    assert!(borne <= charged && charged - borne < charged / 100, "{borne} of {charged}");
    assert!(statements.iter().any(|it| it.totals.fee_shares.base_units > 0));
}

/// The history's last price of each day is the run's own point of that day.
fn days_are_told(record: &Record, database: &mut gimbal::index::Database, vault: &Pubkey) {
    let told = history::history(database, vault, None).unwrap();
    assert_eq!(told.apy.iter().map(|apy| apy.days).collect::<Vec<_>>(), [1, 7, 30, 90]);
    let days = &told.days[told.days.len() - record.points.len()..];
    for (day, point) in days.iter().zip(&record.points).take(record.points.len() - 1) {
        assert!(
            (day.share_price - point.share_price).abs() < 1e-9,
            "{}: {} and {}",
            day.date,
            day.share_price,
            point.share_price
        );
        assert_eq!(day.nav.base_units, point.nav[1], "{}", day.date);
    }
    let deposited: u64 = days.iter().map(|day| day.deposited.base_units).sum();
    assert_eq!(deposited, record.depositors.iter().map(|it| it.deposited).sum::<u64>());
}

/// The mid that events tell is the mid of the accounts, except where a harvest has revalued a line on the way.
fn mids_agree(database: &mut gimbal::index::Database, vault: &Pubkey) {
    use gimbal::index::rows::PriceSource;
    let points = read::prices(database, vault, i64::MAX).unwrap();
    let actions = read::keeper_actions(database, vault, 0).unwrap();
    let harvests: Vec<u64> = actions.iter().filter(|it| it.kind == "harvest").map(|it| it.place.slot).collect();
    let mut by_events = None;
    let (mut compared, mut since) = (0, 0);
    for point in &points {
        match (point.source, point.mid) {
            (PriceSource::Events, mid) => by_events = mid,
            (PriceSource::Accounts, mid) => {
                let harvested = harvests.iter().any(|slot| (since..=point.place.slot).contains(slot));
                if let (Some(told), Some(read), false) = (by_events, mid, harvested) {
                    assert_eq!(told, read, "at {}", point.place.time);
                    compared += 1;
                }
                since = point.place.slot;
            }
            _ => {}
        }
    }
    assert!(compared > 1_000, "{compared}");
}

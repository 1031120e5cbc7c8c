//! A line that is added when money is in the vault: proposed by one run, applied by another after its wait.

use gimbal::bundle::Suite;
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::changes::Queue;
use gimbal::instructions::router;
use gimbal::readers;
use gimbal::setup::tokens;
use risk_oracle::Book;
use solana_signer::Signer;
use strategy_router::Ledger;

use super::support::*;

/// Two days and a minute: the wait, and what the runs take.
pub const WAIT: u64 = 2 * 86_400 + 60;

/// A vault of the README's file with money in it, some of it invested, so that ledger and book are in use.
fn live() -> World {
    live_of(&text())
}

/// The same of another file.
pub fn live_of(config: &str) -> World {
    let mut world = World::new();
    world.migrate(config).unwrap();
    let (setup, owner, keeper) = (world.setup(config), made_up("owner.json"), made_up("keeper-1.json"));
    let genesis = &world.genesis;
    tokens::issue(&mut world.chain, &genesis.actors, &genesis.base, &owner.pubkey(), 1_000 * USDC).unwrap();
    let suite = Suite::read(&world.chain, &setup.vault.addresses.vault).unwrap();
    let tables: Vec<_> = setup.vault.lookup_table(&world.chain).unwrap().into_iter().collect();
    let flow = [
        setup.vault.create_share_account(&owner.pubkey(), &owner.pubkey()),
        setup.vault.deposit(&owner.pubkey(), 1_000 * USDC, 0),
    ];
    suite.execute(&mut world.chain, &owner, &flow, &[], &tables).unwrap();
    let invest = [router::rebalance(&setup.vault, &suite.lines[0].context, &keeper.pubkey())];
    suite.execute(&mut world.chain, &owner, &invest, &[&keeper], &tables).unwrap();
    world
}

/// The README's file with a fourth line, in the second market once more, and a third keeper.
fn with_fourth_line() -> String {
    let mut config = edited(&[("\"keeper-2.json\"]", "\"keeper-2.json\", \"keeper-3.json\"]")]);
    let start = config.find("[[lines]]\nname = \"usdc-2\"").unwrap();
    let end = config.find("[[lines]]\nname = \"usdt\"").unwrap();
    // Σ targets stay below one, and a cap that no budget of the others needs.
    let fourth = config[start..end].replace("usdc-2", "usdc-3").replace("target_bps = 3600", "target_bps = 300");
    config.push('\n');
    config.push_str(&fourth);
    config
}

#[test]
fn it_is_proposed_then_waits_then_is_added() {
    let mut world = live();
    let config = with_fourth_line();
    let printed = world.migrate(&config).unwrap();
    let waits = |printed: &str, step: &str| {
        let told = printed.lines().find(|line| line.starts_with(&format!("waits: {step}: change 0 of")));
        told.unwrap_or_else(|| panic!("{step} waits in\n{printed}")).to_owned()
    };
    assert!(waits(&printed, "line 4 usdc-3").contains("run this again from 2026-01-0"), "{printed}");
    waits(&printed, "limits of line 4");
    // What need not wait is done.
    let setup = world.setup(&config);
    let keeper = setup.vault.base_account(&made_up("keeper-3.json").pubkey());
    assert_eq!(readers::token_account(&world.chain, &keeper).unwrap().amount, 0);

    let mut watched = Watched::new(&mut world.chain);
    let printed = migrate(&mut watched, &config, &world.files).unwrap();
    assert_eq!(watched.sent, 0, "nothing is proposed twice");
    waits(&printed, "line 4 usdc-3");

    world.chain.warp(WAIT).unwrap();
    let printed = world.migrate(&config).unwrap();
    assert!(!printed.contains("waits"), "{printed}");
    let ledger: Ledger = readers::read(&world.chain, &setup.vault.addresses.ledger).unwrap();
    assert_eq!((ledger.line_count, ledger.lines[3].id, ledger.lines[3].target_bps), (4, 4, 300));
    let book: Book = readers::read(&world.chain, &setup.vault.addresses.book).unwrap();
    assert_eq!(book.line(4).unwrap().cap, 5_000_000 * USDC);
    assert!(world.is_complete(&config));
}

#[test]
fn a_veto_is_not_overruled() {
    let mut world = live();
    let config = with_fourth_line();
    world.migrate(&config).unwrap();
    let ledger = world.setup(&config).vault.addresses.ledger;
    let (owner, guardian) = (made_up("owner.json"), made_up("guardian.json"));
    let veto = Queue::Ledger(ledger).veto(&guardian.pubkey(), 0);
    world.chain.execute(&owner, &[veto], &[&guardian], &[]).unwrap();

    let mut watched = Watched::new(&mut world.chain);
    let refused = migrate(&mut watched, &config, &world.files).unwrap_err();
    assert!(refused.to_string().contains("one step is blocked"), "{refused}");
    assert_eq!(watched.sent, 0);

    let close = Queue::Ledger(ledger).close(&owner.pubkey(), 0);
    world.chain.execute(&owner, &[close], &[], &[]).unwrap();
    let printed = world.migrate(&config).unwrap();
    assert!(printed.contains("waits: line 4 usdc-3: change 1 of"), "{printed}");
}

#[test]
fn what_expired_is_proposed_again() {
    let mut world = live();
    let config = with_fourth_line();
    world.migrate(&config).unwrap();
    // Seven days after its wait nothing can come of a change.
    world.chain.warp(WAIT + 7 * 86_400).unwrap();
    let printed = world.migrate(&config).unwrap();
    assert!(printed.contains("waits: line 4 usdc-3: change 1 of"), "{printed}");
}

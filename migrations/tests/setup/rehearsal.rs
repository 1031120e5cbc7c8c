//! What is there in the end, number by number, and that it works.

use clap::Parser;
use gimbal::bundle::Suite;
use gimbal::chain::{Chain, EmbeddedChain};
use gimbal::cli::families::Arguments;
use gimbal::instructions::router;
use gimbal::pda::router_seeds::keeper_address;
use gimbal::readers;
use gimbal::setup::tokens;
use migrations::command::{self, Args};
use risk_oracle::{Book, Feed};
use solana_signer::Signer;
use strategy_router::{state::Keeper, Ledger};
use vault::Vault;

use super::support::*;

#[test]
fn everything_of_the_file_is_on_the_chain() {
    let mut world = World::new();
    let printed = world.migrate(&text()).unwrap();
    let setup = world.setup(&text());
    let addresses = setup.vault.addresses;
    let key = |file: &str| made_up(file).pubkey();

    let vault: Vault = readers::read(&world.chain, &addresses.vault).unwrap();
    assert_eq!((vault.creator, vault.index), (key("owner.json"), 0));
    assert_eq!((vault.roles.owner, vault.roles.curator), (key("owner.json"), key("curator.json")));
    assert_eq!((vault.roles.guardian, vault.fees.recipient), (key("guardian.json"), key("fees.json")));
    let fees = vault.fees.args();
    assert_eq!((fees.management_bps, fees.performance_bps, fees.entry_bps, fees.exit_bps), (100, 1_000, 0, 5));
    assert_eq!((vault.limits.deposit_cap, vault.limits.min_ticket), (10_000_000 * USDC, USDC));
    assert_eq!((vault.limits.ticket_deadline, vault.limits.outflow_bps), (7 * 86_400, 2_500));
    assert_eq!((vault.base_mint, vault.min_first_deposit), (world.genesis.base.key, USDC));

    let ledger: Ledger = readers::read(&world.chain, &addresses.ledger).unwrap();
    assert_eq!((ledger.policy, ledger.line_count, ledger.next_line_id), (0, 3, 4));
    assert_eq!((ledger.limits.keeper_pay, ledger.limits.keeper_pay_budget), (10_000, 100 * USDC));
    assert_eq!(ledger.withdraw_order[..3], [1, 2, 0]);
    let targets: Vec<_> = ledger.lines[..3].iter().map(|line| (line.id, line.target_bps, line.swapped)).collect();
    assert_eq!(targets, [(1, 4_200, 0), (2, 3_600, 0), (3, 1_200, 1)]);
    assert_eq!((ledger.lines[2].cap, ledger.lines[2].widen_rate), (2_000_000 * USDC, 20_000));

    let book: Book = readers::read(&world.chain, &addresses.book).unwrap();
    assert_eq!((ledger.book, book.risk_count), (addresses.book, 3));
    assert_eq!((book.risks[1].label, book.risks[1].cap), (*b"issuer:Tether\0\0\0", 2_000_000 * USDC));
    assert_eq!((book.risks[0].cap, book.risks[0].cap_bps), (u64::MAX, 10_000));
    let third = book.line(3).unwrap();
    assert_eq!((third.risks, third.cap_bps, third.cap), ([1, 2, 255, 255], 2_000, 2_000_000 * USDC));

    for (feed, peg) in setup.feeds.iter().zip([1_000_000_000_000, 1_000_000_000_000, 0]) {
        let feed: Feed = readers::read(&world.chain, &feed.key).unwrap();
        assert_eq!((feed.peg, feed.max_age, feed.roles.guardian), (peg, 600, key("guardian.json")));
    }
    for keeper in ["keeper-1.json", "keeper-2.json"].map(key) {
        let account: Keeper = readers::read(&world.chain, &keeper_address(&addresses.ledger, &keeper).0).unwrap();
        assert_eq!((account.active, account.key), (1, keeper));
        assert_eq!(readers::token_account(&world.chain, &setup.vault.base_account(&keeper)).unwrap().amount, 0);
    }
    let table = setup.vault.lookup_table(&world.chain).unwrap().unwrap();
    assert_eq!(table.addresses, setup.table);
    assert!(table.addresses.contains(&addresses.ledger) && table.addresses.contains(&world.genesis.pool.context.pool));

    for word in ["lookup table", &addresses.vault.to_string(), &table.key.to_string()] {
        assert!(printed.contains(word), "{word} in\n{printed}");
    }
    // What to do next are commands of the program.
    let (_, next) = printed.split_once("next:\n").unwrap();
    let commands: Vec<&str> = next.lines().map(str::trim).collect();
    assert!(commands.len() >= 3, "{next}");
    for command in commands {
        let parsed = Arguments::try_parse_from(command.split_whitespace());
        assert!(parsed.is_ok(), "{command}\n{}", parsed.err().unwrap());
    }
    assert!(world.is_complete(&text()));
}

#[test]
fn a_depositor_comes_and_a_keeper_invests() {
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    let setup = world.setup(&text());
    let (alice, keeper) = (made_up("alice"), made_up("keeper-1.json"));
    for user in [&alice, &keeper] {
        gimbal::chain::Sandbox::fund(&mut world.chain, &user.pubkey(), SOL).unwrap();
    }
    let genesis = &world.genesis;
    tokens::issue(&mut world.chain, &genesis.actors, &genesis.base, &alice.pubkey(), 10_000 * USDC).unwrap();
    let suite = Suite::read(&world.chain, &setup.vault.addresses.vault).unwrap();
    let tables: Vec<_> = setup.vault.lookup_table(&world.chain).unwrap().into_iter().collect();
    let flow = [
        setup.vault.create_share_account(&alice.pubkey(), &alice.pubkey()),
        setup.vault.deposit(&alice.pubkey(), 10_000 * USDC, 0),
    ];
    suite.execute(&mut world.chain, &alice, &flow, &[&alice], &tables).unwrap();
    // 42% into the first market, 12% through the pool into the third.
    for (place, least, most) in [(0, 4_199, 4_201), (2, 1_190, 1_201)] {
        let move_money = [router::rebalance(&setup.vault, &suite.lines[place].context, &keeper.pubkey())];
        suite.execute(&mut world.chain, &keeper, &move_money, &[&keeper], &tables).unwrap();
        let ledger: Ledger = readers::read(&world.chain, &setup.vault.addresses.ledger).unwrap();
        let mid = ledger.lines[place].mid;
        assert!((least * USDC..most * USDC).contains(&mid), "line {}: {mid}", place + 1);
    }
}

#[test]
fn the_command_rehearses_without_a_cluster() {
    let (out, told) = program(&["--config", file().to_str().unwrap()]).unwrap();
    assert!(told.contains("nothing is sent"), "{told}");
    assert!(out.contains("create") && out.contains("accounts hold"), "{out}");
    assert!(!out.contains("Program log"), "only the report is printed");
}

#[test]
fn a_second_run_sends_nothing_and_says_so() {
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    let before = world.chain.accounts_hash();
    let mut watched = Watched::new(&mut world.chain);
    let printed = migrate(&mut watched, &text(), &world.files).unwrap();
    assert_eq!(watched.sent, 0);
    assert!(printed.contains("nothing to do: everything is as"), "{printed}");
    assert!(!printed.contains("create") && !printed.contains("differs"), "{printed}");
    assert_eq!(world.chain.accounts_hash(), before);
}

#[test]
fn a_dry_run_and_a_no_send_nothing() {
    let mut world = World::new();
    let config = migrations::config::Config::parse(&text()).unwrap();
    let before = world.chain.accounts_hash();
    let mut watched = Watched::new(&mut world.chain);
    let mut run = |args: Args, answers: Vec<bool>| {
        let mut terminal = terminal();
        terminal.borrow_mut().answers = answers;
        let result = command::migrate(&mut watched, &args, &config, &world.files, &mut terminal);
        let printed = std::mem::take(&mut terminal.borrow_mut().printed);
        (result.map_err(|error| format!("{error:#}")), printed)
    };
    let (result, printed) = run(Args { dry_run: true, ..unasked() }, vec![]);
    result.unwrap();
    assert!(printed.contains("dry run: nothing was sent"), "{printed}");
    let asked = Args { yes: false, ..unasked() };
    assert!(run(asked.clone(), vec![false]).0.unwrap_err().contains("you said no"));
    assert!(run(asked, vec![]).0.unwrap_err().contains("add -y"));
    assert_eq!(watched.sent, 0);
    assert_eq!(world.chain.accounts_hash(), before);
}

/// Rent of every account that the plan names is what the accounts hold in the end.
#[test]
fn the_rent_of_the_plan_is_the_rent_of_the_accounts() {
    let mut world = World::new();
    let setup = world.setup(&text());
    let owner = made_up("owner.json").pubkey();
    let planned = {
        let config = migrations::config::Config::parse(&text()).unwrap();
        let signers = migrations::keys::Signers::gather(&config, &world.files, &[], None).unwrap();
        migrations::plan::Plan::of(&setup, &world.chain, &signers).unwrap().rent(&world.chain).unwrap()
    };
    let lamports = |chain: &EmbeddedChain| chain.require_account(&owner).unwrap().lamports;
    let before = lamports(&world.chain);
    let printed = world.migrate(&text()).unwrap();
    let spent = before - lamports(&world.chain);
    let fees = spent - planned;
    assert!(printed.contains(&format!("hold {} SOL of rent", migrations::report::sol(planned))), "{printed}");
    assert!(printed.contains(&format!("took {} SOL", migrations::report::sol(fees))), "{printed}");
    // One signature each, the owner's, at 5,000 lamports.
    assert_eq!(fees % 5_000, 0);
}

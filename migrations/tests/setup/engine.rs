//! The risk engine and the contagion network of the README's example: made, left alone when run again, stopped anywhere, handed
//! over, and in force.

use gimbal::bundle::Suite;
use gimbal::chain::Chain;
use gimbal::instructions::{network, oracle, router};
use gimbal::readers;
use gimbal::setup::{feeds::price_account, lines::label, tokens};
use risk_oracle::state::{NetworkParams, UNKNOWN_CAP_BPS};
use risk_oracle::{Book, Network, RiskParams};
use solana_signer::Signer;
use strategy_router::Ledger;

use super::support::*;

#[test]
fn everything_of_the_example_is_on_the_chain() {
    let mut world = World::new();
    let config = with_engine();
    let printed = world.migrate(&config).unwrap();
    let setup = world.setup(&config);
    let key = |file: &str| made_up(file).pubkey();

    let book: Book = readers::read(&world.chain, &setup.vault.addresses.book).unwrap();
    let feeds: Vec<_> = book.used_assets().map(|(row, asset)| (row, asset.feed)).collect();
    assert_eq!(feeds, [(0, setup.feeds[1].key), (1, setup.feeds[2].key)], "USDT, SOL");
    let models = [1, 2, 3].map(|line| *book.model(line).unwrap());
    assert_eq!(models.map(|model| (model.asset, model.protocol, model.scaled)), [(255, 0, 1), (255, 0, 1), (0, 0, 1)]);
    let expected = RiskParams {
        max_var_bps: 300,
        max_sample_age: 7_200,
        utilisation_bps: [9_000, 9_500, u16::MAX],
        ..RiskParams::CAUTIOUS
    };
    assert_eq!(book.params, expected);
    let [breaks, crash, free] = [0, 1, 2].map(|row| book.scenarios[row]);
    assert_eq!((breaks.label, breaks.shocks_bps[..2].to_vec()), (label("usdt-breaks"), vec![-2_000, 0]));
    assert_eq!((crash.shocks_bps[..2].to_vec(), crash.volatility_bps), (vec![-500, -5_000], 10_000));
    assert!(!free.is_used());
    assert_eq!(book.contagion_max_age, 2 * 86_400);

    let there: Network = readers::read(&world.chain, &book.network).unwrap();
    assert_eq!(book.network, network::network_address(&key("owner.json"), 0));
    assert_eq!((there.roles.owner, there.roles.guardian), (key("owner.json"), key("guardian.json")));
    assert_eq!(there.params, NetworkParams { max_edge_age: 7 * 86_400, ..NetworkParams::DEFAULT });
    assert_eq!((there.count, there.protocols[0].label, there.protocols[1].label), (2, label("lending"), label("amm")));
    assert_eq!(there.protocols[0].program, setup.lines[0].reserve.program);
    assert_eq!(there.protocols[0].scores.stored(), [20, 40, 60, 0, 80]);
    // What is not given is unknown.
    assert_eq!(there.protocols[1].scores.stored(), [40, 60, 0, 0, 255]);
    let caps = [(0, 1), (1, 0), (0, 2)].map(|(loser, fails): (usize, usize)| there.edges[loser][fails].cap_bps);
    assert_eq!(caps, [500, 0, UNKNOWN_CAP_BPS]);
    assert_eq!((there.posters[0].key, there.solves), (key("poster.json"), 1));
    let ledger: Ledger = readers::read(&world.chain, &setup.vault.addresses.ledger).unwrap();
    let limits = ledger.limits;
    assert_eq!((limits.target_volatility_bps, limits.bounty_bps, limits.bounty_budget), (1_500, 20, 25 * USDC));

    assert!(setup.vault.lookup_table(&world.chain).unwrap().unwrap().addresses.contains(&book.network));
    for word in ["asset USDT", "scenario crash-2020", "what lending loses", "first solution", "book's network"] {
        assert!(printed.contains(word), "{word} in\n{printed}");
    }
    let vault = setup.vault.addresses.vault;
    for next in ["admin network sync", "risk observe", "risk show"] {
        assert!(printed.contains(&format!("  gimbal {next} {vault}\n")), "{next} in\n{printed}");
    }
    assert!(world.is_complete(&config));

    let before = world.chain.accounts_hash();
    let mut watched = Watched::new(&mut world.chain);
    let printed = migrate(&mut watched, &config, &world.files).unwrap();
    assert_eq!(watched.sent, 0);
    assert!(printed.contains("nothing to do: everything is as"), "{printed}");
    assert_eq!(world.chain.accounts_hash(), before);
}

/// A file without an engine says nothing about it.
#[test]
fn without_a_section_the_engine_is_left_as_it_is() {
    let mut world = World::new();
    world.migrate(&with_engine()).unwrap();
    let before = world.chain.accounts_hash();
    let printed = world.migrate(&without_engine()).unwrap();
    assert!(printed.contains("nothing to do: everything is as"), "{printed}");
    assert_eq!(world.chain.accounts_hash(), before);
}

#[test]
fn stopped_anywhere_it_ends_in_the_same_accounts() {
    let config = with_engine().replace(
        "# final_owner = \"…\"        # a multisig, say: proposed at the end, and has to accept",
        "final_owner = \"final.json\"",
    );
    // Vault and lines are there: the engine is what is made.
    let mut fresh = World::new();
    fresh.migrate(&without_engine()).unwrap();
    let mut whole = fresh.chain.clone();
    let mut watched = Watched::new(&mut whole);
    migrate(&mut watched, &config, &fresh.files).unwrap();
    let total = watched.sent;
    assert!(total > 15, "{total} transactions");
    let expected = whole.accounts_hash();
    for at in 0..total {
        for how in [Breaks::Before, Breaks::After] {
            let mut chain = fresh.chain.clone();
            let mut watched = Watched { breaks: Some((at, how)), ..Watched::new(&mut chain) };
            let refused = format!("{:#}", migrate(&mut watched, &config, &fresh.files).unwrap_err());
            assert!(refused.contains("run it again"), "{refused}");
            migrate(&mut Watched::new(&mut chain), &config, &fresh.files).unwrap();
            assert_eq!(chain.accounts_hash(), expected, "stopped {how:?} transaction {at}");
        }
    }
    let network = fresh.setup(&config).own_network().copied().unwrap();
    let there: Network = readers::read(&whole, &network).unwrap();
    assert_eq!(there.roles.pending_owner, made_up("final.json").pubkey());
}

/// Limits in force: what no price moves is invested once the engine has looked, what a price moves waits for its forecast.
#[test]
fn the_engine_is_in_force() {
    let mut world = World::new();
    let config = with_engine();
    world.migrate(&config).unwrap();
    let (setup, owner, keeper) = (world.setup(&config), made_up("owner.json"), made_up("keeper-1.json"));
    let vault = setup.vault.addresses.vault;
    let genesis = &world.genesis;
    tokens::issue(&mut world.chain, &genesis.actors, &genesis.base, &owner.pubkey(), 1_000 * USDC).unwrap();
    let suite = Suite::read(&world.chain, &vault).unwrap();
    let tables: Vec<_> = setup.vault.lookup_table(&world.chain).unwrap().into_iter().collect();
    let deposit = [
        setup.vault.create_share_account(&owner.pubkey(), &owner.pubkey()),
        setup.vault.deposit(&owner.pubkey(), 1_000 * USDC, 0),
    ];
    suite.execute(&mut world.chain, &owner, &deposit, &[], &tables).unwrap();
    let mut invest = |line: usize| {
        let rebalance = [router::rebalance(&setup.vault, &suite.lines[line].context, &keeper.pubkey())];
        let done = suite.execute(&mut world.chain, &owner, &rebalance, &[&keeper], &tables);
        done.map(drop).map_err(|error| error.to_string())
    };
    let refused = |line: Result<(), String>| line.unwrap_err();
    assert!(refused(invest(0)).contains("RiskLimit"), "nobody has looked yet");
    let updates =
        setup.feeds[1..].iter().map(|feed| oracle::update_feed(&feed.key, &price_account(&feed.args.feed_id), None));
    let book = setup.vault.addresses.book;
    let feeds: Vec<_> = setup.feeds[1..].iter().map(|feed| feed.key).collect();
    let engine = setup.engine.as_ref().unwrap().network.as_ref().unwrap();
    let mut look: Vec<_> = updates.collect();
    look.push(oracle::observe(&book, &feeds));
    look.push(network::sync_contagion(&book, &engine.key));
    world.chain.execute(&owner, &look, &[], &tables).unwrap();
    let mut invest = |line: usize| {
        let rebalance = [router::rebalance(&setup.vault, &suite.lines[line].context, &keeper.pubkey())];
        let done = suite.execute(&mut world.chain, &owner, &rebalance, &[&keeper], &tables);
        done.map(drop).map_err(|error| error.to_string())
    };
    invest(0).unwrap();
    // A new feed has no forecast: what it moves is unmodelled.
    assert!(refused(invest(2)).contains("RiskLimit"));
    let ledger: Ledger = readers::read(&world.chain, &setup.vault.addresses.ledger).unwrap();
    assert!(ledger.lines[0].mid > 0 && ledger.lines[2].mid == 0);
}

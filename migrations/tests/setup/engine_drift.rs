//! The engine's mistakes in the file, each by its key; and what is on the chain and other than the file says, each with the
//! command that changes it.

use gimbal::chain::Chain;
use gimbal::instructions::{network, oracle};
use gimbal::setup::lines::label;
use migrations::config::Config;
use risk_oracle::{Scenario, SetAssetArgs, SetScenarioArgs};
use solana_signer::Signer;

use super::difference::{assert_is_a_command, row, run_over};
use super::support::*;

/// The example with one place replaced, which must be there once.
fn changed(from: &str, to: &str) -> String {
    let text = with_engine();
    assert_eq!(text.matches(from).count(), 1, "'{from}' is once in the file");
    text.replace(from, to)
}

#[test]
fn a_mistake_is_told_with_its_key_and_what_is_allowed() {
    let assets = "assets = [\"USDT\", \"SOL\"]";
    let lending = "label = \"lending\"";
    let cases = [
        (assets, "assets = [\"USDT\", \"ETH\"]", "engine.assets: there is no [[feeds]] named 'ETH'"),
        (assets, "assets = [\"SOL\", \"SOL\"]", "engine.assets: 'SOL' is there twice"),
        (
            assets,
            "assets = [\"SOL\"]",
            "engine.scenarios.usdt-breaks.shocks_bps: 'USDT' is not among engine.assets, which are SOL",
        ),
        (
            "asset = \"USDT\"\n",
            "",
            "lines.usdt.asset: a price moves a line with a pool, and engine.limits bounds what may be lost",
        ),
        (
            "asset = \"USDT\"\n",
            "asset = \"USDC\"\n",
            "lines.usdt.asset: 'USDC' is not among engine.assets, which are USDT, SOL",
        ),
        (
            "max_var_bps = 300",
            "max_var_bps = \"300\"",
            "engine.limits.max_var_bps: give a whole number up to 65535, or \"none\"",
        ),
        (
            "max_sample_age = 7200",
            "max_sample_age = 5",
            "engine.limits.max_sample_age: max_sample_age must be at least 60 seconds",
        ),
        (
            "max_sample_age = 7200",
            "max_age = 5",
            "engine.limits.max_age: there is no such limit; there are preset, max_var_bps",
        ),
        ("preset = \"cautious\"", "preset = \"bold\"", "engine.limits.preset: give \"none\" or \"cautious\""),
        ("label = \"usdt-breaks\"", "label = \"crash-2020\"", "engine.scenarios: 'crash-2020' is there twice"),
        (
            "label = \"usdt-breaks\"",
            "label = \"USDT breaks\"",
            "engine.scenarios.label: 'USDT breaks' is no label: give 1 to 16 printable",
        ),
        (
            "SOL = -5000",
            "SOL = -10001",
            "engine.scenarios.crash-2020.shocks_bps.SOL: -10001 is no move: give -10000 to 100000",
        ),
        (
            "volatility_bps = 10000",
            "volatility_bps = 100001",
            "engine.scenarios.crash-2020.volatility_bps: 100001 is no move",
        ),
        ("shocks_bps = { USDT = -2000 }", "shock = { USDT = -2000 }", "shock: unknown field `shock`"),
        (lending, "label = \"lend\"", "lines.usdc-1.protocol: there is no [[network.protocols]] named 'lending'"),
        (
            "{ amm = 500 }",
            "{ amn = 500 }",
            "network.protocols.lending.loses_bps: there is no [[network.protocols]] named 'amn'",
        ),
        ("{ amm = 500 }", "{ lending = 500 }", "network.protocols.lending.loses_bps: 'lending' is itself"),
        (
            "size = 80",
            "size = 101",
            "size: invalid value: integer `101`, expected 0 (least risk) to 100 (most), or \"unknown\"",
        ),
        ("size = 80", "size = \"large\"", "size: invalid value: string \"large\", expected 0 (least risk) to 100"),
        ("posters = [\"poster.json\"]", "posters = [\"me\"]", "posters: 'me' is neither an address nor"),
        (
            "max_edge_age = 604800",
            "address = \"11111111111111111111111111111111\"",
            "network.posters: the network at network.address is as its owner set it; remove one of the two",
        ),
    ];
    for (from, to, expected) in cases {
        let refused = format!("{:#}", Config::parse(&changed(from, to)).unwrap_err());
        assert!(refused.contains(expected) && !refused.contains('\n'), "{refused}\nexpected {expected}");
    }
    let without = |section: &str| with_engine().split(section).next().unwrap().to_owned();
    let refused = |config: &str| format!("{:#}", Config::parse(config).unwrap_err());
    assert!(refused(&without("[engine]")).contains("lines.usdc-1.protocol: there is no [engine] in this file"));
    assert!(refused(&without("[network]")).contains("lines.usdc-1.protocol: there is no [network] in this file"));
    let no_engine = format!("{}\n[network]\nprotocols = []", without_engine());
    assert!(refused(&no_engine).contains("network: a book follows one by its risk engine; add [engine]"));
    let none = format!("{}\nprotocols = []", without("[[network.protocols]]"));
    assert!(refused(&none.replace("protocol = \"lending\"\n", "")).contains("network.protocols: name at least one"));
}

#[test]
fn a_value_out_of_range_is_told_before_anything_is_sent() {
    let cases = [
        ("max_edge_age = 604800", "max_edge_age = 60", "network: max_edge_age must be from 3600 to 1209600 seconds"),
        ("bounty_bps = 20", "bounty_bps = 51", "router.bounty_bps: 51 is out of range; give 0 to 50 basis points"),
        (
            "bounty_budget = \"25\"",
            "bounty_budget = \"100.5\"",
            "router.bounty_budget: 100.5 is more than router.keeper_pay_budget, 100",
        ),
        (
            "\nkeeper_pay = \"0.01\"",
            "\nkeeper_pay = \"101\"",
            "router.keeper_pay: 101 is more than router.keeper_pay_budget, 100",
        ),
        (
            "keeper_loss_budget_bps = 30",
            "keeper_loss_budget_bps = 51",
            "router.keeper_loss_budget_bps: 51 is more than router.loss_budget_bps, 50",
        ),
        ("epoch = 86400", "epoch = 60", "router.epoch: 60 is out of range; give 3600 to 2592000 seconds"),
        ("posters = [\"poster.json\"]", "posters = [\"poster.json\", \"poster.json\"]", "network.posters: "),
    ];
    let mut world = World::new();
    for (from, to, expected) in cases {
        let mut watched = Watched::new(&mut world.chain);
        let refused = format!("{:#}", migrate(&mut watched, &changed(from, to), &world.files).unwrap_err());
        assert!(refused.contains(expected), "{refused}\nexpected {expected}");
        assert_eq!(watched.sent, 0);
    }
}

#[test]
fn each_field_is_told_with_both_values_and_the_command() {
    // What is in the file, what it becomes, and the row without the command's target.
    let edits = [
        ("max_var_bps = 300", "max_var_bps = 400", "engine.limits.max_var_bps 300 400", "--max-var-bps 400"),
        ("max_var_bps = 300", "max_var_bps = \"none\"", "engine.limits.max_var_bps 300 none", "--max-var-bps none"),
        (
            "max_sample_age = 7200",
            "max_sample_age = 60",
            "engine.limits.max_sample_age 7200 60",
            "--max-sample-age 60s",
        ),
        (
            "[9000, 9500, \"none\"]",
            "[9000, \"none\", \"none\"]",
            "engine.limits.utilisation_bps 9000,9500,none 9000,none,none",
            "--utilisation-bps 9000,none,none",
        ),
        (
            "SOL = -5000",
            "SOL = -6000",
            "engine.scenarios.crash-2020.shocks_bps -500,-5000 -500,-6000",
            "1 --shocks-bps -500,-6000",
        ),
        (
            "volatility_bps = 10000",
            "volatility_bps = -1",
            "engine.scenarios.crash-2020.volatility_bps 10000 -1",
            "--volatility-bps -1",
        ),
        ("assets = [\"USDT\", \"SOL\"]", "assets = [\"USDT\", \"SOL\", \"USDC\"]", "", ""),
        ("asset = \"USDT\"\n", "asset = \"SOL\"\n", "lines.usdt.asset 0 1", "3 --asset 1"),
        (
            "name = \"usdc-1\"\nprotocol",
            "name = \"usdc-1\"\nscaled = false\nprotocol",
            "lines.usdc-1.scaled true false",
            "1 --scaled false",
        ),
        (
            "name = \"usdc-1\"\nprotocol = \"lending\"",
            "name = \"usdc-1\"",
            "lines.usdc-1.protocol 0 none",
            "1 --protocol none",
        ),
        ("audits = 20", "audits = \"unknown\"", "network.protocols.lending.audits 20 unknown", "0 --audits unknown"),
        ("{ amm = 500 }", "{ amm = 400 }", "network.protocols.lending.loses_bps.amm 500 400", "0 1 400"),
        ("max_edge_age = 604800", "max_edge_age = 86400", "network.max_edge_age 604800 86400", "--max-edge-age 86400s"),
        (
            "target_volatility_bps = 1500\n",
            "",
            "router.target_volatility_bps 1500 none",
            "--target-volatility-bps none",
        ),
        ("bounty_bps = 20", "bounty_bps = 30", "router.bounty_bps 20 30", "--bounty-bps 30"),
        ("bounty_budget = \"25\"", "bounty_budget = \"2.5\"", "router.bounty_budget 25 2.5", "--bounty-budget 2.5"),
    ];
    let mut world = World::new();
    world.migrate(&with_engine()).unwrap();
    for (from, to, values, option) in edits.into_iter().filter(|(.., values, _)| !values.is_empty()) {
        let printed = run_over(&mut world, &changed(from, to));
        let row = row(&printed, &format!("{} ", values.split(' ').next().unwrap()));
        assert!(row.starts_with(&format!("{values} gimbal admin ")) && row.ends_with(option), "{row}");
        assert_is_a_command(&row);
    }
    let printed = run_over(&mut world, &changed("posters = [\"poster.json\"]", "posters = [\"other.json\"]"));
    let told = row(&printed, "network.posters[0]");
    let [old, new] = ["poster.json", "other.json"].map(|file| made_up(file).pubkey().to_string());
    assert!(told.contains(&format!("{old} {new} gimbal admin network poster")), "{told}");
    assert_is_a_command(&told);
    let printed = run_over(&mut world, &changed("curator = \"curator.json\"", "curator = \"other.json\""));
    assert_is_a_command(&row(&printed, "roles.curator of the network"));
}

/// Rows that somebody added since are told, and stay.
#[test]
fn what_is_there_beyond_the_file_is_told_too() {
    let mut world = World::new();
    world.migrate(&with_engine()).unwrap();
    let (setup, owner) = (world.setup(&with_engine()), made_up("owner.json"));
    let (book, usdc) = (setup.vault.addresses.book, setup.feeds[0].key);
    let scenario = Scenario { label: label("flood"), shocks_bps: [-1; 8], volatility_bps: 0, used: 1 };
    let set = [
        oracle::set_asset(&owner.pubkey(), &book, SetAssetArgs { index: 5, feed: usdc }),
        oracle::set_scenario(&owner.pubkey(), &book, SetScenarioArgs { index: 7, scenario }),
    ];
    world.chain.execute(&owner, &set, &[], &[]).unwrap();
    let printed = run_over(&mut world, &with_engine());
    let asset = row(&printed, "engine.assets[5]");
    assert!(asset.starts_with(&format!("engine.assets[5] {usdc} none gimbal admin book asset")), "{asset}");
    assert_is_a_command(&asset);
    let scenario = row(&printed, "engine.scenarios[7]");
    assert!(
        scenario.contains("flood none gimbal admin book scenario") && scenario.ends_with("7 --remove"),
        "{scenario}"
    );
    assert_is_a_command(&scenario);
}

/// The example with somebody else's network in place of its own.
fn following(address: &str) -> String {
    let own = with_engine();
    format!("{}[network]\naddress = \"{address}\"\n", own.split("[network]").next().unwrap())
}

#[test]
fn somebody_elses_network_is_followed_as_it_is() {
    let mut world = World::new();
    world.migrate(&with_engine()).unwrap();
    let first = world.setup(&with_engine()).own_network().copied().unwrap();
    let theirs = following(&first.to_string()).replacen("index = 0", "index = 1", 1);
    world.migrate(&theirs).unwrap();
    let setup = world.setup(&theirs);
    assert_eq!(setup.own_network(), None);
    let engine = setup.engine.as_ref().unwrap();
    assert_eq!(engine.models.iter().map(|model| model.protocol).collect::<Vec<_>>(), [0, 0, 0]);
    assert!(world.is_complete(&theirs));
    let unknown = theirs.replace("protocol = \"lending\"", "protocol = \"klend\"");
    let refused = format!("{:#}", world.migrate(&unknown).unwrap_err());
    assert!(
        refused.contains(&format!(
            "lines.usdc-1.protocol: the network {first} has no protocol 'klend'; it has lending, amm"
        )),
        "{refused}"
    );

    // One that its owner has not ended the set-up of cannot be followed.
    let owner = made_up("owner.json");
    let args = risk_oracle::CreateNetworkArgs {
        id: 9,
        curator: Default::default(),
        guardian: Default::default(),
        params: risk_oracle::NetworkParams::DEFAULT,
    };
    let create = network::create_network(&owner.pubkey(), &owner.pubkey(), args);
    world.chain.execute(&owner, &[create], &[], &[]).unwrap();
    let unsolved = network::network_address(&owner.pubkey(), 9);
    let config =
        following(&unsolved.to_string()).replacen("index = 0", "index = 2", 1).replace("protocol = \"lending\"\n", "");
    let mut told = terminal();
    let parsed = Config::parse(&config).unwrap();
    let refused =
        migrations::command::migrate(&mut world.chain, &unasked(), &parsed, &world.files, &mut told).unwrap_err();
    assert!(refused.to_string().contains("one step is blocked"), "{refused}");
    let printed = told.borrow().printed.clone();
    assert!(
        printed.contains(&format!("blocked: book's network: the network {unsolved} has no solution yet")),
        "{printed}"
    );
}

//! What is there and other than the file says stays as it is, and is told with what would change it.

use clap::Parser;
use gimbal::chain::Chain;
use gimbal::cli::families::Arguments;
use gimbal::instructions::router;
use gimbal::readers;
use solana_signer::Signer;
use strategy_router::{Ledger, LineParams};

use super::support::*;

/// Runs `config` over what the README's file made; what was printed. Nothing may be sent.
pub fn run_over(world: &mut World, config: &str) -> String {
    let before = world.chain.accounts_hash();
    let mut watched = Watched::new(&mut world.chain);
    let printed = migrate(&mut watched, config, &world.files).unwrap();
    assert_eq!(watched.sent, 0);
    assert_eq!(world.chain.accounts_hash(), before);
    printed
}

/// The row of the table of differences that begins with `field`, its columns joined by one space.
pub fn row(printed: &str, field: &str) -> String {
    let printed = printed.split("differs from the file").nth(1).unwrap_or_default();
    let found = printed.lines().find(|line| line.split('┆').next().is_some_and(|first| first.contains(field)));
    let cells = found.unwrap_or_else(|| panic!("no row of {field} in\n{printed}")).trim_matches(['│', ' ']);
    cells.split('┆').map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Commands that are told are commands of the program: each parses, with all that it asks for.
pub fn assert_is_a_command(row: &str) {
    let Some(at) = row.find("gimbal ") else { panic!("no command in '{row}'") };
    let parsed = Arguments::try_parse_from(row[at..].split_whitespace());
    assert!(parsed.is_ok(), "{}\n{}", &row[at..], parsed.err().unwrap());
}

#[test]
fn each_field_is_told_with_both_values_and_the_command() {
    let fees = "management_bps = 100";
    let tether = "label = \"issuer:Tether\"\ncap_bps = 2000\ncap = \"2000000\"";
    let moving = "[feed_params.moving]\nmax_age = 600";
    let order = "withdraw_order = [\"usdc-1\", \"usdc-2\"]";
    // What is in the file, what it becomes, and the row without the command's target.
    let edits = [
        (fees, "management_bps = 50", "vault.fees.management_bps 100 50", "--management-bps 50"),
        (
            "recipient = \"fees.json\"\nmanagement_bps = 100\nperformance_bps = 1000",
            "management_bps = 0\nperformance_bps = 0",
            "vault.fees.performance_bps 1000 0",
            "--performance-bps 0",
        ),
        ("min_ticket = \"1\"", "min_ticket = \"2.5\"", "vault.limits.min_ticket 1 2.5", "--min-ticket 2.5"),
        (
            "deposit_cap = \"10000000\"",
            "deposit_cap = \"unlimited\"",
            "vault.limits.deposit_cap 10000000 none",
            "--deposit-cap 0",
        ),
        ("ticket_min_age = 0", "ticket_min_age = 60", "vault.limits.ticket_min_age 0 60", "--ticket-min-age 60s"),
        ("min_cash_bps = 500", "min_cash_bps = 600", "router.min_cash_bps 500 600", "--min-cash-bps 600"),
        ("keeper_pay = \"0.01\"", "keeper_pay = \"0.02\"", "router.keeper_pay 0.01 0.02", "--keeper-pay 0.02"),
        ("policy = \"bands\"", "policy = \"water-filling\"", "router.policy bands water-filling", "water-filling"),
        ("target_bps = 1200", "target_bps = 1300", "lines.usdt.target_bps 1200 1300", "3 --target-bps 1300"),
        (
            "cap = \"2000000\"\nwiden_rate = 20000",
            "cap = \"unlimited\"\nwiden_rate = 20000",
            "lines.usdt.cap 2000000 none",
            "--cap 18446744073709.551615",
        ),
        (
            tether,
            "label = \"issuer:Tether\"\ncap_bps = 1900\ncap = \"2000000\"",
            "risks.issuer:Tether.cap_bps 2000 1900",
            "1 --cap-bps 1900",
        ),
        (
            tether,
            "label = \"issuer:Tether\"\ncap_bps = 2000\ncap = \"unlimited\"",
            "risks.issuer:Tether.cap 2000000 none",
            "1 --cap none",
        ),
        ("risk_cap_bps = 2000", "risk_cap_bps = 1500", "lines.usdt.risk_cap_bps 2000 1500", "3 --cap-bps 1500"),
        ("risks = [\"issuer:Tether\", \"venue:lending\"]", "risks = []", "lines.usdt.risks 1,2 none", "3 --risks none"),
        (order, "withdraw_order = [\"usdc-2\", \"usdc-1\"]", "router.withdraw_order 1 2 2 1", "2 1"),
        (moving, "[feed_params.moving]\nmax_age = 60", "feeds.SOL.max_age 600 60", "--max-age 60s"),
        ("params = \"moving\"", "params = \"moving\"\npeg = \"150\"", "feeds.SOL.peg 0 150", "--peg 150"),
    ];
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    for (from, to, values, option) in edits {
        let printed = run_over(&mut world, &edited(&[(from, to)]));
        let row = row(&printed, &format!("{} ", values.split(' ').next().unwrap()));
        assert!(row.starts_with(&format!("{values} gimbal admin ")) && row.ends_with(option), "{row}");
        assert_is_a_command(&row);
        assert!(printed.contains("differs from the file, and is left as it is"), "{printed}");
    }
}

#[test]
fn roles_and_what_never_changes_are_told_too() {
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    let [old, new] = ["curator.json", "other.json"].map(|file| made_up(file).pubkey().to_string());
    let printed = run_over(&mut world, &edited(&[("curator = \"curator.json\"", "curator = \"other.json\"")]));
    for account in ["vault", "ledger", "book", "feed"] {
        let told = row(&printed, &format!("roles.curator of the {account} "));
        assert!(told.contains(&format!("{old} {new} gimbal admin role set-curator")), "{told}");
        assert_is_a_command(&told);
    }
    let guardian = "guardian = \"guardian.json\" # reduces risk at once, and vetoes what waits";
    let printed = run_over(&mut world, &edited(&[(guardian, "")]));
    let told = row(&printed, "roles.guardian of the ledger");
    assert!(told.contains(" none gimbal admin role set-guardian") && told.ends_with(" none --of ledger"), "{told}");
    assert_is_a_command(&told);
    let printed = run_over(&mut world, &edited(&[("min_first_deposit = \"1\"", "min_first_deposit = \"7\"")]));
    assert!(row(&printed, "vault.min_first_deposit").contains("1 7 nothing changes it"), "{printed}");
}

#[test]
fn a_stopped_keeper_and_a_table_that_is_none_are_told() {
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    let (vault, guardian, owner) = (world.setup(&text()).vault, made_up("guardian.json"), made_up("owner.json"));
    let keeper = made_up("keeper-2.json").pubkey();
    let stop = router::set_keeper_active(&guardian.pubkey(), &vault.addresses.ledger, &keeper, false);
    let name = vault.set_lookup_table(&owner.pubkey(), &keeper);
    world.chain.execute(&owner, &[stop, name], &[&guardian], &[]).unwrap();
    let before = world.chain.accounts_hash();
    let mut terminal = terminal();
    let parsed = migrations::config::Config::parse(&text()).unwrap();
    let refused = migrations::command::migrate(&mut world.chain, &unasked(), &parsed, &world.files, &mut terminal);
    let printed = terminal.borrow().printed.clone();
    // Its addresses cannot go into a table that is none.
    assert!(refused.unwrap_err().to_string().contains("one step is blocked"), "{printed}");
    assert_eq!(world.chain.accounts_hash(), before);
    assert_is_a_command(&row(&printed, "keeper 2"));
    assert!(row(&printed, "keeper 2").starts_with("keeper 2 stopped active gimbal admin keeper activate"), "{printed}");
    assert!(row(&printed, "lookup table").contains("which is no table in use"), "{printed}");
}

#[test]
fn what_somebody_changed_since_is_not_changed_back() {
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    let (vault, curator) = (world.setup(&text()).vault, made_up("curator.json"));
    let ledger: Ledger = readers::read(&world.chain, &vault.addresses.ledger).unwrap();
    let params = LineParams { target_bps: 4_000, ..LineParams::of(&ledger.lines[0]) };
    let set = router::set_bounds(&curator.pubkey(), &vault.addresses.ledger, 1, params);
    world.chain.execute(&made_up("owner.json"), &[set], &[&curator], &[]).unwrap();
    let printed = run_over(&mut world, &text());
    assert!(row(&printed, "lines.usdc-1.target_bps").starts_with("lines.usdc-1.target_bps 4000 4200"), "{printed}");
}

//! Generous ceilings for the compute units of each instruction. Native code is not metered: there this says so and
//! checks only that every measured flow runs.

use gimbal_tests::measure::{beside, flows, functions, is_metered, table};

/// Set where the bytecode is the one whose figures are published; another compiler's differs.
const CHECK_FIGURES: &str = "GIMBAL_CHECK_FIGURES";

/// The four flows, as their names begin.
const FLOWS: [&str; 4] = ["`deposit`", "`mint`", "`redeem`", "`withdraw`"];

#[test]
fn no_instruction_exceeds_its_ceiling() {
    let flows = flows::measure();
    assert!(flows.len() >= 60 && flows.iter().all(|flow| flow.ceiling.is_some()));
    if !is_metered() {
        println!("skipped: ceilings need bytecode (GIMBAL_CHAIN=bytecode)");
        return;
    }
    for flow in &flows {
        println!("{:>8} {}", flow.units, flow.name);
    }
    let over: Vec<_> = flows.iter().filter(|flow| flow.ceiling.is_some_and(|most| flow.units > most)).collect();
    assert!(over.is_empty(), "{over:#?}");
    // What a depositor pays for a flow does not grow with the lines.
    let mut compared = 0;
    for one in flows.iter().filter(|flow| FLOWS.iter().any(|name| flow.name.starts_with(name))) {
        let name = one.name.replace("1 line", "16 lines");
        let Some(sixteen) = flows.iter().find(|flow| flow.section == one.section && flow.name == name) else {
            continue;
        };
        compared += 1;
        assert!(sixteen.units * 100 <= one.units * 110, "{name}: {} with 1, {} with 16", one.units, sixteen.units);
    }
    assert!(compared >= 9, "{compared} flows were compared");
}

#[test]
fn the_published_figures_are_current() {
    if !is_metered() || std::env::var_os(CHECK_FIGURES).is_none() {
        println!("skipped: figures are compared on bytecode with {CHECK_FIGURES}=1");
        return;
    }
    let page = table::page(&flows::measure(), &functions::measure(), &beside::measure()).expect("the shared objects");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/compute.md");
    let published = std::fs::read_to_string(file).unwrap_or_default();
    assert!(page == published, "docs/compute.md is stale; it should be:\n{page}");
}

#[test]
fn accounts_fit_their_budget() {
    use strategy_router::state::{Ledger, LineVenue};
    let bytes = 8 * 4
        + std::mem::size_of::<vault::state::Vault>()
        + std::mem::size_of::<Ledger>()
        + std::mem::size_of::<LineVenue>()
        + std::mem::size_of::<risk_oracle::Book>();
    // Of which the book's risk engine takes four and a half: assets, exposures, residuals, scenarios.
    assert!(bytes <= 16_384, "{bytes} bytes for vault, ledger, book and one line");
}

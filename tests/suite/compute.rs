//! Generous ceilings for the compute units of each instruction. Native code is not metered: there this says so and
//! checks only that every measured flow runs.

use gimbal_tests::measure::{flows, functions, is_metered, table};

/// Set where the bytecode is the one whose figures are published; another compiler's differs.
const CHECK_FIGURES: &str = "GIMBAL_CHECK_FIGURES";

#[test]
fn no_instruction_exceeds_its_ceiling() {
    let flows = flows::measure();
    assert!(flows.iter().filter(|flow| flow.ceiling.is_some()).count() >= 10);
    if !is_metered() {
        println!("skipped: ceilings need bytecode (GIMBAL_CHAIN=bytecode)");
        return;
    }
    for flow in &flows {
        println!("{:>8} {}", flow.units, flow.name);
    }
    let over: Vec<_> = flows.iter().filter(|flow| flow.ceiling.is_some_and(|most| flow.units > most)).collect();
    assert!(over.is_empty(), "{over:#?}");
    let units = |name: &str| flows.iter().find(|flow| flow.name == name).map(|flow| flow.units).expect("measured");
    let (one, sixteen) = (units("`deposit`, 1 line"), units("`deposit`, 16 lines"));
    assert!(
        sixteen * 100 <= one * 110,
        "a deposit's cost must not grow with the lines: {one} with 1, {sixteen} with 16"
    );
}

#[test]
fn the_published_figures_are_current() {
    if !is_metered() || std::env::var_os(CHECK_FIGURES).is_none() {
        println!("skipped: figures are compared on bytecode with {CHECK_FIGURES}=1");
        return;
    }
    let page = table::page(&flows::measure(), &functions::measure()).expect("the shared objects");
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
    assert!(bytes <= 14_336, "{bytes} bytes for vault, ledger, book and one line");
}

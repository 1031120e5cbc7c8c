//! The worked example of docs/risk.md: its first table is what a book's account holds, its second what follows. The test lays out
//! such a book, reads every row's bytes back at the offset that the document names, and works the second table out of the first
//! in floating point, by the document's formulas.

mod support;

use std::collections::HashMap;

use anchor_lang::Discriminator;
use risk_oracle::policy::limits::{assess, Target};
use risk_oracle::policy::{lines, stress};
use risk_oracle::state::{PositionKind, Scenario, TailRisk, ASSETS};
use risk_oracle::{AssessArgs, Book, Exposure, RiskParams};
use support::*;

const DOCUMENT: &str = include_str!("../../../docs/risk.md");
/// A dollar in base units.
const USD: u64 = 1_000_000;

/// A row of the document's tables: `| \`name\` | type offset | value | … |`; no offset for what no account holds.
struct Row {
    name: String,
    at: Option<(String, usize)>,
    value: i64,
}

fn rows() -> Vec<Row> {
    let (_, section) = DOCUMENT.split_once("\n## Worked example\n").expect("the document has the section");
    let section = section.split("\n## ").next().unwrap();
    let plain = |text: &str| text.replace(',', "").replace('−', "-");
    let rows = section.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let at = cells[2].split_once(' ').map(|(kind, at)| (kind.to_owned(), plain(at).parse().unwrap()));
        Row { name: cells[1].trim_matches('`').to_owned(), at, value: plain(cells[3]).parse().unwrap() }
    });
    rows.collect()
}

/// A loop on SOL and a range of ETH and USDC in a vault of a million dollars; twenty-four days of residuals.
fn example() -> Box<Book> {
    let mut book = book();
    book.params = RiskParams { horizon_days: 4, ..RiskParams::CAUTIOUS };
    let tail = |quantile_milli, shortfall_milli| TailRisk { quantile_milli, shortfall_milli };
    (book.assets[0].tail_low, book.assets[0].tail_high) = (tail(2_711, 3_403), tail(2_655, 3_301));
    (book.assets[1].tail_low, book.assets[1].tail_high) = (tail(2_945, 3_512), tail(2_630, 3_248));
    book.assets[0].confidence_bps = 7;
    for day in 1..=24u32 {
        let row = if day % 2 == 0 { [1_000, 1_400] } else { [-1_000, 200] };
        book.returns.append(day, &[row[0], row[1], 0, 0, 0, 0, 0, 0], 9_700).unwrap();
    }
    let mut shocks_bps = [0; ASSETS];
    (shocks_bps[0], shocks_bps[1]) = (-3_000, -3_600);
    book.scenarios[0] = Scenario { label: *b"crash\0\0\0\0\0\0\0\0\0\0\0", shocks_bps, volatility_bps: 0, used: 1 };
    book.scenarios[0].validate().unwrap();
    assess(&mut book, &question(), NOW).unwrap();
    stress::run(&mut book, 0, NOW);
    let verdict = assess(&mut book, &question(), NOW).unwrap();
    book.last_flags = verdict.flags;
    book.invariant().unwrap();
    book
}

fn exposures() -> [Exposure; 2] {
    let sol = Exposure {
        delta: (250_000 * USD) as i64,
        debt: 150_000 * USD,
        liquidity: 2_000_000 * USD,
        terms: [250_000 * USD, 150_000 * USD, 8_000, 0],
        delta_bps: 25_000,
        debt_bps: 15_000,
        liquidation_bps: 2_500,
        cost_bps: 500,
        kind: PositionKind::Loop as u16,
        ..Exposure::none()
    };
    // L = 800,000 dollars at √P = 1, from 0.875 to 8/7: V = L(2 − 1/b − a), Δ = L(1 − 1/b), Γ = −L/2.
    let eth = Exposure {
        delta: (100_000 * USD) as i64,
        gamma: -((400_000 * USD) as i64),
        liquidity: 400_000 * USD,
        terms: [200_000 * USD, 3_758_096_384, 4_908_534_052, 0],
        delta_bps: 5_000,
        gamma_bps: -20_000,
        kind: PositionKind::Liquidity as u16,
        ..Exposure::none()
    };
    [sol, eth]
}

fn question() -> AssessArgs {
    let [sol, eth] = exposures();
    reported(&ask(0, 0, [100_000 * USD, 200_000 * USD, 0], [sol, eth, Exposure::none()]))
}

/// The account's bytes.
fn dump(book: &Book) -> Vec<u8> {
    [Book::DISCRIMINATOR, bytemuck::bytes_of(book)].concat()
}

fn read(dump: &[u8], kind: &str, at: usize) -> i64 {
    let bytes = |n: usize| &dump[at..at + n];
    match kind {
        "u16" => u16::from_le_bytes(bytes(2).try_into().unwrap()).into(),
        "u32" => u32::from_le_bytes(bytes(4).try_into().unwrap()).into(),
        "i32" => i32::from_le_bytes(bytes(4).try_into().unwrap()).into(),
        "u64" => i64::try_from(u64::from_le_bytes(bytes(8).try_into().unwrap())).unwrap(),
        "i64" => i64::from_le_bytes(bytes(8).try_into().unwrap()),
        _ => panic!("no type is called {kind}"),
    }
}

#[test]
fn the_accounts_bytes_are_the_documents() {
    let dump = dump(&example());
    assert_eq!(dump.len(), Book::SPACE);
    let rows = rows();
    assert!(rows.len() >= 30, "the tables are there: {} rows", rows.len());
    for Row { name, at, value } in rows {
        if let Some((kind, at)) = at {
            assert_eq!(read(&dump, &kind, at), value, "{name} at {at}");
        }
    }
}

#[test]
fn the_second_table_follows_from_the_first() {
    let table: HashMap<_, _> = rows().into_iter().map(|row| (row.name, row.value as f64)).collect();
    let of = |name: &str| *table.get(name).unwrap_or_else(|| panic!("no row is called {name}"));
    // What is rounded may differ from the exact number by so much.
    let check = |name: &str, exact: f64, by: f64| {
        assert!((of(name) - exact).abs() <= by, "{name}: {} in the document, {exact} by hand", of(name));
    };
    let days = of("params.horizon_days");
    let sigma = |asset: usize| (of(&format!("assets[{asset}].variance")) / 2f64.powi(56)).sqrt();
    let leg = |asset: usize| of(&format!("figures.deltas[{asset}]")) * sigma(asset);
    let correlation = of("returns.words[2]") / (of("returns.words[1]") * of("returns.words[3]")).sqrt();
    let one_day = (leg(0).powi(2) + 2.0 * correlation * leg(0) * leg(1) + leg(1).powi(2)).sqrt();
    let deviation = one_day * days.sqrt();
    check("figures.deviation", deviation, 1_000.0);
    let cost = 0.5 * -of("figures.gammas[1]") * sigma(1).powi(2) * days;
    check("figures.gamma_cost", cost, 1.0);

    // Long of both, and curved in the second: losses of the first, both sides of the second.
    let worst = |what: &str| {
        let sides = ["assets[0].tail_low", "assets[1].tail_low", "assets[1].tail_high"];
        sides.map(|side| of(&format!("{side}.{what}"))).into_iter().fold(0.0, f64::max)
    };
    let (quantile, shortfall) = (worst("quantile_milli").max(2_327.0), worst("shortfall_milli").max(2_666.0));
    check("figures.multipliers_milli[0]", quantile, 1e-6);
    check("figures.multipliers_milli[1]", shortfall, 1e-6);
    let loss = |milli: f64| milli / 1e3 * deviation + (milli / 1e3).powi(2) * cost;
    check("figures.value_at_risk", loss(quantile), 4_000.0);
    check("figures.shortfall", loss(shortfall), 4_000.0);
    check("figures.normal_value_at_risk", loss(2_327.0), 4_000.0);
    for (asset, other) in [(0, 1), (1, 0)] {
        let part = leg(asset) * (leg(asset) + correlation * leg(other)) / one_day * days.sqrt();
        check(&format!("figures.components[{asset}]"), quantile / 1e3 * part, 4_000.0);
    }

    let (value, range) = (of("lines[0].exposure"), of("lines[1].exposure"));
    check("figures.concentration_bps", ((value / of("nav")).powi(2) + (range / of("nav")).powi(2)) * 1e4, 1e-6);
    let a_day = of("models[1].exposure.liquidity") * of("params.exit_share_bps") / 1e4;
    check("figures.exit_days", (range / a_day).ceil(), 1e-6);

    // A fall by 30% liquidates the loop; one by 36% leaves the range with ETH alone.
    let (collateral, debt) = (of("models[0].exposure.terms[0]"), of("models[0].exposure.terms[1]"));
    let left = 0.7 * collateral;
    assert!(left * of("models[0].exposure.terms[2]") / 1e4 < debt);
    let lost = value - (left - debt - debt * of("models[0].exposure.cost_bps") / 1e4);
    check("models[0].stress_bps[0]", (lost / value * 1e4).ceil(), 1e-6);
    let root = |term: usize| of(&format!("models[1].exposure.terms[{term}]")) / 2f64.powi(32);
    let (a, b) = (root(1), root(2));
    let after = range * 0.64 * (1.0 / a - 1.0 / b) / (2.0 - 1.0 / b - a);
    check("models[1].stress_bps[0]", ((range - after) / range * 1e4).ceil(), 1e-6);
    let total = (of("models[0].stress_bps[0]") * value + of("models[1].stress_bps[0]") * range) / 1e4;
    check("figures.stress_losses[0]", total, 1e-6);

    let covered = (2.711 * sigma(0) * days.sqrt() * 1e4).ceil();
    let share = value / of("models[0].exposure.liquidity");
    let impact = 0.5 * of("params.impact_bps") * share;
    check("initial margin", covered + impact.ceil() + of("assets[0].confidence_bps"), 1e-6);
    check("greatest leverage", of("params.max_leverage_bps").min((1e8 / of("initial margin")).floor()), 1e-6);
    let distance = of("models[0].exposure.liquidation_bps") / 1e4 / (sigma(0) * days.sqrt());
    check("distance to liquidation", distance * 1e3, 1.0);
}

/// What no account holds, because it is asked of a line and an amount, is what the program answers.
#[test]
fn the_margin_is_the_programs() {
    let book = example();
    let table: HashMap<_, _> = rows().into_iter().map(|row| (row.name, row.value)).collect();
    let [sol, _] = exposures();
    let target = Target { at: 0, asset: 0, value: 100_000 * USD, amount: 0, exposure: sol };
    let margin = lines::initial_margin_bps(&book.params, &book.assets[0], &target).unwrap();
    assert_eq!(i64::from(margin), table["initial margin"]);
    assert_eq!(i64::from(lines::target_leverage_bps(&book, &target, NOW)), table["greatest leverage"]);
    let terms = gimbal_math::margin::Terms {
        variance: book.assets[0].forecast().unwrap(),
        horizon_days: 4,
        multiplier_milli: 0,
    };
    assert_eq!(i64::from(terms.distance_sigma_milli(2_500)), table["distance to liquidation"]);
}

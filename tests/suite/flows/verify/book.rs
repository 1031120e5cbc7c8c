//! The book's risk engine: what was made holds, and what was changed behind the oracle's back is named.

use std::sync::OnceLock;

use super::super::risk::world::{params, plan, Market};
use super::*;
use gimbal::chain::Sandbox;
use gimbal::instructions::oracle;
use risk_oracle::state::{Book, Scenario};
use risk_oracle::SetScenarioArgs;

/// A vault whose book knows four assets and has watched them for a month and a half, with scenarios worked out.
fn watched() -> Fixture {
    static READY: OnceLock<Fixture> = OnceLock::new();
    READY
        .get_or_init(|| {
            let mut market = Market::with(plan(), &params(), |market| {
                let (owner, book) = (market.owner(), market.book_key());
                let mut scenario = Scenario { label: *b"token-halves\0\0\0\0", used: 1, ..Scenario::default() };
                scenario.shocks_bps = [-5_000; 8];
                let set = oracle::set_scenario(&owner.pubkey(), &book, SetScenarioArgs { index: 2, scenario });
                market.fx.send(&[set], &[&owner]).expect("a scenario");
            });
            market.report();
            market.fx.send(&[oracle::stress(&market.book_key(), 0, 8)], &[]).expect("losses");
            market.fx
        })
        .clone()
}

fn book_key(fx: &Fixture) -> Pubkey {
    fx.deployment.vault.addresses.book
}

/// Names of what is broken after `change` of the book.
fn found(change: impl FnOnce(&mut Book)) -> Vec<String> {
    let mut fx = watched();
    let key = book_key(&fx);
    alter(&mut fx, &key, change);
    broken(&fx)
}

const PARTS: [&str; 16] = [
    "assets",
    "fresh",
    "greeks",
    "returns",
    "tail",
    "concentration",
    "stress",
    "regime",
    "modelled",
    "reported",
    "risks",
    "exit",
    "unmodelled",
    "cuts",
    "settings",
    "times",
];

#[test]
fn an_engine_at_work_holds() {
    let mut fx = watched();
    let state: Book = fx.read(&book_key(&fx));
    // All of it is really there.
    assert!(state.used_assets().count() == 4 && state.returns.count >= 40 && state.figures.value_at_risk > 0);
    assert!(state.figures.stress_losses[2] > 0 && state.figures.concentration_bps > 0);
    assert_eq!(broken(&fx), [""; 0], "{}", report(&fx).text());
    for part in PARTS {
        assert_eq!(named(&report(&fx), &format!("book.{part}")).status, Status::Holds, "{part}");
    }
    // Old prices are a note: anybody can mend it.
    fx.warp(86_400);
    assert_eq!(named(&report(&fx), "book.fresh").status, Status::Noted);
}

#[test]
fn a_book_without_an_engine_holds() {
    let fx = Fixture::new();
    for part in PARTS {
        assert_eq!(named(&report(&fx), &format!("book.{part}")).status, Status::Holds, "{part}");
    }
}

#[test]
fn an_asset_that_its_feed_does_not_bear_out() {
    assert_eq!(found(|book| book.assets[0].price += 1), ["book.assets"]);
    assert_eq!(found(|book| book.assets[1].publish_time += 86_400), ["book.assets"]);
    let elsewhere = found(|book| book.assets[2].feed = Pubkey::new_from_array([9; 32]));
    assert_eq!(elsewhere, ["asset.2.feed.roles", "book.assets"]);
    // Not the price alone: whatever the feed says besides.
    assert_eq!(found(|book| book.assets[0].drawdown_bps += 1), ["book.assets"]);
    assert_eq!(found(|book| book.assets[0].long_run /= 2), ["book.assets"]);
}

#[test]
fn figures_that_their_parts_do_not_make() {
    assert_eq!(found(|book| book.figures.deltas[3] += 1), ["book.greeks"]);
    assert_eq!(found(|book| book.figures.debt = 1), ["book.greeks"]);
    let part = |value: u64| value / 10_000;
    assert_eq!(found(|book| book.figures.value_at_risk -= part(book.figures.value_at_risk)), ["book.tail"]);
    assert_eq!(found(|book| book.figures.shortfall += part(book.figures.shortfall)), ["book.tail"]);
    assert_eq!(found(|book| book.figures.deviation = 0), ["book.tail"]);
    assert_eq!(found(|book| book.figures.multipliers_milli[0] -= 1), ["book.tail"]);
    // Less volatility than the figures were made of.
    assert_eq!(found(|book| book.assets[3].variance -= book.assets[3].variance / 100), ["book.assets", "book.tail"]);
    assert_eq!(found(|book| book.figures.concentration_bps += 2), ["book.concentration"]);
    assert_eq!(found(|book| book.figures.stress_losses[2] -= 1), ["book.stress"]);
    assert_eq!(found(|book| book.stressed_at[0] = 1), ["book.stress", "book.settings"]);
    assert_eq!(found(|book| book.figures.exit_days += 1), ["book.exit"]);
    assert_eq!(found(|book| book.figures.unmodelled = 1), ["book.unmodelled"]);
}

#[test]
fn a_matrix_that_the_days_do_not_make() {
    assert_eq!(found(|book| book.returns.words[0] += 1), ["book.returns"]);
    assert!(found(|book| book.returns.words[5] ^= 1).contains(&"book.returns".to_owned()));
    assert!(found(|book| book.returns.rows[7][0] += 1).contains(&"book.returns".to_owned()));
    assert!(found(|book| book.returns.count = 3).contains(&"book.returns".to_owned()));
}

#[test]
fn a_regime_that_leaves_more_than_it_may() {
    let both = ["book.regime", "book.settings"];
    assert_eq!(found(|book| (book.regime.level, book.regime.scale_bps) = (2, 5_001)), both);
    assert_eq!(found(|book| book.regime.measured = 1), both);
    assert_eq!(found(|book| (book.regime.level, book.regime.scale_bps) = (9, 0)), both);
    assert_eq!(found(|book| book.regime.day += 400), ["book.regime"]);
    assert_eq!(found(|book| book.models[0].contagion_bps = 10_001), both);
}

#[test]
fn a_line_without_a_model_is_noted() {
    let mut fx = watched();
    let key = book_key(&fx);
    alter(&mut fx, &key, |book: &mut Book| {
        let moved = book.models.iter_mut().find(|model| model.exposure.delta != 0).expect("a line in the token");
        let asset = usize::from(moved.asset);
        moved.asset = 255;
        (book.figures.deltas[asset], book.figures.gammas[asset]) = (0, 0);
    });
    assert_eq!(named(&report(&fx), "book.modelled").status, Status::Noted);
}

#[test]
fn what_the_ledger_did_not_say() {
    // Lines that were valued before the slot of the report, and have stayed since.
    let mut told = watched();
    Sandbox::advance_slots(&mut told.chain, 2).unwrap();
    told.router().report().unwrap();
    let found = |change: fn(&mut Book)| {
        let mut fx = told.clone();
        assert_eq!(broken(&fx), [""; 0]);
        let key = book_key(&fx);
        alter(&mut fx, &key, change);
        fx
    };
    assert_eq!(named(&report(&told), "book.reported").status, Status::Holds);
    let fx = found(|book| book.lines[0].exposure += 1);
    assert_eq!(broken(&fx), ["book.reported"]);
    assert_eq!(named(&report(&fx), "book.risks").status, Status::Noted);
    assert_eq!(broken(&found(|book| book.models[0].exposure.debt_bps = 7)), ["book.reported"]);
    assert_eq!(broken(&found(|book| book.models[1].exposure.kind = 0)), ["book.reported"]);
    // What the regime leaves may be less than what lies there: anybody may mend that.
    let fx = found(|book| book.regime.scale_bps = 2_000);
    assert_eq!((broken(&fx), named(&report(&fx), "book.cuts").status), (Vec::new(), Status::Noted));
}

#[test]
fn settings_that_no_setter_takes() {
    let settings = ["book.settings"];
    assert_eq!(found(|book| book.params.calm_days = 0), settings);
    assert_eq!(found(|book| book.risks[0].label = [0; 16]), settings);
    assert_eq!(found(|book| book.lines[0].cap_bps = 10_001), settings);
    assert_eq!(found(|book| book.scenarios[2].volatility_bps = -10_001), settings);
    assert_eq!(found(|book| book.models[0].scaled = 2), settings);
    // The feed of an asset that no line rests on.
    let mut fx = watched();
    let feed = fx.deployment.feeds.get(Asset::Btc).key;
    alter(&mut fx, &feed, |feed: &mut risk_oracle::state::Feed| (feed.max_age, feed.engine.weights[0]) = (0, 0));
    assert_eq!(broken(&fx), ["asset.0.feed.settings", "asset.0.feed.engine.mixture"]);
}

#[test]
fn times_that_have_not_come() {
    assert_eq!(found(|book| book.observed_at = i64::MAX), ["book.times"]);
    assert_eq!(found(|book| book.regime.scale_since = i64::MAX), ["book.times"]);
    assert_eq!(found(|book| book.models[3].contagion_since = i64::MAX), ["book.times"]);
    assert_eq!(found(|book| book.stressed_at[2] = i64::MAX), ["book.times"]);
}

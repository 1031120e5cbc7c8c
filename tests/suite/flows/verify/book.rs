//! The book's risk engine: what was made holds, and what was changed behind the oracle's back is named.

use std::sync::OnceLock;

use super::super::risk::world::{params, plan, Market};
use super::*;
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

const PARTS: [&str; 9] =
    ["assets", "fresh", "greeks", "returns", "tail", "concentration", "stress", "regime", "modelled"];

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
    assert_eq!(found(|book| book.assets[2].feed = Pubkey::new_from_array([9; 32])), ["book.assets"]);
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
    assert_eq!(found(|book| book.assets[3].variance -= book.assets[3].variance / 100), ["book.tail"]);
    assert_eq!(found(|book| book.figures.concentration_bps += 2), ["book.concentration"]);
    assert_eq!(found(|book| book.figures.stress_losses[2] -= 1), ["book.stress"]);
    assert_eq!(found(|book| book.stressed_at[0] = 1), ["book.stress"]);
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
    assert_eq!(found(|book| (book.regime.level, book.regime.scale_bps) = (2, 5_001)), ["book.regime"]);
    assert_eq!(found(|book| book.regime.measured = 1), ["book.regime"]);
    assert_eq!(found(|book| (book.regime.level, book.regime.scale_bps) = (9, 0)), ["book.regime"]);
    assert_eq!(found(|book| book.regime.day += 400), ["book.regime"]);
    assert_eq!(found(|book| book.models[0].contagion_bps = 10_001), ["book.regime"]);
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

//! What an account of the oracle may look like: each rule of `invariant` and `validate`, broken one at a time.

mod support;

use anchor_lang::prelude::{Pubkey, Result};
use bytemuck::Zeroable;
use risk_oracle::state::{
    AssetRisk, Bar, Book, Edge, Feed, FeedParams, ModelParams, Network, NetworkParams, Poster, Protocol, RiskParams,
    Sample, Scenario, Scores, ALL_LOST, NO_RISK,
};
use risk_oracle::OracleError;
use support::{book, NOW};

/// The code of an Anchor error.
fn code(result: Result<()>) -> Option<u32> {
    match result {
        Ok(()) => None,
        Err(anchor_lang::error::Error::AnchorError(error)) => Some(error.error_code_number),
        Err(error) => panic!("not an error of the program: {error}"),
    }
}

fn of(error: OracleError) -> Option<u32> {
    Some(error.into())
}

fn label(text: &str) -> [u8; 16] {
    let mut label = [0; 16];
    label[..text.len()].copy_from_slice(text.as_bytes());
    label
}

/// The tests' book with a named risk that line 1 carries, and one scenario.
fn settled() -> Box<Book> {
    let mut book = book();
    book.params = RiskParams::CAUTIOUS;
    book.risks[0].label = label("asset:SOL");
    (book.risks[0].used, book.risks[0].cap_bps, book.risks[0].cap) = (1, 8_000, u64::MAX);
    book.risk_count = 1;
    book.lines[0].risks = [0, NO_RISK, NO_RISK, NO_RISK];
    book.scenarios[0] = Scenario { label: label("crash"), shocks_bps: [-5_000; 8], volatility_bps: 10_000, used: 1 };
    (book.assessments, book.assessed_at) = (1, NOW);
    book.validate().expect("a book that setters leave");
    book
}

/// What is broken, how that is refused, and how to break it.
type Case<T> = (&'static str, OracleError, fn(&mut T));

#[test]
fn what_every_instruction_checks_of_a_book() {
    use OracleError as E;
    let broken: Vec<Case<Book>> = vec![
        ("a count that is not that of the risks", E::InvariantViolated, |book| book.risk_count = 2),
        ("more refusals than assessments", E::InvariantViolated, |book| book.refusals = 2),
        ("a leverage below one", E::MaxLeverageOutOfRange, |book| book.params.max_leverage_bps = 9_999),
        ("a decay of half", E::DecayOutOfRange, |book| book.params.decay_bps = 5_000),
        ("a calm that scales", E::ScalesOutOfRange, |book| book.params.scales_bps[0] = 9_999),
        ("thresholds that fall", E::ThresholdsOutOfRange, |book| book.params.drawdown_bps = [3, 2, 4]),
        ("a cap beyond all of NAV", E::CapBpsOutOfRange, |book| book.lines[0].cap_bps = 10_001),
        ("a risk beyond the table", E::RiskOutOfRange, |book| book.lines[0].risks[1] = 32),
        ("a risk that nobody defined", E::RiskUndefined, |book| book.lines[0].risks[1] = 1),
        ("a risk twice", E::RiskRepeated, |book| book.lines[0].risks[2] = 0),
        ("a free row that holds value", E::InvariantViolated, |book| book.lines[5].exposure = 1),
        ("an asset that nobody defined", E::AssetUndefined, |book| book.models[0].asset = 2),
        ("an asset beyond the table", E::AssetUndefined, |book| book.models[0].asset = 8),
        ("a protocol beyond the table", E::ProtocolOutOfRange, |book| book.models[0].protocol = 16),
        ("more than everything left", E::InvariantViolated, |book| book.models[9].contagion_bps = 10_001),
        ("a mark that is no mark", E::InvariantViolated, |book| book.models[0].scaled = 2),
        ("a fifth regime", E::InvariantViolated, |book| book.regime.level = 4),
        ("a signal of a fifth", E::InvariantViolated, |book| book.regime.levels[6] = 4),
        ("a level that was told of a fifth", E::InvariantViolated, |book| book.regime.told = 4),
        ("a peak above the level", E::InvariantViolated, |book| book.regime.peak = 1),
        ("a measurement above the peak", E::InvariantViolated, |book| book.regime.measured = 1),
        ("a reason without a signal", E::InvariantViolated, |book| book.regime.reasons = 128),
        ("a reason for calm", E::InvariantViolated, |book| book.regime.reasons = 1),
        ("calm days of calm", E::InvariantViolated, |book| book.regime.calm_days = 1),
        ("a crisis of venues out of nothing", E::InvariantViolated, |book| book.regime.venue_since[2] = 9),
        ("a scale beyond that of the level", E::InvariantViolated, |book| {
            (book.regime.level, book.regime.scale_bps) = (2, 5_001)
        }),
        ("residuals beyond the ring", E::InvariantViolated, |book| book.returns.count = 65),
        ("residuals in no place", E::InvariantViolated, |book| book.returns.next = 64),
    ];
    for (what, error, change) in broken {
        let mut book = settled();
        change(&mut book);
        assert_eq!(code(book.invariant()), of(error), "{what}");
        assert_eq!(code(book.validate()), of(error), "{what}");
    }
}

#[test]
fn what_setters_check_of_a_book_besides() {
    use OracleError as E;
    let broken: Vec<Case<Book>> = vec![
        ("a risk without a name", E::LabelInvalid, |book| book.risks[0].label = [0; 16]),
        ("a risk with a gap in its name", E::LabelInvalid, |book| book.risks[0].label[5] = 0),
        ("a risk's cap beyond all of NAV", E::CapBpsOutOfRange, |book| book.risks[0].cap_bps = 10_001),
        ("a name of no risk", E::InvariantViolated, |book| book.risks[3].label = label("x")),
        ("a mark that is no mark", E::InvariantViolated, |book| book.risks[3].used = 2),
        ("a line twice", E::InvariantViolated, |book| book.lines[2].line_id = 1),
        ("a feed twice", E::AssetRepeated, |book| book.assets[4].feed = book.assets[0].feed),
        ("a price of no asset", E::InvariantViolated, |book| book.assets[4].price = 1),
        ("a scenario without a name", E::LabelInvalid, |book| book.scenarios[0].label = [0; 16]),
        ("a price below nothing", E::ShockOutOfRange, |book| book.scenarios[0].shocks_bps[3] = -10_001),
        ("a volatility below nothing", E::ShockOutOfRange, |book| book.scenarios[0].volatility_bps = -10_001),
        ("a shock of no scenario", E::ShockOutOfRange, |book| book.scenarios[1].shocks_bps[0] = 1),
        ("a run of no scenario", E::InvariantViolated, |book| book.stressed_at[1] = NOW),
        ("a line's loss in no scenario", E::InvariantViolated, |book| book.models[0].stressed = 2),
        ("the book's loss in no scenario", E::InvariantViolated, |book| book.figures.stressed = 3),
        ("a solution of no network", E::InvariantViolated, |book| book.contagion_at = NOW),
        ("an assessment that never was", E::InvariantViolated, |book| (book.assessments, book.refusals) = (0, 0)),
        ("an observation that never was", E::InvariantViolated, |book| book.observed_at = NOW),
    ];
    for (what, error, change) in broken {
        let mut book = settled();
        change(&mut book);
        assert_eq!(code(book.invariant()), None, "{what}: no other instruction moves it");
        assert_eq!(code(book.validate()), of(error), "{what}");
    }
}

#[test]
fn a_raised_regime_with_everything_that_goes_with_it_holds() {
    let mut book = settled();
    let regime = &mut book.regime;
    (regime.level, regime.peak, regime.measured, regime.told) = (3, 3, 2, 2);
    (regime.scale_bps, regime.reasons, regime.calm_days) = (2_500, 127, 4);
    (regime.levels, regime.venue_since) = ([3; 7], [NOW - 9, NOW - 5, 0]);
    assert_eq!(code(book.validate()), None);
}

/// A feed of two bars, at a dollar.
fn feed() -> Box<Feed> {
    let mut feed = Box::new(Feed::zeroed());
    feed.feed_id = [1; 32];
    let params = FeedParams {
        max_age: 600,
        max_future: 60,
        max_confidence_bps: 500,
        wide_confidence_bps: 200,
        max_divergence_bps: 200,
        max_stable_gap_bps: 3_000,
        peg_band_bps: 100,
        stable_bps_per_hour: 600,
        peg: 1_000_000_000_000,
    };
    feed.set_params(&params, NOW);
    feed.engine.start(&ModelParams::DEFAULT);
    for day in 0..3 {
        let publish_time = NOW + day * 86_400;
        let sample = Sample { price: 1_000_000_000_000, confidence: 100_000_000, publish_time, posted_slot: 1 };
        feed.take_first(&sample).unwrap();
        feed.finish_update(publish_time, 1).unwrap();
    }
    feed.validate().expect("a feed that the program leaves");
    feed
}

#[test]
fn what_must_hold_of_a_feed() {
    use OracleError as E;
    let always: Vec<Case<Feed>> = vec![
        ("an age of nothing", E::MaxAgeOutOfRange, |feed| feed.max_age = 0),
        ("a peg without a mark", E::InvariantViolated, |feed| feed.has_peg = 0),
        ("a mark that is no mark", E::InvariantViolated, |feed| (feed.peg, feed.has_peg) = (0, 2)),
        ("a second price without a source", E::InvariantViolated, |feed| feed.second_price = 1),
        ("no price, and no flag", E::InvariantViolated, |feed| feed.price = 0),
        ("a stable price of tomorrow", E::InvariantViolated, |feed| feed.stable_at = feed.publish_time + 1),
        ("an engine of other bars", E::InvariantViolated, |feed| feed.engine.bars = 7),
        ("a model out of its range", E::EwmaOutOfRange, |feed| feed.engine.params.ewma_bps = 1),
    ];
    for (what, error, change) in always {
        let mut feed = feed();
        change(&mut feed);
        assert_eq!(code(feed.invariant()), of(error), "{what}");
        assert_eq!(code(feed.validate()), of(error), "{what}");
    }
    let besides: Vec<Case<Feed>> = vec![
        ("no source", E::ZeroFeedId, |feed| feed.feed_id = [0; 32]),
        ("a source twice", E::SecondFeedSame, |feed| feed.second_feed_id = feed.feed_id),
        ("a bar without a sample", E::InvariantViolated, |feed| feed.bars.closed[0] = Bar::default()),
        ("a low above its high", E::InvariantViolated, |feed| feed.bars.closed[0].high = 1),
        ("two bars of a day", E::InvariantViolated, |feed| feed.bars.closed[0].day += 1),
        ("a bar after the open one", E::InvariantViolated, |feed| feed.bars.open.day -= 1),
    ];
    for (what, error, change) in besides {
        let mut feed = feed();
        change(&mut feed);
        assert_eq!(code(feed.invariant()), None, "{what}: no other instruction moves it");
        assert_eq!(code(feed.validate()), of(error), "{what}");
    }
}

/// A network of two protocols, the first of which may lose what the second loses.
fn network() -> Box<Network> {
    let mut network = Box::new(Network::zeroed());
    network.params = NetworkParams::DEFAULT;
    for (index, row) in network.edges.iter_mut().enumerate() {
        *row = [Edge::UNKNOWN; 16];
        row[index] = Edge::TO_SELF;
    }
    for (row, name) in network.protocols.iter_mut().zip(["klend", "save"]) {
        *row = Protocol { label: label(name), used: 1, damage: ALL_LOST, ..Protocol::zeroed() };
    }
    network.count = 2;
    network.posters[0] = Poster { key: Pubkey::new_from_array([7; 32]), posted_at: NOW };
    network.edges[0][1] =
        Edge { cap_bps: 500, observed_bps: 800, poster: 0, posted_at: NOW, observed_at: NOW, ..Edge::UNKNOWN };
    network.validate().expect("a network that setters leave: the cap was lowered after the post");
    network
}

#[test]
fn what_must_hold_of_a_network() {
    use OracleError as E;
    let always: Vec<Case<Network>> = vec![
        ("a fall of nothing", E::EdgeFallOutOfRange, |network| network.params.edge_fall_bps = 0),
        ("a count beyond the rows", E::InvariantViolated, |network| network.count = 17),
        ("a count beyond those defined", E::InvariantViolated, |network| network.count = 3),
        ("a mark that is no mark", E::InvariantViolated, |network| network.protocols[5].used = 2),
        ("a score beyond the worst", E::ScoreOutOfRange, |network| network.protocols[0].scores.audits = 101),
        ("a loss beyond all", E::LossOutOfRange, |network| network.protocols[1].loss_bps = 10_001),
        ("a damage beyond all", E::InvariantViolated, |network| network.protocols[0].damage = ALL_LOST + 1),
        ("a damage below its own", E::InvariantViolated, |network| {
            (network.protocols[0].initial, network.protocols[0].damage) = (2, 1);
        }),
        ("a debt to itself", E::InvariantViolated, |network| network.edges[3][3].cap_bps = 1),
        ("a mark that is no mark", E::InvariantViolated, |network| network.moved = 2),
        ("a solution that never was", E::InvariantViolated, |network| network.solved_at = NOW),
    ];
    for (what, error, change) in always {
        let mut network = network();
        change(&mut network);
        assert_eq!(code(network.invariant()), of(error), "{what}");
        assert_eq!(code(network.validate()), of(error), "{what}");
    }
    let besides: Vec<Case<Network>> = vec![
        ("a protocol without a name", E::LabelInvalid, |network| network.protocols[1].label = [0; 16]),
        ("a poster twice", E::PosterRepeated, |network| network.posters[2].key = network.posters[0].key),
        ("a post of nobody", E::InvariantViolated, |network| network.edges[0][1].poster = 255),
        ("a post from no place", E::InvariantViolated, |network| network.edges[0][1].poster = 4),
        ("a poster of no post", E::InvariantViolated, |network| network.edges[1][0].poster = 0),
        ("an observation of no post", E::InvariantViolated, |network| network.edges[1][0].observed_bps = 1),
    ];
    for (what, error, change) in besides {
        let mut network = network();
        change(&mut network);
        assert_eq!(code(network.invariant()), None, "{what}: no other instruction moves it");
        assert_eq!(code(network.validate()), of(error), "{what}");
    }
}

#[test]
fn what_nobody_looked_at_is_a_score() {
    let mut network = network();
    network.protocols[0].scores = Scores::NOTHING_KNOWN;
    assert_eq!(code(network.validate()), None);
}

#[test]
fn a_new_book_and_freed_rows_hold() {
    let mut fresh = Box::new(Book::zeroed());
    fresh.lines = [risk_oracle::LineRisk::FREE; 16];
    fresh.start_engine();
    assert_eq!(code(fresh.validate()), None);
    let mut book = settled();
    (book.models[1].asset, book.assets[1]) = (255, AssetRisk::default());
    book.scenarios[0] = Scenario::default();
    assert_eq!(code(book.validate()), None);
}

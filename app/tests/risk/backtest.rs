//! Forecasts, counters and figures of the feeds against each other and against an independent computation.

use gimbal::chain::Mode;
use gimbal::risk::backtest::{course, run, score, BacktestError, Model, Settings};
use gimbal::risk::series::{PriceFile, Series};

use crate::support::{series, settings};

fn file(series: Vec<Series>) -> PriceFile {
    PriceFile { name: "made.csv".to_owned(), sha256: String::new(), series }
}

fn course_of(series: &Series, model: Model) -> course::Course {
    let params = model.params(100).expect("a level");
    let mode: Mode = settings(&[model], 30).mode;
    course::run(mode, series, model.name(), &params, &|| ()).expect("the chain takes every price")
}

#[test]
fn bars_are_the_files_and_gaps_are_kept() {
    let mut made = series("Tin", 3, 40);
    made.days.drain(20..23);
    let course = course_of(&made, Model::Mixture);
    assert_eq!(course.closes.len(), 37);
    assert_eq!(course.transactions, 1 + 37 * 4 + 1);
    for (close, (date, bar)) in course.closes.iter().zip(&made.days) {
        assert_eq!(close.date, *date);
        let closed = close.bar;
        assert_eq!((closed.open, closed.high, closed.low, closed.close), (bar.open, bar.high, bar.low, bar.close));
        assert_eq!(closed.samples, 4);
    }
    let gaps: Vec<u32> = course.closes.iter().map(|close| close.gap).collect();
    assert_eq!((gaps[0], gaps[19], gaps[20], gaps[21]), (0, 1, 4, 1));
    // The feed's own calendar keeps them too.
    assert_eq!(course.closes[20].bar.day - course.closes[19].bar.day, 4);
}

#[test]
fn a_feed_that_counted_otherwise_is_an_error() {
    let made = series("Tin", 3, 60);
    let honest = course_of(&made, Model::Garch);
    let days = score::scores("Tin", "garch", 100, &honest).expect("the feed counts right");
    assert_eq!(days.len(), 30);
    assert_eq!(honest.closes.last().map(|close| close.tested.days), Some(30));
    let forged = |forge: &dyn Fn(&mut course::Close)| {
        let mut course = honest.clone();
        course.closes[45..].iter_mut().for_each(forge);
        match score::scores("Tin", "garch", 100, &course) {
            Err(BacktestError::Disagrees { date, what, .. }) => {
                assert_eq!(date, made.days[45].0);
                what
            }
            other => panic!("not noticed: {other:?}"),
        }
    };
    assert_eq!(forged(&|close| close.tested.exceptions += 1), "days and exceptions");
    assert_eq!(forged(&|close| close.tested.n01 += 1), "days and exceptions");
    assert_eq!(forged(&|close| close.tested.qlike[2] += 1), "QLIKE against the range");
    assert_eq!(forged(&|close| close.tested.qlike_squared += 1), "QLIKE against the squared return");
    assert_eq!(forged(&|close| close.tested.quantile_loss -= 1), "quantile loss");
}

#[test]
fn a_single_model_is_the_mixture_with_one_weight() {
    let made = series("Tin", 3, 50);
    for model in [Model::Ewma, Model::Garch, Model::Har, Model::Range] {
        let course = course_of(&made, model);
        for close in &course.closes {
            assert_eq!(close.variances[4], close.variances[model.place()], "{}", model.name());
            assert_eq!(close.weights[model.place()], 65_536);
        }
    }
    let mixture = course_of(&made, Model::Mixture);
    assert!(mixture.closes.iter().all(|close| close.weights.iter().all(|weight| *weight > 0)));
    // HAR sees no return and no clamp: it is the same forecast whoever is weighted.
    let har = course_of(&made, Model::Har);
    let forecasts = |course: &course::Course| course.closes.iter().map(|close| close.variances[2]).collect::<Vec<_>>();
    assert_eq!(forecasts(&mixture), forecasts(&har));
}

#[test]
fn prices_of_any_size_are_taken() {
    // The smallest that a feed can carry with some precision, and the largest of all.
    let scale = |scale: fn(u64) -> u64| {
        let mut made = series("Tin", 3, 35);
        for (_, bar) in &mut made.days {
            for price in [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close] {
                *price = scale(*price);
            }
        }
        let course = course_of(&made, Model::Mixture);
        course.closes.last().map(|close| (close.bar.close, made.days[34].1.close)).expect("a day")
    };
    // Millionths of a dollar.
    let (fed, given) = scale(|price| price / 100_000_000_000);
    assert_eq!(fed, given);
    // Up to the ten millions that a file may hold: 63 bits hold one digit less.
    let (fed, given) = scale(|price| price.saturating_mul(390).min(10_000_000_000_000_000_000));
    assert!(given > i64::MAX as u64 && given - fed < 10, "{given} {fed}");
}

#[test]
fn the_order_of_assets_and_the_number_of_threads_change_nothing() {
    let made = file(vec![series("Tin", 1, 40), series("Zinc", 2, 45)]);
    let mut settings = settings(&[Model::Mixture, Model::Har], 30);
    let two = run(&made, &settings, &|| ()).expect("a report");
    settings.threads = 1;
    let one = run(&made, &settings, &|| ()).expect("a report");
    let json = |report: &_| serde_json::to_string(report).expect("JSON");
    assert_eq!(json(&one), json(&two));
    assert_eq!(two.assets.iter().map(|asset| asset.asset.as_str()).collect::<Vec<_>>(), ["Tin", "Zinc"]);
}

#[test]
fn another_level_moves_the_value_at_risk_but_no_forecast() {
    let made = file(vec![series("Tin", 6, 90)]);
    let mut settings = settings(&[Model::Mixture], 30);
    let of = |settings: &Settings| {
        let report = run(&made, settings, &|| ()).expect("a report");
        report.assets[0].models[0].windows[0].measures
    };
    let usual = of(&settings);
    settings.level_bps = 500;
    let lower = of(&settings);
    assert!(lower.mean_var < usual.mean_var * 0.9, "{} {}", lower.mean_var, usual.mean_var);
    assert_eq!((lower.qlike_range, lower.qlike_squared), (usual.qlike_range, usual.qlike_squared));
    assert_eq!((lower.expected, usual.expected), (3.0, 0.6));
    assert_eq!((lower.basel_zone, usual.basel_zone.is_some()), (None, true));
}

/// What the same recursion gives in floating point, written from the description of `policy/volatility.rs` in Python 3 and
/// run on the generator's first asset, seed 11, 400 days, the first 100 left out: exceptions, Kupiec, Christoffersen, QLIKE
/// against Parkinson and against r², quantile loss, mean value at risk.
const FLOATING: [(Model, u32, [f64; 6]); 5] = [
    (Model::Mixture, 4, [0.304827, 0.108478, 0.533554, 1.937820, 0.001619322, 0.085232]),
    (Model::Ewma, 4, [0.304827, 4.461195, 0.669406, 1.945244, 0.001870660, 0.103979]),
    (Model::Garch, 4, [0.304827, 4.461195, 0.627671, 1.873439, 0.001703149, 0.100160]),
    (Model::Har, 4, [0.304827, 0.108478, 0.581690, 2.025635, 0.001647971, 0.089446]),
    (Model::Range, 4, [0.304827, 0.108478, 0.513418, 1.947472, 0.001600974, 0.081056]),
];

#[test]
fn the_figures_are_those_of_floating_point() {
    let made = file(vec![series("Tin", 11, 400)]);
    let report = run(&made, &settings(&Model::ALL, 100), &|| ()).expect("a report");
    for (model, (expected_model, exceptions, expected)) in report.assets[0].models.iter().zip(FLOATING) {
        let name = expected_model.name();
        assert_eq!(model.model, name);
        let measures = model.windows[0].measures;
        assert_eq!((measures.days, measures.exceptions), (300, exceptions), "{name}");
        let figures = [
            measures.kupiec_lr,
            measures.christoffersen_lr,
            measures.qlike_range,
            measures.qlike_squared,
            measures.quantile_loss,
            measures.mean_var,
        ];
        // Weights come in 65,536ths and tails in thousandths of a standard deviation.
        for (figure, expected) in figures.into_iter().zip(expected) {
            assert!((figure - expected).abs() <= 2e-6 + 5e-4 * expected, "{name}: {figures:?}");
        }
    }
    // The best of EWMA, GARCH and HAR on these days, and how far the default model is from it.
    let [all, ..] = &report.assets[0].against_best[..] else { panic!("a comparison") };
    let beside = all.all().map(|(_, beside)| (beside.best_model, beside.passed));
    assert_eq!(beside, [("har", true), ("garch", false), ("har", true)]);
    assert!((all.qlike_squared.above - (1.937820 / 1.873439 - 1.0)).abs() < 1e-4);
    assert_eq!((report.assets[0].passed(), report.passed), (Some(false), Some(false)));
}

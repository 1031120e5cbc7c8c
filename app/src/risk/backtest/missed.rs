//! Which marks were missed, by which model, and what that says.

use serde::Serialize;

use super::report::{AssetReport, Beside, ModelReport, WindowReport};
use super::report::{CHRISTOFFERSEN_LIMIT, KUPIEC_LIMIT, NEAR_BEST};
use super::Model;

/// A mark that a model missed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Missed {
    /// The asset.
    pub asset: String,
    /// The window's name.
    pub window: String,
    /// The model.
    pub model: &'static str,
    /// Which mark: `kupiec_lr`, `christoffersen_lr`, `qlike_range`, `qlike_squared` or `quantile_loss`.
    pub mark: &'static str,
    /// What was measured: a likelihood ratio, or how much of the best loss it is above that.
    pub figure: f64,
    /// What it has to stay below, or at most be.
    pub limit: f64,
    /// The same in words.
    pub words: String,
}

/// All that an asset's models missed, in the order of models and windows.
pub fn missed(asset: &AssetReport) -> Vec<Missed> {
    let tests = asset
        .models
        .iter()
        .flat_map(|model| model.windows.iter().flat_map(move |window| of_tests(&asset.asset, model, window)));
    let near = asset.against_best.iter().flat_map(|one| {
        let keys = ["qlike_range", "qlike_squared", "quantile_loss"];
        keys.into_iter().zip(one.all()).filter(|(_, (_, beside))| !beside.passed).map(|(mark, (name, beside))| Missed {
            asset: asset.asset.clone(),
            window: one.window.clone(),
            model: Model::Mixture.name(),
            mark,
            figure: beside.above,
            limit: NEAR_BEST,
            words: above(name, beside),
        })
    });
    tests.chain(near).collect()
}

fn of_tests(asset: &str, model: &ModelReport, window: &WindowReport) -> Vec<Missed> {
    let measures = &window.measures;
    let miss = |mark: &'static str, figure: f64, limit: f64, words: String| Missed {
        asset: asset.to_owned(),
        window: window.window.clone(),
        model: model.model,
        mark,
        figure,
        limit,
        words,
    };
    let mut all = Vec::new();
    if !window.kupiec_passed {
        let what = match f64::from(measures.exceptions) > measures.expected {
            true => "low",
            false => "high",
        };
        let words = format!(
            "Kupiec's LR {:.2}, limit {KUPIEC_LIMIT}: {} exceptions, {:.1} expected; the value at risk is too {what}",
            measures.kupiec_lr, measures.exceptions, measures.expected
        );
        all.push(miss("kupiec_lr", measures.kupiec_lr, KUPIEC_LIMIT, words));
    }
    if !window.christoffersen_passed {
        let words = format!(
            "Christoffersen's LR {:.2}, limit {CHRISTOFFERSEN_LIMIT}: exceptions follow on exceptions",
            measures.christoffersen_lr
        );
        all.push(miss("christoffersen_lr", measures.christoffersen_lr, CHRISTOFFERSEN_LIMIT, words));
    }
    all
}

fn above(name: &str, beside: &Beside) -> String {
    format!(
        "{name} {:.1} % above that of {}, limit {:.0} %",
        beside.above * 100.0,
        beside.best_model,
        NEAR_BEST * 100.0
    )
}

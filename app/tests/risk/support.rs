//! Generated prices as files.

use gimbal::chain::EmbeddedChain;
use gimbal::date::Date;
use gimbal::prices::{generate, Bar};
use gimbal::risk::backtest::{Model, Settings, Window};
use gimbal::risk::series::Series;

/// The first of the generator's three assets, from a seed, under another name.
pub fn series(asset: &str, seed: u64, days: u32) -> Series {
    let path = generate(seed, days);
    Series { asset: asset.to_owned(), exponent: 0, days: path.days.iter().map(|day| (day.date, day.bars[0])).collect() }
}

/// Usual settings with these models, warm-up and windows of all days.
pub fn settings(models: &[Model], warmup: usize) -> Settings {
    Settings {
        mode: EmbeddedChain::mode_from_environment().expect("a mode"),
        models: models.to_vec(),
        level_bps: 100,
        warmup,
        windows: Window::choose(None, None),
        threads: 2,
    }
}

/// Rows of a price file.
pub fn rows(series: &Series) -> String {
    let usd = |price: u64| format!("{}.{:012}", price / 1_000_000_000_000, price % 1_000_000_000_000);
    let row = |(date, bar): &(Date, Bar)| {
        let [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(usd);
        format!("{date},{},{open},{high},{low},{close}\n", series.asset)
    };
    series.days.iter().map(row).collect()
}

/// A file's text.
pub fn csv(all: &[&Series]) -> String {
    let rows: String = all.iter().map(|series| rows(series)).collect();
    format!("date,asset,open,high,low,close\n{rows}")
}

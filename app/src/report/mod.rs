//! What a run of the demo showed: as text for people, as JSON for machines, as one HTML page with charts.

mod charts;
mod html;
mod palette;
mod summary;
#[cfg(test)]
mod tests;
mod text;

pub use html::{page, GENERATOR};
pub use summary::{
    Amount, Benchmark, Compute, DamageLine, DepositorLine, EventLine, ForecastLine, IdentityLine, Nav, PerformanceLine,
    PriceSource, RiskSummary, Settings, SharePrice, Summary, Totals, Transactions, VenueLine,
};
pub use text::text;

/// The summary as indented JSON, keys in a fixed order, with a newline at the end.
pub fn json(summary: &Summary) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(summary)? + "\n")
}

//! What was seen of risk, in figures.

use crate::demo::engine::{AssetDay, RiskRecord};
use serde::Serialize;
use std::collections::BTreeMap;

/// Names of the regimes in their order.
const REGIMES: [&str; 4] = ["calm", "elevated", "stressed", "crisis"];
/// Damage of everything.
const ALL_LOST: f64 = (1u32 << 30) as f64;

/// How one feed's forecasts fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForecastLine {
    /// The asset.
    pub asset: String,
    /// Days with a forecast.
    pub days: usize,
    /// Of them, those that fell further than the value at risk at 99%.
    pub exceedances: usize,
    /// Mean forecast standard deviation of a day.
    pub mean_forecast: f64,
    /// Mean standard deviation that the days' ranges told.
    pub mean_realised: f64,
}

/// Damage of one protocol of the contagion network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DamageLine {
    /// The protocol.
    pub protocol: String,
    /// On the day of the greatest damage, part of all.
    pub damage: f64,
}

/// What was seen of risk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskSummary {
    /// The feeds.
    pub forecasts: Vec<ForecastLine>,
    /// Days that ended in each regime.
    pub regime_days: BTreeMap<&'static str, usize>,
    /// The day of the greatest damage in the contagion network.
    pub worst_day: String,
    /// The damages then.
    pub damages: Vec<DamageLine>,
}

pub(super) fn summary(record: &RiskRecord) -> RiskSummary {
    let mut regime_days = BTreeMap::new();
    for (level, name) in (0u8..).zip(REGIMES) {
        regime_days.insert(name, record.days.iter().filter(|day| day.regime == level).count());
    }
    let worst = record.worst.as_ref();
    let protocols = worst.map(|(_, network)| network.protocols.as_slice()).unwrap_or_default();
    let damage = |protocol: &crate::demo::world::ProtocolState| DamageLine {
        protocol: protocol.label.clone(),
        damage: f64::from(protocol.damage) / ALL_LOST,
    };
    RiskSummary {
        forecasts: (0..record.assets()).map(|asset| forecast(record, asset)).collect(),
        regime_days,
        worst_day: worst.map(|(date, _)| date.to_string()).unwrap_or_default(),
        damages: protocols.iter().map(damage).collect(),
    }
}

fn forecast(record: &RiskRecord, asset: usize) -> ForecastLine {
    let days: Vec<AssetDay> = record.course(asset).into_iter().filter(|day| day.forecast.is_some()).collect();
    let mean = |of: fn(&AssetDay) -> f64| days.iter().map(of).sum::<f64>() / days.len().max(1) as f64;
    ForecastLine {
        asset: record.days.first().map_or_else(String::new, |day| day.feeds[asset].asset.clone()),
        days: days.len(),
        exceedances: days.iter().filter(|day| day.exceeds()).count(),
        mean_forecast: mean(|day| day.forecast.unwrap_or_default()),
        mean_realised: mean(|day| day.realised),
    }
}

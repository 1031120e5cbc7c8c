//! What the model world shows of risk: bars of the prices that it was given, a forecast that never changes, exposures that
//! are positions, and a network whose damages are the posted losses.

use crate::demo::world::{ClosedBar, FeedState, NetworkState, ProtocolState, RiskState};
use crate::prices::{Asset, Prices};

/// Bars before there is a forecast.
const SEASON: usize = 30;
/// 4% a day: 0.0016 in units of 2^-56.
const VARIANCE: u64 = 115_292_150_460_684;
/// Updates of a day.
const STEPS: usize = 4;

pub fn risk(clock: &[(i64, Prices)], positions: &[u64], losses: &[u32]) -> RiskState {
    let days: Vec<&[(i64, Prices)]> = clock.chunks(STEPS).collect();
    let closed = days.len().checked_sub(2).map(|day| days[day]);
    let feed = |asset: Asset| {
        let bar = |steps: &[(i64, Prices)]| {
            let prices: Vec<u64> = steps.iter().map(|(_, prices)| prices[asset.index()]).collect();
            let day = u32::try_from(steps[0].0 / 86_400).expect("a day");
            let (high, low) = (prices.iter().max().copied(), prices.iter().min().copied());
            ClosedBar { day, high: high.expect("steps"), low: low.expect("steps"), close: prices[prices.len() - 1] }
        };
        FeedState {
            asset: asset.ticker().to_owned(),
            variance: (days.len() > SEASON).then_some(VARIANCE),
            tail_milli: 2_600,
            closed: closed.map(bar),
            ..FeedState::default()
        }
    };
    let label = |line: usize| format!("market {}", line + 1);
    let damage = |bps: &u32| u32::try_from(u64::from(*bps).min(10_000) * (1 << 30) / 10_000).expect("at most 2^30");
    let protocols = losses.iter().enumerate();
    RiskState {
        feeds: Asset::ALL.map(feed).to_vec(),
        regime: u8::from(losses.iter().any(|loss| *loss > 0)),
        exposures: positions.iter().enumerate().map(|(line, value)| (format!("venue {}", line + 1), *value)).collect(),
        network: NetworkState {
            protocols: protocols.map(|(line, bps)| ProtocolState { label: label(line), damage: damage(bps) }).collect(),
            edges_bps: vec![vec![0, 400, 0], vec![400, 0, 9_000], vec![0; 3]],
        },
    }
}

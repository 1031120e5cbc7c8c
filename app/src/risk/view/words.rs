//! What a verdict's flags and a regime's signals mean, and what helps.

use risk_oracle::state::Signal;
use risk_oracle::Verdict;
use serde::Serialize;

/// A flag of a verdict in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FlagView {
    /// Its name.
    pub flag: &'static str,
    /// What is in the way of new money.
    pub meaning: &'static str,
    /// What helps.
    pub next_step: &'static str,
}

/// All flags with their bits.
const FLAGS: [(u32, FlagView); 17] = [
    flag(
        Verdict::LINE_UNREGISTERED,
        "LINE_UNREGISTERED",
        "a line is unknown to the book",
        "the owner registers it: `gimbal admin book line-risk`",
    ),
    flag(
        Verdict::LINE_CAP,
        "LINE_CAP",
        "a line is beyond its cap in units",
        "lower the line, or the owner lifts the cap: `gimbal admin book line-risk`",
    ),
    flag(
        Verdict::LINE_CAP_BPS,
        "LINE_CAP_BPS",
        "a line is beyond its part of NAV",
        "lower the line, or the owner lifts the cap: `gimbal admin book line-risk`",
    ),
    flag(
        Verdict::RISK_CAP,
        "RISK_CAP",
        "the lines of a risk are beyond its cap in units",
        "lower one of them, or the owner lifts the cap: `gimbal admin book risk`",
    ),
    flag(
        Verdict::RISK_CAP_BPS,
        "RISK_CAP_BPS",
        "the lines of a risk are beyond their part of NAV",
        "lower one of them, or the owner lifts the cap: `gimbal admin book risk`",
    ),
    flag(
        Verdict::NAV_ZERO,
        "NAV_ZERO",
        "there is no NAV that limits could be parts of",
        "pay in first, then `gimbal risk report`",
    ),
    flag(
        Verdict::VAR,
        "VAR",
        "the value at risk is beyond its limit",
        "lower or hedge the asset with the largest part of it (table of assets)",
    ),
    flag(
        Verdict::SHORTFALL,
        "SHORTFALL",
        "the expected shortfall is beyond its limit",
        "lower or hedge the asset with the largest part of it (table of assets)",
    ),
    flag(
        Verdict::STRESS,
        "STRESS",
        "a stress scenario loses more than the limit",
        "lower what that scenario hits (table of scenarios), then `gimbal risk stress`",
    ),
    flag(
        Verdict::LEVERAGE,
        "LEVERAGE",
        "a line borrows more than its limit or its margin allows",
        "repay in that line, or wait for calmer prices",
    ),
    flag(Verdict::LIQUIDATION, "LIQUIDATION", "a line's liquidation is too near", "repay in that line"),
    flag(
        Verdict::CONCENTRATION,
        "CONCENTRATION",
        "too much lies in too few lines",
        "spread it over more lines, or hold more cash",
    ),
    flag(
        Verdict::LIQUIDITY,
        "LIQUIDITY",
        "a line is too large for what its venue can pay out",
        "lower that line, or wait until the venue can pay more",
    ),
    flag(
        Verdict::REGIME,
        "REGIME",
        "the regime leaves less of the caps",
        "see the reasons under Regime; it comes back by itself at its rate",
    ),
    flag(
        Verdict::CONTAGION,
        "CONTAGION",
        "damage to a protocol leaves less of the caps",
        "see Contagion; after newer posts `gimbal admin network solve` and `sync`",
    ),
    flag(
        Verdict::STALE_RISK,
        "STALE_RISK",
        "prices or scenarios are older than the limits allow",
        "`gimbal feed update` for each feed, `gimbal risk observe`, `gimbal risk stress`",
    ),
    flag(
        Verdict::UNMODELLED,
        "UNMODELLED",
        "a price moves a line, and the book has no asset or no forecast for it",
        "`gimbal admin book model` names the asset; a new feed forecasts after 30 closed days",
    ),
];

const fn flag(bit: u32, flag: &'static str, meaning: &'static str, next_step: &'static str) -> (u32, FlagView) {
    (bit, FlagView { flag, meaning, next_step })
}

/// A verdict's flags in words.
pub fn explained(bits: u32) -> Vec<FlagView> {
    FLAGS.iter().filter(|(flag, _)| bits & flag != 0).map(|(_, view)| *view).collect()
}

/// The name of a signal.
pub fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Volatility => "volatility",
        Signal::Drawdown => "drawdown",
        Signal::Jumps => "jumps",
        Signal::Confidence => "confidence",
        Signal::Move => "move",
        Signal::Utilisation => "utilisation",
        Signal::Depth => "depth",
    }
}

/// What a signal says when it is raised.
pub fn signal_meaning(signal: Signal) -> &'static str {
    match signal {
        Signal::Volatility => "a forecast lies far above its long run",
        Signal::Drawdown => "a price lies far below its highest close of 32 days",
        Signal::Jumps => "a price jumped several times within 22 days",
        Signal::Confidence => "a price is far less certain than in the last month",
        Signal::Move => "a price has moved far since its last close",
        Signal::Utilisation => "a venue is lent out almost wholly",
        Signal::Depth => "a venue can pay out far less than usual",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_explained_once() {
        let all = explained(u32::MAX);
        assert_eq!(all.len(), 17);
        assert_eq!(FLAGS.iter().fold(0, |bits, (bit, _)| bits | bit), (1 << 17) - 1);
        let names: std::collections::BTreeSet<_> = all.iter().map(|view| view.flag).collect();
        assert_eq!(names.len(), 17);
        assert!(all.iter().all(|view| view.meaning.len() <= 72 && view.next_step.len() <= 90), "they fit a line");
        assert_eq!(explained(0), []);
        let two = explained(Verdict::VAR | Verdict::STALE_RISK);
        assert_eq!(two.iter().map(|view| view.flag).collect::<Vec<_>>(), ["VAR", "STALE_RISK"]);
    }
}

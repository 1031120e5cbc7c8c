//! The caps of a line and of the risks that it carries, and what regime and contagion leave of them.

use crate::policy::limits::{Target, Verdict};
use crate::state::{cap_of_nav_down, scale_down, Book, LineScale, WHOLE_BPS};

/// Holds new money to every cap of its line and of the line's risks.
pub fn limit(book: &Book, nav: u64, target: &Target, now: i64, verdict: &mut Verdict) {
    let Some(line) = book.lines.get(target.at) else { return };
    let of_nav = cap_of_nav_down(nav, line.cap_bps);
    let (value, amount) = (target.value, target.amount);
    verdict.limit(Verdict::LINE_CAP, value, amount, line.cap);
    verdict.limit(Verdict::LINE_CAP_BPS, value, amount, of_nav);
    for risk in line.risks.iter().filter_map(|index| book.risks.get(usize::from(*index))) {
        verdict.limit(Verdict::RISK_CAP, risk.exposure, amount, risk.cap);
        verdict.limit(Verdict::RISK_CAP_BPS, risk.exposure, amount, cap_of_nav_down(nav, risk.cap_bps));
    }

    let LineScale { regime_bps, contagion_bps } = scale_now(book, target, now);
    let cap = line.cap.min(of_nav);
    if regime_bps < WHOLE_BPS {
        verdict.limit(Verdict::REGIME, value, amount, scale_down(cap, regime_bps));
    }
    if contagion_bps < WHOLE_BPS {
        let scale = LineScale { regime_bps, contagion_bps };
        verdict.limit(Verdict::CONTAGION, value, amount, scale.of_down(cap));
    }
}

/// What regime and contagion leave of the line for new money: nothing where contagion was not solved for too long.
pub fn scale_now(book: &Book, target: &Target, now: i64) -> LineScale {
    let Some(model) = book.models.get(target.at) else { return LineScale::WHOLE };
    LineScale { contagion_bps: book.contagion_scale(model, now), ..book.scale_of(model) }
}

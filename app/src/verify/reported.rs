//! What the ledger has told its book, and what the book leaves of the ledger's lines.

use risk_oracle::state::{Book, LineModel, LineRisk, NO_LINE, NO_RISK};
use strategy_router::risk::{question, Ask};

use super::report::Check;
use super::Facts;

/// All, basis points.
const WHOLE_BPS: u128 = 10_000;
/// No row of a network.
const NONE: u8 = u8::MAX;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let Some(book) = facts.book.as_deref() else { return Vec::new() };
    vec![told(facts, book), risks(book), exit(book), unmodelled(book), modelled(book), cuts(facts, book)]
}

/// The book's lines with how it sees them.
fn lines(book: &Book) -> impl Iterator<Item = (&LineRisk, &LineModel)> {
    book.lines.iter().zip(&book.models).filter(|(line, _)| line.line_id != NO_LINE)
}

/// Of a line that was neither valued nor moved since the last assessment, the book holds the ledger's own value and exposure.
/// In the slot of the assessment the order is not known.
fn told(facts: &Facts, book: &Book) -> Check {
    let (name, rule) =
        ("book.reported", "values and exposures in the book = those of lines that have not moved since they were told");
    let asked = match question(facts.ledger, Ask::Report, book.nav) {
        Ok(asked) => asked,
        Err(error) => return Check::unreadable(name, rule, error),
    };
    let (mut broken, mut count) = (Vec::new(), 0);
    for (row, ledger_line) in facts.ledger.lines.iter().enumerate().filter(|(_, line)| line.is_used()) {
        let unmoved = ledger_line.valued_slot.max(ledger_line.last_action_slot) < book.assessed_slot;
        let Some((line, model)) = lines(book).find(|(line, _)| unmoved && line.line_id == ledger_line.id) else {
            continue;
        };
        count += 1;
        if line.exposure != ledger_line.mid {
            broken.push(format!("line {}: {} instead of {}", line.line_id, line.exposure, ledger_line.mid));
        }
        if asked.exposures.get(row).is_some_and(|exposure| *exposure != model.exposure) {
            broken.push(format!("line {}: {:?}", line.line_id, model.exposure));
        }
    }
    Check::all(name, rule, count, &broken).explained(
        "limits are judged by what the book was told; unless the line's terms were set since, somebody else told it: report anew",
    )
}

/// Each risk's sum is that of the lines that carry it.
fn risks(book: &Book) -> Check {
    let mut broken = Vec::new();
    for (index, risk) in book.risks.iter().enumerate() {
        let carried =
            lines(book).filter(|(line, _)| line.risks.iter().any(|of| *of != NO_RISK && usize::from(*of) == index));
        let sum: u128 = carried.map(|(line, _)| u128::from(line.exposure)).sum();
        if u128::from(risk.exposure) != sum.min(u64::MAX.into()) {
            broken.push(format!("risk {index}: {} instead of {sum}", risk.exposure));
        }
    }
    Check::all(
        "book.risks",
        "the exposure to each risk is the sum over the lines that carry it",
        book.risks.len(),
        &broken,
    )
    .excused("a line's risks were set since the last assessment: the next report sums them anew")
}

/// The longest exit: value over what a day takes of the venue's liquidity, days, rounded up.
fn exit(book: &Book) -> Check {
    let days = |line: &LineRisk, model: &LineModel| {
        let a_day = u128::from(model.exposure.liquidity) * u128::from(book.params.exit_share_bps);
        match (line.exposure, model.exposure.liquidity) {
            (0, _) | (_, u64::MAX) => 0,
            _ if a_day == 0 => u128::from(u32::MAX),
            (value, _) => (u128::from(value) * WHOLE_BPS).div_ceil(a_day).min(u32::MAX.into()),
        }
    };
    let longest = lines(book).map(|(line, model)| days(line, model)).max().unwrap_or(0);
    let rule = "the longest exit is that of the line which takes the most days to leave";
    Check::equal("book.exit", rule, &longest, &u128::from(book.figures.exit_days))
}

/// Lines that hold value, that a price moves, and whose risk is in no figure.
fn unknown(book: &Book) -> Vec<String> {
    let without = lines(book).filter(|(line, model)| {
        let exposure = &model.exposure;
        let greeks = [exposure.delta, exposure.gamma, exposure.delta_bps.into(), exposure.gamma_bps.into()];
        let forecast = book.assets.get(usize::from(model.asset)).is_some_and(|asset| asset.variance != 0);
        line.exposure > 0 && greeks.iter().any(|greek| *greek != 0) && !forecast
    });
    without.map(|(line, _)| format!("line {}", line.line_id)).collect()
}

/// The book says whether its figures miss the risk of a line.
fn unmodelled(book: &Book) -> Check {
    let rule = "the book says when a line that a price moves is in none of its figures";
    Check::equal("book.unmodelled", rule, &!unknown(book).is_empty(), &(book.figures.unmodelled == 1))
}

/// Lines that a price moves have an asset with a forecast, where losses are limited.
fn modelled(book: &Book) -> Check {
    let limits = [book.params.max_var_bps, book.params.max_shortfall_bps, book.params.max_stress_bps];
    let needed = limits.iter().any(|limit| *limit != u16::MAX);
    let broken = if needed { unknown(book) } else { Vec::new() };
    let rule = "where losses are limited, every line that a price moves has a forecast";
    Check::all("book.modelled", rule, lines(book).count(), &broken).excused(
        "its risk is in no figure, and lines that a price moves get no new money: name its asset, or wait for its bars",
    )
}

/// What regime and contagion leave of a line's caps at `nav`, base units; none where they take nothing.
fn left(book: &Book, line: &LineRisk, model: &LineModel, nav: u128) -> Option<u128> {
    let regime = if model.scaled == 1 { u128::from(book.regime.scale_bps) } else { WHOLE_BPS };
    let follows = book.network != Default::default() && model.protocol != NONE;
    let contagion = if follows { u128::from(model.contagion_bps) } else { WHOLE_BPS };
    if regime * contagion / WHOLE_BPS >= WHOLE_BPS {
        return None;
    }
    let scaled = |cap: u128| cap * regime / WHOLE_BPS * contagion / WHOLE_BPS;
    let of_nav = scaled(nav * u128::from(line.cap_bps) / WHOLE_BPS);
    Some(if line.cap == u64::MAX { of_nav } else { of_nav.min(scaled(line.cap.into())) })
}

/// No line is larger than what regime and contagion leave of it, by more than its band.
fn cuts(facts: &Facts, book: &Book) -> Check {
    let rule = "no line is above what regime and contagion leave of its caps by more than its band";
    let Some(nav) = facts.ledger.nav(facts.now()).ok().map(|nav| u128::from(nav.mid)) else {
        return Check::must("book.cuts", rule, true, "a fresh NAV", "not judged: NAV is stale");
    };
    let (mut broken, mut count) = (Vec::new(), 0);
    for (ledger_line, _) in &facts.lines {
        let Some((line, model)) = lines(book).find(|(line, _)| line.line_id == ledger_line.id) else { continue };
        let Some(left) = left(book, line, model, nav) else { continue };
        count += 1;
        let band = nav * u128::from(ledger_line.band_bps) / WHOLE_BPS;
        if u128::from(ledger_line.mid) > left + band {
            broken.push(format!("line {}: {} of {left}", line.line_id, ledger_line.mid));
        }
    }
    Check::all("book.cuts", rule, count, &broken)
        .excused("anybody may take it down, for a bounty where the limits give one; the daemon of `gimbal keeper` does")
}

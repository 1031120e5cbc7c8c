//! Settings within the programs' hard ranges, and times that have come.
//!
//! The ranges are the programs' own, which is what an owner is held to; here every stored setting is held to them, not only
//! the one that was set last.

use risk_oracle::state::{Book, Feed, Network};
use strategy_router::state::{Ledger, Limits, LimitsArgs, Policy, GAIN_UNLOCK_SECONDS};

use super::report::Check;
use super::Facts;
use crate::readers;

/// All, basis points.
const WHOLE_BPS: u16 = 10_000;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let mut checks = vec![limits(facts.ledger), policy(facts), fresh(facts)];
    if let Some(book) = facts.book.as_deref() {
        checks.push(within("book.settings", "the book's settings and state are possible", book.validate()));
        checks.push(book_times(book, facts));
    }
    if let Some(Ok(network)) = &facts.network {
        checks.push(within("network.settings", "the network's settings and state are possible", network.validate()));
        checks.push(network_times(network, facts.now()));
    }
    for (label, key) in facts.feeds() {
        // A feed that cannot be read is reported where its roles are.
        let Ok(feed) = readers::read::<Feed>(&facts.chain, &key) else { continue };
        let rule = "the feed's settings and bars are possible";
        checks.push(within(format!("{label}.settings"), rule, feed.validate()));
    }
    checks
}

fn within(name: impl Into<String>, rule: &str, found: anchor_lang::Result<()>) -> Check {
    let told = found.as_ref().err().map_or_else(|| "possible".to_owned(), ToString::to_string);
    Check::must(name, rule, found.is_ok(), "possible", told)
}

/// The ledger's limits as they would be given.
fn limits(ledger: &Ledger) -> Check {
    let stored = &ledger.limits;
    let args = LimitsArgs {
        max_valuation_age: stored.max_valuation_age,
        epoch: stored.epoch,
        min_cash_bps: stored.min_cash_bps,
        loss_budget_bps: stored.loss_budget_bps,
        keeper_loss_budget_bps: stored.keeper_loss_budget_bps,
        keeper_pay: stored.keeper_pay,
        keeper_pay_budget: stored.keeper_pay_budget,
        target_volatility_bps: stored.target_volatility_bps,
        bounty_bps: stored.bounty_bps,
        bounty_budget: stored.bounty_budget,
    };
    let found = Limits::try_from(args).map(|_| ()).map_err(Into::into);
    within("limits.ledger", "the ledger's limits are within the program's hard ranges", found)
}

/// The policy is one, and has what it needs.
fn policy(facts: &Facts) -> Check {
    let (name, rule) = ("policy", "the ledger's policy is one of the program's, and has what it works with");
    match Policy::try_from(facts.ledger.policy) {
        Ok(Policy::InverseVariance) if facts.book.is_none() => {
            Check::must(name, rule, false, "a book", "inverse variance without a book")
                .excused("no keeper can move anything until the owner opens the book or chooses another policy")
        }
        Ok(policy) => Check::must(name, rule, true, "one of the program's", format!("{policy:?}")),
        Err(error) => Check::must(name, rule, false, "one of the program's", error.to_string()),
    }
}

/// What counts as fresh money was put in, ages in its time, and went in at a scale that there is.
fn fresh(facts: &Facts) -> Check {
    let mut broken = Vec::new();
    for (line, _) in &facts.lines {
        let (id, fresh) = (line.id, &line.fresh);
        if fresh.amount > line.invested {
            broken.push(format!("line {id}: {} of {} that ever went in", fresh.amount, line.invested));
        }
        let length = fresh.end.saturating_sub(fresh.start);
        if fresh.amount > 0 && (!(0..=GAIN_UNLOCK_SECONDS).contains(&length) || fresh.start > facts.now()) {
            broken.push(format!("line {id}: from {} to {}", fresh.start, fresh.end));
        }
        if line.entry_scale_bps > WHOLE_BPS {
            broken.push(format!("line {id}: at {} bps of its caps", line.entry_scale_bps));
        }
    }
    let rule = "new money that earns no bounty yet is no more than went in, and ages within its time";
    Check::all("lines.fresh", rule, 3 * facts.lines.len(), &broken)
        .explained("bounties could be paid for money that was put in for the purpose, or withheld for ever")
}

/// Names the times that are yet to come.
fn to_come<'a>(now: i64, times: impl IntoIterator<Item = (&'a str, i64)>) -> Vec<String> {
    times.into_iter().filter(|(_, at)| *at > now).map(|(what, at)| format!("{what} at {at}")).collect()
}

fn book_times(book: &Book, facts: &Facts) -> Check {
    let regime = &book.regime;
    let mut times = vec![
        ("the last assessment", book.assessed_at),
        ("the last observation", book.observed_at),
        ("the network's solution", book.contagion_at),
        ("the regime was entered", regime.entered_at),
        ("the regime's scale was paid for", regime.scale_since),
    ];
    times.extend(regime.venue_since.map(|at| ("a venue's signal", at)));
    times.extend(book.stressed_at.map(|at| ("a scenario was worked out", at)));
    times.extend(book.models.iter().map(|model| ("contagion's scale was paid for", model.contagion_since)));
    let count = times.len() + 1;
    let mut broken = to_come(facts.now(), times);
    if book.assessed_slot > facts.clock.slot {
        broken.push(format!("the last assessment in slot {}", book.assessed_slot));
    }
    let rule = "nothing that the book has noted is of the future";
    Check::all("book.times", rule, count, &broken)
        .explained("a scale that was paid for until later does not loosen, and a solution of later never ages")
}

fn network_times(network: &Network, now: i64) -> Check {
    let mut times = vec![("the solution", network.solved_at)];
    times.extend(network.posters.iter().map(|poster| ("a post", poster.posted_at)));
    for edge in network.edges.iter().flatten() {
        times.extend([("an edge was posted", edge.posted_at), ("an edge was observed", edge.observed_at)]);
    }
    for row in &network.protocols {
        times.extend([
            ("scores were given", row.scored_at),
            ("a loss was noted", row.loss_at),
            ("a loss was observed", row.loss_observed_at),
        ]);
    }
    let (count, broken) = (times.len(), to_come(now, times));
    Check::all("network.times", "nothing that the network has noted is of the future", count, &broken)
        .explained("scores of later do not decay, and edges of later never age")
}

//! Totals, NAV, gains and budgets, remade from the rows.

use gimbal_math::Bps;
use num_bigint::BigUint;
use strategy_router::policy::loss::MAX_KEEPER_PAY_BPS;
use strategy_router::state::{Ledger, GAIN_UNLOCK_SECONDS, MAX_LOSS_BUDGET_BPS};

use vault::state::{MAX_ENTRY_BPS, MAX_EXIT_BPS};

use super::exact::{self, units, Value};
use super::report::{Check, NavFigures};
use super::Facts;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let ledger = facts.ledger;
    let mut checks = vec![
        Check::amounts("ledger.idle", "no venue call is in progress between transactions", 0, ledger.busy),
        Check::amounts(
            "ledger.lines",
            "the rows in use are as many as counted",
            ledger.line_count,
            ledger.lines.iter().filter(|line| line.is_used()).count() as u64,
        ),
    ];
    checks.extend(totals(ledger));
    checks.extend(nav(facts));
    checks.push(gains(facts));
    checks.extend(budgets(ledger, facts.now()));
    checks.extend(reserved(facts));
    checks
}

/// What of the totals the identities do not sum already.
fn totals(ledger: &Ledger) -> Vec<Check> {
    let valued = || ledger.lines.iter().filter(|line| line.is_valued());
    let widen = exact::widening(valued().map(|line| (line, line.mid)));
    let oldest_at = valued().map(|line| line.valued_at).min().unwrap_or(i64::MAX);
    let oldest_slot = valued().map(|line| line.valued_slot).min().unwrap_or(u64::MAX);
    let stale = "a valuation is older than the totals say: NAV would be taken for fresh; refresh every line";
    vec![
        Check::amounts(
            "totals.widen",
            "the sum of the lines' widening = total widening",
            ledger.totals.widen,
            units(&widen),
        ),
        Check::amounts(
            "totals.oldest_at",
            "the oldest line's valuation time = the totals' oldest",
            ledger.totals.oldest_at,
            oldest_at,
        )
        .explained(stale),
        Check::amounts(
            "totals.oldest_slot",
            "the oldest line's valuation slot = the totals' oldest",
            ledger.totals.oldest_slot,
            oldest_slot,
        )
        .explained(stale),
    ]
}

/// NAV of the rows as they are stored, at the clock's time.
pub(super) fn stored_nav(facts: &Facts) -> NavFigures {
    let ledger = facts.ledger;
    let value = |line: &strategy_router::state::Line| Value {
        low: line.low,
        mid: line.mid,
        high: line.high,
        at: line.valued_at,
    };
    let values: Vec<_> = ledger.lines.iter().filter(|line| line.is_valued()).map(|line| (line, value(line))).collect();
    exact::nav(ledger, &values, facts.now())
}

/// What the program prices with against what the rows give.
fn nav(facts: &Facts) -> Vec<Check> {
    let found = stored_nav(facts);
    match facts.ledger.nav(facts.now()) {
        Ok(nav) => [("low", nav.low, found.low), ("mid", nav.mid, found.mid), ("high", nav.high, found.high)]
            .map(|(part, priced, found)| {
                let rule = format!("NAV {part} that flows are priced with = cash and rows summed anew");
                Check::amounts(format!("nav.{part}"), rule, priced, found)
            })
            .into(),
        Err(_) => {
            let age = facts.now().saturating_sub(facts.ledger.totals.oldest_at);
            let limit = i64::from(facts.ledger.limits.max_valuation_age);
            let refused = Check::at_most("nav.fresh", "the oldest valuation may still be priced with", limit, age);
            vec![refused.excused("nothing is priced until the lines are refreshed, which anybody can do; tickets wait")]
        }
    }
}

/// Locked gains unlock within the time that the program sets, and are no more than was ever harvested and kept.
fn gains(facts: &Facts) -> Check {
    let ledger = facts.ledger;
    let gains = &ledger.gains;
    let mut broken = Vec::new();
    if gains.amount > 0 {
        let length = gains.end.saturating_sub(gains.start);
        if !(0..=GAIN_UNLOCK_SECONDS).contains(&length) {
            broken.push(format!("they unlock over {length} seconds"));
        }
        if gains.start > facts.now() {
            broken.push(format!("they were locked at {}, which is not yet", gains.start));
        }
        // Surplus that was harvested, and what of flows was kept as fees: at most the caps' part of them.
        let lines = ledger.lines.iter().filter(|line| line.is_used());
        let harvested: i128 = lines.clone().map(|line| i128::from(line.harvested)).sum();
        let (entry, exit) = (i128::from(MAX_ENTRY_BPS), i128::from(MAX_EXIT_BPS));
        let kept = i128::from(ledger.credited) * entry / 10_000 + i128::from(ledger.paid) * exit / (10_000 - exit);
        let adopted = harvested + i128::from(ledger.surplus_adopted) + kept;
        let none_removed = lines.count() + 1 == usize::from(ledger.next_line_id);
        // Each of them rounds.
        if none_removed && i128::from(gains.amount) > adopted + 1_000 {
            broken.push(format!("{} are locked of at most {adopted} ever gained so", gains.amount));
        }
    }
    Check::all(
        "gains.locked",
        "locked gains unlock in time and are no more than was harvested and kept as fees",
        3,
        &broken,
    )
}

/// What keepers may lose and be paid in an epoch.
fn budgets(ledger: &Ledger, now: i64) -> Vec<Check> {
    let (epoch, limits) = (&ledger.epoch, &ledger.limits);
    let part = |bps: u16| Bps(bps).of_down(epoch.nav_at_start).unwrap_or(u64::MAX);
    let lowered = "the owner has lowered the budget during the epoch: nothing more can be used of it";
    let loss = |name, rule, bps| Check::at_most(name, rule, part(bps), epoch.loss_used);
    let pay = |name, rule, most: u64| Check::at_most(name, rule, most, epoch.pay_used);
    let promised = epoch.pay_used.saturating_sub(epoch.bounty_used);
    let ever = i128::from(ledger.keeper_owed) + i128::from(ledger.keeper_paid);
    vec![
        loss("budget.loss", "what moves lost in the epoch is within its budget", limits.loss_budget_bps)
            .excused(lowered),
        loss("budget.loss_cap", "what moves lost in the epoch is within the hard cap", MAX_LOSS_BUDGET_BPS),
        pay("budget.pay", "what keepers were promised in the epoch is within its budget", limits.keeper_pay_budget)
            .excused(lowered),
        pay(
            "budget.pay_cap",
            "what keepers were promised in the epoch is within the hard cap",
            part(MAX_KEEPER_PAY_BPS),
        ),
        Check::at_most(
            "budget.promised",
            "what keepers were promised in the epoch is a part of all that they are owed and were paid",
            ever,
            promised,
        ),
        Check::at_most(
            "budget.bounty",
            "bounties of the epoch are within their budget",
            limits.bounty_budget,
            epoch.bounty_used,
        )
        .excused(lowered),
        Check::at_most(
            "budget.bounty_pay",
            "bounties of the epoch count in what keepers may be paid",
            epoch.pay_used,
            epoch.bounty_used,
        ),
        Check::at_most(
            "budget.bounty_paid",
            "bounties of the epoch are a part of all that were paid",
            ledger.bounties_paid,
            epoch.bounty_used,
        ),
        Check::at_most("budget.epoch", "the epoch of the budgets has begun", now, epoch.start),
    ]
}

/// What the router keeps for the queue against what the queue is worth.
fn reserved(facts: &Facts) -> Vec<Check> {
    let (vault, ledger) = (facts.vault, facts.ledger);
    let rule = "what the router keeps for the queue = what the queue is worth at the last known values";
    let worth = match vault.queued_shares {
        0 => 0,
        queued => {
            // (queued · (assets + V) / (all shares + V)), rounded up, at most all there is.
            let v = super::shares::VIRTUAL;
            let there = BigUint::from(ledger.cash_tracked) + ledger.totals.low;
            let owed = BigUint::from(ledger.keeper_owed).min(there.clone());
            let assets = there - owed;
            let supply = BigUint::from(vault.shares) + vault.fee_shares;
            let worth = exact::div_up(BigUint::from(queued) * (&assets + v), &(supply + v));
            units(&worth.min(assets))
        }
    };
    let mut reserved = Check::amounts("queue.reserved", rule, ledger.reserved, worth);
    if vault.queued_shares > 0 {
        reserved = reserved.excused("values have moved since the queue did: the next ticket or fill tells the router");
    }
    vec![
        reserved,
        Check::at_most(
            "queue.overdue",
            "what is overdue is a part of the queue's worth",
            ledger.reserved,
            ledger.overdue,
        ),
    ]
}

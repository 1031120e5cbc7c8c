//! Each line's value, made anew from the bytes of its venue's account.
//!
//! A reserve that nobody has touched since the valuation must give the stored value to the unit. Each touch of a reserve
//! writes its slot, so that an older slot than the valuation's is proof. In the same slot the order is not known; there
//! the valuation itself tells: it stores the reserve's size, loans, curve and free liquidity, and where all these are
//! still the reserve's, it has not moved. Otherwise the line is valued as it is now and the difference is only noted.

mod value;

use gimbal_venue_wire::klend::ReserveView;
use strategy_router::state::{Line, LineVenue};

use self::value::{prices, Recomputed, Source};
use super::exact::Value;
use super::report::Check;
use super::Facts;
use crate::chain::Chain;
use crate::pda::LineAddresses;
use crate::readers;

/// All, basis points.
const ALL_BPS: u64 = 10_000;
/// What several redemptions in kind since the valuation can part a scaled value from a fresh one by, base units: each
/// rounds once or twice.
const IN_KIND_DUST: i128 = 64;
/// A venue that can pay as many times the line's value could pay the line before any likely redemption in kind as well.
const PLENTY: i128 = 16;

/// Whether a line's venue can have moved since its valuation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    Untouched,
    SameSlot,
    Moved,
}

/// Every line's value as it is now, for NAV, and the checks of the stored ones.
pub(super) fn check(facts: &Facts) -> (Vec<Value>, Vec<Check>) {
    let (mut values, mut checks) = (Vec::new(), Vec::new());
    for (line, venue) in &facts.lines {
        checks.extend(shape(line, facts));
        let stored = Value { low: line.low, mid: line.mid, high: line.high, at: line.valued_at };
        let (value, of_line) = match venue.as_ref().map_err(Clone::clone).and_then(|venue| one(facts, line, venue)) {
            Ok((value, of_line)) => (value, of_line),
            Err(why) => {
                let unreadable = Check::unreadable(format!("line.{}.value", line.id), "the line can be valued", why);
                let unreadable = match line.is_valued() {
                    true => unreadable,
                    false => unreadable.excused("the line holds nothing"),
                };
                (stored, vec![unreadable])
            }
        };
        values.push(value);
        checks.extend(of_line);
    }
    (values, checks)
}

/// What is so of a line whatever its venue.
fn shape(line: &Line, facts: &Facts) -> Vec<Check> {
    let id = line.id;
    let mut broken = Vec::new();
    if !(line.low <= line.mid && line.mid <= line.high) {
        broken.push(format!("low {}, mid {}, high {}", line.low, line.mid, line.high));
    }
    if !(line.min_bps <= line.target_bps && line.target_bps <= line.max_bps && u64::from(line.max_bps) <= ALL_BPS) {
        broken.push(format!("weights {}, {}, {}", line.min_bps, line.target_bps, line.max_bps));
    }
    if line.status().is_err() {
        broken.push(format!("status {}", line.status));
    }
    let clock = &facts.clock;
    if line.valued_slot > clock.slot || line.valued_at > clock.unix_timestamp || line.last_action_slot > clock.slot {
        broken.push(format!("valued in slot {} at {}, which is not yet", line.valued_slot, line.valued_at));
    }
    let mut checks = vec![Check::all(
        format!("line.{id}.row"),
        "values and weights are in order, and the valuation is not of the future",
        4,
        &broken,
    )];
    if line.is_valued() {
        let age = clock.unix_timestamp.saturating_sub(line.valued_at);
        let fresh = Check::at_most(
            format!("line.{id}.age"),
            "the valuation is young enough to be priced with",
            i64::from(facts.ledger.limits.max_valuation_age),
            age,
        );
        checks.push(fresh.excused("refresh the line, which anybody can do"));
    }
    checks
}

fn one(facts: &Facts, line: &Line, venue: &LineVenue) -> Result<(Value, Vec<Check>), String> {
    let chain = &facts.chain;
    let key = venue.pinned().first().ok_or("its pinned list is empty")?;
    let account = chain.require_account(key).map_err(|error| error.to_string())?;
    if account.owner != venue.venue.program {
        return Err(format!("the reserve {key} belongs to {}", account.owner));
    }
    let reserve = ReserveView::parse(&account.data).map_err(|error| error.to_string())?;
    let position = LineAddresses::of(&facts.addresses.ledger, line.id).position;
    let held = readers::balance(chain, &position).map_err(|error| error.to_string())?;
    let source = Source { line, reserve, held, prices: prices(facts, line, venue)? };

    let then = source.value_then();
    let since = match &then {
        Ok(then) => source.since(then),
        // A reserve that is ahead of the valuation cannot be valued back then.
        Err(_) => Since::Moved,
    };
    if let (Ok(then), Since::Untouched) = (&then, since) {
        // A venue that nobody has touched counts with what it was valued at; its age widens it.
        let value = Value { low: line.low, mid: line.mid, high: line.high, at: line.valued_at };
        return Ok((value, source.compare(then)));
    }
    let slot = facts.clock.slot;
    let now = source.value_at(slot, facts.now(), source.is_stale(slot))?;
    Ok((now.value, vec![source.moved(&now)]))
}

impl Source<'_> {
    /// Whether the venue can have moved since the valuation, given what it would have been then.
    fn since(&self, then: &Recomputed) -> Since {
        let feeds = self.prices.map_or(0, |prices| prices.updated_slot);
        let touched = self.reserve.last_update_slot().max(feeds);
        let since = match touched.cmp(&self.line.valued_slot) {
            std::cmp::Ordering::Less => Since::Untouched,
            std::cmp::Ordering::Equal => Since::SameSlot,
            std::cmp::Ordering::Greater => Since::Moved,
        };
        // What the valuation stored of the reserve is the reserve's still: it has not moved within the slot.
        let line = self.line;
        let same = i128::from(line.curve.supply) == then.supply
            && i128::from(line.curve.borrowed) == then.borrowed
            && i128::from(line.liquidity) == then.liquidity
            && line.curve.take_bps == then.take_bps
            && line.curve.util_bps[..] == then.util_bps[..]
            && line.curve.rate_bps[..] == then.rate_bps[..];
        match since {
            Since::SameSlot if same => Since::Untouched,
            Since::SameSlot => Since::Moved,
            other => other,
        }
    }

    /// The stored value against the venue's bytes, to the unit.
    fn compare(&self, then: &Recomputed) -> Vec<Check> {
        let line = self.line;
        let name = |part: &str| format!("line.{}.value.{part}", line.id);
        let rule = |part: &str| format!("the {part} value stored = the value from the reserve's bytes at that slot");
        let why = "the reserve has not moved since the valuation, which is not what it was worth; unless the line's \
                   haircut was set since, the row was tampered with: refresh the line and verify again";
        let parts = [
            ("low", line.low, then.value.low),
            ("mid", line.mid, then.value.mid),
            ("high", line.high, then.value.high),
        ];
        // A redemption in kind scales the valuation instead of making a new one.
        let scaled = line.last_action_slot >= line.valued_slot && self.is_scaled(then);
        let mut checks: Vec<Check> = parts
            .map(|(part, stored, found)| Check::amounts(name(part), rule(part), stored, found).explained(why))
            .into();
        if scaled {
            let why = "a part of the line was paid out in kind since: the valuation was scaled and rounded";
            checks = checks.into_iter().map(|check| check.excused(why)).collect();
        }
        let curve = [
            ("supply", i128::from(line.curve.supply), then.supply),
            ("borrowed", i128::from(line.curve.borrowed), then.borrowed),
            ("liquidity", i128::from(line.liquidity), then.liquidity),
        ];
        checks.extend(curve.map(|(part, stored, found)| Check::amounts(name(part), rule(part), stored, found)));
        checks
    }

    /// Whether the stored value can be what is left of an earlier one after redemptions in kind.
    ///
    /// What shrinks alike stays what the reserve gives but for rounding; low may be less where the venue is short of money,
    /// since the cut for what could not be paid was made on more. Where a swapped line held tokens besides and its leaver took only one kind, low and mid
    /// went with the one that shrank more, and high with the other.
    fn is_scaled(&self, then: &Recomputed) -> bool {
        let (line, value) = (self.line, &then.value);
        let at_most = |stored: i128, found: i128| stored <= found + IN_KIND_DUST;
        let (low, mid, high) = (i128::from(line.low), i128::from(line.mid), i128::from(line.high));
        let (new_low, new_mid, new_high) = (i128::from(value.low), i128::from(value.mid), i128::from(value.high));
        let within = at_most(low, new_low) && at_most(mid, new_mid) && at_most(new_high, high);
        let least_low = if then.liquidity >= PLENTY * new_mid { new_low } else { then.least_low };
        let close = at_most(least_low, low) && at_most(new_mid, mid) && at_most(high, new_high);
        let parted = line.swapped != 0 && line.in_flight > 0 && line.last_action_slot > line.valued_slot;
        within && (close || parted)
    }

    /// The stored value against what the line is worth now.
    fn moved(&self, now: &Recomputed) -> Check {
        let line = self.line;
        let rule = "the mid value stored = the value from the reserve's bytes";
        Check::amounts(format!("line.{}.value.mid", line.id), rule, line.mid, now.value.mid).excused(format!(
            "the venue or a feed has moved since slot {}: now worth low {}, mid {}, high {}; refresh to compare to the unit",
            line.valued_slot, now.value.low, now.value.mid, now.value.high
        ))
    }
}

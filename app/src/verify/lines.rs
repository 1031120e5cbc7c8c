//! Each line's value, made anew from the bytes of its venue's account.
//!
//! A reserve that nobody has touched since the valuation must give the stored value to the unit. Each touch of a reserve
//! writes its slot, so that an older slot than the valuation's is proof. In the same slot the order is not known; there
//! the valuation itself tells: it stores the reserve's size, loans, curve and free liquidity, and where all these are
//! still the reserve's, it has not moved. Otherwise the line is valued as it is now and the difference is only noted.
//!
//! How klend accrues interest is asked of the crate that knows its format; everything above that is computed here.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::klend::ReserveView;
use num_bigint::BigUint;
use risk_oracle::state::{Bounds, Feed};
use strategy_router::state::{Line, LineVenue};

use super::exact::{self, converted, div_down, div_up, units, Value};
use super::report::Check;
use super::Facts;
use crate::chain::Chain;
use crate::pda::LineAddresses;
use crate::readers;

/// Binary places of klend's fractions.
const FRACTION_BITS: u64 = 60;
/// All, basis points.
const ALL_BPS: u64 = 10_000;
/// What several redemptions in kind since the valuation can part a scaled value from a fresh one by, base units: each
/// rounds once or twice.
const IN_KIND_DUST: i128 = 64;

/// What a line's venue gives.
struct Recomputed {
    value: Value,
    liquidity: i128,
    /// The reserve's size, loans and curve as a valuation stores them.
    supply: i128,
    borrowed: i128,
    take_bps: u16,
    util_bps: Vec<u16>,
    rate_bps: Vec<u16>,
}

/// What a line is valued from.
struct Source<'a> {
    line: &'a Line,
    reserve: ReserveView<'a>,
    /// Receipt tokens that are there.
    held: u64,
    prices: Option<Prices>,
}

/// Prices of a swapped line.
#[derive(Clone, Copy)]
struct Prices {
    token: Bounds,
    base: Bounds,
    decimals: (u8, u8),
    /// The slot in which either feed took a price last.
    updated_slot: u64,
}

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

fn prices(facts: &Facts, line: &Line, venue: &LineVenue) -> Result<Option<Prices>, String> {
    if line.swapped == 0 {
        return Ok(None);
    }
    let read = |key: &Pubkey| -> Result<(Bounds, u64), String> {
        let feed: Feed = readers::read(&facts.chain, key).map_err(|error| error.to_string())?;
        let bounds = exact::bounds(&feed).ok_or_else(|| format!("the feed {key} has no usable price"))?;
        Ok((bounds, feed.updated_slot))
    };
    let (token, token_slot) = read(&venue.token_feed)?;
    let (base, base_slot) = read(&facts.ledger.base_feed)?;
    let decimals = (line.token_decimals, facts.ledger.base_decimals);
    Ok(Some(Prices { token, base, decimals, updated_slot: token_slot.max(base_slot) }))
}

impl Prices {
    fn low_down(&self, tokens: u64) -> i128 {
        self.base(tokens, self.token.low, self.base.high, div_down)
    }

    fn mid_down(&self, tokens: u64) -> i128 {
        self.base(tokens, self.token.mid, self.base.mid, div_down)
    }

    fn high_up(&self, tokens: u64) -> i128 {
        self.base(tokens, self.token.high, self.base.low, div_up)
    }

    fn base(&self, tokens: u64, token: u64, base: u64, divide: fn(BigUint, &BigUint) -> BigUint) -> i128 {
        let (over, under) = converted(tokens, (self.decimals.0, token), (self.decimals.1, base));
        units(&divide(over, &under))
    }
}

impl Source<'_> {
    /// What receipt tokens are worth when `supply_sf` belongs to all of them.
    fn tokens(&self, supply_sf: u128, divide: fn(BigUint, &BigUint) -> BigUint) -> Result<u64, String> {
        let position = self.line.position.min(self.held);
        let collateral = self.reserve.collateral_mint_total_supply();
        if supply_sf == 0 || collateral == 0 {
            // klend: one to one.
            return Ok(position);
        }
        let worth = divide(BigUint::from(supply_sf) * position, &(BigUint::from(collateral) << FRACTION_BITS));
        u64::try_from(units(&worth)).map_err(|_| "its receipt tokens are worth more than 64 bits hold".to_owned())
    }

    /// Whether the line takes a venue state of that age for no price of interest. Then high is low.
    fn is_stale(&self, slot: u64) -> bool {
        slot.saturating_sub(self.reserve.last_update_slot()) > u64::from(self.line.max_venue_age)
    }

    /// The value at the stored valuation's time. How old a venue state may be is a setting: where it was set since, the
    /// valuation was made by the other one.
    fn value_then(&self) -> Result<Recomputed, String> {
        let line = self.line;
        let stale = self.is_stale(line.valued_slot);
        let then = self.value_at(line.valued_slot, line.valued_at, stale)?;
        if then.value.high == line.high {
            return Ok(then);
        }
        let other = self.value_at(line.valued_slot, line.valued_at, !stale)?;
        Ok(if other.value.high == line.high { other } else { then })
    }

    fn value_at(&self, slot: u64, now: i64, stale: bool) -> Result<Recomputed, String> {
        let (line, reserve) = (self.line, &self.reserve);
        let wrong = |error: gimbal_venue_wire::WireError| error.to_string();
        let age = slot.checked_sub(reserve.last_update_slot()).ok_or("its reserve is of a later slot")?;
        let booked = reserve.total_supply_sf().map_err(wrong)?;
        let low = self.tokens(booked, div_down)?;
        let high = match age == 0 || stale || line.position.min(self.held) == 0 {
            true => low,
            false => self.tokens(reserve.total_supply_at(slot).map_err(wrong)?, div_up)?.max(low),
        };
        // What is free of the withdraw queue's claim and within what may still flow out.
        let collateral = BigUint::from(reserve.collateral_mint_total_supply()) << FRACTION_BITS;
        let queued = match booked == 0 || collateral == BigUint::ZERO {
            true => reserve.queued_collateral_amount(),
            false => {
                let worth = div_down(BigUint::from(booked) * reserve.queued_collateral_amount(), &collateral);
                u64::try_from(units(&worth)).unwrap_or(u64::MAX)
            }
        };
        let now_unsigned = u64::try_from(now).map_err(|_| "the clock is before 1970")?;
        let free = reserve.available_amount().saturating_sub(queued);
        let liquidity = free.min(reserve.deposit_withdrawal_cap().room(now_unsigned));

        let illiquid = u128::from(low.saturating_sub(liquidity));
        let haircut = (illiquid * u128::from(line.haircut_bps)).div_ceil(u128::from(ALL_BPS));
        let after_haircut = low.saturating_sub(u64::try_from(haircut).unwrap_or(u64::MAX));
        let flight = line.in_flight;
        let half = (high - low) / 2;
        let (low, mid, high) =
            (after_haircut.saturating_add(flight), (low + half).saturating_add(flight), high.saturating_add(flight));

        let whole_up = |amount_sf: u128| u64::try_from(amount_sf.div_ceil(1 << FRACTION_BITS)).unwrap_or(u64::MAX);
        let (supply, borrowed) = (whole_up(booked), whole_up(reserve.borrowed_amount_sf()));
        let narrow = |bps: u32| u16::try_from(bps).unwrap_or(u16::MAX);
        let points = reserve.curve();
        let priced = |tokens: u64| self.prices.map_or(i128::from(tokens), |prices| prices.mid_down(tokens));
        let mid_value = priced(mid);
        let (low, high) = match &self.prices {
            None => (i128::from(low), i128::from(high)),
            Some(prices) => (prices.low_down(low).min(mid_value), prices.high_up(high).max(mid_value)),
        };
        let fits = |value: i128| u64::try_from(value).map_err(|_| "it is worth more than 64 bits hold".to_owned());
        Ok(Recomputed {
            value: Value { low: fits(low)?, mid: fits(mid_value)?, high: fits(high)?, at: now },
            liquidity: priced(liquidity),
            supply: priced(supply),
            borrowed: priced(borrowed),
            take_bps: u16::from(reserve.protocol_take_rate_pct()).saturating_mul(100),
            util_bps: points.iter().map(|point| narrow(point.utilization_bps)).collect(),
            rate_bps: points.iter().map(|point| narrow(point.borrow_rate_bps)).collect(),
        })
    }

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

    /// Whether the stored value can be what is left of an earlier one after redemptions in kind: low and mid at most, high
    /// at least what is there, and a same-asset line's mid within rounding.
    fn is_scaled(&self, then: &Recomputed) -> bool {
        let (line, value) = (self.line, &then.value);
        let at_most = |stored: u64, found: u64| i128::from(stored) <= i128::from(found) + IN_KIND_DUST;
        let close = line.swapped != 0 || at_most(value.mid, line.mid);
        at_most(line.low, value.low) && at_most(line.mid, value.mid) && at_most(value.high, line.high) && close
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

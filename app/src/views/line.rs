//! One line of a ledger: where capital lies, within which bounds, and what its venue can pay.

use anchor_lang::prelude::Pubkey;
use gimbal_math::Bps;
use risk_oracle::state::{Book, NO_RISK};
use serde::Serialize;
use strategy_router::adapters::{self, lending::at};
use strategy_router::policy::water_fill::supply_rate_down;
use strategy_router::state::{Ledger, Line, LineStatus, LineVenue};

use super::units::{label_text, named, weight_bps, Amount, Gain, When, Worth};
use super::Facts;

/// Rates have twelve decimals; a basis point has four.
const RATE_PER_BPS: u64 = 100_000_000;

/// Bounds of a line's weight, basis points of mid NAV, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weight {
    /// Of mid NAV now.
    pub now_bps: u64,
    /// Least.
    pub min_bps: u16,
    /// What fixed targets steer for.
    pub target_bps: u16,
    /// Greatest.
    pub max_bps: u16,
    /// Distance from the target within which nothing is moved.
    pub band_bps: u16,
    /// `below_min`, `inside` or `over_max`.
    pub stands: &'static str,
}

/// What the risk oracle's book allows a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RiskCaps {
    /// Basis points of NAV.
    pub cap_bps: u16,
    /// Base asset; none for no cap of this kind.
    pub cap: Option<Amount>,
    /// The risks that the line carries, by label.
    pub risks: Vec<String>,
}

/// The code that a line's venue ran when the owner approved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VenueCode {
    /// The program.
    pub program: String,
    /// Slot of the deployment that was approved; 0 where code cannot be replaced.
    pub approved_slot: u64,
    /// Who could replace it then.
    pub upgrade_authority: Option<String>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// Its number; never given again.
    pub line: u16,
    /// What kind of venue: `lending`.
    pub adapter: &'static str,
    /// `active`, `frozen` or `winding_down`.
    pub status: &'static str,
    /// Whether the base asset is swapped into another token first.
    pub swapped: bool,
    /// What it is worth by its last valuation, without widening by age.
    pub value: Worth,
    /// When it was valued; none if never.
    pub valued: Option<When>,
    /// Seconds since then.
    pub age: i64,
    /// Whether it must be valued anew before NAV can be made of it.
    pub stale: bool,
    /// Its weight and bounds.
    pub weight: Weight,
    /// Greatest value.
    pub cap: Amount,
    /// What the venue could pay at the last valuation.
    pub liquidity: Amount,
    /// Yearly rate that depositors of the venue earned at the last valuation, basis points, simple, before the vault's fees;
    /// none where the venue has no lending curve.
    pub rate_bps: Option<u64>,
    /// Ever moved in.
    pub invested: Amount,
    /// Ever moved out.
    pub returned: Amount,
    /// Value mid and what came back, less what went in.
    pub gain: Gain,
    /// Lost in keepers' moves.
    pub keeper_loss: Amount,
    /// Receipt tokens tracked, in their smallest unit.
    pub position: u64,
    /// Tokens of a swapped line that lie in its token account, in their smallest unit.
    pub in_flight: u64,
    /// The last rebalance; none if never.
    pub last_action: Option<When>,
    /// Least seconds between two rebalances.
    pub cooldown: u32,
    /// Widening of the valuation with age, parts per 10^9 of mid per √second.
    pub widen_rate: u32,
    /// Greatest loss of one move, basis points.
    pub max_slippage_bps: u16,
    /// Taken off what the venue could not pay now, basis points, in low only.
    pub haircut_bps: u16,
    /// Oldest state of the venue that may be valued, slots.
    pub max_venue_age: u32,
    /// The venue's account that holds the money: a lending reserve.
    pub reserve: Option<String>,
    /// The token that the venue holds.
    pub token_mint: String,
    /// The feed that prices it, where it is not the base asset.
    pub token_feed: Option<String>,
    /// The venue's code.
    pub venue: VenueCode,
    /// The swap venue's code, where there is one.
    pub swap: Option<VenueCode>,
    /// The book's limits; none where the book does not know the line, which then takes no money.
    pub risk: Option<RiskCaps>,
}

impl LineView {
    /// The lines of a vault, in the order of the ledger. `nav_mid` is what weights are measured against.
    pub fn all(facts: &Facts, nav_mid: u64) -> Vec<Self> {
        facts.lines().map(|(line, venue)| Self::new(facts, line, venue, nav_mid)).collect()
    }

    fn new(facts: &Facts, line: &Line, venue: &LineVenue, nav_mid: u64) -> Self {
        let (decimals, now) = (facts.decimals(), facts.now);
        let amount = |base_units| Amount::new(base_units, decimals);
        let code = |identity: &strategy_router::state::VenueIdentity| VenueCode {
            program: identity.program.to_string(),
            approved_slot: identity.program_data_slot,
            upgrade_authority: named(&identity.upgrade_authority),
        };
        let age = if line.valued_at == 0 { 0 } else { now.saturating_sub(line.valued_at).max(0) };
        Self {
            line: line.id,
            adapter: if line.adapter == adapters::LENDING { "lending" } else { "unknown" },
            status: status(line),
            swapped: line.swapped != 0,
            value: Worth::new([line.low, line.mid, line.high], decimals),
            valued: (line.valued_at != 0).then(|| When::new(line.valued_at)),
            age,
            stale: is_stale(&facts.ledger, line, now),
            weight: weight(line, nav_mid),
            cap: amount(line.cap),
            liquidity: amount(line.liquidity),
            rate_bps: rate_bps(line),
            invested: amount(line.invested),
            returned: amount(line.returned),
            gain: Gain::new(i128::from(line.mid) + i128::from(line.returned) - i128::from(line.invested), decimals),
            keeper_loss: amount(line.keeper_loss),
            position: line.position,
            in_flight: line.in_flight,
            last_action: (line.last_action_at != 0).then(|| When::new(line.last_action_at)),
            cooldown: line.cooldown,
            widen_rate: line.widen_rate,
            max_slippage_bps: line.max_slippage_bps,
            haircut_bps: line.haircut_bps,
            max_venue_age: line.max_venue_age,
            reserve: venue.pinned().get(at::RESERVE).map(Pubkey::to_string),
            token_mint: venue.token_mint.to_string(),
            token_feed: venue.is_swapped().then(|| venue.token_feed.to_string()),
            venue: code(&venue.venue),
            swap: venue.is_swapped().then(|| code(&venue.swap)),
            risk: facts.book.as_deref().and_then(|book| risk(book, line.id, decimals)),
        }
    }
}

/// A line's status as a word.
pub fn status(line: &Line) -> &'static str {
    match line.status() {
        Ok(LineStatus::Active) => "active",
        Ok(LineStatus::Frozen) => "frozen",
        Ok(LineStatus::WindingDown) => "winding_down",
        Err(_) => "unknown",
    }
}

/// Whether a line's valuation is too old at `now` (Unix seconds) for NAV to be made of it.
pub fn is_stale(ledger: &Ledger, line: &Line, now: i64) -> bool {
    line.is_valued() && now.saturating_sub(line.valued_at) > i64::from(ledger.limits.max_valuation_age)
}

fn weight(line: &Line, nav_mid: u64) -> Weight {
    let least = Bps(line.min_bps).of_down(nav_mid).unwrap_or(0);
    let greatest = Bps(line.max_bps).of_down(nav_mid).unwrap_or(u64::MAX);
    let stands = match line.mid {
        mid if mid < least => "below_min",
        mid if mid > greatest => "over_max",
        _ => "inside",
    };
    Weight {
        now_bps: weight_bps(line.mid, nav_mid),
        min_bps: line.min_bps,
        target_bps: line.target_bps,
        max_bps: line.max_bps,
        band_bps: line.band_bps,
        stands,
    }
}

/// The yearly rate of a line's lending curve at its last valuation, basis points, rounded down.
pub fn rate_bps(line: &Line) -> Option<u64> {
    let rate = supply_rate_down(&line.curve, line.curve.supply).ok()?;
    (line.curve.points > 0).then_some(rate / RATE_PER_BPS)
}

fn risk(book: &Book, id: u16, decimals: u8) -> Option<RiskCaps> {
    let line = book.line(id)?;
    let carried = line.risks.iter().filter(|index| **index != NO_RISK);
    let labels = carried.filter_map(|index| book.risks.get(usize::from(*index))).map(|risk| label_text(&risk.label));
    Some(RiskCaps {
        cap_bps: line.cap_bps,
        cap: (line.cap != u64::MAX).then(|| Amount::new(line.cap, decimals)),
        risks: labels.collect(),
    })
}

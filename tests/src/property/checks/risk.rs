//! The risk engine: it moves no money; what it leaves of lines rises slowly; nothing goes in beyond that; and neither an
//! exit nor a reduction is ever refused for it.

use risk_oracle::state::{Book, RiskParams, LINES};
use risk_oracle::LineModel;
use strategy_router::state::Policy;

use super::{hold, Call, Violation};
use crate::property::model::down;
use crate::property::seen::Seen;
use crate::property::world::World;
use crate::DAY;

/// All of a cap, basis points.
const WHOLE: u16 = 10_000;
/// A budget of so few base units is used up by the rounding of one sale.
const ROUNDINGS: u128 = 100;
/// Row of no network.
const NONE: u8 = u8::MAX;

/// Everything about the engine but how fast scales rise.
pub(super) fn check(world: &World, call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let book = after.book.validate();
    hold!("the book keeps its rules", book.is_ok(), "{call:?}: {book:?}");
    let network = after.network.as_ref().map_or(Ok(()), |network| network.validate());
    hold!("the network keeps its rules", network.is_ok(), "{call:?}: {network:?}");
    if matches!(call, Call::Oracle | Call::Report) {
        moves_nothing(call, before, after)?;
    }
    book_changes(call, before, after)?;
    impartial(world, call, before, after)?;
    within_scales(call, before, after)
}

/// What the oracle does by itself leaves vault, ledger, lines and everybody's accounts as they are.
fn moves_nothing(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let vault = bytemuck::bytes_of(&*before.vault) == bytemuck::bytes_of(&*after.vault);
    let ledger = bytemuck::bytes_of(&*before.ledger) == bytemuck::bytes_of(&*after.ledger);
    let people = before.users == after.users && before.keepers == after.keepers;
    let held = (before.cash, before.claims, before.escrow, before.supply, &before.lines);
    let holds = (after.cash, after.claims, after.escrow, after.supply, &after.lines);
    let tickets = bytemuck::cast_slice::<_, u8>(&before.tickets) == bytemuck::cast_slice::<_, u8>(&after.tickets);
    let same = vault && ledger && people && tickets && held == holds;
    hold!("the oracle moves no money", same, "{call:?} changed the vault, its ledger or what somebody holds");
    Ok(())
}

/// The book is moved by what asks it and by those in power only, and its terms by these; without a wait they only tighten.
fn book_changes(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let (was, is) = (&before.book, &after.book);
    if bytemuck::bytes_of(&**was) == bytemuck::bytes_of(&**is) {
        return Ok(());
    }
    let admin = matches!(call, Call::Admin { .. });
    let asks = matches!(
        call,
        Call::Oracle | Call::Report | Call::Rebalance { .. } | Call::DepositInto { .. } | Call::Foreign { .. }
    );
    hold!("only questions move the book", admin || asks, "{call:?}");
    let terms = |book: &Book| {
        let lines = book.lines.map(|line| (line.line_id, line.cap, line.cap_bps, line.risks));
        let models = book.models.map(|model| (model.asset, model.protocol, model.scaled));
        (book.params, book.scenarios, book.roles, book.network, lines, models)
    };
    hold!("terms change by those in power only", admin || terms(was) == terms(is), "{call:?} changed the book's");
    if *call != (Call::Admin { waited: None }) || !was.is_live() {
        return Ok(());
    }
    let (was_limits, is_limits) = (limits(&was.params), limits(&is.params));
    let tighter = was_limits.iter().zip(&is_limits).all(|(was, is)| is <= was);
    hold!("nothing loosens at once", tighter, "{:?}, then {:?}", was.params, is.params);
    for place in 0..LINES {
        let (old, new) = (&was.lines[place], &is.lines[place]);
        let caps = old.line_id == 0 || new.line_id == 0 || (new.cap <= old.cap && new.cap_bps <= old.cap_bps);
        let model = (was.models[place].asset, was.models[place].scaled)
            <= (is.models[place].asset, is.models[place].scaled)
            && was.models[place].asset == is.models[place].asset;
        hold!("nothing loosens at once", caps && model, "{old:?} and {:?}, then {new:?}", was.models[place]);
    }
    let kept = was.scenarios.iter().zip(&is.scenarios).all(|(was, is)| !was.is_used() || was == is);
    hold!("nothing loosens at once", kept, "{:?}, then {:?}", was.scenarios, is.scenarios);
    Ok(())
}

/// What is looser where it is larger.
fn limits(params: &RiskParams) -> Vec<u32> {
    let mut all = vec![params.max_leverage_bps, params.max_sample_age, params.venue_confirm_seconds];
    all.extend(params.volatility_bps.iter().chain(&params.confidence_bps));
    let narrow = [
        params.max_var_bps,
        params.max_shortfall_bps,
        params.max_stress_bps,
        params.max_concentration_bps,
        params.max_exit_days,
        params.max_liquidity_share_bps,
        params.exit_share_bps,
        params.loosen_bps_per_day,
        // Looser where it is smaller.
        u16::MAX - params.calm_days,
        u16::MAX - params.horizon_days,
        u16::MAX - params.margin_floor_bps,
    ];
    let levels = [params.move_milli, params.drawdown_bps, params.jumps, params.utilisation_bps, params.depth_drop_bps];
    all.extend(narrow.iter().chain(&params.scales_bps).chain(levels.iter().flatten()).map(|bps| u32::from(*bps)));
    all
}

/// No bounty to who has posted lately, nor to who does not show the network that the book follows.
fn impartial(world: &World, call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let Call::Derisk { user, shown, .. } = *call else { return Ok(()) };
    let paid = after.ledger.bounties_paid - before.ledger.bounties_paid;
    let Some(network) = before.network.as_ref().filter(|_| before.book.follows_network()) else { return Ok(()) };
    let key = world.users[user].pubkey();
    let epoch = i64::from(before.ledger.limits.epoch);
    let recent = |at: i64| at != 0 && after.now - at <= epoch;
    let posted = network.posters.iter().any(|poster| poster.key == key && recent(poster.posted_at));
    hold!("a bounty is impartial", paid == 0 || (shown && !posted), "{paid} to user {user}, who showed: {shown}");
    Ok(())
}

/// What the book leaves of a line's caps for new money, base units, by its definition.
fn cap(book: &Book, id: u16, nav: u128, now: i64) -> Option<u128> {
    let place = book.lines.iter().position(|line| line.line_id == id)?;
    let (line, model) = (&book.lines[place], &book.models[place]);
    let regime = if model.scaled == 1 { book.regime.scale_bps } else { WHOLE };
    let of_nav = down(nav, line.cap_bps.into(), WHOLE.into());
    let whole = if line.cap == u64::MAX { of_nav } else { of_nav.min(line.cap.into()) };
    Some(down(down(whole, regime.into(), WHOLE.into()), contagion(book, model, now).into(), WHOLE.into()))
}

/// What contagion leaves of new money, basis points.
fn contagion(book: &Book, model: &LineModel, now: i64) -> u16 {
    if book.network == Default::default() || model.protocol == NONE {
        return WHOLE;
    }
    if now - book.contagion_at > i64::from(book.contagion_max_age) {
        return 0;
    }
    model.contagion_bps
}

/// Where money went in, the line is within what caps, regime and contagion leave of it.
fn within_scales(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let (Call::Rebalance { place } | Call::DepositInto { place, .. }) = *call else { return Ok(()) };
    let (row, old) = (after.row(place), before.row(place));
    let Some(nav) = super::value::nav_of_move(before, after).filter(|_| row.invested > old.invested) else {
        return Ok(());
    };
    let most = cap(&after.book, row.id, nav, after.now);
    hold!("no line that the book does not know takes money", most.is_some(), "line {place}");
    let most = most.expect("held above") + super::value::blur_of_move(before, after, place, nav);
    hold!(
        "a line keeps to what is left of its caps",
        u128::from(row.mid) <= most,
        "line {place}: {} of {most}",
        row.mid
    );
    Ok(())
}

/// For how many seconds each scale has earned a rise that it has not taken: at most a day, and none from where it fell.
#[derive(Clone, Debug, Default)]
pub struct Scales {
    earned: [u64; LINES + 1],
    at: i64,
}

/// The regime's scale and what contagion leaves of each row.
fn scales(book: &Book) -> [u16; LINES + 1] {
    let mut all = [book.regime.scale_bps; LINES + 1];
    all.iter_mut().skip(1).zip(&book.models).for_each(|(scale, model)| *scale = model.contagion_bps);
    all
}

/// Holds each scale's rise to what it has earned at the book's rate.
///
/// # Errors
///
/// A scale that rose faster.
pub fn note_scales(world: &mut World, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let known = &mut world.scales;
    let passed = after.now.abs_diff(known.at).min(DAY);
    let rate = before.book.params.loosen_bps_per_day.max(after.book.params.loosen_bps_per_day);
    let moves = known.earned.iter_mut().zip(scales(&before.book)).zip(scales(&after.book));
    for (row, ((earned, was), is)) in moves.enumerate() {
        *earned = (*earned + passed).min(DAY);
        if is < was {
            *earned = 0;
            continue;
        }
        let spent = (u64::from(is - was) * DAY).div_ceil(u64::from(rate));
        hold!(
            "scales rise slowly",
            spent <= *earned,
            "scale {row} from {was} to {is} bps, {earned} s earned at {rate}"
        );
        *earned -= spent;
    }
    known.at = after.now;
    Ok(())
}

/// Whether a call takes money out or risk down, whatever it finds.
pub fn lowers_risk(call: &Call) -> bool {
    matches!(
        call,
        Call::Withdraw { .. }
            | Call::Redeem { .. }
            | Call::RedeemRecall { .. }
            | Call::Request { .. }
            | Call::Fill { .. }
            | Call::Claim { .. }
            | Call::Cancel { .. }
            | Call::InKind { .. }
            | Call::Demand
            | Call::Value { .. }
            | Call::Recall { .. }
            | Call::Derisk { .. }
            | Call::Rebalance { .. }
    )
}

/// A reduction through a swap is not refused for its loss while the epoch's budget has anything left: it is sold in parts.
///
/// # Errors
///
/// A refusal in spite of what is left.
pub fn sold_in_parts(call: &Call, before: &Seen, error: &str) -> Result<(), Violation> {
    let Call::Derisk { place, .. } = *call else { return Ok(()) };
    let Some(nav) = before.nav.filter(|_| error == "LossBudgetExceeded" && before.row(place).swapped == 1) else {
        return Ok(());
    };
    let (epoch, limits) = (&before.ledger.epoch, &before.ledger.limits);
    let is_over = before.now >= epoch.start + i64::from(limits.epoch);
    let (base, used) = if is_over { (nav.mid, 0) } else { (nav.mid.min(epoch.nav_at_start), epoch.loss_used) };
    let left = down(base.into(), limits.loss_budget_bps.into(), WHOLE.into()).saturating_sub(used.into());
    hold!("reductions are sold in parts", left < ROUNDINGS, "line {place}, with {left} left of the budget");
    Ok(())
}

/// Whether a rebalance that went through without limits took money out for a reason that holds with them as well: under
/// another policy than fixed targets one line's cut may be another's gain.
pub fn takes_out(place: usize, before: &Seen, after: &Seen) -> bool {
    let fixed = before.ledger.policy == Policy::Bands as u8;
    fixed && after.row(place).returned > before.row(place).returned
}

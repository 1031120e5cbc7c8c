//! When anybody may take a line down, how far, and what that earns.

use bytemuck::Zeroable;
use risk_oracle::state::{Book, LineModel, RegimeState, Signal, Status, WHOLE_BPS};
use strategy_router::{
    policy::{
        bounty::{bounty, earning},
        cut::{measures, scale_of, Cut},
        derisk::{excess, Causes, Measures, Reduction, Signs},
    },
    state::{Epoch, Limits, Totals, GAIN_UNLOCK_SECONDS},
    Ledger, LimitsArgs, Line, RouterError,
};

const NOW: i64 = 1_700_000_000;
const NAV: u64 = 10_000;
const CALM: Signs = Signs { feed: Status::NONE, venue_changed: false };

/// An active line worth `mid` of a NAV of 10,000: greatest weight 50%, band 2%, cap 5,500; money went in when nothing was cut.
fn line(mid: u64) -> Line {
    let mut line = Line::zeroed();
    (line.id, line.adapter, line.status, line.mid, line.cap) = (7, 1, 1, mid, 5_500);
    (line.max_bps, line.band_bps, line.entry_scale_bps) = (5_000, 200, WHOLE_BPS);
    line
}

/// What is left of the line: `cap` now, and at the NAV of the epoch's start.
fn cut_to(cap: u64, cap_before: u64, scale_bps: u16, causes: u8) -> Measures {
    Measures { nav: NAV, cut: Cut { cap, scale_bps, causes }, cap_before }
}

fn uncut() -> Result<Measures, RouterError> {
    Ok(Measures { nav: NAV, cut: Cut::NONE, cap_before: u64::MAX })
}

fn of(line: &Line, signs: &Signs) -> (u8, u64, u64) {
    let found = excess::<RouterError>(line, signs, uncut).unwrap();
    (found.causes.0, found.amount, found.rewarded)
}

fn with(line: &Line, measures: Measures) -> (u8, u64, u64) {
    let found = excess::<RouterError>(line, &CALM, || Ok(measures)).unwrap();
    (found.causes.0, found.amount, found.rewarded)
}

#[test]
fn a_sound_line_is_left_alone() {
    // Greatest weight 50% of 10,000, band 2%: up to 5,200.
    assert_eq!(of(&line(5_200), &CALM), (0, 0, 0));
}

#[test]
fn over_its_weight_or_cap_the_excess_comes_back() {
    // Down to the greatest weight, not to the band's edge; anybody brings that about, and nobody earns by it.
    assert_eq!(of(&line(5_201), &CALM), (Causes::OVER_MAX, 201, 0));
    // What is over the cap nobody without a role can have brought about.
    assert_eq!(of(&line(5_600), &CALM), (Causes::OVER_MAX | Causes::OVER_CAP, 600, 100));
    let mut capped = line(4_000);
    capped.cap = 3_999;
    assert_eq!(of(&capped, &CALM), (Causes::OVER_CAP, 1, 1));
}

#[test]
fn what_is_unsound_comes_back_whole() {
    let mut winding = line(10);
    winding.status = 3;
    assert_eq!(of(&winding, &CALM), (Causes::WINDING_DOWN, u64::MAX, u64::MAX));
    for feed in [Status::DIVERGENT, Status::DEPEGGED, Status::DEPEGGED.union(Status::STALE)] {
        assert_eq!(of(&line(10), &Signs { feed, ..CALM }), (Causes::FEED, u64::MAX, u64::MAX));
    }
    assert_eq!(of(&line(10), &Signs { venue_changed: true, ..CALM }), (Causes::VENUE_CHANGED, u64::MAX, u64::MAX));
}

#[test]
fn a_frozen_line_and_a_merely_uncertain_price_are_no_reason() {
    let mut frozen = line(10);
    frozen.status = 2;
    assert_eq!(of(&frozen, &CALM), (0, 0, 0));
    for feed in [Status::STALE, Status::WIDE_CONFIDENCE, Status::SECOND_STALE, Status::STABLE_GAP] {
        assert_eq!(of(&line(10), &Signs { feed, ..CALM }), (0, 0, 0));
    }
}

#[test]
fn a_stale_nav_stops_only_what_needs_nav() {
    let stale = || Err(RouterError::StaleNav);
    assert_eq!(excess(&line(10), &CALM, stale), Err(RouterError::StaleNav));
    let changed = Signs { venue_changed: true, ..CALM };
    let all = Reduction { causes: Causes(Causes::VENUE_CHANGED), amount: u64::MAX, rewarded: u64::MAX };
    assert_eq!(excess(&line(10), &changed, stale), Ok(all));
    let mut capped = line(10);
    capped.cap = 4;
    let over = Reduction { causes: Causes(Causes::OVER_CAP), amount: 6, rewarded: 6 };
    assert_eq!(excess(&capped, &CALM, stale), Ok(over));
}

#[test]
fn what_the_book_takes_comes_back_beyond_the_band() {
    // Half of the book's 60% are left: 3,000, and the band of 200 on top.
    let half = cut_to(3_000, 3_000, 5_000, Causes::REGIME);
    assert_eq!(with(&line(3_200), half), (0, 0, 0));
    // 201 over the cap; the fall of the scale alone would have taken half of the line.
    assert_eq!(with(&line(3_201), half), (Causes::REGIME, 201, 201));
    let both = cut_to(1_000, 1_000, 1_600, Causes::REGIME | Causes::CONTAGION);
    assert_eq!(with(&line(4_000), both), (Causes::REGIME | Causes::CONTAGION, 3_000, 3_000));
    // Nothing is left of it at all.
    let none = cut_to(0, 0, 0, Causes::CONTAGION);
    assert_eq!(with(&line(4_000), none), (Causes::CONTAGION, 4_000, 4_000));
    // The lower of two bounds holds.
    let above_max = cut_to(5_100, 5_100, 8_500, Causes::REGIME);
    assert_eq!(with(&line(5_301), above_max), (Causes::OVER_MAX | Causes::REGIME, 301, 201));
}

#[test]
fn only_the_fall_of_the_scale_since_money_went_in_is_paid_for() {
    let half = cut_to(2_000, 2_000, 5_000, Causes::REGIME);
    // Money went in at this very scale: the excess is of cash that left, and earns nothing.
    let mut entered = line(4_000);
    entered.entry_scale_bps = 5_000;
    assert_eq!(with(&entered, half), (Causes::REGIME, 2_000, 0));
    // It went in at 60%: a sixth of the line is what the fall to 50% took.
    entered.entry_scale_bps = 6_000;
    assert_eq!(with(&entered, half), (Causes::REGIME, 2_000, 666));
    // A scale that has risen since, or a line that knows none, earns nothing.
    for entry in [4_000, 0] {
        entered.entry_scale_bps = entry;
        assert_eq!(with(&entered, half), (Causes::REGIME, 2_000, 0));
    }
    // Cash that left since the epoch began: with it, the line would be over its cap by 500 only.
    assert_eq!(with(&line(4_000), cut_to(2_000, 3_500, 5_000, Causes::REGIME)), (Causes::REGIME, 2_000, 500));
    assert_eq!(with(&line(4_000), cut_to(2_000, 4_000, 5_000, Causes::REGIME)), (Causes::REGIME, 2_000, 0));
}

/// A book that knows the line 7, capped at 60% of NAV, with these scales of regime and contagion.
fn book(regime_bps: u16, contagion_bps: u16, scaled: u8, protocol: u8) -> Box<Book> {
    let mut book: Box<Book> = Box::new(Book::zeroed());
    book.regime = RegimeState::calm();
    (book.regime.level, book.regime.scale_bps, book.regime.reasons) = (2, regime_bps, Signal::Drawdown.bit());
    book.params.scales_bps = [10_000, 7_500, 5_000, 2_500];
    book.network = anchor_lang::prelude::Pubkey::new_from_array([1; 32]);
    (book.lines[3].line_id, book.lines[3].cap_bps, book.lines[3].cap) = (7, 6_000, u64::MAX);
    book.models[3] = LineModel { scaled, protocol, contagion_bps, ..LineModel::NEW };
    book
}

#[test]
fn regime_and_contagion_cut_one_after_the_other() {
    let all = |book: &Book| Cut::of(Some(book), 7, NAV);
    assert_eq!(all(&book(5_000, 10_000, 1, 0)), Cut { cap: 3_000, scale_bps: 5_000, causes: Causes::REGIME });
    assert_eq!(all(&book(10_000, 2_500, 1, 0)), Cut { cap: 1_500, scale_bps: 2_500, causes: Causes::CONTAGION });
    let both = Causes::REGIME | Causes::CONTAGION;
    assert_eq!(all(&book(5_000, 2_500, 1, 0)), Cut { cap: 750, scale_bps: 1_250, causes: both });
}

#[test]
fn what_is_not_cut_has_no_cap_here() {
    // Calm; a line that follows neither; an unknown line; no book.
    assert_eq!(Cut::of(Some(&book(10_000, 10_000, 1, 0)), 7, NAV), Cut::NONE);
    assert_eq!(Cut::of(Some(&book(5_000, 2_500, 0, 255)), 7, NAV), Cut::NONE);
    assert_eq!(Cut::of(Some(&book(5_000, 2_500, 1, 0)), 8, NAV), Cut::NONE);
    assert_eq!(Cut::of(None, 7, NAV), Cut::NONE);
    assert_eq!((scale_of(None, 7), scale_of(Some(&book(5_000, 2_500, 1, 0)), 7)), (10_000, 1_250));
}

#[test]
fn a_reduction_is_measured_by_the_nav_of_now_and_of_the_epochs_start() {
    let mut ledger: Box<Ledger> = Box::new(Ledger::zeroed());
    (ledger.cash_tracked, ledger.totals) = (NAV, Totals::EMPTY);
    ledger.epoch.nav_at_start = 15_000;
    let found = measures(&ledger, Some(&book(5_000, 10_000, 1, 0)), 7, NOW).unwrap();
    assert_eq!((found.nav, found.cut.cap, found.cap_before), (NAV, 3_000, 4_500));
    // A NAV that has grown since makes nothing smaller.
    ledger.epoch.nav_at_start = 5_000;
    let found = measures(&ledger, Some(&book(5_000, 10_000, 1, 0)), 7, NOW).unwrap();
    assert_eq!((found.cut.cap, found.cap_before), (3_000, 3_000));
    // A regime that rests on venues alone earns nobody anything; what contagion cuts of the same line does.
    let mut empty = book(5_000, 2_500, 1, 0);
    empty.regime.reasons = Signal::Utilisation.bit() | Signal::Depth.bit();
    let found = measures(&ledger, Some(&empty), 7, NOW).unwrap();
    assert_eq!((found.cut.cap, found.cap_before), (750, 1_500));
    empty.models[3].contagion_bps = 10_000;
    let found = measures(&ledger, Some(&empty), 7, NOW).unwrap();
    assert_eq!((found.cut.cap, found.cap_before), (3_000, u64::MAX));
    // What prices say by themselves still counts: elevated, three quarters of 60%.
    empty.regime.levels[Signal::Drawdown as usize] = 1;
    let found = measures(&ledger, Some(&empty), 7, NOW).unwrap();
    assert_eq!((found.cut.cap, found.cap_before), (3_000, 4_500));
    // Calm again, and the scale still on its way back.
    (empty.regime.level, empty.regime.levels) = (0, [0; 7]);
    let found = measures(&ledger, Some(&empty), 7, NOW).unwrap();
    assert_eq!((found.cut.cap, found.cap_before), (3_000, u64::MAX));
    ledger.busy = 1;
    let refused = measures(&ledger, None, 7, NOW).unwrap_err();
    assert_eq!(refused, anchor_lang::error::Error::from(RouterError::LedgerBusy));
}

fn limits() -> Limits {
    Limits::try_from(LimitsArgs {
        max_valuation_age: 60,
        epoch: 3_600,
        min_cash_bps: 0,
        loss_budget_bps: 0,
        keeper_loss_budget_bps: 0,
        keeper_pay: 0,
        keeper_pay_budget: 1_000,
        target_volatility_bps: 0,
        bounty_bps: 50,
        bounty_budget: 100,
    })
    .unwrap()
}

fn epoch(nav_at_start: u64) -> Epoch {
    Epoch { start: NOW, nav_at_start, loss_used: 0, pay_used: 0, bounty_used: 0 }
}

#[test]
fn a_bounty_is_a_part_of_what_came_back_within_every_budget() {
    const RICH: u64 = 10_000_000;
    let of = |epoch: &Epoch, earning, nav, cash| bounty(epoch, &limits(), earning, nav, cash).unwrap();
    // Half a percent, rounded down.
    assert_eq!(of(&epoch(RICH), 10_000, RICH, RICH), 50);
    assert_eq!(of(&epoch(RICH), 10_199, RICH, RICH), 50);
    assert_eq!(of(&epoch(RICH), 199, RICH, RICH), 0);
    assert_eq!(of(&epoch(RICH), 0, RICH, RICH), 0);
    // The epoch's bounties, what is left of them, and none left.
    assert_eq!(of(&epoch(RICH), 100_000, RICH, RICH), 100);
    assert_eq!(of(&Epoch { bounty_used: 80, ..epoch(RICH) }, 100_000, RICH, RICH), 20);
    assert_eq!(of(&Epoch { bounty_used: 100, ..epoch(RICH) }, 100_000, RICH, RICH), 0);
    // Also where the owner has lowered the budget below what was used.
    assert_eq!(of(&Epoch { bounty_used: 101, ..epoch(RICH) }, 100_000, RICH, RICH), 0);
    // All keepers' pay.
    assert_eq!(of(&Epoch { pay_used: 970, ..epoch(RICH) }, 100_000, RICH, RICH), 30);
    assert_eq!(of(&Epoch { pay_used: 1_001, ..epoch(RICH) }, 100_000, RICH, RICH), 0);
    // A thousandth of the smaller NAV: of now, or of the epoch's start.
    assert_eq!(of(&epoch(RICH), 100_000, 60_000, RICH), 60);
    assert_eq!(of(&epoch(40_000), 100_000, RICH, RICH), 40);
    assert_eq!(of(&Epoch { pay_used: 15, ..epoch(40_000) }, 100_000, RICH, RICH), 25);
    // The cash that there is.
    assert_eq!(of(&epoch(RICH), 100_000, RICH, 7), 7);
    // Nothing overflows.
    assert_eq!(of(&epoch(u64::MAX), u64::MAX, u64::MAX, u64::MAX), 100);
}

#[test]
fn what_did_not_come_back_or_has_just_gone_in_earns_nothing() {
    let all = Reduction { causes: Causes(Causes::WINDING_DOWN), amount: u64::MAX, rewarded: u64::MAX };
    let mut line = line(4_000);
    assert_eq!(earning(&line, &all, 3_000, NOW), Ok(3_000));
    assert_eq!(earning(&line, &all, 0, NOW), Ok(0));
    assert_eq!(earning(&line, &Reduction { rewarded: 500, ..all }, 3_000, NOW), Ok(500));
    // 3,500 went in just now: 500 lay there before.
    line.fresh.lock(3_500, NOW).unwrap();
    assert_eq!(earning(&line, &all, 3_000, NOW), Ok(500));
    // Half of it is old after half of the six hours, and all of it after them.
    assert_eq!(earning(&line, &all, 3_000, NOW + GAIN_UNLOCK_SECONDS / 2), Ok(2_250));
    assert_eq!(earning(&line, &all, 3_000, NOW + GAIN_UNLOCK_SECONDS), Ok(3_000));
    // More went in than the line is worth now.
    line.fresh.lock(10_000, NOW).unwrap();
    assert_eq!(earning(&line, &all, 3_000, NOW), Ok(0));
}

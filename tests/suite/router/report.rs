//! `report`: anybody tells the book what lies where, at valuations that NAV may be made of.

use super::*;

use gimbal::instructions::router;
use risk_oracle::{
    state::{Exposure, PositionKind},
    Book,
};

fn book(fx: &Fixture) -> Book {
    fx.read(&fx.deployment.vault.addresses.book)
}

/// What the book knows of a line's exposure.
fn exposure(fx: &Fixture, place: usize) -> Exposure {
    let id = fx.deployment.lines[place].addresses.id;
    book(fx).model(id).expect("the book knows the line").exposure
}

#[test]
fn it_needs_nobodys_signature_and_moves_nothing() {
    let (mut fx, _) = invested();
    let before = fx.ledger();
    let receipt = fx.router().report().unwrap();
    let (after, told) = (fx.ledger(), book(&fx));
    assert_eq!(bytemuck::bytes_of(&before), bytemuck::bytes_of(&after));
    assert_eq!((told.nav, told.assessed_at), (1_000 * USDC, now(&fx)));
    assert_eq!(told.line(1).unwrap().exposure, 900 * USDC);
    let RouterEvent::Reported(event) = event(&receipt) else { panic!("a report was made") };
    assert_eq!((event.nav, event.flags, event.time), (1_000 * USDC, 0, now(&fx)));
    assert_eq!(event.ledger, fx.deployment.vault.addresses.ledger);
}

#[test]
fn a_same_asset_line_is_told_of_as_lending_that_no_price_moves() {
    // 3.5 million of 5 million, of the seed and of our 900 are lent out: 69.986...%, rounded up.
    let mut plan = Plan::with_lines(1);
    plan.limits.keeper_pay = 0;
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.refresh_all();
    fx.router().report().unwrap();
    let (told, line) = (exposure(&fx, 0), fx.line(0));
    assert_eq!(
        (told.kind, told.delta, told.delta_bps, told.gamma, told.debt),
        (PositionKind::Lending as u16, 0, 0, 0, 0)
    );
    assert_eq!((told.liquidity, told.utilisation_bps), (line.liquidity, 6_999));
    assert_eq!((told.liquidation_bps, told.cost_bps), (Exposure::NO_LIQUIDATION, 0));
    // A borrow rate of 0.5% at nothing and 4% at 80% is 3.5620...% at 69.99%, cut to 3.56%; of that 69.99%, less a tenth: 2.24%.
    assert_eq!(told.carry_bps, 224);
}

#[test]
fn a_swapped_line_is_its_token_to_the_unit() {
    let (mut fx, _) = super::swapped::bought();
    fx.refresh_all();
    fx.router().report().unwrap();
    let (told, line) = (exposure(&fx, 0), fx.line(0));
    assert_eq!(told.delta, i64::try_from(line.mid).unwrap());
    assert_eq!((told.delta_bps, told.cost_bps), (10_000, line.max_slippage_bps));
}

#[test]
fn an_empty_market_lends_nothing_and_a_full_one_all() {
    let (mut fx, _) = invested();
    fx.router().report().unwrap();
    assert_eq!((exposure(&fx, 0).utilisation_bps, exposure(&fx, 0).carry_bps), (0, 0));
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.refresh_all();
    fx.router().report().unwrap();
    assert_eq!((exposure(&fx, 0).utilisation_bps, exposure(&fx, 0).liquidity), (10_000, 0));
}

#[test]
fn before_the_first_deposit_nobody_makes_the_book_live() {
    let mut fx = Fixture::from_plan(quiet(1));
    fx.assert_refused("NothingToReport", |fx| fx.router().report());
    // Not with cash that nobody deposited, either.
    let stranger = fx.depositor(USDC);
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&stranger, &cash, USDC).unwrap();
    fx.router().harvest_cash().unwrap();
    fx.assert_refused("NothingToReport", |fx| fx.router().report());
    assert!(!book(&fx).is_live());
}

#[test]
fn valuations_must_be_fresh() {
    let (mut fx, _) = invested();
    fx.warp(601);
    fx.assert_refused("StaleNav", |fx| fx.router().report());
    fx.refresh_all();
    fx.router().report().unwrap();
}

#[test]
fn a_line_that_the_book_does_not_know_is_told_and_refuses_nothing() {
    let (mut fx, _) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let free = risk_oracle::SetLineRiskArgs { line: 1, risks: [risk_oracle::NO_RISK; 4], cap_bps: 0, cap: 0 };
    fx.oracle().set_line_risk(&owner, free).unwrap();
    let receipt = fx.router().report().unwrap();
    let RouterEvent::Reported(event) = event(&receipt) else { panic!("a report was made") };
    assert_eq!(event.flags & risk_oracle::Verdict::LINE_UNREGISTERED, risk_oracle::Verdict::LINE_UNREGISTERED);
}

#[test]
fn only_the_ledgers_own_book_and_the_oracle_itself_are_told() {
    let (mut fx, _) = invested();
    let good = router::report(&fx.deployment.vault);
    let feed = fx.deployment.feeds.get(Asset::Base).key;
    let mut wrong_book = good.clone();
    wrong_book.accounts[1].pubkey = feed;
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[wrong_book], &[]));
    let mut wrong_oracle = good;
    wrong_oracle.accounts[2].pubkey = strategy_router::ID;
    fx.assert_refused("InvalidProgramId", |fx| fx.send(&[wrong_oracle], &[]));
}

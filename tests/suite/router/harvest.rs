//! `harvest` and `harvest_cash`: what lies there untracked becomes the vault's, at once in high and by and by in low.

use super::*;

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use gimbal::instructions::{build, token as tokens};
use gimbal::pda::event_authorities;
use strategy_router::{accounts, instruction};

/// Time over which a gain becomes part of the low NAV, seconds.
const UNLOCK: u64 = 6 * 3_600;

/// Sends receipt tokens of the market's owner to the position account of the line at `place`.
pub fn donate_receipts(fx: &mut Fixture, place: usize, amount: u64) {
    let owner = fx.deployment.actors.venue_owner.insecure_clone();
    let line = &fx.deployment.lines[place];
    let mint = line.reserve.addresses.collateral_mint;
    let source = tokens::associated(&owner.pubkey(), &mint, &token::ID);
    let position = line.addresses.position;
    let transfer = tokens::transfer(&source, &mint, &position, &owner.pubkey(), amount, 6, &token::ID);
    fx.send(&[transfer], &[&owner]).unwrap();
}

/// Low, mid and high NAV now.
fn nav(fx: &Fixture) -> [u64; 3] {
    let nav = fx.ledger().nav(now(fx)).unwrap();
    [nav.low, nav.mid, nav.high]
}

#[test]
fn donated_receipt_tokens_count_only_once_harvested() {
    let (mut fx, _) = invested();
    donate_receipts(&mut fx, 0, 90 * USDC);
    fx.router().refresh(0).unwrap();
    assert_eq!(nav(&fx), [1_000 * USDC; 3]);

    // Nobody needs to sign but who pays the fee.
    let receipt = fx.router().harvest(0).unwrap();
    let line = fx.line(0);
    assert_eq!((line.position, line.harvested, line.invested), (990 * USDC, 90 * USDC, 900 * USDC));
    assert_eq!((line.low, line.mid, line.high), (990 * USDC, 990 * USDC, 990 * USDC));
    let gains = fx.ledger().gains;
    assert_eq!((gains.amount, gains.start, gains.end), (90 * USDC, now(&fx), now(&fx) + UNLOCK as i64));
    assert_eq!(nav(&fx), [1_000 * USDC, 1_090 * USDC, 1_090 * USDC]);
    let RouterEvent::Harvested(event) = event(&receipt) else { panic!("a gain was adopted") };
    assert_eq!((event.line, event.tokens, event.gain, event.time), (1, 90 * USDC, 90 * USDC, now(&fx)));
    fx.assert_refused("NothingToCollect", |fx| fx.router().harvest(0));
    fx.assert_identities();
}

#[test]
fn a_gain_unlocks_evenly() {
    let (mut fx, _) = invested();
    donate_receipts(&mut fx, 0, 90 * USDC);
    fx.router().harvest(0).unwrap();
    for (hours, low) in [(1, 1_015), (2, 1_045), (2, 1_075), (1, 1_090), (1, 1_090)] {
        fx.pass(hours * 3_600);
        assert_eq!(nav(&fx), [low * USDC, 1_090 * USDC, 1_090 * USDC]);
    }
}

#[test]
fn a_second_gain_waits_its_time_without_restarting_the_first() {
    let (mut fx, _) = invested();
    donate_receipts(&mut fx, 0, 90 * USDC);
    fx.router().harvest(0).unwrap();
    fx.pass(UNLOCK / 2);
    // 45 are locked for 3 hours more, 45 come for 6: together 90 for the average of 4.5 hours.
    donate_receipts(&mut fx, 0, 45 * USDC);
    fx.router().harvest(0).unwrap();
    let gains = fx.ledger().gains;
    assert_eq!((gains.amount, gains.end - gains.start), (90 * USDC, 16_200));
    assert_eq!(nav(&fx), [1_045 * USDC, 1_135 * USDC, 1_135 * USDC]);
    fx.pass(8_100);
    assert_eq!(nav(&fx), [1_090 * USDC, 1_135 * USDC, 1_135 * USDC]);
}

#[test]
fn a_gain_of_dust_holds_nothing_back() {
    let (mut fx, _) = invested();
    donate_receipts(&mut fx, 0, 90 * USDC);
    fx.router().harvest(0).unwrap();
    fx.pass(UNLOCK / 2);
    donate_receipts(&mut fx, 0, 1);
    fx.router().harvest(0).unwrap();
    let gains = fx.ledger().gains;
    assert_eq!((gains.amount, gains.end - gains.start), (45 * USDC + 1, 10_800));
}

#[test]
fn a_loss_is_borne_by_locked_gains_first() {
    use lending_venue::{state::Borrowers, WriteOffArgs};
    // A market of 1,000 USDC, 400 of the tokens the line's; 50 more are given to it: 450 of it and 600 in cash.
    let (mut fx, _) = shared_market(|line| (line.params.haircut_bps, line.params.widen_rate) = (0, 0));
    donate_receipts(&mut fx, 0, 50 * USDC);
    fx.router().harvest(0).unwrap();
    assert_eq!((nav(&fx), fx.ledger().gains.amount), ([1_000 * USDC, 1_050 * USDC, 1_050 * USDC], 50 * USDC));
    fx.lending().borrow(0, 500 * USDC).unwrap();
    let write_off = WriteOffArgs { borrower: Borrowers::OPERATOR, amount: 100 * USDC };
    fx.lending().write_off(0, write_off).unwrap();
    fx.router().refresh(0).unwrap();
    // A tenth of the 450 is lost: 45 of the 50 that were locked.
    assert_eq!((nav(&fx), fx.ledger().gains.amount), ([1_000 * USDC, 1_005 * USDC, 1_005 * USDC], 5 * USDC));
    // Another ninth of the 405 is lost: 45, of which 5 were locked.
    fx.lending().write_off(0, write_off).unwrap();
    fx.router().refresh(0).unwrap();
    assert_eq!((nav(&fx), fx.ledger().gains.amount), ([960 * USDC; 3], 0));
}

#[test]
fn interest_is_no_harvest() {
    // Of the market's 1,000 USDC 800 are lent at 4%; see `refresh`: after 150 slots a token is worth 1.0000000684932.
    let (mut fx, _) = shared_market(|line| line.params.haircut_bps = 0);
    fx.lending().borrow(0, 800 * USDC).unwrap();
    fx.warp(60);
    fx.assert_refused("NothingToCollect", |fx| fx.router().harvest(0));
    fx.lending().refresh(0).unwrap();
    donate_receipts(&mut fx, 0, 10 * USDC);
    let receipt = fx.router().harvest(0).unwrap();
    // 410 tokens are worth 410.000028 and 400 of them 400.000027.
    assert_eq!((fx.line(0).mid, fx.line(0).harvested), (410_000_028, 10_000_001));
    assert_eq!(fx.ledger().gains.amount, 10_000_001);
    let RouterEvent::Harvested(event) = event(&receipt) else { panic!("a gain was adopted") };
    assert_eq!((event.tokens, event.gain), (10 * USDC, 10_000_001));
}

#[test]
fn an_old_market_is_not_harvested() {
    let (mut fx, _) = invested();
    donate_receipts(&mut fx, 0, 90 * USDC);
    fx.warp(61);
    fx.assert_refused("StaleVenue", |fx| fx.router().harvest(0));
    fx.lending().refresh(0).unwrap();
    fx.router().harvest(0).unwrap();
}

#[test]
fn no_status_and_no_pause_stands_in_the_way() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    donate_receipts(&mut fx, 0, 90 * USDC);
    fx.router().pause(&guardian, gimbal_control::Direction::NewMoney).unwrap();
    fx.router().set_status(&guardian, 0, WINDING_DOWN).unwrap();
    fx.router().harvest(0).unwrap();
    fx.router().recall(&guardian, 0, u64::MAX).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 1_090 * USDC);
}

#[test]
fn donated_cash_counts_only_once_harvested() {
    let (mut fx, _) = invested();
    let patron = fx.depositor(60 * USDC);
    let cash = fx.ledger().cash;
    fx.assert_refused("NothingToCollect", |fx| fx.router().harvest_cash());
    fx.donate(&patron, &cash, 60 * USDC).unwrap();
    assert_eq!(nav(&fx), [1_000 * USDC; 3]);
    let receipt = fx.router().harvest_cash().unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.cash_tracked, ledger.surplus_adopted), (160 * USDC, 60 * USDC));
    assert_eq!(nav(&fx), [1_000 * USDC, 1_060 * USDC, 1_060 * USDC]);
    let RouterEvent::Harvested(event) = event(&receipt) else { panic!("a gain was adopted") };
    assert_eq!((event.line, event.tokens, event.gain), (0, 60 * USDC, 60 * USDC));
    fx.assert_refused("NothingToCollect", |fx| fx.router().harvest_cash());
    fx.pass(UNLOCK / 4);
    assert_eq!(nav(&fx), [1_015 * USDC, 1_060 * USDC, 1_060 * USDC]);
    fx.assert_identities();
}

#[test]
fn who_leaves_early_takes_no_gain_along() {
    let (mut fx, alice) = invested();
    let patron = fx.depositor(60 * USDC);
    let cash = fx.ledger().cash;
    fx.donate(&patron, &cash, 60 * USDC).unwrap();
    fx.router().harvest_cash().unwrap();
    let had = fx.balance(&alice.base);
    fx.vault().redeem(&alice, 50 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - had, 50 * USDC);
}

#[test]
fn the_cash_account_is_the_ledgers_own() {
    let (mut fx, alice) = invested();
    let ledger = fx.deployment.vault.addresses.ledger;
    own::open(&mut fx);
    let foreign = fx.deployment.vault.addresses.cash;
    for cash in [foreign, alice.base, Pubkey::new_unique()] {
        let accounts = accounts::HarvestCash {
            ledger,
            cash,
            event_authority: event_authorities().router,
            program: strategy_router::ID,
        };
        let harvest = build(strategy_router::ID, accounts, instruction::HarvestCash {});
        fx.assert_refused("ForeignAccount", |fx| fx.send(&[harvest], &[]));
    }
}

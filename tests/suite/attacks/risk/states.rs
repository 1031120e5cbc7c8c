//! States in which the engine answers nothing, or everything is as bad as can be: what lowers risk goes on, what raises it
//! does not.

use super::super::tamper;
use crate::flows::risk::paths::{self, Candle};
use crate::flows::risk::world::*;
use crate::oracle::graph;
use crate::oracle::world::{assess, pubkey};
use gimbal::bundle::with_budget;
use gimbal::instructions::network::{solve_contagion, sync_contagion};
use gimbal::instructions::{oracle, router};
use gimbal_tests::*;
use risk_oracle::RiskParams;
use strategy_router::LineParams;

const FROZEN: u8 = 2;
const WINDING_DOWN: u8 = 3;

fn crash() -> paths::Days {
    let candle = |low, high, close| Candle { low, high, close };
    vec![[candle(450, 1_000, 460), candle(400, 1_000, 410), candle(300, 1_000, 310)]]
}

/// A book that cannot be read stops new money into lines, and nobody who leaves.
#[test]
fn a_broken_book_holds_nobody() {
    let mut market = Market::settled();
    let (key, guardian) = (market.book_key(), market.fx.deployment.actors.guardian.insecure_clone());
    market.fx.refresh_all();
    tamper(&mut market.fx, &key, |account| account.data[..8].fill(0xFF));
    let (alice, fx) = (&market.alice, &mut market.fx);
    fx.assert_refused("ForeignAccount", |fx| fx.router().rebalance(0));
    fx.vault().deposit(alice, 100 * USDC, 0).unwrap();
    fx.vault().redeem(alice, 100 * USDC, 0).unwrap();
    fx.vault().withdraw(alice, 100 * USDC, u64::MAX).unwrap();
    fx.vault().request_redeem(alice, 20_000 * USDC).unwrap();
    let need = fx.ledger().queue_need();
    fx.router().recall(&alice.key, 0, need.max(1)).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(alice, 0).unwrap();
    // A grave cause needs no book.
    fx.router().set_status(&guardian, 1, WINDING_DOWN).unwrap();
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[1].context.clone());
    let mut derisk = router::derisk(&vault, &line, &alice.pubkey());
    for account in derisk.accounts.iter_mut().filter(|account| account.pubkey == key) {
        *account = anchor_lang::prelude::AccountMeta::new_readonly(strategy_router::ID, false);
    }
    fx.send(&with_budget(&[derisk]), &[&alice.key]).unwrap();
    assert_eq!(fx.line(1).position, 0);
    fx.assert_identities();
}

/// A crash, and then a week in which nobody looks: whatever lowers risk goes on, at once and for everybody who may.
#[test]
fn what_lowers_risk_is_refused_in_no_state() {
    let mut market = Market::settled();
    market.live(&crash());
    market.fx.warp(7 * 86_400);
    let (guardian, curator) = {
        let actors = &market.fx.deployment.actors;
        (actors.guardian.insecure_clone(), actors.curator.insecure_clone())
    };
    let stranger = market.stranger.key.insecure_clone();
    let key = market.book_key();
    let tighter = RiskParams { max_var_bps: 1, max_shortfall_bps: 1, ..market.book().params };
    let fx = &mut market.fx;
    fx.router().pause(&guardian, gimbal_control::Direction::NewMoney).unwrap();
    // No NAV, no price, no report, a crisis: by cap, by status, by signature.
    let lower = |fx: &Fixture, place: usize, cap| LineParams { cap, ..LineParams::of(&fx.line(place)) };
    let params = lower(fx, 0, 1_000 * USDC);
    fx.router().set_bounds(&guardian, 0, params).unwrap();
    fx.router().derisk(&stranger, 0).unwrap();
    assert!(fx.line(0).mid.abs_diff(1_000 * USDC) <= 2);
    fx.router().recall(&guardian, 1, 100 * USDC).unwrap();
    fx.router().set_status(&curator, 1, FROZEN).unwrap();
    fx.router().set_status(&curator, 1, WINDING_DOWN).unwrap();
    fx.router().derisk(&stranger, 1).unwrap();
    assert_eq!(fx.line(1).position, 0);
    fx.send(&[oracle::set_risk_params(&curator.pubkey(), &key, tighter)], &[&curator]).unwrap();
    // Of a token somebody has to bring the price, and then everybody may.
    market.fx.refresh_all();
    market.rebase();
    market.fx.router().recall(&guardian, TOKEN_LINE, 100 * USDC).unwrap();
    market.fx.router().set_status(&guardian, TOKEN_LINE, WINDING_DOWN).unwrap();
    assert!(market.derisk(TOKEN_LINE));
    market.fx.assert_identities();
}

/// What a crisis calls for is not refused because its sale might lose more than the budget has left: it comes down in parts,
/// and together they lose no more than the budget.
#[test]
fn a_swapped_line_comes_down_within_any_budget() {
    let mut plan = plan();
    plan.policy = 0;
    plan.lines[TOKEN_LINE].params.target_bps = plan.lines[TOKEN_LINE].params.max_bps;
    let mut market = Market::with(plan, &params(), |_| ());
    // The owner has lowered the budget to a basis point of NAV: less than the worst price of the whole cut.
    let owner = market.owner();
    let mut tight = market.fx.deployment.plan.limits;
    (tight.loss_budget_bps, tight.keeper_loss_budget_bps) = (1, 1);
    market.fx.router().set_limits(&owner, tight).unwrap();
    // The others crash; the token's market stands still.
    let mut days = crash();
    days[0][2] = Candle { low: 999, high: 1_001, close: 1_000 };
    market.live(&days);
    market.fx.refresh_all();
    market.rebase();
    let line = market.fx.line(TOKEN_LINE);
    let nav = market.fx.ledger().nav(market.now()).unwrap().mid;
    let cut = line.mid - market.book().line_cap(line.id, nav);
    assert!(cut > nav / 100, "{cut} of {nav}");
    let (stranger, mut mids, mut lost) = (market.stranger.key.insecure_clone(), vec![line.mid], 0);
    for _ in 0..12 {
        let before = market.fx.ledger().nav(market.now()).unwrap().mid;
        match market.fx.router().derisk(&stranger, TOKEN_LINE) {
            Ok(_) => mids.push(market.fx.line(TOKEN_LINE).mid),
            Err(error) => {
                assert!(["LossBudgetExceeded", "NothingToDerisk"].contains(&error.name().as_str()), "{error}");
                break;
            }
        }
        lost += before - market.fx.ledger().nav(market.now()).unwrap().mid;
        market.rebase();
    }
    assert!(mids.len() > 2 && mids.windows(2).all(|pair| pair[1] < pair[0]), "{mids:?}");
    assert!(lost <= nav / 10_000, "{lost} of {nav}");
    market.fx.assert_identities();
}

/// In a crisis no policy that a stolen curator's key chooses, and no way in, brings a line above what its regime leaves.
#[test]
fn no_policy_and_no_way_in_passes_a_crisis() {
    let mut market = Market::settled();
    market.live(&crash());
    for place in 0..3 {
        market.derisk(place);
    }
    assert_eq!(market.regime(), 3);
    market.observe();
    let curator = market.fx.deployment.actors.curator.insecure_clone();
    for policy in [0, 1, 2, 0] {
        market.fx.router().set_policy(&curator, policy).unwrap();
        for place in 0..3 {
            let params = market.fx.line(place);
            // Weights are the curator's: as large as they may be.
            let params = LineParams { min_bps: 0, target_bps: params.max_bps, ..LineParams::of(&params) };
            let _ = market.fx.router().set_bounds(&curator, place, params);
            market.fx.pass(3_600);
            market.rebase();
            let _ = market.fx.router().rebalance(place);
            market.fx.refresh_all();
            market.fx.vault().deposit_and_allocate(&market.stranger, 5_000 * USDC, 0, place).unwrap();
        }
        market.fx.refresh_all();
        let nav = market.fx.ledger().nav(market.now()).unwrap().mid;
        for place in 0..3 {
            let line = market.fx.line(place);
            let most = market.book().line_cap(line.id, nav);
            assert!(line.mid <= most + 2, "policy {policy}, line {place}: {} of {most}", line.mid);
        }
    }
}

/// A curator's and a keeper's stolen keys turn the vault over through its swap by changing the policy to and fro: at the cost of
/// the keeper's budget, and no more.
#[test]
fn a_policy_that_goes_to_and_fro_loses_at_most_the_budget() {
    let mut plan = plan();
    for line in &mut plan.lines {
        (line.params.cooldown, line.params.band_bps) = (60, 10);
    }
    (plan.limits.loss_budget_bps, plan.limits.keeper_loss_budget_bps) = (20, 10);
    let mut market = Market::with(plan, &params(), |_| ());
    let curator = market.fx.deployment.actors.curator.insecure_clone();
    market.fx.refresh_all();
    let epoch = u64::from(market.fx.ledger().limits.epoch);
    let before = market.fx.ledger();
    let nav = before.nav(market.now()).unwrap().mid;
    let (mut refused, mut turned) = (0, 0);
    let rounds = 24.min(epoch / 61 / 4);
    for round in 0..rounds {
        market.fx.router().set_policy(&curator, if round % 2 == 0 { 0 } else { 2 }).unwrap();
        let line = market.fx.line(TOKEN_LINE);
        let target_bps = if round % 2 == 0 { 0 } else { line.max_bps };
        let params = LineParams { min_bps: 0, target_bps, ..LineParams::of(&line) };
        market.fx.router().set_bounds(&curator, TOKEN_LINE, params).unwrap();
        for _ in 0..3 {
            market.fx.pass(61);
            market.rebase();
            match market.fx.router().rebalance(TOKEN_LINE) {
                Ok(_) => turned += 1,
                Err(error) if error.name() == "LossBudgetExceeded" => refused += 1,
                Err(error) => {
                    let known = ["InsideBand", "CoolingDown", "RiskLimit", "VenueIlliquid"];
                    assert!(known.contains(&error.name().as_str()), "{error}");
                }
            }
        }
    }
    assert!(turned > 2, "{turned} turns, {refused} refused");
    market.fx.refresh_all();
    let after = market.fx.ledger().nav(market.now()).unwrap().mid;
    // Two epochs may be touched; interest only helps.
    assert!(after + nav / 10_000 * 20 + 10 >= nav, "{after} of {nav}");
    market.fx.assert_identities();
}

/// What is no book is taken for none, whoever signs.
#[test]
fn no_other_account_passes_for_a_book_a_feed_or_a_network() {
    let mut world = graph::followed();
    let (owner, book, feed, network) = (pubkey("owner"), world.book, world.feed, graph::address());
    let params = world.book().params;
    let of_book = |book: &anchor_lang::prelude::Pubkey| {
        vec![
            oracle::stress(book, 0, 1),
            oracle::observe(book, &[]),
            oracle::set_risk_params(&owner, book, params),
            sync_contagion(book, &network),
            assess("ledger", *book, graph::question(1, 1)),
        ]
    };
    for instruction in [of_book(&feed), of_book(&network)].concat() {
        let ledger = instruction.accounts.iter().any(|account| account.pubkey == pubkey("ledger"));
        let owners = instruction.accounts.iter().any(|account| account.pubkey == owner);
        let signers: &[&str] = if ledger {
            &["ledger"]
        } else if owners {
            &["owner"]
        } else {
            &[]
        };
        world.refuse("AccountDiscriminatorMismatch", instruction, signers);
    }
    for other in [feed, book] {
        world.refuse("AccountDiscriminatorMismatch", solve_contagion(&other, None), &[]);
        world.refuse("AccountDiscriminatorMismatch", sync_contagion(&book, &other), &[]);
    }
    // A book that belongs to another ledger answers only that one.
    world.refuse("WrongLedger", assess("stranger", book, graph::question(1, 1)), &["stranger"]);
    let mut unsigned = assess("ledger", book, graph::question(1, 1));
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

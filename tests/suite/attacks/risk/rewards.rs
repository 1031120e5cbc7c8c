//! What a stranger is paid for taking lines down, and what he could do to be paid for it.

use crate::flows::risk::paths::{self, Candle};
use crate::flows::risk::world::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::router::{self, Bounty};
use gimbal_tests::*;
use risk_oracle::state::{Regime, RiskParams, Signal};
use solana_instruction::Instruction;

/// A market at rest whose lines lend to venues that lend out 70% themselves.
fn lent() -> Market {
    let mut plan = plan();
    for line in &mut plan.lines {
        line.borrowed = line.liquidity / 10 * 7;
    }
    Market::with(plan, &RiskParams { venue_confirm_seconds: 600, ..params() }, |_| ())
}

/// One transaction in which a venue is emptied, valued, reported, and filled again.
fn flash(market: &mut Market, place: usize) {
    let line = &market.fx.deployment.lines[place];
    let (reserve, context) = (line.reserve, line.context.clone());
    let (vault, taken) = (market.fx.deployment.vault, market.fx.line(place).liquidity);
    let all: [Instruction; 6] = [
        reserve.refresh(),
        reserve.borrow(taken),
        router::refresh(&vault, &context),
        router::report(&vault),
        reserve.refresh(),
        reserve.repay(taken),
    ];
    let owner = market.fx.deployment.actors.venue_owner.insecure_clone();
    market.fx.send(&with_budget(&all), &[&owner]).expect("a venue emptied for a moment");
}

fn to(user: &User) -> Bounty {
    Bounty { destination: Some(user.base), network: None }
}

/// A crash of a third within hours.
fn crash() -> paths::Days {
    let candle = |low, high, close| Candle { low, high, close };
    vec![[candle(650, 1_000, 660), candle(600, 1_000, 610), candle(500, 1_000, 510)]]
}

/// Whoever empties a venue for the length of two transactions, while nobody looks in between, raises the regime; he is not
/// paid for what that takes down. Nor is he when he has one valuation reported twice.
#[test]
fn an_emptied_venue_earns_its_thief_nothing() {
    for twice in [true, false] {
        let mut market = lent();
        market.report();
        flash(&mut market, 0);
        assert_eq!(market.regime(), Regime::Calm as u8);
        market.fx.warp(600);
        if twice {
            market.fx.refresh_all();
            flash(&mut market, 0);
        } else {
            market.fx.router().report().expect("a valuation of ten minutes ago");
        }
        let book = market.book();
        assert_eq!(book.regime.level, Regime::Crisis as u8, "twice: {twice}");
        assert_eq!(book.regime.reasons & !(Signal::Utilisation.bit() | Signal::Depth.bit()), 0);
        let before = market.fx.balance(&market.stranger.base);
        for place in LENDING {
            assert!(market.derisk(place), "what is over its cap comes down all the same");
        }
        assert_eq!(market.fx.ledger().bounties_paid, 0, "twice: {twice}");
        assert_eq!(market.fx.balance(&market.stranger.base), before);
        // Nor while the regime comes down again and its scale follows.
        market.report();
        market.live(&paths::calm(8));
        assert!(market.book().regime.scale_bps < 10_000);
        for place in LENDING {
            market.derisk(place);
        }
        assert_eq!(market.fx.ledger().bounties_paid, 0);
        market.fx.assert_identities();
    }
}

/// What keepers put back after a reduction, and what is reduced in pieces, is not paid for again.
#[test]
fn one_fall_of_a_scale_is_paid_for_once() {
    let mut market = Market::settled();
    market.live(&crash());
    assert!(market.regime() >= Regime::Stressed as u8, "{}", market.regime());
    let line = market.fx.line(LENDING[0]);
    let scale = u64::from(market.book().line_scale(line.id).unwrap().regime_bps);
    // At the most a thousandth of what the fall of the scale takes out of a line that was at its cap.
    let most = line.mid / 10_000 * (10_000 - scale) / 1_000 + 1;
    assert!(market.derisk(LENDING[0]));
    let first = market.fx.ledger().bounties_paid;
    assert!(first > 0 && first <= most, "{first} of {most}");
    for _ in 0..4 {
        // The line is filled again by whoever may, and the thief waits until his own money counts as old.
        market.fx.refresh_all();
        market.fx.vault().deposit_and_allocate(&market.stranger, 1_000 * USDC, 0, LENDING[0]).unwrap();
        market.place();
        market.fx.pass(6 * 3_600 + 1);
        // He takes his cash out, so that the line is over its cap.
        let shares = market.fx.balance(&market.stranger.shares);
        market.fx.vault().redeem(&market.stranger, shares, 0).unwrap();
        market.derisk(LENDING[0]);
    }
    assert_eq!(market.fx.ledger().bounties_paid, first);
    market.fx.assert_identities();
}

/// A real crash, brought to the chain by the thief himself: observing, entering, taking down and leaving in one transaction
/// earns no more than taking down alone, and his own money nothing.
#[test]
fn all_in_one_transaction_earns_no_more_than_the_reduction() {
    let mut market = Market::settled();
    market.live(&crash());
    market.fx.refresh_all();
    let deployment = &market.fx.deployment;
    let (vault, key) = (deployment.vault, market.stranger.pubkey());
    let context = deployment.lines[LENDING[0]].context.clone();
    let refresh = deployment.refresh_line(&deployment.lines[LENDING[0]]);
    let reduce = router::derisk_for(&vault, &context, &key, to(&market.stranger));
    let earned = |all: Vec<Instruction>| {
        let mut fx = market.fx.clone();
        let (user, start) = (market.stranger.key.insecure_clone(), fx.balance(&market.stranger.base));
        let sent = fx.send(&with_budget(&all), &[&user]);
        if let Err(error) = sent {
            // With his money in it the line is not over its cap any more.
            assert_eq!(error.name(), "NothingToDerisk", "{error}");
        }
        fx.assert_identities();
        let end = fx.balance(&market.stranger.base);
        (i128::from(end) - i128::from(start), fx.balance(&market.stranger.shares))
    };
    let alone = earned(vec![reduce.clone()]).0;
    assert!(alone > 0);
    let shares = 5 * DEPOSIT;
    let enter = vault.mint(&key, shares, u64::MAX);
    let leave = vault.redeem(&key, shares, 0);
    for order in [
        vec![enter.clone(), reduce.clone(), leave.clone()],
        vec![enter.clone(), leave.clone(), reduce.clone()],
        vec![reduce.clone(), enter.clone(), leave.clone()],
        vec![refresh[0].clone(), enter, router::report(&vault), reduce, router::report(&vault), leave],
    ] {
        let (gain, left) = earned(order);
        assert_eq!(left, 0);
        assert!(gain <= alone, "{gain} instead of {alone}");
    }
}

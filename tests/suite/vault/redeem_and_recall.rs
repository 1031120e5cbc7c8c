//! `redeem_and_recall`: an instant exit that draws on a line for what free cash lacks.

use super::*;
use ::vault::{accounts, instruction};
use gimbal::bundle::with_budget;
use gimbal_control::Direction;

fn redeem_with(
    fx: &mut Fixture,
    user: &User,
    shares: u64,
    place: usize,
    change: impl FnOnce(&mut accounts::RedeemAndRecall),
) -> Outcome {
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[place].context.clone());
    let mut accounts = vault.redeem_and_recall_accounts(&user.pubkey(), &line);
    change(&mut accounts);
    let arguments = instruction::RedeemAndRecall { shares, min_assets: 0, line: line.addresses.id };
    let mut redeem = vault.instruction(accounts, arguments);
    redeem.accounts.extend(line.call_accounts());
    fx.send(&with_budget(&[redeem]), &[&user.key])
}

/// Alice has 1,000 shares; 600 of 1,000 USDC lie in the first line and were valued this second.
fn fresh() -> (Fixture, User) {
    let (mut fx, alice) = invested();
    fx.refresh_all();
    (fx, alice)
}

#[test]
fn only_the_holder_or_its_delegate_redeems() {
    let (mut fx, alice) = fresh();
    let bob = fx.depositor(0);
    let line = fx.deployment.lines[0].context.clone();
    let redeem = fx.deployment.vault.redeem_and_recall(&alice.pubkey(), 500 * USDC, 0, &line);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&with_budget(&[unsigned(redeem, 0)]), &[]));
    fx.assert_refused("OwnerMismatch", |fx| {
        redeem_with(fx, &bob, 500 * USDC, 0, |accounts| accounts.redeem.shares = alice.shares)
    });
    approve_shares(&mut fx, &alice, &bob.pubkey(), 500 * USDC);
    redeem_with(&mut fx, &bob, 500 * USDC, 0, |accounts| accounts.redeem.shares = alice.shares).unwrap();
    assert!(fx.balance(&bob.base) > 499 * USDC);
    fx.assert_identities();
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = fresh();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    let second = fx.deployment.lines[1].addresses.venue;
    type Change = fn(&mut accounts::RedeemAndRecall, Pubkey);
    let refusals: [(&str, Change, Pubkey); 7] = [
        ("WrongLedger", |accounts, key| accounts.redeem.ledger = key, other.addresses.ledger),
        ("WrongShareMint", |accounts, key| accounts.redeem.share_mint = key, other.addresses.share_mint),
        ("ForeignAccount", |accounts, key| accounts.redeem.cash = key, other.addresses.cash),
        ("DuplicateTokenAccount", |accounts, key| accounts.redeem.destination = key, own.cash),
        ("DuplicateTokenAccount", |accounts, key| accounts.redeem.destination = key, own.claims),
        ("UnknownLine", |accounts, key| accounts.line_venue = key, second),
        ("ConstraintAddress", |accounts, key| accounts.router_event_authority = key, own.vault),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| redeem_with(fx, &alice, 500 * USDC, 0, |accounts| change(accounts, key)));
    }
}

#[test]
fn nothing_is_recalled_where_cash_suffices() {
    let (mut fx, alice) = fresh();
    let line = fx.line(0);
    let mut plain = fx.clone();
    plain.vault().redeem(&alice, 300 * USDC, 0).unwrap();
    fx.vault().redeem_and_recall(&alice, 300 * USDC, 0, 0).unwrap();
    assert_eq!(fx.line(0), line);
    assert_eq!(fx.balance(&alice.base), plain.balance(&alice.base), "a redemption like any other");
    assert_eq!(fx.vault_state().shares, plain.vault_state().shares);
    fx.assert_identities();
}

#[test]
fn what_lacks_is_recalled_and_no_more() {
    let (mut fx, alice) = fresh();
    let low = fx.ledger().nav(fx.chain.clock().unwrap().unix_timestamp).unwrap().low;
    let receipt = fx.vault().redeem_and_recall(&alice, 700 * USDC, 0, 0).unwrap();
    let paid = fx.balance(&alice.base) - 1_000 * USDC;
    // The recall values the line anew; rounding apart that is what it was.
    let priced = worth(700 * USDC, low, 1_000 * USDC);
    assert!(paid + 5 >= priced && paid <= priced + 1_000, "{paid} for {priced}");
    // 400 USDC of cash, and all of it and what was recalled are gone, but for the rounding.
    let ledger = fx.ledger();
    assert!(ledger.cash_tracked <= 25, "{} are left", ledger.cash_tracked);
    assert!(fx.line(0).returned >= 299 * USDC && fx.line(0).returned <= 301 * USDC);
    let events = vault_events(&receipt);
    let [VaultEvent::Redeemed(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.assets, event.shares), (paid, 700 * USDC));
    let recalled = receipt.events().iter().any(|event| event.name() == "Recalled");
    assert!(recalled);
    fx.assert_identities();
}

/// The line has earned since its last valuation: the first recall finds that out, and a second makes up for it.
#[test]
fn interest_since_the_last_valuation_is_paid_too() {
    let (mut fx, alice) = fresh();
    fx.warp(590);
    fx.vault().redeem_and_recall(&alice, 700 * USDC, 0, 0).unwrap();
    assert_eq!(fx.vault_state().shares, 300 * USDC);
    assert!(fx.balance(&alice.base) > 1_699 * USDC);
    fx.assert_identities();
}

#[test]
fn all_of_a_vault_leaves_at_once() {
    let (mut fx, alice) = fresh();
    let outcome = fx.vault().redeem_and_recall(&alice, 1_000 * USDC, 0, 0);
    outcome.unwrap();
    assert_eq!(fx.vault_state().shares, 0);
    assert!(fx.balance(&alice.base) + 10 >= 2_000 * USDC);
    fx.assert_identities();
}

#[test]
fn the_bound_is_held_against_the_price_after_the_recall() {
    let (mut fx, alice) = fresh();
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().redeem_and_recall(&alice, 700 * USDC, 701 * USDC, 0));
    fx.vault().redeem_and_recall(&alice, 700 * USDC, 699 * USDC, 0).unwrap();
}

#[test]
fn only_the_line_whose_turn_it_is_gives() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    for place in 0..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.refresh_all();
    // 1,000 USDC of cash; the first line is next, the second is not, and the third is swapped.
    fx.assert_refused("NotNextToWithdraw", |fx| fx.vault().redeem_and_recall(&alice, 2_000 * USDC, 0, 1));
    fx.assert_refused("NotNextToWithdraw", |fx| fx.vault().redeem_and_recall(&alice, 2_000 * USDC, 0, 2));
    fx.vault().redeem_and_recall(&alice, 2_000 * USDC, 0, 0).unwrap();
    fx.assert_identities();
}

#[test]
fn it_is_an_instant_exit_in_everything_else() {
    let mut plan = Plan::default();
    plan.terms.outflow_bps = 5_000;
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    // What came in on the same day would not count against the limit.
    fx.pass(DAY);
    fx.assert_refused("ZeroShares", |fx| fx.vault().redeem_and_recall(&alice, 0, 0, 0));
    fx.assert_refused("OutflowLimitReached", |fx| fx.vault().redeem_and_recall(&alice, 501 * USDC, 0, 0));

    let mut stale = fx.clone();
    stale.warp(601);
    stale.assert_refused("StaleNav", |fx| fx.vault().redeem_and_recall(&alice, 450 * USDC, 0, 0));

    let mut queued = fx.clone();
    queued.vault().request_redeem(&alice, 300 * USDC).unwrap();
    // 100 of 400 USDC of cash are free; the queue's part is not touched by what is recalled.
    queued.vault().redeem_and_recall(&alice, 400 * USDC, 0, 0).unwrap();
    let (ledger, vault) = (queued.ledger(), queued.vault_state());
    assert!(ledger.cash_tracked >= 299 * USDC);
    assert_eq!(vault.queued_shares, 300 * USDC);
    queued.vault().fill_tickets(1).unwrap();
    assert_eq!(queued.vault_state().queued_shares, 0);
    queued.assert_identities();

    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.assert_refused("InstantExitsPaused", |fx| fx.vault().redeem_and_recall(&alice, 450 * USDC, 0, 0));
}

/// The venue has lent all that it had: there is nothing to draw on, and the ticket is the way out.
#[test]
fn a_venue_without_money_gives_none() {
    let (mut fx, alice) = fresh();
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.refresh_all();
    fx.assert_refused("NotNextToWithdraw", |fx| fx.vault().redeem_and_recall(&alice, 500 * USDC, 0, 0));
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
}

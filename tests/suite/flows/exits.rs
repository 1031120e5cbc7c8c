//! The exit bundle: at once what may leave at once, the rest by a ticket.

use gimbal::{
    bundle::Suite,
    exit::ExitPlan,
    preview::Preview,
    tickets::{owned, Stage},
};
use gimbal_control::Direction;
use gimbal_tests::*;

/// Alice has 1,000 shares; 400 of 1,000 USDC are cash. The plan's limits are as `change` leaves them.
fn invested(change: impl FnOnce(&mut Plan)) -> (Fixture, User) {
    let mut plan = Plan::default();
    change(&mut plan);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.refresh_all();
    (fx, alice)
}

/// Plans Alice's exit and carries it out as the bundle says.
fn leave(fx: &mut Fixture, alice: &User, shares: u64, min_assets: u64) -> ExitPlan {
    let vault = fx.deployment.vault.addresses.vault;
    let suite = Suite::read(&fx.chain, &vault).unwrap();
    let payer = fx.deployment.actors.payer.insecure_clone();
    let tables = [fx.deployment.table.clone()];
    let (plan, transactions) =
        suite.exit(&fx.chain, &alice.pubkey(), &payer.pubkey(), shares, min_assets, &tables).unwrap();
    for (place, instructions) in transactions.iter().enumerate() {
        let signers: &[&dyn Signer] = if place + 1 == transactions.len() { &[&alice.key] } else { &[] };
        fx.chain.execute(&payer, instructions, signers, &tables).unwrap();
    }
    fx.assert_identities();
    plan
}

#[test]
fn what_cash_pays_leaves_without_a_ticket() {
    let (mut fx, alice) = invested(|_| ());
    let plan = leave(&mut fx, &alice, 300 * USDC, 299 * USDC);
    assert_eq!((plan.now.unwrap().shares.0, plan.queued), (300 * USDC, 0));
    assert!(fx.balance(&alice.base) >= 299 * USDC);
    assert_eq!(fx.vault_state().ticket_tail, 0);
}

#[test]
fn what_cash_does_not_pay_queues() {
    let (mut fx, alice) = invested(|_| ());
    let plan = leave(&mut fx, &alice, 1_000 * USDC, 990 * USDC);
    let at_once = plan.now.unwrap();
    // 400 USDC of cash less one in a thousand.
    assert!((399 * USDC..=400 * USDC).contains(&at_once.assets.0), "{}", at_once.assets.0);
    assert_eq!(at_once.shares.0 + plan.queued, 1_000 * USDC);
    let ticket = fx.ticket(0).unwrap();
    assert_eq!((ticket.shares, fx.balance(&alice.shares)), (plan.queued, 0));
    // 990 for 1,000, rounded up.
    assert_eq!(u128::from(ticket.min_assets), (u128::from(plan.queued) * 99).div_ceil(100));
}

#[test]
fn the_daily_limit_is_kept() {
    let (mut fx, alice) = invested(|plan| plan.terms.outflow_bps = 1_000);
    // What came in on the same day would not count.
    fx.pass(DAY);
    let plan = leave(&mut fx, &alice, 300 * USDC, 0);
    assert_eq!((plan.now.unwrap().shares.0, plan.queued), (100 * USDC, 200 * USDC));
}

#[test]
fn while_instant_exits_are_paused_all_of_it_queues() {
    let (mut fx, alice) = invested(|_| ());
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    let plan = leave(&mut fx, &alice, 300 * USDC, 0);
    assert_eq!((plan.now, plan.queued), (None, 300 * USDC));
}

#[test]
fn the_rest_is_never_too_small_for_a_ticket() {
    let small = |plan: &mut Plan| plan.terms.min_ticket = 50 * USDC;
    let (mut fx, alice) = invested(small);
    // 400 USDC are there for 410 shares: 360 leave at once, so that 50 queue.
    let plan = leave(&mut fx, &alice, 410 * USDC, 0);
    assert_eq!((plan.now.unwrap().shares.0, plan.queued), (360 * USDC, 50 * USDC));

    // All that a holder has may be less than a ticket.
    let (mut fx, alice) = invested(small);
    fx.vault().redeem(&alice, 380 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 600 * USDC).unwrap();
    let plan = leave(&mut fx, &alice, 20 * USDC, 0);
    assert_eq!((plan.now, plan.queued), (None, 20 * USDC));
}

#[test]
fn there_is_no_plan_without_a_price_or_for_nothing() {
    let (mut fx, alice) = invested(|plan| plan.terms.min_ticket = 500 * USDC);
    let vault = fx.deployment.vault.addresses.vault;
    let preview = Preview::read(&fx.chain, &vault).unwrap();
    let refusal = |shares| ExitPlan::new(&preview, shares, 1_000 * USDC).unwrap_err().to_string();
    assert!(refusal(0).starts_with("ZeroShares"));
    assert!(refusal(450 * USDC).starts_with("TicketTooSmall"), "{}", refusal(450 * USDC));
    fx.warp(601);
    let suite = Suite::read(&fx.chain, &vault).unwrap();
    let key = alice.pubkey();
    let stale = suite.exit(&fx.chain, &key, &key, USDC, 0, &[]).unwrap_err().to_string();
    assert!(stale.contains("StaleNav"), "{stale}");
}

#[test]
fn an_owner_sees_where_its_tickets_are() {
    let (mut fx, alice) = invested(|_| ());
    let bob = fx.depositor(0);
    let stages = |fx: &Fixture, user: &User| -> Vec<(Stage, u64)> {
        let tickets = owned(&fx.chain, &fx.deployment.vault.addresses.vault, &user.pubkey()).unwrap();
        tickets.iter().map(|one| (one.stage, one.ahead)).collect()
    };
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, u64::MAX).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 700 * USDC).unwrap();
    assert_eq!(stages(&fx, &alice), [(Stage::Waiting, 0), (Stage::Waiting, 1), (Stage::Waiting, 2)]);
    assert_eq!(stages(&fx, &bob), []);
    fx.vault().fill_tickets(3).unwrap();
    assert_eq!(stages(&fx, &alice), [(Stage::Passed, 0), (Stage::Over, 0), (Stage::Waiting, 0)]);
    fx.vault().transfer_ticket(&alice, 2, &bob.pubkey()).unwrap();
    fx.warp(7 * DAY);
    assert_eq!(stages(&fx, &alice), [(Stage::Passed, 0), (Stage::Over, 0)]);
    assert_eq!(stages(&fx, &bob), [(Stage::Overdue, 0)]);
    fx.warp(7 * DAY);
    assert_eq!(stages(&fx, &alice), [(Stage::DueInKind, 0), (Stage::Over, 0)]);
    assert_eq!(stages(&fx, &bob), [(Stage::DueInKind, 0)]);
}

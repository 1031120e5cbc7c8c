//! Attacks on the queue's order: dust, bounds, whales and demands in front.

use super::*;
use anchor_spl::token::{self, spl_token};

/// Tickets of a unit each cost their sender a transaction and the rent of an account, and one call passes eight.
#[test]
fn dust_in_front_costs_its_sender_more_than_those_behind() {
    let mut plan = Plan::default();
    plan.terms.min_ticket = 10 * USDC;
    let mut fx = Fixture::from_plan(plan);
    let (alice, attacker) = (fx.depositor(1_000 * USDC), fx.depositor(1_000 * USDC));
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.vault().deposit(&attacker, 1_000 * USDC, 0).unwrap();
    fx.assert_refused("TicketTooSmall", |fx| fx.vault().request_redeem(&attacker, 1));
    fx.assert_refused("TicketTooSmall", |fx| fx.vault().request_redeem(&attacker, 10 * USDC - 1));

    // A share account with one unit in it may always leave: the attacker makes one after the other.
    let payer = fx.deployment.actors.payer.pubkey();
    for place in 0..15 {
        let mule = gimbal::setup::keys::keypair(7, "mule", place);
        fx.chain.fund(&mule.pubkey(), 1_000_000_000).unwrap();
        let vault = fx.deployment.vault;
        let give = spl_token::instruction::transfer(
            &token::ID,
            &attacker.shares,
            &vault.share_account(&mule.pubkey()),
            &attacker.pubkey(),
            &[],
            1,
        )
        .unwrap();
        let create = vault.create_share_account(&payer, &mule.pubkey());
        let request = vault.request_redeem(&mule.pubkey(), &mule.pubkey(), place, 1);
        let before = fx.chain.get_account(&mule.pubkey()).unwrap().unwrap().lamports;
        fx.send(&with_budget(&[create, give, request]), &[&attacker.key, &mule]).unwrap();
        let after = fx.chain.get_account(&mule.pubkey()).unwrap().unwrap().lamports;
        assert!(before - after >= 2_000_000, "the rent of a ticket");
    }
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.vault().fill_tickets(8).unwrap();
    fx.vault().fill_tickets(8).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.ticket(15).unwrap().shares_left), (16, 0));
    fx.assert_identities();
}

/// A bound that nothing meets, at the head, with an empty cash account behind it or an aged one: it is passed as soon as
/// its turn comes, and who stands behind is paid by the same call.
#[test]
fn a_bound_that_cannot_be_met_blocks_nobody() {
    let (mut fx, alice, attacker) = two_holders();
    for _ in 0..7 {
        fx.vault().request_redeem_at_least(&attacker, 100 * USDC, u64::MAX).unwrap();
    }
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.vault().fill_tickets(8).unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.ticket_head, vault.passed_shares, vault.queued_shares), (8, 700 * USDC, 0));
    assert_eq!(fx.ticket(7).unwrap().shares_left, 0);
    fx.assert_identities();
    // Nothing of his is lost, and nothing gained: neither a place nor a price.
    for sequence in 0..7 {
        fx.vault().cancel(&attacker, sequence).unwrap();
    }
    assert_eq!(fx.balance(&attacker.shares), 1_000 * USDC);
    fx.assert_identities();
}

/// A whale queues in front with all that it has: it is paid first and in order, no more than its shares are worth, and
/// who stands behind is paid from what comes back, at a price that the whale has not touched.
#[test]
fn a_whale_in_front_takes_its_own_and_no_more() {
    let mut fx = Fixture::new();
    let (alice, whale) = (fx.depositor(1_000 * USDC), fx.depositor(100_000 * USDC));
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.vault().deposit(&whale, 100_000 * USDC, 0).unwrap();
    for place in 0..2 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.refresh_all();
    let before = wealth(&fx, &alice);
    fx.vault().request_redeem(&whale, 100_000 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    let stranger = fx.depositor(0);
    let mut rounds = 0;
    while fx.vault_state().queued_shares > 0 {
        rounds += 1;
        assert!(rounds < 6, "the queue does not end");
        fx.vault().fill_tickets(2).unwrap();
        let whole = fx.ticket(0).unwrap().shares_left == 0;
        assert!(whole || fx.ticket(1).unwrap().filled_assets == 0, "nobody overtakes");
        fx.refresh_all();
        for place in 0..2 {
            let need = fx.ledger().queue_need();
            if need > 0 && fx.line(place).position > 0 {
                fx.router().recall(&stranger.key, place, need).unwrap();
            }
        }
    }
    fx.vault().claim(&alice, 1).unwrap();
    fx.vault().claim(&whale, 0).unwrap();
    assert!(fx.balance(&alice.base) + 10 >= before, "{} of {before}", fx.balance(&alice.base));
    assert!(fx.balance(&whale.base) <= 100_001 * USDC);
    fx.assert_identities();
}

/// Somebody with a dust ticket at the head resets or inflates what is overdue, or has strangers recall for nothing.
#[test]
fn a_demand_is_no_more_than_the_head_is_worth() {
    let (mut fx, alice, attacker) = two_holders();
    fx.vault().request_redeem(&attacker, 1).unwrap();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(DEADLINE);
    fx.vault().demand().unwrap();
    assert!(fx.ledger().overdue <= 2, "{}", fx.ledger().overdue);
    assert_eq!(fx.ledger().overdue_need(), 0, "cash is there for it: nothing may be recalled at a loss");
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ledger().overdue, 0);
    fx.vault().demand().unwrap();
    let overdue = fx.ledger().overdue;
    // Whoever joins, leaves or passes behind it changes nothing of it.
    fx.vault().request_redeem_at_least(&attacker, 100 * USDC, u64::MAX).unwrap();
    fx.vault().cancel(&attacker, 2).unwrap();
    assert_eq!(fx.ledger().overdue, overdue);
    fx.assert_identities();
}

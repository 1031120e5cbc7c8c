//! Attacks on what a ticket is paid: the moment, the pieces and the fee.

use super::*;
use ::vault::FeesArgs;

/// Somebody wants a ticket out of his way, or its owner to stay: he lets valuations age, or adopts a gift, and triggers
/// the fill at the worst moment.
#[test]
fn nobody_is_passed_at_a_moment_of_somebodys_choice() {
    let (mut fx, alice, attacker) = two_holders();
    let low = fx.ledger().nav(now(&fx)).unwrap().low;
    let shares = fx.vault_state().shares;
    let bound = 500 * USDC;
    assert!(u128::from(bound) * u128::from(shares) <= u128::from(500 * USDC) * u128::from(low + 1_000));
    fx.vault().request_redeem_at_least(&alice, 500 * USDC, bound - 10).unwrap();

    // Age: within the limits the price sinks by the widening, beyond them there is none.
    for seconds in [50, 300, 250] {
        fx.warp(seconds);
        let outcome = fx.clone().vault().fill_tickets(1);
        if let Err(error) = outcome {
            assert_eq!(error.name(), "RefreshFirst");
        } else {
            assert!(fx.ticket(0).unwrap().is_open());
        }
    }
    fx.warp(10);
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(1));
    fx.warp(DEADLINE);
    fx.assert_refused("RefreshFirst", |fx| fx.vault().fill_tickets(1));

    // A gift that is locked takes nothing from the price.
    fx.refresh_all();
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&attacker, &cash, 500 * USDC).unwrap();
    fx.router().harvest_cash().unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let ticket = fx.ticket(0).unwrap();
    assert_eq!(ticket.shares_left, 0);
    assert!(ticket.claimable >= bound - 10);
    fx.assert_identities();
}

/// With a few units of cash somebody splits a ticket into payments that are each rounded down against its bound.
#[test]
fn a_ticket_is_not_split_below_its_bound() {
    let (mut fx, alice, attacker) = two_holders();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    // The attacker takes all free cash, so that every unit for Alice must come from the line.
    fx.vault().redeem(&attacker, 1_000 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 400 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let first = fx.vault_state().ticket_tail;
    let low = fx.ledger().nav(now(&fx)).unwrap().low;
    let supply = fx.vault_state().shares;
    let part = 100 * USDC;
    let bound = u64::try_from(u128::from(part) * u128::from(low) / u128::from(supply + 1_000_000)).unwrap();
    fx.vault().request_redeem_at_least(&alice, part, bound).unwrap();
    for amount in [1, 2, 3, 5, 7, 11] {
        fx.router().recall(&guardian, 0, amount).unwrap();
        let _ = fx.vault().fill_tickets(2);
        let ticket = fx.ticket(first).unwrap();
        assert!(ticket.is_open(), "passed after {amount}");
        let paid = ticket.shares - ticket.shares_left;
        // At most two units per payment below its part of the bound.
        let owed = u128::from(bound) * u128::from(paid);
        assert!((u128::from(ticket.filled_assets) + 12) * u128::from(part) >= owed);
    }
    fx.assert_identities();
}

/// The owner raises every fee while people wait: the exit fee of the request is the most that they pay, and whoever queues
/// when a rise is proposed is out in kind, if by no other way, before it is in force.
#[test]
fn a_fee_that_is_raised_is_not_charged_to_who_waits() {
    let mut plan = Plan::default();
    plan.fees.exit_bps = 10;
    plan.fees.recipient = Pubkey::new_from_array([7; 32]);
    let mut fx = Fixture::from_plan(plan.clone());
    let alice = fx.depositor(2_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();

    let key = fx.deployment.actors.owner.insecure_clone();
    let most = FeesArgs { management_bps: 500, performance_bps: 3_000, entry_bps: 100, exit_bps: 100, ..plan.fees };
    fx.assert_refused("ChangeRequired", |fx| fx.vault().set_fees(&key, most));
    let set = fx.deployment.vault.set_fees(&key.pubkey(), most);
    let queue = fx.vault_queue();
    fx.propose(queue, &set).unwrap();
    fx.vault().request_redeem(&alice, 200 * USDC).unwrap();
    let ready_at = gimbal_tests::queue::record(&fx.chain, &queue, 0).ready_at;
    assert!(fx.ticket(1).unwrap().in_kind_at < ready_at, "the way out in kind is open before the rise");

    // A day before the rise nobody has done anything yet.
    let mut left = fx.clone();
    left.warp(IN_KIND);
    assert!(now(&left) < ready_at);
    left.vault().redeem_in_kind(&alice, 1).unwrap();
    assert_eq!(left.vault_state().shares, 800 * USDC);
    left.assert_identities();

    // Whoever waits on nevertheless is charged 10 bps of what his shares are worth, not 100.
    fx.wait_for(queue, 0);
    let presented = gimbal::instructions::changes::presenting(set, &queue.change(0));
    fx.send(&[presented], &[&key]).unwrap();
    assert_eq!(fx.vault_state().fees.exit_bps, 100);
    fx.refresh_all();
    fx.vault().fill_tickets(2).unwrap();
    for sequence in 0..2 {
        let ticket = fx.ticket(sequence).unwrap();
        assert_eq!((ticket.exit_fee_bps, ticket.shares_left), (10, 0));
        let gross = u128::from(ticket.shares);
        assert!(u128::from(ticket.filled_assets) * 10_000 >= gross * 9_990, "{} were paid", ticket.filled_assets);
    }
    fx.assert_identities();
    // A request of today pays the fee of today.
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    assert_eq!(fx.ticket(2).unwrap().exit_fee_bps, 100);
    // And a cut is theirs at once.
    fx.vault().set_fees(&key, FeesArgs { exit_bps: 0, ..most }).unwrap();
    let low = fx.ledger().nav(now(&fx)).unwrap().low;
    let receipt = fx.vault().fill_tickets(1).unwrap();
    let paid = fx.ticket(2).unwrap().filled_assets;
    assert!(paid > 10 * USDC, "{paid} at {low}");
    assert!(receipt.events().iter().any(|event| event.name() == "TicketFilled"));
    fx.assert_identities();
}

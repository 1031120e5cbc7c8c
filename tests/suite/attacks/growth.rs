//! Attack 50: no number of lines, tickets or donations makes the vault too dear to leave.

use super::*;

/// Attack 50: there is no seventeenth line.
#[test]
fn a_seventeenth_line_is_refused() {
    let mut fx = Fixture::with_lines(16);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let hostile = fx.hostile_reserve(owner.pubkey(), None);
    let mut line = fx.hostile_line(&hostile);
    (line.args.params.target_bps, line.args.params.max_bps) = (0, 0);
    fx.assert_refused("LedgerFull", |fx| fx.router().add_strategy(&owner, &line));
    // Room is made by removing an empty one.
    fx.router().remove_strategy(&owner, 15).unwrap();
    fx.router().add_strategy(&owner, &line).unwrap();
}

/// Attack 50: sixteen lines with money in each; every flow still works, at what it cost with one.
#[test]
fn a_vault_of_sixteen_lines_takes_deposits_and_pays_exits() {
    let mut costs = Vec::new();
    for lines in [1, 16] {
        let mut fx = Fixture::with_lines(lines);
        let alice = fx.depositor(100_000 * USDC);
        fx.vault().deposit(&alice, 50_000 * USDC, 0).unwrap();
        fx.refresh_all();
        for place in 0..lines {
            fx.router().rebalance(place).unwrap();
            assert!(fx.line(place).mid > 0);
        }
        fx.refresh_all();
        let deposit = fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap().compute_units;
        let redeem = fx.vault().redeem(&alice, 1_000 * USDC, 0).unwrap().compute_units;
        let withdraw = fx.vault().withdraw(&alice, 1_000 * USDC, u64::MAX).unwrap().compute_units;
        costs.push([deposit, redeem, withdraw]);
        fx.vault().request_redeem(&alice, 20_000 * USDC).unwrap();
        // What comes back is worth more than its low value was: the last fill is for the difference.
        for place in 0..lines {
            let lacking = fx.ledger().queue_need();
            if lacking > 0 {
                fx.router().recall(&alice.key, place, lacking).unwrap();
                fx.vault().fill_tickets(1).unwrap();
            }
        }
        assert_eq!(fx.ticket(0).unwrap().shares_left, 0);
        fx.vault().claim(&alice, 0).unwrap();
        fx.assert_identities();
    }
    for (one, sixteen) in costs[0].iter().zip(costs[1]) {
        assert!(sixteen * 10 <= one * 11, "{sixteen} compute units with 16 lines, {one} with one");
    }
}

/// Attack 50, of the queue: a hundred small tickets in front of one holder are passed in batches, by anybody.
#[test]
fn a_long_queue_of_small_tickets_holds_nobody_up() {
    let mut fx = Fixture::with_lines(1);
    let thief = fx.depositor(1_000 * USDC);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&thief, 500 * USDC, 0).unwrap();
    fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
    for sequence in 0..100 {
        fx.vault().request_redeem(&thief, 1).unwrap();
        // Every other one is cancelled again: a gap.
        if sequence % 2 == 1 {
            fx.vault().cancel(&thief, sequence).unwrap();
        }
    }
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.assert_refused("FillCountOutOfRange", |fx| fx.vault().fill_tickets(0));
    fx.assert_refused("FillCountOutOfRange", |fx| fx.vault().fill_tickets(9));
    let mut fills = 0;
    while fx.ticket(100).is_some_and(|ticket| ticket.shares_left > 0) {
        fx.vault().fill_tickets(8).unwrap();
        fills += 1;
        assert!(fills <= 13, "101 places, eight at a time");
    }
    fx.vault().claim(&alice, 100).unwrap();
    assert!(fx.balance(&alice.base) >= 1_000 * USDC - 2);
    fx.assert_identities();
}

/// Attack 50, of tickets that cannot be paid: a share that is worth less than a unit does not stop the queue.
#[test]
fn a_ticket_worth_nothing_does_not_stop_the_queue() {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.target_bps = 9_500;
    plan.lines[0].params.max_bps = 10_000;
    let mut fx = Fixture::from_plan(plan);
    let thief = fx.depositor(1_000 * USDC);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&thief, 500 * USDC, 0).unwrap();
    fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    // The market loses a tenth, so that one share is worth less than one unit.
    let market = fx.deployment.lines[0].reserve;
    let loss = lending_venue::WriteOffArgs { borrower: u8::MAX, amount: 500_000 * USDC };
    fx.lending().write_off(0, loss).unwrap();
    fx.send(&[market.refresh()], &[]).unwrap();
    fx.refresh_all();
    fx.vault().request_redeem(&thief, 1).unwrap();
    fx.vault().request_redeem(&alice, 20 * USDC).unwrap();
    fx.vault().fill_tickets(2).unwrap();
    let ticket = fx.ticket(1).unwrap();
    assert!(ticket.filled_assets > 15 * USDC, "{ticket:?}");
    fx.assert_identities();
}

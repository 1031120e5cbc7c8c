//! What is paid, once, from every line.

use super::*;

#[test]
fn a_quarter_of_the_shares_is_a_quarter_of_everything() {
    let (mut fx, alice) = due();
    let (line, cash) = (fx.line(0), fx.ledger().cash_tracked);
    assert_eq!(cash, 400 * USDC);
    let collateral = fx.vault().kind_receivers(&alice)[0].1;
    let before = fx.balance(&alice.base);
    let receipt = fx.vault().redeem_in_kind(&alice, 0).unwrap();

    assert_eq!(fx.balance(&alice.base) - before, 100 * USDC);
    assert_eq!(fx.balance(&collateral), line.position / 4);
    let (vault, ledger, after) = (fx.vault_state(), fx.ledger(), fx.line(0));
    assert_eq!((vault.shares, vault.queued_shares, vault.withdrawn), (750 * USDC, 0, 100 * USDC));
    assert_eq!((vault.ticket_head, vault.ticket_tail), (1, 1), "the head moves at once");
    assert_eq!((ledger.cash_tracked, ledger.paid, ledger.reserved), (300 * USDC, 100 * USDC, 0));
    assert_eq!(after.position, line.position - line.position / 4);
    assert!(after.low <= line.low - line.low / 4 && after.low + 1 >= line.low - line.low / 4);
    assert_eq!(fx.balance(&fx.deployment.vault.addresses.escrow), 0);
    assert!(fx.ticket(0).is_none(), "closed");
    let events = vault_events(&receipt);
    let [VaultEvent::RedeemedInKind(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.ticket, event.sequence, event.owner), (fx.deployment.vault.ticket(0), 0, alice.pubkey()));
    assert_eq!((event.shares, event.supply, event.cash, event.closed), (250 * USDC, 1_000 * USDC, 100 * USDC, true));
    fx.assert_identities();
}

#[test]
fn it_is_redeemed_once() {
    let (mut fx, alice) = due();
    let targets = fx.vault().kind_receivers(&alice);
    let sources: Vec<_> = targets.iter().map(|(source, receiver)| (*source, Some(*receiver))).collect();
    let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &sources);
    let twice = with_budget(&[redeem.clone(), redeem.clone()]);
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&twice, &[&alice.key]));
    fx.send(&with_budget(std::slice::from_ref(&redeem)), &[&alice.key]).unwrap();
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&with_budget(&[redeem]), &[&alice.key]));
}

#[test]
fn who_holds_everything_takes_everything() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let position = fx.line(0).position;
    let collateral = fx.vault().kind_receivers(&alice)[0].1;
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    assert_eq!((fx.balance(&collateral), fx.balance(&alice.base)), (position, 1_400 * USDC));
    let (vault, ledger, line) = (fx.vault_state(), fx.ledger(), fx.line(0));
    assert_eq!((vault.shares, ledger.cash_tracked), (0, 0));
    assert!(line.is_empty(), "{} {} {}", line.position, line.low, line.high);
    fx.assert_identities();
    // The vault goes on, from one for one.
    let bob = fx.depositor(100 * USDC);
    fx.refresh_all();
    fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&bob.shares), 100 * USDC);
    fx.assert_identities();
}

/// Three lines, one of them swapped, each paid to an account of its own; what cannot be taken is forgone.
#[test]
fn every_line_pays_and_a_part_may_be_forgone() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    for place in 0..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.vault().request_redeem(&alice, 5_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let targets = fx.vault().kind_receivers(&alice);
    assert_eq!(targets.len(), 3);
    let positions: Vec<u64> = (0..3).map(|place| fx.line(place).position).collect();

    // The second is forgone, and the cash as well: no account of the base asset is named.
    let vault = fx.deployment.vault;
    let mut accounts = vault.redeem_in_kind_accounts(&alice.pubkey(), 0);
    accounts.destination = None;
    let mut redeem = vault.instruction(accounts, instruction::RedeemInKind {});
    for (place, (source, receiver)) in targets.iter().enumerate() {
        redeem.accounts.extend(if place == 1 { source.forgone() } else { source.paid_to(receiver) });
    }
    let cash = fx.ledger().cash_tracked;
    fx.send(&with_budget(&[redeem]), &[&alice.key]).unwrap();
    for (place, (_, receiver)) in targets.iter().enumerate() {
        let paid = if place == 1 { 0 } else { positions[place] / 2 };
        assert_eq!((fx.balance(receiver), fx.line(place).position), (paid, positions[place] - paid), "line {place}");
    }
    assert_eq!((fx.ledger().cash_tracked, fx.vault_state().withdrawn), (cash, 0));
    assert_eq!(fx.vault_state().shares, 5_000 * USDC);
    fx.assert_identities();
}

/// As many lines as a ledger holds fit one transaction, once the receivers are there.
#[test]
fn sixteen_lines_pay_in_one_transaction() {
    let mut plan = Plan::with_lines(16);
    // A mint and a token program more each, but no swap: every line pays receipts.
    for line in &mut plan.lines {
        line.swapped = false;
    }
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(16_000 * USDC);
    fx.vault().deposit(&alice, 16_000 * USDC, 0).unwrap();
    for place in 0..16 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.vault().request_redeem(&alice, 8_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let targets = fx.vault().kind_receivers(&alice);
    assert_eq!(targets.len(), 16);
    let positions: Vec<u64> = (0..16).map(|place| fx.line(place).position).collect();
    in_kind_with(&mut fx, &alice, |_| (), |_| ()).unwrap();
    for (place, (_, receiver)) in targets.iter().enumerate() {
        assert_eq!(fx.balance(receiver), positions[place] / 2, "line {place}");
    }
    fx.assert_identities();
}

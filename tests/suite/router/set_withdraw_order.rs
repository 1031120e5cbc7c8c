//! `set_withdraw_order`: which line exits draw on first.

use super::*;

use gimbal::instructions::router;

#[test]
fn the_curator_and_the_owner_set_it_and_nobody_else() {
    let fx = Fixture::from_plan(quiet(3));
    let cast = Cast::of(&fx);
    for key in [&cast.curator, &cast.owner] {
        let mut fx = fx.clone();
        let receipt = fx.router().set_withdraw_order(key, &[3, 1]).unwrap();
        assert_eq!(fx.ledger().withdraw_order[..3], [3, 1, 0]);
        let RouterEvent::WithdrawOrderSet(event) = event(&receipt) else { panic!("an order was set") };
        assert_eq!((event.lines, event.by, event.time), (vec![3, 1], key.pubkey(), now(&fx)));
        assert_eq!(event.ledger, fx.deployment.vault.addresses.ledger);
    }
    let mut fx = fx;
    let keeper = fx.router().keeper(0);
    for key in [&cast.guardian, &cast.stranger, &keeper] {
        fx.assert_refused("NotCurator", |fx| fx.router().set_withdraw_order(key, &[3, 1]));
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    let forged = unsigned(router::set_withdraw_order(&cast.owner.pubkey(), &ledger, &[3]), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[forged], &[]));
}

#[test]
fn it_names_lines_that_there_are_each_once() {
    let mut fx = Fixture::from_plan(quiet(3));
    let curator = Cast::of(&fx).curator;
    fx.router().set_withdraw_order(&curator, &[2, 3, 1]).unwrap();
    for (order, error) in [
        (&[4][..], "UnknownLine"),
        (&[1, 0], "UnknownLine"),
        (&[1, 2, 1], "InvalidWithdrawOrder"),
        (&[1; 17], "InvalidWithdrawOrder"),
    ] {
        fx.assert_refused(error, |fx| fx.router().set_withdraw_order(&curator, order));
    }
    fx.router().set_withdraw_order(&curator, &[]).unwrap();
    assert_eq!(fx.ledger().withdraw_order, [0; 16]);
}

#[test]
fn a_removed_line_leaves_it() {
    let mut fx = Fixture::from_plan(quiet(3));
    let curator = Cast::of(&fx).curator;
    fx.router().set_withdraw_order(&curator, &[2, 3, 1]).unwrap();
    fx.router().remove_strategy(&curator, 1).unwrap();
    assert_eq!(fx.ledger().withdraw_order[..4], [3, 1, 0, 0]);
    fx.assert_refused("UnknownLine", |fx| fx.router().set_withdraw_order(&curator, &[2]));
}

#[test]
fn it_says_which_line_is_next() {
    let (mut fx, _) = funded(quiet(3), 1_000 * USDC);
    let curator = Cast::of(&fx).curator;
    assert_eq!(fx.ledger().next_to_withdraw(), None);
    fx.router().rebalance(1).unwrap();
    fx.router().rebalance(2).unwrap();
    assert_eq!(fx.ledger().next_to_withdraw(), Some(2));
    fx.router().set_withdraw_order(&curator, &[1, 3]).unwrap();
    assert_eq!(fx.ledger().next_to_withdraw(), Some(3));
    // A market that has lent everything cannot pay, as of the next valuation.
    fx.lending().borrow(2, u64::MAX).unwrap();
    assert_eq!(fx.ledger().next_to_withdraw(), Some(3));
    fx.router().refresh(2).unwrap();
    assert_eq!(fx.ledger().next_to_withdraw(), Some(2));
}

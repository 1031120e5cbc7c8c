//! `demand`: cash for an overdue ticket, whatever it costs.

use super::*;
use ::vault::{accounts, instruction};
use gimbal_control::Direction;

const DEADLINE: u64 = 7 * DAY;

/// Alice's ticket 0 of 500 shares, at the head; 400 of 1,000 USDC are cash.
fn requested() -> (Fixture, User) {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    (fx, alice)
}

/// What `shares` are worth at the last known low, rounded up.
fn known_worth_up(fx: &Fixture, shares: u64) -> u64 {
    let ledger = fx.ledger();
    let pool = u128::from(ledger.cash_tracked + ledger.totals.low - ledger.keeper_owed);
    u64::try_from((u128::from(shares) * (pool + V)).div_ceil(u128::from(fx.vault_state().shares) + V)).unwrap()
}

/// A demand for ticket `sequence` with some of its accounts changed.
fn demand_with(fx: &mut Fixture, sequence: u64, change: impl FnOnce(&mut accounts::Demand)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.demand_accounts(sequence);
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, instruction::Demand {})], &[])
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = requested();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    fx.warp(DEADLINE);
    let refusals: [(&str, fn(&mut accounts::Demand, Pubkey), Pubkey); 4] = [
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongLedger", |accounts, key| accounts.vault = key, other.addresses.vault),
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.ticket = key, own.vault),
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.ticket = key, alice.base),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| demand_with(fx, 0, |accounts| change(accounts, key)));
    }
    fx.assert_refused("WrongVault", |fx| {
        demand_with(fx, 0, |accounts| {
            accounts.vault = other.addresses.vault;
            accounts.ledger = other.addresses.ledger;
        })
    });
}

#[test]
fn only_an_overdue_ticket_demands() {
    let (mut fx, _) = requested();
    fx.warp(DEADLINE - 1);
    fx.assert_refused("TicketNotOverdue", |fx| fx.vault().demand());
    fx.warp(1);
    fx.vault().demand().unwrap();
}

#[test]
fn only_the_head_of_the_queue_demands() {
    let (mut fx, alice) = requested();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(DEADLINE);
    fx.assert_refused("TicketOutOfOrder", |fx| demand_with(fx, 1, |_| ()));
    // Not before the place of one that left is passed.
    fx.vault().cancel(&alice, 0).unwrap();
    fx.assert_refused("TicketOutOfOrder", |fx| demand_with(fx, 1, |_| ()));
    fx.vault().fill_tickets(1).unwrap();
    demand_with(&mut fx, 1, |_| ()).unwrap();
}

#[test]
fn a_ticket_that_is_no_longer_open_demands_nothing() {
    let (mut fx, alice) = requested();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().cancel(&alice, 0).unwrap();
    fx.warp(DEADLINE);
    assert!(fx.ticket(0).is_some_and(|ticket| ticket.claimable > 0));
    fx.assert_refused("TicketNotOpen", |fx| demand_with(fx, 0, |_| ()));
}

#[test]
fn anybody_tells_the_router_what_is_overdue() {
    let (mut fx, alice) = requested();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(DEADLINE);
    let receipt = fx.vault().demand().unwrap();
    let ledger = fx.ledger();
    assert_eq!(ledger.overdue, known_worth_up(&fx, 500 * USDC));
    assert_eq!(ledger.reserved, known_worth_up(&fx, 600 * USDC));
    let events = vault_events(&receipt);
    let [VaultEvent::OverdueDemanded(event)] = events.as_slice() else { panic!("one demand, not {events:?}") };
    assert_eq!((event.ticket, event.sequence), (fx.deployment.vault.ticket(0), 0));
    assert_eq!((event.shares, event.overdue), (500 * USDC, ledger.overdue));
    fx.assert_identities();
    // Twice is once.
    fx.vault().demand().unwrap();
    assert_eq!(fx.ledger().overdue, ledger.overdue);
}

/// Whoever joins or leaves the queue behind it neither ends the demand nor adds to it.
#[test]
fn it_is_the_heads_alone() {
    let (mut fx, alice) = requested();
    fx.warp(DEADLINE);
    fx.vault().demand().unwrap();
    let overdue = fx.ledger().overdue;
    fx.vault().request_redeem(&alice, 1).unwrap();
    assert_eq!(fx.ledger().overdue, overdue);
    fx.vault().request_redeem(&alice, 200 * USDC).unwrap();
    fx.vault().cancel(&alice, 2).unwrap();
    assert_eq!(fx.ledger().overdue, overdue);
    assert_eq!(fx.ledger().reserved, known_worth_up(&fx, 500 * USDC + 1));
}

#[test]
fn it_shrinks_with_what_is_paid_and_ends_with_the_ticket() {
    let (mut fx, alice) = requested();
    fx.warp(DEADLINE);
    fx.vault().demand().unwrap();

    let mut cancelled = fx.clone();
    cancelled.vault().cancel(&alice, 0).unwrap();
    assert_eq!((cancelled.ledger().overdue, cancelled.ledger().reserved), (0, 0));

    let mut filled = fx.clone();
    filled.refresh_all();
    filled.vault().fill_tickets(1).unwrap();
    let left = filled.ticket(0).unwrap().shares_left;
    assert!(left > 0 && left < 500 * USDC);
    assert_eq!(filled.ledger().overdue, known_worth_up(&filled, left));
    let stranger = filled.depositor(0);
    let need = filled.ledger().overdue_need();
    filled.router().recall(&stranger.key, 0, need).unwrap();
    filled.vault().fill_tickets(1).unwrap();
    assert_eq!(filled.ticket(0).unwrap().shares_left, 0);
    assert_eq!((filled.ledger().overdue, filled.ledger().reserved), (0, 0));
    filled.assert_identities();

    let mut in_kind = fx.clone();
    in_kind.warp(DEADLINE);
    in_kind.vault().redeem_in_kind(&alice, 0).unwrap();
    assert_eq!((in_kind.ledger().overdue, in_kind.ledger().reserved), (0, 0));
    in_kind.assert_identities();
}

/// With every admin, keeper and valuation away: a stranger demands, recalls and fills.
#[test]
fn a_stranger_gets_everybody_out_of_a_lending_line() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(DEADLINE);
    let stranger = fx.depositor(0);
    // What is known of the line is a week old: the interest since then takes a second round.
    for round in 0..2 {
        fx.vault().demand().unwrap();
        let need = fx.ledger().overdue_need();
        assert_eq!(need > 599 * USDC, round == 0, "{need} lack in round {round}");
        fx.router().recall(&stranger.key, 0, need).unwrap();
        fx.vault().fill_tickets(1).unwrap();
    }
    assert_eq!(fx.vault_state().queued_shares, 0);
    fx.vault().claim(&alice, 0).unwrap();
    assert!(fx.balance(&alice.base) >= 1_999 * USDC);
    fx.assert_identities();
}

#[test]
fn no_pause_no_feed_and_no_valuation_stands_in_the_way() {
    let (mut fx, _) = requested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.warp(60 * DAY);
    fx.vault().demand().unwrap();
    assert!(fx.ledger().overdue > 0);
}

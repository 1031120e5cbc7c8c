//! `fill_tickets`: in order, by anyone, as far as cash goes.

use super::*;
use ::vault::{accounts, instruction};
use anchor_lang::prelude::AccountMeta;
use gimbal_control::Direction;

/// A fill of up to `n` tickets at these places.
fn fill_at(fx: &mut Fixture, n: u8, places: &[u64]) -> Outcome {
    fill_with(fx, n, places, |_| ())
}

fn fill_with(fx: &mut Fixture, n: u8, places: &[u64], change: impl FnOnce(&mut accounts::FillTickets)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.fill_tickets_accounts();
    change(&mut accounts);
    let mut fill = vault.instruction(accounts, instruction::FillTickets { n });
    fill.accounts.extend(places.iter().map(|place| AccountMeta::new(vault.ticket(*place), false)));
    fx.send(&[fill], &[])
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = gained();
    let other = another_vault(&mut fx);
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let refusals: [(&str, fn(&mut accounts::FillTickets, Pubkey), Pubkey); 6] = [
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongShareMint", |accounts, key| accounts.share_mint = key, other.addresses.share_mint),
        ("WrongEscrow", |accounts, key| accounts.escrow = key, other.addresses.escrow),
        ("WrongClaims", |accounts, key| accounts.claims = key, other.addresses.claims),
        ("WrongClaims", |accounts, key| accounts.claims = key, alice.base),
        ("ForeignAccount", |accounts, key| accounts.cash = key, other.addresses.cash),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| fill_with(fx, 1, &[0], |accounts| change(accounts, key)));
    }
}

#[test]
fn a_ticket_is_paid_at_nav_low_into_claims() {
    let (mut fx, alice) = appreciated();
    fx.vault().request_redeem(&alice, 40_100_000).unwrap();
    let receipt = fx.vault().fill_tickets(1).unwrap();

    let own = fx.deployment.vault.addresses;
    assert_eq!((fx.balance(&own.claims), fx.balance(&own.escrow)), (50_100_000, 0));
    let ticket = fx.ticket(0).unwrap();
    assert_eq!((ticket.shares_left, ticket.claimable, ticket.filled_assets), (0, 50_100_000, 50_100_000));
    assert_eq!(ticket.status, ::vault::TicketStatus::Filled as u8);
    let (vault, ledger) = (fx.vault_state(), fx.ledger());
    assert_eq!((vault.shares, vault.queued_shares, vault.claims_owed), (359_900_000, 0, 50_100_000));
    assert_eq!((vault.ticket_head, vault.ticket_tail, vault.withdrawn), (1, 1, 50_100_000));
    assert_eq!((ledger.cash_tracked, ledger.reserved), (449_900_000, 0));
    let events = vault_events(&receipt);
    let [VaultEvent::TicketFilled(event)] = events.as_slice() else { panic!("one fill, not {events:?}") };
    assert_eq!((event.ticket, event.sequence), (fx.deployment.vault.ticket(0), 0));
    assert_eq!((event.shares, event.assets, event.shares_left), (40_100_000, 50_100_000, 0));
    assert_eq!((event.nav, event.supply), (500 * USDC, 400 * USDC));
    fx.assert_identities();
}

#[test]
fn a_locked_gain_is_not_paid() {
    let (mut fx, alice) = gained();
    fx.vault().request_redeem(&alice, 40_100_000).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().claimable, 40_100_000);
}

#[test]
fn cash_passes_along_the_queue_in_order() {
    let (mut fx, alice) = invested();
    let bob = fx.depositor(0);
    let carol = fx.depositor(0);
    for (user, shares) in [(&bob, 300 * USDC), (&carol, 200 * USDC)] {
        mint_for(&mut fx, &alice, user, shares);
        fx.vault().request_redeem(user, shares).unwrap();
    }
    fx.vault().request_redeem(&alice, 600 * USDC).unwrap();

    // 900 USDC of cash for 1,100 shares: Bob and Carol whole, Alice in part.
    let receipt = fx.vault().fill_tickets(8).unwrap();
    assert_eq!(vault_events(&receipt).len(), 3);
    assert_eq!((fx.ticket(0).unwrap().shares_left, fx.ticket(1).unwrap().shares_left), (0, 0));
    let third = fx.ticket(2).unwrap();
    assert!(third.is_open() && third.shares_left > 0 && third.shares_left < 600 * USDC, "{}", third.shares_left);
    assert_eq!(third.shares_left, fx.vault_state().queued_shares);
    assert_eq!(fx.vault_state().ticket_head, 2);
    assert!(fx.ledger().cash_tracked <= 1, "what is left pays no share");
    fx.assert_identities();

    // The rest is paid when cash comes back, at the price of that day.
    fx.assert_refused("NothingToFill", |fx| fx.vault().fill_tickets(1));
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().recall(&guardian, 0, 300 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(2).unwrap().shares_left, 0);
    assert_eq!(fx.vault_state().ticket_head, 3);
    fx.assert_identities();
}

/// Shares that `payer` pays and `user` gets.
fn mint_for(fx: &mut Fixture, payer: &User, user: &User, shares: u64) {
    let vault = fx.deployment.vault;
    let mut accounts = vault.deposit_accounts(&payer.pubkey());
    accounts.recipient = user.shares;
    let mint = vault.instruction(accounts, instruction::Mint { shares, max_assets: u64::MAX });
    fx.send(&[mint], &[&payer.key]).unwrap();
}

#[test]
fn a_partial_fill_is_the_cash_in_whole_shares() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    let nav = fx.ledger().nav(fx.chain.clock().unwrap().unix_timestamp).unwrap().low;
    fx.vault().fill_tickets(1).unwrap();
    let shares = buys(400 * USDC, nav, 1_000 * USDC);
    let ticket = fx.ticket(0).unwrap();
    assert_eq!(ticket.shares_left, 1_000 * USDC - shares);
    assert_eq!(ticket.claimable, worth(shares, nav, 1_000 * USDC));
    assert_eq!((fx.vault_state().ticket_head, fx.vault_state().ticket_tail), (0, 1));
    fx.assert_identities();
}

#[test]
fn tickets_are_named_in_order_and_none_is_passed() {
    let (mut fx, alice) = gained();
    let other = another_vault(&mut fx);
    for _ in 0..3 {
        fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    }
    fx.assert_refused("TicketOutOfOrder", |fx| fill_at(fx, 1, &[1]));
    fx.assert_refused("TicketOutOfOrder", |fx| fill_at(fx, 3, &[0, 2, 1]));
    fx.assert_refused("TicketOutOfOrder", |fx| fill_at(fx, 2, &[0, 0]));
    fx.assert_refused("TicketOutOfOrder", |fx| fill_at(fx, 1, &[7]));
    // An account that exists nowhere is no gap, nor is the same place of another vault.
    let vault = fx.deployment.vault;
    let mut fill = vault.instruction(vault.fill_tickets_accounts(), instruction::FillTickets { n: 1 });
    for key in [Pubkey::new_unique(), other.ticket(0), alice.base] {
        fill.accounts.push(AccountMeta::new(key, false));
        fx.assert_refused("TicketOutOfOrder", |fx| fx.send(&[fill.clone()], &[]));
        fill.accounts.pop();
    }
    fill_at(&mut fx, 3, &[0, 1, 2]).unwrap();
    fx.assert_refused("NothingToFill", |fx| fill_at(fx, 1, &[2]));
}

#[test]
fn a_ticket_that_is_not_writable_or_no_ticket_is_refused() {
    let (mut fx, alice) = gained();
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    let vault = fx.deployment.vault;
    let mut fill = vault.instruction(vault.fill_tickets_accounts(), instruction::FillTickets { n: 1 });
    fill.accounts.push(AccountMeta::new_readonly(vault.ticket(0), false));
    fx.assert_refused("AccountNotMutable", |fx| fx.send(&[fill.clone()], &[]));
    fill.accounts.pop();
    fill.accounts.push(AccountMeta::new(vault.addresses.vault, false));
    fx.assert_refused("AccountDiscriminatorMismatch", |fx| fx.send(&[fill], &[]));
}

#[test]
fn the_place_of_a_cancelled_ticket_is_passed() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(100 * USDC);
    fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    fx.vault().request_redeem(&bob, 50 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    fx.vault().cancel(&alice, 0).unwrap();
    fx.vault().cancel(&alice, 2).unwrap();
    let receipt = fx.vault().fill_tickets(8).unwrap();
    assert_eq!(vault_events(&receipt).len(), 1);
    assert_eq!((fx.ticket(1).unwrap().shares_left, fx.vault_state().ticket_head), (0, 3));
    fx.assert_identities();
}

#[test]
fn passing_a_gap_alone_is_progress() {
    let (mut fx, alice) = gained();
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    fx.vault().cancel(&alice, 0).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.vault_state().ticket_head, 1);
    fx.assert_refused("NothingToFill", |fx| fx.vault().fill_tickets(1));
    // The number is never given again.
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    assert_eq!(fx.ticket(1).unwrap().sequence, 1);
    fx.assert_identities();
}

#[test]
fn one_call_fills_at_most_eight() {
    let (mut fx, alice) = gained();
    for _ in 0..9 {
        fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    }
    fx.assert_refused("FillCountOutOfRange", |fx| fx.vault().fill_tickets(0));
    fx.assert_refused("FillCountOutOfRange", |fx| fx.vault().fill_tickets(9));
    fx.vault().fill_tickets(8).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.vault_state().queued_shares), (8, 10 * USDC));
    fx.assert_identities();
}

#[test]
fn an_empty_queue_has_nothing_to_fill() {
    let (mut fx, alice) = gained();
    fx.assert_refused("NothingToFill", |fx| fx.vault().fill_tickets(1));
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    fx.assert_refused("NothingToFill", |fx| fill_at(fx, 8, &[]));
}

#[test]
fn dust_at_the_head_blocks_nobody() {
    let (mut fx, alice) = invested();
    // All cash out, so that only a ticket worth nothing can be filled.
    fx.vault().request_redeem(&alice, 1).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(8).unwrap();
    assert_eq!((fx.ticket(0).unwrap().shares_left, fx.ticket(1).unwrap().shares_left), (0, 0));
    assert!(fx.ticket(0).unwrap().claimable <= 1);
    fx.assert_identities();
}

#[test]
fn no_pause_and_no_feed_stands_in_the_way() {
    let (mut fx, alice) = gained();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.warp(1);
    fx.set_price(Asset::Base, 50_000_000).unwrap();
    fx.warp(2 * DAY);
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(0).unwrap().shares_left, 0);
}

#[test]
fn a_line_that_was_not_valued_in_time_is_named() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(601);
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(1));
    fx.refresh_all();
    fx.vault().fill_tickets(1).unwrap();
}

/// Whoever waits less than the least age is not paid yet, and nobody behind is.
#[test]
fn a_young_ticket_waits_and_holds_nobody_older_up() {
    let mut plan = Plan::default();
    plan.terms.ticket_min_age = 3_600;
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.assert_refused("TicketTooYoung", |fx| fx.vault().fill_tickets(1));
    fx.warp(3_599);
    fx.assert_refused("TicketTooYoung", |fx| fx.vault().fill_tickets(1));
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(1);
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.ticket(1).unwrap().shares_left), (1, 100 * USDC));
    fx.assert_refused("TicketTooYoung", |fx| fx.vault().fill_tickets(1));
    fx.assert_identities();
}

/// 1% of what the shares are worth stays with those who stay; who takes everything pays none.
#[test]
fn the_exit_fee_stays_in_the_pool() {
    let mut plan = Plan::with_lines(0);
    plan.fees.exit_bps = 100;
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    // In the second of an entry nobody is paid more than it cost, whatever has come into the pool since.
    fx.warp(1);
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    let receipt = fx.vault().fill_tickets(1).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::TicketFilled(event)] = events.as_slice() else { panic!("one fill, not {events:?}") };
    assert_eq!((event.shares, event.assets, event.fee), (500 * USDC, 495 * USDC, 5 * USDC));
    assert_eq!((fx.ledger().cash_tracked, fx.vault_state().shares), (505 * USDC, 500 * USDC));
    // What was kept unlocks over six hours.
    fx.pass(6 * 3_600);
    // The last 500 shares take all 505 USDC: 500 · 506 / 501 = 505.0 less what is nobody's.
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.ticket(1).unwrap().claimable, worth(500 * USDC, 505 * USDC, 500 * USDC));
    assert_eq!(fx.vault_state().shares, 0);
    fx.assert_identities();
}

//! `request_redeem`: the exit that is always open.

use super::*;
use ::vault::{accounts, instruction};
use gimbal_control::Direction;
use solana_account::Account;

/// A request for 100 shares with some of its accounts changed.
fn request_with(fx: &mut Fixture, user: &User, change: impl FnOnce(&mut accounts::RequestRedeem)) -> Outcome {
    let (vault, tail) = (fx.deployment.vault, fx.vault_state().ticket_tail);
    let payer = fx.deployment.actors.payer.pubkey();
    let mut accounts = vault.request_redeem_accounts(&user.pubkey(), &payer, tail);
    change(&mut accounts);
    let request = vault.instruction(accounts, instruction::RequestRedeem { shares: 100 * USDC, min_assets: 0 });
    fx.send(&[request], &[&user.key])
}

#[test]
fn only_the_holder_or_its_delegate_queues_shares() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(0);
    let payer = fx.deployment.actors.payer.pubkey();
    let request = unsigned(fx.deployment.vault.request_redeem(&alice.pubkey(), &payer, 0, 100 * USDC), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[request], &[]));
    fx.assert_refused("OwnerMismatch", |fx| request_with(fx, &bob, |accounts| accounts.shares = alice.shares));

    approve_shares(&mut fx, &alice, &bob.pubkey(), 100 * USDC);
    request_with(&mut fx, &bob, |accounts| accounts.shares = alice.shares).unwrap();
    assert_eq!(fx.ticket(0).unwrap().owner, bob.pubkey(), "who signs owns the ticket");
    fx.assert_identities();
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = gained();
    let other = another_vault(&mut fx);
    let refusals: [(&str, fn(&mut accounts::RequestRedeem, Pubkey), Pubkey); 5] = [
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.vault = key, alice.base),
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongEscrow", |accounts, key| accounts.escrow = key, other.addresses.escrow),
        ("ConstraintSeeds", |accounts, key| accounts.ticket = key, other.ticket(0)),
        ("ConstraintSeeds", |accounts, key| accounts.ticket = key, fx.deployment.vault.ticket(1)),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| request_with(fx, &alice, |accounts| change(accounts, key)));
    }
    fx.assert_refused("MintMismatch", |fx| request_with(fx, &alice, |accounts| accounts.shares = alice.base));
}

#[test]
fn shares_wait_in_the_escrow_behind_a_ticket() {
    let (mut fx, alice) = appreciated();
    let receipt = fx.vault().request_redeem(&alice, 40_100_000).unwrap();
    let own = fx.deployment.vault.addresses;
    assert_eq!((fx.balance(&alice.shares), fx.balance(&own.escrow)), (359_900_000, 40_100_000));

    let ticket = fx.ticket(0).unwrap();
    assert_eq!((ticket.vault, ticket.owner, ticket.sequence), (own.vault, alice.pubkey(), 0));
    assert_eq!((ticket.shares, ticket.shares_left), (40_100_000, 40_100_000));
    assert_eq!((ticket.claimable, ticket.filled_assets, ticket.min_assets), (0, 0, 0));
    assert!(ticket.is_open());
    assert_eq!((ticket.requested_slot, ticket.requested_at), (receipt.slot, fx.chain.clock().unwrap().unix_timestamp));

    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.queued_shares), (400 * USDC, 40_100_000));
    assert_eq!((vault.ticket_head, vault.ticket_tail), (0, 1));
    // 40.1 · 501 / 401
    assert_eq!(fx.ledger().reserved, 50_100_000);
    let events = vault_events(&receipt);
    let [VaultEvent::RedemptionRequested(event)] = events.as_slice() else { panic!("one request, not {events:?}") };
    assert_eq!((event.ticket, event.owner), (fx.deployment.vault.ticket(0), alice.pubkey()));
    assert_eq!((event.sequence, event.shares, event.queued_shares), (0, 40_100_000, 40_100_000));
    fx.assert_identities();
}

#[test]
fn what_is_reserved_is_rounded_up_over_the_whole_queue() {
    let (mut fx, alice) = appreciated();
    fx.vault().request_redeem(&alice, 40_100_001).unwrap();
    // 40,100,001 · 501 / 401 = 50,100,001.2
    assert_eq!(fx.ledger().reserved, 50_100_002);
    fx.vault().request_redeem(&alice, 3).unwrap();
    // 40,100,004 · 501 / 401 = 50,100,004.997…
    assert_eq!(fx.ledger().reserved, 50_100_005);
    assert_eq!(fx.vault_state().ticket_tail, 2);
    fx.assert_identities();
}

#[test]
fn no_shares_are_no_request() {
    let (mut fx, alice) = gained();
    fx.assert_refused("ZeroShares", |fx| fx.vault().request_redeem(&alice, 0));
    fx.assert_refused("InsufficientFunds", |fx| fx.vault().request_redeem(&alice, 400 * USDC + 1));
}

#[test]
fn no_pause_no_feed_and_no_valuation_stands_in_the_way() {
    let (mut fx, alice) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.warp(2 * DAY);
    let low = fx.ledger().totals.low;
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    // Priced at the last valuation, however old, and rounded up.
    let reserved = fx.ledger().reserved;
    let exact = worth(500 * USDC, 400 * USDC + low, 1_000 * USDC);
    assert!(reserved == exact || reserved == exact + 1, "{reserved} for {exact}");
    fx.assert_identities();
}

#[test]
fn lamports_sent_to_a_coming_ticket_keep_nobody_out() {
    let (mut fx, alice) = gained();
    let coming = fx.deployment.vault.ticket(0);
    for lamports in [1, 10_000_000] {
        let mut fx = fx.clone();
        let gift = Account { lamports, ..Account::default() };
        fx.chain.set_account(&coming, gift).unwrap();
        fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
        assert_eq!(fx.ticket(0).unwrap().shares_left, 100 * USDC);
        fx.vault().cancel(&alice, 0).unwrap();
        assert!(fx.ticket(0).is_none());
    }
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
}

#[test]
fn bound_deadlines_and_fee_are_fixed_at_the_request() {
    let mut plan = Plan::default();
    plan.fees.exit_bps = 25;
    plan.terms.ticket_deadline = 3 * 86_400;
    let mut fx = Fixture::from_plan(plan.clone());
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    let receipt = fx.vault().request_redeem_at_least(&alice, 100 * USDC, 99 * USDC).unwrap();
    let requested_at = fx.chain.clock().unwrap().unix_timestamp;
    let deadlines = (requested_at + 3 * 86_400, requested_at + 6 * 86_400);
    let ticket = fx.ticket(0).unwrap();
    assert_eq!((ticket.min_assets, ticket.exit_fee_bps), (99 * USDC, 25));
    assert_eq!((ticket.overdue_at, ticket.in_kind_at), deadlines);
    let events = vault_events(&receipt);
    let [VaultEvent::RedemptionRequested(event)] = events.as_slice() else { panic!("one request, not {events:?}") };
    assert_eq!((event.min_assets, event.exit_fee_bps), (99 * USDC, 25));
    assert_eq!((event.overdue_at, event.in_kind_at), deadlines);

    // Later terms are those of later tickets.
    let owner = fx.deployment.actors.owner.insecure_clone();
    fx.vault().set_fees(&owner, ::vault::FeesArgs { exit_bps: 5, ..plan.fees }).unwrap();
    let faster = ::vault::VaultLimitsArgs { ticket_deadline: 3_600, ..plan.terms };
    fx.vault().set_limits(&owner, faster).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let (first, second) = (fx.ticket(0).unwrap(), fx.ticket(1).unwrap());
    assert_eq!((first.overdue_at, first.in_kind_at, first.exit_fee_bps), (deadlines.0, deadlines.1, 25));
    assert_eq!((second.overdue_at - second.requested_at, second.in_kind_at - second.overdue_at), (3_600, 3_600));
    assert_eq!(second.exit_fee_bps, 5);
    fx.assert_identities();
}

#[test]
fn a_ticket_is_large_enough_or_all_there_is() {
    let mut plan = Plan::default();
    plan.terms.min_ticket = 50 * USDC;
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 120 * USDC, 0).unwrap();
    fx.assert_refused("ZeroShares", |fx| fx.vault().request_redeem(&alice, 0));
    fx.assert_refused("TicketTooSmall", |fx| fx.vault().request_redeem(&alice, 1));
    fx.assert_refused("TicketTooSmall", |fx| fx.vault().request_redeem(&alice, 50 * USDC - 1));
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    fx.assert_refused("TicketTooSmall", |fx| fx.vault().request_redeem(&alice, 19 * USDC));
    fx.vault().request_redeem(&alice, 20 * USDC).unwrap();
    assert_eq!(fx.balance(&alice.shares), 0);
    // A part of an account that nothing is left of is all of it, but not for an account of another mint.
    fx.assert_refused("ZeroShares", |fx| fx.vault().request_redeem(&alice, 0));
    fx.assert_identities();
}

#[test]
fn a_share_account_that_is_none_is_refused() {
    let (mut fx, alice) = gained();
    let key = fx.deployment.vault.addresses.share_mint;
    fx.assert_refused("MalformedTokenAccount", |fx| {
        request_with(fx, &alice, |accounts| accounts.shares = alice.pubkey())
    });
    assert!(request_with(&mut fx, &alice, |accounts| accounts.shares = key).is_err());
}

//! Attacks on the ways out that take lists of accounts and call others: a recall for who leaves, and fills.

use super::*;
use anchor_lang::prelude::AccountMeta;
use gimbal::bundle::with_budget;
use gimbal::instructions::{build_with, router};
use gimbal_tests::hostile::Hostile;
use hostile_venue::Trick;

/// From a request to the redemption in kind.
pub(super) const IN_KIND: u64 = 14 * DAY;

/// Half of 2,000 shares is Alice's, half Bob's; the lines have their parts.
pub(super) fn two_holders(plan: Plan) -> (Fixture, User, User) {
    let lines = plan.lines.len();
    let mut fx = Fixture::from_plan(plan);
    let (alice, bob) = (fx.depositor(1_000 * USDC), fx.depositor(1_000 * USDC));
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.vault().deposit(&bob, 1_000 * USDC, 0).unwrap();
    for place in 0..lines {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.refresh_all();
    (fx, alice, bob)
}

/// What pays in kind now, each with an account of the user's that is made where it is missing.
pub(super) fn targets(fx: &mut Fixture, user: &User) -> Vec<(router::KindSource, Option<Pubkey>)> {
    fx.vault().kind_receivers(user).into_iter().map(|(source, receiver)| (source, Some(receiver))).collect()
}

/// What the user's accounts for `targets` hold, and his base account last.
pub(super) fn received(fx: &Fixture, user: &User, targets: &[(router::KindSource, Option<Pubkey>)]) -> Vec<u64> {
    let accounts = targets.iter().filter_map(|(_, receiver)| *receiver).chain([user.base]);
    accounts.map(|account| fx.balance(&account)).collect()
}

/// Sends what only the user signs.
pub(super) fn send(fx: &mut Fixture, user: &User, instructions: &[Instruction]) -> Outcome {
    fx.send(&with_budget(instructions), &[&user.key])
}

/// A line of a thief's that is the first to be drawn on and holds three fifths of 1,000 USDC.
fn with_a_thief(market: Pubkey) -> (Fixture, User, Hostile) {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.target_bps = 2_000;
    let mut fx = Fixture::from_plan(plan);
    let hostile = fx.add_hostile(market);
    let alice = fx.depositor(1_000 * USDC);
    let id = fx.deployment.lines[hostile.place].addresses.id;
    let curator = fx.deployment.actors.curator.insecure_clone();
    fx.router().set_withdraw_order(&curator, &[id]).unwrap();
    fx.refresh_all();
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, hostile.place).unwrap();
    fx.refresh_all();
    assert!(fx.line(hostile.place).position >= 600 * USDC, "{}", fx.line(hostile.place).position);
    (fx, alice, hostile)
}

/// Whatever the venue does when it is drawn on: nothing moves, and its receipts leave in kind all the same.
#[test]
fn a_thief_who_is_drawn_on_takes_nothing() {
    let thief = Pubkey::new_from_array([7; 32]);
    let cases = [
        (thief, Trick::TakeMore, "UnexpectedBalanceChange"),
        (thief, Trick::KeepTheMoney, "SlippageExceeded"),
        (thief, Trick::KeepTheReceipts, "SlippageExceeded"),
        (thief, Trick::Approve, "ForeignAuthorityOnTokenAccount"),
        (thief, Trick::ApproveReceipts, "ForeignAuthorityOnTokenAccount"),
        (thief, Trick::SetCloseAuthority, "ForeignAuthorityOnTokenAccount"),
        (thief, Trick::SetOwner, "ForeignAuthorityOnTokenAccount"),
        (::vault::ID, Trick::ReEnter, "ReentrancyNotAllowed"),
        (strategy_router::ID, Trick::ReEnter, "ReentrancyNotAllowed"),
    ];
    for (market, trick, name) in cases {
        let (mut fx, alice, hostile) = with_a_thief(market);
        fx.set_trick(&hostile, trick);
        fx.assert_refused(name, |fx| fx.vault().redeem_and_recall(&alice, 900 * USDC, 0, hostile.place));
        let position = fx.line(hostile.place).position;
        fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
        fx.warp(IN_KIND);
        let targets = targets(&mut fx, &alice);
        fx.vault().redeem_in_kind(&alice, 0).unwrap();
        assert_eq!(received(&fx, &alice, &targets)[0], position / 2, "{trick:?}");
    }
}

/// A venue that keeps a little of each recall: what it keeps is charged to the budget, which ends it.
#[test]
fn a_dear_venue_is_drawn_on_within_the_budget_only() {
    let (fx, alice, hostile) = with_a_thief(Pubkey::new_from_array([7; 32]));
    for (budget, allowed) in [(50, true), (0, false)] {
        let mut fx = fx.clone();
        let owner = fx.deployment.actors.owner.insecure_clone();
        let limits = strategy_router::LimitsArgs {
            loss_budget_bps: budget,
            keeper_loss_budget_bps: 0,
            ..fx.deployment.plan.limits
        };
        fx.router().set_limits(&owner, limits).unwrap();
        fx.set_trick(&hostile, Trick::Shave);
        let shares = fx.ledger().cash_tracked + 30 * USDC;
        let attempt = |fx: &mut Fixture| fx.vault().redeem_and_recall(&alice, shares, 0, hostile.place);
        if allowed {
            attempt(&mut fx).unwrap();
            // Five hundredths of a percent of 30 USDC, and of that again.
            let used = fx.ledger().epoch.loss_used;
            assert!((15_000..=15_020).contains(&used), "{used}");
        } else {
            fx.assert_refused("LossBudgetExceeded", attempt);
        }
    }
}

/// Each account of the venue's call is another's, is missing, or is there twice.
#[test]
fn a_recall_for_who_leaves_takes_the_lines_own_accounts_only() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.refresh_all();
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    let redeem = vault.redeem_and_recall(&alice.pubkey(), 700 * USDC, 0, &line);
    let first = redeem.accounts.len() - line.call_accounts().len();
    let second = fx.deployment.lines[1].context.clone();
    for place in first..redeem.accounts.len() {
        let mut attempts = vec![redeem.clone(); 4];
        attempts[0].accounts[place].pubkey = alice.base;
        attempts[1].accounts[place].pubkey = vault.addresses.cash;
        attempts[2].accounts.remove(place);
        let twice = attempts[3].accounts[place].clone();
        attempts[3].accounts.insert(place, twice);
        for attempt in attempts {
            fx.assert_refused("VenueAccountMismatch", |fx| send(fx, &alice, &[attempt]));
        }
    }
    // All of another line's, for this one.
    let mut accounts = vault.redeem_and_recall_accounts(&alice.pubkey(), &line);
    let arguments = to_vault::RedeemAndRecall { shares: 700 * USDC, min_assets: 0, line: 1 };
    let crossed = build_with(::vault::ID, accounts, arguments, second.call_accounts());
    fx.assert_refused("VenueAccountMismatch", |fx| send(fx, &alice, &[crossed]));
    accounts = vault.redeem_and_recall_accounts(&alice.pubkey(), &second);
    let arguments = to_vault::RedeemAndRecall { shares: 700 * USDC, min_assets: 0, line: 1 };
    let crossed = build_with(::vault::ID, accounts, arguments, second.call_accounts());
    fx.assert_refused("UnknownLine", |fx| send(fx, &alice, &[crossed]));
    send(&mut fx, &alice, &[redeem]).unwrap();
    fx.assert_identities();
}

/// What is named as a ticket: another account of the program, another vault's ticket, an empty address, one twice, or one
/// that may not be written.
#[test]
fn a_fill_takes_the_tickets_of_its_own_places_only() {
    let (mut fx, alice, bob) = two_holders(Plan::default());
    let own = fx.deployment.vault;
    let other = second_vault(&mut fx);
    let payer = fx.deployment.actors.payer.pubkey();
    fx.vault().redeem(&bob, 50 * USDC, 0).unwrap();
    let of_other = [
        other.create_share_account(&payer, &bob.pubkey()),
        other.deposit(&bob.pubkey(), 10 * USDC, 0),
        other.request_redeem(&bob.pubkey(), &bob.pubkey(), 0, 5 * USDC),
    ];
    send(&mut fx, &bob, &of_other).unwrap();
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    let fill = |tickets: &[AccountMeta]| {
        let arguments = to_vault::FillTickets { n: u8::try_from(tickets.len()).unwrap() };
        build_with(::vault::ID, own.fill_tickets_accounts(), arguments, tickets.to_vec())
    };
    let writable = |key: Pubkey| AccountMeta::new(key, false);
    let first = writable(own.ticket(0));
    let refusals = [
        ("AccountDiscriminatorMismatch", vec![writable(own.addresses.vault)]),
        ("TicketOutOfOrder", vec![writable(other.ticket(0))]),
        ("TicketOutOfOrder", vec![writable(own.ticket(5))]),
        ("TicketOutOfOrder", vec![writable(alice.base)]),
        ("TicketOutOfOrder", vec![writable(own.ticket(1))]),
        ("TicketOutOfOrder", vec![first.clone(), first.clone()]),
        ("TicketOutOfOrder", vec![first.clone(), writable(other.ticket(0))]),
        ("AccountNotMutable", vec![AccountMeta::new_readonly(own.ticket(0), false)]),
        ("FillCountOutOfRange", vec![]),
    ];
    for (name, tickets) in refusals {
        let fill = fill(&tickets);
        fx.assert_refused(name, |fx| fx.send(&[fill], &[]));
    }
    // Lamports at the address of a ticket that is gone do not bring it back.
    fx.vault().cancel(&alice, 0).unwrap();
    fx.chain.fund(&own.ticket(0), 10_000_000).unwrap();
    let both = fill(&[first, writable(own.ticket(1))]);
    fx.send(&[both], &[]).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.vault_state().queued_shares), (2, 0));
    fx.assert_identities();
}

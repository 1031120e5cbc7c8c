//! Attacks on those who wait: on the queue's order, on bounds, on deadlines, and on what a ticket is paid.

use super::*;
use ::vault::FeesArgs;
use anchor_lang::prelude::AccountMeta;
use anchor_spl::token::{self, spl_token};
use gimbal::bundle::with_budget;
use gimbal::instructions::{router::KindSource, token as of_token};

/// The first and the second deadline of a ticket.
const DEADLINE: u64 = 7 * DAY;
const IN_KIND: u64 = 14 * DAY;

fn now(fx: &Fixture) -> i64 {
    fx.chain.clock().unwrap().unix_timestamp
}

/// Alice has 1,000 shares, the attacker 1,000; 400 of 1,000 USDC of hers are cash beside his 1,000.
fn two_holders() -> (Fixture, User, User) {
    let mut fx = Fixture::new();
    let (alice, attacker) = (fx.depositor(2_000 * USDC), fx.depositor(2_000 * USDC));
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.vault().deposit(&attacker, 1_000 * USDC, 0).unwrap();
    fx.refresh_all();
    (fx, alice, attacker)
}

/// What the mint's authority can do to any token account: byte 108 is its state, 2 frozen.
fn freeze(fx: &mut Fixture, account: &Pubkey) {
    tamper(fx, account, |account| account.data[108] = 2);
}

/// The user's receivers for all that pays in kind, made where they are missing.
fn receivers(fx: &mut Fixture, user: &User) -> Vec<(KindSource, Pubkey)> {
    let payer = fx.deployment.actors.payer.pubkey();
    let sources = fx.vault().kind_sources();
    let create: Vec<Instruction> = sources
        .iter()
        .map(|source| of_token::create_associated(&payer, &user.pubkey(), &source.mint, &source.token_program))
        .collect();
    fx.send(&with_budget(&create), &[]).unwrap();
    let receiver = |source: &KindSource| of_token::associated(&user.pubkey(), &source.mint, &source.token_program);
    sources.into_iter().map(|source| (source, receiver(&source))).collect()
}

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

/// The base mint's authority freezes an account: its owner is paid elsewhere, and nobody else notices.
#[test]
fn a_frozen_account_stops_nobody_else() {
    let (mut fx, alice, attacker) = two_holders();
    fx.vault().request_redeem(&attacker, 100 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    freeze(&mut fx, &attacker.base);
    fx.vault().fill_tickets(2).unwrap();
    fx.vault().claim(&alice, 1).unwrap();
    fx.assert_refused("AccountFrozen", |fx| fx.vault().claim(&attacker, 0));
    // To another account of his, or of anybody's.
    let vault = fx.deployment.vault;
    let mut claim = vault.claim_accounts(&attacker.pubkey(), 0);
    claim.destination = alice.base;
    fx.send(&[vault.instruction(claim, to_vault::Claim {})], &[&attacker.key]).unwrap();
    fx.assert_identities();
}

/// In kind: one frozen receiver is forgone or replaced, the rest is paid.
#[test]
fn a_frozen_receiver_does_not_hold_up_a_redemption_in_kind() {
    let (mut fx, alice, _) = two_holders();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let targets = receivers(&mut fx, &alice);
    freeze(&mut fx, &alice.base);
    let vault = fx.deployment.vault;
    let groups: Vec<AccountMeta> = targets.iter().flat_map(|(source, to)| source.paid_to(to)).collect();
    let build = |destination: Option<Pubkey>| {
        let mut accounts = vault.redeem_in_kind_accounts(&alice.pubkey(), 0);
        accounts.destination = destination;
        let mut redeem = vault.instruction(accounts, to_vault::RedeemInKind {});
        redeem.accounts.extend(groups.clone());
        with_budget(&[redeem])
    };
    let (frozen, forgone) = (build(Some(alice.base)), build(None));
    fx.assert_refused("AccountFrozen", |fx| fx.send(&frozen, &[&alice.key]));
    fx.send(&forgone, &[&alice.key]).unwrap();
    assert!(fx.balance(&targets[0].1) > 0);
    assert_eq!(fx.vault_state().shares, 1_000 * USDC);
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

/// Whoever is not the owner signs for a ticket in every way there is; and after a transfer the old owner does.
#[test]
fn a_ticket_is_not_stolen() {
    let (mut fx, alice, attacker) = two_holders();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.warp(IN_KIND);
    let steal = |fx: &mut Fixture, thief: &User| {
        fx.assert_refused("NotTicketOwner", |fx| fx.vault().transfer_ticket(thief, 1, &thief.pubkey()));
        fx.assert_refused("NotTicketOwner", |fx| fx.vault().claim(thief, 0));
        fx.assert_refused("NotTicketOwner", |fx| fx.vault().cancel(thief, 1));
        let redeem = fx.deployment.vault.redeem_in_kind(&thief.pubkey(), 1, &[]);
        fx.assert_refused("NotTicketOwner", |fx| fx.send(&[redeem], &[&thief.key]));
    };
    steal(&mut fx, &attacker);
    // Sold: from then on the seller is nobody, however quick he is before the next fill.
    fx.vault().transfer_ticket(&alice, 0, &attacker.pubkey()).unwrap();
    fx.vault().transfer_ticket(&alice, 1, &attacker.pubkey()).unwrap();
    steal(&mut fx, &alice);
    fx.refresh_all();
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_refused("NotTicketOwner", |fx| fx.vault().claim(&alice, 1));
    fx.vault().claim(&attacker, 1).unwrap();
    fx.vault().claim(&attacker, 0).unwrap();
    fx.assert_identities();
}

/// Cancel and claim, claim and cancel, fill and cancel in one transaction: nothing is paid twice.
#[test]
fn no_order_of_cancel_claim_and_fill_pays_twice() {
    let (fx, alice, _) = two_holders();
    let vault = fx.deployment.vault;
    let key = alice.pubkey();
    let [claim, cancel, fill] = [vault.claim(&key, 0), vault.cancel(&key, 0), vault.fill_tickets(0, 1)];
    let requested = {
        let mut fx = fx.clone();
        // 1,400 USDC of cash for 1,900 shares.
        fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
        fx
    };
    let base = fx.balance(&alice.base);
    let allowed = [[&fill, &cancel, &claim], [&fill, &claim, &cancel]];
    let refused = [
        ([&cancel, &claim, &fill], "AccountOwnedByWrongProgram"),
        ([&cancel, &cancel, &fill], "AccountOwnedByWrongProgram"),
        ([&fill, &claim, &claim], "AccountOwnedByWrongProgram"),
        ([&fill, &fill, &cancel], "NothingToFill"),
    ];
    for (order, name) in refused {
        let mut fx = requested.clone();
        let all = order.map(Clone::clone);
        fx.assert_refused(name, |fx| fx.send(&with_budget(&all), &[&alice.key]));
    }
    for order in allowed {
        let mut fx = requested.clone();
        let all = order.map(Clone::clone);
        let outcome = fx.send(&with_budget(&all), &[&alice.key]);
        // A whole fill leaves nothing to cancel.
        if let Err(error) = outcome {
            assert!(["TicketNotOpen", "AccountOwnedByWrongProgram"].contains(&error.name().as_str()), "{error}");
        }
        fx.assert_identities();
        assert!(fx.balance(&alice.base) <= base + 1_000 * USDC);
    }
}

/// A redemption in kind and a fill, in both orders, in one transaction: what the one took the other does not.
#[test]
fn a_redemption_in_kind_and_a_fill_pay_once_together() {
    let (mut fx, alice, attacker) = two_holders();
    fx.vault().request_redeem(&attacker, 1_000 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    fx.refresh_all();
    let targets = receivers(&mut fx, &attacker);
    let sources: Vec<_> = targets.iter().map(|(source, to)| (*source, Some(*to))).collect();
    let vault = fx.deployment.vault;
    let in_kind = vault.redeem_in_kind(&attacker.pubkey(), 0, &sources);
    let (fill, next) = (vault.fill_tickets(0, 1), vault.fill_tickets(1, 1));

    // Filled first: nothing is left of it to go in kind.
    let mut filled = fx.clone();
    let both = with_budget(&[fill.clone(), in_kind.clone()]);
    filled.assert_refused("TicketNotOpen", |fx| fx.send(&both, &[&attacker.key]));
    // In kind first: the head has moved on, and its account names a place before it.
    let mut paid = fx.clone();
    let both = with_budget(&[in_kind.clone(), fill]);
    paid.assert_refused("TicketOutOfOrder", |fx| fx.send(&both, &[&attacker.key]));
    fx.send(&with_budget(&[in_kind, next]), &[&attacker.key]).unwrap();
    // Half of 1,400 USDC of cash each: his in kind, hers filled as far as it goes.
    assert_eq!(fx.balance(&attacker.base), 1_700 * USDC);
    let ticket = fx.ticket(1).unwrap();
    assert!(ticket.claimable > 699 * USDC && ticket.claimable <= 700 * USDC && ticket.shares_left > 0);
    fx.assert_identities();
}

/// A receiver of somebody else's mint, another line's account in a line's place, or the ledger's own.
#[test]
fn a_redemption_in_kind_takes_from_its_own_lines_only() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    let attacker = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    fx.vault().deposit(&attacker, 5_000 * USDC, 0).unwrap();
    for place in 0..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.vault().request_redeem(&attacker, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let targets = receivers(&mut fx, &attacker);
    assert_eq!(targets.len(), 3);
    let cash = fx.deployment.vault.addresses.cash;
    let vault = fx.deployment.vault;
    let attempt = |change: &dyn Fn(&mut Vec<AccountMeta>)| {
        let mut redeem =
            vault.instruction(vault.redeem_in_kind_accounts(&attacker.pubkey(), 0), to_vault::RedeemInKind {});
        let mut groups: Vec<AccountMeta> = targets.iter().flat_map(|(source, to)| source.paid_to(to)).collect();
        change(&mut groups);
        redeem.accounts.extend(groups);
        with_budget(&[redeem])
    };
    let (first, second) = (targets[0], targets[1]);
    let refusals: [(&str, Vec<Instruction>); 6] = [
        // The second line's account where the first's is due, to be paid twice from the fuller of the two.
        ("VenueAccountMismatch", attempt(&|groups| groups[0] = AccountMeta::new(second.0.source, false))),
        // Cash, as if it were a position.
        ("VenueAccountMismatch", attempt(&|groups| groups[0] = AccountMeta::new(cash, false))),
        // The line pays itself.
        ("SameAccount", attempt(&|groups| groups[2] = AccountMeta::new(first.0.source, false))),
        // A receiver for another mint.
        ("MintMismatch", attempt(&|groups| groups[2] = AccountMeta::new(attacker.base, false))),
        // A position is left out.
        ("VenueAccountMismatch", attempt(&|groups| drop(groups.drain(4..8)))),
        // A program of the attacker's for the token program.
        ("MintMismatch", attempt(&|groups| groups[3] = AccountMeta::new_readonly(hostile_venue::ID, false))),
    ];
    for (name, instructions) in refusals {
        fx.assert_refused(name, |fx| fx.send(&instructions, &[&attacker.key]));
    }
    fx.send(&attempt(&|_| ()), &[&attacker.key]).unwrap();
    fx.assert_identities();
}

/// Attack 24 in every state: what was redeemed, cancelled or claimed is gone.
#[test]
fn nothing_of_a_ticket_is_used_twice() {
    let (mut fx, alice, _) = two_holders();
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, u64::MAX).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert!(fx.ticket(0).unwrap().is_passed());
    fx.assert_refused("NothingToClaim", |fx| fx.vault().claim(&alice, 0));
    fx.vault().cancel(&alice, 0).unwrap();
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().cancel(&alice, 0));
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().claim(&alice, 0));
    assert_eq!(fx.balance(&alice.shares), 1_000 * USDC);
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

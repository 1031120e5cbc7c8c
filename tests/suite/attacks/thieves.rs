//! Attacks 15, 31 and 32: a venue that lies and steals, pinned by an owner who did not look.

use super::*;
use gimbal_control::Direction;
use gimbal_tests::hostile::Hostile;
use hostile_venue::Trick;

/// One honest line that wants a fifth, and a thief's that `pin` pins, which should get half; then 10,000 USDC in cash.
fn with_pinned(pin: impl FnOnce(&mut Fixture) -> Hostile) -> (Fixture, User, Hostile) {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.target_bps = 2_000;
    let mut fx = Fixture::from_plan(plan);
    let hostile = pin(&mut fx);
    let alice = fx.depositor(20_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.refresh_all();
    (fx, alice, hostile)
}

fn with_a_thief(market: Pubkey) -> (Fixture, User, Hostile) {
    with_pinned(|fx| fx.add_hostile(market))
}

fn thief() -> Pubkey {
    Pubkey::new_from_array([7; 32])
}

/// Every identity but what the thief's reserve says of itself.
#[track_caller]
fn assert_own_identities(fx: &Fixture, hostile: &Hostile) {
    let all = gimbal::identities::check(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap();
    let claims = format!("line {}: reserve vault balance", hostile.place + 1);
    let broken: Vec<_> = all.iter().filter(|one| !one.holds() && !one.name.starts_with(&claims)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Every way into the line meets the same refusal, and the vault goes on without it.
#[track_caller]
fn refuse_going_in(trick: Trick, name: &str) {
    let (mut fx, alice, hostile) = with_a_thief(thief());
    fx.set_trick(&hostile, trick);
    fx.assert_refused(name, |fx| fx.router().rebalance(hostile.place));
    fx.assert_refused(name, |fx| fx.vault().deposit_and_allocate(&alice, 100 * USDC, 0, hostile.place));
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_own_identities(&fx, &hostile);
}

/// Every way out of the line meets the same refusal, and cash is paid out all the same.
#[track_caller]
fn refuse_coming_back(trick: Trick, name: &str) {
    let (mut fx, alice, hostile) = with_a_thief(thief());
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().rebalance(hostile.place).unwrap();
    assert!(fx.line(hostile.place).position >= 4_999 * USDC);
    fx.set_trick(&hostile, trick);
    fx.assert_refused(name, |fx| fx.router().recall(&guardian, hostile.place, 1_000 * USDC));
    fx.assert_refused(name, |fx| fx.router().recall(&guardian, hostile.place, u64::MAX));
    fx.router().set_status(&guardian, hostile.place, 3).unwrap();
    fx.assert_refused(name, |fx| fx.router().derisk(&alice.key, hostile.place));
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    assert_own_identities(&fx, &hostile);
}

/// Attack 15: what was read before the call counts for nothing after it.
#[test]
fn a_venue_that_takes_more_than_it_was_given_is_refused() {
    refuse_going_in(Trick::TakeMore, "UnexpectedBalanceChange");
    refuse_coming_back(Trick::TakeMore, "UnexpectedBalanceChange");
}

#[test]
fn a_venue_that_gives_nothing_for_the_money_is_refused() {
    refuse_going_in(Trick::KeepTheMoney, "SlippageExceeded");
}

#[test]
fn a_venue_that_pays_nothing_for_the_receipts_is_refused() {
    refuse_coming_back(Trick::KeepTheReceipts, "SlippageExceeded");
}

/// Attack 31.
#[test]
fn a_venue_that_makes_itself_delegate_is_refused() {
    refuse_going_in(Trick::Approve, "ForeignAuthorityOnTokenAccount");
    refuse_coming_back(Trick::Approve, "ForeignAuthorityOnTokenAccount");
}

/// Attack 31, of the receipts.
#[test]
fn a_venue_that_makes_itself_delegate_of_the_receipts_is_refused() {
    refuse_going_in(Trick::ApproveReceipts, "ForeignAuthorityOnTokenAccount");
    refuse_coming_back(Trick::ApproveReceipts, "ForeignAuthorityOnTokenAccount");
}

/// Attack 31.
#[test]
fn a_venue_that_makes_itself_close_authority_is_refused() {
    refuse_going_in(Trick::SetCloseAuthority, "ForeignAuthorityOnTokenAccount");
    refuse_coming_back(Trick::SetCloseAuthority, "ForeignAuthorityOnTokenAccount");
}

/// Attack 31.
#[test]
fn a_venue_that_makes_itself_owner_is_refused() {
    refuse_going_in(Trick::SetOwner, "ForeignAuthorityOnTokenAccount");
    refuse_coming_back(Trick::SetOwner, "ForeignAuthorityOnTokenAccount");
}

/// Beyond the list: the venue names another line's receipts as its own supply account, and asks for power over them
/// with the signature that the router lends it.
#[test]
fn a_venue_cannot_reach_another_lines_receipts() {
    let (mut fx, alice, hostile) = with_pinned(|fx| {
        let receipts = fx.deployment.lines[0].addresses.position;
        let hostile = fx.hostile_reserve(thief(), Some(receipts));
        fx.pin_hostile(&hostile).unwrap();
        hostile
    });
    fx.router().rebalance(0).unwrap();
    fx.set_trick(&hostile, Trick::ApproveSupply);
    fx.assert_refused("VenueClosed", |fx| fx.router().rebalance(hostile.place));
    fx.assert_refused("VenueClosed", |fx| fx.vault().deposit_and_allocate(&alice, 99 * USDC, 0, hostile.place));
    // Nor can the base asset go into an account of receipts.
    fx.set_trick(&hostile, Trick::KeepTheMoney);
    fx.assert_refused("MintMismatch", |fx| fx.router().rebalance(hostile.place));
    assert_own_identities(&fx, &hostile);
}

/// Attack 32: the venue calls back into the program that called it.
#[test]
fn re_entry_into_the_router_or_the_vault_is_refused() {
    let (mut fx, alice, hostile) = with_a_thief(strategy_router::ID);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().rebalance(hostile.place).unwrap();
    fx.warp(600);
    fx.refresh_all();
    fx.set_trick(&hostile, Trick::ReEnter);
    let name = "ReentrancyNotAllowed";
    fx.assert_refused(name, |fx| fx.router().recall(&guardian, hostile.place, 1_000 * USDC));
    fx.assert_refused(name, |fx| fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, hostile.place));
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    fx.assert_refused(name, |fx| fx.router().rebalance(hostile.place));

    let (mut fx, alice, hostile) = with_a_thief(::vault::ID);
    fx.set_trick(&hostile, Trick::ReEnter);
    fx.assert_refused(name, |fx| fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, hostile.place));
    // The vault is not on the stack of a rebalance; a call of it gets no further than a call from anywhere.
    fx.assert_refused("InstructionFallbackNotFound", |fx| fx.router().rebalance(hostile.place));
}

/// Attack 32: for the length of a venue call the ledger is marked busy, so that whatever the venue calls can neither
/// price with half a move nor move. A venue is handed its pinned accounts only, too few for any of these calls; the
/// mark is set from outside here.
#[test]
fn a_busy_ledger_prices_and_moves_nothing() {
    let (mut fx, alice, hostile) = with_a_thief(thief());
    fx.router().rebalance(hostile.place).unwrap();
    let actors = fx.deployment.actors.clone();
    let ledger = fx.deployment.vault.addresses.ledger;
    fx.vault().request_redeem(&alice, USDC).unwrap();
    // Discriminator, version, two bumps, decimals, lines: then the mark.
    tamper(&mut fx, &ledger, |account| account.data[8 + 5] = 1);
    assert_eq!(fx.ledger().busy, 1);
    let place = hostile.place;
    let params = fx.deployment.plan.lines[0].params;
    let keeper = actors.keepers[0].insecure_clone();
    let attempts: [(&str, &dyn Fn(&mut Fixture) -> Outcome); 17] = [
        ("deposit", &|fx| fx.vault().deposit(&alice, USDC, 0)),
        ("mint", &|fx| fx.vault().mint(&alice, USDC, u64::MAX)),
        ("deposit_and_allocate", &|fx| fx.vault().deposit_and_allocate(&alice, USDC, 0, place)),
        ("redeem", &|fx| fx.vault().redeem(&alice, USDC, 0)),
        ("withdraw", &|fx| fx.vault().withdraw(&alice, USDC, u64::MAX)),
        ("request_redeem", &|fx| fx.vault().request_redeem(&alice, USDC)),
        ("fill_tickets", &|fx| fx.vault().fill_tickets(1)),
        ("cancel", &|fx| fx.vault().cancel(&alice, 0)),
        ("refresh", &|fx| fx.router().refresh(place)),
        ("rebalance", &|fx| fx.router().rebalance(place)),
        ("recall", &|fx| fx.router().recall(&actors.guardian, place, USDC)),
        ("derisk", &|fx| fx.router().derisk(&alice.key, place)),
        ("harvest", &|fx| fx.router().harvest(place)),
        ("collect_pay", &|fx| fx.router().collect_pay(&keeper)),
        ("set_bounds", &|fx| fx.router().set_bounds(&actors.owner, 0, params)),
        ("approve_venue", &|fx| fx.router().approve_venue(&actors.owner, place)),
        ("remove_strategy", &|fx| fx.router().remove_strategy(&actors.owner, 0)),
    ];
    for (what, attempt) in attempts {
        let refused = fx.assert_unchanged(|fx| attempt(fx)).expect_err(what);
        assert_eq!(refused.name(), "LedgerBusy", "{what}: {refused}");
    }
}

/// A venue that is no more than dishonest about the price stays within the line's slippage bound, and whoever freezes
/// the line stops it.
#[test]
fn a_frozen_line_gets_no_more_of_the_thiefs_prices() {
    let (mut fx, alice, hostile) = with_a_thief(thief());
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.set_trick(&hostile, Trick::Shave);
    fx.router().rebalance(hostile.place).unwrap();
    let line = fx.line(hostile.place);
    assert_eq!(line.keeper_loss, line.invested - line.mid);
    assert!(line.keeper_loss <= line.invested * hostile_venue::tricks::SHAVE_BPS / 10_000 + 1);
    let mut frozen = fx.clone();
    frozen.router().set_status(&guardian, hostile.place, 2).unwrap();
    frozen.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, hostile.place).unwrap();
    assert_eq!(frozen.line(hostile.place).invested, line.invested);
    // So does a pause of all new money.
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, hostile.place).unwrap();
    assert_eq!(fx.line(hostile.place).invested, line.invested);
    fx.warp(600);
    fx.refresh_all();
    fx.assert_refused("NewMoneyPaused", |fx| fx.router().rebalance(hostile.place));
}

/// Beyond the list: the venue's owner sends his own money round through the vault, in by a deposit that is allocated and
/// out by a recall for his ticket, so that the others pay their part of what the venue keeps each time. The ledger's
/// loss budget ends it.
#[test]
fn money_sent_round_through_a_dear_venue_costs_the_others_at_most_the_budget() {
    let (mut fx, alice, hostile) = with_a_thief(thief());
    let budget = u64::from(fx.deployment.plan.limits.loss_budget_bps);
    let robber = fx.depositor(20_000 * USDC);
    let before = wealth(&fx, &alice);
    fx.set_trick(&hostile, Trick::Shave);
    let mut refusals = 0;
    for _ in 0..60 {
        let money = fx.balance(&robber.base);
        let sequence = fx.vault_state().ticket_tail;
        let steps: [&dyn Fn(&mut Fixture) -> Outcome; 6] = [
            &|fx| fx.vault().deposit_and_allocate(&robber, money, 0, hostile.place),
            &|fx| {
                let shares = fx.balance(&robber.shares);
                fx.vault().request_redeem(&robber, shares)
            },
            &|fx| {
                let need = fx.ledger().queue_need();
                fx.router().recall(&robber.key, hostile.place, need)
            },
            // The places of the tickets before, and this one.
            &|fx| fx.vault().fill_tickets(8),
            &|fx| fx.vault().claim(&robber, sequence),
            // What the venue kept is lacking at the end.
            &|fx| fx.vault().cancel(&robber, sequence),
        ];
        let mut ahead = fx.clone();
        let failed = steps.iter().find_map(|step| step(&mut ahead).err());
        match failed {
            None => fx = ahead,
            Some(error) => {
                assert_eq!(error.name(), "LossBudgetExceeded", "{error}");
                refusals += 1;
            }
        }
    }
    let lost = before - wealth(&fx, &alice);
    assert!(lost <= before * budget / 10_000, "the others lost {lost} of {before}");
    assert!(refusals > 0, "the budget ends");
    assert_own_identities(&fx, &hostile);
}

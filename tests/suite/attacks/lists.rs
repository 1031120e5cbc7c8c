//! Attacks 13 and 14: lists of accounts with one left out, or one named twice.
//!
//! NAV is read from the ledger's totals, so that no flow takes a list of positions that could be cut. What could be left
//! out is a refresh; what takes lists are refreshes, venue calls and fills.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::router::{self, LineContext};

/// All three lines hold money, and nobody has looked at them for longer than the ledger allows.
fn invested_and_old() -> (Fixture, User) {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 6_000 * USDC, 0).unwrap();
    fx.refresh_all();
    for place in 0..3 {
        fx.router().rebalance(place).unwrap();
        assert!(fx.line(place).mid > 0);
    }
    let age = u64::from(fx.deployment.plan.limits.max_valuation_age);
    fx.warp(age + 1);
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    (fx, alice)
}

/// Attack 13: a position that lost value is left out of the refreshes, so that NAV would still count its old value.
#[test]
fn a_line_left_out_of_the_refreshes_leaves_nav_stale() {
    let (mut fx, alice) = invested_and_old();
    for place in [0, 1] {
        fx.lending().refresh(place).unwrap();
        fx.router().refresh(place).unwrap();
    }
    fx.assert_refused("StaleNav", |fx| fx.vault().deposit(&alice, USDC, 0));
    fx.assert_refused("StaleNav", |fx| fx.vault().mint(&alice, USDC, u64::MAX));
    fx.assert_refused("StaleNav", |fx| fx.vault().redeem(&alice, USDC, 0));
    fx.assert_refused("StaleNav", |fx| fx.vault().withdraw(&alice, USDC, u64::MAX));
    fx.vault().request_redeem(&alice, USDC).unwrap();
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(1));
    fx.assert_refused("StaleNav", |fx| fx.router().rebalance(0));
    fx.lending().refresh(2).unwrap();
    fx.router().refresh(2).unwrap();
    fx.vault().redeem(&alice, USDC, 0).unwrap();
}

/// A venue that was not brought up to date itself is no ground for a valuation.
#[test]
fn a_venue_left_stale_is_not_valued() {
    let (mut fx, _) = invested_and_old();
    fx.assert_refused("StaleVenue", |fx| fx.router().refresh(0));
}

/// Attack 13, of a line's own list.
#[test]
fn a_list_that_is_cut_is_refused() {
    let (mut fx, alice) = invested_and_old();
    let (vault, keeper) = (fx.deployment.vault, fx.router().keeper(0));
    let line = fx.deployment.lines[0].context.clone();
    fx.refresh_all();
    let refresh = router::refresh(&vault, &line);
    let rebalance = router::rebalance(&vault, &line, &keeper.pubkey());
    let deposit = vault.deposit_and_allocate(&alice.pubkey(), USDC, 0, &line);
    for (whole, listed, signer) in [
        (refresh, line.value_count, &keeper),
        (rebalance, line.pinned.len() + 2, &keeper),
        (deposit, line.pinned.len() + 2, &alice.key),
    ] {
        let first = whole.accounts.len() - listed;
        for cut in [first, whole.accounts.len() - 1] {
            let mut short = whole.clone();
            short.accounts.remove(cut);
            fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[short]), &[signer]));
        }
        let mut none = whole.clone();
        none.accounts.truncate(first);
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[none]), &[signer]));
        let mut longer = whole.clone();
        longer.accounts.push(whole.accounts[first].clone());
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[longer]), &[signer]));
    }
}

/// Attack 14: one position is to be counted for another as well.
#[test]
fn a_position_named_twice_is_refused() {
    let (mut fx, alice) = invested_and_old();
    fx.refresh_all();
    let vault = fx.deployment.vault;
    let (first, second) = (fx.deployment.lines[0].context.clone(), fx.deployment.lines[1].context.clone());
    // The second line valued by the first one's accounts.
    let twice = LineContext { pinned: first.pinned.clone(), ..second.clone() };
    let refresh = router::refresh(&vault, &twice);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[refresh], &[]));
    // Its reserve with the first one's receipts.
    let mut mixed = second.clone();
    mixed.pinned[1] = first.pinned[1];
    let refresh = router::refresh(&vault, &mixed);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[refresh], &[]));
    // The second line's number with the first one's venue account.
    let mut renamed = first.clone();
    renamed.addresses.id = second.addresses.id;
    let refresh = router::refresh(&vault, &renamed);
    fx.assert_refused("UnknownLine", |fx| fx.send(&[refresh], &[]));
    // One account in two places of a list.
    let keeper = fx.router().keeper(0);
    let mut doubled = first;
    doubled.pinned[5] = doubled.pinned[1];
    let rebalance = router::rebalance(&vault, &doubled, &keeper.pubkey());
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[rebalance]), &[&keeper]));

    // A ticket paid twice in one fill.
    fx.vault().request_redeem(&alice, USDC).unwrap();
    fx.vault().request_redeem(&alice, USDC).unwrap();
    let mut fill = vault.fill_tickets(0, 2);
    fill.accounts.last_mut().unwrap().pubkey = vault.ticket(0);
    fx.assert_refused("TicketOutOfOrder", |fx| fx.send(&[fill], &[]));
    // And one that is passed over.
    let fill = vault.fill_tickets(1, 1);
    fx.assert_refused("TicketOutOfOrder", |fx| fx.send(&[fill], &[]));
}

/// Beyond the list: one line's row emptied by another line's move.
#[test]
fn a_venue_of_another_ledger_is_refused() {
    let (mut fx, _) = invested_and_old();
    fx.refresh_all();
    let other = second_vault(&mut fx);
    let line = fx.deployment.lines[0].context.clone();
    let guardian = fx.deployment.actors.owner.insecure_clone();
    for instruction in [
        router::refresh(&other, &line),
        router::recall(&other, &line, &guardian.pubkey(), USDC),
        router::derisk(&other, &line, &guardian.pubkey()),
    ] {
        fx.assert_refused("ForeignAccount", |fx| fx.send(&with_budget(&[instruction]), &[&guardian]));
    }
}

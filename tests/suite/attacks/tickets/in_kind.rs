//! Attacks on a ticket's redemption in kind.

use super::*;
use anchor_lang::prelude::AccountMeta;

/// In kind: one frozen receiver is forgone or replaced, the rest is paid.
#[test]
fn a_frozen_receiver_does_not_hold_up_a_redemption_in_kind() {
    let (mut fx, alice, _) = two_holders();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let targets = fx.vault().kind_receivers(&alice);
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

/// A redemption in kind and a fill, in both orders, in one transaction: what the one took the other does not.
#[test]
fn a_redemption_in_kind_and_a_fill_pay_once_together() {
    let (mut fx, alice, attacker) = two_holders();
    fx.vault().request_redeem(&attacker, 1_000 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    fx.refresh_all();
    let targets = fx.vault().kind_receivers(&attacker);
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
    let targets = fx.vault().kind_receivers(&attacker);
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

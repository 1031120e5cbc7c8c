//! `add_strategy` with money in the ledger: the line that was proposed is added, and no other.

use super::add_strategy::{as_it_is, proposed, PARAMS};
use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::router::NewLine;
use strategy_router::LineParams;

/// [`proposed`] with money in the ledger, and the change of the sealed line, which has waited.
fn waited() -> (Fixture, Keypair, NewLine, Pubkey) {
    let (mut fx, owner, line) = proposed();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    let line = line.sealed();
    let change = fx.router().next_change();
    let waiting = as_it_is(&fx, &line).pop().unwrap();
    fx.router().propose_change(&owner, &waiting).unwrap();
    fx.pass(172_800);
    (fx, owner, line, change)
}

#[test]
fn with_money_in_the_ledger_a_line_has_waited() {
    let (mut fx, owner, line, change) = waited();
    fx.assert_refused("ChangeRequired", |fx| fx.router().add_strategy(&owner, &line));
    let waiting = as_it_is(&fx, &line).pop().unwrap();
    fx.router().apply(&owner, waiting.clone(), &change).unwrap();
    assert_eq!(LineParams::of(fx.ledger().line(2).unwrap()), PARAMS);
    fx.assert_refused("UnknownLine", |fx| fx.router().apply(&owner, waiting, &change));
    fx.assert_identities();
}

#[test]
fn what_was_proposed_is_what_is_added() {
    let (mut fx, owner, line, change) = waited();
    let apply = |fx: &mut Fixture, line: &NewLine| {
        let waiting = as_it_is(fx, line).pop().unwrap();
        fx.router().apply(&owner, waiting, &change)
    };
    // Another venue under the hash that was seen.
    let hostile = fx.hostile_reserve(Pubkey::new_unique(), None);
    let thiefs = fx.hostile_line(&hostile);
    let mut veiled = thiefs.clone();
    veiled.args = line.args;
    fx.assert_refused("VenueAccountMismatch", |fx| apply(fx, &veiled));
    // With its own hash it is another change; so are other bounds.
    fx.assert_refused("ChangeMismatch", |fx| apply(fx, &thiefs.sealed()));
    let mut more = line.clone();
    more.args.params.cap += 1;
    fx.assert_refused("ChangeMismatch", |fx| apply(fx, &more));
    apply(&mut fx, &line).unwrap();
}

#[test]
fn of_two_lines_with_one_number_one_is_added() {
    let (mut fx, owner, line, change) = waited();
    let mut other = line.clone();
    other.args.params.cap = 1;
    let waiting = as_it_is(&fx, &other).pop().unwrap();
    let second = fx.router().next_change();
    fx.router().propose_change(&owner, &waiting).unwrap();
    fx.pass(172_800);
    let first = as_it_is(&fx, &line).pop().unwrap();
    fx.router().apply(&owner, first, &change).unwrap();
    fx.assert_refused("UnknownLine", |fx| fx.router().apply(&owner, waiting, &second));
    assert_eq!(fx.ledger().next_line_id, 3);
}

//! `add_strategy` of a line over another token: its pool, its feed and its own account of the token.

use super::*;

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use gimbal::instructions::router::{code_of, NewLine};
use gimbal::pda::LineAddresses;
use gimbal::readers;
use gimbal::setup::{pools, tokens};
use strategy_router::{adapters::lending::at, state::LineVenue};

/// A deployment with one swapped line, and another one to add over the same pool.
fn proposed() -> (Fixture, Keypair, NewLine) {
    let mut fx = Fixture::from_plan(swapped::plan());
    let token = fx.deployment.token;
    let line = add_strategy::proposal_over(&mut fx, token);
    let line = with_pool(&fx, line);
    (fx.clone(), fx.deployment.actors.owner.insecure_clone(), line)
}

/// The proposal as that of a swapped line, over the deployment's pool and feed.
fn with_pool(fx: &Fixture, mut line: NewLine) -> NewLine {
    line.args.swapped = true;
    line.token_feed = Some(fx.deployment.feeds.get(Asset::Token).key);
    line.swap = Some(code_of(&fx.chain, &swap_venue::ID).unwrap());
    let addresses = LineAddresses::of(&fx.deployment.vault.addresses.ledger, line.args.id);
    line.pinned.push(addresses.token);
    line.pinned.extend(fx.deployment.lines[0].pool.unwrap().pinned());
    line
}

#[test]
fn pool_feed_and_account_are_pinned() {
    let (mut fx, owner, line) = proposed();
    fx.router().add_strategy(&owner, &line).unwrap();
    let ledger = fx.deployment.vault.addresses.ledger;
    let addresses = LineAddresses::of(&ledger, 2);
    let venue: LineVenue = fx.read(&addresses.venue);
    assert_eq!((venue.swapped, venue.account_count, venue.value_count), (1, 19, 2));
    assert_eq!(venue.pinned(), line.pinned);
    assert_eq!((venue.swap.program, venue.swap.program_data), line.swap.unwrap());
    assert_eq!((venue.token_mint, Some(venue.token_feed)), (fx.deployment.token.key, line.token_feed));
    let row = *fx.ledger().line(2).unwrap();
    assert_eq!((row.swapped, row.token_decimals, row.in_flight), (1, 6, 0));
    let account = readers::token_account(&fx.chain, &addresses.token).unwrap();
    assert_eq!((account.mint, account.owner, account.amount), (fx.deployment.token.key, ledger, 0));
    assert_eq!((account.delegate, account.close_authority), (None, None));
}

#[test]
fn every_entry_is_the_pools_own() {
    let (mut fx, owner, line) = proposed();
    for place in at::TOKEN..at::SWAPPED_LEN {
        let mut wrong = line.clone();
        wrong.pinned[place] = Pubkey::new_unique();
        let name = if place == at::POOL { "MalformedVenueAccount" } else { "VenueAccountMismatch" };
        fx.assert_refused(name, |fx| fx.router().add_strategy(&owner, &wrong));
    }
    // The other line's account of the token is the ledger's too, but not this line's.
    let mut wrong = line.clone();
    wrong.pinned[at::TOKEN] = fx.deployment.lines[0].addresses.token;
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line.clone();
    wrong.pinned.swap(at::POOL_VAULT_A, at::POOL_VAULT_B);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line.clone();
    wrong.pinned.pop();
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    // A tick array is no pool.
    let mut wrong = line;
    wrong.pinned[at::POOL] = wrong.pinned[at::TICK_ARRAYS];
    fx.assert_refused("MalformedVenueAccount", |fx| fx.router().add_strategy(&owner, &wrong));
}

#[test]
fn the_pool_trades_the_base_asset_against_the_token() {
    let (mut fx, owner, line) = proposed();
    let deployment = &fx.deployment;
    let third = tokens::create_mint(&mut fx.chain, &deployment.actors, 9, "third mint", 6, token::ID).unwrap();
    for pair in [(&deployment.base, &third), (&third, &deployment.token)] {
        let pool = pools::open(&mut fx.chain, &deployment.actors, (pair.0, 1), (pair.1, 1)).unwrap();
        let mut wrong = line.clone();
        wrong.pinned.truncate(at::POOL);
        wrong.pinned.extend(pool.pinned());
        let mut fx = fx.clone();
        fx.assert_refused("PoolMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    }
}

#[test]
fn the_token_is_another_one_than_the_base_asset() {
    let (mut fx, owner, _) = proposed();
    let base = fx.deployment.base;
    let line = add_strategy::proposal_over(&mut fx, base);
    let line = with_pool(&fx, line);
    fx.assert_refused("MintMismatch", |fx| fx.router().add_strategy(&owner, &line));
}

#[test]
fn the_feed_is_a_feed_and_the_pools_program_owns_the_pool() {
    let (mut fx, owner, line) = proposed();
    let book = fx.deployment.vault.addresses.book;
    let price = fx.deployment.feeds.get(Asset::Token).price_account;
    for (name, key) in [("AccountDiscriminatorMismatch", book), ("AccountOwnedByWrongProgram", price)] {
        let mut wrong = line.clone();
        wrong.token_feed = Some(key);
        fx.assert_refused(name, |fx| fx.router().add_strategy(&owner, &wrong));
    }
    let mut wrong = line.clone();
    wrong.swap = Some(line.venue);
    fx.assert_refused("MalformedVenueAccount", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line.clone();
    wrong.swap = Some((line.swap.unwrap().0, line.venue.1));
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line;
    wrong.args.swapped = false;
    fx.assert_refused("FeedMissing", |fx| fx.router().add_strategy(&owner, &wrong));
}

//! `add_strategy`: the owner pins a venue, and every account of the list is the one that the venue itself names.

use super::*;

use anchor_lang::prelude::Pubkey;
use anchor_spl::{token, token_2022};
use gimbal::bundle::with_budget;
use gimbal::instructions::router::{add_strategy, code_of, NewLine};
use gimbal::pda::LineAddresses;
use gimbal::readers;
use gimbal::setup::{lines, markets, tokens::Mint};
use sha2::{Digest, Sha256};
use solana_account::Account;
use strategy_router::{state::LineVenue, AddStrategyArgs, LineParams};

pub const PARAMS: LineParams = LineParams {
    min_bps: 500,
    target_bps: 1_000,
    max_bps: 2_000,
    band_bps: 50,
    cooldown: 60,
    cap: 5_000 * USDC,
    widen_rate: 10,
    max_slippage_bps: 20,
    haircut_bps: 300,
    max_venue_age: 1_000,
};

/// A further line of the deployment over a fresh market of `mint`.
pub fn proposal_over(fx: &mut Fixture, mint: Mint) -> NewLine {
    let id = fx.ledger().next_line_id;
    let market = if mint.key == fx.deployment.base.key { 60 } else { 61 };
    let addresses = LineAddresses::of(&fx.deployment.vault.addresses.ledger, id);
    let plan = quiet(1).lines.remove(0);
    let reserve = markets::open(&mut fx.chain, &fx.deployment.actors, market, &mint, &plan).unwrap();
    NewLine {
        args: AddStrategyArgs { id, adapter: 1, swapped: false, params: PARAMS, accounts_hash: [0; 32] },
        position_mint: (reserve.addresses.collateral_mint, token::ID),
        token_mint: (mint.key, mint.program),
        token_feed: None,
        venue: code_of(&fx.chain, &lending_venue::ID).unwrap(),
        swap: None,
        pinned: lines::pinned(&addresses, &reserve, None),
    }
}

/// The deployment with one quiet line that steers for 50%, and a line to add.
pub fn proposed() -> (Fixture, Keypair, NewLine) {
    let mut plan = quiet(1);
    plan.lines[0].params.target_bps = 5_000;
    let mut fx = Fixture::from_plan(plan);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let base = fx.deployment.base;
    let line = proposal_over(&mut fx, base);
    (fx, owner, line)
}

#[test]
fn only_the_owner_adds_a_line() {
    let (mut fx, _, line) = proposed();
    let cast = Cast::of(&fx);
    for key in [&cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| fx.router().add_strategy(key, &line));
    }
    let payer = fx.deployment.actors.payer.pubkey();
    let ledger = fx.deployment.vault.addresses.ledger;
    let add = unsigned(add_strategy(&cast.owner.pubkey(), &payer, &ledger, &line), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[add], &[]));
}

#[test]
fn a_line_starts_active_and_empty() {
    let (mut fx, owner, line) = proposed();
    let receipt = fx.router().add_strategy(&owner, &line).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.line_count, ledger.next_line_id), (2, 3));
    let row = ledger.line(2).unwrap();
    assert_eq!((row.id, row.adapter, row.status, row.token_decimals, row.swapped), (2, 1, ACTIVE, 6, 0));
    assert_eq!(LineParams::of(row), PARAMS);
    assert_eq!((row.low, row.mid, row.high, row.position, row.in_flight), (0, 0, 0, 0, 0));
    assert_eq!((row.invested, row.returned, row.last_action_at), (0, 0, 0));

    let addresses = LineAddresses::of(&fx.deployment.vault.addresses.ledger, 2);
    let venue: LineVenue = fx.read(&addresses.venue);
    assert_eq!((venue.version, venue.id, venue.adapter, venue.swapped, venue.token_decimals), (1, 2, 1, 0, 6));
    assert_eq!((venue.account_count, venue.value_count), (10, 2));
    assert_eq!(venue.pinned(), line.pinned);
    assert_eq!((venue.venue.program, venue.venue.program_data), line.venue);
    let (slot, authority) = fx.chain.svm().program_deployment(&lending_venue::ID).unwrap();
    assert_eq!((venue.venue.program_data_slot, venue.venue.upgrade_authority), (slot, authority.unwrap_or_default()));
    assert_eq!((venue.swap.program, venue.token_feed), (Pubkey::default(), Pubkey::default()));
    assert_eq!(venue.token_mint, fx.deployment.base.key);
    let mut hash = Sha256::new();
    line.pinned.iter().for_each(|key| hash.update(key));
    assert_eq!(venue.accounts_hash, <[u8; 32]>::from(hash.finalize()));

    let position = readers::token_account(&fx.chain, &addresses.position).unwrap();
    assert_eq!((position.mint, position.amount), (line.position_mint.0, 0));
    assert_eq!(position.owner, fx.deployment.vault.addresses.ledger);
    assert_eq!((position.delegate, position.close_authority), (None, None));
    let RouterEvent::StrategyAdded(event) = event(&receipt) else { panic!("a line was added") };
    assert_eq!((event.line, event.adapter, event.swapped, event.program), (2, 1, false, lending_venue::ID));
    assert_eq!(event.accounts_hash, venue.accounts_hash);
}

#[test]
fn ids_are_given_in_order_and_never_again() {
    let (mut fx, owner, line) = proposed();
    let ledger = fx.deployment.vault.addresses.ledger;
    for id in [0, 1, 3] {
        // With the id's own addresses, where nothing is yet.
        let mut other = line.clone();
        other.args.id = id;
        other.pinned[1] = LineAddresses::of(&ledger, id).position;
        let refused = fx.assert_unchanged(|fx| fx.router().add_strategy(&owner, &other)).unwrap_err();
        let taken = refused.refused().unwrap().logs.join("\n").contains("already in use");
        assert!(refused.name() == "UnknownLine" || (id == 1 && taken), "{id}: {refused}");
    }
    fx.router().add_strategy(&owner, &line).unwrap();
    let remove = gimbal::instructions::router::remove_strategy(&owner.pubkey(), &ledger, 2, &owner.pubkey());
    fx.send(&[remove], &[&owner]).unwrap();
    fx.assert_refused("UnknownLine", |fx| {
        let mut again = line.clone();
        again.args.id = 4;
        again.pinned[1] = LineAddresses::of(&ledger, 4).position;
        fx.router().add_strategy(&owner, &again)
    });
    assert_eq!(fx.ledger().next_line_id, 3);
}

#[test]
fn parameters_and_adapter_are_checked() {
    let (mut fx, owner, line) = proposed();
    let mut wrong = line.clone();
    wrong.args.params.max_bps = 10_001;
    fx.assert_refused("InvalidBounds", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line.clone();
    wrong.args.params.max_venue_age = 0;
    fx.assert_refused("InvalidLineParams", |fx| fx.router().add_strategy(&owner, &wrong));
    // The other line steers for half of all.
    let mut wrong = line.clone();
    (wrong.args.params.target_bps, wrong.args.params.max_bps) = (5_001, 5_001);
    fx.assert_refused("InvalidBounds", |fx| fx.router().add_strategy(&owner, &wrong));
    for adapter in [0, 2, u8::MAX] {
        let mut wrong = line.clone();
        wrong.args.adapter = adapter;
        fx.assert_refused("UnknownAdapter", |fx| fx.router().add_strategy(&owner, &wrong));
    }
}

#[test]
fn every_entry_of_the_list_is_the_venues_own() {
    let (mut fx, owner, line) = proposed();
    // The same entry of another market: mixing two markets must not be possible.
    let other = fx.deployment.lines[0].context.pinned.clone();
    for (place, key) in other.iter().enumerate().filter(|(place, key)| line.pinned[*place] != **key) {
        let mut wrong = line.clone();
        wrong.pinned[place] = *key;
        fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    }
    for place in 0..line.pinned.len() {
        let mut wrong = line.clone();
        wrong.pinned[place] = Pubkey::new_unique();
        fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    }
    let mut wrong = line.clone();
    wrong.pinned.pop();
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line.clone();
    wrong.pinned.push(line.pinned[0]);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line.clone();
    wrong.pinned.truncate(0);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    // Another account of the market's program is no reserve.
    let mut wrong = line;
    wrong.pinned[0] = wrong.pinned[2];
    fx.assert_refused("MalformedVenueAccount", |fx| fx.router().add_strategy(&owner, &wrong));
}

#[test]
fn the_venue_is_the_program_that_owns_the_reserve() {
    let (mut fx, owner, line) = proposed();
    let swap = code_of(&fx.chain, &swap_venue::ID).unwrap();
    for venue in [swap, (line.venue.0, swap.1), (line.pinned[0], line.venue.1), (line.venue.0, line.pinned[0])] {
        let mut wrong = line.clone();
        wrong.venue = venue;
        fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    }
}

#[test]
fn mints_are_the_reserves_own() {
    let (mut fx, owner, line) = proposed();
    let token = fx.deployment.token;
    let mut wrong = line.clone();
    wrong.token_mint = (token.key, token.program);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line.clone();
    wrong.position_mint = (token.key, token.program);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    // A market of another asset is no same-asset line.
    let mut wrong = proposal_over(&mut fx, token);
    fx.assert_refused("MintMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    // And a swapped one needs its feed, its pool and its account.
    wrong.args.swapped = true;
    fx.assert_refused("FeedMissing", |fx| fx.router().add_strategy(&owner, &wrong));
    wrong.token_feed = Some(fx.deployment.feeds.get(Asset::Token).key);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &wrong));
    let mut wrong = line;
    wrong.token_feed = Some(fx.deployment.feeds.get(Asset::Token).key);
    fx.assert_refused("FeedMissing", |fx| fx.router().add_strategy(&owner, &wrong));
}

/// A Token-2022 mint with one extension of `length` zero bytes, as that program lays it out: the base, padding to the
/// length of a token account, the account's type, then type and length of the extension.
fn mint_with(fx: &mut Fixture, extension: u16, length: u16) -> Pubkey {
    let key = Pubkey::new_unique();
    let known = fx.chain.require_account(&fx.deployment.base.key).unwrap();
    let mut data = known.data[..82].to_vec();
    data.resize(165, 0);
    data.push(1);
    data.extend(extension.to_le_bytes());
    data.extend(length.to_le_bytes());
    data.resize(data.len() + usize::from(length), 0);
    let account = Account { lamports: 10_000_000_000, data, owner: token_2022::ID, ..Account::default() };
    fx.chain.set_account(&key, account).unwrap();
    key
}

#[test]
fn a_token_that_can_change_amounts_or_hands_is_refused() {
    let (mut fx, owner, mut line) = proposed();
    // Numbers and lengths by the Token-2022 interface: transfer fee, close authority, default state, non-transferable,
    // interest, permanent delegate, hook.
    for (extension, length) in [(1, 108), (3, 32), (6, 1), (9, 0), (10, 52), (12, 32), (14, 64)] {
        line.token_mint = (mint_with(&mut fx, extension, length), token_2022::ID);
        fx.assert_refused("UnsupportedMint", |fx| fx.router().add_strategy(&owner, &line));
    }
    // Metadata and groups do neither; the mint is still none of the reserve's.
    for (extension, length) in [(18, 64), (20, 64), (22, 64)] {
        line.token_mint = (mint_with(&mut fx, extension, length), token_2022::ID);
        fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &line));
    }
}

#[test]
fn lamports_sent_to_the_coming_addresses_keep_no_line_out() {
    let (fx, owner, line) = proposed();
    let ledger = fx.deployment.vault.addresses.ledger;
    let coming = LineAddresses::of(&ledger, line.args.id);
    for lamports in [1, 1_000_000_000] {
        let mut fx = fx.clone();
        for key in [coming.venue, coming.position] {
            fx.chain.set_account(&key, Account { lamports, ..Account::default() }).unwrap();
        }
        fx.router().add_strategy(&owner, &line).unwrap();
        let venue: LineVenue = fx.read(&coming.venue);
        let row = *fx.ledger().line(line.args.id).unwrap();
        assert_eq!((venue.id, row.position_bump, row.token_bump), (line.args.id, venue.position_bump, 0));
        let position = readers::token_account(&fx.chain, &coming.position).unwrap();
        assert_eq!((position.owner, position.mint, position.amount), (ledger, line.position_mint.0, 0));
    }
}

#[test]
fn there_are_sixteen_rows() {
    let mut plan = quiet(16);
    plan.lines.iter_mut().for_each(|line| line.params.target_bps = 0);
    let mut fx = Fixture::from_plan(plan);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let base = fx.deployment.base;
    let mut line = proposal_over(&mut fx, base);
    assert_eq!(line.args.id, 17);
    fx.assert_refused("LedgerFull", |fx| fx.router().add_strategy(&owner, &line));
    // A row that becomes free takes the next line, under a new number.
    fx.router().remove_strategy(&owner, 4).unwrap();
    (line.args.params.min_bps, line.args.params.target_bps) = (0, 0);
    fx.router().add_strategy(&owner, &line).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.line_count, ledger.next_line_id, ledger.lines[4].id), (16, 18, 17));
}

/// The owner's instruction, its hash as it is in the line.
pub fn as_it_is(fx: &Fixture, line: &NewLine) -> Vec<Instruction> {
    let actors = &fx.deployment.actors;
    let ledger = fx.deployment.vault.addresses.ledger;
    with_budget(&[add_strategy(&actors.owner.pubkey(), &actors.payer.pubkey(), &ledger, line)])
}

#[test]
fn the_accounts_are_those_of_the_hash() {
    let (mut fx, owner, line) = proposed();
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&as_it_is(fx, &line), &[&owner]));
    let sealed = line.sealed();
    // The keys in their order: program, program data, list.
    let mut hash = Sha256::new();
    [sealed.venue.0, sealed.venue.1].iter().chain(&sealed.pinned).for_each(|key| hash.update(key));
    assert_eq!(sealed.args.accounts_hash, <[u8; 32]>::from(hash.finalize()));
    for place in 0..sealed.pinned.len() {
        let mut other = sealed.clone();
        other.pinned[place] = Pubkey::new_unique();
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&as_it_is(fx, &other), &[&owner]));
    }
    let mut long = sealed.clone();
    long.pinned.resize(27, sealed.pinned[0]);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&as_it_is(fx, &long), &[&owner]));
    fx.send(&as_it_is(&fx, &sealed), &[&owner]).unwrap();
}

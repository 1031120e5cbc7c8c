//! Every refusal of `update_feed` by its name, with nothing changed. Attacks 35 to 39.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, PriceUpdate, Sandbox, Verification};
use gimbal::instructions::oracle::{feed_address, register_feed, update_feed};

use super::world::*;

/// Posts a changed price of either source and asserts that it is refused.
#[track_caller]
fn refuse_both(name: &str, change: impl Fn(&mut PriceUpdate)) {
    let mut world = World::priced();
    world.warp(5);
    let (good, good_second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    let mut bad = good;
    change(&mut bad);
    world.post(&bad, &good_second);
    world.refuse(name, world.update_both(), &[]);
    world.refuse(name, world.update_first(), &[]);
    let mut bad = good_second;
    change(&mut bad);
    world.post(&good, &bad);
    world.refuse(name, world.update_both(), &[]);
    // The first source alone is not held up by it.
    world.send(&[world.update_first()], &[]).unwrap();
    assert_eq!(world.feed().price, 151 * ONE);
}

/// Attack 35.
#[test]
fn only_the_receivers_own_accounts_are_believed() {
    refuse_both("WrongPriceOwner", |update| update.receiver = pubkey("another program"));
    refuse_both("WrongPriceOwner", |update| update.receiver = risk_oracle::ID);
    refuse_both("WrongPriceOwner", |update| update.receiver = Pubkey::default());
    // The push oracle's accounts belong to the receiver; one that belongs to the push oracle is none of them.
    refuse_both("WrongPriceOwner", |update| update.receiver = gimbal_svm::pyth::PYTH_PUSH_ORACLE);
}

#[test]
fn an_account_must_hold_a_price_update() {
    let mut world = World::priced();
    world.warp(5);
    let (good, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    world.post(&good, &second);
    let posted = world.posted;
    let account = world.chain.get_account(&posted).unwrap().unwrap();
    for change in [
        (|data: &mut Vec<u8>| data[0] ^= 1) as fn(&mut Vec<u8>),
        |data| data.truncate(8 + 32 + 1 + 84 + 8 - 1),
        |data| data.clear(),
        // A verification level that does not exist.
        |data| data[40] = 2,
    ] {
        let mut malformed = account.clone();
        change(&mut malformed.data);
        world.chain.set_account(&posted, malformed).unwrap();
        world.refuse("MalformedPrice", world.update_both(), &[]);
    }
    let missing = update_feed(&world.feed, &pubkey("nothing"), None);
    world.refuse("WrongPriceOwner", missing, &[]);
}

/// Attack 36.
#[test]
fn partial_verification_is_refused() {
    refuse_both("PriceNotFullyVerified", |update| update.verification = Verification::Partial(12));
    refuse_both("PriceNotFullyVerified", |update| update.verification = Verification::Partial(u8::MAX));
}

/// Attack 37.
#[test]
fn another_assets_price_is_refused() {
    refuse_both("FeedIdMismatch", |update| update.feed_id = [0xE7; 32]);
    refuse_both("FeedIdMismatch", |update| update.feed_id = [0; 32]);
}

#[test]
fn the_two_sources_cannot_stand_in_for_each_other() {
    let mut world = World::priced();
    world.warp(5);
    let (first, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    world.post(&first, &second);
    world.refuse("FeedIdMismatch", update_feed(&world.feed, &world.second_posted, None), &[]);
    world.refuse("FeedIdMismatch", update_feed(&world.feed, &world.posted, Some(&world.posted)), &[]);
}

/// Attack 39.
#[test]
fn a_price_must_be_positive() {
    refuse_both("PriceNotPositive", |update| update.price = 0);
    refuse_both("PriceNotPositive", |update| update.price = -1);
    refuse_both("PriceNotPositive", |update| update.price = i64::MIN);
}

/// Attack 39.
#[test]
fn an_exponent_must_be_sane() {
    refuse_both("ExponentOutOfRange", |update| update.exponent = -21);
    refuse_both("ExponentOutOfRange", |update| update.exponent = 13);
    refuse_both("ExponentOutOfRange", |update| update.exponent = i32::MIN);
    refuse_both("ExponentOutOfRange", |update| update.exponent = i32::MAX);
}

#[test]
fn a_price_must_fit() {
    // 151 · 10^8 dollars, and 151 · 10^8 · 10^-23.
    refuse_both("PriceOutOfRange", |update| update.exponent = 0);
    refuse_both("PriceOutOfRange", |update| (update.price, update.exponent) = (1, -13));
    refuse_both("PriceOutOfRange", |update| update.conf = u64::MAX);
}

/// Attack 38.
#[test]
fn a_price_from_the_future_is_refused() {
    refuse_both("PriceFromFuture", |update| update.publish_time += 11);
    refuse_both("PriceFromFuture", |update| update.publish_time = i64::MAX);
}

/// Attack 38.
#[test]
fn an_old_price_is_refused() {
    refuse_both("PriceTooOld", |update| update.publish_time -= 61);
    refuse_both("PriceTooOld", |update| update.publish_time = 0);
    refuse_both("PriceTooOld", |update| update.publish_time = i64::MIN);
}

/// Attack 38.
#[test]
fn a_price_older_than_the_stored_one_is_refused() {
    // Stored five seconds ago.
    refuse_both("PriceOlderThanStored", |update| update.publish_time -= 6);
}

/// Attack 39.
#[test]
fn a_wide_confidence_is_refused() {
    // 2% of 151 dollars is 3.02.
    refuse_both("ConfidenceTooWide", |update| update.conf = 302_000_001);
    let mut world = World::priced();
    world.warp(5);
    let edge = PriceUpdate { conf: 302_000_000, ..world.price(151 * DOLLAR) };
    let second = PriceUpdate { conf: 302_000_000, ..world.second_price(151 * DOLLAR) };
    world.post(&edge, &second);
    world.send(&[world.update_both()], &[]).unwrap();
    assert_eq!(world.feed().price, 151 * ONE);
}

#[test]
fn the_first_fault_in_the_documented_order_is_named() {
    let mut world = World::priced();
    world.warp(5);
    let (good, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    let mut bad = PriceUpdate {
        receiver: pubkey("another program"),
        verification: Verification::Partial(1),
        feed_id: [1; 32],
        price: -1,
        conf: 15_100_000_000,
        exponent: 99,
        publish_time: good.publish_time + 99,
        ..good
    };
    let mut expect = |bad: &PriceUpdate, name: &str| {
        world.post(bad, &second);
        world.refuse(name, world.update_both(), &[]);
    };
    expect(&bad, "WrongPriceOwner");
    bad.receiver = good.receiver;
    expect(&bad, "PriceNotFullyVerified");
    bad.verification = Verification::Full;
    expect(&bad, "FeedIdMismatch");
    bad.feed_id = good.feed_id;
    expect(&bad, "PriceNotPositive");
    bad.price = good.price;
    expect(&bad, "ExponentOutOfRange");
    bad.exponent = good.exponent;
    expect(&bad, "PriceFromFuture");
    bad.publish_time = good.publish_time - 61;
    expect(&bad, "PriceTooOld");
    bad.publish_time = good.publish_time - 6;
    expect(&bad, "PriceOlderThanStored");
    bad.publish_time = good.publish_time;
    expect(&bad, "ConfidenceTooWide");
}

#[test]
fn a_feed_without_a_second_source_takes_none() {
    let mut world = World::priced();
    let id = [0xE7; 32];
    let register = register_feed(&pubkey("owner"), &pubkey("payer"), registration(id, [0; 32]));
    world.send(&[register], &["owner"]).unwrap();
    let feed = feed_address(&pubkey("owner"), &id);
    let price = PriceUpdate { feed_id: id, ..world.price(3_000 * DOLLAR) };
    let second = PriceUpdate { feed_id: [0; 32], ..price };
    world.post(&price, &second);
    let (posted, second_posted) = (world.posted, world.second_posted);
    world.refuse("NoSecondSource", update_feed(&feed, &posted, Some(&second_posted)), &[]);
    world.send(&[update_feed(&feed, &posted, None)], &[]).unwrap();
}

#[test]
fn a_book_is_no_feed() {
    let mut world = World::priced();
    let (book, posted) = (world.book, world.posted);
    world.refuse("AccountDiscriminatorMismatch", update_feed(&book, &posted, None), &[]);
}

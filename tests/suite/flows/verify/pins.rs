//! Deliberate corruptions of what is pinned: queued changes, lists of accounts, code.

use super::corruptions::{found, line_venue};
use super::*;
use strategy_router::state::LineVenue;

// 8: queue hash

#[test]
fn queue_hash() {
    let changed = |queue: fn(&Fixture) -> gimbal::instructions::changes::Queue, nonce| {
        found(move |fx| {
            let key = queue(fx).change(nonce);
            // The record's last 32 bytes before its 640 of data.
            alter_bytes(fx, &key, |data| {
                let place = data.len() - 640 - 1;
                data[place] ^= 1;
            });
        })
    };
    assert_eq!(changed(Fixture::vault_queue, 0), ["change.vault.0.hash"]);
    assert_eq!(changed(Fixture::ledger_queue, 0), ["change.ledger.0.hash"]);
    assert_eq!(changed(Fixture::ledger_queue, 1), ["change.ledger.1.hash"]);
    assert_eq!(changed(Fixture::book_queue, 0), ["change.book.0.hash"]);
    assert_eq!(changed(|fx| fx.feed_queue(Asset::Base), 0), ["change.base_feed.0.hash"]);
    assert_eq!(changed(Fixture::vault_queue, 1), [""; 0], "a vetoed change is bound to nothing");
}

#[test]
fn a_change_that_waits_less_or_lies_elsewhere() {
    let hurried = found(|fx| {
        let key = fx.vault_queue().change(0);
        alter(fx, &key, |change: &mut vault::state::Change| {
            change.record.proposed_at += 1_000_000;
            change.record.ready_at = change.record.proposed_at;
        });
    });
    assert_eq!(hurried, ["change.vault.0.terms"]);
    let smuggled = found(|fx| {
        let key = fx.vault_queue().change(0);
        let account = fx.chain.require_account(&key).unwrap();
        fx.chain.set_account(&Pubkey::new_from_array([9; 32]), account).unwrap();
    });
    assert_eq!(smuggled, ["change.vault.0.address"]);
    let swapped = found(|fx| {
        let key = fx.vault_queue().change(0);
        // Another instruction's data: the discriminator's first byte.
        alter(fx, &key, |change: &mut vault::state::Change| change.record.data[0] ^= 1);
    });
    assert_eq!(swapped, ["change.vault.0.hash"]);
}

// 9: pinned account

#[test]
fn pinned_account() {
    let replaced = |rehash: bool| {
        found(move |fx| {
            let key = line_venue(fx, 1);
            // Where deposits would go: the reserve's vault.
            alter(fx, &key, |venue: &mut LineVenue| {
                venue.accounts[5] = Pubkey::new_from_array([5; 32]);
                if rehash {
                    venue.accounts_hash = LineVenue::hash_of(venue.pinned());
                }
            });
        })
    };
    assert_eq!(replaced(false), ["line.1.pinned.hash", "line.1.pinned.list"]);
    assert_eq!(replaced(true), ["line.1.pinned.list"]);
    assert_eq!(
        found(|fx| {
            let key = line_venue(fx, 3);
            alter(fx, &key, |venue: &mut LineVenue| venue.swapped = 0)
        }),
        { ["line.3.agreement"] }
    );
}

#[test]
fn pinned_code() {
    let upgraded = found(|fx| {
        fx.chain.svm_mut().upgrade_program(&lending_venue::ID, 77, None).unwrap();
    });
    assert_eq!(upgraded, ["line.1.venue.code", "line.2.venue.code", "line.3.venue.code"]);
    let sold = found(|fx| {
        fx.chain.svm_mut().upgrade_program(&swap_venue::ID, 0, Some(Pubkey::new_from_array([3; 32]))).unwrap();
    });
    assert_eq!(sold, ["line.3.swap.code"]);
}

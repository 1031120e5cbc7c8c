//! What a line's venue calls are pinned to.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use strategy_router::{state::MAX_VENUE_ACCOUNTS, venue::accounts::matches_in_order, LineVenue};

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = base_of::<LineVenue>(|venue| {
        (venue.account_count, venue.value_count, venue.id, venue.adapter) = (10, 2, 1, 1);
        venue.accounts[..10].iter_mut().enumerate().for_each(|(place, key)| *key = [place as u8; 32].into());
        venue.accounts_hash = LineVenue::hash_of(&venue.accounts[..10]);
    });
    load::<LineVenue>(&input.account(&base), |venue| {
        let pinned = venue.pinned();
        assert!(pinned.is_empty() || pinned.len() == usize::from(venue.account_count));
        assert_eq!(venue.is_swapped(), venue.swapped != 0);
        if venue.invariant().is_err() {
            return;
        }
        assert!(usize::from(venue.account_count) <= MAX_VENUE_ACCOUNTS && pinned.starts_with(venue.value_accounts()));
        assert_eq!(venue.accounts_hash, LineVenue::hash_of(pinned));
        // The list itself matches; with any one account changed, left out or twice it does not.
        let matches = |keys: &[_]| matches_in_order(pinned, keys.iter(), 0..0, |_| false);
        assert!(matches(pinned));
        if !pinned.is_empty() {
            let place = input.numbers[0] as usize % pinned.len();
            let mut changed = pinned.to_vec();
            changed[place] = [0xff; 32].into();
            assert_eq!(matches(&changed), pinned[place] == changed[place]);
            changed.copy_from_slice(pinned);
            changed.insert(place, pinned[place]);
            assert!(!matches(&changed));
            changed.copy_within(..0, 0);
            changed.remove(place);
            changed.remove(place);
            assert!(!matches(&changed));
        }
    });
});

//! Remaining accounts against the pinned list.

use anchor_lang::prelude::Pubkey;
use proptest::prelude::*;
use strategy_router::{state::LineVenue, venue::accounts::matches_in_order};

fn keys(count: u8) -> Vec<Pubkey> {
    (1..=count).map(|n| Pubkey::new_from_array([n; 32])).collect()
}

fn matched(pinned: &[Pubkey], supplied: &[Pubkey]) -> bool {
    matches_in_order(pinned, supplied.iter(), 0..0, |_| true)
}

#[test]
fn only_the_same_list_matches() {
    let list = keys(10);
    assert!(matched(&list, &list));
    assert!(!matched(&list, &list[..9]), "one left out at the end");
    assert!(!matched(&list, &list[1..]), "one left out at the front");
    assert!(!matched(&list, &keys(11)), "one added");
    let mut swapped = list.clone();
    swapped.swap(3, 4);
    assert!(!matched(&list, &swapped), "two exchanged");
    let mut repeated = list.clone();
    repeated[5] = list[4];
    assert!(!matched(&list, &repeated), "one repeated in place of another");
    assert!(matched(&[], &[]));
    assert!(!matched(&[], &list));
}

#[test]
fn stand_ins_are_taken_only_where_and_when_allowed() {
    let list = keys(6);
    let mut other = list.clone();
    other[4] = Pubkey::new_from_array([99; 32]);
    assert!(matches_in_order(&list, other.iter(), 3..5, |_| true));
    assert!(!matches_in_order(&list, other.iter(), 3..5, |_| false), "another owner");
    assert!(!matches_in_order(&list, other.iter(), 3..4, |_| true), "outside the range");
    assert!(!matches_in_order(&list, other[..5].iter(), 3..5, |_| true), "length still counts");
}

#[test]
fn the_hash_sees_content_order_and_length() {
    let list = keys(10);
    let hash = LineVenue::hash_of(&list);
    // sha256 over the 320 bytes 01×32, 02×32, … 0a×32, from Python's hashlib.
    let expected = "65155bfea1fbc8fb48c859e4fd61838a6ff6f215fc10e3a9ef71529c2ab77371";
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
    let mut exchanged = list.clone();
    exchanged.swap(0, 1);
    assert_ne!(LineVenue::hash_of(&exchanged), hash);
    assert_ne!(LineVenue::hash_of(&list[..9]), hash);
}

proptest! {
    #[test]
    fn any_other_permutation_is_refused(order in Just((0..10usize).collect::<Vec<_>>()).prop_shuffle()) {
        let list = keys(10);
        let shuffled: Vec<Pubkey> = order.iter().map(|index| list[*index]).collect();
        prop_assert_eq!(matched(&list, &shuffled), shuffled == list);
    }
}

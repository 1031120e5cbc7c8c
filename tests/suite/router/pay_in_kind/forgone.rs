//! What cannot be taken is forgone, and stays for the others.

use super::*;

#[test]
fn what_is_forgone_stays_for_the_others() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let mut bob = Leaver::bob(&mut fx);
    let receiver = std::mem::replace(&mut bob.receivers[0], FORGONE);
    let receipt = bob.take(&mut fx, &vault, (1, 4)).unwrap();
    assert_eq!((fx.balance(&receiver), fx.balance(&bob.receivers[1])), (0, 75 * USDC));
    assert_eq!((values(&fx, 0), values(&fx, 1)), ([300 * USDC; 4], [225 * USDC; 4]));
    let RouterEvent::PaidInKind(event) = event(&receipt) else { panic!("a part was paid") };
    assert_eq!(event.lines.iter().map(|paid| paid.position).collect::<Vec<_>>(), [0, 75 * USDC]);
    // The cash as well.
    take(&mut fx, &vault, None, &bob.groups(), (1, 3)).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.ledger().paid), (300 * USDC, 100 * USDC));
    assert_eq!((fx.balance(&bob.base), fx.balance(&bob.receivers[1])), (100 * USDC, 150 * USDC));
    // 300 in cash, 300 and 150 in the lines.
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().low, 750 * USDC);
}

/// Where a transaction has no room for a key more, the place alone says what is forgone; nothing is paid from it.
#[test]
fn what_is_forgone_need_not_be_named() {
    let (mut fx, vault) = kind(3, 200 * USDC);
    let bob = Leaver::bob(&mut fx);
    let groups = bob.groups();
    let [first, second, third] = groups.as_slice() else { panic!("three lines") };
    let left_out = |count: usize| vec![KindSource::left_out(); count];
    let attempt = |fx: &mut Fixture, groups: Vec<AccountMeta>| {
        let take = own::pay_in_kind_instruction(fx, &vault.pubkey(), Some(bob.base), groups, (1, 4));
        fx.send(&gimbal::bundle::with_budget(&[take]), &[&vault])
    };
    let mut from_nowhere = second.to_vec();
    from_nowhere[0] = KindSource::left_out();
    for wrong in [vec![], left_out(2), left_out(4), from_nowhere] {
        let groups = [first.to_vec(), wrong, third.to_vec()].concat();
        fx.assert_refused("VenueAccountMismatch", |fx| attempt(fx, groups));
    }
    attempt(&mut fx, [first.to_vec(), left_out(1), third.to_vec()].concat()).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (100 * USDC, vec![50 * USDC, 0, 50 * USDC]));
    assert_eq!(values(&fx, 1), [200 * USDC; 4]);
}

#[test]
fn an_account_that_cannot_pay_does_not_hold_up_the_rest() {
    /// `AccountState::Frozen` at its place; a delegate at its; a close authority at its.
    const TAMPERED: [(usize, &[u8], &str); 3] = [
        (108, &[2], "MintMismatch"),
        (72, &[1], "ForeignAuthorityOnTokenAccount"),
        (129, &[1], "ForeignAuthorityOnTokenAccount"),
    ];
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    for (offset, bytes, error) in TAMPERED {
        let mut fx = fx.clone();
        tamper(&mut fx, &bob.sources[0].source, offset, bytes);
        fx.assert_refused(error, |fx| bob.take(fx, &vault, (1, 4)));
        let mut wise = bob.clone();
        wise.receivers[0] = FORGONE;
        wise.take(&mut fx, &vault, (1, 4)).unwrap();
        assert_eq!((fx.balance(&bob.base), wise.received(&fx)[1]), (100 * USDC, 75 * USDC));
        // And cash that cannot move.
        let cash = fx.deployment.vault.addresses.cash;
        tamper(&mut fx, &cash, offset, bytes);
        fx.assert_refused(error, |fx| wise.take(fx, &vault, (1, 3)));
        take(&mut fx, &vault, None, &wise.groups(), (1, 3)).unwrap();
        assert_eq!(wise.received(&fx)[1], 150 * USDC);
    }
}

#[test]
fn forgoing_all_lines_takes_no_receivers() {
    let (mut fx, vault) = kind(16, 50 * USDC);
    let mut bob = Leaver::bob(&mut fx);
    bob.receivers.fill(FORGONE);
    bob.take(&mut fx, &vault, (1, 10)).unwrap();
    assert_eq!((fx.balance(&bob.base), fx.ledger().cash_tracked), (20 * USDC, 180 * USDC));
    assert!((0..16).all(|place| values(&fx, place) == [50 * USDC; 4]));
}

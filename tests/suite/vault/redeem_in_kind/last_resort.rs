//! When nobody else acts and a venue no longer answers.

use super::*;
use gimbal_control::Direction;

#[test]
fn nothing_stands_in_the_way() {
    let (mut fx, alice) = due();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.router().set_status(&guardian, 0, 2).unwrap();
    fx.warp(100 * DAY);
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    assert_eq!(fx.vault_state().shares, 750 * USDC);
    fx.assert_identities();
}

/// No admin, keeper or feed acts, and the venue's account no longer parses. Before the deadline exits wait; after the
/// first they are filled at what the line has faded to; after the second the rest leaves in kind, and everybody is out.
#[test]
fn everybody_gets_out_of_a_venue_that_no_longer_parses() {
    let (mut fx, alice) = invested();
    let bob = fx.depositor(0);
    let give = anchor_spl::token::spl_token::instruction::transfer(
        &token::ID,
        &alice.shares,
        &bob.shares,
        &alice.pubkey(),
        &[],
        500 * USDC,
    )
    .unwrap();
    fx.send(&[give], &[&alice.key]).unwrap();

    let reserve = fx.deployment.lines[0].context.pinned[0];
    let sound = fx.chain.require_account(&reserve).unwrap();
    let mut broken = sound.clone();
    broken.data.truncate(sound.data.len() / 2);
    fx.chain.set_account(&reserve, broken).unwrap();
    // The identities read the venue, which they cannot as it is.
    let assert_identities = |fx: &Fixture| {
        let mut fx = fx.clone();
        fx.chain.set_account(&reserve, sound.clone()).unwrap();
        fx.assert_identities();
    };
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.vault().request_redeem(&bob, 500 * USDC).unwrap();

    // Before the first deadline: nothing can be valued, recalled or priced.
    fx.warp(DEADLINE - 1);
    let stranger = fx.depositor(0);
    fx.vault().kind_receivers(&alice);
    fx.assert_refused("MalformedVenueAccount", |fx| fx.router().refresh(0));
    fx.assert_refused("MalformedVenueAccount", |fx| fx.router().recall(&stranger.key, 0, USDC));
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(2));
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));

    // After it: 600 USDC count with 7 of 14 days and the ten minutes that valuations may be old, and widened. Alice is
    // paid of it in cash, and Bob what is left of the cash.
    fx.warp(1);
    let low = fx.ledger().nav_overdue(fx.chain.clock().unwrap().unix_timestamp).unwrap();
    assert!((695 * USDC..701 * USDC).contains(&low), "{low}");
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!(fx.ticket(0).unwrap().claimable, worth(500 * USDC, low, 1_000 * USDC));
    fx.vault().claim(&alice, 0).unwrap();
    let part = fx.ticket(1).unwrap();
    assert!(part.is_open() && part.claimable > 0 && part.shares_left > 0);
    assert!(fx.ledger().cash_tracked <= 1);
    fx.assert_refused("NothingToFill", |fx| fx.vault().fill_tickets(1));
    assert_identities(&fx);

    // After the second: all that is left is his, as it lies.
    fx.warp(DEADLINE);
    let (position, cash) = (fx.line(0).position, fx.ledger().cash_tracked);
    let collateral = fx.vault().kind_receivers(&bob)[0].1;
    fx.vault().redeem_in_kind(&bob, 1).unwrap();
    fx.vault().claim(&bob, 1).unwrap();
    assert_eq!(fx.balance(&collateral), position);
    assert_eq!(fx.balance(&bob.base), part.claimable + cash);
    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.queued_shares, vault.passed_shares, vault.claims_owed), (0, 0, 0, 0));
    assert!(fx.line(0).is_empty());
    assert_identities(&fx);
}

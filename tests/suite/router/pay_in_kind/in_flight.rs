//! Tokens in flight: a swapped line pays from two accounts.

use super::*;

/// A swapped line with 500 USDC's worth of receipts and 90 tokens in its token account, 500 in cash.
fn in_flight() -> (Fixture, Keypair) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let plans: Vec<_> = swapped::plan().lines.into_iter().map(without_width).collect();
    let vault = own::with_lines(&mut fx, &plans);
    own::register_keeper(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    let (token, owner) = (fx.deployment.token, fx.deployment.actors.venue_owner.insecure_clone());
    let own = fx.deployment.lines[0].addresses.token;
    let gift = tokens::issue(&mut fx.chain, &fx.deployment.actors, &token, &owner.pubkey(), 90 * USDC).unwrap();
    let gift = token::transfer(&gift, &token.key, &own, &owner.pubkey(), 90 * USDC, 6, &token.program);
    fx.send(&[gift], &[&owner]).unwrap();
    fx.router().harvest(0).unwrap();
    assert_eq!(fx.line(0).in_flight, 90 * USDC);
    (fx, vault)
}

#[test]
fn tokens_in_flight_are_a_group_of_their_own() {
    let (mut fx, vault) = in_flight();
    let bob = Leaver::bob(&mut fx);
    let before = fx.line(0);
    assert_eq!(bob.sources.iter().map(|source| source.tracked).collect::<Vec<_>>(), [before.position, 90 * USDC]);
    let groups = bob.groups();
    for wrong in [vec![groups[0].clone()], vec![groups[1].clone()], vec![groups[1].clone(), groups[0].clone()]] {
        fx.assert_refused("VenueAccountMismatch", |fx| take(fx, &vault, Some(bob.base), &wrong, (1, 3)));
    }
    let receipt = bob.take(&mut fx, &vault, (1, 3)).unwrap();
    let paid = before.position / 3;
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (166_666_666, vec![paid, 30 * USDC]));
    let line = fx.line(0);
    assert_eq!((line.position, line.in_flight), (before.position - paid, 60 * USDC));
    // Two thirds of the value, and a unit for the rounding.
    for (value, old) in [(line.low, before.low), (line.mid, before.mid), (line.high, before.high)] {
        assert!(value.abs_diff(old * 2 / 3) <= 1, "{value} of {old}");
    }
    let RouterEvent::PaidInKind(event) = event(&receipt) else { panic!("a part was paid") };
    assert_eq!(event.lines.iter().map(|of| (of.line, of.position, of.token)).next(), Some((1, paid, 30 * USDC)));
    // A valuation at the same prices agrees.
    fx.router().refresh(0).unwrap();
    assert!(fx.line(0).mid.abs_diff(line.mid) <= 1);
}

#[test]
fn one_of_two_accounts_may_be_forgone() {
    let (mut fx, vault) = in_flight();
    let mut bob = Leaver::bob(&mut fx);
    let before = fx.line(0);
    bob.receivers[0] = FORGONE;
    bob.take(&mut fx, &vault, (1, 3)).unwrap();
    let line = fx.line(0);
    assert_eq!((line.position, line.in_flight), (before.position, 60 * USDC));
    // How much of the value lay in the tokens is not known until it is valued: low and mid as if all had shrunk.
    assert_eq!((line.low, line.mid, line.high), (before.low * 2 / 3, before.mid * 2 / 3, before.high));
    fx.router().refresh(0).unwrap();
    assert!(fx.line(0).mid.abs_diff(before.mid - 30 * USDC) <= 1);
}

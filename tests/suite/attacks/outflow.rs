//! The limit of a day's instant exits, and a whale that cycles its capital through it.

use super::*;
use ::vault::VaultLimitsArgs;
use gimbal::bundle::with_budget;
use gimbal_tests::Signer;

/// A tenth of the vault a day.
const BPS: u16 = 1_000;
/// What Alice and Bob have.
const OURS: u64 = 1_000 * USDC;

/// 1,000 each of Alice's and Bob's in cash, and a whale outside with fifty times as much.
fn limited() -> (Fixture, User, User, User) {
    let mut plan = Plan::with_lines(0);
    plan.terms = VaultLimitsArgs { outflow_bps: BPS, ..plan.terms };
    let mut fx = Fixture::from_plan(plan);
    let (alice, bob, whale) = (fx.depositor(OURS), fx.depositor(OURS), fx.depositor(100 * OURS));
    fx.vault().deposit(&alice, OURS, 0).unwrap();
    fx.vault().deposit(&bob, OURS, 0).unwrap();
    // A day later nothing of these deposits makes room any more.
    fx.pass(DAY);
    (fx, alice, bob, whale)
}

/// In and out in one transaction, as often as it fits.
fn cycle(fx: &mut Fixture, whale: &User, shares: u64, times: usize) {
    let vault = fx.deployment.vault;
    let round = [vault.mint(&whale.pubkey(), shares, u64::MAX), vault.redeem(&whale.pubkey(), shares, 0)];
    let all: Vec<_> = round.iter().cycle().take(2 * times).cloned().collect();
    fx.send(&with_budget(&all), &[&whale.key]).unwrap();
}

/// The bucket used to stop at zero when somebody came in and to count him when he left again: one transaction of a
/// whale filled it, and kept everybody else from leaving at once.
#[test]
fn a_whale_that_cycles_does_not_fill_the_window_for_others() {
    let (mut fx, alice, ..) = limited();
    let whale = fx.depositor(100 * OURS);
    for shares in [1, 222 * USDC, 20 * OURS] {
        cycle(&mut fx, &whale, shares, 2);
    }
    let used = fx.vault_state().outflow.used;
    assert_eq!(used, 0, "nothing has left");
    // A tenth of 2,000, to the unit.
    fx.assert_refused("OutflowLimitReached", |fx| fx.vault().redeem(&alice, 200 * USDC + 1, 0));
    fx.vault().redeem(&alice, 200 * USDC, 0).unwrap();
}

/// The other way round: nobody leaves through the door that the whale's deposit of a moment opens.
#[test]
fn a_whale_that_cycles_does_not_make_room_for_others() {
    let (mut fx, alice, bob, whale) = limited();
    fx.vault().redeem(&alice, 200 * USDC, 0).unwrap();
    fx.assert_refused("OutflowLimitReached", |fx| fx.vault().redeem(&bob, 1, 0));
    for shares in [1, 222 * USDC, 20 * OURS] {
        cycle(&mut fx, &whale, shares, 1);
        fx.assert_refused("OutflowLimitReached", |fx| fx.vault().redeem(&bob, 1, 0));
    }
    // In league with Bob: the whale comes in, Bob leaves in its place, and the whale stays.
    let vault = fx.deployment.vault;
    let together = |out: u64| {
        with_budget(&[
            vault.mint(&whale.pubkey(), 500 * USDC, u64::MAX),
            vault.redeem(&bob.pubkey(), 500 * USDC, 0),
            vault.redeem(&whale.pubkey(), out, 0),
        ])
    };
    let both: [&dyn Signer; 2] = [&whale.key, &bob.key];
    fx.assert_refused("OutflowLimitReached", |fx| fx.send(&together(1), &both));
    let in_and_out =
        with_budget(&[vault.mint(&whale.pubkey(), 500 * USDC, u64::MAX), vault.redeem(&bob.pubkey(), 500 * USDC, 0)]);
    fx.send(&in_and_out, &both).unwrap();
    fx.assert_refused("OutflowLimitReached", |fx| fx.vault().redeem(&whale, 1, 0));
    assert_eq!(fx.vault_state().shares, 1_800 * USDC, "as many as before");
}

/// A whale that is in leaves over days at the limit and no faster, by however many keys and pieces.
#[test]
fn days_keys_and_pieces_let_no_more_out() {
    let mut plan = Plan::with_lines(0);
    plan.terms = VaultLimitsArgs { outflow_bps: BPS, ..plan.terms };
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(OURS);
    fx.vault().deposit(&alice, OURS, 0).unwrap();
    let keys: Vec<User> = (0..5).map(|_| fx.depositor(1_800 * USDC)).collect();
    for key in &keys {
        fx.vault().deposit(key, 1_800 * USDC, 0).unwrap();
    }
    fx.pass(DAY);
    let whole = fx.vault_state().shares;
    assert_eq!(whole, 10_000 * USDC);
    let mut most = u128::from(whole / 10);
    for quarter in 0..12 {
        // Each key tries pieces from large to small until nothing more is let out, and turns some of it round.
        for key in &keys {
            let mut piece = 1_800 * USDC;
            while piece > USDC {
                let held = fx.balance(&key.shares);
                if held < piece || fx.vault().redeem(key, piece, 0).is_err() {
                    piece /= 2;
                }
            }
            if fx.balance(&key.base) >= 100 * USDC {
                cycle(&mut fx, key, 90 * USDC, 1);
            }
        }
        let gone = u128::from(whole - fx.vault_state().shares);
        assert!(gone <= most, "quarter {quarter}: {gone} of at most {most}");
        fx.pass(DAY / 4);
        // A quarter of the largest limit leaks in a quarter of a day.
        most += u128::from(whole / 40);
    }
    // And it has really left at nearly that pace: the limit is of what there is, so it falls.
    assert!(fx.vault_state().shares < whole * 8 / 10, "{}", fx.vault_state().shares);
}

/// The limit is on instant exits only: the excess takes a ticket, and is paid as fast as cash allows.
#[test]
fn what_exceeds_the_window_takes_a_ticket() {
    let (mut fx, alice, bob, whale) = limited();
    fx.vault().redeem(&alice, 200 * USDC, 0).unwrap();
    fx.assert_refused("OutflowLimitReached", |fx| fx.vault().redeem(&bob, OURS, 0));
    fx.vault().request_redeem(&bob, OURS).unwrap();
    // The whale's cycling touches neither the ticket nor the cash that it waits for.
    cycle(&mut fx, &whale, 222 * USDC, 1);
    fx.vault().fill_tickets(1).unwrap();
    let before = fx.balance(&bob.base);
    fx.vault().claim(&bob, 0).unwrap();
    assert!(fx.balance(&bob.base) - before >= OURS - 1);
    fx.assert_identities();
}

//! Attacks on those who wait: on the queue's order, on bounds, on deadlines, and on what a ticket is paid.

mod in_kind;
mod order;
mod owner;
mod price;

use super::*;
use gimbal::bundle::with_budget;

/// The first and the second deadline of a ticket.
const DEADLINE: u64 = 7 * DAY;

const IN_KIND: u64 = 14 * DAY;

fn now(fx: &Fixture) -> i64 {
    fx.chain.clock().unwrap().unix_timestamp
}

/// Alice has 1,000 shares, the attacker 1,000; 400 of 1,000 USDC of hers are cash beside his 1,000.
fn two_holders() -> (Fixture, User, User) {
    let mut fx = Fixture::new();
    let (alice, attacker) = (fx.depositor(2_000 * USDC), fx.depositor(2_000 * USDC));
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.vault().deposit(&attacker, 1_000 * USDC, 0).unwrap();
    fx.refresh_all();
    (fx, alice, attacker)
}

/// What the mint's authority can do to any token account: byte 108 is its state, 2 frozen.
fn freeze(fx: &mut Fixture, account: &Pubkey) {
    tamper(fx, account, |account| account.data[108] = 2);
}

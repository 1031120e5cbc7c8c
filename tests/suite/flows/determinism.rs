//! Equal histories leave equal accounts, byte for byte, whatever runs the programs.

use gimbal::chain::{EmbeddedChain, Mode};
use gimbal_tests::*;

/// A deployment on a chain of its own, and some life in it.
fn lived_through(mode: Mode) -> [u8; 32] {
    let mut fx = Fixture::fresh(mode, Plan::default());
    let (alice, bob) = (fx.depositor(50_000 * USDC), fx.depositor(20_000 * USDC + 7));
    fx.vault().deposit(&alice, 50_000 * USDC, 0).unwrap();
    fx.vault().deposit_and_allocate(&bob, 20_000 * USDC + 7, 0, 0).unwrap();
    for place in 0..3 {
        fx.pass(3_600);
        fx.router().rebalance(place).unwrap();
    }
    fx.pass(DAY);
    fx.vault().redeem(&bob, 1_000 * USDC, 0).unwrap();
    let shares = fx.balance(&alice.shares);
    fx.vault().request_redeem(&alice, shares).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    // A refused transaction leaves nothing behind but its fee.
    assert_error(fx.vault().redeem(&bob, 15_000 * USDC, 0), "InsufficientCash");
    fx.assert_identities();
    fx.chain.accounts_hash()
}

#[test]
fn the_same_history_gives_the_same_accounts() {
    assert_eq!(lived_through(Mode::Native), lived_through(Mode::Native));
}

/// With `GIMBAL_CHAIN=bytecode` this compares host code with bytecode; else two runs of host code.
#[test]
fn native_and_bytecode_give_the_same_accounts() {
    let mode = EmbeddedChain::mode_from_environment().unwrap();
    assert_eq!(lived_through(mode), lived_through(Mode::Native));
}

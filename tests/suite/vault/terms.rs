//! What the tests of fees, limits and lists begin with.

use super::*;
use ::vault::{FeesArgs, VaultLimitsArgs};
use gimbal::setup::keys::keypair;

/// Rates paid to the first user that a fixture makes.
pub fn paid_to_first_user(management_bps: u16, performance_bps: u16, entry_bps: u16, exit_bps: u16) -> FeesArgs {
    let recipient = keypair(Plan::default().seed, "test user", 0).pubkey();
    FeesArgs { recipient, management_bps, performance_bps, entry_bps, exit_bps }
}

/// A vault with these fees and limits; the recipient of the fees, who holds nothing; and Alice with 2,000 USDC, of which she
/// has paid in 1,000 where `paid_in`.
pub fn vault_with(fees: FeesArgs, terms: VaultLimitsArgs, paid_in: bool) -> (Fixture, User, User) {
    let mut fx = Fixture::from_plan(Plan { fees, terms, ..Plan::default() });
    let recipient = fx.depositor(0);
    let alice = fx.depositor(2_000 * USDC);
    if paid_in {
        fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    }
    (fx, recipient, alice)
}

/// Gives the vault `amount` and adopts it: at once in NAV mid and high, in NAV low as it unlocks.
pub fn give(fx: &mut Fixture, amount: u64) {
    let patron = fx.depositor(amount);
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&patron, &cash, amount).unwrap();
    fx.router().harvest_cash().unwrap();
}

/// The vault's owner.
pub fn owner(fx: &Fixture) -> Keypair {
    fx.deployment.actors.owner.insecure_clone()
}

/// Unix second of the chain's clock.
pub fn now(fx: &Fixture) -> i64 {
    fx.chain.clock().unwrap().unix_timestamp
}

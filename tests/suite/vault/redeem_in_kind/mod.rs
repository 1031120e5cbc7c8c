//! `redeem_in_kind`: a part of everything as it lies, when nothing else has helped.

mod accounts;
mod last_resort;
mod payment;
mod queue;

use super::*;
use ::vault::{accounts as of_vault, instruction};
use anchor_lang::prelude::AccountMeta;
use gimbal::bundle::with_budget;

/// The first and the second deadline of a ticket.
const DEADLINE: u64 = 7 * DAY;

const IN_KIND: u64 = 14 * DAY;

/// Alice's ticket 0 of 250 of 1,000 shares, due in kind; 600 of 1,000 USDC lie in the first line.
fn due() -> (Fixture, User) {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 250 * USDC).unwrap();
    fx.warp(IN_KIND);
    (fx, alice)
}

/// Alice's redemption of ticket 0, to receivers that exist, with some of its accounts changed.
fn in_kind_with(
    fx: &mut Fixture,
    user: &User,
    change: impl FnOnce(&mut of_vault::RedeemInKind),
    groups: impl FnOnce(&mut Vec<AccountMeta>),
) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.redeem_in_kind_accounts(&user.pubkey(), 0);
    change(&mut accounts);
    let mut redeem = vault.instruction(accounts, instruction::RedeemInKind {});
    let mut remaining: Vec<AccountMeta> =
        fx.vault().kind_receivers(user).iter().flat_map(|(source, receiver)| source.paid_to(receiver)).collect();
    groups(&mut remaining);
    redeem.accounts.extend(remaining);
    fx.send(&with_budget(&[redeem]), &[&user.key])
}

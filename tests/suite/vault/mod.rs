//! The vault, one file per instruction.
//!
//! Amounts are worked by hand at a price that has a short quotient: 400 USDC deposited and 100 USDC given to the vault
//! make 501 for 401 with the virtual USDC on both sides, so that 50.1 USDC are 40.1 shares.

mod admit;
mod cancel;
mod change_edges;
mod changes;
mod claim;
mod collect_fees;
mod compute;
mod crystallise;
mod demand;
mod deposit;
mod deposit_and_allocate;
mod deposit_cap;
mod fees_flows;
mod fill_bounds;
mod fill_overdue;
mod fill_tickets;
mod initialize;
mod mint;
mod nav_speed;
mod outflow;
mod pause;
mod redeem;
mod redeem_and_recall;
mod redeem_in_kind;
mod renounce;
mod request_redeem;
mod roles;
mod set_fees;
mod set_gate;
mod set_limits;
mod set_lookup_table;
mod terms;
mod transfer_ticket;
mod withdraw;

use anchor_lang::prelude::Pubkey;
use anchor_spl::token::{self, spl_token};
use gimbal::decode::events::{Event, VaultEvent};
use gimbal::instructions::vault::{initialize as make_vault, VaultContext};
use gimbal::pda::VaultAddresses;
use gimbal_tests::*;
use solana_instruction::Instruction;

/// Virtual units on both sides.
const V: u128 = 1_000_000;
/// Time in which an adopted gain becomes part of the low NAV, seconds.
const UNLOCK: u64 = 6 * 3_600;

/// What `shares` are worth, rounded down.
fn worth(shares: u64, nav: u64, supply: u64) -> u64 {
    u64::try_from(u128::from(shares) * (u128::from(nav) + V) / (u128::from(supply) + V)).unwrap()
}

/// What `assets` buy, rounded down.
fn buys(assets: u64, nav: u64, supply: u64) -> u64 {
    u64::try_from(u128::from(assets) * (u128::from(supply) + V) / (u128::from(nav) + V)).unwrap()
}

/// Alice holds 400 shares; 100 USDC were given to the vault, adopted, and count in NAV high but not yet in NAV low.
fn gained() -> (Fixture, User) {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let patron = fx.depositor(100 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&patron, &cash, 100 * USDC).unwrap();
    fx.router().harvest_cash().unwrap();
    (fx, alice)
}

/// As [`gained`], and the gain counts in NAV low as well: 501 for 401.
fn appreciated() -> (Fixture, User) {
    let (mut fx, alice) = gained();
    fx.pass(UNLOCK);
    (fx, alice)
}

/// Alice has deposited 1,000 USDC, of which 600 lie in the first line: its most, 60% of NAV.
fn invested() -> (Fixture, User) {
    let mut fx = Fixture::new();
    let alice = fx.depositor(2_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 400 * USDC);
    (fx, alice)
}

/// Another vault of the same owner, over the same base asset.
fn another_vault(fx: &mut Fixture) -> VaultContext {
    let (owner, payer) = (fx.deployment.actors.owner.insecure_clone(), fx.deployment.actors.payer.pubkey());
    let known = fx.deployment.vault;
    let args = ::vault::InitializeArgs {
        index: 77,
        curator: Pubkey::default(),
        guardian: Pubkey::default(),
        min_first_deposit: 0,
        limits: fx.deployment.plan.limits,
        fees: fx.deployment.plan.fees,
        terms: fx.deployment.plan.terms,
    };
    let make = make_vault(&owner.pubkey(), &payer, &known.base_mint, &known.base_token_program, &known.base_feed, args);
    fx.send(&[make], &[&owner]).unwrap();
    VaultContext { addresses: VaultAddresses::derive(&owner.pubkey(), 77), ..known }
}

/// The vault's events of a transaction, in order.
fn vault_events(receipt: &Receipt) -> Vec<VaultEvent> {
    let of_vault = |event| match event {
        Event::Vault(event) => Some(event),
        _ => None,
    };
    receipt.events().into_iter().filter_map(of_vault).collect()
}

/// Lets `delegate` move `amount` of the user's shares.
fn approve_shares(fx: &mut Fixture, user: &User, delegate: &Pubkey, amount: u64) {
    let approve =
        spl_token::instruction::approve(&token::ID, &user.shares, delegate, &user.pubkey(), &[], amount).unwrap();
    fx.send(&[approve], &[&user.key]).unwrap();
}

/// The instruction without the signature of its account at `place`.
fn unsigned(mut instruction: Instruction, place: usize) -> Instruction {
    instruction.accounts[place].is_signer = false;
    instruction
}

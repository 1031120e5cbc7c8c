//! The attack list: each case is really tried, refused by name, and changes nothing. `docs/attacks.md` has the numbers.

mod accounts;
mod admin;
mod budgets;
mod contagion;
mod donations;
mod exit_fees;
mod exits;
mod flash;
mod gains;
mod growth;
mod in_kind;
mod keepers;
mod lifecycle;
mod lists;
mod mints;
mod oracle;
mod outflow;
mod pauses;
mod programs;
mod risk;
mod shares;
mod swaps;
mod thieves;
mod tickets;
mod tokens;
mod upgrades;
mod venues;

use ::vault::{accounts as of_vault, instruction as to_vault, InitializeArgs};
use anchor_lang::prelude::Pubkey;
use gimbal::instructions::vault::{initialize as make_vault, VaultContext};
use gimbal::pda::VaultAddresses;
use gimbal_tests::*;
use solana_account::Account;
use solana_instruction::Instruction;

/// A deposit of the user with some of its accounts changed.
fn deposit_with(fx: &mut Fixture, user: &User, assets: u64, change: impl FnOnce(&mut of_vault::Deposit)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.deposit_accounts(&user.pubkey());
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, to_vault::Deposit { assets, min_shares: 0 })], &[&user.key])
}

/// A redemption of the user with some of its accounts changed.
fn redeem_with(fx: &mut Fixture, user: &User, shares: u64, change: impl FnOnce(&mut of_vault::Redeem)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.redeem_accounts(&user.pubkey());
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, to_vault::Redeem { shares, min_assets: 0 })], &[&user.key])
}

/// The instruction without the signature of its account at `place`.
fn unsigned(mut instruction: Instruction, place: usize) -> Instruction {
    instruction.accounts[place].is_signer = false;
    instruction
}

/// Changes an account from outside, as only a program's own mistake could.
fn tamper(fx: &mut Fixture, key: &Pubkey, change: impl FnOnce(&mut Account)) {
    let mut account = fx.chain.require_account(key).unwrap();
    change(&mut account);
    fx.chain.set_account(key, account).unwrap();
}

/// A changed copy of an account at another address.
fn forge(fx: &mut Fixture, original: &Pubkey, change: impl FnOnce(&mut Account)) -> Pubkey {
    let copy = gimbal::setup::keys::keypair(9, &original.to_string(), 0).pubkey();
    let mut account = fx.chain.require_account(original).unwrap();
    change(&mut account);
    fx.chain.set_account(&copy, account).unwrap();
    copy
}

/// What a second vault of the deployment's owner is made with.
fn second_args(fx: &Fixture) -> InitializeArgs {
    InitializeArgs {
        index: 9,
        curator: Pubkey::default(),
        guardian: Pubkey::default(),
        min_first_deposit: 0,
        limits: fx.deployment.plan.limits,
        fees: fx.deployment.plan.fees,
        terms: fx.deployment.plan.terms,
    }
}

/// A second vault of the same owner over the same asset.
fn second_vault(fx: &mut Fixture) -> VaultContext {
    let (owner, payer) = (fx.deployment.actors.owner.insecure_clone(), fx.deployment.actors.payer.pubkey());
    let (known, args) = (fx.deployment.vault, second_args(fx));
    let index = args.index;
    let make = make_vault(&owner.pubkey(), &payer, &known.base_mint, &known.base_token_program, &known.base_feed, args);
    fx.send(&[make], &[&owner]).unwrap();
    VaultContext { addresses: VaultAddresses::derive(&owner.pubkey(), index), ..known }
}

/// What a user has when its shares are priced as leavers are paid, whether cash is there or not: base units, rounded
/// down.
fn wealth(fx: &Fixture, user: &User) -> u64 {
    let vault = fx.vault_state();
    let now = fx.chain.clock().unwrap().unix_timestamp;
    let low = u128::from(fx.ledger().nav(now).unwrap().low);
    let shares = u128::from(fx.balance(&user.shares));
    const VIRTUAL: u128 = 1_000_000;
    let worth = shares * (low + VIRTUAL) / (u128::from(vault.shares + vault.fee_shares) + VIRTUAL);
    fx.balance(&user.base) + u64::try_from(worth).unwrap()
}

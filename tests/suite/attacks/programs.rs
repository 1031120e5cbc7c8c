//! Attacks 8 and 9: programs and sysvars that are not what they pose as.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::{lending, router};
use gimbal_venue_wire::klend::instruction::INSTRUCTIONS_SYSVAR;

/// Attack 8.
#[test]
fn a_fake_token_program_is_refused() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let fake = hostile_venue::ID;
    let name = "InvalidProgramId";
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.share_token_program = fake));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.share_token_program = fake));
    let name = "WrongTokenProgram";
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.base_token_program = fake));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.base_token_program = fake));
    // Token-2022 is a real one, and not this mint's.
    let other = anchor_spl::token_2022::ID;
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.base_token_program = other));

    let keeper = fx.router().keeper(0);
    let vault = fx.deployment.vault;
    let mut collect = router::collect_pay_accounts(&vault, &keeper.pubkey());
    collect.base_token_program = fake;
    let collect =
        gimbal::instructions::build(strategy_router::ID, collect, strategy_router::instruction::CollectPay {});
    fx.assert_refused("InvalidProgramId", |fx| fx.send(&[collect], &[&keeper]));
}

/// Attack 8, of the suite's own programs.
#[test]
fn a_fake_router_or_oracle_is_refused() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let fake = hostile_venue::ID;
    let name = "InvalidProgramId";
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.router_program = fake));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.router_program = fake));

    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    let mut accounts = vault.deposit_and_allocate_accounts(&alice.pubkey(), &line);
    accounts.oracle_program = fake;
    let arguments = to_vault::DepositAndAllocate { assets: USDC, min_shares: 0, line: line.addresses.id };
    let deposit = gimbal::instructions::build_with(::vault::ID, accounts, arguments, line.call_accounts());
    fx.assert_refused(name, |fx| fx.send(&with_budget(&[deposit]), &[&alice.key]));
    let keeper = fx.router().keeper(0);
    let mut accounts = router::rebalance_accounts(&vault, &line, &keeper.pubkey());
    accounts.risk_oracle = fake;
    let arguments = strategy_router::instruction::Rebalance { line: line.addresses.id };
    let rebalance = gimbal::instructions::build_with(strategy_router::ID, accounts, arguments, line.call_accounts());
    fx.assert_refused(name, |fx| fx.send(&with_budget(&[rebalance]), &[&keeper]));
}

/// Attack 9. The suite's programs read no instructions sysvar; they pass the one that the line pinned, and the venue
/// itself looks at its address.
#[test]
fn a_fake_instructions_sysvar_is_refused() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let fake = forge(&mut fx, &alice.base, |account| account.data = vec![0; 2]);
    let swap = |mut instruction: Instruction| {
        for meta in instruction.accounts.iter_mut().filter(|meta| meta.pubkey == INSTRUCTIONS_SYSVAR) {
            meta.pubkey = fake;
        }
        instruction
    };

    // A line that would pin it.
    let hostile = fx.hostile_reserve(owner.pubkey(), None);
    let mut line = fx.hostile_line(&hostile);
    *line.pinned.last_mut().unwrap() = fake;
    fx.assert_refused("VenueAccountMismatch", |fx| fx.router().add_strategy(&owner, &line));
    // A call that would pass it.
    let keeper = fx.router().keeper(0);
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[0].clone());
    let rebalance = swap(router::rebalance(&vault, &line.context, &keeper.pubkey()));
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[rebalance]), &[&keeper]));
    let deposit = swap(vault.deposit_and_allocate(&alice.pubkey(), USDC, 0, &line.context));
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&with_budget(&[deposit]), &[&alice.key]));
    // The market on its own account.
    let receipts = line.reserve.addresses.collateral_mint;
    let payer = fx.deployment.actors.payer.pubkey();
    let account =
        gimbal::instructions::token::create_associated(&payer, &alice.pubkey(), &receipts, &anchor_spl::token::ID);
    fx.send(&[account, line.reserve.refresh()], &[]).unwrap();
    let reserve: lending::ReserveContext = line.reserve;
    let direct = swap(reserve.deposit(&alice.pubkey(), USDC));
    fx.assert_refused("ConstraintAddress", |fx| fx.send(&[direct], &[&alice.key]));
}

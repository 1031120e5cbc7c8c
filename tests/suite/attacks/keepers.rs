//! Attack 34, and what a stolen keeper key is good for.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::router;
use hostile_venue::Trick;

/// A keeper's rebalance of a line, with its registration changed.
fn rebalance_as(fx: &mut Fixture, signer: &Keypair, registration: Pubkey) -> Outcome {
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    let mut accounts = router::rebalance_accounts(&vault, &line, &signer.pubkey());
    accounts.keeper = registration;
    let arguments = strategy_router::instruction::Rebalance { line: line.addresses.id };
    let rebalance = gimbal::instructions::build_with(strategy_router::ID, accounts, arguments, line.call_accounts());
    fx.send(&with_budget(&[rebalance]), &[signer])
}

/// Attack 34.
#[test]
fn a_keeper_inside_the_band_or_the_cooldown_is_refused() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(20_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));

    // Out of the band, and too soon: the first move was a moment ago.
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    fx.assert_refused("CoolingDown", |fx| fx.router().rebalance(0));
    let cooldown = u64::from(fx.line(0).cooldown);
    fx.warp(cooldown - 1);
    fx.refresh_all();
    fx.assert_refused("CoolingDown", |fx| fx.router().rebalance(0));
    fx.warp(1);
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();

    // The cooldown is over, and the line where it should be; just inside the band of 1% is inside.
    fx.warp(cooldown);
    fx.refresh_all();
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    fx.assert_identities();
}

/// Beyond the list.
#[test]
fn a_keeper_that_is_not_registered_is_refused() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(20_000 * USDC);
    let thief = fx.depositor(0).key;
    let actors = fx.deployment.actors.clone();
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.refresh_all();
    let registered = |fx: &Fixture, key: &Pubkey| router::collect_pay_accounts(&fx.deployment.vault, key).keeper;
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.router().rebalance_by(&thief, 0));
    // With somebody else's registration, or a forged one.
    let keeper = registered(&fx, &actors.keepers[0].pubkey());
    fx.assert_refused("ForeignAccount", |fx| rebalance_as(fx, &thief, keeper));
    let forged = forge(&mut fx, &keeper, |account| {
        account.owner = hostile_venue::ID;
        account.data[8 + 8 + 32..8 + 8 + 64].copy_from_slice(thief.pubkey().as_ref());
    });
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| rebalance_as(fx, &thief, forged));
    fx.assert_refused("NotOwner", |fx| fx.router().register_keeper(&thief, &thief.pubkey()));
    // One that was stopped.
    fx.router().set_keeper_active(&actors.guardian, &actors.keepers[0].pubkey(), false).unwrap();
    fx.assert_refused("KeeperInactive", |fx| fx.router().rebalance(0));
    let stopped = &actors.keepers[0];
    fx.assert_refused("NotOwner", |fx| fx.router().set_keeper_active(stopped, &stopped.pubkey(), true));
    fx.router().rebalance_by(&actors.keepers[1], 0).unwrap();
    fx.assert_identities();
}

/// Beyond the list: a keeper is paid what it was promised, once, and nobody else is.
#[test]
fn pay_is_collected_once_and_by_its_keeper() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(20_000 * USDC);
    let thief = fx.depositor(0);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.refresh_all();
    let keeper = fx.router().keeper(0);
    fx.assert_refused("NothingToCollect", |fx| fx.router().collect_pay(&keeper));
    fx.router().rebalance(0).unwrap();
    let mut theft = router::collect_pay_accounts(&fx.deployment.vault, &keeper.pubkey());
    (theft.authority, theft.destination) = (thief.pubkey(), thief.base);
    let theft = gimbal::instructions::build(strategy_router::ID, theft, strategy_router::instruction::CollectPay {});
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[theft], &[&thief.key]));
    fx.router().collect_pay(&keeper).unwrap();
    assert_eq!(fx.balance(&fx.deployment.base.account_of(&keeper.pubkey())), USDC / 100);
    fx.assert_refused("NothingToCollect", |fx| fx.router().collect_pay(&keeper));
    fx.assert_identities();
}

/// Beyond the list: the keeper's key is stolen by whoever runs a venue that gives five basis points too little, within
/// the line's slippage bound of ten. What all its moves of an epoch lose stays within its budget.
#[test]
fn a_stolen_keeper_key_loses_at_most_its_budget() {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.target_bps = 0;
    plan.keepers = 3;
    // 4 and 6 basis points of NAV; one move of half of NAV loses two and a half.
    (plan.limits.keeper_loss_budget_bps, plan.limits.loss_budget_bps) = (4, 6);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(100_000 * USDC);
    let hostile = fx.add_hostile(Pubkey::new_from_array([7; 32]));
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.set_trick(&hostile, Trick::Shave);
    let (owner, curator) = (fx.deployment.actors.owner.insecure_clone(), fx.deployment.actors.curator.insecure_clone());
    let keepers: Vec<Keypair> = fx.deployment.actors.keepers.iter().map(Keypair::insecure_clone).collect();
    fx.refresh_all();

    // The thief turns the crank as often as cooldown and band allow; moving the target is what makes it turn at all.
    let mut target = 5_000;
    let mut refusals = 0;
    for round in 0..24 {
        let keeper = &keepers[round % keepers.len()];
        match fx.clone().router().rebalance_by(keeper, hostile.place) {
            Ok(_) => {
                fx.router().rebalance_by(keeper, hostile.place).unwrap();
            }
            Err(refused) if refused.name() == "LossBudgetExceeded" => {
                refusals += 1;
                fx.assert_refused("LossBudgetExceeded", |fx| fx.router().rebalance_by(keeper, hostile.place));
            }
            // What could not go in need not come back.
            Err(refused) => assert_eq!(refused.name(), "InsideBand"),
        }
        let ledger = fx.ledger();
        let budget = |bps: u64| ledger.epoch.nav_at_start * bps / 10_000;
        assert!(ledger.epoch.loss_used <= budget(6), "{} of {}", ledger.epoch.loss_used, budget(6));
        for keeper in &keepers {
            let address = router::collect_pay_accounts(&fx.deployment.vault, &keeper.pubkey()).keeper;
            let registration: strategy_router::Keeper = fx.read(&address);
            assert!(registration.loss_used <= budget(4));
        }
        target = if target == 5_000 { 0 } else { 5_000 };
        let params = strategy_router::LineParams { target_bps: target, ..fx.hostile_line(&hostile).args.params };
        fx.router().set_bounds(&curator, hostile.place, params).unwrap();
        fx.warp(600);
        fx.refresh_all();
    }
    assert!(refusals >= 8, "{refusals} refusals in one epoch");
    // NAV fell by the budget and the pay, and by nothing else: the market of the first line holds none of it.
    let now = fx.chain.clock().unwrap().unix_timestamp;
    let nav = fx.ledger().nav(now).unwrap().mid;
    let most = 10_000 * USDC * 6 / 10_000 + fx.ledger().epoch.pay_used;
    assert!(nav + most >= 10_000 * USDC, "{nav}");

    // Another registration of the same key starts at its old counts: it is the same account.
    fx.assert_refused("AccountAlreadyInUse", |fx| fx.router().register_keeper(&owner, &keepers[0].pubkey()));
}

/// Beyond the list: a keeper that does nothing useful earns nothing, and all earn no more than the epoch's budget.
#[test]
fn pay_is_bounded_by_the_epoch() {
    let mut plan = Plan::with_lines(1);
    (plan.limits.keeper_pay, plan.limits.keeper_pay_budget) = (3 * USDC, 7 * USDC);
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(1_000_000 * USDC);
    let mut amount = 10_000 * USDC;
    for _ in 0..4 {
        fx.vault().deposit(&alice, amount, 0).unwrap();
        amount *= 2;
        fx.warp(600);
        fx.refresh_all();
        fx.router().rebalance(0).unwrap();
    }
    assert_eq!(fx.ledger().keeper_owed, 6 * USDC, "two moves were paid; a third would pass the budget of seven");
    fx.pass(DAY);
    fx.vault().deposit(&alice, amount, 0).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.ledger().keeper_owed, 9 * USDC, "a new epoch pays again");
    fx.assert_identities();
}

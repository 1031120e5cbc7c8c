//! Ceilings of what a user's instructions may cost, all calls included. They bite on bytecode; native figures are nominal.

use super::*;

const CEILING: u64 = 60_000;

#[track_caller]
fn assert_below(receipt: &Receipt, ceiling: u64) {
    let used = receipt.compute_units;
    assert!(used > 0 && used <= ceiling, "{used} compute units, over {ceiling}");
}

#[test]
fn a_flow_costs_the_same_whatever_the_number_of_lines() {
    for lines in [0, 16] {
        let mut fx = Fixture::with_lines(lines);
        let alice = fx.depositor(1_000 * USDC);
        let deposit = fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
        assert_below(&deposit, CEILING);
        let mint = fx.vault().mint(&alice, 100 * USDC, u64::MAX).unwrap();
        assert_below(&mint, CEILING);
        let redeem = fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
        assert_below(&redeem, CEILING);
        let withdraw = fx.vault().withdraw(&alice, 100 * USDC, u64::MAX).unwrap();
        assert_below(&withdraw, CEILING);
    }
}

#[test]
fn the_queue_fits_its_transactions() {
    let (mut fx, alice) = gained();
    for _ in 0..8 {
        let request = fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
        assert_below(&request, 50_000);
    }
    let fill = fx.vault().fill_tickets(8).unwrap();
    assert_below(&fill, 100_000);
    let claim = fx.vault().claim(&alice, 0).unwrap();
    assert_below(&claim, CEILING);
}

/// The dearest that a flow can be made: every fee and limit on, a day's fees due, a price that rose too fast, 16 lines.
#[test]
fn fees_and_limits_leave_a_flow_below_its_ceiling() {
    const ALL_ON: u64 = 75_000;
    let world = measure::flows::World::due(16);
    let flows: [fn(&mut measure::flows::World) -> Outcome; 3] = [
        |world| world.deposit(1_000 * USDC),
        |world| world.fx.vault().redeem(&world.alice, 100 * USDC, 0),
        |world| world.fx.vault().withdraw(&world.alice, 100 * USDC, u64::MAX),
    ];
    for flow in flows {
        let mut world = world.clone();
        let made = world.fx.vault_state().fee_shares_made;
        assert_below(&flow(&mut world).unwrap(), ALL_ON);
        assert!(world.fx.vault_state().fee_shares_made > made, "fees were charged");
        world.fx.assert_identities();
    }
}

/// With a Token-2022 base asset, which costs a key more, sixteen lines leave in kind where the owner pays for it himself.
#[test]
fn sixteen_lines_over_another_token_program_fit_one_transaction() {
    let mut plan = Plan { base_program: anchor_spl::token_2022::ID, ..Plan::with_lines(16) };
    plan.lines[2] = LinePlan { swapped: false, ..plan.lines[1].clone() };
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    for place in 0..16 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.vault().request_redeem(&alice, 10_000 * USDC).unwrap();
    fx.warp(14 * DAY);
    let receivers = fx.vault().kind_receivers(&alice);
    assert_eq!(receivers.len(), 16);
    let paid: Vec<_> = receivers.into_iter().map(|(source, receiver)| (source, Some(receiver))).collect();
    let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &paid);
    let all = gimbal::bundle::with_budget(&[redeem]);
    fx.assert_refused("TooManyAccountLocks", |fx| fx.send(&all, &[&alice.key]));
    let Fixture { chain, deployment, .. } = &mut fx;
    chain.execute(&alice.key, &all, &[], std::slice::from_ref(&deployment.table)).unwrap();
    for (source, receiver) in paid {
        assert_eq!(fx.balance(&receiver.unwrap()), source.tracked);
    }
    assert_eq!(fx.vault_state().shares, 0);
    fx.assert_identities();
}

//! `register_keeper`, `set_keeper_active` and `collect_pay`: who may crank, and what it is paid.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::{build, router, token};
use gimbal::pda::router_seeds::keeper_address;
use gimbal::setup::tokens;
use strategy_router::{instruction, Keeper, LineParams};

/// Pay of one action in these tests.
const PAY: u64 = 10_000;

/// The registration of a key with the fixture's ledger.
fn keeper(fx: &Fixture, key: &Pubkey) -> Keeper {
    fx.read(&keeper_address(&fx.deployment.vault.addresses.ledger, key).0)
}

/// Three lines to bring money to, and a budget that pays two and a half actions a day.
fn paid() -> Fixture {
    let mut plan = quiet(3);
    (plan.limits.keeper_pay, plan.limits.keeper_pay_budget) = (PAY, 25_000);
    funded(plan, 1_000 * USDC).0
}

#[test]
fn only_the_owner_registers() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let key = Keypair::new().pubkey();
    for signer in [&cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| fx.router().register_keeper(signer, &key));
    }
    fx.assert_refused("ZeroKey", |fx| fx.router().register_keeper(&cast.owner, &Pubkey::default()));
    let (payer, ledger) = (fx.deployment.actors.payer.pubkey(), fx.deployment.vault.addresses.ledger);
    let register = router::register_keeper(&cast.owner.pubkey(), &payer, &ledger, &key);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(register, 0)], &[]));
}

#[test]
fn a_new_keeper_is_active_and_has_done_nothing() {
    let mut fx = Fixture::from_plan(quiet(1));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let key = Keypair::new().pubkey();
    let receipt = fx.router().register_keeper(&owner, &key).unwrap();
    let made = keeper(&fx, &key);
    assert_eq!((made.version, made.active, made.key), (1, 1, key));
    assert_eq!(made.ledger, fx.deployment.vault.addresses.ledger);
    assert_eq!((made.actions, made.loss_used, made.owed, made.paid, made.last_action_at), (0, 0, 0, 0, 0));
    let RouterEvent::KeeperChanged(event) = event(&receipt) else { panic!("a keeper was registered") };
    assert_eq!((event.keeper, event.by, event.active, event.time), (key, owner.pubkey(), true, now(&fx)));
}

#[test]
fn who_may_reduce_risk_deactivates_and_only_the_owner_activates() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let key = fx.router().keeper(0).pubkey();
    fx.assert_refused("NotGuardian", |fx| fx.router().set_keeper_active(&cast.stranger, &key, false));
    for signer in [&cast.guardian, &cast.curator, &cast.owner] {
        let mut fx = fx.clone();
        let receipt = fx.router().set_keeper_active(signer, &key, false).unwrap();
        assert_eq!(keeper(&fx, &key).active, 0);
        let RouterEvent::KeeperChanged(event) = event(&receipt) else { panic!("a keeper was deactivated") };
        assert_eq!((event.keeper, event.by, event.active), (key, signer.pubkey(), false));
    }
    fx.router().set_keeper_active(&cast.guardian, &key, false).unwrap();
    for signer in [&cast.guardian, &cast.curator, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| fx.router().set_keeper_active(signer, &key, true));
    }
    fx.router().set_keeper_active(&cast.owner, &key, true).unwrap();
    assert_eq!(keeper(&fx, &key).active, 1);
}

#[test]
fn a_keeper_belongs_to_one_ledger() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    let key = fx.router().keeper(0).pubkey();
    let deployed = fx.deployment.vault.addresses.ledger;
    own::open(&mut fx);
    let ledger = fx.deployment.vault.addresses.ledger;
    let mut set = router::set_keeper_active(&cast.owner.pubkey(), &ledger, &key, false);
    // The account that the deployed ledger made.
    let (own, foreign) = (keeper_address(&ledger, &key).0, keeper_address(&deployed, &key).0);
    set.accounts.iter_mut().filter(|account| account.pubkey == own).for_each(|account| account.pubkey = foreign);
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[set], &[&cast.owner]));
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.router().set_keeper_active(&cast.owner, &key, false));
}

#[test]
fn useful_actions_are_paid_while_the_budget_lasts() {
    let mut fx = paid();
    let [first, second] = [0, 1].map(|number| fx.router().keeper(number));
    fx.router().rebalance_by(&first, 0).unwrap();
    fx.router().rebalance_by(&second, 1).unwrap();
    // 5,000 are left of the budget, which is all keepers' together: nothing is paid in part.
    fx.router().rebalance_by(&first, 2).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.keeper_owed, ledger.epoch.pay_used), (2 * PAY, 2 * PAY));
    let of = |key: &Keypair| keeper(&fx, &key.pubkey());
    assert_eq!((of(&first).owed, of(&first).actions), (PAY, 2));
    assert_eq!((of(&second).owed, of(&second).actions, of(&second).last_action_at), (PAY, 1, now(&fx)));
    // What is promised is nobody's NAV.
    assert_eq!(ledger.nav(now(&fx)).unwrap().mid, 1_000 * USDC - 2 * PAY);
    fx.assert_identities();
}

#[test]
fn pay_is_a_thousandth_of_nav_at_most() {
    // A tenth of a percent of 1,000 USDC is one: with a budget of a hundred two payments of 0.4 are made and no third.
    let mut plan = quiet(3);
    (plan.limits.keeper_pay, plan.limits.keeper_pay_budget) = (400_000, 100 * USDC);
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    for place in 0..3 {
        fx.router().rebalance(place).unwrap();
    }
    let ledger = fx.ledger();
    assert_eq!((ledger.keeper_owed, ledger.epoch.nav_at_start), (800_000, 1_000 * USDC));
    // Whoever comes now widens nothing before the next epoch.
    let whale = fx.depositor(100_000 * USDC);
    fx.vault().deposit(&whale, 100_000 * USDC, 0).unwrap();
    fx.pass(600);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.ledger().keeper_owed, 800_000);
    fx.pass(DAY);
    fx.router().rebalance(1).unwrap();
    assert_eq!(fx.ledger().keeper_owed, 1_200_000);
}

#[test]
fn lamports_sent_to_a_coming_registration_keep_nobody_out() {
    let fx = Fixture::from_plan(quiet(1));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let key = Keypair::new().pubkey();
    let coming = keeper_address(&fx.deployment.vault.addresses.ledger, &key).0;
    for lamports in [1, 10_000_000] {
        let mut fx = fx.clone();
        let gift = solana_account::Account { lamports, ..Default::default() };
        fx.chain.set_account(&coming, gift).unwrap();
        fx.router().register_keeper(&owner, &key).unwrap();
        assert_eq!((keeper(&fx, &key).active, keeper(&fx, &key).key), (1, key));
        // Once made it is not made again.
        let refused = fx.assert_unchanged(|fx| fx.router().register_keeper(&owner, &key)).unwrap_err();
        assert!(refused.refused().unwrap().logs.join("\n").contains("already in use"));
    }
}

#[test]
fn a_new_epoch_has_a_new_budget() {
    let mut fx = paid();
    let owner = fx.deployment.actors.owner.insecure_clone();
    for place in 0..3 {
        fx.router().rebalance(place).unwrap();
    }
    for place in 0..3 {
        let params = LineParams { target_bps: 1_000, ..LineParams::of(&fx.line(place)) };
        fx.router().set_bounds(&owner, place, params).unwrap();
    }
    fx.pass(DAY - 1);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.ledger().keeper_owed, 2 * PAY);
    fx.pass(1);
    fx.router().rebalance(1).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.keeper_owed, ledger.epoch.pay_used, ledger.epoch.start), (3 * PAY, PAY, now(&fx)));
    // The NAV of the epoch's first action.
    assert_eq!(ledger.epoch.nav_at_start, 1_000 * USDC - 2 * PAY);
}

#[test]
fn an_action_that_is_not_needed_is_not_paid() {
    let mut fx = paid();
    fx.router().rebalance(0).unwrap();
    fx.pass(600);
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    assert_eq!(fx.ledger().keeper_owed, PAY);
}

#[test]
fn a_keeper_collects_what_it_has_earned() {
    let mut fx = paid();
    let [first, second] = [0, 1].map(|number| fx.router().keeper(number));
    fx.assert_refused("NothingToCollect", |fx| fx.router().collect_pay(&first));
    fx.router().rebalance_by(&first, 0).unwrap();
    fx.router().rebalance_by(&first, 1).unwrap();
    let cash = fx.ledger().cash_tracked;
    let receipt = fx.router().collect_pay(&first).unwrap();
    let ledger = fx.ledger();
    assert_eq!((ledger.keeper_owed, ledger.keeper_paid, ledger.cash_tracked), (0, 2 * PAY, cash - 2 * PAY));
    let (made, base) = (keeper(&fx, &first.pubkey()), fx.deployment.base);
    assert_eq!((made.owed, made.paid), (0, 2 * PAY));
    assert_eq!(fx.balance(&base.account_of(&first.pubkey())), 2 * PAY);
    let RouterEvent::KeeperPaid(event) = event(&receipt) else { panic!("a keeper was paid") };
    assert_eq!((event.keeper, event.amount, event.time), (first.pubkey(), 2 * PAY, now(&fx)));
    for key in [&first, &second] {
        fx.assert_refused("NothingToCollect", |fx| fx.router().collect_pay(key));
    }
    fx.assert_identities();
}

#[test]
fn nobody_collects_for_another() {
    let mut fx = paid();
    let cast = Cast::of(&fx);
    let [first, second] = [0, 1].map(|number| fx.router().keeper(number));
    fx.router().rebalance_by(&first, 0).unwrap();
    let good = router::collect_pay_accounts(&fx.deployment.vault, &first.pubkey());
    let collect = |accounts| build(strategy_router::ID, accounts, instruction::CollectPay {});
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(collect(good), 0)], &[]));
    for key in [&second, &cast.owner, &cast.stranger] {
        let mut accounts = good;
        accounts.authority = key.pubkey();
        fx.assert_refused("ForeignAccount", |fx| fx.send(&[collect(accounts)], &[key]));
    }
    let mut to_cash = good;
    to_cash.destination = good.cash;
    fx.assert_refused("SameAccount", |fx| fx.send(&[collect(to_cash)], &[&first]));
    let token = fx.deployment.token;
    let other_mint = tokens::issue(&mut fx.chain, &fx.deployment.actors, &token, &first.pubkey(), 0).unwrap();
    let mut to_other = good;
    to_other.destination = other_mint;
    fx.assert_refused("MintMismatch", |fx| fx.send(&[collect(to_other)], &[&first]));
    let mut from_other = good;
    from_other.cash = token::associated(&cast.owner.pubkey(), &good.base_mint, &good.base_token_program);
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[collect(from_other)], &[&first]));
    let deployed = good.ledger;
    own::open(&mut fx);
    let mut foreign = router::collect_pay_accounts(&fx.deployment.vault, &first.pubkey());
    foreign.keeper = keeper_address(&deployed, &first.pubkey()).0;
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[collect(foreign)], &[&first]));
}

#[test]
fn a_keeper_that_was_stopped_keeps_what_it_has_earned_and_does_no_more() {
    let mut fx = paid();
    let (first, guardian) = (fx.router().keeper(0), fx.deployment.actors.guardian.insecure_clone());
    fx.router().rebalance_by(&first, 0).unwrap();
    fx.router().set_keeper_active(&guardian, &first.pubkey(), false).unwrap();
    fx.assert_refused("KeeperInactive", |fx| fx.router().rebalance_by(&first, 1));
    fx.router().collect_pay(&first).unwrap();
    assert_eq!(keeper(&fx, &first.pubkey()).paid, PAY);
}

#[test]
fn registering_again_does_not_begin_anew() {
    let mut fx = paid();
    let (first, owner) = (fx.router().keeper(0), fx.deployment.actors.owner.insecure_clone());
    fx.router().rebalance_by(&first, 0).unwrap();
    let key = first.pubkey();
    fx.router().set_keeper_active(&owner, &key, false).unwrap();
    let refused = fx.assert_unchanged(|fx| fx.router().register_keeper(&owner, &key)).unwrap_err();
    assert!(refused.refused().unwrap().logs.join("\n").contains("already in use"), "{refused}");
    fx.router().set_keeper_active(&owner, &key, true).unwrap();
    let made = keeper(&fx, &key);
    assert_eq!((made.active, made.actions, made.owed, made.last_action_at), (1, 1, PAY, now(&fx)));
}

//! `set_fees`: who may, within which caps, after which wait, and that nothing is charged at a rate that came later.

use super::terms::*;
use super::*;
use ::vault::{FeesArgs, VaultLimitsArgs};
use gimbal_tests::queue::record;

/// A live vault that charges 1% a year and 10% of gains, and the rates it charges.
fn live() -> (Fixture, User, FeesArgs) {
    let fees = paid_to_first_user(100, 1_000, 10, 10);
    let (fx, recipient, _) = vault_with(fees, VaultLimitsArgs::default(), true);
    (fx, recipient, fees)
}

#[test]
fn only_the_owner_sets_fees() {
    let (mut fx, recipient, fees) = live();
    let actors = &fx.deployment.actors;
    let strangers = [&actors.curator, &actors.guardian, &recipient.key].map(|key| key.insecure_clone());
    for key in strangers {
        fx.assert_refused("NotOwner", |fx| fx.vault().set_fees(&key, FeesArgs { management_bps: 0, ..fees }));
    }
    let set = fx.deployment.vault.set_fees(&owner(&fx).pubkey(), fees);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(set, 0)], &[]));
    let other = another_vault(&mut fx);
    let key = owner(&fx);
    let mut crossed = fx.deployment.vault.set_fees(&key.pubkey(), fees);
    crossed.accounts[2].pubkey = other.addresses.ledger;
    fx.assert_refused("WrongLedger", |fx| fx.send(&[crossed], &[&key]));
}

#[test]
fn the_caps_hold_for_the_owner_before_and_in_the_queue() {
    let (mut fx, _, fees) = live();
    let key = owner(&fx);
    for (name, beyond) in [
        ("FeeOutOfRange", FeesArgs { management_bps: 501, ..fees }),
        ("FeeOutOfRange", FeesArgs { performance_bps: 3_001, ..fees }),
        ("FeeOutOfRange", FeesArgs { entry_bps: 101, ..fees }),
        ("FeeOutOfRange", FeesArgs { exit_bps: 101, ..fees }),
        ("FeeRecipientMissing", FeesArgs { recipient: Pubkey::default(), ..fees }),
    ] {
        fx.assert_refused(name, |fx| fx.vault().set_fees(&key, beyond));
        let set = fx.deployment.vault.set_fees(&key.pubkey(), beyond);
        fx.assert_refused(name, |fx| fx.propose(fx.vault_queue(), &set));
    }
}

#[test]
fn before_the_first_deposit_every_rate_is_set_at_once() {
    let (mut fx, recipient, _) = vault_with(FeesArgs::default(), VaultLimitsArgs::default(), false);
    let key = owner(&fx);
    let most = paid_to_first_user(500, 3_000, 100, 100);
    let receipt = fx.vault().set_fees(&key, most).unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.fees.args(), vault.fees.recipient), (most, recipient.pubkey()));
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(charge), VaultEvent::FeesSet(event)] = events.as_slice() else {
        panic!("a charge of nothing and the rates, not {events:?}")
    };
    assert_eq!((charge.shares, charge.supply), (0, 0));
    assert_eq!((event.vault, event.slot, event.fees), (fx.deployment.vault.addresses.vault, receipt.slot, most));
}

#[test]
fn a_cut_is_in_force_at_once() {
    let (mut fx, _, fees) = live();
    let key = owner(&fx);
    for cut in [
        FeesArgs { management_bps: 99, ..fees },
        FeesArgs { management_bps: 99, performance_bps: 0, ..fees },
        FeesArgs { management_bps: 0, performance_bps: 0, entry_bps: 0, exit_bps: 0, ..fees },
    ] {
        fx.vault().set_fees(&key, cut).unwrap();
        assert_eq!(fx.vault_state().fees.args(), cut);
    }
}

#[test]
fn a_rise_waits_for_both_ticket_deadlines_and_a_day() {
    let (mut fx, recipient, fees) = live();
    let key = owner(&fx);
    for raised in [
        FeesArgs { management_bps: 101, ..fees },
        FeesArgs { performance_bps: 1_001, ..fees },
        FeesArgs { entry_bps: 11, ..fees },
        FeesArgs { exit_bps: 11, ..fees },
        FeesArgs { recipient: key.pubkey(), ..fees },
        FeesArgs { management_bps: 0, performance_bps: 0, entry_bps: 0, exit_bps: 11, ..fees },
    ] {
        fx.assert_refused("ChangeRequired", |fx| fx.vault().set_fees(&key, raised));
    }
    let raised = FeesArgs { recipient: key.pubkey(), management_bps: 500, ..fees };
    let set = fx.deployment.vault.set_fees(&key.pubkey(), raised);
    let queue = fx.vault_queue();
    fx.propose(queue, &set).unwrap();
    let waiting = record(&fx.chain, &queue, 0);
    // Twice 7 days and one.
    assert_eq!(waiting.ready_at - waiting.proposed_at, 15 * 86_400);
    let presented = gimbal::instructions::changes::presenting(set, &queue.change(0));
    fx.pass(15 * DAY - 1);
    fx.assert_refused("ChangeTooEarly", |fx| fx.send(std::slice::from_ref(&presented), &[&key]));
    fx.pass(1);
    let receipt = fx.send(&[presented], &[&key]).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::ChangeApplied(_), VaultEvent::FeesCrystallised(_), VaultEvent::FeesSet(event)] = events.as_slice()
    else {
        panic!("what was applied, charged and set, not {events:?}")
    };
    assert_eq!(event.fees, raised);
    assert_eq!(fx.vault_state().fees.args(), raised);
    fx.assert_refused("FeeRecipientMismatch", |fx| fx.vault().collect_fees(&recipient.pubkey()));
    fx.assert_identities();
}

#[test]
fn a_short_deadline_shortens_the_wait_to_two_days_at_most() {
    let terms = VaultLimitsArgs { ticket_deadline: 3_600, ..Default::default() };
    let (mut fx, ..) = vault_with(FeesArgs::default(), terms, true);
    let set = fx.deployment.vault.set_fees(&owner(&fx).pubkey(), paid_to_first_user(1, 0, 0, 0));
    let queue = fx.vault_queue();
    fx.propose(queue, &set).unwrap();
    let waiting = record(&fx.chain, &queue, 0);
    assert_eq!(waiting.ready_at - waiting.proposed_at, 2 * 86_400);
}

#[test]
fn time_and_gains_before_a_rise_are_charged_at_the_old_rates() {
    let (mut fx, _, alice) = vault_with(FeesArgs::default(), VaultLimitsArgs::default(), false);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    give(&mut fx, 100 * USDC);
    // For 15 days nobody touches the vault, which gains a quarter meanwhile; then it charges the most that it may.
    let most = paid_to_first_user(500, 3_000, 0, 0);
    let set = fx.deployment.vault.set_fees(&owner(&fx).pubkey(), most);
    fx.through_queue(fx.vault_queue(), set).unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.fee_shares, vault.fees.crystallised_at), (0, now(&fx)));
    fx.pass(DAY);
    let receipt = fx.vault().crystallise().unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(event)] = events.as_slice() else { panic!("one charge, not {events:?}") };
    // One day of 500 USDC at 5% a year.
    assert_eq!((event.management, event.performance), (68_493, 0));
}

#[test]
fn a_cut_of_old_time_is_at_the_old_rates_where_nav_is_fresh() {
    let (mut fx, ..) = vault_with(paid_to_first_user(365, 0, 0, 0), VaultLimitsArgs::default(), true);
    let key = owner(&fx);
    fx.pass(10 * DAY);
    let receipt = fx.vault().set_fees(&key, paid_to_first_user(0, 0, 0, 0)).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCrystallised(event), VaultEvent::FeesSet(_)] = events.as_slice() else {
        panic!("a charge and the rates, not {events:?}")
    };
    // Ten days of 0.01%.
    assert_eq!(event.management, USDC);
}

#[test]
fn with_a_stale_nav_a_cut_holds_for_what_was_not_charged_and_a_rise_is_refused() {
    let mut fx = Fixture::from_plan(Plan { fees: paid_to_first_user(365, 0, 0, 0), ..Plan::default() });
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    let key = owner(&fx);
    let set = fx.deployment.vault.set_fees(&key.pubkey(), paid_to_first_user(500, 0, 0, 0));
    let presented = fx.waited(fx.vault_queue(), set);
    fx.warp(601);
    fx.assert_refused("StaleNav", |fx| fx.send(&[presented], &[&key]));

    let receipt = fx.vault().set_fees(&key, paid_to_first_user(0, 0, 0, 0)).unwrap();
    assert!(matches!(vault_events(&receipt).as_slice(), [VaultEvent::FeesSet(_)]));
    fx.refresh_all();
    fx.vault().crystallise().unwrap();
    assert_eq!(fx.vault_state().fee_shares, 0);
}

#[test]
fn a_proposal_is_void_when_the_rates_have_moved() {
    let (mut fx, _, fees) = live();
    let key = owner(&fx);
    let set = fx.deployment.vault.set_fees(&key.pubkey(), FeesArgs { management_bps: 200, ..fees });
    let presented = fx.waited(fx.vault_queue(), set);
    fx.vault().set_fees(&key, FeesArgs { exit_bps: 9, ..fees }).unwrap();
    fx.assert_refused("ChangeStale", |fx| fx.send(&[presented], &[&key]));
}

#[test]
fn the_guardian_vetoes_a_rise() {
    let (mut fx, _, fees) = live();
    let (key, guardian) = (owner(&fx), fx.deployment.actors.guardian.insecure_clone());
    let set = fx.deployment.vault.set_fees(&key.pubkey(), FeesArgs { management_bps: 200, ..fees });
    let queue = fx.vault_queue();
    fx.propose(queue, &set).unwrap();
    fx.send(&[queue.veto(&guardian.pubkey(), 0)], &[&guardian]).unwrap();
    fx.wait_for(queue, 0);
    let presented = gimbal::instructions::changes::presenting(set, &queue.change(0));
    fx.assert_refused("ChangeVetoed", |fx| fx.send(&[presented], &[&key]));
}

//! Gains, fees, pay, and changes that are over.

use anchor_spl::token as spl_token;
use gimbal::instructions::{changes::Queue, router, token};
use gimbal::keeper::watch::nonce;
use gimbal::keeper::{ActionKey, ActionKind};
use gimbal::setup::{tokens, Plan};
use solana_signer::Signer;
use vault::FeesArgs;

use super::bench::*;

#[test]
fn cash_that_somebody_sent_is_adopted_where_it_is_worth_the_fee() {
    let (mut bench, _) = Bench::with(1, 1_000 * USDC);
    let (actors, base) = (bench.deployment.actors.clone(), bench.deployment.base);
    let cash = bench.deployment.vault.addresses.cash;
    let giver = actors.issuer.pubkey();
    tokens::issue(&mut bench.chain, &actors, &base, &giver, 10 * USDC).unwrap();
    let give = |amount| {
        let from = base.account_of(&giver);
        token::transfer(&from, &base.key, &cash, &giver, amount, base.decimals, &base.program)
    };
    assert!(!bench.plans(ActionKind::HarvestCash, None));
    // 5,000 lamports are 750 units at 150 dollars a SOL.
    bench.send(&[give(749)], &[&actors.issuer]);
    assert_eq!(bench.reason(ActionKind::HarvestCash, None), "it brings 4993 lamports and costs 5000");
    bench.send(&[give(USDC)], &[&actors.issuer]);
    let action = bench.action(ActionKind::HarvestCash);
    assert_eq!(action.reason, "cash holds 1000749 base units that are not tracked");
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(bench.ledger().surplus_adopted, 1_000_749);
    assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    bench.rest();
    assert!(!bench.plans(ActionKind::HarvestCash, None));
}

#[test]
fn receipts_that_somebody_sent_are_adopted() {
    let (mut bench, _) = Bench::with(2, 1_000_000 * USDC);
    bench.settle(0);
    let venue = bench.deployment.actors.venue_owner.insecure_clone();
    let (reserve, position) = (bench.line(1).reserve, bench.line(1).addresses.position);
    let mint = reserve.addresses.collateral_mint;
    assert!(!bench.plans(ActionKind::Harvest, Some(2)));
    let from = token::associated(&venue.pubkey(), &mint, &spl_token::ID);
    let give = token::transfer(&from, &mint, &position, &venue.pubkey(), 5 * USDC, 6, &spl_token::ID);
    bench.send(&[give], &[&venue]);
    let action = bench.action(ActionKind::Harvest);
    assert_eq!(action.line, Some(2));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    // A receipt of the market is worth one unit and the little interest of its first minutes.
    let harvested = bench.ledger().lines[1].harvested;
    assert!((5 * USDC..5 * USDC + 1_000).contains(&harvested), "{harvested}");
    assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    bench.rest();
    assert!(!bench.plans(ActionKind::Harvest, Some(2)));
}

#[test]
fn fees_are_charged_daily_and_minted_to_whoever_has_an_account_for_them() {
    let mut plan = Plan::with_lines(1);
    let recipient = anchor_lang::prelude::Pubkey::new_from_array([77; 32]);
    plan.fees = FeesArgs { recipient, management_bps: 200, ..FeesArgs::default() };
    let mut bench = Bench::new(plan);
    bench.depositor(1_000_000 * USDC);
    bench.settle(0);
    let now = gimbal::chain::Chain::clock(&bench.chain).unwrap().unix_timestamp;
    let due_at = bench.vault().fees.crystallised_at + 86_400;
    bench.pass(u64::try_from(due_at - 1 - now).unwrap());
    bench.refresh();
    assert!(!bench.plans(ActionKind::Crystallise, None));
    bench.pass(1);
    let action = bench.action(ActionKind::Crystallise);
    // 2 % a year of a million for a day are 54.79 USDC; the line has earned some interest, too.
    let due: u64 = action.reason.split(' ').find_map(|word| word.parse().ok()).unwrap();
    assert!((54_790_000..56_000_000).contains(&due), "{due}");
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    bench.rest();
    assert!(!bench.plans(ActionKind::Crystallise, None));
    // The recipient has no share account yet, and nobody here pays rent for it.
    assert!(bench.vault().fee_shares > 0);
    assert!(!bench.plans(ActionKind::CollectFees, None));
    let payer = bench.deployment.actors.payer.pubkey();
    let account = bench.deployment.vault.create_share_account(&payer, &recipient);
    bench.send(&[account], &[]);
    let action = bench.action(ActionKind::CollectFees);
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert_eq!(bench.vault().fee_shares, 0);
    assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    bench.rest();
    assert!(!bench.plans(ActionKind::CollectFees, None));
}

#[test]
fn pay_is_collected_once_that_costs_little_of_it() {
    let mut plan = Plan::with_lines(2);
    // 5,000 lamports are at most a hundredth of the pay from 75,000 units on.
    plan.limits.keeper_pay = 37_499;
    let mut bench = Bench::new(plan);
    bench.depositor(1_000_000 * USDC);
    assert!(!bench.plans(ActionKind::CollectPay, None));
    bench.turn(0);
    bench.rest();
    let reason = bench.reason(ActionKind::CollectPay, None);
    assert_eq!(reason, "the pay of 499986 lamports is collected once it is a hundred times its cost of 5000");
    bench.pass(700);
    bench.refresh();
    bench.depositor(200_000 * USDC);
    bench.turn(0);
    bench.rest();
    let action = bench.action(ActionKind::CollectPay);
    assert_eq!((action.expected_pay, action.expected_cost), (4 * 37_499, 5_000));
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    let keeper = bench.registration(0);
    assert_eq!((keeper.owed, keeper.paid), (0, 4 * 37_499));
    assert_ne!(nonce(&bench.world(0), &action.key()), Some(action.nonce));
    bench.rest();
    assert!(!bench.plans(ActionKind::CollectPay, None));
}

#[test]
fn the_rent_of_a_missing_account_counts_as_a_cost() {
    let mut plan = Plan::with_lines(2);
    plan.limits.keeper_pay = 500_000;
    plan.keepers = 1;
    let mut bench = Bench::new(plan);
    // A second keeper without an account of the base asset.
    let other = solana_keypair::Keypair::new_from_array([201; 32]);
    let (owner, payer) = (bench.deployment.actors.owner.insecure_clone(), bench.deployment.actors.payer.pubkey());
    let ledger = bench.deployment.vault.addresses.ledger;
    bench.send(&[router::register_keeper(&owner.pubkey(), &payer, &ledger, &other.pubkey())], &[&owner]);
    gimbal::chain::Sandbox::fund(&mut bench.chain, &other.pubkey(), 1_000_000_000).unwrap();
    bench.deployment.actors.keepers.push(other);
    bench.depositor(1_000_000 * USDC);
    bench.turn(1);
    bench.rest();
    let plan = bench.plan_of(1);
    let skipped = plan.skipped.iter().find(|skipped| skipped.kind == ActionKind::CollectPay).unwrap();
    // A dollar is 6,666,666 lamports; 165 bytes cost 2,039,280 lamports of rent.
    let expected = "the pay of 6666666 lamports is collected once it is a hundred times its cost of 2044280";
    assert_eq!(skipped.reason, expected);
}

#[test]
fn a_change_that_is_over_is_closed() {
    let (mut bench, _) = Bench::with(1, 1_000 * USDC);
    let (owner, guardian) =
        (bench.deployment.actors.owner.insecure_clone(), bench.deployment.actors.guardian.insecure_clone());
    let ledger = bench.deployment.vault.addresses.ledger;
    let queue = Queue::Ledger(ledger);
    let params =
        strategy_router::LineParams { cap: u64::MAX, ..strategy_router::LineParams::of(&bench.ledger().lines[0]) };
    let raise = router::set_bounds(&owner.pubkey(), &ledger, 1, params);
    let payer = bench.deployment.actors.payer.pubkey();
    bench.send(&[queue.propose(&owner.pubkey(), &payer, 0, &raise, [])], &[&owner]);
    let closes = |bench: &Bench| bench.planned().iter().filter(|(kind, _)| *kind == ActionKind::CloseChange).count();
    assert_eq!(closes(&bench), 0, "it waits");
    bench.send(&[queue.veto(&guardian.pubkey(), 0)], &[&guardian]);
    let action = bench.action(ActionKind::CloseChange);
    assert_eq!(action.key(), ActionKey { kind: ActionKind::CloseChange, subject: queue.change(0), line: None });
    // Somebody else's rent: done because it is asked for, at a loss.
    assert_eq!((action.profit, action.obligatory), (-5_000, true));
    bench.config.profit.obligatory.clear();
    assert_eq!(closes(&bench), 0, "not for nothing");
    bench.config.profit.obligatory = ActionKind::ALL.to_vec();
    let before = gimbal::chain::Chain::get_account(&bench.chain, &payer).unwrap().unwrap().lamports;
    let turn = bench.turn(0);
    assert!(turn.left.is_empty(), "{:?}", turn.left);
    assert!(gimbal::chain::Chain::get_account(&bench.chain, &payer).unwrap().unwrap().lamports > before);
    assert_eq!(nonce(&bench.world(0), &action.key()), None);
    bench.rest();
    assert_eq!(closes(&bench), 0);
}

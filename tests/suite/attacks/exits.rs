//! Attacks on the ways out that call others: a recall for who leaves, and a part of everything in kind.

use super::*;
use ::vault::TicketStatus;
use anchor_lang::prelude::AccountMeta;
use gimbal::bundle::with_budget;
use gimbal::instructions::{build_with, router, token};
use gimbal_tests::hostile::Hostile;
use hostile_venue::Trick;

/// From a request to the redemption in kind.
const IN_KIND: u64 = 14 * DAY;

/// Half of 2,000 shares is Alice's, half Bob's; the lines have their parts.
fn two_holders(plan: Plan) -> (Fixture, User, User) {
    let lines = plan.lines.len();
    let mut fx = Fixture::from_plan(plan);
    let (alice, bob) = (fx.depositor(1_000 * USDC), fx.depositor(1_000 * USDC));
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.vault().deposit(&bob, 1_000 * USDC, 0).unwrap();
    for place in 0..lines {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.refresh_all();
    (fx, alice, bob)
}

/// What pays in kind now, each with an account of the user's that is made where it is missing.
fn targets(fx: &mut Fixture, user: &User) -> Vec<(router::KindSource, Option<Pubkey>)> {
    let payer = fx.deployment.actors.payer.pubkey();
    let sources = fx.vault().kind_sources();
    for some in sources.chunks(5) {
        let make = |source: &router::KindSource| {
            token::create_associated(&payer, &user.pubkey(), &source.mint, &source.token_program)
        };
        fx.send(&with_budget(&some.iter().map(make).collect::<Vec<_>>()), &[]).unwrap();
    }
    let receiver = |source: &router::KindSource| token::associated(&user.pubkey(), &source.mint, &source.token_program);
    sources.into_iter().map(|source| (source, Some(receiver(&source)))).collect()
}

/// What the user's accounts for `targets` hold, and his base account last.
fn received(fx: &Fixture, user: &User, targets: &[(router::KindSource, Option<Pubkey>)]) -> Vec<u64> {
    let accounts = targets.iter().filter_map(|(_, receiver)| *receiver).chain([user.base]);
    accounts.map(|account| fx.balance(&account)).collect()
}

/// Sends what only the user signs.
fn send(fx: &mut Fixture, user: &User, instructions: &[Instruction]) -> Outcome {
    fx.send(&with_budget(instructions), &[&user.key])
}

/// A line of a thief's that is the first to be drawn on and holds three fifths of 1,000 USDC.
fn with_a_thief(market: Pubkey) -> (Fixture, User, Hostile) {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.target_bps = 2_000;
    let mut fx = Fixture::from_plan(plan);
    let hostile = fx.add_hostile(market);
    let alice = fx.depositor(1_000 * USDC);
    let id = fx.deployment.lines[hostile.place].addresses.id;
    let curator = fx.deployment.actors.curator.insecure_clone();
    fx.router().set_withdraw_order(&curator, &[id]).unwrap();
    fx.refresh_all();
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, hostile.place).unwrap();
    fx.refresh_all();
    assert!(fx.line(hostile.place).position >= 600 * USDC, "{}", fx.line(hostile.place).position);
    (fx, alice, hostile)
}

/// Whatever the venue does when it is drawn on: nothing moves, and its receipts leave in kind all the same.
#[test]
fn a_thief_who_is_drawn_on_takes_nothing() {
    let thief = Pubkey::new_from_array([7; 32]);
    let cases = [
        (thief, Trick::TakeMore, "UnexpectedBalanceChange"),
        (thief, Trick::KeepTheMoney, "SlippageExceeded"),
        (thief, Trick::KeepTheReceipts, "SlippageExceeded"),
        (thief, Trick::Approve, "ForeignAuthorityOnTokenAccount"),
        (thief, Trick::ApproveReceipts, "ForeignAuthorityOnTokenAccount"),
        (thief, Trick::SetCloseAuthority, "ForeignAuthorityOnTokenAccount"),
        (thief, Trick::SetOwner, "ForeignAuthorityOnTokenAccount"),
        (::vault::ID, Trick::ReEnter, "ReentrancyNotAllowed"),
        (strategy_router::ID, Trick::ReEnter, "ReentrancyNotAllowed"),
    ];
    for (market, trick, name) in cases {
        let (mut fx, alice, hostile) = with_a_thief(market);
        fx.set_trick(&hostile, trick);
        fx.assert_refused(name, |fx| fx.vault().redeem_and_recall(&alice, 900 * USDC, 0, hostile.place));
        let position = fx.line(hostile.place).position;
        fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
        fx.warp(IN_KIND);
        let targets = targets(&mut fx, &alice);
        fx.vault().redeem_in_kind(&alice, 0).unwrap();
        assert_eq!(received(&fx, &alice, &targets)[0], position / 2, "{trick:?}");
    }
}

/// A venue that keeps a little of each recall: what it keeps is charged to the budget, which ends it.
#[test]
fn a_dear_venue_is_drawn_on_within_the_budget_only() {
    let (fx, alice, hostile) = with_a_thief(Pubkey::new_from_array([7; 32]));
    for (budget, allowed) in [(50, true), (1, false)] {
        let mut fx = fx.clone();
        let owner = fx.deployment.actors.owner.insecure_clone();
        let limits = strategy_router::LimitsArgs {
            loss_budget_bps: budget,
            keeper_loss_budget_bps: 0,
            ..fx.deployment.plan.limits
        };
        fx.router().set_limits(&owner, limits).unwrap();
        fx.set_trick(&hostile, Trick::Shave);
        let attempt = |fx: &mut Fixture| fx.vault().redeem_and_recall(&alice, 700 * USDC, 0, hostile.place);
        if allowed {
            attempt(&mut fx).unwrap();
            let used = fx.ledger().epoch.loss_used;
            // Of some 300 USDC five hundredths of a percent, once or twice.
            assert!((140_000..=320_000).contains(&used), "{used}");
        } else {
            fx.assert_refused("LossBudgetExceeded", attempt);
        }
    }
}

/// Each account of the venue's call is another's, is missing, or is there twice.
#[test]
fn a_recall_for_who_leaves_takes_the_lines_own_accounts_only() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    fx.refresh_all();
    let (vault, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    let redeem = vault.redeem_and_recall(&alice.pubkey(), 700 * USDC, 0, &line);
    let first = redeem.accounts.len() - line.call_accounts().len();
    let second = fx.deployment.lines[1].context.clone();
    for place in first..redeem.accounts.len() {
        let mut attempts = vec![redeem.clone(); 4];
        attempts[0].accounts[place].pubkey = alice.base;
        attempts[1].accounts[place].pubkey = vault.addresses.cash;
        attempts[2].accounts.remove(place);
        let twice = attempts[3].accounts[place].clone();
        attempts[3].accounts.insert(place, twice);
        for attempt in attempts {
            fx.assert_refused("VenueAccountMismatch", |fx| send(fx, &alice, &[attempt]));
        }
    }
    // All of another line's, for this one.
    let mut accounts = vault.redeem_and_recall_accounts(&alice.pubkey(), &line);
    let arguments = to_vault::RedeemAndRecall { shares: 700 * USDC, min_assets: 0, line: 1 };
    let crossed = build_with(::vault::ID, accounts, arguments, second.call_accounts());
    fx.assert_refused("VenueAccountMismatch", |fx| send(fx, &alice, &[crossed]));
    accounts = vault.redeem_and_recall_accounts(&alice.pubkey(), &second);
    let arguments = to_vault::RedeemAndRecall { shares: 700 * USDC, min_assets: 0, line: 1 };
    let crossed = build_with(::vault::ID, accounts, arguments, second.call_accounts());
    fx.assert_refused("UnknownLine", |fx| send(fx, &alice, &[crossed]));
    send(&mut fx, &alice, &[redeem]).unwrap();
    fx.assert_identities();
}

/// Two lines over one reserve: one account receives both parts, and a line's own account receives as a gift what another
/// pays, without a unit more for anybody.
#[test]
fn one_receiver_for_two_lines_is_paid_the_sum() {
    let mut plan = Plan::with_lines(1);
    plan.lines[0].params.target_bps = 0;
    let mut fx = Fixture::from_plan(plan);
    let hostile = fx.hostile_reserve(Pubkey::new_from_array([7; 32]), None);
    for target_bps in [4_000, 4_000] {
        let mut line = fx.hostile_line(&hostile);
        line.args.params.target_bps = target_bps;
        line.args.params.max_bps = 5_000;
        fx.pin_line(line).unwrap();
    }
    let (alice, bob) = (fx.depositor(1_000 * USDC), fx.depositor(1_000 * USDC));
    for user in [&alice, &bob] {
        fx.vault().deposit(user, 1_000 * USDC, 0).unwrap();
    }
    for place in 1..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.warp(IN_KIND);
    let targets = targets(&mut fx, &alice);
    let [(one, receiver), (two, same)] = targets[..] else { panic!("two lines") };
    assert_eq!((one.mint, receiver), (two.mint, same));
    let parts = [one.tracked / 4, two.tracked / 4];

    let mut gift = fx.clone();
    let crossed = [(one, Some(two.source)), (two, Some(one.source))];
    let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &crossed);
    send(&mut gift, &alice, &[redeem]).unwrap();
    let held = [one, two].map(|source| gift.balance(&source.source));
    assert_eq!(held, [one.tracked - parts[0] + parts[1], two.tracked - parts[1] + parts[0]]);
    assert_eq!([1, 2].map(|place| gift.line(place).position), [one.tracked - parts[0], two.tracked - parts[1]]);

    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    assert_eq!(fx.balance(&receiver.unwrap()), parts[0] + parts[1]);
    assert_eq!([1, 2].map(|place| fx.line(place).position), [one.tracked - parts[0], two.tracked - parts[1]]);
}

/// Somebody's own vault, its ledger, and a program of his sign for the vault whose money he wants.
#[test]
fn nobody_elses_signature_pays_in_kind() {
    let (mut fx, alice, thief) = two_holders(Plan::default());
    let victim = fx.deployment.vault;
    let own = second_vault(&mut fx);
    let payer = fx.deployment.actors.payer.pubkey();
    fx.send(&[own.create_share_account(&payer, &thief.pubkey())], &[]).unwrap();
    fx.vault().redeem(&thief, 100 * USDC, 0).unwrap();
    let deposit = own.deposit(&thief.pubkey(), 50 * USDC, 0);
    let request = own.request_redeem(&thief.pubkey(), &thief.pubkey(), 0, 50 * USDC);
    send(&mut fx, &thief, &[deposit, request]).unwrap();
    fx.warp(IN_KIND);
    let targets = targets(&mut fx, &thief);
    let groups: Vec<AccountMeta> =
        targets.iter().filter_map(|(source, to)| Some(source.paid_to(&(*to)?))).flatten().collect();

    // His ticket, with one after the other of the victim's accounts in it.
    type Change = fn(&mut of_vault::RedeemInKind, &VaultContext);
    let changes: [(&str, Change); 4] = [
        ("VenueAccountMismatch", |_, _| ()),
        ("ForeignAccount", |accounts, victim| accounts.cash = victim.addresses.cash),
        ("WrongLedger", |accounts, victim| accounts.ledger = victim.addresses.ledger),
        ("WrongVault", |accounts, victim| {
            accounts.vault = victim.addresses.vault;
            accounts.ledger = victim.addresses.ledger;
            accounts.share_mint = victim.addresses.share_mint;
            accounts.escrow = victim.addresses.escrow;
            accounts.cash = victim.addresses.cash;
        }),
    ];
    for (name, change) in changes {
        let mut accounts = own.redeem_in_kind_accounts(&thief.pubkey(), 0);
        change(&mut accounts, &victim);
        let redeem = build_with(::vault::ID, accounts, to_vault::RedeemInKind {}, groups.clone());
        fx.assert_refused(name, |fx| send(fx, &thief, &[redeem]));
    }

    // The router itself, called by a program whose address signs as a vault; and as the vault, which does not sign.
    let arguments = || strategy_router::instruction::PayInKind { part: 1, whole: 1 };
    let mut accounts = router::pay_in_kind_accounts(&victim, Some(thief.base));
    accounts.vault = outer_caller::signer();
    let call = outer_caller::wrap(&build_with(strategy_router::ID, accounts, arguments(), groups.clone()));
    fx.assert_refused("ForeignAccount", |fx| send(fx, &thief, &[call]));
    let accounts = router::pay_in_kind_accounts(&victim, Some(thief.base));
    let mut call = outer_caller::wrap(&build_with(strategy_router::ID, accounts, arguments(), groups));
    for meta in call.accounts.iter_mut().filter(|meta| meta.pubkey == victim.addresses.vault) {
        meta.is_signer = false;
    }
    fx.assert_refused("PrivilegeEscalation", |fx| send(fx, &thief, &[call]));
    let key = own.redeem_in_kind(&thief.pubkey(), 0, &[]);
    send(&mut fx, &thief, &[key]).unwrap();
    assert_eq!(fx.balance(&alice.shares), 1_000 * USDC);
    fx.assert_identities();
}

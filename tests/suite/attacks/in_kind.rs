//! Attacks on redemptions in kind: whose signature pays, where it pays to, how often, and what is left to the others.

use super::exits::{received, send, targets, two_holders, IN_KIND};
use super::*;
use ::vault::TicketStatus;
use anchor_lang::prelude::AccountMeta;
use gimbal::instructions::{build_with, router, token};

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

/// One ticket in pieces, each rounded down: together they are paid no more than the whole, and less by at most a unit a
/// piece and account. Who stays has at least what he had.
#[test]
fn a_redemption_in_kind_in_pieces_brings_no_more_than_in_one() {
    const PIECES: [u64; 8] = [1, 3, 7, 99_999_989, 17, 100_000_007, 299_999_977, 1_000_003];
    let (mut fx, alice, bob) = two_holders(Plan::default());
    let targets = targets(&mut fx, &alice);
    let whole: u64 = PIECES.iter().sum();
    let had = wealth(&fx, &bob);
    let leave = |fx: &mut Fixture, pieces: &[u64]| {
        let first = fx.vault_state().ticket_tail;
        for shares in pieces {
            fx.vault().request_redeem(&alice, *shares).unwrap();
        }
        fx.warp(IN_KIND);
        // The last in first: no order is better than another.
        for sequence in (first..fx.vault_state().ticket_tail).rev() {
            let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), sequence, &targets);
            send(fx, &alice, &[redeem]).unwrap();
        }
        fx.assert_identities();
    };
    let mut in_one = fx.clone();
    leave(&mut in_one, &[whole]);
    leave(&mut fx, &PIECES);
    let (one, pieces) = (received(&in_one, &alice, &targets), received(&fx, &alice, &targets));
    for (one, pieces) in one.iter().zip(&pieces) {
        assert!(pieces <= one && one - pieces <= 8, "{pieces} in pieces, {one} in one");
    }
    for mut fx in [fx, in_one] {
        fx.refresh_all();
        assert!(wealth(&fx, &bob) >= had, "{} of {had}", wealth(&fx, &bob));
    }
}

/// What is left of a ticket that was paid in part goes in kind once, and what it was paid is claimed once, in any order.
#[test]
fn a_ticket_paid_in_part_is_paid_out_once_in_any_order() {
    let (mut fx, alice, _) = two_holders(Plan::default());
    fx.vault().request_redeem(&alice, 900 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.warp(IN_KIND);
    let targets = targets(&mut fx, &alice);
    let (ticket, vault) = (fx.ticket(0).unwrap(), fx.deployment.vault);
    assert!(ticket.is_open() && ticket.claimable > 0 && ticket.shares_left > 0);
    let key = alice.pubkey();
    let (in_kind, claim, cancel) =
        (vault.redeem_in_kind(&key, 0, &targets), vault.claim(&key, 0), vault.cancel(&key, 0));
    let supply = fx.vault_state().shares;
    let part = |tracked: u64| u64::try_from(u128::from(tracked) * u128::from(ticket.shares_left) / u128::from(supply));
    let mut owed: Vec<u64> = targets.iter().map(|(source, _)| part(source.tracked).unwrap()).collect();
    let cash = part(fx.ledger().free_cash()).unwrap();
    owed.push(fx.balance(&alice.base) + ticket.claimable + cash);

    for order in [[&in_kind, &claim], [&claim, &in_kind]] {
        let mut fx = fx.clone();
        send(&mut fx, &alice, &order.map(Clone::clone)).unwrap();
        assert_eq!(received(&fx, &alice, &targets), owed);
        assert!(fx.ticket(0).is_none(), "nothing is left of it");
        assert_eq!((fx.vault_state().claims_owed, fx.vault_state().queued_shares), (0, 0));
        fx.assert_identities();
    }
    let refused = [
        (vec![&in_kind, &in_kind], "TicketNotOpen"),
        (vec![&in_kind, &cancel], "TicketNotOpen"),
        (vec![&cancel, &in_kind], "TicketNotOpen"),
        (vec![&claim, &in_kind, &claim], "AccountOwnedByWrongProgram"),
        (vec![&claim, &claim], "NothingToClaim"),
    ];
    for (order, name) in refused {
        let all: Vec<Instruction> = order.into_iter().cloned().collect();
        fx.assert_refused(name, |fx| send(fx, &alice, &all));
    }
    // Handed on in the same transaction, it is the new owner's and nobody else's.
    let heir = fx.depositor(0);
    let give = vault.transfer_ticket(&key, 0, &heir.pubkey());
    fx.assert_refused("NotTicketOwner", |fx| send(fx, &alice, &[give.clone(), in_kind.clone()]));
    send(&mut fx, &alice, &[in_kind]).unwrap();
    let status = fx.ticket(0).unwrap().status;
    assert_eq!(status, TicketStatus::Filled as u8);
}

/// Sixteen swapped lines, the most token accounts that a ledger can have, and a stranger's gift of a few tokens in each:
/// what these are worth is forgone without a key of the transaction, and everything else fits it.
#[test]
fn gifts_to_every_line_do_not_make_the_way_out_too_large() {
    let mut plan = Plan::with_lines(16);
    for line in &mut plan.lines {
        line.swapped = true;
        line.params.max_slippage_bps = 100;
    }
    let (mut fx, alice, bob) = two_holders(plan);
    let (mint, owner) = (fx.deployment.token, fx.deployment.actors.venue_owner.insecure_clone());
    let actors = fx.deployment.actors.clone();
    let gift = gimbal::setup::tokens::issue(&mut fx.chain, &actors, &mint, &owner.pubkey(), USDC).unwrap();
    for place in 0..16 {
        let to = fx.deployment.lines[place].addresses.token;
        let give = token::transfer(&gift, &mint.key, &to, &owner.pubkey(), 5, mint.decimals, &mint.program);
        fx.send(&[give], &[&owner]).unwrap();
        fx.router().harvest(place).unwrap();
    }
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let had = fx.ledger();
    let mut targets = targets(&mut fx, &alice);
    assert_eq!(targets.len(), 32);
    let everything = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &targets);
    fx.assert_refused("TooManyAccountLocks", |fx| send(fx, &alice, &[everything]));

    for (source, receiver) in &mut targets {
        if source.tracked == 5 {
            *receiver = None;
        }
    }
    let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &targets);
    send(&mut fx, &alice, &[redeem]).unwrap();
    for (source, receiver) in &targets {
        let line = had.line(source.line).unwrap();
        match receiver {
            Some(receiver) => assert_eq!(fx.balance(receiver), line.position / 2),
            None => assert_eq!(fx.ledger().line(source.line).unwrap().in_flight, 5),
        }
    }
    assert_eq!(fx.vault_state().shares, 1_000 * USDC);
    fx.assert_identities();
    fx.refresh_all();
    assert!(wealth(&fx, &bob) >= 999 * USDC);
}

/// Whatever parts are forgone, as much lies behind each share that stays as before, and more only by what was forgone; a
/// unit for each of cash and three lines is rounding. (At the counter, the leaver's part of what the virtual shares have
/// gained is missing too, which nobody owns.)
#[test]
fn no_choice_of_parts_lowers_what_lies_behind_the_others() {
    let (mut fx, alice, _) = two_holders(Plan::default());
    fx.vault().request_redeem(&alice, 600 * USDC).unwrap();
    fx.warp(IN_KIND);
    fx.refresh_all();
    let targets = targets(&mut fx, &alice);
    let behind = |fx: &Fixture| {
        let nav = fx.ledger().nav(fx.chain.clock().unwrap().unix_timestamp).unwrap();
        let each = |nav: u64| u128::from(nav) * 1_000_000_000 / u128::from(fx.vault_state().shares);
        [nav.low, nav.mid, nav.high].map(each)
    };
    let had = behind(&fx);
    for choice in 0..8_usize {
        let mut fx = fx.clone();
        let mut chosen = targets.clone();
        for (place, (_, receiver)) in chosen.iter_mut().enumerate() {
            if choice >> place & 1 == 1 {
                *receiver = None;
            }
        }
        let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &chosen);
        send(&mut fx, &alice, &[redeem]).unwrap();
        fx.assert_identities();
        // 1,400 shares stay, so that a unit of NAV is less than one behind a thousand of them.
        let taken = behind(&fx);
        assert!(taken.iter().zip(had).all(|(is, was)| *is + 4 >= was), "{choice}: {taken:?} of {had:?}");
        fx.refresh_all();
        let valued = behind(&fx);
        assert!(valued.iter().zip(had).all(|(is, was)| *is + 4 >= was), "{choice}, valued: {valued:?} of {had:?}");
    }
}

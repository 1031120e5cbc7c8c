//! `redeem_in_kind`: a part of everything as it lies, when nothing else has helped.

use super::*;
use ::vault::{accounts, instruction, TicketStatus};
use anchor_lang::prelude::AccountMeta;
use gimbal::bundle::with_budget;
use gimbal::instructions::router::KindSource;
use gimbal::instructions::token as of_token;
use gimbal_control::Direction;

/// The first and the second deadline of a ticket.
const DEADLINE: u64 = 7 * DAY;
const IN_KIND: u64 = 14 * DAY;

/// Alice's ticket 0 of 250 of 1,000 shares, due in kind; 600 of 1,000 USDC lie in the first line.
fn due() -> (Fixture, User) {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 250 * USDC).unwrap();
    fx.warp(IN_KIND);
    (fx, alice)
}

/// Alice's redemption of ticket 0, to receivers that exist, with some of its accounts changed.
fn in_kind_with(
    fx: &mut Fixture,
    user: &User,
    change: impl FnOnce(&mut accounts::RedeemInKind),
    groups: impl FnOnce(&mut Vec<AccountMeta>),
) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.redeem_in_kind_accounts(&user.pubkey(), 0);
    change(&mut accounts);
    let mut redeem = vault.instruction(accounts, instruction::RedeemInKind {});
    let mut remaining: Vec<AccountMeta> =
        receivers(fx, user).iter().flat_map(|(source, receiver)| source.paid_to(receiver)).collect();
    groups(&mut remaining);
    redeem.accounts.extend(remaining);
    fx.send(&with_budget(&[redeem]), &[&user.key])
}

/// The user's accounts for everything that pays in kind, made where they are missing.
fn receivers(fx: &mut Fixture, user: &User) -> Vec<(KindSource, Pubkey)> {
    let payer = fx.deployment.actors.payer.pubkey();
    let sources = fx.vault().kind_sources();
    let receiver = |source: &KindSource| of_token::associated(&user.pubkey(), &source.mint, &source.token_program);
    let create: Vec<Instruction> = sources
        .iter()
        .filter(|source| fx.chain.get_account(&receiver(source)).unwrap().is_none())
        .map(|source| of_token::create_associated(&payer, &user.pubkey(), &source.mint, &source.token_program))
        .collect();
    if !create.is_empty() {
        fx.send(&with_budget(&create), &[]).unwrap();
    }
    sources.into_iter().map(|source| (source, receiver(&source))).collect()
}

#[test]
fn only_the_owner_redeems_in_kind() {
    let (mut fx, alice) = due();
    let bob = fx.depositor(0);
    let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &[]);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(redeem, 0)], &[]));
    receivers(&mut fx, &bob);
    fx.assert_refused("NotTicketOwner", |fx| in_kind_with(fx, &bob, |_| (), |_| ()));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let theft = fx.deployment.vault.redeem_in_kind(&owner.pubkey(), 0, &[]);
    fx.assert_refused("NotTicketOwner", |fx| fx.send(&[theft], &[&owner]));
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = due();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    receivers(&mut fx, &alice);
    type Change = fn(&mut accounts::RedeemInKind, Pubkey);
    let refusals: [(&str, Change, Pubkey); 12] = [
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongShareMint", |accounts, key| accounts.share_mint = key, other.addresses.share_mint),
        ("WrongEscrow", |accounts, key| accounts.escrow = key, other.addresses.escrow),
        ("WrongEscrow", |accounts, key| accounts.escrow = key, alice.shares),
        ("WrongBaseMint", |accounts, key| accounts.base_mint = key, own.share_mint),
        ("ForeignAccount", |accounts, key| accounts.cash = key, other.addresses.cash),
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.ticket = key, own.vault),
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.ticket = key, alice.base),
        ("DuplicateTokenAccount", |accounts, key| accounts.destination = Some(key), own.cash),
        ("DuplicateTokenAccount", |accounts, key| accounts.destination = Some(key), own.claims),
        ("MintMismatch", |accounts, key| accounts.destination = Some(key), alice.shares),
        ("ConstraintAddress", |accounts, key| accounts.router_event_authority = key, own.vault),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| in_kind_with(fx, &alice, |accounts| change(accounts, key), |_| ()));
    }
    fx.assert_refused("WrongVault", |fx| {
        let change = |accounts: &mut accounts::RedeemInKind| {
            accounts.vault = other.addresses.vault;
            accounts.ledger = other.addresses.ledger;
            accounts.share_mint = other.addresses.share_mint;
            accounts.escrow = other.addresses.escrow;
            accounts.cash = other.addresses.cash;
        };
        in_kind_with(fx, &alice, change, |_| ())
    });
}

#[test]
fn not_before_the_second_deadline() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 250 * USDC).unwrap();
    receivers(&mut fx, &alice);
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.warp(DEADLINE);
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.warp(DEADLINE - 1);
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.warp(1);
    in_kind_with(&mut fx, &alice, |_| (), |_| ()).unwrap();
}

#[test]
fn a_quarter_of_the_shares_is_a_quarter_of_everything() {
    let (mut fx, alice) = due();
    let (line, cash) = (fx.line(0), fx.ledger().cash_tracked);
    assert_eq!(cash, 400 * USDC);
    let collateral = receivers(&mut fx, &alice)[0].1;
    let before = fx.balance(&alice.base);
    let receipt = fx.vault().redeem_in_kind(&alice, 0).unwrap();

    assert_eq!(fx.balance(&alice.base) - before, 100 * USDC);
    assert_eq!(fx.balance(&collateral), line.position / 4);
    let (vault, ledger, after) = (fx.vault_state(), fx.ledger(), fx.line(0));
    assert_eq!((vault.shares, vault.queued_shares, vault.withdrawn), (750 * USDC, 0, 100 * USDC));
    assert_eq!((vault.ticket_head, vault.ticket_tail), (1, 1), "the head moves at once");
    assert_eq!((ledger.cash_tracked, ledger.paid, ledger.reserved), (300 * USDC, 100 * USDC, 0));
    assert_eq!(after.position, line.position - line.position / 4);
    assert!(after.low <= line.low - line.low / 4 && after.low + 1 >= line.low - line.low / 4);
    assert_eq!(fx.balance(&fx.deployment.vault.addresses.escrow), 0);
    assert!(fx.ticket(0).is_none(), "closed");
    let events = vault_events(&receipt);
    let [VaultEvent::RedeemedInKind(event)] = events.as_slice() else { panic!("one redemption, not {events:?}") };
    assert_eq!((event.ticket, event.sequence, event.owner), (fx.deployment.vault.ticket(0), 0, alice.pubkey()));
    assert_eq!((event.shares, event.supply, event.cash, event.closed), (250 * USDC, 1_000 * USDC, 100 * USDC, true));
    fx.assert_identities();
}

#[test]
fn it_is_redeemed_once() {
    let (mut fx, alice) = due();
    let targets = receivers(&mut fx, &alice);
    let sources: Vec<_> = targets.iter().map(|(source, receiver)| (*source, Some(*receiver))).collect();
    let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &sources);
    let twice = with_budget(&[redeem.clone(), redeem.clone()]);
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&twice, &[&alice.key]));
    fx.send(&with_budget(std::slice::from_ref(&redeem)), &[&alice.key]).unwrap();
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&with_budget(&[redeem]), &[&alice.key]));
}

/// What was paid before stays claimable, once; only the rest goes in kind.
#[test]
fn a_ticket_that_was_paid_in_part_redeems_the_rest() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 900 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let ticket = fx.ticket(0).unwrap();
    let (supply, position) = (fx.vault_state().shares, fx.line(0).position);
    assert!(ticket.claimable > 399 * USDC && ticket.shares_left > 0);
    fx.warp(IN_KIND);
    let collateral = receivers(&mut fx, &alice)[0].1;
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    let share = u128::from(position) * u128::from(ticket.shares_left) / u128::from(supply);
    assert_eq!(u128::from(fx.balance(&collateral)), share);

    let after = fx.ticket(0).unwrap();
    assert_eq!((after.status, after.shares_left), (TicketStatus::Filled as u8, 0));
    assert_eq!(after.claimable, ticket.claimable);
    fx.assert_identities();
    fx.assert_refused("TicketNotOpen", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.assert_refused("TicketNotOpen", |fx| fx.vault().cancel(&alice, 0));
    let before = fx.balance(&alice.base);
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, ticket.claimable);
    assert!(fx.ticket(0).is_none());
    fx.assert_identities();
}

#[test]
fn a_ticket_in_the_middle_leaves_a_place_that_is_passed() {
    let (mut fx, alice) = invested();
    let bob = fx.depositor(0);
    for shares in [100, 200, 50] {
        fx.vault().request_redeem(&alice, shares * USDC).unwrap();
    }
    fx.vault().transfer_ticket(&alice, 1, &bob.pubkey()).unwrap();
    fx.warp(IN_KIND);
    fx.vault().redeem_in_kind(&bob, 1).unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.ticket_head, vault.queued_shares, vault.shares), (0, 150 * USDC, 800 * USDC));
    fx.assert_identities();
    fx.refresh_all();
    fx.vault().fill_tickets(3).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.vault_state().queued_shares), (3, 0));
    fx.assert_identities();
}

#[test]
fn a_ticket_that_was_passed_goes_in_kind_too() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem_at_least(&alice, 250 * USDC, u64::MAX).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!((fx.vault_state().passed_shares, fx.vault_state().ticket_head), (250 * USDC, 1));
    // Somebody else's ticket is at the head by now, and cash is demanded for it.
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.warp(IN_KIND);
    fx.vault().demand().unwrap();
    let overdue = fx.ledger().overdue;
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    let (vault, ledger) = (fx.vault_state(), fx.ledger());
    assert_eq!((vault.passed_shares, vault.queued_shares, vault.shares), (0, 500 * USDC, 750 * USDC));
    assert_eq!(vault.ticket_head, 1, "the head is another's");
    // A quarter of everything less for three quarters of the shares: the price is the same, up to rounding.
    assert!(ledger.overdue <= overdue && ledger.overdue + 10 > overdue, "{} of {overdue}", ledger.overdue);
    assert!(ledger.reserved >= ledger.overdue);
    fx.assert_identities();
}

#[test]
fn who_holds_everything_takes_everything() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 1_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let position = fx.line(0).position;
    let collateral = receivers(&mut fx, &alice)[0].1;
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    assert_eq!((fx.balance(&collateral), fx.balance(&alice.base)), (position, 1_400 * USDC));
    let (vault, ledger, line) = (fx.vault_state(), fx.ledger(), fx.line(0));
    assert_eq!((vault.shares, ledger.cash_tracked), (0, 0));
    assert!(line.is_empty(), "{} {} {}", line.position, line.low, line.high);
    fx.assert_identities();
    // The vault goes on, from one for one.
    let bob = fx.depositor(100 * USDC);
    fx.refresh_all();
    fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&bob.shares), 100 * USDC);
    fx.assert_identities();
}

/// Three lines, one of them swapped, each paid to an account of its own; what cannot be taken is forgone.
#[test]
fn every_line_pays_and_a_part_may_be_forgone() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    for place in 0..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.vault().request_redeem(&alice, 5_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let targets = receivers(&mut fx, &alice);
    assert_eq!(targets.len(), 3);
    let positions: Vec<u64> = (0..3).map(|place| fx.line(place).position).collect();

    // The second is forgone, and the cash as well: no account of the base asset is named.
    let vault = fx.deployment.vault;
    let mut accounts = vault.redeem_in_kind_accounts(&alice.pubkey(), 0);
    accounts.destination = None;
    let mut redeem = vault.instruction(accounts, instruction::RedeemInKind {});
    for (place, (source, receiver)) in targets.iter().enumerate() {
        redeem.accounts.extend(if place == 1 { source.forgone() } else { source.paid_to(receiver) });
    }
    let cash = fx.ledger().cash_tracked;
    fx.send(&with_budget(&[redeem]), &[&alice.key]).unwrap();
    for (place, (_, receiver)) in targets.iter().enumerate() {
        let paid = if place == 1 { 0 } else { positions[place] / 2 };
        assert_eq!((fx.balance(receiver), fx.line(place).position), (paid, positions[place] - paid), "line {place}");
    }
    assert_eq!((fx.ledger().cash_tracked, fx.vault_state().withdrawn), (cash, 0));
    assert_eq!(fx.vault_state().shares, 5_000 * USDC);
    fx.assert_identities();
}

/// As many lines as a ledger holds fit one transaction, once the receivers are there.
#[test]
fn sixteen_lines_pay_in_one_transaction() {
    let mut plan = Plan::with_lines(16);
    // A mint and a token program more each, but no swap: every line pays receipts.
    for line in &mut plan.lines {
        line.swapped = false;
    }
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(16_000 * USDC);
    fx.vault().deposit(&alice, 16_000 * USDC, 0).unwrap();
    for place in 0..16 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.vault().request_redeem(&alice, 8_000 * USDC).unwrap();
    fx.warp(IN_KIND);
    let payer = fx.deployment.actors.payer.pubkey();
    for source in fx.vault().kind_sources() {
        let KindSource { mint, token_program, .. } = source;
        fx.send(&[of_token::create_associated(&payer, &alice.pubkey(), &mint, &token_program)], &[]).unwrap();
    }
    let targets = receivers(&mut fx, &alice);
    assert_eq!(targets.len(), 16);
    let positions: Vec<u64> = (0..16).map(|place| fx.line(place).position).collect();
    in_kind_with(&mut fx, &alice, |_| (), |_| ()).unwrap();
    for (place, (_, receiver)) in targets.iter().enumerate() {
        assert_eq!(fx.balance(receiver), positions[place] / 2, "line {place}");
    }
    fx.assert_identities();
}

#[test]
fn every_position_is_named_once_and_in_order() {
    let (mut fx, alice) = due();
    receivers(&mut fx, &alice);
    type Groups = fn(&mut Vec<AccountMeta>);
    let refusals: [(&str, Groups); 5] = [
        ("VenueAccountMismatch", |groups| groups.clear()),
        ("VenueAccountMismatch", |groups| {
            groups.pop();
        }),
        ("VenueAccountMismatch", |groups| groups.extend(groups.clone())),
        ("VenueAccountMismatch", |groups| groups.swap(0, 2)),
        ("MintMismatch", |groups| groups.swap(1, 3)),
    ];
    for (name, groups) in refusals {
        fx.assert_refused(name, |fx| in_kind_with(fx, &alice, |_| (), groups));
    }
}

#[test]
fn nothing_stands_in_the_way() {
    let (mut fx, alice) = due();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.router().set_status(&guardian, 0, 2).unwrap();
    fx.warp(100 * DAY);
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    assert_eq!(fx.vault_state().shares, 750 * USDC);
    fx.assert_identities();
}

/// No admin, keeper or feed acts, and the venue's account no longer parses. Before the deadline exits wait; after the
/// first they are filled at what the line has faded to; after the second the rest leaves in kind, and everybody is out.
#[test]
fn everybody_gets_out_of_a_venue_that_no_longer_parses() {
    let (mut fx, alice) = invested();
    let bob = fx.depositor(0);
    let give = anchor_spl::token::spl_token::instruction::transfer(
        &token::ID,
        &alice.shares,
        &bob.shares,
        &alice.pubkey(),
        &[],
        500 * USDC,
    )
    .unwrap();
    fx.send(&[give], &[&alice.key]).unwrap();

    let reserve = fx.deployment.lines[0].context.pinned[0];
    let sound = fx.chain.require_account(&reserve).unwrap();
    let mut broken = sound.clone();
    broken.data.truncate(sound.data.len() / 2);
    fx.chain.set_account(&reserve, broken).unwrap();
    // The identities read the venue, which they cannot as it is.
    let assert_identities = |fx: &Fixture| {
        let mut fx = fx.clone();
        fx.chain.set_account(&reserve, sound.clone()).unwrap();
        fx.assert_identities();
    };
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.vault().request_redeem(&bob, 500 * USDC).unwrap();

    // Before the first deadline: nothing can be valued, recalled or priced.
    fx.warp(DEADLINE - 1);
    let stranger = fx.depositor(0);
    receivers(&mut fx, &alice);
    fx.assert_refused("MalformedVenueAccount", |fx| fx.router().refresh(0));
    fx.assert_refused("MalformedVenueAccount", |fx| fx.router().recall(&stranger.key, 0, USDC));
    fx.assert_refused("StaleNav", |fx| fx.vault().fill_tickets(2));
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));

    // After it: 600 USDC count with 7 of 14 days and the ten minutes that valuations may be old, and widened. Alice is
    // paid of it in cash, and Bob what is left of the cash.
    fx.warp(1);
    let low = fx.ledger().nav_overdue(fx.chain.clock().unwrap().unix_timestamp).unwrap();
    assert!((695 * USDC..701 * USDC).contains(&low), "{low}");
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!(fx.ticket(0).unwrap().claimable, worth(500 * USDC, low, 1_000 * USDC));
    fx.vault().claim(&alice, 0).unwrap();
    let part = fx.ticket(1).unwrap();
    assert!(part.is_open() && part.claimable > 0 && part.shares_left > 0);
    assert!(fx.ledger().cash_tracked <= 1);
    fx.assert_refused("NothingToFill", |fx| fx.vault().fill_tickets(1));
    assert_identities(&fx);

    // After the second: all that is left is his, as it lies.
    fx.warp(DEADLINE);
    let (position, cash) = (fx.line(0).position, fx.ledger().cash_tracked);
    let collateral = receivers(&mut fx, &bob)[0].1;
    fx.vault().redeem_in_kind(&bob, 1).unwrap();
    fx.vault().claim(&bob, 1).unwrap();
    assert_eq!(fx.balance(&collateral), position);
    assert_eq!(fx.balance(&bob.base), part.claimable + cash);
    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.queued_shares, vault.passed_shares, vault.claims_owed), (0, 0, 0, 0));
    assert!(fx.line(0).is_empty());
    assert_identities(&fx);
}

//! `pay_in_kind`: a part of everything as it lies. The vault is a key of the test here.

use super::*;

use anchor_lang::prelude::{AccountMeta, Pubkey};
use gimbal::instructions::{
    router::{kind_sources, KindSource},
    token,
};
use gimbal::setup::tokens;
use gimbal_tests::measure::{is_metered, last_instruction};
use lending_venue::SetMarketArgs;

/// Most compute units that sixteen lines at once may take.
const CEILING: u64 = 350_000;

/// The router in a receiver's place.
const FORGONE: Pubkey = strategy_router::ID;

/// `count` lines with `each` base units, of 1,000 USDC of Alice's; the rest lies in cash.
fn kind(count: usize, each: u64) -> (Fixture, Keypair) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let vault = own::with_lines(&mut fx, &quiet(count).lines.into_iter().map(without_width).collect::<Vec<_>>());
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    for place in 0..count {
        own::allocate_to(&mut fx, &vault, place, each).unwrap();
        assert_eq!(fx.line(place).position, each);
    }
    (fx, vault)
}

fn without_width(mut line: LinePlan) -> LinePlan {
    line.params.widen_rate = 0;
    line
}

/// Where a part is paid to.
#[derive(Clone)]
struct Leaver {
    base: Pubkey,
    sources: Vec<KindSource>,
    receivers: Vec<Pubkey>,
}

impl Leaver {
    /// Bob, with an account for everything that lies in the ledger.
    fn bob(fx: &mut Fixture) -> Self {
        let bob = fx.depositor(0);
        let ledger = fx.deployment.vault.addresses.ledger;
        let sources = kind_sources(&fx.chain, &ledger, &fx.ledger()).unwrap();
        let payer = fx.deployment.actors.payer.pubkey();
        let mut receivers = Vec::new();
        for source in &sources {
            let create = token::create_associated(&payer, &bob.pubkey(), &source.mint, &source.token_program);
            fx.send(&[create], &[]).unwrap();
            receivers.push(token::associated(&bob.pubkey(), &source.mint, &source.token_program));
        }
        Self { base: bob.base, sources, receivers }
    }

    fn groups(&self) -> Vec<[AccountMeta; 4]> {
        let pairs = self.sources.iter().zip(&self.receivers);
        pairs.map(|(source, to)| if *to == FORGONE { source.forgone() } else { source.paid_to(to) }).collect()
    }

    fn take(&self, fx: &mut Fixture, vault: &Keypair, share: (u64, u64)) -> Outcome {
        take(fx, vault, Some(self.base), &self.groups(), share)
    }

    /// What has arrived, the base asset apart.
    fn received(&self, fx: &Fixture) -> Vec<u64> {
        let amount = |account: &Pubkey| if *account == FORGONE { 0 } else { fx.balance(account) };
        self.receivers.iter().map(amount).collect()
    }
}

fn take(
    fx: &mut Fixture,
    vault: &Keypair,
    base: Option<Pubkey>,
    groups: &[[AccountMeta; 4]],
    share: (u64, u64),
) -> Outcome {
    let take = own::pay_in_kind_instruction(fx, &vault.pubkey(), base, groups.concat(), share);
    fx.send(&gimbal::bundle::with_budget(&[take]), &[vault])
}

fn values(fx: &Fixture, place: usize) -> [u64; 4] {
    let line = fx.line(place);
    [line.position, line.low, line.mid, line.high]
}

/// Writes bytes of a token account as no transaction here could.
fn tamper(fx: &mut Fixture, account: &Pubkey, offset: usize, bytes: &[u8]) {
    let mut content = fx.chain.require_account(account).unwrap();
    content.data[offset..offset + bytes.len()].copy_from_slice(bytes);
    fx.chain.set_account(account, content).unwrap();
}

#[test]
fn nobody_but_the_vault_calls_it() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let cast = Cast::of(&fx);
    let keeper = fx.router().keeper(0);
    for key in [&cast.owner, &cast.curator, &cast.guardian, &cast.stranger, &keeper] {
        fx.assert_refused("ForeignAccount", |fx| bob.take(fx, key, (1, 4)));
    }
    let groups = bob.groups().concat();
    let forged = own::pay_in_kind_instruction(&fx, &vault.pubkey(), Some(bob.base), groups, (1, 4));
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(forged, 0)], &[]));
}

#[test]
fn a_quarter_of_everything_leaves() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let receipt = bob.take(&mut fx, &vault, (1, 4)).unwrap();
    // 400 in cash, 300 in each line.
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (100 * USDC, vec![75 * USDC; 2]));
    let ledger = fx.ledger();
    assert_eq!((ledger.cash_tracked, ledger.paid, ledger.credited), (300 * USDC, 100 * USDC, 1_000 * USDC));
    assert_eq!(fx.balance(&ledger.cash), 300 * USDC);
    for place in 0..2 {
        assert_eq!(values(&fx, place), [225 * USDC; 4]);
        assert_eq!(fx.balance(&fx.deployment.lines[place].addresses.position), 225 * USDC);
        assert_eq!(fx.line(place).last_action_slot, fx.chain.clock().unwrap().slot);
    }
    assert_eq!(ledger.nav(now(&fx)).unwrap().low, 750 * USDC);
    let RouterEvent::PaidInKind(event) = event(&receipt) else { panic!("a part was paid") };
    assert_eq!((event.part, event.whole, event.cash, event.time), (1, 4, 100 * USDC, now(&fx)));
    let lines: Vec<_> = event.lines.iter().map(|paid| (paid.line, paid.position, paid.token)).collect();
    assert_eq!(lines, [(1, 75 * USDC, 0), (2, 75 * USDC, 0)]);
    // A valuation finds what the books say.
    fx.router().refresh(0).unwrap();
    assert_eq!(values(&fx, 0), [225 * USDC; 4]);
}

#[test]
fn all_of_it_leaves_nothing() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (7, 7)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (400 * USDC, vec![300 * USDC; 2]));
    let ledger = fx.ledger();
    assert_eq!((ledger.cash_tracked, ledger.totals.high, ledger.totals.oldest_at), (0, 0, i64::MAX));
    assert!((0..2).all(|place| fx.line(place).is_empty()));
    // Nothing tracks anything now.
    take(&mut fx, &vault, Some(bob.base), &[], (1, 1)).unwrap();
    fx.assert_refused("VenueAccountMismatch", |fx| bob.take(fx, &vault, (1, 1)));
}

#[test]
fn roundings_are_for_those_who_stay() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (2, 7)).unwrap();
    // 700 · 2/7 = 200 and 300 · 2/7 = 85.714285…
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (200 * USDC, vec![85_714_285]));
    assert_eq!(values(&fx, 0), [214_285_715; 4]);
    // A part too small for one unit of anything.
    bob.take(&mut fx, &vault, (1, u64::MAX)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (200 * USDC, vec![85_714_285]));
    assert_eq!((fx.ledger().cash_tracked, values(&fx, 0)), (500 * USDC, [214_285_715; 4]));
}

#[test]
fn a_part_is_above_zero_and_at_most_the_whole() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    for share in [(0, 4), (5, 4), (0, 0), (1, 0), (u64::MAX, 1)] {
        fx.assert_refused("InvalidPart", |fx| bob.take(fx, &vault, share));
    }
}

#[test]
fn no_venue_no_pause_no_status_and_no_age_stands_in_the_way() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let guardian = Cast::of(&fx).guardian;
    fx.router().pause(&guardian, gimbal_control::Direction::NewMoney).unwrap();
    fx.router().set_status(&guardian, 0, FROZEN).unwrap();
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.lending().set_market(0, SetMarketArgs { emergency_mode: true, borrowing_disabled: true }).unwrap();
    fx.chain.svm_mut().upgrade_program(&lending_venue::ID, 9, None).unwrap();
    fx.warp(400 * DAY);
    assert!(fx.ledger().nav(now(&fx)).is_err());
    bob.take(&mut fx, &vault, (1, 2)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (350 * USDC, vec![150 * USDC]));
}

#[test]
fn keepers_pay_is_not_shared() {
    let mut fx = Fixture::from_plan(Plan { limits: Plan::with_lines(1).limits, ..quiet(1) });
    let alice = fx.depositor(1_000 * USDC);
    let vault = own::with_lines(&mut fx, &quiet(1).lines);
    own::register_keeper(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    // A hundredth of a dollar is owed; 900 were deployed.
    assert_eq!((fx.ledger().keeper_owed, fx.ledger().cash_tracked), (10_000, 100 * USDC));
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (1, 1)).unwrap();
    assert_eq!((fx.balance(&bob.base), fx.ledger().cash_tracked), (99_990_000, 10_000));
}

#[test]
fn locked_gains_shrink_with_the_rest() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    harvest::donate_receipts(&mut fx, 0, 60 * USDC);
    fx.router().harvest(0).unwrap();
    let bob = Leaver::bob(&mut fx);
    bob.take(&mut fx, &vault, (1, 3)).unwrap();
    assert_eq!((fx.line(0).position, fx.ledger().gains.amount), (240 * USDC, 40 * USDC));
    let nav = fx.ledger().nav(now(&fx)).unwrap();
    // 700 and 360 less a third each; the gains are locked still.
    let cash = 700 * USDC - 233_333_333;
    assert_eq!((nav.low, nav.high), (cash + 200 * USDC, cash + 240 * USDC));
}

#[test]
fn a_receiver_may_be_anybodys() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let mut bob = Leaver::bob(&mut fx);
    let carol = Leaver::bob(&mut fx);
    bob.receivers = carol.receivers.clone();
    bob.take(&mut fx, &vault, (1, 4)).unwrap();
    assert_eq!((fx.balance(&bob.base), carol.received(&fx)), (175 * USDC, vec![75 * USDC]));
}

#[test]
fn every_account_that_tracks_something_has_its_group_in_its_place() {
    let (mut fx, vault) = kind(3, 200 * USDC);
    let bob = Leaver::bob(&mut fx);
    let groups = bob.groups();
    let [one, two, three] = [0, 1, 2].map(|place: usize| groups[place].clone());
    let stray = vec![AccountMeta::new_readonly(FORGONE, false)];
    for wrong in [
        vec![],
        vec![one.clone(), two.clone()],
        vec![two.clone(), three.clone()],
        vec![one.clone(), three.clone(), two.clone()],
        vec![three.clone(), two.clone(), one.clone()],
        vec![one.clone(), one.clone(), three.clone()],
        vec![one.clone(), two.clone(), three.clone(), three.clone()],
    ] {
        fx.assert_refused("VenueAccountMismatch", |fx| take(fx, &vault, Some(bob.base), &wrong, (1, 4)));
    }
    // A group begun and not ended, before and after the whole ones.
    let whole = groups.concat();
    for wrong in [whole[..11].to_vec(), [whole.clone(), stray.clone()].concat(), [stray, whole].concat()] {
        let take = own::pay_in_kind_instruction(&fx, &vault.pubkey(), Some(bob.base), wrong, (1, 4));
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[take], &[&vault]));
    }
    // A line that holds nothing has no group.
    let guardian = Cast::of(&fx).guardian;
    fx.router().recall(&guardian, 1, u64::MAX).unwrap();
    fx.assert_refused("VenueAccountMismatch", |fx| bob.take(fx, &vault, (1, 4)));
    take(&mut fx, &vault, Some(bob.base), &[one, three], (1, 4)).unwrap();
    assert_eq!(bob.received(&fx), [50 * USDC, 0, 50 * USDC]);
}

#[test]
fn a_source_is_the_lines_own_account() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let context = fx.deployment.vault;
    let line = fx.deployment.lines[0].addresses;
    // Another of the ledger's own: its cash, the line's second account, the other line's; then somebody's.
    let other = fx.deployment.lines[1].addresses;
    for source in [context.addresses.cash, line.token, line.venue, other.position, bob.receivers[0], bob.base] {
        for receiver in [bob.receivers[0], FORGONE] {
            let mut wrong = bob.clone();
            (wrong.sources[0].source, wrong.receivers[0]) = (source, receiver);
            fx.assert_refused("VenueAccountMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
        }
    }
}

#[test]
fn mint_and_token_program_are_the_sources_own() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    for mint in [bob.sources[1].mint, fx.deployment.base.key, fx.deployment.vault.addresses.cash] {
        let mut wrong = bob.clone();
        wrong.sources[0].mint = mint;
        fx.assert_refused("MintMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
    }
    for program in [anchor_spl::token_2022::ID, lending_venue::ID, bob.base] {
        let mut wrong = bob.clone();
        wrong.sources[0].token_program = program;
        fx.assert_refused("MintMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
    }
    // The token program looks at the receiver.
    let mut wrong = bob.clone();
    wrong.receivers.swap(0, 1);
    fx.assert_refused("MintMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
}

#[test]
fn nothing_is_paid_to_where_it_lies() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let cash = fx.deployment.vault.addresses.cash;
    fx.assert_refused("SameAccount", |fx| take(fx, &vault, Some(cash), &bob.groups(), (1, 4)));
    let mut own = bob.clone();
    own.receivers[0] = bob.sources[0].source;
    fx.assert_refused("SameAccount", |fx| own.take(fx, &vault, (1, 4)));
    let token = fx.deployment.token;
    let user = fx.depositor(0);
    let other = tokens::issue(&mut fx.chain, &fx.deployment.actors, &token, &user.pubkey(), 0).unwrap();
    fx.assert_refused("MintMismatch", |fx| take(fx, &vault, Some(other), &bob.groups(), (1, 4)));
}

#[test]
fn what_is_forgone_stays_for_the_others() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let mut bob = Leaver::bob(&mut fx);
    let receiver = std::mem::replace(&mut bob.receivers[0], FORGONE);
    let receipt = bob.take(&mut fx, &vault, (1, 4)).unwrap();
    assert_eq!((fx.balance(&receiver), fx.balance(&bob.receivers[1])), (0, 75 * USDC));
    assert_eq!((values(&fx, 0), values(&fx, 1)), ([300 * USDC; 4], [225 * USDC; 4]));
    let RouterEvent::PaidInKind(event) = event(&receipt) else { panic!("a part was paid") };
    assert_eq!(event.lines.iter().map(|paid| paid.position).collect::<Vec<_>>(), [0, 75 * USDC]);
    // The cash as well.
    take(&mut fx, &vault, None, &bob.groups(), (1, 3)).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.ledger().paid), (300 * USDC, 100 * USDC));
    assert_eq!((fx.balance(&bob.base), fx.balance(&bob.receivers[1])), (100 * USDC, 150 * USDC));
    // 300 in cash, 300 and 150 in the lines.
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().low, 750 * USDC);
}

/// Where a transaction has no room for a key more, the place alone says what is forgone; nothing is paid from it.
#[test]
fn what_is_forgone_need_not_be_named() {
    let (mut fx, vault) = kind(3, 200 * USDC);
    let bob = Leaver::bob(&mut fx);
    let groups = bob.groups();
    let [first, second, third] = groups.as_slice() else { panic!("three lines") };
    let left_out = |count: usize| vec![KindSource::left_out(); count];
    let attempt = |fx: &mut Fixture, groups: Vec<AccountMeta>| {
        let take = own::pay_in_kind_instruction(fx, &vault.pubkey(), Some(bob.base), groups, (1, 4));
        fx.send(&gimbal::bundle::with_budget(&[take]), &[&vault])
    };
    let mut from_nowhere = second.to_vec();
    from_nowhere[0] = KindSource::left_out();
    for wrong in [vec![], left_out(2), left_out(4), from_nowhere] {
        let groups = [first.to_vec(), wrong, third.to_vec()].concat();
        fx.assert_refused("VenueAccountMismatch", |fx| attempt(fx, groups));
    }
    attempt(&mut fx, [first.to_vec(), left_out(1), third.to_vec()].concat()).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (100 * USDC, vec![50 * USDC, 0, 50 * USDC]));
    assert_eq!(values(&fx, 1), [200 * USDC; 4]);
}

#[test]
fn an_account_that_cannot_pay_does_not_hold_up_the_rest() {
    /// `AccountState::Frozen` at its place; a delegate at its; a close authority at its.
    const TAMPERED: [(usize, &[u8], &str); 3] = [
        (108, &[2], "MintMismatch"),
        (72, &[1], "ForeignAuthorityOnTokenAccount"),
        (129, &[1], "ForeignAuthorityOnTokenAccount"),
    ];
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    for (offset, bytes, error) in TAMPERED {
        let mut fx = fx.clone();
        tamper(&mut fx, &bob.sources[0].source, offset, bytes);
        fx.assert_refused(error, |fx| bob.take(fx, &vault, (1, 4)));
        let mut wise = bob.clone();
        wise.receivers[0] = FORGONE;
        wise.take(&mut fx, &vault, (1, 4)).unwrap();
        assert_eq!((fx.balance(&bob.base), wise.received(&fx)[1]), (100 * USDC, 75 * USDC));
        // And cash that cannot move.
        let cash = fx.deployment.vault.addresses.cash;
        tamper(&mut fx, &cash, offset, bytes);
        fx.assert_refused(error, |fx| wise.take(fx, &vault, (1, 3)));
        take(&mut fx, &vault, None, &wise.groups(), (1, 3)).unwrap();
        assert_eq!(wise.received(&fx)[1], 150 * USDC);
    }
}

#[test]
fn donations_are_not_paid_and_what_is_missing_is_missed() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    harvest::donate_receipts(&mut fx, 0, 50 * USDC);
    let bob = Leaver::bob(&mut fx);
    // A third of the second line's tokens went missing after its last valuation.
    tamper(&mut fx, &bob.sources[1].source, 64, &(200 * USDC).to_le_bytes());
    bob.take(&mut fx, &vault, (1, 4)).unwrap();
    assert_eq!(bob.received(&fx), [75 * USDC, 50 * USDC]);
    assert_eq!(values(&fx, 0), [225 * USDC; 4]);
    // 150 are left of 300 valued; high as if the 200 had been valued.
    assert_eq!(values(&fx, 1), [150 * USDC, 150 * USDC, 150 * USDC, 225 * USDC]);
    fx.router().refresh(1).unwrap();
    assert_eq!(values(&fx, 1), [150 * USDC; 4]);
    assert_eq!(fx.balance(&bob.sources[0].source), 275 * USDC);
}

#[test]
fn a_busy_ledger_pays_nothing() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let ledger = fx.deployment.vault.addresses.ledger;
    let busy = 8 + core::mem::offset_of!(strategy_router::Ledger, busy);
    tamper(&mut fx, &ledger, busy, &[1]);
    fx.assert_refused("LedgerBusy", |fx| bob.take(fx, &vault, (1, 4)));
}

/// A swapped line with 500 USDC's worth of receipts and 90 tokens in its token account, 500 in cash.
fn in_flight() -> (Fixture, Keypair) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let plans: Vec<_> = swapped::plan().lines.into_iter().map(without_width).collect();
    let vault = own::with_lines(&mut fx, &plans);
    own::register_keeper(&mut fx);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    let (token, owner) = (fx.deployment.token, fx.deployment.actors.venue_owner.insecure_clone());
    let own = fx.deployment.lines[0].addresses.token;
    let gift = tokens::issue(&mut fx.chain, &fx.deployment.actors, &token, &owner.pubkey(), 90 * USDC).unwrap();
    let gift = token::transfer(&gift, &token.key, &own, &owner.pubkey(), 90 * USDC, 6, &token.program);
    fx.send(&[gift], &[&owner]).unwrap();
    fx.router().harvest(0).unwrap();
    assert_eq!(fx.line(0).in_flight, 90 * USDC);
    (fx, vault)
}

#[test]
fn tokens_in_flight_are_a_group_of_their_own() {
    let (mut fx, vault) = in_flight();
    let bob = Leaver::bob(&mut fx);
    let before = fx.line(0);
    assert_eq!(bob.sources.iter().map(|source| source.tracked).collect::<Vec<_>>(), [before.position, 90 * USDC]);
    let groups = bob.groups();
    for wrong in [vec![groups[0].clone()], vec![groups[1].clone()], vec![groups[1].clone(), groups[0].clone()]] {
        fx.assert_refused("VenueAccountMismatch", |fx| take(fx, &vault, Some(bob.base), &wrong, (1, 3)));
    }
    let receipt = bob.take(&mut fx, &vault, (1, 3)).unwrap();
    let paid = before.position / 3;
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (166_666_666, vec![paid, 30 * USDC]));
    let line = fx.line(0);
    assert_eq!((line.position, line.in_flight), (before.position - paid, 60 * USDC));
    // Two thirds of the value, and a unit for the rounding.
    for (value, old) in [(line.low, before.low), (line.mid, before.mid), (line.high, before.high)] {
        assert!(value.abs_diff(old * 2 / 3) <= 1, "{value} of {old}");
    }
    let RouterEvent::PaidInKind(event) = event(&receipt) else { panic!("a part was paid") };
    assert_eq!(event.lines.iter().map(|of| (of.line, of.position, of.token)).next(), Some((1, paid, 30 * USDC)));
    // A valuation at the same prices agrees.
    fx.router().refresh(0).unwrap();
    assert!(fx.line(0).mid.abs_diff(line.mid) <= 1);
}

#[test]
fn one_of_two_accounts_may_be_forgone() {
    let (mut fx, vault) = in_flight();
    let mut bob = Leaver::bob(&mut fx);
    let before = fx.line(0);
    bob.receivers[0] = FORGONE;
    bob.take(&mut fx, &vault, (1, 3)).unwrap();
    let line = fx.line(0);
    assert_eq!((line.position, line.in_flight), (before.position, 60 * USDC));
    // How much of the value lay in the tokens is not known until it is valued: low and mid as if all had shrunk.
    assert_eq!((line.low, line.mid, line.high), (before.low * 2 / 3, before.mid * 2 / 3, before.high));
    fx.router().refresh(0).unwrap();
    assert!(fx.line(0).mid.abs_diff(before.mid - 30 * USDC) <= 1);
}

#[test]
fn sixteen_lines_at_once_fit_one_transaction() {
    let (mut fx, vault) = kind(16, 50 * USDC);
    let bob = Leaver::bob(&mut fx);
    let table = [bob.sources.iter().map(|source| source.mint).collect(), bob.receivers.clone()].concat();
    gimbal::setup::tables::extend(&mut fx.chain, &fx.deployment.actors, &mut fx.deployment.table, table).unwrap();
    let receipt = bob.take(&mut fx, &vault, (1, 10)).unwrap();
    assert_eq!((fx.balance(&bob.base), bob.received(&fx)), (20 * USDC, vec![5 * USDC; 16]));
    assert!((0..16).all(|place| values(&fx, place) == [45 * USDC; 4]));
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().low, 900 * USDC);
    if is_metered() {
        let units = last_instruction(&receipt.logs);
        assert!(units <= CEILING, "{units} units");
    }
}

#[test]
fn forgoing_all_lines_takes_no_receivers() {
    let (mut fx, vault) = kind(16, 50 * USDC);
    let mut bob = Leaver::bob(&mut fx);
    bob.receivers.fill(FORGONE);
    bob.take(&mut fx, &vault, (1, 10)).unwrap();
    assert_eq!((fx.balance(&bob.base), fx.ledger().cash_tracked), (20 * USDC, 180 * USDC));
    assert!((0..16).all(|place| values(&fx, place) == [50 * USDC; 4]));
}

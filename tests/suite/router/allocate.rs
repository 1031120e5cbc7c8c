//! `allocate`: the vault's alone; new money as far as every limit lets it, and else nothing at all. The ledger's vault is
//! a key of the test, which has paid in 1,000 USDC.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::router::LineContext;
use gimbal::setup::Line;
use gimbal_control::Direction;
use lending_venue::SetMarketArgs;
use risk_oracle::SetLineRiskArgs;

fn ready(change: impl FnOnce(&mut LinePlan)) -> (Fixture, Keypair) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let mut plan = quiet(1).lines.remove(0);
    change(&mut plan);
    let vault = own::with_line(&mut fx, &plan);
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    (fx, vault)
}

/// Asserts that an allocation without bound moves `expected`, and the next one nothing.
#[track_caller]
fn assert_takes(fx: &mut Fixture, vault: &Keypair, expected: u64) {
    own::allocate(fx, vault, u64::MAX).unwrap();
    assert_eq!((fx.line(0).position, fx.ledger().cash_tracked), (expected, 1_000 * USDC - expected));
    assert_does_nothing(fx, vault);
}

/// Asserts that an allocation succeeds and moves nothing.
#[track_caller]
fn assert_does_nothing(fx: &mut Fixture, vault: &Keypair) {
    let before = (fx.ledger().cash_tracked, fx.ledger().actions, fx.line(0).position);
    let receipt = own::allocate(fx, vault, u64::MAX).unwrap();
    assert!(events(&receipt).is_empty(), "{:?}", events(&receipt));
    assert_eq!((fx.ledger().cash_tracked, fx.ledger().actions, fx.line(0).position), before);
}

#[test]
fn nobody_but_the_vault_allocates() {
    let (mut fx, vault) = ready(|_| ());
    let cast = Cast::of(&fx);
    let keeper = fx.router().keeper(0);
    for key in [&cast.owner, &cast.curator, &cast.guardian, &cast.stranger, &keeper] {
        fx.assert_refused("ForeignAccount", |fx| own::allocate(fx, key, USDC));
    }
    let forged = unsigned(own::allocate_instruction(&fx, &vault.pubkey(), USDC), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[forged], &[]));
}

#[test]
fn what_is_asked_goes_in() {
    let (mut fx, vault) = ready(|_| ());
    let receipt = own::allocate(&mut fx, &vault, 300 * USDC).unwrap();
    let (ledger, line) = (fx.ledger(), fx.line(0));
    assert_eq!((ledger.cash_tracked, ledger.invested, ledger.actions), (700 * USDC, 300 * USDC, 1));
    assert_eq!((line.position, line.invested), (300 * USDC, 300 * USDC));
    assert_eq!((line.low, line.mid, line.high), (300 * USDC, 300 * USDC, 300 * USDC));
    assert_eq!(fx.balance(&fx.deployment.lines[0].addresses.position), 300 * USDC);
    // It is no keeper's action: no cooldown begins.
    assert_eq!(line.last_action_at, 0);
    let RouterEvent::Allocated(event) = event(&receipt) else { panic!("money was allocated") };
    assert_eq!((event.line, event.amount, event.mid, event.time), (1, 300 * USDC, 300 * USDC, now(&fx)));
}

#[test]
fn the_least_cash_stays() {
    let (mut fx, vault) = ready(|_| ());
    // 5% of 1,000.
    assert_takes(&mut fx, &vault, 950 * USDC);
}

#[test]
fn what_the_queue_is_worth_stays() {
    let (mut fx, vault) = ready(|_| ());
    own::reserve(&mut fx, &vault, 600 * USDC).unwrap();
    assert_takes(&mut fx, &vault, 350 * USDC);
}

#[test]
fn the_lines_weight_and_cap_hold() {
    let (mut fx, vault) = ready(|line| {
        line.params.target_bps = 4_000;
        line.params.max_bps = 4_000;
    });
    assert_takes(&mut fx, &vault, 400 * USDC);
    let (mut fx, vault) = ready(|line| line.params.cap = 250 * USDC);
    assert_takes(&mut fx, &vault, 250 * USDC);
}

#[test]
fn the_venues_limit_holds() {
    // 5,000,000 USDC and the reserve's first deposit lie there.
    let (mut fx, vault) =
        ready(|line| line.reserve.deposit_limit = 5_000_100 * USDC + gimbal::setup::markets::INITIAL_DEPOSIT);
    assert_takes(&mut fx, &vault, 100 * USDC);
}

#[test]
fn the_oracles_limits_hold() {
    let (mut fx, vault) = ready(|line| line.risk_cap = 120 * USDC);
    assert_takes(&mut fx, &vault, 120 * USDC);
    let (mut fx, vault) = ready(|line| line.risk_cap_bps = 1_500);
    assert_takes(&mut fx, &vault, 150 * USDC);
    // A line that the book does not know takes nothing.
    let (mut fx, vault) = ready(|_| ());
    let owner = fx.deployment.actors.owner.insecure_clone();
    let forget = SetLineRiskArgs { line: 1, risks: [risk_oracle::NO_RISK; 4], cap_bps: 0, cap: 0 };
    fx.oracle().set_line_risk(&owner, forget).unwrap();
    assert_does_nothing(&mut fx, &vault);
}

#[test]
fn less_than_a_thousand_units_are_not_worth_a_call() {
    let (mut fx, vault) = ready(|_| ());
    let receipt = own::allocate(&mut fx, &vault, 999).unwrap();
    assert!(events(&receipt).is_empty());
    assert_eq!(fx.line(0).position, 0);
    own::allocate(&mut fx, &vault, 0).unwrap();
    assert_eq!(fx.line(0).position, 0);
    own::allocate(&mut fx, &vault, 1_000).unwrap();
    assert_eq!(fx.line(0).position, 1_000);
}

#[test]
fn a_line_that_takes_no_money_is_passed() {
    let (mut fx, vault) = ready(|_| ());
    let cast = Cast::of(&fx);
    let mut paused = fx.clone();
    paused.router().pause(&cast.guardian, Direction::NewMoney).unwrap();
    assert_does_nothing(&mut paused, &vault);
    for status in [FROZEN, WINDING_DOWN] {
        let mut fx = fx.clone();
        fx.router().set_status(&cast.guardian, 0, status).unwrap();
        assert_does_nothing(&mut fx, &vault);
    }
    let mut upgraded = fx.clone();
    upgraded.chain.svm_mut().upgrade_program(&lending_venue::ID, 9, None).unwrap();
    assert_does_nothing(&mut upgraded, &vault);
    // 1 is obsolete.
    let mut closed = fx.clone();
    closed.lending().set_status(0, 1).unwrap();
    assert_does_nothing(&mut closed, &vault);
    let config = quiet(1).lines[0].reserve;
    fx.lending().set_config(0, lending_venue::ReserveConfig { block_ctoken_usage: true, ..config }).unwrap();
    assert_does_nothing(&mut fx, &vault);
    fx.lending().set_config(0, lending_venue::ReserveConfig { emergency_mode: true, ..config }).unwrap();
    assert_does_nothing(&mut fx, &vault);
    fx.lending().set_config(0, config).unwrap();
    assert_takes(&mut fx, &vault, 950 * USDC);
}

#[test]
fn a_market_that_stands_still_is_passed_until_it_goes_on() {
    let (mut fx, vault) = ready(|_| ());
    let halted = |emergency_mode| SetMarketArgs { emergency_mode, borrowing_disabled: true };
    fx.lending().set_market(0, halted(true)).unwrap();
    assert_does_nothing(&mut fx, &vault);
    fx.lending().set_market(0, halted(false)).unwrap();
    assert_takes(&mut fx, &vault, 950 * USDC);
}

#[test]
fn without_a_book_nothing_is_deployed() {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let (base, reserve) = (fx.deployment.base, fx.deployment.lines[0].reserve);
    let vault = own::open(&mut fx);
    let line = add_strategy::proposal_over(&mut fx, base);
    fx.router().add_strategy(&owner, &line).unwrap();
    let context = LineContext::read(&fx.chain, &fx.deployment.vault.addresses, 1).unwrap();
    let addresses = context.addresses;
    fx.deployment.lines.push(Line { addresses, context, reserve, pool: None, token_feed: None });
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    assert_does_nothing(&mut fx, &vault);
}

#[test]
fn the_line_is_valued_on_the_way() {
    let (mut fx, vault) = ready(|_| ());
    own::allocate(&mut fx, &vault, 300 * USDC).unwrap();
    fx.warp(30 * DAY);
    own::allocate(&mut fx, &vault, 300 * USDC).unwrap();
    assert_eq!((fx.line(0).position, fx.line(0).valued_at), (600 * USDC, now(&fx)));
}

#[test]
fn the_accounts_are_the_ledgers_and_the_lines_own() {
    let mut fx = Fixture::from_plan(quiet(1));
    let deployed = fx.deployment.vault.addresses;
    let plan = quiet(1).lines.remove(0);
    let vault = own::with_line(&mut fx, &plan);
    let good = own::allocate_instruction(&fx, &vault.pubkey(), USDC);
    let own = fx.deployment.vault.addresses;
    let replaced = |from: Pubkey, to: Pubkey| {
        let mut wrong = good.clone();
        for account in wrong.accounts.iter_mut().filter(|account| account.pubkey == from) {
            account.pubkey = to;
        }
        wrong
    };
    for (name, wrong) in [
        ("ForeignAccount", replaced(own.ledger, deployed.ledger)),
        ("ForeignAccount", replaced(own.cash, deployed.cash)),
        ("InvalidProgramId", replaced(risk_oracle::ID, strategy_router::ID)),
    ] {
        fx.assert_refused(name, |fx| fx.send(&[wrong], &[&vault]));
    }
    let last = good.accounts.len() - 1;
    let mut swapped = good.clone();
    swapped.accounts.swap(last, last - 1);
    let mut short = good.clone();
    short.accounts.pop();
    let mut long = good.clone();
    long.accounts.push(good.accounts[last].clone());
    for wrong in [swapped, short, long] {
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[wrong], &[&vault]));
    }
}

#[test]
fn a_foreign_book_is_not_asked() {
    let (mut fx, vault) = ready(|_| ());
    let mut wrong = own::allocate_instruction(&fx, &vault.pubkey(), 300 * USDC);
    let (own, foreign) =
        (fx.deployment.vault.addresses.book, Fixture::from_plan(quiet(1)).deployment.vault.addresses.book);
    for account in wrong.accounts.iter_mut().filter(|account| account.pubkey == own) {
        account.pubkey = foreign;
    }
    fx.assert_refused("ForeignAccount", |fx| fx.send(&gimbal::bundle::with_budget(&[wrong]), &[&vault]));
}

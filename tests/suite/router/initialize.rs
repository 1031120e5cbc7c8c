//! `initialize`: a ledger is opened by its vault's signature, once, within the hard ranges.

use super::*;

use anchor_lang::prelude::Pubkey;
use anchor_spl::token_2022;
use gimbal::instructions::build;
use gimbal::readers;
use solana_account::Account;
use strategy_router::{accounts, instruction, state::Ledger, LimitsArgs, RolesArgs};

/// One attempt to open the ledger of the test's vault key.
struct Attempt {
    accounts: accounts::Initialize,
    roles: RolesArgs,
    limits: LimitsArgs,
}

impl Attempt {
    fn new(fx: &Fixture) -> Self {
        Self {
            accounts: own::initialize_accounts(fx, &own::vault_key().pubkey()),
            roles: own::roles(fx),
            limits: fx.deployment.plan.limits,
        }
    }

    fn instruction(&self) -> Instruction {
        let arguments = instruction::Initialize { roles: self.roles, limits: self.limits };
        build(strategy_router::ID, self.accounts, arguments)
    }

    fn send(&self, fx: &mut Fixture) -> Outcome {
        fx.send(&[self.instruction()], &[&own::vault_key()])
    }
}

#[test]
fn only_the_vault_itself_opens_its_ledger() {
    let mut fx = Fixture::with_lines(0);
    let attempt = Attempt::new(&fx);
    let without = unsigned(attempt.instruction(), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[without], &[]));

    // A stranger who comes first signs for its own ledger's address only.
    let stranger = fx.depositor(0).key;
    let mut first = Attempt::new(&fx);
    first.accounts.vault = stranger.pubkey();
    let in_its_place = first.instruction();
    fx.assert_refused("ConstraintSeeds", |fx| fx.send(&[in_its_place], &[&stranger]));
    attempt.send(&mut fx).unwrap();
}

#[test]
fn somebody_must_own_it() {
    let mut fx = Fixture::with_lines(0);
    let mut attempt = Attempt::new(&fx);
    attempt.roles.owner = Pubkey::default();
    fx.assert_refused("ZeroKey", |fx| attempt.send(fx));
    // Curator and guardian may be nobody.
    let mut attempt = Attempt::new(&fx);
    (attempt.roles.curator, attempt.roles.guardian) = (Pubkey::default(), Pubkey::default());
    attempt.send(&mut fx).unwrap();
}

#[test]
fn limits_are_within_their_hard_ranges() {
    let mut fx = Fixture::with_lines(0);
    let changes: [fn(&mut LimitsArgs); 8] = [
        |limits| limits.max_valuation_age = 0,
        |limits| limits.max_valuation_age = 86_401,
        |limits| limits.epoch = 3_599,
        |limits| limits.epoch = 30 * 86_400 + 1,
        |limits| limits.min_cash_bps = 10_001,
        |limits| limits.loss_budget_bps = 501,
        |limits| limits.keeper_loss_budget_bps = limits.loss_budget_bps + 1,
        |limits| limits.keeper_pay = limits.keeper_pay_budget + 1,
    ];
    for change in changes {
        let mut attempt = Attempt::new(&fx);
        change(&mut attempt.limits);
        fx.assert_refused("InvalidLimits", |fx| attempt.send(fx));
    }
}

#[test]
fn the_base_feed_is_a_feed_and_the_programs_are_the_real_ones() {
    let mut fx = Fixture::with_lines(0);
    let deployed = fx.deployment.vault.addresses;
    let price = fx.deployment.feeds.get(Asset::Base).price_account;
    let refusals: [(&str, fn(&mut accounts::Initialize, Pubkey), Pubkey); 7] = [
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.base_feed = key, deployed.book),
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.base_feed = key, deployed.ledger),
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.base_feed = key, price),
        ("ConstraintMintTokenProgram", |accounts, key| accounts.base_token_program = key, token_2022::ID),
        ("InvalidProgramId", |accounts, key| accounts.base_token_program = key, risk_oracle::ID),
        ("InvalidProgramId", |accounts, key| accounts.system_program = key, risk_oracle::ID),
        ("ConstraintSeeds", |accounts, key| accounts.cash = key, Pubkey::new_unique()),
    ];
    for (name, change, key) in refusals {
        let mut attempt = Attempt::new(&fx);
        change(&mut attempt.accounts, key);
        fx.assert_refused(name, |fx| attempt.send(fx));
    }
}

#[test]
fn a_ledger_is_opened_once() {
    let mut fx = Fixture::with_lines(0);
    let attempt = Attempt::new(&fx);
    attempt.send(&mut fx).unwrap();
    let refused = fx.assert_unchanged(|fx| attempt.send(fx)).unwrap_err();
    let logs = refused.refused().unwrap().logs.join("\n");
    assert!(logs.contains("already in use"), "{logs}");
}

#[test]
fn a_new_ledger_is_empty_and_holds_its_cash_account_alone() {
    let mut fx = Fixture::with_lines(0);
    let attempt = Attempt::new(&fx);
    let receipt = attempt.send(&mut fx).unwrap();
    let made = &attempt.accounts;
    let ledger: Ledger = fx.read(&made.ledger);

    assert_eq!((ledger.version, ledger.base_decimals, ledger.line_count, ledger.busy, ledger.policy), (1, 6, 0, 0, 0));
    assert_eq!((ledger.vault, ledger.base_mint, ledger.cash), (made.vault, made.base_mint, made.cash));
    assert_eq!((ledger.base_feed, ledger.base_token_program), (made.base_feed, made.base_token_program));
    assert_eq!(ledger.book, Pubkey::default());
    assert_eq!((ledger.roles.owner, ledger.roles.pending_owner), (attempt.roles.owner, Pubkey::default()));
    assert_eq!((ledger.roles.curator, ledger.roles.guardian), (attempt.roles.curator, attempt.roles.guardian));
    assert_eq!((ledger.cash_tracked, ledger.reserved, ledger.keeper_owed), (0, 0, 0));
    // The oracle's books keep zero for a free row.
    assert_eq!((ledger.next_line_id, ledger.actions), (1, 0));
    assert!(ledger.lines.iter().all(|line| !line.is_used()));
    let nav = ledger.nav(now(&fx)).unwrap();
    assert_eq!((nav.low, nav.mid, nav.high), (0, 0, 0));
    let limits = attempt.limits;
    assert_eq!((ledger.limits.max_valuation_age, ledger.limits.epoch), (limits.max_valuation_age, limits.epoch));
    assert_eq!((ledger.limits.min_cash_bps, ledger.limits.keeper_pay), (limits.min_cash_bps, limits.keeper_pay));

    let cash = readers::token_account(&fx.chain, &made.cash).unwrap();
    assert_eq!((cash.mint, cash.owner, cash.amount), (made.base_mint, made.ledger, 0));
    assert_eq!((cash.delegate, cash.close_authority), (None, None));

    let RouterEvent::LedgerInitialized(event) = event(&receipt) else { panic!("a ledger was opened") };
    assert_eq!((event.ledger, event.vault), (made.ledger, made.vault));
    assert_eq!((event.base_mint, event.owner, event.time), (made.base_mint, attempt.roles.owner, now(&fx)));
}

#[test]
fn lamports_sent_to_the_coming_addresses_stand_in_nobodys_way() {
    let fx = Fixture::with_lines(0);
    for lamports in [1, 1_000_000, 1_000_000_000] {
        let mut fx = fx.clone();
        let attempt = Attempt::new(&fx);
        for key in [attempt.accounts.ledger, attempt.accounts.cash] {
            fx.chain.set_account(&key, Account { lamports, ..Account::default() }).unwrap();
        }
        attempt.send(&mut fx).unwrap();
        let ledger: Ledger = fx.read(&attempt.accounts.ledger);
        assert_eq!(ledger.vault, own::vault_key().pubkey());
        let cash = readers::token_account(&fx.chain, &attempt.accounts.cash).unwrap();
        assert_eq!((cash.mint, cash.owner, cash.amount), (ledger.base_mint, attempt.accounts.ledger, 0));
    }
}

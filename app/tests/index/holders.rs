//! Shares that move without the vault: from wallet to wallet, by delegates, to nobody.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token::spl_token;
use gimbal::chain::{Chain, Sandbox};
use gimbal::index::{follow, read, Indexer};
use gimbal::instructions::token;
use gimbal::statement::{self, reconcile, Period, Statement};
use solana_instruction::Instruction;
use vault::instruction;

use crate::scenario::{indexer, Scenario, USDC};

const SHARES: u64 = 100 * USDC;

/// Anna has paid in; Ben has nothing.
fn begun() -> Scenario {
    let mut scenario = Scenario::new();
    scenario.deposit(0, 1_000 * USDC);
    scenario
}

fn account(scenario: &Scenario, person: usize) -> Pubkey {
    scenario.deployment.vault.share_account(&scenario.key(person))
}

/// The transfer of today's wallets, which names the mint.
fn checked(scenario: &Scenario, from: usize, to: usize) -> Instruction {
    let (source, target) = (account(scenario, from), account(scenario, to));
    let mint = scenario.deployment.vault.addresses.share_mint;
    token::transfer(&source, &mint, &target, &scenario.key(from), SHARES, 6, &anchor_spl::token::ID)
}

/// The old transfer, which names two token accounts and nothing else.
#[allow(deprecated)]
fn plain(scenario: &Scenario, from: usize, to: usize) -> Instruction {
    let (source, target) = (account(scenario, from), account(scenario, to));
    spl_token::instruction::transfer(&anchor_spl::token::ID, &source, &target, &scenario.key(from), &[], SHARES)
        .expect("an instruction")
}

fn statements(indexer: &mut Indexer, scenario: &Scenario) -> [Statement; 2] {
    [0, 1].map(|person| {
        statement::of(indexer.database(), &scenario.vault(), &scenario.key(person), &Period::EVER).expect("a statement")
    })
}

fn all_holds(indexer: &mut Indexer, scenario: &Scenario) {
    let checks = reconcile(&scenario.chain, indexer.database(), &scenario.vault(), true).expect("compared");
    assert!(checks.iter().all(|check| check.holds()), "{checks:#?}");
}

#[test]
fn a_transfer_that_names_the_mint_is_seen_where_it_happened() {
    let mut scenario = begun();
    let moved = checked(&scenario, 0, 1);
    let receipt = scenario.send(0, moved);
    let mut indexer = indexer();
    follow(&scenario.chain, &mut indexer, &scenario.vault(), 9).unwrap();
    let [anna, ben] = statements(&mut indexer, &scenario);
    assert_eq!((anna.closing.shares.base_units, ben.closing.shares.base_units), (scenario.shares(0), SHARES));
    let flow = ben.flows.first().expect("a flow");
    assert_eq!(
        (flow.kind, flow.other.clone(), flow.signature.clone()),
        ("received", Some(scenario.key(0).to_string()), receipt.signature.to_string(),)
    );
    // The lot costs what it was worth: nothing gained or lost by being given. Anna's gain is realised.
    assert_eq!(ben.lots[0].cost, ben.totals.received);
    assert_eq!((ben.profit.mid.base_units, ben.totals.received.clone()), (0, anna.totals.sent.clone()));
    assert_eq!(anna.disposals.len(), 1);
    all_holds(&mut indexer, &scenario);
    // Nothing is left to be found in the balances.
    assert_eq!(indexer.reconcile_holders(&scenario.chain, &scenario.vault()).unwrap(), 0);
}

#[test]
fn a_transfer_that_names_nothing_is_found_in_the_balances() {
    let mut scenario = begun();
    let moved = plain(&scenario, 0, 1);
    scenario.send(0, moved);
    let mut indexer = indexer();
    let vault = scenario.vault();
    follow(&scenario.chain, &mut indexer, &vault, 9).unwrap();
    let checks = reconcile(&scenario.chain, indexer.database(), &vault, true).unwrap();
    let broken: Vec<&str> = checks.iter().filter(|check| !check.holds()).map(|check| check.check.as_str()).collect();
    assert_eq!(broken, ["statements.holders"], "two wallets hold something else");
    assert_eq!(indexer.reconcile_holders(&scenario.chain, &vault).unwrap(), 2);
    assert_eq!(indexer.reconcile_holders(&scenario.chain, &vault).unwrap(), 0);
    let [anna, ben] = statements(&mut indexer, &scenario);
    assert_eq!((anna.closing.shares.base_units, ben.closing.shares.base_units), (scenario.shares(0), SHARES));
    assert!(ben.flows[0].signature.starts_with("balances:"), "{}", ben.flows[0].signature);
    assert_eq!(ben.flows[0].other, Some(scenario.key(0).to_string()));
    all_holds(&mut indexer, &scenario);
}

#[test]
fn shares_that_came_unseen_can_be_redeemed_before_they_are_found() {
    for tells_tokens in [true, false] {
        let mut scenario = begun();
        scenario.chain.tells_tokens = tells_tokens;
        let moved = plain(&scenario, 0, 1);
        scenario.send(0, moved);
        scenario.redeem(1, SHARES / 2);
        let mut indexer = indexer();
        let vault = scenario.vault();
        follow(&scenario.chain, &mut indexer, &vault, 9).unwrap();
        // Half of them came just before they left, as far as one can see.
        let [_, ben] = statements(&mut indexer, &scenario);
        assert_eq!(ben.closing.shares.base_units, 0);
        assert_eq!(ben.flows.iter().map(|flow| flow.kind).collect::<Vec<_>>(), ["received", "redeem"]);
        assert_eq!(indexer.reconcile_holders(&scenario.chain, &vault).unwrap(), 2);
        let [anna, ben] = statements(&mut indexer, &scenario);
        assert_eq!((anna.closing.shares.base_units, ben.closing.shares.base_units), (scenario.shares(0), SHARES / 2));
        let received: u64 =
            ben.flows.iter().filter(|flow| flow.kind == "received").map(|flow| flow.shares.base_units).sum();
        assert_eq!(received, SHARES, "not a share twice");
        all_holds(&mut indexer, &scenario);
    }
}

#[test]
fn a_redemption_by_a_delegate_is_the_owners() {
    let mut scenario = begun();
    let (anna, ben) = (scenario.key(0), scenario.key(1));
    let approve =
        spl_token::instruction::approve(&anchor_spl::token::ID, &account(&scenario, 0), &ben, &anna, &[], SHARES)
            .expect("an instruction");
    scenario.send(0, approve);
    let vault = scenario.deployment.vault;
    let mut accounts = vault.redeem_accounts(&ben);
    accounts.shares = account(&scenario, 0);
    accounts.destination = vault.base_account(&anna);
    let redeem = vault.instruction(accounts, instruction::Redeem { shares: SHARES, min_assets: 0 });
    scenario.send(1, redeem);
    let mut indexer = indexer();
    follow(&scenario.chain, &mut indexer, &scenario.vault(), 9).unwrap();
    let [told, other] = statements(&mut indexer, &scenario);
    assert!(other.flows.is_empty());
    let redeemed = told.flows.last().expect("a flow");
    assert_eq!((redeemed.kind, redeemed.other.clone()), ("redeem", Some(ben.to_string())));
    assert_eq!(redeemed.shares.base_units, SHARES);
    all_holds(&mut indexer, &scenario);
}

#[test]
fn a_deposit_for_another_is_the_receivers() {
    let mut scenario = begun();
    let vault = scenario.deployment.vault;
    let mut accounts = vault.deposit_accounts(&scenario.key(0));
    accounts.recipient = account(&scenario, 1);
    let gift = vault.instruction(accounts, instruction::Deposit { assets: 50 * USDC, min_shares: 0 });
    for tells_tokens in [true, false] {
        scenario.chain.tells_tokens = tells_tokens;
        scenario.send(0, gift.clone());
        scenario.chain.advance_slots(1).expect("a slot");
    }
    let mut indexer = indexer();
    follow(&scenario.chain, &mut indexer, &scenario.vault(), 9).unwrap();
    let [anna, ben] = statements(&mut indexer, &scenario);
    assert_eq!((anna.totals.deposited.base_units, ben.totals.deposited.base_units), (1_000 * USDC, 100 * USDC));
    assert_eq!(ben.flows[0].other, Some(scenario.key(0).to_string()));
    all_holds(&mut indexer, &scenario);
}

#[test]
fn a_burnt_share_is_gone_for_its_holder_and_stays_in_the_vaults_count() {
    let mut scenario = begun();
    let (source, mint) = (account(&scenario, 0), scenario.deployment.vault.addresses.share_mint);
    let burn = spl_token::instruction::burn(&anchor_spl::token::ID, &source, &mint, &scenario.key(0), &[], SHARES)
        .expect("an instruction");
    scenario.send(0, burn);
    let mut indexer = indexer();
    let vault = scenario.vault();
    follow(&scenario.chain, &mut indexer, &vault, 9).unwrap();
    let [anna, _] = statements(&mut indexer, &scenario);
    assert_eq!(anna.closing.shares.base_units, scenario.shares(0));
    let sent = anna.flows.last().expect("a flow");
    assert_eq!((sent.kind, sent.other.clone()), ("sent", None));
    let checks = reconcile(&scenario.chain, indexer.database(), &vault, true).unwrap();
    for check in checks.iter().filter(|check| !check.holds()) {
        assert!(check.is_slack(), "{check:?}");
        assert_eq!(check.residual, -i128::from(SHARES), "{check:?}");
    }
    assert_eq!(checks.iter().filter(|check| !check.holds()).count(), 2);
    let known = gimbal::index::watched(indexer.database(), &vault).unwrap().unwrap();
    let supply = gimbal::readers::mint(&scenario.chain, &known.addresses.share_mint).unwrap().supply;
    assert_eq!(known.books.shares, supply + SHARES);
    assert_eq!(read::vaults_of(indexer.database(), &scenario.key(0)).unwrap(), [vault]);
    assert!(scenario.chain.clock().unwrap().slot > 0);
}

//! One deposit's whole way on the bank: in, to work, priced, out by cash and by ticket.

use gimbal::{
    bundle::with_budget,
    chain::{Chain, Sandbox},
    instructions::router,
    readers,
    setup::{keys, tokens, Asset, Deployment, Plan},
};
use solana_signer::Signer;
use strategy_router::state::Ledger;
use vault::state::{Ticket, Vault};

use crate::chain::BankChain;

const USDC: u64 = 1_000_000;
const DAY: u64 = 86_400;

#[test]
fn a_deposit_travels_and_comes_back() {
    let mut chain = BankChain::new();
    let d = Deployment::create(&mut chain, Plan::with_lines(2)).expect("the deployment");
    let tables = [d.table.clone()];
    let fresh = |chain: &mut BankChain| {
        d.post_prices(chain).expect("prices");
        d.refresh_all(chain).expect("refreshes");
    };
    let ledger = |chain: &BankChain| readers::read::<Ledger>(chain, &d.vault.addresses.ledger).expect("the ledger");

    // A depositor with 10,000 USDC.
    let alice = keys::keypair(d.plan.seed, "bank user", 0);
    chain.fund(&alice.pubkey(), 1_000_000_000).expect("lamports");
    let base = tokens::issue(&mut chain, &d.actors, &d.base, &alice.pubkey(), 10_000 * USDC).expect("tokens");
    let shares = d.vault.share_account(&alice.pubkey());
    let open = d.vault.create_share_account(&d.actors.payer.pubkey(), &alice.pubkey());
    let deposit = d.vault.deposit(&alice.pubkey(), 10_000 * USDC, 10_000 * USDC);
    chain.execute(&d.actors.payer, &with_budget(&[open, deposit]), &[&alice], &tables).expect("the deposit");
    assert_eq!(readers::balance(&chain, &shares).unwrap(), 10_000 * USDC);
    assert_eq!(ledger(&chain).cash_tracked, 10_000 * USDC);

    // A keeper puts it to work; a stranger may not.
    fresh(&mut chain);
    let keeper = &d.actors.keepers[0];
    let by =
        |key: &solana_keypair::Keypair| with_budget(&[router::rebalance(&d.vault, &d.lines[0].context, &key.pubkey())]);
    assert!(chain.execute(&d.actors.payer, &by(&alice), &[&alice], &tables).is_err());
    chain.execute(&d.actors.payer, &by(keeper), &[keeper], &tables).expect("the rebalance");
    let invested = ledger(&chain).invested;
    assert!(invested > 4_000 * USDC, "{invested}");

    // Ten days of interest.
    chain.warp(10 * DAY).expect("time");
    fresh(&mut chain);
    assert!(ledger(&chain).totals.mid > invested);

    // Out: some at once, the rest through the queue.
    let redeem = d.vault.redeem(&alice.pubkey(), 1_000 * USDC, 1_000 * USDC);
    chain.execute(&d.actors.payer, &with_budget(&[redeem]), &[&alice], &tables).expect("the redemption");
    let paid = readers::balance(&chain, &base).unwrap();
    assert!(paid > 1_000 * USDC);
    let rest = readers::balance(&chain, &shares).unwrap();
    let request = d.vault.request_redeem(&alice.pubkey(), &d.actors.payer.pubkey(), 0, rest);
    chain.execute(&d.actors.payer, &with_budget(&[request]), &[&alice], &tables).expect("the ticket");
    fresh(&mut chain);
    let need = ledger(&chain).queue_need();
    assert!(need > 0);
    let recall = router::recall(&d.vault, &d.lines[0].context, &alice.pubkey(), need);
    chain.execute(&d.actors.payer, &with_budget(&[recall]), &[&alice], &tables).expect("the recall");
    let fill = d.vault.fill_tickets(0, 1);
    chain.execute(&d.actors.payer, &with_budget(&[fill]), &[], &tables).expect("the filling");
    let ticket: Ticket = readers::read(&chain, &d.vault.ticket(0)).expect("the ticket");
    assert_eq!(ticket.shares_left, 0);
    let claim = d.vault.claim(&alice.pubkey(), 0);
    chain.execute(&d.actors.payer, &with_budget(&[claim]), &[&alice], &tables).expect("the claim");
    let out = readers::balance(&chain, &base).unwrap();
    assert_eq!(out, paid + ticket.filled_assets);
    assert!(out > 10_000 * USDC, "interest was earned: {out}");

    // The accounting identities that need no list of a program's accounts, which the banks client cannot give.
    let (vault, ledger) = (readers::read::<Vault>(&chain, &d.vault.addresses.vault).unwrap(), ledger(&chain));
    assert_eq!(readers::balance(&chain, &ledger.cash).unwrap(), ledger.cash_tracked);
    assert_eq!(readers::mint(&chain, &vault.share_mint).unwrap().supply, vault.shares);
    assert_eq!(readers::balance(&chain, &vault.escrow).unwrap(), vault.queued_shares);
    assert_eq!(readers::balance(&chain, &vault.claims).unwrap(), vault.claims_owed);
    assert_eq!((vault.deposited, vault.withdrawn), (ledger.credited, ledger.paid));
    assert_eq!(
        ledger.credited + ledger.returned + ledger.surplus_adopted,
        ledger.cash_tracked + ledger.paid + ledger.invested + ledger.keeper_paid + ledger.bounties_paid
    );
}

#[test]
fn a_stale_feed_stops_deposits_and_no_exit() {
    let mut chain = BankChain::new();
    let d = Deployment::create(&mut chain, Plan::with_lines(0)).expect("the deployment");
    let tables = [d.table.clone()];
    let alice = keys::keypair(d.plan.seed, "bank user", 0);
    chain.fund(&alice.pubkey(), 1_000_000_000).expect("lamports");
    tokens::issue(&mut chain, &d.actors, &d.base, &alice.pubkey(), 100 * USDC).expect("tokens");
    let open = d.vault.create_share_account(&d.actors.payer.pubkey(), &alice.pubkey());
    let deposit = |assets| d.vault.deposit(&alice.pubkey(), assets, 0);
    chain.execute(&d.actors.payer, &with_budget(&[open, deposit(50 * USDC)]), &[&alice], &tables).expect("a deposit");

    chain.warp(10 * DAY).expect("time");
    let refused = chain
        .execute(&d.actors.payer, &with_budget(&[deposit(USDC)]), &[&alice], &tables)
        .expect_err("an old price admits nobody");
    assert_eq!(refused.name(), "FeedStale");
    let redeem = d.vault.redeem(&alice.pubkey(), 50 * USDC, 50 * USDC);
    chain.execute(&d.actors.payer, &with_budget(&[redeem]), &[&alice], &tables).expect("the way out is open");
    assert_eq!(d.feeds.get(Asset::Base).key, d.vault.base_feed);
}

//! A failure that spreads: the coin that a lender takes as collateral fails, an aggregator lives on the lender, and a line
//! of the vault lies in the aggregator. Two hops away its caps are cut before any loss arrives and any price moves.

use super::world::*;
use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::instructions::{
    network::{
        create_network, network_address, post_edge, post_loss, set_edge_cap, set_network, set_poster, set_protocol,
        solve_contagion, sync_contagion,
    },
    oracle::set_line_model,
    router::Bounty,
};
use gimbal_tests::*;
use risk_oracle::state::{NetworkParams, Scores};
use risk_oracle::{
    CreateNetworkArgs, PostEdgeArgs, PostLossArgs, SetEdgeCapArgs, SetLineModelArgs, SetPosterArgs, SetProtocolArgs,
};
use solana_instruction::Instruction;
use strategy_router::policy::derisk::Causes;

/// Number of the owner's network.
const ID: u16 = 1;
/// Rows: what the first line lies in, what that lives on, what that lends against; and what the second line lies in.
const AGGREGATOR: u8 = 0;
const LENDER: u8 = 1;
const COIN: u8 = 2;
const ELSEWHERE: u8 = 3;
/// The aggregator loses 60% of its equity with the lender, the lender 80% with the coin: 48% two hops away.
const EDGES: [(u8, u8, u16); 2] = [(AGGREGATOR, LENDER, 6_000), (LENDER, COIN, 8_000)];

fn network(market: &Market) -> Pubkey {
    network_address(&market.owner().pubkey(), ID)
}

fn poster(market: &Market) -> Keypair {
    gimbal::setup::keys::keypair(market.fx.deployment.plan.seed, "poster", 0)
}

/// Defines the four protocols, without points of risk, and their edges; the book follows them.
fn connect(market: &mut Market) {
    let (owner, poster, network, book) = (market.owner(), poster(market), network(market), market.book_key());
    let (key, payer, now) = (owner.pubkey(), market.fx.deployment.actors.payer.pubkey(), market.now());
    market.fx.chain.fund(&poster.pubkey(), 1_000_000_000).expect("lamports");
    let none = Pubkey::default();
    let params = NetworkParams::DEFAULT;
    let mut setup: Vec<Instruction> =
        vec![create_network(&key, &payer, CreateNetworkArgs { id: ID, curator: none, guardian: none, params })];
    for (index, name) in (0..).zip(["aggregator", "lender", "coin", "elsewhere"]) {
        let scores = Scores { audits: 0, age: 0, upgradeability: 0, incidents: 0, size: 0 };
        let label = gimbal::setup::lines::label(name);
        setup.push(set_protocol(&key, &network, SetProtocolArgs { index, label, program: none, scores, loss_bps: 0 }));
    }
    for protocol in 0..4 {
        for counterparty in (0..4).filter(|other| *other != protocol) {
            let edge = EDGES.iter().find(|edge| (edge.0, edge.1) == (protocol, counterparty));
            let cap_bps = if edge.is_some() { 10_000 } else { 0 };
            setup.push(set_edge_cap(&key, &network, SetEdgeCapArgs { protocol, counterparty, cap_bps }));
        }
    }
    setup.push(set_poster(&key, &network, SetPosterArgs { place: 0, key: poster.pubkey() }));
    for instruction in setup {
        market.fx.send(&with_budget(&[instruction]), &[&owner]).expect("a network");
    }
    for (protocol, counterparty, bps) in EDGES {
        let args = PostEdgeArgs { protocol, counterparty, bps, observed_at: now };
        market.fx.send(&[post_edge(&poster.pubkey(), &network, args)], &[&poster]).expect("an observed edge");
    }
    let mut follow = vec![solve_contagion(&network, Some(&key)), set_network(&key, &book, &network)];
    for (place, protocol) in [(0, AGGREGATOR), (1, ELSEWHERE)] {
        let line = market.fx.deployment.lines[place].addresses.id;
        let model = SetLineModelArgs { line, asset: NONE, protocol, scaled: true };
        follow.push(set_line_model(&key, &book, model));
    }
    follow.push(sync_contagion(&book, &network));
    for instruction in follow {
        market.fx.send(&with_budget(&[instruction]), &[&owner]).expect("a book that follows");
    }
}

/// The failure: the poster posts that the coin is lost, and anybody has that solved and taken over.
pub fn fail(market: &mut Market) {
    let (poster, network, book) = (poster(market), network(market), market.book_key());
    let loss = PostLossArgs { protocol: COIN, bps: 10_000, observed_at: market.now() };
    market.fx.send(&[post_loss(&poster.pubkey(), &network, loss)], &[&poster]).expect("an observed loss");
    let spread = [solve_contagion(&network, None), sync_contagion(&book, &network)];
    market.fx.send(&with_budget(&spread), &[]).expect("a solution");
}

pub fn connected() -> Market {
    let mut market = Market::with(plan(), &params(), connect);
    market.fx.refresh_all();
    market
}

pub fn bounty(market: &Market, user: &User) -> Bounty {
    Bounty { destination: Some(user.base), network: Some(network(market)) }
}

#[test]
fn a_default_two_hops_away_caps_the_line_and_a_stranger_takes_it_down() {
    let mut market = connected();
    let id = market.fx.line(0).id;
    let whole = market.book().line_scale(id).unwrap();
    assert_eq!((whole.regime_bps, whole.contagion_bps), (10_000, 10_000));
    let before = [0, 1].map(|place| market.fx.line(place).mid);
    assert!(before[0] > 30_000 * USDC, "{}", before[0]);
    fail(&mut market);
    // 1 − 0.6 · 0.8 = 52%, each step rounded towards more damage.
    let scale = market.book().line_scale(id).unwrap();
    assert!((5_199..=5_200).contains(&scale.contagion_bps), "{scale:?}");
    assert_eq!((scale.regime_bps, market.regime()), (10_000, 0));
    // 52% of 40% of NAV.
    let nav = market.fx.ledger().nav(market.now()).unwrap().mid;
    let cap = market.book().line_cap(id, nav);
    assert!(cap.abs_diff(nav / 10_000 * 2_080) <= nav / 10_000, "{cap} of {nav}");

    let stranger = market.fx.depositor(0);
    let to = bounty(&market, &stranger);
    let receipt = market.fx.router().derisk_for(&stranger.key, 0, to).unwrap();
    let event = receipt.events().into_iter().find_map(|event| match event {
        gimbal::decode::events::Event::Router(gimbal::decode::events::RouterEvent::Derisked(event)) => Some(event),
        _ => None,
    });
    let event = event.expect("a line was taken down");
    assert_eq!(event.causes, Causes::CONTAGION);
    assert!(market.fx.line(0).mid.abs_diff(cap) <= 2, "{} of {cap}", market.fx.line(0).mid);
    // A thousandth of what came back.
    assert_eq!(event.bounty, event.amount / 1_000);
    assert_eq!(market.fx.balance(&stranger.base), event.bounty);
    // Nothing touches the other line, and nothing is left to do.
    assert_eq!(market.fx.line(1).mid, before[1]);
    for place in [0, 1] {
        market.fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&stranger.key, place));
    }
    // No new money finds its way in.
    let invested = market.fx.line(0).invested;
    market.fx.vault().deposit_and_allocate(&market.stranger, 100 * USDC, 0, 0).unwrap();
    assert!(market.fx.line(0).invested - invested <= 100 * USDC / 10_000 * 2_080 + 2_000_000);
    market.fx.assert_identities();
}

#[test]
fn who_posts_to_the_network_reduces_for_nothing() {
    let mut market = connected();
    fail(&mut market);
    let poster = poster(&market);
    let account = gimbal::setup::tokens::issue(
        &mut market.fx.chain,
        &market.fx.deployment.actors,
        &market.fx.deployment.base,
        &poster.pubkey(),
        0,
    );
    let account = account.unwrap();
    let to = Bounty { destination: Some(account), network: Some(network(&market)) };
    let mut later = market.fx.clone();
    market.fx.router().derisk_for(&poster, 0, to).unwrap();
    assert!(market.fx.line(0).mid < 25_000 * USDC);
    assert_eq!((market.fx.balance(&account), market.fx.ledger().bounties_paid), (0, 0));
    // An epoch later it has posted nothing lately.
    later.pass(u64::from(later.ledger().limits.epoch) + 1);
    later.router().derisk_for(&poster, 0, to).unwrap();
    assert!(later.balance(&account) > 0);
}

#[test]
fn a_stranger_who_does_not_show_the_network_reduces_for_nothing() {
    let mut market = connected();
    fail(&mut market);
    let stranger = market.fx.depositor(0);
    let feed = market.fx.deployment.feeds.get(Asset::Base).key;
    let wrong = Bounty { destination: Some(stranger.base), network: Some(feed) };
    market.fx.assert_refused("AccountDiscriminatorMismatch", |fx| fx.router().derisk_for(&stranger.key, 0, wrong));
    let without = Bounty { destination: Some(stranger.base), network: None };
    market.fx.router().derisk_for(&stranger.key, 0, without).unwrap();
    assert!(market.fx.line(0).mid < 25_000 * USDC);
    assert_eq!((market.fx.balance(&stranger.base), market.fx.ledger().bounties_paid), (0, 0));
}

#[test]
fn silence_stops_new_money_and_sells_nothing() {
    let mut market = connected();
    // Nobody solves for longer than solutions are trusted.
    market.fx.pass(u64::from(NetworkParams::DEFAULT.max_solution_age) + 1);
    market.observe();
    let (stranger, invested) = (market.fx.depositor(0), market.fx.line(0).invested);
    for place in [0, 1] {
        market.fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&stranger.key, place));
    }
    market.fx.vault().deposit_and_allocate(&market.stranger, 10_000 * USDC, 0, 0).unwrap();
    assert_eq!(market.fx.line(0).invested, invested);
    // Once somebody has, it flows again. What was observed of the edges is old by now: their caps count.
    let (network, book) = (network(&market), market.book_key());
    market.fx.send(&with_budget(&[solve_contagion(&network, None), sync_contagion(&book, &network)]), &[]).unwrap();
    market.fx.vault().deposit_and_allocate(&market.stranger, 10_000 * USDC, 0, 0).unwrap();
    assert!(market.fx.line(0).invested > invested);
}

//! Attack 40: two sources of one asset's price disagree. The refusals of single updates, 35 to 39, are tried in
//! `tests/suite/oracle/update_feed_refusals.rs`.

use super::*;
use gimbal::bundle::PostedFeed;
use gimbal::instructions::{oracle, router};
use gimbal::setup::{keys::keypair, lines, markets, tables, vaults};
use risk_oracle::{FeedParams, RegisterFeedArgs};

const DOLLAR: i64 = 100_000_000;

/// A feed with two sources, each with an account that its prices are posted in.
#[derive(Clone, Copy)]
struct TwoSources {
    feed: PostedFeed,
    ids: [[u8; 32]; 2],
    second_account: Pubkey,
}

impl TwoSources {
    fn register(fx: &mut Fixture, name: &str, asset: Asset) -> Self {
        let authority = keypair(9, name, 0);
        let ids = [asset.feed_id(), authority.pubkey().to_bytes()];
        let args = RegisterFeedArgs {
            feed_id: ids[0],
            second_feed_id: ids[1],
            curator: Pubkey::default(),
            guardian: Pubkey::default(),
            params: FeedParams { peg: 0, ..fx.deployment.plan.feed_params },
        };
        fx.oracle().register_feed(&authority, args).unwrap();
        let [price_account, second_account] = [1, 2].map(|index| keypair(9, name, index).pubkey());
        let feed = oracle::feed_address(&authority.pubkey(), &ids[0]);
        let feed = PostedFeed { feed, price_account, second_price_account: Some(second_account) };
        Self { feed, ids, second_account }
    }

    /// A second later, a new price of each source, brought to the feed.
    fn post(&self, fx: &mut Fixture, prices: [i64; 2]) {
        fx.warp(1);
        let clock = fx.chain.clock().unwrap();
        let accounts = [self.feed.price_account, self.second_account];
        for ((id, price), account) in self.ids.into_iter().zip(prices).zip(accounts) {
            let conf = price.unsigned_abs() / 10_000;
            let update = gimbal::chain::PriceUpdate::new(id, price, conf, -8, clock.unix_timestamp, clock.slot);
            fx.chain.set_price(&account, &update).unwrap();
        }
        fx.oracle().update_feed(&self.feed.feed, &self.feed.price_account, Some(&self.second_account)).unwrap();
    }
}

/// A second vault whose base asset has two sources, with one plain line and one that is swapped into a token that has
/// two as well. Alice's money is in both lines.
pub(super) struct World {
    pub(super) fx: Fixture,
    alice: User,
    base: TwoSources,
    token: TwoSources,
    /// When the last ordinary prices of the token were published.
    begun: Option<i64>,
}

impl World {
    pub(super) fn new() -> Self {
        let mut fx = Fixture::new();
        let actors = fx.deployment.actors.clone();
        let base = TwoSources::register(&mut fx, "base with two sources", Asset::Base);
        let token = TwoSources::register(&mut fx, "token with two sources", Asset::Token);
        let plan = Plan { vault_index: 9, ..fx.deployment.plan.clone() };
        let pool = fx.deployment.lines[2].pool;
        let mints = [fx.deployment.base, fx.deployment.token];
        let vault = vaults::create(&mut fx.chain, &actors, &plan, &mints[0], &base.feed.feed).unwrap();
        lines::define_issuer_risks(&mut fx.chain, &actors, &vault.addresses.book).unwrap();
        fx.deployment.vault = vault;
        fx.deployment.lines.clear();
        for (place, (mint, of)) in mints.iter().zip([0, 2]).enumerate() {
            let id = place as u16 + 1;
            let of = &plan.lines[of];
            let reserve = markets::open(&mut fx.chain, &actors, 50 + id, mint, of).unwrap();
            let ground = lines::Ground {
                vault: &vault,
                mint,
                reserve,
                pool: pool.filter(|_| of.swapped),
                token_feed: of.swapped.then_some(token.feed),
            };
            let named = lines::table_addresses(id, &ground);
            tables::extend(&mut fx.chain, &actors, &mut fx.deployment.table, named).unwrap();
            let line = lines::add(&mut fx.chain, &actors, &fx.deployment.table, id, of, &ground).unwrap();
            fx.deployment.lines.push(line);
        }
        let keeper = actors.keepers[0].insecure_clone();
        fx.router().register_keeper(&actors.owner, &keeper.pubkey()).unwrap();
        let alice = fx.depositor(50_000 * USDC);
        let mut world = Self { fx, alice, base, token, begun: None };
        world.post([DOLLAR; 2], [DOLLAR; 2]);
        world.fx.vault().deposit(&world.alice, 10_000 * USDC, 0).unwrap();
        for place in 0..2 {
            world.fx.router().rebalance(place).unwrap();
        }
        world.fx.vault().deposit(&world.alice, 10_000 * USDC, 0).unwrap();
        world.fx.warp(600);
        world.post([DOLLAR; 2], [DOLLAR; 2]);
        world
    }

    /// Prices of the token's two sources that were published so many seconds after the last ones, in hundredths of a
    /// dollar, brought to the feed, and fresh valuations.
    pub(super) fn post_skewed(&mut self, sources: [(i64, i64); 2]) {
        let (fx, token) = (&mut self.fx, self.token);
        let last = fx.read::<risk_oracle::Feed>(&token.feed.feed).updated_at;
        let begun = *self.begun.get_or_insert(last);
        let slot = fx.chain.clock().unwrap().slot;
        let accounts = [token.feed.price_account, token.second_account];
        for ((id, (after, cents)), account) in token.ids.into_iter().zip(sources).zip(accounts) {
            let price = DOLLAR / 100 * cents;
            let update =
                gimbal::chain::PriceUpdate::new(id, price, price.unsigned_abs() / 10_000, -8, begun + after, slot);
            fx.chain.set_price(&account, &update).unwrap();
        }
        fx.oracle().update_feed(&token.feed.feed, &token.feed.price_account, Some(&token.second_account)).unwrap();
        self.base.post(fx, [DOLLAR; 2]);
        fx.deployment.refresh_all(&mut fx.chain).unwrap();
    }

    /// New prices of both assets, and fresh valuations.
    fn post(&mut self, base: [i64; 2], token: [i64; 2]) {
        self.base.post(&mut self.fx, base);
        self.token.post(&mut self.fx, token);
        self.fx.deployment.refresh_all(&mut self.fx.chain).unwrap();
    }
}

/// Three per cent apart, where two are allowed.
const APART: [i64; 2] = [DOLLAR, DOLLAR * 103 / 100];

/// Attack 40, of the base asset: nobody comes in; everybody may leave, and money comes back from lines.
#[test]
fn divergent_sources_of_the_base_asset_stop_deposits_only() {
    let World { mut fx, alice, base, token, .. } = World::new();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    base.post(&mut fx, APART);
    fx.assert_refused("FeedDivergent", |fx| fx.vault().deposit(&alice, USDC, 0));
    fx.assert_refused("FeedDivergent", |fx| fx.vault().mint(&alice, USDC, u64::MAX));
    fx.assert_refused("FeedDivergent", |fx| fx.vault().deposit_and_allocate(&alice, USDC, 0, 0));
    fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
    fx.vault().withdraw(&alice, 10 * USDC, u64::MAX).unwrap();
    fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    // What needs this price to buy a token waits as well.
    token.post(&mut fx, [DOLLAR; 2]);
    fx.deployment.refresh_all(&mut fx.chain).unwrap();
    fx.assert_refused("FeedDivergent", |fx| fx.router().rebalance(1));
    fx.assert_identities();
}

/// Attack 40, of a line's token: no new money into it; whoever looks may bring all of it back.
#[test]
fn divergent_sources_of_a_token_stop_new_money_only() {
    let World { mut fx, alice, token, .. } = World::new();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&alice.key, 1));
    token.post(&mut fx, APART);
    fx.deployment.refresh_all(&mut fx.chain).unwrap();
    fx.assert_refused("FeedDivergent", |fx| fx.router().rebalance(1));
    // Other lines and the vault itself go on.
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    fx.router().rebalance(0).unwrap();

    // At the outer hull of both sources one token may be worth 3% more than the pool gives for it: a swap at that price
    // is bounded by the lower end of the hull.
    fx.router().recall(&guardian, 1, 100 * USDC).unwrap();
    fx.router().derisk(&alice.key, 1).unwrap();
    assert_eq!(fx.line(1).position, 0);
    fx.assert_identities();
}

/// Attack 40: a second source that is left to age is no way around it.
#[test]
fn a_second_source_that_is_silent_stops_deposits() {
    let World { mut fx, alice, base, token, .. } = World::new();
    fx.warp(601);
    let clock = fx.chain.clock().unwrap();
    let update = gimbal::chain::PriceUpdate::new(base.ids[0], DOLLAR, 10_000, -8, clock.unix_timestamp, clock.slot);
    fx.chain.set_price(&base.feed.price_account, &update).unwrap();
    fx.oracle().update_feed(&base.feed.feed, &base.feed.price_account, None).unwrap();
    token.post(&mut fx, [DOLLAR; 2]);
    fx.deployment.refresh_all(&mut fx.chain).unwrap();
    fx.assert_refused("FeedSecondStale", |fx| fx.vault().deposit(&alice, USDC, 0));
    fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
}

/// Beyond the list: a feed that nobody updates stops deposits, and no exit from a line that needs no price.
#[test]
fn a_stale_feed_stops_deposits_and_no_exit() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.warp(601);
    fx.lending().refresh(0).unwrap();
    fx.router().refresh(0).unwrap();
    fx.assert_refused("FeedStale", |fx| fx.vault().deposit(&alice, USDC, 0));
    fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 800 * USDC).unwrap();
    let need = fx.ledger().queue_need();
    fx.router().recall(&alice.key, 0, need).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    fx.assert_identities();
}

/// Beyond the list: a swapped line is not priced by a feed that its owner did not pin.
#[test]
fn a_feed_of_somebody_else_prices_nothing() {
    let World { mut fx, alice, base, token, .. } = World::new();
    let forged = TwoSources::register(&mut fx, "the thief's", Asset::Token);
    forged.post(&mut fx, [10 * DOLLAR; 2]);
    let (vault, mut line) = (fx.deployment.vault, fx.deployment.lines[1].context.clone());
    line.token_feed = Some(forged.feed.feed);
    fx.assert_refused("FeedMismatch", |fx| fx.send(&[router::refresh(&vault, &line)], &[]));
    let mut crossed = vault;
    crossed.base_feed = token.feed.feed;
    let line = fx.deployment.lines[1].context.clone();
    fx.assert_refused("FeedMismatch", |fx| fx.send(&[router::refresh(&crossed, &line)], &[]));
    // Nor a deposit gated.
    fx.assert_refused("WrongFeed", |fx| {
        deposit_with(fx, &alice, USDC, |accounts| accounts.base_feed = forged.feed.feed)
    });
    let same_asset = fx.deployment.feeds.get(Asset::Base).key;
    assert_ne!(same_asset, base.feed.feed);
    fx.assert_refused("WrongFeed", |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.base_feed = same_asset));
}

//! `refresh` of a line over another token: what its tokens are worth at the prices of two feeds.
//!
//! A feed's bounds are its price ∓ 2.12 confidences, and a test's confidence is one basis point of the price.

use super::*;

use gimbal::instructions::router;

/// USD per whole token times 10^12: low, mid, high of a price at Pyth's exponent −8.
fn bounds(price: u64) -> [u128; 3] {
    let (mid, confidence) = (u128::from(price) * 10_000, u128::from(price / 10_000) * 10_000);
    let margin = (confidence * 212).div_ceil(100);
    [mid - margin, mid, mid + margin]
}

/// Low, mid and high of `tokens`: low at the token's lowest and the base asset's highest price, rounded down; high the
/// other way round, rounded up.
fn worth(tokens: u64, token: u64, base: u64) -> [u64; 3] {
    let (tokens, token, base) = (u128::from(tokens), bounds(token), bounds(base));
    let values = [tokens * token[0] / base[2], tokens * token[1] / base[1], (tokens * token[2]).div_ceil(base[0])];
    values.map(|value| u64::try_from(value).unwrap())
}

fn value(fx: &Fixture) -> [u64; 3] {
    let line = fx.line(0);
    [line.low, line.mid, line.high]
}

/// Posts prices of token and base asset, exponent −8, and values the line by them.
fn reprice(fx: &mut Fixture, token: u64, base: u64) {
    fx.warp(1);
    fx.deployment.set_price(Asset::Token, token as i64);
    fx.deployment.set_price(Asset::Base, base as i64);
    fx.refresh_all();
}

#[test]
fn the_feeds_price_it_in_three_readings() {
    let (mut fx, _) = swapped::bought();
    let tokens = fx.line(0).position;
    // 499.95 tokens: 0.0424% down and up.
    assert_eq!(value(&fx), worth(tokens, 100_000_000, 100_000_000));
    assert!(tokens.abs_diff(499_949_950) <= 1 && value(&fx)[0].abs_diff(499_738_016) <= 1, "{:?}", value(&fx));
    for (token, base) in [(99_000_000, 100_000_000), (100_000_000, 99_500_000), (101_234_567, 98_765_432)] {
        reprice(&mut fx, token, base);
        assert_eq!(value(&fx), worth(tokens, token, base), "{token} {base}");
    }
    fx.assert_identities();
}

#[test]
fn a_doubled_token_makes_a_doubled_line() {
    // Off its peg by far: a price all the same.
    let (mut fx, _) = swapped::bought();
    let tokens = fx.line(0).position;
    reprice(&mut fx, 200_000_000, 100_000_000);
    assert_eq!(fx.line(0).mid, 2 * tokens);
    assert_eq!(fx.ledger().nav(now(&fx)).unwrap().mid, 500 * USDC + 2 * tokens);
}

#[test]
fn interest_and_haircut_are_priced_too() {
    let (mut fx, _) = swapped::bought();
    let tokens = fx.line(0).position;
    // The market lends all it has: low is cut by 1%, rounded up, before it is priced.
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.router().refresh(0).unwrap();
    let [_, mid, high] = worth(tokens, 100_000_000, 100_000_000);
    let cut = tokens - tokens.div_ceil(100);
    assert_eq!(value(&fx), [worth(cut, 100_000_000, 100_000_000)[0], mid, high]);
    assert_eq!(fx.line(0).liquidity, 0);
    // At 111% a year, of which the market keeps a tenth, 150 slots bring 499.945 · 0.999 · 150 / 63,072,000.
    fx.warp(60);
    fx.refresh_all();
    let gained = fx.line(0).mid - mid;
    assert!(gained.abs_diff(1_187) <= 1, "{gained}");
}

#[test]
fn without_fresh_prices_there_is_no_value() {
    let (mut fx, _) = swapped::bought();
    for asset in [Asset::Token, Asset::Base] {
        let mut fx = fx.clone();
        fx.warp(601);
        fx.lending().refresh(0).unwrap();
        // The other of the two is fresh.
        let other = if asset == Asset::Token { Asset::Base } else { Asset::Token };
        fx.set_price(other, 100_000_000).unwrap();
        fx.assert_refused("FeedUnusable", |fx| fx.router().refresh(0));
        fx.set_price(asset, 100_000_000).unwrap();
        fx.router().refresh(0).unwrap();
    }
    fx.warp(61);
    fx.assert_refused("StaleVenue", |fx| fx.router().refresh(0));
}

#[test]
fn the_feeds_are_the_pinned_ones() {
    let (mut fx, _) = swapped::bought();
    let context = fx.deployment.vault;
    let line = fx.deployment.lines[0].context.clone();
    let good = router::refresh(&context, &line);
    let [base, token, sol] = [Asset::Base, Asset::Token, Asset::Sol].map(|asset| fx.deployment.feeds.get(asset).key);
    let with = |base_feed, token_feed| {
        let mut refresh = good.clone();
        (refresh.accounts[2].pubkey, refresh.accounts[3].pubkey) = (base_feed, token_feed);
        refresh
    };
    // An absent account is the program's own id.
    let absent = strategy_router::ID;
    for (name, wrong) in [
        ("FeedMissing", with(absent, token)),
        ("FeedMissing", with(base, absent)),
        ("FeedMissing", with(absent, absent)),
        ("FeedMismatch", with(base, sol)),
        ("FeedMismatch", with(sol, token)),
        ("FeedMismatch", with(token, base)),
        ("AccountDiscriminatorMismatch", with(base, context.addresses.book)),
        ("AccountOwnedByWrongProgram", with(context.addresses.ledger, token)),
    ] {
        fx.assert_refused(name, |fx| fx.send(&[wrong], &[]));
    }
    fx.send(&[with(base, token)], &[]).unwrap();
}

#[test]
fn money_that_comes_back_needs_the_prices_that_bound_its_sale() {
    let (mut fx, _) = swapped::bought();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.warp(601);
    fx.assert_refused("FeedUnusable", |fx| fx.router().recall(&guardian, 0, USDC));
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    fx.router().recall(&guardian, 0, USDC).unwrap();
}

//! `set_bounds`: the owner sets all, the curator weights, band, cooldown and a lower cap, the guardian only lowers. With
//! money in the ledger what only the owner may raise waits.

use super::*;

use strategy_router::LineParams;

/// The line's own parameters.
fn params(fx: &Fixture, place: usize) -> LineParams {
    LineParams::of(&fx.line(place))
}

/// 30% to 60%, steering for 50%, of at most 10,000 USDC.
fn bounded() -> Fixture {
    let mut plan = quiet(1);
    let line = &mut plan.lines[0].params;
    (line.min_bps, line.target_bps, line.max_bps, line.cap) = (3_000, 5_000, 6_000, 10_000 * USDC);
    Fixture::from_plan(plan)
}

#[test]
fn a_stranger_sets_nothing() {
    let mut fx = bounded();
    let cast = Cast::of(&fx);
    let same = params(&fx, 0);
    fx.assert_refused("NotGuardian", |fx| fx.router().set_bounds(&cast.stranger, 0, same));
    let ledger = fx.deployment.vault.addresses.ledger;
    let set = gimbal::instructions::router::set_bounds(&cast.owner.pubkey(), &ledger, 1, same);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(set, 0)], &[]));
}

#[test]
fn the_guardian_lowers_and_does_nothing_else() {
    let mut fx = bounded();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let was = params(&fx, 0);
    let beyond = [
        LineParams { min_bps: was.min_bps + 1, ..was },
        LineParams { target_bps: was.target_bps + 1, ..was },
        LineParams { max_bps: was.max_bps + 1, ..was },
        LineParams { cap: was.cap + 1, ..was },
        LineParams { band_bps: was.band_bps + 1, ..was },
        LineParams { band_bps: was.band_bps - 1, ..was },
        LineParams { cooldown: was.cooldown + 1, ..was },
        LineParams { cooldown: was.cooldown - 1, ..was },
        LineParams { widen_rate: was.widen_rate - 1, ..was },
        LineParams { max_slippage_bps: was.max_slippage_bps - 1, ..was },
        LineParams { haircut_bps: was.haircut_bps + 1, ..was },
        LineParams { max_venue_age: was.max_venue_age - 1, ..was },
    ];
    for params in beyond {
        fx.assert_refused("BoundsBeyondRole", |fx| fx.router().set_bounds(&guardian, 0, params));
    }
    let lower = LineParams { min_bps: 0, target_bps: 4_999, max_bps: 5_000, cap: 1, ..was };
    fx.router().set_bounds(&guardian, 0, lower).unwrap();
    assert_eq!(params(&fx, 0), lower);
    let nothing = LineParams { target_bps: 0, max_bps: 0, cap: 0, ..lower };
    fx.router().set_bounds(&guardian, 0, nothing).unwrap();
    assert_eq!(params(&fx, 0), nothing);
}

#[test]
fn the_curator_moves_weights_within_the_owners_cap() {
    let mut fx = bounded();
    let curator = fx.deployment.actors.curator.insecure_clone();
    let was = params(&fx, 0);
    let beyond = [
        LineParams { cap: was.cap + 1, ..was },
        LineParams { widen_rate: was.widen_rate + 1, ..was },
        LineParams { widen_rate: was.widen_rate - 1, ..was },
        LineParams { max_slippage_bps: was.max_slippage_bps + 1, ..was },
        LineParams { haircut_bps: was.haircut_bps - 1, ..was },
        LineParams { max_venue_age: was.max_venue_age + 1, ..was },
    ];
    for params in beyond {
        fx.assert_refused("BoundsBeyondRole", |fx| fx.router().set_bounds(&curator, 0, params));
    }
    let moved = LineParams {
        min_bps: 4_000,
        target_bps: 8_000,
        max_bps: 9_000,
        band_bps: 250,
        cooldown: 60,
        cap: was.cap - 1,
        ..was
    };
    let receipt = fx.router().set_bounds(&curator, 0, moved).unwrap();
    assert_eq!(params(&fx, 0), moved);
    let RouterEvent::BoundsSet(event) = event(&receipt) else { panic!("bounds were set") };
    assert_eq!((event.line, event.by, event.time), (1, curator.pubkey(), now(&fx)));
    assert_eq!((event.min_bps, event.target_bps, event.max_bps), (4_000, 8_000, 9_000));
    assert_eq!((event.band_bps, event.cooldown, event.cap), (250, 60, was.cap - 1));
    assert_eq!((event.widen_rate, event.max_slippage_bps), (was.widen_rate, was.max_slippage_bps));
    assert_eq!((event.haircut_bps, event.max_venue_age), (was.haircut_bps, was.max_venue_age));
    // A cap that was lowered is not raised again by the curator.
    fx.assert_refused("BoundsBeyondRole", |fx| fx.router().set_bounds(&curator, 0, was));
}

#[test]
fn the_owner_sets_all_of_them() {
    let mut fx = bounded();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let all = LineParams {
        min_bps: 1_000,
        target_bps: 2_000,
        max_bps: 10_000,
        band_bps: 5_000,
        cooldown: 604_800,
        cap: u64::MAX,
        widen_rate: 10_000_000,
        max_slippage_bps: 500,
        haircut_bps: 10_000,
        max_venue_age: 216_000,
    };
    fx.router().set_bounds(&owner, 0, all).unwrap();
    assert_eq!(params(&fx, 0), all);
}

#[test]
fn bounds_are_ordered_and_parameters_in_range() {
    let mut fx = bounded();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let was = params(&fx, 0);
    for bounds in [
        LineParams { min_bps: was.target_bps + 1, ..was },
        LineParams { max_bps: was.target_bps - 1, ..was },
        LineParams { max_bps: 10_001, ..was },
    ] {
        fx.assert_refused("InvalidBounds", |fx| fx.router().set_bounds(&owner, 0, bounds));
    }
    for bounds in [
        LineParams { band_bps: 5_001, ..was },
        LineParams { cooldown: 604_801, ..was },
        LineParams { widen_rate: 10_000_001, ..was },
        LineParams { max_slippage_bps: 501, ..was },
        LineParams { haircut_bps: 10_001, ..was },
        LineParams { max_venue_age: 0, ..was },
        LineParams { max_venue_age: 216_001, ..was },
    ] {
        fx.assert_refused("InvalidLineParams", |fx| fx.router().set_bounds(&owner, 0, bounds));
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    let set = gimbal::instructions::router::set_bounds(&owner.pubkey(), &ledger, 2, was);
    fx.assert_refused("UnknownLine", |fx| fx.send(&[set], &[&owner]));
}

#[test]
fn the_lines_together_stay_within_the_whole() {
    let mut plan = quiet(2);
    plan.limits.min_cash_bps = 500;
    for line in &mut plan.lines {
        (line.params.min_bps, line.params.target_bps, line.params.max_bps) = (1_000, 1_000, 10_000);
    }
    let mut fx = Fixture::from_plan(plan);
    let curator = fx.deployment.actors.curator.insecure_clone();
    let was = params(&fx, 0);
    // The other line steers for 10%; its minimum and the least cash take 15%.
    fx.assert_refused("InvalidBounds", |fx| {
        fx.router().set_bounds(&curator, 0, LineParams { target_bps: 9_001, ..was })
    });
    fx.assert_refused("InvalidBounds", |fx| {
        fx.router().set_bounds(&curator, 0, LineParams { min_bps: 8_501, target_bps: 8_501, ..was })
    });
    fx.router().set_bounds(&curator, 0, LineParams { min_bps: 8_500, target_bps: 9_000, ..was }).unwrap();
}

#[test]
fn a_wider_valuation_counts_once_it_is_set() {
    let (mut fx, _) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let was = params(&fx, 0);
    fx.router().queued().set_bounds(&owner, 0, LineParams { widen_rate: 1_000_000, ..was }).unwrap();
    fx.warp(100);
    // 900 USDC · 0.1% · √100 = 9 USDC on each side.
    let nav = fx.ledger().nav(now(&fx)).unwrap();
    assert_eq!((nav.low, nav.mid, nav.high), (991 * USDC, 1_000 * USDC, 1_009 * USDC));
}

/// A live ledger with [`bounded`]'s line.
fn live() -> (Fixture, Keypair, LineParams) {
    let mut fx = bounded();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let was = params(&fx, 0);
    (fx, owner, was)
}

#[test]
fn with_money_in_the_ledger_the_owner_raises_only_what_has_waited() {
    let (fx, owner, was) = live();
    let raised = [
        LineParams { cap: was.cap + 1, ..was },
        LineParams { max_slippage_bps: was.max_slippage_bps + 1, ..was },
        LineParams { max_venue_age: was.max_venue_age + 1, ..was },
        LineParams { widen_rate: was.widen_rate + 1, ..was },
        LineParams { widen_rate: was.widen_rate - 1, ..was },
        LineParams { haircut_bps: was.haircut_bps + 1, ..was },
        LineParams { haircut_bps: was.haircut_bps - 1, ..was },
        LineParams { cap: was.cap + 1, min_bps: 0, target_bps: 0, max_bps: 0, ..was },
    ];
    for params in raised {
        let mut fx = fx.clone();
        fx.assert_refused("ChangeRequired", |fx| fx.router().set_bounds(&owner, 0, params));
        fx.router().queued().set_bounds(&owner, 0, params).unwrap();
        assert_eq!(self::params(&fx, 0), params);
        fx.assert_identities();
    }
    // A change gives no power: the curator's is what it was.
    let mut fx = fx.clone();
    let curator = fx.deployment.actors.curator.insecure_clone();
    let more = LineParams { cap: was.cap + 1, ..was };
    let ledger = fx.deployment.vault.addresses.ledger;
    let raise = |key: &Keypair| gimbal::instructions::router::set_bounds(&key.pubkey(), &ledger, 1, more);
    let change = fx.router().next_change();
    fx.router().propose_change(&owner, &raise(&owner)).unwrap();
    fx.pass(172_800);
    fx.assert_refused("BoundsBeyondRole", |fx| fx.router().apply(&curator, raise(&curator), &change));
}

#[test]
fn lowering_and_weights_wait_for_nothing() {
    let (fx, owner, was) = live();
    let curator = fx.deployment.actors.curator.insecure_clone();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let weights = LineParams { min_bps: 0, target_bps: 9_000, max_bps: 10_000, band_bps: 1, cooldown: 1, ..was };
    let lower = LineParams { min_bps: 0, target_bps: 1_000, max_bps: 1_000, cap: 1, ..was };
    let tighter = LineParams { cap: 1, max_slippage_bps: 0, max_venue_age: 1, ..was };
    for (key, params) in [(&owner, weights), (&curator, weights), (&guardian, lower), (&owner, tighter)] {
        let mut fx = fx.clone();
        fx.router().set_bounds(key, 0, params).unwrap();
        assert_eq!(self::params(&fx, 0), params);
    }
}

#[test]
fn two_days_do_not_make_room_for_two_lines_in_one_whole() {
    let mut plan = quiet(2);
    for line in &mut plan.lines {
        (line.params.min_bps, line.params.target_bps, line.params.max_bps) = (0, 4_000, 10_000);
    }
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let ledger = fx.deployment.vault.addresses.ledger;
    // 60% are within the whole as things are, and a second time they are not.
    let raise = |fx: &Fixture, place: usize| {
        let params = LineParams { target_bps: 6_000, cap: u64::MAX, ..params(fx, place) };
        gimbal::instructions::router::set_bounds(&owner.pubkey(), &ledger, place as u16 + 1, params)
    };
    let changes = [0, 1].map(|place| {
        let (waiting, change) = (raise(&fx, place), fx.router().next_change());
        fx.router().propose_change(&owner, &waiting).unwrap();
        (waiting, change)
    });
    fx.pass(172_800);
    let [(first, one), (second, other)] = changes;
    fx.router().apply(&owner, first, &one).unwrap();
    fx.assert_refused("InvalidBounds", |fx| fx.router().apply(&owner, second, &other));
}

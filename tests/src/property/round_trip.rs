//! Two accounts that hold nothing go in and out of a copy of the world, alone and together, within one slot or over
//! many, with everything that anybody may call in between; in the end they must not have gained more than their part of
//! what the house really earned while they held shares.

use gimbal::random::Random;

use super::checks::{hold, Violation};
use super::model::{up, Books, VIRTUAL};
use super::seen::Seen;
use super::world::{World, HOLDERS, PURSE, ROUNDERS};

/// Most steps of one round trip.
const STEPS: u64 = 12;

/// Goes round on a copy, by the numbers of `seed`; `slots` pass between steps.
///
/// # Errors
///
/// The gain, or any rule that broke on the way.
pub fn run(world: &mut World, seed: u64, slots: u64) -> Result<(), Violation> {
    let mut copy = world.clone();
    copy.tally = Default::default();
    let result = go_round(&mut copy, seed, slots % 120);
    world.tally.add(&copy.tally);
    result
}

fn go_round(world: &mut World, seed: u64, slots: u64) -> Result<(), Violation> {
    world.crank()?;
    if world.shocked.contains(&true) || world.look().nav.is_none() {
        return Ok(());
    }
    let mut random = Random::new(seed);
    let start = wealth(&world.look());
    let mut fair = 0_u128;
    for _ in 0..random.between(2, STEPS) {
        let before = world.look();
        let own = step(world, &mut random)?;
        let between = world.look();
        fair += if own { 0 } else { earned(&before, &between) };
        if slots > 0 {
            world.slots(slots);
            fair += earned(&between, &world.look());
        }
    }
    let before = world.look();
    world.crank()?;
    fair += earned(&before, &world.look());
    leave(world)?;
    let end = wealth(&world.look());
    // Within one slot nothing is earned, and nothing may be gained.
    let allowed = if slots == 0 { 0 } else { fair };
    hold!("no round trip gains", end <= start + allowed, "{start} became {end}, of which {allowed} could be earned");
    Ok(())
}

/// One thing that anybody may do; whether it was a flow of the two's own.
fn step(world: &mut World, random: &mut Random) -> Result<bool, Violation> {
    let me = HOLDERS + random.below(ROUNDERS as u64) as usize;
    let other = HOLDERS + random.below(ROUNDERS as u64) as usize;
    let amount = PURSE >> random.below(24);
    let part = if random.chance(1, 2) { 10_000 } else { random.below(10_001) };
    let line = random.next();
    let draw = random.below(23);
    match draw {
        0..=2 => world.deposit(me, amount)?,
        3 => world.deposit_into(me, amount, line)?,
        4 => world.mint(me, amount)?,
        5 => world.withdraw(me, part)?,
        6..=7 => world.redeem(me, part)?,
        8 => world.redeem_recall(me, part, line)?,
        9 => world.request(me, part, 0)?,
        10 => world.claim(me, 0)?,
        11 => world.cancel(me, 0)?,
        12 => world.give(me, other, part)?,
        13..=14 => world.fill(random.between(1, 8))?,
        20 => world.crystallise()?,
        21 => world.collect_fees()?,
        22 => world.demand()?,
        15 => world.refresh(line)?,
        16 => world.harvest(line)?,
        17 => world.harvest_cash()?,
        18 => world.recall(line, part, 0)?,
        _ => world.derisk(line, 0)?,
    };
    Ok(draw < 13)
}

/// Everything into cash, as far as it goes.
fn leave(world: &mut World) -> Result<(), Violation> {
    for user in HOLDERS..HOLDERS + ROUNDERS {
        world.claim(user, 0)?;
        while world.own_ticket(user, 0).is_some() && world.cancel(user, 0)? {}
        world.redeem(user, 10_000)?;
    }
    Ok(())
}

/// What the two have: base asset, claims, and shares at what they would be paid.
fn wealth(seen: &Seen) -> u128 {
    let (books, low) = (Books::of(seen), seen.nav.map_or(0, |nav| nav.low));
    let mut exit = books.leaving(low, seen.now);
    // Who has entered in this second is paid no more than the price he entered at.
    exit.pool.assets = exit.pool.assets.min(books.held(&exit, seen.now));
    let rounders = &seen.users[HOLDERS..HOLDERS + ROUNDERS];
    let base: u128 = rounders.iter().map(|user| u128::from(user.base)).sum();
    base + exit.paid(shares(seen)) + claimable(seen)
}

/// The two's shares, queued ones included.
fn shares(seen: &Seen) -> u128 {
    let held: u128 = seen.users[HOLDERS..HOLDERS + ROUNDERS].iter().map(|user| u128::from(user.shares)).sum();
    held + seen.rounders_tickets().map(|ticket| u128::from(ticket.shares_left)).sum::<u128>()
}

fn claimable(seen: &Seen) -> u128 {
    seen.rounders_tickets().map(|ticket| u128::from(ticket.claimable)).sum()
}

/// The two's part of what a share's real worth rose by in one step, rounded up: interest, and what others leave behind
/// when they go at low.
fn earned(before: &Seen, after: &Seen) -> u128 {
    let (Some(was), Some(is)) = (before.truth(), after.truth()) else { return 0 };
    // Each line's worth is rounded down on its own.
    let is = is + after.lines.len() as u128 + VIRTUAL;
    let (old, new) = (before.pool_shares() + VIRTUAL, after.pool_shares() + VIRTUAL);
    let rise = (is * old).saturating_sub((was + VIRTUAL) * new);
    // The rise is a fraction over old · new; 128 bits hold it only in two steps.
    let per_share = rise.div_ceil(old);
    up(per_share, shares(before).max(shares(after)), new) + 1
}

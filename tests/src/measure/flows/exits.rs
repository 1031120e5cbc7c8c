//! What depositors send: the four flows, those that go on to a line, and the queue.

use super::world::{invested, World, DEADLINE};
use super::Meter;
use crate::{Keypair, Outcome, Signer, DAY, USDC};

/// Of each of the four flows, whatever is on.
const FLOW: u64 = 60_000;
/// Of the flows that call a venue once.
const ONE_MOVE: u64 = 160_000;
/// Of the flows that call a venue twice.
const TWO_MOVES: u64 = 200_000;
/// Of what changes the queue by one ticket.
const ONE_TICKET: u64 = 60_000;
/// Of what walks over eight tickets.
const EIGHT_TICKETS: u64 = 150_000;

/// Every line's count that is measured.
const COUNTS: [(usize, &str); 2] = [(1, "1 line"), (16, "16 lines")];
/// Whether a day's fees are charged before.
const DUE: [(bool, &str); 2] = [(false, ""), (true, ", a day's fees due")];

/// Without fees and limits.
pub fn bare(meter: &mut Meter) {
    for (count, lines) in COUNTS {
        let mut fx = invested(count);
        let alice = fx.depositor(10_000 * USDC);
        meter.note(format!("`deposit`, {lines}"), FLOW, fx.vault().deposit(&alice, 1_000 * USDC, 0));
    }
    let mut fx = invested(3);
    let alice = fx.depositor(100_000 * USDC);
    meter.note("`mint`", FLOW, fx.vault().mint(&alice, 1_000 * USDC, 2_000 * USDC));
    meter.note("`redeem` from cash", FLOW, fx.vault().redeem(&alice, 100 * USDC, 0));
    meter.note("`withdraw` from cash", FLOW, fx.vault().withdraw(&alice, 100 * USDC, 200 * USDC));
    let allocate = fx.vault().deposit_and_allocate(&alice, 10_000 * USDC, 0, 0);
    meter.note("`deposit_and_allocate`", ONE_MOVE, allocate);
}

/// With all fees and limits on, before and after a day's fees are due.
pub fn with_everything_on(meter: &mut Meter) {
    for (count, lines) in COUNTS {
        for (is_due, due) in DUE {
            let world = World::of(count, is_due);
            let mut note = |name, ceiling, flow: fn(&mut World) -> Outcome| {
                let mut world = world.clone();
                meter.note(format!("`{name}`, {lines}{due}"), ceiling, flow(&mut world));
            };
            note("deposit", FLOW, |world| world.deposit(1_000 * USDC));
            note("mint", FLOW, |world| {
                let mint = world.fx.deployment.vault.mint(&world.alice.pubkey(), 1_000 * USDC, 2_000 * USDC);
                world.enter(mint)
            });
            note("redeem", FLOW, |world| world.fx.vault().redeem(&world.alice, 100 * USDC, 0));
            note("withdraw", FLOW, |world| world.fx.vault().withdraw(&world.alice, 100 * USDC, 200 * USDC));
            note("deposit_and_allocate", ONE_MOVE, |world| {
                let line = world.fx.deployment.lines[0].context.clone();
                let vault = world.fx.deployment.vault;
                world.enter(vault.deposit_and_allocate(&world.alice.pubkey(), 10_000 * USDC, 0, &line))
            });
            note("redeem_and_recall", TWO_MOVES, |world| {
                // The line has earned since: a second recall makes up for what the first one's valuation adds.
                world.fx.warp(500);
                let shares = world.fx.ledger().cash_tracked + 20_000 * USDC;
                world.fx.vault().redeem_and_recall(&world.alice, shares, 0, 0)
            });
        }
    }
}

/// Tickets, with all fees and limits on.
pub fn queue(meter: &mut Meter) {
    for (is_due, due) in DUE {
        let mut world = World::of(16, is_due);
        let bound = 90 * USDC;
        let request = world.fx.vault().request_redeem_at_least(&world.alice, 100 * USDC, bound);
        meter.note(format!("`request_redeem`{due}"), ONE_TICKET, request);
        world.queue(7, bound);
        meter.note(format!("`fill_tickets`, 1 ticket{due}"), ONE_TICKET, world.clone().fx.vault().fill_tickets(1));
        meter.note(format!("`fill_tickets`, 8 tickets{due}"), EIGHT_TICKETS, world.fx.vault().fill_tickets(8));
    }
    let mut world = World::new(16);
    world.queue(8, u64::MAX);
    meter.note("`fill_tickets`, 8 tickets passed", EIGHT_TICKETS, world.clone().fx.vault().fill_tickets(8));

    let mut world = World::new(16);
    world.queue(8, 0);
    let heir = Keypair::new_from_array([3; 32]);
    let mut given = world.clone();
    let alice = given.alice.clone();
    meter.note("`transfer_ticket`", ONE_TICKET, given.fx.vault().transfer_ticket(&alice, 0, &heir.pubkey()));
    meter.note("`cancel`", ONE_TICKET, world.clone().fx.vault().cancel(&alice, 0));
    let mut paid = world.clone();
    paid.fx.vault().fill_tickets(1).expect("a payment");
    meter.note("`claim`", ONE_TICKET, paid.fx.vault().claim(&alice, 0));

    // Nothing can be valued any more: what the lines count with is worked out one by one.
    world.fx.warp(DEADLINE + DAY);
    meter.note("`demand`, 16 lines", ONE_TICKET, world.fx.vault().demand());
    let overdue = world.fx.vault().fill_tickets(8);
    meter.note("`fill_tickets`, 8 overdue tickets, 16 lines too old", EIGHT_TICKETS, overdue);
}

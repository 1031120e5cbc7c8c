//! A ticket: from whatever state that passes its invariant, every step keeps it and conserves what is owed.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use gimbal_math::{Assets, Pool, Shares};
use libfuzzer_sys::fuzz_target;
use vault::{
    math::{fill, Exit, Fill},
    Ticket,
};

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = base_of::<Ticket>(|ticket| {
        ticket.status = 1;
        (ticket.shares, ticket.shares_left) = (1_000_000, 1_000_000);
        (ticket.requested_at, ticket.overdue_at, ticket.in_kind_at) = (1_000, 2_000, 3_000);
    });
    load::<Ticket>(&input.account(&base), |ticket| {
        if ticket.invariant().is_err() {
            return;
        }
        let now = input.time(3);
        let escrowed = ticket.is_open() || ticket.is_passed();
        let steps: [fn(&mut Ticket, &Input) -> bool; 5] = [
            |ticket, input| {
                // A ticket's shares are some of those that there are.
                let supply = Shares(input.numbers[1].max(ticket.shares_left));
                let pool: Pool = Pool { assets: Assets(input.numbers[0]), shares: supply };
                let exit = Exit { pool, supply, fee_bps: 100 };
                let cash = Assets(input.numbers[2]);
                // What the queue would pay of it.
                let part = fill(&ticket.waiting(input.time(3)), cash, &exit).unwrap_or(Fill::NOTHING);
                assert!(part.assets <= cash && part.shares.0 <= ticket.shares_left);
                let (left, owed) = (ticket.shares_left, ticket.claimable);
                let done = ticket.fill(part).is_ok();
                assert!(
                    !done || (ticket.shares_left, ticket.claimable) == (left - part.shares.0, owed + part.assets.0)
                );
                done
            },
            |ticket, _| ticket.pass().is_ok(),
            |ticket, _| ticket.cancel().is_ok_and(|shares| shares.0 > 0),
            |ticket, input| ticket.redeem_in_kind(input.time(3)).is_ok_and(|shares| shares.0 > 0),
            |ticket, _| {
                let owed = ticket.claimable;
                ticket.claim().is_ok_and(|assets| assets.0 == owed && ticket.claimable == 0)
            },
        ];
        for (place, step) in steps.iter().enumerate() {
            let mut after = *ticket;
            let done = step(&mut after, &input);
            // A payment that does not fit ends the transaction half way.
            assert!(
                done || place == 0 || bytemuck::bytes_of(&after) == bytemuck::bytes_of(ticket),
                "a refusal changes nothing"
            );
            assert!(after.invariant().is_ok() || !done, "a step keeps the invariant");
            // Shares that left the escrow are gone, and cannot leave it again.
            if done && (place == 2 || place == 3) {
                assert!(escrowed && after.shares_left == 0 && after.cancel().is_err());
                assert!(place == 2 || now >= ticket.in_kind_at);
            }
        }
    });
});

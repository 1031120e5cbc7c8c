//! Deliberate corruptions: each made by writing an account's bytes, each found, and by the check that names it.

use super::*;
use gimbal::pda::LineAddresses;
use strategy_router::state::Totals;
use vault::state::Ticket;

/// A vault that holds, with the change made to it; the names of what is broken then.
pub(super) fn found(change: impl FnOnce(&mut Fixture)) -> Vec<String> {
    let Busy { mut fx, .. } = busy();
    assert_eq!(broken(&fx), [""; 0]);
    change(&mut fx);
    broken(&fx)
}

pub(super) fn line_venue(fx: &Fixture, id: u16) -> Pubkey {
    LineAddresses::of(&fx.deployment.vault.addresses.ledger, id).venue
}

fn ticket(fx: &Fixture, sequence: u64) -> Pubkey {
    fx.deployment.vault.ticket(sequence)
}

// 1: tracked balance

#[test]
fn tracked_cash() {
    let more = found(|fx| alter_ledger(fx, |ledger| ledger.cash_tracked += 1));
    assert_eq!(more, ["cash.balance", "cash.flows"]);
    // With the books cooked to match, the account itself tells.
    let cooked = found(|fx| {
        alter_ledger(fx, |ledger| {
            ledger.cash_tracked += 1;
            ledger.surplus_adopted += 1;
        })
    });
    assert_eq!(cooked, ["cash.balance"]);
}

#[test]
fn tracked_receipt_tokens() {
    assert_eq!(found(|fx| alter_ledger(fx, |ledger| ledger.lines[1].position += 1)), ["line.2.position"]);
    assert_eq!(found(|fx| alter_ledger(fx, |ledger| ledger.lines[2].in_flight += 5_000_000)), {
        ["line.3.in_flight", "line.3.value.low", "line.3.value.mid", "line.3.value.high"]
    });
}

// 2: share supply

#[test]
fn share_supply() {
    // A mint's supply is eight bytes from its 36th on.
    let minted = found(|fx| {
        let mint = fx.deployment.vault.addresses.share_mint;
        alter_bytes(fx, &mint, |data| data[36] = data[36].wrapping_add(1));
    });
    assert_eq!(minted, ["shares.supply"]);
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.shares -= 1)), ["shares.supply"]);
}

#[test]
fn a_mint_authority_besides_the_vault() {
    let stolen = found(|fx| {
        let mint = fx.deployment.vault.addresses.share_mint;
        alter_bytes(fx, &mint, |data| data[4..36].copy_from_slice(&[7; 32]));
    });
    assert_eq!(stolen, ["shares.mint"]);
}

// 3: claims

#[test]
fn claims() {
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.claims_owed += 1)), ["claims.balance", "claims.owed"]);
    let promised = found(|fx| {
        let first = ticket(fx, 0);
        alter(fx, &first, |ticket: &mut Ticket| {
            ticket.claimable += 1;
            ticket.filled_assets += 1;
        });
    });
    assert_eq!(promised, ["claims.owed"]);
}

// 4: stale line

#[test]
fn a_line_that_is_older_than_the_totals_say() {
    let aged = found(|fx| {
        alter_ledger(fx, |ledger| {
            ledger.lines[0].valued_at -= 300;
            ledger.lines[0].valued_slot -= 750;
        })
    });
    // NAV is widened too little, besides; and at that slot the reserve had not been refreshed yet.
    assert_eq!(aged, ["totals.oldest_at", "totals.oldest_slot", "nav.low", "nav.high"]);
}

#[test]
fn a_value_that_the_reserve_does_not_give() {
    let raised = found(|fx| {
        alter_ledger(fx, |ledger| {
            ledger.lines[0].high += 1;
            ledger.totals = Totals::of(&ledger.lines).unwrap();
        })
    });
    assert_eq!(raised, ["line.1.value.high"]);
    let kept = found(|fx| {
        // An old value under a new date: what a line was worth before a loss.
        let old = *fx.ledger().line(1).unwrap();
        fx.lending()
            .write_off(
                0,
                lending_venue::WriteOffArgs {
                    borrower: lending_venue::state::Borrowers::OPERATOR,
                    amount: 100_000 * USDC,
                },
            )
            .unwrap();
        fx.refresh_all();
        alter_ledger(fx, |ledger| {
            let line = &mut ledger.lines[0];
            (line.low, line.mid, line.high) = (old.low, old.mid, old.high);
            ledger.totals = Totals::of(&ledger.lines).unwrap();
        });
    });
    assert_eq!(kept, ["line.1.value.low", "line.1.value.mid", "line.1.value.high"]);
}

#[test]
fn a_value_that_was_changed_right_after_a_move() {
    let changed = |low: i64, high: i64| {
        found(move |fx| {
            let guardian = fx.deployment.actors.guardian.insecure_clone();
            fx.router().recall(&guardian, 0, 500 * USDC).unwrap();
            assert_eq!(broken(fx), [""; 0]);
            alter_ledger(fx, |ledger| {
                let line = &mut ledger.lines[0];
                line.low = line.low.saturating_add_signed(low);
                line.high = line.high.saturating_add_signed(high);
                ledger.totals = Totals::of(&ledger.lines).unwrap();
            });
        })
    };
    // A few units are what redemptions in kind in that slot may have rounded.
    assert_eq!(changed(-64, 0), [""; 0]);
    assert_eq!(changed(-65, 0), ["line.1.value.low"]);
    assert_eq!(changed(0, 65), ["line.1.value.high"]);
}

#[test]
fn totals_that_are_no_sums() {
    assert_eq!(found(|fx| alter_ledger(fx, |ledger| ledger.totals.high += 1)), ["totals.high", "nav.high"]);
    assert_eq!(found(|fx| alter_ledger(fx, |ledger| ledger.totals.widen += 1)), ["totals.widen"]);
}

// 5: mark

#[test]
fn mark() {
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.fees.mark = (1 << 40) - 1)), ["fees.mark"]);
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.fees.mark = 0)), ["fees.mark"]);
}

// 6: ticket order

#[test]
fn ticket_order() {
    let jumped = found(|fx| {
        let (third, fourth) = (fx.ticket(3).unwrap(), fx.ticket(4).unwrap());
        let times = |to: Ticket| {
            move |ticket: &mut Ticket| {
                (ticket.requested_at, ticket.requested_slot) = (to.requested_at, to.requested_slot);
                (ticket.overdue_at, ticket.in_kind_at) = (to.overdue_at, to.in_kind_at);
            }
        };
        let (three, four) = (ticket(fx, 3), ticket(fx, 4));
        alter(fx, &three, times(fourth));
        alter(fx, &four, times(third));
    });
    assert_eq!(jumped, ["tickets.order"]);

    let renumbered = found(|fx| {
        for (at, number) in [(3, 4), (4, 3)] {
            let key = ticket(fx, at);
            alter(fx, &key, |ticket: &mut Ticket| ticket.sequence = number);
        }
    });
    assert_eq!(renumbered, ["tickets.address", "tickets.order"]);
}

#[test]
fn a_queue_that_has_gone_past_a_ticket() {
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.ticket_head += 1)), ["tickets.place"]);
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.ticket_tail -= 1)), ["tickets.place", "tickets.queue"]);
    let stretched = found(|fx| {
        let key = ticket(fx, 3);
        alter(fx, &key, |ticket: &mut Ticket| ticket.in_kind_at += 86_400);
    });
    assert_eq!(stretched, ["tickets.deadlines"]);
    let moved = found(|fx| {
        alter_vault(fx, |vault| {
            vault.queued_shares -= 1;
            vault.passed_shares += 1;
        })
    });
    assert_eq!(moved, ["tickets.queued", "tickets.passed"]);
}

// 7: limit window

#[test]
fn limit_window() {
    // To the unit: at most a fifth of what was there before, which is a quarter of what is left.
    let brim = |more: i64| {
        found(move |fx| {
            alter_vault(fx, |vault| {
                let supply = i64::try_from(vault.shares + vault.fee_shares).unwrap();
                vault.outflow.used = supply / 4 + more;
            })
        })
    };
    assert_eq!(brim(0), [""; 0]);
    // What tickets 0 and 1 have burnt was there when exits were let out: up to a quarter of that more is no fault.
    let Busy { fx, .. } = busy();
    let gone: u64 = (0..2).map(|n| fx.ticket(n).map_or(0, |ticket| ticket.shares - ticket.shares_left)).sum();
    assert_eq!(brim(i64::try_from(gone).unwrap() / 4 + 10), ["window.outflow"]);
    let negative = |fx: &mut Fixture| {
        alter_vault(fx, |vault| vault.outflow.used = -i64::try_from(2 * vault.shares).unwrap());
    };
    assert_eq!(found(negative), ["window.outflow"]);
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.outflow.at += 86_400)), ["window.outflow_at"]);
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.speed.price = 0)), ["window.speed"]);
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.limits.outflow_bps = 499)), ["limits.range"]);
}

// 10: fee shares

#[test]
fn fee_shares() {
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.fee_shares += 1)), ["fees.shares"]);
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.fees.minted -= 1)), ["fees.shares"]);
    // A rate that moves takes the change that waits for it along.
    let raised = found(|fx| alter_vault(fx, |vault| vault.fees.exit_bps = 101));
    assert_eq!(raised, ["fees.exit", "change.vault.0.hash"]);
}

// And besides

#[test]
fn a_delegate_on_the_cash_account() {
    let delegated = found(|fx| {
        let cash = fx.deployment.vault.addresses.cash;
        // A token account's delegate: a four-byte tag from the 72nd byte on, then its key.
        alter_bytes(fx, &cash, |data| {
            data[72] = 1;
            data[76..108].copy_from_slice(&[8; 32]);
        });
    });
    assert_eq!(delegated, ["cash.authority"]);
}

#[test]
fn flows_gains_and_keepers_pay() {
    assert_eq!(found(|fx| alter_vault(fx, |vault| vault.deposited += 1)), ["flows.in"]);
    assert_eq!(found(|fx| alter_ledger(fx, |ledger| ledger.paid += 1)), ["flows.out", "cash.flows"]);
    let locked = found(|fx| {
        let now = fx.chain.clock().unwrap().unix_timestamp;
        alter_ledger(fx, |ledger| {
            (ledger.gains.amount, ledger.gains.start, ledger.gains.end) = (10_000 * USDC, now, now + 3_600);
        });
    });
    assert_eq!(locked, ["gains.locked"]);
    let unpaid = ["cash.flows", "keepers.paid", "budget.promised"];
    assert_eq!(found(|fx| alter_ledger(fx, |ledger| ledger.keeper_paid -= 1)), unpaid);
    assert_eq!(found(|fx| alter_ledger(fx, |ledger| ledger.overdue = ledger.reserved + 1)), ["queue.overdue"]);
}

#[test]
fn an_account_that_is_none() {
    let emptied = found(|fx| {
        let claims = fx.deployment.vault.addresses.claims;
        alter_bytes(fx, &claims, |data| data.truncate(100));
    });
    assert_eq!(emptied, ["claims.authority", "accounts"]);
    let Busy { fx, .. } = busy();
    let error = verify(&fx.chain, &Pubkey::new_from_array([1; 32]), &Options::default()).unwrap_err();
    assert_eq!(error.name(), "AccountNotFound");
    let ledger = fx.deployment.vault.addresses.ledger;
    assert_eq!(verify(&fx.chain, &ledger, &Options::default()).unwrap_err().name(), "WrongAccount");
}

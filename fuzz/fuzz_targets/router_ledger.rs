//! A ledger: its NAV is ordered at every time, and what is booked keeps its identities.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use strategy_router::{
    state::{Totals, LINES},
    Ledger, Line,
};

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = base_of::<Ledger>(|ledger| {
        (ledger.cash_tracked, ledger.credited, ledger.invested) = (600_000_000, 1_000_000_000, 400_000_000);
        ledger.limits.max_valuation_age = 600;
        ledger.limits.epoch = 86_400;
        ledger.next_line_id = 2;
        ledger.line_count = 1;
        let line = &mut ledger.lines[0];
        (line.id, line.adapter, line.status) = (1, 1, 1);
        (line.low, line.mid, line.high, line.position) = (390_000_000, 400_000_000, 401_000_000, 400_000_000);
        (line.widen_rate, line.valued_at, line.liquidity) = (500, 1_700_000_000, 1_000_000_000);
        ledger.totals = Totals::of(&ledger.lines).expect("one line");
    });
    load::<Ledger>(&input.account(&base), |ledger| {
        let now = input.time(0);
        let [_, amount, places, _] = input.numbers;
        let mut after = Box::new(*ledger);
        // Sums that are remade are ordered if the lines are.
        if after.lines.iter().all(|line| line.invariant().is_ok()) && after.remake_totals().is_ok() {
            assert!(after.totals.low <= after.totals.mid && after.totals.mid <= after.totals.high);
        }
        let ids: Vec<u16> = places.to_le_bytes().into_iter().map(u16::from).take(LINES).collect();
        if after.set_withdraw_order(&ids).is_ok() {
            assert!(ids.iter().all(|id| after.row_of(*id).is_ok()));
            after.drop_from_withdraw_order(ids[0]);
            assert!(!after.withdraw_order.contains(&ids[0]) || ids[0] == 0);
        }
        if let Some(id) = ledger.next_to_withdraw() {
            // Ids are the ledger's own to keep apart: one of that id can be drawn on.
            let can_pay = |line: &Line| line.swapped == 0 && line.position > 0 && line.liquidity > 0;
            assert!(ledger.lines.iter().any(|line| line.is_used() && line.id == id && can_pay(line)));
        }
        assert!(ledger.free_cash() <= ledger.cash_tracked && ledger.queue_need() <= ledger.reserved);

        if ledger.invariant().is_err() {
            return;
        }
        if let Ok(nav) = ledger.nav(now) {
            assert!(nav.low <= nav.mid && nav.mid <= nav.high);
            // Without what fades and widens by each line's own age, nothing is more than the cash and the lines.
            if let (Ok(overdue), Ok(totals)) = (ledger.nav_overdue(now), Totals::of(&ledger.lines)) {
                assert!(overdue <= ledger.cash_tracked.saturating_add(totals.low));
            }
        }
        let mut after = Box::new(*ledger);
        if after.book_credit(amount).is_ok() {
            assert!(after.invariant().is_ok() && after.cash_tracked - ledger.cash_tracked == amount);
        }
        let mut after = Box::new(*ledger);
        match after.book_payment(amount) {
            Ok(()) => assert!(after.invariant().is_ok() && amount <= ledger.free_cash()),
            Err(_) => assert!(amount > ledger.free_cash() || ledger.paid.checked_add(amount).is_none()),
        }
        gains(ledger, now, amount);
    });
});

/// What is locked only ever unlocks, and a gain of any size never holds an older one back.
fn gains(ledger: &Ledger, now: i64, gain: u64) {
    let mut gains = ledger.gains;
    let Ok(locked) = gains.locked_up(now) else { return };
    if gains.start > now || gains.end.saturating_sub(now) > strategy_router::state::GAIN_UNLOCK_SECONDS {
        return;
    }
    assert!(locked <= gains.amount);
    let left = gains.end.saturating_sub(now).max(0);
    if gains.lock(gain, now).is_err() || gain == 0 {
        return;
    }
    assert_eq!(gains.amount, locked + gain);
    let full = strategy_router::state::GAIN_UNLOCK_SECONDS;
    assert!(gains.end - now <= full && (locked == 0 || gains.end - now >= left));
    // Dust, and still dust after a thousand of it: less than a part in `full` of what is locked adds no second.
    if u128::from(gain) * u128::from(full.unsigned_abs()) < u128::from(locked) {
        assert_eq!(gains.end - now, left);
    }
}

//! What cannot be reckoned takes no new money.

use super::*;

#[test]
fn what_has_no_model_takes_no_money_once_losses_are_limited() {
    let mut book = book();
    let args = |row| ask(row, 1, [TENTH, 0, TENTH], [outright(TENTH), outright(0), outright(TENTH)]);
    assert_eq!(flags(&mut book, &args(2)), 0, "without a limit it is not needed");
    for limit in 0..3 {
        let params = &mut book.params;
        *[&mut params.max_var_bps, &mut params.max_shortfall_bps, &mut params.max_stress_bps][limit] = 9_999;
        // Line 3 moves with a price of which nothing is known, and hides what the others may add.
        for row in 0..3 {
            let verdict = assess(&mut book, &args(row), NOW).unwrap();
            assert_eq!((verdict.flags & Verdict::UNMODELLED, verdict.room), (Verdict::UNMODELLED, 0));
        }
        assert_ne!(flags(&mut book, &reported(&args(0))) & Verdict::UNMODELLED, 0);
        book.params = RiskParams::NONE;
    }
}

#[test]
fn an_asset_without_a_forecast_takes_no_money_either() {
    let mut book = with(|params| params.max_var_bps = 9_999);
    book.assets[1].variance = 0;
    // Nothing is in line 2 yet: line 1 is not concerned.
    assert_eq!(flags(&mut book, &one_line(1)), 0);
    let second = ask(1, 1, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
    assert_eq!(assess(&mut book, &second, NOW).unwrap(), Verdict { flags: Verdict::UNMODELLED, room: 0 });
    // Money that no price moves is never concerned.
    assert_eq!(flags(&mut book, &ask(2, 1, [TENTH, TENTH, 0], [outright(TENTH), outright(TENTH), NOTHING[0]])), 0);
}

#[test]
fn old_prices_stop_new_money_of_every_line() {
    let mut book = with(|params| params.max_sample_age = 3_600);
    assert_eq!(flags(&mut book, &one_line(1)), 0);
    book.assets[1].publish_time = NOW - 3_600;
    assert_eq!(flags(&mut book, &one_line(1)), 0);
    book.assets[1].publish_time = NOW - 3_601;
    for row in 0..3 {
        let args = ask(row, 1, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
        assert_eq!(assess(&mut book, &args, NOW).unwrap(), Verdict { flags: Verdict::STALE_RISK, room: 0 });
        assert_eq!(flags(&mut book, &reported(&args)), Verdict::STALE_RISK);
    }
    // A book without assets has nothing that could be old.
    book.assets[0] = Default::default();
    book.assets[1] = Default::default();
    assert_eq!(flags(&mut book, &ask(2, 1, [0; 3], NOTHING)), 0);
}

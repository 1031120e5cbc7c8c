//! Gamma: what a curved position loses at the move of the tail.

use super::*;

#[test]
fn negative_gamma_costs_at_the_tails_own_move() {
    let mut book = book();
    // ½ · 10^12 · 0.0016 = 8·10^8; · 2.6² = 5.408·10^9; · 3.2² = 8.192·10^9.
    let curved = Exposure { gamma: -1_000_000_000_000, ..outright(TENTH) };
    flags(&mut book, &ask(2, 0, [TENTH, 0, 0], [curved, outright(0), Exposure::none()]));
    near(book.figures.gamma_cost, 800_000_000, 10);
    near(book.figures.value_at_risk, 10_400_000_000 + 5_408_000_000, 400);
    near(book.figures.shortfall, 12_800_000_000 + 8_192_000_000, 400);
    // Positive gamma gains, and is not counted.
    let long = Exposure { gamma: 1_000_000_000_000, ..outright(TENTH) };
    flags(&mut book, &ask(2, 0, [TENTH, 0, 0], [long, outright(0), Exposure::none()]));
    assert_eq!(book.figures.gamma_cost, 0);
}

#[test]
fn the_room_pays_for_the_gamma_that_it_adds() {
    let mut book = with(|params| params.max_var_bps = 200);
    let held = outright(TENTH);
    // Ten times the money in gamma: the loss of a more is 2.6 · 4% · a + 2.6² · ½ · 10 · 0.0016 · a = (0.104 + 0.05408) a;
    // 2·10^10 − 1.04·10^10 = 9.6·10^9, / 0.15808 = 60,728,744,939.
    let args = ask(0, 1, [TENTH, 0, 0], [Exposure { gamma_bps: -100_000, ..held }, outright(0), Exposure::none()]);
    let exact = 60_728_744_939;
    for amount in [exact - exact / 10_000, exact / 2, 1] {
        assert_eq!(flags(&mut book, &AssessArgs { amount, ..args.clone() }), 0, "{amount}");
    }
    let verdict = assess(&mut book, &AssessArgs { amount: exact + exact / 10_000, ..args.clone() }, NOW).unwrap();
    assert_eq!(verdict.flags, Verdict::VAR);
    assert!(verdict.room <= exact && verdict.room >= exact - exact / 500, "{}", verdict.room);
    let within = assess(&mut book, &AssessArgs { amount: verdict.room, ..args }, NOW).unwrap();
    assert_eq!(within.flags, 0);
}

#[test]
fn a_position_of_gamma_alone_is_held_to_the_limit() {
    let mut book = with(|params| params.max_var_bps = 200);
    // A range hedged in delta: 2.6² · ½ · 100 · 0.0016 · a = 0.5408 a ≤ 2·10^10: 36,982,248,520.
    let curved = Exposure { gamma_bps: -1_000_000, ..Exposure::none() };
    let args = |amount| ask(0, amount, [0; 3], [curved, Exposure::none(), Exposure::none()]);
    assert_eq!(flags(&mut book, &args(36_900_000_000)), 0);
    let verdict = assess(&mut book, &args(37_000_000_000), NOW).unwrap();
    assert_eq!(verdict.flags, Verdict::VAR);
    assert!((36_800_000_000..=36_982_248_520).contains(&verdict.room), "{}", verdict.room);
}

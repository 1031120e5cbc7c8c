//! The crowd decides by its seed, within its means, and often enough.

use super::*;
use crate::demo::world::TicketState;

const CALM: News =
    News { week_bps: 0, day_bps: 0, illiquid: false, loss: false, nav: 1_100 * USDC, shares: 1_000 * USDC };

fn rich(endowment: u64) -> Holding {
    Holding { wallet: endowment / 2, shares: endowment / 2, tickets: Vec::new() }
}

fn year(seed: u64, news: News) -> Vec<Option<(usize, Wish)>> {
    let mut crowd = populate(seed, 60);
    (0..365)
        .flat_map(|_| crowd.iter_mut().map(|one| one.decide(&news, &rich(one.endowment))).collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_seed_decides_everything() {
    assert_eq!(year(3, CALM), year(3, CALM));
    assert_ne!(year(3, CALM), year(4, CALM));
}

#[test]
fn one_depositors_luck_leaves_the_others_dice_alone() {
    let mut calm = populate(1, 2);
    let mut changed = populate(1, 2);
    for _ in 0..50 {
        let holding = rich(calm[1].endowment);
        calm[0].decide(&CALM, &holding);
        changed[0].decide(&CALM, &Holding::default());
        assert_eq!(calm[1].decide(&CALM, &holding), changed[1].decide(&CALM, &holding));
    }
}

#[test]
fn all_temperaments_are_there_in_any_crowd_of_twenty() {
    let crowd = populate(5, 20);
    let count = |temperament| crowd.iter().filter(|one| one.temperament == temperament).count();
    assert_eq!(count(Temperament::SteadySaver), 9);
    assert_eq!(count(Temperament::TrendFollower), 5);
    assert_eq!(count(Temperament::PanicSeller), 4);
    assert_eq!(count(Temperament::Whale), 2);
    for one in crowd {
        let (low, high) = one.temperament.endowment();
        assert!((low * USDC..=high * USDC).contains(&one.endowment));
    }
}

#[test]
fn enough_transactions_and_every_way_in_and_out() {
    let wishes: Vec<Wish> = year(1, CALM).into_iter().flatten().map(|(_, wish)| wish).collect();
    // 60 depositors and 365 days; 10,000 in 1,764 days of 50 depositors is a rate of 0.1134 a day.
    assert!(wishes.len() as f64 / (60.0 * 365.0) > 0.1134, "{} wishes", wishes.len());
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::Deposit(_))));
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::DepositAndAllocate(_))));
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::Mint(_))));
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::Withdraw(_))));
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::Redeem(_))));
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::Queue(_))));
}

#[test]
fn an_illiquid_venue_starts_a_run_and_nobody_enters() {
    let wishes = year(1, News { illiquid: true, ..CALM });
    assert!(wishes.iter().flatten().all(|(_, wish)| matches!(wish, Wish::Redeem(_) | Wish::Queue(_))));
    assert!(wishes.iter().flatten().count() * 4 > wishes.len(), "more than a quarter leave each day");
}

#[test]
fn whoever_is_queued_waits_or_cancels() {
    let ticket = TicketState { sequence: 9, shares_left: 5, claimable: 0 };
    for mut one in populate(2, 40) {
        let holding = Holding { tickets: vec![ticket], ..rich(one.endowment) };
        for _ in 0..200 {
            assert!(matches!(one.decide(&CALM, &holding), None | Some((_, Wish::Cancel(9)))));
        }
    }
}

#[test]
fn nobody_asks_for_more_than_they_have() {
    let mut crowd = populate(8, 40);
    for day in 0..400i64 {
        let news = News { week_bps: (day * 37) % 1_000 - 500, loss: day % 50 == 0, ..CALM };
        for one in &mut crowd {
            let holding = rich(one.endowment);
            match one.decide(&news, &holding) {
                Some((step, wish)) => {
                    assert!(step < 4);
                    match wish {
                        Wish::Deposit(n) | Wish::DepositAndAllocate(n) | Wish::Mint(n) => {
                            assert!(n > 0 && n <= holding.wallet);
                        }
                        Wish::Redeem(n) | Wish::Queue(n) => assert!(n > 0 && n <= holding.shares),
                        Wish::Withdraw(n) => assert!(n > 0 && n <= news.value_of_down(holding.shares)),
                        Wish::Cancel(_) => panic!("nothing is queued"),
                    }
                }
                None => continue,
            }
        }
    }
}

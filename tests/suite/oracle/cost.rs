//! Ceilings of what the hot instructions cost. On bytecode they measure the program; natively only a nominal charge.

use gimbal::instructions::oracle::{set_line_risk, set_risk};
use risk_oracle::AssessArgs;

use super::world::*;

/// What one `update_feed` or one `assess` may cost, compute units.
const CEILING: u64 = 25_000;

#[test]
fn an_update_of_both_sources_that_closes_a_bar_stays_below_its_ceiling() {
    let mut world = World::priced();
    world.warp(86_400);
    let (price, second) = (world.price(151 * DOLLAR), world.second_price(151 * DOLLAR));
    world.post(&price, &second);
    let receipt = world.send(&[world.update_both()], &[]).unwrap();
    assert_eq!(world.feed().bars.count, 1);
    println!("update_feed, two sources and a closed bar: {} units", receipt.compute_units);
    assert!(receipt.compute_units <= CEILING, "{}", receipt.compute_units);
}

#[test]
fn an_assessment_of_sixteen_full_lines_stays_below_its_ceiling() {
    let mut world = World::new();
    let (owner, book) = (pubkey("owner"), world.book);
    for index in 0..32 {
        world
            .send(&[set_risk(&owner, &book, risk(index, &format!("risk:{index}"), 10_000, u64::MAX))], &["owner"])
            .unwrap();
    }
    // Each line carries four risks, and the book's order is the reverse of the ledger's: the longest search.
    for id in (1..=16u16).rev() {
        let first = (id as u8 - 1) * 2;
        let risks = [first, first + 1, (first + 2) % 32, (first + 3) % 32];
        world.send(&[set_line_risk(&owner, &book, line_risk(id, &risks, 10_000, u64::MAX))], &["owner"]).unwrap();
    }
    let mut args = AssessArgs { nav: 16_000, line: 15, amount: 1, values: [1_000; 16], line_ids: [0; 16] };
    args.line_ids.iter_mut().zip(1..).for_each(|(id, next)| *id = next);
    let receipt = world.send(&[assess("ledger", book, args)], &["ledger"]).unwrap();
    // Each risk is carried by two lines of 1,000.
    assert!(world.book().risks.iter().all(|risk| risk.exposure == 2_000));
    println!("assess, sixteen lines of four risks: {} units", receipt.compute_units);
    assert!(receipt.compute_units <= CEILING, "{}", receipt.compute_units);
}

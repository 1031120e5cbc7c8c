//! The risk engine over lines of every kind: no adapter reports such exposures yet, so the ledger's part is played by a program
//! that passes the question on. See [`crate::measure::positions`].

use gimbal::amount::grouped;

use super::Meter;
use crate::measure::positions::shocked::{self, Terms};
use crate::measure::positions::{asked, Positions};
use crate::measure::{is_metered, last_instruction};

/// Of `assess`.
const ASSESSMENT: u64 = 150_000;
/// Of an observation that adds a day.
const OBSERVATION: u64 = 150_000;
/// Of all eight scenarios together.
const STRESSES: u64 = 600_000;
/// The calls that work them out.
const CALLS: [(u8, u8); 3] = [(0, 3), (3, 3), (6, 2)];

/// Observing, asking and stressing with four ranges, two options, four loops, three hedges and three loans.
pub fn positions(meter: &mut Meter) {
    let mut world = Positions::new();
    world.report();
    let mut raised = world.clone();
    raised.tell(|book| book.params.volatility_bps = [1; 3]);
    meter.note("`observe` of 8 feeds, adding a day and raising the regime", OBSERVATION, raised.observe());
    let state = raised.state();
    assert!(state.returns.day > world.state().returns.day && state.regime.level == 3, "a day, and a crisis");
    world.observe().expect("an observation");
    let (_, units) = world.report();
    meter.add("`assess` of a report", ASSESSMENT, units);
    stresses(meter, &mut world, "`stress`, 8 scenarios, falls of 10% to 80%");

    let (_, units) = if is_metered() { asked::dearest(&mut world.clone()) } else { (asked::Asked::first(), 0) };
    let steps = grouped(asked::STEPS.into());
    let name = format!("`assess` of new money, the dearest of {} drawn questions varied {steps} times", asked::DRAWN);
    meter.add(name, ASSESSMENT, units);
    let kinds = [("ordinary", Terms::ORDINARY), ("extreme", Terms::EXTREME)];
    for (terms, from) in kinds {
        let mut world = world.clone();
        if is_metered() {
            let (found, _) = shocked::dearest(&mut world.clone(), &from);
            world.meet(&found);
        }
        let (drawn, steps) = (shocked::DRAWN, grouped(shocked::STEPS.into()));
        let name = format!("`stress`, 8 scenarios, {terms} terms, the dearest of {drawn} drawn varied {steps} times");
        stresses(meter, &mut world, &name);
    }
}

/// All eight, in three transactions.
fn stresses(meter: &mut Meter, world: &mut Positions, name: &str) {
    let each = CALLS.map(|(from, count)| last_instruction(&world.stress(from, count).expect("scenarios").logs));
    meter.add(format!("{name}, in three calls together"), STRESSES, each.iter().sum());
}

//! Each instruction in its ordinary and in its dearest case, and what it may cost at the most.

mod authority;
mod contagion;
pub(super) mod engine;
mod exits;
mod in_kind;
mod markets;
mod positions;
mod world;

use super::last_instruction;
use crate::Outcome;

pub use world::World;

/// One measured instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where it stands on the page.
    pub section: &'static str,
    /// What was done.
    pub name: String,
    /// What it used.
    pub units: u64,
    /// What it may use; none where nothing was promised.
    pub ceiling: Option<u64>,
}

/// Collects flows.
#[derive(Default)]
pub(super) struct Meter {
    section: &'static str,
    flows: Vec<Flow>,
}

impl Meter {
    fn note(&mut self, name: impl Into<String>, ceiling: impl Into<Option<u64>>, outcome: Outcome) {
        let name = name.into();
        let receipt = outcome.unwrap_or_else(|error| {
            let logs = error.refused().map(|refused| refused.logs.join("\n")).unwrap_or_default();
            panic!("{name}: {error}\n{logs}")
        });
        self.add(name, ceiling, last_instruction(&receipt.logs));
    }

    fn add(&mut self, name: impl Into<String>, ceiling: impl Into<Option<u64>>, units: u64) {
        self.flows.push(Flow { section: self.section, name: name.into(), units, ceiling: ceiling.into() });
    }
}

/// Measures everything. Meaningful on bytecode only.
///
/// # Panics
///
/// If an instruction is refused.
pub fn measure() -> Vec<Flow> {
    let mut meter = Meter { section: "Depositors, without fees and limits", ..Meter::default() };
    exits::bare(&mut meter);
    meter.section = "Depositors, with all fees and limits on";
    exits::with_everything_on(&mut meter);
    meter.section = "The queue, with all fees and limits on";
    exits::queue(&mut meter);
    meter.section = "In kind";
    in_kind::in_kind(&mut meter);
    meter.section = "Fees, list and change queue";
    authority::terms(&mut meter);
    authority::changes(&mut meter);
    meter.section = "Feeds and lines";
    markets::oracle(&mut meter);
    markets::router(&mut meter);
    meter.section = "The risk engine";
    engine::engine(&mut meter);
    meter.section = "The risk engine over 16 lines of every kind and 8 assets";
    positions::positions(&mut meter);
    meter.section = "Contagion networks";
    contagion::contagion(&mut meter);
    meter.flows
}

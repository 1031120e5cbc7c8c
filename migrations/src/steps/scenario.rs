//! The book's stress scenarios. One that is added only stops money, so that none waits.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::oracle;
use gimbal::views::units::label_text;
use risk_oracle::{Scenario, SetScenarioArgs};
use solana_instruction::Instruction;

use super::{engine::book, Compare, Made, State, Step};
use crate::remedy;
use crate::setup::{Engine, Setup};

/// Defines one scenario.
pub struct Define<'a> {
    pub setup: &'a Setup,
    pub engine: &'a Engine,
    pub index: u8,
}

impl Define<'_> {
    fn scenario(&self) -> &Scenario {
        &self.engine.scenarios[usize::from(self.index)]
    }
}

/// Moves between commas, without the zeros at the end.
fn moves(scenario: &Scenario) -> String {
    let used = scenario.shocks_bps.iter().rposition(|bps| *bps != 0).map_or(1, |last| last + 1);
    scenario.shocks_bps[..used].iter().map(i32::to_string).collect::<Vec<_>>().join(",")
}

impl Step for Define<'_> {
    fn name(&self) -> String {
        format!("scenario {}", label_text(&self.scenario().label))
    }

    fn what(&self) -> String {
        let scenario = self.scenario();
        let assets = self.engine.assets.iter().zip(scenario.shocks_bps).filter(|(_, bps)| *bps != 0);
        let mut told: Vec<String> = assets.map(|((name, _), bps)| format!("{name} {bps:+}")).collect();
        if scenario.volatility_bps != 0 {
            told.push(format!("volatility {:+}", scenario.volatility_bps));
        }
        let told = if told.is_empty() { "nothing moves".to_owned() } else { format!("{} bps", told.join(", ")) };
        format!("row {} of the book's scenarios: {told}", self.index)
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(book) = book(self.setup, chain)? else { return Ok(State::Missing) };
        let index = usize::from(self.index);
        let (is, file) = (&book.scenarios[index], self.scenario());
        if !is.is_used() {
            return Ok(State::Missing);
        }
        let label = label_text(&file.label);
        let vault = &self.setup.vault.addresses.vault;
        let (prefix, set) = (format!("engine.scenarios.{label}"), remedy::scenario(vault, self.index));
        let mut compare = Compare::default();
        compare.option(&prefix, "label", label_text(&is.label), &label, &set, "");
        compare.option(&prefix, "shocks_bps", moves(is), moves(file), &set, "");
        compare.option(&prefix, "volatility_bps", is.volatility_bps, file.volatility_bps, &set, "");
        // The last one of the file tells as well what is there beyond it.
        if index + 1 == self.engine.scenarios.len() {
            for (row, is) in (0_u8..).zip(&book.scenarios).skip(index + 1).filter(|(_, is)| is.is_used()) {
                let set = format!("{} --remove", remedy::scenario(vault, row));
                compare.field(format!("engine.scenarios[{row}]"), label_text(&is.label), "none", &set);
            }
        }
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_book(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let args = SetScenarioArgs { index: self.index, scenario: *self.scenario() };
        let owner = self.authority(chain)?;
        Ok(vec![vec![oracle::set_scenario(&owner, &self.setup.vault.addresses.book, args)]])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

//! The rows of the book's table of risks.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::oracle;
use gimbal::readers;
use gimbal::views::units::label_text;
use risk_oracle::{Book, SetRiskArgs};
use solana_instruction::Instruction;

use super::{bounds, compare_numbers, limit, Compare, Made, State, Step};
use crate::remedy;
use crate::setup::Setup;

/// Defines one risk.
pub struct Define<'a> {
    pub setup: &'a Setup,
    pub risk: &'a SetRiskArgs,
}

impl Step for Define<'_> {
    fn name(&self) -> String {
        format!("risk {}", label_text(&self.risk.label))
    }

    fn what(&self) -> String {
        let SetRiskArgs { index, cap_bps, cap, .. } = *self.risk;
        format!("row {index} of the book: {}", bounds(cap_bps, cap, self.setup.decimals))
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let addresses = &self.setup.vault.addresses;
        let Some(book) = readers::read_if_exists::<Book>(chain, &addresses.book)? else { return Ok(State::Missing) };
        let row = book.risks[usize::from(self.risk.index)];
        if row.used == 0 {
            return Ok(State::Missing);
        }
        let label = label_text(&self.risk.label);
        let (prefix, set) = (format!("risks.{label}"), remedy::risk(&addresses.vault, self.risk.index));
        let mut compare = Compare::default();
        compare.option(&prefix, "label", label_text(&row.label), &label, &set, "");
        compare_numbers!(compare, &prefix, row, self.risk, &set, "", [cap_bps]);
        let amount = |units| limit(units, self.setup.decimals);
        compare.option(&prefix, "cap", amount(row.cap), amount(self.risk.cap), &set, "");
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_book(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let owner = self.authority(chain)?;
        Ok(vec![vec![oracle::set_risk(&owner, &self.setup.vault.addresses.book, *self.risk)]])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

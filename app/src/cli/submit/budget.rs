//! Compute units and what they cost.

use super::super::operation::TransactionArgs;
use crate::transaction::{self, MAX_COMPUTE_UNITS};
use solana_compute_budget_interface::{self as budget, ComputeBudgetInstruction};
use solana_instruction::Instruction;

/// What a transaction asks of the compute budget; what is absent is left to the network's defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Budget {
    /// Units.
    pub limit: Option<u32>,
    /// Micro-lamports each.
    pub price: Option<u64>,
}

impl Budget {
    /// As given, and nothing else.
    pub(super) fn given(args: &TransactionArgs) -> Self {
        Self { limit: args.compute_unit_limit, price: args.compute_unit_price }
    }

    /// The instructions behind the budget's own; any that they brought along are replaced.
    pub(super) fn before(&self, instructions: &[Instruction]) -> Vec<Instruction> {
        let limit = self.limit.map(ComputeBudgetInstruction::set_compute_unit_limit);
        let price = self.price.map(ComputeBudgetInstruction::set_compute_unit_price);
        let others = instructions.iter().filter(|instruction| instruction.program_id != budget::id());
        limit.into_iter().chain(price).chain(others.cloned()).collect()
    }

    /// Lamports that the network takes, rounded up: the signatures, and every unit asked for at its price.
    pub(super) fn network_fee(&self, signatures: usize) -> u64 {
        let signatures = u64::try_from(signatures).unwrap_or(u64::MAX);
        transaction::network_fee(signatures, self.limit.unwrap_or(MAX_COMPUTE_UNITS), self.price.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::prelude::Pubkey;

    #[test]
    fn fees_are_signatures_and_units_rounded_up() {
        let fee = |limit, price, signatures| Budget { limit, price }.network_fee(signatures);
        assert_eq!(fee(None, None, 1), 5_000);
        assert_eq!(fee(Some(200_000), None, 2), 10_000);
        // 200,000 units at 5,000 micro-lamports are 1,000 lamports; one micro-lamport more of all is rounded up.
        assert_eq!(fee(Some(200_000), Some(5_000), 1), 6_000);
        assert_eq!(fee(Some(1), Some(1), 1), 5_001);
        // Without a limit, the most that could be charged: 1,400,000 units.
        assert_eq!(fee(None, Some(1_000_000), 1), 1_405_000);
        assert_eq!(fee(Some(u32::MAX), Some(u64::MAX), 1), u64::MAX);
    }

    #[test]
    fn the_budget_stands_first_and_once() {
        let own = Instruction { program_id: Pubkey::new_from_array([1; 32]), accounts: Vec::new(), data: vec![1] };
        let old = ComputeBudgetInstruction::set_compute_unit_limit(7);
        let all = Budget { limit: Some(9), price: Some(3) }.before(&[old, own.clone()]);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0], ComputeBudgetInstruction::set_compute_unit_limit(9));
        assert_eq!(all[1], ComputeBudgetInstruction::set_compute_unit_price(3));
        assert_eq!(all[2], own);
        assert_eq!(Budget::default().before(std::slice::from_ref(&own)), [own]);
    }
}

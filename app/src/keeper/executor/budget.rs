//! A transaction's compute budget, and what it can cost.

use anchor_lang::prelude::Pubkey;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_message::{Hash, VersionedMessage};

use crate::keeper::planner::Package;
use crate::transaction::{self, BuildError};

/// Messages of one blockhash that are told apart: more than a keeper sends in a slot.
const NUMBERS: u64 = 1_000;

/// A message that is ready to be signed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) message: VersionedMessage,
    /// Lamports that it can cost at most: its fee, and what the plan expects of rent.
    pub(crate) reserve: u64,
}

/// Puts the compute budget in front of a package that used `units` in its trial. Two messages with the same instructions
/// and blockhash would be one transaction to the chain, so `number` tells them apart: it is hidden in the unit limit.
///
/// # Errors
///
/// [`BuildError::Compile`].
pub(crate) fn prepare(
    payer: &Pubkey,
    package: &Package,
    units: u64,
    unit_price: u64,
    blockhash: Hash,
    number: u64,
) -> Result<Prepared, BuildError> {
    let limit = transaction::unit_limit(units.saturating_add(number % NUMBERS));
    let budget = [
        ComputeBudgetInstruction::set_compute_unit_limit(limit),
        ComputeBudgetInstruction::set_compute_unit_price(unit_price),
    ];
    let all: Vec<Instruction> = budget.into_iter().chain(package.instructions.iter().cloned()).collect();
    let message = transaction::compile(payer, &all, &package.tables, blockhash)?;
    // The plan's costs hold the network's fee too: rather too much is set aside. What landed is booked as it was.
    let planned = package.actions().fold(0_u64, |sum, action| sum.saturating_add(action.expected_cost));
    let signatures = u64::from(message.header().num_required_signatures);
    let network_fee = transaction::network_fee(signatures, limit, unit_price);
    let reserve = network_fee.saturating_add(planned);
    Ok(Prepared { message, reserve })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_work_in_the_same_slot_is_another_transaction() {
        let payer = Pubkey::new_from_array([1; 32]);
        let message =
            |number| prepare(&payer, &Package::default(), 90_000, 0, Hash::default(), number).unwrap().message;
        let different: std::collections::HashSet<Vec<u8>> =
            (0..1_000).map(|number| message(number).serialize()).collect();
        // 15 % more of one unit more is one unit or two, so that no two are alike.
        assert_eq!(different.len(), 1_000);
        assert_eq!(message(3), message(1_003));
    }

    #[test]
    fn the_reserve_is_signatures_and_units_rounded_up() {
        let payer = Pubkey::new_from_array([1; 32]);
        let reserve = |units, price| {
            let prepared = prepare(&payer, &Package::default(), units, price, Hash::default(), 1_000).unwrap();
            prepared.reserve
        };
        // One signature; 145,000 units at 2,000 micro-lamports are 290 lamports; 30,000 units at one are rounded up to 1.
        assert_eq!(reserve(100_000, 2_000), 5_290);
        assert_eq!((reserve(0, 1), reserve(0, 0)), (5_001, 5_000));
    }
}

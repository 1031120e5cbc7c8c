//! What the chain knows of the key's spending, whatever the journal says: a lost file or a second process must not make
//! the keeper forget what was spent.

use std::time::{Duration, Instant};

use anchor_lang::prelude::Pubkey;
use risk_oracle::RECEIVERS;

use super::{poll::outcome, Executor, Trouble, SPENDING_WINDOW};
use crate::chain::Executed;
use crate::keeper::journal::Outside;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(60);

impl Executor<'_> {
    /// Books every transaction of the last hour that the key paid for and the journal does not know, and corrects what
    /// the journal took for expired. The first look comes before anything is sent.
    pub(super) fn count_outside(&mut self) -> Result<(), Trouble> {
        if self.outside_counted.is_some_and(|last| last.elapsed() < EVERY) {
            return Ok(());
        }
        let now = self.now();
        for past in self.chain.signatures_since(&self.payer, now - SPENDING_WINDOW)? {
            let signature = past.signature;
            if self.journal.knows(&signature)? || self.flights.iter().any(|one| one.recorded.signature() == signature) {
                continue;
            }
            let Some(executed) = self.chain.transaction(&signature)? else { continue };
            if let Some(attempt) = self.journal.attempt(&signature)? {
                let outcome = outcome(&executed, &self.payer, &attempt.works);
                tracing::warn!(%signature, ?outcome, "had been taken for expired");
                self.journal.settle(&signature, &outcome, now)?;
                continue;
            }
            let lamports = outside_cost(&executed, &self.payer);
            if lamports > 0 {
                tracing::warn!(%signature, lamports, "paid by this key and not by this journal: counted as spent");
            }
            self.journal.book_outside(&Outside { signature, slot: past.slot, at: executed.time, lamports })?;
        }
        self.outside_counted = Some(Instant::now());
        Ok(())
    }
}

/// What a transaction that the journal does not know counts for, lamports: nothing where somebody else paid, so that it
/// is not asked for again; the fee, and of a keeper's work rent too. An owner who moves his money has not spent it.
fn outside_cost(executed: &Executed, payer: &Pubkey) -> u64 {
    if executed.fee_payer != *payer {
        return 0;
    }
    let keepers: Vec<String> = [vault::ID, strategy_router::ID, risk_oracle::ID]
        .iter()
        .chain(&RECEIVERS)
        .map(|program| format!("Program {program} invoke [1]"))
        .collect();
    let is_keepers = executed.receipt.logs.iter().any(|line| keepers.contains(line));
    let lost = if is_keepers { executed.payer_change.min(0).unsigned_abs() } else { 0 };
    lost.max(executed.receipt.fee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Receipt;

    #[test]
    fn an_owner_may_move_his_money_and_a_keepers_rent_counts() {
        let [payer, other] = [1, 2].map(|byte| Pubkey::new_from_array([byte; 32]));
        let executed = |program: Pubkey, payer_change| Executed {
            receipt: Receipt { fee: 5_000, logs: vec![format!("Program {program} invoke [1]")], ..Receipt::default() },
            time: 0,
            failed: None,
            fee_payer: payer,
            payer_change,
            tokens: None,
        };
        assert_eq!(outside_cost(&executed(anchor_lang::system_program::ID, -1_005_000), &payer), 5_000);
        assert_eq!(outside_cost(&executed(vault::ID, -1_005_000), &payer), 1_005_000);
        assert_eq!(outside_cost(&executed(vault::ID, 700_000), &payer), 5_000, "what comes in is no saving");
        assert_eq!(outside_cost(&executed(vault::ID, -1_005_000), &other), 0);
    }
}

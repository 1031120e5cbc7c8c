//! Half of all holders leave in one moment: instantly while cash lasts, then by tickets.

use super::super::ChainWorld;
use super::{Side, Tries};
use crate::chain::ChainError;
use crate::demo::world::{Adversary, KeeperAction, Play, UserAction};

/// Rounds of recalls and fillings that keepers need at the most: each line once, and again for what rounding left.
const ROUNDS: usize = 3;
/// Tickets per filling.
const FILL: u8 = 8;

impl ChainWorld {
    /// The runners' fair value is what their shares were worth the moment before at the mid NAV, since selling what backs
    /// them turns estimates into cash for everybody; nobody should leave with more, and those who stay have no less but
    /// for what the sales cost.
    pub(super) fn bank_run(&mut self) -> Result<Play, ChainError> {
        let runners: Vec<usize> = (0..self.users.len()).step_by(2).collect();
        let shares = self.shares_of_all(&runners)?;
        let fair = i128::from(self.worth(shares, Side::Mid)?);
        let others = self.worth_of_others(shares, Side::Mid)?;
        let wallets = self.wallets_of(&runners)?;

        let mut tries = Tries::default();
        for runner in &runners {
            let shares = self.read_holding(*runner)?.shares;
            if shares == 0 {
                continue;
            }
            let outcome = self.send_user(*runner, UserAction::Redeem { shares, min_assets: 0 })?;
            if !tries.count(&outcome) {
                let outcome = self.send_user(*runner, UserAction::RequestRedeem { shares })?;
                tries.count(&outcome);
            }
        }
        self.serve(ROUNDS)?;
        for runner in &runners {
            for ticket in self.read_holding(*runner)?.tickets.iter().filter(|ticket| ticket.claimable > 0) {
                let outcome = self.send_user(*runner, UserAction::Claim { ticket: ticket.sequence })?;
                tries.count(&outcome);
            }
        }

        let received = self.wallets_of(&runners)? - wallets;
        let left = self.shares_of_all(&runners)?;
        let own = received + i128::from(self.worth(left, Side::Mid)?);
        Ok(Play {
            adversary: Adversary::BankRun,
            attempts: tries.attempts,
            refused: tries.refused,
            gained: own - fair,
            others_lost: others - self.worth_of_others(left, Side::Mid)?,
        })
    }

    /// Keepers bring cash back for the queue, line by line, and fill it.
    fn serve(&mut self, rounds: usize) -> Result<(), ChainError> {
        for _ in 0..rounds {
            for line in 0..self.deployment.lines.len() {
                let vault = self.read_vault()?;
                let lacking = vault.reserved.saturating_sub(vault.cash.saturating_sub(vault.keeper_owed));
                let amount = lacking.min(vault.lines[line].mid);
                if amount > 0 {
                    self.send_keeper(KeeperAction::Recall { line, amount })?;
                }
            }
            while self.read_vault()?.queued_shares > 0 && self.send_keeper(KeeperAction::FillTickets(FILL))?.is_done() {
            }
        }
        Ok(())
    }

    /// Shares in wallets and in open tickets.
    fn shares_of_all(&self, users: &[usize]) -> Result<u64, ChainError> {
        let mut shares = 0;
        for user in users {
            let holding = self.read_holding(*user)?;
            shares += holding.shares + holding.tickets.iter().map(|ticket| ticket.shares_left).sum::<u64>();
        }
        Ok(shares)
    }

    /// Base units in wallets and claimable.
    fn wallets_of(&self, users: &[usize]) -> Result<i128, ChainError> {
        let mut units = 0;
        for user in users {
            let holding = self.read_holding(*user)?;
            units += i128::from(holding.wallet);
            units += holding.tickets.iter().map(|ticket| i128::from(ticket.claimable)).sum::<i128>();
        }
        Ok(units)
    }
}

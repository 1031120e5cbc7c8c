//! A keeper who trades before and after its own rebalance, alone or with a curator who provides the rebalances.

use solana_keypair::Keypair;
use solana_signer::Signer;

use super::super::ChainWorld;
use super::{Side, Tries};
use crate::chain::ChainError;
use crate::demo::world::{Adversary, Outcome, Play};
use crate::instructions::router;

/// What the keeper moves the pool with, base units: 10,000, 1,000,000 and 100,000,000 USDC.
const SIZES: [u64; 3] = [10_000_000_000, 1_000_000_000_000, 100_000_000_000_000];
/// What an honest depositor brings, so that there is something to rebalance: one part in so many of NAV.
const FRESH_PART: u64 = 4;
/// Moves that the curator orders, in and out by turns.
const MOVES: usize = 4;

/// What one course of events brought.
struct End {
    profit: i128,
    others: i128,
    tries: Tries,
}

impl ChainWorld {
    /// The best of several sizes, against the same rebalance left alone.
    pub(super) fn sandwich(&mut self) -> Result<Play, ChainError> {
        self.best_size(Adversary::SandwichingKeeper, |world, size| {
            let vault = world.read_vault()?;
            let fresh = (vault.nav[1] / FRESH_PART).max(1_000_000);
            let honest = world.trader("honest depositor", fresh)?;
            world.enter(&honest, fresh)?;
            let mut tries = Tries::default();
            let profit = world.rebalance_between_trades(size, &mut tries)?;
            Ok(End { profit, others: world.worth_of_others(0, Side::Low)?, tries })
        })
    }

    /// As [`ChainWorld::sandwich`], with weights moved to and fro by the curator; left alone, nobody moves them.
    pub(super) fn collude(&mut self) -> Result<Play, ChainError> {
        self.best_size(Adversary::ColludingCurator, |world, size| {
            let mut tries = Tries::default();
            let mut profit = 0;
            for turn in 0..MOVES {
                if size.is_some() {
                    // It lies at its target: out first, then in again.
                    let outcome = world.order_move(!turn.is_multiple_of(2))?;
                    tries.count(&outcome);
                    profit += world.rebalance_between_trades(size, &mut tries)?;
                }
                world.reveal(u64::from(world.cooldown()) + 1, world.token_price)?;
            }
            Ok(End { profit, others: world.worth_of_others(0, Side::Low)?, tries })
        })
    }

    fn best_size(
        &mut self,
        adversary: Adversary,
        course: impl Fn(&mut Self, Option<u64>) -> Result<End, ChainError>,
    ) -> Result<Play, ChainError> {
        let peace = self.forked(|world| course(world, None))?;
        let mut best: Option<Play> = None;
        let mut all = Tries::default();
        for size in SIZES {
            let end = self.forked(|world| course(world, Some(size)))?;
            all.attempts += end.tries.attempts;
            all.refused += end.tries.refused;
            let play =
                Play { adversary, attempts: 0, refused: 0, gained: end.profit, others_lost: peace.others - end.others };
            if best.is_none_or(|best| play.gained > best.gained) {
                best = Some(play);
            }
        }
        let best = best.unwrap_or(Play { adversary, attempts: 0, refused: 0, gained: 0, others_lost: 0 });
        Ok(Play { attempts: all.attempts, refused: all.refused, ..best })
    }

    /// Buys `size`, rebalances, sells all: what the trader has more. Without a size only the rebalance.
    fn rebalance_between_trades(&mut self, size: Option<u64>, tries: &mut Tries) -> Result<i128, ChainError> {
        let Some(size) = size else {
            self.rebalance_swapped()?;
            return Ok(0);
        };
        let trader = self.trader("sandwiching keeper", size)?;
        let before = i128::from(self.cash_of(&trader)?);
        self.trade(&trader, Some(size))?;
        let outcome = self.rebalance_swapped()?;
        tries.count(&outcome);
        self.trade(&trader, None)?;
        Ok(i128::from(self.cash_of(&trader)?) - before)
    }

    fn rebalance_swapped(&mut self) -> Result<Outcome, ChainError> {
        let place = self.swapped_line().unwrap_or_default();
        let keeper = self.accomplice();
        let instruction = router::rebalance(&self.deployment.vault, &self.line(place)?.context, &keeper.pubkey());
        self.send(&keeper, &[], vec![("rebalance", instruction)])
    }

    /// The last registered keeper's key is in bad hands.
    fn accomplice(&self) -> Keypair {
        let actors = &self.deployment.actors;
        actors.keepers.last().unwrap_or(&actors.payer).insecure_clone()
    }

    /// The curator orders the swapped line full, or empty.
    fn order_move(&mut self, full: bool) -> Result<Outcome, ChainError> {
        let place = self.swapped_line().unwrap_or_default();
        let mut params = self.deployment.plan.lines[place].params;
        params.target_bps = if full { params.target_bps } else { 0 };
        params.band_bps = 1;
        let curator = self.deployment.actors.curator.insecure_clone();
        let (ledger, id) = (self.deployment.vault.addresses.ledger, self.line(place)?.addresses.id);
        let instruction = router::set_bounds(&curator.pubkey(), &ledger, id, params);
        self.send(&curator, &[], vec![("set_bounds", instruction)])
    }

    fn cooldown(&self) -> u32 {
        self.swapped_line().map_or(0, |place| self.deployment.plan.lines[place].params.cooldown)
    }
}

//! Adversaries play on copies of the chain: each round begins where the run stands, is compared with the same hours
//! without the attack, and is forgotten, so that the run itself stays as it was.

mod arbitrageur;
mod bank_run;
mod sandwich;
mod trader;

use super::ChainWorld;
use crate::chain::{ChainError, Sandbox};
use crate::demo::world::{KeeperAction, Outcome, Play};
use crate::prices::Prices;

/// Counts what an adversary sends.
#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    attempts: u64,
    refused: u64,
}

/// A side of NAV.
#[derive(Clone, Copy, Debug)]
enum Side {
    /// What a leaver is paid from.
    Low = 0,
    /// The best estimate.
    Mid = 1,
}

impl Tries {
    fn count(&mut self, outcome: &Outcome) -> bool {
        self.attempts += 1;
        if !outcome.is_done() {
            self.refused += 1;
        }
        outcome.is_done()
    }
}

impl ChainWorld {
    /// One round of every adversary; `next` are the prices that the chain will see at its next step.
    pub(super) fn play_adversaries(&mut self, next: &Prices) -> Result<Vec<Play>, ChainError> {
        let mut token = self.peg.clone();
        let next = token.step(next[0]);
        let mut plays = vec![self.forked(|world| world.arbitrage(next))?, self.forked(Self::bank_run)?];
        if self.swapped_line().is_some() {
            plays.push(self.forked(Self::sandwich)?);
            plays.push(self.forked(Self::collude)?);
        }
        plays.sort_by_key(|play| play.adversary);
        Ok(plays)
    }

    /// Runs `play` on a copy of everything that it can change.
    fn forked<T>(&mut self, play: impl FnOnce(&mut Self) -> Result<T, ChainError>) -> Result<T, ChainError> {
        let snapshot = self.chain.snapshot();
        let prices = (self.token_price, self.pool_price);
        let tickets: Vec<Vec<u64>> = self.users.iter().map(|user| user.tickets.clone()).collect();
        // What is forgotten never happened.
        let recorder = self.recorder.take();
        let result = play(self);
        self.recorder = recorder;
        self.chain.restore(&snapshot);
        (self.token_price, self.pool_price) = prices;
        for (user, tickets) in self.users.iter_mut().zip(tickets) {
            user.tickets = tickets;
        }
        result
    }

    /// Lets `seconds` pass and brings prices and valuations up to date, with the token at `token_price`.
    fn reveal(&mut self, seconds: u64, token_price: u64) -> Result<Outcome, ChainError> {
        self.chain.warp(seconds)?;
        self.token_price = token_price;
        self.post()?;
        self.send_keeper(KeeperAction::Refresh)
    }

    /// What `shares` are worth, base units, rounded down.
    fn worth(&self, shares: u64, side: Side) -> Result<u64, ChainError> {
        let vault = self.read_vault()?;
        if vault.shares == 0 {
            return Ok(0);
        }
        let worth = u128::from(shares) * u128::from(vault.nav[side as usize]) / u128::from(vault.shares);
        Ok(u64::try_from(worth).unwrap_or(u64::MAX))
    }

    /// What all shares but `shares` are worth.
    fn worth_of_others(&self, shares: u64, side: Side) -> Result<i128, ChainError> {
        let vault = self.read_vault()?;
        Ok(i128::from(self.worth(vault.shares.saturating_sub(shares), side)?))
    }

    fn swapped_line(&self) -> Option<usize> {
        self.deployment.lines.iter().position(|line| line.pool.is_some())
    }
}

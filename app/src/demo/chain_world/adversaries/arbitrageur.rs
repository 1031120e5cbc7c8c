//! Knows the token's next price before the chain does, and plays whichever side it favours.

use super::super::ChainWorld;
use super::{Side, Tries};
use crate::chain::ChainError;
use crate::demo::world::{Adversary, Play};

/// The arbitrageur brings one part in so many of the NAV.
const PART: u64 = 5;
/// Between the trade and the news, seconds.
const HEAD_START: u64 = 60;

/// What somebody and the others have at the end of one course of events.
struct End {
    own: i128,
    others: i128,
    tries: Tries,
}

impl ChainWorld {
    /// Both sides of the news that the token is at `next`; the better one counts.
    pub(super) fn arbitrage(&mut self, next: u64) -> Result<Play, ChainError> {
        let capital = (self.read_vault()?.nav[1] / PART).max(1_000_000);
        let away = self.forked(|world| world.outsider(capital, next, false))?;
        let buys = self.forked(|world| world.outsider(capital, next, true))?;
        let holds = self.forked(|world| world.holder(capital, next, false))?;
        let leaves = self.forked(|world| world.holder(capital, next, true))?;
        let plays = [(buys, away), (leaves, holds)].map(|(attack, peace)| Play {
            adversary: Adversary::Arbitrageur,
            attempts: attack.tries.attempts,
            refused: attack.tries.refused,
            gained: attack.own - peace.own,
            others_lost: peace.others - attack.others,
        });
        let (attempts, refused) = (plays.iter().map(|p| p.attempts).sum(), plays.iter().map(|p| p.refused).sum());
        let best = if plays[0].gained >= plays[1].gained { plays[0] } else { plays[1] };
        Ok(Play { attempts, refused, ..best })
    }

    /// In just before the news, out just after; or never there.
    fn outsider(&mut self, capital: u64, next: u64, attacks: bool) -> Result<End, ChainError> {
        let mut tries = Tries::default();
        let trader = self.trader("arbitrageur", capital)?;
        if attacks {
            let outcome = self.enter(&trader, capital)?;
            tries.count(&outcome);
        }
        self.reveal(HEAD_START, next)?;
        if attacks && self.shares_of(&trader)? > 0 {
            let outcome = self.leave(&trader)?;
            tries.count(&outcome);
        }
        self.end(&trader, tries)
    }

    /// Holds from before; out just before the news and in again after, or stays.
    fn holder(&mut self, capital: u64, next: u64, attacks: bool) -> Result<End, ChainError> {
        let mut tries = Tries::default();
        let trader = self.trader("arbitrageur", capital)?;
        self.enter(&trader, capital)?;
        if attacks && self.shares_of(&trader)? > 0 {
            let outcome = self.leave(&trader)?;
            tries.count(&outcome);
        }
        self.reveal(HEAD_START, next)?;
        let cash = self.cash_of(&trader)?;
        if attacks && cash > 0 {
            let outcome = self.enter(&trader, cash)?;
            tries.count(&outcome);
        }
        self.end(&trader, tries)
    }

    fn end(&self, trader: &super::trader::Trader, tries: Tries) -> Result<End, ChainError> {
        let shares = self.shares_of(trader)?;
        let own = i128::from(self.cash_of(trader)?) + i128::from(self.worth(shares, Side::Low)?);
        Ok(End { own, others: self.worth_of_others(shares, Side::Low)?, tries })
    }
}

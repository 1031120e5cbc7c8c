//! The depositors: a seeded crowd of four temperaments that decides once a day.
//!
//! Each depositor draws from a stream of its own and makes the same number of draws every day, so that what happens to
//! one never changes another's dice. Decisions see only what a depositor could see.

#[cfg(test)]
mod tests;

use super::world::Holding;
use crate::random::Random;

const USDC: u64 = 1_000_000;
/// Smaller moves are not worth a transaction.
const DUST: u64 = USDC;

/// How a depositor thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Temperament {
    /// Puts a little aside often, takes some out now and then.
    SteadySaver,
    /// Comes when markets rise and goes when they fall.
    TrendFollower,
    /// Builds up in calm times and leaves all at once at the first alarm.
    PanicSeller,
    /// Moves rarely, and a lot.
    Whale,
}

impl Temperament {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::SteadySaver => "steady saver",
            Self::TrendFollower => "trend follower",
            Self::PanicSeller => "panic seller",
            Self::Whale => "whale",
        }
    }

    /// Of every twenty: nine savers, five followers, four sellers, two whales.
    fn of(index: usize) -> Self {
        match index % 20 {
            4 | 14 => Self::Whale,
            1 | 6 | 9 | 12 | 17 => Self::TrendFollower,
            2 | 7 | 11 | 16 => Self::PanicSeller,
            _ => Self::SteadySaver,
        }
    }

    /// Range of the money brought along, whole USDC.
    fn endowment(self) -> (u64, u64) {
        match self {
            Self::SteadySaver => (2_000, 40_000),
            Self::TrendFollower => (5_000, 120_000),
            Self::PanicSeller => (5_000, 90_000),
            Self::Whale => (600_000, 2_500_000),
        }
    }
}

/// What everybody can see on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Mean change of the three assets over the last week, basis points.
    pub week_bps: i64,
    /// Mean change of the three assets since yesterday, basis points.
    pub day_bps: i64,
    /// A venue cannot pay out: the illiquid week.
    pub illiquid: bool,
    /// A venue lost money within the last few days.
    pub loss: bool,
    /// NAV low, base units.
    pub nav: u64,
    /// Shares, share units.
    pub shares: u64,
}

impl News {
    /// What `shares` are worth at the low NAV, rounded down; base units.
    pub fn value_of_down(&self, shares: u64) -> u64 {
        if self.shares == 0 {
            return shares;
        }
        (u128::from(shares) * u128::from(self.nav) / u128::from(self.shares)) as u64
    }
}

/// What a depositor wants; the engine turns it into an action with bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Put in this many base units.
    Deposit(u64),
    /// Put in this many base units, working at once.
    DepositAndAllocate(u64),
    /// Buy exactly this many share units.
    Mint(u64),
    /// Take out exactly this many base units.
    Withdraw(u64),
    /// Sell this many share units.
    Redeem(u64),
    /// Queue this many share units without trying the instant exit.
    Queue(u64),
    /// Give up the place in the queue of this ticket.
    Cancel(u64),
}

/// One depositor.
#[derive(Clone, Debug)]
pub struct Depositor {
    /// How it thinks.
    pub temperament: Temperament,
    /// Base units it starts with.
    pub endowment: u64,
    random: Random,
}

/// The day's dice: drawn all at once, so that every day uses the same number of draws.
struct Dice {
    act: u64,
    size: u64,
    way: u64,
    step: usize,
}

impl Depositor {
    /// The step of the day (0..4) at which the depositor acts, and the wish, if any.
    pub fn decide(&mut self, news: &News, holding: &Holding) -> Option<(usize, Wish)> {
        let dice = Dice {
            act: self.random.below(1_000),
            size: self.random.below(1_000),
            way: self.random.below(100),
            step: self.random.below(4) as usize,
        };
        let wish = match holding.tickets.iter().find(|ticket| ticket.shares_left > 0) {
            Some(ticket) => self.wait_in_queue(&dice, news, ticket.sequence),
            None if news.illiquid => self.run(&dice, holding),
            None => match self.temperament {
                Temperament::SteadySaver => self.save(&dice, news, holding),
                Temperament::TrendFollower => self.follow(&dice, news, holding),
                Temperament::PanicSeller => self.fear(&dice, news, holding),
                Temperament::Whale => self.roam(&dice, news, holding),
            },
        };
        wish.map(|wish| (dice.step, wish))
    }

    /// In the queue: followers and sellers change their minds when the fright is over.
    fn wait_in_queue(&self, dice: &Dice, news: &News, ticket: u64) -> Option<Wish> {
        let patience = match self.temperament {
            Temperament::TrendFollower => 140,
            Temperament::PanicSeller => 180,
            Temperament::SteadySaver | Temperament::Whale => 50,
        };
        let patience = if news.illiquid { patience } else { patience * 2 };
        (dice.act < patience).then_some(Wish::Cancel(ticket))
    }

    /// The run: whoever hears that a venue cannot pay wants out first.
    fn run(&self, dice: &Dice, holding: &Holding) -> Option<Wish> {
        let (nerve, share) = match self.temperament {
            Temperament::SteadySaver => (150, 300 + dice.size * 4 / 10),
            Temperament::TrendFollower => (350, 500 + dice.size / 2),
            Temperament::PanicSeller => (700, 1_000),
            Temperament::Whale => (450, 600 + dice.size * 3 / 10),
        };
        let shares = part(holding.shares, share);
        if dice.act >= nerve || shares < DUST {
            return None;
        }
        Some(if dice.way < 20 { Wish::Queue(shares) } else { Wish::Redeem(shares) })
    }

    fn save(&self, dice: &Dice, news: &News, holding: &Holding) -> Option<Wish> {
        match dice.act {
            0..=139 => enter(dice, part(self.endowment, 5 + dice.size / 90).min(holding.wallet)),
            140..=163 => leave(dice, news, part(holding.shares, 100 + dice.size / 4)),
            _ => None,
        }
    }

    fn follow(&self, dice: &Dice, news: &News, holding: &Holding) -> Option<Wish> {
        match dice.act {
            0..=189 if news.week_bps > 200 => enter(dice, part(holding.wallet, 40 + dice.size / 12)),
            0..=199 if news.week_bps < -300 => leave(dice, news, part(holding.shares, 150 + dice.size / 4)),
            0..=59 => enter(dice, part(holding.wallet, 15 + dice.size / 50)),
            _ => None,
        }
    }

    fn fear(&self, dice: &Dice, news: &News, holding: &Holding) -> Option<Wish> {
        if news.loss || news.day_bps < -900 {
            return (dice.act < 600).then(|| leave(dice, news, holding.shares)).flatten();
        }
        match dice.act {
            0..=129 => enter(dice, part(holding.wallet, 30 + dice.size / 25)),
            130..=147 => leave(dice, news, part(holding.shares, 200)),
            _ => None,
        }
    }

    fn roam(&self, dice: &Dice, news: &News, holding: &Holding) -> Option<Wish> {
        match dice.act {
            0..=34 => enter(dice, part(holding.wallet, 150 + dice.size / 4)),
            35..=59 => leave(dice, news, part(holding.shares, 150 + dice.size / 3)),
            60..=79 if news.loss => leave(dice, news, part(holding.shares, 500)),
            _ => None,
        }
    }
}

/// So many thousandths of an amount, rounded down.
fn part(amount: u64, thousandths: u64) -> u64 {
    (u128::from(amount) * u128::from(thousandths.min(1_000)) / 1_000) as u64
}

/// One of the ways in, by the dice.
fn enter(dice: &Dice, assets: u64) -> Option<Wish> {
    (assets >= DUST).then(|| match dice.way {
        0..=54 => Wish::Deposit(assets),
        55..=74 => Wish::DepositAndAllocate(assets),
        // A share starts at one unit of the base asset, so the amount serves as a number of shares; the buyer rounds
        // down by a fifth so that a grown share price does not exceed the wallet.
        _ => Wish::Mint(assets - assets / 5),
    })
}

/// One of the ways out, by the dice.
fn leave(dice: &Dice, news: &News, shares: u64) -> Option<Wish> {
    if shares < DUST {
        return None;
    }
    // An exact amount rounds the shares up, so it asks for a thousandth less than all.
    let exact = part(news.value_of_down(shares), 999);
    match dice.way {
        0..=34 if exact >= DUST => Some(Wish::Withdraw(exact)),
        90..=99 => Some(Wish::Queue(shares)),
        _ => Some(Wish::Redeem(shares)),
    }
}

/// `count` depositors from a seed.
pub fn populate(seed: u64, count: usize) -> Vec<Depositor> {
    (0..count)
        .map(|index| {
            let mut random = Random::stream(seed, "depositor", index as u64);
            let temperament = Temperament::of(index);
            let (low, high) = temperament.endowment();
            Depositor { temperament, endowment: random.between(low, high) * USDC, random }
        })
        .collect()
}

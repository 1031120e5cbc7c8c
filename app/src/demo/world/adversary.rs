//! What those who mean ill tried, and what it brought them.

/// Who plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adversary {
    /// Knows the next prices before the chain does: in before a rise and out after it, or out before a fall and in again.
    Arbitrageur,
    /// A registered keeper that trades in the pool before and after its own rebalances.
    SandwichingKeeper,
    /// Half of all holders leave at once, to be first.
    BankRun,
    /// A curator who moves weights to and fro, so that an accomplice with a keeper's key can trade around each move.
    ColludingCurator,
}

impl Adversary {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Arbitrageur, Self::SandwichingKeeper, Self::BankRun, Self::ColludingCurator];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arbitrageur => "stale-price arbitrageur",
            Self::SandwichingKeeper => "sandwiching keeper",
            Self::BankRun => "bank run",
            Self::ColludingCurator => "colluding curator",
        }
    }
}

/// One round of one adversary, played on a copy of the chain at the best of several ways, and forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Play {
    /// Who.
    pub adversary: Adversary,
    /// Transactions sent.
    pub attempts: u64,
    /// Of them refused by the programs.
    pub refused: u64,
    /// What the adversary had more at the end than without the attack, after fees, base units.
    pub gained: i128,
    /// What the other holders had less than without the attack, base units.
    pub others_lost: i128,
}

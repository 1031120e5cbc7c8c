//! What depositors, keepers, role holders and the market do.

/// What a depositor can do. Amounts in base units, shares in share units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserAction {
    /// Pay `assets`, receive at least `min_shares`.
    Deposit {
        /// Base units paid.
        assets: u64,
        /// Fewer shares are refused.
        min_shares: u64,
    },
    /// As [`UserAction::Deposit`], and put the money to work in a line at once.
    DepositAndAllocate {
        /// Base units paid.
        assets: u64,
        /// Fewer shares are refused.
        min_shares: u64,
        /// Position of the line in the ledger.
        line: usize,
    },
    /// Receive `shares`, pay at most `max_assets`.
    Mint {
        /// Share units received.
        shares: u64,
        /// More base units are refused.
        max_assets: u64,
    },
    /// Receive `assets`, burn at most `max_shares`.
    Withdraw {
        /// Base units received.
        assets: u64,
        /// More shares are refused.
        max_shares: u64,
    },
    /// Burn `shares`, receive at least `min_assets`.
    Redeem {
        /// Share units burned.
        shares: u64,
        /// Fewer base units are refused.
        min_assets: u64,
    },
    /// Queue `shares` for redemption.
    RequestRedeem {
        /// Share units put in escrow.
        shares: u64,
    },
    /// Take out what a ticket has been paid.
    Claim {
        /// The ticket's sequence.
        ticket: u64,
    },
    /// Take back a ticket's unfilled shares.
    Cancel {
        /// The ticket's sequence.
        ticket: u64,
    },
}

impl UserAction {
    /// Names of all user instructions, as they stand in the programs.
    pub const INSTRUCTIONS: [&'static str; 8] =
        ["deposit", "deposit_and_allocate", "mint", "withdraw", "redeem", "request_redeem", "claim", "cancel"];

    /// The instruction that carries it out.
    pub fn instruction(&self) -> &'static str {
        match self {
            Self::Deposit { .. } => "deposit",
            Self::DepositAndAllocate { .. } => "deposit_and_allocate",
            Self::Mint { .. } => "mint",
            Self::Withdraw { .. } => "withdraw",
            Self::Redeem { .. } => "redeem",
            Self::RequestRedeem { .. } => "request_redeem",
            Self::Claim { .. } => "claim",
            Self::Cancel { .. } => "cancel",
        }
    }
}

/// What anybody may crank, and keepers do. Lines by their position in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeeperAction {
    /// `update_feed` of every feed and `refresh` of every line, in one transaction.
    Refresh,
    /// Move a line towards its target.
    Rebalance(usize),
    /// Pay up to this many tickets from the head of the queue.
    FillTickets(u8),
    /// Bring back up to this much from a line, for the queue.
    Recall {
        /// Position of the line.
        line: usize,
        /// Base units.
        amount: u64,
    },
    /// Adopt a line's untracked receipt tokens and rewards.
    Harvest(usize),
    /// Adopt untracked base tokens of the cash account.
    HarvestCash,
    /// Take the risk out of a line that its status or feed says must go.
    Derisk(usize),
    /// Collect what the keeper has earned.
    CollectPay,
    /// Charge the fees of the time since they were charged last.
    Crystallise,
    /// Mint what was charged to its recipient.
    CollectFees,
    /// Have the book read its feeds, and the ledger tell it what lies where.
    Observe,
    /// Solve the contagion network, and take its damages over into the book.
    SolveContagion,
    /// Post to the network what suppliers of a venue have lost, or must reckon with, beyond what stands.
    PostLoss {
        /// Position of the venue.
        venue: usize,
        /// Of their claims, basis points.
        bps: u16,
    },
}

impl KeeperAction {
    /// Names of all keeper instructions, as they stand in the programs.
    pub const INSTRUCTIONS: [&'static str; 14] = [
        "update_feed",
        "refresh",
        "rebalance",
        "fill_tickets",
        "recall",
        "harvest",
        "harvest_cash",
        "derisk",
        "collect_pay",
        "crystallise",
        "collect_fees",
        "observe",
        "solve_contagion",
        "post_loss",
    ];

    /// The instruction that names it in reports.
    pub fn instruction(&self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Rebalance(_) => "rebalance",
            Self::FillTickets(_) => "fill_tickets",
            Self::Recall { .. } => "recall",
            Self::Harvest(_) => "harvest",
            Self::HarvestCash => "harvest_cash",
            Self::Derisk(_) => "derisk",
            Self::CollectPay => "collect_pay",
            Self::Crystallise => "crystallise",
            Self::CollectFees => "collect_fees",
            Self::Observe => "observe",
            Self::SolveContagion => "solve_contagion",
            Self::PostLoss { .. } => "post_loss",
        }
    }
}

/// What those with a role do in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleAction {
    /// Guardian: no new deposits.
    PauseDeposits,
    /// Owner: deposits again.
    LiftDeposits,
    /// Guardian: the line is to be emptied.
    WindDown(usize),
    /// Owner: the line shall take new money again, which has to wait.
    ProposeActivation(usize),
    /// Owner: the line takes new money again, as was proposed.
    Activate(usize),
    /// Owner: a protocol of the network is to be scored anew, which has to wait. Protocols by their row.
    ProposeScores(usize),
    /// Owner: it is scored anew, as was proposed.
    RenewScores(usize),
}

impl RoleAction {
    /// The instruction that carries it out.
    pub fn instruction(&self) -> &'static str {
        match self {
            Self::PauseDeposits => "pause",
            Self::LiftDeposits => "lift",
            Self::ProposeActivation(_) | Self::ProposeScores(_) => "propose_change",
            Self::WindDown(_) | Self::Activate(_) => "set_status",
            Self::RenewScores(_) => "set_protocol",
        }
    }
}

/// What the world outside the suite does to the venues. Venues by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketAction {
    /// The pool follows its price, and every venue's borrowers act once: borrow, repay, are liquidated, or default.
    Borrowers,
    /// Somebody borrows all that a venue has left.
    Squeeze {
        /// Position of the venue.
        venue: usize,
    },
    /// What was borrowed in the squeeze is paid back.
    Relax {
        /// Position of the venue.
        venue: usize,
    },
    /// A part of a venue's loans is never paid back and falls on its suppliers.
    WriteOff {
        /// Position of the venue.
        venue: usize,
        /// Of all that is lent out, basis points.
        bps: u64,
    },
    /// Somebody sends base tokens to the vault's cash account for nothing.
    GiveCash {
        /// Base units.
        amount: u64,
    },
    /// Somebody sends receipt tokens of a venue to the vault's line for nothing.
    GiveReceipts {
        /// Position of the venue.
        venue: usize,
        /// Receipt token units.
        amount: u64,
    },
}

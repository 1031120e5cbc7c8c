//! What the daily loop needs of a world: a chain with the suite on it, or a model of one in tests.

use super::prices::Prices;
use std::collections::BTreeMap;

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
}

impl KeeperAction {
    /// Names of all keeper instructions, as they stand in the programs.
    pub const INSTRUCTIONS: [&'static str; 9] = [
        "update_feed",
        "refresh",
        "rebalance",
        "fill_tickets",
        "recall",
        "harvest",
        "harvest_cash",
        "derisk",
        "collect_pay",
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
    /// Owner: the line takes new money again.
    Activate(usize),
}

impl RoleAction {
    /// The instruction that carries it out.
    pub fn instruction(&self) -> &'static str {
        match self {
            Self::PauseDeposits => "pause",
            Self::LiftDeposits => "lift",
            Self::WindDown(_) | Self::Activate(_) => "set_status",
        }
    }
}

/// What the world outside the suite does to the venues. Venues by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketAction {
    /// Every venue's borrowers act once at the present prices: borrow, repay, are liquidated, or default.
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
    Donate {
        /// Base units.
        amount: u64,
    },
}

/// How a transaction ended. A refusal is an answer, not a fault: the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect; compute units per instruction, in order.
    Done(Vec<(&'static str, u64)>),
    /// The programs refused it by this name; nothing changed.
    Refused(String),
}

impl Outcome {
    /// Whether it took effect.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Whether it was refused by `name`.
    pub fn is_refused_as(&self, name: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal == name)
    }
}

/// One line of the ledger, base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineState {
    /// Low value.
    pub low: u64,
    /// Mid value.
    pub mid: u64,
    /// High value.
    pub high: u64,
    /// What the venue could pay out at once, at the last valuation.
    pub liquidity: u64,
}

/// The vault and its ledger at one moment, base units unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VaultState {
    /// Cash, as tracked.
    pub cash: u64,
    /// Pay owed to keepers.
    pub keeper_owed: u64,
    /// What the queue is worth, as told to the router.
    pub reserved: u64,
    /// Net asset value: low, mid, high.
    pub nav: [u64; 3],
    /// Shares that share in the NAV, share units.
    pub shares: u64,
    /// Shares in the queue, share units.
    pub queued_shares: u64,
    /// Paid to tickets and not yet claimed.
    pub claims_owed: u64,
    /// Sequence of the first ticket not yet passed.
    pub ticket_head: u64,
    /// Sequence that the next ticket gets.
    pub ticket_tail: u64,
    /// The lines, in the ledger's order.
    pub lines: Vec<LineState>,
}

/// One venue from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VenueState {
    /// Tokens that can be taken out at once, venue token units.
    pub available: u64,
    /// Tokens lent out, with interest, venue token units.
    pub borrowed: u64,
    /// Debt that was given up, venue token units, cumulative.
    pub written_off: u64,
    /// What 1,000,000 USDC supplied on the first day would be worth now, base units.
    pub benchmark: u64,
}

/// An unclosed ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketState {
    /// Its place in the queue.
    pub sequence: u64,
    /// Shares not yet paid, share units.
    pub shares_left: u64,
    /// Paid and not yet claimed, base units.
    pub claimable: u64,
}

/// What one depositor has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Base units in the wallet.
    pub wallet: u64,
    /// Share units in the wallet.
    pub shares: u64,
    /// Unclosed tickets, oldest first.
    pub tickets: Vec<TicketState>,
}

/// One accounting identity: two sums made in different ways from raw accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What is claimed.
    pub name: String,
    /// One side.
    pub expected: i128,
    /// The other.
    pub actual: i128,
}

impl Identity {
    /// Actual less expected; zero where it holds.
    pub fn residual(&self) -> i128 {
        self.actual - self.expected
    }
}

/// Why a run cannot go on: the machine failed, not a transaction.
pub type Fault = anyhow::Error;

/// A world to run the demo in.
pub trait World {
    /// Names of the venues, in the order of the ledger's lines.
    fn venues(&self) -> Vec<String>;

    /// Moves the clock to `time` (Unix seconds), and the price accounts and pools to `prices`.
    fn advance(&mut self, time: i64, prices: &Prices) -> Result<(), Fault>;

    /// Lets the outside world act on the venues.
    fn market(&mut self, action: MarketAction) -> Result<Outcome, Fault>;

    /// Sends a depositor's transaction.
    fn user(&mut self, depositor: usize, action: UserAction) -> Result<Outcome, Fault>;

    /// Sends a keeper's transaction.
    fn keeper(&mut self, action: KeeperAction) -> Result<Outcome, Fault>;

    /// Sends a transaction of the owner, curator or guardian.
    fn role(&mut self, action: RoleAction) -> Result<Outcome, Fault>;

    /// The vault and its ledger now.
    fn vault(&self) -> Result<VaultState, Fault>;

    /// The venues now, in the order of [`World::venues`].
    fn venue_states(&self) -> Result<Vec<VenueState>, Fault>;

    /// What a depositor has now.
    fn holding(&self, depositor: usize) -> Result<Holding, Fault>;

    /// The accounting identities over all accounts.
    fn identities(&self) -> Result<Vec<Identity>, Fault>;

    /// SHA-256 over all final accounts, in hex.
    fn accounts_hash(&self) -> Result<String, Fault>;
}

/// Counters by name, in the order of the names.
pub type Counts = BTreeMap<String, u64>;

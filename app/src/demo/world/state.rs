//! What can be seen of the vault, the venues and a depositor.

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
    /// What the policy steers for, base units.
    pub target: u64,
    /// Distance from the target within which nothing is moved, base units.
    pub band: u64,
    /// Whether the line's feed calls for taking its risk out.
    pub endangered: bool,
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

impl LineState {
    /// Whether the line lies outside its band, so that a rebalance moves something.
    pub fn has_drifted(&self) -> bool {
        self.mid.abs_diff(self.target) > self.band
    }
}

impl Identity {
    /// Actual less expected; zero where it holds.
    pub fn residual(&self) -> i128 {
        self.actual - self.expected
    }
}

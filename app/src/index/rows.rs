//! What the tables hold, as types.

use anchor_lang::prelude::Pubkey;

/// Where something happened in the history of a vault. Ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Slot.
    pub slot: u64,
    /// Place of the transaction among the vault's in that slot.
    pub ordinal: i64,
    /// Place within the transaction.
    pub position: i64,
    /// Unix seconds.
    pub time: i64,
    /// The transaction, or what stands for one; see [`FlowKind::Sent`].
    pub signature: String,
}

impl Place {
    /// After every transaction of a slot.
    pub const END_OF_SLOT: i64 = i64::MAX;
    /// After everything in a transaction.
    pub const END_OF_TRANSACTION: i64 = i64::MAX;
}

/// What happened to somebody's shares or money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowKind {
    /// Assets in, shares out, by `deposit`, `mint` or `deposit_and_allocate`: the event does not say by which.
    Deposit,
    /// Shares in, assets out at once, by `redeem`, `withdraw` or `redeem_and_recall`.
    Redeem,
    /// Shares into escrow, for a ticket.
    Request,
    /// Escrowed shares burnt; their assets wait to be claimed.
    Fill,
    /// Assets of a ticket paid out.
    Claim,
    /// Escrowed shares back.
    Cancel,
    /// A ticket left the queue unpaid for its own bound.
    Pass,
    /// A ticket, with its shares and its claim, to another owner.
    TransferTicket,
    /// Escrowed shares burnt for a part of everything.
    InKind,
    /// Fee shares minted to their recipient.
    Collect,
    /// Shares that came from another wallet: no event of ours. Seen in the token balances of a transaction, or in the
    /// balances of all holders, compared with the index; then the time is that of the comparison.
    Received,
    /// Shares that went to another wallet, or were burnt by their holder. As [`FlowKind::Received`].
    Sent,
}

impl FlowKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Deposit,
        Self::Redeem,
        Self::Request,
        Self::Fill,
        Self::Claim,
        Self::Cancel,
        Self::Pass,
        Self::TransferTicket,
        Self::InKind,
        Self::Collect,
        Self::Received,
        Self::Sent,
    ];

    /// The name in tables and reports; it stays the same from release to release.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Redeem => "redeem",
            Self::Request => "request",
            Self::Fill => "fill",
            Self::Claim => "claim",
            Self::Cancel => "cancel",
            Self::Pass => "pass",
            Self::TransferTicket => "transfer_ticket",
            Self::InKind => "redeem_in_kind",
            Self::Collect => "collect_fees",
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }
}

impl std::str::FromStr for FlowKind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(())
    }
}

/// One row of `flows`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// When.
    pub place: Place,
    /// What.
    pub kind: FlowKind,
    /// Whose shares or money: the wallet that owns the share account, or the ticket.
    pub owner: Pubkey,
    /// Who paid a deposit, signed a redemption, or received a ticket, where that is somebody else.
    pub other: Option<Pubkey>,
    /// The ticket.
    pub ticket: Option<Pubkey>,
    /// Its place in the queue.
    pub sequence: Option<u64>,
    /// Share units.
    pub shares: u64,
    /// Base units paid in or out, or moved to claims; in kind the cash.
    pub assets: u64,
    /// Entry or exit fee, base units, which stayed in the pool.
    pub fee: u64,
    /// Of a redemption in kind: what left besides cash, at the lines' last mid values, base units.
    pub in_kind: u64,
}

/// One row of `fees`: management and performance fees charged, as shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// When.
    pub place: Place,
    /// Base units.
    pub management: u64,
    /// Base units.
    pub performance: u64,
    /// Fee shares made for both, share units.
    pub shares: u64,
    /// The mark after, base units per share unit × 2^40.
    pub mark: u64,
    /// NAV low that it was charged at, base units.
    pub nav: u64,
    /// All shares before, share units.
    pub supply: u64,
}

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceSource {
    /// All sides, read from the vault's and the ledger's accounts.
    Accounts,
    /// Mid, from cash and the lines' last values as events tell them.
    Events,
    /// High: what an entry was priced at.
    Entry,
    /// Low: what an exit or a fee was priced at.
    Exit,
}

impl PriceSource {
    /// All sources.
    pub const ALL: [Self; 4] = [Self::Accounts, Self::Events, Self::Entry, Self::Exit];

    /// The name in tables and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Events => "events",
            Self::Entry => "entry",
            Self::Exit => "exit",
        }
    }
}

impl std::str::FromStr for PriceSource {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|source| source.name() == name).ok_or(())
    }
}

/// One row of `prices`: NAV and shares of one moment, from which the price of a share follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricePoint {
    /// When.
    pub place: Place,
    /// How it is known.
    pub source: PriceSource,
    /// NAV low, base units.
    pub low: Option<u64>,
    /// NAV mid, base units.
    pub mid: Option<u64>,
    /// NAV high, base units.
    pub high: Option<u64>,
    /// All shares, accrued fee shares included, share units.
    pub supply: u64,
    /// As `supply`, with the fee shares due for the running day: what leavers are priced with. None where not known.
    pub leaving: Option<u64>,
    /// Exit fee in force, basis points.
    pub exit_bps: u16,
}

/// One row of `keeper_actions`: something that moves the vault along and needs no holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeeperAction {
    /// When.
    pub place: Place,
    /// Its instruction.
    pub kind: String,
    /// Who signed, or who paid the fee where the event does not say.
    pub actor: Pubkey,
    /// The line.
    pub line: Option<u16>,
    /// Base units moved or paid, or the line's mid value after a `refresh`; share units of `collect_fees`.
    pub amount: u64,
    /// Lost in the move, base units.
    pub loss: Option<u64>,
    /// Promised to the keeper, base units.
    pub pay: Option<u64>,
}

/// One row of `changes`: what a role decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub place: Place,
    /// `vault`, `strategy-router` or `risk-oracle`.
    pub program: String,
    /// The event's name.
    pub kind: String,
    /// Who signed, where the event says.
    pub authority: Option<Pubkey>,
    /// What it set, as a JSON object.
    pub details: String,
}

/// One row of `tickets`: what was fixed at the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketTerms {
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place in the queue.
    pub sequence: u64,
    /// Unix seconds.
    pub requested_at: i64,
    /// Requested, share units.
    pub shares: u64,
    /// Least payment for all of them, base units.
    pub min_assets: u64,
    /// Unix seconds.
    pub overdue_at: i64,
    /// Unix seconds.
    pub in_kind_at: i64,
    /// Most that it pays as exit fee, basis points.
    pub exit_bps: u16,
}

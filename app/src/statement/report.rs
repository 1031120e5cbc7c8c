//! A statement as it is handed out: keys and their meaning stay the same from release to release.

use serde::Serialize;

use super::returns::Returns;
use crate::views::units::{Amount, Gain, When};

/// What one owner had, did, paid and gained in one vault.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    /// The vault.
    pub vault: String,
    /// The owner's wallet.
    pub owner: String,
    /// Decimals of all amounts.
    pub decimals: u8,
    /// First moment of the period; none for the vault's whole life.
    pub from: Option<When>,
    /// Last moment that anything is known of, in the period.
    pub to: When,
    /// At the first moment.
    pub opening: Position,
    /// At the last.
    pub closing: Position,
    /// Everything that happened to the owner's shares and claims.
    pub flows: Vec<FlowLine>,
    /// Sums of the flows.
    pub totals: Totals,
    /// What was paid in fees.
    pub fees: Fees,
    /// Closing value less opening value, less what came in, and what went out: at mid, and by what an exit would pay.
    pub profit: Profit,
    /// Returns, at mid.
    pub returns: Returns,
    /// What left, lot by lot, first in, first out.
    pub disposals: Vec<DisposalLine>,
    /// What is left of each lot.
    pub lots: Vec<LotLine>,
    /// Gains of the disposals.
    pub realised: Gain,
    /// What the lots left are worth at mid, less what they cost.
    pub unrealised: Gain,
    /// Tickets that hold shares or a claim.
    pub tickets: Vec<TicketLine>,
}

/// What is had at a moment.
#[derive(Clone, Debug, Serialize)]
pub struct Position {
    /// In share accounts.
    pub shares: Amount,
    /// In escrow, for tickets.
    pub escrowed: Amount,
    /// Paid to tickets, and not yet claimed.
    pub claimable: Amount,
    /// Of shares and claims, at NAV mid.
    pub value_mid: Amount,
    /// What an exit of all of it would pay: at NAV low, fees taken off.
    pub value_exit: Amount,
    /// What the shares cost.
    pub cost: Amount,
    /// When the mid was known; none where no price was.
    pub mid_at: Option<When>,
    /// When the low was known.
    pub low_at: Option<When>,
}

/// One flow.
#[derive(Clone, Debug, Serialize)]
pub struct FlowLine {
    /// When.
    pub time: When,
    /// What, as in [`FlowKind::name`](crate::index::rows::FlowKind::name).
    pub kind: &'static str,
    /// Shares.
    pub shares: Amount,
    /// Base asset paid, or moved to claims.
    pub assets: Amount,
    /// Entry or exit fee in it.
    pub fee: Amount,
    /// What it brought into the position; below zero, what it took out; nothing where value only moved within.
    pub value: Gain,
    /// Place of the ticket in the queue.
    pub ticket: Option<u64>,
    /// The other party, where there is one.
    pub other: Option<String>,
    /// The transaction, or `balances:SLOT` where the shares were found moved.
    pub signature: String,
}

/// Sums over the period.
#[derive(Clone, Debug, Serialize)]
pub struct Totals {
    /// Paid for shares.
    pub deposited: Amount,
    /// Paid out at once.
    pub redeemed: Amount,
    /// Moved to claims by filled tickets.
    pub filled: Amount,
    /// Claimed.
    pub claimed: Amount,
    /// Cash of redemptions in kind.
    pub in_kind_cash: Amount,
    /// What else left in kind, at the lines' last mid values.
    pub in_kind_other: Amount,
    /// Shares and tickets from others, at mid.
    pub received: Amount,
    /// Shares and tickets to others, at mid.
    pub sent: Amount,
    /// Fee shares minted to this wallet, at mid.
    pub fee_shares: Amount,
}

/// Fees over the period. They are part of the values and of the profit already.
#[derive(Clone, Debug, Serialize)]
pub struct Fees {
    /// Kept by the pool at entries.
    pub entry: Amount,
    /// Kept by the pool at exits.
    pub exit: Amount,
    /// Borne through new fee shares: of each charge, the part that the owner's shares were of all shares.
    pub management: Amount,
    /// As `management`.
    pub performance: Amount,
    /// All four.
    pub total: Amount,
}

/// Gain or loss over the period.
#[derive(Clone, Debug, Serialize)]
pub struct Profit {
    /// With both ends at mid.
    pub mid: Gain,
    /// With both ends at what an exit would pay.
    pub exit: Gain,
}

/// Shares of one lot that left.
#[derive(Clone, Debug, Serialize)]
pub struct DisposalLine {
    /// When.
    pub time: When,
    /// How.
    pub kind: &'static str,
    /// When they had come.
    pub acquired: When,
    /// Shares.
    pub shares: Amount,
    /// What they brought.
    pub proceeds: Amount,
    /// What they cost.
    pub cost: Amount,
    /// The difference.
    pub gain: Gain,
}

/// What is left of one lot.
#[derive(Clone, Debug, Serialize)]
pub struct LotLine {
    /// When it came.
    pub acquired: When,
    /// How.
    pub kind: &'static str,
    /// Shares.
    pub shares: Amount,
    /// What they cost.
    pub cost: Amount,
    /// What they are worth at mid.
    pub value: Amount,
}

/// A ticket that is not over.
#[derive(Clone, Debug, Serialize)]
pub struct TicketLine {
    /// Its place in the queue.
    pub sequence: u64,
    /// Its address.
    pub ticket: String,
    /// `open`, `passed` or `claimable`.
    pub status: &'static str,
    /// Not yet paid.
    pub shares: Amount,
    /// To be claimed.
    pub claimable: Amount,
    /// When it was requested.
    pub requested: When,
    /// From when on it is paid without fresh valuations.
    pub overdue: When,
    /// From when on its owner may leave in kind.
    pub in_kind: When,
}

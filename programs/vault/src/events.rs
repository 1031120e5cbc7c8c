//! What happened, for indexers: raw integers, past tense, one per state change, by self-CPI.

use anchor_lang::prelude::*;

mod changes;
mod terms;
mod tickets;

pub use changes::*;
pub use terms::*;
pub use tickets::*;

/// A vault was made.
#[event]
#[derive(Debug)]
pub struct VaultInitialized {
    /// The new vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// Who made it: its first owner.
    pub creator: Pubkey,
    /// Number among its creator's vaults.
    pub index: u16,
    /// The asset it takes and pays.
    pub base_mint: Pubkey,
    /// The mint of its shares.
    pub share_mint: Pubkey,
    /// The router's ledger that serves it.
    pub ledger: Pubkey,
    /// The feed whose status gates deposits.
    pub base_feed: Pubkey,
    /// Smallest first deposit, base units.
    pub min_first_deposit: u64,
}

/// Base asset came in and shares were minted, by `deposit`, `mint` or `deposit_and_allocate`.
#[event]
#[derive(Debug)]
pub struct Deposited {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// Who paid.
    pub depositor: Pubkey,
    /// Token account that received the shares.
    pub recipient: Pubkey,
    /// Paid in, base units.
    pub assets: u64,
    /// Minted, share units.
    pub shares: u64,
    /// NAV high before, base units: the price was (nav + 1,000,000) / (supply + 1,000,000).
    pub nav: u64,
    /// Shares before, accrued fee shares included, share units.
    pub supply: u64,
    /// Entry fee: the part of `assets` that bought no shares and stays in the pool, base units.
    pub fee: u64,
}

/// Shares were burnt and base asset went out at once, by `withdraw` or `redeem`.
#[event]
#[derive(Debug)]
pub struct Redeemed {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// Who signed for the shares: their owner or its delegate.
    pub holder: Pubkey,
    /// Token account that received the base asset.
    pub destination: Pubkey,
    /// Paid out, base units.
    pub assets: u64,
    /// Burnt, share units.
    pub shares: u64,
    /// What the exit was priced at, base units: NAV low before, or less where the price rose too fast. The price was
    /// (nav + 1,000,000) / (supply + 1,000,000).
    pub nav: u64,
    /// Shares before, fee shares included that are accrued or due for the running day, share units.
    pub supply: u64,
    /// Exit fee: what the shares were worth beyond `assets` and stays in the pool, base units.
    pub fee: u64,
}

/// A ticket joined the queue.
#[event]
#[derive(Debug)]
pub struct RedemptionRequested {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place: lower numbers are paid first.
    pub sequence: u64,
    /// Who may claim and cancel.
    pub owner: Pubkey,
    /// Escrowed, share units.
    pub shares: u64,
    /// All queued shares after, share units.
    pub queued_shares: u64,
    /// Least payment for all its shares that the owner accepts, base units.
    pub min_assets: u64,
    /// Unix second from which it is filled without fresh valuations.
    pub overdue_at: i64,
    /// Unix second from which its owner may go in kind.
    pub in_kind_at: i64,
    /// Most that it pays as exit fee, basis points.
    pub exit_fee_bps: u16,
}

/// A ticket was paid, wholly or in part.
#[event]
#[derive(Debug)]
pub struct TicketFilled {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place in the queue.
    pub sequence: u64,
    /// Burnt by this fill, share units.
    pub shares: u64,
    /// Moved to claims by this fill, base units.
    pub assets: u64,
    /// Still queued, share units; zero when the ticket is filled.
    pub shares_left: u64,
    /// NAV low just before this fill, base units.
    pub nav: u64,
    /// Shares just before this fill, fee shares included that are accrued or due for the running day, share units.
    pub supply: u64,
    /// Exit fee: what the shares were worth beyond `assets` and stays in the pool, base units.
    pub fee: u64,
}

/// What a ticket was paid went to its owner.
#[event]
#[derive(Debug)]
pub struct Claimed {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its place in the queue.
    pub sequence: u64,
    /// Its owner.
    pub owner: Pubkey,
    /// Token account that received the base asset.
    pub destination: Pubkey,
    /// Paid out, base units.
    pub assets: u64,
    /// Whether the ticket was spent, and closed.
    pub closed: bool,
}

/// The unfilled part of a ticket left the queue.
#[event]
#[derive(Debug)]
pub struct TicketCancelled {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// The ticket.
    pub ticket: Pubkey,
    /// The place that it lost.
    pub sequence: u64,
    /// Its owner.
    pub owner: Pubkey,
    /// Returned, share units.
    pub shares: u64,
    /// Whether nothing was left to claim, and the ticket was closed.
    pub closed: bool,
}

/// Somebody else holds, or may accept, a role.
#[event]
#[derive(Debug)]
pub struct RoleChanged {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// 0 owner, 1 proposed owner, 2 curator, 3 guardian.
    pub role: u8,
    /// Who held it before; zero for nobody.
    pub previous: Pubkey,
    /// Who holds it now; zero for nobody.
    pub current: Pubkey,
}

/// A direction was paused or lifted.
#[event]
#[derive(Debug)]
pub struct PauseChanged {
    /// The vault.
    pub vault: Pubkey,
    /// Slot of the change.
    pub slot: u64,
    /// Unix time of the change, seconds.
    pub time: i64,
    /// 0 deposits, 1 instant exits.
    pub direction: u8,
    /// Who did it.
    pub authority: Pubkey,
    /// Paused before this Unix second; in the past or at `time` when lifted.
    pub until: i64,
}

/// What `emit_cpi!` looks for where an instruction's code is shared and has the accounts alone: `ctx.accounts`.
pub(crate) struct Scope<'a, T> {
    /// Accounts that name the event authority.
    pub accounts: &'a T,
}

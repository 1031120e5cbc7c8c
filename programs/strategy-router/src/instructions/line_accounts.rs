use anchor_lang::prelude::*;
use risk_oracle::state::{Action, Feed, Status};

use crate::{
    adapters::{adapter, Adapter, Prices, VenueCall, VenueView},
    error::RouterError,
    state::{Ledger, Line, LineVenue},
    venue::{accounts, tripwire},
};

/// What every instruction that moves a line's money takes. The venue's accounts follow as remaining accounts: program,
/// program data, for a swapped line the swap's two, then the pinned list in order.
#[derive(Accounts)]
pub struct LineAccounts<'info> {
    /// The ledger.
    #[account(
        mut,
        has_one = cash @ RouterError::ForeignAccount,
        has_one = base_mint @ RouterError::ForeignAccount,
        has_one = base_token_program @ RouterError::ForeignAccount,
    )]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The line's pinned venue.
    #[account(has_one = ledger @ RouterError::ForeignAccount)]
    pub line_venue: AccountLoader<'info, LineVenue>,
    /// The ledger's cash account.
    /// CHECK: pinned in the ledger; its bytes are checked before and after every venue call.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// Mint of the base asset.
    /// CHECK: pinned in the ledger.
    pub base_mint: UncheckedAccount<'info>,
    /// Token program of the base mint.
    /// CHECK: pinned in the ledger.
    pub base_token_program: UncheckedAccount<'info>,
    /// Feed of the base asset; for a swapped line.
    pub base_feed: Option<AccountLoader<'info, Feed>>,
    /// Feed of the token; for a swapped line.
    pub token_feed: Option<AccountLoader<'info, Feed>>,
}

/// A line opened for a move: its accounts matched, its feeds read.
pub struct Opened<'a, 'info> {
    /// What the adapter sees and touches.
    pub call: VenueCall<'a, 'info>,
    /// The line's adapter.
    pub adapter: &'static dyn Adapter,
    /// The line as stored.
    pub line: Line,
    /// Flags of its feeds; none for a same-asset line.
    pub feeds: FeedStatus,
    /// Whether the venue is another than approved.
    pub venue_changed: bool,
}

/// Whether the line's venue state may be older than the line allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// No: what is decided here rests on the value.
    Refuse,
    /// Yes: the call itself brings the venue up to date.
    Allow,
}

impl<'info> LineAccounts<'info> {
    /// Matches the remaining accounts and reads the feeds of line `id`.
    ///
    /// # Errors
    /// [`RouterError::LedgerBusy`], [`RouterError::UnknownLine`], [`RouterError::VenueAccountMismatch`],
    /// [`RouterError::FeedMissing`], [`RouterError::FeedMismatch`], [`RouterError::FeedUnusable`].
    pub fn open<'a>(
        &'a self,
        id: u16,
        remaining: &'info [AccountInfo<'info>],
        staleness: Staleness,
    ) -> Result<Opened<'a, 'info>> {
        let clock = Clock::get()?;
        let ledger = self.ledger.load()?;
        ledger.require_idle()?;
        let venue = self.line_venue.load()?;
        require!(venue.id == id, RouterError::UnknownLine);
        let line = *ledger.line(id)?;
        let adapter = adapter(line.adapter)?;
        let matched = accounts::match_call(&venue, remaining, adapter.moving(venue.is_swapped()))?;
        let feeds = Feeds { base: self.base_feed.as_ref(), token: self.token_feed.as_ref() };
        let (prices, status) = feeds.read(&ledger, &venue, clock.unix_timestamp)?;
        let call = VenueCall {
            view: VenueView {
                program: venue.venue.program,
                pinned: matched.pinned,
                prices,
                refuse_stale: staleness == Staleness::Refuse,
                slot: clock.slot,
                now: clock.unix_timestamp,
            },
            ledger: self.ledger.as_ref(),
            vault: ledger.vault,
            bump: [ledger.bump],
            cash: &self.cash,
            base_mint: &self.base_mint,
            base_token_program: &self.base_token_program,
            venue: matched.venue.program,
            swap: matched.swap.map(|code| code.program),
        };
        let venue_changed = tripwire::is_changed(&matched, &venue.venue, &venue.swap);
        Ok(Opened { call, adapter, line, feeds: status, venue_changed })
    }
}

/// What is wrong with a line's feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedStatus {
    /// Feed of the token.
    pub token: Status,
    /// Feed of the base asset.
    pub base: Status,
}

impl FeedStatus {
    /// Nothing, or nothing to look at.
    pub const NONE: Self = Self { token: Status::NONE, base: Status::NONE };

    /// Neither feed forbids new money.
    ///
    /// # Errors
    /// The oracle's error that names the flag in the way.
    pub fn require_raise_risk(&self) -> Result<()> {
        self.token.union(self.base).require(Action::RaiseRisk)
    }
}

/// The feeds supplied for a line.
pub struct Feeds<'a, 'info> {
    /// Feed of the base asset.
    pub base: Option<&'a AccountLoader<'info, Feed>>,
    /// Feed of the token.
    pub token: Option<&'a AccountLoader<'info, Feed>>,
}

impl Feeds<'_, '_> {
    /// Prices and status of a swapped line's feeds; nothing for a same-asset line.
    ///
    /// # Errors
    /// [`RouterError::FeedMissing`], [`RouterError::FeedMismatch`], [`RouterError::FeedUnusable`].
    pub fn read(&self, ledger: &Ledger, venue: &LineVenue, now: i64) -> Result<(Option<Prices>, FeedStatus)> {
        if !venue.is_swapped() {
            return Ok((None, FeedStatus::NONE));
        }
        let (Some(base), Some(token)) = (self.base, self.token) else {
            return err!(RouterError::FeedMissing);
        };
        require_keys_eq!(base.key(), ledger.base_feed, RouterError::FeedMismatch);
        require_keys_eq!(token.key(), venue.token_feed, RouterError::FeedMismatch);
        let (base, token) = (base.load()?, token.load()?);
        let usable = |feed: &Feed| {
            let sound = feed.require(Action::Value, now).and_then(|()| feed.bounds());
            sound.map_err(|_| error!(RouterError::FeedUnusable))
        };
        let prices = Prices {
            token: usable(&token)?,
            base: usable(&base)?,
            token_decimals: venue.token_decimals,
            base_decimals: ledger.base_decimals,
        };
        Ok((Some(prices), FeedStatus { token: token.status(now), base: base.status(now) }))
    }
}

use anchor_lang::prelude::*;
use risk_oracle::state::Feed;

use crate::{
    error::RouterError,
    state::{Ledger, LineVenue},
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

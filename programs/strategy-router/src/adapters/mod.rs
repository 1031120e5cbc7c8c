//! The code that speaks the venues' wire formats. Adding a venue is adding a folder and a line in [`adapter`].

use anchor_lang::{
    prelude::*,
    solana_program::{instruction::Instruction, program::invoke_signed},
};
use gimbal_math::Price;
use risk_oracle::state::{Bounds, Exposure};

use crate::{
    error::RouterError,
    state::{signer_seeds, Curve, Line},
};

pub mod lending;

/// Adapter kind of lending markets that speak klend's wire format.
pub const LENDING: u8 = 1;

/// The adapter of a kind.
///
/// # Errors
/// [`RouterError::UnknownAdapter`].
pub fn adapter(kind: u8) -> Result<&'static dyn Adapter> {
    match kind {
        LENDING => Ok(&lending::Lending),
        _ => err!(RouterError::UnknownAdapter),
    }
}

/// What the router needs of a venue.
pub trait Adapter {
    /// Values the position from its venue's accounts; calls nobody.
    fn value(&self, view: &VenueView, line: &Line) -> Result<Quote>;
    /// What the risk oracle is told of the line, from its last valuation; reads no account, so that all lines can be told
    /// of in one instruction.
    fn exposure(&self, line: &Line) -> Result<Exposure>;
    /// Cash → position: at most `amount` base units, which the ledger holds in cash.
    fn deploy(&self, call: &VenueCall, line: &Line, amount: u64) -> Result<()>;
    /// Position → cash: about `amount` base units, or what the venue has available, whichever is less; all of the
    /// position when `amount` is `u64::MAX`.
    fn recall(&self, call: &VenueCall, line: &Line, amount: u64) -> Result<()>;
    /// The largest move, base units, that others cannot profit from by trading around it; `u64::MAX` where no market price
    /// stands between cash and position.
    fn calm_size_down(&self, call: &VenueCall, line: &Line) -> Result<u64>;
    /// Checks a pinned list before it is pinned.
    fn inspect(&self, proposal: &Proposal) -> Result<()>;
    /// How many accounts of the list a valuation needs.
    fn value_count(&self) -> u8;
    /// Where in the list a line's own accounts are.
    fn own_accounts(&self, swapped: bool) -> OwnAccounts;
    /// Entries of the list that follow the market and are checked by owner instead of by key.
    fn moving(&self, swapped: bool) -> core::ops::Range<usize>;
}

/// Indices of a line's own token accounts in its pinned list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnAccounts {
    /// Receipt tokens.
    pub position: usize,
    /// The traded token of a swapped line.
    pub token: Option<usize>,
}

/// A line that the owner proposes.
pub struct Proposal<'a, 'info> {
    /// The ledger, which will own the accounts.
    pub ledger: Pubkey,
    /// Mint of the base asset.
    pub base_mint: Pubkey,
    /// Token program of the base mint.
    pub base_token_program: Pubkey,
    /// Mint of the token that the venue holds.
    pub token_mint: Pubkey,
    /// Mint of the receipt tokens.
    pub position_mint: Pubkey,
    /// The venue.
    pub program: Pubkey,
    /// The swap venue of a swapped line.
    pub swap_program: Option<Pubkey>,
    /// The list to be pinned.
    pub pinned: &'a [AccountInfo<'info>],
}

/// What a position is worth, base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// At the least favourable reading, rounded down.
    pub low: u64,
    /// At the central reading.
    pub mid: u64,
    /// At the most favourable reading, rounded up.
    pub high: u64,
    /// What the venue could pay out now.
    pub liquidity: u64,
    /// What the venue would take now.
    pub room: u64,
    /// Its lending curve.
    pub curve: Curve,
}

/// Prices of a swapped line's two assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// The token that the venue holds.
    pub token: Bounds,
    /// The base asset.
    pub base: Bounds,
    /// Decimals of the token.
    pub token_decimals: u8,
    /// Decimals of the base asset.
    pub base_decimals: u8,
}

impl Prices {
    /// Base units for `tokens` at the token's lowest and the base asset's highest price, rounded down.
    ///
    /// # Errors
    /// [`RouterError::MathOverflow`], [`RouterError::OutOfDomain`].
    pub fn base_low_down(&self, tokens: u64) -> core::result::Result<u64, RouterError> {
        self.to_base(gimbal_math::value::convert_down, tokens, self.token.low, self.base.high)
    }

    /// Base units for `tokens` at central prices, rounded down.
    ///
    /// # Errors
    /// As [`Self::base_low_down`].
    pub fn base_mid_down(&self, tokens: u64) -> core::result::Result<u64, RouterError> {
        self.to_base(gimbal_math::value::convert_down, tokens, self.token.mid, self.base.mid)
    }

    /// Base units for `tokens` at the token's highest and the base asset's lowest price, rounded up.
    ///
    /// # Errors
    /// As [`Self::base_low_down`].
    pub fn base_high_up(&self, tokens: u64) -> core::result::Result<u64, RouterError> {
        self.to_base(gimbal_math::value::convert_up, tokens, self.token.high, self.base.low)
    }

    /// Tokens for `assets` base units at the base asset's lowest and the token's highest price, rounded down.
    ///
    /// # Errors
    /// As [`Self::base_low_down`].
    pub fn tokens_low_down(&self, assets: u64) -> core::result::Result<u64, RouterError> {
        let (base, token) = (Price(self.base.low), Price(self.token.high));
        Ok(gimbal_math::value::convert_down(assets, self.base_decimals, base, self.token_decimals, token)?)
    }

    /// Tokens worth `assets` base units at central prices, rounded up.
    ///
    /// # Errors
    /// As [`Self::base_low_down`].
    pub fn tokens_mid_up(&self, assets: u64) -> core::result::Result<u64, RouterError> {
        let (base, token) = (Price(self.base.mid), Price(self.token.mid));
        Ok(gimbal_math::value::convert_up(assets, self.base_decimals, base, self.token_decimals, token)?)
    }

    fn to_base(
        self,
        convert: fn(u64, u8, Price, u8, Price) -> gimbal_math::Result<u64>,
        tokens: u64,
        token: u64,
        base: u64,
    ) -> core::result::Result<u64, RouterError> {
        Ok(convert(tokens, self.token_decimals, Price(token), self.base_decimals, Price(base))?)
    }
}

/// What a valuation sees.
#[derive(Clone, Copy)]
pub struct VenueView<'info> {
    /// Id of the venue's program.
    pub program: Pubkey,
    /// The pinned list, or the first part of it that a valuation needs.
    pub pinned: &'info [AccountInfo<'info>],
    /// Prices of a swapped line.
    pub prices: Option<Prices>,
    /// Whether a venue state older than the line allows is refused: not where money comes back.
    pub refuse_stale: bool,
    /// The slot.
    pub slot: u64,
    /// Unix second.
    pub now: i64,
}

impl<'info> VenueView<'info> {
    /// Entry `index` of the pinned list.
    ///
    /// # Errors
    /// [`RouterError::VenueAccountMismatch`].
    pub fn account(&self, index: usize) -> Result<&'info AccountInfo<'info>> {
        self.pinned.get(index).ok_or_else(|| error!(RouterError::VenueAccountMismatch))
    }

    /// The prices of a swapped line.
    ///
    /// # Errors
    /// [`RouterError::FeedMissing`].
    pub fn prices(&self) -> Result<&Prices> {
        self.prices.as_ref().ok_or_else(|| error!(RouterError::FeedMissing))
    }
}

/// What a move sees and touches.
pub struct VenueCall<'a, 'info> {
    /// What a valuation sees, with the whole list.
    pub view: VenueView<'info>,
    /// The ledger, which signs; not borrowed.
    pub ledger: &'a AccountInfo<'info>,
    /// Seed of the ledger.
    pub vault: Pubkey,
    /// Bump of the ledger.
    pub bump: [u8; 1],
    /// The cash account.
    pub cash: &'a AccountInfo<'info>,
    /// Mint of the base asset.
    pub base_mint: &'a AccountInfo<'info>,
    /// Token program of the base mint.
    pub base_token_program: &'a AccountInfo<'info>,
    /// The venue's program.
    pub venue: &'info AccountInfo<'info>,
    /// The swap venue's program of a swapped line.
    pub swap: Option<&'info AccountInfo<'info>>,
}

impl<'info> VenueCall<'_, 'info> {
    /// Calls a venue with the ledger's signature.
    ///
    /// # Errors
    /// Those of the venue.
    pub fn invoke(&self, instruction: &Instruction, accounts: &[AccountInfo<'info>]) -> Result<()> {
        let seeds = signer_seeds(&self.vault, &self.bump);
        invoke_signed(instruction, accounts, &[&seeds]).map_err(Into::into)
    }
}

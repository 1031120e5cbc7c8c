//! The change queue of feeds and books: which instructions may wait in it, what each is bound to, and when one must have
//! waited.
//!
//! LIVE. A feed is live from its first price on, a book from its first assessment: before, nobody's money depends on it
//! and everything is at once. From then on what loosens a feed or raises a limit must be presented with a change that
//! has waited. What tightens never waits.

use anchor_lang::{prelude::*, InstructionData};
use gimbal_control::{change::decode, queue::apply, Roles, Terms};

mod book;
mod network;

pub use book::*;
pub use network::*;

use crate::error::OracleError;
use crate::events::ChangeApplied;
use crate::instruction::{SetCurator, SetFeedParams, SetGuardian, SetModel};
use crate::state::{Book, Change, Feed, Network};

/// What a queue belongs to.
pub enum Target<'info> {
    /// A feed.
    Feed(AccountLoader<'info, Feed>),
    /// A book.
    Book(AccountLoader<'info, Book>),
    /// A contagion network.
    Network(AccountLoader<'info, Network>),
}

impl<'info> Target<'info> {
    /// The feed or the book that an account is.
    ///
    /// # Errors
    /// [`OracleError::NotFeedOrBook`].
    pub fn of(account: &'info AccountInfo<'info>) -> Result<Self> {
        if let Ok(feed) = AccountLoader::<Feed>::try_from(account) {
            return Ok(Self::Feed(feed));
        }
        if let Ok(network) = AccountLoader::<Network>::try_from(account) {
            return Ok(Self::Network(network));
        }
        AccountLoader::<Book>::try_from(account).map(Self::Book).map_err(|_| error!(OracleError::NotFeedOrBook))
    }

    /// The roles.
    ///
    /// # Errors
    /// When the account is borrowed.
    pub fn roles(&self) -> Result<Roles> {
        Ok(match self {
            Self::Feed(feed) => feed.load()?.roles,
            Self::Book(book) => book.load()?.roles,
            Self::Network(network) => network.load()?.roles,
        })
    }

    /// Changes the roles.
    ///
    /// # Errors
    /// What `change` returns; a broken invariant.
    pub fn change_roles<T>(&self, change: impl FnOnce(&mut Roles) -> Result<T>) -> Result<T> {
        match self {
            Self::Feed(feed) => {
                let mut feed = feed.load_mut()?;
                let result = change(&mut feed.roles)?;
                feed.invariant()?;
                Ok(result)
            }
            Self::Book(book) => {
                let mut book = book.load_mut()?;
                let result = change(&mut book.roles)?;
                book.invariant()?;
                Ok(result)
            }
            Self::Network(network) => {
                let mut network = network.load_mut()?;
                let result = change(&mut network.roles)?;
                network.invariant()?;
                Ok(result)
            }
        }
    }

    /// Whether somebody's money depends on the account.
    ///
    /// # Errors
    /// When the account is borrowed.
    pub fn is_live(&self) -> Result<bool> {
        Ok(match self {
            Self::Feed(feed) => feed.load()?.is_live(),
            Self::Book(book) => book.load()?.is_live(),
            Self::Network(network) => network.load()?.is_live(),
        })
    }

    /// The number of the next change, which is taken.
    ///
    /// # Errors
    /// [`OracleError::MathOverflow`] after 2^64 changes.
    pub fn take_nonce(&self) -> Result<u64> {
        let take = |nonce: &mut u64| {
            let taken = *nonce;
            *nonce = taken.checked_add(1).ok_or(OracleError::MathOverflow)?;
            Ok(taken)
        };
        match self {
            Self::Feed(feed) => take(&mut feed.load_mut()?.change_nonce),
            Self::Book(book) => take(&mut book.load_mut()?.change_nonce),
            Self::Network(network) => take(&mut network.load_mut()?.change_nonce),
        }
    }

    /// How the instruction whose data this is waits. Its arguments are held to their ranges now, so that nothing waits
    /// that could never be applied.
    ///
    /// # Errors
    /// [`OracleError::NotQueueable`] for any other instruction; those of the instruction's own arguments.
    #[inline(never)]
    pub fn terms_of(&self, data: &[u8]) -> Result<Terms> {
        let roles = self.roles()?;
        if let Some(SetCurator { curator }) = decode(data).map_err(OracleError::from)? {
            { roles }.set_curator(&roles.owner, curator).map_err(OracleError::from)?;
            return Ok(Terms::of_curator(&roles));
        }
        if let Some(SetGuardian { guardian }) = decode(data).map_err(OracleError::from)? {
            { roles }.set_guardian(&roles.owner, guardian).map_err(OracleError::from)?;
            return Ok(Terms::of_guardian(&roles));
        }
        match self {
            Self::Feed(feed) => terms_of_feed(data, &*feed.load()?),
            Self::Book(book) => terms_of_book(data, &*book.load()?),
            Self::Network(network) => terms_of_network(data, &*network.load()?),
        }
    }
}

fn terms_of_feed(data: &[u8], feed: &Feed) -> Result<Terms> {
    if let Some(SetModel { params }) = decode(data).map_err(OracleError::from)? {
        params.validate()?;
        return terms_of_model(feed);
    }
    let Some(SetFeedParams { params }) = decode(data).map_err(OracleError::from)? else {
        return err!(OracleError::NotQueueable);
    };
    params.validate()?;
    terms_of_params(feed)
}

/// Terms of `set_feed_params`.
///
/// # Errors
/// Never: the parameters always serialise.
pub fn terms_of_params(feed: &Feed) -> Result<Terms> {
    let mut params = Vec::with_capacity(64);
    feed.params().serialize(&mut params)?;
    Ok(Terms::usual(&[b"params", &params]))
}

/// Terms of `set_model`.
///
/// # Errors
/// Never: the coefficients always serialise.
pub fn terms_of_model(feed: &Feed) -> Result<Terms> {
    let mut params = Vec::with_capacity(64);
    feed.engine.params.serialize(&mut params)?;
    Ok(Terms::usual(&[b"model", &params]))
}

/// The two accounts that an instruction which may have to wait takes besides its own.
pub struct Presented<'a, 'info> {
    /// The change.
    pub change: &'a Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar.
    pub instructions: &'a Option<UncheckedAccount<'info>>,
}

/// Spends the change presented when the instruction must have waited; the caller emits what comes back.
///
/// `waits`: whether the instruction raises risk and the account is live. `call`: the instruction as it was sent.
///
/// # Errors
/// As [`gimbal_control::queue::apply`].
#[inline(never)]
pub fn require(
    waits: bool,
    target: &Pubkey,
    presented: Presented,
    call: &impl InstructionData,
    terms: &Terms,
    clock: &Clock,
) -> Result<Option<ChangeApplied>> {
    if !waits {
        return Ok(None);
    }
    let Presented { change, instructions } = presented;
    let change = apply(change, instructions, target, &call.data(), &terms.fields_hash, clock.unix_timestamp)?;
    Ok(Some(ChangeApplied { target: *target, slot: clock.slot, time: clock.unix_timestamp, change }))
}

//! What can be wrong with a venue's bytes.

use core::fmt;

/// Why an account or an amount could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireError {
    /// The account is shorter or longer than its type.
    WrongLength,
    /// The account begins with another type's discriminator.
    WrongDiscriminator,
    /// An enum tag has no meaning in the format this crate was written against.
    UnknownTag,
    /// The fees owed exceed what the reserve holds and has lent.
    FeesExceedAssets,
    /// The amount does not fit the venue's own number type.
    AmountOverflow,
    /// The slot given lies before the reserve's last update.
    SlotBeforeUpdate,
    /// The borrow rate curve is not ascending over 0 % to 100 % utilisation.
    InvalidCurve,
    /// The mint has an extension that is not on the list of those it may have.
    UnsupportedExtension,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongLength => "The account's length is not that of the expected type: check that the right account was supplied and that the venue has not changed its layout.",
            Self::WrongDiscriminator => "The account's discriminator is not that of the expected type: check that the right account was supplied.",
            Self::UnknownTag => "The account holds an enum tag this format does not define: check that the venue has not changed its layout.",
            Self::FeesExceedAssets => "The reserve owes more fees than it has assets: do not value this position until the venue has repaired it.",
            Self::AmountOverflow => "The amount does not fit the venue's number type: use a smaller amount.",
            Self::SlotBeforeUpdate => "The slot lies before the reserve's last update: read the clock again.",
            Self::InvalidCurve => "The borrow rate curve is not ascending from 0 % to 100 % utilisation: the reserve's configuration is not usable.",
            Self::UnsupportedExtension => "The mint has a Token-2022 extension that can change, move or stop balances: choose a token with none but metadata and groups.",
        })
    }
}

impl core::error::Error for WireError {}

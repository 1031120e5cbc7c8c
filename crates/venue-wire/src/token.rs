//! Mints and token accounts of the two token programs, and the extensions of Token-2022 that a mint may carry here.
//!
//! # The list
//!
//! One list, [`SUPPORTED_EXTENSIONS`], for every mint that the suite entrusts money to: the vault's base asset, and the
//! router's tokens and receipts. It names what is *allowed*; an extension that does not stand on it is refused whatever it
//! is set to now, those that nobody has invented yet included. Why these do not:
//!
//! | extension | why it is refused |
//! |---|---|
//! | transfer fee (1), also at zero | less arrives than was sent; the rate can rise later |
//! | close authority (3) | a mint without supply can be closed, and opened again as another |
//! | confidential transfer (4), its fee (16), mint and burn (24) | balances that no program can read or check |
//! | default account state (6), also unfrozen | new accounts can begin frozen: claims could not be paid |
//! | non-transferable (9) | nothing can be paid at all |
//! | interest-bearing (10), scaled amount (25) | units stay, but what a feed calls one token drifts from them at the issuer's will: every conversion would be wrong by that factor |
//! | permanent delegate (12) | somebody may take the vault's tokens |
//! | transfer hook (14), also without a program | foreign code decides about every transfer, exits too |
//! | pausable (26) | one key stops every exit at once |
//! | permissioned burn (28) | foreign consent stands in the way of a receipt's burning |
//!
//! A *freeze authority* is no extension and is allowed: the largest stablecoins have one. That the issuer freezes an account
//! of ours is a risk of the asset, like a depeg.
//!
//! Source: `spl-token-interface` and `spl-token-2022-interface` 3.1.2, which the tests and the fuzz targets compare with.

use crate::{field::Plain, WireError};
use solana_program::{pubkey, pubkey::Pubkey};

/// SPL Token.
pub const TOKEN_ID: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// SPL Token-2022.
pub const TOKEN_2022_ID: Pubkey = pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// Bytes of a mint before its extensions.
pub const MINT_LEN: usize = 82;
/// Bytes of a token account before its extensions. Extensions of mints, too, begin after as many.
pub const ACCOUNT_LEN: usize = 165;
/// Bytes of a multisig: no mint or token account of Token-2022 ever has this length.
pub const MULTISIG_LEN: usize = 355;

/// The byte after [`ACCOUNT_LEN`] of a mint with extensions.
const MINT_TYPE: u8 = 1;
/// The byte after [`ACCOUNT_LEN`] of a token account with extensions.
const ACCOUNT_TYPE: u8 = 2;
/// Where extensions begin.
const EXTENSIONS: usize = ACCOUNT_LEN + 1;

/// Extensions of a mint that neither change a balance nor its meaning, nor move it, nor stop a transfer: pointers to
/// metadata, groups and members, and these themselves.
pub const SUPPORTED_EXTENSIONS: [u16; 6] = [18, 19, 20, 21, 22, 23];

/// A mint, its extensions apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Who may mint; none: nobody, for ever.
    pub mint_authority: Option<Pubkey>,
    /// Smallest units in existence.
    pub supply: u64,
    /// Digits after the point.
    pub decimals: u8,
    /// Who may freeze token accounts.
    pub freeze_authority: Option<Pubkey>,
}

impl Mint {
    /// Reads an initialised mint, and refuses it for any extension that is not on [`SUPPORTED_EXTENSIONS`].
    ///
    /// The caller checks that a token program owns the account. SPL Token knows no extensions; its mints have none to refuse.
    ///
    /// # Errors
    /// [`WireError::WrongLength`], [`WireError::WrongDiscriminator`] for another or no account,
    /// [`WireError::UnknownTag`] for bytes that the token programs never write, [`WireError::UnsupportedExtension`].
    pub fn parse(data: &[u8]) -> Result<Self, WireError> {
        if data.len() < MINT_LEN || data.len() == MULTISIG_LEN {
            return Err(WireError::WrongLength);
        }
        match u8::read(data, 45) {
            1 => {}
            0 => return Err(WireError::WrongDiscriminator),
            _ => return Err(WireError::UnknownTag),
        }
        require_supported_extensions(data)?;
        Ok(Self {
            mint_authority: optional_key(data, 0)?,
            supply: u64::read(data, 36),
            decimals: u8::read(data, 44),
            freeze_authority: optional_key(data, 46)?,
        })
    }
}

/// The extensions of a mint's bytes, in order, are on the list, and nothing follows them.
fn require_supported_extensions(data: &[u8]) -> Result<(), WireError> {
    if data.len() == MINT_LEN {
        return Ok(());
    }
    // The base is padded to a token account's length, so that the type's byte lies at one place for both.
    let padding = data.get(MINT_LEN..ACCOUNT_LEN).ok_or(WireError::WrongLength)?;
    if u8::read(data, ACCOUNT_LEN) != MINT_TYPE || !is_zero(padding) {
        return Err(WireError::WrongDiscriminator);
    }
    let mut rest = data.get(EXTENSIONS..).ok_or(WireError::WrongLength)?;
    while let Some((header, tail)) = rest.split_at_checked(4) {
        let (extension, length) = (u16::read(header, 0), u16::read(header, 2));
        if extension == 0 {
            break;
        }
        if !SUPPORTED_EXTENSIONS.contains(&extension) {
            return Err(WireError::UnsupportedExtension);
        }
        rest = tail.get(usize::from(length)..).ok_or(WireError::WrongLength)?;
    }
    // Room that nothing was written to. The token program stops reading here; so would an extension that hides behind it.
    if is_zero(rest) {
        Ok(())
    } else {
        Err(WireError::UnsupportedExtension)
    }
}

/// A token account's bytes, checked for being one, read in place.
#[derive(Clone, Copy)]
pub struct TokenAccountView<'a>(&'a [u8]);

impl<'a> TokenAccountView<'a> {
    /// Reads a token account, initialised and not frozen. The caller checks that a token program owns it.
    ///
    /// # Errors
    /// [`WireError::WrongLength`], [`WireError::WrongDiscriminator`] for another account, [`WireError::UnknownTag`] for one
    /// that is not initialised, or frozen.
    pub fn parse(data: &'a [u8]) -> Result<Self, WireError> {
        // A multisig's signers can be chosen to look like anything; a mint with extensions is longer than an account, too.
        if data.len() < ACCOUNT_LEN || data.len() == MULTISIG_LEN {
            return Err(WireError::WrongLength);
        }
        if data.len() > ACCOUNT_LEN && u8::read(data, ACCOUNT_LEN) != ACCOUNT_TYPE {
            return Err(WireError::WrongDiscriminator);
        }
        // 0: not initialised, 2: frozen.
        if u8::read(data, 108) != 1 {
            return Err(WireError::UnknownTag);
        }
        Ok(Self(data))
    }

    /// The mint.
    pub fn mint(&self) -> Pubkey {
        Pubkey::read(self.0, 0)
    }

    /// Who may spend.
    pub fn owner(&self) -> Pubkey {
        Pubkey::read(self.0, 32)
    }

    /// Smallest units.
    pub fn amount(&self) -> u64 {
        u64::read(self.0, 64)
    }

    /// Whether somebody may spend a part in the owner's place. Any tag but "none" counts.
    pub fn has_delegate(&self) -> bool {
        u32::read(self.0, 72) != 0
    }

    /// Whether somebody may close the account in the owner's place. Any tag but "none" counts.
    pub fn has_close_authority(&self) -> bool {
        u32::read(self.0, 129) != 0
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// The token programs' optional key: a tag of four bytes, then 32.
fn optional_key(data: &[u8], offset: usize) -> Result<Option<Pubkey>, WireError> {
    match u32::read(data, offset) {
        0 => Ok(None),
        1 => Ok(Some(Pubkey::read(data, offset.saturating_add(4)))),
        _ => Err(WireError::UnknownTag),
    }
}

//! The seeds of every address that the router derives, and their derivation for clients.

use anchor_lang::prelude::*;

/// Ledger: `["ledger", vault]`. Signs for cash, positions and venue calls.
#[constant]
pub const LEDGER_SEED: &[u8] = b"ledger";
/// Cash token account: `["cash", ledger]`.
#[constant]
pub const CASH_SEED: &[u8] = b"cash";
/// What one line's venue calls need: `["line", ledger, id u16 LE]`.
#[constant]
pub const LINE_SEED: &[u8] = b"line";
/// Receipt tokens of one line: `["position", ledger, id u16 LE]`.
#[constant]
pub const POSITION_SEED: &[u8] = b"position";
/// The traded token of a swapped line: `["token", ledger, id u16 LE]`.
#[constant]
pub const TOKEN_SEED: &[u8] = b"token";
/// A keeper's registration: `["keeper", ledger, keeper key]`.
#[constant]
pub const KEEPER_SEED: &[u8] = b"keeper";

/// Address and bump of a vault's ledger.
pub fn ledger_address(vault: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[LEDGER_SEED, vault.as_ref()], &crate::ID)
}

/// Address and bump of a ledger's cash account.
pub fn cash_address(ledger: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[CASH_SEED, ledger.as_ref()], &crate::ID)
}

/// Address and bump of a line's venue account.
pub fn line_address(ledger: &Pubkey, id: u16) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[LINE_SEED, ledger.as_ref(), &id.to_le_bytes()], &crate::ID)
}

/// Address and bump of a line's receipt-token account.
pub fn position_address(ledger: &Pubkey, id: u16) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[POSITION_SEED, ledger.as_ref(), &id.to_le_bytes()], &crate::ID)
}

/// Address and bump of a swapped line's token account.
pub fn token_address(ledger: &Pubkey, id: u16) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[TOKEN_SEED, ledger.as_ref(), &id.to_le_bytes()], &crate::ID)
}

/// Address and bump of a keeper's registration.
pub fn keeper_address(ledger: &Pubkey, key: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[KEEPER_SEED, ledger.as_ref(), key.as_ref()], &crate::ID)
}

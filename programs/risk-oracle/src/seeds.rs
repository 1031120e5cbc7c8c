//! Every address that this program derives: the seeds, and one function per account for clients and callers.

use anchor_lang::prelude::*;

/// First seed of a feed; then the authority that registered it and the feed id.
pub const FEED_SEED: &[u8] = b"feed";
/// First seed of a book; then the ledger that it belongs to.
pub const BOOK_SEED: &[u8] = b"book";
/// First seed of a contagion network; then the authority that created it and its number, u16 LE.
pub const NETWORK_SEED: &[u8] = b"network";

/// Address and bump of the feed that `authority` registered for a Pyth feed id.
pub fn find_feed(authority: &Pubkey, feed_id: &[u8; 32]) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[FEED_SEED, authority.as_ref(), feed_id], &crate::ID)
}

/// Address and bump of a ledger's book.
pub fn find_book(ledger: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[BOOK_SEED, ledger.as_ref()], &crate::ID)
}

/// Address and bump of the contagion network that `authority` created with a number.
pub fn find_network(authority: &Pubkey, id: u16) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[NETWORK_SEED, authority.as_ref(), &id.to_le_bytes()], &crate::ID)
}

/// Address of the signer of this program's events.
pub fn event_authority() -> Pubkey {
    crate::EVENT_AUTHORITY_AND_BUMP.0
}

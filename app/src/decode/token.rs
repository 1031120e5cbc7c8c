//! Errors of the token programs, the associated token program and the system program.

use anchor_lang::{prelude::Pubkey, system_program};
use anchor_spl::{associated_token, token, token_2022};

use super::errors::Entry;

/// Errors of SPL Token, which Token-2022 continues: source spl-token-interface, `TokenError`, and
/// spl-token-2022-interface, `TokenError`.
const TOKEN: [(&str, &str); 20] = [
    ("NotRentExempt", "the account holds too few lamports to exist"),
    ("InsufficientFunds", "the token account holds less than the transfer asks for"),
    ("InvalidMint", "the mint is not a valid mint of this token program"),
    ("MintMismatch", "the token account belongs to another mint"),
    ("OwnerMismatch", "the token account belongs to somebody else than the signer"),
    ("FixedSupply", "the supply of this mint is fixed"),
    ("AlreadyInUse", "the account is in use already"),
    ("InvalidNumberOfProvidedSigners", "the number of signers given is not valid"),
    ("InvalidNumberOfRequiredSigners", "the number of signers required is not valid"),
    ("UninitializedState", "the token account was never initialised"),
    ("NativeNotSupported", "the instruction does not support wrapped SOL"),
    ("NonNativeHasBalance", "a token account can be closed only when it is empty"),
    ("InvalidInstruction", "the token program does not know this instruction"),
    ("InvalidState", "the account's state does not allow the operation"),
    ("Overflow", "the amount overflows"),
    ("AuthorityTypeNotSupported", "the account has no authority of this kind"),
    ("MintCannotFreeze", "this mint cannot freeze accounts"),
    ("AccountFrozen", "the token account is frozen by the mint's authority"),
    ("MintDecimalsMismatch", "the decimals given are not those of the mint"),
    ("NonNativeNotSupported", "the instruction supports only wrapped SOL"),
];

/// Errors of the system program: source solana-system-interface, `SystemError`.
const SYSTEM: [(&str, &str); 9] = [
    ("AccountAlreadyInUse", "the address is in use already"),
    ("ResultWithNegativeLamports", "the account holds fewer lamports than it is asked for"),
    ("InvalidProgramId", "the account cannot be given to this program"),
    ("InvalidAccountDataLength", "the account cannot be given this length"),
    ("MaxSeedLengthExceeded", "a seed is longer than 32 bytes"),
    ("AddressWithSeedMismatch", "the address does not follow from the seed"),
    ("NonceNoRecentBlockhashes", "advancing a nonce needs recent blockhashes"),
    ("NonceBlockhashNotExpired", "the nonce was advanced in this block already"),
    ("NonceUnexpectedBlockhashValue", "the nonce is not the one stored"),
];

/// Errors of the associated token program: source spl-associated-token-account-interface.
const ASSOCIATED_TOKEN: [(&str, &str); 1] =
    [("InvalidOwner", "the associated token account belongs to somebody else than its address says")];

/// The program's name, and the code's name and message.
pub(super) fn lookup(program: &Pubkey, code: u32) -> Option<(&'static str, Entry)> {
    let (origin, table): (&'static str, &[(&str, &str)]) = match program {
        id if *id == token::ID => ("SPL Token", &TOKEN),
        id if *id == token_2022::ID => ("Token-2022", &TOKEN),
        id if *id == system_program::ID => ("the system program", &SYSTEM),
        id if *id == associated_token::ID => ("the associated token program", &ASSOCIATED_TOKEN),
        _ => return None,
    };
    let (name, message) = table.get(usize::try_from(code).ok()?)?;
    Some((origin, ((*name).to_owned(), (*message).to_owned())))
}

//! Version 0 transactions: compiled against lookup tables, signed, and refused when no cluster would take them.

use anchor_lang::prelude::Pubkey;
use solana_instruction::Instruction;
use solana_message::{v0, AddressLookupTableAccount, CompileError, Hash, VersionedMessage};
use solana_signer::Signer;
use solana_transaction::{versioned::VersionedTransaction, Signature};
use thiserror::Error;

/// Bytes that a serialised transaction may take: one IPv6 packet (1,280) less its headers.
pub const MAX_BYTES: usize = 1_232;

/// Accounts that one transaction may lock, those of lookup tables included.
pub const MAX_LOCKS: usize = 64;

/// Compute units that one transaction may ask for.
pub const MAX_COMPUTE_UNITS: u32 = 1_400_000;

/// Lamports that the network takes for each signature.
pub const LAMPORTS_PER_SIGNATURE: u64 = 5_000;

/// Units that a step takes which a simulation may not have needed: between it and the block a second's interest can make an
/// exit recall once more (23,000 units), or a day's fees fall due (4,000).
const ANOTHER_STEP: u64 = 30_000;
const MICRO_LAMPORTS_PER_LAMPORT: u128 = 1_000_000;

/// Units to ask for after a simulation used `used`: 15 % and another step more, rounded down, at most [`MAX_COMPUTE_UNITS`].
#[must_use]
pub fn unit_limit(used: u64) -> u32 {
    let limit = used.saturating_add(used.saturating_mul(15) / 100).saturating_add(ANOTHER_STEP);
    u32::try_from(limit).unwrap_or(MAX_COMPUTE_UNITS).min(MAX_COMPUTE_UNITS)
}

/// Lamports that the network takes at most: the signatures, and each of `units` at `unit_price` micro-lamports, rounded up.
#[must_use]
pub fn network_fee(signatures: u64, units: u32, unit_price: u64) -> u64 {
    let priority = (u128::from(units) * u128::from(unit_price)).div_ceil(MICRO_LAMPORTS_PER_LAMPORT);
    let signatures = signatures.saturating_mul(LAMPORTS_PER_SIGNATURE);
    signatures.saturating_add(u64::try_from(priority).unwrap_or(u64::MAX))
}

/// Why a transaction could not be built.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BuildError {
    /// More accounts or tables than an index of eight bits reaches.
    #[error("the transaction cannot be compiled ({0}): split it into several")]
    Compile(#[from] CompileError),
    /// A signature is required that no given key can make.
    #[error("the signature of {0} is required: sign with that key as well")]
    MissingSigner(Pubkey),
    /// The signer (a hardware wallet, say) did not sign.
    #[error("{key} did not sign: {reason}")]
    NotSigned {
        /// Whose signature it is.
        key: Pubkey,
        /// What the signer answered.
        reason: String,
    },
    /// Beyond [`MAX_BYTES`].
    #[error("the transaction takes {0} bytes of at most {MAX_BYTES}: use the vault's lookup table or split it")]
    TooLarge(usize),
    /// Beyond [`MAX_LOCKS`].
    #[error("the transaction locks {0} accounts of at most {MAX_LOCKS}: split it")]
    TooManyLocks(usize),
}

/// Compiles `instructions` into a version 0 message that reads what it can through `tables`.
///
/// # Errors
///
/// [`BuildError::Compile`] if the accounts cannot be indexed.
pub fn compile(
    payer: &Pubkey,
    instructions: &[Instruction],
    tables: &[AddressLookupTableAccount],
    blockhash: Hash,
) -> Result<VersionedMessage, BuildError> {
    Ok(VersionedMessage::V0(v0::Message::try_compile(payer, instructions, tables, blockhash)?))
}

/// Signs `message` with those of `signers` that it asks for, whatever their order; others are left aside.
///
/// # Errors
///
/// [`BuildError::MissingSigner`] names the first key that nobody signed for; limits as in [`check_limits`].
pub fn sign(message: VersionedMessage, signers: &[&dyn Signer]) -> Result<VersionedTransaction, BuildError> {
    let required = usize::from(message.header().num_required_signatures);
    let bytes = message.serialize();
    let signatures = message
        .static_account_keys()
        .iter()
        .take(required)
        .map(|key| {
            let signer =
                signers.iter().find(|signer| signer.pubkey() == *key).ok_or(BuildError::MissingSigner(*key))?;
            signer
                .try_sign_message(&bytes)
                .map_err(|error| BuildError::NotSigned { key: *key, reason: error.to_string() })
        })
        .collect::<Result<Vec<Signature>, BuildError>>()?;
    let transaction = VersionedTransaction { signatures, message };
    check_limits(&transaction)?;
    Ok(transaction)
}

/// [`compile`] and [`sign`] in one step, the payer first among the signers.
///
/// # Errors
///
/// As the two say.
pub fn build(
    payer: &dyn Signer,
    instructions: &[Instruction],
    signers: &[&dyn Signer],
    tables: &[AddressLookupTableAccount],
    blockhash: Hash,
) -> Result<VersionedTransaction, BuildError> {
    let message = compile(&payer.pubkey(), instructions, tables, blockhash)?;
    let mut all: Vec<&dyn Signer> = vec![payer];
    all.extend_from_slice(signers);
    sign(message, &all)
}

/// Refuses what no cluster takes, before it is sent, so that every backend behaves alike.
///
/// # Errors
///
/// [`BuildError::TooLarge`] or [`BuildError::TooManyLocks`].
pub fn check_limits(transaction: &VersionedTransaction) -> Result<(), BuildError> {
    let bytes = size(transaction);
    if bytes > MAX_BYTES {
        return Err(BuildError::TooLarge(bytes));
    }
    let locks = locks(&transaction.message);
    if locks > MAX_LOCKS {
        return Err(BuildError::TooManyLocks(locks));
    }
    Ok(())
}

/// Bytes of the serialised transaction.
pub fn size(transaction: &VersionedTransaction) -> usize {
    let count = transaction.signatures.len();
    // The count is a compact u16: seven bits a byte.
    let prefix = if count < 0x80 { 1 } else { 2 };
    prefix + count * core::mem::size_of::<Signature>() + transaction.message.serialize().len()
}

/// Accounts that the message locks: its own and those it reads from lookup tables.
pub fn locks(message: &VersionedMessage) -> usize {
    let looked_up = message
        .address_table_lookups()
        .unwrap_or_default()
        .iter()
        .map(|lookup| lookup.writable_indexes.len() + lookup.readonly_indexes.len())
        .sum::<usize>();
    message.static_account_keys().len() + looked_up
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_instruction::AccountMeta;
    use solana_keypair::Keypair;

    fn key(n: u8) -> Pubkey {
        Pubkey::new_from_array([n; 32])
    }

    fn instruction(accounts: usize) -> Instruction {
        Instruction {
            program_id: key(255),
            accounts: (0..accounts).map(|n| AccountMeta::new(key(n as u8), false)).collect(),
            data: vec![0; 8],
        }
    }

    #[test]
    fn the_size_is_that_of_the_wire_format() {
        let payer = Keypair::new_from_array([7; 32]);
        let transaction = build(&payer, &[instruction(0)], &[], &[], Hash::default()).unwrap();
        // 1 + 64 signatures, 1 version, 3 header, 1 + 2·32 keys, 32 blockhash, 1 + (1 + 1 + 1 + 8) instruction, 1 tables.
        assert_eq!(size(&transaction), 65 + 1 + 3 + 65 + 32 + 12 + 1);
        assert_eq!(locks(&transaction.message), 2);
        assert!(transaction.verify_with_results().iter().all(|valid| *valid));
    }

    #[test]
    fn a_lookup_table_lets_a_large_transaction_fit() {
        let payer = Keypair::new_from_array([7; 32]);
        let refused = build(&payer, &[instruction(40)], &[], &[], Hash::default());
        assert!(matches!(refused, Err(BuildError::TooLarge(bytes)) if bytes > MAX_BYTES));

        let table = AddressLookupTableAccount { key: key(200), addresses: (0..40).map(key).collect() };
        let transaction = build(&payer, &[instruction(40)], &[], &[table], Hash::default()).unwrap();
        assert!(size(&transaction) < 400);
        assert_eq!(locks(&transaction.message), 42);
    }

    #[test]
    fn a_limit_leaves_fifteen_percent_and_another_step() {
        assert_eq!((unit_limit(0), unit_limit(100_000), unit_limit(101)), (30_000, 145_000, 30_116));
        assert_eq!((unit_limit(1_300_000), unit_limit(u64::MAX)), (1_400_000, 1_400_000));
    }

    #[test]
    fn more_than_64_locks_are_refused() {
        let payer = Keypair::new_from_array([7; 32]);
        let table = AddressLookupTableAccount { key: key(200), addresses: (0..100).map(key).collect() };
        let fits = build(&payer, &[instruction(62)], &[], std::slice::from_ref(&table), Hash::default());
        assert!(fits.is_ok());
        let refused = build(&payer, &[instruction(63)], &[], &[table], Hash::default());
        assert_eq!(refused, Err(BuildError::TooManyLocks(65)));
    }

    #[test]
    fn a_missing_signer_is_named() {
        let payer = Keypair::new_from_array([7; 32]);
        let other = Keypair::new_from_array([8; 32]);
        let mut instruction = instruction(0);
        instruction.accounts.push(AccountMeta::new_readonly(other.pubkey(), true));
        let refused = build(&payer, std::slice::from_ref(&instruction), &[], &[], Hash::default());
        assert_eq!(refused, Err(BuildError::MissingSigner(other.pubkey())));
        assert!(build(&payer, &[instruction], &[&other], &[], Hash::default()).is_ok());
    }
}

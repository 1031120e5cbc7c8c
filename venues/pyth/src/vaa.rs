//! Wormhole's signed message: `version u8 · guardian set u32 · count u8 · count × (guardian u8, signature 65 B) · body`,
//! numbers big-endian. What the guardians sign is keccak256(keccak256(body)).

use pythnet_sdk::hashers::{keccak256::Keccak256, Hasher};
use solana_secp256k1_recover::secp256k1_recover;

use crate::PythError;

/// The only version there is.
pub const VERSION: u8 = 1;
/// Bytes in front of the signatures.
const HEADER: usize = 6;
/// Bytes of one signature: guardian, r, s, recovery id.
pub(crate) const SIGNATURE: usize = 66;
/// Bytes of the body in front of the payload: time u32, nonce u32, chain u16, emitter 32, sequence u64, consistency u8.
pub(crate) const BODY_HEADER: usize = 51;

/// A parsed message; nothing is verified by parsing.
#[derive(Clone, Copy, Debug)]
pub struct Vaa<'a> {
    /// The guardian set that signed.
    pub guardian_set: u32,
    signatures: &'a [u8],
    body: &'a [u8],
}

impl<'a> Vaa<'a> {
    /// Reads a message.
    ///
    /// # Errors
    ///
    /// [`PythError::Malformed`] if it is too short or of another version.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, PythError> {
        let (header, rest) = bytes.split_first_chunk::<HEADER>().ok_or(PythError::Malformed)?;
        let [version, set @ .., count] = *header;
        if version != VERSION {
            return Err(PythError::Malformed);
        }
        let (signatures, body) = rest.split_at_checked(usize::from(count) * SIGNATURE).ok_or(PythError::Malformed)?;
        if body.len() < BODY_HEADER {
            return Err(PythError::Malformed);
        }
        Ok(Self { guardian_set: u32::from_be_bytes(set), signatures, body })
    }

    /// The chain that the message comes from, Wormhole's number.
    pub fn emitter_chain(&self) -> u16 {
        u16::from_be_bytes([self.body[8], self.body[9]])
    }

    /// Who emitted it there.
    pub fn emitter(&self) -> [u8; 32] {
        let mut emitter = [0; 32];
        emitter.copy_from_slice(&self.body[10..42]);
        emitter
    }

    /// What it says.
    pub fn payload(&self) -> &'a [u8] {
        &self.body[BODY_HEADER..]
    }

    /// Checks that a quorum (more than two thirds) of `guardians` signed, each once and in ascending order.
    ///
    /// # Errors
    ///
    /// [`PythError::NoQuorum`] or [`PythError::BadSignature`].
    pub fn verify(&self, guardians: &[[u8; 20]]) -> Result<(), PythError> {
        let signatures = self.signatures.chunks_exact(SIGNATURE);
        if signatures.len() < quorum(guardians.len()) {
            return Err(PythError::NoQuorum);
        }
        let digest = digest(self.body);
        let mut next = 0;
        for signature in signatures {
            let index = usize::from(signature[0]);
            let guardian = guardians.get(index).filter(|_| index >= next).ok_or(PythError::BadSignature)?;
            let signer =
                secp256k1_recover(&digest, signature[65], &signature[1..65]).map_err(|_| PythError::BadSignature)?;
            if address(&signer.to_bytes()) != *guardian {
                return Err(PythError::BadSignature);
            }
            next = index + 1;
        }
        Ok(())
    }
}

/// Signatures that `guardians` need at least.
pub fn quorum(guardians: usize) -> usize {
    guardians * 2 / 3 + 1
}

/// What guardians sign of a body.
pub fn digest(body: &[u8]) -> [u8; 32] {
    Keccak256::hashv(&[&Keccak256::hashv(&[body])])
}

/// A guardian's name: the last twenty bytes of the hash of its public key, as Ethereum's addresses.
pub fn address(public_key: &[u8; 64]) -> [u8; 20] {
    let mut address = [0; 20];
    address.copy_from_slice(&Keccak256::hashv(&[public_key])[12..]);
    address
}

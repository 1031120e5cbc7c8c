//! Keys made from a seed, so that two runs of one plan have the same addresses.

use sha2::{Digest, Sha256};
use solana_keypair::Keypair;

/// The key of one actor. Only for chains on which nothing is at stake: whoever knows the seed knows the key.
pub fn keypair(seed: u64, role: &str, index: u64) -> Keypair {
    let mut hash = Sha256::new();
    hash.update(b"gimbal keypair");
    hash.update(seed.to_le_bytes());
    hash.update(index.to_le_bytes());
    hash.update(role.as_bytes());
    Keypair::new_from_array(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_signer::Signer;

    #[test]
    fn a_seed_gives_the_same_keys_and_another_gives_others() {
        let key = |seed, role, index| keypair(seed, role, index).pubkey();
        assert_eq!(key(1, "owner", 0), key(1, "owner", 0));
        let all = [key(1, "owner", 0), key(1, "owner", 1), key(1, "curator", 0), key(2, "owner", 0)];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one));
        }
    }
}

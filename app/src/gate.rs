//! The list of who may pay into a vault: its root for the owner, each wallet's proof for the wallet.

use anchor_lang::prelude::Pubkey;
use vault::math::{gate_leaf, gate_node};

/// Wallets that may pay in, as the tree that a vault knows the root of.
#[derive(Clone, Debug)]
pub struct List {
    wallets: Vec<Pubkey>,
    /// The hashes from the leaves up; the last level is the root alone.
    levels: Vec<Vec<[u8; 32]>>,
}

impl List {
    /// The list of one vault. Order and repetition do not matter; an empty list has no root.
    pub fn new(vault: &Pubkey, wallets: impl IntoIterator<Item = Pubkey>) -> Self {
        let mut wallets: Vec<Pubkey> = wallets.into_iter().collect();
        wallets.sort();
        wallets.dedup();
        let mut levels = vec![wallets.iter().map(|wallet| gate_leaf(vault, wallet)).collect::<Vec<_>>()];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            // The last of an odd level has no other, and rises as it is.
            let pair = |pair: &[[u8; 32]]| match pair {
                [one, other] => gate_node(one, other),
                alone => alone[0],
            };
            levels.push(below.chunks(2).map(pair).collect());
        }
        Self { wallets, levels }
    }

    /// What the vault is told; none for an empty list, which would admit nobody.
    pub fn root(&self) -> Option<[u8; 32]> {
        self.levels.last()?.first().copied()
    }

    /// What `admit` takes for a wallet; none for a wallet that is not on the list.
    pub fn proof(&self, wallet: &Pubkey) -> Option<Vec<[u8; 32]>> {
        let mut place = self.wallets.binary_search(wallet).ok()?;
        let mut proof = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            proof.extend(level.get(place ^ 1));
            place /= 2;
        }
        Some(proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vault::math::require_on_list;

    fn key(number: u8) -> Pubkey {
        Pubkey::new_from_array([number; 32])
    }

    #[test]
    fn every_wallet_of_a_list_of_any_length_has_a_proof_and_no_other_has() {
        let vault = key(200);
        for length in 1..=33 {
            let list = List::new(&vault, (0..length).map(key));
            let root = list.root().unwrap();
            for wallet in (0..length).map(key) {
                let proof = list.proof(&wallet).unwrap();
                assert!(require_on_list(&vault, &wallet, &proof, &root).is_ok(), "{length}");
                assert!(require_on_list(&key(201), &wallet, &proof, &root).is_err());
                assert!(require_on_list(&vault, &key(length), &proof, &root).is_err());
            }
            assert_eq!(list.proof(&key(length)), None);
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter_and_an_empty_list_has_no_root() {
        let vault = key(200);
        let one = List::new(&vault, [key(1), key(2), key(3)]);
        assert_eq!(one.root(), List::new(&vault, [key(3), key(1), key(2), key(1)]).root());
        assert_eq!(List::new(&vault, []).root(), None);
    }
}

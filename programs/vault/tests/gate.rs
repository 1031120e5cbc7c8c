//! Proofs of being on a list, against trees built by hand.

use anchor_lang::prelude::Pubkey;
use solana_program::hash::hashv;
use vault::math::{gate_leaf, gate_node, require_on_list, MAX_PROOF};
use vault::VaultError;

fn key(number: u8) -> Pubkey {
    Pubkey::new_from_array([number; 32])
}

#[test]
fn leaf_and_node_are_what_the_documentation_says() {
    let leaf = hashv(&[&[0], &[9; 32], &[1; 32]]).to_bytes();
    assert_eq!(gate_leaf(&key(9), &key(1)), leaf);
    let node = hashv(&[&[1], &[2; 32], &[3; 32]]).to_bytes();
    assert_eq!((gate_node(&[2; 32], &[3; 32]), gate_node(&[3; 32], &[2; 32])), (node, node));
}

#[test]
fn a_list_of_one_is_its_leaf() {
    let root = gate_leaf(&key(9), &key(1));
    assert_eq!(require_on_list(&key(9), &key(1), &[], &root), Ok(()));
    assert_eq!(require_on_list(&key(9), &key(2), &[], &root), Err(VaultError::NotAdmitted));
    assert_eq!(require_on_list(&key(8), &key(1), &[], &root), Err(VaultError::NotAdmitted));
}

#[test]
fn each_of_three_has_its_own_proof() {
    let [one, two, three] = [1, 2, 3].map(|number| gate_leaf(&key(9), &key(number)));
    let pair = gate_node(&one, &two);
    let root = gate_node(&pair, &three);
    let on_list = |wallet: u8, proof: &[[u8; 32]]| require_on_list(&key(9), &key(wallet), proof, &root);
    assert_eq!(on_list(1, &[two, three]), Ok(()));
    assert_eq!(on_list(2, &[one, three]), Ok(()));
    assert_eq!(on_list(3, &[pair]), Ok(()));
    for (wallet, proof) in [(1, &[two][..]), (1, &[three, two]), (3, &[two, three]), (4, &[pair]), (3, &[])] {
        assert_eq!(on_list(wallet, proof), Err(VaultError::NotAdmitted));
    }
}

#[test]
fn a_proof_has_an_end() {
    let root = [0; 32];
    assert_eq!(require_on_list(&key(9), &key(1), &[[1; 32]; MAX_PROOF], &root), Err(VaultError::NotAdmitted));
    assert_eq!(require_on_list(&key(9), &key(1), &[[1; 32]; MAX_PROOF + 1], &root), Err(VaultError::ProofTooLong));
}

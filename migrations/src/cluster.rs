//! Which chain it is, and how its slots pass.

use std::time::Duration;

use anyhow::{bail, Result};
use gimbal::chain::{Chain, ChainError, EmbeddedChain, RpcChain, Sandbox};
use solana_message::Hash;

/// Hash of the first block of mainnet-beta. Source of this and the next two: the crate `solana-cluster-type` 3.1.0.
pub const MAINNET: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
/// Hash of the first block of testnet.
pub const TESTNET: &str = "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY";
/// Hash of the first block of devnet.
pub const DEVNET: &str = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG";

/// How often a node is asked for a slot that has not come yet, and how often at most.
const ASK_EVERY: Duration = Duration::from_millis(200);
const MOST_QUESTIONS: usize = 150;

/// A chain whose slots pass.
pub trait Cluster: Chain {
    /// Returns when the slot is a later one.
    ///
    /// # Errors
    ///
    /// The chain's; a cluster that stands still for half a minute.
    fn next_slot(&mut self) -> Result<(), ChainError>;
}

impl Cluster for EmbeddedChain {
    fn next_slot(&mut self) -> Result<(), ChainError> {
        self.advance_slots(1)
    }
}

impl Cluster for RpcChain {
    fn next_slot(&mut self) -> Result<(), ChainError> {
        let before = self.clock()?.slot;
        for _ in 0..MOST_QUESTIONS {
            std::thread::sleep(ASK_EVERY);
            if self.clock()?.slot > before {
                return Ok(());
            }
        }
        Err(ChainError::Backend(format!("the cluster has stood at slot {before} for half a minute: try again later")))
    }
}

/// Refuses mainnet unless it was asked for by name: by the hash of the cluster's first block, since an address tells nothing.
///
/// # Errors
///
/// For mainnet, without `yes`.
pub fn refuse_mainnet(genesis: &Hash, yes: bool) -> Result<()> {
    if genesis.to_string() == MAINNET && !yes {
        bail!(
            "this is mainnet-beta, where everything costs real money and stays: rehearse first, then add --yes-mainnet"
        );
    }
    Ok(())
}

/// Refuses every cluster that others are on as well: for keys that everybody knows.
///
/// # Errors
///
/// For mainnet-beta, testnet and devnet.
pub fn refuse_public(genesis: &Hash) -> Result<()> {
    if [MAINNET, TESTNET, DEVNET].contains(&genesis.to_string().as_str()) {
        bail!("everybody knows the keys of a seed, and this cluster is public: leave --test-keys out");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mainnet_needs_a_word_of_its_own_and_no_other_cluster_does() {
        let mainnet: Hash = MAINNET.parse().unwrap();
        assert!(refuse_mainnet(&mainnet, false).unwrap_err().to_string().contains("--yes-mainnet"));
        refuse_mainnet(&mainnet, true).unwrap();
        refuse_mainnet(&Hash::default(), false).unwrap();
        for public in [MAINNET, TESTNET, DEVNET] {
            assert!(refuse_public(&public.parse().unwrap()).unwrap_err().to_string().contains("--test-keys"));
        }
        refuse_public(&Hash::default()).unwrap();
    }
}

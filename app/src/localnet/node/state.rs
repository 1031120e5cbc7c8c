//! A cluster that was saved, and resumed.
//!
//! The file is a snapshot as `gimbal demo --save` writes it and `gimbal verify --snapshot` reads it, so that a saved cluster
//! can be verified. What it is that the accounts do not say (seed and birth) stands in one account that only the file has.

use std::collections::HashSet;
use std::path::Path;

use anchor_lang::prelude::{Clock, Pubkey};
use anyhow::Context;
use gimbal_svm::clock::ORIGIN_SLOT;
use sha2::{Digest, Sha256};
use solana_account::Account;
use solana_message::Hash;
use thiserror::Error;

use super::Node;
use crate::chain::{Chain, EmbeddedChain, Mode, Snapshot};
use crate::localnet::genesis::Genesis;
use crate::localnet::{pyth, Options};

/// Why a state file cannot be resumed.
#[derive(Debug, Error)]
pub enum StateError {
    /// It has no mark of a cluster.
    #[error("it was not saved by `gimbal localnet`: give --state a file of its own")]
    NoCluster,
    /// It is another seed's.
    #[error(
        "it was saved with --seed {saved}, not {asked}: start it with --seed {saved}, or give --state another file"
    )]
    OtherSeed {
        /// The file's.
        saved: u64,
        /// That of the options.
        asked: u64,
    },
    /// Its clock stands before every chain's beginning.
    #[error("its clock stands at slot {0}, before every chain's beginning: give --state another file")]
    Clock(u64),
}

/// The address of the mark: nobody's key.
fn mark() -> Pubkey {
    Pubkey::new_from_array(Sha256::digest(b"gimbal localnet mark").into())
}

/// A state that was read.
pub struct Saved {
    snapshot: Snapshot,
    seed: u64,
    genesis_hash: Hash,
    clock: Clock,
}

/// Reads a state file; none where there is none yet.
///
/// # Errors
///
/// In words for people: a file that is something else.
pub fn load(file: &Path) -> anyhow::Result<Option<Saved>> {
    let shown = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return check_room(file).map(|()| None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {shown}; give --state another file")),
    };
    let unusable = || format!("cannot resume from {shown}");
    let snapshot = Snapshot::from_json(&text).with_context(unusable)?;
    let clock = snapshot.clock().with_context(unusable)?;
    let account = snapshot.get_account(&mark()).with_context(unusable)?;
    let account = account.ok_or(StateError::NoCluster).with_context(unusable)?;
    let parts = account.data.split_first_chunk::<8>().zip(account.data.last_chunk::<32>());
    let ((seed, _), hash) =
        parts.filter(|_| account.data.len() == 40).ok_or(StateError::NoCluster).with_context(unusable)?;
    Ok(Some(Saved { seed: u64::from_le_bytes(*seed), genesis_hash: Hash::new_from_array(*hash), clock, snapshot }))
}

/// Whether a file can be written to at the end, found out before there is anything to lose.
fn check_room(file: &Path) -> anyhow::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let shown = folder.display();
    let found = std::fs::metadata(folder);
    let found = found.with_context(|| format!("cannot look at {shown}; give --state a file in another folder"))?;
    if !found.is_dir() || found.permissions().readonly() {
        anyhow::bail!("{shown} cannot be written to; give --state a file in another folder");
    }
    Ok(())
}

impl Saved {
    /// The chain as it was left; its clock goes on from there, and at least to `now`, as if it had never stopped.
    ///
    /// # Errors
    ///
    /// Another seed's file, or programs that cannot be loaded.
    pub fn resume(self, options: &Options, now: i64) -> anyhow::Result<(EmbeddedChain, Genesis, Hash)> {
        if self.seed != options.seed {
            return Err(StateError::OtherSeed { saved: self.seed, asked: options.seed }.into());
        }
        let mut chain = EmbeddedChain::new(options.mode.clone())?;
        pyth::install_programs(&mut chain)?;
        if self.clock.slot < ORIGIN_SLOT {
            return Err(StateError::Clock(self.clock.slot).into());
        }
        let own: HashSet<Pubkey> = chain.svm().all_accounts().into_iter().map(|(key, _)| key).collect();
        let svm = chain.svm_mut();
        svm.advance_to(self.clock.slot, self.clock.unix_timestamp)?;
        for (key, account) in self.snapshot.accounts().filter(|(key, _)| **key != mark()) {
            match svm.account(key).filter(|_| own.contains(key)) {
                // Programs and what comes with every chain are made anew, in the mode that is asked for; but what they
                // were given they keep.
                Some(made) if made.lamports >= account.lamports => {}
                Some(made) => svm.set_account(*key, Account { lamports: account.lamports, ..made })?,
                None => svm.set_account(*key, account.clone())?,
            }
        }
        svm.set_time(now.max(svm.unix_time()))?;
        Ok((chain, Genesis::of(self.seed), self.genesis_hash))
    }
}

impl Node {
    /// Everything that [`load`] needs.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::of_embedded(&self.chain);
        let data = [&self.genesis.seed.to_le_bytes()[..], self.genesis_hash.as_ref()].concat();
        let account = Account {
            lamports: 1,
            data,
            owner: anchor_lang::system_program::ID,
            executable: false,
            rent_epoch: u64::MAX,
        };
        snapshot.insert(mark(), account);
        snapshot
    }

    /// How the programs run.
    pub fn mode(&self) -> &Mode {
        self.chain.svm().mode()
    }
}

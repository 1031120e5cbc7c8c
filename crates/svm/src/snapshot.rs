//! Saving and restoring the whole chain.

use crate::chain::EmbeddedChain;

/// A chain as it was at one moment: accounts, clock, blockhashes, programs. Account data is
/// shared with the chain until either writes to it, so a snapshot is cheap.
#[derive(Clone, Debug)]
pub struct Snapshot(Box<EmbeddedChain>);

impl EmbeddedChain {
    /// Saves the chain.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(Box::new(self.clone()))
    }

    /// Puts the chain back to where `snapshot` was taken. The snapshot can be used again.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.clone_from(&snapshot.0);
    }
}

//! Who signs.

use solana_keypair::Keypair;
use solana_signer::Signer;

use super::keys::keypair;
use crate::chain::{ChainError, Sandbox};

/// Lamports that each actor begins with: 1,000 SOL.
const LAMPORTS: u64 = 1_000_000_000_000;

/// The keys of one deployment.
#[derive(Debug)]
pub struct Actors {
    /// Pays fees and rent.
    pub payer: Keypair,
    /// Owns vault, ledger, book and feeds.
    pub owner: Keypair,
    /// Moves bounds.
    pub curator: Keypair,
    /// Reduces risk.
    pub guardian: Keypair,
    /// Turn the crank.
    pub keepers: Vec<Keypair>,
    /// Issues the test mints.
    pub issuer: Keypair,
    /// Runs the reference venues.
    pub venue_owner: Keypair,
}

impl Actors {
    /// The keys that follow from `seed`.
    pub fn new(seed: u64, keepers: usize) -> Self {
        let one = |role| keypair(seed, role, 0);
        Self {
            payer: one("payer"),
            owner: one("owner"),
            curator: one("curator"),
            guardian: one("guardian"),
            keepers: (0..keepers as u64).map(|index| keypair(seed, "keeper", index)).collect(),
            issuer: one("issuer"),
            venue_owner: one("venue owner"),
        }
    }

    /// Gives everybody lamports.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn fund(&self, chain: &mut impl Sandbox) -> Result<(), ChainError> {
        let named = [&self.payer, &self.owner, &self.curator, &self.guardian, &self.issuer, &self.venue_owner];
        fund_each(chain, named.into_iter().chain(&self.keepers))
    }

    /// Gives lamports to those who are there before Gimbal is: who pays, who issues the mints, who runs the venues.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn fund_outside(&self, chain: &mut impl Sandbox) -> Result<(), ChainError> {
        fund_each(chain, [&self.payer, &self.issuer, &self.venue_owner])
    }
}

fn fund_each<'a>(chain: &mut impl Sandbox, actors: impl IntoIterator<Item = &'a Keypair>) -> Result<(), ChainError> {
    actors.into_iter().try_for_each(|actor| chain.fund(&actor.pubkey(), LAMPORTS))
}

impl Clone for Actors {
    fn clone(&self) -> Self {
        Self {
            payer: self.payer.insecure_clone(),
            owner: self.owner.insecure_clone(),
            curator: self.curator.insecure_clone(),
            guardian: self.guardian.insecure_clone(),
            keepers: self.keepers.iter().map(Keypair::insecure_clone).collect(),
            issuer: self.issuer.insecure_clone(),
            venue_owner: self.venue_owner.insecure_clone(),
        }
    }
}

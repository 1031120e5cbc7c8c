//! What the loop needs to know of planning: what is due now, and by which transactions.

use anchor_lang::prelude::Clock;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::AddressLookupTableAccount;

use super::plan::Purse;
use super::{wire::Wire, Action};
use crate::chain::ChainError;

/// What one look at the chain found due.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// The chain's clock at the time.
    pub clock: Clock,
    /// What the keeper's key holds, lamports.
    pub wallet: u64,
    /// Vaults that were looked at.
    pub vaults: usize,
    /// What is due; what others build on comes first.
    pub actions: Vec<Action>,
    /// What could not be looked at or is not done, and why, for people.
    pub notes: Vec<String>,
}

/// One transaction: what it does, and how, without blockhash, compute budget and signatures.
#[derive(Debug, Default)]
pub struct Package {
    /// Actions that it does.
    pub completes: Vec<Action>,
    /// Actions for which it only makes ready, as the first of several transactions.
    pub prepares: Vec<Action>,
    /// Its instructions, without any of the compute budget.
    pub instructions: Vec<Instruction>,
    /// How many of them belong to each action that it completes, in order.
    pub parts: Vec<usize>,
    /// Who signs beside the keeper: accounts made for this transaction.
    pub signers: Vec<Keypair>,
    /// Tables that shorten it.
    pub tables: Vec<AddressLookupTableAccount>,
    /// Places of the packages, in the same list, that must have landed before.
    pub after: Vec<usize>,
}

impl Package {
    /// Every action that it has to do with.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.completes.iter().chain(&self.prepares)
    }
}

/// An action that a trial refused.
#[derive(Clone, Debug)]
pub struct Left {
    /// The action.
    pub action: Action,
    /// The error's name, such as `StaleVenue`.
    pub name: String,
    /// The same in words.
    pub reason: String,
}

/// What a trial of a package showed.
#[derive(Debug, Default)]
pub struct Trial {
    /// What can be sent, each with the compute units that it used.
    pub ready: Vec<(Package, u64)>,
    /// What was refused, and why.
    pub left: Vec<Left>,
}

/// A plan as transactions.
#[derive(Debug, Default)]
pub struct Packed {
    /// The transactions; those that others stand on come first.
    pub packages: Vec<Package>,
    /// What cannot be put into any, and why.
    pub left: Vec<Left>,
}

/// Says what is due and how it is done.
pub trait Planner {
    /// Looks at the chain and says what is due.
    ///
    /// # Errors
    ///
    /// The chain's, where nothing can be said at all.
    fn round(&mut self, chain: &dyn Wire, purse: &Purse) -> Result<Round, ChainError>;

    /// Puts actions of the last round, in its order, into transactions.
    ///
    /// # Errors
    ///
    /// The chain's.
    fn pack(&mut self, chain: &dyn Wire, actions: Vec<Action>) -> Result<Packed, ChainError>;

    /// Tries a package out on the chain as it is now.
    ///
    /// # Errors
    ///
    /// The chain's, where it does not answer. A refusal is no error.
    fn trial(&mut self, chain: &dyn Wire, package: Package) -> Result<Trial, ChainError>;
}

//! What is to be done: every step, and what it found.

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use gimbal::chain::{Chain, ChainError};

use crate::keys::Signers;
use crate::setup::Setup;
use crate::steps::{self, Difference, State, Step};

/// Lamports of one signature.
const LAMPORTS_PER_SIGNATURE: u64 = 5_000;
/// No step sends more: a full lookup table of 256 addresses takes ten transactions.
const MOST_TRANSACTIONS_PER_STEP: u64 = 10;
/// Who pays and who has the power.
const SIGNATURES: u64 = 2;

/// A step and what it found.
pub struct Planned<'a> {
    /// The step.
    pub step: Box<dyn Step + 'a>,
    /// What it found.
    pub state: State,
}

/// Every step and what it found.
pub struct Plan<'a> {
    /// In order.
    pub steps: Vec<Planned<'a>>,
}

impl<'a> Plan<'a> {
    /// Looks at the chain.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn of(setup: &'a Setup, chain: &dyn Chain, signers: &Signers) -> Result<Self> {
        let mut planned = Vec::new();
        for step in steps::all(setup) {
            let state = look(step.as_ref(), chain, signers).with_context(|| step.name())?;
            planned.push(Planned { step, state });
        }
        Ok(Self { steps: planned })
    }

    /// Steps that have something to make.
    pub fn missing(&self) -> impl Iterator<Item = &Planned<'a>> {
        self.steps.iter().filter(|planned| planned.state == State::Missing)
    }

    /// Everything that is other than the file says.
    pub fn differences(&self) -> Vec<&Difference> {
        let mut all = Vec::new();
        for planned in &self.steps {
            if let State::Differs(differences) = &planned.state {
                all.extend(differences);
            }
        }
        all
    }

    /// Steps that cannot be done, and what each needs.
    pub fn blocked(&self) -> Vec<(String, &str)> {
        self.told(|state| match state {
            State::Blocked(why) => Some(why),
            _ => None,
        })
    }

    /// Steps that are on their way, and what each waits for.
    pub fn waiting(&self) -> Vec<(String, &str)> {
        self.told(|state| match state {
            State::Waits(what) => Some(what),
            _ => None,
        })
    }

    fn told(&self, word: impl Fn(&State) -> Option<&String>) -> Vec<(String, &str)> {
        let told = |planned: &'_ Planned<'_>| planned.step.name();
        self.steps.iter().filter_map(|planned| Some((told(planned), word(&planned.state)?.as_str()))).collect()
    }

    /// Lamports that the missing accounts hold to stay.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn rent(&self, chain: &dyn Chain) -> Result<u64, ChainError> {
        let mut lamports = 0_u64;
        for planned in self.missing() {
            for made in planned.step.makes() {
                let there = made.key.map(|key| chain.get_account(&key)).transpose()?.flatten().is_some();
                if !there {
                    lamports = lamports.saturating_add(chain.minimum_balance(made.bytes)?);
                }
            }
        }
        Ok(lamports)
    }

    /// A bound of what the network asks for the missing steps' signatures, lamports.
    pub fn fees_at_most(&self) -> u64 {
        let steps = u64::try_from(self.missing().count()).unwrap_or(u64::MAX);
        steps.saturating_mul(MOST_TRANSACTIONS_PER_STEP).saturating_mul(SIGNATURES * LAMPORTS_PER_SIGNATURE)
    }

    /// Refuses to begin what the payer could not pay to the end.
    ///
    /// # Errors
    ///
    /// If it holds too little.
    pub fn check_funds(&self, chain: &dyn Chain, payer: &Pubkey) -> Result<()> {
        let account = chain.get_account(payer)?;
        let held = account.map_or(0, |account| account.lamports);
        // What pays must keep its own rent.
        let needed = self.rent(chain)?.saturating_add(self.fees_at_most()).saturating_add(chain.minimum_balance(0)?);
        if held < needed {
            bail!(
                "{payer}, who pays, holds {} SOL and needs up to {}: send it SOL (on localnet: `gimbal localnet airdrop {payer} 10`)",
                crate::report::sol(held),
                crate::report::sol(needed)
            );
        }
        Ok(())
    }
}

/// What a step finds, and whether who has to sign for it is at hand.
///
/// # Errors
///
/// The chain's.
pub fn look(step: &dyn Step, chain: &dyn Chain, signers: &Signers) -> Result<State, ChainError> {
    let state = step.look(chain)?;
    if state != State::Missing {
        return Ok(state);
    }
    let authority = step.authority(chain)?;
    match signers.has(&authority) {
        true => Ok(State::Missing),
        false => Ok(State::Blocked(format!("{authority} has to sign: give its keypair with --keypair"))),
    }
}

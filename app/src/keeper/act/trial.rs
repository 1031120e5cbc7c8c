//! Trying a package out before it is signed.

use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use solana_transaction::{versioned::VersionedTransaction, Signature, TransactionError};

use crate::bundle::with_budget;
use crate::chain::{Chain, ChainError, Receipt};
use crate::keeper::action::{ActionKey, ActionKind};
use crate::keeper::planner::{Left, Package, Trial};
use crate::transaction;

/// The name under which an action is left that would change nothing any more.
const NOTHING_NEW: &str = "NothingNew";

/// Simulates a package. An action that is refused is taken out with its reason, and those that need it without a word:
/// the next plan finds them again. The rest is tried anew, so that what is ready has passed as it is.
///
/// # Errors
///
/// The chain's, where it does not answer. A refusal is no error.
pub fn trial(chain: &dyn Chain, payer: &Pubkey, mut package: Package) -> Result<Trial, ChainError> {
    let mut left = Vec::new();
    // Each turn takes at least one action out.
    while !package.instructions.is_empty() {
        let failed = match simulate(chain, payer, &package) {
            Ok(receipt) => match without_effect(&package, &receipt) {
                Some(place) => (place, nothing_new(&package, place), false),
                None => return Ok(Trial { ready: vec![(package, receipt.compute_units)], left }),
            },
            Err(error) => match place_of(&package, &error) {
                Some(place) => (place, refused(&package, place, &error), true),
                None if is_refusal(&error) => {
                    left.extend(all_refused(&package, &error));
                    break;
                }
                None => return Err(error),
            },
        };
        let (place, reason, takes_others) = failed;
        left.extend(reason);
        take_out(&mut package, place, takes_others);
    }
    Ok(Trial { ready: Vec::new(), left })
}

/// Runs the package with a limit that covers it. Nodes do not ask for signatures here.
fn simulate(chain: &dyn Chain, payer: &Pubkey, package: &Package) -> Result<Receipt, ChainError> {
    let instructions = with_budget(&package.instructions);
    let message = transaction::compile(payer, &instructions, &package.tables, chain.latest_blockhash()?)?;
    let signatures = vec![Signature::default(); usize::from(message.header().num_required_signatures)];
    chain.simulate(&VersionedTransaction { signatures, message })
}

/// The action that an instruction belongs to. The compute limit stands in front.
fn action_at(package: &Package, instruction: usize) -> Option<usize> {
    let mut end = 1;
    (instruction > 0).then_some(())?;
    package.parts.iter().position(|part| {
        end += part;
        instruction < end
    })
}

fn place_of(package: &Package, error: &ChainError) -> Option<usize> {
    match error.refused()?.error {
        TransactionError::InstructionError(instruction, _) => action_at(package, usize::from(instruction)),
        _ => None,
    }
}

/// Whether the package itself is what fails, not the chain.
fn is_refusal(error: &ChainError) -> bool {
    matches!(error, ChainError::Refused(_) | ChainError::NotBuilt(_))
}

/// An update of a feed that would succeed and change nothing: somebody was faster. An update that takes a price signs an
/// event.
fn without_effect(package: &Package, receipt: &Receipt) -> Option<usize> {
    let mut first = 1;
    package.completes.iter().zip(&package.parts).position(|(action, part)| {
        let range = first..first + part;
        first += part;
        action.kind == ActionKind::UpdateFeed && !receipt.inner.iter().any(|call| range.contains(&call.outer_index))
    })
}

fn nothing_new(package: &Package, place: usize) -> Option<Left> {
    let action = package.completes.get(place)?.clone();
    Some(Left { action, name: NOTHING_NEW.to_owned(), reason: "somebody was faster: it has this price".to_owned() })
}

fn refused(package: &Package, place: usize, error: &ChainError) -> Option<Left> {
    let action = package.completes.get(place)?.clone();
    Some(Left { action, name: error.name(), reason: error.to_string() })
}

fn all_refused<'a>(package: &'a Package, error: &'a ChainError) -> impl Iterator<Item = Left> + 'a {
    package.actions().map(|action| Left { action: action.clone(), name: error.name(), reason: error.to_string() })
}

/// Takes an action out of a package; `others`: and what needs it.
fn take_out(package: &mut Package, place: usize, others: bool) {
    let mut gone: BTreeSet<ActionKey> = package.completes.get(place).map(|action| action.key()).into_iter().collect();
    let mut instructions = std::mem::take(&mut package.instructions).into_iter();
    let parts = std::mem::take(&mut package.parts);
    let actions = std::mem::take(&mut package.completes);
    for (index, (action, part)) in actions.into_iter().zip(parts).enumerate() {
        let own: Vec<_> = instructions.by_ref().take(part).collect();
        if index == place || (others && action.needs.iter().any(|need| gone.contains(need))) {
            gone.insert(action.key());
        } else {
            package.instructions.extend(own);
            package.parts.push(part);
            package.completes.push(action);
        }
    }
}

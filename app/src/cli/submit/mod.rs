//! From an operation to its signature: simulation, review, consent, sending; or the message for those who sign elsewhere.
//!
//! | module | subject |
//! |---|---|
//! | `online` | simulate, show, ask, send |
//! | `offline` | sign only, and messages for a multisig |
//! | `keys` | who can sign |
//! | `budget` | compute units and the network's fee |
//! | `review`, `balances` | what is shown |

mod balances;
mod budget;
mod keys;
mod offline;
mod online;
mod review;

pub use offline::Signatures;

use super::operation::{Operation, Outcome, TransactionArgs};
use super::session::Session;
use crate::chain::Receipt;
use anchor_lang::prelude::Pubkey;
use anyhow::Result;

/// Does what the user asked for, in the way that the arguments ask for, and prints what came of it.
///
/// Nothing is signed before the review is shown and confirmed. What a compute limit or price is not given is taken from
/// the simulation and from recent slots, unless a blockhash is given: then all who sign must come to the same bytes, and
/// what is not given is left out.
///
/// # Errors
///
/// A missing signature, a refusal of the simulation or of the chain, an answer other than yes. Except for the chain's
/// `Unknown`, nothing was done.
pub fn submit(session: &mut Session, args: &TransactionArgs, operation: Operation) -> Result<Outcome> {
    if args.multisig {
        return offline::message(session, args, &operation);
    }
    if args.sign_only {
        return offline::sign(session, args, &operation);
    }
    online::run(session, args, &operation)
}

/// Who pays the network's fee of an operation by `authority`: `--fee-payer`, else who signs; a multisig's own vault for its
/// messages.
///
/// # Errors
///
/// If a source gives no key.
pub fn payer(session: &mut Session, args: &TransactionArgs, authority: &Pubkey) -> Result<Pubkey> {
    match (&session.config.fee_payer, args.multisig) {
        (None, true) => Ok(*authority),
        _ => session.payer_key(),
    }
}

/// Simulates an operation's own transaction and nothing else: for commands that decide by what the chain would say. Signs
/// nothing.
///
/// # Errors
///
/// The chain's refusal.
pub fn look(session: &mut Session, args: &TransactionArgs, operation: &Operation) -> Result<Receipt> {
    let payer = payer(session, args, &operation.authority)?;
    online::look(session, &payer, operation, &budget::Budget::given(args))
}

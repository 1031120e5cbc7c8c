//! Sending a transaction: the same signed bytes again and again until it is settled what became of them.

use std::{
    thread,
    time::{Duration, Instant},
};

use solana_rpc_client_api::config::{RpcSendTransactionConfig, UiTransactionEncoding};
use solana_transaction::{versioned::VersionedTransaction, Signature, TransactionError};

use super::{
    blockhash::Life,
    each::Each,
    endpoint::{jittered, Trouble},
    receipt::Landed,
    simulate::refusal,
    RpcChain,
};
use crate::chain::{ChainError, Receipt, Refused};

/// How long between two looks at where the transaction stands.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// The shortest time between two looks, where transactions are sent again without any pause.
const LOOK_SOONEST: Duration = Duration::from_millis(2);

/// What came of handing the bytes to all nodes once.
enum Handed {
    /// A node took them, or may have.
    Perhaps,
    /// No node could be asked just now.
    Nobody,
    /// Every node that answered will not pass them on.
    Refused(ChainError),
}

impl RpcChain {
    /// Hands the signed bytes to every node once and does not wait for what becomes of them. That a node has them
    /// already is no error.
    ///
    /// # Errors
    ///
    /// [`ChainError::Unreachable`] if no node can be reached; [`ChainError::Refused`] or [`ChainError::Backend`] if
    /// every one refuses to pass them on.
    pub fn broadcast(&self, transaction: &VersionedTransaction) -> Result<(), ChainError> {
        crate::transaction::check_limits(transaction)?;
        match self.hand_out(transaction) {
            Handed::Perhaps => Ok(()),
            Handed::Nobody => Err(self.unreachable(0, "no node took the transaction".to_owned())),
            Handed::Refused(error) => Err(error),
        }
    }

    fn hand_out(&self, transaction: &VersionedTransaction) -> Handed {
        let config = RpcSendTransactionConfig {
            // It was tried out; a node's own trial may only fail because the node is behind.
            skip_preflight: true,
            preflight_commitment: Some(self.options.commitment),
            encoding: Some(UiTransactionEncoding::Base64),
            // Repeating is done here, as long as it makes sense and no longer.
            max_retries: Some(0),
            min_context_slot: None,
        };
        let bytes = transaction.clone();
        let answers = self.ask_each(move |endpoint| {
            let sent = endpoint.ask(|client| client.send_transaction_with_config(&bytes, config));
            sent.map(|_| ()).map_err(|trouble| (endpoint.name.clone(), trouble))
        });
        let mut refused = None;
        let mut all_refuse = true;
        for answer in answers {
            match answer {
                // A lost answer says nothing about the bytes: the node may have passed them on.
                Each::Late | Each::Answered(Ok(()) | Err((_, Trouble::Lost(_) | Trouble::Behind))) => {
                    return Handed::Perhaps
                }
                Each::Resting | Each::Answered(Err((_, Trouble::Down | Trouble::Busy { .. }))) => all_refuse = false,
                Each::Answered(Err((name, Trouble::Refused { reason, simulated }))) => {
                    let tried = simulated.and_then(|told| refusal(&transaction.message, &told));
                    // Nodes that insist on a trial of their own tell its end in words at least.
                    let words = ["already been processed", "Blockhash not found"].iter().any(|it| reason.contains(it));
                    if words || tried.as_ref().is_some_and(may_have_landed) {
                        return Handed::Perhaps;
                    }
                    refused = Some(match tried {
                        Some(tried) => ChainError::Refused(Box::new(tried)),
                        None => ChainError::Backend(format!(
                            "the node at {name} does not pass the transaction on: {reason}; try another node"
                        )),
                    });
                }
            }
        }
        refused.filter(|_| all_refuse).map_or(Handed::Nobody, Handed::Refused)
    }

    /// Sends the transaction until it is settled what became of it. It is never signed anew here.
    pub(super) fn deliver(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        // Whether a node may hold the bytes. Until then a refusal means that nothing was sent.
        let sent = match self.rehearse(transaction) {
            Err(ChainError::Refused(refused)) if may_have_landed(&refused) => true,
            // One that was sent before, and has done what it does, may fail a trial for that very reason.
            Err(refusal @ ChainError::Refused(_)) => match self.statuses(&[signature])?.as_slice() {
                [Some(_)] => true,
                _ => return Err(refusal),
            },
            Err(error) => return Err(error),
            Ok(_) => false,
        };
        let life = self.life_of(transaction.message.recent_blockhash())?;
        self.follow(transaction, &signature, life, sent)
    }

    fn follow(
        &self,
        transaction: &VersionedTransaction,
        signature: &Signature,
        mut life: Life,
        mut sent: bool,
    ) -> Result<Receipt, ChainError> {
        let deadline = Instant::now() + self.options.deadline;
        let mut next_send = Instant::now();
        while Instant::now() < deadline {
            let send_now = Instant::now() >= next_send;
            if send_now {
                match self.hand_out(transaction) {
                    Handed::Perhaps => sent = true,
                    Handed::Refused(error) if !sent => return Err(error),
                    Handed::Refused(_) | Handed::Nobody => {}
                }
                next_send = Instant::now() + self.options.resend_every;
            }
            match self.glance(signature).flatten() {
                // The ledger's entry is the proof. A node that only claims to have it does not end the sending.
                Some(status) if status.confirmed => {
                    if let Ok(Some(landed)) = self.lookup(signature) {
                        return outcome(landed);
                    }
                }
                Some(_) => {}
                None if send_now && self.is_lost(signature, life.last_valid) => {
                    match self.extended(transaction.message.recent_blockhash(), life) {
                        None => return Err(ChainError::Expired),
                        Some(longer) => life = longer,
                    }
                }
                None => {}
            }
            thread::sleep(jittered(self.options.resend_every.clamp(LOOK_SOONEST, LOOK_EVERY)));
        }
        // One last look, by whatever node answers.
        match self.lookup(signature) {
            Ok(Some(landed)) => outcome(landed),
            _ if sent => Err(ChainError::Unknown { signature: *signature }),
            _ => Err(self.unreachable(0, "no node took the transaction, so nothing was sent".to_owned())),
        }
    }
}

/// Whether the refusal of a trial says nothing about what the transaction does: it has landed already, or the node does
/// not know its blockhash (yet, or no more).
fn may_have_landed(refused: &Refused) -> bool {
    matches!(refused.error, TransactionError::AlreadyProcessed | TransactionError::BlockhashNotFound)
}

fn outcome(landed: Landed) -> Result<Receipt, ChainError> {
    match landed.refused {
        Some(refused) => Err(ChainError::Refused(Box::new(refused))),
        None => Ok(landed.executed.receipt),
    }
}

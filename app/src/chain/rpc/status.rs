//! What has become of transactions that were sent.

use serde::Deserialize;
use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::Result as ClientResult,
    request::{RpcRequest, MAX_GET_SIGNATURE_STATUSES_QUERY_ITEMS},
    response::Response,
};
use solana_transaction::{Signature, TransactionError};
use solana_transaction_status_client_types::{TransactionConfirmationStatus, UiTransactionError};

use super::{quorum::majority, Commitment, RpcChain};
use crate::chain::ChainError;

/// Where a transaction stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The slot it landed in.
    pub slot: u64,
    /// Why it failed, if it did.
    pub error: Option<TransactionError>,
    /// Whether its block is as settled as was asked for ([`super::RpcOptions::commitment`], `confirmed` at least).
    pub confirmed: bool,
}

/// As a node tells it. The client's own type refuses errors in the words of older nodes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    slot: u64,
    err: Option<UiTransactionError>,
    /// None stands for a finalized block.
    confirmations: Option<u64>,
    confirmation_status: Option<TransactionConfirmationStatus>,
}

impl Told {
    fn read(self, commitment: Commitment) -> Status {
        let reached = self.confirmation_status.unwrap_or(match self.confirmations {
            None => TransactionConfirmationStatus::Finalized,
            Some(0 | 1) => TransactionConfirmationStatus::Processed,
            Some(_) => TransactionConfirmationStatus::Confirmed,
        });
        let confirmed = match reached {
            TransactionConfirmationStatus::Finalized => true,
            TransactionConfirmationStatus::Confirmed => commitment != Commitment::Finalized,
            TransactionConfirmationStatus::Processed => false,
        };
        Status { slot: self.slot, error: self.err.map(TransactionError::from), confirmed }
    }
}

fn ask(client: &RpcClient, signatures: &[Signature], whole_history: bool) -> ClientResult<Response<Vec<Option<Told>>>> {
    let names: Vec<String> = signatures.iter().map(Signature::to_string).collect();
    let question = json!([names, { "searchTransactionHistory": whole_history }]);
    client.send(RpcRequest::GetSignatureStatuses, question)
}

impl RpcChain {
    /// Where each of these transactions stands, none for one that no node knows: all nodes are asked, and the furthest
    /// answer counts. Asked in parts of 256.
    ///
    /// # Errors
    ///
    /// [`ChainError::Unreachable`] if no node answers.
    pub fn statuses(&self, signatures: &[Signature]) -> Result<Vec<Option<Status>>, ChainError> {
        let mut statuses = Vec::with_capacity(signatures.len());
        for part in signatures.chunks(MAX_GET_SIGNATURE_STATUSES_QUERY_ITEMS) {
            statuses.extend(self.heard(part)?);
        }
        Ok(statuses)
    }

    fn heard(&self, part: &[Signature]) -> Result<Vec<Option<Status>>, ChainError> {
        let answers = match self.endpoints.len() {
            // With the pauses and repetitions of any other question.
            1 => vec![Some(self.ask(|client| ask(client, part, true))?.value)],
            _ => {
                let part = part.to_vec();
                let each = self.ask_each(move |endpoint| endpoint.ask(|client| ask(client, &part, true)));
                each.into_iter().map(|answer| answer.answered()?.ok().map(|told| told.value)).collect()
            }
        };
        let mut best: Vec<Option<Status>> = vec![None; part.len()];
        let mut any = false;
        for answer in answers.into_iter().flatten().filter(|answer| answer.len() == part.len()) {
            any = true;
            for (best, told) in best.iter_mut().zip(answer) {
                let told = told.map(|told| told.read(self.options.commitment));
                if told.is_some() && !best.as_ref().is_some_and(|best| best.confirmed) {
                    *best = told;
                }
            }
        }
        match any {
            true => Ok(best),
            false => Err(self.unreachable(0, "no node tells where the transactions stand".to_owned())),
        }
    }

    /// Where one stands, asked once of each node without waiting for any; the outer none where no node answered.
    pub(super) fn glance(&self, signature: &Signature) -> Option<Option<Status>> {
        let one = [*signature];
        let commitment = self.options.commitment;
        let answers = self.ask_each(move |endpoint| {
            let told = endpoint.ask(|client| ask(client, &one, false)).ok()?.value.into_iter().next()?;
            Some(told.map(|told| told.read(commitment)))
        });
        let heard: Vec<Option<Status>> = answers.into_iter().filter_map(|answer| answer.answered().flatten()).collect();
        let any = !heard.is_empty();
        let best = heard.into_iter().flatten().max_by_key(|status| status.confirmed);
        any.then_some(best)
    }

    /// Whether the transaction can never land any more: a majority of all nodes each have finalized a block above
    /// `last_valid` and, in a state at least as new, do not know the transaction, nor does any other of those nodes.
    pub fn is_lost(&self, signature: &Signature, last_valid: u64) -> bool {
        let one = [*signature];
        let finalized = CommitmentConfig::finalized();
        let attested = self.ask_each(move |endpoint| {
            let info = endpoint.ask(|client| client.get_epoch_info_with_commitment(finalized)).ok()?;
            if info.block_height <= last_valid {
                return None;
            }
            // The status is asked after the height: a block that came between the two is counted in its favour. Behind
            // one address there may be many nodes, so the answer must be of a state that includes that height.
            let told = endpoint.ask(|client| ask(client, &one, true)).ok()?;
            let new_enough = told.context.slot >= info.absolute_slot;
            Some((new_enough, told.value.into_iter().next()?.is_some()))
        });
        let heard: Vec<(bool, bool)> = attested.into_iter().filter_map(|answer| answer.answered().flatten()).collect();
        let known = heard.iter().any(|(_, known)| *known);
        let passed = heard.iter().filter(|(new_enough, _)| *new_enough).count();
        !known && passed >= majority(self.endpoints.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_counts_as_settled_as_its_node_says() {
        let told = |status: Option<TransactionConfirmationStatus>, confirmations| Told {
            slot: 7,
            err: None,
            confirmations,
            confirmation_status: status,
        };
        use TransactionConfirmationStatus::{Confirmed, Finalized, Processed};
        for (status, confirmations, confirmed, finalized) in [
            (Some(Processed), Some(0), false, false),
            (Some(Confirmed), Some(5), true, false),
            (Some(Finalized), None, true, true),
            (None, Some(1), false, false),
            (None, Some(20), true, false),
            (None, None, true, true),
        ] {
            let read = |commitment| told(status.clone(), confirmations).read(commitment).confirmed;
            assert_eq!(read(Commitment::Confirmed), confirmed);
            assert_eq!(read(Commitment::Processed), confirmed, "never less than confirmed");
            assert_eq!(read(Commitment::Finalized), finalized);
        }
    }

    #[test]
    fn errors_in_the_words_of_older_nodes_are_read() {
        let text = r#"{"slot":5,"err":{"InstructionError":[2,{"BorshIoError":"Unknown"}]},"confirmations":null}"#;
        let status = serde_json::from_str::<Told>(text).unwrap().read(Commitment::Finalized);
        let error = TransactionError::InstructionError(2, solana_instruction::error::InstructionError::BorshIoError);
        assert_eq!(status, Status { slot: 5, error: Some(error), confirmed: true });
    }
}

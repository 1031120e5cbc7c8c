//! What a node tells of a transaction, as a [`Receipt`] or a [`Refused`].

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use solana_message::VersionedMessage;
use solana_transaction::{versioned::VersionedTransaction, Signature, TransactionError};
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiInnerInstructions, UiInstruction, UiLoadedAddresses,
    UiParsedInstruction, UiTransactionReturnData,
};

use super::token_changes::token_changes;
use crate::chain::{own_calls, ChainError, Executed, InnerCall, Receipt, Refused};

/// The error for an answer that is not what was asked.
pub(super) fn unreadable(signature: &Signature, what: &str) -> ChainError {
    ChainError::Backend(format!("the node's answer about {signature} has no readable {what}: try another node"))
}

/// The refusal of a transaction with this message.
pub(super) fn refused(error: TransactionError, message: &VersionedMessage, logs: Vec<String>, units: u64) -> Refused {
    let sent_to = |index: usize| {
        let instruction = message.instructions().get(index)?;
        message.static_account_keys().get(usize::from(instruction.program_id_index)).copied()
    };
    Refused::new(error, sent_to, logs, units)
}

/// The message's accounts in their order: its own, then those that it looked up.
pub(super) fn all_keys(message: &VersionedMessage, loaded: Option<&UiLoadedAddresses>) -> Option<Vec<Pubkey>> {
    let mut keys = message.static_account_keys().to_vec();
    if let Some(loaded) = loaded {
        for key in loaded.writable.iter().chain(&loaded.readonly) {
            keys.push(key.parse().ok()?);
        }
    }
    Some(keys)
}

/// Every call below the transaction's own instructions, in order. Of instructions that the node has parsed itself (those
/// of well-known programs, in simulations) accounts and data are not told and stay empty.
pub(super) fn inner_calls(groups: Vec<UiInnerInstructions>, keys: &[Pubkey]) -> Option<Vec<InnerCall>> {
    let mut calls = Vec::new();
    let key = |place: &u8| keys.get(usize::from(*place)).copied();
    for group in groups {
        for instruction in group.instructions {
            let (program, accounts, data, stack_height) = match instruction {
                UiInstruction::Compiled(call) => (
                    key(&call.program_id_index)?,
                    call.accounts.iter().map(key).collect::<Option<_>>()?,
                    bs58::decode(call.data).into_vec().ok()?,
                    call.stack_height,
                ),
                UiInstruction::Parsed(UiParsedInstruction::PartiallyDecoded(call)) => (
                    call.program_id.parse().ok()?,
                    call.accounts.iter().map(|key| key.parse().ok()).collect::<Option<_>>()?,
                    bs58::decode(call.data).into_vec().ok()?,
                    call.stack_height,
                ),
                UiInstruction::Parsed(UiParsedInstruction::Parsed(call)) => {
                    (call.program_id.parse().ok()?, Vec::new(), Vec::new(), call.stack_height)
                }
            };
            calls.push(InnerCall {
                outer_index: usize::from(group.index),
                // Old ledgers do not tell; a call from the transaction's own instruction is then the best guess.
                stack_height: u8::try_from(stack_height.unwrap_or(2)).ok()?,
                program,
                accounts,
                data,
            });
        }
    }
    Some(calls)
}

/// Which program returned what.
pub(super) fn return_data(told: UiTransactionReturnData) -> Option<(Pubkey, Vec<u8>)> {
    Some((told.program_id.parse().ok()?, BASE64.decode(told.data.0).ok()?))
}

/// A transaction of the ledger, and why it failed if it did.
pub(super) struct Landed {
    pub executed: Executed,
    pub refused: Option<Refused>,
}

/// Reads the answer of `getTransaction` in the encoding base64. `time` is used where the answer tells none.
pub(super) fn landed(
    signature: &Signature,
    told: EncodedConfirmedTransactionWithStatusMeta,
    time: impl FnOnce(u64) -> Result<i64, ChainError>,
) -> Result<Landed, ChainError> {
    let bad = |what| unreadable(signature, what);
    let transaction: VersionedTransaction = told.transaction.transaction.decode().ok_or_else(|| bad("transaction"))?;
    if transaction.signatures.first() != Some(signature) {
        return Err(bad("transaction of this signature"));
    }
    let meta = told.transaction.meta.ok_or_else(|| bad("outcome"))?;
    let message = &transaction.message;
    let payer_change = match (meta.pre_balances.first(), meta.post_balances.first()) {
        (Some(before), Some(after)) => i64::try_from(i128::from(*after) - i128::from(*before)).ok(),
        _ => None,
    };
    let loaded: Option<UiLoadedAddresses> = meta.loaded_addresses.into();
    let keys = all_keys(message, loaded.as_ref()).ok_or_else(|| bad("addresses"))?;
    let tokens = token_changes(&keys, meta.pre_token_balances.into(), meta.post_token_balances.into());
    let groups: Option<Vec<UiInnerInstructions>> = meta.inner_instructions.into();
    let returned: Option<UiTransactionReturnData> = meta.return_data.into();
    let logs: Option<Vec<String>> = meta.log_messages.into();
    let units: Option<u64> = meta.compute_units_consumed.into();
    let receipt = Receipt {
        signature: *signature,
        slot: told.slot,
        compute_units: units.unwrap_or_default(),
        fee: meta.fee,
        logs: logs.unwrap_or_default(),
        own: own_calls(message, &keys).ok_or_else(|| bad("instructions"))?,
        inner: inner_calls(groups.unwrap_or_default(), &keys).ok_or_else(|| bad("inner instructions"))?,
        return_data: returned.and_then(return_data),
    };
    let error = meta.err.map(TransactionError::from);
    let refused = error.map(|error| refused(error, message, receipt.logs.clone(), receipt.compute_units));
    let fee_payer = *message.static_account_keys().first().ok_or_else(|| bad("fee payer"))?;
    let time = match told.block_time {
        Some(time) => time,
        None => time(told.slot)?,
    };
    let failed = refused.as_ref().map(Refused::name);
    Ok(Landed {
        executed: Executed {
            receipt,
            time,
            failed,
            fee_payer,
            payer_change: payer_change.ok_or_else(|| bad("balances"))?,
            tokens,
        },
        refused,
    })
}

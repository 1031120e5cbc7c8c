//! Transactions in the encodings of JSON-RPC.

use std::collections::HashMap;

use anchor_lang::prelude::Pubkey;
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use gimbal_svm::InnerInstruction;
use solana_message::{compiled_instruction::CompiledInstruction, VersionedMessage};
use solana_transaction::versioned::{TransactionVersion, VersionedTransaction};
use solana_transaction_status_client_types::{
    option_serializer::OptionSerializer, EncodedTransaction, EncodedTransactionWithStatusMeta, ParsedAccount,
    ParsedAccountSource, TransactionBinaryEncoding, TransactionDetails, UiAccountsList, UiAddressTableLookup,
    UiCompiledInstruction, UiInnerInstructions, UiInstruction, UiLoadedAddresses, UiMessage, UiParsedInstruction,
    UiParsedMessage, UiPartiallyDecodedInstruction, UiRawMessage, UiReturnDataEncoding, UiTransaction,
    UiTransactionEncoding, UiTransactionReturnData, UiTransactionStatusMeta,
};

use super::wire;
use crate::localnet::error::RpcError;
use crate::localnet::node::landed::{is_writable, Landed};

/// Depth of a transaction's own instructions.
const TOP: u32 = 1;

/// A transaction with all that is known of it.
///
/// # Errors
///
/// A version above the one that the caller understands.
pub fn encode(
    landed: &Landed,
    encoding: UiTransactionEncoding,
    details: TransactionDetails,
    most_version: Option<u8>,
) -> Result<EncodedTransactionWithStatusMeta, RpcError> {
    let version = match (most_version, landed.transaction.version()) {
        (None, TransactionVersion::Legacy(_)) => None,
        (Some(_), legacy @ TransactionVersion::Legacy(_)) => Some(legacy),
        (Some(most), TransactionVersion::Number(version)) if version <= most => {
            Some(TransactionVersion::Number(version))
        }
        (_, TransactionVersion::Number(version)) => return Err(RpcError::unsupported_version(version)),
    };
    let short = details == TransactionDetails::Accounts;
    let transaction = match (short, encoding.into_binary_encoding()) {
        (true, _) => EncodedTransaction::Accounts(UiAccountsList {
            signatures: signatures(&landed.transaction),
            account_keys: accounts(landed),
        }),
        (false, Some(TransactionBinaryEncoding::Base64)) => EncodedTransaction::Binary(
            BASE64.encode(wire::bytes(&landed.transaction)),
            TransactionBinaryEncoding::Base64,
        ),
        (false, Some(TransactionBinaryEncoding::Base58)) => {
            let text = bs58::encode(wire::bytes(&landed.transaction)).into_string();
            match encoding {
                UiTransactionEncoding::Binary => EncodedTransaction::LegacyBinary(text),
                _ => EncodedTransaction::Binary(text, TransactionBinaryEncoding::Base58),
            }
        }
        (false, None) => EncodedTransaction::Json(UiTransaction {
            signatures: signatures(&landed.transaction),
            message: match encoding {
                UiTransactionEncoding::JsonParsed => parsed_message(landed),
                _ => raw_message(&landed.transaction.message),
            },
        }),
    };
    let parsed = encoding == UiTransactionEncoding::JsonParsed;
    Ok(EncodedTransactionWithStatusMeta { transaction, meta: Some(meta(landed, parsed, short)), version })
}

fn signatures(transaction: &VersionedTransaction) -> Vec<String> {
    transaction.signatures.iter().map(ToString::to_string).collect()
}

fn meta(landed: &Landed, parsed: bool, short: bool) -> UiTransactionStatusMeta {
    let full = |value| if short { OptionSerializer::Skip } else { value };
    let status = landed.error.clone().map_or(Ok(()), |error| Err(error.into()));
    UiTransactionStatusMeta {
        err: landed.error.clone().map(Into::into),
        status,
        fee: landed.fee,
        pre_balances: landed.before.lamports.clone(),
        post_balances: landed.after.lamports.clone(),
        inner_instructions: match short {
            true => OptionSerializer::Skip,
            false => OptionSerializer::Some(inner(&landed.inner, &keys_of(landed), parsed)),
        },
        log_messages: match short {
            true => OptionSerializer::Skip,
            false => OptionSerializer::Some(landed.logs.clone()),
        },
        pre_token_balances: OptionSerializer::Some(landed.before.tokens.clone()),
        post_token_balances: OptionSerializer::Some(landed.after.tokens.clone()),
        rewards: match short {
            true => OptionSerializer::Skip,
            false => OptionSerializer::Some(Vec::new()),
        },
        // The parsed form names every address where it is used.
        loaded_addresses: match parsed || short {
            true => OptionSerializer::Skip,
            false => OptionSerializer::Some(loaded(&landed.transaction.message, &landed.loaded)),
        },
        return_data: match short {
            true => OptionSerializer::Skip,
            false => OptionSerializer::or_skip(returned(landed.return_data.as_ref())),
        },
        compute_units_consumed: full(OptionSerializer::Some(landed.compute_units)),
        cost_units: OptionSerializer::Skip,
    }
}

/// Data that a program returned.
pub fn returned(data: Option<&(Pubkey, Vec<u8>)>) -> Option<UiTransactionReturnData> {
    data.map(|(program, data)| UiTransactionReturnData {
        program_id: program.to_string(),
        data: (BASE64.encode(data), UiReturnDataEncoding::Base64),
    })
}

/// The addresses that a message loads through lookup tables, those that it may write first.
pub fn loaded(message: &VersionedMessage, addresses: &[Pubkey]) -> UiLoadedAddresses {
    let own = message.static_account_keys().len();
    let named = addresses.iter().enumerate();
    let (writable, readonly): (Vec<_>, Vec<_>) = named.partition(|(place, _)| is_writable(message, own + place));
    let texts = |list: Vec<(usize, &Pubkey)>| list.into_iter().map(|(_, key)| key.to_string()).collect();
    UiLoadedAddresses { writable: texts(writable), readonly: texts(readonly) }
}

/// Cross-program calls, under the instructions that led to them.
pub fn inner(calls: &[InnerInstruction], keys: &[Pubkey], parsed: bool) -> Vec<UiInnerInstructions> {
    // An address stands once among a transaction's keys.
    let places: HashMap<&Pubkey, u8> = keys.iter().zip(0_u8..).collect();
    let place = |key: &Pubkey| places.get(key).copied().unwrap_or_default();
    let mut grouped: Vec<UiInnerInstructions> = Vec::new();
    for call in calls {
        let index = u8::try_from(call.top_level_index).unwrap_or(u8::MAX);
        let stack_height = Some(u32::from(call.stack_height));
        let data = bs58::encode(&call.data).into_string();
        let instruction = if parsed {
            partly(&call.program_id, call.accounts.iter(), data, stack_height)
        } else {
            UiInstruction::Compiled(UiCompiledInstruction {
                program_id_index: place(&call.program_id),
                accounts: call.accounts.iter().map(place).collect(),
                data,
                stack_height,
            })
        };
        match grouped.last_mut() {
            Some(last) if last.index == index => last.instructions.push(instruction),
            _ => grouped.push(UiInnerInstructions { index, instructions: vec![instruction] }),
        }
    }
    grouped
}

fn keys_of(landed: &Landed) -> Vec<Pubkey> {
    landed.keys().copied().collect()
}

fn accounts(landed: &Landed) -> Vec<ParsedAccount> {
    let message = &landed.transaction.message;
    let own = message.static_account_keys().len();
    let account = |(place, key): (usize, &Pubkey)| ParsedAccount {
        pubkey: key.to_string(),
        writable: is_writable(message, place),
        signer: message.is_signer(place),
        source: Some(match place < own {
            true => ParsedAccountSource::Transaction,
            false => ParsedAccountSource::LookupTable,
        }),
    };
    landed.keys().enumerate().map(account).collect()
}

fn lookups(message: &VersionedMessage) -> Option<Vec<UiAddressTableLookup>> {
    message.address_table_lookups().map(|lookups| lookups.iter().map(Into::into).collect())
}

fn raw_message(message: &VersionedMessage) -> UiMessage {
    UiMessage::Raw(UiRawMessage {
        header: *message.header(),
        account_keys: message.static_account_keys().iter().map(ToString::to_string).collect(),
        recent_blockhash: message.recent_blockhash().to_string(),
        instructions: message.instructions().iter().map(|one| UiCompiledInstruction::from(one, Some(TOP))).collect(),
        address_table_lookups: lookups(message),
        transaction_config: None,
    })
}

fn parsed_message(landed: &Landed) -> UiMessage {
    let message = &landed.transaction.message;
    let keys = keys_of(landed);
    let key = |index: &u8| keys.get(usize::from(*index));
    let instruction = |one: &CompiledInstruction| {
        let program = key(&one.program_id_index).copied().unwrap_or_default();
        partly(&program, one.accounts.iter().filter_map(key), bs58::encode(&one.data).into_string(), Some(TOP))
    };
    UiMessage::Parsed(UiParsedMessage {
        account_keys: accounts(landed),
        recent_blockhash: message.recent_blockhash().to_string(),
        instructions: message.instructions().iter().map(instruction).collect(),
        address_table_lookups: lookups(message),
        transaction_config: None,
    })
}

/// An instruction with its addresses, its data left as it is.
fn partly<'a>(
    program: &Pubkey,
    accounts: impl Iterator<Item = &'a Pubkey>,
    data: String,
    stack_height: Option<u32>,
) -> UiInstruction {
    UiInstruction::Parsed(UiParsedInstruction::PartiallyDecoded(UiPartiallyDecodedInstruction {
        program_id: program.to_string(),
        accounts: accounts.map(ToString::to_string).collect(),
        data,
        stack_height,
    }))
}

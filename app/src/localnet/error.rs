//! What a request is answered with when it fails, by the numbers that Solana's nodes use.

use serde_json::{json, Value};
use solana_rpc_client_api::custom_error as codes;
use solana_rpc_client_api::response::RpcSimulateTransactionResult;

/// JSON that cannot be read.
pub const PARSE_ERROR: i64 = -32700;
/// JSON that is no request.
pub const INVALID_REQUEST: i64 = -32600;
/// A method that is not there.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// Parameters that do not fit the method.
pub const INVALID_PARAMS: i64 = -32602;
/// A fault of the server itself.
pub const INTERNAL_ERROR: i64 = -32603;

/// An error object of JSON-RPC.
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    /// Its number.
    pub code: i64,
    /// One sentence.
    pub message: String,
    /// More about it, where the method says so.
    pub data: Option<Value>,
}

impl RpcError {
    fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// The body is not JSON.
    pub fn parse(reason: &serde_json::Error) -> Self {
        Self::new(PARSE_ERROR, format!("Parse error: {reason}"))
    }

    /// The body is JSON, but no request, or more than one should be.
    pub fn invalid_request(reason: impl Into<String>) -> Self {
        Self::new(INVALID_REQUEST, reason)
    }

    /// No such method.
    pub fn method_not_found(method: &str) -> Self {
        let shown: String = method.chars().take(64).collect();
        Self::new(METHOD_NOT_FOUND, format!("Method not found: {shown}"))
    }

    /// Parameters that do not fit.
    pub fn invalid_params(reason: impl Into<String>) -> Self {
        Self::new(INVALID_PARAMS, reason)
    }

    /// A fault of the server.
    pub fn internal(reason: impl Into<String>) -> Self {
        Self::new(INTERNAL_ERROR, reason)
    }

    /// A transaction that was not sent, since its simulation failed; with all that the simulation gave.
    pub fn preflight(message: String, result: &RpcSimulateTransactionResult) -> Self {
        let data = serde_json::to_value(result).ok();
        Self { data, ..Self::new(codes::JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE, message) }
    }

    /// A signature that is missing or wrong.
    pub fn signature_verification() -> Self {
        Self::new(
            codes::JSON_RPC_SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE,
            "Transaction signature verification failure",
        )
    }

    /// A block that is not there yet.
    pub fn block_not_available(slot: u64) -> Self {
        Self::new(codes::JSON_RPC_SERVER_ERROR_BLOCK_NOT_AVAILABLE, format!("Block not available for slot {slot}"))
    }

    /// A block that is no longer kept.
    pub fn block_cleaned_up(slot: u64, first: u64) -> Self {
        Self::new(
            codes::JSON_RPC_SERVER_ERROR_BLOCK_CLEANED_UP,
            format!("Block {slot} cleaned up, does not exist on node. First available block: {first}"),
        )
    }

    /// A slot without a block: the clock jumped over it.
    pub fn slot_skipped(slot: u64) -> Self {
        Self::new(
            codes::JSON_RPC_SERVER_ERROR_SLOT_SKIPPED,
            format!("Slot {slot} was skipped, or missing due to ledger jump to recent snapshot"),
        )
    }

    /// There are no snapshots here.
    pub fn no_snapshot() -> Self {
        Self::new(codes::JSON_RPC_SERVER_ERROR_NO_SNAPSHOT, "No snapshot")
    }

    /// A transaction of a version that the caller did not say to understand.
    pub fn unsupported_version(version: u8) -> Self {
        Self::new(
            codes::JSON_RPC_SERVER_ERROR_UNSUPPORTED_TRANSACTION_VERSION,
            format!(
                "Transaction version ({version}) is not supported by the requesting client. Please try the request again \
                 with the following configuration parameter: \"maxSupportedTransactionVersion\": {version}"
            ),
        )
    }

    /// The slot that the caller waits for lies ahead.
    pub fn min_context_slot(slot: u64) -> Self {
        Self {
            data: Some(json!({ "contextSlot": slot })),
            ..Self::new(
                codes::JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
                "Minimum context slot has not been reached",
            )
        }
    }

    /// The error object.
    pub fn to_json(&self) -> Value {
        let mut object = json!({ "code": self.code, "message": self.message });
        if let Some(data) = &self.data {
            object["data"] = data.clone();
        }
        object
    }
}

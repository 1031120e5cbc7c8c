//! JSON-RPC over HTTP with a time limit on every question; a node's wish to be left alone is passed on, not sat out here.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, PoisonError,
    },
    time::Duration,
};

use reqwest::{header, redirect, Client, Response, Url};
use serde_json::Value;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{
    client_error::{Error, ErrorKind, Result},
    custom_error::JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
    error_object::RpcErrorObject,
    request::{RpcError, RpcRequest, RpcResponseErrorData},
};

/// Most that a question may take which a node answers from memory.
const QUICK: Duration = Duration::from_secs(10);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// For how long a node asked to be left alone when it last refused a question.
pub(super) type Told = Arc<Mutex<Option<Duration>>>;

/// The transport under Solana's own client. Its default one waits out refusals by itself, up to ten minutes and out of
/// reach of any deadline, and keeps addresses with keys in its errors.
pub(super) struct Http {
    client: Client,
    url: Url,
    timeout: Duration,
    next_id: AtomicU64,
    told: Told,
}

impl Http {
    pub fn new(url: Url, timeout: Duration, told: Told) -> std::result::Result<Self, reqwest::Error> {
        let mut builder = Client::builder()
            .connect_timeout(CONNECT.min(timeout))
            .pool_idle_timeout(timeout)
            .redirect(redirect::Policy::none());
        if url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]")) {
            builder = builder.no_proxy();
        }
        Ok(Self { client: builder.build()?, url, timeout, next_id: AtomicU64::new(1), told })
    }

    fn limit(&self, request: RpcRequest) -> Duration {
        match request {
            RpcRequest::GetProgramAccounts
            | RpcRequest::GetSignaturesForAddress
            | RpcRequest::GetTransaction
            | RpcRequest::SimulateTransaction => self.timeout,
            _ => self.timeout.min(QUICK),
        }
    }

    async fn post(&self, request: RpcRequest, params: Value) -> Result<Value> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let body = request.build_request_json(id, params).to_string();
        let post = self.client.post(self.url.clone()).header(header::CONTENT_TYPE, "application/json");
        let response = post.timeout(self.limit(request)).body(body).send().await.map_err(bare)?;
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = retry_after(&response);
        let mut answer: Value = response.error_for_status().map_err(bare)?.json().await.map_err(bare)?;
        if answer.get("error").is_some_and(|error| !error.is_null()) {
            return Err(refusal(answer["error"].take()).into());
        }
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(RpcError::RpcRequestError("the answer is no JSON-RPC answer".to_owned()).into()),
        }
    }
}

/// Addresses may hold keys.
fn bare(error: reqwest::Error) -> Error {
    ErrorKind::Reqwest(error.without_url()).into()
}

fn refusal(mut error: Value) -> RpcError {
    let data = error.get_mut("data").map(Value::take).unwrap_or_default();
    match serde_json::from_value::<RpcErrorObject>(error) {
        Ok(RpcErrorObject { code, message }) => {
            let preflight = code == JSON_RPC_SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE;
            let data = match preflight.then(|| serde_json::from_value(data)) {
                Some(Ok(simulated)) => RpcResponseErrorData::SendTransactionPreflightFailure(simulated),
                _ => RpcResponseErrorData::Empty,
            };
            RpcError::RpcResponseError { code, message, data }
        }
        Err(_) => RpcError::RpcRequestError("the answer holds an error that cannot be read".to_owned()),
    }
}

/// What the header `Retry-After` asks for: seconds, or a time of day.
fn retry_after(response: &Response) -> Option<Duration> {
    if response.status().is_success() {
        return None;
    }
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(jiff::Timestamp::now())).unwrap_or_default())
}

impl RpcSender for Http {
    fn send<'life, 'future>(
        &'life self,
        request: RpcRequest,
        params: Value,
    ) -> Pin<Box<dyn Future<Output = Result<Value>> + Send + 'future>>
    where
        'life: 'future,
        Self: 'future,
    {
        Box::pin(self.post(request, params))
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        self.url.to_string()
    }
}

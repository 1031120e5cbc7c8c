//! JSON-RPC 2.0: requests one by one or in batches, over HTTP.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{header, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::Router;
use serde::Deserialize;
use serde_json::{json, Value};
use tower_http::cors::CorsLayer;

use super::error::RpcError;
use super::params::Params;
use super::shared::Shared;

/// Bytes of a request.
pub const MOST_BYTES: usize = 512 << 10;
/// Requests of a batch.
pub const MOST_REQUESTS: usize = 512;

/// One request.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// What the answer is marked with; a request without it gets none.
    #[serde(default, deserialize_with = "present")]
    pub id: Option<Value>,
    /// The method.
    pub method: String,
    /// Its parameters.
    #[serde(default)]
    pub params: Option<Value>,
}

/// An id of null is one, other than none at all.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Request {
    /// Reads a request; where it is none, the error and the id to answer it with.
    ///
    /// # Errors
    ///
    /// It is no request of JSON-RPC 2.0.
    pub fn read(value: Value) -> Result<Self, (Value, RpcError)> {
        let id = match value.get("id") {
            Some(id @ (Value::String(_) | Value::Number(_))) => id.clone(),
            _ => Value::Null,
        };
        let invalid = |reason: String| (id.clone(), RpcError::invalid_request(reason));
        if value.get("jsonrpc").is_some_and(|version| version != "2.0") {
            return Err(invalid("Invalid request: jsonrpc must be \"2.0\"".to_owned()));
        }
        let request: Self =
            serde_json::from_value(value).map_err(|error| invalid(format!("Invalid request: {error}")))?;
        match &request.id {
            None | Some(Value::Null | Value::String(_) | Value::Number(_)) => Ok(request),
            Some(_) => Err(invalid("Invalid request: id must be a text or a number".to_owned())),
        }
    }
}

/// An answer as it is sent.
pub fn reply(id: &Value, answer: Result<Value, RpcError>) -> Value {
    match answer {
        Ok(result) => json!({ "jsonrpc": "2.0", "result": result, "id": id }),
        Err(error) => json!({ "jsonrpc": "2.0", "error": error.to_json(), "id": id }),
    }
}

fn one(node: &Shared, value: Value) -> Option<Value> {
    match Request::read(value) {
        Err((id, error)) => Some(reply(&id, Err(error))),
        Ok(Request { id, method, params }) => {
            let answer = Params::new(params).and_then(|params| node.call(&method, &params));
            id.map(|id| reply(&id, answer))
        }
    }
}

/// Answers a body; none where nothing in it asks for an answer.
pub fn respond(node: &Shared, body: &[u8]) -> Option<Value> {
    match serde_json::from_slice(body) {
        Err(error) => Some(reply(&Value::Null, Err(RpcError::parse(&error)))),
        Ok(Value::Array(requests)) => {
            if requests.is_empty() || requests.len() > MOST_REQUESTS {
                let reason = format!("Invalid request: a batch has 1 to {MOST_REQUESTS} requests");
                return Some(reply(&Value::Null, Err(RpcError::invalid_request(reason))));
            }
            let answers: Vec<Value> = requests.into_iter().filter_map(|request| one(node, request)).collect();
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(request) => one(node, request),
    }
}

async fn handle(State(node): State<Arc<Shared>>, body: Bytes) -> Response {
    let answered = tokio::task::spawn_blocking(move || respond(&node, &body).map(|answer| answer.to_string())).await;
    match answered {
        Ok(Some(text)) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The routes of the RPC port. Any page in a browser may ask, as with every node.
pub fn routes(node: Arc<Shared>) -> Router {
    Router::new()
        .route("/", post(handle))
        .route("/health", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(CorsLayer::permissive())
        .with_state(node)
}

//! Subscriptions over WebSockets.

mod subscription;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::Router;
use serde_json::{json, Value};
use tokio::sync::broadcast::{error::RecvError, Receiver};
use tokio::sync::{watch, Semaphore};
use tokio::time::{interval_at, Instant, MissedTickBehavior};

use self::subscription::{Subscription, Told};
use super::error::RpcError;
use super::node::events::Notice;
use super::params::Params;
use super::rpc::{reply, Request};
use super::shared::Shared;

/// Bytes of a message that a subscriber sends.
const MOST_BYTES: usize = 64 << 10;
/// Subscriptions of one connection.
const MOST_SUBSCRIPTIONS: usize = 1_000;
/// Time between two pings.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Connections at a time.
const MOST_CONNECTIONS: usize = 256;

/// What all connections share.
#[derive(Clone)]
struct Hub {
    node: Arc<Shared>,
    stop: watch::Receiver<bool>,
    places: Arc<Semaphore>,
    numbers: Arc<AtomicU64>,
}

/// The routes of the subscriptions' port.
pub fn routes(node: Arc<Shared>, stop: watch::Receiver<bool>) -> Router {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let hub = Hub { node, stop, places, numbers: Arc::new(AtomicU64::new(1)) };
    Router::new().route("/", any(upgrade)).with_state(hub)
}

async fn upgrade(State(hub): State<Hub>, upgrade: WebSocketUpgrade) -> Response {
    let Ok(place) = hub.places.clone().try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections").into_response();
    };
    upgrade.max_message_size(MOST_BYTES).on_upgrade(move |socket| async move {
        let notices = hub.node.lock().subscribe();
        Connection { hub, socket, subscriptions: BTreeMap::new() }.serve(notices).await;
        drop(place);
    })
}

struct Connection {
    hub: Hub,
    socket: WebSocket,
    subscriptions: BTreeMap<u64, Subscription>,
}

impl Connection {
    /// Serves until either side has enough. Whoever reads too slowly is cut off: nothing is ever left out.
    async fn serve(mut self, mut notices: Receiver<Notice>) {
        let mut stop = self.hub.stop.clone();
        let mut beat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let goes_on = tokio::select! {
                _ = stop.changed() => false,
                // Tells a connection that is gone from one that is silent; some clients cannot give up a subscription
                // while nothing at all comes in.
                _ = beat.tick() => self.socket.send(Message::Ping(Bytes::new())).await.is_ok(),
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => self.answer(text.as_bytes()).await,
                    Some(Ok(Message::Binary(bytes))) => self.answer(&bytes).await,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => true,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                },
                notice = notices.recv() => match notice {
                    Ok(notice) => self.pass_on(&notice).await,
                    Err(RecvError::Lagged(_) | RecvError::Closed) => false,
                },
            };
            if !goes_on {
                // The other side may be gone already.
                let _ = self.socket.send(Message::Close(None)).await;
                return;
            }
        }
    }

    async fn send(&mut self, value: &Value) -> bool {
        self.socket.send(Message::text(value.to_string())).await.is_ok()
    }

    async fn tell(&mut self, number: u64, told: Told) -> bool {
        let params = json!({ "result": told.result, "subscription": number });
        self.send(&json!({ "jsonrpc": "2.0", "method": told.method, "params": params })).await
    }

    async fn pass_on(&mut self, notice: &Notice) -> bool {
        let heard: Vec<(u64, Told)> = self
            .subscriptions
            .iter()
            .flat_map(|(number, subscription)| subscription.hear(notice).into_iter().map(|told| (*number, told)))
            .collect();
        for (number, told) in heard {
            if told.last {
                self.subscriptions.remove(&number);
            }
            if !self.tell(number, told).await {
                return false;
            }
        }
        true
    }

    async fn answer(&mut self, body: &[u8]) -> bool {
        let value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => return self.send(&reply(&Value::Null, Err(RpcError::parse(&error)))).await,
        };
        let request = match Request::read(value) {
            Ok(request) => request,
            Err((id, error)) => return self.send(&reply(&id, Err(error))).await,
        };
        // Clients keep the connection alive with requests that ask for no answer.
        let Some(id) = request.id else { return true };
        let asked = Params::new(request.params).and_then(|params| self.ask(&request.method, &params));
        match asked {
            Err(error) => self.send(&reply(&id, Err(error))).await,
            Ok(Asked::Done(result)) => self.send(&reply(&id, Ok(result))).await,
            Ok(Asked::Subscribed(number, at_once)) => {
                self.send(&reply(&id, Ok(number.into()))).await
                    && match at_once {
                        Some(told) => self.tell(number, told).await,
                        None => true,
                    }
            }
        }
    }

    fn ask(&mut self, method: &str, params: &Params) -> Result<Asked, RpcError> {
        if method.ends_with("Unsubscribe") {
            let number: u64 = params.required(0)?;
            return match self.subscriptions.remove(&number) {
                Some(_) => Ok(Asked::Done(true.into())),
                None => Err(RpcError::invalid_params("Invalid subscription id.")),
            };
        }
        let subscription = Subscription::ask(method, params)?.ok_or_else(|| RpcError::method_not_found(method))?;
        if self.subscriptions.len() >= MOST_SUBSCRIPTIONS {
            return Err(RpcError::invalid_request(format!("at most {MOST_SUBSCRIPTIONS} subscriptions a connection")));
        }
        let number = self.hub.numbers.fetch_add(1, Ordering::Relaxed);
        let at_once = subscription.at_once(&self.hub.node.lock());
        if at_once.is_none() {
            self.subscriptions.insert(number, subscription);
        }
        Ok(Asked::Subscribed(number, at_once))
    }
}

/// What came of a request.
enum Asked {
    Done(Value),
    Subscribed(u64, Option<Told>),
}

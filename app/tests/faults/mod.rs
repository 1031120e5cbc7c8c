//! Faults between a client and a node: a proxy that passes JSON-RPC on to a real server and misbehaves on demand. Shared
//! by the tests of the client and of the keeper.
#![allow(dead_code, reason = "each test program uses its own part")]

mod server;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use serde_json::{json, Value};

pub use server::{Call, Reply, Server};

/// What goes wrong now. Everything off by default; tests switch it on and off at any time.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Methods that get no answer at all, with the connection left open; `*` for all.
    pub stall: HashSet<&'static str>,
    /// Every connection is closed without an answer.
    pub down: bool,
    /// So many of the next transactions are lost: the client is told that they were taken.
    pub drop_sends: usize,
    /// So many of the next transactions are passed on, with the connection closed instead of an answer.
    pub hang_up_after_send: usize,
    /// Every transaction is passed on twice.
    pub duplicate_sends: bool,
    /// So many of the next questions are refused as too many,
    pub too_many: usize,
    /// to be asked again after so many seconds.
    pub retry_after: u64,
    /// So many of the next questions are refused with the error -32005.
    pub unhealthy: usize,
    /// Slots and heights are told as so much higher than they are.
    pub ahead: u64,
    /// Slots and heights are told as they were when this was set (slot, height).
    pub frozen: Option<(u64, u64)>,
    /// Transactions that have landed are not told of.
    pub forget: bool,
}

/// A node with faults in front of a healthy one.
pub struct Proxy {
    pub server: Server,
    faults: Arc<Mutex<Faults>>,
}

impl Proxy {
    /// In front of the node at `upstream`.
    pub fn start(upstream: &str) -> Self {
        let faults = Arc::new(Mutex::new(Faults::default()));
        let (shared, upstream) = (Arc::clone(&faults), upstream.to_owned());
        let server = Server::start(move |call| answer(&shared, &upstream, call));
        Self { server, faults }
    }

    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// What goes wrong, to be changed.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap()
    }

    /// Makes everything right again.
    pub fn heal(&self) {
        *self.faults() = Faults::default();
    }
}

/// Takes one off a count; whether there was one.
fn one_of(count: &mut usize) -> bool {
    let some = *count > 0;
    *count = count.saturating_sub(1);
    some
}

fn answer(faults: &Mutex<Faults>, upstream: &str, call: &Call) -> Reply {
    let sends = call.method == "sendTransaction";
    let (now, dropped, hang_up) = {
        let mut faults = faults.lock().unwrap();
        if faults.down {
            return Reply::HangUp;
        }
        if faults.stall.contains("*") || faults.stall.contains(call.method.as_str()) {
            return Reply::Silence;
        }
        if one_of(&mut faults.too_many) {
            return Reply::too_many(faults.retry_after);
        }
        if one_of(&mut faults.unhealthy) {
            return Reply::error(-32005, "Node is behind by 42 slots");
        }
        let dropped = sends && one_of(&mut faults.drop_sends);
        let hang_up = sends && !dropped && one_of(&mut faults.hang_up_after_send);
        (faults.clone(), dropped, hang_up)
    };
    if dropped {
        return Reply::Result(first_signature(call));
    }
    if sends && now.duplicate_sends {
        forward(upstream, &call.body);
    }
    let Some(mut told) = forward(upstream, &call.body) else { return Reply::HangUp };
    if hang_up {
        return Reply::HangUp;
    }
    if now.forget {
        match call.method.as_str() {
            "getSignatureStatuses" => {
                let asked = call.params[0].as_array().map_or(0, Vec::len);
                told["result"]["value"] = vec![Value::Null; asked].into();
            }
            "getTransaction" => told["result"] = Value::Null,
            _ => {}
        }
    }
    lie(&now, &call.method, &mut told["result"]);
    Reply::Body(told)
}

fn lie(faults: &Faults, method: &str, result: &mut Value) {
    let told =
        |slot: u64, frozen: u64| if faults.frozen.is_some() { frozen } else { slot.saturating_add(faults.ahead) };
    let (slot, height) = faults.frozen.unwrap_or_default();
    let change = |place: &mut Value, frozen: u64| {
        if let Some(number) = place.as_u64() {
            *place = json!(told(number, frozen));
        }
    };
    match method {
        "getSlot" => change(result, slot),
        "getBlockHeight" => change(result, height),
        "getEpochInfo" => {
            change(&mut result["absoluteSlot"], slot);
            change(&mut result["blockHeight"], height);
        }
        _ => {
            if let Some(context) = result.get_mut("context") {
                change(&mut context["slot"], slot);
            }
            if let Some(last) = result.get_mut("value").and_then(|value| value.get_mut("lastValidBlockHeight")) {
                change(last, height);
            }
        }
    }
}

fn forward(upstream: &str, body: &Value) -> Option<Value> {
    let client = reqwest::blocking::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().ok()?;
    client.post(upstream).json(body).send().ok()?.json().ok()
}

/// The name of the transaction that a call of `sendTransaction` holds in base64.
fn first_signature(call: &Call) -> Value {
    use base64::Engine;
    let text = call.params[0].as_str().unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
    // The number of signatures takes one byte; the first follows.
    json!(bytes.get(1..65).map(|signature| bs58::encode(signature).into_string()))
}

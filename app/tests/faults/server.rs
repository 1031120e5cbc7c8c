//! A small HTTP server of JSON-RPC under full control of its sockets: it can stay silent, hang up or answer nonsense.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex,
    },
    thread,
    time::Duration,
};

use serde_json::{json, Value};

/// A question that a client asked.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub params: Value,
    /// The whole body, for those who pass it on.
    pub body: Value,
}

/// What the client gets.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The result of the question.
    Result(Value),
    /// A JSON-RPC error.
    Error { code: i64, message: String, data: Value },
    /// A whole body as it is.
    Body(Value),
    /// Another status than 200, with further headers.
    Http { status: &'static str, headers: Vec<(&'static str, String)> },
    /// Nothing, with the connection left open.
    Silence,
    /// The connection closed without an answer.
    HangUp,
}

impl Reply {
    pub fn error(code: i64, message: &str) -> Self {
        Self::Error { code, message: message.to_owned(), data: Value::Null }
    }

    /// "Too many requests", with the seconds to wait.
    pub fn too_many(seconds: u64) -> Self {
        Self::Http { status: "429 Too Many Requests", headers: vec![("Retry-After", seconds.to_string())] }
    }
}

type Handler = dyn Fn(&Call) -> Reply + Send + Sync;

/// A running server; it ends when it is dropped.
pub struct Server {
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Answers each question, on a thread of its own for each connection, by `handler`.
    pub fn start(handler: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let handler: Arc<Handler> = Arc::new(handler);
        listener.set_nonblocking(true).expect("a listener that can be ended");
        let (known, ended) = (Arc::clone(&calls), Arc::clone(&stopped));
        thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (handler, known, ended) = (Arc::clone(&handler), Arc::clone(&known), Arc::clone(&ended));
                        thread::spawn(move || serve(stream, &*handler, &known, &ended));
                    }
                    Err(_) => thread::sleep(Duration::from_millis(2)),
                }
            }
        });
        Self { url, calls, stopped }
    }

    /// What was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// How often `method` was asked.
    pub fn count(&self, method: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| call.method == method).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// One question, then the connection ends: each question meets the server anew.
fn serve(mut stream: TcpStream, handler: &Handler, calls: &Mutex<Vec<Call>>, ended: &AtomicBool) {
    let Some(body) = stream.set_nonblocking(false).ok().and_then(|()| read_body(&stream)) else { return };
    let call = Call {
        method: body["method"].as_str().unwrap_or_default().to_owned(),
        params: body["params"].clone(),
        body: body.clone(),
    };
    calls.lock().unwrap().push(call.clone());
    let id = body["id"].clone();
    let (status, headers, answer) = match handler(&call) {
        Reply::Result(result) => ("200 OK", Vec::new(), json!({ "jsonrpc": "2.0", "id": id, "result": result })),
        Reply::Error { code, message, data } => {
            let error = json!({ "code": code, "message": message, "data": data });
            ("200 OK", Vec::new(), json!({ "jsonrpc": "2.0", "id": id, "error": error }))
        }
        Reply::Body(body) => ("200 OK", Vec::new(), body),
        Reply::Http { status, headers } => (status, headers, json!({})),
        Reply::HangUp => return,
        Reply::Silence => {
            while !ended.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(10));
            }
            return;
        }
    };
    let answer = answer.to_string();
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", answer.len());
    // A client that has gone away does not care.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(answer.as_bytes()));
}

fn read_body(stream: &TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok()?;
            }
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

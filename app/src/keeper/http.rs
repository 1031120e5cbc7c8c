//! `/metrics` and `/healthz`, on a thread of their own.

use std::net::SocketAddr;
use std::thread::JoinHandle;

use axum::extract::State;
use axum::http::{header, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use thiserror::Error;
use tokio::sync::oneshot;

use super::health::{Condition, HealthState};
use super::metrics::Metrics;

/// The media type of the OpenMetrics text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Why nothing is served.
#[derive(Debug, Error)]
#[error("metrics cannot be served at {address} ({reason}): set `metrics` in the configuration to a free address, or leave it out")]
pub struct ServeError {
    /// Where.
    pub address: SocketAddr,
    /// What the system said.
    pub reason: std::io::Error,
}

/// A server, until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves at `address`; with port 0 at any free one.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the address is taken or not this machine's.
    pub fn start(address: SocketAddr, metrics: Metrics, health: HealthState) -> Result<Self, ServeError> {
        let failed = |reason| ServeError { address, reason };
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let routes = Router::new()
            .route("/metrics", get(tell_metrics))
            .route("/healthz", get(tell_health))
            .with_state((metrics, health));
        let serve = move || {
            runtime.block_on(async move {
                let listener = match tokio::net::TcpListener::from_std(listener) {
                    Ok(listener) => listener,
                    Err(error) => return tracing::error!(%error, "metrics are not served"),
                };
                // A sender that is gone stops it as well as one that sends.
                let stopped = async { drop(stopped.await) };
                if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stopped).await {
                    tracing::error!(%error, "metrics are not served any more");
                }
            });
        };
        let thread = std::thread::Builder::new().name("metrics".to_owned()).spawn(serve).map_err(failed)?;
        Ok(Self { address: bound, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it serves.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

async fn tell_metrics(State((metrics, _)): State<(Metrics, HealthState)>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, OPEN_METRICS)], metrics.text())
}

async fn tell_health(State((_, health)): State<(Metrics, HealthState)>) -> impl IntoResponse {
    let health = health.now();
    let code = match health.status {
        Condition::Ok | Condition::Starting => StatusCode::OK,
        Condition::Degraded | Condition::Stopping => StatusCode::SERVICE_UNAVAILABLE,
    };
    (code, Json(health))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_answers_both_questions_and_stops() {
        let (metrics, health) = (Metrics::new(), HealthState::new(Duration::from_secs(60)));
        let server = Server::start(([127, 0, 0, 1], 0).into(), metrics.clone(), health.clone()).unwrap();
        let address = server.address();
        let ask = |path: &str| reqwest::blocking::get(format!("http://{address}{path}")).unwrap();

        metrics.under_way(3);
        let answer = ask("/metrics");
        assert_eq!(answer.headers()[header::CONTENT_TYPE.as_str()], OPEN_METRICS);
        assert!(answer.text().unwrap().contains("gimbal_keeper_under_way 3\n"));

        health.went_well(3);
        assert_eq!(ask("/healthz").status().as_u16(), 200);
        health.stopping();
        let answer = ask("/healthz");
        assert_eq!(answer.status().as_u16(), 503);
        let told: serde_json::Value = answer.json().unwrap();
        assert_eq!((&told["status"], &told["under_way"]), (&"stopping".into(), &3.into()));

        assert_eq!(ask("/elsewhere").status().as_u16(), 404);
        let taken = Server::start(address, metrics, health).unwrap_err().to_string();
        assert!(taken.starts_with(&format!("metrics cannot be served at {address}")), "{taken}");
        drop(server);
        assert!(std::net::TcpStream::connect(address).is_err());
    }
}

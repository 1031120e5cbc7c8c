//! The server: two ports on loopback, a clock, and a way to stop.

use std::future::IntoFuture;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{bail, Context, Result};
use tokio::sync::watch;

use super::node::Node;
use super::shared::Shared;
use super::{hermes, pubsub, rpc, Options};

/// Tries to find two free ports that follow one another.
const TRIES: usize = 64;
/// Stack of the threads that execute transactions: host code of programs takes more of it than bytecode would.
const STACK: usize = 16 << 20;
/// How long requests under way may take when the server stops.
const GRACE: Duration = Duration::from_secs(2);

/// A test cluster that runs in this process.
pub struct Server;

/// A running server. Dropping it stops it without waiting.
pub struct Handle {
    /// Where JSON-RPC is answered.
    pub rpc_url: String,
    /// Where subscriptions are served.
    pub ws_url: String,
    node: Arc<Shared>,
    stop: watch::Sender<bool>,
    stop_clock: mpsc::Sender<()>,
    threads: Vec<JoinHandle<()>>,
    state: Option<PathBuf>,
}

impl Server {
    /// Makes or resumes the cluster, takes the ports, and lets the clock run.
    ///
    /// # Errors
    ///
    /// Ports that are taken, a state file that cannot be used, programs that cannot be loaded.
    pub fn start(options: Options) -> Result<Handle> {
        if options.slot.is_zero() || options.tick.is_zero() {
            bail!("slots and ticks take time: give each more than 0");
        }
        // The ports first: building the cluster takes a moment, and a port in use should be told at once.
        let (rpc_port, ws_port) = listen(options.port)?;
        let (rpc_address, ws_address) = (rpc_port.local_addr()?, ws_port.local_addr()?);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let node = Arc::new(Shared::new(Node::new(&options, i64::try_from(now).unwrap_or(i64::MAX))?));
        let (stop, stopped) = watch::channel(false);
        let (stop_clock, clock_stopped) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .thread_name("localnet")
            .enable_all()
            .build()
            .context("cannot start the server's threads")?;
        let serving = serve(runtime.handle(), node.clone(), rpc_port, ws_port, stopped)?;
        let serve = std::thread::Builder::new().name("localnet serve".to_owned()).spawn(move || {
            runtime.block_on(serving);
            runtime.shutdown_timeout(GRACE);
        })?;
        let clock = {
            let node = node.clone();
            let (slot, tick) = (options.slot, options.tick);
            std::thread::Builder::new()
                .name("localnet clock".to_owned())
                .stack_size(STACK)
                .spawn(move || keep_time(&node, &clock_stopped, slot, tick))?
        };
        Ok(Handle {
            rpc_url: format!("http://{rpc_address}"),
            ws_url: format!("ws://{ws_address}"),
            node,
            stop,
            stop_clock,
            threads: vec![serve, clock],
            state: options.state,
        })
    }
}

impl Handle {
    /// The node, for as long as nobody else shall have it: whoever asks again before the guard is gone waits for ever.
    pub fn chain(&self) -> MutexGuard<'_, Node> {
        self.node.lock()
    }

    /// Stops answering, then saves the state where that was asked for.
    ///
    /// # Errors
    ///
    /// The state cannot be written.
    pub fn stop(mut self) -> Result<()> {
        self.end();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing more to do.
            let _ = thread.join();
        }
        match &self.state {
            Some(file) => {
                let written = self.node.lock().snapshot().write(file);
                written.with_context(|| format!("cannot save the state to {}", file.display()))
            }
            None => Ok(()),
        }
    }

    fn end(&self) {
        // Whoever does not listen any more has ended already.
        let _ = self.stop.send(true);
        let _ = self.stop_clock.send(());
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.end();
    }
}

/// Takes a port of loopback and the one that follows it.
fn listen(port: u16) -> Result<(TcpListener, TcpListener)> {
    let take = |port: u16| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    if port != 0 {
        let taken = |port: u16| format!("cannot listen on 127.0.0.1:{port}; stop what uses it, or give another --port");
        let next = port.checked_add(1).context("65535 has no port after it for subscriptions; give another --port")?;
        return Ok((take(port).with_context(|| taken(port))?, take(next).with_context(|| taken(next))?));
    }
    for _ in 0..TRIES {
        let first = take(0).context("cannot listen on loopback; give --port")?;
        let next = first.local_addr()?.port().checked_add(1).map(take);
        if let Some(Ok(second)) = next {
            return Ok((first, second));
        }
    }
    bail!("found no two free ports that follow one another; give --port")
}

/// Serves both ports until it is told to stop.
fn serve(
    runtime: &tokio::runtime::Handle,
    node: Arc<Shared>,
    rpc_port: TcpListener,
    ws_port: TcpListener,
    stopped: watch::Receiver<bool>,
) -> Result<impl std::future::Future<Output = ()>> {
    let _inside = runtime.enter();
    let listener = |port: TcpListener| -> Result<tokio::net::TcpListener> {
        port.set_nonblocking(true)?;
        Ok(tokio::net::TcpListener::from_std(port)?)
    };
    let (rpc_port, ws_port) = (listener(rpc_port)?, listener(ws_port)?);
    let rpc = rpc::routes(node.clone()).merge(hermes::routes(node.clone()));
    let ws = pubsub::routes(node, stopped.clone());
    let until = |mut stopped: watch::Receiver<bool>| async move {
        // An error means that the handle is gone, which is as good as a stop.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let mut end = stopped.clone();
    Ok(async move {
        let serving = async {
            tokio::join!(
                axum::serve(rpc_port, rpc).with_graceful_shutdown(until(stopped.clone())).into_future(),
                axum::serve(ws_port, ws).with_graceful_shutdown(until(stopped)).into_future(),
            )
        };
        let late = async {
            let _ = end.wait_for(|stop| *stop).await;
            // Connections that stay open without asking for anything do not keep the server up.
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            _ = serving => {}
            () = late => {}
        }
    })
}

/// Lets slots pass and prices move as the host's time does.
fn keep_time(node: &Shared, stopped: &mpsc::Receiver<()>, slot: Duration, tick: Duration) {
    let begun = Instant::now();
    let mut passed: u64 = 0;
    let mut next_price = tick;
    loop {
        let elapsed = begun.elapsed();
        let due = u64::try_from(elapsed.as_nanos() / slot.as_nanos()).unwrap_or(u64::MAX);
        let mut result = node.lock().advance(due.saturating_sub(passed));
        passed = due;
        if elapsed >= next_price {
            result = result.and_then(|()| Ok(node.lock().move_prices()?));
            // Ticks that were missed are not made up for.
            next_price = elapsed + tick;
        }
        if let Err(error) = result {
            tracing::warn!("the clock stands still: {error:#}");
        }
        let into_slot = Duration::from_nanos(u64::try_from(elapsed.as_nanos() % slot.as_nanos()).unwrap_or(0));
        let wait = slot.saturating_sub(into_slot).min(next_price.saturating_sub(elapsed));
        match stopped.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

//! Stopping cleanly, and sleeping until then.
//!
//! Only the chain's clock decides anything. The host's is used to sleep, and is the monotonic one.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

/// A wish to stop, shared between threads.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Asks everybody to stop, and wakes who sleeps.
    pub fn request(&self) {
        *self.0 .0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0 .1.notify_all();
    }

    /// Whether somebody asked.
    pub fn is_requested(&self) -> bool {
        *self.0 .0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps for `pause`, or until somebody asks to stop; whether somebody did.
    pub fn sleep(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        let mut stopped = self.0 .0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*stopped {
            let Some(rest) = until.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) else {
                return false;
            };
            stopped = self.0 .1.wait_timeout(stopped, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Stops on SIGTERM or SIGINT. A second one ends the process at once: the journal makes that safe.
    ///
    /// # Errors
    ///
    /// If the system does not let signals be handled.
    pub fn on_signals(&self) -> std::io::Result<OnSignals> {
        let mut signals = Signals::new([SIGTERM, SIGINT])?;
        let handle = signals.handle();
        let stop = self.clone();
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                if stop.is_requested() {
                    // What the signal does where nobody handles it. Should even that fail, the loop ends soon anyway.
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
                tracing::info!(signal, "stopping");
                stop.request();
            }
        })?;
        Ok(OnSignals(handle))
    }
}

/// Signals are handled while it lives.
#[derive(Debug)]
pub struct OnSignals(Handle);

impl Drop for OnSignals {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sleeps_wakes_up_to_stop() {
        let stop = Stop::default();
        assert!(!stop.sleep(Duration::from_millis(1)));
        let sleeper = stop.clone();
        let sleeping = std::thread::spawn(move || sleeper.sleep(Duration::from_secs(3_600)));
        stop.request();
        assert!(sleeping.join().unwrap());
        assert!(stop.is_requested() && stop.sleep(Duration::from_secs(3_600)));
    }
}

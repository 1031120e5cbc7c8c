//! The loop: a cycle, a pause, a cycle, until somebody asks to stop.

use std::time::{Duration, Instant};

use super::backoff;
use super::executor::{Executor, Trouble};
use super::health::HealthState;
use super::journal::CycleEnd;
use super::metrics::Metrics;
use super::planner::Planner;
use super::stop::Stop;

/// Longest pause after cycles that broke off, seconds.
const LONGEST_PAUSE: u64 = 60;

/// How often the loop turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two cycles.
    pub pause: Duration,
    /// Most that a pause is lengthened by, milliseconds.
    pub jitter_ms: u64,
}

/// The loop and what it tells of itself.
pub struct Daemon<'a> {
    executor: Executor<'a>,
    planner: &'a mut dyn Planner,
    pace: Pace,
    metrics: Metrics,
    health: HealthState,
    stop: Stop,
    /// Sets this keeper's pauses apart from those of others.
    salt: [u8; 32],
}

impl<'a> Daemon<'a> {
    /// A loop that has not begun.
    pub fn new(
        executor: Executor<'a>,
        planner: &'a mut dyn Planner,
        pace: Pace,
        metrics: Metrics,
        health: HealthState,
        stop: Stop,
    ) -> Self {
        let salt = executor.payer().to_bytes();
        Self { executor, planner, pace, metrics, health, stop, salt }
    }

    /// The executor.
    pub fn executor(&mut self) -> &mut Executor<'a> {
        &mut self.executor
    }

    /// One cycle, counted and told.
    ///
    /// # Errors
    ///
    /// [`Trouble`], which ended it.
    pub fn turn(&mut self) -> Result<CycleEnd, Trouble> {
        let begun = Instant::now();
        let ended = self.executor.cycle(self.planner);
        self.metrics.cycle(begun.elapsed().as_secs_f64(), ended.is_ok());
        self.metrics.under_way(self.executor.under_way());
        match &ended {
            Ok(end) => {
                self.health.went_well(self.executor.under_way());
                let CycleEnd { slot, planned, landed, failed, refused, put_off, .. } = *end;
                // Turns in which nothing was due are told to who looks for faults only.
                match planned {
                    0 => tracing::debug!(slot, "cycle: nothing is due"),
                    _ => tracing::info!(slot, planned, landed, failed, refused, put_off, "cycle"),
                }
            }
            Err(trouble) => {
                match trouble {
                    Trouble::Journal(_) => self.metrics.journal_error(),
                    Trouble::Chain(_) => self.metrics.chain_error(),
                    Trouble::NotSigned(_) => {}
                }
                self.health.broke_off(trouble, self.executor.under_way());
                tracing::error!(%trouble, under_way = self.executor.under_way(), "the cycle broke off");
            }
        }
        ended
    }

    /// Turns until somebody asks to stop. No trouble ends it, but a journal that will not come back by itself.
    ///
    /// # Errors
    ///
    /// [`Trouble::Journal`] for a damaged file.
    pub fn run(&mut self) -> Result<(), Trouble> {
        let mut broken_off = 0_u32;
        let mut turns = 0_u64;
        while !self.stop.is_requested() {
            let pause = match self.turn() {
                Ok(_) => {
                    broken_off = 0;
                    self.pace.pause
                }
                Err(Trouble::Journal(error)) if !error.may_pass() => return Err(error.into()),
                Err(_) => {
                    broken_off = broken_off.saturating_add(1);
                    let first = self.pace.pause.as_secs().max(1);
                    Duration::from_secs(backoff::doubled(first, LONGEST_PAUSE.max(first), broken_off))
                }
            };
            turns = turns.wrapping_add(1);
            let jitter = backoff::jitter(self.pace.jitter_ms, &[&self.salt, &turns.to_le_bytes()]);
            self.stop.sleep(pause + Duration::from_millis(jitter));
        }
        self.health.stopping();
        tracing::info!(under_way = self.executor.under_way(), "stopped");
        Ok(())
    }
}

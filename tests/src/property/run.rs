//! Many sequences over all cores, and a report that can be acted on.

use std::fmt;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::action::Sequence;
use super::checks::Violation;
use super::generate::{self, LENGTH};
use super::shrink::shrink;
use super::world::{Tally, World};

/// How many actions a run makes in all.
pub const ACTIONS_VARIABLE: &str = "GIMBAL_PROPERTY_ACTIONS";
/// From what number all sequences follow.
pub const SEED_VARIABLE: &str = "GIMBAL_PROPERTY_SEED";
/// One sequence to play instead, as a failure prints it.
pub const REPLAY_VARIABLE: &str = "GIMBAL_PROPERTY_REPLAY";

/// One world that all sequences begin in; unless it is set, they take turns.
pub const WORLD_VARIABLE: &str = "GIMBAL_PROPERTY_WORLD";

/// Set to anything, every transaction is printed: for one sequence, with `--nocapture`.
pub const TRACE_VARIABLE: &str = "GIMBAL_PROPERTY_TRACE";

/// Actions of a run where nothing else is asked for.
pub const DEFAULT_ACTIONS: u64 = 200_000;

/// A rule broken, and where.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The rule.
    pub violation: Violation,
    /// Place of the action in its sequence; its length for the leaving at the end.
    pub at: usize,
}

/// Plays a sequence from its beginning, and then lets everybody leave.
pub fn play(sequence: &Sequence) -> (Result<(), Failure>, Tally) {
    let mut world = World::new(sequence.world);
    for (at, action) in sequence.actions.iter().enumerate() {
        // A panic of the test's own arithmetic is as much a finding as a rule that does not hold.
        let ran = catch_unwind(AssertUnwindSafe(|| world.run(action)));
        let violation = match ran {
            Ok(Ok(())) => continue,
            Ok(Err(violation)) => violation,
            Err(panic) => Violation { rule: "the test does not panic", detail: panic_text(&*panic) },
        };
        return (Err(Failure { violation, at }), world.tally);
    }
    (Ok(()), world.tally)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// A failed run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The run's seed.
    pub seed: u64,
    /// The number of the sequence.
    pub number: u64,
    /// Its length when it was found.
    pub found_length: usize,
    /// As short as it could be made.
    pub sequence: Sequence,
    /// What it breaks.
    pub violation: Violation,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, number, found_length, sequence, violation } = self;
        writeln!(f, "{violation}")?;
        writeln!(
            f,
            "found by sequence {number} of seed {seed} after {found_length} actions; the shortest that breaks it:"
        )?;
        writeln!(f, "  {sequence}")?;
        writeln!(f, "play it again:")?;
        write!(f, "  {REPLAY_VARIABLE}='{sequence}' cargo test -p gimbal-tests --test property -- replay --nocapture")
    }
}

/// What a run without a failure has done.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Actions of all sequences.
    pub actions: u64,
    /// What became of them.
    pub tally: Tally,
    /// How long it took.
    pub elapsed: Duration,
}

/// Plays as many sequences as `actions` need, over all cores, all of them in `world` where one is named.
///
/// # Errors
///
/// The first failure, shrunk.
pub fn run(seed: u64, actions: u64, world: Option<u64>) -> Result<Summary, Box<Report>> {
    let (begin, next, stop) = (Instant::now(), AtomicU64::new(0), AtomicBool::new(false));
    let count = actions.div_ceil(LENGTH as u64);
    let (tally, failed) = (Mutex::new(Tally::default()), Mutex::new(None::<(u64, Sequence, Failure)>));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                break;
            }
            let mut sequence = generate::sequence(seed, number);
            sequence.world = world.unwrap_or(sequence.world);
            let (result, done) = play(&sequence);
            locked(&tally).add(&done);
            if let Err(failure) = result {
                stop.store(true, Ordering::Relaxed);
                let mut failed = locked(&failed);
                // The lowest number, so that equal seeds report alike however many threads there are.
                if failed.as_ref().is_none_or(|(other, ..)| number < *other) {
                    *failed = Some((number, sequence, failure));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let failed = locked(&failed).take();
    if let Some((number, found, failure)) = failed {
        let (sequence, violation) = shrink(&found, &failure.violation);
        return Err(Box::new(Report { seed, number, found_length: failure.at + 1, sequence, violation }));
    }
    let tally = std::mem::take(&mut *locked(&tally));
    Ok(Summary { actions: count * LENGTH as u64, tally, elapsed: begin.elapsed() })
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poison| poison.into_inner())
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let sent: u64 = self.tally.actions.values().map(|(sent, _)| sent).sum();
        writeln!(f, "{} actions, {sent} transactions in {seconds:.1} s", self.actions)?;
        let [calm, elevated, stressed, crisis] = self.tally.lowered;
        writeln!(
            f,
            "  exits and reductions: {calm} while calm, {elevated} elevated, {stressed} stressed, {crisis} in crisis; {} bounties",
            self.tally.bounties
        )?;
        for (word, (sent, done)) in &self.tally.actions {
            writeln!(f, "  {word:<16} {sent:>8} sent {done:>8} done")?;
            let mut refusals: Vec<_> = self.tally.refusals.iter().filter(|((of, _), _)| of == word).collect();
            refusals.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let named: Vec<String> =
                refusals.iter().take(8).map(|((_, name), count)| format!("{name} {count}")).collect();
            if !named.is_empty() {
                writeln!(f, "  {:<16} {}", "", named.join(", "))?;
            }
        }
        Ok(())
    }
}

/// A number from the environment.
///
/// # Panics
///
/// If the variable holds something else.
pub fn number_from(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => {
            text.replace('_', "").parse().unwrap_or_else(|_| panic!("{variable} is '{text}': set it to a whole number"))
        }
        Err(_) => otherwise,
    }
}

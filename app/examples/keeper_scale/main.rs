//! How long a keeper takes to read and plan for a thousand vaults of sixteen lines, and in how much memory.
//!
//! ```text
//! cargo run --release -p gimbal --example keeper_scale [VAULTS]
//! ```
//!
//! Exits with 1 where a thousand vaults take longer than a second or more than 256 MiB.

// The tests count more of it than the benchmark prints.
#[allow(dead_code)]
mod fleet;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use fleet::{Fleet, LINES};
use gimbal::keeper::act;
use gimbal::keeper::plan::{plan, Purse};
use gimbal::keeper::source::Posted;
use gimbal::keeper::watch::{Roster, World};
use gimbal::keeper::KeeperConfig;

/// Longest round.
const MOST_TIME: Duration = Duration::from_secs(1);
/// Most memory of the process at any time, KiB.
const MOST_MEMORY: u64 = 256 * 1_024;
/// Rounds that are timed; the fastest counts, since others may use the machine.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let vaults = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1_000);
    match run(vaults) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(vaults: u16) -> Result<bool, Box<dyn std::error::Error>> {
    let fleet = Fleet::new(vaults);
    let config = {
        let mut config = KeeperConfig::new("unused");
        config.profit.obligatory.push(gimbal::keeper::ActionKind::HarvestCash);
        config
    };
    let begun = Instant::now();
    let roster = Roster::discover(&fleet, &config, &fleet.keeper)?;
    println!("discover     {:>8.1} ms, once", millis(begun.elapsed()));

    let purse = Purse { lamports_left: u64::MAX, compute_unit_price: 0 };
    let mut best = Duration::MAX;
    let mut last = None;
    for _ in 0..ROUNDS {
        fleet.batches.borrow_mut().clear();
        // As the keeper does: two worlds at once are of no use.
        drop(last.take());
        let begun = Instant::now();
        let world = World::read(&fleet, &roster, &mut Posted::default())?;
        let read = begun.elapsed();
        let planned = plan(&world, &config, &purse);
        let whole = begun.elapsed();
        println!("read         {:>8.1} ms", millis(read));
        println!("plan         {:>8.1} ms", millis(whole - read));
        best = best.min(whole);
        last = Some((world, planned));
    }
    let memory = peak_memory()?;
    let batches = fleet.batches.borrow().len();
    println!("vaults       {vaults:>8} of {LINES} lines");
    println!("batches      {batches:>8} of at most 100 accounts");
    println!("round        {:>8.1} ms, the fastest of {ROUNDS}", millis(best));
    println!("peak memory  {:>8.1} MiB", memory as f64 / 1_024.0);
    if let Some((world, planned)) = last {
        for (kind, count) in fleet.due() {
            println!("due          {count:>8} {kind}");
        }
        println!("planned      {:>8}", planned.actions.len());
        let begun = Instant::now();
        let packed = act::pack(&fleet, &world, &roster, &mut Posted::default(), planned.actions)?;
        let transactions = packed.packages.len();
        println!("transactions {transactions:>8}, packed in {:.1} ms", millis(begun.elapsed()));
    }
    Ok(best <= MOST_TIME && memory <= MOST_MEMORY)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// The greatest memory that the process ever held, KiB: `VmHWM` of Linux.
fn peak_memory() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the system tells no peak memory")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

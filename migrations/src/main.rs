//! `cargo run --release -p migrations`: rehearses a deployment's set-up on the embedded chain by the very transactions
//! that a cluster would get, and prints every account it makes, its size and its rent.
//!
//! Sending them to a cluster needs the RPC chain, which is not there yet; until then a URL is refused.

mod inventory;

use std::process::ExitCode;

use anyhow::{bail, Result};
use clap::Parser;
use comfy_table::{presets::UTF8_FULL_CONDENSED, CellAlignment, Table};
use gimbal::{
    chain::{EmbeddedChain, Mode},
    setup::{Deployment, Plan},
};

/// Rehearses the set-up of a vault with its feeds, ledger, book, lines, keepers and lookup table.
#[derive(Parser)]
#[command(name = "migrations", version)]
struct Args {
    /// Lending lines, at most 16; of three or more the third is swapped into another token
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
    lines: u8,
    /// Seed that every key follows from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A cluster's URL or moniker: refused until the RPC chain exists
    #[arg(short = 'u', long)]
    url: Option<String>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    if let Some(url) = &args.url {
        bail!("nothing was sent to {url}: this version only rehearses; run it without --url");
    }
    let mut chain = EmbeddedChain::new(Mode::Native)?;
    let plan = Plan { seed: args.seed, ..Plan::with_lines(usize::from(args.lines)) };
    let deployment = Deployment::create(&mut chain, plan)?;
    let items = inventory::of(&chain, &deployment)?;

    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(["account", "address", "bytes", "rent (SOL)"]);
    for item in &items {
        table.add_row([item.name.clone(), item.key.to_string(), item.bytes.to_string(), inventory::sol(item.lamports)]);
    }
    for column in 2..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
    println!(
        "rehearsed on the embedded chain: {} accounts, {} SOL of rent; keys follow from seed {}",
        items.len(),
        inventory::sol(items.iter().map(|item| item.lamports).sum()),
        args.seed
    );
    Ok(())
}

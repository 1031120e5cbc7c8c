//! The measurements as a Markdown page.

use std::fmt::Write;

use gimbal::amount::grouped;

use super::{beside, flows::Flow, programs};

/// `docs/compute.md`, whole.
///
/// # Errors
///
/// If a shared object cannot be read.
pub fn page(flows: &[Flow], functions: &[(&str, u64)], beside: &[beside::Row]) -> std::io::Result<String> {
    let mut page = String::from(
        "# Compute units\n\n\
         Made by `GIMBAL_CHAIN=bytecode cargo run --release -p gimbal-tests --bin compute`; CI fails where it disagrees.\n\n\
         The figures are exact for the bytecode whose hashes stand below and repeat from run to run. That bytecode was \
         built for tests, with another compiler than mainnet deployments use: read the figures as proportions and \
         ceilings, not as mainnet prices.\n\n\
         ## Instructions\n\n\
         Calls into other programs included; the venue's own refresh not. *All fees and limits on* are fees of all four \
         kinds, a deposit cap, limits of outflow and of the price's speed both ways, a least ticket and a least age, and a \
         list of who may pay in; the price has risen too fast to be paid at once, and is above the mark. With *a day's \
         fees due* the instruction charges them before anything else. Tickets have a bound; it is met unless they are \
         *passed*. A transaction takes at most 64 accounts and 1,232 bytes: in kind it carries that one instruction, its \
         budget, and the signatures of the owner and of who pays for it; what is forgone takes no account.\n\n\
         *The dearest* of something was looked for on this bytecode: inputs are drawn by a seeded generator, and the \
         dearest of them is varied step by step, each variation kept unless it is cheaper (`tests/src/measure/climb.rs`). \
         Networks are drawn from families: dense, sparse, of every strength, amplifying, nearly critical, critical to a \
         basis point, chains, stars, cycles, blocks, late cores, triangles. Over lines of every kind, a program plays the \
         ledger and passes on what an account holds, since sixteen exposures are more than a transaction carries; `assess` \
         is counted alone. *Ordinary terms* are ranges about the price, and options within a year struck between half the \
         price and twice it; *extreme terms* are ranges that the price has left as well, and options of up to three years \
         struck at a fifth to five times the price.\n",
    );
    let mut section = "";
    for Flow { section: of, name, units, ceiling } in flows {
        if *of != section {
            section = of;
            let _ = write!(page, "\n### {section}\n\n| instruction | compute units | ceiling |\n|---|---:|---:|\n");
        }
        let ceiling = ceiling.map(|most| grouped(most.into())).unwrap_or_else(|| "–".into());
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| {name} | {} | {ceiling} |", grouped((*units).into()));
    }
    page.push_str(
        "\n## Mathematics\n\nOne call of each function of `crates/math` on one representative input. \
         Their errors: [accuracy.md](accuracy.md).\n\n\
         | function | compute units |\n|---|---:|\n",
    );
    for (name, units) in functions {
        let _ = writeln!(page, "| {name} | {} |", grouped((*units).into()));
    }
    let _ = write!(
        page,
        "\n## Beside public crates\n\nThe same functions of the public fixed-point crates for on-chain programs, in the same \
         program and build. Compute units are the mean of {} arguments spread over the domain, errors the largest of {} \
         arguments against 96 digits; the arguments are multiples of 2^-12, which every crate's numbers hold exactly. \
         `solmath` has 12 decimals, its `_hp` functions 15; `brine-fp` has 18 and no normal distribution.\n\n\
         | function | domain | by | compute units | largest error |\n|---|---|---|---:|---:|\n",
        math_bench::ARGUMENTS,
        grouped(beside::POINTS.into()),
    );
    for beside::Row { function, domain, by, units, error } in beside {
        let _ = writeln!(page, "| {function} | {domain} | {by} | {} | {error} |", grouped((*units).into()));
    }
    page.push_str("\n## Programs measured\n\n| program | bytes | SHA-256 |\n|---|---:|---|\n");
    for (name, bytes, hash) in programs::hashes()? {
        let _ = writeln!(page, "| {name} | {} | `{hash}` |", grouped(bytes as u128));
    }
    Ok(page)
}

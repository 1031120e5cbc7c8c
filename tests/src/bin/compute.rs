//! Measures compute units on bytecode and writes `docs/compute.md`; with `--check`, compares instead.

use std::{fs, path::Path, process::ExitCode};

use gimbal_tests::measure::{beside, flows, functions, is_metered, table};

fn main() -> ExitCode {
    let check = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--check") => true,
        Some(other) => {
            eprintln!("error: unknown argument '{other}': the only one is --check");
            return ExitCode::from(2);
        }
    };
    if !is_metered() {
        eprintln!(
            "error: native code is not metered: build the programs into target/deploy and set GIMBAL_CHAIN=bytecode"
        );
        return ExitCode::FAILURE;
    }
    let page = match table::page(&flows::measure(), &functions::measure(), &beside::measure()) {
        Ok(page) => page,
        Err(error) => {
            eprintln!("error: a program's shared object cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/compute.md");
    if check {
        if fs::read_to_string(&file).unwrap_or_default() != page {
            println!("{page}");
            eprintln!("error: docs/compute.md is stale: run this command without --check and commit the result");
            return ExitCode::FAILURE;
        }
        println!("docs/compute.md agrees with the bytecode");
    } else if let Err(error) = fs::write(&file, page) {
        eprintln!("error: docs/compute.md cannot be written: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

//! `cargo run -p idls` writes the programs' IDLs into `idls/`; with `--check` it writes nothing and fails where a
//! committed IDL disagrees with the code. Either way every instruction, account, argument and error must be documented.
//! Needs neither anchor-cli nor a network.

mod docs;

use std::{env, fs, path::Path, process::ExitCode};

use anchor_lang_idl::{build::IdlBuilder, types::Idl};
use anyhow::{Context, Result};
use clap::Parser;

/// Folder and file name of each program whose IDL is committed.
const PROGRAMS: [(&str, &str); 3] = [
    ("programs/risk-oracle", "risk_oracle"),
    ("programs/strategy-router", "strategy_router"),
    ("programs/vault", "vault"),
];

/// Builds the IDLs of Gimbal's programs from their code.
#[derive(Parser)]
struct Args {
    /// Compare with the committed files instead of writing them.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(problems) => {
            eprintln!("error: {problems} problem(s) in the IDLs");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<usize> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the idls folder has no parent")?.to_owned();
    // anchor-lang-idl mishandles this variable (it passes a literal `+{toolchain}`), and rustup's proxy always sets it.
    env::remove_var("RUSTUP_TOOLCHAIN");
    // The builder changes RUSTFLAGS: its own folder keeps the main build from being thrown away.
    env::set_var("CARGO_TARGET_DIR", root.join("target/idl"));

    let mut problems = 0;
    for (folder, name) in PROGRAMS {
        let idl = build(&root.join(folder)).with_context(|| format!("building the IDL of {folder}"))?;
        for missing in docs::missing(&idl) {
            eprintln!("{name}: {missing}");
            problems += 1;
        }
        let text = serde_json::to_string_pretty(&idl)? + "\n";
        let file = root.join("idls").join(format!("{name}.json"));
        if args.check {
            let committed = fs::read_to_string(&file).unwrap_or_default();
            if committed != text {
                eprintln!("{}: differs from the code; run `cargo run -p idls` and commit the result", file.display());
                problems += 1;
            }
        } else {
            fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
        }
        println!(
            "{name}: {} instructions, {} accounts, {} events, {} errors",
            idl.instructions.len(),
            idl.accounts.len(),
            idl.events.len(),
            idl.errors.len()
        );
    }
    Ok(problems)
}

fn build(program: &Path) -> Result<Idl> {
    IdlBuilder::new()
        .program_path(program.to_owned())
        .resolution(true)
        .skip_lint(false)
        .cargo_args(vec!["--lib".into(), "--offline".into(), "--locked".into()])
        .build()
}

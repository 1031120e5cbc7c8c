//! Keypair files for test wallets.

use super::Wallet;
use crate::cli::arguments::Output;
use crate::cli::output::{json, print};
use crate::setup::keys::keypair;
use anyhow::{anyhow, Context, Result};
use serde_json::json;
use solana_keypair::write_keypair;
use solana_signer::Signer;
use std::fs::OpenOptions;

/// Keys that follow from names alone: those of seed 1, as the set-up's test keys are.
const SEED: u64 = 1;

/// Makes the file and prints the address.
pub fn make(options: &Wallet, output: Output) -> Result<()> {
    let path = &options.file;
    let cannot = || format!("cannot make {}: give another name, or use the file that is there", path.display());
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).with_context(cannot)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(cannot)?;
    }
    let mut file = OpenOptions::new();
    // Never over a key that is there, whoever made it.
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    let keypair = keypair(SEED, &name, 0);
    let mut file = file.open(path).with_context(cannot)?;
    write_keypair(&keypair, &mut file).map_err(|error| anyhow!("{}: {error}", cannot()))?;
    match output {
        Output::Text => print(&format!("{} holds the key of {}\n", path.display(), keypair.pubkey())),
        _ => print(&json(&json!({ "file": path, "address": keypair.pubkey().to_string() }), output)?),
    }
}

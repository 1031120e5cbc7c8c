//! The shared objects that were measured.

use gimbal::chain::deploy_dir;
use sha2::{Digest, Sha256};

/// Crates of the programs whose figures are published.
const PROGRAMS: [&str; 6] = ["vault", "strategy_router", "risk_oracle", "lending_venue", "swap_venue", "math_bench"];

/// Name, bytes and SHA-256 of each shared object.
///
/// # Errors
///
/// If one cannot be read.
pub fn hashes() -> std::io::Result<Vec<(&'static str, usize, String)>> {
    PROGRAMS
        .into_iter()
        .map(|name| {
            let bytes = std::fs::read(deploy_dir().join(format!("{name}.so")))?;
            let hash = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            Ok((name, bytes.len(), hash))
        })
        .collect()
}

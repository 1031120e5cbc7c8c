//! `gimbal blockhash`: what somebody needs who signs elsewhere.

use super::session::Session;
use anyhow::Result;
use clap::Args;

/// Print the latest blockhash, for --sign-only on a machine without a network; it holds for about a minute
#[derive(Args, Debug)]
pub struct Blockhash {}

/// Prints it.
///
/// # Errors
///
/// The chain's.
pub fn run(session: &mut Session, _: &Blockhash) -> Result<()> {
    let blockhash = session.chain()?.latest_blockhash()?.to_string();
    session.answer(&serde_json::json!({ "blockhash": blockhash }), || blockhash.clone())
}

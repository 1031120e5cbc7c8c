//! The log: one JSON object a line on standard error, or words for a terminal.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// One object a line.
    Json,
    /// For people.
    Words,
}

/// Starts the log. `RUST_LOG` chooses what is told; without it the keeper's own lines, with `verbose` those for finding
/// faults too. Where a log runs already it stays.
pub fn start(style: Style, verbose: bool) {
    let level = if verbose { "warn,gimbal=debug" } else { "warn,gimbal=info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // It fails only where somebody has started one.
    let _ = match style {
        Style::Json => log.json().flatten_event(true).try_init(),
        // Colours are for eyes, not for a file.
        Style::Words => log.with_ansi(std::io::stderr().is_terminal()).compact().try_init(),
    };
}

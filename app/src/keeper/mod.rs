//! The keeper: reads many vaults at once, plans what is due, and does it.
//!
//! | module | subject |
//! |---|---|
//! | [`config`] | what an operator sets |
//! | [`action`] | what can be done, and one thing that is meant to be done |
//! | [`source`] | where prices come from |
//! | [`watch`] | which vaults are kept, and how they stand |
//! | [`plan`] | what is due |
//! | [`profit`] | what it costs and brings |
//! | [`act`] | planned actions as transactions, and whether the chain would take them |
//! | [`planner`] | what the loop needs to know of all that |
//! | [`desk`] | a real keeper's planner |
//! | [`wire`] | what the loop asks of a chain |
//! | [`journal`] | what is about to be done, before it is done |
//! | [`executor`] | carries a plan out: several vaults at once, each transaction journalled first |
//! | [`step`] | the steps of the loop, between which the process may die |
//! | [`daemon`] | the loop |
//! | [`stop`], [`backoff`] | stopping and waiting |
//! | [`metrics`], [`health`], [`http`], [`logging`] | what it tells of itself |
//! | [`status`], [`rehearsal`] | how it stands, and what it would do |

pub mod act;
pub mod action;
pub mod backoff;
pub mod config;
pub mod daemon;
pub mod desk;
pub mod executor;
pub mod health;
pub mod http;
pub mod journal;
pub mod logging;
pub mod metrics;
pub mod plan;
pub mod planner;
pub mod profit;
pub mod rehearsal;
pub mod source;
pub mod status;
pub mod step;
pub mod stop;
pub mod watch;
pub mod wire;

use anchor_lang::error::Error as AnchorError;

pub use action::{Action, ActionKey, ActionKind, Urgency};
pub use config::KeeperConfig;

/// A program's error as it names and words it itself.
fn sentence(error: &AnchorError) -> String {
    match error {
        AnchorError::AnchorError(error) => format!("{}: {}", error.error_name, error.error_msg),
        AnchorError::ProgramError(error) => error.to_string(),
    }
}

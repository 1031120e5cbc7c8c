//! The risk oracle, one file per instruction, on a chain without vault or ledger: the oracle calls nobody.

mod apply_change;
mod assess;
mod close_change;
mod cost;
mod create_book;
mod propose_change;
mod real_accounts;
mod register_feed;
mod renounce;
mod roles;
mod set_feed_params;
mod set_line_risk;
mod set_risk;
mod update_feed;
mod update_feed_refusals;
mod veto_change;
mod waiting;
mod world;

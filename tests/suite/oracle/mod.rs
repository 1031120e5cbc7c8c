//! The risk oracle, one file per instruction, on a chain without vault or ledger: the oracle calls nobody.

mod assess;
mod cost;
mod create_book;
mod real_accounts;
mod register_feed;
mod roles;
mod set_feed_params;
mod set_line_risk;
mod set_risk;
mod update_feed;
mod update_feed_refusals;
mod world;

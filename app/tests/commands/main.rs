//! The commands, each from its words to what it prints and changes: on an embedded chain in the same process, or as the
//! binary where files, terminals and exit codes matter.

mod admin_changes;
mod admin_engine;
mod admin_network;
mod admin_roles;
mod admin_settings;
mod core_offline;
mod core_settings;
mod core_submit;
mod depositor;
mod feed;
mod position;
#[path = "../process/mod.rs"]
mod process;
mod risk;
mod strategy;
mod support;
mod vault_admit;
mod vault_binary;
mod vault_elsewhere;
mod vault_enter;
mod vault_leave;
mod vault_show;
mod vault_tickets;

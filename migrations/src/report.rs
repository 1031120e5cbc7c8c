//! Plan and outcome in words.

use comfy_table::CellAlignment;
use gimbal::chain::{Chain, ChainError};
use gimbal::table;

use crate::plan::Plan;
use crate::remedy;
use crate::run::Outcome;
use crate::setup::Setup;
use crate::steps::{self, State};

/// Lamports as SOL with all nine decimals.
pub fn sol(lamports: u64) -> String {
    gimbal::amount::format_full(lamports, 9)
}

/// The plan as a table, then what differs, and what cannot be done.
pub fn plan(plan: &Plan) -> String {
    let mut steps = table::words(&["", "step", "what", "now"]);
    for (number, planned) in (1..).zip(&plan.steps) {
        let now = match &planned.state {
            State::Missing => "create",
            State::Present => "exists",
            State::Differs(_) => "differs",
            State::Waits(_) => "waits",
            State::Blocked(_) => "blocked",
        };
        let number: u32 = number;
        steps.add_row([number.to_string(), planned.step.name(), planned.step.what(), now.to_owned()]);
    }
    let mut text = format!("{steps}\n");
    let differences = plan.differences();
    if !differences.is_empty() {
        text.push_str("\ndiffers from the file, and is left as it is:\n");
        let mut rows = table::words(&["what", "on the chain", "in the file", "changed by"]);
        for one in differences {
            rows.add_row([&one.field, &one.chain, &one.file, &one.remedy]);
        }
        text.push_str(&format!("{rows}\n"));
    }
    text.push_str(&open(plan));
    text
}

/// What waits, and what is blocked.
pub fn open(plan: &Plan) -> String {
    let mut text = String::new();
    for (name, what) in plan.waiting() {
        text.push_str(&format!("\nwaits: {name}: {what}\n"));
    }
    for (name, why) in plan.blocked() {
        text.push_str(&format!("\nblocked: {name}: {why}\n"));
    }
    text
}

/// What was done, with the accounts that are there now, their rent, and what the network took.
///
/// # Errors
///
/// The chain's.
pub fn outcome(chain: &dyn Chain, setup: &Setup, outcome: &Outcome) -> Result<String, ChainError> {
    let mut accounts = table::words(&["account", "address", "bytes", "rent (SOL)"]);
    for column in accounts.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let (mut count, mut rent) = (0_usize, 0_u64);
    for step in steps::all(setup) {
        for made in step.makes() {
            let key = match made.key {
                Some(key) => Some(key),
                None => setup.lookup_table(chain)?,
            };
            let Some(key) = key else { continue };
            let Some(account) = chain.get_account(&key)? else { continue };
            count += 1;
            rent += account.lamports;
            accounts.add_row([made.name, key.to_string(), account.data.len().to_string(), sol(account.lamports)]);
        }
    }
    let sent: usize = outcome.done.iter().map(|done| done.signatures.len()).sum();
    Ok(format!(
        "{accounts}\n{count} accounts hold {} SOL of rent; {sent} transactions took {} SOL\n",
        sol(rent),
        sol(outcome.fees())
    ))
}

/// What to do next.
pub fn next(setup: &Setup, urls: &[String]) -> String {
    let vault = setup.vault.addresses.vault;
    let url = urls.iter().map(|url| format!(" --url {url}")).collect::<String>();
    let mut text = String::from("next:\n");
    if let Some(owner) = setup.final_owner {
        let own = setup.feeds.iter().filter(|feed| feed.authority == setup.owner);
        let feeds = own.map(|feed| remedy::accept_alone(&feed.key));
        let network = setup.own_network().map(remedy::accept_alone);
        for accept in std::iter::once(remedy::accept_whole(&vault)).chain(feeds).chain(network) {
            text.push_str(&format!("  {accept}{url} --keypair KEYPAIR_OF_{owner}\n"));
        }
    }
    if let Some(engine) = &setup.engine {
        let feeds = engine.assets.iter().map(|(_, feed)| feed);
        for command in remedy::begin_engine(&vault, engine.network.is_some(), feeds) {
            text.push_str(&format!("  {command}{url}\n"));
        }
    }
    for command in ["vault show", "vault deposit"] {
        let amount = if command == "vault deposit" { " 1000" } else { "" };
        text.push_str(&format!("  gimbal {command} {vault}{amount}{url}\n"));
    }
    text.push_str(&format!("  gimbal verify {vault}{url}\n"));
    text
}

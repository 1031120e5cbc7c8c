//! What the keeper's commands show to people.

use crate::keeper::executor::Told;
use crate::keeper::journal::{Attempt, CycleEnd, Outcome};
use crate::keeper::rehearsal::{Rehearsal, Verdict};
use crate::keeper::status::{JournalStatus, Status, VaultStatus};
use crate::keeper::KeeperConfig;
use crate::table::{pairs, row, words};
use crate::views::units::{span, wait, When};
use serde::Serialize;

/// Decimals of SOL.
const SOL: u8 = 9;

fn sol(lamports: u64) -> String {
    format!("{} SOL", crate::amount::format(lamports, SOL))
}

/// What one turn did.
#[derive(Debug, Serialize)]
pub struct Turn {
    slot: u64,
    planned: u64,
    landed: u64,
    failed: u64,
    refused: u64,
    put_off: u64,
    under_way: usize,
    transactions: Vec<Sent>,
    refusals: Vec<Refusal>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Refusal {
    action: String,
    vault: String,
    name: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct Sent {
    signature: String,
    outcome: &'static str,
    slot: Option<u64>,
    lamports: Option<u64>,
    error: Option<String>,
    pay: Vec<Pay>,
    actions: Vec<Done>,
}

#[derive(Debug, Serialize)]
struct Pay {
    vault: String,
    base_units: u64,
}

#[derive(Debug, Serialize)]
struct Done {
    action: String,
    vault: String,
    reason: String,
}

impl Turn {
    pub fn new(end: &CycleEnd, attempts: &[Attempt], under_way: usize, told: &Told) -> Self {
        let CycleEnd { slot, planned, landed, failed, refused, put_off, .. } = *end;
        let transactions = attempts.iter().map(Sent::new).collect();
        let refusals = told.refused.iter().map(|left| Refusal {
            action: left.action.key().to_string(),
            vault: left.action.vault.to_string(),
            name: left.name.clone(),
            reason: left.reason.clone(),
        });
        let (refusals, notes) = (refusals.collect(), told.notes.clone());
        Self { slot, planned, landed, failed, refused, put_off, under_way, transactions, refusals, notes }
    }

    fn pay(&self) -> u64 {
        self.transactions.iter().flat_map(|sent| &sent.pay).map(|pay| pay.base_units).sum()
    }

    pub fn text(&self) -> String {
        let mut text = pairs(&[
            row("Slot", self.slot),
            row("Actions due", self.planned),
            row("Transactions landed", self.landed),
            row("… landed and refused", self.failed),
            row("… still under way", self.under_way),
            row("Actions refused in the trial", self.refused),
            row("Actions put off", self.put_off),
            row("Pay promised", format!("{} base units", self.pay())),
        ]);
        if !self.transactions.is_empty() {
            let mut table = words(&["Action", "Outcome", "Cost", "Signature"]);
            for sent in &self.transactions {
                let outcome = match &sent.error {
                    Some(error) => format!("{}: {error}", sent.outcome),
                    None => sent.outcome.to_owned(),
                };
                for (place, done) in sent.actions.iter().enumerate() {
                    let first = place == 0;
                    let cost = sent.lamports.filter(|_| first).map(sol).unwrap_or_default();
                    let signature = if first { sent.signature.as_str() } else { "″" };
                    table.add_row([done.action.as_str(), &outcome, &cost, signature]);
                }
            }
            text.push_str(&format!("\n{table}\n"));
        }
        if !self.refusals.is_empty() {
            let mut table = words(&["Refused", "Why"]);
            for one in &self.refusals {
                table.add_row([&one.action, &one.reason]);
            }
            text.push_str(&format!("\n{table}\n"));
        }
        for note in &self.notes {
            text.push_str(&format!("  {note}\n"));
        }
        text
    }
}

impl Sent {
    fn new(attempt: &Attempt) -> Self {
        let (outcome, slot, lamports, error) = match &attempt.outcome {
            None => ("under way", None, None, None),
            Some(Outcome::Expired) => ("expired", None, None, None),
            Some(Outcome::Landed { slot, lamports, .. }) => ("landed", Some(*slot), Some(*lamports), None),
            Some(Outcome::Failed { slot, lamports, name }) => {
                ("refused", Some(*slot), Some(*lamports), Some(name.clone()))
            }
        };
        let actions = attempt.works.iter().map(|work| Done {
            action: work.key.to_string(),
            vault: work.vault.to_string(),
            reason: work.reason.clone(),
        });
        let pay: &[_] = match &attempt.outcome {
            Some(Outcome::Landed { pay, .. }) => pay,
            _ => &[],
        };
        Self {
            signature: attempt.signature.to_string(),
            pay: pay.iter().map(|(vault, pay)| Pay { vault: vault.to_string(), base_units: *pay }).collect(),
            outcome,
            slot,
            lamports,
            error,
            actions: actions.collect(),
        }
    }
}

/// What a turn would do.
pub fn rehearsal(rehearsal: &Rehearsal) -> String {
    let mut text = pairs(&[
        row("Slot", rehearsal.slot),
        row("Vaults", rehearsal.vaults),
        row("Left to spend this hour", sol(rehearsal.lamports_left)),
        row("Sent", "nothing: this is a dry run"),
    ]);
    match rehearsal.actions.is_empty() {
        true => text.push_str("\nNothing is due.\n"),
        false => {
            let mut table = words(&["Action", "Why", "What would happen"]);
            for action in &rehearsal.actions {
                table.add_row([&action.action, &action.reason, &verdict(&action.verdict)]);
            }
            text.push_str(&format!("\n{table}\n"));
        }
    }
    for note in &rehearsal.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::WouldBeSent { together: 1, units, lamports } => {
            format!("sent, {units} compute units, at most {}", sol(*lamports))
        }
        Verdict::WouldBeSent { together, units, lamports } => {
            format!("sent, {together} actions in one transaction, {units} compute units, at most {}", sol(*lamports))
        }
        Verdict::Refused { name, reason } if reason.contains(name.as_str()) => format!("refused: {reason}"),
        Verdict::Refused { name, reason } => format!("refused: {name}, {reason}"),
        Verdict::Waits => "tried out when what it stands on has landed".to_owned(),
        Verdict::Parked { name, until } => format!("left alone until {} after {name}", When::new(*until).short()),
    }
}

/// How the keeper stands.
pub fn status(status: &Status, config: &KeeperConfig) -> String {
    let now = status.now.unix;
    let mut rows = vec![
        row("Keeper", &status.keeper),
        row("Wallet", sol(status.wallet_lamports)),
        row("Slot", status.slot),
        row("Time", status.now.short()),
    ];
    match &status.journal {
        Some(journal) => journal_rows(journal, now, &mut rows),
        None => {
            rows.push(row("Journal", format!("none yet at {}: it is made by `keeper run`", config.journal.display())))
        }
    }
    let mut text = pairs(&rows);
    if let Some(journal) = &status.journal {
        journal_tables(journal, now, &mut text);
    }
    if status.vaults.is_empty() {
        text.push_str("\nNo vault is kept: look at `vaults` in the configuration.\n");
    } else {
        vault_table(&status.vaults, &mut text);
    }
    for problem in &status.problems {
        text.push_str(&format!("  {problem}\n"));
    }
    text
}

fn journal_rows(journal: &JournalStatus, now: i64, rows: &mut Vec<(String, String)>) {
    rows.push(row("Journal", &journal.path));
    rows.push(match &journal.last_cycle {
        None => row("Last turn", "none"),
        Some(cycle) => {
            let ended = match (&cycle.problem, cycle.ended_slot) {
                (Some(problem), _) => format!("broke off: {problem}"),
                (None, None) => "runs, or was killed".to_owned(),
                (None, Some(_)) => format!(
                    "{} due, {} landed, {} failed, {} refused, {} put off",
                    cycle.planned, cycle.landed, cycle.failed, cycle.refused, cycle.put_off
                ),
            };
            row("Last turn", format!("{} ago: {ended}", span(now.saturating_sub(cycle.started_at))))
        }
    });
    let spent = &journal.spent;
    let of = format!("{} of {}", sol(spent.total()), sol(journal.limit_lamports));
    rows.push(row("Spent in the last hour", of));
    if spent.reserved > 0 {
        rows.push(row("… of it may yet be spent", sol(spent.reserved)));
    }
    if spent.outside > 0 {
        rows.push(row("… of it not by this journal", sol(spent.outside)));
    }
}

fn journal_tables(journal: &JournalStatus, now: i64, text: &mut String) {
    if !journal.unsettled.is_empty() {
        let mut table = words(&["Under way", "Since", "Signature"]);
        for one in &journal.unsettled {
            let since = span(now.saturating_sub(one.signed.unix));
            table.add_row([&one.actions.join("\n"), &since, &one.signature]);
        }
        text.push_str(&format!("\n{table}\n"));
    }
    if !journal.parked.is_empty() {
        let mut table = words(&["Parked", "After", "Times", "Tried again in"]);
        for one in &journal.parked {
            let wait = wait(one.until.unix.saturating_sub(now));
            table.add_row([&one.action, &one.refusal, &one.refusals.to_string(), &wait]);
        }
        text.push_str(&format!("\n{table}\n"));
    }
}

fn vault_table(vaults: &[VaultStatus], text: &mut String) {
    let mut table = words(&["Vault", "Registered", "Lines", "Oldest value", "Tickets", "Owed", "Paid", "Lost", "Due"]);
    for vault in vaults {
        let age = match vault.oldest_valuation_seconds {
            Some(age) => format!("{} of {}", span(age), span(i64::from(vault.valuation_limit_seconds))),
            None => "–".to_owned(),
        };
        table.add_row([
            vault.vault.clone(),
            if vault.registered { "yes" } else { "no" }.to_owned(),
            vault.lines.to_string(),
            age,
            vault.tickets.to_string(),
            vault.owed.ui.clone(),
            vault.paid.ui.clone(),
            vault.lost.ui.clone(),
            vault.due.len().to_string(),
        ]);
    }
    text.push_str(&format!("\n{table}\n"));
    let due: Vec<_> = vaults.iter().flat_map(|vault| &vault.due).collect();
    if !due.is_empty() {
        let mut table = words(&["Due", "Why"]);
        for one in due {
            table.add_row([&one.action, &one.reason]);
        }
        text.push_str(&format!("{table}\n"));
    }
}

//! The report in a terminal.

use comfy_table::{CellAlignment, Table};
use std::fmt::Write as _;

use super::{signed, Figures, NavFigures, Report, Status};
use crate::amount;
use crate::table::words;

impl Report {
    /// As tables.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = write!(out, "{}", self.head());
        let _ = writeln!(out, "\nWho may replace the programs\n{}", self.program_table());
        let _ = writeln!(out, "\nWho may do what\n{}", self.post_table());
        if !self.tickets.is_empty() {
            let _ = writeln!(out, "\nTickets\n{}", self.ticket_table());
        }
        let _ = writeln!(out, "\nChecks\n{}", self.check_table());
        for (status, title) in [(Status::Noted, "Worth knowing"), (Status::Broken, "Broken")] {
            if self.ended(status).next().is_some() {
                let _ = writeln!(out, "\n{title}");
            }
            for check in self.ended(status) {
                let _ = writeln!(out, "  {}: {}", check.name, check.expectation);
                let _ = writeln!(out, "    expected {}, found {}", check.expected, check.found);
                if let Some(note) = &check.note {
                    let _ = writeln!(out, "    {note}");
                }
            }
        }
        let _ = writeln!(out, "\n{}", self.verdict());
        out
    }

    fn head(&self) -> String {
        let Figures { decimals, nav_stored, nav_refused, nav_recomputed, .. } = &self.figures;
        let amount = |units: i128| whole(units, *decimals);
        let nav =
            |nav: &NavFigures| format!("low {}, mid {}, high {}", amount(nav.low), amount(nav.mid), amount(nav.high));
        let stored = match (nav_stored, nav_refused) {
            (Some(stored), _) => nav(stored),
            (None, Some(why)) => format!("none: {why}"),
            (None, None) => "none".to_owned(),
        };
        format!(
            "Vault {}\nat slot {}, Unix time {}\n\n\
             NAV as stored       {stored}\n\
             NAV recomputed      {}\n\
             Effective supply    {}  (mint {}, in escrow {})\n\
             Fee shares due      {}  (a crystallisation now would make them)\n\
             Cash                {}  (owed to keepers {}, gains still locked {})\n\
             Owed to tickets     {}\n",
            self.vault,
            self.slot,
            self.unix_time,
            nav(nav_recomputed),
            amount(self.figures.effective_supply),
            amount(self.figures.mint_supply.into()),
            amount(self.figures.escrowed),
            self.figures.fee_shares_due.map_or_else(|| "unknown".to_owned(), |due| amount(due.into())),
            amount(self.figures.cash.into()),
            amount(self.figures.keeper_owed.into()),
            amount(self.figures.locked_gains),
            amount(self.figures.claims_owed.into()),
        )
    }

    fn program_table(&self) -> Table {
        let mut table = words(&["program", "address", "deployed at slot", "upgrade authority", ""]);
        for line in &self.programs {
            table.add_row([
                line.name.to_owned(),
                line.program.clone(),
                line.deployed_slot.map_or_else(|| "?".to_owned(), |slot| slot.to_string()),
                line.upgrade_authority.clone().unwrap_or_else(|| "none".to_owned()),
                line.kind.clone(),
            ]);
        }
        table
    }

    fn post_table(&self) -> Table {
        let mut table = words(&["account", "owner", "curator", "guardian", ""]);
        for line in &self.posts {
            let key = |key: &Option<String>| key.clone().unwrap_or_else(|| "nobody".to_owned());
            let mut more: Vec<String> = line.renounced.iter().map(|post| format!("{post} renounced")).collect();
            more.extend(line.pending_owner.as_ref().map(|key| format!("next owner {key}")));
            let posts = [&line.owner, &line.curator, &line.guardian].map(key);
            table.add_row([line.account.clone()].into_iter().chain(posts).chain([more.join(", ")]));
        }
        table
    }

    fn ticket_table(&self) -> Table {
        let mut table = words(&["ticket", "owner", "status", "shares left", "to claim", "overdue at", "in kind at"]);
        let amount = |units: u64| amount::format(units, self.figures.decimals);
        for line in &self.tickets {
            table.add_row([
                line.sequence.to_string(),
                line.owner.clone(),
                line.status.clone(),
                amount(line.shares_left),
                amount(line.claimable),
                line.overdue_at.to_string(),
                line.in_kind_at.to_string(),
            ]);
        }
        table
    }

    fn check_table(&self) -> Table {
        let mut table = words(&["check", "expected", "found", "residual", "status"]);
        for check in &self.checks {
            let status = match check.status {
                Status::Holds => "holds",
                Status::Noted => "noted",
                Status::Broken => "BROKEN",
            };
            table.add_row([
                check.name.clone(),
                shortened(&check.expected),
                shortened(&check.found),
                check.residual.map_or_else(String::new, signed),
                status.to_owned(),
            ]);
        }
        for column in [1, 2, 3] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }
}

/// Enough of a text for a column; all of it stands below the table where the check does not hold.
fn shortened(text: &str) -> String {
    const MOST: usize = 28;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

/// Base units as whole tokens; as units where 64 bits do not hold them.
fn whole(units: i128, decimals: u8) -> String {
    match u64::try_from(units) {
        Ok(units) => amount::format(units, decimals),
        Err(_) => format!("{units} units"),
    }
}

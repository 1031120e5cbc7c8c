//! Previews and ways out as text, for people.

use super::amounts::{assets, bound_words, shares};
use super::show::Previewed;
use crate::table::{pairs, row, Row};
use crate::views::exits::Exits;
use crate::views::flow::{FlowView, Kind};

/// `gimbal vault preview`.
pub fn preview(previewed: &Previewed, symbol: &str) -> String {
    let FlowView { flow, refused, .. } = &previewed.flow;
    let view = &previewed.flow;
    let (out, receives) = match flow {
        Kind::Deposit | Kind::Mint => (assets(&view.assets, symbol), shares(&view.shares)),
        Kind::Withdraw | Kind::Redeem => (shares(&view.shares), assets(&view.assets, symbol)),
    };
    let mut rows = vec![row("Gives", out), row("Receives", receives)];
    if view.fee.base_units > 0 {
        let name = if flow.is_entry() { "Entry fee" } else { "Exit fee" };
        rows.push(row(name, assets(&view.fee, symbol)));
    }
    rows.extend(view.price.map(|price| row("Price", format!("{} {symbol} a share", price.cut(6)))));
    rows.push(row("Bound", bound_words(&view.bound, symbol)));
    if !view.refreshes.is_empty() {
        rows.push(row("Refreshed first", view.refreshes.join(", ")));
    }
    let title = match refused {
        Some(refusal) => {
            rows.push(row("Would be refused", refusal));
            format!("{} would be refused ({})", capital(flow.name()), refusal.name)
        }
        None => capital(flow.name()),
    };
    let mut text = format!("{title}\n{}", pairs(&rows));
    if let Some(exits) = &previewed.exits {
        text.push_str(&format!("\nWays out\n{}", pairs(&exit_rows(exits, symbol))));
    }
    text
}

/// The ways out as rows.
pub fn exit_rows(exits: &Exits, symbol: &str) -> Vec<Row> {
    let part = |part: &crate::views::exits::Part| match part.shares.base_units {
        0 => "nothing".to_owned(),
        _ => format!("{} for {}", assets(&part.assets, symbol), shares(&part.shares)),
    };
    let mut rows = vec![row("Instantly", part(&exits.instantly))];
    if let Some(line) = exits.recall_line {
        rows.push(row("By recall", format!("{}, from cash and line {line}", part(&exits.by_recall))));
    }
    if let Some(refusal) = &exits.held_by {
        rows.push(row("Held up by", refusal));
    }
    let ticket = &exits.by_ticket;
    let ahead = match ticket.ahead_shares.base_units {
        0 => "first in the queue".to_owned(),
        _ => format!("behind {}", shares(&ticket.ahead_shares)),
    };
    rows.push(row("By ticket", format!("{ahead}; paid {}", ticket.waits_for.words())));
    rows.push(row(
        "",
        format!(
            "at the latest from {} UTC at the last values, from {} UTC in kind",
            ticket.overdue.short(),
            ticket.in_kind.short()
        ),
    ));
    rows
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

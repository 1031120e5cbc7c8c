//! Tables of vaults, for people.

use super::amounts::{assets, shares};
use crate::table::{pairs, row, section, table, words, Row};
use crate::views::line::LineView;
use crate::views::nav::{rate_words, NavView, SharePrice};
use crate::views::terms::{GateView, RolesView, Use};
use crate::views::units::{percent, span, Worth};
use crate::views::vault::{VaultRow, VaultView};

/// What the base asset is called where nobody knows.
pub const BASE: &str = "base";

/// `gimbal vault list`.
pub fn list(rows: &[VaultRow], cluster: &str) -> String {
    if rows.is_empty() {
        return format!("There are no vaults on {cluster}.");
    }
    let mut table =
        table(&["vault", "asset", "NAV", "share price", "cash", "lines", "lending now", "queued shares", "notes"]);
    for vault in rows {
        table.add_row([
            vault.vault.clone(),
            vault.symbol.unwrap_or(BASE).to_owned(),
            vault.nav.worth.mid.ui.clone(),
            vault.share_price.as_ref().map_or_else(|| "–".to_owned(), |price| price.mid.cut(6)),
            vault.cash.ui.clone(),
            vault.lines.to_string(),
            rate_words(vault.rate.as_ref()),
            vault.queued_shares.ui.clone(),
            vault.notes.join(", "),
        ]);
    }
    table.to_string()
}

/// `gimbal vault show`.
pub fn show(vault: &VaultView) -> String {
    let symbol = vault.symbol.unwrap_or(BASE);
    let mut out = format!("Vault {}\n", vault.vault);
    for warning in &vault.warnings {
        out.push_str(&format!("  ! {warning}\n"));
    }
    out.push_str(&pairs(&head(vault, symbol)));
    section(&mut out, "Lines", &lines_table(&vault.lines, symbol));
    section(&mut out, "Cash and queue", &pairs(&cash(vault, symbol)));
    section(&mut out, "Fees", &pairs(&fees(vault)));
    section(&mut out, "Limits", &pairs(&limits(vault, symbol)));
    if !vault.waiting_changes.is_empty() {
        section(&mut out, "Changes that wait", &changes(vault));
    }
    section(&mut out, "Roles", &pairs(&roles(&vault.roles)));
    section(&mut out, "Accounts", &pairs(&accounts(vault)));
    out
}

fn head(vault: &VaultView, symbol: &str) -> Vec<Row> {
    let mut rows = vec![
        row("Base asset", format!("{symbol}, mint {}", vault.base_mint)),
        row("NAV", format!("{} {symbol}", range(&vault.nav.worth))),
        row("Valued", nav_words(&vault.nav)),
    ];
    rows.extend(vault.share_price.as_ref().map(|price| row("Share price", price_words(price))));
    rows.push(row("Shares", vault.supply.ui.clone()));
    if let Some(rate) = &vault.rate {
        let after = percent(rate.after_management_bps);
        let gross = rate_words(Some(rate));
        rows.push(row(
            "Lending now",
            format!("{gross} a year, {after} after the management fee: rates of the last valuations, no promise"),
        ));
    }
    rows
}

/// Central, with both sides.
pub fn range(worth: &Worth) -> String {
    format!("{} (low {}, high {})", worth.mid.ui, worth.low.ui, worth.high.ui)
}

fn price_words(price: &SharePrice) -> String {
    format!("{} (out {}, in {})", price.mid.cut(6), price.low.cut(6), price.high.cut(6))
}

fn nav_words(nav: &NavView) -> String {
    match (&nav.valued, nav.fresh) {
        (None, _) => "cash only".to_owned(),
        (Some(_), true) => format!("{} ago at the oldest; fresh up to {}", span(nav.age), span(nav.max_age.into())),
        (Some(_), false) => {
            format!(
                "{} ago at the oldest, more than {}: STALE, shown as it was",
                span(nav.age),
                span(nav.max_age.into())
            )
        }
    }
}

/// The lines of a vault.
pub fn lines_table(lines: &[LineView], symbol: &str) -> String {
    if lines.is_empty() {
        return "  none: all is cash".to_owned();
    }
    let value = format!("value {symbol}");
    let mut table = table(&[
        "line",
        "kind",
        "status",
        &value,
        "weight",
        "bounds",
        "target",
        "cap",
        "venue can pay",
        "rate now",
        "valued",
    ]);
    for line in lines {
        let weight = &line.weight;
        let valued = match (&line.valued, line.stale) {
            (None, _) => "never".to_owned(),
            (Some(_), false) => format!("{} ago", span(line.age)),
            (Some(_), true) => format!("{} ago, STALE", span(line.age)),
        };
        let stands = if weight.stands == "inside" { "" } else { " !" };
        table.add_row([
            line.line.to_string(),
            if line.swapped { format!("{}, swapped", line.adapter) } else { line.adapter.to_owned() },
            line.status.replace('_', " "),
            line.value.mid.ui.clone(),
            format!("{}{stands}", percent(i64::try_from(weight.now_bps).unwrap_or(i64::MAX))),
            format!("{} – {}", percent(weight.min_bps), percent(weight.max_bps)),
            percent(weight.target_bps),
            line.cap.ui.clone(),
            line.liquidity.ui.clone(),
            line.rate_bps.map_or_else(|| "–".to_owned(), |rate| percent(i64::try_from(rate).unwrap_or(i64::MAX))),
            valued,
        ]);
    }
    table.to_string()
}

fn cash(vault: &VaultView, symbol: &str) -> Vec<Row> {
    let (cash, queue) = (&vault.cash, &vault.queue);
    let mut rows = vec![
        row(
            "Cash",
            format!(
                "{}, {} of NAV; {} free for instant exits",
                assets(&cash.tracked, symbol),
                percent(i64::try_from(cash.weight_bps).unwrap_or(i64::MAX)),
                cash.free.ui
            ),
        ),
        row("Lines can pay", assets(&cash.recallable, symbol)),
    ];
    if cash.keepers.base_units > 0 {
        rows.push(row("Owed to keepers", assets(&cash.keepers, symbol)));
    }
    if cash.locked_gains.base_units > 0 {
        rows.push(row("Locked gains", assets(&cash.locked_gains, symbol)));
    }
    let tickets = match queue.tickets {
        0 => "empty".to_owned(),
        1 => format!("1 ticket, {}", shares(&queue.shares)),
        many => format!("{many} tickets, {}", shares(&queue.shares)),
    };
    let lacking = match queue.lacking.base_units {
        0 => String::new(),
        _ => format!("; cash lacks {}", assets(&queue.lacking, symbol)),
    };
    rows.push(row("Queue", format!("{tickets}{lacking}")));
    if let Some(deadline) = &queue.next_deadline {
        rows.push(row("Next deadline", format!("{} UTC", deadline.short())));
    }
    if queue.passed_shares.base_units > 0 {
        rows.push(row("Passed", shares(&queue.passed_shares)));
    }
    if queue.claimable.base_units > 0 {
        rows.push(row("To be claimed", assets(&queue.claimable, symbol)));
    }
    rows
}

fn fees(vault: &VaultView) -> Vec<Row> {
    let fees = &vault.fees;
    let mut rows = vec![
        row("Management", format!("{} a year", percent(fees.management_bps))),
        row("Performance", format!("{} of gains above the mark", percent(fees.performance_bps))),
        row("Entry", percent(fees.entry_bps)),
        row("Exit", percent(fees.exit_bps)),
    ];
    rows.extend(fees.recipient.as_ref().map(|recipient| row("Recipient", recipient)));
    if fees.accrued.base_units > 0 {
        rows.push(row("Accrued", shares(&fees.accrued)));
    }
    rows
}

fn in_use(limit: &Use, unit: &str) -> String {
    format!("{} {unit}, {} used, {} left", limit.limit.ui, limit.used.ui, limit.left.ui)
}

fn limits(vault: &VaultView, symbol: &str) -> Vec<Row> {
    let limits = &vault.limits;
    let cap = match (&limits.deposit_cap, &limits.deposit_cap_alone) {
        (Some(cap), _) => in_use(cap, symbol),
        (None, Some(cap)) => assets(cap, symbol),
        (None, None) => "none".to_owned(),
    };
    let outflow = match &limits.outflow {
        Some(outflow) => format!("{} a day: {}", percent(limits.outflow_bps), in_use(outflow, "shares")),
        None => "none".to_owned(),
    };
    let speed = |bps: u16| if bps == 0 { "off".to_owned() } else { format!("{} a day", percent(bps)) };
    let mut rows = vec![
        row("Deposit cap", cap),
        row("Instant exits", outflow),
        row("First deposit", format!("at least {}", assets(&limits.min_first_deposit, symbol))),
    ];
    if limits.min_ticket.base_units > 0 {
        rows.push(row("Smallest ticket", shares(&limits.min_ticket)));
    }
    let deadline = i64::from(limits.ticket_deadline);
    rows.push(row("Ticket deadlines", format!("{}, in kind after {}", span(deadline), span(2 * deadline))));
    if limits.ticket_min_age > 0 {
        rows.push(row("Ticket waits", format!("at least {}", span(limits.ticket_min_age.into()))));
    }
    rows.push(row("Price limits", format!("up {}, down {}", speed(limits.speed_up_bps), speed(limits.speed_down_bps))));
    rows.push(row(
        "Who may pay in",
        match &vault.gate {
            GateView::Open => "anybody".to_owned(),
            GateView::List { root } => format!("wallets on the list with the root {root}"),
        },
    ));
    rows
}

fn changes(vault: &VaultView) -> String {
    let mut table = words(&["of", "number", "what", "sets", "can be applied", "until"]);
    for change in &vault.waiting_changes {
        let sets: Vec<String> = change.what.arguments.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let ready = if change.state == "ready" { "now".to_owned() } else { format!("{} UTC", change.ready.short()) };
        table.add_row([
            change.of.clone(),
            change.number.to_string(),
            change.what.instruction.to_owned(),
            sets.join("\n"),
            ready,
            format!("{} UTC", change.expires.short()),
        ]);
    }
    table.to_string()
}

/// Posts and who holds them; accounts with the same holders share a line.
fn roles(all: &[RolesView]) -> Vec<Row> {
    let mut groups: Vec<(Vec<&str>, &RolesView)> = Vec::new();
    for roles in all {
        match groups.iter_mut().find(|(_, other)| other.same_holders(roles)) {
            Some((names, _)) => names.push(&roles.of),
            None => groups.push((vec![&roles.of], roles)),
        }
    }
    let nobody = || "nobody".to_owned();
    let mut rows = Vec::new();
    for (names, roles) in groups {
        // Feeds by their count: their addresses are below, among the accounts.
        let feeds = names.iter().filter(|name| name.starts_with("feed ")).count();
        let mut of: Vec<String> =
            names.iter().filter(|name| !name.starts_with("feed ")).map(|name| (*name).to_owned()).collect();
        match feeds {
            0 => (),
            1 => of.push("feed".to_owned()),
            many => of.push(format!("{many} feeds")),
        }
        let mut held = format!(
            "owner {}\ncurator {}\nguardian {}",
            roles.owner.clone().unwrap_or_else(nobody),
            roles.curator.clone().unwrap_or_else(nobody),
            roles.guardian.clone().unwrap_or_else(nobody)
        );
        if let Some(pending) = &roles.pending_owner {
            held.push_str(&format!("\nproposed owner {pending}"));
        }
        if !roles.renounced.is_empty() {
            held.push_str(&format!("\ngiven up for ever: {}", roles.renounced.join(", ")));
        }
        rows.push(row(of.join(", "), held));
    }
    rows
}

fn accounts(vault: &VaultView) -> Vec<Row> {
    let mut rows = vec![row("Share mint", &vault.share_mint), row("Ledger", &vault.ledger)];
    rows.extend(vault.book.as_ref().map(|book| row("Book", book)));
    let flags = if vault.base_feed_flags.is_empty() {
        String::new()
    } else {
        format!(" ({})", vault.base_feed_flags.join(", "))
    };
    rows.push(row("Base feed", format!("{}{flags}", vault.base_feed)));
    let none = "none: large transactions are split".to_owned();
    rows.push(row("Lookup table", vault.lookup_table.clone().unwrap_or(none)));
    rows.push(row("Policy", vault.policy.replace('_', " ")));
    rows
}

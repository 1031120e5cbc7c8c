//! What a receipt says moved, as rows: read from the programs' events, so that a simulation and the real thing read alike.

use crate::chain::Receipt;
use crate::decode::events::{Event, OracleEvent, RouterEvent, VaultEvent};
use crate::table::{row, Row};
use crate::views::units::{Amount, Price};

/// What amounts of one vault are called.
#[derive(Clone, Copy, Debug)]
pub struct Units {
    /// Digits after the point of base asset and shares.
    pub decimals: u8,
    /// The base asset.
    pub symbol: &'static str,
}

impl Units {
    fn assets(self, units: u64) -> String {
        super::amounts::assets(&Amount::new(units, self.decimals), self.symbol)
    }

    fn shares(self, units: u64) -> String {
        super::amounts::shares(&Amount::new(units, self.decimals))
    }
}

/// The rows of a receipt.
pub fn rows(receipt: &Receipt, units: Units) -> Vec<Row> {
    receipt.events().iter().flat_map(|event| of_event(event, units)).collect()
}

fn of_event(event: &Event, units: Units) -> Vec<Row> {
    match event {
        Event::Vault(event) => of_vault(event, units),
        Event::Router(event) => of_router(event, units),
        Event::Oracle(OracleEvent::FeedUpdated(event)) => {
            vec![row("Feed price", format!("{} USD ± {}", Price(event.price).cut(6), Price(event.confidence).cut(6)))]
        }
        Event::Oracle(_) => Vec::new(),
    }
}

fn fee(label: &str, fee: u64, units: Units) -> Option<Row> {
    (fee > 0).then(|| row(label, units.assets(fee)))
}

fn of_vault(event: &VaultEvent, units: Units) -> Vec<Row> {
    match event {
        VaultEvent::Deposited(event) => {
            let mut rows =
                vec![row("Paid in", units.assets(event.assets)), row("Shares received", units.shares(event.shares))];
            rows.extend(fee("Entry fee", event.fee, units));
            rows
        }
        VaultEvent::Redeemed(event) => {
            let mut rows =
                vec![row("Shares given", units.shares(event.shares)), row("Paid out", units.assets(event.assets))];
            rows.extend(fee("Exit fee", event.fee, units));
            rows
        }
        VaultEvent::RedemptionRequested(event) => vec![
            row("Ticket", event.sequence),
            row("Shares queued", units.shares(event.shares)),
            row("Overdue from", crate::views::units::When::new(event.overdue_at).utc),
            row("In kind from", crate::views::units::When::new(event.in_kind_at).utc),
        ],
        VaultEvent::TicketFilled(event) => {
            let left = match event.shares_left {
                0 => String::new(),
                left => format!("; {} wait", units.shares(left)),
            };
            let paid = format!("{} for {}{left}", units.assets(event.assets), units.shares(event.shares));
            vec![row(format!("Ticket {} paid", event.sequence), paid)]
        }
        VaultEvent::TicketPassed(event) => vec![row(
            format!("Ticket {} passed", event.sequence),
            format!("its bound is {}, and {} would be paid", units.assets(event.bound), units.assets(event.offered)),
        )],
        VaultEvent::Claimed(event) => {
            let closed = if event.closed { "; closed, its rent returned" } else { "" };
            vec![row(format!("Ticket {} claimed", event.sequence), format!("{}{closed}", units.assets(event.assets)))]
        }
        VaultEvent::TicketCancelled(event) => {
            vec![row("Ticket cancelled", event.sequence), row("Shares returned", units.shares(event.shares))]
        }
        VaultEvent::TicketTransferred(event) => {
            vec![row("Ticket", event.sequence), row("Was", event.previous), row("Now", event.owner)]
        }
        VaultEvent::OverdueDemanded(event) => {
            vec![row(format!("Cash demanded for ticket {}", event.sequence), units.assets(event.overdue))]
        }
        VaultEvent::RedeemedInKind(event) => vec![
            row("Ticket", event.sequence),
            row("Shares given", units.shares(event.shares)),
            row("Cash paid out", units.assets(event.cash)),
        ],
        VaultEvent::Admitted(event) => vec![row("Admitted", event.wallet)],
        VaultEvent::FeesCrystallised(event) => vec![row("Fees charged first", units.shares(event.shares))]
            .into_iter()
            .filter(|_| event.shares > 0)
            .collect(),
        _ => Vec::new(),
    }
}

fn of_router(event: &RouterEvent, units: Units) -> Vec<Row> {
    match event {
        RouterEvent::Valued(event) => vec![row(
            format!("Line {} valued", event.line),
            format!(
                "{} (low {}, high {})",
                units.assets(event.mid),
                Amount::new(event.low, units.decimals).ui,
                Amount::new(event.high, units.decimals).ui
            ),
        )],
        RouterEvent::Recalled(event) => {
            vec![row(format!("Recalled from line {}", event.line), units.assets(event.amount))]
        }
        RouterEvent::PaidInKind(event) => event
            .lines
            .iter()
            .flat_map(|paid| {
                let name = |what: &str| format!("{what} of line {}", paid.line);
                let position = (paid.position > 0).then(|| row(name("Receipt tokens"), paid.position));
                position.into_iter().chain((paid.token > 0).then(|| row(name("Tokens"), paid.token)))
            })
            .collect(),
        _ => Vec::new(),
    }
}

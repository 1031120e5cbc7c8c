//! What a person sees before anything is signed.

use super::super::operation::Operation;
use super::super::session::Session;
use super::budget::Budget;
use crate::amount;
use crate::table::{row, Row};
use anchor_lang::prelude::Pubkey;

/// Digits after the point of one SOL.
const SOL_DECIMALS: u8 = 9;

/// Lamports in words.
pub(super) fn sol(lamports: u64) -> String {
    format!("{} SOL", amount::format(lamports, SOL_DECIMALS))
}

/// Where, who, what: the part of a review that needs no chain.
pub(super) fn facts(
    session: &Session,
    operation: &Operation,
    payer: &Pubkey,
    budget: &Budget,
    signatures: usize,
) -> Vec<Row> {
    let mut rows = vec![row("Cluster", session.config.cluster())];
    rows.extend(operation.vault.map(|vault| row("Vault", vault)));
    rows.push(row("Authority", operation.authority));
    if *payer != operation.authority {
        rows.push(row("Fee payer", payer));
    }
    rows.extend(operation.review.iter().cloned());
    rows.push(row("Network fee", fee(budget, signatures)));
    rows
}

/// The network's fee and what it is made of.
fn fee(budget: &Budget, signatures: usize) -> String {
    let total = sol(budget.network_fee(signatures));
    let signed = if signatures == 1 { "1 signature".to_owned() } else { format!("{signatures} signatures") };
    match (budget.limit, budget.price) {
        (Some(limit), Some(price)) if price > 0 => {
            format!("{total} ({signed}, {limit} compute units at {price} micro-lamports)")
        }
        (Some(limit), _) => format!("{total} ({signed}, {limit} compute units)"),
        (None, Some(price)) if price > 0 => {
            format!("at most {total} ({signed}, compute units at {price} micro-lamports)")
        }
        (None, _) => format!("{total} ({signed})"),
    }
}

/// A row of what a simulation says, as a review shows it.
pub(super) fn simulated((label, value): Row) -> Row {
    (format!("Simulated: {label}"), value)
}

//! Cash, lines and keepers.

use anchor_lang::{prelude::Pubkey, Discriminator};
use strategy_router::state::{Keeper, Ledger};

use super::{sum, Identity, Slack};
use crate::chain::{Chain, ChainError};
use crate::pda::LineAddresses;
use crate::readers;

pub(super) fn check(chain: &(impl Chain + ?Sized), key: &Pubkey, ledger: &Ledger) -> Result<Vec<Identity>, ChainError> {
    let flows = sum([ledger.credited, ledger.returned, ledger.surplus_adopted])
        - sum([ledger.paid, ledger.invested, ledger.keeper_paid, ledger.bounties_paid]);
    let keepers = keepers(chain, key)?;
    let balance = readers::balance(chain, &ledger.cash)?;
    let mut identities = vec![
        Identity::new("cash.balance", "cash balance = cash tracked", ledger.cash_tracked, balance).with(Slack::Surplus),
        Identity::new(
            "cash.flows",
            "credited - paid - invested + returned + surplus - keeper paid - bounties = cash tracked",
            ledger.cash_tracked,
            flows,
        ),
        Identity::new(
            "keepers.owed",
            "pay owed to keepers = keeper owed",
            ledger.keeper_owed,
            sum(keepers.iter().map(|keeper| keeper.owed)),
        ),
        Identity::new(
            "keepers.paid",
            "pay collected by keepers = keeper paid",
            ledger.keeper_paid,
            sum(keepers.iter().map(|keeper| keeper.paid)),
        ),
    ];
    let lines = || ledger.lines.iter().filter(|line| line.is_used());
    let totals = &ledger.totals;
    identities.extend([
        Identity::new("totals.low", "sum of low values = total low", totals.low, sum(lines().map(|line| line.low))),
        Identity::new("totals.mid", "sum of mid values = total mid", totals.mid, sum(lines().map(|line| line.mid))),
        Identity::new(
            "totals.high",
            "sum of high values = total high",
            totals.high,
            sum(lines().map(|line| line.high)),
        ),
    ]);
    if lines().count() + 1 == usize::from(ledger.next_line_id) {
        // No line was ever removed, so the lines still carry every flow.
        identities.extend([
            Identity::new(
                "lines.invested",
                "invested in lines = invested",
                ledger.invested,
                sum(lines().map(|line| line.invested)),
            ),
            Identity::new(
                "lines.returned",
                "returned by lines = returned",
                ledger.returned,
                sum(lines().map(|line| line.returned)),
            ),
        ]);
    }
    for line in lines() {
        let addresses = LineAddresses::of(key, line.id);
        let held = readers::balance(chain, &addresses.position)?;
        identities.push(
            Identity::new(
                format!("line.{}.position", line.id),
                format!("line {}: receipt tokens = position tracked", line.id),
                line.position,
                held,
            )
            .with(Slack::Surplus),
        );
        if line.swapped != 0 {
            let held = readers::balance(chain, &addresses.token)?;
            identities.push(
                Identity::new(
                    format!("line.{}.in_flight", line.id),
                    format!("line {}: tokens held = in flight", line.id),
                    line.in_flight,
                    held,
                )
                .with(Slack::Surplus),
            );
        }
    }
    Ok(identities)
}

/// Every keeper that was ever registered with `ledger`.
///
/// # Errors
///
/// [`ChainError`] if an account cannot be read.
pub fn keepers(chain: &(impl Chain + ?Sized), ledger: &Pubkey) -> Result<Vec<Keeper>, ChainError> {
    let accounts = chain.program_accounts(&strategy_router::ID, Keeper::DISCRIMINATOR)?;
    let mut keepers = Vec::with_capacity(accounts.len());
    for (key, account) in &accounts {
        let keeper: Keeper = readers::parse(key, account)?;
        if keeper.ledger == *ledger {
            keepers.push(keeper);
        }
    }
    Ok(keepers)
}

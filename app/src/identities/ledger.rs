//! Cash, lines and keepers.

use anchor_lang::{prelude::Pubkey, Discriminator};
use strategy_router::state::{Keeper, Ledger};

use super::{sum, Identity};
use crate::chain::{Chain, ChainError};
use crate::pda::LineAddresses;
use crate::readers;

pub(super) fn check(chain: &(impl Chain + ?Sized), key: &Pubkey, ledger: &Ledger) -> Result<Vec<Identity>, ChainError> {
    let flows = sum([ledger.credited, ledger.returned, ledger.surplus_adopted])
        - sum([ledger.paid, ledger.invested, ledger.keeper_paid]);
    let keepers = keepers(chain, key)?;
    let mut identities = vec![
        Identity::new("cash balance = cash tracked", ledger.cash_tracked, readers::balance(chain, &ledger.cash)?),
        Identity::new(
            "credited - paid - invested + returned + surplus - keeper paid = cash tracked",
            ledger.cash_tracked,
            flows,
        ),
        Identity::new(
            "pay owed to keepers = keeper owed",
            ledger.keeper_owed,
            sum(keepers.iter().map(|keeper| keeper.owed)),
        ),
        Identity::new(
            "pay collected by keepers = keeper paid",
            ledger.keeper_paid,
            sum(keepers.iter().map(|keeper| keeper.paid)),
        ),
    ];
    let lines = || ledger.lines.iter().filter(|line| line.is_used());
    identities.extend([
        Identity::new("sum of low values = total low", ledger.totals.low, sum(lines().map(|line| line.low))),
        Identity::new("sum of mid values = total mid", ledger.totals.mid, sum(lines().map(|line| line.mid))),
        Identity::new("sum of high values = total high", ledger.totals.high, sum(lines().map(|line| line.high))),
    ]);
    if lines().count() + 1 == usize::from(ledger.next_line_id) {
        // No line was ever removed, so the lines still carry every flow.
        identities.extend([
            Identity::new("invested in lines = invested", ledger.invested, sum(lines().map(|line| line.invested))),
            Identity::new("returned by lines = returned", ledger.returned, sum(lines().map(|line| line.returned))),
        ]);
    }
    for line in lines() {
        let addresses = LineAddresses::of(key, line.id);
        identities.push(Identity::new(
            format!("line {}: receipt tokens = position tracked", line.id),
            line.position,
            readers::balance(chain, &addresses.position)?,
        ));
        if line.swapped != 0 {
            identities.push(Identity::new(
                format!("line {}: tokens held = in flight", line.id),
                line.in_flight,
                readers::balance(chain, &addresses.token)?,
            ));
        }
    }
    Ok(identities)
}

fn keepers(chain: &(impl Chain + ?Sized), ledger: &Pubkey) -> Result<Vec<Keeper>, ChainError> {
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

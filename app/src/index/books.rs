//! A vault's books as its events tell them: what the chain's own counters must agree with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strategy_router::events::PaidInKind;

use crate::decode::events::{Event, RouterEvent, VaultEvent};

/// Sums over every event of one vault since it was made. Base units and share units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Books {
    /// Shares in issue, escrowed ones included.
    pub shares: u64,
    /// Fee shares charged and not yet minted.
    pub fee_shares: u64,
    /// Fee shares ever charged.
    pub fee_shares_made: u64,
    /// Fee shares ever minted.
    pub fee_shares_minted: u64,
    /// Shares of open tickets, passed ones included.
    pub escrowed: u64,
    /// Assets ever paid in.
    pub deposited: u64,
    /// Assets ever paid out, claims included when filled.
    pub withdrawn: u64,
    /// Assets that filled tickets may claim.
    pub claims_owed: u64,
    /// Cash that the ledger tracks.
    pub cash: u64,
    /// Pay owed to keepers.
    pub keeper_owed: u64,
    /// Pay ever collected by keepers.
    pub keeper_paid: u64,
    /// Bounties ever paid.
    pub bounties_paid: u64,
    /// Ever put into lines.
    pub invested: u64,
    /// Ever brought back from lines.
    pub returned: u64,
    /// Cash ever adopted that somebody sent.
    pub surplus: u64,
    /// Each line's mid value when it was last told.
    pub lines: BTreeMap<u16, u64>,
    /// Exit fee in force, basis points.
    pub exit_bps: u16,
}

/// Why an event cannot have followed what was booked.
pub type Misfit = String;

impl Books {
    /// All shares, accrued fee shares included.
    pub fn supply(&self) -> u64 {
        self.shares.saturating_add(self.fee_shares)
    }

    /// NAV mid: cash and the lines' values, less what keepers are owed.
    pub fn nav_mid(&self) -> u64 {
        let lines = self.lines.values().fold(0_u64, |sum, value| sum.saturating_add(*value));
        self.cash.saturating_add(lines).saturating_sub(self.keeper_owed)
    }

    /// Books one event. Which events concern this vault is for the caller to know.
    ///
    /// # Errors
    ///
    /// [`Misfit`] where the event needs something that was never booked: an event before it is missing.
    pub fn apply(&mut self, event: &Event) -> Result<(), Misfit> {
        match event {
            Event::Vault(event) => self.apply_vault(event),
            Event::Router(event) => self.apply_router(event),
            Event::Oracle(_) => Ok(()),
        }
    }

    fn apply_vault(&mut self, event: &VaultEvent) -> Result<(), Misfit> {
        match event {
            VaultEvent::Deposited(it) => {
                same(it.supply, self.supply(), "shares before a deposit")?;
                add(&mut self.shares, it.shares)?;
                add(&mut self.deposited, it.assets)?;
                add(&mut self.cash, it.assets)
            }
            VaultEvent::Redeemed(it) => {
                take(&mut self.shares, it.shares, "shares")?;
                self.pay_out(it.assets)
            }
            VaultEvent::RedemptionRequested(it) => add(&mut self.escrowed, it.shares),
            VaultEvent::TicketCancelled(it) => take(&mut self.escrowed, it.shares, "escrowed shares"),
            VaultEvent::TicketFilled(it) => {
                take(&mut self.escrowed, it.shares, "escrowed shares")?;
                take(&mut self.shares, it.shares, "shares")?;
                add(&mut self.claims_owed, it.assets)?;
                self.pay_out(it.assets)
            }
            VaultEvent::RedeemedInKind(it) => {
                same(it.supply, self.supply(), "shares before a redemption in kind")?;
                take(&mut self.escrowed, it.shares, "escrowed shares")?;
                take(&mut self.shares, it.shares, "shares")?;
                self.pay_out(it.cash)
            }
            VaultEvent::Claimed(it) => take(&mut self.claims_owed, it.assets, "claims"),
            VaultEvent::FeesCrystallised(it) => {
                same(it.supply, self.supply(), "shares before a crystallisation")?;
                add(&mut self.fee_shares, it.shares)?;
                add(&mut self.fee_shares_made, it.shares)
            }
            VaultEvent::FeesCollected(it) => {
                take(&mut self.fee_shares, it.shares, "fee shares")?;
                add(&mut self.fee_shares_minted, it.shares)?;
                add(&mut self.shares, it.shares)
            }
            VaultEvent::FeesSet(it) => {
                self.exit_bps = it.fees.exit_bps;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn apply_router(&mut self, event: &RouterEvent) -> Result<(), Misfit> {
        match event {
            RouterEvent::Valued(it) => self.value(it.line, it.mid),
            RouterEvent::Allocated(it) => self.invest(it.line, it.amount, it.mid),
            RouterEvent::Recalled(it) => self.bring_back(it.line, it.amount, it.mid),
            RouterEvent::Derisked(it) => {
                self.bring_back(it.line, it.amount, it.mid)?;
                take(&mut self.cash, it.bounty, "cash")?;
                add(&mut self.bounties_paid, it.bounty)
            }
            RouterEvent::Rebalanced(it) => {
                match it.deployed {
                    true => self.invest(it.line, it.amount, it.mid)?,
                    false => self.bring_back(it.line, it.amount, it.mid)?,
                }
                add(&mut self.keeper_owed, it.pay)
            }
            RouterEvent::Harvested(it) if it.line == 0 => {
                add(&mut self.surplus, it.tokens)?;
                add(&mut self.cash, it.tokens)
            }
            // What the line was revalued to before is not told; its next valuation is.
            RouterEvent::Harvested(it) => add(self.lines.entry(it.line).or_default(), it.gain),
            RouterEvent::KeeperPaid(it) => {
                take(&mut self.keeper_owed, it.amount, "pay owed to keepers")?;
                take(&mut self.cash, it.amount, "cash")?;
                add(&mut self.keeper_paid, it.amount)
            }
            RouterEvent::PaidInKind(it) => {
                for (line, left) in in_kind_parts(&self.lines, it) {
                    if let Some(value) = self.lines.get_mut(&line) {
                        *value = value.saturating_sub(left);
                    }
                }
                Ok(())
            }
            RouterEvent::StrategyRemoved(it) => {
                self.lines.remove(&it.line);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What leaves the lines in kind, at their last mid values, base units, rounded down.
    pub fn in_kind_value(&self, event: &PaidInKind) -> u64 {
        in_kind_parts(&self.lines, event).into_iter().fold(0_u64, |sum, (_, value)| sum.saturating_add(value))
    }

    fn value(&mut self, line: u16, mid: u64) -> Result<(), Misfit> {
        self.lines.insert(line, mid);
        Ok(())
    }

    fn invest(&mut self, line: u16, amount: u64, mid: u64) -> Result<(), Misfit> {
        take(&mut self.cash, amount, "cash")?;
        add(&mut self.invested, amount)?;
        self.value(line, mid)
    }

    fn bring_back(&mut self, line: u16, amount: u64, mid: u64) -> Result<(), Misfit> {
        add(&mut self.cash, amount)?;
        add(&mut self.returned, amount)?;
        self.value(line, mid)
    }

    fn pay_out(&mut self, assets: u64) -> Result<(), Misfit> {
        add(&mut self.withdrawn, assets)?;
        take(&mut self.cash, assets, "cash")
    }
}

/// What left each line that paid something, at its last mid value.
fn in_kind_parts(lines: &BTreeMap<u16, u64>, event: &PaidInKind) -> Vec<(u16, u64)> {
    let part = |value: u64| {
        let left = u128::from(value) * u128::from(event.part) / u128::from(event.whole.max(1));
        u64::try_from(left).unwrap_or(value)
    };
    let paid = event.lines.iter().filter(|paid| paid.position > 0 || paid.token > 0);
    paid.map(|paid| (paid.line, lines.get(&paid.line).copied().map_or(0, part))).collect()
}

fn add(sum: &mut u64, amount: u64) -> Result<(), Misfit> {
    *sum = sum.checked_add(amount).ok_or("a sum exceeds 64 bits")?;
    Ok(())
}

fn take(sum: &mut u64, amount: u64, what: &str) -> Result<(), Misfit> {
    *sum =
        sum.checked_sub(amount).ok_or_else(|| format!("{amount} units of {what} left, but only {sum} were known"))?;
    Ok(())
}

fn same(told: u64, known: u64, what: &str) -> Result<(), Misfit> {
    match told == known {
        true => Ok(()),
        false => Err(format!("{told} {what}, but {known} were known")),
    }
}

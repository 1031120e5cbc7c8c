//! What is read from accounts, not from events: NAV with both its sides, and what every holder has.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use strategy_router::state::Ledger;
use vault::state::Vault;

use super::database::{Database, Row};
use super::follow::{follow, PAGE};
use super::indexer::Indexer;
use super::moves::{transfers, wallet_effect};
use super::rows::{Place, PricePoint, PriceSource};
use super::store::Store;
use super::vaults::watched;
use super::IndexError;
use crate::chain::{Chain, History};
use crate::readers;

/// How often holders are read again when the vault moves meanwhile.
const ATTEMPTS: usize = 5;

impl Indexer {
    /// Writes down the price of a share as the accounts give it now: low and high where the valuations are fresh enough for
    /// flows, mid always. One for each slot.
    ///
    /// # Errors
    ///
    /// [`IndexError::Chain`], [`IndexError::Sql`].
    pub fn sample(&mut self, chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<PricePoint, IndexError> {
        self.watch(chain, key)?;
        let vault: Vault = readers::read(chain, key)?;
        let ledger: Ledger = readers::read(chain, &vault.ledger)?;
        let clock = chain.clock()?;
        let place = Place {
            slot: clock.slot,
            ordinal: Place::END_OF_SLOT,
            position: 0,
            time: clock.unix_timestamp,
            signature: String::new(),
        };
        let point = point(place, &vault, &ledger);
        self.database().write(|database| {
            let mut store = Store { database, vault: key.to_string() };
            store.price(&format!("accounts:{}", clock.slot), &point)
        })?;
        Ok(point)
    }

    /// Catches up with the chain, then compares what every wallet holds with the index, and writes down what differs as
    /// received or sent: shares that moved in transactions that name none of the vault's accounts. How many wallets
    /// differed.
    ///
    /// # Errors
    ///
    /// [`IndexError::Restless`], those of [`follow`], and the chain's where it does not list token accounts.
    pub fn reconcile_holders(
        &mut self,
        chain: &(impl Chain + History + ?Sized),
        key: &Pubkey,
    ) -> Result<usize, IndexError> {
        follow(chain, self, key, PAGE)?;
        for _ in 0..ATTEMPTS {
            let held = holders(chain, key)?;
            let clock = chain.clock()?;
            // Nothing may have happened between the index's state and the balances.
            if follow(chain, self, key, PAGE)? == 0 {
                return self.book_holders(key, &held, clock.slot, clock.unix_timestamp);
            }
        }
        Err(IndexError::Restless(*key))
    }

    /// Books what `held`, the shares of every wallet at `slot`, has beyond or below the index. The index must have recorded
    /// everything up to that slot. How many wallets differed.
    ///
    /// # Errors
    ///
    /// [`IndexError::Sql`].
    pub fn book_holders(
        &mut self,
        key: &Pubkey,
        held: &BTreeMap<Pubkey, u64>,
        slot: u64,
        time: i64,
    ) -> Result<usize, IndexError> {
        self.database().write(|database| {
            watched(database, key)?.ok_or(IndexError::UnknownVault(*key))?;
            let mut rest: BTreeMap<Pubkey, i128> =
                wallets(database, key)?.into_iter().map(|(owner, shares)| (owner, -shares)).collect();
            for (owner, shares) in held {
                *rest.entry(*owner).or_default() += i128::from(*shares);
            }
            let place =
                Place { slot, ordinal: Place::END_OF_SLOT, position: 0, time, signature: format!("balances:{slot}") };
            let flows = transfers(&rest, &place);
            let mut store = Store { database, vault: key.to_string() };
            for flow in &flows {
                store.flow(flow)?;
            }
            Ok(flows.len())
        })
    }
}

/// NAV and shares as the accounts say.
fn point(place: Place, vault: &Vault, ledger: &Ledger) -> PricePoint {
    let now = place.time;
    let nav = ledger.nav(now).ok();
    let mid = ledger.cash_tracked.saturating_add(ledger.totals.mid).saturating_sub(ledger.keeper_owed);
    let leaving = nav.as_ref().and_then(|nav| vault.leaving(now, nav.low).ok()).map(|exit| exit.pool.shares.0);
    PricePoint {
        place,
        source: PriceSource::Accounts,
        low: leaving.and(nav.map(|nav| nav.low)),
        mid: Some(mid),
        high: nav.map(|nav| nav.high),
        supply: vault.shares.saturating_add(vault.fee_shares),
        leaving,
        exit_bps: vault.fees.exit_bps,
    }
}

/// The shares of every wallet, without those in escrow, from all accounts of the share mint.
///
/// # Errors
///
/// [`IndexError::Chain`].
pub fn holders(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<BTreeMap<Pubkey, u64>, IndexError> {
    let vault: Vault = readers::read(chain, key)?;
    let mut held: BTreeMap<Pubkey, u64> = BTreeMap::new();
    for (account, data) in chain.program_accounts(&anchor_spl::token::ID, vault.share_mint.as_ref())? {
        let token = readers::parse_token_account(&account, &data)?;
        if account != vault.escrow && token.mint == vault.share_mint && token.amount > 0 {
            let sum = held.entry(token.owner).or_default();
            *sum = sum.saturating_add(token.amount);
        }
    }
    Ok(held)
}

/// The shares of every wallet by the index, share units; below zero where shares came in unseen.
fn wallets(database: &mut Database, key: &Pubkey) -> Result<BTreeMap<Pubkey, i128>, IndexError> {
    let rows = database.query("SELECT owner, kind, shares FROM flows WHERE vault = $1", &[key.to_string().into()])?;
    let mut wallets: BTreeMap<Pubkey, i128> = BTreeMap::new();
    for row in &rows {
        *wallets.entry(row.parsed(0)?).or_default() += wallet_effect(row.parsed(1)?, Row::amount(row, 2)?);
    }
    Ok(wallets)
}

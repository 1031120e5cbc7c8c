//! Recording transactions.

use anchor_lang::prelude::Pubkey;
use vault::state::Vault;

use super::books::Books;
use super::database::Database;
use super::events::{self, Entry};
use super::moves;
use super::rows::{Flow, Place, PricePoint, PriceSource};
use super::store::Store;
use super::subject::subject;
use super::vaults::{books_text, take_place, vaults, watched, Watched};
use super::wallets::Known;
use super::IndexError;
use crate::chain::{Chain, Executed};
use crate::decode::events::{self as decode, Event, RouterEvent};
use crate::pda::VaultAddresses;
use crate::readers;

/// Writes what transactions did into an index. Writing something again changes nothing.
pub struct Indexer {
    database: Database,
    cluster: String,
}

impl Indexer {
    /// Over an open index, for one cluster: its genesis hash, or any other name that no other chain has.
    pub fn new(database: Database, cluster: impl Into<String>) -> Self {
        Self { database, cluster: cluster.into() }
    }

    /// Opens the index that `url` names; see [`Database::open`] and [`Indexer::new`].
    ///
    /// # Errors
    ///
    /// As [`Database::open`].
    pub fn open(url: &str, cluster: impl Into<String>) -> Result<Self, IndexError> {
        Ok(Self::new(Database::open(url)?, cluster))
    }

    /// The index.
    pub fn database(&mut self) -> &mut Database {
        &mut self.database
    }

    /// Takes the vault at `key` into the index, or finds it there. Its transactions are to be recorded from its creation on.
    ///
    /// # Errors
    ///
    /// [`IndexError::Chain`] if it is no vault, [`IndexError::OtherCluster`], [`IndexError::Sql`].
    pub fn watch(&mut self, chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Watched, IndexError> {
        if let Some(watched) = watched(&mut self.database, key)? {
            if watched.cluster != self.cluster {
                let url = self.database.url().to_owned();
                return Err(IndexError::OtherCluster { vault: *key, url, known: watched.cluster });
            }
            return Ok(watched);
        }
        let vault: Vault = readers::read(chain, key)?;
        let addresses = VaultAddresses::of(key);
        let values = [
            key.to_string().into(),
            addresses.ledger.to_string().into(),
            addresses.book.to_string().into(),
            vault.base_mint.to_string().into(),
            addresses.share_mint.to_string().into(),
            addresses.escrow.to_string().into(),
            i64::from(vault.base_decimals).into(),
            self.cluster.as_str().into(),
            books_text(&Books::default())?.into(),
        ];
        self.database.execute(
            "INSERT INTO vaults (vault, ledger, book, base_mint, share_mint, escrow, decimals, cluster, books)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &values,
        )?;
        watched(&mut self.database, key)?.ok_or(IndexError::UnknownVault(*key))
    }

    /// Records a transaction for every watched vault that it concerns; for how many it was new. Transactions of a vault come
    /// in the chain's order.
    ///
    /// # Errors
    ///
    /// [`IndexError::Gap`] where it cannot follow what was recorded; nothing is written then.
    pub fn record(&mut self, chain: &(impl Chain + ?Sized), executed: &Executed) -> Result<usize, IndexError> {
        self.record_all(chain, std::slice::from_ref(executed))
    }

    /// As [`Indexer::record`], all of them or none.
    ///
    /// # Errors
    ///
    /// As [`Indexer::record`].
    pub fn record_all(&mut self, chain: &(impl Chain + ?Sized), all: &[Executed]) -> Result<usize, IndexError> {
        self.database.write(|database| {
            let keys: Vec<Pubkey> = vaults(database)?;
            let mut new = 0;
            for executed in all {
                for key in &keys {
                    if concerns(executed, &VaultAddresses::of(key)) {
                        new += usize::from(record_for(database, chain, key, executed)?);
                    }
                }
            }
            Ok(new)
        })
    }
}

/// The events of one vault, with their places in the transaction. A failed transaction has none: it was undone.
fn events_of(executed: &Executed, addresses: &VaultAddresses) -> Vec<(i64, Event)> {
    if executed.failed.is_some() {
        return Vec::new();
    }
    let ours = [addresses.vault, addresses.ledger, addresses.book];
    let calls = executed.receipt.inner.iter().enumerate();
    calls
        .filter_map(|(place, call)| Some((place as i64, decode::decode(&call.program, &call.data)?)))
        .filter(|(_, event)| ours.contains(&subject(event)))
        .collect()
}

fn concerns(executed: &Executed, addresses: &VaultAddresses) -> bool {
    let shares_moved = executed.tokens.iter().flatten().any(|change| change.mint == addresses.share_mint);
    shares_moved || !events_of(executed, addresses).is_empty()
}

/// Records a transaction for one vault, whatever it says of it; whether it was new.
pub(super) fn record_for(
    database: &mut Database,
    chain: &(impl Chain + ?Sized),
    key: &Pubkey,
    executed: &Executed,
) -> Result<bool, IndexError> {
    let signature = executed.receipt.signature;
    let receipt = &executed.receipt;
    let Some(ordinal) = take_place(
        database,
        key,
        &signature,
        receipt.slot,
        executed.time,
        Some((executed.fee_payer, receipt.fee)),
        executed.failed.as_deref(),
    )?
    else {
        return Ok(false);
    };
    let Some(watched) = watched(database, key)? else { return Err(IndexError::UnknownVault(*key)) };
    let place =
        Place { slot: receipt.slot, ordinal, position: 0, time: executed.time, signature: signature.to_string() };
    let events = events_of(executed, &watched.addresses);
    let changes = executed.tokens.as_deref().unwrap_or_default();
    let mut books = watched.books.clone();
    let vault = key.to_string();
    let mut known = Known {
        chain,
        database,
        vault: &vault,
        share_mint: watched.addresses.share_mint,
        changes,
        payer: executed.fee_payer,
        tickets: Default::default(),
    };
    let mut rows: Vec<(i64, Entry)> = Vec::new();
    let mut in_kind = 0;
    for (position, event) in &events {
        let place = Place { position: *position, ..place.clone() };
        if let Event::Router(RouterEvent::PaidInKind(paid)) = event {
            in_kind = books.in_kind_value(paid);
        }
        books.apply(event).map_err(|what| IndexError::Gap { vault: *key, signature, what })?;
        let entries = events::entries(event, &place, &mut known, in_kind);
        for flow in entries.iter().filter_map(flow_of) {
            known.learn(flow);
        }
        rows.extend(entries.into_iter().map(|entry| (*position, entry)));
    }
    if executed.tokens.is_some() && executed.failed.is_none() {
        let mut flows: Vec<&mut Flow> = rows
            .iter_mut()
            .filter_map(|(_, entry)| if let Entry::Flow(flow) = entry { Some(flow) } else { None })
            .collect();
        let addresses = &watched.addresses;
        let moved = moves::attribute(&mut flows, changes, &addresses.share_mint, &addresses.escrow, &place);
        rows.extend(moved.into_iter().map(|flow| (flow.place.position, Entry::Flow(flow))));
    }
    let mut store = Store { database, vault };
    for (position, entry) in &rows {
        store.entry(entry)?;
        if let Entry::Priced { is_entry, nav, supply } = entry {
            let point = priced(&place, *position, *is_entry, (*nav, *supply), books.exit_bps);
            store.price(&format!("{signature}:{position}"), &point)?;
        }
    }
    if books != watched.books {
        finish(&mut store, &place, &watched.books, &books)?;
    }
    Ok(true)
}

fn flow_of(entry: &Entry) -> Option<&Flow> {
    match entry {
        Entry::Flow(flow) => Some(flow),
        _ => None,
    }
}

/// The point that an entry or an exit was priced at, which stands just before it.
fn priced(place: &Place, position: i64, is_entry: bool, (nav, supply): (u64, u64), exit_bps: u16) -> PricePoint {
    PricePoint {
        place: Place { position, ..place.clone() },
        source: if is_entry { PriceSource::Entry } else { PriceSource::Exit },
        low: (!is_entry).then_some(nav),
        mid: None,
        high: is_entry.then_some(nav),
        supply,
        leaving: (!is_entry).then_some(supply),
        exit_bps,
    }
}

/// Keeps the books, and the mid price that follows from them.
fn finish(store: &mut Store<'_>, place: &Place, before: &Books, books: &Books) -> Result<(), IndexError> {
    if (books.nav_mid(), books.supply()) != (before.nav_mid(), before.supply()) {
        let point = PricePoint {
            place: Place { position: Place::END_OF_TRANSACTION, ..place.clone() },
            source: PriceSource::Events,
            low: None,
            mid: Some(books.nav_mid()),
            high: None,
            supply: books.supply(),
            leaving: None,
            exit_bps: books.exit_bps,
        };
        store.price(&place.signature, &point)?;
    }
    let values = [books_text(books)?.into(), store.vault.as_str().into()];
    store.database.execute("UPDATE vaults SET books = $1 WHERE vault = $2", &values).map(|_| ())
}

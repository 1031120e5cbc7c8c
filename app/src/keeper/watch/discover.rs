//! Which vaults are kept, and what each round needs to know of them beforehand.
//!
//! The only place that scans programs' accounts. Everything else is read a hundred accounts a call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anchor_lang::{prelude::Pubkey, Discriminator};
use gimbal_control::{ChangeRecord, Queued};
use risk_oracle::state::Book;
use solana_account::Account;
use strategy_router::state::{Keeper, Ledger, LineVenue};
use vault::state::Vault;

use super::accounts::Accounts;
use super::networks::network_of;
use super::roster::{ChangeSite, FeedSite, LineSite, Roster, VaultSite};
use crate::bundle::venue_refresh_of;
use crate::chain::{Chain, ChainError};
use crate::instructions::{changes::Queue, router::LineContext, vault::VaultContext};
use crate::keeper::config::{KeeperConfig, Vaults};
use crate::pda::{router_seeds::keeper_address, LineAddresses};
use crate::readers;

/// Bytes of a token account without extensions.
const TOKEN_ACCOUNT_BYTES: usize = 165;

impl Roster {
    /// Finds the vaults that `config` names and reads what does not change from round to round. What cannot be read is
    /// left out, and said in [`Roster::problems`].
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn discover(chain: &(impl Chain + ?Sized), config: &KeeperConfig, keeper: &Pubkey) -> Result<Self, ChainError> {
        let mut accounts = Accounts::default();
        let mut roster = Self {
            keeper: *keeper,
            vaults: Vec::new(),
            feeds: BTreeMap::new(),
            sol_feed: config.profit.sol_feed.map(|address| address.0),
            codes: Vec::new(),
            changes: Vec::new(),
            tables: BTreeMap::new(),
            own_tables: config.tables.iter().map(|address| address.0).collect(),
            token_account_rent: chain.minimum_balance(TOKEN_ACCOUNT_BYTES)?,
            problems: Vec::new(),
        };
        let keys = kept(chain, config, keeper, &mut accounts)?;
        accounts.fetch(chain, keys.iter().copied())?;
        let mut found = Vec::with_capacity(keys.len());
        for key in &keys {
            match accounts.read::<Vault>(key) {
                Ok(vault) => found.push((VaultContext::of(key, &vault), vault.lookup_table)),
                Err(error) => roster.problems.push((*key, error.to_string())),
            }
        }
        let pay_accounts = |(context, _): &(VaultContext, Pubkey)| {
            [context.addresses.ledger, context.addresses.book, context.base_account(keeper), context.base_feed]
        };
        accounts.fetch(chain, found.iter().flat_map(pay_accounts))?;
        roster.read_lines(chain, &mut accounts, found)?;
        roster.read_feeds(chain, &mut accounts)?;
        roster.read_tables(chain)?;
        roster.find_changes(chain)?;
        Ok(roster)
    }

    fn read_lines(
        &mut self,
        chain: &(impl Chain + ?Sized),
        accounts: &mut Accounts,
        found: Vec<(VaultContext, Pubkey)>,
    ) -> Result<(), ChainError> {
        let mut ledgers = Vec::with_capacity(found.len());
        for (context, table) in found {
            match accounts.take::<Ledger>(&context.addresses.ledger) {
                Ok(ledger) => ledgers.push((context, table, Box::new(ledger))),
                Err(error) => self.problems.push((context.addresses.vault, error.to_string())),
            }
        }
        let lines_of = |(context, _, ledger): &(VaultContext, Pubkey, Box<Ledger>)| {
            let ledger_key = context.addresses.ledger;
            let used = ledger.lines.iter().filter(|line| line.is_used());
            used.map(|line| LineAddresses::of(&ledger_key, line.id)).collect::<Vec<_>>()
        };
        let lines: Vec<Vec<LineAddresses>> = ledgers.iter().map(lines_of).collect();
        accounts.fetch(chain, lines.iter().flatten().map(|line| line.venue))?;
        let reserve = |line: &LineAddresses| accounts.read::<LineVenue>(&line.venue).ok()?.pinned().first().copied();
        let reserves: Vec<Pubkey> = lines.iter().flatten().filter_map(reserve).collect();
        accounts.fetch(chain, reserves)?;

        let mut codes = BTreeSet::new();
        for ((context, table, ledger), lines) in ledgers.into_iter().zip(lines) {
            let mut sites = Vec::with_capacity(lines.len());
            for addresses in lines {
                match line_site(accounts, addresses) {
                    Ok(site) => {
                        codes.extend(std::iter::once(site.context.venue).chain(site.context.swap));
                        sites.push(site);
                    }
                    Err(error) => self.problems.push((context.addresses.vault, error.to_string())),
                }
            }
            let pay_account = context.base_account(&self.keeper);
            let book = accounts.take::<Book>(&context.addresses.book).ok().map(Box::new);
            let book_feeds = book.as_deref().map_or_else(Vec::new, feeds_of);
            self.vaults.push(Arc::new(VaultSite {
                keeper: keeper_address(&context.addresses.ledger, &self.keeper).0,
                pay_account,
                has_pay_account: accounts.get(&pay_account).is_some(),
                context,
                lines: sites,
                book_feeds,
                network: book.as_deref().and_then(network_of),
                next_line_id: ledger.next_line_id,
                change_nonce: ledger.change_nonce,
                table: (table != Pubkey::default()).then_some(table),
            }));
        }
        self.codes = codes.into_iter().collect();
        Ok(())
    }

    fn read_feeds(&mut self, chain: &(impl Chain + ?Sized), accounts: &mut Accounts) -> Result<(), ChainError> {
        let mut keys: BTreeSet<Pubkey> = self.vaults.iter().flat_map(|site| site.feeds()).collect();
        keys.extend(self.sol_feed);
        accounts.fetch(chain, keys.iter().copied())?;
        for key in keys {
            match accounts.read(&key) {
                Ok(feed) => drop(self.feeds.insert(key, FeedSite::of(&key, &feed))),
                Err(error) => self.problems.push((key, error.to_string())),
            }
        }
        Ok(())
    }

    fn read_tables(&mut self, chain: &(impl Chain + ?Sized)) -> Result<(), ChainError> {
        let named = self.vaults.iter().filter_map(|site| site.table).chain(self.own_tables.iter().copied());
        let mut accounts = Accounts::default();
        accounts.fetch(chain, named.clone())?;
        let slot = chain.clock()?.slot;
        for key in named.collect::<BTreeSet<_>>() {
            match accounts.get(&key).and_then(|account| readers::parse_lookup_table(&key, account, slot)) {
                Some(table) => drop(self.tables.insert(key, table)),
                None => self.problems.push((key, "it is no lookup table in use".to_owned())),
            }
        }
        Ok(())
    }

    /// Changes of the vaults, ledgers, books and feeds that are kept.
    fn find_changes(&mut self, chain: &(impl Chain + ?Sized)) -> Result<(), ChainError> {
        let mut targets: BTreeMap<Pubkey, (Queue, Pubkey)> = BTreeMap::new();
        for site in &self.vaults {
            let (vault, addresses) = (site.key(), site.context.addresses);
            targets.insert(vault, (Queue::Vault(vault), vault));
            targets.insert(addresses.ledger, (Queue::Ledger(addresses.ledger), vault));
            targets.insert(addresses.book, (Queue::Oracle(addresses.book), vault));
            for feed in site.feeds() {
                targets.entry(feed).or_insert((Queue::Oracle(feed), vault));
            }
        }
        let scans = [
            changes_of::<vault::state::Change>(chain, &vault::ID)?,
            changes_of::<strategy_router::state::Change>(chain, &strategy_router::ID)?,
            changes_of::<risk_oracle::state::Change>(chain, &risk_oracle::ID)?,
        ];
        for (key, record) in scans.into_iter().flatten() {
            if let Some((queue, vault)) = targets.get(&record.target) {
                self.changes.push(ChangeSite { key, queue: *queue, vault: *vault, nonce: record.nonce });
            }
        }
        Ok(())
    }
}

/// Every change of a program.
fn changes_of<T: Queued + Discriminator>(
    chain: &(impl Chain + ?Sized),
    program: &Pubkey,
) -> Result<Vec<(Pubkey, ChangeRecord)>, ChainError> {
    let accounts = chain.program_accounts(program, T::DISCRIMINATOR)?;
    let read = |(key, account): (Pubkey, Account)| Some((key, *readers::parse::<T>(&key, &account).ok()?.record()));
    Ok(accounts.into_iter().filter_map(read).collect())
}

/// The vaults that the configuration names, by address.
fn kept(
    chain: &(impl Chain + ?Sized),
    config: &KeeperConfig,
    keeper: &Pubkey,
    accounts: &mut Accounts,
) -> Result<BTreeSet<Pubkey>, ChainError> {
    let all = || chain.program_accounts(&vault::ID, Vault::DISCRIMINATOR);
    Ok(match &config.vaults {
        Vaults::List(list) => list.iter().map(|address| address.0).collect(),
        Vaults::All => all()?.into_iter().map(|(key, _)| key).collect(),
        Vaults::Owner(owner) => {
            let owned = |(key, account): &(Pubkey, Account)| {
                readers::parse::<Vault>(key, account).is_ok_and(|vault| vault.roles.owner == owner.0)
            };
            all()?.into_iter().filter(owned).map(|(key, _)| key).collect()
        }
        Vaults::Registered => {
            let registrations = chain.program_accounts(&strategy_router::ID, Keeper::DISCRIMINATOR)?;
            let ledger = |(key, account): &(Pubkey, Account)| {
                let registration: Keeper = readers::parse(key, account).ok()?;
                (registration.key == *keeper).then_some(registration.ledger)
            };
            let ledgers: Vec<Pubkey> = registrations.iter().filter_map(ledger).collect();
            accounts.fetch(chain, ledgers.iter().copied())?;
            ledgers.iter().filter_map(|key| Some(accounts.read::<Ledger>(key).ok()?.vault)).collect()
        }
    })
}

/// The feeds that a book observes, in its order.
pub(super) fn feeds_of(book: &Book) -> Vec<Pubkey> {
    book.used_assets().map(|(_, asset)| asset.feed).collect()
}

fn line_site(accounts: &Accounts, addresses: LineAddresses) -> Result<LineSite, ChainError> {
    let venue: LineVenue = accounts.read(&addresses.venue)?;
    let context = LineContext::of(addresses, &venue);
    let reserve = context.pinned.first().copied().unwrap_or_default();
    let venue_refresh = venue_refresh_of(&context, accounts.require(&reserve)?)?;
    Ok(LineSite { context, venue: venue.venue, swap: venue.swap, venue_refresh })
}

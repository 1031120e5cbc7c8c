//! What is known of the kept vaults and does not change from round to round.

use std::collections::BTreeMap;
use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::Feed;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use strategy_router::adapters::lending::at;
use strategy_router::state::VenueIdentity;

use crate::instructions::{changes::Queue, router::LineContext, vault::VaultContext};

/// Every kept vault, and what serves several of them.
#[derive(Clone, Debug)]
pub struct Roster {
    /// The key that signs.
    pub keeper: Pubkey,
    /// The kept vaults, by address.
    pub vaults: Vec<Arc<VaultSite>>,
    /// Their feeds, and the one that prices SOL.
    pub feeds: BTreeMap<Pubkey, FeedSite>,
    /// The feed that prices SOL.
    pub sol_feed: Option<Pubkey>,
    /// Programs of venues, each with the account that keeps its code.
    pub codes: Vec<(Pubkey, Pubkey)>,
    /// Queued changes of the kept vaults, their ledgers, books and feeds.
    pub changes: Vec<ChangeSite>,
    /// Lookup tables in use, by address.
    pub tables: BTreeMap<Pubkey, AddressLookupTableAccount>,
    /// Tables that the configuration names.
    pub own_tables: Vec<Pubkey>,
    /// Rent of a token account, lamports.
    pub token_account_rent: u64,
    /// What could not be made sense of, by vault or account.
    pub problems: Vec<(Pubkey, String)>,
}

/// One kept vault.
#[derive(Clone, Debug)]
pub struct VaultSite {
    /// The vault.
    pub context: VaultContext,
    /// Where the key is registered as a keeper, if it is.
    pub keeper: Pubkey,
    /// Where the key's pay goes.
    pub pay_account: Pubkey,
    /// Whether that account exists.
    pub has_pay_account: bool,
    /// The lines, in the order of the ledger.
    pub lines: Vec<LineSite>,
    /// The feeds that the ledger's book observes, in its order.
    pub book_feeds: Vec<Pubkey>,
    /// The contagion network that the book follows, if it follows one.
    pub network: Option<Pubkey>,
    /// The ledger's next line when they were read.
    pub next_line_id: u16,
    /// The ledger's next change when they were read.
    pub change_nonce: u64,
    /// The vault's lookup table.
    pub table: Option<Pubkey>,
}

/// One line of a kept vault.
#[derive(Clone, Debug)]
pub struct LineSite {
    /// The line.
    pub context: LineContext,
    /// The venue's code as approved.
    pub venue: VenueIdentity,
    /// The swap venue's code as approved; zero for a same-asset line.
    pub swap: VenueIdentity,
    /// The venue's own refresh.
    pub venue_refresh: Instruction,
}

/// One feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedSite {
    /// The feed.
    pub key: Pubkey,
    /// Pyth's id of its price.
    pub price_id: [u8; 32],
    /// Pyth's id of its second price, if it has one.
    pub second_id: Option<[u8; 32]>,
}

/// One queued change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeSite {
    /// The change.
    pub key: Pubkey,
    /// The queue that it is in.
    pub queue: Queue,
    /// The vault that it concerns; for a feed the first that uses it.
    pub vault: Pubkey,
    /// Its number.
    pub nonce: u64,
}

impl VaultSite {
    /// The vault's address.
    pub fn key(&self) -> Pubkey {
        self.context.addresses.vault
    }

    /// The line `id`.
    pub fn line(&self, id: u16) -> Option<&LineSite> {
        self.lines.iter().find(|line| line.context.addresses.id == id)
    }

    /// Every feed that the vault depends on, each once, its base asset's first.
    pub fn feeds(&self) -> Vec<Pubkey> {
        let mut feeds = vec![self.context.base_feed];
        let of_lines = self.lines.iter().filter_map(|line| line.context.token_feed);
        for feed in of_lines.chain(self.book_feeds.iter().copied()) {
            if !feeds.contains(&feed) {
                feeds.push(feed);
            }
        }
        feeds
    }
}

impl LineSite {
    fn pinned(&self, place: usize) -> Option<Pubkey> {
        self.context.pinned.get(place).copied()
    }

    /// The lending reserve.
    pub fn reserve(&self) -> Option<Pubkey> {
        self.pinned(at::RESERVE)
    }

    /// The lending market.
    pub fn market(&self) -> Option<Pubkey> {
        self.pinned(at::MARKET)
    }

    /// The pool of a swapped line.
    pub fn pool(&self) -> Option<Pubkey> {
        self.pinned(at::POOL)
    }

    /// The token account of a swapped line.
    pub fn token(&self) -> Option<Pubkey> {
        self.is_swapped().then_some(self.context.addresses.token)
    }

    /// Whether the base asset is swapped first.
    pub fn is_swapped(&self) -> bool {
        self.context.token_feed.is_some()
    }

    /// Every account of the line that each round reads.
    pub(super) fn watched(&self) -> impl Iterator<Item = Pubkey> + '_ {
        let own = [Some(self.context.addresses.position), self.token()];
        own.into_iter().chain([self.reserve(), self.market(), self.pool()]).flatten()
    }
}

impl FeedSite {
    /// The feed at `key`.
    pub fn of(key: &Pubkey, feed: &Feed) -> Self {
        let second_id = feed.has_second_source().then_some(feed.second_feed_id);
        Self { key: *key, price_id: feed.feed_id, second_id }
    }
}

impl Roster {
    /// The vault at `key`.
    pub fn vault(&self, key: &Pubkey) -> Option<&Arc<VaultSite>> {
        self.vaults.iter().find(|site| site.key() == *key)
    }

    /// The tables that shorten transactions for `vault`: its own, and the configuration's.
    pub fn tables_of(&self, vault: &VaultSite) -> impl Iterator<Item = &AddressLookupTableAccount> {
        vault.table.into_iter().chain(self.own_tables.iter().copied()).filter_map(|key| self.tables.get(&key))
    }

    /// Lines of all kept vaults.
    pub fn line_count(&self) -> usize {
        self.vaults.iter().map(|site| site.lines.len()).sum()
    }
}

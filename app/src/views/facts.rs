//! The accounts that one vault's views are made of, read in few questions.

use anchor_lang::{prelude::Pubkey, Discriminator};
use risk_oracle::state::{Book, Feed};
use strategy_router::adapters::lending::at;
use strategy_router::state::{Ledger, Line, LineVenue};
use vault::state::{Ticket, Vault};

use crate::bundle::{venue_refresh_of, PostedFeed, Suite, SuiteLine};
use crate::chain::{Chain, ChainError};
use crate::instructions::{router::LineContext, vault::VaultContext};
use crate::pda::{LineAddresses, VaultAddresses};
use crate::readers;

/// One vault with all that stands behind it, as of one moment (three questions to a node).
#[derive(Clone, Debug)]
pub struct Facts {
    /// The vault's address and those that follow from it.
    pub addresses: VaultAddresses,
    /// The chain's time, Unix seconds.
    pub now: i64,
    /// The chain's slot.
    pub slot: u64,
    /// The vault.
    pub vault: Box<Vault>,
    /// Its ledger.
    pub ledger: Box<Ledger>,
    /// The ledger's book, once it was opened.
    pub book: Option<Box<Book>>,
    /// The base asset's feed.
    pub base_feed: Box<Feed>,
    /// What each line pins, in the order of the ledger.
    pub venues: Vec<LineVenue>,
    /// The feeds of swapped lines' tokens, each once.
    pub token_feeds: Vec<(Pubkey, Feed)>,
}

impl Facts {
    /// Reads the vault at `key`.
    ///
    /// # Errors
    ///
    /// [`ChainError::AccountNotFound`] or [`ChainError::WrongAccount`] if it is no vault; the chain's.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Self, ChainError> {
        let addresses = VaultAddresses::of(key);
        let keys = [*key, addresses.ledger, addresses.book];
        let accounts = chain.get_multiple(&keys)?;
        let [vault, ledger, book] = accounts.as_slice() else { return Err(ChainError::AccountNotFound(*key)) };
        let vault: Vault = readers::parse(key, vault.as_ref().ok_or(ChainError::AccountNotFound(*key))?)?;
        let ledger = ledger.as_ref().ok_or(ChainError::AccountNotFound(addresses.ledger))?;
        let ledger: Ledger = readers::parse(&addresses.ledger, ledger)?;
        let book = book.as_ref().map(|book| readers::parse(&addresses.book, book)).transpose()?;

        let lines: Vec<u16> = used(&ledger).map(|line| line.id).collect();
        let mut keys = vec![vault.base_feed];
        keys.extend(lines.iter().map(|id| LineAddresses::of(&addresses.ledger, *id).venue));
        let accounts = chain.get_multiple(&keys)?;
        let mut found = keys.iter().zip(accounts);
        let mut next = || -> Result<_, ChainError> {
            let (key, account) = found.next().ok_or(ChainError::AccountNotFound(vault.base_feed))?;
            Ok((*key, account.ok_or(ChainError::AccountNotFound(*key))?))
        };
        let (feed, account) = next()?;
        let base_feed: Feed = readers::parse(&feed, &account)?;
        let mut venues: Vec<LineVenue> = Vec::with_capacity(lines.len());
        for _ in &lines {
            let (venue, account) = next()?;
            venues.push(readers::parse(&venue, &account)?);
        }
        let clock = chain.clock()?;
        Ok(Self {
            addresses,
            now: clock.unix_timestamp,
            slot: clock.slot,
            token_feeds: token_feeds(chain, &venues)?,
            vault: Box::new(vault),
            ledger: Box::new(ledger),
            book: book.map(Box::new),
            base_feed: Box::new(base_feed),
            venues,
        })
    }

    /// The vault as instructions need it.
    pub fn context(&self) -> VaultContext {
        VaultContext {
            addresses: self.addresses,
            base_mint: self.vault.base_mint,
            base_token_program: self.vault.base_token_program,
            base_feed: self.vault.base_feed,
        }
    }

    /// The lines as instructions need them, in the order of the ledger.
    pub fn contexts(&self) -> impl Iterator<Item = LineContext> + '_ {
        let ledger = self.addresses.ledger;
        self.venues.iter().map(move |venue| LineContext::of(LineAddresses::of(&ledger, venue.id), venue))
    }

    /// The vault with those of its lines whose venue can be read: one question more, for the lending reserves. A line without
    /// a readable venue cannot be valued; everything that values none goes on without it.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn suite(&self, chain: &(impl Chain + ?Sized)) -> Result<Suite, ChainError> {
        let contexts: Vec<LineContext> = self.contexts().collect();
        let reserves: Vec<Pubkey> =
            contexts.iter().map(|line| line.pinned.get(at::RESERVE).copied().unwrap_or_default()).collect();
        let accounts = chain.get_multiple(&reserves)?;
        let mut lines = Vec::with_capacity(contexts.len());
        for (context, account) in contexts.into_iter().zip(accounts) {
            let Some(Ok(venue_refresh)) = account.map(|account| venue_refresh_of(&context, &account)) else { continue };
            let token_feed = context.token_feed.and_then(|key| self.feed(&key).map(|feed| PostedFeed::of(&key, feed)));
            lines.push(SuiteLine { context, venue_refresh, token_feed });
        }
        let base_feed = PostedFeed::of(&self.vault.base_feed, &self.base_feed);
        Ok(Suite { vault: self.context(), lines, base_feed })
    }

    /// Digits after the point of the base asset, and of shares.
    pub fn decimals(&self) -> u8 {
        self.vault.base_decimals
    }

    /// The ledger's lines with what each pins, in the order of the ledger.
    pub fn lines(&self) -> impl Iterator<Item = (&Line, &LineVenue)> {
        used(&self.ledger).zip(&self.venues)
    }

    /// The feed at `key`, where it is one of the vault's.
    pub fn feed(&self, key: &Pubkey) -> Option<&Feed> {
        if *key == self.vault.base_feed {
            return Some(&self.base_feed);
        }
        self.token_feeds.iter().find(|(other, _)| other == key).map(|(_, feed)| feed)
    }

    /// Every feed that the vault rests on, the base asset's first.
    pub fn feeds(&self) -> impl Iterator<Item = (&Pubkey, &Feed)> {
        let base = std::iter::once((&self.vault.base_feed, &*self.base_feed));
        base.chain(self.token_feeds.iter().map(|(key, feed)| (key, feed)))
    }
}

/// A vault at its address, with its ledger and the base asset's feed.
pub type Listed = (Pubkey, Vault, Ledger, Option<Feed>);

/// Every vault on the chain with its ledger and the base asset's feed, by address.
///
/// # Errors
///
/// The chain's.
pub fn vaults(chain: &(impl Chain + ?Sized)) -> Result<Vec<Listed>, ChainError> {
    let mut vaults: Vec<(Pubkey, Vault)> = Vec::new();
    for (key, account) in chain.program_accounts(&vault::ID, Vault::DISCRIMINATOR)? {
        // An account of another layout is another version's vault: this program cannot read it and shows the others.
        if let Ok(vault) = readers::parse(&key, &account) {
            vaults.push((key, vault));
        }
    }
    let keys: Vec<Pubkey> = vaults.iter().flat_map(|(_, vault)| [vault.ledger, vault.base_feed]).collect();
    let accounts = chain.get_multiple(&keys)?;
    let mut all = Vec::with_capacity(vaults.len());
    for ((key, vault), pair) in vaults.into_iter().zip(accounts.chunks(2)) {
        let [ledger, feed] = pair else { break };
        let ledger = ledger.as_ref().ok_or(ChainError::AccountNotFound(vault.ledger))?;
        let feed = feed.as_ref().map(|feed| readers::parse(&vault.base_feed, feed)).transpose()?;
        all.push((key, vault, readers::parse(&vault.ledger, ledger)?, feed));
    }
    Ok(all)
}

/// Every ticket of `owner` in whatever vault, with its address.
///
/// # Errors
///
/// The chain's; [`ChainError::WrongAccount`] for a ticket of another layout.
pub fn tickets_of(chain: &(impl Chain + ?Sized), owner: &Pubkey) -> Result<Vec<(Pubkey, Ticket)>, ChainError> {
    let accounts = chain.program_accounts(&vault::ID, Ticket::DISCRIMINATOR)?;
    let mut tickets = Vec::new();
    for (key, account) in &accounts {
        let ticket: Ticket = readers::parse(key, account)?;
        if ticket.owner == *owner {
            tickets.push((*key, ticket));
        }
    }
    Ok(tickets)
}

fn used(ledger: &Ledger) -> impl Iterator<Item = &Line> {
    ledger.lines.iter().filter(|line| line.is_used())
}

fn token_feeds(chain: &(impl Chain + ?Sized), venues: &[LineVenue]) -> Result<Vec<(Pubkey, Feed)>, ChainError> {
    let mut keys: Vec<Pubkey> =
        venues.iter().filter(|venue| venue.is_swapped()).map(|venue| venue.token_feed).collect();
    keys.sort_unstable();
    keys.dedup();
    let accounts = chain.get_multiple(&keys)?;
    keys.into_iter()
        .zip(accounts)
        .map(|(key, account)| {
            let account = account.ok_or(ChainError::AccountNotFound(key))?;
            Ok((key, readers::parse(&key, &account)?))
        })
        .collect()
}

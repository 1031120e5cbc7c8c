//! Everything that a plan is made from, read a hundred accounts a call.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anchor_lang::prelude::{AccountInfo, Pubkey};
use gimbal_control::{ChangeRecord, Queued};
use risk_oracle::state::{Book, Feed, Network};
use solana_account::Account;
use strategy_router::state::{Keeper, Ledger, Line, VenueIdentity};
use strategy_router::venue::{accounts::Code, tripwire};
use vault::state::{Ticket, Vault};
use vault::MAX_FILL;

use super::accounts::Accounts;
use super::discover::feeds_of;
use super::networks::network_of;
use super::roster::{ChangeSite, FeedSite, LineSite, Roster, VaultSite};
use crate::chain::{Chain, ChainError};
use crate::instructions::changes::Queue;
use crate::keeper::source::{Offer, PriceSource};

/// Bytes at the head of a ProgramData account, before the code.
const CODE_HEADER: usize = 45;

/// Kept vaults and all that bears on them, as one round of reading found them. Batches are of neighbouring slots: what a
/// plan makes of them is simulated before it is sent.
#[derive(Clone, Debug)]
pub struct World {
    /// The key that signs.
    pub keeper: Pubkey,
    /// What it holds, lamports.
    pub lamports: u64,
    /// Rent of a token account, lamports.
    pub token_account_rent: u64,
    /// The chain's slot.
    pub slot: u64,
    /// The chain's time, Unix seconds.
    pub now: i64,
    /// The kept vaults that could be read.
    pub vaults: Vec<Watched>,
    /// Their feeds.
    pub feeds: BTreeMap<Pubkey, WatchedFeed>,
    /// The contagion networks that their books follow.
    pub networks: BTreeMap<Pubkey, Box<Network>>,
    /// Queued changes that exist.
    pub changes: Vec<(ChangeSite, ChangeRecord)>,
    /// The feed that prices SOL, where there is one.
    pub sol_feed: Option<Feed>,
    /// Accounts of venues.
    pub venues: Accounts,
    /// What venues' programs run now; those that cannot be read are missing.
    pub codes: HashMap<Pubkey, VenueIdentity>,
    /// Whether a ledger has other lines or settings than the roster knows: discover anew.
    pub outdated: bool,
    /// What could not be read, by vault or feed.
    pub problems: Vec<(Pubkey, String)>,
    /// Calls that read a batch of accounts.
    pub batches: usize,
}

/// One vault as it stands.
#[derive(Clone, Debug)]
pub struct Watched {
    /// What does not change.
    pub site: Arc<VaultSite>,
    /// The vault.
    pub vault: Box<Vault>,
    /// Its ledger.
    pub ledger: Box<Ledger>,
    /// The key's registration; none where it is no keeper of this ledger.
    pub keeper: Option<Keeper>,
    /// The ledger's book, if it was opened.
    pub book: Option<Box<Book>>,
    /// Base units in the cash account.
    pub cash_held: u64,
    /// The head of the ticket queue: up to as many places as one instruction fills, none for a place without a ticket.
    pub tickets: Vec<Option<Ticket>>,
    /// Whether the fee recipient's share account exists and is its own; asked only where fees wait.
    pub has_fee_account: bool,
}

/// One feed as it stands, with what its source offers.
#[derive(Clone, Debug)]
pub struct WatchedFeed {
    /// What does not change.
    pub site: FeedSite,
    /// The feed.
    pub feed: Feed,
    /// A price on offer.
    pub offer: Option<Offer>,
    /// A price on offer for its second source.
    pub second_offer: Option<Offer>,
}

impl Watched {
    /// The vault's address.
    pub fn key(&self) -> Pubkey {
        self.site.key()
    }

    /// The row of line `id`.
    pub fn line(&self, id: u16) -> Option<&Line> {
        self.ledger.lines.iter().find(|line| line.is_used() && line.id == id)
    }

    /// Whether somebody's money is in it: nobody is served by keeping the others fresh.
    pub fn is_in_use(&self) -> bool {
        self.vault.shares > 0 || self.ledger.lines.iter().any(Line::is_valued)
    }
}

impl World {
    /// Reads every vault of the roster and what `source` offers. A source that fails offers nothing; that is a problem,
    /// not an error.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn read(
        chain: &(impl Chain + ?Sized),
        roster: &Roster,
        source: &mut dyn PriceSource,
    ) -> Result<Self, ChainError> {
        let clock = chain.clock()?;
        let mut accounts = Accounts::default();
        let price_ids = price_ids(roster);
        accounts.fetch(chain, first_keys(roster, source, &price_ids))?;

        let mut world = Self {
            keeper: roster.keeper,
            lamports: accounts.get(&roster.keeper).map_or(0, |account| account.lamports),
            token_account_rent: roster.token_account_rent,
            slot: clock.slot,
            now: clock.unix_timestamp,
            vaults: Vec::with_capacity(roster.vaults.len()),
            feeds: BTreeMap::new(),
            networks: BTreeMap::new(),
            changes: Vec::new(),
            sol_feed: roster.sol_feed.and_then(|key| accounts.read(&key).ok()),
            venues: Accounts::default(),
            codes: HashMap::new(),
            outdated: false,
            problems: roster.problems.clone(),
            batches: 0,
        };
        world.read_codes(chain, roster, &accounts)?;
        world.read_feeds(roster, &mut accounts, source, &price_ids);
        world.read_vaults(roster, &mut accounts);
        world.read_networks(roster, &mut accounts);
        world.read_queues(chain, &mut accounts)?;
        world.read_changes(roster, &accounts);
        world.batches = accounts.batches();
        world.venues = accounts;
        Ok(world)
    }

    fn read_vaults(&mut self, roster: &Roster, accounts: &mut Accounts) {
        for site in &roster.vaults {
            let addresses = site.context.addresses;
            let vault = accounts.take::<Vault>(&addresses.vault);
            let (vault, ledger) = match (vault, accounts.take::<Ledger>(&addresses.ledger)) {
                (Ok(vault), Ok(ledger)) => (Box::new(vault), Box::new(ledger)),
                (Err(error), _) | (_, Err(error)) => {
                    self.problems.push((site.key(), error.to_string()));
                    continue;
                }
            };
            let Some(cash_held) = accounts.balance(&addresses.cash) else {
                self.problems.push((site.key(), "its cash account is frozen or missing".to_owned()));
                continue;
            };
            let lines = ledger.lines.iter().filter(|line| line.is_used()).map(|line| line.id);
            let book: Option<Box<Book>> = accounts.take(&addresses.book).ok().map(Box::new);
            let other = |book: &Book| feeds_of(book) != site.book_feeds || network_of(book) != site.network;
            self.outdated |= book.as_deref().is_some_and(other);
            self.outdated |= ledger.next_line_id != site.next_line_id
                || ledger.change_nonce != site.change_nonce
                || !lines.eq(site.lines.iter().map(|line| line.context.addresses.id));
            self.vaults.push(Watched {
                site: Arc::clone(site),
                keeper: accounts.take(&site.keeper).ok(),
                book,
                vault,
                ledger,
                cash_held,
                tickets: Vec::new(),
                has_fee_account: false,
            });
        }
    }

    fn read_feeds(
        &mut self,
        roster: &Roster,
        accounts: &mut Accounts,
        source: &mut dyn PriceSource,
        price_ids: &[[u8; 32]],
    ) {
        let posted = |id: &[u8; 32]| accounts.get(&source.account(id)?).cloned();
        let posted: Vec<Option<Account>> = price_ids.iter().map(posted).collect();
        let offers = source.offers(price_ids, &posted).unwrap_or_else(|error| {
            self.problems.push((Pubkey::default(), error.to_string()));
            Vec::new()
        });
        let offers: HashMap<[u8; 32], Option<Offer>> = price_ids.iter().copied().zip(offers).collect();
        let offer = |id: &[u8; 32]| offers.get(id).cloned().flatten();
        for (key, site) in &roster.feeds {
            match accounts.read(key) {
                Ok(feed) => {
                    let (first, second) = (offer(&site.price_id), site.second_id.as_ref().and_then(offer));
                    let watched = WatchedFeed { site: *site, feed, offer: first, second_offer: second };
                    self.feeds.insert(*key, watched);
                }
                Err(error) => self.problems.push((*key, error.to_string())),
            }
        }
    }

    fn read_codes(
        &mut self,
        chain: &(impl Chain + ?Sized),
        roster: &Roster,
        accounts: &Accounts,
    ) -> Result<(), ChainError> {
        for (program, data) in &roster.codes {
            let Some(account) = accounts.get(program) else { continue };
            // Code under a loader that cannot replace it stands for its own ProgramData.
            let data_account = match program == data {
                true => Some(account.clone()),
                false => chain.get_prefix(data, CODE_HEADER)?,
            };
            let Some(data_account) = data_account else { continue };
            let (mut program_raw, mut data_raw) = (account.clone(), data_account);
            let (program_info, data_info) = (info(program, &mut program_raw), info(data, &mut data_raw));
            let code = Code { program: &program_info, program_data: &data_info };
            if let Ok(identity) = tripwire::identity(code.program, code.program_data) {
                self.codes.insert(*program, identity);
            }
        }
        Ok(())
    }

    /// What only the first reading says that it is needed: tickets at the heads of queues, and fee recipients' accounts.
    fn read_queues(&mut self, chain: &(impl Chain + ?Sized), accounts: &mut Accounts) -> Result<(), ChainError> {
        let wanted = |watched: &Watched| {
            let mut keys = watched.queue();
            keys.extend(watched.fee_account());
            keys
        };
        let wanted: Vec<Vec<Pubkey>> = self.vaults.iter().map(wanted).collect();
        accounts.fetch(chain, wanted.iter().flatten().copied())?;
        for (watched, keys) in self.vaults.iter_mut().zip(&wanted) {
            let places = watched.queue_length();
            watched.tickets = keys.iter().take(places).map(|key| accounts.read(key).ok()).collect();
            let recipient = watched.vault.fees.recipient;
            let owned = |key: &Pubkey| {
                let account = crate::readers::parse_token_account(key, accounts.get(key)?).ok()?;
                Some(account.owner == recipient && !account.frozen)
            };
            watched.has_fee_account = keys.get(places).and_then(owned).unwrap_or(false);
        }
        Ok(())
    }

    fn read_changes(&mut self, roster: &Roster, accounts: &Accounts) {
        for site in &roster.changes {
            let record = match site.queue {
                Queue::Vault(_) => accounts.read(&site.key).map(|change: vault::state::Change| *change.record()),
                Queue::Ledger(_) => {
                    accounts.read(&site.key).map(|change: strategy_router::state::Change| *change.record())
                }
                Queue::Oracle(_) => accounts.read(&site.key).map(|change: risk_oracle::state::Change| *change.record()),
            };
            // One that was closed since it was found is none.
            self.changes.extend(record.ok().map(|record| (*site, record)));
        }
    }

    /// Whether a venue of the line runs other code than its owner approved. What cannot be read counts as changed.
    pub fn venue_changed(&self, line: &LineSite) -> bool {
        let differs = |approved: &VenueIdentity| self.codes.get(&approved.program) != Some(approved);
        differs(&line.venue) || (line.is_swapped() && differs(&line.swap))
    }
}

impl Watched {
    fn queue_length(&self) -> usize {
        let waiting = self.vault.ticket_tail.saturating_sub(self.vault.ticket_head);
        usize::try_from(waiting).unwrap_or(usize::MAX).min(usize::from(MAX_FILL))
    }

    /// The addresses at the head of the queue.
    fn queue(&self) -> Vec<Pubkey> {
        let (head, places) = (self.vault.ticket_head, self.queue_length() as u64);
        (head..head.saturating_add(places)).map(|sequence| self.site.context.ticket(sequence)).collect()
    }

    /// Where fees go that wait to be collected.
    fn fee_account(&self) -> Option<Pubkey> {
        let recipient = self.vault.fees.recipient;
        let waits = self.vault.fee_shares > 0 && recipient != Pubkey::default();
        waits.then(|| self.site.context.share_account(&recipient))
    }
}

/// Each Pyth id that a feed of the roster names, once.
fn price_ids(roster: &Roster) -> Vec<[u8; 32]> {
    let mut ids: Vec<[u8; 32]> =
        roster.feeds.values().flat_map(|feed| [Some(feed.price_id), feed.second_id]).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What every round reads first. A vault's own accounts lie together, so that most are of one batch and slot.
fn first_keys(roster: &Roster, source: &dyn PriceSource, price_ids: &[[u8; 32]]) -> Vec<Pubkey> {
    let mut keys = vec![roster.keeper];
    keys.extend(roster.sol_feed);
    keys.extend(roster.codes.iter().map(|(program, _)| *program));
    keys.extend(roster.feeds.keys());
    keys.extend(price_ids.iter().filter_map(|id| source.account(id)));
    keys.extend(roster.changes.iter().map(|change| change.key));
    for site in &roster.vaults {
        let addresses = site.context.addresses;
        keys.extend([addresses.vault, addresses.ledger, addresses.cash, addresses.book, site.keeper]);
        keys.extend(site.network);
        keys.extend(site.lines.iter().flat_map(LineSite::watched));
    }
    keys
}

/// An account as programs see it.
pub(in crate::keeper) fn info<'a>(key: &'a Pubkey, account: &'a mut Account) -> AccountInfo<'a> {
    AccountInfo::new(key, false, false, &mut account.lamports, &mut account.data, &account.owner, account.executable)
}

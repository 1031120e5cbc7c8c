//! Many vaults on a chain that only answers: each account is made when it is asked for, so that what is measured is the
//! keeper's memory and not the chain's.
//!
//! Vaults hold a million USDC each: 10 % in cash, the rest in equal parts in their lines, the last of which is swapped. One
//! in ten has a line above its band, one a line below, one valuations that are nearly too old, one a ticket, one untracked
//! cash; in five there is nothing to do.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};

use anchor_lang::prelude::{Clock, Pubkey};
use anchor_lang::Discriminator;
use anchor_spl::token;
use bytemuck::{bytes_of, Pod, Zeroable};
use gimbal::chain::{Chain, ChainError, PriceUpdate, Receipt};
use gimbal::keeper::ActionKind;
use gimbal::pda::{router_seeds::keeper_address, LineAddresses, VaultAddresses};
use gimbal_control::program_data::{program_data_address, UPGRADEABLE_LOADER_ID};
use gimbal_svm::{pyth::price_feed_address, TokenAccountState};
use gimbal_venue_wire::field::Layout;
use gimbal_venue_wire::klend::{layout as klend, CurvePoint, LendingMarket, ReserveMut};
use gimbal_venue_wire::whirlpool::{layout as whirlpool, WhirlpoolMut};
use risk_oracle::state::{Bar, Book, Feed, LineRisk, ModelParams};
use solana_account::Account;
use solana_message::Hash;
use solana_transaction::versioned::VersionedTransaction;
use strategy_router::adapters::{lending::at, LENDING};
use strategy_router::state::{Keeper, Ledger, Line, LineStatus, LineVenue, VenueIdentity};
use vault::state::{Ticket, TicketStatus, Vault};

/// Lines of each vault.
pub const LINES: u8 = 16;
/// The chain's time.
pub const NOW: i64 = 1_800_000_000;
/// The chain's slot.
pub const SLOT: u64 = 400_000_000;
/// Base units of one USDC.
const USDC: u64 = 1_000_000;
/// Pyth ids of both assets.
const PRICE_IDS: [[u8; 32]; 2] = [[11; 32], [12; 32]];
/// What a market's depositors own together, base units.
const SUPPLY: u64 = 10_000_000 * USDC;

/// What there is to do in a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Above,
    Aged,
    Ticket,
    Untracked,
    Below,
    Quiet,
}

/// Which account a key is.
#[derive(Clone, Copy, Debug)]
enum Place {
    Vault(u16),
    Ledger(u16),
    Cash(u16),
    Book,
    Keeper(u16),
    Ticket(u16),
    LineVenue(u16, u8),
    Position(u16, u8),
    Token(u16),
    Reserve,
    Shared(usize),
}

struct Site {
    addresses: VaultAddresses,
    lines: Vec<LineAddresses>,
}

/// Vaults to be kept, and how often they were asked for.
pub struct Fleet {
    /// The key that is registered with all of them.
    pub keeper: Pubkey,
    creator: Pubkey,
    sites: Vec<Site>,
    places: HashMap<Pubkey, Place>,
    shared: Vec<(Pubkey, Account)>,
    /// Accounts of each call that read several.
    pub batches: RefCell<Vec<usize>>,
    /// Calls that read one account, or the head of one.
    pub single: Cell<usize>,
    /// Calls that scanned a program's accounts.
    pub scans: Cell<usize>,
}

fn key(tag: u8, vault: u16, line: u8) -> Pubkey {
    let mut bytes = [tag; 32];
    bytes[..2].copy_from_slice(&vault.to_le_bytes());
    bytes[2] = line;
    Pubkey::new_from_array(bytes)
}

fn account(owner: Pubkey, data: Vec<u8>) -> Account {
    Account { lamports: 1_000_000_000, data, owner, executable: false, rent_epoch: u64::MAX }
}

fn ours<T: Pod + Discriminator>(owner: Pubkey, value: &T) -> Account {
    account(owner, [T::DISCRIMINATOR, bytes_of(value)].concat())
}

impl Fleet {
    /// So many vaults of [`LINES`] lines each, every line over a market of its own.
    pub fn new(count: u16) -> Self {
        let (keeper, creator) = (key(1, 0, 0), key(2, 0, 0));
        let mut fleet = Self {
            keeper,
            creator,
            sites: Vec::with_capacity(usize::from(count)),
            places: HashMap::new(),
            shared: Vec::new(),
            batches: RefCell::default(),
            single: Cell::default(),
            scans: Cell::default(),
        };
        for vault in 0..count {
            let addresses = VaultAddresses::derive(&creator, vault);
            let lines: Vec<_> = (1..=LINES).map(|id| LineAddresses::of(&addresses.ledger, u16::from(id))).collect();
            fleet.places.extend([
                (addresses.vault, Place::Vault(vault)),
                (addresses.ledger, Place::Ledger(vault)),
                (addresses.cash, Place::Cash(vault)),
                (addresses.book, Place::Book),
                (keeper_address(&addresses.ledger, &keeper).0, Place::Keeper(vault)),
            ]);
            for (line, own) in (0..LINES).zip(&lines) {
                fleet.places.extend([
                    (own.venue, Place::LineVenue(vault, line)),
                    (own.position, Place::Position(vault, line)),
                    (key(3, vault, line), Place::Reserve),
                ]);
            }
            if let Some(last) = lines.last() {
                fleet.places.insert(last.token, Place::Token(vault));
            }
            if kind(vault) == Kind::Ticket {
                let ticket = gimbal::pda::vault_seeds::ticket(&addresses.vault, 0).0;
                fleet.places.insert(ticket, Place::Ticket(vault));
            }
            fleet.sites.push(Site { addresses, lines });
        }
        fleet.share();
        fleet
    }

    /// What all vaults have in common: two feeds with their posted prices, a market, a pool, and the venues' programs.
    fn share(&mut self) {
        let mut shared = vec![(self.keeper, account(Pubkey::default(), Vec::new()))];
        for (feed, id) in [base_feed(), token_feed()].into_iter().zip(PRICE_IDS) {
            shared.push((feed, ours(risk_oracle::ID, &fed(id))));
            let posted = price_feed_address(0, &id);
            let update = PriceUpdate::new(id, 100_000_000, 10_000, -8, NOW - 10, SLOT);
            shared.push((posted, account(update.receiver, update.pack(&posted))));
        }
        let mut halted = vec![0; LendingMarket::LEN];
        halted[..8].copy_from_slice(&LendingMarket::DISCRIMINATOR);
        shared.push((market(), account(lending_venue::ID, halted)));
        shared.push((pool(), account(swap_venue::ID, pool_bytes())));
        for program in [lending_venue::ID, swap_venue::ID] {
            let data = program_data_address(&program);
            let named = [&2_u32.to_le_bytes()[..], data.as_ref()].concat();
            shared.push((program, Account { executable: true, ..account(UPGRADEABLE_LOADER_ID, named) }));
            let head = [&3_u32.to_le_bytes()[..], &7_u64.to_le_bytes(), &[0], &[0; 32]].concat();
            shared.push((data, account(UPGRADEABLE_LOADER_ID, head)));
        }
        self.places.extend(shared.iter().enumerate().map(|(place, (key, _))| (*key, Place::Shared(place))));
        self.shared = shared;
    }

    /// How many actions of each kind are due.
    pub fn due(&self) -> BTreeMap<ActionKind, usize> {
        let mut due = BTreeMap::new();
        let mut count = |kind, more| *due.entry(kind).or_insert(0) += more;
        for vault in 0..self.sites.len() as u16 {
            match kind(vault) {
                Kind::Above | Kind::Below => count(ActionKind::Rebalance, 1),
                Kind::Aged => count(ActionKind::Refresh, usize::from(LINES)),
                Kind::Ticket => count(ActionKind::Fill, 1),
                Kind::Untracked => count(ActionKind::HarvestCash, 1),
                Kind::Quiet => (),
            }
        }
        due
    }

    /// Accounts that a round reads first, each once: of the vaults vault, ledger, cash, book, registration, a position and a
    /// market's reserve for each line, and one token account; of all together the key, two programs, two feeds, two prices,
    /// a market and a pool.
    pub fn first_accounts(&self) -> usize {
        self.sites.len() * (5 + 2 * usize::from(LINES) + 1) + 9
    }

    /// Accounts that a round reads then: the tickets at the heads of queues.
    pub fn then_accounts(&self) -> usize {
        (0..self.sites.len() as u16).filter(|vault| kind(*vault) == Kind::Ticket).count()
    }

    fn make(&self, place: Place) -> Account {
        let site = |vault: u16| &self.sites[usize::from(vault)];
        match place {
            Place::Shared(place) => self.shared[place].1.clone(),
            Place::Vault(vault) => ours(vault::ID, &self.vault(vault)),
            Place::Ledger(vault) => ours(strategy_router::ID, &self.ledger(vault)),
            Place::Book => ours(risk_oracle::ID, &book()),
            Place::Keeper(vault) => {
                let mut keeper = Keeper::zeroed();
                (keeper.version, keeper.active) = (Keeper::VERSION, 1);
                (keeper.ledger, keeper.key) = (site(vault).addresses.ledger, self.keeper);
                ours(strategy_router::ID, &keeper)
            }
            Place::Ticket(vault) => ours(vault::ID, &ticket(&site(vault).addresses.vault)),
            Place::LineVenue(vault, line) => ours(strategy_router::ID, &self.line_venue(vault, line)),
            Place::Cash(vault) => {
                let untracked = if kind(vault) == Kind::Untracked { 10 * USDC } else { 0 };
                self.tokens(vault, base_mint(), cash(vault) + untracked)
            }
            Place::Position(vault, line) => self.tokens(vault, key(4, vault, line), held(vault, line)),
            Place::Token(vault) => self.tokens(vault, token_mint(), 0),
            Place::Reserve => account(lending_venue::ID, reserve()),
        }
    }

    fn tokens(&self, vault: u16, mint: Pubkey, amount: u64) -> Account {
        let ledger = self.sites[usize::from(vault)].addresses.ledger;
        account(token::ID, TokenAccountState::new(mint, ledger, amount).pack())
    }

    fn vault(&self, index: u16) -> Vault {
        let addresses = self.sites[usize::from(index)].addresses;
        let mut vault = Vault::zeroed();
        (vault.version, vault.index, vault.base_decimals) = (1, index, 6);
        (vault.creator, vault.base_mint, vault.base_token_program) = (self.creator, base_mint(), token::ID);
        (vault.ledger, vault.base_feed, vault.share_mint) = (addresses.ledger, base_feed(), addresses.share_mint);
        vault.shares = 1_000_000 * USDC;
        if kind(index) == Kind::Ticket {
            (vault.ticket_tail, vault.queued_shares) = (1, 1_000 * USDC);
        }
        vault
    }

    fn ledger(&self, vault: u16) -> Ledger {
        let addresses = self.sites[usize::from(vault)].addresses;
        let mut ledger = Ledger::zeroed();
        (ledger.version, ledger.base_decimals, ledger.line_count) = (Ledger::VERSION, 6, LINES);
        (ledger.vault, ledger.base_mint, ledger.base_token_program) = (addresses.vault, base_mint(), token::ID);
        (ledger.cash, ledger.base_feed, ledger.book) = (addresses.cash, base_feed(), addresses.book);
        ledger.cash_tracked = cash(vault);
        ledger.reserved = if kind(vault) == Kind::Ticket { 1_000 * USDC } else { 0 };
        ledger.next_line_id = u16::from(LINES) + 1;
        let limits = &mut ledger.limits;
        (limits.max_valuation_age, limits.epoch, limits.min_cash_bps) = (600, 86_400, 500);
        (limits.loss_budget_bps, limits.keeper_loss_budget_bps) = (50, 30);
        (limits.keeper_pay, limits.keeper_pay_budget) = (USDC / 100, 100 * USDC);
        (ledger.epoch.start, ledger.epoch.nav_at_start) = (NOW, 1_000_000 * USDC);
        for (place, row) in (0..LINES).zip(ledger.lines.iter_mut()) {
            *row = self.row(vault, place);
        }
        ledger.remake_totals().expect("values that fit");
        ledger
    }

    fn row(&self, vault: u16, line: u8) -> Line {
        let mut row = Line::zeroed();
        (row.id, row.adapter, row.status) = (u16::from(line) + 1, LENDING, LineStatus::Active as u8);
        (row.token_decimals, row.swapped) = (6, u8::from(is_swapped(line)));
        (row.target_bps, row.max_bps, row.band_bps) = (562, 1_124, 100);
        (row.cooldown, row.max_slippage_bps, row.max_venue_age, row.cap) = (600, 10, 150, u64::MAX);
        let value = held(vault, line);
        (row.low, row.mid, row.high, row.position, row.liquidity) = (value, value, value, value, SUPPLY);
        let age = if kind(vault) == Kind::Aged { 500 } else { 100 };
        (row.valued_at, row.valued_slot) = (NOW - age, SLOT - 250);
        row
    }

    fn line_venue(&self, vault: u16, line: u8) -> LineVenue {
        let site = &self.sites[usize::from(vault)];
        let own = site.lines[usize::from(line)];
        let identity = |program| VenueIdentity {
            program,
            program_data: program_data_address(&program),
            program_data_slot: 7,
            upgrade_authority: Pubkey::default(),
        };
        let mut venue = LineVenue::zeroed();
        (venue.version, venue.id, venue.adapter) = (LineVenue::VERSION, own.id, LENDING);
        (venue.value_count, venue.token_decimals, venue.ledger) = (2, 6, site.addresses.ledger);
        (venue.account_count, venue.token_mint) = (at::SAME_ASSET_LEN as u8, base_mint());
        venue.venue = identity(lending_venue::ID);
        venue.accounts[at::RESERVE] = key(3, vault, line);
        venue.accounts[at::POSITION] = own.position;
        venue.accounts[at::MARKET] = market();
        if is_swapped(line) {
            (venue.swapped, venue.account_count) = (1, at::SWAPPED_LEN as u8);
            (venue.swap, venue.token_feed, venue.token_mint) = (identity(swap_venue::ID), token_feed(), token_mint());
            (venue.accounts[at::TOKEN], venue.accounts[at::POOL]) = (own.token, pool());
        }
        venue
    }
}

fn kind(vault: u16) -> Kind {
    match vault % 10 {
        0 => Kind::Above,
        1 => Kind::Aged,
        2 => Kind::Ticket,
        3 => Kind::Untracked,
        4 => Kind::Below,
        _ => Kind::Quiet,
    }
}

/// 56,250 USDC in each line: 5.625 % of a million, where 5.62 % are wanted. The first is 20,000 off where that is the kind.
fn held(vault: u16, line: u8) -> u64 {
    match (kind(vault), line) {
        (Kind::Above, 0) => 76_250 * USDC,
        (Kind::Below, 0) => 36_250 * USDC,
        _ => 56_250 * USDC,
    }
}

/// What the lines leave of a million.
fn cash(vault: u16) -> u64 {
    1_000_000 * USDC - (0..LINES).map(|line| held(vault, line)).sum::<u64>()
}

fn is_swapped(line: u8) -> bool {
    line == LINES - 1
}

fn base_mint() -> Pubkey {
    key(21, 0, 0)
}

fn token_mint() -> Pubkey {
    key(22, 0, 0)
}

fn base_feed() -> Pubkey {
    key(23, 0, 0)
}

fn token_feed() -> Pubkey {
    key(24, 0, 0)
}

fn market() -> Pubkey {
    key(25, 0, 0)
}

fn pool() -> Pubkey {
    key(26, 0, 0)
}

/// A dollar, published ten seconds ago and stored already.
fn fed(id: [u8; 32]) -> Feed {
    let mut feed = Feed::zeroed();
    (feed.version, feed.feed_id, feed.max_age, feed.max_future) = (1, id, 600, 60);
    feed.engine.start(&ModelParams::DEFAULT);
    (feed.max_confidence_bps, feed.wide_confidence_bps, feed.max_stable_gap_bps) = (500, 200, 3_000);
    (feed.price, feed.stable_price, feed.confidence) = (1_000_000_000_000, 1_000_000_000_000, 1);
    (feed.publish_time, feed.stable_at, feed.updated_at) = (NOW - 10, NOW - 10, NOW - 10);
    (feed.updates, feed.updated_slot, feed.posted_slot) = (1, SLOT - 25, SLOT - 25);
    feed.bars.open = Bar::first(Bar::day_of(NOW - 10).expect("a day"), feed.price);
    feed
}

fn book() -> Book {
    let mut book = Book::zeroed();
    book.version = 1;
    book.start_engine();
    for (id, line) in (1..).zip(book.lines.iter_mut()) {
        *line = LineRisk { line_id: id, cap_bps: 10_000, cap: u64::MAX, ..LineRisk::FREE };
    }
    book
}

fn ticket(vault: &Pubkey) -> Ticket {
    let mut ticket = Ticket::zeroed();
    (ticket.version, ticket.status, ticket.vault) = (1, TicketStatus::Open as u8, *vault);
    (ticket.shares, ticket.shares_left) = (1_000 * USDC, 1_000 * USDC);
    (ticket.requested_at, ticket.overdue_at, ticket.in_kind_at) = (NOW - 100, NOW + 604_700, NOW + 1_209_500);
    ticket
}

/// A market of 10 millions, 70 % of it lent at 4 %, accrued a hundred slots ago, one receipt to a unit.
fn reserve() -> Vec<u8> {
    let mut data = vec![0; klend::Reserve::LEN];
    let mut books = ReserveMut::init(&mut data).expect("bytes of that length");
    let lent = SUPPLY / 10 * 7;
    books.set(klend::VERSION, klend::PROGRAM_VERSION);
    books.set(klend::LAST_UPDATE_SLOT, SLOT - 100);
    books.set(klend::LENDING_MARKET, market());
    books.set(klend::AVAILABLE_AMOUNT, SUPPLY - lent);
    books.set(klend::BORROWED_AMOUNT_SF, u128::from(lent) << 60);
    books.set(klend::COLLATERAL_MINT_TOTAL_SUPPLY, SUPPLY);
    books.set(klend::DEPOSIT_LIMIT, u64::MAX);
    let mut curve = [CurvePoint { utilization_bps: 10_000, borrow_rate_bps: 400 }; klend::CURVE_POINTS];
    curve[0].utilization_bps = 0;
    books.set_curve(&curve);
    data
}

/// A pool at a price of one, with a reserve of 5 · 10^15 either way and a fee of one basis point.
fn pool_bytes() -> Vec<u8> {
    let mut data = vec![0; whirlpool::Whirlpool::LEN];
    let mut pool = WhirlpoolMut::init(&mut data).expect("bytes of that length");
    pool.set(whirlpool::LIQUIDITY, 5_000_000_000_000_000_u128);
    pool.set(whirlpool::SQRT_PRICE, 1_u128 << 64);
    pool.set(whirlpool::FEE_RATE, 100_u16);
    pool.set(whirlpool::TOKEN_MINT_A, base_mint());
    pool.set(whirlpool::TOKEN_MINT_B, token_mint());
    data
}

fn answers_only() -> ChainError {
    ChainError::Backend("this chain only answers: it runs nothing".to_owned())
}

impl Chain for Fleet {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        self.single.set(self.single.get() + 1);
        Ok(self.places.get(key).map(|place| self.make(*place)))
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        self.batches.borrow_mut().push(keys.len());
        Ok(keys.iter().map(|key| self.places.get(key).map(|place| self.make(*place))).collect())
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        self.scans.set(self.scans.get() + 1);
        if *program != strategy_router::ID || prefix != Keeper::DISCRIMINATOR {
            return Ok(Vec::new());
        }
        let keepers = self.places.iter().filter(|(_, place)| matches!(place, Place::Keeper(_)));
        Ok(keepers.map(|(key, place)| (*key, self.make(*place))).collect())
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        Ok(Hash::default())
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        Ok(Clock { slot: SLOT, unix_timestamp: NOW, ..Clock::default() })
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        Ok((bytes as u64 + 128) * 6_960)
    }

    fn recent_priority_fee(&self, _writable: &[Pubkey]) -> Result<u64, ChainError> {
        Ok(0)
    }

    fn send(&mut self, _transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(answers_only())
    }

    fn simulate(&self, _transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(answers_only())
    }

    fn simulate_reading(
        &self,
        _transaction: &VersionedTransaction,
        _keys: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        Err(answers_only())
    }
}

//! Each account of the fleet as it is stored.

use super::*;

use anchor_lang::Discriminator;
use anchor_spl::token;
use bytemuck::{bytes_of, Pod, Zeroable};
use gimbal::chain::PriceUpdate;
use gimbal_control::program_data::{program_data_address, UPGRADEABLE_LOADER_ID};
use gimbal_svm::{pyth::price_feed_address, TokenAccountState};
use gimbal_venue_wire::field::Layout;
use gimbal_venue_wire::klend::{layout as klend, CurvePoint, LendingMarket, ReserveMut};
use gimbal_venue_wire::whirlpool::{layout as whirlpool, WhirlpoolMut};
use risk_oracle::state::{Bar, Book, Feed, LineRisk, ModelParams};
use strategy_router::adapters::{lending::at, LENDING};
use strategy_router::state::{Keeper, Ledger, Line, LineStatus, LineVenue, VenueIdentity};
use vault::state::{Ticket, TicketStatus, Vault};

impl Fleet {
    /// What all vaults have in common: two feeds with their posted prices, a market, a pool, and the venues' programs.
    pub(super) fn share(&mut self) {
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

    /// The account that stands there.
    pub(super) fn make(&self, place: Place) -> Account {
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

fn account(owner: Pubkey, data: Vec<u8>) -> Account {
    Account { lamports: 1_000_000_000, data, owner, executable: false, rent_epoch: u64::MAX }
}

fn ours<T: Pod + Discriminator>(owner: Pubkey, value: &T) -> Account {
    account(owner, [T::DISCRIMINATOR, bytes_of(value)].concat())
}

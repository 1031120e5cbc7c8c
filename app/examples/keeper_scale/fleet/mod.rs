//! Many vaults on a chain that only answers: each account is made when it is asked for, so that what is measured is the
//! keeper's memory and not the chain's.
//!
//! Vaults hold a million USDC each: 10 % in cash, the rest in equal parts in their lines, the last of which is swapped. One
//! in ten has a line above its band, one a line below, one valuations that are nearly too old, one a ticket, one untracked
//! cash; in five there is nothing to do.

mod accounts;
mod chain;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};

use anchor_lang::prelude::Pubkey;
use gimbal::keeper::ActionKind;
use gimbal::pda::{router_seeds::keeper_address, LineAddresses, VaultAddresses};
use solana_account::Account;

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

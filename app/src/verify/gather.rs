//! Reading everything that is checked, as of one moment.

use std::collections::BTreeSet;

use anchor_lang::{prelude::Pubkey, Discriminator};
use gimbal_control::program_data::{named_by, program_data_address, UPGRADEABLE_LOADER_ID};
use gimbal_venue_wire::klend::ReserveView;
use risk_oracle::state::{Book, Network};
use solana_account::Account;
use strategy_router::state::{Change, Keeper, Ledger, LineVenue};
use vault::state::{Ticket, Vault};

use crate::chain::{Chain, ChainError, Snapshot};
use crate::pda::{LineAddresses, VaultAddresses};
use crate::readers;

/// How often the accounts are read again when they change while they are read.
const ATTEMPTS: usize = 5;
/// More than what a ProgramData account says before the code: 45 bytes.
const HEADER: usize = 64;

/// Reads what concerns the vault at `key`.
///
/// A node answers questions one after the other. Whatever moves money changes the vault's account or the ledger's; so
/// when these two are the same before and after all the rest was read, the rest is of one moment, too. Venues may move
/// in between, which is what happens to them anyway.
///
/// # Errors
///
/// The chain's; [`ChainError::Backend`] when the vault never stands still.
pub(super) fn gather(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Snapshot, ChainError> {
    for _ in 0..ATTEMPTS {
        let addresses = VaultAddresses::of(key);
        let pair = [*key, addresses.ledger];
        let before = chain.get_multiple(&pair)?;
        let vault: Vault = readers::parse(key, &require(&before, 0, key)?)?;
        let ledger = stored_ledger(chain, &vault, &addresses)?;
        let mut accounts = read_all(chain, &addresses, &vault, &ledger)?;
        let clock = chain.clock()?;
        let after = chain.get_multiple(&pair)?;
        if before == after {
            accounts.extend(pair.into_iter().zip(after).filter_map(|(key, account)| Some((key, account?))));
            return Ok(Snapshot::new(clock, accounts).for_vault(*key));
        }
    }
    Err(ChainError::Backend("the vault changed each time while it was read: try again in a quieter moment".to_owned()))
}

fn require(accounts: &[Option<Account>], place: usize, key: &Pubkey) -> Result<Account, ChainError> {
    accounts.get(place).cloned().flatten().ok_or(ChainError::AccountNotFound(*key))
}

/// The ledger that the vault names; a check of its own compares that with the one that the vault must have.
fn stored_ledger(
    chain: &(impl Chain + ?Sized),
    vault: &Vault,
    addresses: &VaultAddresses,
) -> Result<Ledger, ChainError> {
    readers::read(chain, &vault.ledger).or_else(|_| readers::read(chain, &addresses.ledger))
}

fn read_all(
    chain: &(impl Chain + ?Sized),
    addresses: &VaultAddresses,
    vault: &Vault,
    ledger: &Ledger,
) -> Result<Vec<(Pubkey, Account)>, ChainError> {
    // The three programs' accounts of queued changes have the same name, and with it the same discriminator.
    let scans: [(Pubkey, &[u8]); 5] = [
        (vault::ID, Ticket::DISCRIMINATOR),
        (vault::ID, Change::DISCRIMINATOR),
        (strategy_router::ID, Keeper::DISCRIMINATOR),
        (strategy_router::ID, Change::DISCRIMINATOR),
        (risk_oracle::ID, Change::DISCRIMINATOR),
    ];
    let mut accounts = Vec::new();
    for (program, discriminator) in scans {
        accounts.extend(chain.program_accounts(&program, discriminator)?);
    }

    let mut keys: BTreeSet<Pubkey> = [
        addresses.share_mint,
        addresses.escrow,
        addresses.claims,
        addresses.cash,
        addresses.book,
        vault.share_mint,
        vault.escrow,
        vault.claims,
        vault.ledger,
        vault.base_mint,
        vault.base_feed,
        ledger.cash,
        ledger.book,
        ledger.base_feed,
    ]
    .into();
    let mut programs: BTreeSet<Pubkey> = [vault::ID, strategy_router::ID, risk_oracle::ID].into();
    let lines: Vec<LineAddresses> = ledger
        .lines
        .iter()
        .filter(|line| line.is_used())
        .map(|line| LineAddresses::of(&addresses.ledger, line.id))
        .collect();
    for line in &lines {
        keys.extend([line.venue, line.position, line.token]);
    }
    let venue_keys: Vec<Pubkey> = lines.iter().map(|line| line.venue).collect();
    for (key, account) in venue_keys.iter().zip(chain.get_multiple(&venue_keys)?) {
        // What is no line's venue account is reported by the check of the line.
        let Some(venue) = account.and_then(|account| readers::parse::<LineVenue>(key, &account).ok()) else { continue };
        keys.extend(venue.pinned());
        keys.extend([venue.token_mint, venue.token_feed]);
        programs.extend([venue.venue.program, venue.swap.program]);
    }
    if let Some(book) = book(chain, &addresses.book)? {
        keys.extend(book.assets.iter().map(|asset| asset.feed));
    }
    if let Some(network) = followed(chain, &addresses.book)? {
        keys.insert(network);
        let network =
            chain.get_account(&network)?.and_then(|account| readers::parse::<Network>(&network, &account).ok());
        programs.extend(network.iter().flat_map(|network| network.protocols.iter().map(|row| row.program)));
    }
    let keys: Vec<Pubkey> = keys.into_iter().filter(|key| *key != Pubkey::default()).collect();
    let pinned = found(&keys, chain.get_multiple(&keys)?);
    // What reserves name themselves, wherever the pinned list points.
    let reserves = pinned.iter().filter_map(|(_, account)| ReserveView::parse(&account.data).ok());
    let named: BTreeSet<Pubkey> = reserves
        .flat_map(|reserve| [reserve.supply_vault(), reserve.collateral_mint(), reserve.liquidity_mint()])
        .filter(|key| !keys.contains(key))
        .collect();
    let named: Vec<Pubkey> = named.into_iter().collect();
    accounts.extend(found(&named, chain.get_multiple(&named)?));
    accounts.extend(pinned);

    for program in programs.into_iter().filter(|program| *program != Pubkey::default()) {
        let Some(account) = chain.get_prefix(&program, HEADER)? else { continue };
        let data = match account.owner == UPGRADEABLE_LOADER_ID {
            true => named_by(&account.data).unwrap_or_else(|_| program_data_address(&program)),
            false => program_data_address(&program),
        };
        accounts.push((program, account));
        accounts.extend(chain.get_prefix(&data, HEADER)?.map(|account| (data, account)));
    }
    Ok(accounts)
}

/// The network that the book at `key` follows, where there is a book and it follows one.
fn followed(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Option<Pubkey>, ChainError> {
    Ok(book(chain, key)?.map(|book| book.network).filter(|network| *network != Pubkey::default()))
}

/// The book at `key`, where there is one.
fn book(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Option<Box<Book>>, ChainError> {
    Ok(chain.get_account(key)?.and_then(|account| readers::parse::<Book>(key, &account).ok()).map(Box::new))
}

fn found(keys: &[Pubkey], accounts: Vec<Option<Account>>) -> Vec<(Pubkey, Account)> {
    keys.iter().zip(accounts).filter_map(|(key, account)| Some((*key, account?))).collect()
}

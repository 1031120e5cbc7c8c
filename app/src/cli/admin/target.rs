//! What an administrative command is about: a vault, its ledger, its book, a feed, or a contagion network. Each has roles
//! and a queue of changes of its own.

use super::super::arguments::address;
use super::super::session::Session;
use crate::chain::{Chain, ChainError};
use crate::instructions::changes::Queue;
use crate::pda::VaultAddresses;
use crate::readers;
use anchor_lang::{prelude::Pubkey, Discriminator};
use anyhow::{bail, Context, Result};
use clap::{Args, ValueEnum};
use gimbal_control::Roles;
use risk_oracle::state::{Book, Feed, Network};
use strategy_router::state::Ledger;
use vault::state::Vault;

/// What has roles and a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The vault: fees, limits, deposits and exits
    Vault,
    /// The vault's ledger: lines, limits of keepers and valuations
    Ledger,
    /// The ledger's book: limits of risks
    Book,
    /// A feed of the risk oracle
    Feed,
    /// A contagion network of the risk oracle
    Network,
}

impl Part {
    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::Ledger => "ledger",
            Self::Book => "book",
            Self::Feed => "feed",
            Self::Network => "network",
        }
    }
}

/// Which account a command is about.
#[derive(Args, Clone, Copy, Debug)]
pub struct TargetArgs {
    /// A vault (with --of, for its ledger or book), or a ledger, book, feed or network itself
    #[arg(value_name = "TARGET", value_parser = address)]
    pub target: Pubkey,

    /// What of the vault TARGET is meant; `feed`, `network`: TARGET is one [default: what TARGET is]
    #[arg(long, value_enum, value_name = "PART")]
    pub of: Option<Part>,
}

/// An account with roles and a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub part: Part,
    /// Its address.
    pub key: Pubkey,
    /// The vault that it belongs to; none for a feed or a network, which serve several.
    pub vault: Option<VaultAddresses>,
}

impl Target {
    /// A part of a vault.
    pub fn of_vault(vault: &Pubkey, part: Part) -> Self {
        let addresses = VaultAddresses::of(vault);
        let key = match part {
            Part::Ledger => addresses.ledger,
            Part::Book => addresses.book,
            Part::Vault | Part::Feed | Part::Network => *vault,
        };
        Self { part, key, vault: (!matches!(part, Part::Feed | Part::Network)).then_some(addresses) }
    }

    /// A feed.
    pub fn feed(key: &Pubkey) -> Self {
        Self { part: Part::Feed, key: *key, vault: None }
    }

    /// A network.
    pub fn network(key: &Pubkey) -> Self {
        Self { part: Part::Network, key: *key, vault: None }
    }

    /// Its queue.
    pub fn queue(&self) -> Queue {
        match self.part {
            Part::Vault => Queue::Vault(self.key),
            Part::Ledger => Queue::Ledger(self.key),
            Part::Book | Part::Feed | Part::Network => Queue::Oracle(self.key),
        }
    }

    /// In a sentence: "the ledger 4k…".
    pub fn shown(&self) -> String {
        format!("the {} {}", self.part.name(), self.key)
    }

    /// Its account.
    ///
    /// # Errors
    ///
    /// The chain's, and where the account is something else.
    pub fn state(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        Ok(match self.part {
            Part::Vault => State::Vault(Box::new(readers::read(chain, &self.key)?)),
            Part::Ledger => State::Ledger(Box::new(readers::read(chain, &self.key)?)),
            Part::Book => State::Book(Box::new(readers::read(chain, &self.key)?)),
            Part::Feed => State::Feed(Box::new(readers::read(chain, &self.key)?)),
            Part::Network => State::Network(Box::new(readers::read(chain, &self.key)?)),
        })
    }
}

impl TargetArgs {
    /// The target. The chain is asked only where `--of` leaves it open what TARGET is.
    ///
    /// # Errors
    ///
    /// The chain's, and where TARGET is none of these.
    pub fn resolve(&self, session: &mut Session) -> Result<Target> {
        match self.of {
            Some(Part::Feed) => Ok(Target::feed(&self.target)),
            Some(Part::Network) => Ok(Target::network(&self.target)),
            Some(part) => Ok(Target::of_vault(&self.target, part)),
            None => found(session.chain()?, &self.target),
        }
    }
}

/// What the account at `key` is.
fn found(chain: &dyn Chain, key: &Pubkey) -> Result<Target> {
    let account = chain.require_account(key)?;
    let of_vault = |vault: &Pubkey, part| Target { key: *key, ..Target::of_vault(vault, part) };
    let begins = |discriminator: &[u8]| account.data.starts_with(discriminator);
    if account.owner == vault::ID && begins(Vault::DISCRIMINATOR) {
        return Ok(of_vault(key, Part::Vault));
    }
    if account.owner == strategy_router::ID && begins(Ledger::DISCRIMINATOR) {
        let ledger: Ledger = readers::parse(key, &account)?;
        return Ok(of_vault(&ledger.vault, Part::Ledger));
    }
    if account.owner == risk_oracle::ID && begins(Book::DISCRIMINATOR) {
        let book: Book = readers::parse(key, &account)?;
        let ledger: Ledger = readers::read(chain, &book.ledger)?;
        return Ok(of_vault(&ledger.vault, Part::Book));
    }
    if account.owner == risk_oracle::ID && begins(Feed::DISCRIMINATOR) {
        return Ok(Target::feed(key));
    }
    if account.owner == risk_oracle::ID && begins(Network::DISCRIMINATOR) {
        return Ok(Target::network(key));
    }
    bail!(
        "{key} is no vault, ledger, book, feed or network of the suite: check the address with `gimbal admin role show \
         VAULT`"
    )
}

/// A target's account.
#[derive(Clone, Debug)]
pub enum State {
    /// Of a vault.
    Vault(Box<Vault>),
    /// Of a ledger.
    Ledger(Box<Ledger>),
    /// Of a book.
    Book(Box<Book>),
    /// Of a feed.
    Feed(Box<Feed>),
    /// Of a network.
    Network(Box<Network>),
}

impl State {
    /// Who may do what.
    pub fn roles(&self) -> &Roles {
        match self {
            Self::Vault(vault) => &vault.roles,
            Self::Ledger(ledger) => &ledger.roles,
            Self::Book(book) => &book.roles,
            Self::Feed(feed) => &feed.roles,
            Self::Network(network) => &network.roles,
        }
    }

    /// The number of the next change.
    pub fn next_change(&self) -> u64 {
        match self {
            Self::Vault(vault) => vault.change_nonce,
            Self::Ledger(ledger) => ledger.change_nonce,
            Self::Book(book) => book.change_nonce,
            Self::Feed(feed) => feed.change_nonce,
            Self::Network(network) => network.change_nonce,
        }
    }
}

/// Decimals of a vault's base asset and shares.
///
/// # Errors
///
/// The chain's; where the account is no vault.
pub fn decimals(chain: &dyn Chain, vault: &Pubkey) -> Result<u8, ChainError> {
    Ok(readers::read::<Vault>(chain, vault)?.base_decimals)
}

/// The book of a vault, what it is in commands, and the decimals of the vault's base asset.
pub(super) fn read_book(session: &mut Session, vault: &Pubkey) -> Result<(Target, Book, u8)> {
    let target = Target::of_vault(vault, Part::Book);
    let chain = session.chain()?;
    let decimals = decimals(chain, vault)?;
    let book = readers::read_if_exists(chain, &target.key)?;
    let book = book.with_context(|| format!("the vault {vault} has no book yet: open one with the migration"))?;
    Ok((target, book, decimals))
}

/// A label of the risk oracle: 1 to 16 printable characters.
pub(in crate::cli::admin) fn label(text: &str) -> Result<[u8; 16], String> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 16 || !bytes.iter().all(u8::is_ascii_graphic) {
        return Err("give 1 to 16 printable ASCII characters without spaces".to_owned());
    }
    let mut label = [0; 16];
    label[..bytes.len()].copy_from_slice(bytes);
    Ok(label)
}

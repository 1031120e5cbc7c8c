//! `gimbal verify`: one vault recomputed from raw accounts and compared with what the programs have stored.
//!
//! Nothing is asked of a program that the program could answer in its own favour: sums are remade, values are computed
//! from venues' bytes, addresses and hashes are derived. The accounting identities are those of [`crate::identities`].
//!
//! | module | subject |
//! |---|---|
//! | `gather` | reading everything as of one moment |
//! | `programs` | who may replace the code |
//! | `addresses` | derived addresses, links, authorities of token accounts |
//! | `roles` | posts and pauses |
//! | `shares`, `claims_tickets` | what is in issue, what waits, what is owed |
//! | `ledger`, `lines` | totals, NAV, gains, budgets; each line's value from its venue's bytes |
//! | `pinned` | pinned lists against venues, approved code against running code |
//! | `fees`, `windows` | caps, the mark, limits and what was used of them |
//! | `book` | figures of the book's risk, its regime and its scales |
//! | `reported` | what the ledger told the book, and what the book leaves of its lines |
//! | `settings` | every setting within the programs' ranges, every time in the past |
//! | `network` | the contagion network that the book follows |
//! | `queue` | queued changes |
//! | `engines` | the feeds' forecasts, weights, residuals, tails and backtests |
//! | [`report`] | what was found |
//!
//! What a check cannot know it says: a value whose venue has moved since is noted, not compared.

mod addresses;
mod book;
mod claims_tickets;
mod engines;
mod exact;
mod fees;
mod gather;
mod ledger;
mod lines;
mod network;
mod pinned;
mod programs;
mod queue;
pub mod report;
mod reported;
mod roles;
mod settings;
mod shares;
mod windows;

use ::vault::state::{Ticket, Vault};
use anchor_lang::{
    error::Error as AnchorError,
    prelude::{Clock, Pubkey},
};
use risk_oracle::state::{Book, Network};
use strategy_router::state::{Ledger, Line, LineVenue};

pub use report::{Check, Figures, NavFigures, Report, Status};

use crate::chain::{Chain, ChainError, Snapshot};
use crate::identities::{self, Identity, Slack};
use crate::pda::{LineAddresses, VaultAddresses};
use crate::readers;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Single keys that may hold an upgrade authority: those of a localnet.
    pub allowed_upgrade_keys: Vec<Pubkey>,
}

/// Everything that is checked, of one moment.
struct Facts<'a> {
    chain: Snapshot,
    options: &'a Options,
    key: Pubkey,
    addresses: VaultAddresses,
    vault: &'a Vault,
    ledger: &'a Ledger,
    book: Option<Box<Book>>,
    network: Option<Result<Box<Network>, String>>,
    clock: Clock,
    tickets: Vec<(Pubkey, Ticket)>,
    lines: Vec<(Line, Result<Box<LineVenue>, String>)>,
}

impl Facts<'_> {
    /// The clock's time, Unix seconds.
    fn now(&self) -> i64 {
        self.clock.unix_timestamp
    }

    /// The feeds that the vault rests on, each once, by a short name.
    fn feeds(&self) -> Vec<(String, Pubkey)> {
        let mut feeds = vec![("base_feed".to_owned(), self.vault.base_feed)];
        for (line, venue) in &self.lines {
            let token = venue.as_ref().map_or(Pubkey::default(), |venue| venue.token_feed);
            if token != Pubkey::default() && feeds.iter().all(|(_, feed)| *feed != token) {
                feeds.push((format!("line.{}.feed", line.id), token));
            }
        }
        let assets = self.book.iter().flat_map(|book| book.used_assets());
        for (row, asset) in assets {
            if feeds.iter().all(|(_, feed)| *feed != asset.feed) {
                feeds.push((format!("asset.{row}.feed"), asset.feed));
            }
        }
        feeds
    }

    /// Shares that NAV is divided by.
    fn effective_supply(&self) -> i128 {
        i128::from(self.vault.shares) + i128::from(self.vault.fee_shares)
    }
}

/// Verifies the vault at `key`.
///
/// # Errors
///
/// [`ChainError`] if the vault or its ledger cannot be read. Whatever else is wrong is in the report.
pub fn verify(chain: &(impl Chain + ?Sized), key: &Pubkey, options: &Options) -> Result<Report, ChainError> {
    let chain = gather::gather(chain, key)?;
    let addresses = VaultAddresses::of(key);
    let vault: Vault = readers::read(&chain, key)?;
    let ledger: Ledger = readers::read(&chain, &addresses.ledger)?;
    let lines = ledger.lines.iter().filter(|line| line.is_used()).map(|line| {
        let venue = readers::read(&chain, &LineAddresses::of(&addresses.ledger, line.id).venue);
        (*line, venue.map(Box::new).map_err(|error| error.to_string()))
    });
    let lines = lines.collect();
    let (tickets, unreadable) = match identities::tickets(&chain, key) {
        Ok(tickets) => (tickets, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let book: Option<Box<Book>> = readers::read(&chain, &addresses.book).ok().map(Box::new);
    let followed = book.as_ref().map(|book| book.network).filter(|network| *network != Pubkey::default());
    let network = followed.map(|key| readers::read(&chain, &key).map(Box::new).map_err(|error| error.to_string()));
    let facts = Facts {
        options,
        key: *key,
        addresses,
        vault: &vault,
        ledger: &ledger,
        book,
        network,
        clock: chain.clock()?,
        tickets,
        lines,
        chain,
    };

    let (programs, mut checks) = programs::check(&facts);
    checks.extend(addresses::check(&facts));
    let (posts, of_roles) = roles::check(&facts);
    checks.extend(of_roles);
    checks.extend(books(&facts));
    checks.extend(unreadable.map(|error| Check::unreadable("tickets", "every ticket is readable", error)));
    checks.extend(shares::check(&facts));
    checks.extend(claims_tickets::check(&facts));
    checks.extend(ledger::check(&facts));
    let (values, of_lines) = lines::check(&facts);
    checks.extend(of_lines);
    checks.extend(pinned::check(&facts));
    checks.extend(fees::check(&facts));
    checks.extend(windows::check(&facts));
    checks.extend(book::check(&facts));
    checks.extend(reported::check(&facts));
    checks.extend(network::check(&facts));
    checks.extend(settings::check(&facts));
    checks.extend(queue::check(&facts));
    checks.extend(engines::check(&facts));

    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let (broken, noted) = (count(Status::Broken), count(Status::Noted));
    Ok(Report {
        format: report::FORMAT,
        version: report::VERSION,
        vault: key.to_string(),
        slot: facts.clock.slot,
        unix_time: facts.now(),
        holds: broken == 0,
        broken,
        noted,
        figures: figures(&facts, &values),
        programs,
        posts,
        tickets: claims_tickets::lines(&facts),
        checks,
    })
}

/// The accounting identities as checks.
fn books(facts: &Facts) -> Vec<Check> {
    match identities::books(&facts.chain, &facts.key) {
        Ok(identities) => identities.into_iter().map(of_identity).collect(),
        Err(error) => vec![Check::unreadable("accounts", "every account of the books is readable", error)],
    }
}

fn of_identity(identity: Identity) -> Check {
    let why = match identity.slack {
        Slack::Surplus if identity.is_slack() => {
            Some("somebody has sent tokens there, which the books do not count until they are harvested")
        }
        Slack::Burnt if identity.is_slack() => {
            Some("holders have burnt shares of their own: these stay counted, and nobody has their part")
        }
        _ => None,
    };
    let check = Check::amounts(identity.check, identity.name, identity.expected, identity.actual);
    match why {
        Some(why) => check.excused(why),
        None => check.explained("the books and the accounts disagree: value was made, lost or counted twice"),
    }
}

fn figures(facts: &Facts, values: &[exact::Value]) -> Figures {
    let (vault, ledger) = (facts.vault, facts.ledger);
    let valued: Vec<(&Line, exact::Value)> = facts
        .lines
        .iter()
        .zip(values)
        .filter(|((line, _), value)| line.is_valued() || value.high > 0)
        .map(|((line, _), value)| (line, *value))
        .collect();
    let (nav_stored, nav_refused) = match ledger.nav(facts.now()) {
        Ok(nav) => (Some(NavFigures { low: nav.low.into(), mid: nav.mid.into(), high: nav.high.into() }), None),
        Err(AnchorError::AnchorError(error)) => (None, Some(format!("{}: {}", error.error_name, error.error_msg))),
        Err(error) => (None, Some(error.to_string())),
    };
    let due = ledger.nav(facts.now()).ok().and_then(|nav| vault.pool(nav.low).ok());
    let due = due.map(|pool| ::vault::math::due(&vault.fees, pool, facts.now()).shares.0);
    Figures {
        decimals: vault.base_decimals,
        nav_stored,
        nav_refused,
        nav_recomputed: exact::nav(ledger, &valued, facts.now()),
        effective_supply: facts.effective_supply(),
        mint_supply: readers::mint(&facts.chain, &vault.share_mint).map_or(0, |mint| mint.supply),
        escrowed: i128::from(vault.queued_shares) + i128::from(vault.passed_shares),
        fee_shares_due: due,
        claims_owed: vault.claims_owed,
        cash: ledger.cash_tracked,
        keeper_owed: ledger.keeper_owed,
        locked_gains: exact::units(&exact::locked_up(ledger, facts.now())),
    }
}

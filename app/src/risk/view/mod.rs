//! A vault's risk as its book has it: limits against use, assets, lines, stresses, the regime with its reasons, contagion.
//!
//! Everything is read from accounts and was computed on the chain, at the last assessment, observation or stress: the
//! moments are shown beside it. Only distances and ages are reckoned here.

mod contagion;
mod limits;
mod rows;
mod words;

pub use contagion::{ContagionView, EdgeView, ProtocolView};
pub use limits::{LimitUse, Side, Unit};
pub use rows::{AssetView, LineRiskView, RiskUse, StressView};
pub use words::{explained, FlagView};
use words::{signal_meaning, signal_name};

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Book, Feed, Network, Regime, Signal};
use serde::Serialize;

use crate::chain::{Chain, ChainError};
use crate::readers;
use crate::views::units::{Amount, When};
use crate::views::Facts;

/// The name of a regime's level.
pub fn regime_name(level: u8) -> &'static str {
    match Regime::from_level(level) {
        Regime::Calm => "calm",
        Regime::Elevated => "elevated",
        Regime::Stressed => "stressed",
        Regime::Crisis => "crisis",
    }
}

/// One signal of the regime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignalView {
    /// What it measures.
    pub signal: &'static str,
    /// What it says when it is raised.
    pub meaning: &'static str,
    /// The level that it shows now.
    pub level: &'static str,
    /// Whether it is a reason for the present regime.
    pub reason: bool,
}

/// The regime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegimeView {
    /// The present one.
    pub regime: &'static str,
    /// When it was entered; none where it has been calm from the start.
    pub since: Option<When>,
    /// What the signals say now, without hysteresis.
    pub measured: &'static str,
    /// The signals that reached it.
    pub reasons: Vec<&'static str>,
    /// All signals.
    pub signals: Vec<SignalView>,
    /// What it leaves of scaled caps and of leverage now, basis points.
    pub scale_bps: u16,
    /// Consecutive days that were calmer.
    pub calm_days: u16,
    /// How many of them lower it by a level.
    pub calm_days_needed: u16,
}

impl RegimeView {
    fn new(book: &Book) -> Self {
        let state = &book.regime;
        let reason = |signal: Signal| state.level > 0 && state.reasons & signal.bit() != 0;
        let signals = Signal::ALL.into_iter().zip(state.levels).map(|(signal, level)| SignalView {
            signal: signal_name(signal),
            meaning: signal_meaning(signal),
            level: regime_name(level),
            reason: reason(signal),
        });
        Self {
            regime: regime_name(state.level),
            since: (state.entered_at != 0).then(|| When::new(state.entered_at)),
            measured: regime_name(state.measured),
            reasons: Signal::ALL.into_iter().filter(|signal| reason(*signal)).map(signal_name).collect(),
            signals: signals.collect(),
            scale_bps: state.scale_bps,
            calm_days: state.calm_days,
            calm_days_needed: book.params.calm_days,
        }
    }
}

/// Everything that a vault's book says about risk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskView {
    /// The vault.
    pub vault: String,
    /// Its ledger's book.
    pub book: String,
    /// NAV at the last assessment.
    pub nav: Amount,
    /// When the router asked last; none before the first time.
    pub assessed: Option<When>,
    /// When the book last read its feeds; none before the first time.
    pub observed: Option<When>,
    /// Why the last verdict refused, if it did, or what the last report breached.
    pub last_flags: Vec<&'static str>,
    /// The same in words, with what helps.
    pub last_flags_explained: Vec<FlagView>,
    /// Limits of the whole, against use.
    pub limits: Vec<LimitUse>,
    /// The book's assets with the Greeks.
    pub assets: Vec<AssetView>,
    /// Its lines.
    pub lines: Vec<LineRiskView>,
    /// Its risk ids, against their caps.
    pub risks: Vec<RiskUse>,
    /// Its scenarios.
    pub stresses: Vec<StressView>,
    /// The regime.
    pub regime: RegimeView,
    /// The network that it follows; none where it follows none.
    pub contagion: Option<ContagionView>,
    /// Hash of all inputs so far, hexadecimal.
    pub inputs_hash: String,
}

/// The accounts behind a [`RiskView`].
#[derive(Clone, Debug)]
pub struct RiskFacts {
    /// The vault's.
    pub facts: Facts,
    /// Its ledger's book.
    pub book: Box<Book>,
    /// The feeds of the book's assets, in the order of their rows; none where the account is gone.
    pub feeds: Vec<(usize, Option<Feed>)>,
    /// The network that the book follows.
    pub network: Option<Box<Network>>,
}

impl RiskFacts {
    /// Reads the accounts behind a vault's risk; none where its book was not opened yet.
    ///
    /// # Errors
    ///
    /// The chain's; [`ChainError::WrongAccount`] for an account of another layout.
    pub fn read(chain: &(impl Chain + ?Sized), facts: Facts) -> Result<Option<Self>, ChainError> {
        let Some(book) = facts.book.clone() else { return Ok(None) };
        let rows: Vec<(usize, Pubkey)> = book.used_assets().map(|(row, asset)| (row, asset.feed)).collect();
        let keys: Vec<Pubkey> = rows.iter().map(|(_, key)| *key).collect();
        let accounts = chain.get_multiple(&keys)?;
        let feed = |((row, key), account): ((usize, Pubkey), Option<_>)| {
            Ok((row, account.map(|account| readers::parse(&key, &account)).transpose()?))
        };
        let feeds = rows.into_iter().zip(accounts).map(feed).collect::<Result<_, ChainError>>()?;
        let network = match book.follows_network() {
            true => readers::read_if_exists::<Network>(chain, &book.network)?.map(Box::new),
            false => None,
        };
        Ok(Some(Self { facts, book, feeds, network }))
    }
}

impl RiskView {
    /// What the accounts say.
    pub fn new(read: &RiskFacts) -> Self {
        let RiskFacts { facts, book, feeds, network } = read;
        let decimals = facts.decimals();
        let when = |unix: i64| (unix != 0).then(|| When::new(unix));
        let last_flags = explained(book.last_flags);
        Self {
            vault: facts.addresses.vault.to_string(),
            book: facts.addresses.book.to_string(),
            nav: Amount::new(book.nav, decimals),
            assessed: when(book.assessed_at),
            observed: when(book.observed_at),
            last_flags: last_flags.iter().map(|view| view.flag).collect(),
            last_flags_explained: last_flags,
            limits: limits::of(book, facts.now),
            assets: rows::assets(book, feeds, decimals, facts.now),
            lines: rows::lines(book, decimals),
            risks: rows::risks(book, decimals),
            stresses: rows::stresses(book, decimals),
            regime: RegimeView::new(book),
            contagion: book.follows_network().then(|| ContagionView::new(book, network.as_deref(), facts.now)),
            inputs_hash: hex::encode(book.inputs_hash),
        }
    }
}

//! The feeds and networks that a book read, each derived alongside.
//!
//! A transaction in which a book reads a feed is one of the feed's as well, so that the feed's own history says what came
//! before it: everything of earlier transactions, and of the same one what ran before the instruction that read.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Feed, Network};

use super::{FeedPart, Gathered, Input, NetworkPart};
use crate::risk::replay::network::derive::Derivation as NetworkDerivation;
use crate::risk::replay::{derive::Derivation as FeedDerivation, ReplayError, Step, Told};

/// Something that is derived step by step.
trait Derivation {
    fn take(&mut self, step: &Step) -> Result<(), ReplayError>;
}

impl Derivation for FeedDerivation<'_> {
    fn take(&mut self, step: &Step) -> Result<(), ReplayError> {
        self.step(step)
    }
}

impl Derivation for NetworkDerivation {
    fn take(&mut self, step: &Step) -> Result<(), ReplayError> {
        self.step(step)
    }
}

/// One account's derivation, and how far it has come.
struct Source<'a, D> {
    told: &'a Told,
    next: usize,
    state: D,
}

impl<D: Derivation> Source<'_, D> {
    /// Takes everything that was told before `input` ran.
    fn advance(&mut self, account: &Pubkey, input: &Input) -> Result<(), ReplayError> {
        let unlisted = ReplayError::Unlisted { account: *account, signature: input.signature };
        let before = *self.told.before.get(&input.signature).ok_or(unlisted)?;
        let ran_before = |step: &Step| step.signature == input.signature && step.place < input.place;
        while let Some(step) = self.told.steps.get(self.next) {
            if self.next >= before && !ran_before(step) {
                break;
            }
            self.state.take(step)?;
            self.next += 1;
        }
        Ok(())
    }
}

/// All feeds and networks of a book.
pub struct Sources<'a> {
    feeds: BTreeMap<Pubkey, Source<'a, FeedDerivation<'a>>>,
    networks: BTreeMap<Pubkey, Source<'a, NetworkDerivation>>,
}

impl<'a> Sources<'a> {
    /// At their beginnings.
    pub fn new(gathered: &'a Gathered) -> Self {
        let feed = |(key, history): (&Pubkey, &'a super::FeedHistory)| {
            let start = history.start.as_ref().map(|(feed, slot)| (feed, *slot));
            let state = FeedDerivation::new(key, &history.messages, start);
            (*key, Source { told: &history.told, next: 0, state })
        };
        let network = |(key, history): (&Pubkey, &'a super::NetworkHistory)| {
            let start = history.start.as_ref().map(|(network, slot)| (network, *slot));
            let state = NetworkDerivation::new(key, start);
            (*key, Source { told: &history.told, next: 0, state })
        };
        Self {
            feeds: gathered.feeds.iter().map(feed).collect(),
            networks: gathered.networks.iter().map(network).collect(),
        }
    }

    /// The feed as `input` found it; none where its history was not read.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Unlisted`]; as [`FeedDerivation::step`].
    pub fn feed(&mut self, key: &Pubkey, input: &Input) -> Result<Option<&Feed>, ReplayError> {
        let Some(source) = self.feeds.get_mut(key) else { return Ok(None) };
        source.advance(key, input)?;
        source.state.feed().map(Some)
    }

    /// The network as `input` found it; none where its history was not read.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Unlisted`]; as [`NetworkDerivation::step`].
    pub fn network(&mut self, key: &Pubkey, input: &Input) -> Result<Option<&Network>, ReplayError> {
        let Some(source) = self.networks.get_mut(key) else { return Ok(None) };
        source.advance(key, input)?;
        source.state.network().map(Some)
    }

    /// What came of each.
    pub fn parts(self) -> (Vec<FeedPart>, Vec<NetworkPart>) {
        let feeds = self.feeds.into_values().map(|source| FeedPart::of(source.state.report()));
        let networks = self.networks.into_values().map(|source| NetworkPart::of(source.state.report()));
        (feeds.collect(), networks.collect())
    }
}

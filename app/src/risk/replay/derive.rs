//! A feed's updates repeated by the program's own state machine.

use anchor_lang::prelude::{Clock, Pubkey};
use bytemuck::Zeroable;
use risk_oracle::events::{BarClosed, FeedUpdated, VarianceForecast};
use risk_oracle::state::{Closed, Feed, ModelParams, Sample, VERSION};

use super::compare::differences;
use super::messages::{absorb, absorb_model, sample, Messages};
use super::{note, Replay, ReplayError, Step};
use crate::decode::events::OracleEvent;

/// A feed that is derived step by step.
pub struct Derivation<'a> {
    key: Pubkey,
    messages: &'a Messages,
    feed: Feed,
    /// Whether there is a beginning: the registration was taken, or an earlier state was given.
    ready: bool,
    /// The slot of that earlier state.
    saved: u64,
    bar: Option<BarClosed>,
    forecast: Option<VarianceForecast>,
    report: Replay,
}

/// Derives the feed from `steps` up to what `stored` has counted, which was read in `slot`; from its registration, or from an
/// earlier state and the slot in which that was saved.
///
/// # Errors
///
/// [`ReplayError::NoBeginning`], [`ReplayError::Gap`].
pub fn derive(
    key: &Pubkey,
    steps: &[Step],
    messages: &Messages,
    start: Option<(&Feed, u64)>,
    stored: (&Feed, u64),
) -> Result<Replay, ReplayError> {
    let (stored, slot) = stored;
    let mut derivation = Derivation::new(key, messages, start);
    for step in steps.iter().filter(|step| step.slot <= slot) {
        match &step.event {
            OracleEvent::FeedUpdated(event) if event.updates > stored.updates => {}
            _ => derivation.step(step)?,
        }
    }
    let derived = derivation.feed()?;
    if derived.updates < stored.updates {
        return Err(ReplayError::Gap { feed: *key, missing: derived.updates + 1 });
    }
    Ok(derivation.finish(stored))
}

impl<'a> Derivation<'a> {
    /// Before the registration, or at an earlier state and the slot in which that was saved.
    pub fn new(key: &Pubkey, messages: &'a Messages, start: Option<(&Feed, u64)>) -> Self {
        let report = Replay {
            feed: key.to_string(),
            start: if start.is_some() { "snapshot" } else { "registration" },
            updates: 0,
            bars: 0,
            proven: 0,
            unproven: 0,
            first_unproven: None,
            same: false,
            divergences: Vec::new(),
            inputs_hash: String::new(),
        };
        Self {
            key: *key,
            messages,
            feed: start.map_or_else(Feed::zeroed, |(feed, _)| *feed),
            ready: start.is_some(),
            saved: start.map_or(0, |(_, slot)| slot),
            bar: None,
            forecast: None,
            report,
        }
    }

    /// The feed behind all steps that were taken.
    ///
    /// # Errors
    ///
    /// [`ReplayError::NoBeginning`].
    pub fn feed(&self) -> Result<&Feed, ReplayError> {
        self.ready.then_some(&self.feed).ok_or(ReplayError::NoBeginning(self.key))
    }

    /// What came of the steps so far; nothing in it is of the stored account.
    pub fn report(self) -> Replay {
        self.report
    }

    /// Takes the next step. Those that an earlier state has taken already change nothing.
    ///
    /// # Errors
    ///
    /// [`ReplayError::NoBeginning`], [`ReplayError::Gap`].
    pub fn step(&mut self, step: &Step) -> Result<(), ReplayError> {
        match &step.event {
            OracleEvent::FeedRegistered(event) if !self.ready => {
                self.register(event);
                self.ready = true;
            }
            _ if !self.ready => return Err(ReplayError::NoBeginning(self.key)),
            OracleEvent::FeedParamsSet(event) if step.slot > self.saved => {
                self.feed.set_params(&event.params, event.time);
            }
            OracleEvent::ModelSet(event) if step.slot > self.saved => {
                self.refit(step, &event.params, &event.inputs_hash);
            }
            OracleEvent::BarClosed(event) => self.bar = Some(read_bar(event)),
            OracleEvent::VarianceForecast(event) => self.forecast = Some(read_forecast(event)),
            OracleEvent::FeedUpdated(event) => self.update(step, event)?,
            _ => {}
        }
        Ok(())
    }

    fn register(&mut self, event: &risk_oracle::events::FeedRegistered) {
        let feed = &mut self.feed;
        feed.version = VERSION;
        feed.authority = event.authority;
        feed.feed_id = event.feed_id;
        feed.second_feed_id = event.second_feed_id;
        feed.set_params(&event.params, event.time);
        feed.engine.start(&ModelParams::DEFAULT);
    }

    fn refit(&mut self, step: &Step, params: &ModelParams, told: &[u8; 32]) {
        let live = self.feed.is_live();
        self.feed.engine.refit(params, live);
        self.feed.inputs_hash = absorb_model(&self.feed.inputs_hash, params);
        if self.feed.inputs_hash != *told {
            self.differs(Some(step), "hash of inputs", hex::encode(self.feed.inputs_hash), hex::encode(told));
            self.feed.inputs_hash = *told;
        }
    }

    fn update(&mut self, step: &Step, event: &FeedUpdated) -> Result<(), ReplayError> {
        let (bar, forecast) = (self.bar.take(), self.forecast.take());
        if event.updates <= self.feed.updates {
            return Ok(());
        }
        if event.updates != self.feed.updates + 1 {
            return Err(ReplayError::Gap { feed: self.key, missing: self.feed.updates + 1 });
        }
        let told = |price, confidence, publish_time| Sample { price, confidence, publish_time, posted_slot: 0 };
        let first = told(event.price, event.confidence, event.publish_time);
        let second = told(event.second_price, event.second_confidence, event.second_publish_time);
        let first = Some(first).filter(|sample| sample.publish_time != self.feed.publish_time);
        let second = Some(second).filter(|sample| sample.publish_time != self.feed.second_publish_time);
        let (first, second) = self.prove(event, first, second);

        let mut closed = None;
        let mut refused = None;
        if let Some(sample) = first {
            match self.feed.take_first(&sample) {
                Ok(bar) => closed = bar,
                Err(error) => refused = Some(error.to_string()),
            }
        }
        if let Some(sample) = second {
            self.feed.take_second(&sample);
        }
        if let Err(error) = self.feed.finish_update(event.time, event.slot) {
            refused = Some(error.to_string());
        }
        self.report.updates += 1;
        self.report.bars += u64::from(closed.is_some());
        if let Some(error) = refused {
            self.differs(Some(step), "update", error, "taken".to_owned());
        }
        self.check(step, event, closed.as_ref(), bar, forecast);
        Ok(())
    }

    /// Looks for the messages that lead to the told hash; the samples out of them, else as told.
    fn prove(
        &mut self,
        event: &FeedUpdated,
        first: Option<Sample>,
        second: Option<Sample>,
    ) -> (Option<Sample>, Option<Sample>) {
        let previous = self.feed.inputs_hash;
        let of = |id: &[u8; 32], sample: Option<&Sample>| match sample {
            Some(sample) => self.messages.candidates(id, sample).into_iter().map(Some).collect(),
            None => vec![None],
        };
        let firsts = of(&self.feed.feed_id, first.as_ref());
        let seconds = of(&self.feed.second_feed_id, second.as_ref());
        for one in &firsts {
            let behind = one.as_ref().map_or(previous, |message| absorb(&previous, message));
            for other in &seconds {
                let hash = other.as_ref().map_or(behind, |message| absorb(&behind, message));
                if hash == event.inputs_hash {
                    self.feed.inputs_hash = hash;
                    self.report.proven += u64::from(one.is_some()) + u64::from(other.is_some());
                    return (one.as_ref().and_then(sample), other.as_ref().and_then(sample));
                }
            }
        }
        self.report.unproven += 1;
        self.report.first_unproven.get_or_insert(event.updates);
        self.feed.inputs_hash = event.inputs_hash;
        (first, second)
    }

    /// Holds what was derived against what the program told of this update.
    fn check(
        &mut self,
        step: &Step,
        event: &FeedUpdated,
        closed: Option<&Closed>,
        bar: Option<BarClosed>,
        forecast: Option<VarianceForecast>,
    ) {
        let clock = Clock { slot: event.slot, unix_timestamp: event.time, ..Clock::default() };
        let derived = format!("{:?}", told(&FeedUpdated::of(self.key, &clock, &self.feed)));
        let stored = format!("{:?}", told(event));
        if derived != stored {
            self.differs(Some(step), "price, stable price or status", derived, stored);
        }
        let derived = closed.map(|closed| bytes(&BarClosed::of(self.key, &clock, &closed.bar)));
        if derived != bar.as_ref().map(bytes) {
            self.differs(Some(step), "closed bar", words(derived.as_ref()), words(bar.as_ref().map(bytes).as_ref()));
        }
        let derived =
            closed.map(|closed| bytes(&VarianceForecast::of(self.key, &clock, &self.feed.engine, &closed.digest)));
        if derived != forecast.as_ref().map(bytes) {
            let stored = forecast.as_ref().map(bytes);
            self.differs(Some(step), "forecast", words(derived.as_ref()), words(stored.as_ref()));
        }
    }

    fn differs(&mut self, step: Option<&Step>, what: &str, derived: String, stored: String) {
        let transaction = step.map(|step| &step.signature);
        note(&mut self.report.divergences, self.feed.updates, transaction, what, derived, stored);
    }

    fn finish(mut self, stored: &Feed) -> Replay {
        let different = differences(&self.feed, stored);
        self.report.same = different.is_empty();
        for (what, derived, stored) in different {
            self.differs(None, &what, derived, stored);
        }
        self.report.inputs_hash = hex::encode(self.feed.inputs_hash);
        self.report
    }
}

/// What an update told, without the hash, which is held to account by itself.
fn told(event: &FeedUpdated) -> [i128; 9] {
    [
        event.price.into(),
        event.confidence.into(),
        event.publish_time.into(),
        event.second_price.into(),
        event.second_confidence.into(),
        event.second_publish_time.into(),
        event.stable_price.into(),
        event.updates.into(),
        event.flags.into(),
    ]
}

fn bytes(event: &impl anchor_lang::Event) -> Vec<u8> {
    event.data()
}

fn words(data: Option<&Vec<u8>>) -> String {
    data.map_or_else(|| "none".to_owned(), hex::encode)
}

fn read_bar(event: &BarClosed) -> BarClosed {
    BarClosed { ..*event }
}

fn read_forecast(event: &VarianceForecast) -> VarianceForecast {
    VarianceForecast { ..*event }
}

//! A book's inputs repeated by the program's own functions.

use std::collections::BTreeMap;

use anchor_lang::prelude::{Clock, Pubkey};
use anchor_lang::{AnchorDeserialize, Event};
use bytemuck::Zeroable;
use risk_oracle::events::{BookObserved, BookStressed, ContagionSynced, RegimeChanged};
use risk_oracle::policy::inputs::Observed;
use risk_oracle::state::Book;
use risk_oracle::Verdict;

use super::compare::differences;
use super::inputs::{take, Taken};
use super::sources::Sources;
use super::{BookReplay, Call, Gathered, Input};
use crate::decode::events::OracleEvent;
use crate::risk::replay::{note, Hole, ReplayError};

/// The state that is derived.
struct Derivation {
    key: Pubkey,
    book: Book,
    /// The last transaction up to which the hash agrees.
    agreed: Option<String>,
    report: BookReplay,
}

/// Derives the book from what was gathered: from its creation, or from where that begins.
///
/// # Errors
///
/// [`ReplayError::NoBeginning`] of the book, a feed or a network; [`ReplayError::Gap`] of a feed;
/// [`ReplayError::Unlisted`].
pub fn derive(key: &Pubkey, gathered: &Gathered) -> Result<BookReplay, ReplayError> {
    let start = gathered.start.as_ref();
    if start.is_none() && !matches!(gathered.inputs.first().map(|input| &input.call), Some(Call::CreateBook(_))) {
        return Err(ReplayError::NoBeginning(*key));
    }
    let report = BookReplay {
        book: key.to_string(),
        start: if start.is_some() { "snapshot" } else { "creation" },
        inputs: 0,
        kinds: BTreeMap::new(),
        feeds: Vec::new(),
        networks: Vec::new(),
        same: false,
        holes: Vec::new(),
        divergences: Vec::new(),
        inputs_hash: String::new(),
    };
    let book = start.map_or_else(Book::zeroed, |(book, _)| *book);
    let mut derivation = Derivation { key: *key, book, agreed: None, report };
    let mut sources = Sources::new(gathered);
    let saved = start.map(|(_, slot)| *slot);
    for input in gathered.inputs.iter().filter(|input| saved.is_none_or(|slot| input.slot > slot)) {
        derivation.step(input, &mut sources)?;
    }
    (derivation.report.feeds, derivation.report.networks) = sources.parts();
    Ok(derivation.finish(&gathered.stored))
}

impl Derivation {
    fn step(&mut self, input: &Input, sources: &mut Sources) -> Result<(), ReplayError> {
        let name = input.call.name();
        self.report.inputs += 1;
        *self.report.kinds.entry(name).or_default() += 1;
        let Taken { rule, observed, verdict } = take(&mut self.book, &self.key, input, sources)?;
        if let Err(error) = rule {
            self.differs(Some(input), name, error.to_string(), "taken".to_owned());
        }
        match &input.call {
            Call::CreateBook(_) => self.agreed = Some(input.signature.to_string()),
            Call::Observe(_) => self.check_observation(input, observed),
            Call::Stress(call) => {
                let derived = BookStressed::of(self.key, &clock(input), &self.book, call.from, call.count);
                let told = input.told.iter().find_map(|event| match event {
                    OracleEvent::BookStressed(event) => Some(event),
                    _ => None,
                });
                let derived = BookStressed { inputs_hash: told.map_or([0; 32], |told| told.inputs_hash), ..derived };
                self.same_event(input, "losses of scenarios", Some(&derived), told);
                self.check_hash(input, told.map(|told| told.inputs_hash));
            }
            Call::SyncContagion(_) => {
                let derived = ContagionSynced::of(self.key, &clock(input), &self.book);
                let told = input.told.iter().find_map(|event| match event {
                    OracleEvent::ContagionSynced(event) => Some(event),
                    _ => None,
                });
                let derived = ContagionSynced { inputs_hash: told.map_or([0; 32], |told| told.inputs_hash), ..derived };
                self.same_event(input, "what contagion leaves", Some(&derived), told);
                self.check_hash(input, told.map(|told| told.inputs_hash));
            }
            Call::Assess(_) => self.check_verdict(input, verdict),
            Call::ProposeChange(_) => self.check_number(input),
            Call::Unknown => {
                let what = "an instruction that this version does not know: update gimbal".to_owned();
                self.differs(Some(input), "instruction", what, "taken".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    fn check_observation(&mut self, input: &Input, observed: Option<Observed>) {
        let told = input.told.iter().find_map(|event| match event {
            OracleEvent::BookObserved(event) => Some(event),
            _ => None,
        });
        // What could not be repeated is told by its rule; the hash says that it was there.
        if let Some(Observed { appended, told: before }) = observed {
            let derived = BookObserved::of(self.key, &clock(input), &self.book, appended);
            let derived = BookObserved { inputs_hash: told.map_or([0; 32], |told| told.inputs_hash), ..derived };
            self.same_event(input, "observation", Some(&derived), told);
            let changed = input.told.iter().find_map(|event| match event {
                OracleEvent::RegimeChanged(event) => Some(event),
                _ => None,
            });
            let derived = RegimeChanged::of(self.key, &clock(input), &self.book.regime, before);
            self.same_event(input, "regime", derived.as_ref(), changed);
        }
        self.check_hash(input, told.map(|told| told.inputs_hash));
    }

    fn check_verdict(&mut self, input: &Input, verdict: Option<Verdict>) {
        let (Some(verdict), Some(returned)) = (verdict, &input.returned) else { return };
        let told = Verdict::try_from_slice(returned).ok();
        if told != Some(verdict) {
            let told = told.map_or_else(|| hex::encode(returned), |told| format!("{told:?}"));
            self.differs(Some(input), "verdict", format!("{verdict:?}"), told);
        }
    }

    fn check_number(&mut self, input: &Input) {
        let told = input.told.iter().find_map(|event| match event {
            OracleEvent::ChangeProposed(event) => Some(event.nonce),
            _ => None,
        });
        let derived = self.book.change_nonce.saturating_sub(1);
        if let Some(told) = told.filter(|told| *told != derived) {
            self.differs(Some(input), "number of a change", derived.to_string(), told.to_string());
            self.book.change_nonce = told.saturating_add(1);
        }
    }

    /// Holds what was derived of an event against what was told.
    fn same_event<E: Event>(&mut self, input: &Input, what: &str, derived: Option<&E>, told: Option<&E>) {
        let [derived, told] = [derived, told].map(|event| event.map(Event::data));
        if derived != told {
            let words = |data: Option<Vec<u8>>| data.map_or_else(|| "none".to_owned(), hex::encode);
            self.differs(Some(input), what, words(derived), words(told));
        }
    }

    /// Holds all inputs so far against the hash that was told.
    fn check_hash(&mut self, input: &Input, told: Option<[u8; 32]>) {
        let Some(told) = told else { return };
        let name = Some(input.signature.to_string());
        if self.book.inputs_hash != told {
            self.report.holes.push(Hole { after: self.agreed.clone(), before: name.clone() });
            self.book.inputs_hash = told;
        }
        self.agreed = name;
    }

    fn differs(&mut self, input: Option<&Input>, what: &str, derived: String, stored: String) {
        let transaction = input.map(|input| &input.signature);
        note(&mut self.report.divergences, self.report.inputs, transaction, what, derived, stored);
    }

    fn finish(mut self, stored: &Book) -> BookReplay {
        let different = differences(&self.book, stored);
        self.report.same = different.is_empty();
        // A hash that differs alone was altered; together with what an input moves an input is missing.
        if self.book.inputs_hash != stored.inputs_hash && different.len() > 1 {
            self.report.holes.push(Hole { after: self.agreed.clone(), before: None });
        }
        for (what, derived, stored) in different {
            self.differs(None, &what, derived, stored);
        }
        self.report.inputs_hash = hex::encode(self.book.inputs_hash);
        self.report
    }
}

/// The clock that an input ran at.
fn clock(input: &Input) -> Clock {
    Clock { slot: input.slot, unix_timestamp: input.time, ..Clock::default() }
}

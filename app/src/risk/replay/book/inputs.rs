//! Each input of a book as the program takes it, by the program's own functions.
//!
//! What an input says is its instruction's data, which is what ran. Who signed it, its ranges and whether it had to wait are
//! held to the program's rules again.

use anchor_lang::prelude::Pubkey;
use anchor_lang::{InstructionData, Result as Rule};
use gimbal_control::{Refusal, Role};
use risk_oracle::policy::inputs::{self, Observed, Setting};
use risk_oracle::seeds::find_book;
use risk_oracle::state::{Book, Feed};
use risk_oracle::{OracleError, Verdict};

use super::sources::Sources;
use super::{Call, Input};
use crate::risk::replay::ReplayError;

/// What came of an input.
pub struct Taken {
    /// Whether the program's rules let it through.
    pub rule: Rule<()>,
    /// What an observation did beside what the book holds.
    pub observed: Option<Observed>,
    /// What an assessment answered.
    pub verdict: Option<Verdict>,
}

impl From<Rule<()>> for Taken {
    fn from(rule: Rule<()>) -> Self {
        Self { rule, observed: None, verdict: None }
    }
}

/// Takes an input into the book at `key`. What the program's rules would have refused is taken all the same, as far as that
/// can be, and the rule comes back.
///
/// # Errors
///
/// Those of a feed's or a network's derivation.
pub fn take(book: &mut Book, key: &Pubkey, input: &Input, sources: &mut Sources) -> Result<Taken, ReplayError> {
    let now = input.time;
    let signer = input.account(0);
    let rule = match &input.call {
        Call::CreateBook(call) => {
            let (address, bump) = find_book(&signer);
            let taken = inputs::create(book, call, signer, bump, now);
            taken.and(require(address == *key, OracleError::WrongLedger))
        }
        Call::SetRisk(call) => set(book, key, input, &call.args, call),
        Call::SetLineRisk(call) => set(book, key, input, &call.args, call),
        Call::SetAsset(call) => set(book, key, input, &call.args, call),
        Call::SetLineModel(call) => set(book, key, input, &call.args, call),
        Call::SetRiskParams(call) => set(book, key, input, &call.params, call),
        Call::SetScenario(call) => set(book, key, input, &call.args, call),
        Call::SetNetwork(call) => return set_network(book, key, input, &call.network, sources).map(Taken::from),
        Call::SyncContagion(_) => return sync(book, input, sources).map(Taken::from),
        Call::Observe(_) => return observe(book, input, sources),
        Call::Assess(call) => {
            let asked = require(signer == book.ledger, OracleError::WrongLedger);
            return Ok(match inputs::assess(book, &call.args, input.slot, now) {
                Ok(verdict) => Taken { rule: asked, observed: None, verdict: Some(verdict) },
                Err(error) => Taken::from(Err(error)),
            });
        }
        Call::Stress(call) => inputs::stress(book, call.from, call.count, now),
        Call::ProposeOwner(call) => of(book.roles.propose_owner(&signer, call.owner)),
        Call::AcceptOwner(_) => of(book.roles.accept_owner(&signer)),
        Call::SetCurator(call) => {
            let waits = book.is_live() && book.roles.curator_waits(&call.curator);
            waited(waits, key, input).and(of(book.roles.set_curator(&signer, call.curator)))
        }
        Call::SetGuardian(call) => {
            let waits = book.is_live() && book.roles.guardian_waits(&call.guardian);
            waited(waits, key, input).and(of(book.roles.set_guardian(&signer, call.guardian)))
        }
        Call::Renounce(call) => {
            let role = Role::from_number(call.role);
            of(role.and_then(|role| book.roles.renounce(&signer, role)))
        }
        Call::ProposeChange(_) => {
            book.change_nonce = book.change_nonce.saturating_add(1);
            of(book.roles.require_owner(&signer))
        }
        // What it did is not known here; the next hash will say that it did something.
        Call::Unknown => Ok(()),
    };
    Ok(rule.into())
}

/// Takes a setting with its instruction.
fn set(book: &mut Book, key: &Pubkey, input: &Input, args: &impl Setting, call: &impl InstructionData) -> Rule<()> {
    let permitted = args.permit(book, &input.account(0));
    let waited = waited(args.waits(book), key, input);
    let taken = args.take(book, &call.data(), input.time);
    permitted.and(waited).and(taken)
}

fn set_network(
    book: &mut Book,
    key: &Pubkey,
    input: &Input,
    named: &Pubkey,
    sources: &mut Sources,
) -> Result<Rule<()>, ReplayError> {
    let network = sources.network(named, input)?;
    let live = network.is_none_or(|network| network.is_live());
    let max_age = network.map_or(0, |network| network.params.max_solution_age);
    let owner = of(book.roles.require_owner(&input.account(0)));
    let rule = owner.and(require(live, OracleError::NetworkNotOpened));
    let rule = rule.and(waited(inputs::network_waits(book, named), key, input));
    Ok(rule.and(inputs::set_network(book, *named, max_age, input.time)))
}

fn sync(book: &mut Book, input: &Input, sources: &mut Sources) -> Result<Rule<()>, ReplayError> {
    let key = input.account(1);
    let Some(network) = sources.network(&key, input)? else { return Ok(Err(OracleError::WrongNetwork.into())) };
    let followed = require(key == book.network, OracleError::WrongNetwork);
    let current = require(network.is_current(input.time), OracleError::NetworkUnsolved);
    Ok(followed.and(current).and(inputs::sync_contagion(book, network, input.time)))
}

/// Observes the feeds that the instruction named. Where they are not the book's, something is missing before it, and nothing is
/// taken.
fn observe(book: &mut Book, input: &Input, sources: &mut Sources) -> Result<Taken, ReplayError> {
    let keys: Vec<Pubkey> = book.used_assets().map(|(_, asset)| asset.feed).collect();
    if keys != super::observed(input) {
        return Ok(Taken::from(Err(OracleError::AssetFeedMismatch.into())));
    }
    let mut feeds: Vec<Feed> = Vec::with_capacity(keys.len());
    for key in &keys {
        let Some(feed) = sources.feed(key, input)? else {
            return Ok(Taken::from(Err(OracleError::AssetFeedMismatch.into())));
        };
        feeds.push(*feed);
    }
    let mut feeds = feeds.iter();
    let observed = inputs::observe(
        book,
        |asset| {
            let feed = feeds.next().ok_or(OracleError::AssetFeedMismatch)?;
            asset.observe(feed)?;
            Ok(feed.last_residual())
        },
        input.time,
    );
    Ok(match observed {
        Ok(observed) => Taken { rule: Ok(()), observed: Some(observed), verdict: None },
        Err(error) => Taken::from(Err(error)),
    })
}

/// What must have waited has spent a change.
fn waited(waits: bool, key: &Pubkey, input: &Input) -> Rule<()> {
    require(!waits || input.spent_change(key), OracleError::ChangeRequired)
}

fn require(holds: bool, error: OracleError) -> Rule<()> {
    match holds {
        true => Ok(()),
        false => Err(error.into()),
    }
}

fn of<T>(result: Result<T, Refusal>) -> Rule<()> {
    Ok(result.map(|_| ()).map_err(OracleError::from)?)
}

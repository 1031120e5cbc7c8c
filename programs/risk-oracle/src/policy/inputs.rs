//! What each input does to a book, without accounts: the instructions' handlers and whoever derives a book anew from its
//! history call the same.
//!
//! Every function writes, brings the figures up to date, chains the input into the hash ([`Book::absorb`]) and holds the
//! invariant. Before one is called, the caller has asked who signed, and whether a change must have waited.

use anchor_lang::{prelude::*, Discriminator, InstructionData};
use gimbal_control::Roles;

use crate::error::OracleError;
use crate::instruction;
use crate::policy::limits::{self, AssessArgs, Verdict, NO_ROW};
use crate::policy::{contagion, regime, stress};
use crate::state::{AssetRisk, Bar, Book, LineRisk, Network, ASSETS, LINES, SCENARIOS, SECONDS_PER_DAY, VERSION};

/// The arguments of an instruction that sets something of a book.
pub trait Setting {
    /// Whether the arguments are within their ranges and `signer` may set them: the owner everything, curator and guardian
    /// what tightens.
    ///
    /// # Errors
    /// `NotOwner` and its like for a stranger; what the arguments' own check returns; [`OracleError::OnlyOwnerMayRaise`].
    fn permit(&self, book: &Book, signer: &Pubkey) -> Result<()>;

    /// Whether this must have waited in a change: the book is in use, and it loosens something.
    fn waits(&self, book: &Book) -> bool;

    /// Writes the arguments into the book and brings the figures up to date.
    ///
    /// # Errors
    /// For arguments that [`Self::permit`] would not have let through.
    fn write(&self, book: &mut Book, now: i64) -> Result<()>;

    /// Writes, chains the instruction's `data` into the hash and holds the invariant.
    ///
    /// # Errors
    /// As [`Self::write`]; [`OracleError::InvariantViolated`].
    fn take(&self, book: &mut Book, data: &[u8], now: i64) -> Result<()> {
        self.write(book, now)?;
        book.absorb(&[data], &[], now);
        book.validate()
    }
}

/// `create_book`: fills an account of zeros. Its data begins the hash.
///
/// # Errors
/// A zero owner.
pub fn create(book: &mut Book, call: &instruction::CreateBook, ledger: Pubkey, bump: u8, now: i64) -> Result<()> {
    let instruction::CreateBook { args } = call;
    book.version = VERSION;
    book.bump = bump;
    book.roles = Roles::new(args.owner, args.curator, args.guardian).map_err(OracleError::from)?;
    book.ledger = ledger;
    book.lines = [LineRisk::FREE; LINES];
    book.start_engine();
    book.absorb(&[&call.data()], &[], now);
    book.validate()
}

/// Whether `set_network` must have waited: the book is in use and follows another one.
pub fn network_waits(book: &Book, network: &Pubkey) -> bool {
    book.is_live() && book.follows_network() && book.network != *network
}

/// `set_network`: follows the network at `network`, or none (the zero key). Read: the oldest solution that counts,
/// `max_age` in seconds as 4 bytes; 0 without a network.
///
/// # Errors
/// [`OracleError::InvariantViolated`].
pub fn set_network(book: &mut Book, network: Pubkey, max_age: u32, now: i64) -> Result<()> {
    contagion::follow(book, network, max_age);
    book.absorb(&[&instruction::SetNetwork { network }.data()], &[&max_age.to_le_bytes()], now);
    book.validate()
}

/// `sync_contagion`: takes the damages of a network that is current over into the lines. Read: when it was solved (8 bytes),
/// the oldest solution that counts (4), the damages of its 16 rows (4 each).
///
/// # Errors
/// [`OracleError::InvariantViolated`].
pub fn sync_contagion(book: &mut Book, network: &Network, now: i64) -> Result<()> {
    let damages = contagion::sync(book, network, now);
    let (solved_at, max_age) = (network.solved_at.to_le_bytes(), network.params.max_solution_age.to_le_bytes());
    let read: [&[u8]; 3] = [&solved_at, &max_age, bytemuck::bytes_of(&damages)];
    book.absorb(&[instruction::SyncContagion::DISCRIMINATOR], &read, now);
    book.invariant()
}

/// `assess`: stores what the ledger reports, judges the move and counts both.
///
/// # Errors
/// As [`limits::assess`]; [`OracleError::InvariantViolated`].
pub fn assess(book: &mut Book, args: &AssessArgs, slot: u64, now: i64) -> Result<Verdict> {
    let verdict = limits::assess(book, args, now)?;
    book.assessed_slot = slot;
    book.assessed_at = now;
    book.assessments = book.assessments.checked_add(1).ok_or(OracleError::MathOverflow)?;
    if args.line != NO_ROW && !verdict.allows() {
        book.refusals = book.refusals.checked_add(1).ok_or(OracleError::MathOverflow)?;
    }
    book.last_flags = verdict.flags;
    absorb_report(book, args, now)?;
    book.invariant()?;
    Ok(verdict)
}

/// Chains the instruction's data from where the arguments stand, since a copy of them is dear.
#[inline(never)]
fn absorb_report(book: &mut Book, args: &AssessArgs, now: i64) -> Result<()> {
    let count = u32::try_from(args.exposures.len()).map_err(|_| OracleError::LineOutOfRange)?;
    let data: [&[u8]; 8] = [
        instruction::Assess::DISCRIMINATOR,
        &args.nav.to_le_bytes(),
        &[args.line],
        &args.amount.to_le_bytes(),
        bytemuck::bytes_of(&args.values),
        bytemuck::bytes_of(&args.line_ids),
        &count.to_le_bytes(),
        bytemuck::cast_slice(&args.exposures),
    ];
    book.absorb(&data, &[], now);
    Ok(())
}

/// `stress`: works out `count` scenarios from row `from` on; rows that are not defined cost nothing.
///
/// # Errors
/// [`OracleError::ScenarioOutOfRange`], [`OracleError::InvariantViolated`].
pub fn stress(book: &mut Book, from: u8, count: u8, now: i64) -> Result<()> {
    let end = usize::from(from).saturating_add(usize::from(count));
    require!(count > 0 && end <= SCENARIOS, OracleError::ScenarioOutOfRange);
    stress::run_all(book, usize::from(from)..end, now);
    limits::measure(book, now);
    book.absorb(&[&instruction::Stress { from, count }.data()], &[], now);
    book.invariant()
}

/// What an observation did beside what the book holds now.
pub struct Observed {
    /// Whether a row of residuals was added.
    pub appended: bool,
    /// The regime that was told last before.
    pub told: u8,
}

/// `observe`: takes what the feeds say. `read` is called for each used row in order, lets it observe its feed and returns the
/// feed's last residual. Read: for each feed the row as it is stored then (96 bytes) and that residual (2).
///
/// # Errors
/// What `read` returns; [`OracleError::InvariantViolated`].
pub fn observe(book: &mut Book, read: impl FnMut(&mut AssetRisk) -> Result<i16>, now: i64) -> Result<Observed> {
    let heard = hear(book, read, now)?;
    regime::hear_assets(book);
    regime::raise(book, now);
    let appended = close_day(book, &heard, now)?;
    if book.used_assets().all(|(_, asset)| now.saturating_sub(asset.publish_time) <= SECONDS_PER_DAY) {
        regime::loosen(book, now);
    }
    limits::measure(book, now);
    book.observed_at = now;
    book.observations = book.observations.checked_add(1).ok_or(OracleError::MathOverflow)?;
    let told = book.regime.told;
    book.regime.told = book.regime.level;
    book.invariant()?;
    Ok(Observed { appended, told })
}

/// What the feeds said beside the assets' snapshots.
struct Heard {
    /// Last residual of each asset.
    residuals: [i16; ASSETS],
    /// The day that all feeds closed last; `None` when they differ or one has closed none.
    common_day: Option<u32>,
}

/// Bytes that one feed adds to the hash.
const READ: usize = 96 + 2;

/// Reads every feed into its asset's snapshot and chains what was read.
#[inline(never)]
fn hear(book: &mut Book, mut read: impl FnMut(&mut AssetRisk) -> Result<i16>, now: i64) -> Result<Heard> {
    let mut residuals = [0; ASSETS];
    let mut days: Option<(u32, bool)> = None;
    let mut inputs = Vec::with_capacity(ASSETS.saturating_mul(READ));
    for (asset, residual) in book.assets.iter_mut().zip(&mut residuals).filter(|(asset, _)| asset.is_used()) {
        *residual = read(asset)?;
        days = match days {
            None => Some((asset.day, asset.day > 0)),
            Some((day, same)) => Some((day, same && day == asset.day)),
        };
        inputs.extend_from_slice(bytemuck::bytes_of(&*asset));
        inputs.extend_from_slice(&residual.to_le_bytes());
    }
    let common_day = match days {
        None => Some(Bar::day_of(now)?),
        Some((day, same)) => same.then_some(day),
    };
    book.absorb(&[instruction::Observe::DISCRIMINATOR], &[&inputs], now);
    Ok(Heard { residuals, common_day })
}

/// Takes a later common day into residuals and regime. Returns whether a row was added.
fn close_day(book: &mut Book, heard: &Heard, now: i64) -> Result<bool> {
    let Some(day) = heard.common_day else { return Ok(false) };
    regime::close_day(book, day, now);
    if day <= book.returns.day || book.used_assets().next().is_none() {
        return Ok(false);
    }
    let decay_bps = book.params.decay_bps;
    book.returns.append(day, &heard.residuals, decay_bps)?;
    Ok(true)
}

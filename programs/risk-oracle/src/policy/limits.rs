//! What a ledger may add to a line: the whole computation of a verdict, without accounts.

use anchor_lang::prelude::*;
use gimbal_math::Bps;

use crate::error::OracleError;
use crate::state::{Book, LINES, NO_LINE};

/// All of NAV, basis points: a cap of this size limits nothing.
pub const CAP_BPS_WHOLE: u16 = 10_000;

/// What the router asks.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssessArgs {
    /// NAV of the ledger, base units. Moving cash into a line does not change it.
    pub nav: u64,
    /// The row that new money is meant for, 0 to 15.
    pub line: u8,
    /// The new money, base units.
    pub amount: u64,
    /// Value of each row before the move, base units.
    pub values: [u64; LINES],
    /// Id of each row's line; 0 for an empty row.
    pub line_ids: [u16; LINES],
}

/// What the oracle answers. The move is allowed when `flags` is 0.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why not, one bit per reason.
    pub flags: u32,
    /// Largest new money for the line that breaches nothing, base units.
    pub room: u64,
}

impl Verdict {
    /// The line, or another one that holds value, is unknown to the book.
    pub const LINE_UNREGISTERED: u32 = 1;
    /// The line would exceed its cap in base units.
    pub const LINE_CAP: u32 = 2;
    /// The line would exceed its cap in basis points of NAV.
    pub const LINE_CAP_BPS: u32 = 4;
    /// A risk of the line would exceed its cap in base units.
    pub const RISK_CAP: u32 = 8;
    /// A risk of the line would exceed its cap in basis points of NAV.
    pub const RISK_CAP_BPS: u32 = 16;
    /// There is no NAV to take a part of.
    pub const NAV_ZERO: u32 = 32;

    /// Whether the move may be made.
    pub const fn allows(&self) -> bool {
        self.flags == 0
    }

    /// Takes one cap into account: `exposure` may grow to `cap`.
    fn limit(&mut self, flag: u32, exposure: u64, amount: u64, cap: u64) {
        if exposure.saturating_add(amount) > cap {
            self.flags |= flag;
        }
        self.room = self.room.min(cap.saturating_sub(exposure));
    }
}

/// `bps` basis points of `nav`, rounded down: a cap is never larger than it says. A cap that leaves 64 bits limits
/// nothing.
fn cap_of_nav_down(nav: u64, bps: u16) -> u64 {
    Bps(bps).of_down(nav).unwrap_or(u64::MAX)
}

/// Stores the exposures before the move and says what the line may take.
///
/// Sums that leave 64 bits stay at the largest value, which can only refuse.
///
/// # Errors
/// [`OracleError::LineOutOfRange`] for a row that no ledger has. Never fails on a limit.
pub fn assess(book: &mut Book, args: &AssessArgs) -> Result<Verdict> {
    let row = usize::from(args.line);
    let (Some(line_id), Some(value)) = (args.line_ids.get(row), args.values.get(row)) else {
        return err!(OracleError::LineOutOfRange);
    };

    let mut verdict = Verdict { flags: 0, room: u64::MAX };
    if store_exposures(book, args) != Exposures::AllKnown {
        verdict.flags |= Verdict::LINE_UNREGISTERED;
    }
    if args.nav == 0 {
        verdict.flags |= Verdict::NAV_ZERO;
    }
    match book.line(*line_id).copied() {
        None => verdict.flags |= Verdict::LINE_UNREGISTERED,
        Some(line) => {
            verdict.limit(Verdict::LINE_CAP, *value, args.amount, line.cap);
            verdict.limit(Verdict::LINE_CAP_BPS, *value, args.amount, cap_of_nav_down(args.nav, line.cap_bps));
            for risk in line.risks.iter().filter_map(|index| book.risks.get(usize::from(*index))) {
                verdict.limit(Verdict::RISK_CAP, risk.exposure, args.amount, risk.cap);
                let cap = cap_of_nav_down(args.nav, risk.cap_bps);
                verdict.limit(Verdict::RISK_CAP_BPS, risk.exposure, args.amount, cap);
            }
        }
    }
    if verdict.flags & (Verdict::LINE_UNREGISTERED | Verdict::NAV_ZERO) != 0 {
        verdict.room = 0;
    }
    Ok(verdict)
}

#[derive(PartialEq, Eq)]
enum Exposures {
    AllKnown,
    /// A line holds value that no limit sees.
    SomeUnknown,
}

/// Writes each line's value and each risk's sum.
fn store_exposures(book: &mut Book, args: &AssessArgs) -> Exposures {
    let Book { lines, risks, .. } = book;
    lines.iter_mut().for_each(|line| line.exposure = 0);
    risks.iter_mut().for_each(|risk| risk.exposure = 0);

    let mut known = Exposures::AllKnown;
    for (line_id, value) in args.line_ids.iter().zip(args.values).filter(|(_, value)| *value > 0) {
        let line = lines.iter_mut().find(|line| *line_id != NO_LINE && line.line_id == *line_id);
        let Some(line) = line else {
            known = Exposures::SomeUnknown;
            continue;
        };
        line.exposure = line.exposure.saturating_add(value);
        for index in line.risks {
            if let Some(risk) = risks.get_mut(usize::from(index)) {
                risk.exposure = risk.exposure.saturating_add(value);
            }
        }
    }
    known
}

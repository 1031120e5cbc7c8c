use anchor_lang::prelude::*;

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, LineRiskSet};
use crate::instruction;
use crate::policy::limits::{self, CAP_BPS_WHOLE};
use crate::state::{Book, Change, LineModel, LineRisk, NO_LINE, NO_RISK, RISKS_PER_LINE};

/// What a line is exposed to, and its caps.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetLineRiskArgs {
    /// The ledger's id of the line, from 1.
    pub line: u16,
    /// Rows of the risk table; 255 for none.
    pub risks: [u8; RISKS_PER_LINE],
    /// Cap in basis points of NAV, 0 to 10,000.
    pub cap_bps: u16,
    /// Cap in base units; `u64::MAX` for none.
    pub cap: u64,
}

impl SetLineRiskArgs {
    /// Whether this frees the line's row: no risks, no money.
    fn frees(&self) -> bool {
        self.risks == [NO_RISK; RISKS_PER_LINE] && self.cap_bps == 0 && self.cap == 0
    }

    /// Whether this raises neither cap of the line.
    fn caps_hold(&self, line: &LineRisk) -> bool {
        self.cap_bps <= line.cap_bps && self.cap <= line.cap
    }

    /// Whether the line may take no more than before: its caps hold and it keeps every risk that it carries. A line that
    /// the book does not know may take nothing.
    fn tightens(&self, line: Option<&LineRisk>) -> bool {
        let keeps = |line: &LineRisk| line.risks.iter().all(|risk| *risk == NO_RISK || self.risks.contains(risk));
        self.frees() || line.is_some_and(|line| self.caps_hold(line) && keeps(line))
    }

    /// Line, risks and cap are within their ranges.
    ///
    /// # Errors
    /// [`OracleError::ZeroLineId`], [`OracleError::CapBpsOutOfRange`], [`OracleError::RiskOutOfRange`],
    /// [`OracleError::RiskUndefined`], [`OracleError::RiskRepeated`].
    pub fn validate(&self, book: &Book) -> Result<()> {
        require!(self.line != NO_LINE, OracleError::ZeroLineId);
        require!(self.cap_bps <= CAP_BPS_WHOLE, OracleError::CapBpsOutOfRange);
        let mut seen = [NO_RISK; RISKS_PER_LINE];
        for (place, index) in seen.iter_mut().zip(self.risks) {
            *place = index;
            if index != NO_RISK {
                let risk = book.risks.get(usize::from(index)).ok_or(OracleError::RiskOutOfRange)?;
                require!(risk.used == 1, OracleError::RiskUndefined);
            }
        }
        seen.sort_unstable();
        let repeated = seen.windows(2).any(|pair| matches!(pair, [a, b] if a == b && *a != NO_RISK));
        require!(!repeated, OracleError::RiskRepeated);
        Ok(())
    }
}

/// Accounts of `set_line_risk`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetLineRisk<'info> {
    /// The book's owner; its curator or guardian to lower caps.
    pub signer: Signer<'info>,
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetLineRisk<'info> {
    fn validate(&self, args: &SetLineRiskArgs) -> Result<()> {
        let book = self.book.load()?;
        book.roles.require_guardian(self.signer.key).map_err(OracleError::from)?;
        args.validate(&book)?;
        if book.roles.require_owner(self.signer.key).is_err() {
            let lowers = book.line(args.line).is_some_and(|line| line.risks == args.risks && args.caps_hold(line));
            require!(lowers, OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    /// - The owner registers a line, changes its risks and caps, and frees its row by no risks and caps of zero.
    /// - Curator and guardian only lower the caps of a line that the book knows.
    /// - In a book that is in use, whatever lets a line take more must have waited: a new line, a higher cap, a risk less.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetLineRiskArgs) -> Result<()> {
        let clock = Clock::get()?;
        let applied = ctx.accounts.spend_change(args, &clock)?;
        let mut book = ctx.accounts.book.load_mut()?;
        let at = book
            .lines
            .iter()
            .position(|line| line.line_id == args.line)
            .or_else(|| book.lines.iter().position(|line| line.line_id == NO_LINE))
            .ok_or(OracleError::LineTableFull)?;
        if args.frees() {
            // The next line of this row begins without a model.
            *book.models.get_mut(at).ok_or(OracleError::LineTableFull)? = LineModel::NEW;
        }
        let row = book.lines.get_mut(at).ok_or(OracleError::LineTableFull)?;
        *row = if args.frees() {
            LineRisk::FREE
        } else {
            LineRisk {
                line_id: args.line,
                cap_bps: args.cap_bps,
                risks: args.risks,
                cap: args.cap,
                // Of the same line, or zero in a free row.
                exposure: row.exposure,
            }
        };
        limits::measure(&mut book, clock.unix_timestamp);
        book.invariant()?;
        drop(book);
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(LineRiskSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            line: args.line,
            risks: args.risks,
            cap_bps: args.cap_bps,
            cap: args.cap,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, args: SetLineRiskArgs, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let waits = book.is_live() && !args.tightens(book.line(args.line));
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_line_risk(&book, args.line);
        change::require(waits, &self.book.key(), presented, &instruction::SetLineRisk { args }, &terms, clock)
    }
}

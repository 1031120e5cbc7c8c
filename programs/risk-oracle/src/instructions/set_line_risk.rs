use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, LineRiskSet};
use crate::instruction;
use crate::policy::inputs::Setting;
use crate::policy::limits;
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
    /// Whether this frees the line's row: no risks, no money, and none that lies there. A line that holds value stays known
    /// with caps of zero: forgotten, it could not be taken down by its regime or its network any more.
    fn frees(&self, line: Option<&LineRisk>) -> bool {
        let nothing = self.risks == [NO_RISK; RISKS_PER_LINE] && self.cap_bps == 0 && self.cap == 0;
        nothing && line.is_none_or(|line| line.exposure == 0)
    }

    /// Whether this raises neither cap of the line.
    fn caps_hold(&self, line: &LineRisk) -> bool {
        self.cap_bps <= line.cap_bps && self.cap <= line.cap
    }

    /// Whether the line may take no more than before: its caps hold and it keeps every risk that it carries. A line that
    /// the book does not know may take nothing.
    fn tightens(&self, line: Option<&LineRisk>) -> bool {
        let keeps = |line: &LineRisk| line.risks.iter().all(|risk| *risk == NO_RISK || self.risks.contains(risk));
        self.frees(line) || line.is_some_and(|line| self.caps_hold(line) && keeps(line))
    }

    /// Line, risks and cap are within their ranges.
    ///
    /// # Errors
    /// [`OracleError::ZeroLineId`]; as [`LineRisk::validate`].
    pub fn validate(&self, book: &Book) -> Result<()> {
        require!(self.line != NO_LINE, OracleError::ZeroLineId);
        self.row(book.line(self.line)).validate(&book.risks)
    }

    /// The row that this leaves of the line's, where it has one; what the ledger reported of it stays.
    fn row(&self, line: Option<&LineRisk>) -> LineRisk {
        if self.frees(line) {
            return LineRisk::FREE;
        }
        let exposure = line.map_or(0, |line| line.exposure);
        LineRisk { line_id: self.line, cap_bps: self.cap_bps, risks: self.risks, cap: self.cap, exposure }
    }
}

impl Setting for SetLineRiskArgs {
    fn permit(&self, book: &Book, signer: &Pubkey) -> Result<()> {
        book.roles.require_guardian(signer).map_err(OracleError::from)?;
        self.validate(book)?;
        if book.roles.require_owner(signer).is_err() {
            let lowers = book.line(self.line).is_some_and(|line| line.risks == self.risks && self.caps_hold(line));
            require!(lowers, OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    fn waits(&self, book: &Book) -> bool {
        book.is_live() && !self.tightens(book.line(self.line))
    }

    fn write(&self, book: &mut Book, now: i64) -> Result<()> {
        let at = book
            .lines
            .iter()
            .position(|line| line.line_id == self.line)
            .or_else(|| book.lines.iter().position(|line| line.line_id == NO_LINE))
            .ok_or(OracleError::LineTableFull)?;
        let row = self.row(book.line(self.line));
        if row == LineRisk::FREE {
            // The next line of this row begins without a model.
            *book.models.get_mut(at).ok_or(OracleError::LineTableFull)? = LineModel::NEW;
        }
        *book.lines.get_mut(at).ok_or(OracleError::LineTableFull)? = row;
        limits::measure(book, now);
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
        args.permit(&*self.book.load()?, self.signer.key)
    }

    /// - The owner registers a line, changes its risks and caps, and frees its row by no risks and caps of zero
    ///   once nothing lies there: before, the row stays with these caps.
    /// - Curator and guardian only lower the caps of a line that the book knows.
    /// - In a book that is in use, whatever lets a line take more must have waited: a new line, a higher cap, a risk less.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetLineRiskArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetLineRisk { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        args.take(&mut *ctx.accounts.book.load_mut()?, &call.data(), clock.unix_timestamp)?;
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
    fn spend_change(&self, call: &instruction::SetLineRisk, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_line_risk(&book, call.args.line);
        change::require(call.args.waits(&book), &self.book.key(), presented, call, &terms, clock)
    }
}

use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, RiskLimitSet};
use crate::instruction;
use crate::policy::inputs::Setting;
use crate::state::{Book, Change, RiskLimit, RISKS};

/// One row of the risk table.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetRiskArgs {
    /// Row of the table, 0 to 31.
    pub index: u8,
    /// Name of the risk, such as "asset:SOL": 1 to 16 printable ASCII characters, padded with zeros.
    pub label: [u8; 16],
    /// Cap in basis points of NAV, 0 to 10,000.
    pub cap_bps: u16,
    /// Cap in base units; `u64::MAX` for none.
    pub cap: u64,
}

impl SetRiskArgs {
    /// Row, label and cap are within their ranges.
    ///
    /// # Errors
    /// [`OracleError::RiskOutOfRange`]; as [`RiskLimit::validate`].
    pub fn validate(&self, book: &Book) -> Result<()> {
        let row = book.risks.get(usize::from(self.index)).ok_or(OracleError::RiskOutOfRange)?;
        self.over(row).validate()
    }

    /// The row that this makes of `row`.
    fn over(&self, row: &RiskLimit) -> RiskLimit {
        RiskLimit { label: self.label, cap: self.cap, cap_bps: self.cap_bps, used: 1, ..*row }
    }

    /// Whether this leaves a defined risk its name and raises neither of its caps.
    fn lowers(&self, row: &RiskLimit) -> bool {
        row.used == 1 && row.label == self.label && self.cap_bps <= row.cap_bps && self.cap <= row.cap
    }
}

impl Setting for SetRiskArgs {
    fn permit(&self, book: &Book, signer: &Pubkey) -> Result<()> {
        book.roles.require_guardian(signer).map_err(OracleError::from)?;
        self.validate(book)?;
        if book.roles.require_owner(signer).is_err() {
            let row = book.risks.get(usize::from(self.index)).ok_or(OracleError::RiskOutOfRange)?;
            require!(self.lowers(row), OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    fn waits(&self, book: &Book) -> bool {
        let row = book.risks.get(usize::from(self.index));
        book.is_live() && row.is_some_and(|row| row.used == 1 && !self.lowers(row))
    }

    fn write(&self, book: &mut Book, _: i64) -> Result<()> {
        let row = book.risks.get_mut(usize::from(self.index)).ok_or(OracleError::RiskOutOfRange)?;
        *row = self.over(row);
        let defined = book.risks.iter().filter(|risk| risk.used == 1).count().min(RISKS);
        book.risk_count = u8::try_from(defined).map_err(|_| OracleError::MathOverflow)?;
        Ok(())
    }
}

/// Accounts of `set_risk`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetRisk<'info> {
    /// The book's owner; its curator or guardian to lower.
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

impl<'info> SetRisk<'info> {
    fn validate(&self, args: &SetRiskArgs) -> Result<()> {
        args.permit(&*self.book.load()?, self.signer.key)
    }

    /// - The owner defines, renames, raises and lowers.
    /// - Curator and guardian only lower a risk that is defined.
    /// - In a book that is in use, raising or renaming a defined risk must have waited. A new one is defined at once: no
    ///   line carries it yet.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetRiskArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetRisk { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        args.take(&mut *ctx.accounts.book.load_mut()?, &call.data(), clock.unix_timestamp)?;
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(RiskLimitSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            index: args.index,
            label: args.label,
            cap_bps: args.cap_bps,
            cap: args.cap,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetRisk, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_risk(&book, call.args.index);
        change::require(call.args.waits(&book), &self.book.key(), presented, call, &terms, clock)
    }
}

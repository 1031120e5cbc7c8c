use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, RiskParamsSet};
use crate::instruction;
use crate::policy::inputs::Setting;
use crate::policy::{limits, regime};
use crate::state::{Book, Change, RiskParams};

impl Setting for RiskParams {
    fn permit(&self, book: &Book, signer: &Pubkey) -> Result<()> {
        book.roles.require_guardian(signer).map_err(OracleError::from)?;
        self.validate()?;
        if book.roles.require_owner(signer).is_err() {
            require!(!self.loosens(&book.params), OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    fn waits(&self, book: &Book) -> bool {
        book.is_live() && self.loosens(&book.params)
    }

    fn write(&self, book: &mut Book, now: i64) -> Result<()> {
        book.params = *self;
        book.returns.weigh(self.decay_bps)?;
        regime::hear_assets(book);
        regime::raise(book, now);
        limits::measure(book, now);
        Ok(())
    }
}

/// Accounts of `set_risk_params`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetRiskParams<'info> {
    /// The book's owner; its curator or guardian to tighten.
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

impl<'info> SetRiskParams<'info> {
    fn validate(&self, params: &RiskParams) -> Result<()> {
        params.permit(&*self.book.load()?, self.signer.key)
    }

    /// - The owner sets limits and coefficients within their hard ranges; curator and guardian only tighten.
    /// - In a book that is in use, what loosens anything has waited.
    /// - What tightens is in force at once: signals are judged anew, scales come down. What a looser scale gives back comes at
    ///   the book's rate.
    #[access_control(ctx.accounts.validate(&params))]
    pub fn handler(ctx: Context<'info, Self>, params: RiskParams) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let call = instruction::SetRiskParams { params };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        params.take(&mut *ctx.accounts.book.load_mut()?, &call.data(), now)?;
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(RiskParamsSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: now,
            by: ctx.accounts.signer.key(),
            params,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetRiskParams, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_risk_params(&book)?;
        change::require(call.params.waits(&book), &self.book.key(), presented, call, &terms, clock)
    }
}

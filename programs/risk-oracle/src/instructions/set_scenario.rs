use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, ScenarioSet};
use crate::instruction;
use crate::policy::inputs::Setting;
use crate::policy::limits;
use crate::state::{Book, Change, Scenario, SCENARIOS};

/// One row of a book's scenarios.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetScenarioArgs {
    /// The row, 0 to 7.
    pub index: u8,
    /// What happens; all zero frees the row.
    pub scenario: Scenario,
}

impl SetScenarioArgs {
    /// The row is there, and label and moves are within their ranges.
    ///
    /// # Errors
    /// [`OracleError::ScenarioOutOfRange`]; as [`Scenario::validate`].
    pub fn validate(&self) -> Result<()> {
        require!(usize::from(self.index) < SCENARIOS, OracleError::ScenarioOutOfRange);
        self.scenario.validate()
    }

    /// Whether a scenario is only added: whatever it says, it can only stop new money.
    fn adds(&self, book: &Book) -> bool {
        book.scenarios.get(usize::from(self.index)).is_some_and(|row| !row.is_used()) && self.scenario.is_used()
    }
}

impl Setting for SetScenarioArgs {
    fn permit(&self, book: &Book, signer: &Pubkey) -> Result<()> {
        book.roles.require_guardian(signer).map_err(OracleError::from)?;
        self.validate()?;
        if book.roles.require_owner(signer).is_err() {
            require!(self.adds(book), OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    fn waits(&self, book: &Book) -> bool {
        book.is_live() && !self.adds(book)
    }

    fn write(&self, book: &mut Book, now: i64) -> Result<()> {
        let index = usize::from(self.index);
        *book.scenarios.get_mut(index).ok_or(OracleError::ScenarioOutOfRange)? = self.scenario;
        *book.stressed_at.get_mut(index).ok_or(OracleError::ScenarioOutOfRange)? = 0;
        for model in &mut book.models {
            model.stressed &= !(1 << (index & 7));
        }
        limits::measure(book, now);
        Ok(())
    }
}

/// Accounts of `set_scenario`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetScenario<'info> {
    /// The book's owner; its curator or guardian to add one.
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

impl<'info> SetScenario<'info> {
    fn validate(&self, args: &SetScenarioArgs) -> Result<()> {
        args.permit(&*self.book.load()?, self.signer.key)
    }

    /// - The owner defines, changes and frees; curator and guardian only add in a free row.
    /// - In a book that is in use, changing or freeing a scenario has waited.
    /// - Until `stress` has run, a scenario that is new or was changed stops new money that a price moves, where losses of
    ///   scenarios are limited.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetScenarioArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetScenario { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        args.take(&mut *ctx.accounts.book.load_mut()?, &call.data(), clock.unix_timestamp)?;
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(ScenarioSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            index: args.index,
            scenario: args.scenario,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetScenario, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_scenario(&book, call.args.index);
        change::require(call.args.waits(&book), &self.book.key(), presented, call, &terms, clock)
    }
}

use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, LineModelSet};
use crate::instruction;
use crate::policy::inputs::Setting;
use crate::policy::limits;
use crate::state::{Book, Change, LineModel, NO_LINE_PROTOCOL};

/// How the risk engine sees a line.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetLineModelArgs {
    /// The ledger's id of the line.
    pub line: u16,
    /// Row of the asset whose price moves the line; 255 for none.
    pub asset: u8,
    /// Row of the line's protocol in the book's contagion network, 0 to 15; 255 for none.
    pub protocol: u8,
    /// Whether the regime scales the line's caps.
    pub scaled: bool,
}

impl SetLineModelArgs {
    /// The book knows the line and the asset, and the protocol's row is one.
    ///
    /// # Errors
    /// [`OracleError::LineUnknown`]; as [`LineModel::validate`].
    pub fn validate(&self, book: &Book) -> Result<()> {
        let model = book.model(self.line).ok_or(OracleError::LineUnknown)?;
        self.over(model).validate(&book.assets)
    }

    /// The model that this makes of `model`. What scenarios take from a line holds for the asset that it had.
    fn over(&self, model: &LineModel) -> LineModel {
        let stressed = if model.asset == self.asset { model.stressed } else { 0 };
        LineModel { asset: self.asset, protocol: self.protocol, scaled: u8::from(self.scaled), stressed, ..*model }
    }

    /// Whether the line may take no more than before: the same asset, the protocol that it had or a first one, and no
    /// less of the regime.
    fn tightens(&self, model: &LineModel) -> bool {
        let reached = model.protocol == NO_LINE_PROTOCOL || self.protocol == model.protocol;
        self.asset == model.asset && reached && u8::from(self.scaled) >= model.scaled
    }
}

impl Setting for SetLineModelArgs {
    fn permit(&self, book: &Book, signer: &Pubkey) -> Result<()> {
        book.roles.require_guardian(signer).map_err(OracleError::from)?;
        self.validate(book)?;
        if book.roles.require_owner(signer).is_err() {
            let tightens = book.model(self.line).is_some_and(|model| self.tightens(model));
            require!(tightens, OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    fn waits(&self, book: &Book) -> bool {
        book.is_live() && !book.model(self.line).is_some_and(|model| self.tightens(model))
    }

    fn write(&self, book: &mut Book, now: i64) -> Result<()> {
        let at = book.place_of(self.line).ok_or(OracleError::LineUnknown)?;
        let model = book.models.get_mut(at).ok_or(OracleError::LineUnknown)?;
        let reached = self.protocol != NO_LINE_PROTOCOL && model.protocol != self.protocol;
        *model = self.over(model);
        if reached {
            // The network's damages were not taken over for this line: no new money until they are.
            book.contagion_at = 0;
        }
        limits::measure(book, now);
        Ok(())
    }
}

/// Accounts of `set_line_model`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetLineModel<'info> {
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

impl<'info> SetLineModel<'info> {
    fn validate(&self, args: &SetLineModelArgs) -> Result<()> {
        args.permit(&*self.book.load()?, self.signer.key)
    }

    /// - The owner says what moves a line; curator and guardian may only give it a first protocol or have the regime scale
    ///   it.
    /// - In a book that is in use everything else has waited.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetLineModelArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetLineModel { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        args.take(&mut *ctx.accounts.book.load_mut()?, &call.data(), clock.unix_timestamp)?;
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(LineModelSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            line: args.line,
            asset: args.asset,
            protocol: args.protocol,
            scaled: args.scaled,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetLineModel, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_line_model(&book, call.args.line);
        change::require(call.args.waits(&book), &self.book.key(), presented, call, &terms, clock)
    }
}

use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, LineModelSet};
use crate::instruction;
use crate::policy::limits;
use crate::state::{AssetRisk, Book, Change, LineModel, NO_ASSET, NO_LINE_PROTOCOL, PROTOCOLS};

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
    /// [`OracleError::LineUnknown`], [`OracleError::AssetUndefined`], [`OracleError::ProtocolOutOfRange`].
    pub fn validate(&self, book: &Book) -> Result<()> {
        require!(book.place_of(self.line).is_some(), OracleError::LineUnknown);
        let asset = book.assets.get(usize::from(self.asset));
        require!(asset.map_or(self.asset == NO_ASSET, AssetRisk::is_used), OracleError::AssetUndefined);
        let protocol = usize::from(self.protocol) < PROTOCOLS || self.protocol == NO_LINE_PROTOCOL;
        require!(protocol, OracleError::ProtocolOutOfRange);
        Ok(())
    }

    /// Whether the line may take no more than before: the same asset, the protocol that it had or a first one, and no
    /// less of the regime.
    fn tightens(&self, model: &LineModel) -> bool {
        let reached = model.protocol == NO_LINE_PROTOCOL || self.protocol == model.protocol;
        self.asset == model.asset && reached && u8::from(self.scaled) >= model.scaled
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
        let book = self.book.load()?;
        book.roles.require_guardian(self.signer.key).map_err(OracleError::from)?;
        args.validate(&book)?;
        if book.roles.require_owner(self.signer.key).is_err() {
            let tightens = book.model(args.line).is_some_and(|model| args.tightens(model));
            require!(tightens, OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    /// - The owner says what moves a line; curator and guardian may only give it a first protocol or have the regime scale
    ///   it.
    /// - In a book that is in use everything else has waited.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetLineModelArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetLineModel { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        let mut book = ctx.accounts.book.load_mut()?;
        let at = book.place_of(args.line).ok_or(OracleError::LineUnknown)?;
        let model = book.models.get_mut(at).ok_or(OracleError::LineUnknown)?;
        if model.asset != args.asset {
            model.stressed = 0;
        }
        let reached = args.protocol != NO_LINE_PROTOCOL && model.protocol != args.protocol;
        (model.asset, model.protocol, model.scaled) = (args.asset, args.protocol, u8::from(args.scaled));
        if reached {
            // The network's damages were not taken over for this line: no new money until they are.
            book.contagion_at = 0;
        }
        limits::measure(&mut book, clock.unix_timestamp);
        book.absorb(&[&call.data()], clock.unix_timestamp);
        book.invariant()?;
        drop(book);
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
        let tightens = book.model(call.args.line).is_some_and(|model| call.args.tightens(model));
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_line_model(&book, call.args.line);
        change::require(book.is_live() && !tightens, &self.book.key(), presented, call, &terms, clock)
    }
}

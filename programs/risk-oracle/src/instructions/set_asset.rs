use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{AssetSet, ChangeApplied};
use crate::instruction;
use crate::policy::inputs::Setting;
use crate::policy::limits;
use crate::state::{AssetRisk, Book, Change, Feed, ASSETS};

/// Which feed an asset of a book follows.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetAssetArgs {
    /// Row of the asset, 0 to 7.
    pub index: u8,
    /// Its feed; the zero key frees the row.
    pub feed: Pubkey,
}

impl SetAssetArgs {
    /// The row is there, no feed has two, and none that moves a line is freed.
    ///
    /// # Errors
    /// [`OracleError::AssetOutOfRange`], [`OracleError::AssetRepeated`], [`OracleError::AssetInUse`].
    pub fn validate(&self, book: &Book) -> Result<()> {
        let index = usize::from(self.index);
        require!(index < ASSETS, OracleError::AssetOutOfRange);
        require!(!book.follows_elsewhere(index, &self.feed), OracleError::AssetRepeated);
        let moves = book.models.iter().any(|model| model.asset == self.index);
        require!(!(self.frees() && moves), OracleError::AssetInUse);
        Ok(())
    }

    /// Whether the row is freed.
    fn frees(&self) -> bool {
        self.feed == Pubkey::default()
    }
}

impl Setting for SetAssetArgs {
    fn permit(&self, book: &Book, signer: &Pubkey) -> Result<()> {
        book.roles.require_owner(signer).map_err(OracleError::from)?;
        self.validate(book)
    }

    fn waits(&self, book: &Book) -> bool {
        book.is_live()
    }

    fn write(&self, book: &mut Book, now: i64) -> Result<()> {
        let row = book.assets.get_mut(usize::from(self.index)).ok_or(OracleError::AssetOutOfRange)?;
        *row = AssetRisk::of(self.feed);
        book.returns.clear();
        for model in book.models.iter_mut().filter(|model| model.asset == self.index) {
            model.stressed = 0;
        }
        limits::measure(book, now);
        Ok(())
    }
}

/// Accounts of `set_asset`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetAsset<'info> {
    /// The book's owner.
    pub owner: Signer<'info>,
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
    /// The feed named; none where the row is freed.
    pub feed: Option<AccountLoader<'info, Feed>>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetAsset<'info> {
    fn validate(&self, args: &SetAssetArgs) -> Result<()> {
        args.permit(&*self.book.load()?, self.owner.key)?;
        let passed = self.feed.as_ref().map(|feed| feed.key()).unwrap_or_default();
        require_keys_eq!(passed, args.feed, OracleError::AssetFeedMismatch);
        Ok(())
    }

    /// - Only the owner; in a book that is in use every change of an asset has waited: what is measured changes with it.
    /// - The residuals kept are forgotten, since their rows were of other assets: until new ones have come, every asset's
    ///   risk is added in full.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetAssetArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetAsset { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        args.take(&mut *ctx.accounts.book.load_mut()?, &call.data(), clock.unix_timestamp)?;
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(AssetSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            index: args.index,
            feed: args.feed,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetAsset, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let book = self.book.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_asset(&book, call.args.index);
        change::require(call.args.waits(&book), &self.book.key(), presented, call, &terms, clock)
    }
}

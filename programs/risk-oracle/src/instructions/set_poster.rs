use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, PosterSet};
use crate::instruction;
use crate::state::{Change, Network, Poster};

/// Who has a poster's place.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPosterArgs {
    /// The place, 0 to 3.
    pub place: u8,
    /// The key; zero for nobody.
    pub key: Pubkey,
}

impl SetPosterArgs {
    /// The place is there, and nobody has two.
    ///
    /// # Errors
    /// [`OracleError::PosterOutOfRange`], [`OracleError::PosterRepeated`].
    pub fn validate(&self, network: &Network) -> Result<()> {
        let place = usize::from(self.place);
        require!(place < network.posters.len(), OracleError::PosterOutOfRange);
        require!(!network.posts_elsewhere(place, &self.key), OracleError::PosterRepeated);
        Ok(())
    }

    /// Whether the place is left empty.
    fn empties(&self) -> bool {
        self.key == Pubkey::default()
    }
}

/// Accounts of `set_poster`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetPoster<'info> {
    /// The network's owner; its curator or guardian to empty a place.
    pub signer: Signer<'info>,
    /// The network.
    #[account(mut)]
    pub network: AccountLoader<'info, Network>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetPoster<'info> {
    fn validate(&self, args: &SetPosterArgs) -> Result<()> {
        let network = self.network.load()?;
        network.roles.require_guardian(self.signer.key).map_err(OracleError::from)?;
        args.validate(&network)?;
        let owner = network.roles.require_owner(self.signer.key).is_ok();
        require!(owner || args.empties(), OracleError::OnlyOwnerMayLoosen);
        Ok(())
    }

    /// - Emptying a place is at once, and curator and guardian may: what was posted stays, and ages.
    /// - On a live network a new key must have waited, since posts lower edges.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetPosterArgs) -> Result<()> {
        let clock = Clock::get()?;
        let call = instruction::SetPoster { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        let mut network = ctx.accounts.network.load_mut()?;
        let place = network.posters.get_mut(usize::from(args.place)).ok_or(OracleError::PosterOutOfRange)?;
        if place.key != args.key {
            *place = Poster { key: args.key, posted_at: 0 };
        }
        network.absorb(clock.unix_timestamp, ctx.accounts.signer.key, &call.data());
        network.validate()?;
        drop(network);
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(PosterSet {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            place: args.place,
            key: args.key,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetPoster, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let network = self.network.load()?;
        let SetPosterArgs { place, key } = call.args;
        let same = network.posters.get(usize::from(place)).is_some_and(|poster| poster.key == key);
        let waits = network.is_live() && !call.args.empties() && !same;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_poster(&network, place);
        change::require(waits, &self.network.key(), presented, call, &terms, clock)
    }
}

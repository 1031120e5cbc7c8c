use anchor_lang::prelude::*;

use crate::{
    change::{self, Presented},
    error::RouterError,
    events::VenueApproved,
    instruction,
    state::{Change, Ledger, LineVenue},
    venue::tripwire::identity,
};

/// Accounts of `approve_venue`.
#[event_cpi]
#[derive(Accounts)]
pub struct ApproveVenue<'info> {
    /// The ledger's owner.
    pub owner: Signer<'info>,
    /// The ledger.
    pub ledger: AccountLoader<'info, Ledger>,
    /// The line's pinned venue.
    #[account(mut, has_one = ledger @ RouterError::ForeignAccount)]
    pub line_venue: AccountLoader<'info, LineVenue>,
    /// The venue's program.
    /// CHECK: must be the pinned one.
    pub program_account: UncheckedAccount<'info>,
    /// Its ProgramData account, or the program again where its loader keeps none.
    /// CHECK: must be the program's own.
    pub program_data: UncheckedAccount<'info>,
    /// The swap venue's program; for a swapped line.
    /// CHECK: must be the pinned one.
    pub swap_program: Option<UncheckedAccount<'info>>,
    /// The swap venue's ProgramData account; for a swapped line.
    /// CHECK: must be the program's own.
    pub swap_program_data: Option<UncheckedAccount<'info>>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> ApproveVenue<'info> {
    fn validate(&self) -> Result<()> {
        let ledger = self.ledger.load()?;
        ledger.require_idle()?;
        Ok(ledger.roles.require_owner(self.owner.key).map_err(RouterError::from)?)
    }

    /// - The programs stay the pinned ones; what code they run now is approved.
    /// - It was deployed in the slots that were reviewed, and not replaced since.
    /// - On a live ledger the approval must have waited.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, id: u16, program_slot: u64, swap_slot: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (venue, swap, applied) = {
            let mut line = accounts.line_venue.load_mut()?;
            require!(line.id == id, RouterError::UnknownLine);
            let presented = Presented { change: &accounts.change, instructions: &accounts.instructions };
            let call = instruction::ApproveVenue { line: id, program_slot, swap_slot };
            let (live, terms) = (accounts.ledger.load()?.is_live(), change::terms_of_venue(&line));
            let applied = change::require(live, &accounts.ledger.key(), presented, &call, &terms, &clock)?;
            let now = identity(&accounts.program_account, &accounts.program_data)?;
            require_keys_eq!(now.program, line.venue.program, RouterError::VenueAccountMismatch);
            line.venue = now;
            if line.is_swapped() {
                let (Some(program), Some(data)) = (&accounts.swap_program, &accounts.swap_program_data) else {
                    return err!(RouterError::VenueAccountMismatch);
                };
                let now = identity(program, data)?;
                require_keys_eq!(now.program, line.swap.program, RouterError::VenueAccountMismatch);
                line.swap = now;
            }
            let reviewed = line.venue.program_data_slot == program_slot && line.swap.program_data_slot == swap_slot;
            require!(reviewed, RouterError::VenueChanged);
            line.invariant()?;
            (line.venue, line.swap, applied)
        };
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(VenueApproved {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            line: id,
            program_data_slot: venue.program_data_slot,
            upgrade_authority: venue.upgrade_authority,
            swap_program_data_slot: swap.program_data_slot,
            swap_upgrade_authority: swap.upgrade_authority,
        });
        Ok(())
    }
}

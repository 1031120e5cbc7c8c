use anchor_lang::prelude::*;
use gimbal_control::Creator;

use crate::{
    error::RouterError,
    events::KeeperChanged,
    seeds::KEEPER_SEED,
    state::{Keeper, Ledger},
};

/// Accounts of `register_keeper`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(key: Pubkey)]
pub struct RegisterKeeper<'info> {
    /// The ledger's owner.
    pub owner: Signer<'info>,
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The ledger.
    pub ledger: AccountLoader<'info, Ledger>,
    /// The keeper's registration.
    /// CHECK: its address is checked; it is made here.
    #[account(mut, seeds = [KEEPER_SEED, ledger.key().as_ref(), key.as_ref()], bump)]
    pub keeper: UncheckedAccount<'info>,
    /// Creates the account.
    pub system_program: Program<'info, System>,
}

impl<'info> RegisterKeeper<'info> {
    fn validate(&self, key: &Pubkey) -> Result<()> {
        require_keys_neq!(*key, Pubkey::default(), RouterError::ZeroKey);
        let ledger = self.ledger.load()?;
        Ok(ledger.roles.require_owner(self.owner.key).map_err(RouterError::from)?)
    }

    /// - A registration is made once and never closed: losses and pay stay counted whatever happens to it.
    #[access_control(ctx.accounts.validate(&key))]
    pub fn handler(ctx: Context<'info, Self>, key: Pubkey) -> Result<()> {
        let accounts = &ctx.accounts;
        {
            let (ledger, bump) = (accounts.ledger.key(), [ctx.bumps.keeper]);
            let funds = Creator { payer: accounts.payer.as_ref(), system_program: accounts.system_program.as_ref() };
            let seeds: [&[u8]; 4] = [KEEPER_SEED, ledger.as_ref(), key.as_ref(), &bump];
            let mut keeper = funds.state::<Keeper>(&accounts.keeper, &seeds)?;
            keeper.version = Keeper::VERSION;
            keeper.bump = ctx.bumps.keeper;
            keeper.active = 1;
            keeper.ledger = ledger;
            keeper.key = key;
        }
        let clock = Clock::get()?;
        emit_cpi!(KeeperChanged {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            keeper: key,
            by: accounts.owner.key(),
            active: true,
        });
        Ok(())
    }
}

/// Accounts of `set_keeper_active`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetKeeperActive<'info> {
    /// The ledger's owner; to deactivate its guardian or curator as well.
    pub authority: Signer<'info>,
    /// The ledger.
    pub ledger: AccountLoader<'info, Ledger>,
    /// The keeper's registration.
    #[account(mut, has_one = ledger @ RouterError::ForeignAccount)]
    pub keeper: AccountLoader<'info, Keeper>,
}

impl<'info> SetKeeperActive<'info> {
    fn validate(&self, active: bool) -> Result<()> {
        let ledger = self.ledger.load()?;
        let key = self.authority.key;
        let allowed = if active { ledger.roles.require_owner(key) } else { ledger.roles.require_guardian(key) };
        Ok(allowed.map_err(RouterError::from)?)
    }

    /// - Activating is the owner's; deactivating anybody's who may reduce risk.
    #[access_control(ctx.accounts.validate(active))]
    pub fn handler(ctx: Context<'info, Self>, active: bool) -> Result<()> {
        let accounts = &ctx.accounts;
        let key = {
            let mut keeper = accounts.keeper.load_mut()?;
            keeper.active = u8::from(active);
            keeper.key
        };
        let clock = Clock::get()?;
        emit_cpi!(KeeperChanged {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            keeper: key,
            by: accounts.authority.key(),
            active,
        });
        Ok(())
    }
}

//! Keepers, with the accounts that they are paid to.

use anchor_lang::{prelude::Pubkey, solana_program::program_pack::Pack};
use anchor_spl::token::spl_token::state as token_state;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::{router, token};
use gimbal::pda::router_seeds::keeper_address;
use gimbal::readers;
use solana_instruction::Instruction;
use strategy_router::state::Keeper;

use super::{Compare, Made, State, Step};
use crate::remedy;
use crate::setup::Setup;

/// Registers one keeper.
pub struct Register<'a> {
    pub setup: &'a Setup,
    pub keeper: Pubkey,
}

impl Register<'_> {
    fn registration(&self) -> Pubkey {
        keeper_address(&self.setup.vault.addresses.ledger, &self.keeper).0
    }

    fn is_registered(&self, chain: &dyn Chain) -> Result<Option<Keeper>, ChainError> {
        readers::read_if_exists(chain, &self.registration())
    }
}

impl Step for Register<'_> {
    fn name(&self) -> String {
        let place = self.setup.keepers.iter().position(|keeper| *keeper == self.keeper).unwrap_or_default();
        format!("keeper {}", place + 1)
    }

    fn what(&self) -> String {
        format!("{} may turn the crank, and its account of the base asset", self.keeper)
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(keeper) = self.is_registered(chain)? else { return Ok(State::Missing) };
        if chain.get_account(&self.setup.vault.base_account(&self.keeper))?.is_none() {
            return Ok(State::Missing);
        }
        let mut compare = Compare::default();
        let word = |active: bool| if active { "active" } else { "stopped" };
        let activate = remedy::activate_keeper(&self.setup.vault.addresses.vault, &self.keeper);
        compare.field(self.name(), word(keeper.active == 1), word(true), &activate);
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_ledger(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let Setup { payer, vault, .. } = self.setup;
        let mut instructions = Vec::new();
        if self.is_registered(chain)?.is_none() {
            let owner = self.authority(chain)?;
            instructions.push(router::register_keeper(&owner, payer, &vault.addresses.ledger, &self.keeper));
        }
        let (mint, program) = (&vault.base_mint, &vault.base_token_program);
        instructions.push(token::create_associated(payer, &self.keeper, mint, program));
        Ok(vec![instructions])
    }

    fn makes(&self) -> Vec<Made> {
        let name = self.name();
        let account = self.setup.vault.base_account(&self.keeper);
        vec![
            Made { name: name.clone(), key: Some(self.registration()), bytes: Keeper::SPACE },
            Made { name: format!("{name}: base asset"), key: Some(account), bytes: token_state::Account::LEN },
        ]
    }
}

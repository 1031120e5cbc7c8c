//! The lookup table that the vault names to clients.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::readers::LookupTable;
use gimbal::setup::tables;
use solana_instruction::Instruction;
use vault::Vault;

use super::{Difference, Made, State, Step};
use crate::remedy;
use crate::setup::Setup;

/// Bytes of a table before its addresses.
const HEAD: usize = 56;
/// The SlotHashes sysvar: a count, then slots with their hashes, the newest first.
const SLOT_HASHES: Pubkey = Pubkey::from_str_const("SysvarS1otHashes111111111111111111111111111");

/// A slot of which the newest block's program knows the hash.
fn recent_slot(chain: &dyn Chain) -> Result<u64, ChainError> {
    let account = chain.get_prefix(&SLOT_HASHES, 16)?.ok_or(ChainError::AccountNotFound(SLOT_HASHES))?;
    let slot = account.data.get(8..16).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    slot.ok_or_else(|| ChainError::WrongAccount {
        key: SLOT_HASHES,
        expected: "the sysvar of slot hashes",
        reason: "it names no slot".to_owned(),
    })
}

/// Makes an empty table and has the vault name it, in one transaction: a table that nobody names would be lost.
pub struct Name<'a> {
    pub setup: &'a Setup,
}

impl Step for Name<'_> {
    fn name(&self) -> String {
        "lookup table".to_owned()
    }

    fn what(&self) -> String {
        "shortens messages; named by the vault".to_owned()
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(table) = self.setup.lookup_table(chain)? else { return Ok(State::Missing) };
        if LookupTable::read(chain, &table)?.is_none() {
            return Ok(State::Differs(vec![Difference {
                field: "lookup table".to_owned(),
                chain: format!("{table}, which is no table in use"),
                file: "a table in use".to_owned(),
                remedy: remedy::lookup_table(&self.setup.vault.addresses.vault),
            }]));
        }
        Ok(State::Present)
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        let setup = self.setup;
        super::owner_of(setup, chain, &setup.vault.addresses.vault, |vault: &Vault| vault.roles)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let owner = self.authority(chain)?;
        let (create, table) = tables::creation(&owner, &self.setup.payer, recent_slot(chain)?);
        Ok(vec![vec![create, self.setup.vault.set_lookup_table(&owner, &table)]])
    }

    fn makes(&self) -> Vec<Made> {
        let bytes = HEAD + 32 * self.setup.table.len();
        vec![Made { name: self.name(), key: None, bytes }]
    }
}

/// Puts addresses into the table.
pub struct Fill<'a> {
    pub setup: &'a Setup,
}

impl Fill<'_> {
    /// Those addresses that the table does not hold.
    fn missing(&self, table: &LookupTable) -> Vec<Pubkey> {
        self.setup.table.iter().filter(|address| !table.addresses.contains(address)).copied().collect()
    }
}

impl Step for Fill<'_> {
    fn name(&self) -> String {
        "lookup table's addresses".to_owned()
    }

    fn what(&self) -> String {
        format!("{} addresses", self.setup.table.len())
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(key) = self.setup.lookup_table(chain)? else { return Ok(State::Missing) };
        let Some(table) = LookupTable::read(chain, &key)? else {
            return Ok(State::Blocked(format!("{key} is no table in use")));
        };
        let missing = self.missing(&table).len();
        if missing == 0 {
            return Ok(State::Present);
        }
        if table.addresses.len() + missing > tables::MOST_ADDRESSES {
            return Ok(State::Blocked(format!("{missing} more addresses do not fit; name another table")));
        }
        Ok(match table.authority {
            Some(_) => State::Missing,
            None => State::Blocked(format!("{key} is frozen and lacks {missing} addresses; name another table")),
        })
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        let Some(key) = self.setup.lookup_table(chain)? else { return Ok(self.setup.owner) };
        let table = LookupTable::read(chain, &key)?;
        Ok(table.and_then(|table| table.authority).unwrap_or(self.setup.owner))
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let key = self.setup.lookup_table(chain)?.unwrap_or_default();
        let Some(table) = LookupTable::read(chain, &key)? else { return Err(ChainError::AccountNotFound(key)) };
        let authority = table.authority.unwrap_or(self.setup.owner);
        let extensions = tables::extensions(&key, &authority, &self.setup.payer, &self.missing(&table));
        Ok(extensions.into_iter().map(|extend| vec![extend]).collect())
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

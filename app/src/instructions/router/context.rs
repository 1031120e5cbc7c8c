//! What the router's instructions need to know of a ledger and of each line.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use gimbal_control::program_data::{program_data_address, ProgramData};
use strategy_router::{adapters::lending::at, state::LineVenue};

use crate::chain::{Chain, ChainError};
use crate::pda::{LineAddresses, VaultAddresses};
use crate::readers;

/// One line: its own accounts, and the pinned list that its venue calls take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineContext {
    /// The line's own accounts.
    pub addresses: LineAddresses,
    /// The venue's program and its ProgramData.
    pub venue: (Pubkey, Pubkey),
    /// The swap venue's, where the line is swapped.
    pub swap: Option<(Pubkey, Pubkey)>,
    /// The feed of a swapped line's token.
    pub token_feed: Option<Pubkey>,
    /// The pinned list.
    pub pinned: Vec<Pubkey>,
    /// How many of its accounts a valuation takes.
    pub value_count: usize,
}

impl LineContext {
    /// Reads the line `id` of a vault's ledger.
    ///
    /// # Errors
    ///
    /// [`ChainError::AccountNotFound`] or [`ChainError::WrongAccount`] if there is no such line.
    pub fn read(chain: &(impl Chain + ?Sized), vault: &VaultAddresses, id: u16) -> Result<Self, ChainError> {
        let addresses = LineAddresses::of(&vault.ledger, id);
        Ok(Self::of(addresses, &readers::read(chain, &addresses.venue)?))
    }

    /// A line whose venue account was read before.
    pub fn of(addresses: LineAddresses, venue: &LineVenue) -> Self {
        Self {
            addresses,
            venue: (venue.venue.program, venue.venue.program_data),
            swap: venue.is_swapped().then_some((venue.swap.program, venue.swap.program_data)),
            token_feed: venue.is_swapped().then_some(venue.token_feed),
            pinned: venue.pinned().to_vec(),
            value_count: venue.value_accounts().len(),
        }
    }

    /// The remaining accounts of a valuation.
    pub fn value_accounts(&self) -> Vec<AccountMeta> {
        self.pinned.iter().take(self.value_count).map(|key| AccountMeta::new_readonly(*key, false)).collect()
    }

    /// The remaining accounts of a venue call: program, program data, for a swapped line the swap's two, then the list.
    pub fn call_accounts(&self) -> Vec<AccountMeta> {
        let programs = std::iter::once(self.venue).chain(self.swap);
        let programs = programs.flat_map(|(program, data)| [program, data]);
        let mut accounts: Vec<_> = programs.map(|key| AccountMeta::new_readonly(key, false)).collect();
        accounts.extend(self.pinned.iter().enumerate().map(|(place, key)| pinned_account(place, *key)));
        accounts
    }
}

/// The slots in which the code under a line was deployed: what the owner reviews and approves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeSlots {
    /// Of the venue's program; 0 where its loader cannot replace code.
    pub program: u64,
    /// Of the swap venue's program; 0 for a same-asset line.
    pub swap: u64,
}

impl CodeSlots {
    /// Reads what the line's venues run now.
    ///
    /// # Errors
    ///
    /// [`ChainError::AccountNotFound`] or [`ChainError::WrongAccount`] if a program keeps no readable code.
    pub fn read(chain: &(impl Chain + ?Sized), line: &LineContext) -> Result<Self, ChainError> {
        let slot = |(program, data): (Pubkey, Pubkey)| {
            if program == data {
                return Ok(0);
            }
            let account = chain.require_account(&data)?;
            let code = ProgramData::parse(&account.data);
            code.map(|code| code.slot).map_err(|unknown| ChainError::WrongAccount {
                key: data,
                expected: "a ProgramData account",
                reason: unknown.to_string(),
            })
        };
        Ok(Self { program: slot(line.venue)?, swap: line.swap.map(slot).transpose()?.unwrap_or_default() })
    }
}

/// An entry of the lending adapter's pinned list, with the flags that its venue calls need.
pub fn pinned_account(place: usize, key: Pubkey) -> AccountMeta {
    const READ_ONLY: [usize; 7] = [
        at::MARKET,
        at::MARKET_AUTHORITY,
        at::LIQUIDITY_MINT,
        at::COLLATERAL_TOKEN_PROGRAM,
        at::LIQUIDITY_TOKEN_PROGRAM,
        at::INSTRUCTIONS,
        at::MEMO,
    ];
    match READ_ONLY.contains(&place) {
        true => AccountMeta::new_readonly(key, false),
        false => AccountMeta::new(key, false),
    }
}

/// The program of a venue and the account in which the chain keeps its code: the program itself where its loader keeps
/// none, so that such code cannot change.
///
/// # Errors
///
/// The chain's.
pub fn code_of(chain: &(impl Chain + ?Sized), program: &Pubkey) -> Result<(Pubkey, Pubkey), ChainError> {
    let data = program_data_address(program);
    Ok((*program, if chain.get_account(&data)?.is_some() { data } else { *program }))
}

//! What a lending market and a swap pool name themselves: all that a line pins follows from the addresses of a reserve and a
//! pool.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::{
    klend::{instruction::INSTRUCTIONS_SYSVAR, lending_market_authority, ReserveView},
    whirlpool::{oracle_address, WhirlpoolView, MEMO_PROGRAM_ID},
};

use crate::chain::{Chain, ChainError};
use crate::pda::LineAddresses;

/// Ticks that one tick array holds.
const TICKS_PER_ARRAY: i32 = 88;

/// A lending reserve as a line pins it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveAccounts {
    /// The lending venue's program.
    pub program: Pubkey,
    /// The reserve.
    pub reserve: Pubkey,
    /// Its market.
    pub market: Pubkey,
    /// The market's authority.
    pub authority: Pubkey,
    /// Mint of what it lends, and its token program.
    pub liquidity: (Pubkey, Pubkey),
    /// What it can pay out.
    pub supply_vault: Pubkey,
    /// Mint of its receipt tokens, and its token program.
    pub collateral: (Pubkey, Pubkey),
}

impl ReserveAccounts {
    /// Reads the reserve at `key`, and which token programs hold its mints.
    ///
    /// # Errors
    ///
    /// [`ChainError::AccountNotFound`], or [`ChainError::WrongAccount`] if it is no reserve.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Self, ChainError> {
        let account = chain.require_account(key)?;
        let reserve = ReserveView::parse(&account.data).map_err(|error| ChainError::WrongAccount {
            key: *key,
            expected: "a lending reserve",
            reason: error.to_string(),
        })?;
        let market = reserve.lending_market();
        let with_program = |mint: Pubkey| chain.require_account(&mint).map(|account| (mint, account.owner));
        Ok(Self {
            program: account.owner,
            reserve: *key,
            market,
            authority: lending_market_authority(&market, &account.owner).0,
            liquidity: with_program(reserve.liquidity_mint())?,
            supply_vault: reserve.supply_vault(),
            collateral: with_program(reserve.collateral_mint())?,
        })
    }
}

/// A swap pool as a line pins it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolAccounts {
    /// The swap venue's program.
    pub program: Pubkey,
    /// The pool.
    pub pool: Pubkey,
    /// Its mints A and B.
    pub mints: [Pubkey; 2],
    /// Its accounts of them.
    pub vaults: [Pubkey; 2],
    /// The tick array of the present price and those above and below; where one does not exist, the present one again.
    pub tick_arrays: [Pubkey; 3],
    /// Its account of volatility-dependent fees.
    pub oracle: Pubkey,
}

impl PoolAccounts {
    /// Reads the pool at `key`.
    ///
    /// # Errors
    ///
    /// [`ChainError::AccountNotFound`], or [`ChainError::WrongAccount`] if it is no pool.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Self, ChainError> {
        let account = chain.require_account(key)?;
        let wrong = |reason: String| ChainError::WrongAccount { key: *key, expected: "a swap pool", reason };
        let pool = WhirlpoolView::parse(&account.data).map_err(|error| wrong(error.to_string()))?;
        let span = i32::from(pool.tick_spacing()) * TICKS_PER_ARRAY;
        if span == 0 {
            return Err(wrong("its ticks have no spacing".to_owned()));
        }
        let present = pool.tick_current_index().div_euclid(span) * span;
        let arrays = [present, present + span, present - span].map(|start| tick_array(&account.owner, key, start));
        let exists = chain.get_multiple(&arrays)?;
        let tick_arrays = [0, 1, 2].map(|place| match exists.get(place) {
            Some(Some(found)) if found.owner == account.owner => arrays[place],
            _ => arrays[0],
        });
        Ok(Self {
            program: account.owner,
            pool: *key,
            mints: [pool.token_mint_a(), pool.token_mint_b()],
            vaults: [pool.token_vault_a(), pool.token_vault_b()],
            tick_arrays,
            oracle: oracle_address(key, &account.owner),
        })
    }
}

impl PoolAccounts {
    /// The pool's part of the lending adapter's pinned list.
    pub fn pinned(&self) -> [Pubkey; 8] {
        let ([a, b], [first, second, third]) = (self.vaults, self.tick_arrays);
        [self.pool, a, b, first, second, third, self.oracle, MEMO_PROGRAM_ID]
    }
}

/// The tick array of a pool that begins at a tick.
fn tick_array(program: &Pubkey, pool: &Pubkey, start: i32) -> Pubkey {
    Pubkey::find_program_address(&[b"tick_array", pool.as_ref(), start.to_string().as_bytes()], program).0
}

/// The lending adapter's pinned list.
pub fn pinned(addresses: &LineAddresses, reserve: &ReserveAccounts, pool: Option<&PoolAccounts>) -> Vec<Pubkey> {
    let mut list = vec![
        reserve.reserve,
        addresses.position,
        reserve.market,
        reserve.authority,
        reserve.liquidity.0,
        reserve.supply_vault,
        reserve.collateral.0,
        reserve.collateral.1,
        reserve.liquidity.1,
        INSTRUCTIONS_SYSVAR,
    ];
    if let Some(pool) = pool {
        list.push(addresses.token);
        list.extend(pool.pinned());
    }
    list
}

/// Every account of a line that several transactions name.
pub fn table_addresses(
    addresses: &LineAddresses,
    reserve: &ReserveAccounts,
    pool: Option<&PoolAccounts>,
) -> Vec<Pubkey> {
    let mut all = vec![addresses.venue, reserve.liquidity.0];
    for program in [reserve.program].into_iter().chain(pool.map(|pool| pool.program)) {
        all.push(gimbal_control::program_data::program_data_address(&program));
    }
    all.extend(pinned(addresses, reserve, pool));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Mode;
    use crate::localnet::genesis;
    use crate::setup::lines;

    #[test]
    fn a_reserve_and_a_pool_name_what_their_makers_know() {
        let (chain, made) = genesis::build(1, Mode::Native).unwrap();
        let line = LineAddresses::of(&Pubkey::new_from_array([5; 32]), 3);
        let pool = PoolAccounts::read(&chain, &made.pool.context.pool).unwrap();
        for market in &made.markets {
            let read = ReserveAccounts::read(&chain, &market.addresses.reserve).unwrap();
            assert_eq!(pinned(&line, &read, None), lines::pinned(&line, market, None));
            assert_eq!(pinned(&line, &read, Some(&pool)), lines::pinned(&line, market, Some(&made.pool)));
        }
        assert_eq!(pool.mints, made.pool.context.mints);
    }

    #[test]
    fn other_accounts_are_refused_by_name() {
        let (chain, made) = genesis::build(1, Mode::Native).unwrap();
        let reserve = ReserveAccounts::read(&chain, &made.pool.context.pool).unwrap_err().to_string();
        assert!(reserve.contains("is not a lending reserve"), "{reserve}");
        let pool = PoolAccounts::read(&chain, &made.markets[0].addresses.reserve).unwrap_err().to_string();
        assert!(pool.contains("is not a swap pool"), "{pool}");
        let nowhere = ReserveAccounts::read(&chain, &Pubkey::new_from_array([9; 32])).unwrap_err();
        assert!(matches!(nowhere, ChainError::AccountNotFound(_)));
    }
}

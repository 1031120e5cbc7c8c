//! Reading and writing a `Whirlpool` in place.

use super::{layout as at, layout::At};
use crate::{
    field::{check, Layout, Plain},
    WireError,
};
use solana_program::pubkey::Pubkey;

const LEN: usize = <at::Whirlpool as Layout>::LEN;

/// A pool's bytes, checked for length and discriminator, read in place.
#[derive(Clone, Copy)]
pub struct WhirlpoolView<'a>(&'a [u8; LEN]);

impl<'a> WhirlpoolView<'a> {
    /// Checks length and discriminator. The caller checks the account's owner.
    pub fn parse(data: &'a [u8]) -> Result<Self, WireError> {
        check::<at::Whirlpool, LEN>(data).map(Self)
    }

    /// Any field of [`super::layout`].
    #[inline(always)]
    pub fn get<T: Plain>(&self, field: At<T>) -> T {
        field.read(self.0)
    }

    /// √(price of A in B, smallest units), Q64.64. Anyone can move it for the length of a
    /// transaction: never value a position from it.
    pub fn sqrt_price(&self) -> u128 {
        self.get(at::SQRT_PRICE)
    }

    /// Liquidity in range.
    pub fn liquidity(&self) -> u128 {
        self.get(at::LIQUIDITY)
    }

    /// The tick the price lies in.
    pub fn tick_current_index(&self) -> i32 {
        self.get(at::TICK_CURRENT_INDEX)
    }

    /// Ticks between two usable ticks.
    pub fn tick_spacing(&self) -> u16 {
        self.get(at::TICK_SPACING)
    }

    /// Fee of a swap, millionths of the input.
    pub fn fee_rate(&self) -> u16 {
        self.get(at::FEE_RATE)
    }

    /// The protocol's share of that fee, basis points.
    pub fn protocol_fee_rate(&self) -> u16 {
        self.get(at::PROTOCOL_FEE_RATE)
    }

    /// Mint A; its key sorts before mint B's.
    pub fn token_mint_a(&self) -> Pubkey {
        self.get(at::TOKEN_MINT_A)
    }

    /// Mint B.
    pub fn token_mint_b(&self) -> Pubkey {
        self.get(at::TOKEN_MINT_B)
    }

    /// The pool's account of A.
    pub fn token_vault_a(&self) -> Pubkey {
        self.get(at::TOKEN_VAULT_A)
    }

    /// The pool's account of B.
    pub fn token_vault_b(&self) -> Pubkey {
        self.get(at::TOKEN_VAULT_B)
    }

    /// The protocol's fees in A and B not yet taken out.
    pub fn protocol_fees_owed(&self) -> (u64, u64) {
        (self.get(at::PROTOCOL_FEE_OWED_A), self.get(at::PROTOCOL_FEE_OWED_B))
    }
}

/// A pool's bytes, written in place: for the reference venue and for tests.
pub struct WhirlpoolMut<'a>(&'a mut [u8; LEN]);

impl<'a> WhirlpoolMut<'a> {
    /// Checks length and discriminator.
    pub fn parse(data: &'a mut [u8]) -> Result<Self, WireError> {
        check::<at::Whirlpool, LEN>(data)?;
        data.try_into().map(Self).map_err(|_| WireError::WrongLength)
    }

    /// Turns zeroed bytes of the right length into an empty pool.
    pub fn init(data: &'a mut [u8]) -> Result<Self, WireError> {
        let account: &mut [u8; LEN] = data.try_into().map_err(|_| WireError::WrongLength)?;
        at::Whirlpool::DISCRIMINATOR.write(account, 0);
        Ok(Self(account))
    }

    /// Reads through the same bytes.
    pub fn view(&self) -> WhirlpoolView<'_> {
        WhirlpoolView(self.0)
    }

    /// Any field of [`super::layout`].
    #[inline(always)]
    pub fn get<T: Plain>(&self, field: At<T>) -> T {
        field.read(self.0)
    }

    /// Writes any field of [`super::layout`].
    #[inline(always)]
    pub fn set<T: Plain>(&mut self, field: At<T>, value: T) {
        field.write(self.0, value);
    }
}

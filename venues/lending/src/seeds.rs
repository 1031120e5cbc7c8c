//! Every address this program derives, one function each, and all of one reserve together.

use anchor_lang::prelude::*;
pub use gimbal_venue_wire::klend::LENDING_MARKET_AUTHORITY_SEED;
use gimbal_venue_wire::klend::{instruction::DepositorAccounts, lending_market_authority};

/// First seed of a market; then its first owner and its index.
pub const MARKET_SEED: &[u8] = b"market";
/// First seed of a reserve; then its market and its mint.
pub const RESERVE_SEED: &[u8] = b"reserve";
/// First seed of a reserve's vault; then the reserve.
pub const SUPPLY_VAULT_SEED: &[u8] = b"reserve_liq_supply";
/// First seed of a reserve's fee vault; then the reserve.
pub const FEE_VAULT_SEED: &[u8] = b"fee_receiver";
/// First seed of a reserve's cToken mint; then the reserve.
pub const COLLATERAL_MINT_SEED: &[u8] = b"reserve_coll_mint";
/// First seed of a reserve's vault of pledged cTokens; then the reserve.
pub const COLLATERAL_SUPPLY_SEED: &[u8] = b"reserve_coll_supply";
/// First seed of a reserve's borrowers; then the reserve.
pub const BORROWERS_SEED: &[u8] = b"borrowers";
/// First seed of the token account that the simulated borrowers keep what they borrowed in; then the reserve.
pub const BORROWERS_WALLET_SEED: &[u8] = b"borrowers_wallet";

fn find(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &crate::ID).0
}

/// The market `index` that `creator` opened.
pub fn find_market(creator: &Pubkey, index: u16) -> Pubkey {
    find(&[MARKET_SEED, creator.as_ref(), &index.to_le_bytes()])
}

/// The owner of a market's vaults.
pub fn find_market_authority(market: &Pubkey) -> Pubkey {
    lending_market_authority(market, &crate::ID).0
}

/// A market's reserve of `mint`.
pub fn find_reserve(market: &Pubkey, mint: &Pubkey) -> Pubkey {
    find(&[RESERVE_SEED, market.as_ref(), mint.as_ref()])
}

/// All addresses of one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveAddresses {
    /// The market.
    pub market: Pubkey,
    /// Owner of the vaults, mint authority of the cToken.
    pub authority: Pubkey,
    /// The mint of the asset.
    pub liquidity_mint: Pubkey,
    /// The reserve.
    pub reserve: Pubkey,
    /// The asset's vault.
    pub supply_vault: Pubkey,
    /// The vault of fees.
    pub fee_vault: Pubkey,
    /// The cToken's mint.
    pub collateral_mint: Pubkey,
    /// The vault of pledged cTokens.
    pub collateral_supply: Pubkey,
    /// The reserve's borrowers.
    pub borrowers: Pubkey,
    /// What the simulated borrowers borrowed.
    pub borrowers_wallet: Pubkey,
}

impl ReserveAddresses {
    /// The addresses of a market's reserve of `mint`.
    pub fn find(market: &Pubkey, mint: &Pubkey) -> Self {
        let reserve = find_reserve(market, mint);
        let of_reserve = |seed: &[u8]| find(&[seed, reserve.as_ref()]);
        Self {
            market: *market,
            authority: find_market_authority(market),
            liquidity_mint: *mint,
            reserve,
            supply_vault: of_reserve(SUPPLY_VAULT_SEED),
            fee_vault: of_reserve(FEE_VAULT_SEED),
            collateral_mint: of_reserve(COLLATERAL_MINT_SEED),
            collateral_supply: of_reserve(COLLATERAL_SUPPLY_SEED),
            borrowers: of_reserve(BORROWERS_SEED),
            borrowers_wallet: of_reserve(BORROWERS_WALLET_SEED),
        }
    }

    /// A depositor's accounts for klend's three instructions. `pyth` is the reserve's oracle, if it
    /// has one.
    pub fn depositor(
        &self,
        owner: Pubkey,
        user_liquidity: Pubkey,
        user_collateral: Pubkey,
        liquidity_token_program: Pubkey,
        pyth: Option<Pubkey>,
    ) -> DepositorAccounts {
        DepositorAccounts {
            owner,
            reserve: self.reserve,
            lending_market: self.market,
            lending_market_authority: self.authority,
            liquidity_mint: self.liquidity_mint,
            liquidity_supply: self.supply_vault,
            collateral_mint: self.collateral_mint,
            user_liquidity,
            user_collateral,
            collateral_token_program: anchor_spl::token::ID,
            liquidity_token_program,
            oracles: [pyth.unwrap_or(crate::ID), crate::ID, crate::ID, crate::ID],
        }
    }
}

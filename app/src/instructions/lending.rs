//! Instructions of the reference lending market, which exists on test chains only: opening it, and playing its
//! borrowers. What an adapter sends to it is klend's, and built by the router.

use anchor_lang::{prelude::Pubkey, system_program};
use anchor_spl::token;
use gimbal_venue_wire::klend::instruction::refresh_reserve as klend_refresh;
use lending_venue::{
    accounts, instruction,
    seeds::{find_market, find_market_authority, ReserveAddresses},
    CohortParams, InitMarketArgs, InitReserveArgs, ReserveConfig, SetMarketArgs, SimulateBorrowersArgs, WriteOffArgs,
    ID,
};
use solana_instruction::Instruction;

use super::{build, token::associated};

/// Opens a market; `owner` signs and pays.
pub fn init_market(owner: &Pubkey, args: InitMarketArgs) -> Instruction {
    let market = find_market(owner, args.index);
    let accounts = accounts::InitMarket {
        owner: *owner,
        market,
        market_authority: find_market_authority(&market),
        system_program: system_program::ID,
    };
    build(ID, accounts, instruction::InitMarket { args })
}

/// Halts a market or stops its lending; its owner signs.
pub fn set_market(owner: &Pubkey, market: &Pubkey, args: SetMarketArgs) -> Instruction {
    let accounts = accounts::SetMarket { owner: *owner, market: *market };
    build(ID, accounts, instruction::SetMarket { args })
}

/// One reserve and who plays its market's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveContext {
    /// The market's owner, who signs everything here but a refresh.
    pub owner: Pubkey,
    /// The reserve's accounts.
    pub addresses: ReserveAddresses,
    /// Token program of the reserve's asset.
    pub token_program: Pubkey,
    /// The Pyth account that the reserve takes its price from, if any.
    pub pyth: Option<Pubkey>,
}

impl ReserveContext {
    /// The owner's associated account of the reserve's asset.
    pub fn owner_account(&self) -> Pubkey {
        associated(&self.owner, &self.addresses.liquidity_mint, &self.token_program)
    }

    /// Opens the reserve with a first deposit from the owner's associated account.
    pub fn init_reserve(&self, args: InitReserveArgs) -> Instruction {
        let addresses = self.addresses;
        let accounts = accounts::InitReserve {
            owner: self.owner,
            market: addresses.market,
            market_authority: addresses.authority,
            liquidity_mint: addresses.liquidity_mint,
            reserve: addresses.reserve,
            supply_vault: addresses.supply_vault,
            fee_vault: addresses.fee_vault,
            collateral_mint: addresses.collateral_mint,
            collateral_supply: addresses.collateral_supply,
            source: self.owner_account(),
            collateral_token_program: token::ID,
            liquidity_token_program: self.token_program,
            system_program: system_program::ID,
        };
        build(ID, accounts, instruction::InitReserve { args })
    }

    /// Opens the books of the reserve's borrowers.
    pub fn init_borrowers(&self) -> Instruction {
        let addresses = self.addresses;
        let accounts = accounts::InitBorrowers {
            owner: self.owner,
            market: addresses.market,
            market_authority: addresses.authority,
            reserve: addresses.reserve,
            liquidity_mint: addresses.liquidity_mint,
            borrowers: addresses.borrowers,
            borrowers_wallet: addresses.borrowers_wallet,
            liquidity_token_program: self.token_program,
            system_program: system_program::ID,
        };
        build(ID, accounts, instruction::InitBorrowers {})
    }

    fn set_reserve(&self) -> accounts::SetReserve {
        accounts::SetReserve { owner: self.owner, market: self.addresses.market, reserve: self.addresses.reserve }
    }

    /// Sets curve, limits, caps and rates.
    pub fn set_config(&self, config: ReserveConfig) -> Instruction {
        build(ID, self.set_reserve(), instruction::SetConfig { config })
    }

    /// 0 active, 1 obsolete, 2 hidden.
    pub fn set_status(&self, status: u8) -> Instruction {
        build(ID, self.set_reserve(), instruction::SetStatus { status })
    }

    /// Sets the price of a reserve without an oracle, U68F60.
    pub fn set_price(&self, price_sf: u128) -> Instruction {
        let price_sf = [price_sf as u64, (price_sf >> 64) as u64];
        build(ID, self.set_reserve(), instruction::SetPrice { price_sf })
    }

    /// klend's own `refresh_reserve`; nobody needs to sign.
    pub fn refresh(&self) -> Instruction {
        let absent = self.addresses.depositor(self.owner, self.owner, self.owner, self.token_program, self.pyth);
        klend_refresh(&ID, &absent.refresh())
    }

    fn move_loan(&self) -> accounts::MoveLoan {
        let addresses = self.addresses;
        accounts::MoveLoan {
            owner: self.owner,
            market: addresses.market,
            market_authority: addresses.authority,
            reserve: addresses.reserve,
            borrowers: addresses.borrowers,
            liquidity_mint: addresses.liquidity_mint,
            supply_vault: addresses.supply_vault,
            user_liquidity: self.owner_account(),
            liquidity_token_program: self.token_program,
        }
    }

    /// Lends to the owner; `u64::MAX` takes all there is. A refresh must come first in the same slot.
    pub fn borrow(&self, amount: u64) -> Instruction {
        build(ID, self.move_loan(), instruction::Borrow { amount })
    }

    /// Takes back what the owner borrowed. A refresh must come first in the same slot.
    pub fn repay(&self, amount: u64) -> Instruction {
        build(ID, self.move_loan(), instruction::Repay { amount })
    }

    /// Gives up debt: the holders of cTokens bear it. A refresh must come first in the same slot.
    pub fn write_off(&self, args: WriteOffArgs) -> Instruction {
        let addresses = self.addresses;
        let accounts = accounts::WriteOff {
            owner: self.owner,
            market: addresses.market,
            reserve: addresses.reserve,
            borrowers: addresses.borrowers,
        };
        build(ID, accounts, instruction::WriteOff { args })
    }

    /// Defines the simulated borrowers.
    pub fn set_cohorts(&self, cohorts: Vec<CohortParams>) -> Instruction {
        let addresses = self.addresses;
        let accounts = accounts::SetCohorts {
            owner: self.owner,
            market: addresses.market,
            reserve: addresses.reserve,
            borrowers: addresses.borrowers,
        };
        build(ID, accounts, instruction::SetCohorts { cohorts })
    }

    /// Lets every cohort act once at the prices given. Liquidations are paid from the owner's associated account.
    pub fn simulate_borrowers(&self, args: SimulateBorrowersArgs) -> Instruction {
        let addresses = self.addresses;
        let accounts = accounts::SimulateBorrowers {
            owner: self.owner,
            market: addresses.market,
            market_authority: addresses.authority,
            reserve: addresses.reserve,
            borrowers: addresses.borrowers,
            liquidity_mint: addresses.liquidity_mint,
            supply_vault: addresses.supply_vault,
            borrowers_wallet: addresses.borrowers_wallet,
            liquidator: self.owner_account(),
            liquidity_token_program: self.token_program,
        };
        build(ID, accounts, instruction::SimulateBorrowers { args })
    }

    /// klend's own `deposit_reserve_liquidity` by any owner from its associated accounts; the owner signs.
    pub fn deposit(&self, owner: &Pubkey, amount: u64) -> Instruction {
        let keys = self.depositor(owner);
        gimbal_venue_wire::klend::instruction::deposit_reserve_liquidity(&ID, &keys.deposit(), amount)
    }

    /// klend's own `redeem_reserve_collateral` by any owner to its associated accounts; the owner signs.
    pub fn redeem(&self, owner: &Pubkey, collateral: u64) -> Instruction {
        let keys = self.depositor(owner);
        gimbal_venue_wire::klend::instruction::redeem_reserve_collateral(&ID, &keys.redeem(), collateral)
    }

    fn depositor(&self, owner: &Pubkey) -> gimbal_venue_wire::klend::instruction::DepositorAccounts {
        let addresses = self.addresses;
        let liquidity = associated(owner, &addresses.liquidity_mint, &self.token_program);
        let collateral = associated(owner, &addresses.collateral_mint, &token::ID);
        addresses.depositor(*owner, liquidity, collateral, self.token_program, self.pyth)
    }
}

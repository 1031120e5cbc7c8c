//! The venue's own instructions, built for clients. klend's three are built by `gimbal-venue-wire`.

use anchor_lang::{prelude::*, solana_program::instruction::Instruction, InstructionData, ToAccountMetas};

use crate::{
    accounts, instruction,
    seeds::{find_market, find_market_authority, ReserveAddresses},
    CohortParams, InitMarketArgs, InitReserveArgs, ReserveConfig, SetMarketArgs, SimulateBorrowersArgs, WriteOffArgs,
};

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction { program_id: crate::ID, accounts: accounts.to_account_metas(None), data: data.data() }
}

/// `init_market`: opens the market [`find_market`]`(owner, args.index)`.
pub fn init_market(owner: Pubkey, args: InitMarketArgs) -> Instruction {
    let market = find_market(&owner, args.index);
    let accounts = accounts::InitMarket {
        owner,
        market,
        market_authority: find_market_authority(&market),
        system_program: anchor_lang::system_program::ID,
    };
    build(accounts, instruction::InitMarket { args })
}

/// The instructions of a market's owner on one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerClient {
    /// The market's owner.
    pub owner: Pubkey,
    /// The reserve.
    pub reserve: ReserveAddresses,
    /// Token program of the reserve's asset.
    pub token_program: Pubkey,
}

impl OwnerClient {
    /// For the reserve of `mint`, a classic SPL token, in `market`.
    pub fn new(owner: Pubkey, market: &Pubkey, mint: &Pubkey) -> Self {
        Self { owner, reserve: ReserveAddresses::find(market, mint), token_program: anchor_spl::token::ID }
    }

    /// `set_market`.
    pub fn set_market(&self, args: SetMarketArgs) -> Instruction {
        let accounts = accounts::SetMarket { owner: self.owner, market: self.reserve.market };
        build(accounts, instruction::SetMarket { args })
    }

    /// `init_reserve`; the first deposit comes from `source`, the owner's token account.
    pub fn init_reserve(&self, source: Pubkey, args: InitReserveArgs) -> Instruction {
        let reserve = &self.reserve;
        let accounts = accounts::InitReserve {
            owner: self.owner,
            market: reserve.market,
            market_authority: reserve.authority,
            liquidity_mint: reserve.liquidity_mint,
            reserve: reserve.reserve,
            supply_vault: reserve.supply_vault,
            fee_vault: reserve.fee_vault,
            collateral_mint: reserve.collateral_mint,
            collateral_supply: reserve.collateral_supply,
            source,
            collateral_token_program: anchor_spl::token::ID,
            liquidity_token_program: self.token_program,
            system_program: anchor_lang::system_program::ID,
        };
        build(accounts, instruction::InitReserve { args })
    }

    /// `init_borrowers`.
    pub fn init_borrowers(&self) -> Instruction {
        let reserve = &self.reserve;
        let accounts = accounts::InitBorrowers {
            owner: self.owner,
            market: reserve.market,
            market_authority: reserve.authority,
            reserve: reserve.reserve,
            liquidity_mint: reserve.liquidity_mint,
            borrowers: reserve.borrowers,
            borrowers_wallet: reserve.borrowers_wallet,
            liquidity_token_program: self.token_program,
            system_program: anchor_lang::system_program::ID,
        };
        build(accounts, instruction::InitBorrowers {})
    }

    fn set_reserve(&self) -> accounts::SetReserve {
        accounts::SetReserve { owner: self.owner, market: self.reserve.market, reserve: self.reserve.reserve }
    }

    /// `set_config`.
    pub fn set_config(&self, config: ReserveConfig) -> Instruction {
        build(self.set_reserve(), instruction::SetConfig { config })
    }

    /// `set_status`: 0 active, 1 obsolete, 2 hidden.
    pub fn set_status(&self, status: u8) -> Instruction {
        build(self.set_reserve(), instruction::SetStatus { status })
    }

    /// `set_price`: U68F60 per whole token, low word first.
    pub fn set_price(&self, price_sf: [u64; 2]) -> Instruction {
        build(self.set_reserve(), instruction::SetPrice { price_sf })
    }

    fn move_loan(&self, user_liquidity: Pubkey) -> accounts::MoveLoan {
        let reserve = &self.reserve;
        accounts::MoveLoan {
            owner: self.owner,
            market: reserve.market,
            market_authority: reserve.authority,
            reserve: reserve.reserve,
            borrowers: reserve.borrowers,
            liquidity_mint: reserve.liquidity_mint,
            supply_vault: reserve.supply_vault,
            user_liquidity,
            liquidity_token_program: self.token_program,
        }
    }

    /// `borrow`: the reserve must be refreshed in the same slot. `u64::MAX` for all there is.
    pub fn borrow(&self, destination: Pubkey, amount: u64) -> Instruction {
        build(self.move_loan(destination), instruction::Borrow { amount })
    }

    /// `repay`: the reserve must be refreshed in the same slot.
    pub fn repay(&self, source: Pubkey, amount: u64) -> Instruction {
        build(self.move_loan(source), instruction::Repay { amount })
    }

    /// `write_off`: the reserve must be refreshed in the same slot.
    pub fn write_off(&self, args: WriteOffArgs) -> Instruction {
        let reserve = &self.reserve;
        let accounts = accounts::WriteOff {
            owner: self.owner,
            market: reserve.market,
            reserve: reserve.reserve,
            borrowers: reserve.borrowers,
        };
        build(accounts, instruction::WriteOff { args })
    }

    /// `set_cohorts`.
    pub fn set_cohorts(&self, cohorts: Vec<CohortParams>) -> Instruction {
        let reserve = &self.reserve;
        let accounts = accounts::SetCohorts {
            owner: self.owner,
            market: reserve.market,
            reserve: reserve.reserve,
            borrowers: reserve.borrowers,
        };
        build(accounts, instruction::SetCohorts { cohorts })
    }

    /// `simulate_borrowers`; `liquidator` is the owner's token account that liquidations are paid from.
    pub fn simulate_borrowers(&self, liquidator: Pubkey, args: SimulateBorrowersArgs) -> Instruction {
        let reserve = &self.reserve;
        let accounts = accounts::SimulateBorrowers {
            owner: self.owner,
            market: reserve.market,
            market_authority: reserve.authority,
            reserve: reserve.reserve,
            borrowers: reserve.borrowers,
            liquidity_mint: reserve.liquidity_mint,
            supply_vault: reserve.supply_vault,
            borrowers_wallet: reserve.borrowers_wallet,
            liquidator,
            liquidity_token_program: self.token_program,
        };
        build(accounts, instruction::SimulateBorrowers { args })
    }

    /// klend's `refresh_reserve` for a reserve with the oracle `pyth`, or none.
    pub fn refresh(&self, pyth: Option<Pubkey>) -> Instruction {
        let none = crate::ID;
        let keys = [self.reserve.reserve, self.reserve.market, pyth.unwrap_or(none), none, none, none];
        gimbal_venue_wire::klend::instruction::refresh_reserve(&crate::ID, &keys)
    }
}

//! The three klend instructions a depositor needs.
//!
//! None of them touches an obligation, so none is on klend's list of calls that programs may not
//! make. Each comes as its data bytes, its account order and a builder that joins the two.

use crate::accounts::{metas, AccountSpec};
use solana_program::{instruction::Instruction, pubkey::Pubkey};

/// Discriminator of `refresh_reserve`.
pub const REFRESH_RESERVE: [u8; 8] = [0x02, 0xda, 0x8a, 0xeb, 0x4f, 0xc9, 0x19, 0x66];
/// Discriminator of `deposit_reserve_liquidity`.
pub const DEPOSIT_RESERVE_LIQUIDITY: [u8; 8] = [0xa9, 0xc9, 0x1e, 0x7e, 0x06, 0xcd, 0x66, 0x44];
/// Discriminator of `redeem_reserve_collateral`.
pub const REDEEM_RESERVE_COLLATERAL: [u8; 8] = [0xea, 0x75, 0xb5, 0x7d, 0xb9, 0x8e, 0xdc, 0x1d];

/// Account order of `refresh_reserve`. An absent oracle is passed as klend's program id.
pub const REFRESH_RESERVE_ACCOUNTS: [AccountSpec; 6] = [
    AccountSpec::writable("reserve"),
    AccountSpec::readonly("lending_market"),
    AccountSpec::readonly("pyth_oracle"),
    AccountSpec::readonly("switchboard_price_oracle"),
    AccountSpec::readonly("switchboard_twap_oracle"),
    AccountSpec::readonly("scope_prices"),
];

/// Account order of `deposit_reserve_liquidity`.
pub const DEPOSIT_RESERVE_LIQUIDITY_ACCOUNTS: [AccountSpec; 12] = [
    AccountSpec::signer("owner"),
    AccountSpec::writable("reserve"),
    AccountSpec::readonly("lending_market"),
    AccountSpec::readonly("lending_market_authority"),
    AccountSpec::readonly("reserve_liquidity_mint"),
    AccountSpec::writable("reserve_liquidity_supply"),
    AccountSpec::writable("reserve_collateral_mint"),
    AccountSpec::writable("user_source_liquidity"),
    AccountSpec::writable("user_destination_collateral"),
    AccountSpec::readonly("collateral_token_program"),
    AccountSpec::readonly("liquidity_token_program"),
    AccountSpec::readonly("instruction_sysvar_account"),
];

/// Account order of `redeem_reserve_collateral`.
pub const REDEEM_RESERVE_COLLATERAL_ACCOUNTS: [AccountSpec; 12] = [
    AccountSpec::signer("owner"),
    AccountSpec::readonly("lending_market"),
    AccountSpec::writable("reserve"),
    AccountSpec::readonly("lending_market_authority"),
    AccountSpec::readonly("reserve_liquidity_mint"),
    AccountSpec::writable("reserve_collateral_mint"),
    AccountSpec::writable("reserve_liquidity_supply"),
    AccountSpec::writable("user_source_collateral"),
    AccountSpec::writable("user_destination_liquidity"),
    AccountSpec::readonly("collateral_token_program"),
    AccountSpec::readonly("liquidity_token_program"),
    AccountSpec::readonly("instruction_sysvar_account"),
];

/// The accounts of one depositor at one reserve, from which all three orders are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositorAccounts {
    /// Signs and owns the two token accounts.
    pub owner: Pubkey,
    /// The reserve.
    pub reserve: Pubkey,
    /// The market it belongs to.
    pub lending_market: Pubkey,
    /// The market's PDA, [`super::lending_market_authority`].
    pub lending_market_authority: Pubkey,
    /// Mint of the asset.
    pub liquidity_mint: Pubkey,
    /// The reserve's vault of the asset.
    pub liquidity_supply: Pubkey,
    /// Mint of the cToken.
    pub collateral_mint: Pubkey,
    /// The depositor's account of the asset.
    pub user_liquidity: Pubkey,
    /// The depositor's account of the cToken.
    pub user_collateral: Pubkey,
    /// Token program of the cToken.
    pub collateral_token_program: Pubkey,
    /// Token program of the asset.
    pub liquidity_token_program: Pubkey,
    /// Pyth, Switchboard price, Switchboard average and Scope; klend's program id where absent.
    pub oracles: [Pubkey; 4],
}

impl DepositorAccounts {
    /// Keys in the order of [`REFRESH_RESERVE_ACCOUNTS`].
    pub fn refresh(&self) -> [Pubkey; 6] {
        let [pyth, switchboard_price, switchboard_twap, scope] = self.oracles;
        [self.reserve, self.lending_market, pyth, switchboard_price, switchboard_twap, scope]
    }

    /// Keys in the order of [`DEPOSIT_RESERVE_LIQUIDITY_ACCOUNTS`].
    pub fn deposit(&self) -> [Pubkey; 12] {
        [
            self.owner,
            self.reserve,
            self.lending_market,
            self.lending_market_authority,
            self.liquidity_mint,
            self.liquidity_supply,
            self.collateral_mint,
            self.user_liquidity,
            self.user_collateral,
            self.collateral_token_program,
            self.liquidity_token_program,
            INSTRUCTIONS_SYSVAR,
        ]
    }

    /// Keys in the order of [`REDEEM_RESERVE_COLLATERAL_ACCOUNTS`].
    pub fn redeem(&self) -> [Pubkey; 12] {
        [
            self.owner,
            self.lending_market,
            self.reserve,
            self.lending_market_authority,
            self.liquidity_mint,
            self.collateral_mint,
            self.liquidity_supply,
            self.user_collateral,
            self.user_liquidity,
            self.collateral_token_program,
            self.liquidity_token_program,
            INSTRUCTIONS_SYSVAR,
        ]
    }
}

/// The instructions sysvar, which klend inspects for its call checks.
pub const INSTRUCTIONS_SYSVAR: Pubkey = solana_program::pubkey!("Sysvar1nstructions1111111111111111111111111");

/// Data of `refresh_reserve`.
pub const fn refresh_reserve_data() -> [u8; 8] {
    REFRESH_RESERVE
}

/// Data of `deposit_reserve_liquidity` for `liquidity_amount` smallest units of the asset.
pub fn deposit_reserve_liquidity_data(liquidity_amount: u64) -> [u8; 16] {
    with_amount(DEPOSIT_RESERVE_LIQUIDITY, liquidity_amount)
}

/// Data of `redeem_reserve_collateral` for `collateral_amount` smallest units of the cToken.
pub fn redeem_reserve_collateral_data(collateral_amount: u64) -> [u8; 16] {
    with_amount(REDEEM_RESERVE_COLLATERAL, collateral_amount)
}

fn with_amount(discriminator: [u8; 8], amount: u64) -> [u8; 16] {
    let mut data = [0; 16];
    let (head, tail) = data.split_at_mut(8);
    head.copy_from_slice(&discriminator);
    tail.copy_from_slice(&amount.to_le_bytes());
    data
}

/// `refresh_reserve` over keys in the order of [`REFRESH_RESERVE_ACCOUNTS`].
pub fn refresh_reserve(program_id: &Pubkey, keys: &[Pubkey; 6]) -> Instruction {
    Instruction {
        program_id: *program_id,
        accounts: metas(&REFRESH_RESERVE_ACCOUNTS, keys),
        data: refresh_reserve_data().to_vec(),
    }
}

/// `deposit_reserve_liquidity` over keys in the order of [`DEPOSIT_RESERVE_LIQUIDITY_ACCOUNTS`].
pub fn deposit_reserve_liquidity(program_id: &Pubkey, keys: &[Pubkey; 12], liquidity_amount: u64) -> Instruction {
    Instruction {
        program_id: *program_id,
        accounts: metas(&DEPOSIT_RESERVE_LIQUIDITY_ACCOUNTS, keys),
        data: deposit_reserve_liquidity_data(liquidity_amount).to_vec(),
    }
}

/// `redeem_reserve_collateral` over keys in the order of [`REDEEM_RESERVE_COLLATERAL_ACCOUNTS`].
pub fn redeem_reserve_collateral(program_id: &Pubkey, keys: &[Pubkey; 12], collateral_amount: u64) -> Instruction {
    Instruction {
        program_id: *program_id,
        accounts: metas(&REDEEM_RESERVE_COLLATERAL_ACCOUNTS, keys),
        data: redeem_reserve_collateral_data(collateral_amount).to_vec(),
    }
}

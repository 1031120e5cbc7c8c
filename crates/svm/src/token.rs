//! SPL mints and token accounts, written directly instead of by transactions.

use {
    crate::{
        chain::EmbeddedChain,
        ids::{ASSOCIATED_TOKEN_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM},
        ChainError,
    },
    anchor_lang::prelude::Pubkey,
    solana_account::ReadableAccount,
};

/// Length of an SPL mint without extensions, in bytes.
pub const MINT_BYTES: usize = 82;
/// Length of an SPL token account without extensions, in bytes.
pub const TOKEN_ACCOUNT_BYTES: usize = 165;

/// A mint's state, as SPL Token lays it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintState {
    /// Who may mint; `None` fixes the supply.
    pub mint_authority: Option<Pubkey>,
    /// Tokens in existence, in the smallest unit.
    pub supply: u64,
    /// Decimal places of a whole token.
    pub decimals: u8,
    /// Who may freeze token accounts.
    pub freeze_authority: Option<Pubkey>,
}

/// A token account's state, as SPL Token lays it out. Never a native (wrapped SOL) account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccountState {
    /// The mint.
    pub mint: Pubkey,
    /// Who may spend.
    pub owner: Pubkey,
    /// Balance in the smallest unit.
    pub amount: u64,
    /// Who may spend `delegated_amount` in the owner's place.
    pub delegate: Option<Pubkey>,
    /// What the delegate may spend.
    pub delegated_amount: u64,
    /// Who may close the account in the owner's place.
    pub close_authority: Option<Pubkey>,
    /// Whether the freeze authority has frozen it.
    pub frozen: bool,
}

impl TokenAccountState {
    /// A plain account: no delegate, no close authority, not frozen.
    pub fn new(mint: Pubkey, owner: Pubkey, amount: u64) -> Self {
        Self { mint, owner, amount, delegate: None, delegated_amount: 0, close_authority: None, frozen: false }
    }

    /// The 165 bytes of the account.
    pub fn pack(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(TOKEN_ACCOUNT_BYTES);
        data.extend_from_slice(self.mint.as_ref());
        data.extend_from_slice(self.owner.as_ref());
        data.extend_from_slice(&self.amount.to_le_bytes());
        push_optional(&mut data, self.delegate);
        data.push(if self.frozen { 2 } else { 1 });
        // Not native: an absent optional u64.
        data.extend_from_slice(&[0; 12]);
        data.extend_from_slice(&self.delegated_amount.to_le_bytes());
        push_optional(&mut data, self.close_authority);
        data
    }
}

impl MintState {
    /// The 82 bytes of the mint.
    pub fn pack(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(MINT_BYTES);
        push_optional(&mut data, self.mint_authority);
        data.extend_from_slice(&self.supply.to_le_bytes());
        data.push(self.decimals);
        data.push(1);
        push_optional(&mut data, self.freeze_authority);
        data
    }
}

/// SPL Token's optional address: a `u32` flag, then 32 bytes, zero when absent.
fn push_optional(data: &mut Vec<u8>, address: Option<Pubkey>) {
    data.extend_from_slice(&u32::from(address.is_some()).to_le_bytes());
    data.extend_from_slice(address.unwrap_or_default().as_ref());
}

/// The address of an owner's associated token account.
pub fn associated_token_address(owner: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[owner.as_ref(), token_program.as_ref(), mint.as_ref()], &ASSOCIATED_TOKEN_PROGRAM).0
}

/// Where a mint keeps its supply and a token account its balance.
const SUPPLY_OFFSET: usize = 36;
const AMOUNT_OFFSET: usize = 64;

impl EmbeddedChain {
    /// Writes a mint of the classic token program.
    ///
    /// # Errors
    /// Those of [`set_account`](Self::set_account).
    pub fn set_mint(&mut self, address: Pubkey, mint: &MintState) -> Result<(), ChainError> {
        self.set_data(address, TOKEN_PROGRAM, mint.pack())
    }

    /// Writes a token account of the classic token program. The mint's supply stays as it is; see
    /// [`credit_tokens`](Self::credit_tokens).
    ///
    /// # Errors
    /// Those of [`set_account`](Self::set_account).
    pub fn set_token_account(&mut self, address: Pubkey, state: &TokenAccountState) -> Result<(), ChainError> {
        self.set_data(address, TOKEN_PROGRAM, state.pack())
    }

    /// Mints `amount` to the owner's associated token account out of nothing, making the account
    /// where there is none. Balance and supply rise together. Works for both token programs, for
    /// mints whose accounts need no extensions.
    ///
    /// # Errors
    /// `NotATokenAccount` if `mint` is none, `BalanceOverflow` beyond 64 bits.
    pub fn credit_tokens(&mut self, owner: &Pubkey, mint: &Pubkey, amount: u64) -> Result<Pubkey, ChainError> {
        let program = self.account(mint).map(|account| account.owner).ok_or(ChainError::NotATokenAccount(*mint))?;
        let address = associated_token_address(owner, mint, &program);
        // The supply first: it bounds every balance, so that an overflow changes nothing.
        self.raise(mint, SUPPLY_OFFSET, amount)?;
        if self.account_data(&address).is_none() {
            let state = TokenAccountState::new(*mint, *owner, 0);
            self.set_data(address, program, state.pack())?;
        }
        self.raise(&address, AMOUNT_OFFSET, amount)?;
        Ok(address)
    }

    fn raise(&mut self, address: &Pubkey, offset: usize, amount: u64) -> Result<(), ChainError> {
        let value = self.read_amount(address, offset)?;
        let raised = value.checked_add(amount).ok_or(ChainError::BalanceOverflow(*address))?;
        let mut account = self.account(address).ok_or(ChainError::NotATokenAccount(*address))?;
        account
            .data
            .get_mut(offset..offset + 8)
            .ok_or(ChainError::NotATokenAccount(*address))?
            .copy_from_slice(&raised.to_le_bytes());
        self.set_account(*address, account)
    }

    fn read_amount(&self, address: &Pubkey, offset: usize) -> Result<u64, ChainError> {
        self.svm
            .accounts_db()
            .get_account_ref(address)
            .filter(|account| [TOKEN_PROGRAM, TOKEN_2022_PROGRAM].contains(account.owner()))
            .and_then(|account| account.data().get(offset..)?.first_chunk())
            .map(|bytes| u64::from_le_bytes(*bytes))
            .ok_or(ChainError::NotATokenAccount(*address))
    }

    /// A token account's balance in the smallest unit.
    ///
    /// # Errors
    /// `NotATokenAccount` if it is none.
    pub fn token_balance(&self, address: &Pubkey) -> Result<u64, ChainError> {
        self.read_amount(address, AMOUNT_OFFSET)
    }

    /// A mint's supply in the smallest unit.
    ///
    /// # Errors
    /// `NotATokenAccount` if it is none.
    pub fn mint_supply(&self, mint: &Pubkey) -> Result<u64, ChainError> {
        self.read_amount(mint, SUPPLY_OFFSET)
    }
}

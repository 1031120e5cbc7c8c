//! Accounts as types, after the checks that a program would make: owner, discriminator and length.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{program_option::COption, program_pack::Pack},
    Owner, ZeroCopy,
};
use anchor_spl::{
    token::{self, spl_token::state as token_state},
    token_2022,
};
use bytemuck::pod_read_unaligned;
use solana_account::Account;

use crate::chain::{Chain, ChainError};

mod tables;

pub use tables::{lookup_table, parse_lookup_table, LookupTable};

/// Reads a zero-copy account of one of our programs.
///
/// # Errors
///
/// [`ChainError::AccountNotFound`], or [`ChainError::WrongAccount`] as in [`parse`].
pub fn read<T>(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<T, ChainError>
where
    T: ZeroCopy + Owner,
{
    parse(key, &chain.require_account(key)?)
}

/// Reads a zero-copy account, or none where there is no account at `key`.
///
/// # Errors
///
/// As [`read`], but for an account that does not exist.
pub fn read_if_exists<T>(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Option<T>, ChainError>
where
    T: ZeroCopy + Owner,
{
    // A closed account may linger without data until the end of its transaction's slot.
    match chain.get_account(key)?.filter(|account| !account.data.is_empty()) {
        Some(account) => parse(key, &account).map(Some),
        None => Ok(None),
    }
}

/// The typed contents of `account`.
///
/// # Errors
///
/// [`ChainError::WrongAccount`] if another program owns it, its discriminator is another type's, or its length differs.
pub fn parse<T>(key: &Pubkey, account: &Account) -> Result<T, ChainError>
where
    T: ZeroCopy + Owner,
{
    let wrong = |reason: String| ChainError::WrongAccount { key: *key, expected: type_name::<T>(), reason };
    if account.owner != T::owner() {
        return Err(wrong(format!("it belongs to the program {}", account.owner)));
    }
    let (discriminator, body) = account
        .data
        .split_at_checked(T::DISCRIMINATOR.len())
        .ok_or_else(|| wrong("it is too short to carry a discriminator".to_owned()))?;
    if discriminator != T::DISCRIMINATOR {
        return Err(wrong("its discriminator is another type's".to_owned()));
    }
    if body.len() != core::mem::size_of::<T>() {
        return Err(wrong(format!("it holds {} bytes instead of {}", body.len(), core::mem::size_of::<T>())));
    }
    Ok(pod_read_unaligned(body))
}

fn type_name<T>() -> &'static str {
    let path = core::any::type_name::<T>();
    path.rsplit("::").next().unwrap_or(path)
}

/// What a token account says, whichever token program holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    /// The mint of its tokens.
    pub mint: Pubkey,
    /// Who may move them.
    pub owner: Pubkey,
    /// Base units held.
    pub amount: u64,
    /// Who else may move some of them.
    pub delegate: Option<Pubkey>,
    /// Who else may close it.
    pub close_authority: Option<Pubkey>,
    /// Whether the mint's authority froze it.
    pub frozen: bool,
}

/// Reads a token account.
///
/// # Errors
///
/// [`ChainError::AccountNotFound`], or [`ChainError::WrongAccount`] if it is not a token account.
pub fn token_account(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<TokenAccount, ChainError> {
    parse_token_account(key, &chain.require_account(key)?)
}

/// Base units in a token account; none where it does not exist.
///
/// # Errors
///
/// [`ChainError::WrongAccount`] if it is not a token account.
pub fn balance(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<u64, ChainError> {
    match chain.get_account(key)?.filter(|account| !account.data.is_empty()) {
        Some(account) => Ok(parse_token_account(key, &account)?.amount),
        None => Ok(0),
    }
}

/// The contents of a token account.
///
/// # Errors
///
/// [`ChainError::WrongAccount`] if it is not one.
pub fn parse_token_account(key: &Pubkey, account: &Account) -> Result<TokenAccount, ChainError> {
    let expected = "a token account";
    let data = token_data(key, account, token_state::Account::LEN, expected)?;
    let state = token_state::Account::unpack(data).map_err(|error| ChainError::WrongAccount {
        key: *key,
        expected,
        reason: error.to_string(),
    })?;
    Ok(TokenAccount {
        mint: state.mint,
        owner: state.owner,
        amount: state.amount,
        delegate: some(state.delegate),
        close_authority: some(state.close_authority),
        frozen: state.is_frozen(),
    })
}

/// What a mint says, whichever token program holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintAccount {
    /// Base units in issue.
    pub supply: u64,
    /// Digits after the point of one token.
    pub decimals: u8,
    /// Who may mint.
    pub mint_authority: Option<Pubkey>,
    /// Who may freeze.
    pub freeze_authority: Option<Pubkey>,
    /// The token program that holds it.
    pub token_program: Pubkey,
}

/// Reads a mint.
///
/// # Errors
///
/// [`ChainError::AccountNotFound`], or [`ChainError::WrongAccount`] if it is not a mint.
pub fn mint(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<MintAccount, ChainError> {
    let account = chain.require_account(key)?;
    let expected = "a mint";
    let data = token_data(key, &account, token_state::Mint::LEN, expected)?;
    let state = token_state::Mint::unpack(data).map_err(|error| ChainError::WrongAccount {
        key: *key,
        expected,
        reason: error.to_string(),
    })?;
    Ok(MintAccount {
        supply: state.supply,
        decimals: state.decimals,
        mint_authority: some(state.mint_authority),
        freeze_authority: some(state.freeze_authority),
        token_program: account.owner,
    })
}

/// The base part of an account of a token program; extensions follow it.
fn token_data<'a>(
    key: &Pubkey,
    account: &'a Account,
    length: usize,
    expected: &'static str,
) -> Result<&'a [u8], ChainError> {
    if account.owner != token::ID && account.owner != token_2022::ID {
        let reason = format!("it belongs to the program {}", account.owner);
        return Err(ChainError::WrongAccount { key: *key, expected, reason });
    }
    account.data.get(..length).ok_or_else(|| ChainError::WrongAccount {
        key: *key,
        expected,
        reason: format!("it holds {} bytes instead of at least {length}", account.data.len()),
    })
}

fn some(option: COption<Pubkey>) -> Option<Pubkey> {
    match option {
        COption::Some(key) => Some(key),
        COption::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::Discriminator;
    use vault::state::Ticket;

    fn ticket_account() -> Account {
        let mut ticket: Ticket = bytemuck::Zeroable::zeroed();
        ticket.sequence = 7;
        let data = [Ticket::DISCRIMINATOR, bytemuck::bytes_of(&ticket)].concat();
        Account { lamports: 1, data, owner: vault::ID, executable: false, rent_epoch: u64::MAX }
    }

    fn refusal(account: &Account) -> String {
        match parse::<Ticket>(&Pubkey::default(), account) {
            Err(ChainError::WrongAccount { expected, reason, .. }) => format!("{expected}: {reason}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_account_is_read_only_after_every_check() {
        let good = ticket_account();
        assert_eq!(parse::<Ticket>(&Pubkey::default(), &good).unwrap().sequence, 7);

        let foreign = Account { owner: risk_oracle::ID, ..good.clone() };
        assert!(refusal(&foreign).starts_with("Ticket: it belongs to the program"));
        let mut other_type = good.clone();
        other_type.data[0] ^= 1;
        assert_eq!(refusal(&other_type), "Ticket: its discriminator is another type's");
        let mut short = good.clone();
        short.data.pop();
        assert_eq!(refusal(&short), "Ticket: it holds 199 bytes instead of 200");
        let empty = Account { data: vec![1, 2], ..good };
        assert_eq!(refusal(&empty), "Ticket: it is too short to carry a discriminator");
    }

    #[test]
    fn a_token_account_is_one_of_a_token_program() {
        let key = Pubkey::default();
        let not_ours = Account { owner: vault::ID, data: vec![0; 165], ..Account::default() };
        assert!(matches!(parse_token_account(&key, &not_ours), Err(ChainError::WrongAccount { .. })));
        let never_initialised = Account { owner: token::ID, data: vec![0; 165], ..Account::default() };
        assert!(matches!(parse_token_account(&key, &never_initialised), Err(ChainError::WrongAccount { .. })));
        let state = gimbal_svm::TokenAccountState::new(vault::ID, risk_oracle::ID, 42);
        let good = Account { owner: token_2022::ID, data: state.pack(), ..Account::default() };
        let read = parse_token_account(&key, &good).unwrap();
        assert_eq!((read.mint, read.owner, read.amount), (vault::ID, risk_oracle::ID, 42));
        assert_eq!((read.delegate, read.close_authority, read.frozen), (None, None, false));
    }
}

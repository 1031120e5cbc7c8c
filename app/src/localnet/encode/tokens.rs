//! Token amounts with their decimals.

use anchor_lang::prelude::Pubkey;
use solana_account::{Account, AccountSharedData, ReadableAccount};
use solana_account_decoder::parse_account_data::{AccountAdditionalDataV3, SplTokenAdditionalDataV2};
use solana_account_decoder::parse_token::{is_known_spl_token_id, token_amount_to_ui_amount_v3, UiTokenAmount};
use solana_transaction_status_client_types::option_serializer::OptionSerializer;
use solana_transaction_status_client_types::UiTransactionTokenBalance;

use crate::chain::EmbeddedChain;
use crate::readers::{self, TokenAccount};

/// A token account's contents, where it is one.
pub fn account(key: &Pubkey, account: &AccountSharedData) -> Option<TokenAccount> {
    if !is_known_spl_token_id(account.owner()) {
        return None;
    }
    readers::parse_token_account(key, &Account::from(account.clone())).ok()
}

/// The decimals of a mint, where there is one.
pub fn decimals(chain: &EmbeddedChain, mint: &Pubkey) -> Option<u8> {
    readers::mint(chain, mint).ok().map(|mint| mint.decimals)
}

/// An amount of base units as clients show it.
pub fn amount(units: u64, decimals: u8) -> UiTokenAmount {
    token_amount_to_ui_amount_v3(units, &SplTokenAdditionalDataV2::with_decimals(decimals))
}

/// What a token account's parsed form needs beside its bytes.
pub fn additional(chain: &EmbeddedChain, shared: &AccountSharedData) -> Option<AccountAdditionalDataV3> {
    // The address only names the account in an error, which nobody sees here.
    let mint = account(&Pubkey::default(), shared)?.mint;
    let spl_token_additional_data = Some(SplTokenAdditionalDataV2::with_decimals(decimals(chain, &mint)?));
    Some(AccountAdditionalDataV3 { spl_token_additional_data })
}

/// A transaction's account at `place`, if it is a token account.
pub fn balance(
    chain: &EmbeddedChain,
    place: u8,
    key: &Pubkey,
    shared: &AccountSharedData,
) -> Option<UiTransactionTokenBalance> {
    let token = account(key, shared)?;
    Some(UiTransactionTokenBalance {
        account_index: place,
        mint: token.mint.to_string(),
        ui_token_amount: amount(token.amount, decimals(chain, &token.mint)?),
        owner: OptionSerializer::Some(token.owner.to_string()),
        program_id: OptionSerializer::Some(shared.owner().to_string()),
    })
}

//! What the lending reserves under the lines say of themselves.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use gimbal_venue_wire::klend::ReserveView;
use solana_account::Account;
use strategy_router::state::{Ledger, Line, LineVenue};

use super::{conservation, Identity, Slack};
use crate::chain::{Chain, ChainError};
use crate::pda::LineAddresses;
use crate::readers;

/// What lies in each reserve's vault against what the reserve counts.
pub(super) fn check(chain: &(impl Chain + ?Sized), key: &Pubkey, ledger: &Ledger) -> Result<Vec<Identity>, ChainError> {
    let mut identities = Vec::new();
    for line in ledger.lines.iter().filter(|line| line.is_used()) {
        let Some((reserve, account)) = reserve(chain, key, line)? else { continue };
        let view = view(&reserve, &account)?;
        let identity = Identity::new(
            format!("line.{}.reserve.available", line.id),
            format!("line {}: reserve vault balance = available", line.id),
            view.available_amount(),
            readers::balance(chain, &view.supply_vault())?,
        );
        identities.push(identity.with(Slack::Surplus));
    }
    Ok(identities)
}

/// The receipt tokens of each reserve in all accounts against their supply.
pub(super) fn receipts(
    chain: &(impl Chain + ?Sized),
    key: &Pubkey,
    ledger: &Ledger,
) -> Result<Vec<Identity>, ChainError> {
    let mut identities = Vec::new();
    for line in ledger.lines.iter().filter(|line| line.is_used()) {
        let Some((reserve, account)) = reserve(chain, key, line)? else { continue };
        let mint = view(&reserve, &account)?.collateral_mint();
        let what = format!("receipt tokens of line {}", line.id);
        identities.push(conservation::check(chain, &format!("line.{}.receipts", line.id), &what, &mint, &token::ID)?);
    }
    Ok(identities)
}

/// The reserve under a line, which its pinned list begins with.
fn reserve(
    chain: &(impl Chain + ?Sized),
    ledger: &Pubkey,
    line: &Line,
) -> Result<Option<(Pubkey, Account)>, ChainError> {
    let venue: LineVenue = readers::read(chain, &LineAddresses::of(ledger, line.id).venue)?;
    match venue.pinned().first() {
        Some(reserve) => Ok(Some((*reserve, chain.require_account(reserve)?))),
        None => Ok(None),
    }
}

fn view<'a>(key: &Pubkey, account: &'a Account) -> Result<ReserveView<'a>, ChainError> {
    ReserveView::parse(&account.data).map_err(|error| ChainError::WrongAccount {
        key: *key,
        expected: "a lending reserve",
        reason: error.to_string(),
    })
}

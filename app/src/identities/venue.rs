//! What the lending reserves under the lines say of themselves.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use gimbal_venue_wire::klend::ReserveView;
use strategy_router::state::{Ledger, LineVenue};

use super::{conservation, Identity};
use crate::chain::{Chain, ChainError};
use crate::pda::LineAddresses;
use crate::readers;

pub(super) fn check(chain: &(impl Chain + ?Sized), key: &Pubkey, ledger: &Ledger) -> Result<Vec<Identity>, ChainError> {
    let mut identities = Vec::new();
    for line in ledger.lines.iter().filter(|line| line.is_used()) {
        let venue: LineVenue = readers::read(chain, &LineAddresses::of(key, line.id).venue)?;
        let Some(reserve) = venue.pinned().first() else { continue };
        let account = chain.require_account(reserve)?;
        let view = ReserveView::parse(&account.data).map_err(|error| ChainError::WrongAccount {
            key: *reserve,
            expected: "a lending reserve",
            reason: error.to_string(),
        })?;
        identities.extend([
            Identity::new(
                format!("line {}: reserve vault balance = available", line.id),
                view.available_amount(),
                readers::balance(chain, &view.supply_vault())?,
            ),
            conservation::check(
                chain,
                &format!("receipt tokens of line {}", line.id),
                &view.collateral_mint(),
                &token::ID,
            )?,
        ]);
    }
    Ok(identities)
}

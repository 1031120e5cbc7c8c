//! The ledger's lines, each over its own lending market, with their limits in the book.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use risk_oracle::{SetLineRiskArgs, SetRiskArgs, NO_RISK};
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;
use strategy_router::{adapters, AddStrategyArgs};

use super::{
    pools::Pool,
    tokens::Mint,
    venues::{self, ReserveAccounts},
    Actors, LinePlan,
};
use crate::bundle::{with_budget, PostedFeed, SuiteLine};
use crate::chain::{Chain, ChainError};
use crate::instructions::{
    lending::ReserveContext,
    oracle,
    router::{self, code_of, LineContext, NewLine},
    vault::VaultContext,
};
use crate::pda::{LineAddresses, VaultAddresses};

/// Row of the risk table of the base asset's issuer, which every line in the base asset carries.
const BASE_RISK: u8 = 0;
/// Row of the risk table of the token's issuer, which every swapped line carries. Venues have the rows between.
const TOKEN_RISK: u8 = 31;

/// One line as it was set up.
#[derive(Clone, Debug)]
pub struct Line {
    /// The line's accounts.
    pub addresses: LineAddresses,
    /// What venue calls take.
    pub context: LineContext,
    /// The lending market under it.
    pub reserve: ReserveContext,
    /// The pool of a swapped line.
    pub pool: Option<Pool>,
    /// Its token's feed, where it is swapped.
    pub token_feed: Option<PostedFeed>,
}

impl Line {
    /// The line as bundles know it.
    pub fn suite_line(&self) -> SuiteLine {
        SuiteLine { context: self.context.clone(), venue_refresh: self.reserve.refresh(), token_feed: self.token_feed }
    }
}

/// What a line is made over.
pub struct Ground<'a> {
    /// The vault.
    pub vault: &'a VaultContext,
    /// The mint that the venue holds: the base asset's unless swapped.
    pub mint: &'a Mint,
    /// The lending market.
    pub reserve: ReserveContext,
    /// The pool of a swapped line.
    pub pool: Option<Pool>,
    /// The token's feed of a swapped line.
    pub token_feed: Option<PostedFeed>,
}

/// Adds the line `id`.
///
/// # Errors
///
/// The chain's.
pub fn add(
    chain: &mut impl Chain,
    actors: &Actors,
    table: &AddressLookupTableAccount,
    id: u16,
    plan: &LinePlan,
    ground: &Ground<'_>,
) -> Result<Line, ChainError> {
    let Ground { vault, mint, reserve, pool, token_feed } = ground;
    let VaultAddresses { ledger, book, .. } = vault.addresses;
    let addresses = LineAddresses::of(&ledger, id);
    let swap = match pool {
        Some(pool) => Some(code_of(chain, &pool.program)?),
        None => None,
    };
    let line = NewLine {
        args: AddStrategyArgs {
            id,
            adapter: adapters::LENDING,
            swapped: plan.swapped,
            params: plan.params,
            accounts_hash: [0; 32],
        },
        position_mint: (reserve.addresses.collateral_mint, token::ID),
        token_mint: (mint.key, mint.program),
        token_feed: token_feed.map(|feed| feed.feed),
        venue: code_of(chain, &lending_venue::ID)?,
        swap,
        pinned: pinned(&addresses, reserve, pool.as_ref()),
    }
    .sealed();
    let (owner, payer) = (actors.owner.pubkey(), actors.payer.pubkey());
    let add = router::add_strategy(&owner, &payer, &ledger, &line);
    chain.execute(&actors.payer, &with_budget(&[add]), &[&actors.owner], std::slice::from_ref(table))?;

    let venue_risk = u8::try_from(id).unwrap_or(u8::MAX);
    let limits = [
        oracle::set_risk(
            &owner,
            &book,
            SetRiskArgs {
                index: venue_risk,
                label: label(&format!("venue:lending-{id}")),
                cap_bps: plan.risk_cap_bps,
                cap: plan.risk_cap,
            },
        ),
        oracle::set_line_risk(
            &owner,
            &book,
            SetLineRiskArgs {
                line: id,
                risks: [if plan.swapped { TOKEN_RISK } else { BASE_RISK }, venue_risk, NO_RISK, NO_RISK],
                cap_bps: plan.risk_cap_bps,
                cap: plan.risk_cap,
            },
        ),
    ];
    chain.execute(&actors.payer, &limits, &[&actors.owner], &[])?;
    let context = LineContext::read(chain, &vault.addresses, id)?;
    Ok(Line { addresses, context, reserve: *reserve, pool: *pool, token_feed: *token_feed })
}

/// Every account of the line `id` that several transactions name.
pub fn table_addresses(id: u16, ground: &Ground<'_>) -> Vec<Pubkey> {
    let addresses = LineAddresses::of(&ground.vault.addresses.ledger, id);
    let pool = ground.pool.map(|pool| pool.accounts());
    venues::table_addresses(&addresses, &reserve_accounts(&ground.reserve), pool.as_ref())
}

/// Defines the risks of the two assets' issuers.
///
/// # Errors
///
/// The chain's.
pub fn define_issuer_risks(chain: &mut impl Chain, actors: &Actors, book: &Pubkey) -> Result<(), ChainError> {
    let define = |(index, name)| {
        let args = SetRiskArgs { index, label: label(name), cap_bps: 10_000, cap: u64::MAX };
        oracle::set_risk(&actors.owner.pubkey(), book, args)
    };
    let define = [(BASE_RISK, "issuer:Circle"), (TOKEN_RISK, "issuer:Tether")].map(define);
    chain.execute(&actors.payer, &define, &[&actors.owner], &[])?;
    Ok(())
}

/// The lending adapter's pinned list.
pub fn pinned(addresses: &LineAddresses, reserve: &ReserveContext, pool: Option<&Pool>) -> Vec<Pubkey> {
    let pool = pool.map(Pool::accounts);
    venues::pinned(addresses, &reserve_accounts(reserve), pool.as_ref())
}

/// What the reference market's reserve names.
fn reserve_accounts(reserve: &ReserveContext) -> ReserveAccounts {
    let accounts = reserve.addresses;
    ReserveAccounts {
        program: lending_venue::ID,
        reserve: accounts.reserve,
        market: accounts.market,
        authority: accounts.authority,
        liquidity: (accounts.liquidity_mint, reserve.token_program),
        supply_vault: accounts.supply_vault,
        collateral: (accounts.collateral_mint, token::ID),
    }
}

/// A risk's label, padded with zeros; what does not fit is cut.
pub fn label(text: &str) -> [u8; 16] {
    let mut label = [0; 16];
    for (place, byte) in label.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    label
}

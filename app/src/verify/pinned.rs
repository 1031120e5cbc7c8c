//! What a line's venue calls are pinned to, against the venue's own accounts and the code that runs.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::klend::{instruction::INSTRUCTIONS_SYSVAR, lending_market_authority, ReserveView};
use gimbal_venue_wire::whirlpool::{oracle_address, WhirlpoolView, MEMO_PROGRAM_ID};
use sha2::{Digest, Sha256};
use strategy_router::adapters::{lending::at, LENDING};
use strategy_router::state::{Line, LineVenue, VenueIdentity};

use super::programs::code_of;
use super::report::Check;
use super::Facts;
use crate::chain::Chain;
use crate::pda::{router_seeds, LineAddresses};

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    for (line, venue) in &facts.lines {
        let name = |part: &str| format!("line.{}.{part}", line.id);
        match venue {
            Err(why) => checks.push(Check::unreadable(name("pinned"), "the line's pinned list is readable", why)),
            Ok(venue) => {
                checks.push(agreement(facts, line, venue));
                checks.push(hash(line, venue));
                checks.push(list(facts, line, venue));
                checks.push(code(facts, &name("venue"), &venue.venue));
                if line.swapped != 0 {
                    checks.push(code(facts, &name("swap"), &venue.swap));
                }
            }
        }
    }
    checks.push(withdraw_order(facts));
    checks
}

/// Row and venue account say the same.
fn agreement(facts: &Facts, line: &Line, venue: &LineVenue) -> Check {
    let ledger = &facts.addresses.ledger;
    let bump = |found: (Pubkey, u8)| found.1;
    let mut numbers = vec![
        ("id", u64::from(line.id), u64::from(venue.id)),
        ("adapter", u64::from(line.adapter), u64::from(venue.adapter)),
        ("swapped", u64::from(line.swapped), u64::from(venue.swapped)),
        ("decimals", u64::from(line.token_decimals), u64::from(venue.token_decimals)),
        ("position bump", u64::from(bump(router_seeds::position_address(ledger, line.id))), line.position_bump.into()),
        ("position bump", u64::from(line.position_bump), u64::from(venue.position_bump)),
        ("token bump", u64::from(line.token_bump), u64::from(venue.token_bump)),
        ("kind of adapter", u64::from(LENDING), u64::from(line.adapter)),
    ];
    if line.swapped != 0 {
        numbers.push(("token bump", bump(router_seeds::token_address(ledger, line.id)).into(), line.token_bump.into()));
    }
    let mut broken: Vec<String> = numbers
        .iter()
        .filter(|(_, row, account)| row != account)
        .map(|(name, row, account)| format!("{name} {row} in the row, {account} in the account"))
        .collect();
    if venue.ledger != *ledger {
        broken.push(format!("the account is of the ledger {}", venue.ledger));
    }
    let rule = "the ledger's row and the line's pinned account say the same of it";
    Check::all(format!("line.{}.agreement", line.id), rule, numbers.len() + 1, &broken)
}

/// sha256 over the pinned list, computed here.
fn hash(line: &Line, venue: &LineVenue) -> Check {
    let mut hasher = Sha256::new();
    for key in venue.pinned() {
        hasher.update(key.as_ref());
    }
    Check::equal(
        format!("line.{}.pinned.hash", line.id),
        "the hash that was approved = sha256 over the pinned list",
        &hex::encode(venue.accounts_hash),
        &hex::encode(hasher.finalize()),
    )
}

/// Every pinned account is the one that reserve and pool themselves name.
fn list(facts: &Facts, line: &Line, venue: &LineVenue) -> Check {
    let (name, rule) =
        (format!("line.{}.pinned.list", line.id), "each pinned account is the one that the venue's own accounts name");
    match expected(facts, line, venue) {
        Err(why) => Check::unreadable(name, rule, why),
        Ok(expected) => {
            let mut broken = Vec::new();
            for (index, key) in &expected {
                let pinned = venue.pinned().get(*index).copied().unwrap_or_default();
                if pinned != *key {
                    broken.push(format!("entry {index} is {pinned} instead of {key}"));
                }
            }
            let length = if line.swapped != 0 { at::SWAPPED_LEN } else { at::SAME_ASSET_LEN };
            if venue.pinned().len() != length {
                broken.push(format!("{} entries instead of {length}", venue.pinned().len()));
            }
            Check::all(name, rule, expected.len() + 1, &broken)
        }
    }
}

fn expected(facts: &Facts, line: &Line, venue: &LineVenue) -> Result<Vec<(usize, Pubkey)>, String> {
    let chain = &facts.chain;
    let read = |key: &Pubkey| chain.require_account(key).map_err(|error| error.to_string());
    let pinned = |index: usize| venue.pinned().get(index).copied().ok_or(format!("there is no entry {index}"));
    let addresses = LineAddresses::of(&facts.addresses.ledger, line.id);
    let account = read(&pinned(at::RESERVE)?)?;
    if account.owner != venue.venue.program {
        return Err(format!("entry 0, the reserve, belongs to {} and not to the venue", account.owner));
    }
    let reserve = ReserveView::parse(&account.data).map_err(|error| error.to_string())?;
    let market = reserve.lending_market();
    let mut all = vec![
        (at::POSITION, addresses.position),
        (at::MARKET, market),
        (at::MARKET_AUTHORITY, lending_market_authority(&market, &venue.venue.program).0),
        (at::LIQUIDITY_MINT, reserve.liquidity_mint()),
        (at::LIQUIDITY_MINT, venue.token_mint),
        (at::LIQUIDITY_SUPPLY, reserve.supply_vault()),
        (at::COLLATERAL_MINT, reserve.collateral_mint()),
        (at::COLLATERAL_TOKEN_PROGRAM, read(&reserve.collateral_mint())?.owner),
        (at::LIQUIDITY_TOKEN_PROGRAM, read(&reserve.liquidity_mint())?.owner),
        (at::INSTRUCTIONS, INSTRUCTIONS_SYSVAR),
    ];
    if line.swapped == 0 {
        all.push((at::LIQUIDITY_MINT, facts.vault.base_mint));
        return Ok(all);
    }
    let pool = pinned(at::POOL)?;
    let account = read(&pool)?;
    if account.owner != venue.swap.program {
        return Err(format!("the pool {pool} belongs to {} and not to the swap venue", account.owner));
    }
    let view = WhirlpoolView::parse(&account.data).map_err(|error| error.to_string())?;
    let (base, token) = (facts.vault.base_mint, venue.token_mint);
    let traded = (view.token_mint_a(), view.token_mint_b());
    if traded != (base, token) && traded != (token, base) {
        return Err(format!("the pool {pool} trades {} and {}", traded.0, traded.1));
    }
    all.extend([
        (at::TOKEN, addresses.token),
        (at::POOL_VAULT_A, view.token_vault_a()),
        (at::POOL_VAULT_B, view.token_vault_b()),
        (at::POOL_ORACLE, oracle_address(&pool, &venue.swap.program)),
        (at::MEMO, MEMO_PROGRAM_ID),
    ]);
    Ok(all)
}

/// The code that runs is the code that was approved.
fn code(facts: &Facts, name: &str, pinned: &VenueIdentity) -> Check {
    let rule = format!("the program {} runs the code that was approved, under the same authority", pinned.program);
    let said = |data: &Pubkey, slot: u64, authority: &Pubkey| format!("{data}, slot {slot}, authority {authority}");
    let name = format!("{name}.code");
    match code_of(&facts.chain, &pinned.program) {
        Err(why) => Check::unreadable(name, rule, why),
        Ok((data, code)) => {
            let authority = code.upgrade_authority.unwrap_or_default();
            Check::equal(
                name,
                rule,
                &said(&pinned.program_data, pinned.program_data_slot, &pinned.upgrade_authority),
                &said(&data, code.slot, &authority),
            )
            .explained(
                "the venue was upgraded or changed hands: the router puts no new money there until the owner approves what \
                 runs now; money comes back as before",
            )
        }
    }
}

/// The order in which exits draw on lines names lines that are there, each once.
fn withdraw_order(facts: &Facts) -> Check {
    let order = &facts.ledger.withdraw_order;
    let named: Vec<u16> = order.iter().copied().take_while(|id| *id != 0).collect();
    let mut broken = Vec::new();
    for (place, id) in named.iter().enumerate() {
        if !facts.lines.iter().any(|(line, _)| line.id == *id) {
            broken.push(format!("line {id} is not in the ledger"));
        }
        if named.iter().skip(place + 1).any(|other| other == id) {
            broken.push(format!("line {id} is named twice"));
        }
    }
    if order.iter().skip(named.len()).any(|id| *id != 0) {
        broken.push("it goes on after its end".to_owned());
    }
    Check::all("ledger.withdraw_order", "the order of withdrawals names lines, each once", named.len(), &broken)
}

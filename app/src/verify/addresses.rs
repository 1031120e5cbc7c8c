//! Every account is where it must be, names its neighbours, and belongs to nobody else.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;

use super::report::Check;
use super::Facts;
use crate::pda::{vault_seeds, LineAddresses};
use crate::readers;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let mut checks = vec![places(facts), links(facts), mint(facts)];
    let (vault, ledger) = (facts.key, facts.addresses.ledger);
    let (base, shares) = (facts.vault.base_mint, facts.vault.share_mint);
    checks.push(held(facts, "escrow", &facts.vault.escrow, &vault, &shares));
    checks.push(held(facts, "claims", &facts.vault.claims, &vault, &base));
    checks.push(held(facts, "cash", &facts.ledger.cash, &ledger, &base));
    for (line, venue) in &facts.lines {
        let addresses = LineAddresses::of(&ledger, line.id);
        let Ok(venue) = venue else { continue };
        // What mint the receipt tokens have is the reserve's to say; `line.N.pinned` compares that.
        let mint = readers::token_account(&facts.chain, &addresses.position).map(|account| account.mint);
        let mint = mint.unwrap_or_default();
        checks.push(held(facts, &format!("line.{}.position", line.id), &addresses.position, &ledger, &mint));
        if line.swapped != 0 {
            let name = format!("line.{}.token", line.id);
            checks.push(held(facts, &name, &addresses.token, &ledger, &venue.token_mint));
        }
    }
    checks
}

/// Stored addresses against derived ones.
fn places(facts: &Facts) -> Check {
    let (vault, ledger, derived) = (facts.vault, facts.ledger, &facts.addresses);
    let pairs = [
        ("vault", facts.key, vault_seeds::vault(&vault.creator, vault.index).0),
        ("share mint", vault.share_mint, derived.share_mint),
        ("escrow", vault.escrow, derived.escrow),
        ("claims", vault.claims, derived.claims),
        ("ledger", vault.ledger, derived.ledger),
        ("cash", ledger.cash, derived.cash),
        // Zero until it is opened.
        ("book", ledger.book, if facts.book.is_some() { derived.book } else { Pubkey::default() }),
    ];
    let broken: Vec<String> = pairs
        .iter()
        .filter(|(_, stored, derived)| stored != derived)
        .map(|(name, stored, derived)| format!("{name} {stored} instead of {derived}"))
        .collect();
    Check::all("addresses.derived", "every account lies at its derived address", pairs.len(), &broken)
}

/// What vault, ledger and book say of one another.
fn links(facts: &Facts) -> Check {
    let (vault, ledger) = (facts.vault, facts.ledger);
    let mut pairs = vec![
        ("the ledger's vault", ledger.vault, facts.key),
        ("the ledger's base mint", ledger.base_mint, vault.base_mint),
        ("the ledger's token program", ledger.base_token_program, vault.base_token_program),
        ("the ledger's base feed", ledger.base_feed, vault.base_feed),
    ];
    if let Some(book) = &facts.book {
        pairs.push(("the book's ledger", book.ledger, facts.addresses.ledger));
    }
    let mut broken: Vec<String> = pairs
        .iter()
        .filter(|(_, said, meant)| said != meant)
        .map(|(name, said, meant)| format!("{name} is {said} instead of {meant}"))
        .collect();
    if ledger.base_decimals != vault.base_decimals {
        broken.push(format!("the ledger counts {} decimals, the vault {}", ledger.base_decimals, vault.base_decimals));
    }
    Check::all("addresses.linked", "vault, ledger and book name one another", pairs.len() + 1, &broken)
}

/// Only the vault makes shares.
fn mint(facts: &Facts) -> Check {
    let (name, rule) = ("shares.mint", "only the vault mints shares, and nobody can freeze them");
    let mint = match readers::mint(&facts.chain, &facts.vault.share_mint) {
        Ok(mint) => mint,
        Err(error) => return Check::unreadable(name, rule, error),
    };
    let mut broken = Vec::new();
    if mint.mint_authority != Some(facts.key) {
        broken.push(format!("the mint authority is {}", named(mint.mint_authority)));
    }
    if let Some(key) = mint.freeze_authority {
        broken.push(format!("{key} can freeze shares"));
    }
    if mint.decimals != facts.vault.base_decimals {
        broken.push(format!("{} decimals instead of {}", mint.decimals, facts.vault.base_decimals));
    }
    if mint.token_program != token::ID {
        broken.push(format!("it belongs to {}", mint.token_program));
    }
    Check::all(name, rule, 4, &broken)
}

/// A token account is its owner's alone.
fn held(facts: &Facts, what: &str, key: &Pubkey, owner: &Pubkey, mint: &Pubkey) -> Check {
    let name = format!("{what}.authority");
    let rule = format!("the token account {key} is {owner}'s alone, and not frozen");
    let account = match readers::token_account(&facts.chain, key) {
        Ok(account) => account,
        Err(error) => return Check::unreadable(name, rule, error),
    };
    let mut broken = Vec::new();
    if account.owner != *owner {
        broken.push(format!("its owner is {}", account.owner));
    }
    if account.mint != *mint {
        broken.push(format!("its mint is {}", account.mint));
    }
    if let Some(key) = account.delegate {
        broken.push(format!("{key} may spend from it"));
    }
    if let Some(key) = account.close_authority {
        broken.push(format!("{key} may close it"));
    }
    if account.frozen {
        broken.push("it is frozen".to_owned());
    }
    Check::all(name, rule, 5, &broken)
}

fn named(key: Option<Pubkey>) -> String {
    key.map_or_else(|| "nobody".to_owned(), |key| key.to_string())
}

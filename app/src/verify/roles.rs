//! Who may do what: printed, and held to what the programs themselves allow.

use anchor_lang::prelude::Pubkey;
use gimbal_control::{Direction, Pauses, Role, Roles, MAX_EXIT_PAUSE, MAX_PAUSE};
use risk_oracle::state::Feed;

use super::report::Check;
use super::Facts;
use crate::readers;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let mut checks = vec![roles("vault", &facts.vault.roles), roles("ledger", &facts.ledger.roles)];
    if let Some(book) = &facts.book {
        checks.push(roles("book", &book.roles));
    }
    let mut feeds: Vec<Pubkey> = vec![facts.vault.base_feed];
    for (_, venue) in &facts.lines {
        feeds.extend(venue.iter().map(|venue| venue.token_feed).filter(|feed| *feed != Pubkey::default()));
    }
    feeds.dedup();
    for key in feeds {
        let name = if key == facts.vault.base_feed { "base_feed".to_owned() } else { format!("feed.{key}") };
        match readers::read::<Feed>(&facts.chain, &key) {
            Ok(feed) => checks.push(roles(&name, &feed.roles)),
            Err(error) => checks.push(Check::unreadable(format!("{name}.roles"), "the feed is readable", error)),
        }
    }
    checks.push(pauses("vault", &facts.vault.pauses, facts.now()));
    checks.push(pauses("ledger", &facts.ledger.pauses, facts.now()));
    checks
}

/// A post that was given up for ever is empty, and an owner is there unless ownership was given up.
fn roles(what: &str, roles: &Roles) -> Check {
    let posts = [
        ("owner", Role::Owner, roles.owner),
        ("curator", Role::Curator, roles.curator),
        ("guardian", Role::Guardian, roles.guardian),
    ];
    let mut broken = Vec::new();
    for (name, role, key) in posts {
        let gone = roles.is_renounced(role);
        if gone && key != Pubkey::default() {
            broken.push(format!("the {name} was renounced and is {key}"));
        }
        if !gone && role == Role::Owner && key == Pubkey::default() {
            broken.push("there is no owner, and ownership was not renounced".to_owned());
        }
    }
    let rule = format!("the {what}'s posts: a renounced one is empty, and there is an owner unless that was renounced");
    let mut check = Check::all(format!("{what}.roles"), rule, posts.len(), &broken);
    if broken.is_empty() {
        let mut said: Vec<String> = posts.iter().map(|(name, role, key)| described(roles, name, *role, key)).collect();
        if roles.pending_owner != Pubkey::default() {
            said.push(format!("next owner {}", roles.pending_owner));
        }
        check.found = said.join(", ");
        if roles.owner.is_on_curve() && roles.owner != Pubkey::default() {
            check.status = super::Status::Noted;
            check.note =
                Some("the owner is a single key, not a multisig: its changes wait, but one person decides".to_owned());
        }
    }
    check
}

fn described(roles: &Roles, name: &str, role: Role, key: &Pubkey) -> String {
    if roles.is_renounced(role) {
        return format!("{name} renounced");
    }
    match *key == Pubkey::default() {
        true => format!("{name} nobody"),
        false => format!("{name} {key}"),
    }
}

/// No pause lasts longer than the programs can set one.
fn pauses(what: &str, pauses: &Pauses, now: i64) -> Check {
    let mut broken = Vec::new();
    for (place, pause) in pauses.directions.iter().enumerate() {
        let longest = if place == Direction::InstantExits as usize { MAX_EXIT_PAUSE } else { MAX_PAUSE };
        if pause.until > now.saturating_add(longest) {
            broken.push(format!("direction {place} until {}", pause.until));
        }
    }
    let rule = format!("no pause of the {what} lasts longer than the program's longest");
    Check::all(format!("{what}.pauses"), rule, pauses.directions.len(), &broken)
}

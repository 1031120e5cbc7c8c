//! Who may do what: listed, and held to what the programs themselves allow.

use anchor_lang::prelude::Pubkey;
use gimbal_control::{Direction, Pauses, Role, Roles, MAX_EXIT_PAUSE, MAX_PAUSE};
use risk_oracle::state::Feed;

use super::report::{Check, PostLine};
use super::Facts;
use crate::readers;
use crate::views::terms::RolesView;

const POSTS: [(&str, Role); 3] = [("owner", Role::Owner), ("curator", Role::Curator), ("guardian", Role::Guardian)];

/// The posts of every account that keeps some, and the checks of them.
pub(super) fn check(facts: &Facts) -> (Vec<PostLine>, Vec<Check>) {
    let mut all = vec![("vault".to_owned(), facts.vault.roles), ("ledger".to_owned(), facts.ledger.roles)];
    all.extend(facts.book.as_ref().map(|book| ("book".to_owned(), book.roles)));
    if let Some(Ok(network)) = &facts.network {
        all.push(("network".to_owned(), network.roles));
    }
    let mut checks = Vec::new();
    for (label, key) in facts.feeds() {
        match readers::read::<Feed>(&facts.chain, &key) {
            Ok(feed) => all.push((label, feed.roles)),
            Err(error) => checks.push(Check::unreadable(format!("{label}.roles"), "the feed is readable", error)),
        }
    }
    checks.extend(all.iter().map(|(label, roles)| posts(label, roles)));
    checks.push(owners(&all));
    checks.push(pauses("vault", &facts.vault.pauses, facts.now()));
    checks.push(pauses("ledger", &facts.ledger.pauses, facts.now()));
    (all.iter().map(|(label, roles)| line(label, roles)).collect(), checks)
}

fn line(label: &str, roles: &Roles) -> PostLine {
    let RolesView { of, owner, pending_owner, curator, guardian, renounced } = RolesView::new(label, roles);
    PostLine { account: of, owner, pending_owner, curator, guardian, renounced }
}

/// A post that was given up for ever is empty, and an owner is there unless ownership was given up.
fn posts(label: &str, roles: &Roles) -> Check {
    let mut broken = Vec::new();
    for ((name, role), key) in POSTS.into_iter().zip([roles.owner, roles.curator, roles.guardian]) {
        if roles.is_renounced(role) && key != Pubkey::default() {
            broken.push(format!("the {name} was renounced and is {key}"));
        }
    }
    if roles.owner == Pubkey::default() && !roles.is_renounced(Role::Owner) {
        broken.push("there is no owner, and ownership was not renounced".to_owned());
    }
    let rule = "a renounced post is empty, and there is an owner unless ownership was renounced";
    Check::all(format!("{label}.roles"), rule, POSTS.len(), &broken)
}

/// Whether one person can propose changes. No fault: what he proposes waits, and the guardian may veto.
fn owners(all: &[(String, Roles)]) -> Check {
    let single = |roles: &Roles| roles.owner != Pubkey::default() && roles.owner.is_on_curve();
    let broken: Vec<String> = all
        .iter()
        .filter(|(_, roles)| single(roles))
        .map(|(label, roles)| format!("{label} {}", roles.owner))
        .collect();
    Check::all("roles.owners", "owners are addresses of programs, such as multisigs", all.len(), &broken)
        .excused("a single key, whose holder decides alone: what it changes waits, and the guardian can veto it")
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

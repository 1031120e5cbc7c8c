//! `remove_strategy`: curator or owner, an empty line only.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::{build, router};
use gimbal::pda::event_authorities;
use strategy_router::{accounts, instruction};

#[test]
fn only_curator_and_owner_remove() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    for key in [&cast.guardian, &cast.stranger] {
        fx.assert_refused("NotCurator", |fx| fx.router().remove_strategy(key, 0));
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    let remove = router::remove_strategy(&cast.owner.pubkey(), &ledger, 1, &cast.owner.pubkey());
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(remove, 0)], &[]));
    for key in [&cast.curator, &cast.owner] {
        fx.clone().router().remove_strategy(key, 0).unwrap();
    }
}

#[test]
fn the_accounts_belong_together() {
    let mut fx = Fixture::from_plan(quiet(2));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let deployed = fx.deployment.vault.addresses.ledger;
    let [one, two] = [0, 1].map(|place: usize| fx.deployment.lines[place].addresses.venue);
    own::open(&mut fx);
    let remove = |ledger: Pubkey, line_venue: Pubkey, id: u16| {
        let accounts = accounts::RemoveStrategy {
            authority: owner.pubkey(),
            ledger,
            line_venue,
            rent_recipient: owner.pubkey(),
            event_authority: event_authorities().router,
            program: strategy_router::ID,
        };
        build(strategy_router::ID, accounts, instruction::RemoveStrategy { line: id })
    };
    let another = fx.deployment.vault.addresses.ledger;
    for (name, wrong) in [
        ("ForeignAccount", remove(another, one, 1)),
        ("UnknownLine", remove(deployed, two, 1)),
        ("UnknownLine", remove(deployed, one, 3)),
        ("AccountDiscriminatorMismatch", remove(deployed, deployed, 1)),
    ] {
        fx.assert_refused(name, |fx| fx.send(&[wrong], &[&owner]));
    }
    fx.send(&[remove(deployed, one, 1)], &[&owner]).unwrap();
    // It is gone, with its account.
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&[remove(deployed, one, 1)], &[&owner]));
}

#[test]
fn an_empty_line_leaves_its_row_and_its_rent() {
    let mut fx = Fixture::from_plan(quiet(2));
    let curator = fx.deployment.actors.curator.insecure_clone();
    let venue = fx.deployment.lines[0].addresses.venue;
    let rent = fx.chain.get_account(&venue).unwrap().unwrap().lamports;
    let had = fx.chain.svm().balance(&curator.pubkey());
    let receipt = fx.router().remove_strategy(&curator, 0).unwrap();

    assert_eq!(fx.chain.svm().balance(&curator.pubkey()), had + rent);
    assert!(fx.chain.get_account(&venue).unwrap().is_none_or(|account| account.lamports == 0));
    let ledger = fx.ledger();
    assert_eq!((ledger.line_count, ledger.next_line_id), (1, 3));
    assert!(ledger.line(1).is_err());
    assert!(ledger.line(2).is_ok());
    // A row that never held a line looks the same.
    assert_eq!(ledger.lines[0], ledger.lines[15]);
    let RouterEvent::StrategyRemoved(event) = event(&receipt) else { panic!("a line was removed") };
    assert_eq!((event.line, event.time), (1, now(&fx)));
}

#[test]
fn a_line_that_holds_something_stays() {
    let (mut fx, _) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    fx.assert_refused("LineNotEmpty", |fx| fx.router().remove_strategy(&owner, 0));
    // All but one unit came back.
    fx.router().recall(&owner, 0, 900 * USDC - 1).unwrap();
    assert_eq!(fx.line(0).position, 1);
    fx.assert_refused("LineNotEmpty", |fx| fx.router().remove_strategy(&owner, 0));
    fx.router().recall(&owner, 0, 1).unwrap();
    let nav = fx.ledger().nav(now(&fx)).unwrap();
    fx.router().remove_strategy(&owner, 0).unwrap();
    // What was ever moved stays on the books, and NAV is what it was.
    let ledger = fx.ledger();
    assert_eq!((ledger.invested, ledger.returned), (900 * USDC, 900 * USDC));
    assert_eq!(ledger.nav(now(&fx)).unwrap(), nav);
    assert_eq!(nav.mid, 1_000 * USDC);
}

#[test]
fn a_strangers_dust_does_not_keep_a_row_taken() {
    let (mut fx, _) = invested();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let position = fx.deployment.lines[0].addresses.position;
    harvest::donate_receipts(&mut fx, 0, 5);
    fx.router().recall(&owner, 0, u64::MAX).unwrap();
    assert_eq!((fx.balance(&position), fx.line(0).position), (5, 0));
    fx.router().remove_strategy(&owner, 0).unwrap();
    assert_eq!(fx.ledger().line_count, 0);
}

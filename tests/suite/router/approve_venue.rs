//! `approve_venue`: the owner reviews new code, and with money in the ledger it waits; until then no new money goes to it.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::{
    build,
    router::{self, CodeSlots},
};
use gimbal::pda::event_authorities;
use strategy_router::{accounts, instruction, state::LineVenue};

/// The accounts of `approve_venue` for a line.
fn accounts(fx: &Fixture, place: usize) -> accounts::ApproveVenue {
    let line = &fx.deployment.lines[place].context;
    accounts::ApproveVenue {
        owner: fx.deployment.actors.owner.pubkey(),
        ledger: fx.deployment.vault.addresses.ledger,
        line_venue: line.addresses.venue,
        program_account: line.venue.0,
        program_data: line.venue.1,
        swap_program: line.swap.map(|swap| swap.0),
        swap_program_data: line.swap.map(|swap| swap.1),
        change: None,
        instructions: None,
        event_authority: event_authorities().router,
        program: strategy_router::ID,
    }
}

fn approve(fx: &mut Fixture, accounts: accounts::ApproveVenue, line: u16, slots: CodeSlots) -> Outcome {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let arguments = instruction::ApproveVenue { line, program_slot: slots.program, swap_slot: slots.swap };
    fx.send(&[build(strategy_router::ID, accounts, arguments)], &[&owner])
}

/// The slots in which the line's code was deployed.
fn slots(fx: &Fixture, place: usize) -> CodeSlots {
    CodeSlots::read(&fx.chain, &fx.deployment.lines[place].context).unwrap()
}

/// Makes the lending market's program look as if it had been deployed anew.
fn upgrade(fx: &mut Fixture, slot: u64, authority: Option<Pubkey>) {
    fx.chain.svm_mut().upgrade_program(&lending_venue::ID, slot, authority).unwrap();
}

#[test]
fn only_the_owner_approves() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    for key in [&cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| fx.router().approve_venue(key, 0));
    }
    let line = fx.deployment.lines[0].context.clone();
    let ledger = fx.deployment.vault.addresses.ledger;
    let approve = router::approve_venue(&cast.owner.pubkey(), &ledger, &line, slots(&fx, 0));
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(approve, 0)], &[]));
}

#[test]
fn the_programs_stay_the_pinned_ones() {
    let mut fx = Fixture::from_plan(quiet(2));
    let good = accounts(&fx, 0);
    let code = |fx: &Fixture, id| router::code_of(&fx.chain, &id).unwrap();
    let (vault, vault_data) = code(&fx, vault::ID);
    let market = fx.deployment.lines[0].reserve.addresses.market;
    let wrong = [
        accounts::ApproveVenue { program_account: vault, program_data: vault_data, ..good },
        accounts::ApproveVenue { program_data: vault_data, ..good },
        accounts::ApproveVenue { program_data: market, ..good },
        accounts::ApproveVenue { program_account: market, program_data: market, ..good },
    ];
    let slots = slots(&fx, 0);
    for accounts in wrong {
        fx.assert_refused("VenueAccountMismatch", |fx| approve(fx, accounts, 1, slots));
    }
    fx.assert_refused("UnknownLine", |fx| approve(fx, good, 2, slots));
    own::open(&mut fx);
    let foreign = accounts::ApproveVenue { ledger: fx.deployment.vault.addresses.ledger, ..good };
    fx.assert_refused("ForeignAccount", |fx| approve(fx, foreign, 1, slots));
}

#[test]
fn new_code_gets_new_money_only_once_approved() {
    let (mut fx, alice) = invested();
    let cast = Cast::of(&fx);
    let authority = Pubkey::new_unique();
    upgrade(&mut fx, 7, Some(authority));
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.pass(600);
    fx.assert_refused("VenueChanged", |fx| fx.router().rebalance(0));
    // What lies there comes back, and a valuation asks no program.
    fx.router().recall(&cast.guardian, 0, 100 * USDC).unwrap();
    fx.router().refresh(0).unwrap();

    fx.assert_refused("ChangeRequired", |fx| fx.router().approve_venue(&cast.owner, 0));
    let receipt = fx.router().queued().approve_venue(&cast.owner, 0).unwrap();
    let Some(RouterEvent::VenueApproved(event)) = events(&receipt).pop() else { panic!("a venue was approved") };
    assert_eq!((event.line, event.program_data_slot, event.upgrade_authority), (1, 7, authority));
    assert_eq!((event.swap_program_data_slot, event.swap_upgrade_authority), (0, Pubkey::default()));
    let venue: LineVenue = fx.read(&fx.deployment.lines[0].addresses.venue);
    assert_eq!((venue.venue.program_data_slot, venue.venue.upgrade_authority), (7, authority));
    fx.router().rebalance(0).unwrap();
    // 90% of the 2,000.
    assert_eq!(fx.line(0).position, 1_800 * USDC);
}

#[test]
fn a_change_of_hands_alone_is_a_change() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let slot = fx.chain.svm().program_deployment(&lending_venue::ID).unwrap().0;
    upgrade(&mut fx, slot, Some(Pubkey::new_unique()));
    fx.assert_refused("VenueChanged", |fx| fx.router().rebalance(0));
    upgrade(&mut fx, slot, None);
    fx.router().rebalance(0).unwrap();
}

#[test]
fn what_was_reviewed_is_what_is_approved() {
    let mut fx = Fixture::from_plan(quiet(1));
    let good = accounts(&fx, 0);
    upgrade(&mut fx, 7, None);
    let reviewed = slots(&fx, 0);
    assert_eq!(reviewed, CodeSlots { program: 7, swap: 0 });
    for slots in
        [CodeSlots { program: 6, ..reviewed }, CodeSlots { program: 8, ..reviewed }, CodeSlots { swap: 7, ..reviewed }]
    {
        fx.assert_refused("VenueChanged", |fx| approve(fx, good, 1, slots));
    }
    // Replaced once more between the review and the approval.
    upgrade(&mut fx, 8, None);
    fx.assert_refused("VenueChanged", |fx| approve(fx, good, 1, reviewed));
    upgrade(&mut fx, 7, None);
    approve(&mut fx, good, 1, reviewed).unwrap();
}

#[test]
fn code_that_is_replaced_while_the_approval_waits_is_not_approved() {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    upgrade(&mut fx, 7, None);
    let line = fx.deployment.lines[0].context.clone();
    let ledger = fx.deployment.vault.addresses.ledger;
    let waiting = router::approve_venue(&cast.owner.pubkey(), &ledger, &line, slots(&fx, 0));
    let change = fx.router().next_change();
    fx.router().propose_change(&cast.owner, &waiting).unwrap();
    fx.pass(172_800);
    upgrade(&mut fx, 8, None);
    fx.assert_refused("VenueChanged", |fx| fx.router().apply(&cast.owner, waiting.clone(), &change));
    let now_there = router::approve_venue(&cast.owner.pubkey(), &ledger, &line, slots(&fx, 0));
    fx.assert_refused("ChangeMismatch", |fx| fx.router().apply(&cast.owner, now_there, &change));
}

#[test]
fn both_programs_of_a_swapped_line_are_reviewed() {
    let mut fx = Fixture::from_plan(swapped::plan());
    let good = accounts(&fx, 0);
    fx.chain.svm_mut().upgrade_program(&swap_venue::ID, 5, None).unwrap();
    let reviewed = slots(&fx, 0);
    assert_eq!(reviewed.swap, 5);
    for swap in [0, 4, 6] {
        fx.assert_refused("VenueChanged", |fx| approve(fx, good, 1, CodeSlots { swap, ..reviewed }));
    }
    approve(&mut fx, good, 1, reviewed).unwrap();
}

//! A multisig as the owner of everything: its address is a PDA, its program signs by CPI. It takes the ownership over,
//! proposes, waits, withdraws and applies, and nobody signs a transaction but whoever pays the fee.

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::instructions::{
    changes::{presenting, Queue},
    oracle, router,
};
use gimbal::pda::LineAddresses;
use gimbal_control::ChangeState;
use gimbal_tests::queue::{next_nonce, record};
use gimbal_tests::*;
use outer_caller::{signer, wrap};
use risk_oracle::{SetLineRiskArgs, NO_RISK};
use solana_instruction::Instruction;
use strategy_router::{LimitsArgs, LineParams};

/// Sends the multisig's instruction through its program; the payer alone signs the transaction.
fn through(fx: &mut Fixture, inner: &Instruction) -> Outcome {
    let outer = wrap(inner);
    assert!(outer.accounts.iter().all(|meta| !meta.is_signer), "the multisig signs, and nobody else");
    fx.send(&with_budget(&[outer]), &[])
}

/// As [`through`], and it must succeed.
#[track_caller]
fn done(fx: &mut Fixture, inner: &Instruction) -> Receipt {
    match through(fx, inner) {
        Ok(receipt) => receipt,
        Err(error) => {
            let logs = error.refused().map(|refused| refused.logs.join("\n")).unwrap_or_default();
            panic!("{error}\n{logs}")
        }
    }
}

/// A deployment with 1,000 USDC of Alice's, whose vault, ledger, book and base feed the multisig has taken over.
fn owned() -> (Fixture, Pubkey, User) {
    let mut fx = Fixture::with_lines(1);
    let multisig = signer();
    fx.chain.fund(&multisig, 1_000_000_000).unwrap();
    let alice = fx.depositor(2_000 * USDC);
    let vault = fx.deployment.vault;
    let (ledger, book, feed) = (vault.addresses.ledger, vault.addresses.book, vault.base_feed);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let key = owner.pubkey();
    let proposals = [
        vault.propose_owner(&key, &multisig),
        router::propose_owner(&key, &ledger, &multisig),
        oracle::propose_owner(&key, &book, &multisig),
        oracle::propose_owner(&key, &feed, &multisig),
    ];
    fx.send(&proposals, &[&owner]).unwrap();
    let acceptances = [
        vault.accept_owner(&multisig),
        router::accept_owner(&multisig, &ledger),
        oracle::accept_owner(&multisig, &book),
        oracle::accept_owner(&multisig, &feed),
    ];
    for accept in acceptances {
        done(&mut fx, &accept);
    }
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    (fx, multisig, alice)
}

/// Proposes by CPI, the multisig paying the rent itself; returns the change's number.
#[track_caller]
fn propose(fx: &mut Fixture, queue: Queue, guarded: &Instruction) -> u64 {
    let multisig = signer();
    let nonce = next_nonce(&fx.chain, &queue);
    done(fx, &queue.propose(&multisig, &multisig, nonce, guarded, None));
    nonce
}

/// Proposes, waits, applies and closes by CPI, and checks each step.
#[track_caller]
fn carry_out(fx: &mut Fixture, queue: Queue, guarded: Instruction) {
    assert_error(through(fx, &guarded), "ChangeRequired");
    let nonce = propose(fx, queue, &guarded);
    let change = queue.change(nonce);
    let presented = presenting(guarded, &change);
    assert_error(through(fx, &presented), "ChangeTooEarly");
    fx.wait_for(queue, nonce);
    done(fx, &presented);
    assert_eq!(record(&fx.chain, &queue, nonce).state, ChangeState::Applied as u8);
    // The rent goes back to the multisig, which paid it; anybody sends that.
    let had = fx.chain.require_account(&signer()).unwrap().lamports;
    fx.send(&[queue.close(&signer(), nonce)], &[]).unwrap();
    assert!(fx.chain.require_account(&signer()).unwrap().lamports > had);
}

#[test]
fn a_multisig_changes_every_account_that_it_owns() {
    let (mut fx, multisig, _) = owned();
    let addresses = fx.deployment.vault.addresses;
    let heir = Pubkey::new_from_array([5; 32]);

    let limits = LimitsArgs { min_cash_bps: 400, ..fx.deployment.plan.limits };
    let queue = fx.ledger_queue();
    carry_out(&mut fx, queue, router::set_limits(&multisig, &addresses.ledger, limits));
    assert_eq!(fx.ledger().limits.min_cash_bps, 400);

    let queue = fx.vault_queue();
    let name = fx.deployment.vault.set_curator(&multisig, &heir);
    carry_out(&mut fx, queue, name);
    assert_eq!(fx.vault_state().roles.curator, heir);

    let queue = fx.book_queue();
    carry_out(&mut fx, queue, oracle::set_curator(&multisig, &addresses.book, &heir));

    let mut params = fx.deployment.plan.feed_params;
    params.max_age += 1;
    let (feed, queue) = (fx.deployment.vault.base_feed, fx.feed_queue(Asset::Base));
    carry_out(&mut fx, queue, oracle::set_feed_params(&multisig, &feed, params));
    assert_eq!(fx.feed(Asset::Base).params().max_age, params.max_age);
    fx.assert_identities();
}

#[test]
fn a_multisig_adds_a_line_with_its_limits() {
    let (mut fx, multisig, _) = owned();
    let (ledger, book) = (fx.deployment.vault.addresses.ledger, fx.deployment.vault.addresses.book);
    let hostile = fx.hostile_reserve(Pubkey::new_from_array([7; 32]), None);
    let mut line = fx.hostile_line(&hostile);
    // The first line steers for nine tenths of what is not cash.
    (line.args.params.target_bps, line.args.params.max_bps) = (1_000, 1_000);
    let lower = LineParams { target_bps: 4_000, ..LineParams::of(&fx.line(0)) };
    done(&mut fx, &router::set_bounds(&multisig, &ledger, 1, lower));
    let line = line.sealed();
    let (add_queue, risk_queue) = (fx.ledger_queue(), fx.book_queue());
    let add = router::add_strategy(&multisig, &multisig, &ledger, &line);
    let risks = SetLineRiskArgs { line: 2, risks: [NO_RISK; 4], cap_bps: 1_000, cap: u64::MAX };
    let allow = oracle::set_line_risk(&multisig, &book, risks);
    // Both wait at the same time, the multisig pays all rents.
    let changes = [(add_queue, &add), (risk_queue, &allow)].map(|(queue, guarded)| {
        let nonce = propose(&mut fx, queue, guarded);
        (nonce, presenting(guarded.clone(), &queue.change(nonce)))
    });
    fx.wait_for(add_queue, changes[0].0);
    for (_, presented) in &changes {
        done(&mut fx, presented);
    }
    let venue: strategy_router::LineVenue = fx.read(&LineAddresses::of(&ledger, 2).venue);
    assert_eq!((venue.id, venue.pinned()), (2, line.pinned.as_slice()));
    assert_eq!(fx.ledger().line_count, 2);
    let book: risk_oracle::Book = fx.read(&book);
    assert!(book.lines.iter().any(|row| row.line_id == 2 && row.cap_bps == 1_000));
}

#[test]
fn a_multisig_withdraws_what_it_proposed_and_its_guardian_vetoes_the_rest() {
    let (mut fx, multisig, _) = owned();
    let ledger = fx.deployment.vault.addresses.ledger;
    let queue = fx.ledger_queue();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let limits = LimitsArgs { loss_budget_bps: 100, ..fx.deployment.plan.limits };
    let looser = router::set_limits(&multisig, &ledger, limits);
    let withdrawn = propose(&mut fx, queue, &looser);
    let vetoed = propose(&mut fx, queue, &looser);
    done(&mut fx, &queue.veto(&multisig, withdrawn));
    fx.send(&[queue.veto(&guardian.pubkey(), vetoed)], &[&guardian]).unwrap();
    fx.pass(2 * DAY);
    for nonce in [withdrawn, vetoed] {
        assert_error(through(&mut fx, &presenting(looser.clone(), &queue.change(nonce))), "ChangeVetoed");
    }
    assert_eq!(fx.ledger().limits.loss_budget_bps, 50);
}

#[test]
fn what_lowers_risk_needs_no_change_from_a_multisig_either() {
    let (mut fx, multisig, _) = owned();
    let ledger = fx.deployment.vault.addresses.ledger;
    done(&mut fx, &router::set_status(&multisig, &ledger, 1, 3));
    let limits = LimitsArgs { loss_budget_bps: 1, keeper_loss_budget_bps: 1, ..fx.deployment.plan.limits };
    done(&mut fx, &router::set_limits(&multisig, &ledger, limits));
    done(&mut fx, &router::set_curator(&multisig, &ledger, &Pubkey::default()));
    assert_eq!((fx.line(0).status, fx.ledger().roles.curator), (3, Pubkey::default()));
}

/// The key that made the vault has nothing left to say, and the multisig's program signs for its own address only.
#[test]
fn nobody_acts_for_the_multisig() {
    let (mut fx, multisig, alice) = owned();
    let ledger = fx.deployment.vault.addresses.ledger;
    let queue = fx.ledger_queue();
    let limits = LimitsArgs { loss_budget_bps: 100, ..fx.deployment.plan.limits };
    let looser = router::set_limits(&multisig, &ledger, limits);
    assert_error(fx.propose(queue, &looser), "NotOwner");
    let nonce = propose(&mut fx, queue, &looser);
    fx.wait_for(queue, nonce);
    let presented = presenting(looser, &queue.change(nonce));
    let owner = fx.deployment.actors.owner.insecure_clone();
    for key in [&owner, &alice.key] {
        let mut stolen = presented.clone();
        stolen.accounts[0].pubkey = key.pubkey();
        fx.assert_refused("NotOwner", |fx| fx.send(&[stolen], &[key]));
    }
    let mut unsigned = presented.clone();
    unsigned.accounts[0].is_signer = false;
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned], &[]));
    done(&mut fx, &presented);
}

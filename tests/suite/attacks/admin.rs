//! Attacks 47 and 48, and what a coerced owner or a guardian that vetoes everything is good for.

use super::*;
use gimbal::bundle::with_budget;
use gimbal::instructions::{
    changes::{presenting, Queue},
    oracle,
    router::{self, NewLine},
};
use gimbal::setup::keys::keypair;
use gimbal_tests::queue::DurableNonce;
use strategy_router::{LimitsArgs, LineParams};

/// The wait of a change, and how long it can be applied then, seconds.
const WAIT: u64 = 2 * DAY;
const WINDOW: u64 = 7 * DAY;

fn owner(fx: &Fixture) -> Keypair {
    fx.deployment.actors.owner.insecure_clone()
}

fn guardian(fx: &Fixture) -> Keypair {
    fx.deployment.actors.guardian.insecure_clone()
}

/// Vault, ledger and book with somebody's money in them.
fn live() -> (Fixture, User) {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(20_000 * USDC);
    fx.vault().deposit(&alice, 10_000 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    (fx, alice)
}

/// The ledger's limits with a greater loss budget; its own is 50.
fn looser(fx: &Fixture, loss_budget_bps: u16) -> Instruction {
    let limits = LimitsArgs { loss_budget_bps, ..fx.deployment.plan.limits };
    router::set_limits(&owner(fx).pubkey(), &fx.deployment.vault.addresses.ledger, limits)
}

/// One instruction that must have waited for each kind of account, and its queue.
fn guarded(fx: &Fixture) -> [(Queue, Instruction); 3] {
    let (key, thief) = (owner(fx).pubkey(), keypair(7, "thief", 0).pubkey());
    [
        (fx.vault_queue(), fx.deployment.vault.set_curator(&key, &thief)),
        (fx.ledger_queue(), looser(fx, 500)),
        (fx.book_queue(), oracle::set_curator(&key, &fx.deployment.vault.addresses.book, &thief)),
    ]
}

fn apply(fx: &mut Fixture, queue: Queue, guarded: &Instruction, nonce: u64) -> Outcome {
    let key = owner(fx);
    fx.send(&with_budget(&[presenting(guarded.clone(), &queue.change(nonce))]), &[&key])
}

/// Attack 47: too early, also in the transaction that proposes it; without any change; too late; after a veto.
#[test]
fn a_change_counts_in_its_time_alone() {
    let (fx, _) = live();
    for (queue, guarded) in guarded(&fx) {
        let mut fx = fx.clone();
        let (key, payer) = (owner(&fx), fx.deployment.actors.payer.pubkey());
        fx.assert_refused("ChangeRequired", |fx| fx.send(std::slice::from_ref(&guarded), &[&key]));
        let propose = queue.propose(&key.pubkey(), &payer, 0, &guarded, None);
        let at_once = [propose, presenting(guarded.clone(), &queue.change(0))];
        fx.assert_refused("ChangeTooEarly", |fx| fx.send(&at_once, &[&key]));

        fx.propose(queue, &guarded).unwrap();
        fx.assert_refused("ChangeTooEarly", |fx| apply(fx, queue, &guarded, 0));
        fx.warp(WAIT - 1);
        fx.assert_refused("ChangeTooEarly", |fx| apply(fx, queue, &guarded, 0));

        let mut vetoed = fx.clone();
        let veto = queue.veto(&guardian(&fx).pubkey(), 0);
        vetoed.send(&[veto], &[&guardian(&fx)]).unwrap();
        vetoed.warp(1);
        vetoed.assert_refused("ChangeVetoed", |fx| apply(fx, queue, &guarded, 0));

        fx.warp(1);
        apply(&mut fx.clone(), queue, &guarded, 0).unwrap();
        fx.warp(WINDOW);
        fx.assert_refused("ChangeExpired", |fx| apply(fx, queue, &guarded, 0));
    }
}

/// Attack 47: signatures that were collected when they were harmless are kept by a durable nonce until the change is
/// ready.
#[test]
fn signatures_kept_by_a_durable_nonce_apply_nothing() {
    let (fx, _) = live();
    for (queue, guarded) in guarded(&fx) {
        let mut fx = fx.clone();
        let (key, payer) = (owner(&fx), fx.deployment.actors.payer.insecure_clone());
        let nonce = DurableNonce::create(&mut fx.chain, &payer, &key);
        fx.propose(queue, &guarded).unwrap();
        fx.warp(WAIT);
        let presented = presenting(guarded.clone(), &queue.change(0));
        fx.assert_refused("DurableNonce", |fx| {
            let outcome = nonce.send(&mut fx.chain, &payer, std::slice::from_ref(&presented), &[&key]);
            // A failed transaction advances its nonce all the same.
            nonce.put_back(&mut fx.chain);
            outcome
        });
        // Nor behind something harmless, nor called from inside another program.
        let harmless = fx.deployment.lines[0].reserve.refresh();
        fx.assert_refused("DurableNonce", |fx| {
            let outcome = nonce.send(&mut fx.chain, &payer, &[harmless, presented.clone()], &[&key]);
            nonce.put_back(&mut fx.chain);
            outcome
        });
        fx.assert_refused("DurableNonce", |fx| {
            let wrapped = outer_caller::wrap(&presented);
            let outcome = nonce.send(&mut fx.chain, &payer, &[wrapped], &[&key]);
            nonce.put_back(&mut fx.chain);
            outcome
        });
        apply(&mut fx, queue, &guarded, 0).unwrap();
    }
}

/// Attack 48: two changes that are each within bounds, proposed side by side, to be applied in one transaction. What the
/// second was measured by has moved.
#[test]
fn two_changes_do_not_add_up() {
    let (mut fx, _) = live();
    let (queue, key) = (fx.ledger_queue(), owner(&fx));
    let older = LimitsArgs { max_valuation_age: 700, ..fx.deployment.plan.limits };
    let changes = [looser(&fx, 100), router::set_limits(&key.pubkey(), &fx.deployment.vault.addresses.ledger, older)];
    for guarded in &changes {
        fx.propose(queue, guarded).unwrap();
    }
    fx.pass(WAIT);
    let [one, other] = [0, 1].map(|nonce| presenting(changes[nonce as usize].clone(), &queue.change(nonce)));
    fx.assert_refused("ChangeStale", |fx| fx.send(&[one.clone(), other.clone()], &[&key]));
    fx.assert_refused("ChangeStale", |fx| fx.send(&[other.clone(), one.clone()], &[&key]));
    fx.send(&[one], &[&key]).unwrap();
    fx.assert_refused("ChangeStale", |fx| fx.send(&[other], &[&key]));
    assert_eq!((fx.ledger().limits.loss_budget_bps, fx.ledger().limits.max_valuation_age), (100, 600));
    fx.assert_identities();
}

/// Attack 48: back and forth. What the first raised and the curator's own lowering took back is not raised again by a
/// change that was proposed in between.
#[test]
fn a_lowering_is_not_undone_by_what_already_waits() {
    let (mut fx, _) = live();
    let (ledger, key) = (fx.deployment.vault.addresses.ledger, owner(&fx));
    let was = LineParams::of(&fx.line(0));
    let raise = router::set_bounds(&key.pubkey(), &ledger, 1, LineParams { cap: was.cap * 2, ..was });
    let queue = fx.ledger_queue();
    fx.propose(queue, &raise).unwrap();
    fx.pass(WAIT);
    let lower = LineParams { cap: was.cap / 2, ..was };
    let guardian = guardian(&fx);
    fx.router().set_bounds(&guardian, 0, lower).unwrap();
    fx.assert_refused("ChangeStale", |fx| apply(fx, queue, &raise, 0));
    assert_eq!(fx.line(0).cap, was.cap / 2);
}

/// Beyond the list: a guardian (or the thief of its key) that vetoes whatever is proposed cannot veto its own removal, and
/// then it vetoes nothing any more.
#[test]
fn a_guardian_that_vetoes_everything_is_removed() {
    let (fx, _) = live();
    let heir = keypair(7, "heir", 0).pubkey();
    let key = owner(&fx).pubkey();
    let addresses = fx.deployment.vault.addresses;
    let removals = [
        fx.deployment.vault.set_guardian(&key, &heir),
        router::set_guardian(&key, &addresses.ledger, &heir),
        oracle::set_guardian(&key, &addresses.book, &heir),
    ];
    for ((queue, wanted), removal) in guarded(&fx).into_iter().zip(removals) {
        let mut fx = fx.clone();
        let thief = guardian(&fx);
        let veto = |fx: &mut Fixture, nonce| fx.send(&[queue.veto(&thief.pubkey(), nonce)], &[&thief]);
        for nonce in 0..3 {
            fx.propose(queue, &wanted).unwrap();
            veto(&mut fx, nonce).unwrap();
        }
        fx.propose(queue, &removal).unwrap();
        fx.propose(queue, &wanted).unwrap();
        fx.assert_refused("NotVetoable", |fx| veto(fx, 3));
        // Nor by renouncing in time, nor by being named again at once.
        fx.pass(WAIT);
        fx.assert_refused("NotVetoable", |fx| veto(fx, 3));
        apply(&mut fx, queue, &removal, 3).unwrap();
        fx.assert_refused("NotVetoer", |fx| veto(fx, 4));
        apply(&mut fx, queue, &wanted, 4).unwrap();
    }
}

/// The hostile line that a coerced owner is made to propose.
fn hostile_proposal(fx: &mut Fixture) -> (NewLine, Instruction) {
    let hostile = fx.hostile_reserve(Pubkey::new_from_array([7; 32]), None);
    let mut line = fx.hostile_line(&hostile);
    line.args.params.target_bps = 0;
    let line = line.sealed();
    let (key, payer) = (owner(fx).pubkey(), fx.deployment.actors.payer.pubkey());
    let add = router::add_strategy(&key, &payer, &fx.deployment.vault.addresses.ledger, &line);
    (line, add)
}

/// Beyond the list: whoever coerces the owner adds his own venue. It waits for everybody to see, nothing moves meanwhile,
/// and the guardian vetoes it.
#[test]
fn a_coerced_owner_adds_no_hostile_line() {
    let (mut fx, alice) = live();
    let (line, add) = hostile_proposal(&mut fx);
    let queue = fx.ledger_queue();
    let key = owner(&fx);
    fx.assert_refused("ChangeRequired", |fx| fx.router().add_strategy(&key, &line));
    fx.propose(queue, &add).unwrap();
    let venue = gimbal::pda::LineAddresses::of(&fx.deployment.vault.addresses.ledger, line.args.id).venue;
    assert!(fx.chain.get_account(&venue).unwrap().is_none(), "nothing is there to be moved to");
    // Everything else goes on; who does not trust it leaves.
    fx.pass(DAY);
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    let veto = queue.veto(&guardian(&fx).pubkey(), 0);
    fx.send(&[veto], &[&guardian(&fx)]).unwrap();
    fx.pass(DAY);
    fx.assert_refused("ChangeVetoed", |fx| apply(fx, queue, &add, 0));
    // Nor may the owner rid itself of the guardian, or the book of its limit, any faster.
    let key = owner(&fx);
    fx.assert_refused("ChangeRequired", |fx| fx.router().set_guardian(&key, &Pubkey::default()));
    let risks = risk_oracle::SetLineRiskArgs {
        line: line.args.id,
        risks: [risk_oracle::NO_RISK; 4],
        cap_bps: 10_000,
        cap: u64::MAX,
    };
    fx.assert_refused("ChangeRequired", |fx| fx.oracle().set_line_risk(&key, risks));
    assert_eq!(fx.ledger().line_count, 1);
    fx.assert_identities();
}

/// Beyond the list: everybody is out before a hostile line could be there.
#[test]
fn whoever_watches_is_out_before_a_hostile_line_is_in() {
    let (mut fx, alice) = live();
    let (_, add) = hostile_proposal(&mut fx);
    let queue = fx.ledger_queue();
    fx.propose(queue, &add).unwrap();
    let shares = fx.balance(&alice.shares);
    fx.vault().request_redeem(&alice, shares).unwrap();
    fx.refresh_all();
    let need = fx.ledger().queue_need();
    fx.router().recall(&alice.key, 0, need).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    // But for the keeper's pay of a cent and a unit of rounding.
    assert!(fx.balance(&alice.base) >= 20_000 * USDC - 10_001, "{}", fx.balance(&alice.base));
    fx.pass(WAIT);
    apply(&mut fx, queue, &add, 0).unwrap();
    assert!(fx.ledger().cash_tracked < USDC, "nobody's money is there to be taken");
}

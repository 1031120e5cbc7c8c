//! Every flow of a user from inside another program: a multisig, whose address is a PDA, holds the tokens and signs by
//! that program's call.

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::instructions::token;
use gimbal::setup::tokens;
use gimbal_tests::*;
use outer_caller::{signer, wrap};
use solana_instruction::Instruction;

/// The multisig's accounts.
#[derive(Clone, Copy)]
struct Multisig {
    key: Pubkey,
    base: Pubkey,
    shares: Pubkey,
}

/// A deployment in which the multisig owns 10,000 USDC, an empty account of shares, and lamports.
fn with_multisig(lines: usize) -> (Fixture, Multisig) {
    let mut fx = Fixture::with_lines(lines);
    let key = signer();
    fx.chain.fund(&key, 1_000_000_000).unwrap();
    let deployment = fx.deployment.clone();
    let base = tokens::issue(&mut fx.chain, &deployment.actors, &deployment.base, &key, 10_000 * USDC).unwrap();
    let create = deployment.vault.create_share_account(&deployment.actors.payer.pubkey(), &key);
    fx.send(&[create], &[]).unwrap();
    fx.refresh_all();
    (fx, Multisig { key, base, shares: deployment.vault.share_account(&key) })
}

/// Sends the instruction through the outer program alone, and checks that nobody else has signed it.
#[track_caller]
fn through(fx: &mut Fixture, inner: &Instruction) -> Receipt {
    let outer = wrap(inner);
    assert!(outer.accounts.iter().all(|meta| !meta.is_signer), "the outer program signs, and nobody else");
    send(fx, outer)
}

#[track_caller]
fn send(fx: &mut Fixture, outer: Instruction) -> Receipt {
    match fx.send(&with_budget(&[outer]), &[]) {
        Ok(receipt) => receipt,
        Err(error) => {
            let logs = error.refused().map(|refused| refused.logs.join("\n")).unwrap_or_default();
            panic!("{error}\n{logs}")
        }
    }
}

#[test]
fn a_deposit_and_a_redemption() {
    let (mut fx, multisig) = with_multisig(1);
    let vault = fx.deployment.vault;
    through(&mut fx, &vault.deposit(&multisig.key, 1_000 * USDC, 1_000 * USDC));
    assert_eq!((fx.balance(&multisig.base), fx.balance(&multisig.shares)), (9_000 * USDC, 1_000 * USDC));
    assert_eq!(fx.ledger().cash_tracked, 1_000 * USDC);
    through(&mut fx, &vault.redeem(&multisig.key, 400 * USDC, 400 * USDC));
    assert_eq!((fx.balance(&multisig.base), fx.balance(&multisig.shares)), (9_400 * USDC, 600 * USDC));
    fx.assert_identities();
}

#[test]
fn a_mint_and_a_withdrawal() {
    let (mut fx, multisig) = with_multisig(1);
    let vault = fx.deployment.vault;
    through(&mut fx, &vault.mint(&multisig.key, 1_000 * USDC, 1_000 * USDC));
    assert_eq!((fx.balance(&multisig.base), fx.balance(&multisig.shares)), (9_000 * USDC, 1_000 * USDC));
    through(&mut fx, &vault.withdraw(&multisig.key, 300 * USDC, 300 * USDC));
    assert_eq!((fx.balance(&multisig.base), fx.balance(&multisig.shares)), (9_300 * USDC, 700 * USDC));
    fx.assert_identities();
}

/// The deepest flow: outer, vault, router, venue, token program are the five levels that a chain allows.
#[test]
fn a_deposit_that_is_allocated() {
    let (mut fx, multisig) = with_multisig(3);
    let vault = fx.deployment.vault;
    let line = fx.deployment.lines[0].context.clone();
    let receipt = through(&mut fx, &vault.deposit_and_allocate(&multisig.key, 1_000 * USDC, 1_000 * USDC, &line));
    assert_eq!((fx.balance(&multisig.base), fx.balance(&multisig.shares)), (9_000 * USDC, 1_000 * USDC));
    assert_eq!(fx.line(0).invested, 600 * USDC, "the line's most is 60% of NAV");
    assert_eq!(fx.ledger().cash_tracked, 400 * USDC);
    assert!(receipt.inner.iter().any(|call| call.stack_height == 5), "token transfers at the fifth level");
    fx.assert_identities();
}

#[test]
fn a_ticket_from_request_to_claim() {
    let (mut fx, multisig) = with_multisig(1);
    let (vault, payer) = (fx.deployment.vault, fx.deployment.actors.payer.pubkey());
    through(&mut fx, &vault.deposit(&multisig.key, 1_000 * USDC, 0));

    // The multisig pays the rent itself: its PDA signs for that, too.
    through(&mut fx, &vault.request_redeem(&multisig.key, &multisig.key, 0, 300 * USDC));
    let ticket = fx.ticket(0).unwrap();
    assert_eq!((ticket.owner, ticket.shares_left), (multisig.key, 300 * USDC));
    assert_eq!(fx.balance(&multisig.shares), 700 * USDC);

    through(&mut fx, &vault.fill_tickets(0, 1));
    assert_eq!(fx.ticket(0).unwrap().claimable, 300 * USDC);
    let lamports = fx.chain.require_account(&multisig.key).unwrap().lamports;
    through(&mut fx, &vault.claim(&multisig.key, 0));
    assert_eq!(fx.balance(&multisig.base), 9_300 * USDC);
    assert!(fx.ticket(0).is_none());
    assert!(fx.chain.require_account(&multisig.key).unwrap().lamports > lamports, "the ticket's rent came back");

    // Somebody else pays the rent, signs outside, and the multisig inside.
    let request = wrap(&vault.request_redeem(&multisig.key, &payer, 1, 200 * USDC));
    assert_eq!(request.accounts.iter().filter(|meta| meta.is_signer).count(), 1);
    send(&mut fx, request);
    through(&mut fx, &vault.cancel(&multisig.key, 1));
    assert_eq!(fx.balance(&multisig.shares), 700 * USDC);
    assert!(fx.ticket(1).is_none());
    fx.assert_identities();
}

/// Refresh, deposit, allocation and exit as one program's one instruction after another, in one transaction.
#[test]
fn a_whole_journey_in_one_transaction() {
    let (mut fx, multisig) = with_multisig(1);
    let vault = fx.deployment.vault;
    let line = fx.deployment.lines[0].clone();
    fx.warp(300);
    fx.deployment.post_prices(&mut fx.chain).unwrap();
    let [venue, refresh] = fx.deployment.refresh_line(&line);
    let steps = [
        wrap(&venue),
        wrap(&refresh),
        wrap(&vault.deposit_and_allocate(&multisig.key, 1_000 * USDC, 1_000 * USDC, &line.context)),
        wrap(&vault.redeem(&multisig.key, 50 * USDC, 0)),
        wrap(&vault.request_redeem(&multisig.key, &multisig.key, 0, 950 * USDC)),
    ];
    fx.send(&with_budget(&steps), &[]).unwrap();
    assert_eq!(fx.ticket(0).unwrap().shares_left, 950 * USDC);
    assert!(fx.balance(&multisig.base) > 9_049 * USDC);
    fx.assert_identities();
}

/// The outer program signs for its own address only.
#[test]
fn an_outer_program_cannot_sign_for_a_user() {
    let (mut fx, multisig) = with_multisig(1);
    let alice = fx.depositor(2_000 * USDC);
    let vault = fx.deployment.vault;
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    let mut theft = vault.redeem_accounts(&alice.pubkey());
    theft.destination = multisig.base;
    let theft = vault.instruction(theft, vault_redeem(100 * USDC));
    let mut outer = wrap(&theft);
    for meta in &mut outer.accounts {
        meta.is_signer = false;
    }
    let refused = fx.assert_unchanged(|fx| fx.send(&[outer], &[]));
    assert_error(refused, "PrivilegeEscalation");
    let base = fx.deployment.base;
    let theft =
        token::transfer(&alice.base, &base.key, &multisig.base, &multisig.key, USDC, base.decimals, &base.program);
    fx.assert_refused("OwnerMismatch", |fx| fx.send(&[wrap(&theft)], &[]));
}

fn vault_redeem(shares: u64) -> vault::instruction::Redeem {
    vault::instruction::Redeem { shares, min_assets: 0 }
}

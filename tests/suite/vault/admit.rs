//! `admit`: whose proof counts, and for what.

use super::terms::*;
use super::*;
use ::vault::{accounts, instruction, Member};
use gimbal::gate::List;

/// A vault with a list of Alice, Bob and three others.
fn gated() -> (Fixture, [User; 2], List) {
    let mut fx = Fixture::new();
    let users = [fx.depositor(1_000 * USDC), fx.depositor(1_000 * USDC)];
    let others = (1..4).map(|number| Pubkey::new_from_array([number; 32]));
    let list = List::new(&fx.deployment.vault.addresses.vault, users.iter().map(User::pubkey).chain(others));
    let key = owner(&fx);
    fx.vault().set_gate(&key, list.root().unwrap()).unwrap();
    (fx, users, list)
}

fn admit_with(
    fx: &mut Fixture,
    wallet: &Pubkey,
    proof: Vec<[u8; 32]>,
    change: impl FnOnce(&mut accounts::Admit),
) -> Outcome {
    let (vault, payer) = (fx.deployment.vault, fx.deployment.actors.payer.pubkey());
    let mut accounts = vault.admit_accounts(&payer, wallet);
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, instruction::Admit { proof })], &[])
}

#[test]
fn only_a_wallet_with_its_own_proof_is_admitted() {
    let (mut fx, [alice, bob], list) = gated();
    let stranger = fx.depositor(1_000 * USDC);
    let [his, hers] = [&bob, &alice].map(|user| list.proof(&user.pubkey()).unwrap());
    fx.assert_refused("NotAdmitted", |fx| fx.vault().admit(&stranger.pubkey(), hers.clone()));
    fx.assert_refused("NotAdmitted", |fx| fx.vault().admit(&alice.pubkey(), his));
    fx.assert_refused("NotAdmitted", |fx| fx.vault().admit(&alice.pubkey(), Vec::new()));
    fx.assert_refused("NotAdmitted", |fx| fx.vault().admit(&alice.pubkey(), hers[1..].to_vec()));
    // A member account is at the wallet's own address.
    let (his_account, proof) = (fx.deployment.vault.member(&bob.pubkey()), hers.clone());
    fx.assert_refused("ConstraintSeeds", |fx| {
        admit_with(fx, &alice.pubkey(), proof, |accounts| accounts.member = his_account)
    });
    fx.vault().admit(&alice.pubkey(), hers).unwrap();
}

/// A node of the tree cannot pass for a leaf, nor a wallet for the vault of another list.
#[test]
fn proofs_are_of_one_vault() {
    let (mut fx, [alice, _], list) = gated();
    let other = another_vault(&mut fx);
    let key = owner(&fx);
    let set = other.set_gate(&key.pubkey(), list.root().unwrap());
    fx.send(&[set], &[&key]).unwrap();
    let payer = fx.deployment.actors.payer.pubkey();
    let crossed = other.admit(&payer, &alice.pubkey(), list.proof(&alice.pubkey()).unwrap());
    fx.assert_refused("NotAdmitted", |fx| fx.send(&[crossed], &[]));
}

#[test]
fn anybody_may_admit_and_the_wallet_pays_in() {
    let (mut fx, [alice, _], list) = gated();
    let vault = fx.deployment.vault;
    let receipt = fx.vault().admit(&alice.pubkey(), list.proof(&alice.pubkey()).unwrap()).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::Admitted(event)] = events.as_slice() else { panic!("one wallet, not {events:?}") };
    assert_eq!((event.vault, event.slot, event.wallet), (vault.addresses.vault, receipt.slot, alice.pubkey()));
    assert_eq!(event.root, list.root().unwrap());
    let member: Member = fx.read(&vault.member(&alice.pubkey()));
    assert_eq!((member.version, member.vault, member.wallet), (1, vault.addresses.vault, alice.pubkey()));
    assert_eq!(member.root, list.root().unwrap());

    let line = fx.deployment.lines[0].context.clone();
    for entry in [
        vault.deposit(&alice.pubkey(), 100 * USDC, 0),
        vault.mint(&alice.pubkey(), 100 * USDC, u64::MAX),
        vault.deposit_and_allocate(&alice.pubkey(), 100 * USDC, 0, &line),
    ] {
        fx.assert_refused("NotAdmitted", |fx| {
            fx.send(&gimbal::bundle::with_budget(std::slice::from_ref(&entry)), &[&alice.key])
        });
        let entry = vault.as_member(&alice.pubkey(), entry);
        fx.send(&gimbal::bundle::with_budget(&[entry]), &[&alice.key]).unwrap();
    }
    assert_eq!(fx.balance(&alice.shares), 300 * USDC);
    fx.assert_identities();
}

#[test]
fn a_member_account_serves_its_wallet_alone() {
    let (mut fx, [alice, bob], list) = gated();
    let vault = fx.deployment.vault;
    fx.vault().admit(&alice.pubkey(), list.proof(&alice.pubkey()).unwrap()).unwrap();
    let mut accounts = vault.deposit_accounts(&bob.pubkey());
    accounts.member = Some(vault.member(&alice.pubkey()));
    let deposit = vault.instruction(accounts, instruction::Deposit { assets: 100 * USDC, min_shares: 0 });
    fx.assert_refused("NotAdmitted", |fx| fx.send(&[deposit], &[&bob.key]));
    // Nor does any other account of the program pass for one.
    let mut accounts = vault.deposit_accounts(&bob.pubkey());
    accounts.member = Some(vault.addresses.vault);
    let deposit = vault.instruction(accounts, instruction::Deposit { assets: 100 * USDC, min_shares: 0 });
    fx.assert_refused("AccountDiscriminatorMismatch", |fx| fx.send(&[deposit], &[&bob.key]));
}

#[test]
fn an_open_vault_admits_nobody_because_it_admits_everybody() {
    let (mut fx, [alice, _], list) = gated();
    let key = owner(&fx);
    fx.vault().set_gate(&key, [0; 32]).unwrap();
    fx.assert_refused("GateIsOpen", |fx| fx.vault().admit(&alice.pubkey(), list.proof(&alice.pubkey()).unwrap()));
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
}

#[test]
fn lamports_sent_to_the_coming_address_change_nothing() {
    let (mut fx, [alice, _], list) = gated();
    let member = fx.deployment.vault.member(&alice.pubkey());
    fx.chain.fund(&member, 1).unwrap();
    fx.vault().admit(&alice.pubkey(), list.proof(&alice.pubkey()).unwrap()).unwrap();
    // Once more is no harm.
    fx.warp(1);
    fx.vault().admit(&alice.pubkey(), list.proof(&alice.pubkey()).unwrap()).unwrap();
}

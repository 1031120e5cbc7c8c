//! `set_gate`: who may close and open it, and what it stands before.

use super::terms::*;
use super::*;
use gimbal::gate::List;

const ROOT: [u8; 32] = [9; 32];
const OPEN: [u8; 32] = [0; 32];

#[test]
fn the_owner_closes_and_opens_and_the_curator_renews() {
    let mut fx = Fixture::new();
    let key = owner(&fx);
    let [curator, guardian] =
        [&fx.deployment.actors.curator, &fx.deployment.actors.guardian].map(Keypair::insecure_clone);
    for stranger in [&curator, &guardian] {
        fx.assert_refused("NotOwner", |fx| fx.vault().set_gate(stranger, ROOT));
    }
    fx.vault().set_gate(&key, ROOT).unwrap();
    fx.assert_refused("NotCurator", |fx| fx.vault().set_gate(&guardian, [8; 32]));
    fx.assert_refused("NotOwner", |fx| fx.vault().set_gate(&curator, OPEN));
    fx.vault().set_gate(&curator, [8; 32]).unwrap();
    assert_eq!(fx.vault_state().gate_root, [8; 32]);
    fx.vault().set_gate(&key, OPEN).unwrap();
    assert_eq!(fx.vault_state().gate_root, OPEN);
    let unsigned = unsigned(fx.deployment.vault.set_gate(&key.pubkey(), ROOT), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned], &[]));
}

#[test]
fn it_is_at_once_in_a_live_vault_and_said() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 500 * USDC, 0).unwrap();
    let key = owner(&fx);
    let receipt = fx.vault().set_gate(&key, ROOT).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::GateSet(event)] = events.as_slice() else { panic!("the gate, not {events:?}") };
    assert_eq!((event.vault, event.slot), (fx.deployment.vault.addresses.vault, receipt.slot));
    assert_eq!((event.authority, event.root), (key.pubkey(), ROOT));
    fx.assert_refused("NotAdmitted", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
    fx.assert_refused("NotAdmitted", |fx| fx.vault().mint(&alice, 100 * USDC, u64::MAX));
    fx.assert_refused("NotAdmitted", |fx| fx.vault().deposit_and_allocate(&alice, 100 * USDC, 0, 0));
}

#[test]
fn no_exit_looks_at_it() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    let key = owner(&fx);
    fx.vault().set_gate(&key, ROOT).unwrap();
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    fx.vault().withdraw(&alice, 100 * USDC, u64::MAX).unwrap();
    for _ in 0..2 {
        fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    }
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    fx.vault().cancel(&alice, 1).unwrap();
    assert_eq!((fx.balance(&alice.base), fx.balance(&alice.shares)), (300 * USDC, 700 * USDC));
}

#[test]
fn a_new_list_admits_only_its_own() {
    let mut fx = Fixture::new();
    let (alice, bob) = (fx.depositor(1_000 * USDC), fx.depositor(1_000 * USDC));
    let (key, vault) = (owner(&fx), fx.deployment.vault);
    let lists = [vec![alice.pubkey(), bob.pubkey()], vec![bob.pubkey(), key.pubkey()]]
        .map(|wallets| List::new(&vault.addresses.vault, wallets));
    fx.vault().set_gate(&key, lists[0].root().unwrap()).unwrap();
    for user in [&alice, &bob] {
        fx.vault().admit(&user.pubkey(), lists[0].proof(&user.pubkey()).unwrap()).unwrap();
        let deposit = vault.as_member(&user.pubkey(), vault.deposit(&user.pubkey(), 100 * USDC, 0));
        fx.send(&[deposit], &[&user.key]).unwrap();
    }
    fx.vault().set_gate(&key, lists[1].root().unwrap()).unwrap();
    for user in [&alice, &bob] {
        let deposit = vault.as_member(&user.pubkey(), vault.deposit(&user.pubkey(), 101 * USDC, 0));
        fx.assert_refused("NotAdmitted", |fx| fx.send(&[deposit], &[&user.key]));
    }
    fx.assert_refused("NotAdmitted", |fx| fx.vault().admit(&alice.pubkey(), lists[0].proof(&alice.pubkey()).unwrap()));
    fx.vault().admit(&bob.pubkey(), lists[1].proof(&bob.pubkey()).unwrap()).unwrap();
    let deposit = vault.as_member(&bob.pubkey(), vault.deposit(&bob.pubkey(), 102 * USDC, 0));
    fx.send(&[deposit], &[&bob.key]).unwrap();
}

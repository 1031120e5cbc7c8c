//! `set_policy`: the curator's choice among the policies that there are.

use super::*;

#[test]
fn the_curator_and_the_owner_choose() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    for key in [&cast.guardian, &cast.stranger] {
        fx.assert_refused("NotCurator", |fx| fx.router().set_policy(key, 1));
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    let set = unsigned(gimbal::instructions::router::set_policy(&cast.curator.pubkey(), &ledger, 1), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[set], &[]));

    for (key, policy) in [(&cast.curator, 1), (&cast.owner, 2), (&cast.curator, 0)] {
        let receipt = fx.router().set_policy(key, policy).unwrap();
        assert_eq!(fx.ledger().policy, policy);
        let RouterEvent::LimitsSet(event) = event(&receipt) else { panic!("a policy was set") };
        assert_eq!((event.by, event.policy), (key.pubkey(), policy));
    }
}

#[test]
fn there_are_three_policies() {
    let mut fx = Fixture::from_plan(quiet(1));
    let curator = fx.deployment.actors.curator.insecure_clone();
    for policy in [3, 4, u8::MAX] {
        fx.assert_refused("UnknownPolicy", |fx| fx.router().set_policy(&curator, policy));
    }
}

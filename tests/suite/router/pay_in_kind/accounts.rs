//! Who calls it, and which accounts stand where.

use super::*;

#[test]
fn nobody_but_the_vault_calls_it() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let cast = Cast::of(&fx);
    let keeper = fx.router().keeper(0);
    for key in [&cast.owner, &cast.curator, &cast.guardian, &cast.stranger, &keeper] {
        fx.assert_refused("ForeignAccount", |fx| bob.take(fx, key, (1, 4)));
    }
    let groups = bob.groups().concat();
    let forged = own::pay_in_kind_instruction(&fx, &vault.pubkey(), Some(bob.base), groups, (1, 4));
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(forged, 0)], &[]));
}

#[test]
fn a_receiver_may_be_anybodys() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let mut bob = Leaver::bob(&mut fx);
    let carol = Leaver::bob(&mut fx);
    bob.receivers = carol.receivers.clone();
    bob.take(&mut fx, &vault, (1, 4)).unwrap();
    assert_eq!((fx.balance(&bob.base), carol.received(&fx)), (175 * USDC, vec![75 * USDC]));
}

#[test]
fn every_account_that_tracks_something_has_its_group_in_its_place() {
    let (mut fx, vault) = kind(3, 200 * USDC);
    let bob = Leaver::bob(&mut fx);
    let groups = bob.groups();
    let [one, two, three] = [0, 1, 2].map(|place: usize| groups[place].clone());
    let stray = vec![AccountMeta::new_readonly(FORGONE, false)];
    for wrong in [
        vec![],
        vec![one.clone(), two.clone()],
        vec![two.clone(), three.clone()],
        vec![one.clone(), three.clone(), two.clone()],
        vec![three.clone(), two.clone(), one.clone()],
        vec![one.clone(), one.clone(), three.clone()],
        vec![one.clone(), two.clone(), three.clone(), three.clone()],
    ] {
        fx.assert_refused("VenueAccountMismatch", |fx| take(fx, &vault, Some(bob.base), &wrong, (1, 4)));
    }
    // A group begun and not ended, before and after the whole ones.
    let whole = groups.concat();
    for wrong in [whole[..11].to_vec(), [whole.clone(), stray.clone()].concat(), [stray, whole].concat()] {
        let take = own::pay_in_kind_instruction(&fx, &vault.pubkey(), Some(bob.base), wrong, (1, 4));
        fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[take], &[&vault]));
    }
    // A line that holds nothing has no group.
    let guardian = Cast::of(&fx).guardian;
    fx.router().recall(&guardian, 1, u64::MAX).unwrap();
    fx.assert_refused("VenueAccountMismatch", |fx| bob.take(fx, &vault, (1, 4)));
    take(&mut fx, &vault, Some(bob.base), &[one, three], (1, 4)).unwrap();
    assert_eq!(bob.received(&fx), [50 * USDC, 0, 50 * USDC]);
}

#[test]
fn a_source_is_the_lines_own_account() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let context = fx.deployment.vault;
    let line = fx.deployment.lines[0].addresses;
    // Another of the ledger's own: its cash, the line's second account, the other line's; then somebody's.
    let other = fx.deployment.lines[1].addresses;
    for source in [context.addresses.cash, line.token, line.venue, other.position, bob.receivers[0], bob.base] {
        for receiver in [bob.receivers[0], FORGONE] {
            let mut wrong = bob.clone();
            (wrong.sources[0].source, wrong.receivers[0]) = (source, receiver);
            fx.assert_refused("VenueAccountMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
        }
    }
}

#[test]
fn mint_and_token_program_are_the_sources_own() {
    let (mut fx, vault) = kind(2, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    for mint in [bob.sources[1].mint, fx.deployment.base.key, fx.deployment.vault.addresses.cash] {
        let mut wrong = bob.clone();
        wrong.sources[0].mint = mint;
        fx.assert_refused("MintMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
    }
    for program in [anchor_spl::token_2022::ID, lending_venue::ID, bob.base] {
        let mut wrong = bob.clone();
        wrong.sources[0].token_program = program;
        fx.assert_refused("MintMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
    }
    // The token program looks at the receiver.
    let mut wrong = bob.clone();
    wrong.receivers.swap(0, 1);
    fx.assert_refused("MintMismatch", |fx| wrong.take(fx, &vault, (1, 4)));
}

#[test]
fn nothing_is_paid_to_where_it_lies() {
    let (mut fx, vault) = kind(1, 300 * USDC);
    let bob = Leaver::bob(&mut fx);
    let cash = fx.deployment.vault.addresses.cash;
    fx.assert_refused("SameAccount", |fx| take(fx, &vault, Some(cash), &bob.groups(), (1, 4)));
    let mut own = bob.clone();
    own.receivers[0] = bob.sources[0].source;
    fx.assert_refused("SameAccount", |fx| own.take(fx, &vault, (1, 4)));
    let token = fx.deployment.token;
    let user = fx.depositor(0);
    let other = tokens::issue(&mut fx.chain, &fx.deployment.actors, &token, &user.pubkey(), 0).unwrap();
    fx.assert_refused("MintMismatch", |fx| take(fx, &vault, Some(other), &bob.groups(), (1, 4)));
}

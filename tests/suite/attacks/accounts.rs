//! Attacks 1 to 7: accounts that are not what they pose as.

use super::*;
use gimbal::instructions::{router, token};
use strategy_router::state::Ledger;

/// Attack 1.
#[test]
fn a_vault_of_another_program_is_refused() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    let known = fx.deployment.vault;
    let vault = forge(&mut fx, &known.addresses.vault, |account| account.owner = hostile_venue::ID);
    let name = "AccountOwnedByWrongProgram";
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.vault = vault));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.vault = vault));

    // A ledger that says that it is worth a tenth, and a feed that says that all is well.
    let ledger = forge(&mut fx, &known.addresses.ledger, |account| account.owner = hostile_venue::ID);
    let feed = forge(&mut fx, &known.base_feed, |account| account.owner = hostile_venue::ID);
    tamper(&mut fx, &known.addresses.vault, |account| replace(account, &known.addresses.ledger, &ledger));
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.ledger = ledger));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.ledger = ledger));
    tamper(&mut fx, &known.addresses.vault, |account| {
        replace(account, &ledger, &known.addresses.ledger);
        replace(account, &known.base_feed, &feed);
    });
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.base_feed = feed));
}

/// Puts one key in another's place, as if the vault had pinned the forgery.
fn replace(account: &mut Account, old: &Pubkey, new: &Pubkey) {
    let place = account.data.windows(32).position(|bytes| bytes == old.as_ref()).unwrap();
    account.data[place..place + 32].copy_from_slice(new.as_ref());
}

/// Attack 2.
#[test]
fn another_account_type_of_the_same_length_is_refused() {
    use anchor_lang::Discriminator;
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    let own = fx.deployment.vault.addresses;
    let name = "AccountDiscriminatorMismatch";

    // Every byte the vault's but the eight that name the type.
    let ticket = ::vault::Ticket::DISCRIMINATOR;
    let vault = forge(&mut fx, &own.vault, |account| account.data[..8].copy_from_slice(ticket));
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.vault = vault));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.vault = vault));
    let keeper = strategy_router::Keeper::DISCRIMINATOR;
    let ledger = forge(&mut fx, &own.ledger, |account| account.data[..8].copy_from_slice(keeper));
    let refresh = |fx: &Fixture, ledger| {
        let mut context = fx.deployment.vault;
        context.addresses.ledger = ledger;
        router::refresh(&context, &fx.deployment.lines[0].context)
    };
    let forged = refresh(&fx, ledger);
    fx.assert_refused(name, |fx| fx.send(&[forged], &[]));
    // A ticket lends its own body.
    let ticket = fx.deployment.vault.ticket(0);
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.vault = ticket));
}

/// Attack 3.
#[test]
fn nothing_leaves_without_its_owners_signature() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let thief = fx.depositor(0);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let (vault, payer) = (fx.deployment.vault, fx.deployment.actors.payer.pubkey());
    let key = alice.pubkey();
    for theft in [
        vault.withdraw(&key, 10 * USDC, u64::MAX),
        vault.redeem(&key, 10 * USDC, 0),
        vault.request_redeem(&key, &payer, 2, 10 * USDC),
        vault.claim(&key, 0),
        vault.cancel(&key, 1),
        vault.deposit(&key, 10 * USDC, 0),
    ] {
        let unsigned = unsigned(theft, 0);
        fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned], &[]));
    }
    // The thief's own signature opens the thief's own accounts only.
    fx.assert_refused("OwnerMismatch", |fx| redeem_with(fx, &thief, USDC, |accounts| accounts.shares = alice.shares));
    fx.assert_refused("OwnerMismatch", |fx| deposit_with(fx, &thief, USDC, |accounts| accounts.source = alice.base));
    for theft in [vault.claim(&thief.pubkey(), 0), vault.cancel(&thief.pubkey(), 1)] {
        fx.assert_refused("NotTicketOwner", |fx| fx.send(&[theft], &[&thief.key]));
    }
}

/// Attack 4.
#[test]
fn accounts_of_another_vault_are_refused() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let other = second_vault(&mut fx).addresses;
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.assert_refused("WrongShareMint", |fx| {
        deposit_with(fx, &alice, USDC, |accounts| accounts.share_mint = other.share_mint)
    });
    fx.assert_refused("WrongShareMint", |fx| {
        redeem_with(fx, &alice, USDC, |accounts| accounts.share_mint = other.share_mint)
    });
    fx.assert_refused("WrongLedger", |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.ledger = other.ledger));
    // The router knows its own cash account.
    fx.assert_refused("ForeignAccount", |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.cash = other.cash));
    fx.assert_refused("ForeignAccount", |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.cash = other.cash));
}

/// Attack 5: a valid address of the right seeds under another bump than the first one that is off the curve.
#[test]
fn a_bump_that_is_not_canonical_is_refused() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let (known, payer) = (fx.deployment.vault, fx.deployment.actors.payer.pubkey());
    let owner = fx.deployment.actors.owner.insecure_clone();
    let args = second_args(&fx);

    let other = |seeds: &[&[u8]], canonical: u8| {
        let at = |bump: u8| Pubkey::create_program_address(&[seeds, &[&[bump]]].concat(), &::vault::ID).ok();
        (0..canonical).rev().find_map(at).expect("half of all bumps give an address")
    };
    let seeds: [&[u8]; 3] = [b"vault", &owner.pubkey().to_bytes(), &args.index.to_le_bytes()];
    let second = other(&seeds, ::vault::seeds::vault(&owner.pubkey(), args.index).1);
    let mut make =
        make_vault(&owner.pubkey(), &payer, &known.base_mint, &known.base_token_program, &known.base_feed, args);
    let canonical = VaultAddresses::derive(&owner.pubkey(), 9).vault;
    for meta in make.accounts.iter_mut().filter(|meta| meta.pubkey == canonical) {
        meta.pubkey = second;
    }
    fx.assert_refused("ConstraintSeeds", |fx| fx.send(&[make], &[&owner]));

    let vault = known.addresses.vault;
    let seeds: [&[u8]; 3] = [b"ticket", &vault.to_bytes(), &0_u64.to_le_bytes()];
    let mut accounts = known.request_redeem_accounts(&alice.pubkey(), &payer, 0);
    accounts.ticket = other(&seeds, ::vault::seeds::ticket(&vault, 0).1);
    let request = known.instruction(accounts, to_vault::RequestRedeem { shares: USDC, min_assets: 0 });
    fx.assert_refused("ConstraintSeeds", |fx| fx.send(&[request], &[&alice.key]));
}

/// Attack 6.
#[test]
fn what_belongs_to_a_user_of_one_vault_is_refused_by_another() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let bob = fx.depositor(1_000 * USDC);
    let other = second_vault(&mut fx);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    // Bob queues in the other vault, so that its queue is not empty.
    let payer = fx.deployment.actors.payer.pubkey();
    let steps = [
        other.create_share_account(&payer, &bob.pubkey()),
        other.deposit(&bob.pubkey(), 400 * USDC, 0),
        other.request_redeem(&bob.pubkey(), &payer, 0, 100 * USDC),
    ];
    fx.send(&steps, &[&bob.key]).unwrap();

    let ticket = fx.deployment.vault.ticket(0);
    let mut claim = other.claim_accounts(&alice.pubkey(), 0);
    claim.ticket = ticket;
    let claim = other.instruction(claim, to_vault::Claim {});
    fx.assert_refused("WrongVault", |fx| fx.send(&[claim], &[&alice.key]));
    let mut cancel = other.cancel_accounts(&alice.pubkey(), 0);
    cancel.ticket = ticket;
    let cancel = other.instruction(cancel, to_vault::Cancel {});
    fx.assert_refused("WrongVault", |fx| fx.send(&[cancel], &[&alice.key]));
    let mut fill = other.fill_tickets(0, 1);
    fill.accounts.last_mut().unwrap().pubkey = ticket;
    fx.assert_refused("TicketOutOfOrder", |fx| fx.send(&[fill], &[]));

    // A keeper of one ledger is nobody at another.
    let keeper = fx.router().keeper(0);
    let mut collect = router::collect_pay_accounts(&other, &keeper.pubkey());
    collect.keeper = router::collect_pay_accounts(&fx.deployment.vault, &keeper.pubkey()).keeper;
    let collect = other.instruction(collect, strategy_router::instruction::CollectPay {});
    let collect = Instruction { program_id: strategy_router::ID, ..collect };
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[collect], &[&keeper]));
}

/// Attack 7.
#[test]
fn one_token_account_is_not_source_and_destination() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let (vault, own) = (fx.deployment.vault, fx.deployment.vault.addresses);
    let name = "DuplicateTokenAccount";
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.source = own.cash));
    fx.assert_refused(name, |fx| deposit_with(fx, &alice, USDC, |accounts| accounts.recipient = own.escrow));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.destination = own.cash));
    fx.assert_refused(name, |fx| redeem_with(fx, &alice, USDC, |accounts| accounts.destination = own.claims));
    let mut claim = vault.claim_accounts(&alice.pubkey(), 0);
    claim.destination = own.claims;
    let claim = vault.instruction(claim, to_vault::Claim {});
    fx.assert_refused(name, |fx| fx.send(&[claim], &[&alice.key]));
    let mut cancel = vault.cancel_accounts(&alice.pubkey(), 1);
    cancel.recipient = own.escrow;
    let cancel = vault.instruction(cancel, to_vault::Cancel {});
    fx.assert_refused(name, |fx| fx.send(&[cancel], &[&alice.key]));

    let keeper = fx.router().keeper(0);
    let mut collect = router::collect_pay_accounts(&vault, &keeper.pubkey());
    collect.destination = own.cash;
    let collect = vault.instruction(collect, strategy_router::instruction::CollectPay {});
    let collect = Instruction { program_id: strategy_router::ID, ..collect };
    fx.assert_refused("SameAccount", |fx| fx.send(&[collect], &[&keeper]));
}

/// Beyond the list: the vault's part of the router is closed to whoever is not the vault.
#[test]
fn only_the_vault_itself_moves_the_ledgers_cash() {
    use strategy_router::{accounts, instruction};
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    let (known, own) = (fx.deployment.vault, fx.deployment.vault.addresses);
    let pay = |vault: Pubkey| {
        let accounts = accounts::Pay {
            vault,
            ledger: own.ledger,
            cash: own.cash,
            destination: alice.base,
            base_mint: known.base_mint,
            base_token_program: known.base_token_program,
        };
        gimbal::instructions::build(strategy_router::ID, accounts, instruction::Pay { assets: 400 * USDC, kept: 0 })
    };
    let unsigned_pay = unsigned(pay(own.vault), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned_pay], &[]));
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[pay(alice.pubkey())], &[&alice.key]));
    let reserve = |vault: Pubkey| {
        let accounts = accounts::Reserve { vault, ledger: own.ledger };
        gimbal::instructions::build(
            strategy_router::ID,
            accounts,
            instruction::Reserve { amount: u64::MAX, overdue: 0 },
        )
    };
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[reserve(alice.pubkey())], &[&alice.key]));
    // Nor does anybody spend from cash at the token program: its authority is an address, not a key.
    let ledger: Ledger = fx.read(&own.ledger);
    let base = fx.deployment.base;
    let theft = token::transfer(&ledger.cash, &base.key, &alice.base, &alice.pubkey(), 1, base.decimals, &base.program);
    fx.assert_refused("OwnerMismatch", |fx| fx.send(&[theft], &[&alice.key]));
}

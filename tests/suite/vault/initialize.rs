//! `initialize`: who may make which vault, over which mint, and what there is afterwards.

use super::*;
use ::vault::{accounts, instruction, FeesArgs, InitializeArgs, VaultLimitsArgs};
use anchor_spl::token_2022;
use gimbal::readers;
use solana_account::Account;
use solana_keypair::Keypair;

const INDEX: u16 = 500;

struct Attempt {
    creator: Keypair,
    accounts: accounts::Initialize,
    args: InitializeArgs,
}

/// The owner's next vault, over the deployment's base asset.
fn attempt(fx: &Fixture) -> Attempt {
    attempt_by(fx, fx.deployment.actors.owner.insecure_clone(), INDEX)
}

fn attempt_by(fx: &Fixture, creator: Keypair, index: u16) -> Attempt {
    let own = VaultAddresses::derive(&creator.pubkey(), index);
    let known = fx.deployment.vault;
    let events = gimbal::pda::event_authorities();
    Attempt {
        accounts: accounts::Initialize {
            creator: creator.pubkey(),
            payer: fx.deployment.actors.payer.pubkey(),
            vault: own.vault,
            base_mint: known.base_mint,
            share_mint: own.share_mint,
            escrow: own.escrow,
            claims: own.claims,
            ledger: own.ledger,
            cash: own.cash,
            base_feed: known.base_feed,
            base_token_program: known.base_token_program,
            share_token_program: token::ID,
            router_program: strategy_router::ID,
            router_event_authority: events.router,
            system_program: anchor_lang::system_program::ID,
            event_authority: events.vault,
            program: ::vault::ID,
        },
        args: InitializeArgs {
            index,
            curator: fx.deployment.actors.curator.pubkey(),
            guardian: fx.deployment.actors.guardian.pubkey(),
            min_first_deposit: 5 * USDC,
            limits: fx.deployment.plan.limits,
            fees: fx.deployment.plan.fees,
            terms: fx.deployment.plan.terms,
        },
        creator,
    }
}

impl Attempt {
    fn instruction(&self, fx: &Fixture) -> Instruction {
        let arguments = instruction::Initialize { args: self.args.clone() };
        fx.deployment.vault.instruction(self.accounts, arguments)
    }

    fn send(&self, fx: &mut Fixture) -> Outcome {
        let make = self.instruction(fx);
        fx.send(&[make], &[&self.creator])
    }
}

#[test]
fn nobody_makes_another_ones_vault() {
    let mut fx = Fixture::new();
    let owners = attempt(&fx);
    let unsigned = unsigned(owners.instruction(&fx), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned], &[]));

    // A stranger who comes first can sign for its own addresses only.
    let stranger = fx.depositor(0).key;
    let mut first = attempt_by(&fx, stranger, INDEX);
    first.accounts.vault = owners.accounts.vault;
    fx.assert_refused("ConstraintSeeds", |fx| first.send(fx));
    owners.send(&mut fx).unwrap();
}

#[test]
fn every_new_account_is_at_its_derived_address() {
    let mut fx = Fixture::new();
    let stranger = Pubkey::new_unique();
    let changes: [fn(&mut accounts::Initialize, Pubkey); 4] = [
        |accounts, key| accounts.vault = key,
        |accounts, key| accounts.share_mint = key,
        |accounts, key| accounts.escrow = key,
        |accounts, key| accounts.claims = key,
    ];
    for change in changes {
        let mut attempt = attempt(&fx);
        change(&mut attempt.accounts, stranger);
        fx.assert_refused("ConstraintSeeds", |fx| attempt.send(fx));
    }
    // The router makes ledger and cash, and derives them itself.
    let other = fx.deployment.vault.addresses;
    let mut attempt = attempt(&fx);
    attempt.accounts.ledger = other.ledger;
    let refused = fx.assert_unchanged(|fx| attempt.send(fx));
    assert!(refused.is_err());
}

#[test]
fn the_base_feed_is_a_feed() {
    let mut fx = Fixture::new();
    let own = fx.deployment.vault.addresses;
    for (name, key) in [
        ("AccountDiscriminatorMismatch", own.book),
        ("AccountOwnedByWrongProgram", own.ledger),
        ("AccountOwnedByWrongProgram", fx.deployment.feeds.get(Asset::Base).price_account),
    ] {
        let mut attempt = attempt(&fx);
        attempt.accounts.base_feed = key;
        fx.assert_refused(name, |fx| attempt.send(fx));
    }
}

#[test]
fn programs_are_the_real_ones() {
    let mut fx = Fixture::new();
    let mut wrong = attempt(&fx);
    wrong.accounts.base_token_program = token_2022::ID;
    fx.assert_refused("WrongTokenProgram", |fx| wrong.send(fx));
    let mut wrong = attempt(&fx);
    wrong.accounts.base_token_program = risk_oracle::ID;
    fx.assert_refused("InvalidProgramId", |fx| wrong.send(fx));
    let mut wrong = attempt(&fx);
    wrong.accounts.share_token_program = token_2022::ID;
    fx.assert_refused("InvalidProgramId", |fx| wrong.send(fx));
    let mut wrong = attempt(&fx);
    wrong.accounts.router_program = risk_oracle::ID;
    fx.assert_refused("InvalidProgramId", |fx| wrong.send(fx));
}

#[test]
fn a_vault_is_made_once() {
    let mut fx = Fixture::new();
    let attempt = attempt(&fx);
    attempt.send(&mut fx).unwrap();
    let refused = fx.assert_unchanged(|fx| attempt.send(fx)).unwrap_err();
    let logs = refused.refused().unwrap().logs.join("\n");
    assert!(logs.contains("already in use"), "{logs}");
}

#[test]
fn a_new_vault_holds_its_own_accounts_alone() {
    let mut fx = Fixture::new();
    let attempt = attempt(&fx);
    let receipt = attempt.send(&mut fx).unwrap();
    let (key, made) = (attempt.accounts.vault, &attempt.accounts);

    let vault: ::vault::Vault = fx.read(&key);
    assert_eq!((vault.version, vault.index, vault.base_decimals), (1, INDEX, 6));
    assert_eq!((vault.creator, vault.roles.owner), (attempt.creator.pubkey(), attempt.creator.pubkey()));
    assert_eq!((vault.roles.curator, vault.roles.guardian), (attempt.args.curator, attempt.args.guardian));
    assert_eq!((vault.base_mint, vault.base_feed, vault.ledger), (made.base_mint, made.base_feed, made.ledger));
    assert_eq!((vault.share_mint, vault.escrow, vault.claims), (made.share_mint, made.escrow, made.claims));
    assert_eq!((vault.shares, vault.fee_shares, vault.queued_shares, vault.claims_owed), (0, 0, 0, 0));
    assert_eq!((vault.min_first_deposit, vault.ticket_head, vault.ticket_tail), (5 * USDC, 0, 0));

    let mint = readers::mint(&fx.chain, &made.share_mint).unwrap();
    assert_eq!((mint.supply, mint.decimals, mint.token_program), (0, 6, token::ID));
    assert_eq!((mint.mint_authority, mint.freeze_authority), (Some(key), None));
    for (account, of) in [(made.escrow, made.share_mint), (made.claims, made.base_mint)] {
        let account = readers::token_account(&fx.chain, &account).unwrap();
        assert_eq!((account.mint, account.owner, account.amount), (of, key, 0));
        assert_eq!((account.delegate, account.close_authority), (None, None));
    }
    let ledger: strategy_router::state::Ledger = fx.read(&made.ledger);
    assert_eq!((ledger.vault, ledger.roles.owner), (key, attempt.creator.pubkey()));

    let events = vault_events(&receipt);
    let [VaultEvent::VaultInitialized(event), VaultEvent::FeesSet(fees), VaultEvent::VaultLimitsSet(terms)] =
        events.as_slice()
    else {
        panic!("one vault with its terms, not {events:?}")
    };
    assert_eq!((fees.vault, fees.fees, terms.limits), (key, attempt.args.fees, attempt.args.terms));
    assert_eq!((event.vault, event.creator, event.index), (key, attempt.creator.pubkey(), INDEX));
    assert_eq!((event.base_mint, event.share_mint), (made.base_mint, made.share_mint));
    assert_eq!((event.ledger, event.base_feed, event.min_first_deposit), (made.ledger, made.base_feed, 5 * USDC));
}

#[test]
fn fees_and_limits_are_within_their_ranges_from_the_start() {
    let mut fx = Fixture::new();
    let recipient = Pubkey::new_unique();
    let most = FeesArgs { recipient, management_bps: 500, performance_bps: 3_000, entry_bps: 100, exit_bps: 100 };
    for (name, fees) in [
        ("FeeOutOfRange", FeesArgs { management_bps: 501, ..most }),
        ("FeeOutOfRange", FeesArgs { performance_bps: 3_001, ..most }),
        ("FeeOutOfRange", FeesArgs { entry_bps: 101, ..most }),
        ("FeeOutOfRange", FeesArgs { exit_bps: 101, ..most }),
        ("FeeRecipientMissing", FeesArgs { recipient: Pubkey::default(), ..most }),
    ] {
        let mut attempt = attempt(&fx);
        attempt.args.fees = fees;
        fx.assert_refused(name, |fx| attempt.send(fx));
    }
    let usual = VaultLimitsArgs::default();
    for (name, terms) in [
        ("DeadlineOutOfRange", VaultLimitsArgs { ticket_deadline: 3_599, ..usual }),
        ("DeadlineOutOfRange", VaultLimitsArgs { ticket_deadline: 1_209_601, ..usual }),
        ("MinAgeOutOfRange", VaultLimitsArgs { ticket_min_age: 86_401, ..usual }),
        ("OutflowOutOfRange", VaultLimitsArgs { outflow_bps: 499, ..usual }),
        ("SpeedOutOfRange", VaultLimitsArgs { speed_up_bps: 10_001, ..usual }),
    ] {
        let mut attempt = attempt(&fx);
        attempt.args.terms = terms;
        fx.assert_refused(name, |fx| attempt.send(fx));
    }
    let mut attempt = attempt(&fx);
    attempt.args.fees = most;
    attempt.args.terms =
        VaultLimitsArgs { deposit_cap: 7, min_ticket: 8, ticket_min_age: 9, outflow_bps: 500, ..usual };
    attempt.send(&mut fx).unwrap();
    let vault: ::vault::Vault = fx.read(&attempt.accounts.vault);
    assert_eq!((vault.fees.args(), vault.limits.args()), (most, attempt.args.terms));
    let now = fx.chain.clock().unwrap().unix_timestamp;
    assert_eq!((vault.fees.crystallised_at, vault.fees.mark, vault.fees.minted), (now, 0, 0));
}

#[test]
fn lamports_sent_to_the_coming_addresses_change_nothing() {
    let mut fx = Fixture::new();
    let attempt = attempt(&fx);
    let made = &attempt.accounts;
    for key in [made.vault, made.share_mint, made.escrow, made.claims] {
        fx.chain.set_account(&key, Account { lamports: 1, ..Account::default() }).unwrap();
    }
    attempt.send(&mut fx).unwrap();
    let vault: ::vault::Vault = fx.read(&made.vault);
    assert_eq!(vault.share_mint, made.share_mint);
}

/// A Token-2022 mint with one extension of `length` zero bytes, as the program lays it out: the base, padding to the
/// length of a token account, the account type, then type and length of each extension.
fn mint_with(fx: &mut Fixture, extension: u16, length: u16) -> Pubkey {
    let key = Pubkey::new_unique();
    let known = fx.chain.require_account(&fx.deployment.base.key).unwrap();
    let mut data = known.data.get(..82).unwrap().to_vec();
    data.resize(165, 0);
    data.push(1);
    data.extend(extension.to_le_bytes());
    data.extend(length.to_le_bytes());
    data.resize(data.len() + usize::from(length), 0);
    let account = Account { lamports: 10_000_000_000, data, owner: token_2022::ID, ..Account::default() };
    fx.chain.set_account(&key, account).unwrap();
    key
}

fn attempt_over(fx: &Fixture, mint: Pubkey) -> Attempt {
    let mut attempt = attempt(fx);
    attempt.accounts.base_mint = mint;
    attempt.accounts.base_token_program = token_2022::ID;
    attempt
}

#[test]
fn metadata_and_groups_are_supported() {
    // Numbers and lengths: the Token-2022 interface. Metadata itself (19) has no fixed length: two keys, three empty
    // strings and an empty list.
    for (extension, length) in [(18, 64), (19, 80), (20, 64), (21, 80), (22, 64), (23, 72)] {
        let mut fx = Fixture::new();
        let mint = mint_with(&mut fx, extension, length);
        if let Err(error) = attempt_over(&fx, mint).send(&mut fx) {
            panic!("extension {extension}: {error}\n{}", error.refused().unwrap().logs.join("\n"));
        }
    }
}

#[test]
fn every_other_extension_is_refused_whatever_it_is_set_to() {
    let mut fx = Fixture::new();
    // 1 transfer fee, 3 close authority, 4 confidential, 6 default state, 9 non-transferable, 10 interest, 12 permanent
    // delegate, 14 hook, 16 confidential fee, 24 confidential mint, 25 scaled amount, 26 pausable; then numbers that the
    // program does not know.
    for (extension, length) in [
        (1, 108),
        (3, 32),
        (4, 65),
        (6, 1),
        (9, 0),
        (10, 52),
        (12, 32),
        (14, 64),
        (16, 129),
        (24, 196),
        (25, 56),
        (26, 33),
        (28, 8),
        (999, 8),
    ] {
        let mint = mint_with(&mut fx, extension, length);
        let attempt = attempt_over(&fx, mint);
        fx.assert_refused("UnsupportedMintExtension", |fx| attempt.send(fx));
    }
}

#[test]
fn a_mint_is_a_mint() {
    let mut fx = Fixture::new();
    let account = fx.depositor(0).base;
    let mut attempt = attempt(&fx);
    attempt.accounts.base_mint = account;
    let refused = fx.assert_unchanged(|fx| attempt.send(fx));
    assert!(refused.is_err());
}

//! A ledger whose vault is a key of the test, so that what only a vault may do can be done and tried by itself.

use super::*;

use anchor_lang::{prelude::Pubkey, system_program};
use gimbal::instructions::{
    build, build_with,
    router::{line_accounts, open_book},
    vault::VaultContext,
};
use gimbal::pda::{event_authorities, VaultAddresses};
use gimbal::setup::{keys::keypair, lines, markets};
use strategy_router::{accounts, instruction, RolesArgs};

/// The key that stands for a vault.
pub fn vault_key() -> Keypair {
    keypair(1, "test vault", 0)
}

/// The addresses of a ledger whose vault is `vault`, over the deployment's base asset.
pub fn context(fx: &Fixture, vault: &Pubkey) -> VaultContext {
    VaultContext { addresses: VaultAddresses::of(vault), ..fx.deployment.vault }
}

/// The accounts of `initialize`.
pub fn initialize_accounts(fx: &Fixture, vault: &Pubkey) -> accounts::Initialize {
    let context = context(fx, vault);
    accounts::Initialize {
        vault: *vault,
        payer: fx.deployment.actors.payer.pubkey(),
        ledger: context.addresses.ledger,
        cash: context.addresses.cash,
        base_mint: context.base_mint,
        base_feed: context.base_feed,
        base_token_program: context.base_token_program,
        system_program: system_program::ID,
        event_authority: event_authorities().router,
        program: strategy_router::ID,
    }
}

/// The deployment's own roles.
pub fn roles(fx: &Fixture) -> RolesArgs {
    let actors = &fx.deployment.actors;
    RolesArgs { owner: actors.owner.pubkey(), curator: actors.curator.pubkey(), guardian: actors.guardian.pubkey() }
}

/// Opens the ledger of [`vault_key`] and turns the fixture to it; it has no book and no line.
pub fn open(fx: &mut Fixture) -> Keypair {
    let vault = vault_key();
    let arguments = instruction::Initialize { roles: roles(fx), limits: fx.deployment.plan.limits };
    let initialize = build(strategy_router::ID, initialize_accounts(fx, &vault.pubkey()), arguments);
    fx.send(&[initialize], &[&vault]).unwrap();
    fx.deployment.vault = context(fx, &vault.pubkey());
    fx.deployment.lines.clear();
    vault
}

/// [`open`], with a book.
pub fn with_book(fx: &mut Fixture) -> Keypair {
    let vault = open(fx);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let payer = fx.deployment.actors.payer.pubkey();
    let book = open_book(&owner.pubkey(), &payer, &fx.deployment.vault.addresses);
    fx.send(&[book], &[&owner]).unwrap();
    vault
}

/// [`with_book`], with one line by `plan`.
pub fn with_line(fx: &mut Fixture, plan: &LinePlan) -> Keypair {
    let vault = with_book(fx);
    let deployment = &mut fx.deployment;
    let (actors, base) = (&deployment.actors, &deployment.base);
    lines::define_issuer_risks(&mut fx.chain, actors, &deployment.vault.addresses.book).unwrap();
    let ground = lines::Ground {
        vault: &deployment.vault,
        mint: base,
        reserve: markets::open(&mut fx.chain, actors, 100, base, plan).unwrap(),
        pool: None,
        token_feed: None,
    };
    let line = lines::add(&mut fx.chain, actors, &deployment.table, 1, plan, &ground).unwrap();
    deployment.lines.push(line);
    vault
}

/// The accounts of `credit`, by which `depositor` pays in.
pub fn credit_accounts(fx: &Fixture, vault: &Pubkey, depositor: &User) -> accounts::Credit {
    let context = fx.deployment.vault;
    accounts::Credit {
        vault: *vault,
        ledger: context.addresses.ledger,
        depositor: depositor.pubkey(),
        source: depositor.base,
        cash: context.addresses.cash,
        base_mint: context.base_mint,
        base_token_program: context.base_token_program,
    }
}

/// `credit`.
pub fn credit(fx: &mut Fixture, vault: &Keypair, depositor: &User, assets: u64) -> Outcome {
    let accounts = credit_accounts(fx, &vault.pubkey(), depositor);
    let credit = build(strategy_router::ID, accounts, instruction::Credit { assets });
    fx.send(&[credit], &[vault, &depositor.key])
}

/// The accounts of `pay`, by which `destination` is paid.
pub fn pay_accounts(fx: &Fixture, vault: &Pubkey, destination: &Pubkey) -> accounts::Pay {
    let context = fx.deployment.vault;
    accounts::Pay {
        vault: *vault,
        ledger: context.addresses.ledger,
        cash: context.addresses.cash,
        destination: *destination,
        base_mint: context.base_mint,
        base_token_program: context.base_token_program,
    }
}

/// `pay`.
pub fn pay(fx: &mut Fixture, vault: &Keypair, destination: &Pubkey, assets: u64) -> Outcome {
    let accounts = pay_accounts(fx, &vault.pubkey(), destination);
    let pay = build(strategy_router::ID, accounts, instruction::Pay { assets });
    fx.send(&[pay], &[vault])
}

/// `reserve`.
pub fn reserve(fx: &mut Fixture, vault: &Keypair, amount: u64) -> Outcome {
    let accounts = accounts::Reserve { vault: vault.pubkey(), ledger: fx.deployment.vault.addresses.ledger };
    let reserve = build(strategy_router::ID, accounts, instruction::Reserve { amount });
    fx.send(&[reserve], &[vault])
}

/// The instruction `allocate` for the fixture's first line.
pub fn allocate_instruction(fx: &Fixture, vault: &Pubkey, max: u64) -> Instruction {
    let context = fx.deployment.vault;
    let line = &fx.deployment.lines[0].context;
    let accounts = accounts::Allocate {
        vault: *vault,
        line: line_accounts(&context, line),
        book: context.addresses.book,
        risk_oracle: risk_oracle::ID,
        event_authority: event_authorities().router,
        program: strategy_router::ID,
    };
    let arguments = instruction::Allocate { line: line.addresses.id, max };
    build_with(strategy_router::ID, accounts, arguments, line.call_accounts())
}

/// `allocate` into the fixture's first line.
pub fn allocate(fx: &mut Fixture, vault: &Keypair, max: u64) -> Outcome {
    let allocate = allocate_instruction(fx, &vault.pubkey(), max);
    fx.send(&gimbal::bundle::with_budget(&[allocate]), &[vault])
}

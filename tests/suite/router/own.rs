//! A ledger whose vault is a key of the test, so that what only a vault may do can be done and tried by itself.

use super::*;

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    system_program,
};
use gimbal::instructions::{
    build, build_with,
    router::{self, line_accounts, open_book},
    vault::VaultContext,
};
use gimbal::pda::{event_authorities, VaultAddresses};
use gimbal::setup::{keys::keypair, lines, markets, pools, tables};
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
    with_lines(fx, std::slice::from_ref(plan))
}

/// [`with_book`], with lines by `plans`, of which one at most is swapped.
pub fn with_lines(fx: &mut Fixture, plans: &[LinePlan]) -> Keypair {
    let vault = with_book(fx);
    let Fixture { chain, deployment, .. } = fx;
    let (actors, base, token) = (&deployment.actors, &deployment.base, &deployment.token);
    let VaultAddresses { ledger, cash, book, .. } = deployment.vault.addresses;
    lines::define_issuer_risks(chain, actors, &book).unwrap();
    tables::extend(chain, actors, &mut deployment.table, [ledger, cash, book]).unwrap();
    for (id, plan) in (1..).zip(plans) {
        let mint = if plan.swapped { token } else { base };
        let price = |asset: Asset| deployment.plan.price(asset).unsigned_abs();
        let (of_base, of_token) = ((base, price(Asset::Base)), (token, price(Asset::Token)));
        let ground = lines::Ground {
            vault: &deployment.vault,
            mint,
            reserve: markets::open(chain, actors, 100 + id, mint, plan).unwrap(),
            pool: plan.swapped.then(|| pools::open(chain, actors, of_base, of_token).unwrap()),
            token_feed: plan.swapped.then(|| deployment.feeds.get(Asset::Token).posted()),
        };
        tables::extend(chain, actors, &mut deployment.table, lines::table_addresses(id, &ground)).unwrap();
        let line = lines::add(chain, actors, &deployment.table, id, plan, &ground).unwrap();
        deployment.lines.push(line);
    }
    vault
}

/// Makes the deployment's first keeper one of this ledger's.
pub fn register_keeper(fx: &mut Fixture) {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let key = fx.router().keeper(0).pubkey();
    fx.router().register_keeper(&owner, &key).unwrap();
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
    let credit = build(strategy_router::ID, accounts, instruction::Credit { assets, kept: 0 });
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
    let pay = build(strategy_router::ID, accounts, instruction::Pay { assets, kept: 0 });
    fx.send(&[pay], &[vault])
}

/// `reserve` of tickets that are not overdue.
pub fn reserve(fx: &mut Fixture, vault: &Keypair, amount: u64) -> Outcome {
    reserve_overdue(fx, vault, amount, 0)
}

/// `reserve`.
pub fn reserve_overdue(fx: &mut Fixture, vault: &Keypair, amount: u64, overdue: u64) -> Outcome {
    let accounts = accounts::Reserve { vault: vault.pubkey(), ledger: fx.deployment.vault.addresses.ledger };
    let reserve = build(strategy_router::ID, accounts, instruction::Reserve { amount, overdue });
    fx.send(&[reserve], &[vault])
}

/// The instruction `allocate` for the fixture's first line.
pub fn allocate_instruction(fx: &Fixture, vault: &Pubkey, max: u64) -> Instruction {
    allocate_to_instruction(fx, vault, 0, max)
}

/// The instruction `allocate` for the line at `place`.
pub fn allocate_to_instruction(fx: &Fixture, vault: &Pubkey, place: usize, max: u64) -> Instruction {
    let context = fx.deployment.vault;
    let line = &fx.deployment.lines[place].context;
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
    allocate_to(fx, vault, 0, max)
}

/// `allocate` into the line at `place`.
pub fn allocate_to(fx: &mut Fixture, vault: &Keypair, place: usize, max: u64) -> Outcome {
    let allocate = allocate_to_instruction(fx, &vault.pubkey(), place, max);
    fx.send(&gimbal::bundle::with_budget(&[allocate]), &[vault])
}

/// `recall_for_exit` from the line at `place`.
pub fn recall_for_exit(fx: &mut Fixture, vault: &Keypair, place: usize, amount: u64) -> Outcome {
    let line = fx.deployment.lines[place].context.clone();
    let mut accounts = router::recall_for_exit_accounts(&fx.deployment.vault, &line);
    accounts.vault = vault.pubkey();
    let arguments = instruction::RecallForExit { line: line.addresses.id, amount };
    let recall = build_with(strategy_router::ID, accounts, arguments, line.call_accounts());
    fx.send(&gimbal::bundle::with_budget(&[recall]), &[vault])
}

/// The instruction `pay_in_kind` with any accounts of lines.
pub fn pay_in_kind_instruction(
    fx: &Fixture,
    vault: &Pubkey,
    destination: Option<Pubkey>,
    groups: Vec<AccountMeta>,
    (part, whole): (u64, u64),
) -> Instruction {
    let mut accounts = router::pay_in_kind_accounts(&fx.deployment.vault, destination);
    accounts.vault = *vault;
    build_with(strategy_router::ID, accounts, instruction::PayInKind { part, whole }, groups)
}

//! `gimbal admin role`: who may do what.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit;
use super::effects::{self, who};
use super::guarded::{self, key_or_none, Guarded, GuardedArgs};
use super::rebuild;
use super::target::{Part, Target, TargetArgs};
use crate::instructions::{oracle, router};
use crate::table::words;
use crate::views::terms::RolesView;
use crate::views::Facts;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::{Args, Subcommand, ValueEnum};
use gimbal_control::Role as Post;
use solana_instruction::Instruction;

/// Who may do what. Vault, ledger, book and each feed have roles of their own
#[derive(Debug, Subcommand)]
pub enum Role {
    /// Show who holds which role over a vault, its ledger, its book and its feeds
    Show(Show),
    /// Propose the next owner, or `none` to withdraw a proposal; the owner signs
    ProposeOwner(Name),
    /// Accept the ownership; the proposed owner signs
    AcceptOwner(Accept),
    /// Name the curator, or `none`; the owner signs. A new one waits where somebody's money depends on it
    SetCurator(NameGuarded),
    /// Name the guardian, or `none`; the owner signs. Replacing one waits where somebody's money depends on it
    SetGuardian(NameGuarded),
    /// Give a role up for ever; who holds it signs, for the curator's also the owner
    Renounce(Renounce),
}

/// Options of `role show`.
#[derive(Args, Debug)]
pub struct Show {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
}

/// Options of `role propose-owner`.
#[derive(Args, Debug)]
pub struct Name {
    /// Whose owner.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The key, or none
    #[arg(value_name = "KEY", value_parser = key_or_none)]
    pub key: Pubkey,
    /// Of the vault TARGET with its ledger and its book, in one transaction
    #[arg(long, conflicts_with = "of")]
    pub whole: bool,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `role accept-owner`.
#[derive(Args, Debug)]
pub struct Accept {
    /// Whose owner.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Of the vault TARGET with its ledger and its book, in one transaction
    #[arg(long, conflicts_with = "of")]
    pub whole: bool,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `role set-curator` and `set-guardian`.
#[derive(Args, Debug)]
pub struct NameGuarded {
    /// Whose.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The key, or none
    #[arg(value_name = "KEY", value_parser = key_or_none)]
    pub key: Pubkey,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `role renounce`.
#[derive(Args, Debug)]
pub struct Renounce {
    /// Whose.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The role
    #[arg(value_enum, value_name = "ROLE")]
    pub role: Given,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// A role that can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Given {
    /// May change everything
    Owner,
    /// May move bounds within the owner's
    Curator,
    /// May only reduce risk, and veto
    Guardian,
}

impl Given {
    fn post(self) -> Post {
        match self {
            Self::Owner => Post::Owner,
            Self::Curator => Post::Curator,
            Self::Guardian => Post::Guardian,
        }
    }
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Role) -> Result<()> {
    match command {
        Role::Show(options) => show(session, options),
        Role::ProposeOwner(options) => propose_owner(session, options),
        Role::AcceptOwner(options) => accept_owner(session, options),
        Role::SetCurator(options) => name(session, options, "curator"),
        Role::SetGuardian(options) => name(session, options, "guardian"),
        Role::Renounce(options) => renounce(session, options),
    }
}

fn show(session: &mut Session, options: &Show) -> Result<()> {
    let facts = Facts::read(session.chain()?, &options.vault)?;
    let mut posts = vec![
        (facts.addresses.vault, RolesView::new("vault", &facts.vault.roles)),
        (facts.addresses.ledger, RolesView::new("ledger", &facts.ledger.roles)),
    ];
    posts.extend(facts.book.iter().map(|book| (facts.addresses.book, RolesView::new("book", &book.roles))));
    posts.push((facts.vault.base_feed, RolesView::new("base feed", &facts.base_feed.roles)));
    posts.extend(facts.token_feeds.iter().map(|(key, feed)| (*key, RolesView::new("token feed", &feed.roles))));
    let value = posts.iter().map(|(key, view)| {
        let mut value = serde_json::to_value(view)?;
        value["address"] = key.to_string().into();
        Ok(value)
    });
    let value = value.collect::<Result<Vec<_>, serde_json::Error>>()?;
    session.answer(&value, || {
        let mut table = words(&["of", "address", "owner", "curator", "guardian", ""]);
        for (key, view) in &posts {
            let holder = |key: &Option<String>| key.clone().unwrap_or_else(|| "nobody".to_owned());
            let mut more: Vec<String> = view.renounced.iter().map(|role| format!("{role} renounced")).collect();
            more.extend(view.pending_owner.as_ref().map(|key| format!("proposed owner {key}")));
            let holders = [&view.owner, &view.curator, &view.guardian].map(holder);
            table.add_row([view.of.clone(), key.to_string()].into_iter().chain(holders).chain([more.join(", ")]));
        }
        table.to_string()
    })
}

/// The target, and with `whole` the vault's ledger and book as well.
fn targets(session: &mut Session, args: &TargetArgs, whole: bool) -> Result<Vec<Target>> {
    if whole {
        return Ok([Part::Vault, Part::Ledger, Part::Book].map(|part| Target::of_vault(&args.target, part)).to_vec());
    }
    Ok(vec![args.resolve(session)?])
}

fn propose_owner(session: &mut Session, options: &Name) -> Result<()> {
    let (owner, next) = (session.owner_key()?, &options.key);
    let targets = targets(session, &options.target, options.whole)?;
    let of = |target: &Target| match target.part {
        Part::Vault => rebuild::context(&target.key).propose_owner(&owner, next),
        Part::Ledger => router::propose_owner(&owner, &target.key, next),
        Part::Book | Part::Feed | Part::Network => oracle::propose_owner(&owner, &target.key, next),
    };
    let instructions: Vec<Instruction> = targets.iter().map(of).collect();
    let title = match *next == Pubkey::default() {
        true => "Withdraw the proposal of a next owner".to_owned(),
        false => format!("Propose {next} as the next owner"),
    };
    let mut operation = posts(session, &options.transaction, title, owner, &targets, instructions)?;
    operation.review.push(("Then".to_owned(), "nothing changes until that key accepts".to_owned()));
    submit::submit(session, &options.transaction, operation).map(drop)
}

fn accept_owner(session: &mut Session, options: &Accept) -> Result<()> {
    let next = session.owner_key()?;
    let targets = targets(session, &options.target, options.whole)?;
    let of = |target: &Target| match target.part {
        Part::Vault => rebuild::context(&target.key).accept_owner(&next),
        Part::Ledger => router::accept_owner(&next, &target.key),
        Part::Book | Part::Feed | Part::Network => oracle::accept_owner(&next, &target.key),
    };
    let instructions: Vec<Instruction> = targets.iter().map(of).collect();
    let operation =
        posts(session, &options.transaction, "Accept the ownership".to_owned(), next, &targets, instructions)?;
    submit::submit(session, &options.transaction, operation).map(drop)
}

/// An operation on the roles of targets, with each one's owner now in its review.
fn posts(
    session: &mut Session,
    args: &TransactionArgs,
    title: String,
    authority: Pubkey,
    targets: &[Target],
    instructions: Vec<Instruction>,
) -> Result<Operation> {
    let mut operation = Operation::new(title, authority, instructions).reads(effects::read);
    operation.vault = targets.first().and_then(|target| target.vault).map(|vault| vault.vault);
    for target in targets {
        operation.review.push(("Concerns".to_owned(), target.shown()));
        if !args.sign_only {
            let state = target.state(session.chain()?)?;
            let (owner, next) = (who(&state.roles().owner), who(&state.roles().pending_owner));
            operation.review.push(("Owner now".to_owned(), format!("{owner}, proposed: {next}")));
        }
    }
    Ok(operation)
}

fn name(session: &mut Session, options: &NameGuarded, role: &str) -> Result<()> {
    let target = options.target.resolve(session)?;
    let (owner, key) = (session.owner_key()?, &options.key);
    let vault = rebuild::context(&target.key);
    let instruction = match (target.part, role) {
        (Part::Vault, "curator") => vault.set_curator(&owner, key),
        (Part::Vault, _) => vault.set_guardian(&owner, key),
        (Part::Ledger, "curator") => router::set_curator(&owner, &target.key, key),
        (Part::Ledger, _) => router::set_guardian(&owner, &target.key, key),
        (Part::Book | Part::Feed | Part::Network, "curator") => oracle::set_curator(&owner, &target.key, key),
        (Part::Book | Part::Feed | Part::Network, _) => oracle::set_guardian(&owner, &target.key, key),
    };
    let title = format!("Name the {role} of {}", target.shown());
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

fn renounce(session: &mut Session, options: &Renounce) -> Result<()> {
    let target = options.target.resolve(session)?;
    let (signer, post) = (session.owner_key()?, options.role.post());
    let name = format!("{post:?}").to_lowercase();
    let instruction = match target.part {
        Part::Vault => rebuild::context(&target.key).renounce(&signer, post),
        Part::Ledger => router::renounce(&signer, &target.key, post),
        Part::Book | Part::Feed | Part::Network => oracle::renounce(&signer, &target.key, post),
    };
    let mut operation = Operation::new(
        format!("Renounce the role of {name} over {} for ever", target.shown()),
        signer,
        vec![instruction],
    )
    .reads(effects::read);
    operation.vault = target.vault.map(|vault| vault.vault);
    if !options.transaction.sign_only {
        let state = target.state(session.chain()?)?;
        let roles = state.roles();
        if roles.is_renounced(post) {
            bail!("the role of {name} over {} was renounced before: nobody holds it any more", target.shown());
        }
        let holder = match post {
            Post::Owner => roles.owner,
            Post::Curator => roles.curator,
            Post::Guardian => roles.guardian,
        };
        operation.review.push(("Held by".to_owned(), format!("{} → nobody, for ever", who(&holder))));
    }
    submit::submit(session, &options.transaction, operation).map(drop)
}

//! The steps of a set-up: each looks at the chain first, and knows the transactions that make what is missing.
//!
//! A step that was interrupted is found missing or present, never half done: what one transaction makes is there as a whole or
//! not at all.

mod engine;
mod feeds;
mod follow;
mod hand_over;
mod keepers;
mod lines;
mod network;
mod queued;
mod risks;
mod scenario;
mod table;
mod vault;

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal_control::Roles;
use risk_oracle::SetPosterArgs;
use solana_instruction::Instruction;

use crate::remedy::{self, Target};
use crate::setup::{Engine, Network, Setup};

/// What a step finds on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not there: to be made.
    Missing,
    /// As the file says.
    Present,
    /// There, and other than the file says.
    Differs(Vec<Difference>),
    /// On its way: what for, and until when.
    Waits(String),
    /// Cannot be made, and what it needs.
    Blocked(String),
}

/// Something that is other than the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is, by the file's key.
    pub field: String,
    /// On the chain.
    pub chain: String,
    /// In the file.
    pub file: String,
    /// How it would be changed.
    pub remedy: String,
}

/// An account that a step makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it is.
    pub name: String,
    /// Its address; none where it is known only when it has been made.
    pub key: Option<Pubkey>,
    /// Its bytes.
    pub bytes: usize,
}

/// A step of a set-up.
pub trait Step {
    /// Its name.
    fn name(&self) -> String;

    /// What it makes, in a few words.
    fn what(&self) -> String;

    /// What is on the chain.
    ///
    /// # Errors
    ///
    /// The chain's.
    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError>;

    /// Who has to sign, beside who pays.
    ///
    /// # Errors
    ///
    /// The chain's.
    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError>;

    /// The transactions that make what is missing, in order.
    ///
    /// # Errors
    ///
    /// The chain's.
    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError>;

    /// The accounts that it makes.
    fn makes(&self) -> Vec<Made>;
}

/// Every step, in order.
pub fn all(setup: &Setup) -> Vec<Box<dyn Step + '_>> {
    let mut steps: Vec<Box<dyn Step + '_>> = Vec::new();
    for feed in &setup.feeds {
        steps.push(Box::new(feeds::Register { setup, feed }));
    }
    steps.push(Box::new(vault::Make { setup }));
    steps.push(Box::new(vault::OpenBook { setup }));
    for risk in &setup.risks {
        steps.push(Box::new(risks::Define { setup, risk }));
    }
    steps.push(Box::new(table::Name { setup }));
    steps.push(Box::new(table::Fill { setup }));
    for line in &setup.lines {
        steps.push(Box::new(lines::Add { setup, line }));
        steps.push(Box::new(lines::Limit { setup, line }));
    }
    if !setup.withdraw_order.is_empty() {
        steps.push(Box::new(lines::Order { setup }));
    }
    for keeper in &setup.keepers {
        steps.push(Box::new(keepers::Register { setup, keeper: *keeper }));
    }
    if let Some(engine) = &setup.engine {
        of_engine(setup, engine, &mut steps);
    }
    if let Some(next) = setup.final_owner {
        for held in hand_over::held(setup) {
            steps.push(Box::new(hand_over::Propose { setup, held, next }));
        }
    }
    steps
}

/// The steps of the book's risk engine, and of the network that it follows.
fn of_engine<'a>(setup: &'a Setup, engine: &'a Engine, steps: &mut Vec<Box<dyn Step + 'a>>) {
    for (index, _) in (0_u8..).zip(&engine.assets) {
        steps.push(Box::new(engine::Asset { setup, engine, index }));
    }
    for (args, line) in engine.models.iter().zip(&setup.lines) {
        steps.push(Box::new(engine::Model { setup, args, name: &line.name }));
    }
    steps.push(Box::new(engine::Limits { setup, engine }));
    for (index, _) in (0_u8..).zip(&engine.scenarios) {
        steps.push(Box::new(scenario::Define { setup, engine, index }));
    }
    let Some(Network { key, own }) = &engine.network else { return };
    if let Some(made) = own {
        let own = network::Own { setup, key, network: made };
        steps.push(Box::new(network::Create(own)));
        for protocol in &made.protocols {
            steps.push(Box::new(network::Protocol(own, protocol)));
        }
        for (protocol, caps) in made.protocols.iter().zip(&made.caps).filter(|(_, caps)| !caps.is_empty()) {
            steps.push(Box::new(network::Caps(own, protocol, caps)));
        }
        for (place, key) in (0_u8..).zip(&made.posters) {
            steps.push(Box::new(network::Poster(own, SetPosterArgs { place, key: *key })));
        }
        steps.push(Box::new(follow::Solve(own)));
    }
    steps.push(Box::new(follow::Follow { setup, key, is_own: own.is_some() }));
}

/// The two caps of the book in words.
fn bounds(bps: u16, cap: u64, decimals: u8) -> String {
    let cap = match cap {
        u64::MAX => String::new(),
        cap => format!(" and {}", gimbal::amount::format(cap, decimals)),
    };
    format!("at most {bps} bps of NAV{cap}")
}

/// Compares what is on the chain with the file, field by field.
#[derive(Default)]
struct Compare(Vec<Difference>);

impl Compare {
    /// Notes a difference, if there is one, with what would change it.
    fn field(&mut self, field: impl Into<String>, chain: impl ToString, file: impl ToString, remedy: &str) {
        let (chain, file) = (chain.to_string(), file.to_string());
        if chain != file {
            self.0.push(Difference { field: field.into(), chain, file, remedy: remedy.to_owned() });
        }
    }

    /// Notes a difference of a field for which the command `set` has an option of the same name.
    fn option(&mut self, prefix: &str, field: &str, chain: impl ToString, file: impl ToString, set: &str, unit: &str) {
        let file = file.to_string();
        let remedy = format!("{set} --{} {file}{unit}", field.replace('_', "-"));
        self.field(format!("{prefix}.{field}"), chain, file, &remedy);
    }

    /// Notes differences of curator and guardian.
    fn roles(&mut self, target: Target<'_>, roles: &Roles, setup: &Setup) {
        let holders = [("curator", roles.curator, setup.curator), ("guardian", roles.guardian, setup.guardian)];
        for (role, chain, file) in holders {
            let field = format!("roles.{role} of the {}", target.name());
            self.field(field, who(&chain), who(&file), &remedy::role(role, target, &file));
        }
    }

    /// What came of it.
    fn state(self) -> State {
        match self.0.is_empty() {
            true => State::Present,
            false => State::Differs(self.0),
        }
    }
}

/// An address, or none for the zero key, as the commands call it.
fn who(key: &Pubkey) -> String {
    match *key == Pubkey::default() {
        true => "none".to_owned(),
        false => key.to_string(),
    }
}

/// A limit in whole tokens; `u64::MAX` is none, as the commands call it.
fn limit(units: u64, decimals: u8) -> String {
    match units {
        u64::MAX => "none".to_owned(),
        units => gimbal::amount::format(units, decimals),
    }
}

/// Compares each named number of two values of one type. The command `set` has an option of the same name, which takes the
/// number with `unit` behind it.
macro_rules! compare_numbers {
    ($compare:expr, $prefix:expr, $chain:expr, $file:expr, $set:expr, $unit:literal, [$($field:ident),* $(,)?]) => {
        $($compare.option($prefix, stringify!($field), $chain.$field, $file.$field, $set, $unit);)*
    };
}
use compare_numbers;

/// The owner of an account that has roles, once it is there; until then the first owner.
fn owner_of<T: anchor_lang::ZeroCopy + anchor_lang::Owner>(
    setup: &Setup,
    chain: &dyn Chain,
    key: &Pubkey,
    roles: impl Fn(&T) -> Roles,
) -> Result<Pubkey, ChainError> {
    let account = gimbal::readers::read_if_exists::<T>(chain, key)?;
    Ok(account.map_or(setup.owner, |account| roles(&account).owner))
}

/// The ledger's owner.
fn owner_of_ledger(setup: &Setup, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
    owner_of(setup, chain, &setup.vault.addresses.ledger, |ledger: &strategy_router::Ledger| ledger.roles)
}

/// The book's owner.
fn owner_of_book(setup: &Setup, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
    owner_of(setup, chain, &setup.vault.addresses.book, |book: &risk_oracle::Book| book.roles)
}

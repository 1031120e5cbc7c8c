//! What every command of one vault stands on: its accounts, who signs and pays, and the user's token accounts.

use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use crate::bundle::{split, Suite};
use crate::chain::Chain;
use crate::instructions::{token::create_associated, vault::VaultContext};
use crate::readers;
use crate::views::flow::Refusal;
use crate::views::fresh::{Fresh, Purpose};
use crate::views::units::{ticker, Amount};
use crate::views::Facts;
use anchor_lang::prelude::Pubkey;
use anchor_lang::solana_program::program_pack::Pack;
use anchor_spl::token::spl_token::state::Account as TokenState;
use anyhow::{anyhow, bail, Context, Result};
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use vault::state::Member;

/// Digits after the point of one SOL.
const SOL_DECIMALS: u8 = 9;

/// One vault as commands need it.
pub struct Ground {
    /// Its accounts.
    pub facts: Facts,
    /// The vault as instructions need it.
    pub context: VaultContext,
    /// The vault's lookup table, where it names one.
    pub tables: Vec<AddressLookupTableAccount>,
    /// What the base asset is called; `base` where its feed is no known asset's.
    pub symbol: &'static str,
}

impl Ground {
    /// Reads the vault at `key`.
    ///
    /// # Errors
    ///
    /// If it is no vault; the chain's.
    pub fn read(session: &mut Session, key: &Pubkey) -> Result<Self> {
        let chain: &dyn Chain = session.chain()?;
        let facts = facts(chain, key)?;
        let tables = table(chain, &facts)?;
        let symbol = ticker(&facts.base_feed.feed_id).unwrap_or("base");
        Ok(Self { context: facts.context(), facts, tables, symbol })
    }

    /// The vault's address.
    pub fn key(&self) -> &Pubkey {
        &self.facts.addresses.vault
    }

    /// The vault with those of its lines that can be valued.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn suite(&self, session: &mut Session) -> Result<Suite> {
        Ok(self.facts.suite(session.chain()?)?)
    }

    /// Digits after the point of base asset and shares.
    pub fn decimals(&self) -> u8 {
        self.facts.decimals()
    }

    /// An amount of base asset or shares.
    pub fn amount(&self, units: u64) -> Amount {
        Amount::new(units, self.decimals())
    }

    /// An amount of the base asset in words.
    pub fn assets(&self, units: u64) -> String {
        super::amounts::assets(&self.amount(units), self.symbol)
    }

    /// A number of shares in words.
    pub fn shares(&self, units: u64) -> String {
        super::amounts::shares(&self.amount(units))
    }

    /// The vault behind the refreshes that `purpose` needs.
    ///
    /// # Errors
    ///
    /// Where NAV or the base asset's feed cannot be made fresh; the chain's.
    pub fn fresh(&self, session: &mut Session, purpose: Purpose) -> Result<Fresh> {
        let payer = simulation_payer(session, &self.facts)?;
        let chain: &dyn Chain = session.chain()?;
        let suite = self.facts.suite(chain)?;
        Ok(Fresh::simulate(chain, &suite, &self.facts, &self.tables, &payer, purpose)?)
    }

    /// Base units in `owner`'s associated account of the base asset.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn wallet_assets(&self, session: &mut Session, owner: &Pubkey) -> Result<u64> {
        Ok(readers::balance(session.chain()?, &self.context.base_account(owner))?)
    }

    /// Share units in `owner`'s associated account; what lies in tickets is not among them.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn wallet_shares(&self, session: &mut Session, owner: &Pubkey) -> Result<u64> {
        Ok(readers::balance(session.chain()?, &self.context.share_account(owner))?)
    }

    /// Why `wallet` is not let in, where the vault has a list.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn gate(&self, session: &mut Session, wallet: &Pubkey) -> Result<Option<Refusal>> {
        let root = self.facts.vault.gate_root;
        if root == [0; 32] {
            return Ok(None);
        }
        let member: Option<Member> = readers::read_if_exists(session.chain()?, &self.context.member(wallet))?;
        if member.is_some_and(|member| member.admits(self.key(), wallet, &root)) {
            return Ok(None);
        }
        let message = format!(
            "this vault takes money only from wallets on its list, and {wallet} is not admitted: run `gimbal vault admit {} {wallet} --list FILE`",
            self.key()
        );
        Ok(Some(Refusal::new("NotAdmitted", message)))
    }

    /// Whether the vault has a list of who may pay in.
    pub fn is_gated(&self) -> bool {
        self.facts.vault.gate_root != [0; 32]
    }

    /// The operation with what must run in front: in the same transaction as far as it fits, else in transactions before.
    /// `payer` pays for all of them. What is signed elsewhere carries nothing of that: it runs later, and all who sign it
    /// must come to the same bytes.
    ///
    /// # Errors
    ///
    /// If a part alone does not fit a transaction.
    pub fn behind(
        &self,
        args: &TransactionArgs,
        mut groups: Vec<Vec<Instruction>>,
        payer: &Pubkey,
        mut operation: Operation,
    ) -> Result<Operation> {
        let pack = |groups| {
            split(payer, groups, &self.tables).with_context(|| match self.tables.is_empty() {
                true => "this vault names no lookup table, without which this does not fit".to_owned(),
                false => "this does not fit".to_owned(),
            })
        };
        if is_elsewhere(args) {
            operation.before = pack(groups)?;
            operation.instructions = pack(vec![operation.instructions])?.pop().unwrap_or_default();
        } else {
            groups.push(std::mem::take(&mut operation.instructions));
            let mut transactions = pack(groups)?;
            operation.instructions = transactions.pop().unwrap_or_default();
            operation.before = transactions;
        }
        operation.tables = self.tables.clone();
        operation.vault = Some(*self.key());
        Ok(operation)
    }
}

/// The lookup table that the vault names, as far as it can be used; none where it names none.
///
/// # Errors
///
/// The chain's.
pub fn table(chain: &dyn Chain, facts: &Facts) -> Result<Vec<AddressLookupTableAccount>> {
    let key = facts.vault.lookup_table;
    if key == Pubkey::default() {
        return Ok(Vec::new());
    }
    Ok(readers::lookup_table(chain, &key)?.into_iter().collect())
}

/// The vault's accounts, with an error that a depositor understands.
///
/// # Errors
///
/// If there is no vault at `key`; the chain's.
pub fn facts(chain: &dyn Chain, key: &Pubkey) -> Result<Facts> {
    use crate::chain::ChainError;
    match Facts::read(chain, key) {
        Err(ChainError::AccountNotFound(missing)) if missing == *key => Err(anyhow!(ChainError::AccountNotFound(*key)))
            .with_context(|| format!("there is no vault {key}; see `gimbal vault list`")),
        Err(ChainError::WrongAccount { key: wrong, reason, .. }) if wrong == *key => {
            bail!("{key} is not a vault: {reason}; see `gimbal vault list`")
        }
        other => Ok(other?),
    }
}

/// Whether the transaction is signed or sent by others, later.
pub fn is_elsewhere(args: &TransactionArgs) -> bool {
    args.fixed() || args.multisig
}

/// An associated account that a command pays into.
pub struct Target<'a> {
    /// Whose it is.
    pub owner: &'a Pubkey,
    /// Of what.
    pub mint: &'a Pubkey,
    /// The token program of that.
    pub program: &'a Pubkey,
    /// What it is for, in words.
    pub what: &'static str,
}

/// Makes an account where it is missing, and says so in the review. A transaction that is signed elsewhere always makes it,
/// which does nothing where it exists: so that all who sign come to the same bytes.
///
/// # Errors
///
/// The chain's.
pub fn ensure_account(
    session: &mut Session,
    args: &TransactionArgs,
    operation: &mut Operation,
    payer: &Pubkey,
    target: &Target,
) -> Result<()> {
    let Target { owner, mint, program, what } = target;
    let account = crate::instructions::token::associated(owner, mint, program);
    if session.chain()?.get_account(&account)?.is_some_and(|account| !account.data.is_empty()) {
        if is_elsewhere(args) {
            operation.instructions.insert(0, create_associated(payer, owner, mint, program));
        }
        return Ok(());
    }
    let rent = session.chain()?.minimum_balance(TokenState::LEN)?;
    operation.instructions.insert(0, create_associated(payer, owner, mint, program));
    let sol = crate::amount::format(rent, SOL_DECIMALS);
    operation
        .review
        .push(("New account".to_owned(), format!("{account}, {what}; its rent of {sol} SOL is paid by {payer}")));
    Ok(())
}

/// What runs in front, as rows of a review.
pub fn refresh_rows(fresh: &Fresh) -> Vec<(String, String)> {
    match fresh.refreshed.is_empty() {
        true => Vec::new(),
        false => vec![("Refreshed first".to_owned(), fresh.refreshed.join(", "))],
    }
}

/// The wallet's address where reading it asks nobody anything: not for a seed phrase, a hardware wallet or standard input.
pub fn quiet_wallet(session: &mut Session) -> Option<Pubkey> {
    let source = &session.config.keypair;
    let asks = ["prompt:", "usb:", "stdin:"].iter().any(|scheme| source.starts_with(scheme)) || source == "-";
    if asks {
        return None;
    }
    session.owner_key().ok()
}

/// A key whose lamports a simulation can name as its fee payer: the wallet's where there is one with lamports, else of
/// somebody who holds a role. Nothing is signed and nothing is paid.
///
/// # Errors
///
/// If there is nobody.
pub fn simulation_payer(session: &mut Session, facts: &Facts) -> Result<Pubkey> {
    let roles = [facts.vault.roles, facts.ledger.roles];
    let known =
        roles.iter().flat_map(|roles| [roles.owner, roles.curator, roles.guardian]).chain([facts.vault.creator]);
    let keys: Vec<Pubkey> =
        quiet_wallet(session).into_iter().chain(known).filter(|key| *key != Pubkey::default()).collect();
    if let Some(found) = with_lamports(session, &keys)? {
        return Ok(found);
    }
    // Last, since it may ask for a seed phrase.
    let wallet = session.payer_key().ok();
    let found = with_lamports(session, wallet.as_slice())?;
    found.context("no wallet with lamports is known to simulate the refreshes with: give one with --keypair")
}

/// The first of `keys` that is a plain wallet with lamports.
fn with_lamports(session: &mut Session, keys: &[Pubkey]) -> Result<Option<Pubkey>> {
    let accounts = session.chain()?.get_multiple(keys)?;
    let plain = |account: &solana_account::Account| {
        account.lamports > 0 && account.data.is_empty() && account.owner == anchor_lang::system_program::ID
    };
    let found = keys.iter().zip(accounts).find(|(_, account)| account.as_ref().is_some_and(plain));
    Ok(found.map(|(key, _)| *key))
}

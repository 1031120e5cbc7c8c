//! What must run in front of a flow, in as few transactions as fit.
//!
//! A deposit is refused while a feed is old, and every flow is refused while a line was valued too long ago. A bundle
//! puts the feed updates, each venue's own refresh and the router's `refresh` in front of the user's instruction:
//! all in one transaction where they fit, else in several, of which the last carries the user's instruction.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::klend::{instruction::refresh_reserve, layout, ReserveView};
use risk_oracle::Feed;
use solana_account::Account;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, Hash};
use solana_signer::Signer;
use strategy_router::state::Ledger;

use crate::chain::{Chain, ChainError, Receipt};
use crate::instructions::{
    oracle::update_feed,
    router::{self, LineContext},
    vault::VaultContext,
};
use crate::readers;
use crate::transaction::{self, BuildError, MAX_COMPUTE_UNITS};

/// Compute units that a bundle asks for per instruction in it: all of the suite stay below, but for a rebalance through a
/// swap under the whole risk engine, which the venue's refresh in front of it leaves more than enough.
pub const UNITS_PER_INSTRUCTION: u32 = 200_000;

/// A vault with all its lines, as far as bundles need to know them.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The vault.
    pub vault: VaultContext,
    /// Its ledger's lines, in the order of the ledger.
    pub lines: Vec<SuiteLine>,
    /// The base asset's feed and where its prices are posted.
    pub base_feed: PostedFeed,
}

/// A line and what refreshes its venue.
#[derive(Clone, Debug)]
pub struct SuiteLine {
    /// The line.
    pub context: LineContext,
    /// The venue's own refresh.
    pub venue_refresh: Instruction,
    /// A swapped line's token feed.
    pub token_feed: Option<PostedFeed>,
}

/// A feed and the Pyth account that brings its prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostedFeed {
    /// The oracle's feed.
    pub feed: Pubkey,
    /// The push oracle's account, shard 0.
    pub price_account: Pubkey,
    /// The same of a second source, where the feed has one: without it the stored second price ages, and deposits stop.
    pub second_price_account: Option<Pubkey>,
}

impl PostedFeed {
    /// The feed at `key`, with prices from the classic push oracle.
    ///
    /// # Errors
    ///
    /// [`ChainError`] if it is no feed.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Self, ChainError> {
        Ok(Self::of(key, &readers::read(chain, key)?))
    }

    /// The same of a feed that was read before.
    pub fn of(key: &Pubkey, feed: &Feed) -> Self {
        let posted = |id: &[u8; 32]| gimbal_svm::pyth::price_feed_address(0, id);
        Self {
            feed: *key,
            price_account: posted(&feed.feed_id),
            second_price_account: feed.has_second_source().then(|| posted(&feed.second_feed_id)),
        }
    }

    /// Brings the posted price to the feed.
    pub fn update(&self) -> Instruction {
        update_feed(&self.feed, &self.price_account, self.second_price_account.as_ref())
    }
}

impl Suite {
    /// Reads the vault at `key`, its ledger and every line of it.
    ///
    /// # Errors
    ///
    /// The chain's, and [`ChainError::WrongAccount`] for an account that is not what the suite says.
    pub fn read(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Self, ChainError> {
        let vault = VaultContext::read(chain, key)?;
        let ledger: Ledger = readers::read(chain, &vault.addresses.ledger)?;
        let mut lines = Vec::new();
        for line in ledger.lines.iter().filter(|line| line.is_used()) {
            let context = LineContext::read(chain, &vault.addresses, line.id)?;
            let venue_refresh = venue_refresh(chain, &context)?;
            let token_feed = context.token_feed.map(|feed| PostedFeed::read(chain, &feed)).transpose()?;
            lines.push(SuiteLine { context, venue_refresh, token_feed });
        }
        let base_feed = PostedFeed::read(chain, &vault.base_feed)?;
        Ok(Self { vault, lines, base_feed })
    }

    /// Updates of every feed that a deposit or a valuation needs, each once.
    pub fn feed_updates(&self) -> Vec<Instruction> {
        let mut feeds = vec![self.base_feed];
        for feed in self.lines.iter().filter_map(|line| line.token_feed) {
            if !feeds.contains(&feed) {
                feeds.push(feed);
            }
        }
        feeds.iter().map(PostedFeed::update).collect()
    }

    /// The venue's own refresh and the router's, for one line. Its feeds must be fresh.
    pub fn refresh_line(&self, line: &SuiteLine) -> [Instruction; 2] {
        [line.venue_refresh.clone(), router::refresh(&self.vault, &line.context)]
    }

    /// Feed updates and refreshes of all lines, in the groups that must stay in one transaction.
    pub fn refreshes(&self) -> Vec<Vec<Instruction>> {
        let mut groups: Vec<Vec<Instruction>> = self.feed_updates().into_iter().map(|update| vec![update]).collect();
        groups.extend(self.lines.iter().map(|line| self.refresh_line(line).to_vec()));
        groups
    }

    /// The transactions that make everything fresh and then run `flow`, each a list of instructions that begins with
    /// its compute budget.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if `flow` alone does not fit a transaction.
    pub fn bundle(
        &self,
        payer: &Pubkey,
        flow: &[Instruction],
        tables: &[AddressLookupTableAccount],
    ) -> Result<Vec<Vec<Instruction>>, BuildError> {
        let mut groups = self.refreshes();
        if !flow.is_empty() {
            groups.push(flow.to_vec());
        }
        pack(payer, groups, tables)
    }

    /// Sends [`Suite::bundle`], transaction by transaction.
    ///
    /// # Errors
    ///
    /// The first refusal; what was refreshed before stays so.
    pub fn execute(
        &self,
        chain: &mut (impl Chain + ?Sized),
        payer: &dyn Signer,
        flow: &[Instruction],
        signers: &[&dyn Signer],
        tables: &[AddressLookupTableAccount],
    ) -> Result<Vec<Receipt>, ChainError> {
        let transactions = self.bundle(&payer.pubkey(), flow, tables)?;
        let mut receipts = Vec::with_capacity(transactions.len());
        for instructions in transactions {
            let blockhash = chain.latest_blockhash()?;
            let signed = transaction::build(payer, &instructions, signers, tables, blockhash)?;
            receipts.push(chain.send(&signed)?);
        }
        Ok(receipts)
    }
}

/// The venue's own refresh for a lending line, with the oracles that the reserve names.
fn venue_refresh(chain: &(impl Chain + ?Sized), line: &LineContext) -> Result<Instruction, ChainError> {
    let [reserve, ..] = line.pinned[..] else { return Err(not_lending(line)) };
    venue_refresh_of(line, &chain.require_account(&reserve)?)
}

/// As [`SuiteLine::venue_refresh`], of a line whose reserve was read before.
///
/// # Errors
///
/// [`ChainError::WrongAccount`] for a line or an account of another kind.
pub fn venue_refresh_of(line: &LineContext, reserve: &Account) -> Result<Instruction, ChainError> {
    let [key, _, market, ..] = line.pinned[..] else { return Err(not_lending(line)) };
    let view = ReserveView::parse(&reserve.data).map_err(|error| ChainError::WrongAccount {
        key,
        expected: "a lending reserve",
        reason: error.to_string(),
    })?;
    let program = line.venue.0;
    // klend takes its own program id where an oracle is absent.
    let oracle = |key: Pubkey| if key == Pubkey::default() { program } else { key };
    let [pyth, price, twap, scope] =
        [layout::PYTH_PRICE, layout::SWITCHBOARD_PRICE, layout::SWITCHBOARD_TWAP, layout::SCOPE_PRICE_FEED]
            .map(|field| oracle(view.get(field)));
    Ok(refresh_reserve(&program, &[key, market, pyth, price, twap, scope]))
}

fn not_lending(line: &LineContext) -> ChainError {
    let reason = format!("its pinned list has only {} entries", line.pinned.len());
    ChainError::WrongAccount { key: line.addresses.venue, expected: "a lending line", reason }
}

/// Puts groups into as few transactions as fit, in order, each group whole, each transaction behind its compute budget.
fn pack(
    payer: &Pubkey,
    groups: Vec<Vec<Instruction>>,
    tables: &[AddressLookupTableAccount],
) -> Result<Vec<Vec<Instruction>>, BuildError> {
    let packed = split_behind(payer, groups, tables, with_budget)?;
    Ok(packed.iter().map(|instructions| with_budget(instructions)).collect())
}

/// Puts groups into as few transactions as fit, in order, each group whole. Each transaction has room for a compute limit and
/// price in front, which are not in it.
///
/// # Errors
///
/// [`BuildError`] if a group alone does not fit a transaction.
pub fn split(
    payer: &Pubkey,
    groups: Vec<Vec<Instruction>>,
    tables: &[AddressLookupTableAccount],
) -> Result<Vec<Vec<Instruction>>, BuildError> {
    split_behind(payer, groups, tables, |instructions| {
        let mut all = with_budget(instructions);
        all.insert(0, ComputeBudgetInstruction::set_compute_unit_price(u64::MAX));
        all
    })
}

/// As [`split`], with what `front` puts before a transaction's instructions counted in its size.
fn split_behind(
    payer: &Pubkey,
    groups: Vec<Vec<Instruction>>,
    tables: &[AddressLookupTableAccount],
    front: impl Fn(&[Instruction]) -> Vec<Instruction>,
) -> Result<Vec<Vec<Instruction>>, BuildError> {
    let check = |instructions: &[Instruction]| check(payer, &front(instructions), tables);
    let mut transactions: Vec<Vec<Instruction>> = Vec::new();
    let mut open: Vec<Instruction> = Vec::new();
    for group in groups {
        let longer = [&open[..], &group[..]].concat();
        let fits_here = units(&longer) <= MAX_COMPUTE_UNITS && check(&longer).is_ok();
        if fits_here || open.is_empty() {
            check(&longer)?;
            open = longer;
        } else {
            check(&group)?;
            transactions.push(std::mem::replace(&mut open, group));
        }
    }
    if !open.is_empty() {
        transactions.push(open);
    }
    Ok(transactions)
}

/// Whether the instructions fit the packet and the locks of one transaction, signatures counted.
fn check(payer: &Pubkey, instructions: &[Instruction], tables: &[AddressLookupTableAccount]) -> Result<(), BuildError> {
    let message = transaction::compile(payer, instructions, tables, Hash::default())?;
    let signatures = vec![Default::default(); usize::from(message.header().num_required_signatures)];
    transaction::check_limits(&solana_transaction::versioned::VersionedTransaction { signatures, message })
}

fn units(instructions: &[Instruction]) -> u32 {
    u32::try_from(instructions.len()).unwrap_or(u32::MAX).saturating_mul(UNITS_PER_INSTRUCTION)
}

/// The instructions behind a compute budget that covers them.
pub fn with_budget(instructions: &[Instruction]) -> Vec<Instruction> {
    let limit = units(instructions).min(MAX_COMPUTE_UNITS);
    let mut all = vec![ComputeBudgetInstruction::set_compute_unit_limit(limit)];
    all.extend_from_slice(instructions);
    all
}

//! An embedded chain that remembers what it executed, as a node does.

use std::cell::Cell;
use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError, EmbeddedChain, Executed, History, Mode, Past, Receipt, Sandbox, TokenChange};
use gimbal::{readers, transaction};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;
use solana_transaction::{versioned::VersionedTransaction, Signature};

/// A transaction, and every address that it named.
struct Remembered {
    executed: Executed,
    keys: BTreeSet<Pubkey>,
}

pub struct Witness {
    pub chain: EmbeddedChain,
    ledger: Vec<Remembered>,
    /// Whether token balances are told, as nodes do.
    pub tells_tokens: bool,
    /// Answers about transactions that are left before the node goes away.
    pub answers: Cell<usize>,
    /// A transaction that the node has forgotten.
    pub forgotten: Cell<Option<Signature>>,
}

impl Witness {
    pub fn new() -> Self {
        Self {
            chain: EmbeddedChain::new(Mode::Native).expect("a chain"),
            ledger: Vec::new(),
            tells_tokens: true,
            answers: Cell::new(usize::MAX),
            forgotten: Cell::new(None),
        }
    }

    /// Everything executed, in order.
    pub fn all(&self) -> Vec<Executed> {
        self.ledger.iter().map(|one| one.executed.clone()).collect()
    }

    /// Forgets the transactions before the `count`th, as a node without an archive.
    pub fn prune(&mut self, count: usize) {
        self.ledger.drain(..count);
    }

    fn tokens(&self, keys: &BTreeSet<Pubkey>) -> Vec<(Pubkey, Pubkey, Pubkey, u64)> {
        let read = |key: &Pubkey| {
            let token = readers::token_account(&self.chain, key).ok()?;
            Some((*key, token.mint, token.owner, token.amount))
        };
        keys.iter().filter_map(read).collect()
    }

    fn remember(
        &mut self,
        receipt: Receipt,
        failed: Option<String>,
        keys: BTreeSet<Pubkey>,
        before: &[(Pubkey, Pubkey, Pubkey, u64)],
        fee_payer: Pubkey,
    ) {
        let after = self.tokens(&keys);
        let accounts: BTreeSet<Pubkey> = before.iter().chain(&after).map(|(account, ..)| *account).collect();
        let find = |list: &[(Pubkey, Pubkey, Pubkey, u64)], key: &Pubkey| list.iter().find(|it| it.0 == *key).copied();
        let change = |account: Pubkey| {
            let (was, is) = (find(before, &account), find(&after, &account));
            let (_, mint, owner, _) = was.or(is).expect("one of both");
            let amount = |side: Option<(Pubkey, Pubkey, Pubkey, u64)>| side.map_or(0, |(.., amount)| amount);
            TokenChange { account, mint, owner, before: amount(was), after: amount(is) }
        };
        let tokens = self.tells_tokens.then(|| accounts.into_iter().map(change).collect());
        let time = self.chain.clock().expect("a clock").unix_timestamp;
        let executed = Executed { receipt, time, failed, fee_payer, payer_change: 0, tokens };
        self.ledger.push(Remembered { executed, keys });
    }
}

impl Chain for Witness {
    gimbal::forward! {
        [chain]
        get_account get_multiple program_accounts latest_blockhash clock minimum_balance
        recent_priority_fee simulate simulate_reading
    }

    fn send(&mut self, _: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(ChainError::Backend("the tests execute instructions".to_owned()))
    }

    fn execute(
        &mut self,
        payer: &dyn Signer,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
        tables: &[AddressLookupTableAccount],
    ) -> Result<Receipt, ChainError> {
        let blockhash = self.chain.latest_blockhash()?;
        let transaction = transaction::build(payer, instructions, signers, tables, blockhash)?;
        let mut keys: BTreeSet<Pubkey> =
            instructions.iter().flat_map(|one| one.accounts.iter().map(|meta| meta.pubkey)).collect();
        keys.insert(payer.pubkey());
        let before = self.tokens(&keys);
        match self.chain.send(&transaction) {
            Ok(receipt) => {
                self.remember(receipt.clone(), None, keys, &before, payer.pubkey());
                Ok(receipt)
            }
            Err(ChainError::Refused(refused)) => {
                let slot = self.chain.clock()?.slot;
                let receipt = Receipt { signature: transaction.signatures[0], slot, ..Receipt::default() };
                self.remember(receipt, Some(refused.name()), keys, &before, payer.pubkey());
                Err(ChainError::Refused(refused))
            }
            Err(other) => Err(other),
        }
    }
}

impl Sandbox for Witness {
    fn fund(&mut self, key: &Pubkey, lamports: u64) -> Result<(), ChainError> {
        self.chain.fund(key, lamports)
    }

    fn set_account(&mut self, key: &Pubkey, account: Account) -> Result<(), ChainError> {
        self.chain.set_account(key, account)
    }

    fn warp(&mut self, seconds: u64) -> Result<(), ChainError> {
        self.chain.warp(seconds)
    }

    fn advance_slots(&mut self, slots: u64) -> Result<(), ChainError> {
        self.chain.advance_slots(slots)
    }
}

impl History for Witness {
    fn signatures(&self, address: &Pubkey, until: Option<Signature>, most: usize) -> Result<Vec<Past>, ChainError> {
        let named = self.ledger.iter().filter(|one| one.keys.contains(address)).map(|one| &one.executed);
        let all: Vec<Past> = named
            .map(|it| Past {
                signature: it.receipt.signature,
                slot: it.receipt.slot,
                time: Some(it.time),
                failed: it.failed.is_some(),
            })
            .collect();
        let begin =
            until.map_or(0, |until| all.iter().position(|past| past.signature == until).map_or(0, |place| place + 1));
        Ok(all.into_iter().skip(begin).take(most).collect())
    }

    fn transaction(&self, signature: &Signature) -> Result<Option<Executed>, ChainError> {
        match self.answers.get() {
            0 => return Err(ChainError::Backend("the node is gone".to_owned())),
            left => self.answers.set(left - 1),
        }
        if self.forgotten.get() == Some(*signature) {
            return Ok(None);
        }
        Ok(self.ledger.iter().find(|one| one.executed.receipt.signature == *signature).map(|one| one.executed.clone()))
    }
}

//! The transactions and blocks of the recent past, as much of it as a server that runs for days can hold.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use solana_message::Hash;
use solana_transaction::Signature;

use super::landed::Landed;

/// Transactions that are kept.
pub const MOST_TRANSACTIONS: usize = 20_000;
/// Bytes that they may take together, about.
const MOST_BYTES: usize = 256 << 20;
/// Blocks that are kept: eleven hours of slots.
pub const MOST_BLOCKS: usize = 100_000;

/// The block of a slot.
#[derive(Clone, Debug)]
pub struct Block {
    /// The slot.
    pub slot: u64,
    /// The slot of the block before it.
    pub parent: u64,
    /// The blockhash that it ends with.
    pub hash: Hash,
    /// That of the block before it.
    pub previous: Hash,
    /// The chain's time, Unix seconds.
    pub time: i64,
    /// Numbers of its transactions.
    transactions: Vec<u64>,
}

/// What is remembered.
#[derive(Debug, Default)]
pub struct History {
    /// The number of the oldest that is kept; others follow in order.
    first: u64,
    transactions: VecDeque<Arc<Landed>>,
    bytes: usize,
    by_signature: HashMap<Signature, u64>,
    by_address: HashMap<Pubkey, VecDeque<u64>>,
    blocks: VecDeque<Block>,
    /// How many there ever were.
    count: u64,
}

impl History {
    /// Opens the block of a slot, later than all before it.
    pub fn open_block(&mut self, slot: u64, hash: Hash, time: i64) {
        let (parent, previous) = match self.blocks.back() {
            Some(last) => (last.slot, last.hash),
            None => (slot.saturating_sub(1), Hash::default()),
        };
        self.blocks.push_back(Block { slot, parent, hash, previous, time, transactions: Vec::new() });
        if self.blocks.len() > MOST_BLOCKS {
            self.blocks.pop_front();
        }
    }

    /// Remembers a transaction as the last of the open block, and gives its place there.
    pub fn place_in_block(&self) -> u32 {
        self.blocks.back().map_or(0, |block| u32::try_from(block.transactions.len()).unwrap_or(u32::MAX))
    }

    /// Remembers a transaction of the open block.
    pub fn record(&mut self, landed: Arc<Landed>) {
        let number = self.first + self.transactions.len() as u64;
        self.count += 1;
        self.bytes += landed.weight();
        self.by_signature.insert(landed.signature(), number);
        for key in landed.keys() {
            self.by_address.entry(*key).or_default().push_back(number);
        }
        if let Some(block) = self.blocks.back_mut() {
            block.transactions.push(number);
        }
        self.transactions.push_back(landed);
        while self.transactions.len() > MOST_TRANSACTIONS || self.bytes > MOST_BYTES {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(oldest) = self.transactions.pop_front() else { return };
        let number = self.first;
        self.first += 1;
        self.bytes = self.bytes.saturating_sub(oldest.weight());
        self.by_signature.remove(&oldest.signature());
        for key in oldest.keys() {
            if let Some(numbers) = self.by_address.get_mut(key) {
                if numbers.front() == Some(&number) {
                    numbers.pop_front();
                }
                if numbers.is_empty() {
                    self.by_address.remove(key);
                }
            }
        }
    }

    fn numbered(&self, number: u64) -> Option<&Arc<Landed>> {
        self.transactions.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// The transaction that a signature names.
    pub fn transaction(&self, signature: &Signature) -> Option<&Arc<Landed>> {
        self.numbered(*self.by_signature.get(signature)?)
    }

    /// The transactions that name an address, the newest first.
    pub fn of_address(&self, address: &Pubkey) -> impl Iterator<Item = &Arc<Landed>> {
        let numbers = self.by_address.get(address).into_iter().flatten().rev();
        numbers.filter_map(|number| self.numbered(*number))
    }

    /// The newest transactions first, those of slots after `slot`.
    pub fn since(&self, slot: u64) -> impl Iterator<Item = &Arc<Landed>> {
        self.transactions.iter().rev().take_while(move |landed| landed.slot > slot)
    }

    /// The block of a slot.
    pub fn block(&self, slot: u64) -> Option<&Block> {
        let place = self.blocks.partition_point(|block| block.slot < slot);
        self.blocks.get(place).filter(|block| block.slot == slot)
    }

    /// The transactions of a block that are still kept, in order; none if some were forgotten.
    pub fn transactions_of(&self, block: &Block) -> Option<Vec<&Arc<Landed>>> {
        block.transactions.iter().map(|number| self.numbered(*number)).collect()
    }

    /// How many transactions a block has.
    pub fn transactions_in(&self, block: &Block) -> usize {
        block.transactions.len()
    }

    /// The blocks from a slot on, in order.
    pub fn blocks_from(&self, slot: u64) -> impl Iterator<Item = &Block> {
        self.blocks.range(self.blocks.partition_point(|block| block.slot < slot)..)
    }

    /// The oldest block that is kept with all its transactions.
    pub fn first_block(&self) -> u64 {
        let whole = |block: &&Block| block.transactions.first().is_none_or(|number| *number >= self.first);
        self.blocks.iter().find(whole).map_or(0, |block| block.slot)
    }

    /// How many transactions there ever were.
    pub fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::build;
    use anchor_lang::system_program;
    use solana_instruction::{AccountMeta, Instruction};
    use solana_keypair::Keypair;
    use solana_signer::Signer;

    fn landed(number: u64, slot: u64, to: Pubkey) -> Arc<Landed> {
        let payer = Keypair::new_from_array([7; 32]);
        let instruction = Instruction {
            program_id: system_program::ID,
            accounts: vec![AccountMeta::new(to, false)],
            data: number.to_le_bytes().to_vec(),
        };
        let transaction = build(&payer, &[instruction], &[], &[], Hash::default()).unwrap();
        Arc::new(Landed {
            transaction,
            slot,
            time: 0,
            index: 0,
            error: None,
            fee: 5_000,
            compute_units: 0,
            logs: Vec::new(),
            inner: Vec::new(),
            return_data: None,
            loaded: Vec::new(),
            before: Default::default(),
            after: Default::default(),
        })
    }

    #[test]
    fn the_oldest_are_forgotten_everywhere() {
        let (one, other) = (Pubkey::new_from_array([1; 32]), Pubkey::new_from_array([2; 32]));
        let mut history = History::default();
        history.open_block(10, Hash::default(), 0);
        let first = landed(0, 10, other);
        history.record(first.clone());
        history.open_block(11, Hash::default(), 0);
        for number in 1..=MOST_TRANSACTIONS as u64 {
            history.record(landed(number, 11, one));
        }
        assert_eq!(history.count(), MOST_TRANSACTIONS as u64 + 1);
        assert!(history.transaction(&first.signature()).is_none());
        assert_eq!(history.of_address(&other).count(), 0);
        assert_eq!(history.by_address.get(&other), None);
        let payer = Keypair::new_from_array([7; 32]).pubkey();
        assert_eq!(history.of_address(&payer).count(), MOST_TRANSACTIONS);
        assert_eq!(history.first_block(), 11);
        let block = history.block(10).unwrap();
        assert!(history.transactions_of(block).is_none());
        // One more: the second of all goes, the newest is found first.
        let newest = landed(99_999, 11, other);
        history.record(newest.clone());
        assert_eq!(history.of_address(&other).next().unwrap().signature(), newest.signature());
        assert_eq!(history.of_address(&one).count(), MOST_TRANSACTIONS - 1);
    }

    #[test]
    fn blocks_are_found_by_slot_and_jumps_leave_none() {
        let mut history = History::default();
        for slot in [5, 6, 9] {
            history.open_block(slot, Hash::new_from_array([slot as u8; 32]), slot as i64);
        }
        assert_eq!(
            history.block(9).map(|block| (block.parent, block.previous)),
            Some((6, Hash::new_from_array([6; 32])))
        );
        assert!(history.block(7).is_none());
        assert_eq!(history.blocks_from(6).map(|block| block.slot).collect::<Vec<_>>(), [6, 9]);
        assert_eq!(history.first_block(), 5);
    }
}

//! Catching up with a chain.
//!
//! A vault's transactions name its account, its ledger, its book or its share mint. Each list is read on from its cursor, and
//! the lists are merged into one order that agrees with each of them: transactions that two lists share tie them together,
//! and the order of others, which touch no account in common, is of no consequence. A part of the order and the cursors
//! that it moves are written together: whoever is stopped goes on where he was.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anchor_lang::prelude::Pubkey;
use solana_transaction::Signature;

use super::indexer::{record_for, Indexer};
use super::subject::subject;
use super::vaults::{cursor, set_cursor, take_place, Watched};
use super::IndexError;
use crate::chain::{Chain, Executed, History, Past};
use crate::decode::events::{Event, VaultEvent};

/// Transactions that are written together.
pub const PAGE: usize = 200;

/// What is left to read of one address, the oldest first.
struct List {
    address: Pubkey,
    past: Vec<Past>,
}

/// Records everything that happened to the vault since the last time, or since it was made; how many transactions were
/// new. `page` of them are written at a time.
///
/// # Errors
///
/// [`IndexError::Beheaded`] and [`IndexError::Pruned`] where the node lacks history, [`IndexError::Gap`], and the chain's.
/// What was recorded until then stays.
pub fn follow(
    chain: &(impl Chain + History + ?Sized),
    indexer: &mut Indexer,
    vault: &Pubkey,
    page: usize,
) -> Result<usize, IndexError> {
    let watched = indexer.watch(chain, vault)?;
    let (lists, is_first) = unread(chain, indexer, &watched)?;
    let order = merge(&lists);
    let mut new = 0;
    for (place, part) in order.chunks(page.max(1)).enumerate() {
        let executed = fetch(chain, part)?;
        if is_first && place == 0 && !begins_with_creation(part, &executed, vault) {
            return Err(IndexError::Beheaded(*vault));
        }
        new += write(chain, indexer, vault, part, &executed, &lists)?;
    }
    Ok(new)
}

/// Every address's transactions after its cursor, and whether there was none.
fn unread(
    chain: &(impl Chain + History + ?Sized),
    indexer: &mut Indexer,
    watched: &Watched,
) -> Result<(Vec<List>, bool), IndexError> {
    let addresses = &watched.addresses;
    let vault = addresses.vault;
    // The lists are asked for one after the other. Of what lands meanwhile some would name a transaction and others not
    // yet one before it, so nothing is taken from later slots than this one.
    let horizon = chain.clock()?.slot;
    let mut lists = Vec::new();
    let mut is_first = false;
    for address in [vault, addresses.ledger, addresses.book, addresses.share_mint] {
        let until = cursor(indexer.database(), &vault, &address)?;
        is_first |= address == vault && until.is_none();
        let mut past = chain.signatures(&address, until, usize::MAX)?;
        past.retain(|past| past.slot <= horizon);
        lists.push(List { address, past });
    }
    Ok((lists, is_first))
}

/// What the transactions did. Of those that failed it is enough to know that.
fn fetch(chain: &(impl Chain + History + ?Sized), part: &[Past]) -> Result<HashMap<Signature, Executed>, IndexError> {
    let mut executed = HashMap::with_capacity(part.len());
    for past in part.iter().filter(|past| !past.failed) {
        let found = chain.transaction(&past.signature)?.ok_or(IndexError::Pruned(past.signature))?;
        executed.insert(past.signature, found);
    }
    Ok(executed)
}

/// Records a part of the order, and moves the cursors of the lists that it belongs to, or does neither.
fn write(
    chain: &(impl Chain + History + ?Sized),
    indexer: &mut Indexer,
    vault: &Pubkey,
    part: &[Past],
    executed: &HashMap<Signature, Executed>,
    lists: &[List],
) -> Result<usize, IndexError> {
    let written: HashSet<Signature> = part.iter().map(|past| past.signature).collect();
    indexer.database().write(|database| {
        let mut new = 0;
        for past in part {
            new += usize::from(match executed.get(&past.signature) {
                Some(executed) => record_for(database, chain, vault, executed)?,
                None => {
                    let time = past.time.unwrap_or_default();
                    take_place(database, vault, &past.signature, past.slot, time, None, Some("failed"))?.is_some()
                }
            });
        }
        for list in lists {
            // The order keeps each list's own: what is written of it is without a hole.
            if let Some(last) = list.past.iter().rev().find(|past| written.contains(&past.signature)) {
                set_cursor(database, vault, &list.address, &last.signature, last.slot)?;
            }
        }
        Ok(new)
    })
}

/// One order of all transactions: by slot, and within a slot so that each list's own order is kept.
fn merge(lists: &[List]) -> Vec<Past> {
    let slots: BTreeSet<u64> = lists.iter().flat_map(|list| list.past.iter().map(|past| past.slot)).collect();
    let mut order = Vec::new();
    for slot in slots {
        let mut queues: Vec<Vec<&Past>> = Vec::new();
        for list in lists {
            // From the back, so that the next one is popped.
            queues.push(list.past.iter().filter(|past| past.slot == slot).rev().collect());
        }
        while queues.iter().any(|queue| !queue.is_empty()) {
            let waits = |signature: &Signature| {
                queues.iter().any(|queue| {
                    let place = queue.iter().position(|past| past.signature == *signature);
                    place.is_some_and(|place| place + 1 < queue.len())
                })
            };
            let heads: BTreeMap<String, &Past> = queues
                .iter()
                .filter_map(|queue| queue.last())
                .map(|past| (past.signature.to_string(), *past))
                .collect();
            // One whose turn it is in every list that has it. Nodes whose lists contradict each other get any order.
            let ready = heads.values().find(|past| !waits(&past.signature)).or_else(|| heads.values().next());
            let Some(next) = ready.copied() else { break };
            for queue in &mut queues {
                queue.retain(|past| past.signature != next.signature);
            }
            order.push(next.clone());
        }
    }
    let mut seen = HashSet::new();
    order.retain(|past| seen.insert(past.signature));
    order
}

/// Whether the first transaction that succeeded made the vault.
fn begins_with_creation(order: &[Past], executed: &HashMap<Signature, Executed>, vault: &Pubkey) -> bool {
    // Whatever named an address before it was made, such as a gift of lamports, emitted nothing.
    let mut events = order.iter().filter_map(|past| executed.get(&past.signature)).flat_map(|it| it.receipt.events());
    let first = events.find(|event| matches!(event, Event::Vault(_)) && subject(event) == *vault);
    matches!(first, Some(Event::Vault(VaultEvent::VaultInitialized(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(number: u8, slot: u64) -> Past {
        Past { signature: Signature::from([number; 64]), slot, time: Some(0), failed: false }
    }

    fn list(past: Vec<Past>) -> List {
        List { address: Pubkey::default(), past }
    }

    fn numbers(order: &[Past]) -> Vec<u8> {
        order.iter().map(|past| past.signature.as_ref()[0]).collect()
    }

    #[test]
    fn lists_are_merged_into_an_order_that_keeps_each() {
        // Both lists name 5 and 1; 9 lies between them in one, 2 before them in the other.
        let left = list(vec![past(5, 7), past(9, 7), past(1, 7), past(4, 8)]);
        let right = list(vec![past(3, 6), past(2, 7), past(5, 7), past(1, 7)]);
        assert_eq!(numbers(&merge(&[left, right])), [3, 2, 5, 9, 1, 4]);
    }

    #[test]
    fn contradicting_lists_still_give_each_transaction_once() {
        let order = merge(&[list(vec![past(1, 7), past(2, 7)]), list(vec![past(2, 7), past(1, 7)])]);
        assert_eq!(order.len(), 2);
    }
}

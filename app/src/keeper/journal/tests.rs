//! The journal's own rules. What it does for the loop is in the keeper's fault tests.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anchor_lang::prelude::Pubkey;
use rusqlite::Connection;
use solana_keypair::Keypair;
use solana_message::Hash;
use solana_signer::Signer;
use solana_transaction::Signature;

use super::*;
use crate::keeper::{ActionKey, ActionKind};
use crate::transaction;

/// A folder of its own for a test, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("gimbal-journal-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn journal(&self) -> PathBuf {
        self.0.join("keeper.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn keypair() -> Keypair {
    Keypair::new_from_array([7; 32])
}

fn identity() -> Identity {
    Identity { genesis: Hash::new_from_array([1; 32]), keeper: keypair().pubkey() }
}

fn open(folder: &Folder) -> Journal {
    Journal::open(&folder.journal(), &identity()).unwrap()
}

fn vault() -> Pubkey {
    Pubkey::new_from_array([3; 32])
}

fn work(line: u16, nonce: u64) -> Work {
    Work {
        key: ActionKey { kind: ActionKind::Rebalance, subject: vault(), line: Some(line) },
        vault: vault(),
        nonce,
        completes: true,
        expected_pay: 30,
        reason: "the line is off its target".to_owned(),
    }
}

/// Writes intent and signature of a transaction that does `works`.
fn record(journal: &mut Journal, works: &[Work], reserve: u64, at: i64) -> Recorded {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let cycle = journal.begin_cycle(9, at).unwrap();
    let mut blockhash = [0; 32];
    blockhash[..4].copy_from_slice(&NUMBER.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    let message = transaction::compile(&keypair().pubkey(), &[], &[], Hash::new_from_array(blockhash)).unwrap();
    let intent = Intent { cycle, works, reserve, message: &message, at };
    let intent = journal.intend(&intent).unwrap();
    let signed = transaction::sign(message, &[&keypair()]).unwrap();
    journal.record(intent, signed, 150, at).unwrap()
}

fn landed(lamports: u64, pay: u64) -> Outcome {
    Outcome::Landed { slot: 12, lamports, pay: vec![(vault(), pay)] }
}

#[test]
fn what_was_signed_is_found_again_by_another_process() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let works = [work(2, 40), Work { completes: false, ..work(1, 39) }];
    let recorded = record(&mut journal, &works, 7_000, 1_000);
    assert!(recorded.transaction().verify_with_results().iter().all(|valid| *valid));
    drop(journal);

    let journal = open(&folder);
    let unsettled = journal.unsettled().unwrap();
    let [one] = &unsettled[..] else { panic!("{} signatures instead of one", unsettled.len()) };
    assert_eq!(one.recorded, recorded, "the same bytes");
    assert_eq!((one.reserve, one.signed_at, one.recorded.last_valid_height()), (7_000, 1_000, 150));
    assert_eq!(one.works, works, "what completes comes first");
    assert_eq!(journal.keeper().unwrap(), keypair().pubkey());
}

#[test]
fn an_intent_without_a_signature_is_nothing_under_way_and_costs_nothing() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let cycle = journal.begin_cycle(9, 1_000).unwrap();
    let message = transaction::compile(&keypair().pubkey(), &[], &[], Hash::default()).unwrap();
    let intent = Intent { cycle, works: &[work(1, 1)], reserve: 9_000, message: &message, at: 1_000 };
    journal.intend(&intent).unwrap();
    assert!(journal.unsettled().unwrap().is_empty());
    assert_eq!(journal.spending(0).unwrap(), Spending::default());
}

#[test]
fn an_outcome_is_written_once_and_only_an_expiry_is_corrected() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let signature = record(&mut journal, &[work(1, 5)], 7_000, 1_000).signature();
    assert!(!journal.is_done(&work(1, 5).key, 5).unwrap());

    assert!(journal.settle(&signature, &Outcome::Expired, 1_100).unwrap());
    assert!(!journal.settle(&signature, &Outcome::Expired, 1_101).unwrap());
    assert!(!journal.knows(&signature).unwrap(), "what expired may turn up yet");
    // Worked by hand: expired costs nothing, landed what it cost.
    assert_eq!(journal.spending(0).unwrap().total(), 0);

    assert!(journal.settle(&signature, &landed(5_500, 30), 1_200).unwrap());
    let failed = Outcome::Failed { slot: 13, lamports: 1, name: "StaleVenue".to_owned() };
    for later in [landed(9, 9), failed, Outcome::Expired] {
        assert!(!journal.settle(&signature, &later, 1_300).unwrap());
    }
    let attempt = journal.attempt(&signature).unwrap().unwrap();
    assert_eq!((attempt.outcome, attempt.works), (Some(landed(5_500, 30)), vec![work(1, 5)]));
    assert_eq!(journal.pay_earned(0).unwrap(), [(vault(), 30)]);
    assert!(journal.knows(&signature).unwrap() && journal.is_done(&work(1, 5).key, 5).unwrap());
    assert!(!journal.is_done(&work(1, 5).key, 6).unwrap() && !journal.is_done(&work(2, 5).key, 5).unwrap());
    assert!(!journal.settle(&Signature::default(), &Outcome::Expired, 1_300).unwrap(), "nobody's signature");
}

#[test]
fn a_transaction_that_only_prepares_does_not_make_an_action_done() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let prepares = Work { completes: false, ..work(1, 5) };
    let signature = record(&mut journal, &[prepares], 7_000, 1_000).signature();
    journal.settle(&signature, &landed(5_000, 0), 1_000).unwrap();
    assert!(!journal.is_done(&work(1, 5).key, 5).unwrap());
}

#[test]
fn spending_is_what_landed_in_the_window_what_may_land_and_what_others_spent() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let [old, new, refused, open] = [10, 20, 30, 40].map(|reserve| record(&mut journal, &[], reserve, 100).signature());
    journal.settle(&old, &landed(1, 0), 999).unwrap();
    journal.settle(&new, &landed(2, 0), 1_000).unwrap();
    let failed = Outcome::Failed { slot: 1, lamports: 3, name: "StaleNav".to_owned() };
    journal.settle(&refused, &failed, 1_001).unwrap();
    let outside = Outside { signature: Signature::from([9; 64]), slot: 4, at: 1_000, lamports: 500 };
    journal.book_outside(&outside).unwrap();
    journal.book_outside(&outside).unwrap();
    journal.book_outside(&Outside { signature: Signature::from([8; 64]), at: 999, ..outside }).unwrap();

    // From 1,000 on: 2 and 3 settled, 40 reserved however long ago it was signed, 500 outside, once.
    let spending = journal.spending(1_000).unwrap();
    assert_eq!(spending, Spending { settled: 5, reserved: 40, outside: 500 });
    assert_eq!(spending.total(), 545);
    assert_eq!(journal.spending(0).unwrap(), Spending { settled: 6, reserved: 40, outside: 1_000 });
    assert_eq!(journal.unsettled().unwrap()[0].recorded.signature(), open);
    assert!(journal.knows(&outside.signature).unwrap() && !journal.knows(&open).unwrap());
}

#[test]
fn what_is_parked_is_remembered_until_it_goes_well() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let park = Park {
        key: work(1, 5).key,
        vault: vault(),
        nonce: 5,
        refusals: 1,
        name: "StaleVenue".to_owned(),
        since: 1_000,
        until: 1_010,
    };
    journal.park(&park).unwrap();
    let again = Park { refusals: 2, until: 1_030, ..park.clone() };
    journal.park(&again).unwrap();
    drop(journal);

    let mut journal = self::open(&folder);
    assert_eq!(journal.park_of(&park.key).unwrap(), Some(again.clone()));
    assert_eq!((journal.parked(1_029).unwrap(), journal.parked(1_030).unwrap()), (vec![again], vec![]));
    journal.unpark(&park.key).unwrap();
    assert_eq!(journal.park_of(&park.key).unwrap(), None);
}

#[test]
fn a_second_process_is_refused_and_a_reader_is_not() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let refused = Journal::open(&folder.journal(), &identity()).unwrap_err();
    let expected = format!(
        "another keeper (process {}) uses the journal {}: stop it, or name another `journal` in the configuration",
        std::process::id(),
        folder.journal().display()
    );
    assert_eq!(refused.to_string(), expected);

    let records = Records::open(&folder.journal()).unwrap();
    assert_eq!(records.last_cycle().unwrap(), None);
    let cycle = journal.begin_cycle(70, 1_000).unwrap();
    let end = CycleEnd { slot: 75, planned: 4, landed: 1, put_off: 3, ..CycleEnd::default() };
    journal.end_cycle(cycle, &end).unwrap();
    let told = records.last_cycle().unwrap().unwrap();
    assert_eq!((told.started_slot, told.started_at, told.ended_slot), (70, 1_000, Some(75)));
    assert_eq!((told.planned, told.landed, told.put_off, told.problem), (4, 1, 3, None));
    drop(journal);
    open(&folder);
}

#[test]
fn another_key_or_chain_another_version_and_another_file_are_refused() {
    let folder = Folder::new();
    drop(open(&folder));
    let refusal = |identity: Identity| Journal::open(&folder.journal(), &identity).unwrap_err().to_string();
    let other = Identity { keeper: Pubkey::new_from_array([5; 32]), ..identity() };
    assert!(refusal(other).contains(&format!("belongs to the key {}, not {}", identity().keeper, other.keeper)));
    let other = Identity { genesis: Hash::new_from_array([6; 32]), ..identity() };
    assert!(refusal(other).contains("belongs to the chain with genesis hash"));

    Connection::open(folder.journal()).unwrap().pragma_update(None, "user_version", 2).unwrap();
    assert!(refusal(identity()).contains("has version 2, this keeper writes version 1"));
    Connection::open(folder.journal()).unwrap().pragma_update(None, "application_id", 1).unwrap();
    assert!(refusal(identity()).contains("is not a keeper's journal"));

    std::fs::write(folder.journal(), "notes about keepers, long enough for a file's head".repeat(9)).unwrap();
    assert!(refusal(identity()).contains("is not a keeper's journal"));
    assert!(matches!(Records::open(&folder.journal()), Err(JournalError::NotAJournal { .. })));
    assert!(matches!(Records::open(&folder.0.join("none")), Err(JournalError::Unreadable { .. })));
    let nowhere = folder.journal().join("below-a-file").join("keeper.sqlite");
    assert!(matches!(Journal::open(&nowhere, &identity()), Err(JournalError::Unwritable { .. })));
}

#[test]
fn without_room_nothing_is_written_and_nothing_is_lost() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let signature = record(&mut journal, &[work(1, 5)], 7_000, 1_000).signature();
    journal.limit(1).unwrap();
    let refused = loop {
        match journal.begin_cycle(1, 1_000) {
            Ok(_) => {}
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, JournalError::Full { .. }) && refused.may_pass(), "{refused}");
    let cycles = journal.last_cycle().unwrap();
    let long = "x".repeat(5_000);
    let works = [Work { reason: long, ..work(1, 6) }];
    let message = transaction::compile(&keypair().pubkey(), &[], &[], Hash::default()).unwrap();
    let intent = Intent { cycle: 1, works: &works, reserve: 0, message: &message, at: 1_000 };
    assert!(matches!(journal.intend(&intent), Err(JournalError::Full { .. })));
    assert_eq!(journal.last_cycle().unwrap(), cycles);
    assert_eq!(journal.unsettled().unwrap()[0].recorded.signature(), signature);

    journal.limit(1 << 30).unwrap();
    journal.intend(&intent).unwrap();
    assert!(journal.settle(&signature, &landed(5_000, 0), 1_000).unwrap());
}

#[test]
fn what_is_old_is_forgotten_but_never_what_is_open() {
    let folder = Folder::new();
    let mut journal = open(&folder);
    let month = 30 * 86_400;
    let [old, new, unsettled] = [(); 3].map(|()| record(&mut journal, &[work(1, 5)], 10, 1_000).signature());
    journal.settle(&old, &landed(1, 4), 1_000).unwrap();
    journal.settle(&new, &landed(1, 5), 1_001).unwrap();
    journal.prune(1_001 + month).unwrap();
    assert_eq!(journal.attempt(&old).unwrap(), None);
    assert!(journal.attempt(&new).unwrap().is_some() && journal.attempt(&unsettled).unwrap().is_some());
    assert_eq!(journal.pay_earned(0).unwrap(), [(vault(), 5)]);
    assert_eq!(journal.unsettled().unwrap().len(), 1);
}

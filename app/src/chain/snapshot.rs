//! Accounts of one moment, in memory or in a file: a chain that can only be read.

use std::collections::BTreeMap;
use std::path::Path;

use anchor_lang::prelude::{Clock, Pubkey};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use serde::{Deserialize, Serialize};
use solana_account::Account;
use solana_message::Hash;
use solana_transaction::versioned::VersionedTransaction;
use thiserror::Error;

use super::{Chain, ChainError, EmbeddedChain, Receipt};

/// What a snapshot file calls itself.
const FORMAT: &str = "gimbal-snapshot";
/// The version of the file's layout that is written and read.
const VERSION: u32 = 1;
/// Bytes that rent counts beside an account's data.
const RENT_OVERHEAD: u64 = 128;
/// Lamports that make a byte exempt from rent: two years at 3,480 lamports a byte and year, as on every public cluster.
const RENT_EXEMPT_PER_BYTE: u64 = 2 * 3_480;

/// Why a snapshot file cannot be used.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// It is not the JSON of a snapshot.
    #[error("it is not a snapshot file: {0}; write one with `gimbal demo --save FILE`")]
    Malformed(#[from] serde_json::Error),
    /// It is JSON of something else, or of another version.
    #[error(
        "it calls itself '{format}', version {version}; this program reads '{FORMAT}', version {VERSION}: save it anew"
    )]
    OtherFormat {
        /// What it calls itself.
        format: String,
        /// Its version.
        version: u32,
    },
    /// An address is not one.
    #[error("'{0}' is not an address")]
    Address(String),
    /// An account's data is not base64.
    #[error("the data of the account {0} is not base64")]
    Data(Pubkey),
    /// An account is in it twice.
    #[error("the account {0} is in it twice")]
    Twice(Pubkey),
}

/// All accounts that were saved, and the clock of that moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    clock: Clock,
    vault: Option<Pubkey>,
    accounts: BTreeMap<Pubkey, Account>,
}

/// The file. Fields are only ever added, with a new version where a reader must know.
#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    version: u32,
    /// A hint for people: the vault that it was saved for.
    vault: Option<String>,
    clock: FileClock,
    accounts: Vec<FileAccount>,
}

#[derive(Serialize, Deserialize)]
struct FileClock {
    slot: u64,
    epoch_start_timestamp: i64,
    epoch: u64,
    leader_schedule_epoch: u64,
    unix_timestamp: i64,
}

#[derive(Serialize, Deserialize)]
struct FileAccount {
    address: String,
    owner: String,
    lamports: u64,
    executable: bool,
    rent_epoch: u64,
    /// Base64, with padding.
    data: String,
}

impl Snapshot {
    /// These accounts at that time.
    pub fn new(clock: Clock, accounts: impl IntoIterator<Item = (Pubkey, Account)>) -> Self {
        Self { clock, vault: None, accounts: accounts.into_iter().collect() }
    }

    /// Everything on an embedded chain, sysvars and the machine's own programs apart.
    pub fn of_embedded(chain: &EmbeddedChain) -> Self {
        Self::new(chain.svm().clock(), chain.svm().all_accounts())
    }

    /// Names the vault that it is saved for; a hint for who reads the file.
    #[must_use]
    pub fn for_vault(mut self, vault: Pubkey) -> Self {
        self.vault = Some(vault);
        self
    }

    /// The vault that it was saved for.
    pub fn vault(&self) -> Option<Pubkey> {
        self.vault
    }

    /// How many accounts it holds.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// All accounts, by ascending address.
    pub fn accounts(&self) -> impl Iterator<Item = (&Pubkey, &Account)> {
        self.accounts.iter()
    }

    /// Puts an account in, in place of what was at its address.
    pub fn insert(&mut self, key: Pubkey, account: Account) {
        self.accounts.insert(key, account);
    }

    /// The file's text.
    ///
    /// # Errors
    ///
    /// Never with the fields as they are; the serialiser's type allows for it.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let Clock { slot, epoch_start_timestamp, epoch, leader_schedule_epoch, unix_timestamp } = self.clock;
        let accounts = self.accounts.iter().map(|(key, account)| FileAccount {
            address: key.to_string(),
            owner: account.owner.to_string(),
            lamports: account.lamports,
            executable: account.executable,
            rent_epoch: account.rent_epoch,
            data: BASE64.encode(&account.data),
        });
        let file = File {
            format: FORMAT.to_owned(),
            version: VERSION,
            vault: self.vault.map(|vault| vault.to_string()),
            clock: FileClock { slot, epoch_start_timestamp, epoch, leader_schedule_epoch, unix_timestamp },
            accounts: accounts.collect(),
        };
        Ok(serde_json::to_string_pretty(&file)? + "\n")
    }

    /// Writes the file: complete under another name first, then renamed, so that no half file is ever seen.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn write(&self, file: &Path) -> std::io::Result<()> {
        let text = self.to_json()?;
        let mut draft = file.as_os_str().to_owned();
        draft.push(format!(".{}", std::process::id()));
        let written = std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, file));
        if written.is_err() {
            // The draft is of no use to anybody; failing to remove it changes nothing about the answer.
            let _ = std::fs::remove_file(&draft);
        }
        written
    }

    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], which says what is wrong with it.
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        // The name and version are read first, so that another version is told from a broken file.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let Head { format, version } = serde_json::from_str(text)?;
        if format != FORMAT || version != VERSION {
            return Err(SnapshotError::OtherFormat { format, version });
        }
        let file: File = serde_json::from_str(text)?;
        let FileClock { slot, epoch_start_timestamp, epoch, leader_schedule_epoch, unix_timestamp } = file.clock;
        let mut snapshot =
            Self::new(Clock { slot, epoch_start_timestamp, epoch, leader_schedule_epoch, unix_timestamp }, []);
        snapshot.vault = file.vault.as_deref().map(address).transpose()?;
        for one in file.accounts {
            let key = address(&one.address)?;
            let account = Account {
                lamports: one.lamports,
                data: BASE64.decode(&one.data).map_err(|_| SnapshotError::Data(key))?,
                owner: address(&one.owner)?,
                executable: one.executable,
                rent_epoch: one.rent_epoch,
            };
            if snapshot.accounts.insert(key, account).is_some() {
                return Err(SnapshotError::Twice(key));
            }
        }
        Ok(snapshot)
    }
}

fn address(text: &str) -> Result<Pubkey, SnapshotError> {
    text.parse().map_err(|_| SnapshotError::Address(text.to_owned()))
}

impl Chain for Snapshot {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        Ok(self.accounts.get(key).cloned())
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        Ok(keys.iter().map(|key| self.accounts.get(key).cloned()).collect())
    }

    fn program_accounts(&self, program: &Pubkey, prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        let found = self.accounts.iter().filter(|(_, account)| {
            account.owner == *program && account.data.starts_with(prefix) && account.lamports > 0
        });
        Ok(found.map(|(key, account)| (*key, account.clone())).collect())
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        Err(ChainError::ReadOnly)
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        Ok(self.clock.clone())
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Ok(bytes.saturating_add(RENT_OVERHEAD).saturating_mul(RENT_EXEMPT_PER_BYTE))
    }

    fn recent_priority_fee(&self, _: &[Pubkey]) -> Result<u64, ChainError> {
        Err(ChainError::ReadOnly)
    }

    fn send(&mut self, _: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(ChainError::ReadOnly)
    }

    fn simulate(&self, _: &VersionedTransaction) -> Result<Receipt, ChainError> {
        Err(ChainError::ReadOnly)
    }

    fn simulate_reading(
        &self,
        _: &VersionedTransaction,
        _: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        Err(ChainError::ReadOnly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Pubkey {
        Pubkey::new_from_array([byte; 32])
    }

    fn snapshot() -> Snapshot {
        let clock = Clock { slot: 7, unix_timestamp: 1_700_000_000, epoch: 3, ..Clock::default() };
        let account = |owner, data: &[u8]| Account {
            lamports: 5,
            data: data.to_vec(),
            owner: key(owner),
            executable: owner == 9,
            rent_epoch: u64::MAX,
        };
        let accounts = [(key(2), account(8, &[1, 2, 3])), (key(1), account(8, &[1, 9])), (key(3), account(9, &[]))];
        Snapshot::new(clock, accounts).for_vault(key(4))
    }

    #[test]
    fn a_file_gives_back_what_was_saved() {
        let saved = snapshot();
        let read = Snapshot::from_json(&saved.to_json().unwrap()).unwrap();
        assert_eq!(read.accounts, saved.accounts);
        assert_eq!((read.clock.clone(), read.vault(), read.len()), (saved.clock.clone(), Some(key(4)), 3));
        assert_eq!(read.get_account(&key(3)).unwrap().unwrap().rent_epoch, u64::MAX);
        let found = read.program_accounts(&key(8), &[1]).unwrap();
        assert_eq!(found.iter().map(|(address, _)| *address).collect::<Vec<_>>(), [key(1), key(2)], "by address");
        assert_eq!(read.program_accounts(&key(8), &[1, 2]).unwrap().len(), 1);
        assert_eq!(read.get_multiple(&[key(5), key(1)]).unwrap()[0], None);
        // 128 bytes beside the data, 6,960 lamports each: what every cluster asks of an empty account.
        assert_eq!(read.minimum_balance(0).unwrap(), 890_880);
    }

    #[test]
    fn nothing_can_be_sent_to_it() {
        let mut chain = snapshot();
        let transaction = VersionedTransaction::default();
        for refused in [chain.simulate(&transaction).err(), chain.send(&transaction).err()] {
            assert!(matches!(&refused, Some(ChainError::ReadOnly)), "{refused:?}");
            assert!(refused.unwrap().to_string().contains("can only be read"));
        }
        assert!(matches!(chain.recent_priority_fee(&[]), Err(ChainError::ReadOnly)));
        assert!(matches!(chain.simulate_reading(&transaction, &[]), Err(ChainError::ReadOnly)));
        assert!(chain.latest_blockhash().is_err());
    }

    #[test]
    fn a_bad_file_is_refused_with_what_is_wrong() {
        let good = snapshot().to_json().unwrap();
        let refusal = |text: &str| Snapshot::from_json(text).unwrap_err().to_string();
        assert!(refusal("{").contains("not a snapshot file"));
        assert!(refusal("[]").contains("not a snapshot file"));
        assert!(refusal(&good.replace(FORMAT, "something")).contains("'something', version 1"));
        assert!(refusal(&good.replace("\"version\": 1", "\"version\": 2")).contains("version 2; this program reads"));
        assert!(refusal(&good.replace("AQID", "AQ!D")).contains(&format!("{} is not base64", key(2))));
        assert!(refusal(&good.replace(&key(1).to_string(), "nowhere")).contains("'nowhere' is not an address"));
        assert!(refusal(&good.replace(&key(1).to_string(), &key(2).to_string())).contains("is in it twice"));
    }
}

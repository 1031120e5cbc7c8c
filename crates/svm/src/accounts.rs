//! Reading accounts, writing them directly, and one hash over all of them.

use {
    crate::{
        chain::EmbeddedChain,
        ids::{LOADER_V1, LOADER_V2, LOADER_V4, NATIVE_LOADER, SYSTEM_PROGRAM, SYSVAR_OWNER, UPGRADEABLE_LOADER},
        ChainError,
    },
    anchor_lang::prelude::Pubkey,
    sha2::{Digest, Sha256},
    solana_account::{Account, AccountSharedData, ReadableAccount},
};

/// Owners whose accounts are the machinery rather than the state: programs differ between native
/// and bytecode, sysvars follow the clock.
const MACHINERY: [Pubkey; 6] = [NATIVE_LOADER, LOADER_V1, LOADER_V2, LOADER_V4, UPGRADEABLE_LOADER, SYSVAR_OWNER];

impl EmbeddedChain {
    /// An account, or `None` if it does not exist.
    pub fn account(&self, address: &Pubkey) -> Option<Account> {
        self.svm.get_account(address)
    }

    /// An account, or `None` if it does not exist. Its data is shared with the chain until either writes to it, which is
    /// cheaper than [`account`](Self::account).
    pub fn shared_account(&self, address: &Pubkey) -> Option<AccountSharedData> {
        self.svm.accounts_db().get_account(address)
    }

    /// The accounts that `wanted` picks, by ascending address.
    pub fn accounts_where(
        &self,
        wanted: impl Fn(&Pubkey, &AccountSharedData) -> bool,
    ) -> Vec<(Pubkey, AccountSharedData)> {
        let all = self.svm.accounts_db().inner.iter();
        let mut accounts: Vec<(Pubkey, AccountSharedData)> = all
            .filter(|(address, account)| wanted(address, account))
            .map(|(address, account)| (*address, account.clone()))
            .collect();
        accounts.sort_unstable_by_key(|(address, _)| *address);
        accounts
    }

    /// An account's data, or `None` if it does not exist. Cheaper than [`account`](Self::account).
    pub fn account_data(&self, address: &Pubkey) -> Option<&[u8]> {
        self.svm.accounts_db().get_account_ref(address).map(ReadableAccount::data)
    }

    /// An account's lamports, 0 if it does not exist.
    pub fn balance(&self, address: &Pubkey) -> u64 {
        self.svm.get_balance(address).unwrap_or(0)
    }

    /// Writes an account as it is, outside of any transaction. Without lamports it is removed.
    ///
    /// # Errors
    /// `InvalidAccount` for a sysvar or program that the machine cannot parse.
    pub fn set_account(&mut self, address: Pubkey, account: Account) -> Result<(), ChainError> {
        self.svm
            .set_account(address, account)
            .map_err(|error| ChainError::InvalidAccount { address, reason: error.to_string() })
    }

    /// Writes a rent-exempt account with `data`, owned by `owner`.
    ///
    /// # Errors
    /// Those of [`set_account`](Self::set_account).
    pub fn set_data(&mut self, address: Pubkey, owner: Pubkey, data: Vec<u8>) -> Result<(), ChainError> {
        let account = Account {
            lamports: self.rent_exempt_minimum(data.len()),
            data,
            owner,
            executable: false,
            rent_epoch: u64::MAX,
        };
        self.set_account(address, account)
    }

    /// Gives `address` lamports out of nothing, making a system account where there is none.
    ///
    /// # Errors
    /// `BalanceOverflow` beyond 64 bits.
    pub fn airdrop(&mut self, address: &Pubkey, lamports: u64) -> Result<(), ChainError> {
        let mut account = self.account(address).unwrap_or(Account {
            lamports: 0,
            data: Vec::new(),
            owner: SYSTEM_PROGRAM,
            executable: false,
            rent_epoch: u64::MAX,
        });
        account.lamports = account.lamports.checked_add(lamports).ok_or(ChainError::BalanceOverflow(*address))?;
        self.set_account(*address, account)
    }

    /// All accounts of a program, by ascending address.
    pub fn program_accounts(&self, program_id: &Pubkey) -> Vec<(Pubkey, Account)> {
        let mut accounts = self.svm.get_program_accounts(program_id);
        accounts.sort_unstable_by_key(|(address, _)| *address);
        accounts
    }

    /// Every account, sysvars and the machine's own programs apart, by ascending address. Programs that were put on the
    /// chain and their ProgramData accounts count.
    pub fn all_accounts(&self) -> Vec<(Pubkey, Account)> {
        let mut accounts: Vec<(Pubkey, Account)> = self
            .svm
            .accounts_db()
            .inner
            .iter()
            .filter(|(_, account)| ![SYSVAR_OWNER, LOADER_V1, LOADER_V2].contains(account.owner()))
            .map(|(address, account)| (*address, Account::from(account.clone())))
            .collect();
        accounts.sort_unstable_by_key(|(address, _)| *address);
        accounts
    }

    /// The fewest lamports that make an account of this length rent-exempt.
    pub fn rent_exempt_minimum(&self, data_bytes: usize) -> u64 {
        self.svm.minimum_balance_for_rent_exemption(data_bytes)
    }

    /// SHA-256 over all accounts by ascending address: address, lamports, owner, executable flag,
    /// data length and data of each, integers in little-endian order.
    ///
    /// Programs, ProgramData accounts and sysvars do not count, nor what `exclude` names. Equal
    /// histories give equal hashes, native or on bytecode.
    pub fn accounts_hash(&self, exclude: impl Fn(&Pubkey, &AccountSharedData) -> bool) -> [u8; 32] {
        let mut accounts: Vec<_> = self
            .svm
            .accounts_db()
            .inner
            .iter()
            .filter(|(address, account)| !MACHINERY.contains(account.owner()) && !exclude(address, account))
            .collect();
        accounts.sort_unstable_by_key(|(address, _)| **address);
        let mut hasher = Sha256::new();
        for (address, account) in accounts {
            hasher.update(address.as_ref());
            hasher.update(account.lamports().to_le_bytes());
            hasher.update(account.owner().as_ref());
            hasher.update([u8::from(account.executable())]);
            hasher.update((account.data().len() as u64).to_le_bytes());
            hasher.update(account.data());
        }
        hasher.finalize().into()
    }
}

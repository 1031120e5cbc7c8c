//! solana-program-test's bank behind the client's [`Chain`] trait.

use anchor_lang::prelude::{Clock, Pubkey, Rent};
use gimbal::chain::{program_specs, Chain, ChainError, EmbeddedChain, Mode, Receipt, Refused, Sandbox};
use gimbal_svm::program::program_data_address;
use solana_account::{Account, AccountSharedData};
use solana_message::Hash;
use solana_program_test::{BanksClientError, ProgramTest, ProgramTestContext};
use solana_transaction::{versioned::VersionedTransaction, TransactionError};
use tokio::runtime::{Builder, Runtime};

/// When the bank's chain begins, Unix seconds: 2023-11-14 22:13:20 UTC.
const START: i64 = 1_700_000_000;

/// Slots to a second, as a fraction: one each 400 ms.
const SLOTS: (u64, u64) = (5, 2);

/// A bank of one node, driven synchronously.
pub struct BankChain {
    runtime: Runtime,
    context: ProgramTestContext,
}

fn backend(error: impl std::fmt::Display) -> ChainError {
    ChainError::Backend(error.to_string())
}

impl BankChain {
    /// A fresh bank with the suite's programs and the reference venues.
    pub fn new() -> Self {
        // One thread: the bank's own clockwork must not tick while a warp freezes the bank under it.
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut test = ProgramTest::default();
        test.prefer_bpf(false);
        test.set_compute_max_units(1_400_000);
        // The embedded chain knows what a deployed program's ProgramData looks like; the bank's built-ins have none.
        let deployed = EmbeddedChain::new(Mode::Native).expect("the embedded chain starts");
        for program in program_specs() {
            test.add_builtin_program(program.name, program.id, program.native);
            let address = program_data_address(&program.id);
            test.add_account(address, deployed.require_account(&address).expect("a ProgramData account"));
        }
        let context = runtime.block_on(test.start_with_context());
        // program-test has set its own system-call stubs; the strict runner's must answer from here on.
        gimbal_svm::native::install_syscall_stubs();
        let mut chain = Self { runtime, context };
        chain.set_time(START);
        chain
    }

    fn set_time(&mut self, unix_timestamp: i64) {
        let mut clock = self.clock().expect("the bank has a clock");
        clock.unix_timestamp = unix_timestamp;
        self.context.set_sysvar(&clock);
    }
}

/// A refusal by the runtime, with what the log says of it.
fn refused(error: TransactionError, transaction: &VersionedTransaction, logs: Vec<String>, units: u64) -> ChainError {
    let sent_to = |index: usize| {
        let instruction = transaction.message.instructions().get(index)?;
        transaction.message.static_account_keys().get(usize::from(instruction.program_id_index)).copied()
    };
    ChainError::Refused(Box::new(Refused::new(error, sent_to, logs, units)))
}

impl Chain for BankChain {
    fn get_account(&self, key: &Pubkey) -> Result<Option<Account>, ChainError> {
        self.runtime.block_on(self.context.banks_client.get_account(*key)).map_err(backend)
    }

    fn get_multiple(&self, keys: &[Pubkey]) -> Result<Vec<Option<Account>>, ChainError> {
        keys.iter().map(|key| self.get_account(key)).collect()
    }

    fn program_accounts(&self, _program: &Pubkey, _prefix: &[u8]) -> Result<Vec<(Pubkey, Account)>, ChainError> {
        Err(backend("the banks client cannot list a program's accounts: name them"))
    }

    fn latest_blockhash(&self) -> Result<Hash, ChainError> {
        self.runtime.block_on(self.context.banks_client.get_latest_blockhash()).map_err(backend)
    }

    fn clock(&self) -> Result<Clock, ChainError> {
        self.runtime.block_on(self.context.banks_client.get_sysvar::<Clock>()).map_err(backend)
    }

    fn minimum_balance(&self, bytes: usize) -> Result<u64, ChainError> {
        Ok(Rent::default().minimum_balance(bytes))
    }

    fn recent_priority_fee(&self, _: &[Pubkey]) -> Result<u64, ChainError> {
        Ok(0)
    }

    fn send(&mut self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let sent = self
            .runtime
            .block_on(self.context.banks_client.process_transaction_with_metadata(transaction.clone()))
            .map_err(backend)?;
        let slot = self.clock()?.slot;
        // Two equal transactions in a row need two blockhashes, or the second counts as already processed: wait for the
        // bank's clockwork.
        self.runtime.block_on(self.context.get_new_latest_blockhash()).map_err(backend)?;
        let metadata = sent.metadata;
        let (logs, units) = metadata.map(|m| (m.log_messages, m.compute_units_consumed)).unwrap_or_default();
        if let Err(error) = sent.result {
            return Err(refused(error, transaction, logs, units));
        }
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        Ok(Receipt { signature, slot, compute_units: units, logs, ..Receipt::default() })
    }

    fn simulate(&self, transaction: &VersionedTransaction) -> Result<Receipt, ChainError> {
        let simulated = self
            .runtime
            .block_on(self.context.banks_client.simulate_transaction(transaction.clone()))
            .map_err(|error: BanksClientError| backend(error))?;
        let (logs, units) = simulated.simulation_details.map(|d| (d.logs, d.units_consumed)).unwrap_or_default();
        match simulated.result {
            Some(Err(error)) => Err(refused(error, transaction, logs, units)),
            _ => Ok(Receipt { compute_units: units, logs, ..Receipt::default() }),
        }
    }

    fn simulate_reading(
        &self,
        _: &VersionedTransaction,
        _: &[Pubkey],
    ) -> Result<(Receipt, Vec<Option<Account>>), ChainError> {
        Err(backend("the banks client does not give the accounts after a simulation: send the transaction"))
    }
}

impl Sandbox for BankChain {
    fn fund(&mut self, key: &Pubkey, lamports: u64) -> Result<(), ChainError> {
        let mut account = self.get_account(key)?.unwrap_or_default();
        account.lamports += lamports;
        self.set_account(key, account)
    }

    fn set_account(&mut self, key: &Pubkey, account: Account) -> Result<(), ChainError> {
        self.context.set_account(key, &AccountSharedData::from(account));
        Ok(())
    }

    fn warp(&mut self, seconds: u64) -> Result<(), ChainError> {
        let time = self.clock()?.unix_timestamp + i64::try_from(seconds).map_err(backend)?;
        self.advance_slots(seconds * SLOTS.0 / SLOTS.1)?;
        self.set_time(time);
        Ok(())
    }

    fn advance_slots(&mut self, slots: u64) -> Result<(), ChainError> {
        // Entering a new slot makes the bank set the clock by its own reckoning; ours goes on from where it was.
        let clock = self.clock()?;
        self.context.warp_to_slot(clock.slot + slots.max(1)).map_err(backend)?;
        self.set_time(clock.unix_timestamp);
        Ok(())
    }
}

//! A chain in front of another one, which answers what the one in front does not.

#[doc(hidden)]
pub mod types {
    pub use anchor_lang::prelude::{Clock, Pubkey};
    pub use solana_account::Account;
    pub use solana_message::Hash;
    pub use solana_transaction::versioned::VersionedTransaction;
}

/// Methods of [`Chain`](crate::chain::Chain) that pass a call on as it is. For use in an `impl Chain`:
/// `forward! { [chain] get_account clock }` passes both on to `self.chain`.
#[macro_export]
macro_rules! forward {
    (@get_account [$($to:tt)+]) => {
        fn get_account(
            &self,
            key: &$crate::chain::forward::types::Pubkey,
        ) -> Result<Option<$crate::chain::forward::types::Account>, $crate::chain::ChainError> {
            self.$($to)+.get_account(key)
        }
    };
    (@get_multiple [$($to:tt)+]) => {
        fn get_multiple(
            &self,
            keys: &[$crate::chain::forward::types::Pubkey],
        ) -> Result<Vec<Option<$crate::chain::forward::types::Account>>, $crate::chain::ChainError> {
            self.$($to)+.get_multiple(keys)
        }
    };
    (@program_accounts [$($to:tt)+]) => {
        fn program_accounts(
            &self,
            program: &$crate::chain::forward::types::Pubkey,
            prefix: &[u8],
        ) -> Result<
            Vec<($crate::chain::forward::types::Pubkey, $crate::chain::forward::types::Account)>,
            $crate::chain::ChainError,
        > {
            self.$($to)+.program_accounts(program, prefix)
        }
    };
    (@latest_blockhash [$($to:tt)+]) => {
        fn latest_blockhash(&self) -> Result<$crate::chain::forward::types::Hash, $crate::chain::ChainError> {
            self.$($to)+.latest_blockhash()
        }
    };
    (@clock [$($to:tt)+]) => {
        fn clock(&self) -> Result<$crate::chain::forward::types::Clock, $crate::chain::ChainError> {
            self.$($to)+.clock()
        }
    };
    (@minimum_balance [$($to:tt)+]) => {
        fn minimum_balance(&self, bytes: usize) -> Result<u64, $crate::chain::ChainError> {
            self.$($to)+.minimum_balance(bytes)
        }
    };
    (@recent_priority_fee [$($to:tt)+]) => {
        fn recent_priority_fee(
            &self,
            writable: &[$crate::chain::forward::types::Pubkey],
        ) -> Result<u64, $crate::chain::ChainError> {
            self.$($to)+.recent_priority_fee(writable)
        }
    };
    (@send [$($to:tt)+]) => {
        fn send(
            &mut self,
            transaction: &$crate::chain::forward::types::VersionedTransaction,
        ) -> Result<$crate::chain::Receipt, $crate::chain::ChainError> {
            self.$($to)+.send(transaction)
        }
    };
    (@simulate [$($to:tt)+]) => {
        fn simulate(
            &self,
            transaction: &$crate::chain::forward::types::VersionedTransaction,
        ) -> Result<$crate::chain::Receipt, $crate::chain::ChainError> {
            self.$($to)+.simulate(transaction)
        }
    };
    (@simulate_reading [$($to:tt)+]) => {
        fn simulate_reading(
            &self,
            transaction: &$crate::chain::forward::types::VersionedTransaction,
            keys: &[$crate::chain::forward::types::Pubkey],
        ) -> Result<
            ($crate::chain::Receipt, Vec<Option<$crate::chain::forward::types::Account>>),
            $crate::chain::ChainError,
        > {
            self.$($to)+.simulate_reading(transaction, keys)
        }
    };
    ($to:tt $($method:ident)+) => {
        $($crate::forward! { @$method $to })+
    };
}

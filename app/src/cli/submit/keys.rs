//! Who can sign a message: the wallet, the fee payer, keys made for the occasion, and signatures made elsewhere.

use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::signers::Wallet;
use crate::transaction;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use solana_message::VersionedMessage;
use solana_presigner::Presigner;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction::Signature;
use std::rc::Rc;

/// Everybody who can sign here, or has signed elsewhere.
pub(super) struct Keys<'a> {
    wallets: Vec<Rc<dyn Signer>>,
    extra: Vec<&'a dyn Signer>,
    presigned: Vec<Presigner>,
}

impl<'a> Keys<'a> {
    /// Opens what the session names.
    pub(super) fn gather(session: &mut Session, args: &TransactionArgs, operation: &'a Operation) -> Result<Self> {
        let mut wallets: Vec<Rc<dyn Signer>> = Vec::new();
        for wallet in [session.payer()?, session.wallet()?] {
            if let Wallet::Signing(signer) = wallet {
                wallets.push(signer);
            }
        }
        let presigned = args.signer.iter().map(|(key, signature)| Presigner::new(key, signature)).collect();
        let extra = operation.extra.iter().map(|keypair| keypair as &dyn Signer).collect();
        Ok(Self { wallets, extra, presigned })
    }

    /// All of them; a signature made elsewhere comes first, so that its wallet is not asked again.
    pub(super) fn all(&self) -> Vec<&dyn Signer> {
        let presigned = self.presigned.iter().map(|signer| signer as &dyn Signer);
        presigned.chain(self.wallets.iter().map(|signer| &**signer)).chain(self.extra.iter().copied()).collect()
    }

    /// Who of them has this address.
    pub(super) fn find(&self, key: &Pubkey) -> Option<&dyn Signer> {
        self.all().into_iter().find(|signer| signer.pubkey() == *key)
    }

    /// Refuses before anything is signed where a signature would be missing in the end.
    pub(super) fn require(&self, message: &VersionedMessage, authority: &Pubkey) -> Result<()> {
        let Some(missing) = required(message).iter().find(|key| self.find(key).is_none()) else {
            return Ok(());
        };
        match missing == authority {
            true => bail!(
                "{missing} must sign: give its keypair with -k, or its signature with --blockhash and --signer; or print \
                 the message for its multisig with --multisig"
            ),
            false => bail!("{missing} must sign as well: give its signature with --blockhash and --signer"),
        }
    }
}

/// The addresses whose signatures a message needs, in their order.
pub(super) fn required(message: &VersionedMessage) -> &[Pubkey] {
    let count = usize::from(message.header().num_required_signatures);
    let keys = message.static_account_keys();
    keys.get(..count).unwrap_or(keys)
}

/// The message as a transaction that nobody has signed, for simulations.
pub(super) fn unsigned(message: VersionedMessage) -> Result<VersionedTransaction> {
    let signatures = vec![Signature::default(); required(&message).len()];
    let transaction = VersionedTransaction { signatures, message };
    transaction::check_limits(&transaction)?;
    Ok(transaction)
}

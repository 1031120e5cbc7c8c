//! Fees, limits, and the list of who may pay in.

use anchor_lang::{prelude::Pubkey, system_program};
use anchor_spl::token;
use solana_instruction::{AccountMeta, Instruction};
use vault::{accounts, instruction, FeesArgs, VaultLimitsArgs, ID};

use super::VaultContext;
use crate::pda::{event_authorities, vault_seeds};

impl VaultContext {
    /// Charges fees up to now; anybody, once a day.
    pub fn crystallise(&self) -> Instruction {
        let accounts = accounts::Crystallise {
            vault: self.addresses.vault,
            ledger: self.addresses.ledger,
            event_authority: event_authorities().vault,
            program: ID,
        };
        self.instruction(accounts, instruction::Crystallise {})
    }

    /// The accounts of `collect_fees`, paid to the wallet's associated share account.
    pub fn collect_fees_accounts(&self, wallet: &Pubkey) -> accounts::CollectFees {
        accounts::CollectFees {
            vault: self.addresses.vault,
            share_mint: self.addresses.share_mint,
            recipient: self.share_account(wallet),
            share_token_program: token::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Mints accrued fee shares to the recipient's associated share account, which must exist.
    pub fn collect_fees(&self, wallet: &Pubkey) -> Instruction {
        self.instruction(self.collect_fees_accounts(wallet), instruction::CollectFees {})
    }

    /// The accounts of `set_fees`, without a change.
    pub fn set_fees_accounts(&self, owner: &Pubkey) -> accounts::SetFees {
        accounts::SetFees {
            owner: *owner,
            vault: self.addresses.vault,
            ledger: self.addresses.ledger,
            change: None,
            instructions: None,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Puts fees in force; the owner signs. A rise in a live vault is a change that must have waited.
    pub fn set_fees(&self, owner: &Pubkey, fees: FeesArgs) -> Instruction {
        self.instruction(self.set_fees_accounts(owner), instruction::SetFees { fees })
    }

    /// The accounts of `set_limits`, without a change.
    pub fn set_limits_accounts(&self, owner: &Pubkey) -> accounts::SetLimits {
        accounts::SetLimits {
            owner: *owner,
            vault: self.addresses.vault,
            change: None,
            instructions: None,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Puts the vault's limits in force; the owner signs. In a live vault most of it is a change that must have waited.
    pub fn set_limits(&self, owner: &Pubkey, limits: VaultLimitsArgs) -> Instruction {
        self.instruction(self.set_limits_accounts(owner), instruction::SetLimits { limits })
    }

    /// Sets the root of the list of who may pay in, zero for everybody; the owner signs, or the curator to renew a list.
    pub fn set_gate(&self, authority: &Pubkey, root: [u8; 32]) -> Instruction {
        let accounts = accounts::SetGate {
            authority: *authority,
            vault: self.addresses.vault,
            event_authority: event_authorities().vault,
            program: ID,
        };
        self.instruction(accounts, instruction::SetGate { root })
    }

    /// Where it is written that a wallet was admitted.
    pub fn member(&self, wallet: &Pubkey) -> Pubkey {
        vault_seeds::member(&self.addresses.vault, wallet).0
    }

    /// The accounts of `admit`.
    pub fn admit_accounts(&self, payer: &Pubkey, wallet: &Pubkey) -> accounts::Admit {
        accounts::Admit {
            payer: *payer,
            vault: self.addresses.vault,
            wallet: *wallet,
            member: self.member(wallet),
            system_program: system_program::ID,
            event_authority: event_authorities().vault,
            program: ID,
        }
    }

    /// Admits a wallet by its proof (see [`crate::gate::List`]); anybody, the payer signs.
    pub fn admit(&self, payer: &Pubkey, wallet: &Pubkey, proof: Vec<[u8; 32]>) -> Instruction {
        self.instruction(self.admit_accounts(payer, wallet), instruction::Admit { proof })
    }

    /// A deposit or mint of `depositor` that shows that it was admitted: for vaults with a list. Any other instruction is
    /// returned as it was.
    pub fn as_member(&self, depositor: &Pubkey, mut entry: Instruction) -> Instruction {
        let events = event_authorities().vault;
        // The empty place is the last before the event authority.
        let place = entry
            .accounts
            .windows(3)
            .position(|metas| metas[0].pubkey == ID && metas[1].pubkey == events && metas[2].pubkey == ID);
        if let (true, Some(at)) = (entry.program_id == ID, place) {
            entry.accounts[at] = AccountMeta::new_readonly(self.member(depositor), false);
        }
        entry
    }
}

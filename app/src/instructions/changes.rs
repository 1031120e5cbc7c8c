//! The change queue, the same in the three programs.
//!
//! What raises risk on a live account waits: [`propose`] an instruction, let it wait, then send [`presenting`] it. The
//! builders of the guarded instructions leave the places of the change and of the instructions sysvar empty.

use anchor_lang::{prelude::Pubkey, system_program};
use gimbal_control::queue::find_change;
use solana_instruction::{AccountMeta, Instruction};

use super::build;
use crate::pda::event_authorities;

/// The sysvar that shows a program the whole transaction.
pub const INSTRUCTIONS_SYSVAR: Pubkey = Pubkey::from_str_const("Sysvar1nstructions1111111111111111111111111");

/// A queue: the program that keeps it, and the account that its changes concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Of a vault.
    Vault(Pubkey),
    /// Of a ledger.
    Ledger(Pubkey),
    /// Of a feed or a book.
    Oracle(Pubkey),
}

impl Queue {
    /// The account that the changes concern.
    pub fn target(&self) -> Pubkey {
        match self {
            Self::Vault(target) | Self::Ledger(target) | Self::Oracle(target) => *target,
        }
    }

    /// The program that keeps the queue.
    pub fn program(&self) -> Pubkey {
        match self {
            Self::Vault(_) => vault::ID,
            Self::Ledger(_) => strategy_router::ID,
            Self::Oracle(_) => risk_oracle::ID,
        }
    }

    /// The address of change number `nonce`.
    pub fn change(&self, nonce: u64) -> Pubkey {
        find_change(&self.target(), nonce, &self.program()).0
    }

    /// Proposes `guarded`, one of the program's own instructions, as change number `nonce`; owner and payer sign.
    /// `remaining`: accounts that the kind asks for, as a line's venue account for `approve_venue`.
    pub fn propose(
        &self,
        owner: &Pubkey,
        payer: &Pubkey,
        nonce: u64,
        guarded: &Instruction,
        remaining: impl IntoIterator<Item = AccountMeta>,
    ) -> Instruction {
        let (owner, payer, change) = (*owner, *payer, self.change(nonce));
        let (program, system_program, data) = (self.program(), system_program::ID, guarded.data.clone());
        let mut instruction = match *self {
            Self::Vault(vault) => {
                let event_authority = event_authorities().vault;
                let accounts = vault::accounts::ProposeChange {
                    owner,
                    payer,
                    vault,
                    change,
                    system_program,
                    event_authority,
                    program,
                };
                build(program, accounts, vault::instruction::ProposeChange { data })
            }
            Self::Ledger(ledger) => {
                let event_authority = event_authorities().router;
                let accounts = strategy_router::accounts::ProposeChange {
                    owner,
                    payer,
                    ledger,
                    change,
                    system_program,
                    event_authority,
                    program,
                };
                build(program, accounts, strategy_router::instruction::ProposeChange { data })
            }
            Self::Oracle(target) => {
                let event_authority = event_authorities().oracle;
                let accounts = risk_oracle::accounts::ProposeChange {
                    owner,
                    payer,
                    target,
                    change,
                    system_program,
                    event_authority,
                    program,
                };
                build(program, accounts, risk_oracle::instruction::ProposeChange { data })
            }
        };
        instruction.accounts.extend(remaining);
        instruction
    }

    /// Vetoes change number `nonce`; the guardian or the owner signs.
    pub fn veto(&self, authority: &Pubkey, nonce: u64) -> Instruction {
        let (authority, change, program) = (*authority, self.change(nonce), self.program());
        match *self {
            Self::Vault(vault) => {
                let event_authority = event_authorities().vault;
                let accounts = vault::accounts::VetoChange { authority, vault, change, event_authority, program };
                build(program, accounts, vault::instruction::VetoChange {})
            }
            Self::Ledger(ledger) => {
                let event_authority = event_authorities().router;
                let accounts =
                    strategy_router::accounts::VetoChange { authority, ledger, change, event_authority, program };
                build(program, accounts, strategy_router::instruction::VetoChange {})
            }
            Self::Oracle(target) => {
                let event_authority = event_authorities().oracle;
                let accounts =
                    risk_oracle::accounts::VetoChange { authority, target, change, event_authority, program };
                build(program, accounts, risk_oracle::instruction::VetoChange {})
            }
        }
    }

    /// Closes change number `nonce` when nothing can come of it any more; its rent goes to `payer`, who paid it.
    pub fn close(&self, payer: &Pubkey, nonce: u64) -> Instruction {
        let (payer, change, program) = (*payer, self.change(nonce), self.program());
        match self {
            Self::Vault(_) => {
                let accounts = vault::accounts::CloseChange { change, payer };
                build(program, accounts, vault::instruction::CloseChange {})
            }
            Self::Ledger(_) => {
                let accounts = strategy_router::accounts::CloseChange { change, payer };
                build(program, accounts, strategy_router::instruction::CloseChange {})
            }
            Self::Oracle(_) => {
                let accounts = risk_oracle::accounts::CloseChange { change, payer };
                build(program, accounts, risk_oracle::instruction::CloseChange {})
            }
        }
    }
}

/// The guarded instruction with the change that it executes. The empty places are found before the event authority, so
/// that remaining accounts behind do not matter; an instruction without them is returned as it was.
pub fn presenting(mut guarded: Instruction, change: &Pubkey) -> Instruction {
    let events = event_authorities();
    let authorities = [events.vault, events.router, events.oracle];
    let program = guarded.program_id;
    let places = guarded.accounts.windows(4).position(|metas| {
        metas[0].pubkey == program
            && metas[1].pubkey == program
            && authorities.contains(&metas[2].pubkey)
            && metas[3].pubkey == program
    });
    if let Some(at) = places {
        guarded.accounts[at] = AccountMeta::new(*change, false);
        guarded.accounts[at + 1] = AccountMeta::new_readonly(INSTRUCTIONS_SYSVAR, false);
    }
    guarded
}

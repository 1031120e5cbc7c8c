//! Exits: the order in which they draw on lines, and the accounts of what only the vault calls.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use solana_instruction::Instruction;
use strategy_router::{accounts, instruction, Ledger, ID};

use super::{events, line_accounts, LineContext};
use crate::chain::{Chain, ChainError};
use crate::instructions::{build, vault::VaultContext};
use crate::pda::LineAddresses;

/// Sets the order in which exits draw on same-asset lines; the curator or the owner signs.
pub fn set_withdraw_order(authority: &Pubkey, ledger: &Pubkey, lines: &[u16]) -> Instruction {
    let accounts =
        accounts::SetWithdrawOrder { authority: *authority, ledger: *ledger, event_authority: events(), program: ID };
    build(ID, accounts, instruction::SetWithdrawOrder { lines: lines.to_vec() })
}

/// The accounts of `recall_for_exit`, the venue's apart.
pub fn recall_for_exit_accounts(vault: &VaultContext, line: &LineContext) -> accounts::RecallForExit {
    accounts::RecallForExit {
        vault: vault.addresses.vault,
        line: line_accounts(vault, line),
        event_authority: events(),
        program: ID,
    }
}

/// The accounts of `pay_in_kind`, the lines' apart; without a destination the part of the cash is forgone.
pub fn pay_in_kind_accounts(vault: &VaultContext, destination: Option<Pubkey>) -> accounts::PayInKind {
    accounts::PayInKind {
        vault: vault.addresses.vault,
        ledger: vault.addresses.ledger,
        cash: vault.addresses.cash,
        destination,
        base_mint: vault.base_mint,
        base_token_program: vault.base_token_program,
        event_authority: events(),
        program: ID,
    }
}

/// A token account of a line that pays a part in kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindSource {
    /// The line.
    pub line: u16,
    /// The ledger's account.
    pub source: Pubkey,
    /// Its mint.
    pub mint: Pubkey,
    /// The token program of both.
    pub token_program: Pubkey,
    /// Units tracked.
    pub tracked: u64,
}

impl KindSource {
    /// The four accounts by which `receiver` is paid from here.
    pub fn paid_to(&self, receiver: &Pubkey) -> [AccountMeta; 4] {
        [
            AccountMeta::new(self.source, false),
            AccountMeta::new_readonly(self.mint, false),
            AccountMeta::new(*receiver, false),
            AccountMeta::new_readonly(self.token_program, false),
        ]
    }

    /// The four accounts by which the part that lies here is forgone, and nothing else can be: the source alone costs the
    /// transaction a key.
    pub fn forgone(&self) -> [AccountMeta; 4] {
        let router = AccountMeta::new_readonly(ID, false);
        [AccountMeta::new_readonly(self.source, false), router.clone(), router.clone(), router]
    }

    /// The one account by which a part is forgone that is known by its place alone, where a transaction has no room for
    /// another key.
    pub fn left_out() -> AccountMeta {
        AccountMeta::new_readonly(ID, false)
    }
}

/// The token accounts of all lines that pay a part in kind, in the order in which `pay_in_kind` takes them.
///
/// # Errors
///
/// [`ChainError::AccountNotFound`] if a token account is missing.
pub fn kind_sources(
    chain: &(impl Chain + ?Sized),
    ledger: &Pubkey,
    lines: &Ledger,
) -> Result<Vec<KindSource>, ChainError> {
    let mut sources = Vec::new();
    for line in lines.lines.iter().filter(|line| line.is_used()) {
        let addresses = LineAddresses::of(ledger, line.id);
        for (source, tracked) in [(addresses.position, line.position), (addresses.token, line.in_flight)] {
            if tracked == 0 {
                continue;
            }
            let account = chain.require_account(&source)?;
            let mint = account.data.get(..32).and_then(|key| Pubkey::try_from(key).ok());
            let mint = mint.ok_or_else(|| ChainError::WrongAccount {
                key: source,
                expected: "a token account",
                reason: format!("it has {} bytes", account.data.len()),
            })?;
            sources.push(KindSource { line: line.id, source, mint, token_program: account.owner, tracked });
        }
    }
    Ok(sources)
}

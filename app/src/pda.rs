//! Every address that the suite derives, from the programs' own seeds.

use std::sync::OnceLock;

use anchor_lang::prelude::Pubkey;

pub use risk_oracle::seeds as oracle_seeds;
pub use strategy_router::seeds as router_seeds;
pub use vault::seeds as vault_seeds;

/// Seed of the account that signs a program's events (Anchor's `emit_cpi!`).
const EVENT_AUTHORITY: &[u8] = b"__event_authority";

/// The signers of the three programs' events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventAuthorities {
    /// Of the vault program.
    pub vault: Pubkey,
    /// Of the strategy router.
    pub router: Pubkey,
    /// Of the risk oracle.
    pub oracle: Pubkey,
}

/// The signers of the three programs' events, derived once.
pub fn event_authorities() -> &'static EventAuthorities {
    static AUTHORITIES: OnceLock<EventAuthorities> = OnceLock::new();
    AUTHORITIES.get_or_init(|| {
        let of = |program: &Pubkey| Pubkey::find_program_address(&[EVENT_AUTHORITY], program).0;
        EventAuthorities { vault: of(&vault::ID), router: of(&strategy_router::ID), oracle: of(&risk_oracle::ID) }
    })
}

/// The accounts that belong to one vault, whatever its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultAddresses {
    /// The vault.
    pub vault: Pubkey,
    /// The mint of its shares.
    pub share_mint: Pubkey,
    /// Shares of open tickets.
    pub escrow: Pubkey,
    /// Base asset of filled tickets.
    pub claims: Pubkey,
    /// The router's ledger of the vault.
    pub ledger: Pubkey,
    /// The ledger's one cash account.
    pub cash: Pubkey,
    /// The oracle's book of the ledger.
    pub book: Pubkey,
}

impl VaultAddresses {
    /// The addresses of the vault that `creator` made with `index`.
    pub fn derive(creator: &Pubkey, index: u16) -> Self {
        Self::of(&vault_seeds::vault(creator, index).0)
    }

    /// The addresses that follow from a vault's own.
    pub fn of(vault: &Pubkey) -> Self {
        let ledger = router_seeds::ledger_address(vault).0;
        Self {
            vault: *vault,
            share_mint: vault_seeds::share_mint(vault).0,
            escrow: vault_seeds::escrow(vault).0,
            claims: vault_seeds::claims(vault).0,
            ledger,
            cash: router_seeds::cash_address(&ledger).0,
            book: oracle_seeds::find_book(&ledger).0,
        }
    }
}

/// The accounts that belong to one line of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineAddresses {
    /// The line's number.
    pub id: u16,
    /// What its venue calls need.
    pub venue: Pubkey,
    /// Its receipt tokens.
    pub position: Pubkey,
    /// The traded token, where the line is swapped.
    pub token: Pubkey,
}

impl LineAddresses {
    /// The addresses of the line `id` of `ledger`.
    pub fn of(ledger: &Pubkey, id: u16) -> Self {
        Self {
            id,
            venue: router_seeds::line_address(ledger, id).0,
            position: router_seeds::position_address(ledger, id).0,
            token: router_seeds::token_address(ledger, id).0,
        }
    }
}

//! Faults that a program could have, made by hand in the middle of a transaction: the checks must see each of them.

use anchor_lang::prelude::Pubkey;
use risk_oracle::Book;
use strategy_router::state::Ledger;
use vault::state::{Ticket, Vault};

use super::World;
use crate::{Chain, Sandbox};

/// How many faults there are.
pub const FAULTS: u64 = 17;

/// Offsets of the amounts in token accounts and mints.
const AMOUNT: usize = 64;
const SUPPLY: usize = 36;

impl World {
    /// Makes the fault with this number, if one is due.
    pub(super) fn make_fault(&mut self) {
        let Some(number) = self.fault.take() else { return };
        let addresses = self.fx.deployment.vault.addresses;
        let line = self.fx.deployment.lines[0].addresses;
        let holder = self.users[4].clone();
        match number % FAULTS {
            // A unit of somebody's tokens is gone, or comes from nowhere.
            0 => self.add_tokens(&addresses.cash, AMOUNT, -1),
            1 => self.add_tokens(&addresses.escrow, AMOUNT, -1),
            2 => self.add_tokens(&holder.base, AMOUNT, 1),
            3 => self.add_tokens(&line.position, AMOUNT, -1),
            // A share too many: given away with everything that belongs to it, as a fee, or in the books only.
            4 => {
                self.add_tokens(&holder.shares, AMOUNT, 1);
                self.add_tokens(&addresses.share_mint, SUPPLY, 1);
                self.edit(&addresses.vault, |vault: &mut Vault| vault.shares += 1);
            }
            5 => self.edit(&addresses.vault, |vault: &mut Vault| (vault.fee_shares, vault.fee_shares_made) = (1, 1)),
            6 => self.edit(&addresses.vault, |vault: &mut Vault| vault.shares -= 1),
            // Money booked away, or a value that is not there.
            7 => self.edit(&addresses.ledger, |ledger: &mut Ledger| ledger.keeper_owed += 5_000),
            8 => self.edit(&addresses.ledger, |ledger: &mut Ledger| {
                for value in [&mut ledger.lines[0].low, &mut ledger.lines[0].mid, &mut ledger.lines[0].high] {
                    *value += 1_000;
                }
                ledger.remake_totals().expect("small numbers");
            }),
            // A ticket that changes hands, loses a share, or may claim more.
            9 => self.edit_ticket(|ticket| ticket.owner = holder.pubkey()),
            10 => self.edit_ticket(|ticket| ticket.shares_left -= 1),
            11 => self.edit_ticket(|ticket| ticket.claimable += 1),
            // Terms that loosen by themselves, and a mark that falls.
            12 => self.edit(&addresses.vault, |vault: &mut Vault| vault.limits.deposit_cap += 1),
            // A limit of risk that loosens by itself, a regime that leaves more than it may, a bounty for nothing.
            13 => self.edit(&addresses.book, |book: &mut Book| book.params.calm_days -= 1),
            14 => self.edit(&addresses.book, |book: &mut Book| book.regime.scale_bps += 1),
            15 => self.edit(&addresses.ledger, |ledger: &mut Ledger| ledger.bounties_paid += 1),
            _ => self.edit(&addresses.vault, |vault: &mut Vault| vault.fees.mark -= 1),
        }
    }

    fn add_tokens(&mut self, key: &Pubkey, at: usize, units: i64) {
        let mut account = self.fx.chain.require_account(key).expect("a token account or a mint");
        let bytes: &mut [u8] = &mut account.data[at..at + 8];
        let amount = u64::from_le_bytes((&*bytes).try_into().expect("eight bytes"));
        bytes.copy_from_slice(&amount.wrapping_add_signed(units).to_le_bytes());
        self.fx.chain.set_account(key, account).expect("an account");
    }

    pub(super) fn edit<T: bytemuck::Pod>(&mut self, key: &Pubkey, change: impl FnOnce(&mut T)) {
        let mut account = self.fx.chain.require_account(key).expect("an account of the suite");
        let body = &mut account.data[8..8 + core::mem::size_of::<T>()];
        let mut state = Box::new(bytemuck::pod_read_unaligned::<T>(body));
        change(&mut state);
        body.copy_from_slice(bytemuck::bytes_of(&*state));
        self.fx.chain.set_account(key, account).expect("an account");
    }

    fn edit_ticket(&mut self, change: impl FnOnce(&mut Ticket)) {
        let key = self.ticket_key(self.fx.vault_state().ticket_head);
        self.edit(&key, change);
    }
}
